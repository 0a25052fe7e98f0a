//! The practice world: in-process portal, demo people, a card in software.

pub mod pki;
