//! IIN and BIN: twelve digits with a check digit (facts: the national PKI's notes, "IIN / BIN").
