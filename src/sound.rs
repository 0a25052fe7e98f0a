//! Sounds that call people: the librarian, or a visitor back to her card. A tune is made here as WAV
//! and played by a program of the machine, so that no sound library and no device is ours to hold.
//! Without such a program the kiosk is silent, and says so in the log once.

mod tune;

use std::io::{Seek as _, SeekFrom, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use crate::log::{self, Event};

pub use tune::Tune;

/// What plays a WAV file that it is named, as sound servers and ALSA bring it: the first that is there.
const PLAYERS: [&str; 3] = ["pw-play", "paplay", "aplay"];
/// The tune, as a file that the player opens: held in memory, never on a disk.
const FILE: &str = "/dev/stdin";
/// Between two tunes.
const PAUSE: Duration = Duration::from_secs(4);
/// How often a player that runs is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// A player that takes longer hangs: its device is away.
const LONGEST: u32 = 300;

/// How this kiosk makes itself heard. Cheap to clone.
#[derive(Clone)]
pub struct Sound(Arc<Inner>);

struct Inner {
    players: Vec<String>,
    pause: Duration,
    missed: AtomicBool,
}

impl Default for Sound {
    /// Off.
    fn default() -> Self {
        Self::with(Vec::new())
    }
}

impl Sound {
    /// Whatever player of the machine is found.
    pub fn of_the_machine() -> Self {
        Self::with(PLAYERS.map(str::to_owned).into())
    }

    /// This program, by its name on the PATH or its whole path; it is called with a WAV file.
    pub fn by(program: &str) -> Self {
        Self::with(vec![program.to_owned()])
    }

    fn with(players: Vec<String>) -> Self {
        Self(Arc::new(Inner { players, pause: PAUSE, missed: AtomicBool::new(false) }))
    }

    /// Another time between two tunes; four seconds at first.
    pub fn pausing(self, pause: Duration) -> Self {
        let Inner { players, .. } = &*self.0;
        Self(Arc::new(Inner { players: players.clone(), pause, missed: AtomicBool::new(false) }))
    }

    /// Plays it once. Nothing waits for it.
    pub fn once(&self, tune: Tune) -> Playing {
        self.start(tune, false)
    }

    /// Plays it again and again, until what is returned is dropped.
    pub fn repeat(&self, tune: Tune) -> Playing {
        self.start(tune, true)
    }

    fn start(&self, tune: Tune, again: bool) -> Playing {
        let (stop, stopped) = channel();
        if !self.0.players.is_empty() {
            let inner = self.0.clone();
            // A thread of its own for each: there is one at a time, and it mostly sleeps.
            let thread = std::thread::Builder::new().name("sound".into());
            let _ = thread.spawn(move || inner.play(tune, again, &stopped));
        }
        Playing { _stop: stop }
    }
}

/// A tune under way. Dropping it stops the sound at once.
#[must_use = "the sound stops when this is dropped"]
pub struct Playing {
    _stop: Sender<()>,
}

impl Inner {
    fn play(&self, tune: Tune, again: bool, stopped: &Receiver<()>) {
        loop {
            let Some(mut player) = self.begin(tune) else {
                if !self.missed.swap(true, Ordering::Relaxed) {
                    log::event(Event::NoSound);
                }
                return;
            };
            let went_on = follow(&mut player, stopped);
            // One that has ended by itself only leaves its number.
            let _ = player.kill();
            let _ = player.wait();
            if !went_on || !again || is_over(stopped, self.pause) {
                return;
            }
        }
    }

    /// The first player that can be started.
    fn begin(&self, tune: Tune) -> Option<Child> {
        self.players.iter().find_map(|program| {
            Command::new(program)
                .arg(FILE)
                .stdin(in_memory(&tune.wav()).ok()?)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .ok()
        })
    }
}

/// Waits for the player's end; `false`: it must stop before.
fn follow(player: &mut Child, stopped: &Receiver<()>) -> bool {
    for _ in 0..LONGEST {
        if !matches!(player.try_wait(), Ok(None)) {
            return true;
        }
        if is_over(stopped, LOOK) {
            return false;
        }
    }
    true
}

/// Waits this long; whether the sound was stopped meanwhile.
fn is_over(stopped: &Receiver<()>, wait: Duration) -> bool {
    stopped.recv_timeout(wait) != Err(RecvTimeoutError::Timeout)
}

fn in_memory(bytes: &[u8]) -> std::io::Result<Stdio> {
    let file = rustix::fs::memfd_create("tune", rustix::fs::MemfdFlags::CLOEXEC)?;
    let mut file = std::fs::File::from(file);
    file.write_all(bytes)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file.into())
}
