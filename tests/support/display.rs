//! The real program in a real window on a display of its own, and another client of that display beside it: keys, touches
//! and messages as the X server hands them over.

use std::borrow::Cow;
use std::io::IoSlice;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, EventMask,
    InputFocus, MapState, PropMode, SelectionNotifyEvent, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::screen::{HEIGHT, Screen, WIDTH};

const PATIENCE: Duration = Duration::from_secs(60);

pub struct Display {
    pub screen: Screen,
    pub kiosk: Child,
    pub window: Window,
    x: RustConnection,
    root: Window,
    own: Window,
    /// The XTEST extension's number: it gives keys and touches as hardware does.
    fake: u8,
    folder: tempfile::TempDir,
}

pub const KEY_DOWN: u8 = 2;
pub const KEY_UP: u8 = 3;
pub const BUTTON_DOWN: u8 = 4;
pub const BUTTON_UP: u8 = 5;
const MOTION: u8 = 6;

impl Display {
    /// Starts the program with these arguments and waits until its window has painted something.
    pub fn open(arguments: &[&str]) -> Self {
        let screen = Screen::start().expect("Xvfb");
        let folder = tempfile::tempdir().unwrap();
        let kiosk = Command::new(env!("CARGO_BIN_EXE_tereze"))
            .args(arguments)
            .env("DISPLAY", screen.display())
            .env_remove("WAYLAND_DISPLAY")
            .env("HOME", folder.path())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stderr(std::fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let (x, n) = RustConnection::connect(Some(screen.display())).expect("a connection to the display");
        let root = x.setup().roots[n].root;
        let fake = x.query_extension(b"XTEST").unwrap().reply().unwrap();
        assert!(fake.present);
        let own = x.generate_id().unwrap();
        let aux = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        x.create_window(0, own, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &aux).unwrap();
        let fake = fake.major_opcode;
        let mut display = Self { screen, kiosk, window: 0, x, root, own, fake, folder };
        let end = Instant::now() + PATIENCE;
        while display.window == 0 {
            assert!(Instant::now() < end, "no window");
            display.window = display.windows().first().copied().unwrap_or_default();
            std::thread::sleep(Duration::from_millis(50));
        }
        // No window manager makes a window as large as the screen here.
        display.resize(WIDTH as u32, HEIGHT as u32);
        x_focus(&display.x, display.window);
        assert!(display.screen.wait_for_content(Instant::now(), PATIENCE).is_some(), "nothing painted");
        display.settle();
        display
    }

    /// Windows that are on the screen, but for the test's own.
    pub fn windows(&self) -> Vec<Window> {
        let children = self.x.query_tree(self.root).unwrap().reply().unwrap().children;
        let seen = |w: &Window| {
            let shown = self.x.get_window_attributes(*w).unwrap().reply();
            shown.is_ok_and(|a| a.map_state == MapState::VIEWABLE)
        };
        children.into_iter().filter(|w| *w != self.own && seen(w)).collect()
    }

    pub fn resize(&self, width: u32, height: u32) {
        let to = ConfigureWindowAux::new().x(0).y(0).width(width).height(height);
        self.x.configure_window(self.window, &to).unwrap();
        self.x.sync().unwrap();
    }

    fn fake(&self, kind: u8, detail: u8, (x, y): (i16, i16)) {
        // XTEST FakeInput: kind, detail, time, root, place.
        let mut request = vec![self.fake, 2, 9, 0, kind, detail, 0, 0];
        request.extend([0; 4]);
        request.extend(self.root.to_ne_bytes());
        request.extend([0; 8]);
        request.extend(x.to_ne_bytes());
        request.extend(y.to_ne_bytes());
        request.extend([0; 8]);
        let length = (request.len() / 4) as u16;
        request[2..4].copy_from_slice(&length.to_ne_bytes());
        let _ = self.x.send_request_without_reply(&[IoSlice::new(&request)], vec![]).unwrap();
    }

    pub fn flush(&self) {
        self.x.flush().unwrap();
    }

    pub fn event(&self, kind: u8, detail: u8) {
        self.fake(kind, detail, (0, 0));
    }

    pub fn point(&self, x: f32, y: f32) {
        self.fake(MOTION, 0, (x as i16, y as i16));
    }

    /// Keys pressed in this order, and let go in the other.
    pub fn chord(&self, codes: &[u8]) {
        codes.iter().for_each(|code| self.event(KEY_DOWN, *code));
        codes.iter().rev().for_each(|code| self.event(KEY_UP, *code));
        self.flush();
    }

    pub fn click(&self, x: f32, y: f32, button: u8) {
        self.point(x, y);
        self.event(BUTTON_DOWN, button);
        self.event(BUTTON_UP, button);
        self.flush();
    }

    /// Waits until the picture stands still.
    pub fn settle(&self) -> Vec<u8> {
        let end = Instant::now() + PATIENCE;
        let mut last = self.screen.pixels();
        loop {
            std::thread::sleep(Duration::from_millis(400));
            let now = self.screen.pixels();
            if now == last || Instant::now() > end {
                return now;
            }
            last = now;
        }
    }

    fn atom(&self, name: &str) -> Atom {
        self.x.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    fn tell(&self, name: &str, data: [u32; 5]) {
        let message = ClientMessageEvent::new(32, self.window, self.atom(name), data);
        self.x.send_event(false, self.window, EventMask::NO_EVENT, message).unwrap();
        self.x.sync().unwrap();
    }

    /// What a window manager's cross sends.
    pub fn close(&self) {
        self.tell("WM_PROTOCOLS", [self.atom("WM_DELETE_WINDOW"), 0, 0, 0, 0]);
    }

    pub fn focus_away_and_back(&self) {
        x_focus(&self.x, self.root);
        std::thread::sleep(Duration::from_millis(100));
        x_focus(&self.x, self.window);
    }

    /// Offers text to be pasted; whether anybody asked for it says [`Display::asked`].
    pub fn offer_text(&self) {
        for name in [Cow::Borrowed("PRIMARY"), "CLIPBOARD".into()] {
            self.x.set_selection_owner(self.own, self.atom(&name), 0u32).unwrap();
        }
        self.x.sync().unwrap();
    }

    /// Answers whoever asks for what is offered; the names of the selections that were asked for.
    pub fn asked(&self, text: &str) -> Vec<String> {
        let mut asked = vec![];
        while let Some(event) = self.x.poll_for_event().unwrap() {
            let Event::SelectionRequest(of) = event else { continue };
            let name = self.x.get_atom_name(of.selection).unwrap().reply().unwrap().name;
            asked.push(String::from_utf8_lossy(&name).into_owned());
            self.x
                .change_property8(PropMode::REPLACE, of.requestor, of.property, of.target, text.as_bytes())
                .unwrap();
            let done = SelectionNotifyEvent {
                response_type: 31,
                sequence: 0,
                time: of.time,
                requestor: of.requestor,
                selection: of.selection,
                target: of.target,
                property: of.property,
            };
            self.x.send_event(false, of.requestor, EventMask::NO_EVENT, done).unwrap();
        }
        self.x.sync().unwrap();
        asked
    }

    /// A file is dragged over the window and dropped (XDND 5).
    pub fn drop_file(&self, uri: &str) -> Vec<String> {
        let list = self.atom("text/uri-list");
        let selection = self.atom("XdndSelection");
        let copy = self.atom("XdndActionCopy");
        self.x.set_selection_owner(self.own, selection, 0u32).unwrap();
        let types = self.atom("XdndTypeList");
        self.x.change_property32(PropMode::REPLACE, self.own, types, AtomEnum::ATOM, &[list]).unwrap();
        self.tell("XdndEnter", [self.own, 5 << 24, list, 0, 0]);
        let mut asked = vec![];
        for _ in 0..5 {
            self.tell("XdndPosition", [self.own, 0, 700 << 16 | 500, 0, copy]);
            std::thread::sleep(Duration::from_millis(100));
            asked.extend(self.asked(&format!("{uri}\r\n")));
        }
        self.tell("XdndDrop", [self.own, 0, 0, 0, 0]);
        std::thread::sleep(Duration::from_millis(200));
        asked.extend(self.asked(&format!("{uri}\r\n")));
        asked
    }

    /// Resident memory and its peak, in KiB.
    pub fn memory(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.kiosk.id())).unwrap_or_default();
        let of = |name: &str| {
            let line = status.lines().find(|l| l.starts_with(name));
            line.and_then(|l| l.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
        };
        (of("VmRSS:"), of("VmHWM:"))
    }

    /// The program lives, has its one window, has started nobody, and has logged no panic.
    #[track_caller]
    pub fn stands(&mut self, after: &str) {
        assert!(self.kiosk.try_wait().unwrap().is_none(), "ended after {after}: {}", self.log());
        assert_eq!(self.windows(), [self.window], "another window after {after}");
        let children = format!("/proc/{0}/task/{0}/children", self.kiosk.id());
        let children = std::fs::read_to_string(children).unwrap_or_default();
        assert_eq!(children, "", "a program started after {after}");
        assert!(!self.log().contains("panic"), "after {after}: {}", self.log());
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    pub fn wait(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.kiosk.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < end, "it does not end");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn x_focus(x: &RustConnection, window: Window) {
    x.set_input_focus(InputFocus::PARENT, window, 0u32).unwrap();
    x.sync().unwrap();
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.kiosk.kill();
        let _ = self.kiosk.wait();
    }
}
