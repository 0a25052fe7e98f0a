//! Files of the kiosk: atomic, versioned, locked.
