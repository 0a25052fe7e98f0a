//! From a tap to its painted frame: a letter typed key by key, and from page to page. The same taps twice: through the
//! application without a window ([`super::window`]), and through the program on a drawn screen, where every picture of
//! the one has to become the picture of the other.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use iced::Point;
use tereze::ui::semantic::Role;

use super::process::Program;
use super::screen::{Screen, WIDTH};
use super::start;
use super::table::{Row, median, percentile};
use super::window::{Frame, Window};

const TEXT: &str = include_str!("letter-kk.txt");
/// A frame of sixty a second: what we may take of it. What display server and measuring take beside that is shown, not
/// judged.
const BAR: f64 = 16.0;
/// Keys typed, and walks over all pages: without a window, and on the screen, where a tap takes a tenth of a second.
const MANY: (usize, usize) = (1000, 10);
const FEW: (usize, usize) = (300, 8);
/// No form has more pages.
const PAGES: usize = 40;
/// A finger stays down, and the next one comes.
const DOWN: Duration = Duration::from_millis(50);
/// For a change of the screen; what stays away is said by its picture.
const PATIENCE: Duration = Duration::from_secs(5);

const TYPING: &str = "typed key to painted frame, p99";
const TURNING: &str = "tap to the next page's painted frame, p99";

/// Without a window.
pub fn rows(_: &Path, _: &Path) -> Result<Vec<Row>, String> {
    let mut hand = Alone { window: Window::open()?, frames: vec![] };
    let figures = letter(&mut hand, MANY)?;
    let part = |of: fn(&Frame) -> Duration| {
        median(&mut hand.frames.iter().map(|f| of(f).as_secs_f64() * 1e3).collect::<Vec<_>>())
    };
    let (update, layout, paint) = (part(|f| f.update), part(|f| f.layout), part(|f| f.paint));
    let how = format!(
        "the application's own update, view, layout and drawing, painted by damage as the window is; 1920×1080, the \
         processor alone. Over all taps, medians: update {update:.1}, view and layout {layout:.1}, draw and paint \
         {paint:.1} ms"
    );
    Ok(figures.rows("", &how).into_iter().map(|row| row.bar(BAR)).collect())
}

/// Of the program on the screen.
pub fn screen(tereze: &Path, scratch: &Path) -> Result<Vec<Row>, String> {
    let screen = Screen::start()?;
    let program = Program::start((start::ours(tereze, scratch).command)(screen.display()))?;
    let finger = Finger::new(screen.display())?;
    let mut hand = Both { window: Window::open()?, screen, finger, _program: program };
    hand.screen.wait_for(hand.window.pixels(), "the first screen")?;
    let figures = letter(&mut hand, FEW)?;
    let how = "from handing the finger's lifting to xdotool (XTEST) until the changed pixels stand in Xvfb's memory: \
               X server, event loop, application, drawing and showing";
    Ok(figures.rows("on a screen: ", how))
}

/// In milliseconds.
#[derive(Default)]
struct Figures {
    keys: Vec<f64>,
    pages: Vec<f64>,
}

impl Figures {
    fn rows(mut self, before: &str, how: &str) -> Vec<Row> {
        let row = |name: &str, what: &str, figures: &mut Vec<f64>| {
            let (p50, p99, worst) = (median(figures), percentile(figures, 0.99), percentile(figures, 1.0));
            let how = format!("median {p50:.1}, worst {worst:.1} of {} {what}; {how}", figures.len());
            Row::new(format!("{before}{name}"), p99, "ms").how(how)
        };
        let keys = row(TYPING, "keys of a letter", &mut self.keys);
        let pages = row(TURNING, "pages of it, forth and back", &mut self.pages);
        vec![keys, pages]
    }
}

trait Hand {
    fn window(&mut self) -> &mut Window;
    /// Milliseconds from the lifted finger to what it changed; `None` where it changed nothing.
    fn tap(&mut self, id: &str) -> Result<Option<f64>, String>;
}

struct Alone {
    window: Window,
    frames: Vec<Frame>,
}

impl Hand for Alone {
    fn window(&mut self) -> &mut Window {
        &mut self.window
    }

    fn tap(&mut self, id: &str) -> Result<Option<f64>, String> {
        let frame = self.window.tap(id)?;
        self.frames.push(frame);
        Ok(Some(frame.whole().as_secs_f64() * 1e3))
    }
}

/// From the first touch to the letter's text, types it, and walks over the pages.
fn letter(hand: &mut impl Hand, (keys, walks): (usize, usize)) -> Result<Figures, String> {
    let mut figures = Figures::default();
    hand.tap("attract.start.kk")?;
    hand.tap("home.letter")?;
    let mut pages = 0;
    while hand.window().find("letter.text").is_none() {
        if let Some(answer) = first_answer(hand.window()) {
            hand.tap(&answer)?;
        }
        hand.tap("page.next")?;
        pages += 1;
        if pages > PAGES {
            return Err(
                "the letter's form has no text, or a page of it wants more than a first answer".into()
            );
        }
    }
    let mut typed = 0;
    while typed < keys {
        for letter in TEXT.trim().chars() {
            let id = match letter {
                ' ' => "key.space".to_owned(),
                letter => format!("key.{}", letter.to_lowercase()),
            };
            // Signs stand on another face of the keyboard.
            if typed == keys || hand.window().find(&id).is_none() {
                continue;
            }
            figures.keys.extend(hand.tap(&id)?);
            typed += 1;
        }
    }
    for _ in 0..walks {
        for way in ["page.back", "page.next"] {
            for _ in 0..pages {
                figures.pages.extend(hand.tap(way)?);
            }
        }
        if hand.window().find("letter.text").is_none() {
            return Err("back and forth does not lead to the letter's text again".into());
        }
    }
    Ok(figures)
}

/// The first answer of a page whose question has none yet.
fn first_answer(window: &mut Window) -> Option<String> {
    let tree = window.tree();
    let mut answers =
        tree.nodes.iter().filter(|n| n.role == Role::RadioButton && n.id.starts_with("letter."));
    if answers.clone().any(|n| n.state.checked == Some(true)) {
        return None;
    }
    answers.find(|n| !n.state.disabled).map(|n| n.id.to_string())
}

/// Works the pointer of a display without a process for each of its movements.
struct Finger(Child);

impl Finger {
    fn new(display: &str) -> Result<Self, String> {
        let mut command = Command::new("xdotool");
        command.arg("-").env("DISPLAY", display).stdin(Stdio::piped()).stdout(Stdio::null());
        command.spawn().map(Self).map_err(|e| format!("xdotool: {e}"))
    }

    fn does(&mut self, what: &str) -> Result<(), String> {
        let to = self.0.stdin.as_mut().ok_or("xdotool listens to nobody")?;
        writeln!(to, "{what}").and_then(|()| to.flush()).map_err(|e| format!("xdotool: {e}"))
    }
}

impl Drop for Finger {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Both {
    window: Window,
    finger: Finger,
    _program: Program,
    screen: Screen,
}

impl Hand for Both {
    fn window(&mut self) -> &mut Window {
        &mut self.window
    }

    fn tap(&mut self, id: &str) -> Result<Option<f64>, String> {
        let Point { x, y } = self.window.place(id)?;
        self.window.press(Point::new(x.round(), y.round()));
        self.finger.does(&format!("mousemove {} {}", x.round(), y.round()))?;
        self.finger.does("mousedown 1")?;
        std::thread::sleep(DOWN);
        self.screen.wait_for(self.window.pixels(), &format!("{id} pressed"))?;
        let before = self.window.pixels().to_vec();
        self.window.release();
        let after = self.window.pixels();
        // The last line that changes: when it stands there, all of it does.
        let lines = before.chunks_exact(WIDTH * 4).zip(after.chunks_exact(WIDTH * 4));
        let Some((y, (_, line))) = lines.enumerate().rfind(|(_, (a, b))| a != b) else {
            self.finger.does("mouseup 1")?;
            return Ok(None);
        };
        let begun = Instant::now();
        self.finger.does("mouseup 1")?;
        while !self.screen.line_is(y, line) {
            if begun.elapsed() > PATIENCE {
                break;
            }
            std::thread::sleep(Duration::from_micros(100));
        }
        let took = begun.elapsed();
        self.screen.wait_for(self.window.pixels(), &format!("{id} tapped"))?;
        std::thread::sleep(DOWN);
        Ok(Some(took.as_secs_f64() * 1e3))
    }
}
