//! What lies in a PKCS#12 file (RFC 7292 §4): bags with keys and certificates, some in locked
//! boxes, some in boxes within boxes.

use der::asn1::{ObjectIdentifier, OctetStringRef, UintRef};
use der::{AnyRef, Decode, Sequence, Tag, Tagged};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::derive::{self, GoOn, Purpose};
use super::password::Password;
use super::{KeyFileError, cipher};
use crate::sign::certificate::Certificate;
use crate::sign::key::SigningKey;
use crate::sign::wire::{Attribute, SetRef};
use crate::sign::{ber, oid};

/// Bags of one file, those within others included.
const MOST_BAGS: usize = 128;
/// Boxes within boxes.
const DEEPEST: usize = 4;

/// RFC 7292 §4
#[derive(Sequence)]
pub struct Pfx<'a> {
    version: u8,
    safe: ContentInfo<'a>,
    #[asn1(optional = "true")]
    mac: Option<MacData<'a>>,
}

#[derive(Sequence)]
struct ContentInfo<'a> {
    kind: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    content: Option<AnyRef<'a>>,
}

#[derive(Sequence)]
struct MacData<'a> {
    digest: DigestInfo<'a>,
    salt: OctetStringRef<'a>,
    #[asn1(optional = "true")]
    rounds: Option<UintRef<'a>>,
}

#[derive(Sequence)]
struct DigestInfo<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    digest: OctetStringRef<'a>,
}

/// RFC 5652 §8
#[derive(Sequence)]
struct EncryptedData<'a> {
    version: u8,
    content: EncryptedContent<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    unprotected: Option<SetRef<'a>>,
}

#[derive(Sequence)]
struct EncryptedContent<'a> {
    kind: ObjectIdentifier,
    algorithm: AlgorithmIdentifierRef<'a>,
    /// `[0] IMPLICIT OCTET STRING`, whole or in pieces.
    bytes: AnyRef<'a>,
}

/// RFC 7292 §4.2
#[derive(Sequence)]
struct SafeBag<'a> {
    kind: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    value: AnyRef<'a>,
    #[asn1(optional = "true")]
    attributes: Option<SetRef<'a>>,
}

/// RFC 5958 §3
#[derive(Sequence)]
struct EncryptedKey<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    bytes: OctetStringRef<'a>,
}

/// RFC 7292 §4.2.3
#[derive(Sequence)]
struct CertificateBag<'a> {
    kind: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    value: OctetStringRef<'a>,
}

/// What was found: keys with the names that they bear in the file, and certificates.
#[derive(Default)]
pub struct Found {
    pub keys: Vec<(SigningKey, Option<String>)>,
    pub certificates: Vec<Certificate>,
    /// Keys of a kind that does not sign here.
    pub strange_keys: usize,
    bags: usize,
}

fn damaged<T>(_: T) -> KeyFileError {
    KeyFileError::Damaged
}

impl<'a> Pfx<'a> {
    /// `der`: the outer layers in DER already. `None`: something else than a key file.
    pub fn read(der: &'a [u8]) -> Option<Self> {
        let file = Self::from_der(der).ok()?;
        (file.version == 3 && file.safe.kind == oid::DATA).then_some(file)
    }

    pub fn open(&self, password: &Password, go_on: GoOn<'_>) -> Result<Found, KeyFileError> {
        let content = self.safe.content.ok_or(KeyFileError::Damaged)?;
        if content.tag() != Tag::OctetString {
            return Err(KeyFileError::Damaged);
        }
        if let Some(mac) = &self.mac {
            mac.check(content.value(), password, go_on)?;
        }
        let safe = ber::to_der(content.value()).ok_or(KeyFileError::Damaged)?;
        let mut found = Found::default();
        for info in elements(&safe)? {
            let info = ContentInfo::from_der(info).map_err(damaged)?;
            let Some(content) = info.content else { continue };
            match info.kind {
                oid::DATA if content.tag() == Tag::OctetString => {
                    let plain = Zeroizing::new(ber::to_der(content.value()).ok_or(KeyFileError::Damaged)?);
                    found.bags(&plain, password, go_on, 0)?;
                }
                oid::ENCRYPTED_DATA => {
                    let data: EncryptedData<'_> = content.decode_as().map_err(damaged)?;
                    let sealed = data.content.octets()?;
                    let plain = cipher::decrypt(&data.content.algorithm, password, &sealed, go_on)?;
                    // Only the password is left to blame where there is no code over the whole.
                    let none = self.blame();
                    let plain = Zeroizing::new(ber::to_der(&plain).ok_or(none)?);
                    found.bags(&plain, password, go_on, 0)?;
                }
                // Locked to somebody's public key: nothing that a password opens.
                _ => {}
            }
        }
        Ok(found)
    }

    fn blame(&self) -> KeyFileError {
        if self.mac.is_some() { KeyFileError::Damaged } else { KeyFileError::WrongPassword }
    }
}

impl MacData<'_> {
    fn check(&self, content: &[u8], password: &Password, go_on: GoOn<'_>) -> Result<(), KeyFileError> {
        let algorithm = &self.digest.algorithm;
        let (sha, key) = if algorithm.oid == oid::PBMAC1 {
            // RFC 9579 §4: the key is as long as the hash.
            let both: cipher::TwoAlgorithms<'_> = cipher::parameters(algorithm)?;
            let sha = cipher::hmac_of(Some(&both.scheme))?;
            let length = sha.digest().output_len();
            (sha, cipher::by_pbkdf2(&both.derivation, password.utf8(), length, go_on)?)
        } else {
            let sha = match algorithm.oid {
                oid::SHA1 => derive::Sha::One,
                oid::SHA256 => derive::Sha::Two256,
                oid::SHA384 => derive::Sha::Two384,
                oid::SHA512 => derive::Sha::Two512,
                _ => return Err(KeyFileError::Protection),
            };
            let rounds = self.rounds.map_or(1, cipher::rounds);
            let (salt, length) = (self.salt.as_bytes(), sha.digest().output_len());
            (sha, derive::pkcs12(sha, Purpose::Mac, password.utf16(), salt, rounds, length, go_on)?)
        };
        // Compared in constant time.
        let key = ring::hmac::Key::new(sha.hmac(), &key);
        let good = ring::hmac::verify(&key, content, self.digest.digest.as_bytes());
        good.map_err(|_| KeyFileError::WrongPassword)
    }
}

impl EncryptedContent<'_> {
    fn octets(&self) -> Result<Vec<u8>, KeyFileError> {
        match self.bytes.tag() {
            Tag::ContextSpecific { number, constructed } if number.value() == 0 => {
                if !constructed {
                    return Ok(self.bytes.value().to_vec());
                }
                let pieces = SetRef(self.bytes.value()).elements(4096).map_err(damaged)?;
                let piece = |p: &[u8]| OctetStringRef::from_der(p).map(|o| o.as_bytes().to_vec());
                let pieces: Result<Vec<_>, _> = pieces.into_iter().map(piece).collect();
                pieces.map(|p| p.concat()).map_err(damaged)
            }
            _ => Err(KeyFileError::Damaged),
        }
    }
}

impl Found {
    fn bags(
        &mut self,
        safe: &[u8],
        password: &Password,
        go_on: GoOn<'_>,
        depth: usize,
    ) -> Result<(), KeyFileError> {
        if depth == DEEPEST {
            return Err(KeyFileError::Damaged);
        }
        for bag in elements(safe)? {
            self.bags += 1;
            if self.bags > MOST_BAGS {
                return Err(KeyFileError::Damaged);
            }
            go_on()?;
            let bag = SafeBag::from_der(bag).map_err(damaged)?;
            match bag.kind {
                oid::KEY_BAG => self.key(&whole(&bag.value)?, &bag),
                oid::SHROUDED_BAG => {
                    let locked: EncryptedKey<'_> = bag.value.decode_as().map_err(damaged)?;
                    let key = cipher::decrypt(&locked.algorithm, password, locked.bytes.as_bytes(), go_on)?;
                    let key = ber::to_der(&key).ok_or(KeyFileError::WrongPassword)?;
                    self.key(&Zeroizing::new(key), &bag);
                }
                oid::CERTIFICATE_BAG => {
                    let held: CertificateBag<'_> = bag.value.decode_as().map_err(damaged)?;
                    if held.kind == oid::X509_IN_BAG {
                        // One that cannot be read is of no use, and no reason to refuse the others.
                        self.certificates.extend(Certificate::from_der(held.value.as_bytes()).ok());
                    }
                }
                oid::SAFE_BAG => self.bags(&whole(&bag.value)?, password, go_on, depth + 1)?,
                // Lists of revoked certificates and other people's secrets.
                _ => {}
            }
        }
        Ok(())
    }

    fn key(&mut self, pkcs8: &[u8], bag: &SafeBag<'_>) {
        match SigningKey::from_pkcs8(pkcs8) {
            Some(key) => self.keys.push((key, bag.name())),
            None => self.strange_keys += 1,
        }
    }
}

impl SafeBag<'_> {
    /// friendlyName (RFC 2985 §5.5.1).
    fn name(&self) -> Option<String> {
        let all = self.attributes?.elements(16).ok()?;
        let attribute = all.into_iter().filter_map(|a| Attribute::from_der(a).ok());
        let mut named = attribute.filter(|a| a.kind == oid::FRIENDLY_NAME);
        let values = named.next()?.values.elements(1).ok()?;
        let text = AnyRef::from_der(values.first()?).ok()?;
        let units = text.value().chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]]));
        let name: String = char::decode_utf16(units).filter_map(Result::ok).take(80).collect();
        (text.tag() == Tag::BmpString && !name.is_empty()).then_some(name)
    }
}

fn whole(any: &AnyRef<'_>) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    use der::Encode;
    any.to_der().map(Zeroizing::new).map_err(damaged)
}

/// The elements of a SEQUENCE OF.
fn elements(der: &[u8]) -> Result<Vec<&[u8]>, KeyFileError> {
    let any = AnyRef::from_der(der).map_err(damaged)?;
    if any.tag() != Tag::Sequence {
        return Err(KeyFileError::Damaged);
    }
    SetRef(any.value()).elements(MOST_BAGS).map_err(damaged)
}
