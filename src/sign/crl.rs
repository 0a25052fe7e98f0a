//! A list of revoked certificates (RFC 5280 §5), read without copying its entries: a national one
//! has hundreds of thousands.

use std::ops::Range;
use std::sync::OnceLock;

use der::asn1::{BitStringRef, ObjectIdentifier, OctetStringRef};
use der::{AnyRef, Decode, Encode as _, Reader, Sequence, SliceReader};
use spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef};
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName, GeneralNames};
use x509_cert::name::Name;

use super::algorithm::{self, Check};
use super::certificate::Certificate;
use super::names::Canonical;
use super::{oid, pem, subject, wire};
use crate::clock::Moment;

/// Bytes of one list.
pub const MAX_CRL: usize = 64 * 1024 * 1024;

const YEAR_2050: Moment = Moment(2_524_608_000);

pub struct Crl {
    der: Vec<u8>,
    signed: Range<usize>,
    entries: Range<usize>,
    algorithm: AlgorithmIdentifierOwned,
    signature: Vec<u8>,
    pub issuer: Canonical,
    pub issuer_title: String,
    pub this_update: Moment,
    pub next_update: Option<Moment>,
    /// Big-endian, without leading zeros.
    pub number: Option<Vec<u8>>,
    /// The number of the list that this one adds to (RFC 5280 §5.2.4).
    pub base: Option<Vec<u8>>,
    pub scope: Scope,
    /// A critical extension of the list or of an entry is unknown: nothing may be read from it.
    pub strange: bool,
    /// It is not made as RFC 5280 §5 asks of those who issue lists.
    pub irregular: bool,
    /// The key that its signature was found good under: a long list is hashed once.
    proven: OnceLock<Vec<u8>>,
}

/// IssuingDistributionPoint (RFC 5280 §5.2.5).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    pub point: Option<DistributionPointName>,
    pub people_only: bool,
    pub authorities_only: bool,
    pub attributes_only: bool,
    pub indirect: bool,
    /// Bits 1..=8 of ReasonFlags; `None`: all reasons.
    pub reasons: Option<u16>,
}

/// What a list says of one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    Absent,
    Revoked(Moment),
    /// A delta takes it off the list.
    Removed,
}

#[derive(Sequence)]
struct IssuingPoint<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    point: Option<DistributionPointName>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", default = "Default::default")]
    people: bool,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", default = "Default::default")]
    authorities: bool,
    #[asn1(context_specific = "3", tag_mode = "IMPLICIT", optional = "true")]
    reasons: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "4", tag_mode = "IMPLICIT", default = "Default::default")]
    indirect: bool,
    #[asn1(context_specific = "5", tag_mode = "IMPLICIT", default = "Default::default")]
    attributes: bool,
}

#[derive(Sequence)]
struct Extension<'a> {
    id: ObjectIdentifier,
    #[asn1(default = "Default::default")]
    critical: bool,
    value: OctetStringRef<'a>,
}

impl Crl {
    /// One list in DER, PEM or base64; `None` where the bytes are no such thing.
    pub fn read(file: &[u8]) -> Option<Self> {
        if file.first() == Some(&0x30) {
            return Self::from_der(file);
        }
        let block = pem::blocks(file, &["X509 CRL"])?.into_iter().next().map(|b| b.der);
        Self::from_der(&block.or_else(|| pem::bare(file))?)
    }

    /// Every list of a PEM file, or the one that [`Crl::read`] reads; what is none is passed over.
    pub fn from_file(file: &[u8]) -> Vec<Self> {
        match pem::blocks(file, &["X509 CRL"]) {
            Some(blocks) if !blocks.is_empty() => {
                blocks.iter().filter_map(|b| Self::from_der(&b.der)).collect()
            }
            _ => Self::read(file).into_iter().collect(),
        }
    }

    pub fn from_der(der: &[u8]) -> Option<Self> {
        if der.len() > MAX_CRL {
            return None;
        }
        let outer = children(der, 3)?;
        let [signed, algorithm, signature] = *outer.as_slice() else { return None };
        let algorithm = AlgorithmIdentifierRef::from_der(algorithm).ok()?;
        let mut fields = children(signed, 8)?.into_iter().peekable();
        // The version stands only where it is 2, which is written as 1.
        let version = fields.next_if(|f| f.first() == Some(&0x02));
        let second = version.is_some_and(|v| v == [2, 1, 1]);
        // The algorithm stands twice, and both must agree (RFC 5280 §5.1.1.2); the national lists have
        // NULL as its parameters in one place and nothing in the other.
        let twin = AlgorithmIdentifierRef::from_der(fields.next()?).ok()?;
        let said = |a: AlgorithmIdentifierRef<'_>| a.parameters.is_some_and(|p| !p.is_null());
        if twin.oid != algorithm.oid
            || (twin.parameters != algorithm.parameters && (said(twin) || said(algorithm)))
        {
            return None;
        }
        let issuer = Name::from_der(fields.next()?).ok()?;
        // §5.1.2.4: a year before 2050 has two digits.
        let long = |f: &[u8], at: Moment| f.first() == Some(&0x18) && at < YEAR_2050;
        let field = fields.next()?;
        let this_update = wire::time(field)?;
        let mut dated = !long(field, this_update);
        let next_update = match fields.next_if(|f| matches!(f.first(), Some(0x17 | 0x18))) {
            Some(field) => {
                let at = wire::time(field)?;
                dated &= !long(field, at);
                Some(at)
            }
            None => None,
        };
        let entries = fields.next_if(|f| f.first() == Some(&0x30));
        let extensions = fields.next_if(|f| f.first() == Some(&0xa0));
        if fields.next().is_some() {
            return None;
        }
        let mut out = Self {
            signed: range(der, signed),
            entries: match entries {
                Some(entries) => range(der, AnyRef::from_der(entries).ok()?.value()),
                None => 0..0,
            },
            algorithm: AlgorithmIdentifierOwned::from_der(outer.get(1)?).ok()?,
            signature: BitStringRef::from_der(signature).ok()?.as_bytes()?.to_vec(),
            issuer: Canonical::of(&issuer),
            issuer_title: subject::title(&issuer),
            this_update,
            next_update,
            number: None,
            base: None,
            scope: Scope::default(),
            strange: false,
            irregular: !(second && dated && next_update.is_some()),
            proven: OnceLock::new(),
            der: der.to_vec(),
        };
        if let Some(extensions) = extensions {
            out.extensions(AnyRef::from_der(extensions).ok()?.value())?;
        }
        out.strange |= out.each(|_, _, _, _| ()).is_none();
        out.irregular |= out.number.is_none();
        Some(out)
    }

    fn extensions(&mut self, der: &[u8]) -> Option<()> {
        for one in children(der, 32)? {
            let extension = Extension::from_der(one).ok()?;
            let value = extension.value.as_bytes();
            let number = || Some(der::asn1::UintRef::from_der(value).ok()?.as_bytes().to_vec());
            match extension.id {
                oid::CRL_NUMBER => {
                    self.number = Some(number()?);
                    self.irregular |= extension.critical;
                }
                oid::DELTA_CRL => self.base = Some(number()?),
                oid::ISSUING_POINT => self.scope = Scope::read(value)?,
                oid::AUTHORITY_KEY_ID | oid::FRESHEST_CRL | oid::ISSUER_ALT_NAME => {}
                _ => self.strange |= extension.critical,
            }
        }
        Some(())
    }

    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Every entry with the names of who issued its certificate. `None` where one cannot be read, or
    /// has a critical extension that is unknown.
    fn each(&self, mut act: impl FnMut(&[u8], Moment, Option<u8>, &[Canonical])) -> Option<()> {
        let mut reader = SliceReader::new(self.der.get(self.entries.clone())?).ok()?;
        // Named once, it holds for the entries that follow (RFC 5280 §5.3.3).
        let mut issuers = vec![self.issuer.clone()];
        while !reader.is_finished() {
            let entry = children(reader.tlv_bytes().ok()?, 3)?;
            let (serial, time) = (entry.first()?, wire::time(entry.get(1)?)?);
            let mut reason = None;
            for one in entry.get(2).map_or(Some(Vec::new()), |e| children(e, 16))? {
                let extension = Extension::from_der(one).ok()?;
                let value = extension.value.as_bytes();
                match extension.id {
                    oid::CRL_REASON => reason = value.get(2).copied(),
                    // Only an indirect list may have it: what else it would mean is nobody's guess.
                    oid::CERTIFICATE_ISSUER if self.scope.indirect => {
                        let names = GeneralNames::from_der(value).ok()?;
                        issuers = names.iter().filter_map(directory).collect();
                    }
                    _ if extension.critical => return None,
                    _ => {}
                }
            }
            act(serial, time, reason, &issuers);
        }
        Some(())
    }

    pub fn find(&self, certificate: &Certificate) -> Entry {
        self.look_up(certificate.serial(), certificate.issuer_name())
    }

    /// By the serial number (DER) and who issued the certificate.
    pub fn look_up(&self, number: &[u8], issuer: &Canonical) -> Entry {
        /// removeFromCRL (RFC 5280 §5.3.1)
        const REMOVED: u8 = 8;
        let mut found = Entry::Absent;
        // Most are not on it, which a plain search tells a hundred times sooner than reading all entries.
        let entries = self.der.get(self.entries.clone()).unwrap_or_default();
        if memchr::memmem::find(entries, number).is_none() {
            return found;
        }
        let _ = self.each(|serial, time, reason, issuers| {
            if serial == number && issuers.contains(issuer) {
                found = if reason == Some(REMOVED) { Entry::Removed } else { Entry::Revoked(time) };
            }
        });
        found
    }

    pub fn signed_by(&self, signer: &Certificate) -> Check {
        let key = signer.key().to_der().unwrap_or_default();
        if self.proven.get().is_some_and(|proven| *proven == key) {
            return Check::Good;
        }
        let Some(message) = self.der.get(self.signed.clone()) else { return Check::Wrong };
        let algorithm = AlgorithmIdentifierRef {
            oid: self.algorithm.oid,
            parameters: self.algorithm.parameters.as_ref().map(AnyRef::from),
        };
        let check = algorithm::check(algorithm, None, signer.key(), message, &self.signature);
        if check == Check::Good {
            let _ = self.proven.set(key);
        }
        check
    }

    /// CRLNumber in words: decimal, hexadecimal where it is too long for that.
    pub fn number_words(&self) -> Option<String> {
        let number = self.number.as_ref()?;
        let mut wide = [0u8; 16];
        Some(match wide.len().checked_sub(number.len()) {
            Some(start) => {
                wide[start..].copy_from_slice(number);
                u128::from_be_bytes(wide).to_string()
            }
            // RFC 5280 §5.2.3: at most 20 octets.
            None => hex::encode(&number[..number.len().min(20)]),
        })
    }

    /// Whether `delta` adds to this list (RFC 5280 §5.2.4).
    pub fn is_base_of(&self, delta: &Crl) -> bool {
        let (Some(base), Some(own), Some(new)) = (&delta.base, &self.number, &delta.number) else {
            return false;
        };
        let size = |n: &Vec<u8>| (n.len(), n.clone());
        self.issuer == delta.issuer
            && self.scope == delta.scope
            && size(base) <= size(own)
            && size(own) < size(new)
    }
}

impl Scope {
    fn read(der: &[u8]) -> Option<Self> {
        let point = IssuingPoint::from_der(der).ok()?;
        let flag = |b: BitStringRef<'_>| (0..9).filter(|i| bit(&b, *i)).fold(0u16, |all, i| all | 1 << i);
        Some(Self {
            point: point.point,
            people_only: point.people,
            authorities_only: point.authorities,
            attributes_only: point.attributes,
            indirect: point.indirect,
            reasons: point.reasons.map(flag),
        })
    }

    /// The names of the list's distribution point, the issuer's own completed where it is relative.
    pub fn names(point: &DistributionPointName, issuer: &Canonical) -> (Vec<GeneralName>, Option<Canonical>) {
        match point {
            DistributionPointName::FullName(names) => (names.clone(), None),
            DistributionPointName::NameRelativeToCRLIssuer(last) => (Vec::new(), Some(issuer.with(last))),
        }
    }
}

pub fn directory(name: &GeneralName) -> Option<Canonical> {
    match name {
        GeneralName::DirectoryName(name) => Some(Canonical::of(name)),
        _ => None,
    }
}

pub fn bit(bits: &BitStringRef<'_>, at: usize) -> bool {
    let byte = bits.raw_bytes().get(at / 8).copied().unwrap_or(0);
    at < bits.bit_len() && byte & (0x80 >> (at % 8)) != 0
}

/// The elements inside a SEQUENCE or an explicit tag.
fn children(der: &[u8], cap: usize) -> Option<Vec<&[u8]>> {
    wire::SetRef(AnyRef::from_der(der).ok()?.value()).elements(cap).ok()
}

/// Where `part`, a slice of `whole`, lies in it.
fn range(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
    start..start + part.len()
}
