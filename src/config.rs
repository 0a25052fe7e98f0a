//! The configuration file and the command line over it.
