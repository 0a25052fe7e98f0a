//! Receipts and notices as COSE_Sign1 (RFC 9052) with EdDSA; proof QR text in Base45 (RFC 9285).
