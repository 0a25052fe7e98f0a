//! What a portal's deployment holds in private: the root that kiosks pin, the keys that sign
//! receipts and open envelopes, and its two authorities (TLS, answers). Made fresh for practice;
//! kept as files by `tereze portal` (the root may be kept elsewhere, offline).

use zeroize::Zeroizing;

use super::issue::{Authority, Identity, IssueError, Term};
use super::pem;
use crate::clock::Moment;
use crate::domain::{Digest, Names};
use crate::seal::envelope::OpenKey;
use crate::seal::keyset::{self, Key, KeyUse, Keyset, SigningKey};

type Seed = Zeroizing<[u8; 32]>;

/// PKCS#8 of a 32-byte private key up to its octets (RFC 8410 §7): version, algorithm, two headers.
const ED25519: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
const X25519: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20];

const ROOT: &str = "root.pem";
const RECEIPT: &str = "receipt.pem";
const SEAL: &str = "seal.pem";
const TLS: &str = "tls-ca.pem";
const ANSWERS: &str = "answer-ca.pem";

/// Holds private keys: no `Debug`.
pub struct Deployment {
    root: Seed,
    receipt: Seed,
    seal: Seed,
    tls: Authority,
    answers: Authority,
}

impl Deployment {
    /// Fresh keys. `name` goes into the authorities' names; practice ones carry the practice mark.
    pub fn generate(name: &str, practice: bool, term: Term) -> Result<Self, IssueError> {
        let seed = || {
            let mut bytes = Zeroizing::new([0u8; 32]);
            getrandom::fill(bytes.as_mut()).map_err(|_| IssueError::Random)?;
            Ok::<_, IssueError>(bytes)
        };
        Ok(Self {
            root: seed()?,
            receipt: seed()?,
            seal: seed()?,
            tls: Authority::generate(&format!("{name} TLS"), practice, term)?,
            answers: Authority::generate(&format!("{name} ANSWERS"), practice, term)?,
        })
    }

    /// Signs keysets.
    pub fn root(&self) -> Result<SigningKey, IssueError> {
        SigningKey::from_seed(&self.root).map_err(|_| IssueError::Unreadable)
    }

    /// What statements name as their audience: SHA-256 of the root's public key.
    pub fn fingerprint(&self) -> Result<Digest, IssueError> {
        Ok(keyset::fingerprint(&self.root()?.public()))
    }

    /// Signs receipts and notices.
    pub fn receipt_key(&self) -> Result<SigningKey, IssueError> {
        SigningKey::from_seed(&self.receipt).map_err(|_| IssueError::Unreadable)
    }

    /// Opens envelopes.
    pub fn open_key(&self) -> Result<OpenKey, IssueError> {
        OpenKey::from_private(self.seal.clone()).map_err(|_| IssueError::Unreadable)
    }

    pub fn tls(&self) -> &Authority {
        &self.tls
    }

    /// Issues the certificates of those who sign answers.
    pub fn answers(&self) -> &Authority {
        &self.answers
    }

    /// The portal's TLS certificate and key, for these DNS names and IP addresses.
    pub fn server(&self, names: &[&str], term: Term) -> Result<Identity, IssueError> {
        self.tls.issue_server(names, term)
    }

    /// The keyset that lists all of this deployment's public halves for `term`.
    pub fn keyset(
        &self,
        version: u64,
        issued: Moment,
        operator: Names,
        term: Term,
    ) -> Result<Keyset, IssueError> {
        let seal = self.open_key()?.seal_key().map_err(|_| IssueError::Unreadable)?;
        let key = |used_for, bytes: &[u8]| Key::new(used_for, bytes.to_vec(), term.from, term.until);
        let keys = vec![
            key(KeyUse::TlsCa, self.tls.certificate().der()),
            key(KeyUse::Seal, &seal.public),
            key(KeyUse::Receipt, &self.receipt_key()?.public()),
            key(KeyUse::AnswerCa, self.answers.certificate().der()),
        ];
        let practice = self.tls.certificate().practice();
        Ok(Keyset { version, issued, practice, operator, keys })
    }

    /// [`Deployment::keyset`], signed by the root: the bytes that kiosks fetch.
    pub fn signed_keyset(
        &self,
        version: u64,
        issued: Moment,
        operator: Names,
        term: Term,
    ) -> Result<Vec<u8>, IssueError> {
        Ok(keyset::sign(&self.keyset(version, issued, operator, term)?, &self.root()?))
    }

    /// File names and PEM texts to keep; every one holds a private key (write them for the owner alone).
    pub fn to_files(&self) -> Result<Vec<(&'static str, Zeroizing<String>)>, IssueError> {
        Ok(vec![
            (ROOT, seed_pem(&ED25519, &self.root)),
            (RECEIPT, seed_pem(&ED25519, &self.receipt)),
            (SEAL, seed_pem(&X25519, &self.seal)),
            (TLS, self.tls.identity().to_pem()?),
            (ANSWERS, self.answers.identity().to_pem()?),
        ])
    }

    /// Reads what [`Deployment::to_files`] named; `read` returns a file's bytes.
    pub fn from_files(mut read: impl FnMut(&str) -> Option<Zeroizing<Vec<u8>>>) -> Result<Self, IssueError> {
        let mut text = |name: &str| read(name).ok_or(IssueError::Unreadable);
        Ok(Self {
            root: seed_from_pem(&ED25519, &text(ROOT)?)?,
            receipt: seed_from_pem(&ED25519, &text(RECEIPT)?)?,
            seal: seed_from_pem(&X25519, &text(SEAL)?)?,
            tls: Authority::from_identity(Identity::from_pem(&text(TLS)?)?)?,
            answers: Authority::from_identity(Identity::from_pem(&text(ANSWERS)?)?)?,
        })
    }
}

fn seed_pem(prefix: &[u8; 16], seed: &Seed) -> Zeroizing<String> {
    let mut der = Zeroizing::new([0u8; 48]);
    der[..16].copy_from_slice(prefix);
    der[16..].copy_from_slice(seed.as_ref());
    pem::encode("PRIVATE KEY", der.as_ref())
}

fn seed_from_pem(prefix: &[u8; 16], text: &[u8]) -> Result<Seed, IssueError> {
    let blocks = pem::blocks(text, &["PRIVATE KEY"]).ok_or(IssueError::Unreadable)?;
    let [block] = blocks.as_slice() else { return Err(IssueError::Unreadable) };
    let octets = block.der.strip_prefix(prefix).ok_or(IssueError::Unreadable)?;
    let mut seed = Zeroizing::new([0u8; 32]);
    if octets.len() != seed.len() {
        return Err(IssueError::Unreadable);
    }
    seed.copy_from_slice(octets);
    Ok(seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Confidence, Reading};

    const NOW: Moment = Moment(1_790_000_000);

    #[test]
    fn a_deployment_survives_its_files_and_signs_its_keyset() {
        let term = Term::days(NOW, 400);
        let made = Deployment::generate("СЫНАҚ ПОРТАЛЫ", true, term).unwrap();
        let files = made.to_files().unwrap();
        let read = Deployment::from_files(|name| {
            let (_, text) = files.iter().find(|(n, _)| *n == name)?;
            Some(Zeroizing::new(text.as_bytes().to_vec()))
        });
        let read = read.unwrap();
        assert_eq!(read.fingerprint().unwrap(), made.fingerprint().unwrap());
        assert_eq!(read.receipt_key().unwrap().public(), made.receipt_key().unwrap().public());
        assert_eq!(read.open_key().unwrap().id(), made.open_key().unwrap().id());
        let operator = Names { kk: "Сынақ".into(), ru: "Проба".into(), en: "Trial".into() };
        let bytes = read.signed_keyset(1, NOW, operator, term).unwrap();
        let reading = Reading { wall: NOW, confidence: Confidence::Plausible };
        let keyset = keyset::verify(&bytes, &made.root().unwrap().public(), reading, None).unwrap();
        assert!(keyset.practice && keyset.seal_key(reading).is_ok());
        assert_eq!(keyset.keys_for(KeyUse::TlsCa).count(), 1);
        assert!(Deployment::from_files(|_| None).is_err());
        assert!(Deployment::from_files(|_| Some(Zeroizing::new(files[2].1.as_bytes().to_vec()))).is_err());
    }
}
