//! What every [`Portal`] owes a kiosk: run on the HTTP client against a real portal, and on the
//! fake that other tests use for faults.

use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use tereze::domain::Digest;
use tereze::domain::phone::Phone;
use tereze::portal::{
    Access, Credential, Outcome, Portal, PortalError, Progress, SentAnswer, Signed, SignedPart, wire,
};
use tereze::private::Secret;
use tereze::seal::history::{verify_extract, verify_history};
use tereze::seal::receipt::verify_receipt;
use zeroize::Zeroizing;

use super::letter::Letter;
use super::{People, World};
use tereze::i18n::Lang;

pub async fn suite(portal: &dyn Portal, world: &World, people: &People) {
    let about = portal.about().await.unwrap();
    assert_eq!(about.audience, world.held.audience().to_string());
    assert_eq!(about.practice, people.practice);
    let version = world.held.keyset().version;
    assert_eq!(portal.keyset(Some(version)).await.unwrap(), None);
    let signed = portal.keyset(None).await.unwrap().unwrap();
    assert!(!world.held.offer(&signed).unwrap(), "the keyset that is held already");

    let letter = Letter::new(world, &people.person, Lang::Ru).attach("a.txt", vec![b'x'; 50_000]);
    let envelope = letter.envelope(&people.person);
    let (id, total) = (Digest::of(&envelope), envelope.len() as u64);
    // Nothing is there; a part; a repeat of it; a gap; the rest.
    assert_eq!(portal.progress(id, total).await.unwrap(), Progress::Offset(0));
    let first = envelope[..1_000].to_vec();
    assert_eq!(portal.put(id, 0, total, first.clone()).await.unwrap(), Progress::Offset(1_000));
    assert_eq!(portal.put(id, 0, total, first).await.unwrap(), Progress::Offset(1_000));
    let later = envelope[1_500..1_600].to_vec();
    assert_eq!(portal.put(id, 1_500, total, later).await.unwrap(), Progress::Offset(1_000));
    assert_eq!(portal.progress(id, total).await.unwrap(), Progress::Offset(1_000));
    let rest = envelope[900..].to_vec();
    let Progress::Done(Outcome::Receipt(receipt)) = portal.put(id, 900, total, rest).await.unwrap() else {
        panic!("not registered")
    };
    let read = verify_receipt(&receipt, &world.held.keyset()).unwrap();
    assert_eq!(read.statement, letter.digest());
    assert_eq!(read.submission, letter.statement.submission);

    // However it is asked for, the receipt is the same bytes.
    let same = Progress::Done(Outcome::Receipt(receipt.clone()));
    assert_eq!(portal.progress(id, total).await.unwrap(), same);
    assert_eq!(portal.put(id, 0, total, envelope).await.unwrap(), same);
    let (lookup, key) = (letter.secret.lookup_id(), letter.secret.access_key());
    assert_eq!(portal.receipt(lookup, key).await.unwrap(), Outcome::Receipt(receipt));
    let code = Zeroizing::new(letter.secret.paper_code());
    let status = portal.status(read.number.clone(), code).await.unwrap();
    assert_eq!((status.number, status.due), (read.number.clone(), read.due.to_string()));

    // Without the secret there is nothing to see.
    let missing = PortalError::Problem { status: 404, code: "server.not-found".into() };
    let wrong = Zeroizing::new([1; 32]);
    assert_eq!(portal.receipt(lookup, wrong.clone()).await.unwrap_err(), missing);
    assert_eq!(portal.receipt([0; 16], wrong).await.unwrap_err(), missing);
    for code in ["0000-0000", "", "код"] {
        let code = Zeroizing::new(code.to_owned());
        assert_eq!(portal.status(read.number.clone(), code).await.unwrap_err(), missing);
    }
    let code = Zeroizing::new(letter.secret.paper_code());
    assert_eq!(portal.status("ЖТ-1999-00000001".into(), code).await.unwrap_err(), missing);

    // What came after the first version: each by the paper's key, and nothing by another's.
    let access = || Access::Visitor(letter.secret.access_key());
    let told = portal.events(lookup, access(), None, 0).await.unwrap().unwrap();
    let history = verify_history(&told.bytes, &world.held.keyset()).unwrap();
    assert_eq!((history.number, history.statement), (read.number.clone(), letter.digest()));
    assert_eq!(portal.events(lookup, access(), Some(told.tag), 0).await.unwrap(), None);
    let extract = portal.extract(lookup, access()).await.unwrap();
    assert_eq!(verify_extract(&extract, &world.held.keyset()).unwrap().number, read.number);
    assert_eq!(portal.answer(lookup, access()).await.err().unwrap(), missing, "not answered yet");
    let other = || Access::Visitor(Zeroizing::new([1; 32]));
    assert_eq!(portal.events(lookup, other(), None, 0).await.unwrap_err(), missing);
    assert_eq!(portal.extract(lookup, other()).await.unwrap_err(), missing);
    assert_eq!(portal.answer(lookup, other()).await.err().unwrap(), missing);
    let nobody = || Access::Session(Arc::new(Secret::from_vec(b"nobody".to_vec())));
    assert_eq!(portal.letters(nobody()).await.unwrap_err(), missing);
    let challenge = portal.challenge().await.unwrap();
    assert_eq!(challenge.audience, world.held.audience().to_string());
    let not_signed = PortalError::Problem { status: 403, code: "server.login-not-valid".into() };
    assert_eq!(portal.login(b"no signature".to_vec()).await.err().unwrap(), not_signed);

    // What a restored portal is asked and brought.
    let begin: [u8; 8] = id.0[..8].try_into().unwrap();
    assert_eq!(portal.missing(vec![begin, [7; 8]]).await.unwrap(), [[7; 8]]);
    assert_eq!(portal.missing(vec![]).await.unwrap(), Vec::<[u8; 8]>::new());
    let Progress::Done(word) = same.clone() else { panic!("it was registered") };
    assert_eq!(portal.bring(id, word.clone()).await.unwrap(), same, "it is known");
    let not_ours = PortalError::Problem { status: 422, code: "server.not-our-receipt".into() };
    assert_eq!(portal.bring(Digest::of(b"another"), word).await.unwrap_err(), not_ours);

    // Signing with a phone: this portal has an address for phones.
    let document = Zeroizing::new(letter.bytes());
    let session = portal.phone_begin(document).await.unwrap();
    assert!(session.address.starts_with("https://") && session.seconds > 0);
    let state = portal.phone_state(session.session.clone(), None, 0).await.unwrap().unwrap();
    assert_eq!((state.stage, state.cms), (wire::phone::PhoneStage::Waiting, None));
    assert!(portal.phone_state(session.session.clone(), Some(state.version), 0).await.unwrap().is_none());
    portal.phone_end(session.session.clone()).await.unwrap();
    portal.phone_end(session.session.clone()).await.unwrap();
    assert_eq!(portal.phone_state(session.session, None, 0).await.err().unwrap(), missing);
    let not_ours = PortalError::Problem { status: 422, code: "server.statement-not-valid".into() };
    let other = portal.phone_begin(Zeroizing::new(b"{}".to_vec())).await.err().unwrap();
    assert_eq!(other, not_ours, "only statements for this portal");

    let refused = portal.enrol(Zeroizing::new("00000-00000".into()), "x".into()).await.map(|c| c.kiosk);
    let theirs = PortalError::Problem { status: 403, code: "server.enrolment-code".into() };
    assert_eq!(refused.unwrap_err(), theirs);
}

/// A portal that fails as it is told, one fault a request, and else does what the real one does.
pub struct Faulty<P> {
    pub real: P,
    pub faults: Mutex<Vec<Fault>>,
}

#[derive(Clone, Debug)]
pub enum Fault {
    /// The request does not arrive.
    Before(PortalError),
    /// The request is carried out, its answer is lost.
    After(PortalError),
    /// The answer is another.
    Instead(Progress),
}

impl<P: Portal> Faulty<P> {
    pub fn new(real: P, faults: Vec<Fault>) -> Self {
        Self { real, faults: Mutex::new(faults) }
    }

    fn next(&self) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap();
        if faults.is_empty() { None } else { Some(faults.remove(0)) }
    }

    async fn spoil(
        &self,
        answer: BoxFuture<'_, Result<Progress, PortalError>>,
    ) -> Result<Progress, PortalError> {
        match self.next() {
            None => answer.await,
            Some(Fault::Before(error)) => Err(error),
            Some(Fault::After(error)) => {
                let _ = answer.await;
                Err(error)
            }
            Some(Fault::Instead(progress)) => Ok(progress),
        }
    }
}

impl<P: Portal> Portal for Faulty<P> {
    fn about(&self) -> BoxFuture<'_, Result<wire::About, PortalError>> {
        self.real.about()
    }
    fn keyset(&self, held: Option<u64>) -> BoxFuture<'_, Result<Option<Vec<u8>>, PortalError>> {
        self.real.keyset(held)
    }
    fn progress(&self, id: Digest, total: u64) -> BoxFuture<'_, Result<Progress, PortalError>> {
        Box::pin(self.spoil(self.real.progress(id, total)))
    }
    fn put(
        &self,
        id: Digest,
        at: u64,
        total: u64,
        part: Vec<u8>,
    ) -> BoxFuture<'_, Result<Progress, PortalError>> {
        Box::pin(self.spoil(self.real.put(id, at, total, part)))
    }
    fn life(&self) -> Option<u32> {
        self.real.life()
    }
    fn missing(&self, known: Vec<[u8; 8]>) -> BoxFuture<'_, Result<Vec<[u8; 8]>, PortalError>> {
        self.real.missing(known)
    }
    fn bring(&self, id: Digest, word: Outcome) -> BoxFuture<'_, Result<Progress, PortalError>> {
        Box::pin(self.spoil(self.real.bring(id, word)))
    }
    fn receipt(&self, id: [u8; 16], key: Zeroizing<[u8; 32]>) -> BoxFuture<'_, Result<Outcome, PortalError>> {
        self.real.receipt(id, key)
    }
    fn status(
        &self,
        number: String,
        code: Zeroizing<String>,
    ) -> BoxFuture<'_, Result<wire::StatusAnswer, PortalError>> {
        self.real.status(number, code)
    }
    fn events(
        &self,
        lookup: [u8; 16],
        access: Access,
        held: Option<String>,
        wait: u64,
    ) -> BoxFuture<'_, Result<Option<Signed>, PortalError>> {
        self.real.events(lookup, access, held, wait)
    }
    fn answer(&self, lookup: [u8; 16], access: Access) -> BoxFuture<'_, Result<SentAnswer, PortalError>> {
        self.real.answer(lookup, access)
    }
    fn signed_letter(
        &self,
        lookup: [u8; 16],
        access: Access,
        from: u64,
        most: u64,
    ) -> BoxFuture<'_, Result<SignedPart, PortalError>> {
        self.real.signed_letter(lookup, access, from, most)
    }
    fn extract(&self, lookup: [u8; 16], access: Access) -> BoxFuture<'_, Result<Vec<u8>, PortalError>> {
        self.real.extract(lookup, access)
    }
    fn certificate_status(
        &self,
        question: Vec<u8>,
        named: String,
    ) -> BoxFuture<'_, Result<Vec<u8>, PortalError>> {
        self.real.certificate_status(question, named)
    }
    fn standing(&self, question: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, PortalError>> {
        self.real.standing(question)
    }
    fn tells(&self) -> bool {
        self.real.tells()
    }
    fn alert(&self, sealed: Vec<u8>) -> BoxFuture<'_, Result<(), PortalError>> {
        self.real.alert(sealed)
    }
    fn tell(
        &self,
        lookup: [u8; 16],
        access: Access,
        phone: Option<Phone>,
    ) -> BoxFuture<'_, Result<(), PortalError>> {
        self.real.tell(lookup, access, phone)
    }
    fn challenge(&self) -> BoxFuture<'_, Result<wire::Challenge, PortalError>> {
        self.real.challenge()
    }
    fn login(&self, cms: Vec<u8>) -> BoxFuture<'_, Result<Secret, PortalError>> {
        self.real.login(cms)
    }
    fn letters(&self, session: Access) -> BoxFuture<'_, Result<wire::OwnLetters, PortalError>> {
        self.real.letters(session)
    }
    fn arrived(&self) -> BoxFuture<'_, Result<wire::Arrived, PortalError>> {
        self.real.arrived()
    }
    fn phone_begin(
        &self,
        document: Zeroizing<Vec<u8>>,
    ) -> BoxFuture<'_, Result<wire::phone::PhoneSession, PortalError>> {
        self.real.phone_begin(document)
    }
    fn phone_state(
        &self,
        session: String,
        seen: Option<u32>,
        wait: u64,
    ) -> BoxFuture<'_, Result<Option<wire::phone::PhoneState>, PortalError>> {
        self.real.phone_state(session, seen, wait)
    }
    fn phone_end(&self, session: String) -> BoxFuture<'_, Result<(), PortalError>> {
        self.real.phone_end(session)
    }
    fn enrol(&self, code: Zeroizing<String>, name: String) -> BoxFuture<'_, Result<Credential, PortalError>> {
        self.real.enrol(code, name)
    }
}
