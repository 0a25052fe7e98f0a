//! Documents (receipt, letter, draft sheets) → tagged PDF/A → printer.
