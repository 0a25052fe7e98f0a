//! The practice world's citizens, made in memory and fresh at each start: nothing of it can be
//! mistaken for the real thing, or be used after the program ends. The practice portal makes its own
//! deployment keys (`server::keys`).

use std::sync::Arc;

use crate::clock::Moment;
use crate::env::OwnKeyFile;
use crate::sign::issue::{Authority, Identity, IssueError, Person, Term};
use crate::sign::key::SigningKey;
use crate::sign::keyfile;
use crate::sign::trust::{CITIZEN, Trust};

/// The password of the practice key file: it stands in the README, and on the screen that asks for it.
pub const KEY_PASSWORD: &str = "123456";
/// As the national authority names its key files, but for the mark.
const KEY_FILE: &str = "GOST512_practice.p12";

/// Days that practice certificates last; longer than any practice process runs.
const DAYS: i64 = 400;

/// A fictional person with a key and a certificate: what is on a practice card.
pub struct DemoPerson {
    pub person: Person,
    pub identity: Identity,
}

/// Who signs in practice, and by whom it is trusted.
pub struct Pki {
    /// Issues the demo people's certificates.
    pub citizens: Authority,
    /// The first one's is the practice card.
    pub people: Vec<DemoPerson>,
    /// The second one's key and certificate in a file: GOST R 34.10-2012 under the national
    /// identifiers.
    pub key_file: OwnKeyFile,
    /// The set `citizen`.
    pub trust: Trust,
    /// From when until when all of it is valid.
    pub term: Term,
}

impl Pki {
    /// Takes a few milliseconds. `now`: certificates are valid from an hour before it.
    pub fn generate(now: Moment) -> Result<Self, IssueError> {
        let term = Term::days(now, DAYS);
        let citizens = Authority::generate("TEREZE ЖАТТЫҒУ CITIZENS", true, term)?;
        let people = people()
            .into_iter()
            .map(|person| Ok(DemoPerson { identity: citizens.issue_person(&person, term)?, person }))
            .collect::<Result<Vec<_>, IssueError>>()?;
        let key_file = key_file(&citizens, term)?;
        let mut trust = Trust::new();
        trust.add(CITIZEN, citizens.certificate().clone()).map_err(|_| IssueError::Unfit)?;
        Ok(Self { citizens, people, key_file, trust, term })
    }
}

fn key_file(citizens: &Authority, term: Term) -> Result<OwnKeyFile, IssueError> {
    let owner = people().into_iter().nth(1).ok_or(IssueError::Unfit)?;
    let made = SigningKey::generate_gost().ok_or(IssueError::Random)?;
    let certificate = citizens.certify_person(&owner, &made.public, term)?;
    let file = keyfile::pack(&made.pkcs8, &certificate, KEY_PASSWORD).map_err(|_| IssueError::Random)?;
    Ok(OwnKeyFile { name: KEY_FILE.into(), bytes: Arc::new(file) })
}

/// A man, a woman, and the same woman signing for an organisation. The numbers are published examples
/// whose check digits hold; nobody bears them.
fn people() -> Vec<Person> {
    let person = |surname: &str, given: &str, patronymic: &str, iin: &str| Person {
        surname: surname.into(),
        given: given.into(),
        patronymic: patronymic.into(),
        iin: iin.into(),
        organisation: None,
    };
    vec![
        person("ТЕСТОВ", "ТЕСТ", "ТЕСТОВИЧ", "900101300017"),
        person("ТЕСТОВА", "ТЕСТА", "ТЕСТҚЫЗЫ", "051224600019"),
        Person {
            organisation: Some(("«СЫНАҚ» ЖШС".into(), "940140000385".into())),
            ..person("ТЕСТОВА", "ТЕСТА", "ТЕСТҚЫЗЫ", "051224600019")
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::KeyKind;
    use crate::clock::{Confidence, Reading};
    use crate::domain::iin;
    use crate::sign::cades::Builder;
    use crate::sign::verify;

    #[test]
    fn the_demo_people_sign_and_are_marked() {
        let now = Moment(1_790_000_000);
        let pki = Pki::generate(now).unwrap();
        let other = Pki::generate(now).unwrap();
        for demo in &pki.people {
            let certificate = &demo.identity.certificate;
            assert_eq!(certificate.key_kind(), Some(KeyKind::P256));
            assert!(certificate.practice());
            let owner = certificate.owner();
            assert!(iin::check_iin(&owner.iin, now.legal_date()).is_ok());
            let prepared = Builder::new(certificate.der(), b"x", now).unwrap().prepare().unwrap();
            let signature = demo.identity.sign(prepared.to_sign());
            let cms = prepared.finish(&signature).unwrap();
            let at = Reading { wall: now, confidence: Confidence::Plausible };
            let verdict = verify(&cms, None, &pki.trust.only(CITIZEN), at);
            assert!(verdict.is_valid() && verdict.practice(), "{:?}", verdict.all_reasons());
            assert!(!verify(&cms, None, &pki.trust.only(crate::sign::trust::ANSWER), at).is_valid());
            assert!(!verify(&cms, None, &other.trust, at).is_valid(), "keys are fresh at each start");
        }
        assert_eq!(pki.people[0].identity.certificate.owner().name, "ТЕСТОВ ТЕСТ ТЕСТОВИЧ");
        let organisation = pki.people[2].identity.certificate.owner();
        assert_eq!(organisation.bin.as_deref(), Some("940140000385"));
        assert_eq!(organisation.organisation.as_deref(), Some("«СЫНАҚ» ЖШС"));
    }
}
