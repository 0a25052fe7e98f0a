//! A document is checked at the kiosk: from a stick that is a real mount, and from QR codes in any order.

use std::sync::Arc;

use tereze::app::launch::{Boot, Launch, Start};
use tereze::cli::kiosk::practice_world;
use tereze::clock::Clock;
use tereze::fault::Code;
use tereze::i18n::{Lang, Msg, Text, tr};
use tereze::screen::world::{Things, World};
use tereze::sign::cades::Builder;
use tereze::sign::issue::{Authority, Person, Term};
use tereze::sign::trust::CITIZEN;

use crate::port::{Port, among_own_mounts};
use crate::support::Kiosk;
use crate::visit::{begin, begin_at, launch, things};

const LETTER: &[u8] = "Анықтама. Осы құжат үлгі ретінде берілді.".as_bytes();

fn fault(code: &'static str) -> String {
    Text::new(Msg::from_id(&Code(code).message_id()).expect("its words")).say(Lang::Kk)
}

fn authority() -> Authority {
    let now = Clock::system().now().wall;
    Authority::generate("ҮЛГІ ОРТАЛЫҚ", false, Term::days(now, 30)).expect("an authority")
}

/// A kiosk that believes this authority.
fn believing(authority: &Authority, things: Things) -> Launch {
    let certificate = authority.certificate().clone();
    let normal = practice_world(Clock::system(), things);
    let boot: Boot = Arc::new(move || {
        let (made, certificate) = (normal(), certificate.clone());
        Box::pin(async move {
            let mut world: World = made.await?;
            world.env.trust.add(CITIZEN, certificate).expect("an authority");
            Ok(world)
        })
    });
    Launch { start: Start::Boot(boot), ..launch() }
}

fn signed(authority: &Authority, attached: bool) -> Vec<u8> {
    let now = Clock::system().now().wall;
    let person = Person {
        surname: "ТЕСТОВ".into(),
        given: "ТЕСТ".into(),
        patronymic: "ТЕСТОВИЧ".into(),
        iin: "900101300017".into(),
        organisation: None,
    };
    let identity = authority.issue_person(&person, Term::days(now, 30)).expect("a person");
    let builder = Builder::new(identity.certificate.der(), LETTER, now).expect("a builder");
    let builder = if attached { builder } else { builder.detached() };
    let prepared = builder.prepare().expect("prepared");
    let raw = identity.sign(prepared.to_sign());
    prepared.finish(&raw).expect("a signature")
}

fn file_named(kiosk: &mut Kiosk, name: &str) -> String {
    let tree = kiosk.tree();
    let tile = tree.nodes.iter().find(|n| n.id.starts_with("check.file.") && n.label.contains(name));
    tile.unwrap_or_else(|| panic!("no {name}: {:#?}", tree.nodes)).id.to_string()
}

fn choose(kiosk: &mut Kiosk, name: &str) {
    kiosk.until("the files", |k| k.tree().nodes.iter().any(|n| n.label.contains(name)));
    let id = file_named(kiosk, name);
    kiosk.tap(&id);
}

#[test]
fn from_a_stick_valid_not_valid_and_could_not_check() {
    if !among_own_mounts("check::from_a_stick_valid_not_valid_and_could_not_check") {
        return;
    }
    let port = Port::new();
    let authority = authority();
    let mut kiosk = begin_at(believing(&authority, Things { sticks: port.sticks(), ..things() }), Lang::Kk);
    let (attached, detached) = (signed(&authority, true), signed(&authority, false));
    kiosk.tap("home.check");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::CheckInsert)));
    let stick = port.put_in("KINGSTON", "size=1m");
    std::fs::write(stick.join("valid.p7m"), &attached).expect("room");
    std::fs::write(stick.join("paper.txt"), LETTER).expect("room");
    std::fs::write(stick.join("paper.txt.p7s"), &detached).expect("room");
    std::fs::write(stick.join("alone.sig"), &detached).expect("room");
    let mut broken = attached.clone();
    let at = broken.windows(LETTER.len()).position(|w| w == LETTER).expect("the letter inside");
    broken[at] ^= 1;
    std::fs::write(stick.join("changed.p7m"), &broken).expect("room");
    std::fs::write(stick.join("nothing.xml"), b"<a/>").expect("room");
    // The stick was there before its files: it is looked through again as a new one.
    kiosk.until("a look", |k| k.says(&tr(Lang::Kk, Msg::CheckNone)) || k.has("check.file.0"));
    if !kiosk.tree().nodes.iter().any(|n| n.label.contains("nothing.xml")) {
        kiosk.tap("page.back");
        kiosk.tap("home.check");
    }

    choose(&mut kiosk, "valid.p7m");
    kiosk.until("it is valid", |k| k.says(&tr(Lang::Kk, Msg::CheckValid)));
    assert!(kiosk.says("ТЕСТОВ ТЕСТ ТЕСТОВИЧ") && kiosk.says("•••• •••• 0017"));
    assert!(!kiosk.says("900101300017"), "masked until she asks");
    kiosk.tap("check.reveal");
    assert!(kiosk.says("900101300017"));
    kiosk.tap("check.reveal");
    kiosk.tap("check.know");
    assert!(kiosk.says(&tr(Lang::Kk, Msg::CheckKnowNobodyAsked)));
    kiosk.tap("page.back");
    kiosk.tap("page.back");

    // The document beside its signature is found by its name.
    choose(&mut kiosk, "paper.txt.p7s");
    kiosk.until("it is valid", |k| k.says(&tr(Lang::Kk, Msg::CheckValid)));
    kiosk.tap("page.back");
    choose(&mut kiosk, "changed.p7m");
    kiosk.until("it is not valid", |k| k.says(&tr(Lang::Kk, Msg::CheckNotValid)));
    assert!(kiosk.says(&fault("sign.content-changed")));
    kiosk.tap("page.back");
    choose(&mut kiosk, "nothing.xml");
    kiosk.until("it could not be checked", |k| k.says(&tr(Lang::Kk, Msg::CheckCouldNot)));
    assert!(kiosk.says(&fault("sign.no-signature")));
    kiosk.tap("page.back");

    // A signature whose document has another name: which one was signed?
    choose(&mut kiosk, "alone.sig");
    kiosk.until("the question", |k| k.says(&tr(Lang::Kk, Msg::CheckWhich)));
    choose(&mut kiosk, "paper.txt");
    kiosk.until("a verdict", |k| k.has("check.know"));
    kiosk.tap("page.back");

    // Pulled before the kiosk could see it.
    kiosk.until("the files", |k| k.has("check.file.0"));
    let id = file_named(&mut kiosk, "valid.p7m");
    port.pull("KINGSTON");
    kiosk.tap(&id);
    kiosk.until("it is gone", |k| k.says(&fault("files.stick-gone")));
}

/// One code of a portal's certificate.
fn code(number: &str, at: usize, of: usize, bytes: &[u8]) -> String {
    use base64::Engine as _;
    format!(
        "<BarcodeElement xmlns=\"http://barcodes.pdf.shep.nitec.kz/\"><elementData>{}</elementData>\
         <elementNumber>{at}</elementNumber><elementsAmount>{of}</elementsAmount><FavorID>{number}</FavorID>\
         </BarcodeElement>",
        base64::engine::general_purpose::STANDARD.encode(bytes)
    )
}

/// An archive of one stored entry.
fn zip(document: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(document);
    let size = u32::try_from(document.len()).expect("small").to_le_bytes();
    let crc = sum.sum().to_le_bytes();
    [&b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0"[..], &crc, &size, &size, b"\x03\0\0\0one", document, b"PK\x01\x02"]
        .concat()
}

#[test]
fn codes_in_any_order_show_progress_and_what_is_missing() {
    let mut kiosk = begin(Lang::Kk);
    let zip = zip(b"<response><number>1</number></response>");
    let chunks: Vec<&[u8]> = zip.chunks(30).collect();
    let of = chunks.len();
    let scan = |kiosk: &mut Kiosk, n: usize| kiosk.scan(&code("10100400000001", n + 1, of, chunks[n]));
    // Right from home: whoever shows a certificate wants it checked.
    scan(&mut kiosk, of - 1);
    let progress = |have: usize| {
        let says = Text::new(Msg::CheckProgress).with("have", have as i64).with("of", of as i64);
        says.say(Lang::Kk)
    };
    assert!(kiosk.says(&progress(1)), "{:#?}", kiosk.tree().nodes);
    scan(&mut kiosk, 0);
    scan(&mut kiosk, 0);
    assert!(kiosk.says(&progress(2)), "twice is once");
    kiosk.scan(&code("10100400000002", 2, of, b"x"));
    assert!(kiosk.says(&fault("portal-qr.other-document")) && kiosk.says(&progress(2)));
    kiosk.scan("9786012345678");
    assert!(kiosk.says(&fault("check.other-code")));
    for n in 1..of - 1 {
        scan(&mut kiosk, n);
    }
    // The document is whole, and nobody signed it.
    kiosk.until("a verdict", |k| k.says(&tr(Lang::Kk, Msg::CheckCouldNot)));
    assert!(kiosk.says(&fault("sign.no-signature")) && kiosk.says("10100400000001"));
}

#[test]
fn the_proof_on_a_receipt_is_checked_and_a_forged_one_is_not_valid() {
    let mut kiosk = begin(Lang::Kk);
    kiosk.scan("TRZ1P:6BF");
    kiosk.until("a verdict", |k| {
        k.says(&tr(Lang::Kk, Msg::CheckCouldNot)) || k.says(&tr(Lang::Kk, Msg::CheckReceiptNotValid))
    });
    assert!(!kiosk.says(&tr(Lang::Kk, Msg::CheckReceiptValid)));
}
