//! PC/SC through the system service: the only file that knows the pcsc crate.
