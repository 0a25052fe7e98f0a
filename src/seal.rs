//! Receipts and barcode statements (CBOR/COSE), envelopes (HPKE), the visitor's secret, the keyset.

pub mod alert;
pub mod base45;
mod cose;
pub mod envelope;
pub mod history;
pub mod keyset;
pub mod receipt;
pub mod reply;
pub mod standing;
pub mod visitor;

use ring::rand::{SecureRandom, SystemRandom};

use crate::fault::{Code, Coded};

/// The operating system gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no random bytes")]
pub struct NoRandom;

impl Coded for NoRandom {
    fn code(&self) -> Code {
        Code("seal.no-random")
    }
}

pub(crate) fn random<const N: usize>() -> Result<zeroize::Zeroizing<[u8; N]>, NoRandom> {
    let mut bytes = zeroize::Zeroizing::new([0u8; N]);
    SystemRandom::new().fill(bytes.as_mut()).map_err(|_| NoRandom)?;
    Ok(bytes)
}

impl crate::domain::SubmissionId {
    /// A new one, made when a letter is finished.
    pub fn generate() -> Result<Self, NoRandom> {
        Ok(Self(*random::<16>()?))
    }
}
