//! The kiosk's root: state, routing between screens, subscriptions.

pub mod session;
