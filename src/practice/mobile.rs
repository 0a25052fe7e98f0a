//! The practice phone: scans the code on the screen, and signs as whoever the letter says that it is from. To the
//! question whose letters are to be seen it answers as whoever signed with it last, or as the practice card's owner.
//! It goes the whole way that a real one goes, over TLS to practice's own portal; its certificate is made
//! for the occasion by practice's own authority, and carries the mark of practice.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;

use crate::clock::{Clock, Moment};
use crate::domain::login::Login;
use crate::domain::statement::{Signer, Statement};
use crate::env::OwnPhone;
use crate::fault::{Code, Coded as _};
use crate::portal::client::device;
use crate::portal::held::Held;
use crate::sign::cades::Builder;
use crate::sign::issue::{Authority, Person, Term};

pub struct PracticePhone {
    citizens: Arc<Authority>,
    held: Held,
    clock: Clock,
    term: Term,
    /// Who signed with it last.
    last: Arc<Mutex<Person>>,
}

impl PracticePhone {
    /// `owner`: whose it is before anybody has signed.
    pub fn new(citizens: Authority, owner: Person, term: Term, held: Held, clock: Clock) -> Self {
        Self { citizens: Arc::new(citizens), held, clock, term, last: Arc::new(Mutex::new(owner)) }
    }
}

impl OwnPhone for PracticePhone {
    fn sign(&self, code: String) -> BoxFuture<'static, Result<(), Code>> {
        let (citizens, clock, term) = (self.citizens.clone(), self.clock.clone(), self.term);
        let last = self.last.clone();
        let authorities = self.held.tls_ca();
        Box::pin(async move {
            let now = clock.now().wall;
            let sign = |document: &[u8]| signed(&citizens, term, document, now, &last);
            device::sign(&code, &authorities, &clock, sign).await.map_err(|e| e.code())
        })
    }
}

fn signed(
    citizens: &Authority,
    term: Term,
    document: &[u8],
    now: Moment,
    last: &Mutex<Person>,
) -> Option<Vec<u8>> {
    let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
    if Login::parse(document).is_none() {
        *last = person(&Statement::parse(document).ok()?.signer);
    }
    let identity = citizens.issue_person(&last, term).ok()?;
    let prepared = Builder::new(identity.certificate.der(), document, now).and_then(Builder::prepare).ok()?;
    let signature = identity.sign(prepared.to_sign());
    prepared.finish(&signature).ok()
}

/// Surname, name, and whatever follows.
fn person(signer: &Signer) -> Person {
    let mut words = signer.name.split_whitespace().map(str::to_owned);
    let (surname, given) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let patronymic = words.collect::<Vec<_>>().join(" ");
    Person { surname, given, patronymic, iin: signer.iin.clone(), organisation: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificate_says_the_name_that_the_letter_says() {
        let now = Moment(1_790_000_000);
        let citizens = Authority::generate("PRACTICE", true, Term::days(now, 30)).unwrap();
        for name in ["ТЕСТОВА", "ТЕСТОВ ТЕСТ", "ТЕСТОВ ТЕСТ ТЕСТОВИЧ", "ТЕСТОВ ТЕСТ СЫНАҚ ҰЛЫ"]
        {
            let signer = Signer { name: name.into(), iin: "900101300017".into(), bin: None };
            let identity = citizens.issue_person(&person(&signer), Term::days(now, 30)).unwrap();
            let owner = identity.certificate.owner();
            assert_eq!((owner.name.trim(), owner.iin.as_str()), (name, "900101300017"));
            assert!(identity.certificate.practice());
        }
    }
}
