//! The deployment root (Ed25519, made offline) and the versioned keyset it signs.
