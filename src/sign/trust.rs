//! Which authorities are trusted, in named sets: the citizens' CA, the answers' CA. A set's
//! certificates were put there by whoever set the deployment up; each one is an anchor.

use std::collections::BTreeMap;

use super::algorithm::Hash;
use super::certificate::{Certificate, NotACertificate};
use crate::fault::{Code, Coded};

/// Certificates of people (and of those who sign for organisations).
pub const CITIZEN: &str = "citizen";
/// Certificates of officials who sign answers.
pub const ANSWER: &str = "answer";

/// Certificates in one set; more would make every search slow.
const MOST: usize = 256;

/// Fingerprints that are known, one a line.
const KNOWN: &str = include_str!("../../assets/trust/authorities.tsv");

/// What is known of an authority by its fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Of the national PKI.
    National,
    /// A test authority's: its fictional people sign nothing real.
    Test,
}

/// Whether a certificate's fingerprint is in the list that the program carries.
pub fn known(certificate: &Certificate) -> Option<Known> {
    let print = hex::encode(Hash::Sha256.digest(certificate.der()));
    listed(KNOWN, &print)
}

fn listed(list: &str, print: &str) -> Option<Known> {
    let mut lines = list.lines().map(|line| line.split('\t'));
    let mut fields = lines.find(|fields| fields.clone().next() == Some(print))?;
    match fields.nth(1)? {
        "national" => Some(Known::National),
        "test" => Some(Known::Test),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    #[error("not a certificate")]
    NotACertificate,
    #[error("not an authority's certificate")]
    NotAnAuthority,
    #[error("too many certificates")]
    TooMany,
}

impl Coded for TrustError {
    fn code(&self) -> Code {
        Code(match self {
            TrustError::NotACertificate => "sign.not-a-certificate",
            TrustError::NotAnAuthority => "sign.not-an-authority",
            TrustError::TooMany => "sign.too-many-authorities",
        })
    }
}

/// Cheap to clone: certificates are shared.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    sets: BTreeMap<String, Vec<Certificate>>,
}

impl Trust {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one authority to a set; twice is once.
    pub fn add(&mut self, set: &str, authority: Certificate) -> Result<(), TrustError> {
        if !authority.is_authority() {
            return Err(TrustError::NotAnAuthority);
        }
        self.anchor(set, authority)
    }

    /// As [`Trust::add`], for what its user calls an anchor: whether it may issue is for the path to say.
    pub fn anchor(&mut self, set: &str, authority: Certificate) -> Result<(), TrustError> {
        let held = self.sets.entry(set.to_owned()).or_default();
        if held.contains(&authority) {
            return Ok(());
        }
        if held.len() == MOST {
            return Err(TrustError::TooMany);
        }
        held.push(authority);
        Ok(())
    }

    /// Adds every certificate of a PEM file or a PKCS#7 bundle, or the one of a DER file; all or none.
    /// Returns how many the file held.
    pub fn load(&mut self, set: &str, file: &[u8]) -> Result<usize, TrustError> {
        let found = Certificate::each_of_file(file).filter(|found| !found.is_empty());
        let found: Result<Vec<_>, _> = found.unwrap_or(vec![Err(NotACertificate)]).into_iter().collect();
        let found = found.map_err(|_| TrustError::NotACertificate)?;
        let mut next = self.clone();
        for certificate in &found {
            next.add(set, certificate.clone())?;
        }
        *self = next;
        Ok(found.len())
    }

    /// One set alone: a letter is judged by the citizens' CA, an answer by the answers' CA.
    pub fn only(&self, set: &str) -> Trust {
        let sets = self.sets.get_key_value(set).map(|(k, v)| (k.clone(), v.clone()));
        Trust { sets: sets.into_iter().collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.sets.values().all(Vec::is_empty)
    }

    /// Each authority with the name of its set.
    pub fn authorities(&self) -> impl Iterator<Item = (&str, &Certificate)> {
        self.sets.iter().flat_map(|(name, set)| set.iter().map(move |c| (name.as_str(), c)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_a_fingerprint_of_a_kind() {
        let lines: Vec<&str> = KNOWN.lines().filter(|l| !l.starts_with('#')).collect();
        assert!(!lines.is_empty());
        for line in lines {
            let fields: Vec<&str> = line.split('\t').collect();
            assert_eq!((fields.len(), hex::decode(fields[0]).unwrap().len()), (3, 32), "{line}");
            assert!(listed(KNOWN, fields[0]).is_some(), "{line}");
        }
        assert_eq!(listed("ab\tnational\tX", "ab"), Some(Known::National));
        assert_eq!(listed("ab\tother\tX\n# cd\ttest", "ab"), None);
        assert_eq!(listed(KNOWN, "#"), None);
    }
}
