//! Whether the certificate of whoever signed the answer was revoked: asked by way of the portal, at a real
//! responder (`openssl ocsp`), while the answer is on the screen already.

use std::process::Command;

use tereze::clock::Clock;
use tereze::domain::event::Kind;
use tereze::i18n::{Lang, Msg, tr};
use tereze::sign;
use tereze::sign::trust::{ANSWER, Trust};

use crate::openssl_ca::free_port;
use crate::support::Kiosk;
use crate::track::{by_card, sent_at};
use crate::track_life::{Desk, desk};

const LANG: Lang = Lang::Ru;

/// `openssl ocsp` by the deployment's own authority of officials, which says this of the signer.
struct Responder {
    _folder: tempfile::TempDir,
    process: std::process::Child,
    /// Questions are held back by this server.
    pub front: crate::web::Web,
}

impl Drop for Responder {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn responder(desk: &Desk, cms: &[u8], status: &str) -> Responder {
    let app = desk.app();
    let mut trust = Trust::new();
    trust.add(ANSWER, app.deployment.answer.certificate().clone()).unwrap();
    let verdict = sign::verify(cms, None, &trust, Clock::system().now());
    let serial = verdict.signer().unwrap().path[0].serial_hex().to_uppercase();
    let folder = tempfile::tempdir().unwrap();
    let pem = app.deployment.answer.identity().to_pem().unwrap();
    std::fs::write(folder.path().join("ca.pem"), pem.as_bytes()).unwrap();
    std::fs::write(folder.path().join("index"), format!("{status}\t{serial}\tunknown\t/CN=x\n")).unwrap();
    let port = free_port();
    let mut command = Command::new("openssl");
    command.args(["ocsp", "-port", &port.to_string(), "-index", "index", "-CA", "ca.pem"]);
    command.args(["-rsigner", "ca.pem", "-rkey", "ca.pem", "-nmin", "30"]).current_dir(folder.path());
    let process =
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let url = format!("127.0.0.1:{port}");
    let front = crate::web::Web::serve(move |request| {
        std::thread::sleep(std::time::Duration::from_millis(1500));
        crate::web::passed_on(&url, &request)
    });
    Responder { _folder: folder, process, front }
}

/// The answer on the screen, as the portal is asked about its signer.
fn answered(desk: &Desk, kiosk: &mut Kiosk, settle: impl FnOnce(&[u8])) {
    let held = desk.open();
    let cms = desk.answer(&held, LANG, "Фонарь починили.");
    desk.record(&held, Kind::Answered, ("ТЕСТОВА Ү.", Msg::ClerkPostHead), Some(&cms));
    settle(&cms);
    by_card(kiosk);
    kiosk.tap("track.letter.0");
    kiosk.until_shown("page.next");
    kiosk.tap("page.next");
    kiosk.until("a verdict", |k| k.has("track.know"));
}

#[test]
fn the_answer_is_there_first_and_the_word_on_its_signer_follows() {
    let good = "V\t351231235959Z\t";
    let revoked = "R\t351231235959Z\t250101000000Z,keyCompromise";
    for status in [Some(good), Some(revoked), None] {
        let (launch, desk) = desk(None);
        let (mut kiosk, ..) = sent_at(launch, LANG);
        let mut running = None;
        answered(&desk, &mut kiosk, |cms| {
            let url = match status {
                Some(status) => running.insert(responder(&desk, cms, status)).front.url(""),
                None => format!("http://127.0.0.1:{}/", free_port()),
            };
            desk.app().relay.to(url);
        });
        // Nothing waits for the word.
        if status.is_some() {
            assert!(kiosk.says(&tr(LANG, Msg::TrackValid)) && kiosk.says("Фонарь починили."));
            assert!(kiosk.says(&tr(LANG, Msg::TrackAnswerAsking)), "{}", kiosk.words());
        }
        let asking = tr(LANG, Msg::TrackAnswerAsking);
        kiosk.until("it was asked", |k| !k.says(&asking));
        let valid = kiosk.says(&tr(LANG, Msg::TrackValid));
        let text = kiosk.says("Фонарь починили.");
        kiosk.tap("track.know");
        match status {
            Some(status) if status == good => {
                assert!(valid && text);
                assert!(
                    kiosk.says("Tereze answer CA") && kiosk.says(&tr(LANG, Msg::CheckKnowAnswer)),
                    "{}",
                    kiosk.words()
                );
            }
            Some(_) => {
                assert!(!valid && !text, "nothing is read from what a revoked key signed");
                assert!(kiosk.says(&tr(LANG, Msg::TrackKnowNo)), "{}", kiosk.words());
            }
            // Her certificate names nobody to ask: as good as asking nobody, and never not valid.
            None => {
                assert!(valid && text);
                assert!(kiosk.says(&tr(LANG, Msg::TrackKnowRevocation)), "{}", kiosk.words());
            }
        }
    }
}
