//! The states of a submission and what may follow what. No I/O.
