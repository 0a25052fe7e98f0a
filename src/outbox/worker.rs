//! The worker: takes what is due from the store, sends with resuming, verifies, stores the receipt.
