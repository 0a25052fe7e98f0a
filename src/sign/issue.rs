//! Makes authorities and certificates: for practice, for tests, and for a deployment's own
//! services (TLS, answers). P-256 throughout. Not a public authority: no revocation lists.

mod official;

use std::net::IpAddr;
use std::str::FromStr;

use der::asn1::{Any, Ia5String, ObjectIdentifier, OctetString, SetOfVec};
use der::referenced::OwnedToRef;
use der::{Decode, Encode, Tag};
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey};
use spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::{self, CertificateBuilder, Profile};
use x509_cert::ext::pkix::certpolicy::PolicyInformation;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};
use zeroize::Zeroizing;

use super::certificate::{Certificate, PRACTICE_MARK};
pub use official::{Official, Role};

use super::{oid, pem};
use crate::clock::Moment;
use crate::fault::{Code, Coded};

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    #[error("the system gives no random bytes")]
    Random,
    #[error("a name, time or key that a certificate cannot carry")]
    Unfit,
    #[error("not a certificate and key that belong together")]
    Unreadable,
}

impl Coded for IssueError {
    fn code(&self) -> Code {
        Code(match self {
            IssueError::Random => "sign.random",
            IssueError::Unfit => "sign.issue",
            IssueError::Unreadable => "sign.issue",
        })
    }
}

impl From<der::Error> for IssueError {
    fn from(_: der::Error) -> Self {
        IssueError::Unfit
    }
}

impl From<builder::Error> for IssueError {
    fn from(_: builder::Error) -> Self {
        IssueError::Unfit
    }
}

/// From when until when, both included.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    pub from: Moment,
    pub until: Moment,
}

impl Term {
    /// An hour before `now` (clocks differ) until `days` after.
    pub fn days(now: Moment, days: i64) -> Self {
        Self { from: now.plus(-3600), until: now.plus(days * 86_400) }
    }

    fn validity(self) -> Result<Validity, IssueError> {
        let time = |at: Moment| {
            let seconds = u64::try_from(at.0).map_err(|_| IssueError::Unfit)?;
            let date =
                der::asn1::GeneralizedTime::from_unix_duration(std::time::Duration::from_secs(seconds))?;
            Ok::<_, IssueError>(Time::GeneralTime(date))
        };
        Ok(Validity { not_before: time(self.from)?, not_after: time(self.until)? })
    }
}

/// A subject of the national profile.
#[derive(Clone, Debug, Default)]
pub struct Person {
    pub surname: String,
    pub given: String,
    /// Stands in GIVENNAME; may be empty.
    pub patronymic: String,
    /// Twelve digits; empty for none.
    pub iin: String,
    /// The organisation the person signs for, with its BIN.
    pub organisation: Option<(String, String)>,
}

/// A certificate (DER) with its private key.
pub struct Identity {
    pub certificate: Certificate,
    key: SigningKey,
}

/// An authority that issues certificates. `Debug` is absent: it holds a key.
pub struct Authority(Identity);

impl Identity {
    /// PKCS#8 DER of the private key.
    pub fn key_der(&self) -> Result<Zeroizing<Vec<u8>>, IssueError> {
        let document = self.key.to_pkcs8_der().map_err(|_| IssueError::Unfit)?;
        Ok(Zeroizing::new(document.as_bytes().to_vec()))
    }

    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// ECDSA P-256 with SHA-256 over `message`, as DER: what a card returns.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        use p256::ecdsa::signature::Signer;
        let signature: DerSignature = self.key.sign(message);
        signature.as_bytes().to_vec()
    }

    /// The certificate and the PKCS#8 key as two PEM blocks. The text holds a private key.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, IssueError> {
        let mut out = Zeroizing::new(String::with_capacity(8192));
        out.push_str(&pem::encode("CERTIFICATE", self.certificate.der()));
        out.push_str(&pem::encode("PRIVATE KEY", &self.key_der()?));
        Ok(out)
    }

    /// Reads what [`Identity::to_pem`] writes; the key must be the certificate's.
    pub fn from_pem(text: &[u8]) -> Result<Self, IssueError> {
        let blocks = pem::blocks(text, &["CERTIFICATE", "PRIVATE KEY"]).ok_or(IssueError::Unreadable)?;
        let block = |label: &str| blocks.iter().find(|b| b.label == label).ok_or(IssueError::Unreadable);
        let certificate =
            Certificate::from_der(&block("CERTIFICATE")?.der).map_err(|_| IssueError::Unreadable)?;
        let key =
            SigningKey::from_pkcs8_der(&block("PRIVATE KEY")?.der).map_err(|_| IssueError::Unreadable)?;
        let public = key.verifying_key().to_public_key_der().map_err(|_| IssueError::Unreadable)?;
        if certificate.key().to_der()? != public.as_bytes() {
            return Err(IssueError::Unreadable);
        }
        Ok(Self { certificate, key })
    }
}

impl Authority {
    /// A self-signed authority that issues end certificates only (path length 0). A practice one
    /// carries [`PRACTICE_MARK`] as its organisation, and so does all that it issues.
    pub fn generate(common_name: &str, practice: bool, term: Term) -> Result<Self, IssueError> {
        let subject = authority_name(common_name, practice)?;
        let key = random_key()?;
        let spki = public_key(&key)?;
        let mut extensions = Extensions::authority(Some(0));
        extensions.key_ids(spki.owned_to_ref(), None)?;
        let certificate = build(None, subject, spki, &key, term, extensions)?;
        Ok(Self(Identity { certificate, key }))
    }

    pub fn certificate(&self) -> &Certificate {
        &self.0.certificate
    }

    pub fn identity(&self) -> &Identity {
        &self.0
    }

    pub fn from_identity(identity: Identity) -> Result<Self, IssueError> {
        if !identity.certificate.is_authority() {
            return Err(IssueError::Unreadable);
        }
        Ok(Self(identity))
    }

    /// A person's signing certificate in the national profile over the public key in `spki` (DER).
    pub fn certify_person(
        &self,
        person: &Person,
        spki: &[u8],
        term: Term,
    ) -> Result<Certificate, IssueError> {
        let kind = if person.organisation.is_some() { oid::KZ_LEGAL_ENTITY } else { oid::KZ_INDIVIDUAL };
        let mut usage = vec![oid::EKU_SIGN, kind];
        if person.organisation.is_some() {
            usage.push(oid::KZ_LEGAL_SIGNER);
        }
        let extensions = Extensions {
            authority: None,
            usage: KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
            extended: usage,
            policy: Some(oid::KZ_POLICY),
            names: Vec::new(),
            ids: None,
        };
        self.issue(person_name(person)?, SubjectPublicKeyInfoOwned::from_der(spki)?, term, extensions)
    }

    /// A person with a fresh P-256 key.
    pub fn issue_person(&self, person: &Person, term: Term) -> Result<Identity, IssueError> {
        let key = random_key()?;
        let spki = public_key(&key)?.to_der()?;
        Ok(Identity { certificate: self.certify_person(person, &spki, term)?, key })
    }

    /// A TLS server certificate with a fresh key, for DNS names and IP addresses.
    pub fn issue_server(&self, names: &[&str], term: Term) -> Result<Identity, IssueError> {
        let key = random_key()?;
        let mut alternatives = Vec::with_capacity(names.len());
        for name in names {
            alternatives.push(match IpAddr::from_str(name) {
                Ok(IpAddr::V4(ip)) => GeneralName::IpAddress(OctetString::new(ip.octets())?),
                Ok(IpAddr::V6(ip)) => GeneralName::IpAddress(OctetString::new(ip.octets())?),
                Err(_) => GeneralName::DnsName(Ia5String::new(name)?),
            });
        }
        let subject =
            name(&[(oid::COMMON_NAME, Tag::Utf8String, names.first().copied().unwrap_or_default())])?;
        let extensions = Extensions {
            authority: None,
            usage: KeyUsages::DigitalSignature.into(),
            extended: vec![oid::EKU_SERVER],
            policy: None,
            names: alternatives,
            ids: None,
        };
        let certificate = self.issue(subject, public_key(&key)?, term, extensions)?;
        Ok(Identity { certificate, key })
    }

    fn issue(
        &self,
        subject: Name,
        spki: SubjectPublicKeyInfoOwned,
        term: Term,
        mut extensions: Extensions,
    ) -> Result<Certificate, IssueError> {
        extensions.key_ids(spki.owned_to_ref(), Some(self.0.certificate.key()))?;
        let issuer = Name::from_der(self.0.certificate.subject())?;
        build(Some(issuer), subject, spki, &self.0.key, term, extensions)
    }
}

struct Extensions {
    /// Basic constraints of an authority with its path length.
    authority: Option<Option<u8>>,
    usage: der::flagset::FlagSet<KeyUsages>,
    extended: Vec<ObjectIdentifier>,
    policy: Option<ObjectIdentifier>,
    names: Vec<GeneralName>,
    ids: Option<(SubjectKeyIdentifier, Option<AuthorityKeyIdentifier>)>,
}

impl Extensions {
    fn authority(path_length: Option<u8>) -> Self {
        Self {
            authority: Some(path_length),
            usage: KeyUsages::KeyCertSign | KeyUsages::CRLSign,
            extended: Vec::new(),
            policy: None,
            names: Vec::new(),
            ids: None,
        }
    }

    fn key_ids(
        &mut self,
        subject: SubjectPublicKeyInfoRef<'_>,
        issuer: Option<SubjectPublicKeyInfoRef<'_>>,
    ) -> Result<(), IssueError> {
        let issuer = issuer.map(AuthorityKeyIdentifier::try_from).transpose()?;
        self.ids = Some((SubjectKeyIdentifier::try_from(subject)?, issuer));
        Ok(())
    }
}

fn build(
    issuer: Option<Name>,
    subject: Name,
    spki: SubjectPublicKeyInfoOwned,
    key: &SigningKey,
    term: Term,
    extensions: Extensions,
) -> Result<Certificate, IssueError> {
    use x509_cert::builder::Builder;
    let serial = SerialNumber::new(&random_serial()?)?;
    let profile = Profile::Manual { issuer };
    let mut builder = CertificateBuilder::new(profile, serial, term.validity()?, subject, spki, key)?;
    builder.add_extension(&BasicConstraints {
        ca: extensions.authority.is_some(),
        path_len_constraint: extensions.authority.flatten(),
    })?;
    builder.add_extension(&KeyUsage(extensions.usage))?;
    if !extensions.extended.is_empty() {
        builder.add_extension(&ExtendedKeyUsage(extensions.extended))?;
    }
    if let Some(policy) = extensions.policy {
        let policy = PolicyInformation { policy_identifier: policy, policy_qualifiers: None };
        builder.add_extension(&CertificatePolicies(vec![policy]))?;
    }
    if !extensions.names.is_empty() {
        builder.add_extension(&SubjectAltName(extensions.names))?;
    }
    if let Some((subject, issuer)) = extensions.ids {
        builder.add_extension(&subject)?;
        if let Some(issuer) = issuer {
            builder.add_extension(&issuer)?;
        }
    }
    let certificate = builder.build::<DerSignature>()?;
    Certificate::from_der(&certificate.to_der()?).map_err(|_| IssueError::Unfit)
}

fn authority_name(common_name: &str, practice: bool) -> Result<Name, IssueError> {
    let mut parts = vec![(oid::COUNTRY, Tag::PrintableString, "KZ")];
    if practice {
        parts.push((oid::ORGANISATION, Tag::Utf8String, PRACTICE_MARK));
    }
    parts.push((oid::COMMON_NAME, Tag::Utf8String, common_name));
    name(&parts)
}

fn person_name(person: &Person) -> Result<Name, IssueError> {
    let common = format!("{} {}", person.surname, person.given);
    let serial = format!("IIN{}", person.iin);
    let mut parts = vec![
        (oid::COMMON_NAME, Tag::Utf8String, common.trim()),
        (oid::SURNAME, Tag::Utf8String, &person.surname),
    ];
    if !person.iin.is_empty() {
        parts.push((oid::SERIAL_NUMBER, Tag::PrintableString, &serial));
    }
    parts.push((oid::COUNTRY, Tag::PrintableString, "KZ"));
    if !person.patronymic.is_empty() {
        parts.push((oid::GIVEN_NAME, Tag::Utf8String, &person.patronymic));
    }
    let unit = person.organisation.as_ref().map(|(_, bin)| format!("BIN{bin}"));
    if let (Some((organisation, _)), Some(unit)) = (&person.organisation, &unit) {
        parts.push((oid::ORGANISATION, Tag::Utf8String, organisation));
        parts.push((oid::UNIT, Tag::Utf8String, unit));
    }
    name(&parts)
}

fn name(parts: &[(ObjectIdentifier, Tag, &str)]) -> Result<Name, IssueError> {
    let mut rdns = Vec::with_capacity(parts.len());
    for (oid, tag, text) in parts {
        if text.is_empty() {
            return Err(IssueError::Unfit);
        }
        let value = Any::new(*tag, text.as_bytes())?;
        let set = SetOfVec::try_from(vec![AttributeTypeAndValue { oid: *oid, value }])?;
        rdns.push(RelativeDistinguishedName(set));
    }
    Ok(RdnSequence(rdns))
}

fn public_key(key: &SigningKey) -> Result<SubjectPublicKeyInfoOwned, IssueError> {
    SubjectPublicKeyInfoOwned::from_key(*key.verifying_key()).map_err(|_| IssueError::Unfit)
}

fn random_key() -> Result<SigningKey, IssueError> {
    let mut bytes = Zeroizing::new([0u8; 32]);
    // Less than one in 2^32 draws is not a scalar of the curve.
    for _ in 0..8 {
        getrandom::fill(bytes.as_mut()).map_err(|_| IssueError::Random)?;
        if let Ok(key) = SigningKey::from_slice(bytes.as_ref()) {
            return Ok(key);
        }
    }
    Err(IssueError::Random)
}

/// 126 random bits, positive and without leading zeros (RFC 5280 §4.1.2.2).
fn random_serial() -> Result<[u8; 16], IssueError> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| IssueError::Random)?;
    bytes[0] = (bytes[0] & 0x3f) | 0x40;
    Ok(bytes)
}
