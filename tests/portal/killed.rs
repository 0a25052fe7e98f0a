//! `tereze portal` as a process: it is killed in the midst of work, and nothing that it
//! acknowledged is lost or changed.

use std::process::Command;
use std::time::Duration;

use tereze::clock::Clock;
use tereze::domain::Digest;
use tereze::i18n::Lang;
use tereze::portal::{Outcome, Portal as _, Progress};
use tereze::sign::issue::Identity;

use crate::process::{PortalProcess, tereze};
use crate::support::letter::Letter;
use crate::support::{People, World};

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_midst_it_keeps_what_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("portal");
    let mut process = PortalProcess::start(data.clone());
    let joined = process.joined("village").await;
    let settings = std::fs::read_to_string(data.join("kiosk.toml")).unwrap();
    assert!(settings.contains(&format!("url = \"https://{}\"", process.address())), "{settings}");
    let portal = joined.client(process.address(), Clock::system());

    let pem = std::fs::read(process.person()).unwrap();
    let person = Identity::from_pem(&pem).unwrap();
    let forms = World::start(&People::new(true), None).await;
    let new = || {
        let mut letter = Letter::new(&forms, &person, Lang::Kk);
        letter.statement.audience = joined.held.audience();
        letter.seal_key = joined.held.seal_key().unwrap();
        letter.envelope(&person)
    };
    let mut acknowledged: Vec<(Vec<u8>, Vec<u8>)> = vec![];
    for round in 0..4u64 {
        let killer = async {
            tokio::time::sleep(Duration::from_millis(60 + 45 * round)).await;
            process.kill();
        };
        let sender = async {
            let mut got = vec![];
            loop {
                let envelope = new();
                let (id, total) = (Digest::of(&envelope), envelope.len() as u64);
                match portal.put(id, 0, total, envelope.clone()).await {
                    Ok(Progress::Done(Outcome::Receipt(bytes))) => got.push((envelope, bytes)),
                    Err(_) => return got,
                    Ok(other) => panic!("{other:?}"),
                }
            }
        };
        let ((), got) = tokio::join!(killer, sender);
        acknowledged.extend(got);
        process.again();
        process.answers(&portal).await;
        for (envelope, receipt) in &acknowledged {
            let same = portal.progress(Digest::of(envelope), envelope.len() as u64).await.unwrap();
            assert_eq!(same, Progress::Done(Outcome::Receipt(receipt.clone())));
        }
    }
    assert!(!acknowledged.is_empty(), "killed before anything was sent");
    println!("{} receipts over 4 kills", acknowledged.len());
    forms.stop().await;
}

#[test]
fn what_stops_a_start_is_said_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = |command: &mut Command| {
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let data = dir.path().join("a");
    let (code, words) = said(tereze(&data).args(["--practice", "--listen", &address]));
    assert!(code == Some(69) && words.contains("This port is in use"), "{code:?} {words}");
    let (code, words) = said(tereze(&dir.path().join("b")).args(["--listen", "127.0.0.1:0"]));
    assert!(code == Some(78) && words.contains("No citizens’ certification authority"), "{code:?} {words}");
    let (code, words) = said(tereze(&dir.path().join("c")).arg("--enrol"));
    assert!(code == Some(78) && words.contains("Start the portal once first"), "{code:?} {words}");
    std::fs::write(dir.path().join("file"), "x").unwrap();
    let (code, words) =
        said(tereze(&dir.path().join("file/d")).args(["--practice", "--listen", "127.0.0.1:0"]));
    assert!(code == Some(73) && words.contains("cannot be read or written"), "{code:?} {words}");
    let printed = tereze(dir.path()).arg("--openapi").output().unwrap().stdout;
    assert_eq!(String::from_utf8(printed).unwrap(), include_str!("../../openapi.json"));
}
