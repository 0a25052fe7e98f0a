//! Signing with a phone, at the kiosk: the code is read off the painted screen, and a phone of another
//! make goes the documented way over TLS and signs with OpenSSL.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tereze::app::launch::{Launch, Start};
use tereze::clock::Clock;
use tereze::i18n::{Lang, Msg, Text};
use tereze::portal::wire::phone::SCHEME;
use tereze::server::app::App;
use tereze::server::phone::{LIVES, Offer};
use tereze::sign::trust::{CITIZEN, Trust};

use crate::keyfile::{More, fault, real_world};
use crate::openssl_ca::{Kind, Office};
use crate::phones::{Phone, Signer};
use crate::relay::Relay;
use crate::support::Kiosk;
use crate::visit::{answer, begin, begin_at, launch, things, words, write};

pub const IIN: &str = "900101300017";
const NAME: &str = "ТЕСТОВ ТЕСТ ТЕСТОВИЧ";

/// A kiosk of a real portal that believes the office, what its portal is, and whose phone it is.
pub struct Desk {
    pub kiosk: Kiosk,
    pub app: Arc<App>,
    pub runtime: tokio::runtime::Runtime,
    pub relay: Option<Relay>,
}

pub fn trust(office: &Office) -> Trust {
    let mut trust = Trust::new();
    trust.load(CITIZEN, &office.read("ca.pem")).unwrap();
    trust
}

impl Desk {
    fn new(trust: Trust, lives: Duration) -> Self {
        Self::by(trust, lives, None)
    }

    /// `limits`: bytes after which the kiosk's connections are cut, one after the other.
    fn by(trust: Trust, lives: Duration, limits: Option<Vec<usize>>) -> Self {
        let mut desk = Self::at_home(trust, lives, limits);
        to_the_code(&mut desk.kiosk, Lang::Kk, NAME, IIN);
        desk
    }

    /// The same, before anything is written.
    pub fn at_home(trust: Trust, lives: Duration, limits: Option<Vec<usize>>) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (seen, relayed) = (Arc::new(Mutex::new(None)), Arc::new(Mutex::new(None)));
        let (saw, relay, handle) = (seen.clone(), relayed.clone(), runtime.handle().clone());
        let prepare = move |app: &Arc<App>, address: &mut std::net::SocketAddr| {
            let base = format!("https://{address}");
            app.phones.offer(Offer { base, bin: String::new(), lives });
            *saw.lock().unwrap() = Some(app.clone());
            if let Some(limits) = limits.clone() {
                let (target, handle) = (*address, handle.clone());
                let made = std::thread::spawn(move || handle.block_on(Relay::to(target, limits)));
                let made = made.join().unwrap();
                *address = made.address;
                *relay.lock().unwrap() = Some(made);
            }
        };
        let more = More { prepare: Some(Arc::new(prepare)), ..More::default() };
        let start = Start::Boot(real_world(trust, things(), Clock::system(), more));
        let kiosk = begin_at(Launch { practice: false, start, ..launch() }, Lang::Kk);
        let app = seen.lock().unwrap().take().expect("the portal");
        let relay = relayed.lock().unwrap().take();
        Self { kiosk, app, runtime, relay }
    }

    /// The phone believes what the portal's certificate comes from.
    pub fn phone(&self) -> Phone {
        Phone::new(self.kiosk.app.world().expect("a world").env.held.tls_ca())
    }

    pub fn sign(&mut self, signer: &Signer) -> Result<(), u16> {
        let code = code_on_screen(&mut self.kiosk);
        let phone = self.phone();
        self.runtime.block_on(phone.sign(&code, signer))
    }

    /// Nothing waits at the portal any more.
    pub fn forgotten(&mut self) {
        let app = self.app.clone();
        self.kiosk.until("the portal has forgotten it", |_| app.phones.waiting(app.clock.monotonic()) == 0);
    }

    pub fn stopped(&mut self, code: &'static str) {
        self.kiosk.until_shown("phone.later");
        assert!(self.kiosk.says(&fault(code, Lang::Kk)), "{code}: {}", self.kiosk.words());
        self.forgotten();
    }
}

/// From home to the code, for whoever this is.
pub fn to_the_code(kiosk: &mut Kiosk, lang: Lang, name: &str, iin: &str) {
    answer(kiosk, words(lang));
    kiosk.tap("check.letter.sign");
    kiosk.tap("letter.sign.phone");
    kiosk.tap("page.next");
    kiosk.tap("letter.signer-name");
    write(kiosk, &name.to_lowercase());
    kiosk.tap("letter.signer-iin");
    write(kiosk, iin);
    kiosk.tap("page.next");
    kiosk.tap("page.next");
    kiosk.until_shown("phone.code");
}

/// What a phone's camera reads off the screen.
pub fn code_on_screen(kiosk: &mut Kiosk) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("screen.ppm");
    let rgba = kiosk.picture();
    let mut ppm = b"P6 1920 1080 255\n".to_vec();
    ppm.extend(rgba.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]));
    std::fs::write(&file, ppm).unwrap();
    let read =
        Command::new("zbarimg").args(["--raw", "-q", "-Sdisable", "-Sqrcode.enable"]).arg(&file).output();
    let said = String::from_utf8(read.expect("zbarimg").stdout).unwrap();
    let mut codes = said.lines();
    let code = codes.next().expect("a code on the screen").to_owned();
    assert!(code.starts_with(SCHEME) && codes.next().is_none(), "{said}");
    code
}

/// As the national authority's old pairs for logging in.
pub const ENTERS: &[u8] =
    b"basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=clientAuth,1.2.398.3.3.4.1.1\n";

/// The same person with another certificate.
pub fn certified(office: &Office, name: &str, extensions: &str) -> Signer {
    let subject = format!("/CN=ТЕСТОВ ТЕСТ/SN=ТЕСТОВ/serialNumber=IIN{IIN}/C=KZ/GN=ТЕСТОВИЧ");
    office.certify(name, &subject, extensions);
    let pem = [office.read(&format!("{name}.pem")), office.read(&format!("{name}.key"))].concat();
    Signer::new(&String::from_utf8(pem).unwrap())
}

/// The office's person, whose key OpenSSL signs with.
pub fn signer(office: &Office, kind: Kind, name: &str, iin: &str) -> Signer {
    office.person(name, iin);
    let pem = [office.read(&format!("{name}.pem")), office.read(&format!("{name}.key"))].concat();
    let mut signer = Signer::new(&String::from_utf8(pem).unwrap());
    if kind == Kind::Gost {
        signer.engine = Some(office.path("gost.cnf"));
        signer.digest = "md_gost12_512";
    }
    signer
}

#[test]
fn every_kind_of_key_in_a_phone_signs_to_a_registered_receipt() {
    for kind in [Kind::Rsa, Kind::Ec, Kind::Gost] {
        let Some(office) = Office::new(kind) else { continue };
        let signer = signer(&office, kind, "one", IIN);
        let mut desk = Desk::new(trust(&office), LIVES);
        assert!(
            desk.kiosk.says(&Text::new(Msg::PhoneMinutes).with("n", 10i64).say(Lang::Kk)),
            "the time is shown"
        );
        assert_eq!(desk.sign(&signer), Ok(()), "{kind:?}");
        desk.kiosk.until_shown("received.print");
        assert!(desk.kiosk.says("ЖТ-"), "{kind:?}: the number");
        desk.forgotten();
    }
}

#[test]
fn practices_own_phone_signs_as_whoever_the_letter_is_from() {
    let mut kiosk = begin(Lang::Ru);
    // Whoever she says that she is: nobody's key is there to be used.
    to_the_code(&mut kiosk, Lang::Ru, "ПРОБНАЯ АННА", "051224600019");
    assert!(code_on_screen(&mut kiosk).starts_with("mobileSign:https://127.0.0.1:"));
    kiosk.tap("phone.practice");
    kiosk.until_shown("received.print");
    assert!(kiosk.says("ОҚУ-"), "a practice number");
}

#[test]
fn another_person_another_document_and_a_strange_authority_are_told_in_words() {
    let office = Office::new(Kind::Ec).expect("OpenSSL makes P-256");
    let (hers, his) =
        (signer(&office, Kind::Ec, "one", IIN), signer(&office, Kind::Ec, "two", "051224600019"));
    let mut desk = Desk::new(trust(&office), LIVES);
    assert_eq!(desk.sign(&his), Ok(()));
    desk.stopped("phone.other-person");
    assert!(
        desk.kiosk.says("0019") && !desk.kiosk.says("051224600019"),
        "whose it is, and not the whole number"
    );

    desk.kiosk.tap("page.next");
    desk.kiosk.until_shown("phone.code");
    let (code, phone) = (code_on_screen(&mut desk.kiosk), desk.phone());
    let other = phone.sign_other(&code, |document| {
        let other = String::from_utf8(document.to_vec()).unwrap().replace("нашар", "жақсы");
        assert_ne!(other.as_bytes(), document);
        hers.sign(other.as_bytes())
    });
    assert_eq!(desk.runtime.block_on(other), Ok(()));
    desk.stopped("phone.other-document");

    desk.kiosk.tap("page.next");
    desk.kiosk.until_shown("phone.code");
    let strange = Office::new(Kind::Ec).expect("OpenSSL makes P-256");
    assert_eq!(desk.sign(&signer(&strange, Kind::Ec, "one", IIN)), Ok(()));
    desk.stopped("phone.untrusted");

    // A signature with a byte turned is nobody's.
    desk.kiosk.tap("page.next");
    desk.kiosk.until_shown("phone.code");
    let (code, phone) = (code_on_screen(&mut desk.kiosk), desk.phone());
    let broken = phone.sign_other(&code, |document| {
        let mut cms = hers.sign(document);
        *cms.last_mut().unwrap() ^= 1;
        cms
    });
    assert_eq!(desk.runtime.block_on(broken), Ok(()));
    desk.stopped("phone.not-valid");

    // And then she signs it herself: nothing of the letter was lost.
    desk.kiosk.tap("page.next");
    desk.kiosk.until_shown("phone.code");
    assert_eq!(desk.sign(&hers), Ok(()));
    desk.kiosk.until_shown("received.print");
}

#[test]
fn a_key_that_may_not_sign_and_one_whose_days_are_over_are_told_apart() {
    let office = Office::new(Kind::Rsa).expect("OpenSSL makes RSA");
    office.write("reads.ext", b"basicConstraints=CA:FALSE\nkeyUsage=critical,keyEncipherment\n");
    let reads = certified(&office, "reads", "reads.ext");
    let subject = format!("/CN=ТЕСТОВ ТЕСТ/SN=ТЕСТОВ/serialNumber=IIN{IIN}/C=KZ/GN=ТЕСТОВИЧ");
    // A certificate of last year, by the same authority.
    office.must(&["req", "-new", "-utf8", "-key", "reads.key", "-subj", &subject, "-out", "old.csr"]);
    let (from, until) = ("20240101000000Z", "20250101000000Z");
    let days = ["-startdate", from, "-enddate", until];
    let usual = ["-utf8", "-notext", "-in", "old.csr", "-out", "old.pem", "-extfile", "signs.ext"];
    office.ca(&[&usual[..], &days].concat());
    let old = [office.read("old.pem"), office.read("reads.key")].concat();
    let old = Signer::new(&String::from_utf8(old).unwrap());

    // What logs in signs no letter.
    office.write("enters.ext", ENTERS);
    let enters = certified(&office, "enters", "enters.ext");

    let mut desk = Desk::new(trust(&office), LIVES);
    assert_eq!(desk.sign(&reads), Ok(()));
    desk.stopped("phone.not-for-signing");
    desk.kiosk.tap("page.next");
    desk.kiosk.until_shown("phone.code");
    assert_eq!(desk.sign(&enters), Ok(()));
    desk.stopped("phone.not-for-signing");
    desk.kiosk.tap("page.next");
    desk.kiosk.until_shown("phone.code");
    assert_eq!(desk.sign(&old), Ok(()));
    desk.stopped("phone.expired");
}

#[test]
fn a_certificate_that_was_withdrawn_is_found_by_the_portals_responder() {
    let office = Office::new(Kind::Rsa).expect("OpenSSL makes RSA");
    let port = crate::openssl_ca::free_port();
    let named = format!(
        "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n\
         authorityInfoAccess=OCSP;URI:http://127.0.0.1:{port}/\n"
    );
    office.write("signs.ext", named.as_bytes());
    let (hers, gone) = (signer(&office, Kind::Rsa, "one", IIN), signer(&office, Kind::Rsa, "two", IIN));
    office.revoke("two");
    let _responder = office.responder(port);
    let mut desk = Desk::new(trust(&office), LIVES);
    desk.app.relay.to(format!("http://127.0.0.1:{port}/"));
    assert_eq!(desk.sign(&gone), Ok(()));
    desk.stopped("phone.revoked");
    desk.kiosk.tap("page.next");
    desk.kiosk.until_shown("phone.code");
    assert_eq!(desk.sign(&hers), Ok(()));
    desk.kiosk.until_shown("received.print");
}

#[test]
fn a_name_that_the_signature_writes_otherwise_is_taken_from_it() {
    let office = Office::new(Kind::Ec).expect("OpenSSL makes P-256");
    office.certify(
        "full",
        &format!("/CN=ТЕСТОВ ТЕСТ/SN=ТЕСТОВ/serialNumber=IIN{IIN}/C=KZ/GN=ТЕСТҰЛЫ"),
        "signs.ext",
    );
    let pem = [office.read("full.pem"), office.read("full.key")].concat();
    let signer = Signer::new(&String::from_utf8(pem).unwrap());
    let mut desk = Desk::new(trust(&office), LIVES);
    assert_eq!(desk.sign(&signer), Ok(()));
    desk.kiosk.until("her name is taken over", |k| k.says(&Text::new(Msg::PhoneRenamed).say(Lang::Kk)));
    desk.kiosk.tap("sign.read-all");
    assert!(desk.kiosk.says("ТЕСТҰЛЫ"), "the letter has that name");
    desk.kiosk.tap("page.next");
    assert_eq!(desk.sign(&signer), Ok(()));
    desk.kiosk.until_shown("received.print");
}

#[test]
fn the_code_ends_in_time_by_hand_and_with_the_visit() {
    let office = Office::new(Kind::Ec).expect("OpenSSL makes P-256");
    let hers = signer(&office, Kind::Ec, "one", IIN);
    let mut desk = Desk::new(trust(&office), Duration::from_secs(2));
    desk.stopped("phone.timed-out");
    // The way back leads to the letter, and the code on the screen dies with the screen.
    desk.kiosk.tap("page.next");
    desk.kiosk.until_shown("phone.code");
    let code = code_on_screen(&mut desk.kiosk);
    desk.kiosk.tap("page.back");
    assert!(desk.kiosk.has("check.letter.text"), "the letter is whole");
    desk.forgotten();
    let phone = desk.phone();
    assert_eq!(desk.runtime.block_on(phone.sign(&code, &hers)), Err(404));
    // She leaves: nothing of hers waits anywhere.
    desk.kiosk.tap("page.next");
    desk.kiosk.until_shown("phone.code");
    desk.kiosk.tap("bar.leave");
    desk.kiosk.tap("leave.erase");
    desk.forgotten();
    // The kiosk's program ends at once, at whatever point it is.
    Desk::new(trust(&office), Duration::from_secs(3)).ends_by_itself();
}

#[test]
fn a_stranger_who_scans_first_is_seen_and_shut_out() {
    let office = Office::new(Kind::Ec).expect("OpenSSL makes P-256");
    let hers = signer(&office, Kind::Ec, "one", IIN);
    let mut desk = Desk::new(trust(&office), LIVES);
    let (code, mut stranger) = (code_on_screen(&mut desk.kiosk), desk.phone());
    stranger.program = "strange";
    let opened = desk.runtime.block_on(stranger.open(&code)).ok().unwrap();
    desk.kiosk.until_shown("phone.not-mine");
    let own = desk.phone();
    assert_eq!(desk.runtime.block_on(own.sign(&code, &hers)), Err(404), "one phone, and it was not hers");
    desk.kiosk.tap("phone.not-mine");
    desk.kiosk.until_shown("phone.code");
    assert_ne!(code_on_screen(&mut desk.kiosk), code);
    assert_eq!(desk.runtime.block_on(stranger.fetch(&opened)).err(), Some(404), "the stranger's is dead");
    // What a phone sends that is no signature is said, and the code stays good.
    let (code, phone) = (code_on_screen(&mut desk.kiosk), desk.phone());
    let opened = desk.runtime.block_on(phone.open(&code)).ok().unwrap();
    let mut set = desk.runtime.block_on(phone.fetch(&opened)).unwrap();
    assert_eq!(desk.runtime.block_on(phone.put(&opened, &serde_json::json!({"x": 1}))), 400);
    desk.kiosk.until("it is said", |k| k.says(&Text::new(Msg::PhoneUnreadable).say(Lang::Kk)));
    let data = &mut set["documentsToSign"][0]["document"]["file"]["data"];
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD;
    let bytes = base64.decode(data.as_str().unwrap()).unwrap();
    *data = base64.encode(hers.sign(&bytes)).into();
    assert_eq!(desk.runtime.block_on(phone.put(&opened, &set)), 200);
    desk.kiosk.until_shown("received.print");
}

#[test]
fn a_line_that_is_cut_meanwhile_comes_back_to_the_signature() {
    let office = Office::new(Kind::Ec).expect("OpenSSL makes P-256");
    let hers = signer(&office, Kind::Ec, "one", IIN);
    // The exchange has a connection of its own, the second: the question for a code and a little more; then it is cut twice.
    let mut desk = Desk::by(trust(&office), LIVES, Some(vec![9_000, 7_000, 900]));
    let (code, phone) = (code_on_screen(&mut desk.kiosk), desk.phone());
    assert_eq!(desk.runtime.block_on(phone.sign(&code, &hers)), Ok(()));
    desk.kiosk.until_shown("received.print");
}

#[test]
fn without_a_line_the_other_ways_are_offered_and_the_letter_stays() {
    let office = Office::new(Kind::Ec).expect("OpenSSL makes P-256");
    let mut desk = Desk::by(trust(&office), Duration::from_secs(2), Some(vec![]));
    desk.stopped("phone.timed-out");
    // Every connection ends at once, and nobody answers any more.
    drop(desk.relay.take());
    std::mem::replace(&mut desk.runtime, tokio::runtime::Runtime::new().unwrap()).shutdown_background();
    desk.kiosk.tap("page.next");
    desk.kiosk.until("no line", |k| k.says(&fault("phone.no-line", Lang::Kk)));
    for way in ["phone.card", "phone.key-file", "phone.later", "sign.pen"] {
        assert!(desk.kiosk.has(way), "{way}");
    }
    desk.kiosk.tap("phone.card");
    assert!(desk.kiosk.has("sign.pen") && !desk.kiosk.has("phone.code"), "the card's page");
    desk.kiosk.tap("page.back");
    assert!(desk.kiosk.has("check.letter.text"), "the letter is whole");
}
