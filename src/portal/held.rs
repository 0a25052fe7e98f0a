//! What a kiosk holds of the deployment it belongs to: the pinned root and the newest keyset that
//! verified under it. Cheap to clone; every clone sees a newer keyset at once.

use std::sync::{Arc, PoisonError, RwLock};

use crate::clock::Clock;
use crate::domain::Digest;
use crate::seal::envelope::SealKey;
use crate::seal::keyset::{self, KeyUse, Keyset, KeysetError};

#[derive(Clone)]
pub struct Held(Arc<Inner>);

struct Inner {
    root: [u8; 32],
    clock: Clock,
    keyset: RwLock<Listed>,
}

/// A keyset, and the root's signed bytes that say it.
struct Listed {
    keyset: Arc<Keyset>,
    signed: Arc<[u8]>,
}

impl Held {
    /// `root`: the Ed25519 public key that is pinned. `signed`: the keyset's bytes. What the root
    /// signed has happened: its time becomes the clock's floor.
    pub fn new(root: [u8; 32], signed: &[u8], clock: Clock) -> Result<Self, KeysetError> {
        let keyset = keyset::verify(signed, &root, clock.now(), None)?;
        clock.proven(keyset.issued);
        let keyset = RwLock::new(Listed { keyset: Arc::new(keyset), signed: signed.into() });
        Ok(Self(Arc::new(Inner { root, clock, keyset })))
    }

    pub fn keyset(&self) -> Arc<Keyset> {
        self.0.keyset.read().unwrap_or_else(PoisonError::into_inner).keyset.clone()
    }

    /// The keyset as the root signed it: with it and the root, anybody checks a receipt elsewhere.
    pub fn signed(&self) -> Arc<[u8]> {
        self.0.keyset.read().unwrap_or_else(PoisonError::into_inner).signed.clone()
    }

    /// Takes a keyset that came from the portal, where it verifies and is newer; whether it was.
    pub fn offer(&self, signed: &[u8]) -> Result<bool, KeysetError> {
        let mut held = self.0.keyset.write().unwrap_or_else(PoisonError::into_inner);
        let keyset = keyset::verify(signed, &self.0.root, self.0.clock.now(), Some(&held.keyset))?;
        let newer = keyset.version > held.keyset.version;
        if newer {
            self.0.clock.proven(keyset.issued);
            *held = Listed { keyset: Arc::new(keyset), signed: signed.into() };
        }
        Ok(newer)
    }

    /// What statements name as their audience.
    pub fn audience(&self) -> Digest {
        keyset::fingerprint(&self.0.root)
    }

    pub fn root(&self) -> [u8; 32] {
        self.0.root
    }

    /// Where letters are sealed to now.
    pub fn seal_key(&self) -> Result<SealKey, KeysetError> {
        self.keyset().seal_key(self.0.clock.now())
    }

    /// DER of every CA that the portal's TLS certificate may come from.
    pub fn tls_ca(&self) -> Vec<Vec<u8>> {
        self.keyset().keys_for(KeyUse::TlsCa).map(|k| k.bytes.clone()).collect()
    }
}
