//! `tereze portal` is killed again and again while it tells visitors: each is told, and told once.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tereze::i18n::Lang;
use tereze::portal::Portal as _;

use super::told::{Sent, phone};
use crate::support::gateway::{Mood, Receiver, SECRET};
use crate::support::{People, World};

const LETTERS: usize = 40;

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(data: &Path, secret: &Path, receiver: &Receiver, log: &Path) -> Killed {
    let log = File::options().create(true).append(true).open(log).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tereze"));
    command.args(["portal", "--practice", "--lang", "en", "--listen", "127.0.0.1:0", "--data"]).arg(data);
    command.args(["--sms", &receiver.url(), "--sms-secret"]).arg(secret);
    Killed(command.stdout(Stdio::null()).stderr(log).spawn().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_tells_everybody_is_told_once() {
    let people = People::new(true);
    let dir = tempfile::tempdir().unwrap();
    let (data, log, secret) = (dir.path().join("data"), dir.path().join("log"), dir.path().join("secret"));
    std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
    let receiver = Receiver::start(Mood::Says("503 Service Unavailable")).await;

    // Letters that are answered while the gateway is down.
    let world = World::start(&people, Some(&data)).await;
    world.app.alerts.through(receiver.client());
    let number = |n: usize| format!("+7701{:07}", 1_000_000 + n);
    for n in 0..LETTERS {
        let sent = Sent::by(&world, &people, Lang::Kk).await;
        world.portal.tell(sent.lookup(), sent.key(), Some(phone(&number(n)))).await.unwrap();
        sent.answer(&world).await;
    }
    world.stop().await;
    assert!(receiver.taken().is_empty());

    receiver.set(Mood::Takes(8));
    let mut kills = 0;
    while receiver.sent().len() < LETTERS {
        let portal = start(&data, &secret, &receiver, &log);
        // From the first text of this run on, at another moment each time.
        let (before, spread) = (receiver.taken().len(), 3 + (kills * 17) % 60);
        for _ in 0..1_000 {
            if receiver.taken().len() > before {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(spread)).await;
        drop(portal);
        kills += 1;
        assert!(kills < 200, "{} of {LETTERS} were told", receiver.sent().len());
    }
    // One more run finds nothing left to tell.
    let told = receiver.taken().len();
    let portal = start(&data, &secret, &receiver, &log);
    tokio::time::sleep(Duration::from_secs(2)).await;
    drop(portal);
    let repeats = receiver.taken().len() - receiver.sent().len();
    println!("{LETTERS} told over {kills} kills, {repeats} given to the gateway twice under one id");
    assert!(receiver.taken().len() <= told + 1);
    let mut numbers: Vec<String> = receiver.sent().into_iter().map(|t| t.to).collect();
    numbers.sort();
    assert_eq!(numbers, (0..LETTERS).map(number).collect::<Vec<_>>());
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(log.contains("\"event\":\"started\""), "{log}");
    assert!(!log.contains("7701") && !log.contains(SECRET), "{log}");
}
