//! One's own letters by a phone: the portal's question signed by OpenSSL in the phone's place, whose letters
//! these are said first, and every way in which it comes to nothing.

use std::time::Duration;

use tereze::domain::Digest;
use tereze::domain::login::{self, Login};
use tereze::i18n::{Lang, Msg, tr};
use tereze::server::phone::LIVES;

use crate::keyfile::fault;
use crate::openssl_ca::{Kind, Office};
use crate::phone::{Desk, ENTERS, IIN, certified, code_on_screen, signer, to_the_code, trust};
use crate::phones::{Phone, Signer};
use crate::support::Kiosk;
use crate::visit::begin;

const NAME: &str = "ТЕСТОВ ТЕСТ ТЕСТОВИЧ";

fn to_the_code_of_her_own(kiosk: &mut Kiosk) {
    kiosk.tap("home.track");
    kiosk.tap("track.by-phone");
    kiosk.until_shown("phone.code");
}

/// Whose letters, then the letters.
fn into_the_list(kiosk: &mut Kiosk, lang: Lang) {
    kiosk.until("whose letters", |k| k.says(&tr(lang, Msg::TrackKeyOwner)));
    kiosk.tap("page.next");
    kiosk.until("the list", |k| k.says(&tr(lang, Msg::TrackListTitle)));
}

fn leave(kiosk: &mut Kiosk, lang: Lang) {
    kiosk.tap("page.next");
    kiosk.until("nothing is left behind", |k| k.tree().find("page.next").is_some_and(|n| !n.state.disabled));
    kiosk.tap("page.next");
    kiosk.tap(&format!("attract.start.{}", lang.tag()));
    kiosk.until_shown("home.track");
}

impl Desk {
    fn own(trust: tereze::sign::trust::Trust, lives: Duration) -> Self {
        let mut desk = Self::at_home(trust, lives, None);
        to_the_code_of_her_own(&mut desk.kiosk);
        desk
    }

    /// It came to nothing, in these words; another code is asked for.
    fn nothing(&mut self, code: &'static str) {
        self.kiosk.until_shown("phone.key-file");
        assert!(self.kiosk.says(&fault(code, Lang::Kk)), "{code}: {}", self.kiosk.words());
        self.forgotten();
    }

    fn again(&mut self) {
        self.kiosk.tap("page.next");
        self.kiosk.until_shown("phone.code");
    }

    fn sends(&mut self, signed: impl FnOnce(&[u8]) -> Vec<u8>) {
        let (code, phone) = (code_on_screen(&mut self.kiosk), self.phone());
        assert_eq!(self.runtime.block_on(phone.sign_other(&code, signed)), Ok(()));
    }
}

#[test]
fn the_phone_that_signed_her_letter_shows_it() {
    for kind in [Kind::Rsa, Kind::Ec, Kind::Gost] {
        let Some(office) = Office::new(kind) else { continue };
        let hers = signer(&office, kind, "one", IIN);
        let mut desk = Desk::at_home(trust(&office), LIVES, None);
        to_the_code(&mut desk.kiosk, Lang::Kk, NAME, IIN);
        assert_eq!(desk.sign(&hers), Ok(()), "{kind:?}");
        desk.kiosk.until_shown("received.print");
        let said: Vec<String> = desk.kiosk.tree().nodes.iter().map(|n| n.label.clone()).collect();
        let number = said.iter().find(|l| l.starts_with("ЖТ-")).expect("the number").clone();
        leave(&mut desk.kiosk, Lang::Kk);
        to_the_code_of_her_own(&mut desk.kiosk);
        assert_eq!(desk.sign(&hers), Ok(()), "{kind:?}");
        desk.kiosk.until("whose letters", |k| k.says(&tr(Lang::Kk, Msg::TrackKeyOwner)));
        assert!(desk.kiosk.says("ТЕСТОВ ТЕСТ") && desk.kiosk.says("0017") && !desk.kiosk.says(IIN));
        assert!(!desk.kiosk.says(&number), "nothing of the letters before she says that it is she");
        desk.forgotten();
        into_the_list(&mut desk.kiosk, Lang::Kk);
        assert!(desk.kiosk.says(&number), "{kind:?}: her own letter");
        // It opens, and the way back leads to the list.
        desk.kiosk.tap("track.letter.0");
        desk.kiosk.until_shown("track.print");
    }
}

#[test]
fn a_key_for_logging_in_shows_letters_and_signs_none() {
    let office = Office::new(Kind::Rsa).expect("OpenSSL makes RSA");
    office.write("enters.ext", ENTERS);
    let enters = certified(&office, "enters", "enters.ext");
    let mut desk = Desk::own(trust(&office), LIVES);
    assert_eq!(desk.sign(&enters), Ok(()));
    into_the_list(&mut desk.kiosk, Lang::Kk);
}

#[test]
fn practices_own_phone_shows_its_owners_letters() {
    let mut kiosk = begin(Lang::Ru);
    to_the_code_of_her_own(&mut kiosk);
    kiosk.tap("phone.practice");
    kiosk.until("whose letters", |k| k.says("ТЕСТОВ ТЕСТ ТЕСТОВИЧ"));
    kiosk.tap("page.back");
    kiosk.tap("page.back");
    // Whoever signs a letter with it is shown her own from then on.
    to_the_code(&mut kiosk, Lang::Ru, "ПРОБНАЯ АННА", "051224600019");
    kiosk.tap("phone.practice");
    kiosk.until_shown("received.print");
    leave(&mut kiosk, Lang::Ru);
    to_the_code_of_her_own(&mut kiosk);
    kiosk.tap("phone.practice");
    kiosk.until("whose letters", |k| k.says("ПРОБНАЯ АННА"));
    into_the_list(&mut kiosk, Lang::Ru);
    assert!(kiosk.says("ОҚУ-"));
}

#[test]
fn what_is_no_answer_to_this_question_opens_nothing() {
    let office = Office::new(Kind::Ec).expect("OpenSSL makes P-256");
    let hers = signer(&office, Kind::Ec, "one", IIN);
    let mut desk = Desk::own(trust(&office), LIVES);
    // A question of before, a letter, half of it, another nonce: none is the one that was asked.
    desk.sends(|question| {
        let mut asked = Login::parse(question).expect("a login");
        asked.nonce = Digest([7; 32]);
        hers.sign(&asked.canonical().unwrap())
    });
    desk.nothing("login.other-document");
    desk.again();
    let letter = br#"{"schema":"tereze.statement/1"}"#;
    desk.sends(|_| hers.sign(letter));
    desk.nothing("login.other-document");
    desk.again();
    desk.sends(|question| hers.sign(&question[..question.len() - 1]));
    desk.nothing("login.other-document");
    desk.again();
    desk.sends(|question| {
        let mut cms = hers.sign(question);
        *cms.last_mut().unwrap() ^= 1;
        cms
    });
    desk.nothing("login.not-valid");
    desk.again();
    let strange = Office::new(Kind::Ec).expect("OpenSSL makes P-256");
    assert_eq!(desk.sign(&signer(&strange, Kind::Ec, "one", IIN)), Ok(()));
    desk.nothing("login.untrusted");
    // A key that neither signs nor logs in, and one whose days are over.
    desk.again();
    office.write("reads.ext", b"basicConstraints=CA:FALSE\nkeyUsage=critical,keyEncipherment\n");
    assert_eq!(desk.sign(&certified(&office, "reads", "reads.ext")), Ok(()));
    desk.nothing("login.not-for-this");
    desk.again();
    assert_eq!(desk.sign(&old(&office)), Ok(()));
    desk.nothing("login.expired");
    // And then she signs it: the way was open all the time.
    desk.again();
    assert_eq!(desk.sign(&hers), Ok(()));
    into_the_list(&mut desk.kiosk, Lang::Kk);
}

/// A certificate of last year, by the same authority.
fn old(office: &Office) -> Signer {
    let subject = format!("/CN=ТЕСТОВ ТЕСТ/SN=ТЕСТОВ/serialNumber=IIN{IIN}/C=KZ/GN=ТЕСТОВИЧ");
    office.must(&["req", "-new", "-utf8", "-key", "one.key", "-subj", &subject, "-out", "old.csr"]);
    let days = ["-startdate", "20240101000000Z", "-enddate", "20250101000000Z"];
    let usual = ["-utf8", "-notext", "-in", "old.csr", "-out", "old.pem", "-extfile", "signs.ext"];
    office.ca(&[&usual[..], &days].concat());
    let pem = [office.read("old.pem"), office.read("one.key")].concat();
    Signer::new(&String::from_utf8(pem).unwrap())
}

#[test]
fn a_login_that_is_signed_in_a_letters_place_is_no_letter() {
    let office = Office::new(Kind::Ec).expect("OpenSSL makes P-256");
    let hers = signer(&office, Kind::Ec, "one", IIN);
    let mut desk = Desk::at_home(trust(&office), LIVES, None);
    to_the_code(&mut desk.kiosk, Lang::Kk, NAME, IIN);
    let world = desk.kiosk.app.world().expect("a world").env.clone();
    // A login as it should be, at this very portal.
    let asked = desk.runtime.block_on(world.portal.challenge()).unwrap();
    let login = Login {
        schema: login::SCHEMA_V1.into(),
        context: login::OWN_LETTERS.into(),
        audience: world.held.audience(),
        nonce: Digest::parse(&asked.nonce).unwrap(),
        kiosk: asked.kiosk,
        practice: false,
        time: world.clock.now().wall.rfc3339(),
    };
    let cms = hers.sign(&login.canonical().unwrap());
    desk.sends(|_| cms.clone());
    desk.stopped("phone.other-document");
    assert!(desk.runtime.block_on(world.portal.login(cms)).is_ok(), "where it belongs it is good");
    assert_eq!(desk.runtime.block_on(desk.app.db.counts()).unwrap(), (0, 0), "nothing was registered");
}

#[test]
fn a_signature_that_was_withdrawn_shows_nothing() {
    let office = Office::new(Kind::Rsa).expect("OpenSSL makes RSA");
    let port = crate::openssl_ca::free_port();
    let named = format!(
        "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n\
         authorityInfoAccess=OCSP;URI:http://127.0.0.1:{port}/\n"
    );
    office.write("signs.ext", named.as_bytes());
    let gone = signer(&office, Kind::Rsa, "two", IIN);
    office.revoke("two");
    let _responder = office.responder(port);
    let mut desk = Desk::own(trust(&office), LIVES);
    desk.app.relay.to(format!("http://127.0.0.1:{port}/"));
    assert_eq!(desk.sign(&gone), Ok(()));
    desk.nothing("login.revoked");
}

#[test]
fn a_stranger_who_scans_first_is_seen_before_anything_is_shown() {
    let office = Office::new(Kind::Ec).expect("OpenSSL makes P-256");
    let (hers, his) =
        (signer(&office, Kind::Ec, "one", IIN), signer(&office, Kind::Ec, "two", "051224600019"));
    let mut desk = Desk::own(trust(&office), LIVES);
    let (code, mut stranger) = (code_on_screen(&mut desk.kiosk), desk.phone());
    stranger.program = "strange";
    let opened = desk.runtime.block_on(stranger.open(&code)).ok().unwrap();
    desk.kiosk.until_shown("phone.not-mine");
    assert_eq!(
        desk.runtime.block_on(desk.phone().sign(&code, &hers)),
        Err(404),
        "one phone, and it was not hers"
    );
    desk.kiosk.tap("phone.not-mine");
    desk.kiosk.until_shown("phone.code");
    assert_eq!(desk.runtime.block_on(stranger.fetch(&opened)).err(), Some(404), "the stranger's is dead");
    // He signs it, too: whose letters these would be is said, and she takes another code.
    assert_eq!(desk.sign(&his), Ok(()));
    desk.kiosk.until("whose letters", |k| k.says("0019"));
    desk.kiosk.tap("phone.not-mine");
    desk.kiosk.until_shown("phone.code");
    // Garbage is said, and the code stays good.
    let (code, phone) = (code_on_screen(&mut desk.kiosk), desk.phone());
    let opened = desk.runtime.block_on(phone.open(&code)).ok().unwrap();
    let mut set = desk.runtime.block_on(phone.fetch(&opened)).unwrap();
    assert_eq!(desk.runtime.block_on(phone.put(&opened, &serde_json::json!([1]))), 400);
    desk.kiosk.until("it is said", |k| k.says(&tr(Lang::Kk, Msg::PhoneUnreadable)));
    let signed = hers.sign(&crate::phones::document(&set));
    use base64::Engine as _;
    set["documentsToSign"][0]["document"]["file"]["data"] =
        base64::engine::general_purpose::STANDARD.encode(signed).into();
    assert_eq!(desk.runtime.block_on(phone.put(&opened, &set)), 200);
    into_the_list(&mut desk.kiosk, Lang::Kk);
    assert!(!desk.kiosk.says("0019"));
}

impl Desk {
    /// The kiosk's program stands still at the code that a phone has opened: the code ends without it.
    pub fn ends_by_itself(mut self) {
        let (code, phone) = (code_on_screen(&mut self.kiosk), self.phone());
        let opened = self.runtime.block_on(phone.open(&code)).ok().unwrap();
        let Desk { kiosk, app, runtime, .. } = self;
        let _stands_still = kiosk;
        while app.phones.waiting(app.clock.monotonic()) > 0 {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(
            runtime.block_on(phone.fetch(&opened)).err(),
            Some(404),
            "its few minutes end by themselves"
        );
    }
}

#[test]
fn it_ends_in_time_by_hand_with_the_visit_and_with_the_kiosk() {
    let office = Office::new(Kind::Ec).expect("OpenSSL makes P-256");
    let hers = signer(&office, Kind::Ec, "one", IIN);
    let mut desk = Desk::own(trust(&office), Duration::from_secs(2));
    desk.nothing("login.timed-out");
    desk.again();
    let code = code_on_screen(&mut desk.kiosk);
    desk.kiosk.tap("page.back");
    assert!(desk.kiosk.has("track.by-phone"));
    desk.forgotten();
    assert_eq!(desk.runtime.block_on(desk.phone().sign(&code, &hers)), Err(404));
    // The other ways are a touch away.
    desk.kiosk.tap("track.by-phone");
    desk.nothing("login.timed-out");
    desk.kiosk.tap("phone.card");
    desk.kiosk.tap("page.back");
    assert!(desk.kiosk.has("track.by-phone"));
    // She leaves with the code on the screen, and when it is known whose letters it would be.
    desk.kiosk.tap("track.by-phone");
    desk.kiosk.until_shown("phone.code");
    desk.kiosk.tap("bar.leave");
    desk.forgotten();
    // The kiosk stands still: its code ends by itself.
    Desk::own(trust(&office), Duration::from_secs(3)).ends_by_itself();
}

#[test]
fn a_line_that_is_cut_comes_back_to_her_letters_and_without_one_it_is_said() {
    let office = Office::new(Kind::Ec).expect("OpenSSL makes P-256");
    let hers = signer(&office, Kind::Ec, "one", IIN);
    // The exchange has a connection of its own, the second: the code and a little more; then it is cut twice.
    let mut desk = Desk::at_home(trust(&office), LIVES, Some(vec![9_000, 7_000, 900]));
    to_the_code_of_her_own(&mut desk.kiosk);
    let (code, phone): (String, Phone) = (code_on_screen(&mut desk.kiosk), desk.phone());
    assert_eq!(desk.runtime.block_on(phone.sign(&code, &hers)), Ok(()));
    into_the_list(&mut desk.kiosk, Lang::Kk);
    desk.kiosk.tap("page.back");
    // Nobody answers any more.
    drop(desk.relay.take());
    std::mem::replace(&mut desk.runtime, tokio::runtime::Runtime::new().unwrap()).shutdown_background();
    desk.kiosk.tap("track.by-phone");
    desk.kiosk.until("no line", |k| k.says(&fault("login.no-line", Lang::Kk)));
}
