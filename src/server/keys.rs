//! The deployment's keys. The reference implementation makes them all at its first start; the root
//! key signs keysets only and belongs on paper or a stick in a safe: the portal runs without it.

use std::path::Path;

use zeroize::Zeroizing;

use super::ServerError;
use crate::clock::Moment;
use crate::domain::{Digest, Names};
use crate::seal::envelope::OpenKey;
use crate::seal::keyset::{self, Key, KeyId, KeyUse, Keyset, SigningKey};
use crate::sign::issue::{Authority, Identity, Term};
use crate::store::disk;

const YEAR: i64 = 365;
const SEAL_DAYS: i64 = 2 * YEAR;
const RECEIPT_DAYS: i64 = 5 * YEAR;
const AUTHORITY_DAYS: i64 = 10 * YEAR;
const MAX_FILE: u64 = 256 * 1024;

type Seed = Zeroizing<[u8; 32]>;

/// Everything a portal signs, opens and answers with.
pub struct Deployment {
    /// Ed25519 public key: kiosks pin it.
    pub root: [u8; 32],
    pub keyset: Keyset,
    /// The keyset as kiosks fetch it.
    pub signed: Vec<u8>,
    /// Every seal key that letters may still be sealed to, retired ones too.
    pub open: Vec<OpenKey>,
    pub receipt: SigningKey,
    pub tls: Authority,
    pub answer: Authority,
    /// Keys the index by which a signer's letters are found: the IIN itself is not in the database.
    pub pepper: Seed,
    seeds: Seeds,
}

struct Seeds {
    root: Option<Seed>,
    receipt: Seed,
    snapshot: Seed,
}

fn random() -> Result<Seed, ServerError> {
    crate::seal::random().map_err(|_| ServerError::Keys("random"))
}

fn signing(seed: &Seed) -> Result<SigningKey, ServerError> {
    SigningKey::from_seed(seed).map_err(|_| ServerError::Keys("signing"))
}

fn unfit<E>(what: &'static str) -> impl FnOnce(E) -> ServerError {
    move |_| ServerError::Keys(what)
}

impl Deployment {
    /// Fresh keys, in memory.
    pub fn generate(practice: bool, operator: Names, now: Moment) -> Result<Self, ServerError> {
        let seeds = Seeds { root: Some(random()?), receipt: random()?, snapshot: random()? };
        let root = signing(seeds.root.as_ref().ok_or(ServerError::Keys("root"))?)?;
        let receipt = signing(&seeds.receipt)?;
        let open = OpenKey::generate().map_err(unfit("seal"))?;
        let term = Term::days(now, AUTHORITY_DAYS);
        let tls = Authority::generate("Tereze TLS CA", practice, term).map_err(unfit("tls-ca"))?;
        let answer = Authority::generate("Tereze answer CA", practice, term).map_err(unfit("answer-ca"))?;
        // Clocks differ by minutes.
        let from = now.plus(-3600);
        let until = |days: i64| now.plus(days * 86_400);
        let seal = open.seal_key().map_err(unfit("seal"))?;
        let keys = vec![
            Key::new(KeyUse::TlsCa, tls.certificate().der().to_vec(), from, until(AUTHORITY_DAYS)),
            Key::new(KeyUse::Seal, seal.public.to_vec(), from, until(SEAL_DAYS)),
            Key::new(KeyUse::Receipt, receipt.public().to_vec(), from, until(RECEIPT_DAYS)),
            Key::new(KeyUse::AnswerCa, answer.certificate().der().to_vec(), from, until(AUTHORITY_DAYS)),
            Key::new(
                KeyUse::Snapshot,
                signing(&seeds.snapshot)?.public().to_vec(),
                from,
                until(RECEIPT_DAYS),
            ),
        ];
        let keyset = Keyset { version: 1, issued: now, practice, operator, keys };
        let signed = keyset::sign(&keyset, &root);
        Ok(Self {
            root: root.public(),
            keyset,
            signed,
            open: vec![open],
            receipt,
            tls,
            answer,
            pepper: random()?,
            seeds,
        })
    }

    /// A new seal key; the old one stays listed and opens what was sealed to it.
    pub fn rotate_seal(&mut self, now: Moment) -> Result<(), ServerError> {
        let root = signing(self.seeds.root.as_ref().ok_or(ServerError::Keys("root"))?)?;
        let open = OpenKey::generate().map_err(unfit("seal"))?;
        let public = open.seal_key().map_err(unfit("seal"))?.public.to_vec();
        let mut next = self.keyset.clone();
        for key in next.keys.iter_mut().filter(|k| k.used_for == KeyUse::Seal) {
            key.not_after = key.not_after.min(now);
        }
        next.keys.push(Key::new(KeyUse::Seal, public, now.plus(-3600), now.plus(SEAL_DAYS * 86_400)));
        next.version += 1;
        next.issued = now;
        self.keyset.check_successor(&next).map_err(unfit("keyset"))?;
        self.signed = keyset::sign(&next, &root);
        self.keyset = next;
        self.open.push(open);
        Ok(())
    }

    /// SHA-256 of the root's public key: the audience of statements.
    pub fn audience(&self) -> Digest {
        keyset::fingerprint(&self.root)
    }

    /// A TLS certificate for these names (DNS or IP).
    pub fn issue_tls(&self, names: &[String], now: Moment) -> Result<Identity, ServerError> {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.tls.issue_server(&names, Term::days(now, super::tls::LEAF_DAYS)).map_err(unfit("tls"))
    }

    /// HMAC-SHA-256 of an IIN under this portal's own key.
    pub fn signer_index(&self, iin: &str) -> [u8; 32] {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, self.pepper.as_ref());
        let tag = ring::hmac::sign(&key, iin.as_bytes());
        let mut out = [0u8; 32];
        out.copy_from_slice(tag.as_ref());
        out
    }

    /// Writes every key, each file whole; `keyset.cose` last: without it there is no deployment.
    pub fn save(&self, folder: &Path) -> Result<(), ServerError> {
        disk::make_folder(folder)?;
        let write = |name: &str, bytes: &[u8]| disk::write_atomic(&folder.join(name), bytes);
        let secret = |name: &str, seed: &[u8; 32]| write(name, Zeroizing::new(hex::encode(seed)).as_bytes());
        if let Some(root) = &self.seeds.root {
            secret("root.key", root)?;
        }
        secret("receipt.key", &self.seeds.receipt)?;
        secret("snapshot.key", &self.seeds.snapshot)?;
        secret("signer-index.key", &self.pepper)?;
        for open in &self.open {
            secret(&format!("seal-{}.key", open.id()), open.private())?;
        }
        write("tls-ca.pem", self.tls.identity().to_pem().map_err(unfit("tls-ca"))?.as_bytes())?;
        write("answer-ca.pem", self.answer.identity().to_pem().map_err(unfit("answer-ca"))?.as_bytes())?;
        write("root.pub", hex::encode(self.root).as_bytes())?;
        write("keyset.cose", &self.signed)?;
        Ok(())
    }

    /// `None`: no deployment was made in this folder yet.
    pub fn load(folder: &Path, now: crate::clock::Reading) -> Result<Option<Self>, ServerError> {
        let file = |name: &str| disk::read(&folder.join(name), MAX_FILE);
        let Some(signed) = file("keyset.cose")? else { return Ok(None) };
        let seed = |name: &str| -> Result<Option<Seed>, ServerError> {
            let Some(text) = file(name)? else { return Ok(None) };
            let text = Zeroizing::new(text);
            let mut seed = Zeroizing::new([0u8; 32]);
            hex::decode_to_slice(text.trim_ascii(), seed.as_mut()).map_err(unfit("key file"))?;
            Ok(Some(seed))
        };
        let needed = |name: &'static str| seed(name)?.ok_or(ServerError::Keys(name));
        let root = *needed("root.pub")?;
        let keyset = keyset::verify(&signed, &root, now, None).map_err(unfit("keyset.cose"))?;
        let seeds = Seeds {
            root: seed("root.key")?,
            receipt: needed("receipt.key")?,
            snapshot: needed("snapshot.key")?,
        };
        let mut open = vec![];
        for key in keyset.keys_for(KeyUse::Seal) {
            // One that is missing was removed by hand after its time: what needs it says so.
            if let Some(private) = seed(&format!("seal-{}.key", key.id))? {
                open.push(OpenKey::from_private(private).map_err(unfit("seal"))?);
            }
        }
        let authority = |name: &'static str| -> Result<Authority, ServerError> {
            let pem = Zeroizing::new(file(name)?.ok_or(ServerError::Keys(name))?);
            Identity::from_pem(&pem).and_then(Authority::from_identity).map_err(unfit(name))
        };
        let receipt = signing(&seeds.receipt)?;
        if keyset.key(KeyId::of(&receipt.public()), KeyUse::Receipt).is_none() || open.is_empty() {
            return Err(ServerError::Keys("keyset.cose"));
        }
        Ok(Some(Self {
            root,
            keyset,
            signed,
            open,
            receipt,
            tls: authority("tls-ca.pem")?,
            answer: authority("answer-ca.pem")?,
            pepper: needed("signer-index.key")?,
            seeds,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn what_was_saved_is_loaded_and_the_root_may_be_away() {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::system();
        let name = |n: &str| Names { kk: n.into(), ru: n.into(), en: n.into() };
        let now = clock.now().wall;
        assert!(Deployment::load(dir.path(), clock.now()).unwrap().is_none());
        let mut made = Deployment::generate(true, name("Портал"), now).unwrap();
        made.save(dir.path()).unwrap();
        made.rotate_seal(now.plus(60)).unwrap();
        made.save(dir.path()).unwrap();
        std::fs::remove_file(dir.path().join("root.key")).unwrap();
        let mut found = Deployment::load(dir.path(), clock.now()).unwrap().unwrap();
        assert_eq!(found.keyset, made.keyset);
        assert_eq!(found.open.len(), 2);
        assert_eq!(found.audience(), made.audience());
        assert_eq!(found.signer_index("1"), made.signer_index("1"));
        assert_ne!(found.signer_index("1"), found.signer_index("2"));
        assert!(found.rotate_seal(now.plus(120)).is_err());
        std::fs::remove_file(dir.path().join("receipt.key")).unwrap();
        assert!(Deployment::load(dir.path(), clock.now()).is_err());
    }
}
