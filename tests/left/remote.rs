//! The kiosk in a process of its own: this test binary, started again, told what to touch one
//! control at a time, so that no buffer of the test's own ever holds a whole PIN or sentence.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use tereze::app::launch::{Launch, Start, WindowMode};
use tereze::app::session::IdleRule;
use tereze::card::pcsc::Pcsc;
use tereze::card::service::{self, Options};
use tereze::clock::Clock;
use tereze::domain::Digest;
use tereze::env::real::{Portalled, connect, enrol};
use tereze::fault::{Code, Coded as _};
use tereze::files::Sticks;
use tereze::practice::clerk::Pace;
use tereze::print::printer::Printer;
use tereze::screen::world::World;
use tereze::sign::trust::{CITIZEN, Trust};
use tereze::sound::Sound;
use zeroize::Zeroizing;

use crate::hers::{self, Mark};
use crate::support::Kiosk;

pub struct Remote {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    searched: usize,
}

impl Remote {
    /// A kiosk with this printer, enrolled with this code (empty: it is enrolled already) at the portal whose settings lie in `folder`.
    pub fn start(folder: &Path, code: &str, printer: Option<String>) -> Self {
        let printer = printer.map(PathBuf::from);
        let more: Vec<_> = printer.iter().map(|uri| ("TEREZE_LEFT_PRINTER", uri.as_path())).collect();
        Self::start_with(folder, code, &more)
    }

    /// [`Remote::start`], with what else its environment says.
    pub fn start_with(folder: &Path, code: &str, more: &[(&str, &Path)]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "remote::the_kiosk", "--nocapture", "--test-threads=1"]);
        command.env("TEREZE_LEFT_FOLDER", folder).env("TEREZE_LEFT_CODE", code);
        // Whatever it writes without being told where is looked through as well.
        for (name, place) in [("TMPDIR", "tmp"), ("HOME", "home"), ("XDG_STATE_HOME", "home/state")] {
            std::fs::create_dir_all(folder.join(place)).unwrap();
            command.env(name, folder.join(place));
        }
        let log = std::fs::File::options().create(true).append(true).open(folder.join("log")).unwrap();
        command.current_dir(folder.join("tmp")).stderr(log);
        command.envs(more.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let orders = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self { child, orders, answers, searched: 0 }
    }

    #[track_caller]
    pub fn order(&mut self, line: &str) {
        writeln!(self.orders, "{line}").unwrap();
        let mut answer = String::new();
        while self.answers.read_line(&mut answer).unwrap() > 0 {
            if answer.trim_end().ends_with("done") {
                return;
            }
            answer.clear();
        }
        panic!("the kiosk fell over at {line}");
    }

    /// The names of those bytes that stand in its memory now.
    pub fn holds_bytes(&mut self, what: &[(String, Vec<u8>)]) -> Vec<String> {
        hers::bytes_in_memory(self.child.id(), what)
    }

    /// Which of these stand in its memory now.
    pub fn holds(&mut self, marks: &[Mark]) -> Vec<Mark> {
        let (found, searched) = hers::in_memory(self.child.id(), marks);
        self.searched += searched;
        for (mark, place) in &found {
            println!("{mark:?} in {place}");
        }
        found.into_iter().map(|(mark, _)| mark).collect()
    }

    /// Ends it as the system or a fault would, with this signal.
    pub fn signal(&mut self, name: &str) {
        let pid = self.child.id().to_string();
        // Rust's own handler lets the first SIGSEGV pass that no instruction has caused; the second ends it.
        while self.child.try_wait().unwrap().is_none() {
            let _ = Command::new("kill").args([&format!("-{name}"), &pid]).status();
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }

    /// Waits until it has ended by itself.
    pub fn ended(&mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    /// An order that it does not outlive.
    pub fn last_order(&mut self, line: &str) {
        writeln!(self.orders, "{line}").unwrap();
    }

    pub fn searched(&self) -> usize {
        self.searched
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn world(folder: PathBuf, code: Zeroizing<String>) -> Result<World, Code> {
    let settings = std::fs::read_to_string(folder.join("portal/kiosk.toml")).unwrap();
    let named = |name: &str| {
        let line = settings.lines().find(|l| l.starts_with(name)).unwrap();
        line.split('"').nth(1).unwrap().to_owned()
    };
    let mut citizens = Trust::new();
    citizens.load(CITIZEN, &std::fs::read(folder.join("ca.pem")).unwrap()).map_err(|e| e.code())?;
    let root = Digest::parse(&named("root")).unwrap().0;
    let data = folder.join("kiosk");
    let settings = Portalled { url: named("url"), root, data, citizens, keep: Default::default() };
    if !code.is_empty() {
        enrol(&settings, code, "village".into(), Clock::system()).await.map_err(|e| e.code())?;
    }
    let cards = service::start(Arc::new(Pcsc::default()), Clock::system(), Options::default());
    let env = connect(&settings, cards, Clock::system()).await.map_err(|e| e.code())?;
    let operator = env.held.keyset().operator.clone();
    let root: Vec<PathBuf> = std::env::var_os("TEREZE_LEFT_STICKS").map(PathBuf::from).into_iter().collect();
    let sticks = Sticks::under(root, "/proc/self/mountinfo").watch();
    let printer = std::env::var("TEREZE_LEFT_PRINTER").ok().map(|uri| Printer::new(&uri).unwrap());
    Ok(World { env, operator, printer, sticks, sound: Sound::default() })
}

/// The process that [`Remote`] starts; alone it has nothing to do.
#[test]
fn the_kiosk() {
    let Some(folder) = std::env::var_os("TEREZE_LEFT_FOLDER") else { return };
    let (folder, code) = (PathBuf::from(folder), std::env::var("TEREZE_LEFT_CODE").unwrap());
    // As `cli::run` begins.
    tereze::log::hide_panics();
    tereze::log::forbid_core_dumps();
    let boot = Arc::new(move || {
        let made = world(folder.clone(), Zeroizing::new(code.clone()));
        Box::pin(made) as futures::future::BoxFuture<'static, _>
    });
    let mut kiosk = Kiosk::open(Launch {
        window: WindowMode::Fullscreen,
        practice: false,
        idle: IdleRule::default(),
        start: Start::Boot(boot),
        lessons: tereze::cli::lessons::worlds(Clock::system(), Pace::quick(), Sound::default()),
        desk: tereze::practice::desk(Clock::system()),
    });
    kiosk.until("the world", |kiosk| kiosk.app.world().is_some());
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        match line.split_once(' ') {
            Some(("tap", id)) => match id.strip_suffix('*') {
                Some(start) => {
                    let tree = kiosk.tree();
                    let first = tree.nodes.iter().find(|n| n.id.starts_with(start)).unwrap().id.to_string();
                    kiosk.tap(&first);
                }
                None => kiosk.tap(id),
            },
            Some(("until", id)) => kiosk.until_shown(id),
            Some(("picture", file)) => {
                let mut ppm = b"P6 1920 1080 255\n".to_vec();
                ppm.extend(kiosk.picture().chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]));
                std::fs::write(file, ppm).unwrap();
            }
            Some(("says", words)) => kiosk.until(words, |k| k.says(words)),
            // A panic that says her words, on the thread that draws or on another.
            Some(("fall", place)) => {
                let words = kiosk.words();
                let fall = move || assert!(words.is_empty(), "{words}");
                if place == "drawing" {
                    fall();
                }
                assert!(std::thread::spawn(fall).join().is_err());
            }
            _ => {
                if kiosk.app.visit().is_some() {
                    kiosk.until("the reader is empty", |k| {
                        k.tree().find("page.next").is_some_and(|n| !n.state.disabled)
                    });
                    kiosk.tap("page.next");
                }
                assert!(kiosk.app.visit().is_none() && kiosk.has("attract.start.kk"));
            }
        }
        println!("done");
    }
}
