//! The portal under bad input, repeats, cuts and restarts. Every request goes over real TLS to a
//! portal that really runs.

#[path = "support/der.rs"]
mod tlv;

#[path = "support/openssl_ca.rs"]
#[allow(dead_code)]
mod openssl_ca;
#[path = "support/process.rs"]
mod process;
#[path = "support/portal/mod.rs"]
mod support;
#[path = "support/web.rs"]
#[allow(dead_code)]
mod web;

#[path = "support/timestamps.rs"]
mod timestamps;

#[path = "support/phone.rs"]
mod phones;

mod portal {
    pub mod about;
    pub mod asked;
    pub mod bad_input;
    pub mod clerk;
    pub mod killed;
    pub mod lies_of_time;
    pub mod listed;
    pub mod nginx;
    pub mod openapi;
    pub mod phone;
    pub mod phone_own;
    pub mod proven;
    pub mod repeats;
    pub mod revoked;
    pub mod signed_back;
    pub mod status;
    pub mod told;
    pub mod told_line;
    pub mod told_once;
    pub mod tracking;
    pub mod who;
}
