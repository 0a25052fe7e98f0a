//! What was said of a certificate that was asked about.

use super::{NOW, sign};
use crate::domain::Digest;
use crate::domain::standing::{Standing, State};
use crate::sign::certificate::Certificate;
use crate::sign::revocation::{Evidence, Silent, Told};

/// By a portal that keeps lists, or by a responder that is silent.
#[derive(Clone, Copy)]
pub enum Heard {
    Good,
    Revoked,
    Silence,
}

impl Heard {
    pub fn of(self, certificate: &Certificate) -> Evidence {
        let certificate = certificate.clone();
        let state = match self {
            Heard::Good => State::Good,
            Heard::Revoked => State::Revoked(NOW.plus(-86_400)),
            Heard::Silence => {
                let silent = Silent { certificate, by: "http://ocsp.example.kz/".into(), at: NOW };
                return Evidence { silent: vec![silent], ..Evidence::default() };
            }
        };
        let list = sign::list();
        let question = Digest([0; 32]);
        let standing = Standing { question, made: NOW, state, list, practice: false };
        Evidence { told: vec![Told { certificate, standing }], ..Evidence::default() }
    }
}
