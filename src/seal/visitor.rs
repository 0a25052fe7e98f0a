//! The visitor's secret S and what HKDF-SHA-256 makes of it: lookup id, access key, reply key, paper code.
