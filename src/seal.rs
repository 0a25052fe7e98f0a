//! Receipts and barcode statements (CBOR/COSE), envelopes (HPKE), the visitor's secret, the keyset.

pub mod envelope;
pub mod keyset;
pub mod receipt;
pub mod visitor;
