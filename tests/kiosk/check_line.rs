//! Whether a signer's certificate was revoked is asked over the line: the kiosk asks its portal, the
//! portal a real responder (`openssl ocsp`). What came is said, and what did not.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tereze::i18n::{Lang, Msg, tr};
use tereze::screen::world::Things;
use tereze::sign::certificate::Certificate;

use crate::port::{Port, among_own_mounts};
use crate::support::Kiosk;
use crate::track_life::{Desk, desk_believing};
use crate::visit::{begin_at, things};

const LANG: Lang = Lang::Kk;

/// An authority, a person whose certificate names a responder, and the responder itself.
struct Authority {
    folder: tempfile::TempDir,
    port: u16,
    responder: Option<Child>,
}

impl Drop for Authority {
    fn drop(&mut self) {
        self.silence();
    }
}

impl Authority {
    fn new() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let it = Self { folder: tempfile::tempdir().unwrap(), port, responder: None };
        it.must("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -subj /CN=TEST_CA -days 30");
        it.must("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout one.key -out one.csr -subj /C=KZ/CN=TESTOV/serialNumber=IIN900101300017");
        let extensions = format!(
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n\
             authorityInfoAccess=OCSP;URI:http://127.0.0.1:{port}/\n"
        );
        std::fs::write(it.path("ext"), extensions).unwrap();
        it.must("x509 -req -in one.csr -extfile ext -CA ca.pem -CAkey ca.key -set_serial 77 -days 30 -out one.pem");
        std::fs::write(it.path("letter.txt"), "Анықтама").unwrap();
        it.must("cms -sign -binary -nodetach -cades -md sha256 -signer one.pem -inkey one.key -in letter.txt -outform DER -out letter.p7m");
        it
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn must(&self, line: &str) {
        let out = Command::new("openssl").args(line.split(' ')).current_dir(self.folder.path()).output();
        let out = out.expect("openssl is installed by packaging/setup.sh test");
        assert!(out.status.success(), "{line}: {}", String::from_utf8_lossy(&out.stderr));
    }

    fn certificate(&self) -> Certificate {
        Certificate::from_file(&std::fs::read(self.path("ca.pem")).unwrap()).unwrap().remove(0)
    }

    /// The responder says this of the person's certificate from now on.
    fn says(&mut self, status: &str) {
        self.silence();
        std::fs::write(self.path("index"), format!("{status}\t4D\tunknown\t/CN=TESTOV\n")).unwrap();
        let port = self.port.to_string();
        let mut command = Command::new("openssl");
        command.args(["ocsp", "-port", &port, "-index", "index", "-CA", "ca.pem", "-rsigner", "ca.pem"]);
        command.args(["-rkey", "ca.key", "-nmin", "30"]).current_dir(self.folder.path());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("waiting for") {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "the responder did not start");
        }
        self.responder = Some(child);
    }

    fn silence(&mut self) {
        if let Some(mut child) = self.responder.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A kiosk whose portal asks this authority's responder, at the check of a stick with its letter.
fn at_the_stick(authority: &Authority, port: &Port, relayed: bool) -> (Kiosk, Desk) {
    let things = Things { sticks: port.sticks(), ..things() };
    let (launch, desk) = desk_believing(authority.certificate(), things);
    let kiosk = begin_at(launch, LANG);
    if relayed {
        desk.app().relay.to(format!("http://127.0.0.1:{}/", authority.port));
    }
    (kiosk, desk)
}

fn put_in(authority: &Authority, stick: &Path) {
    std::fs::copy(authority.path("letter.p7m"), stick.join("letter.p7m")).unwrap();
}

fn judge(kiosk: &mut Kiosk) {
    kiosk.tap("home.check");
    kiosk.until_shown("check.file.0");
    kiosk.tap("check.file.0");
    kiosk.until_shown("check.know");
}

#[test]
fn good_revoked_and_silent_are_three_verdicts() {
    if !among_own_mounts("check_line::good_revoked_and_silent_are_three_verdicts") {
        return;
    }
    let cases = [
        (Some("V\t351231235959Z\t"), Msg::CheckValid, Msg::CheckKnowAnswer, None),
        (
            Some("R\t351231235959Z\t250101000000Z,keyCompromise"),
            Msg::CheckNotValid,
            Msg::CheckKnowAnswer,
            Some("fault-sign-revoked"),
        ),
        (None, Msg::CheckCouldNot, Msg::CheckKnowAnswer, Some("fault-sign-revocation-unknown")),
    ];
    for (status, verdict, asked, why) in cases {
        let (port, mut authority) = (Port::new(), Authority::new());
        if let Some(status) = status {
            authority.says(status);
        }
        let stick = port.put_in("A", "size=1m");
        put_in(&authority, &stick);
        let (mut kiosk, _desk) = at_the_stick(&authority, &port, true);
        judge(&mut kiosk);
        assert!(kiosk.says(&tr(LANG, verdict)), "{status:?}: {}", kiosk.words());
        if let Some(why) = why {
            assert!(kiosk.says(&tr(LANG, Msg::from_id(why).unwrap())), "{status:?}: {}", kiosk.words());
        }
        // Who was asked, and how old the answer is, stand beside the verdict.
        assert!(kiosk.says(&tr(LANG, asked)), "{}", kiosk.words());
        match status {
            Some(_) => {
                let said = kiosk.words();
                assert!(said.contains("TEST_CA") && said.contains("бір сағат болған жоқ"), "{said}");
            }
            None => assert!(kiosk.says(&tr(LANG, Msg::CliVerifyProblemSilent)), "{}", kiosk.words()),
        }
    }
}

/// A portal whose keeper named no responder: it is not valid by that, nor not valid.
#[test]
fn a_portal_without_a_responder_leaves_it_open() {
    if !among_own_mounts("check_line::a_portal_without_a_responder_leaves_it_open") {
        return;
    }
    let (port, mut authority) = (Port::new(), Authority::new());
    authority.says("V\t351231235959Z\t");
    let stick = port.put_in("A", "size=1m");
    put_in(&authority, &stick);
    let (mut kiosk, _desk) = at_the_stick(&authority, &port, false);
    judge(&mut kiosk);
    assert!(kiosk.says(&tr(LANG, Msg::CheckCouldNot)), "{}", kiosk.words());
    kiosk.tap("check.know");
    assert!(kiosk.says(&tr(LANG, Msg::CheckKnowContent)), "what could be checked is said");
}
