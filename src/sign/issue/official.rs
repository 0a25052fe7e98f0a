//! Certificates of officials: whom they sign for, and by what right.

use der::Tag;

use super::{Authority, Extensions, Identity, IssueError, Term, name, public_key, random_key};
use crate::sign::oid;
use x509_cert::ext::pkix::KeyUsages;

/// What the national profile's extended key usage says of a body's person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Head,
    /// Has the right to sign for the body.
    Signer,
    /// Works there, and signs nothing for it.
    Employee,
}

#[derive(Clone, Debug)]
pub struct Official {
    pub surname: String,
    pub given: String,
    pub post: String,
    /// The body's id in the directory, at most 60 characters.
    pub body: String,
    pub role: Role,
}

impl Authority {
    /// An official with a fresh P-256 key. The body stands as `OU=BODY…`: its name may change and
    /// be longer than a subject holds, its id never is.
    pub fn issue_official(&self, official: &Official, term: Term) -> Result<Identity, IssueError> {
        let key = random_key()?;
        let common = format!("{} {}", official.surname, official.given);
        let unit = format!("BODY{}", official.body);
        let subject = name(&[
            (oid::COMMON_NAME, Tag::Utf8String, common.trim()),
            (oid::SURNAME, Tag::Utf8String, &official.surname),
            (oid::COUNTRY, Tag::PrintableString, "KZ"),
            (oid::UNIT, Tag::Utf8String, &unit),
            (oid::TITLE, Tag::Utf8String, &official.post),
        ])?;
        let role = match official.role {
            Role::Head => oid::KZ_LEGAL_HEAD,
            Role::Signer => oid::KZ_LEGAL_SIGNER,
            Role::Employee => oid::KZ_LEGAL_EMPLOYEE,
        };
        let extensions = Extensions {
            authority: None,
            usage: KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
            extended: vec![oid::EKU_SIGN, oid::KZ_LEGAL_ENTITY, role],
            policy: Some(oid::KZ_POLICY),
            names: Vec::new(),
            ids: None,
        };
        let certificate = self.issue(subject, public_key(&key)?, term, extensions)?;
        Ok(Identity { certificate, key })
    }
}
