//! Questions about certificates, relayed: a real responder (`openssl ocsp`) behind the portal.

use std::process::{Child, Command, Stdio};

use tereze::portal::{Portal as _, PortalError, Relayed};
use tereze::sign::online::{Fetch as _, MAX_QUESTION, NoAnswer};

use crate::support::{People, World};

struct Responder {
    folder: tempfile::TempDir,
    process: Option<Child>,
}

impl Responder {
    fn must(&self, line: &str) {
        let out =
            Command::new("openssl").args(line.split(' ')).current_dir(self.folder.path()).output().unwrap();
        assert!(out.status.success(), "{line}: {}", String::from_utf8_lossy(&out.stderr));
    }

    /// One that says of its own certificate that it is good, and the question for it.
    fn start(port: u16) -> (Self, Vec<u8>) {
        let mut it = Self { folder: tempfile::tempdir().unwrap(), process: None };
        it.must("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -subj /CN=ca -set_serial 77 -days 9");
        std::fs::write(it.folder.path().join("index"), "V\t351231235959Z\t\t4D\tunknown\t/CN=ca\n").unwrap();
        it.must("ocsp -issuer ca.pem -cert ca.pem -no_nonce -reqout question");
        let port = port.to_string();
        let mut command = Command::new("openssl");
        command.args(["ocsp", "-port", &port, "-index", "index", "-CA", "ca.pem", "-rsigner", "ca.pem"]);
        command.args(["-rkey", "ca.key", "-nmin", "30"]).current_dir(it.folder.path());
        it.process = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let question = std::fs::read(it.folder.path().join("question")).unwrap();
        (it, question)
    }

    fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        self.stop();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_relayed_to_the_named_responder_and_its_answer_held() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let port = free_port();
    let (mut responder, question) = Responder::start(port);
    let none = PortalError::Problem { status: 404, code: "server.not-found".into() };
    assert_eq!(world.portal.certificate_status(question.clone(), String::new()).await.unwrap_err(), none);
    world.app.relay.to(format!("http://127.0.0.1:{port}/"));
    // The responder listens when it does: until then nothing is held.
    let mut answer = world.portal.certificate_status(question.clone(), String::new()).await;
    for _ in 0..20 {
        if answer.is_ok() {
            break;
        }
        assert!(matches!(answer, Err(PortalError::Busy { .. })), "{answer:?}");
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        answer = world.portal.certificate_status(question.clone(), String::new()).await;
    }
    let answer = answer.unwrap();
    let read = tereze::sign::ocsp::Answer::from_der(&answer).expect("an answer");
    assert!(read.until().is_some());
    // With nobody behind it, the same question has the same answer; another one has none.
    responder.stop();
    assert_eq!(world.portal.certificate_status(question.clone(), String::new()).await.unwrap(), answer);
    let mut other = question.clone();
    *other.last_mut().unwrap() ^= 1;
    assert!(world.portal.certificate_status(other, String::new()).await.is_err());
    // As a kiosk's judging thread asks.
    let asked = relayed(&world, 60, question).await;
    assert_eq!(asked.unwrap(), answer);
    world.stop().await;
}

async fn relayed(world: &World, seconds: u64, question: Vec<u8>) -> Result<Vec<u8>, NoAnswer> {
    let until = world.clock.monotonic() + std::time::Duration::from_secs(seconds);
    let runtime = tokio::runtime::Handle::current();
    let relayed = Relayed { portal: world.portal.clone(), runtime, until, held: world.held.clone() };
    tokio::task::spawn_blocking(move || relayed.ask("", &question)).await.unwrap()
}

/// A responder that takes the question and says nothing, as long as the test lasts.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_not_waited_for_without_end() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let dumb = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    world.app.relay.to(format!("http://127.0.0.1:{}/", dumb.local_addr().unwrap().port()));
    assert_eq!(relayed(&world, 1, vec![0x30, 0]).await, Err(NoAnswer));
    assert_eq!(relayed(&world, 0, vec![0x30, 0]).await, Err(NoAnswer), "nor is the next question asked");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_question_and_who_is_no_kiosk_are_refused() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    world.app.relay.to(format!("http://127.0.0.1:{}/", free_port()));
    let status = |error: PortalError| match error {
        PortalError::Problem { status, .. } => status,
        other => panic!("{other:?}"),
    };
    for bad in [vec![], b"GET".to_vec(), vec![0x30; MAX_QUESTION + 1]] {
        assert_eq!(status(world.portal.certificate_status(bad, String::new()).await.unwrap_err()), 400);
    }
    world
        .portal
        .set_credential(&tereze::private::Secret::from_vec(b"AAAAAQAAAAAAAAAAAAAAAAAAAAA".to_vec()))
        .unwrap();
    assert_eq!(status(world.portal.certificate_status(vec![0x30, 0], String::new()).await.unwrap_err()), 401);
    world.stop().await;
}
