//! The portal's reference implementation: handlers, store, keys.
