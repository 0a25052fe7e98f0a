//! `tereze portal` as a process: it is killed in the midst of work, and nothing that it
//! acknowledged is lost or changed.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tereze::clock::Clock;
use tereze::domain::Digest;
use tereze::i18n::Lang;
use tereze::portal::client::HttpPortal;
use tereze::portal::held::Held;
use tereze::portal::{Outcome, Portal as _, Progress};
use tereze::sign::issue::Identity;
use zeroize::Zeroizing;

use crate::support::letter::Letter;
use crate::support::{People, World};

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn tereze(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tereze"));
    command.args(["portal", "--lang", "en", "--data"]).arg(data);
    command
}

fn start(data: &Path, address: &str) -> Killed {
    let mut command = tereze(data);
    command.args(["--practice", "--listen", address]).stdout(Stdio::null()).stderr(Stdio::null());
    Killed(command.spawn().unwrap())
}

async fn until<T, F: Future<Output = Option<T>>>(mut look: impl FnMut() -> F) -> T {
    for _ in 0..600 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not within half a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_midst_it_keeps_what_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("portal");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let address = free.to_string();
    let base = format!("https://{address}");
    let clock = Clock::system();

    let mut process = start(&data, &address);
    let keyset = until(|| async { HttpPortal::first_keyset(&base, &clock).await.ok() }).await;
    let settings = until(|| async { std::fs::read_to_string(data.join("kiosk.toml")).ok() }).await;
    assert!(settings.contains(&format!("url = \"{base}\"")), "{settings}");
    let root = settings.lines().find_map(|l| l.strip_prefix("root = \"")?.strip_suffix('"')).unwrap();
    let held = Held::new(Digest::parse(root).unwrap().0, &keyset, clock.clone()).unwrap();
    let portal = HttpPortal::new(&base, held.clone(), clock.clone()).unwrap();
    let said = tereze(&data).arg("--enrol").output().unwrap();
    assert!(said.status.success());
    let said = String::from_utf8(said.stdout).unwrap();
    let code = said.lines().find_map(|l| l.split("code: ").nth(1)).expect(&said);
    portal.enrol(Zeroizing::new(code.to_owned()), "village".into()).await.unwrap();

    let pem = std::fs::read(data.join("people/1.pem")).unwrap();
    let person = Identity::from_pem(&pem).unwrap();
    let forms = World::start(&People::new(true), None).await;
    let new = || {
        let mut letter = Letter::new(&forms, &person, Lang::Kk);
        letter.statement.audience = held.audience();
        letter.seal_key = held.seal_key().unwrap();
        letter.envelope(&person)
    };
    let mut acknowledged: Vec<(Vec<u8>, Vec<u8>)> = vec![];
    for round in 0..4u64 {
        let killer = async {
            tokio::time::sleep(Duration::from_millis(60 + 45 * round)).await;
            process.0.kill().unwrap();
            process.0.wait().unwrap();
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
        process = start(&data, &address);
        until(|| async { portal.about().await.ok() }).await;
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
