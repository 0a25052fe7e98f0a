//! Nothing left: a whole visit in the real application with a real card and a portal of its own
//! process; then logs, every file and the kiosk's memory are searched for what was hers.

#[path = "support/cards/bench.rs"]
#[allow(dead_code)]
mod bench;
#[path = "left/command.rs"]
mod command;
#[path = "support/cups.rs"]
#[allow(dead_code)]
mod cups;
#[path = "left/falls.rs"]
mod falls;
#[path = "support/cards/firmware.rs"]
#[allow(dead_code)]
mod firmware;
#[path = "left/hers.rs"]
mod hers;
#[path = "left/key.rs"]
mod key;
#[path = "support/openssl_ca.rs"]
#[allow(dead_code)]
mod openssl_ca;
#[path = "support/cards/pcscd.rs"]
#[allow(dead_code)]
mod pcscd;
#[path = "left/phone.rs"]
mod phone;
#[path = "support/phone.rs"]
mod phones;
#[path = "support/port.rs"]
#[allow(dead_code)]
mod port;
#[path = "left/remote.rs"]
mod remote;
#[path = "support/kiosk.rs"]
#[allow(dead_code)]
mod support;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bench::alone;
use cups::{Cups, eventually};
use firmware::Kind;
use hers::{Mark, PHONE, PIN, WORDS};
use remote::Remote;

pub struct Ended(pub Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Her letter, up to the page that asks for the PIN.
const ANSWERS: &[&str] = &[
    "attract.start.kk",
    "home.letter",
    "letter.sign.card",
    "page.next",
    "letter.topic.road",
    "page.next",
    "letter.region.kz-35",
    "page.next",
    "page.next",
    "letter.body.*",
    "page.next",
    "letter.want.complaint",
    "page.next",
    "letter.who.self",
    "page.next",
    "page.next",
];

/// A portal in a process of its own, with its data in this folder, and a code for a kiosk.
fn portal_in(folder: &Path) -> (Ended, String) {
    let data = folder.join("portal");
    let tereze = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tereze"));
        command.args(["portal", "--lang", "en", "--data"]).arg(&data);
        command
    };
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut serve = tereze();
    serve.args(["--listen", &address, "--citizen-ca"]).arg(folder.join("ca.pem"));
    serve.args(["--phones", &format!("https://{address}")]);
    // A gateway that is named and never answers: what is to be told stays where it is.
    std::fs::write(folder.join("secret"), "of the gateway").unwrap();
    serve.args(["--sms", "http://127.0.0.1:9/", "--sms-secret"]).arg(folder.join("secret"));
    let log = std::fs::File::options().create(true).append(true).open(folder.join("portal.log")).unwrap();
    serve.stderr(log);
    let portal = Ended(serve.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap());
    while !data.join("kiosk.toml").exists() {
        std::thread::sleep(Duration::from_millis(50));
    }
    let said = String::from_utf8(tereze().arg("--enrol").output().unwrap().stdout).unwrap();
    let code = said.lines().find_map(|l| l.split("code: ").nth(1)).expect(&said).to_owned();
    (portal, code)
}

/// Her letter, key by key, up to the page that waits for her card.
fn to_the_pin(kiosk: &mut Remote) {
    for id in ANSWERS {
        kiosk.order(&format!("tap {id}"));
    }
    for letter in WORDS.chars() {
        kiosk.order(&format!("tap key.{letter}"));
    }
    for id in ["page.next", "page.next", "letter.truth", "page.next", "page.next"] {
        kiosk.order(&format!("tap {id}"));
    }
}

fn type_pin(kiosk: &mut Remote) {
    for digit in PIN.chars() {
        kiosk.order(&format!("tap pin.{digit}"));
    }
    kiosk.order("tap page.next");
}

#[test]
fn after_a_visit_nothing_of_her_is_on_the_machine() {
    alone("after_a_visit_nothing_of_her_is_on_the_machine", async |bench| {
        let folder = bench.folder.clone();
        let mut card = bench.card();
        card.personalise(&folder, Kind::Ec);
        card.order(&format!("pin 123456 {PIN}"));

        let (_portal, code) = portal_in(&folder);
        let cups = Cups::start().map_err(|why| println!("printing was left out: {why}")).ok();
        let mut kiosk = Remote::start(&folder, &code, cups.as_ref().map(Cups::uri));
        to_the_pin(&mut kiosk);
        card.insert();
        kiosk.order("until pin.1");
        assert!(kiosk.holds(&[Mark::Words]).contains(&Mark::Words), "her words are found where they are");
        type_pin(&mut kiosk);
        kiosk.order("until received.print");
        kiosk.order("tap tell.offer");
        for digit in PHONE.chars() {
            kiosk.order(&format!("tap key.{digit}"));
        }
        assert!(kiosk.holds(&[Mark::Phone]).contains(&Mark::Phone), "her number is found where it is");
        kiosk.order("tap page.next");
        kiosk.order("until received.print");
        assert_eq!(kiosk.holds(&[Mark::Pin]), [], "the PIN, right after signing");
        if let Some(cups) = &cups {
            // Held back at first, so that her document is seen in the spool.
            cups.queue("cupsdisable");
            kiosk.order("tap received.print");
            eventually("her receipt is spooled", || cups.spooled().len() >= 2, cups);
            cups.queue("cupsenable");
            eventually("and gone from there", || cups.spooled().is_empty(), cups);
        }

        card.remove();
        kiosk.order("tap page.next");
        kiosk.order("end");
        let found = kiosk.holds(&[Mark::Pin, Mark::Words, Mark::Iin, Mark::Phone]);
        assert_eq!(found, [], "in the kiosk's memory after she left");
        let files = hers::in_files(&folder.join("kiosk"), &[Mark::Pin, Mark::Words, Mark::Iin, Mark::Phone]);
        assert!(files.is_empty(), "{files:?}");
        // Nowhere in the clear: neither in the portal's data nor in a log of either.
        let number = hers::in_files(&folder, &[Mark::Phone]);
        assert!(number.is_empty(), "{number:?}");
        // The card's certificate lies beside them: the search finds what is there.
        let beside = hers::in_files(&folder, &[Mark::Iin]);
        assert!(beside.iter().any(|(file, _)| file.ends_with("certificate.der")), "{beside:?}");
        println!("searched {} bytes of memory", kiosk.searched());
    });
}
