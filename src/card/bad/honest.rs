//! The honest half of a bad card: a PIV card with a P-256 key, as far as reading and signing go.

use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p256::ecdsa::{Signature, SigningKey};

use super::super::piv::{put, tlv};
use super::super::scripted::Answer;
use crate::clock::Moment;
use crate::sign::issue::{Authority, Person, Term};

pub const NOW: i64 = 1_800_000_000;

pub struct Honest {
    key: SigningKey,
    certificate: Vec<u8>,
    selected: bool,
    verified: bool,
    chained: Vec<u8>,
    waiting: Vec<u8>,
}

impl Honest {
    pub fn new() -> Self {
        let term = Term::days(Moment(NOW), 30);
        let authority = Authority::generate("Bad cards' authority", false, term).unwrap();
        let person = Person {
            surname: "ТЕСТОВ".into(),
            given: "ТЕСТОВИЧ".into(),
            iin: "900101300017".into(),
            ..Person::default()
        };
        let identity = authority.issue_person(&person, term).unwrap();
        Self {
            key: identity.key().clone(),
            certificate: identity.certificate.der().to_vec(),
            selected: false,
            verified: false,
            chained: vec![],
            waiting: vec![],
        }
    }

    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    pub fn sign_with_another_key(&mut self) {
        self.key = SigningKey::random(&mut rsa::rand_core::OsRng);
    }

    pub fn answer(&mut self, apdu: &[u8]) -> Answer {
        let data = match apdu.get(4) {
            Some(lc) if apdu.len() > 5 => apdu.get(5..5 + usize::from(*lc)).unwrap_or_default(),
            _ => &[],
        };
        self.chained.extend_from_slice(data);
        if apdu[0] & 0x10 != 0 {
            return Ok(vec![0x90, 0]);
        }
        let data = std::mem::take(&mut self.chained);
        let (mut body, word) = match apdu[1] {
            0xC0 => (std::mem::take(&mut self.waiting), 0x9000),
            0xA4 => {
                self.selected = data.first() == Some(&0xA0);
                (vec![], if self.selected { 0x9000 } else { 0x6A82 })
            }
            _ if !self.selected => (vec![], 0x6D00),
            0xCB => {
                let (mut inner, mut object) = (vec![], vec![]);
                put(&mut inner, 0x70, &self.certificate);
                put(&mut inner, 0x71, &[0]);
                put(&mut object, 0x53, &inner);
                (object, 0x9000)
            }
            0x20 if data.is_empty() => (vec![], 0x63C3),
            0x20 => {
                self.verified = true;
                (vec![], 0x9000)
            }
            0x87 if self.verified => (self.signed(&data), 0x9000),
            _ => (vec![], 0x6982),
        };
        let mut word = u16::to_be_bytes(word);
        if body.len() > 256 {
            self.waiting = body.split_off(256);
            word = [0x61, self.waiting.len().min(256) as u8];
        }
        body.extend(word);
        Ok(body)
    }

    fn signed(&mut self, template: &[u8]) -> Vec<u8> {
        let (_, inner, _) = tlv(template).unwrap();
        let (_, _, rest) = tlv(inner).unwrap();
        let (_, digest, _) = tlv(rest).unwrap();
        let signature: Signature = self.key.sign_prehash(digest).unwrap();
        let (mut value, mut out) = (vec![], vec![]);
        put(&mut value, 0x82, signature.to_der().as_bytes());
        put(&mut out, 0x7C, &value);
        out
    }
}
