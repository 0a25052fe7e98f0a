//! Start to first painted frame, memory, idle processor time and installed size, beside what else a library could set
//! up: AusweisApp (a desktop program for a state's identity card) and Chromium in kiosk mode on a local page.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::process::Program;
use super::screen::Screen;
use super::table::{Row, median};
use super::window::Window;

const PATIENCE: Duration = Duration::from_secs(60);
/// Quiet, before memory is read and idle time counted.
const SETTLE: Duration = Duration::from_secs(4);
const IDLE: Duration = Duration::from_secs(20);

type Enter = fn(&Screen) -> Result<(), String>;

/// A program that paints a window, started afresh each time.
pub struct Subject {
    name: &'static str,
    pub command: Box<dyn Fn(&str) -> Command>,
    /// From its first picture to the one it is watched on.
    enter: Option<Enter>,
    packages: Vec<String>,
    rounds: usize,
}

struct Seen {
    first_frame: f64,
    resident: f64,
    proportional: f64,
    idle: f64,
}

pub fn rows(tereze: &Path, scratch: &Path) -> Result<Vec<Row>, String> {
    let mut out = vec![];
    let own = seen(&ours(tereze, scratch))?;
    let mut peers = vec![];
    for subject in others(scratch) {
        match seen(&subject) {
            Ok(figures) => peers.push((subject, figures)),
            Err(why) => println!("left out: {}: {why}", subject.name),
        }
    }
    let mut add = |name: &str, unit, bar: Option<f64>, how: &str, of: &dyn Fn(&Seen) -> f64| {
        let mut row = Row::new(name, of(&own), unit).how(how);
        row.bar = bar;
        for (subject, figures) in &peers {
            row = row.peer(subject.name, of(figures));
        }
        out.push(row);
    };
    let frame = "median; from the program's start until an Xvfb screen of 1920×1080 shows content (16 colours), \
                 files in the cache";
    add("start to first painted frame", "ms", Some(120.0), frame, &|s| s.first_frame);
    let rss = "RSS summed over the process tree, 4 s after home, with a visitor's session begun; of the others, after \
               their first page";
    add("resident memory", "MB", Some(80.0), rss, &|s| s.resident);
    add("resident memory, shared pages counted once", "MB", None, "PSS, as above", &|s| s.proportional);
    add("idle processor time", "% of a core", Some(0.3), "as above, over 20 s, whole tree", &|s| s.idle);

    let binary = std::fs::metadata(tereze).map_err(|e| format!("{}: {e}", tereze.display()))?.len();
    let mut size = Row::new("installed size", binary as f64 / 1e6, "MB").bar(25.0).how(
        "the stripped binary, which holds fonts, icons, texts; the others are their own packages alone, without \
              the libraries these need",
    );
    for (subject, _) in &peers {
        size = size.peer(subject.name, installed(&subject.packages));
    }
    out.push(size);
    Ok(out)
}

pub fn ours(tereze: &Path, scratch: &Path) -> Subject {
    let (program, scratch) = (tereze.to_owned(), scratch.to_owned());
    Subject {
        name: "Tereze",
        command: Box::new(move |display| {
            let mut command = Command::new(&program);
            command.args(["kiosk", "--practice", "--windowed", "1920x1080"]).env("DISPLAY", display);
            at_home(&mut command, &scratch);
            command
        }),
        enter: Some(home),
        packages: vec![],
        rounds: 9,
    }
}

/// A visitor's session begins: home, as the application without a window draws it.
fn home(screen: &Screen) -> Result<(), String> {
    let mut window = Window::open()?;
    let at = window.place("attract.start.kk")?;
    screen.wait_for(window.pixels(), "the first screen")?;
    window.tap("attract.start.kk")?;
    screen.click((at.x as usize, at.y as u64))?;
    screen.wait_for(window.pixels(), "home")
}

fn others(scratch: &Path) -> Vec<Subject> {
    let mut found = vec![];
    for (program, package) in [("AusweisApp", "ausweisapp"), ("AusweisApp2", "ausweisapp2")] {
        if let Some(path) = which(program)
            && found.is_empty()
        {
            let scratch = scratch.to_owned();
            found.push(Subject {
                name: "AusweisApp",
                command: Box::new(move |display| {
                    let mut command = Command::new(&path);
                    command.arg("--show").env("DISPLAY", display).env("QT_QPA_PLATFORM", "xcb");
                    at_home(&mut command, &scratch);
                    command
                }),
                enter: None,
                packages: vec![package.to_owned()],
                rounds: 3,
            });
        }
    }
    if let Some(path) = which("chromium") {
        let scratch = scratch.to_owned();
        found.push(Subject {
            name: "Chromium",
            command: Box::new(move |display| {
                let mut command = Command::new(&path);
                command
                    .args(["--kiosk", "--no-first-run", "--no-default-browser-check", "--disable-gpu"])
                    .args(["--window-position=0,0", "--window-size=1920,1080", "--password-store=basic"])
                    .arg(format!("--user-data-dir={}", scratch.join("chromium").display()))
                    // The sandbox refuses to run as root; another user keeps it.
                    .args(is_root().then_some("--no-sandbox"))
                    .arg(format!("file://{}", page(&scratch).display()))
                    .env("DISPLAY", display);
                at_home(&mut command, &scratch);
                command
            }),
            enter: None,
            packages: vec!["chromium".into(), "chromium-common".into()],
            rounds: 3,
        });
    }
    found
}

fn seen(subject: &Subject) -> Result<Seen, String> {
    let mut frames = vec![];
    let mut figures = None;
    // The first round fills the caches and is not counted.
    for round in 0..=subject.rounds {
        let screen = Screen::start()?;
        let since = Instant::now();
        let mut program = Program::start((subject.command)(screen.display()))?;
        let Some(frame) = screen.wait_for_content(since, PATIENCE) else {
            let why = if program.has_ended() { "ended" } else { "ran" };
            return Err(format!("it {why} without painting anything in {} s", PATIENCE.as_secs()));
        };
        if round > 0 {
            frames.push(frame.as_secs_f64() * 1e3);
        }
        if round == subject.rounds {
            if let Some(enter) = subject.enter {
                enter(&screen)?;
            }
            std::thread::sleep(SETTLE);
            let (resident, proportional) = program.memory();
            let idle = program.cpu_over(IDLE);
            if program.has_ended() {
                return Err("it ended while it was watched".into());
            }
            let _ = screen.picture(&Path::new("target").join(format!("bench-{}.png", subject.name)));
            figures = Some((resident as f64 / 1e6, proportional as f64 / 1e6, idle));
        }
    }
    let (resident, proportional, idle) = figures.ok_or("no round was run")?;
    Ok(Seen { first_frame: median(&mut frames), resident, proportional, idle })
}

/// A home of its own, so that nobody's settings are read or changed.
fn at_home(command: &mut Command, scratch: &Path) {
    command.env("HOME", scratch).env("XDG_RUNTIME_DIR", scratch).env_remove("WAYLAND_DISPLAY");
    for name in
        ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "DBUS_SESSION_BUS_ADDRESS"]
    {
        command.env_remove(name);
    }
}

fn page(scratch: &Path) -> PathBuf {
    let path = scratch.join("page.html");
    let buttons = "<button style='font-size:48px;padding:40px;margin:20px'>Бастау · Начать · Start</button>";
    let text = format!("<!doctype html><meta charset=utf-8><title>Kiosk</title><h1>Терезе</h1>{buttons}");
    let _ = std::fs::write(&path, text);
    path
}

fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|p| p.is_file())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout == b"0\n")
}

/// In MB, as dpkg says.
fn installed(packages: &[String]) -> f64 {
    let out = Command::new("dpkg-query").args(["-W", "-f", "${Installed-Size}\n"]).args(packages).output();
    let text = out.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    text.lines().filter_map(|l| l.trim().parse::<f64>().ok()).sum::<f64>() * 1024.0 / 1e6
}
