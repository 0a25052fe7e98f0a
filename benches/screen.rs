//! A drawn screen (Xvfb) whose pixels are read from its own memory file, so that watching it costs the watched nothing.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub const WIDTH: usize = 1920;
pub const HEIGHT: usize = 1080;
/// Several may stand at once, each with a folder of its own.
static NUMBER: AtomicU32 = AtomicU32::new(0);
/// For a picture that has to come.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Screen {
    server: Child,
    folder: PathBuf,
    memory: File,
    /// Where the pixels begin, and the bytes of one line.
    offset: u64,
    pitch: u64,
    display: String,
}

impl Screen {
    pub fn start() -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!(
            "tereze-screen-{}-{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        ));
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", &format!("{WIDTH}x{HEIGHT}x24"), "-noreset", "-br"])
            // The server would draw its pointer into the picture.
            .arg("-nocursor")
            .args(["-nolisten", "tcp", "-fbdir"])
            .arg(&folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("Xvfb: {e}"))?;
        let mut server = server;
        let mut number = String::new();
        let out = server.stdout.take().ok_or("Xvfb: no output")?;
        std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut number)
            .map_err(|e| format!("Xvfb: {e}"))?;
        let memory =
            File::open(folder.join("Xvfb_screen0")).map_err(|e| format!("the screen's memory: {e}"))?;
        // XWD: big-endian words; 0 header size, 12 bytes per line, 19 colours of 12 bytes each before the pixels.
        let mut header = [0; 100];
        memory.read_exact_at(&mut header, 0).map_err(|e| format!("the screen's memory: {e}"))?;
        let word = |at: usize| {
            u64::from(u32::from_be_bytes([
                header[at * 4],
                header[at * 4 + 1],
                header[at * 4 + 2],
                header[at * 4 + 3],
            ]))
        };
        Ok(Self {
            offset: word(0) + word(19) * 12,
            pitch: word(12),
            display: format!(":{}", number.trim()),
            server,
            folder,
            memory,
        })
    }

    pub fn display(&self) -> &str {
        &self.display
    }

    /// How many colours every eighth line shows, counted up to 64.
    pub fn colours(&self) -> usize {
        let mut line = vec![0; WIDTH * 4];
        let mut seen: Vec<[u8; 3]> = vec![];
        for y in (0..HEIGHT as u64).step_by(8) {
            if self.memory.read_exact_at(&mut line, self.offset + y * self.pitch).is_err() {
                return 0;
            }
            let mut last = None;
            for pixel in line.chunks_exact(4) {
                let colour = [pixel[0], pixel[1], pixel[2]];
                if last != Some(colour) && !seen.contains(&colour) {
                    seen.push(colour);
                    if seen.len() >= 64 {
                        return seen.len();
                    }
                }
                last = Some(colour);
            }
        }
        seen.len()
    }

    /// Does this line of the picture (blue, green, red and a byte for nothing) stand on the screen?
    pub fn line_is(&self, y: usize, line: &[u8]) -> bool {
        let mut seen = vec![0; WIDTH * 4];
        let read = self.memory.read_exact_at(&mut seen, self.offset + y as u64 * self.pitch);
        read.is_ok() && seen.chunks_exact(4).zip(line.chunks_exact(4)).all(|(a, b)| a[..3] == b[..3])
    }

    /// Blue, green, red and a byte for nothing, line by line. The tests of the window use it.
    #[allow(dead_code)]
    pub fn pixels(&self) -> Vec<u8> {
        let mut all = vec![0; WIDTH * 4 * HEIGHT];
        for (y, line) in all.chunks_exact_mut(WIDTH * 4).enumerate() {
            if self.memory.read_exact_at(line, self.offset + y as u64 * self.pitch).is_err() {
                return vec![];
            }
        }
        all
    }

    /// Is it this picture, whole?
    pub fn shows(&self, picture: &[u8]) -> bool {
        picture.chunks_exact(WIDTH * 4).enumerate().all(|(y, line)| self.line_is(y, line))
    }

    /// Waits until it is this picture.
    pub fn wait_for(&self, picture: &[u8], what: &str) -> Result<(), String> {
        let begun = Instant::now();
        while !self.shows(picture) {
            if begun.elapsed() > PATIENCE {
                let file = std::path::Path::new("target/bench-differs.png");
                let _ = self.picture(file);
                return Err(format!("the screen does not show {what}: see {}", file.display()));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }

    /// Waits until the screen shows content: text has dozens of shades, an empty window has one.
    pub fn wait_for_content(&self, since: Instant, most: Duration) -> Option<Duration> {
        while since.elapsed() < most {
            if self.colours() >= 16 {
                return Some(since.elapsed());
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        None
    }

    pub fn click(&self, (x, y): (usize, u64)) -> Result<(), String> {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"])
    }

    pub fn xdotool(&self, args: &[&str]) -> Result<(), String> {
        let done = Command::new("xdotool").args(args).env("DISPLAY", &self.display).status();
        match done {
            Ok(status) if status.success() => Ok(()),
            other => Err(format!("xdotool {args:?}: {other:?}")),
        }
    }

    /// A picture of the screen, for a person to look at.
    pub fn picture(&self, to: &std::path::Path) -> Result<(), String> {
        let done =
            Command::new("import").args(["-display", &self.display, "-window", "root"]).arg(to).status();
        if done.is_ok_and(|s| s.success()) { Ok(()) } else { Err("import failed".into()) }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
