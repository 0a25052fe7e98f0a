//! Calls that are heard: a player program of our own stands in for the machine's, and keeps what it
//! was given.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use tereze::app::Message;
use tereze::app::session::IdleRule;
use tereze::i18n::Lang;
use tereze::screen::world::Things;
use tereze::sound::{Sound, Tune};

use crate::receipt::to_the_receipt;
use crate::support::Kiosk;
use crate::visit::{begin_at, launch_with, things};

/// Keeps the file it is named under the number of its process, and plays until it is stopped.
const SCRIPT: &str = "#!/bin/sh\ncd \"$(dirname \"$0\")\" || exit 1\n\
    cat \"$1\" > \"kept.$$\" && mv \"kept.$$\" \"played.$$\"\nexec sleep LENGTH\n";

struct Player {
    dir: tempfile::TempDir,
}

impl Player {
    /// `length`: seconds that it plays.
    fn new(length: &str) -> Self {
        let player = Self { dir: tempfile::tempdir().unwrap() };
        let program = player.program();
        std::fs::write(&program, SCRIPT.replace("LENGTH", length)).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        player
    }

    fn program(&self) -> PathBuf {
        self.dir.path().join("paplay")
    }

    fn things(&self) -> Things {
        let sound = Sound::by(self.program().to_str().unwrap()).pausing(Duration::from_millis(50));
        Things { sound, ..things() }
    }

    /// The processes that played, and what each was given.
    fn played(&self) -> Vec<(u32, Vec<u8>)> {
        let files = std::fs::read_dir(self.dir.path()).unwrap().map(|e| e.unwrap().path());
        files
            .filter_map(|path| {
                let process = path.file_name()?.to_str()?.strip_prefix("played.")?.parse().ok()?;
                Some((process, std::fs::read(path).unwrap()))
            })
            .collect()
    }

    fn is_heard(&self) -> bool {
        self.played().iter().any(|(process, _)| PathBuf::from(format!("/proc/{process}")).exists())
    }
}

fn eventually(what: &str, good: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !good() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn silent_for_good(player: &Player) {
    eventually("the player is stopped", || !player.is_heard());
    let count = player.played().len();
    std::thread::sleep(Duration::from_millis(400));
    assert_eq!((player.played().len(), player.is_heard()), (count, false), "and none begins again");
}

#[test]
fn calling_the_librarian_is_heard_once_and_ends_with_the_call() {
    let player = Player::new("600");
    let mut kiosk = begin_at(launch_with(player.things()), Lang::Kk);
    assert!(player.played().is_empty());
    kiosk.tap("bar.call");
    eventually("it is played", || player.is_heard());
    assert_eq!(player.played()[0].1, Tune::Call.wav());
    kiosk.tap("call.back");
    silent_for_good(&player);
    assert_eq!(player.played().len(), 1);
}

#[test]
fn a_call_before_anything_is_begun_is_heard_too_and_is_not_repeated() {
    let player = Player::new("0.1");
    let mut kiosk = Kiosk::open(launch_with(player.things()));
    kiosk.until("the world is made", |k| k.app.world().is_some());
    kiosk.tap("bar.call");
    eventually("it is played", || player.played().len() == 1);
    silent_for_good(&player);
    assert!(kiosk.has("call.back") && player.played().len() == 1);
}

#[test]
fn what_is_left_behind_is_called_for_until_it_is_taken() {
    let player = Player::new("0.05");
    let mut kiosk = to_the_receipt(Lang::Ru, player.things());
    assert!(player.played().is_empty());
    kiosk.tap("page.next");
    eventually("again and again", || player.played().len() >= 3);
    assert!(player.played().iter().all(|(_, wav)| *wav == Tune::Take.wav()));
    kiosk.tap("take.practice-card");
    kiosk.until("the reader is empty", |k| k.tree().find("page.next").is_some_and(|n| !n.state.disabled));
    silent_for_good(&player);
}

#[test]
fn the_sound_ends_with_the_session() {
    let player = Player::new("600");
    let mut kiosk = to_the_receipt(Lang::En, player.things());
    kiosk.tap("page.next");
    eventually("it is played", || player.is_heard());
    // The card stays, and so would she have to: her silence ends it.
    let now = Instant::now() + IdleRule::default().limit + Duration::from_secs(1);
    kiosk.update(Message::Tick(now));
    assert!(kiosk.app.visit().is_none());
    silent_for_good(&player);
}

#[test]
fn leaving_with_nothing_left_is_silent() {
    let player = Player::new("600");
    let mut kiosk = begin_at(launch_with(player.things()), Lang::Kk);
    kiosk.tap("bar.leave");
    assert!(kiosk.app.visit().is_none() && player.played().is_empty());
}

/// Runs the test `name` again as a program of its own, with this PATH.
fn alone(name: &str, path: &std::path::Path) -> Option<String> {
    if std::env::var_os("TEREZE_SOUND_ALONE").is_some() {
        return None;
    }
    let out = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env("TEREZE_SOUND_ALONE", path)
        .env("PATH", path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{said}");
    Some(said)
}

#[test]
fn the_machine_s_own_player_is_found() {
    let player = Player::new("0.1");
    // Its own tools by their whole path: nothing but the player is on the PATH.
    let script = std::fs::read_to_string(player.program()).unwrap();
    let script = ["dirname", "cat", "mv", "sleep"]
        .iter()
        .fold(script, |s, tool| s.replace(&format!("{tool} "), &format!("/usr/bin/{tool} ")));
    std::fs::write(player.program(), script).unwrap();
    if alone("sounds::the_machine_s_own_player_is_found", player.dir.path()).is_some() {
        eventually("it was played", || player.played().iter().any(|(_, wav)| *wav == Tune::Call.wav()));
        return;
    }
    let playing = Sound::of_the_machine().once(Tune::Call);
    // The one on the PATH is the outer run's.
    let outer = PathBuf::from(std::env::var_os("TEREZE_SOUND_ALONE").unwrap());
    eventually("it plays", || {
        std::fs::read_dir(&outer)
            .unwrap()
            .any(|e| e.unwrap().file_name().to_string_lossy().starts_with("played."))
    });
    drop(playing);
}

#[test]
fn without_a_player_it_is_silent_and_the_log_says_so_once() {
    let empty = tempfile::tempdir().unwrap();
    if let Some(said) = alone("sounds::without_a_player_it_is_silent_and_the_log_says_so_once", empty.path())
    {
        assert_eq!(said.matches("\"event\":\"no-sound\"").count(), 1, "{said}");
        return;
    }
    tereze::log::start(tereze::clock::Clock::system());
    let sound = Sound::of_the_machine();
    let mut kiosk = begin_at(launch_with(Things { sound: sound.clone(), ..things() }), Lang::Kk);
    for _ in 0..3 {
        kiosk.tap("bar.call");
        std::thread::sleep(Duration::from_millis(100));
        kiosk.tap("call.back");
    }
    drop(sound.repeat(Tune::Take));
}
