//! Wire types of /api/v1 and problem documents (RFC 9457).
