//! A letter and her own letters by phone: what passed the portal in clear is in no memory and no file afterwards,
//! neither of the kiosk nor of the portal.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use tereze::i18n::{Lang, Msg, tr};

use crate::hers::{self, IIN, Mark, WORDS};
use crate::openssl_ca::{Kind, Office};
use crate::phones::{Phone, Signer};
use crate::remote::Remote;
use crate::{ANSWERS, Ended, portal_in};

const HERS: [Mark; 2] = [Mark::Words, Mark::Iin];

/// Her letter, to the code for her phone.
fn to_the_code(kiosk: &mut Remote) {
    for id in ANSWERS {
        kiosk.order(&format!("tap {id}"));
    }
    write(kiosk, WORDS);
    for id in ["page.next", "page.next", "letter.truth", "page.next"] {
        kiosk.order(&format!("tap {id}"));
    }
    for id in ["check.letter.sign", "letter.sign.phone", "page.next", "letter.signer-name"] {
        kiosk.order(&format!("tap {id}"));
    }
    write(kiosk, "тестов тест тестович");
    kiosk.order("tap letter.signer-iin");
    write(kiosk, IIN);
    kiosk.order("tap page.next");
    kiosk.order("tap page.next");
    kiosk.order("until phone.code");
}

fn write(kiosk: &mut Remote, words: &str) {
    for c in words.chars() {
        let key = if c == ' ' { "space".to_owned() } else { c.to_string() };
        kiosk.order(&format!("tap key.{key}"));
    }
}

fn code_on_screen(kiosk: &mut Remote, folder: &Path) -> String {
    let file = folder.join("screen.ppm");
    kiosk.order(&format!("picture {}", file.display()));
    let read =
        Command::new("zbarimg").args(["--raw", "-q", "-Sdisable", "-Sqrcode.enable"]).arg(&file).output();
    std::fs::remove_file(&file).unwrap();
    String::from_utf8(read.expect("zbarimg").stdout).unwrap().trim().to_owned()
}

/// What the portal's certificate comes from: the first block of the file.
fn believes(folder: &Path) -> Vec<u8> {
    let pem = std::fs::read_to_string(folder.join("portal/keys/tls-ca.pem")).unwrap();
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----").unwrap();
    let text: String = rest.split("-----END").next().unwrap().split_whitespace().collect();
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

fn in_portal(portal: &Ended, marks: &[Mark]) -> Vec<(Mark, String)> {
    hers::in_memory(portal.0.id(), marks).0
}

/// Within moments: what is dropped at the portal is dropped after the kiosk's word.
fn nothing_in(portal: &Ended, when: &str) {
    for _ in 0..100 {
        if in_portal(portal, &HERS).is_empty() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{when}: {:?} in the portal's memory", in_portal(portal, &HERS));
}

#[test]
fn of_what_a_phone_signed_nothing_is_left() {
    let office = Office::new(Kind::Ec).expect("OpenSSL makes P-256");
    office.person("one", IIN);
    let pem = [office.read("one.pem"), office.read("one.key")].concat();
    let signer = Signer::new(&String::from_utf8(pem).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::copy(office.path("ca.pem"), folder.join("ca.pem")).unwrap();
    let (portal, code) = portal_in(folder);
    let mut kiosk = Remote::start(folder, &code, None);
    let phone = Phone::new(vec![believes(folder)]);
    let runtime = tokio::runtime::Runtime::new().unwrap();

    // Left alone with the phone in the middle: all of it is dropped.
    to_the_code(&mut kiosk);
    let found: Vec<Mark> = in_portal(&portal, &HERS).into_iter().map(|(mark, _)| mark).collect();
    assert!(found.contains(&Mark::Words) && found.contains(&Mark::Iin), "it waits there in clear: {found:?}");
    let shown = code_on_screen(&mut kiosk, folder);
    let opened = runtime.block_on(phone.open(&shown)).ok().unwrap();
    assert!(runtime.block_on(phone.fetch(&opened)).is_ok());
    kiosk.order("until phone.not-mine");
    kiosk.order("tap bar.leave");
    kiosk.order("tap leave.erase");
    kiosk.order("until attract.start.kk");
    nothing_in(&portal, "left in the middle");
    assert_eq!(kiosk.holds(&HERS), [], "in the kiosk's memory, left in the middle");

    for place in ["kiosk", "portal", "tmp", "home"] {
        let files = hers::in_files(&folder.join(place), &HERS);
        assert!(files.is_empty(), "left in the middle: {files:?}");
    }

    // Signed to a receipt. What the registry keeps of a letter from then on is the same as after a card.
    to_the_code(&mut kiosk);
    let shown = code_on_screen(&mut kiosk, folder);
    assert_eq!(runtime.block_on(phone.sign(&shown, &signer)), Ok(()));
    kiosk.order("until received.print");
    kiosk.order("tap page.next");
    kiosk.order("end");
    assert_eq!(kiosk.holds(&HERS), [], "in the kiosk's memory after she left");

    // Her own letters.
    for id in ["attract.start.kk", "home.track", "track.by-phone"] {
        kiosk.order(&format!("tap {id}"));
    }
    kiosk.order("until phone.code");
    let shown = code_on_screen(&mut kiosk, folder);
    assert_eq!(runtime.block_on(phone.sign(&shown, &signer)), Ok(()));
    kiosk.order(&format!("says {}", tr(Lang::Kk, Msg::TrackKeyOwner)));
    kiosk.order("tap page.next");
    kiosk.order("until track.letter.0");
    kiosk.order("tap bar.leave");
    kiosk.order("until attract.start.kk");
    assert_eq!(kiosk.holds(&HERS), [], "in the kiosk's memory after her own letters");

    for place in ["kiosk", "tmp", "home"] {
        let files = hers::in_files(&folder.join(place), &HERS);
        assert!(files.is_empty(), "{files:?}");
    }
    for log in ["log", "portal.log"] {
        let bytes = std::fs::read(folder.join(log)).unwrap();
        assert_eq!(hers::in_bytes(&bytes, &HERS), [], "{log}");
    }
    println!("searched {} bytes of the kiosk's memory", kiosk.searched());
}
