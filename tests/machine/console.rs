//! `tereze setup` and `tereze enrol` on a real terminal: what is typed, seen, written, and left when somebody stops.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use nix::pty::openpty;
use tereze::desk::StaffPin;
use tereze::i18n::{Lang, Msg, Text, tr};
use tereze::private::Secret;

use crate::deployment::{eventually, tereze};

/// A program on a terminal of its own.
struct Console {
    child: Child,
    keys: File,
    seen: Arc<Mutex<Vec<u8>>>,
    /// How much of it was waited for already.
    read: usize,
}

impl Console {
    fn open(folder: &Path, words: &[&str]) -> Self {
        let pty = openpty(None, None).unwrap();
        let end = |fd: &OwnedFd| Stdio::from(fd.try_clone().unwrap());
        // A session of its own whose controlling terminal this is: Ctrl-C comes as it does to a person's.
        let child = Command::new("setsid")
            .args(["--ctty", "--wait"])
            // Whoever runs the tests may ignore signals (nohup, a job in the background); a person's shell does not.
            .args(["env", "--default-signal"])
            .arg(tereze())
            .args(["--lang", "en", "--data"])
            .arg(folder.join("data"))
            .arg("--config")
            .arg(folder.join("tereze.toml"))
            .args(words)
            .stdin(end(&pty.slave))
            .stdout(end(&pty.slave))
            .stderr(end(&pty.slave))
            .spawn()
            .unwrap();
        let keys = File::from(pty.master);
        let seen = Arc::new(Mutex::new(vec![]));
        let (mut screen, heap) = (keys.try_clone().unwrap(), seen.clone());
        std::thread::spawn(move || {
            let mut some = [0; 1024];
            while let Ok(n) = screen.read(&mut some)
                && n > 0
            {
                heap.lock().unwrap().extend_from_slice(&some[..n]);
            }
        });
        Self { child, keys, seen, read: 0 }
    }

    fn seen(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned()
    }

    /// Waits for these words after the last ones.
    #[track_caller]
    fn until(&mut self, words: &str) -> &mut Self {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
        loop {
            let seen = self.seen();
            if let Some(at) = seen[self.read..].find(words) {
                self.read += at + words.len();
                return self;
            }
            assert!(std::time::Instant::now() < end, "waited in vain for {words:?}; on the terminal: {seen}");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    #[track_caller]
    fn says(&mut self, msg: Msg) -> &mut Self {
        self.until(&tr(Lang::En, msg))
    }

    fn types(&mut self, keys: &str) -> &mut Self {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self
    }

    fn ends(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn secret(pin: &str) -> Secret {
    Secret::from_vec(pin.into())
}

const ROOT: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

#[test]
fn staff_set_up_a_kiosk_for_a_portal_on_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let mut console = Console::open(folder.path(), &["setup"]);
    console.says(Msg::SetupModePortal).until("1/2").types("2\n");
    console.says(Msg::SetupAskUrl).types("https://portal.example:8443\n");
    console.says(Msg::SetupAskRoot).types(&format!("{ROOT}\n"));
    console.says(Msg::SetupAskLanguage).types("ru\n");
    console.says(Msg::SetupAskPrinter).types("ipp://localhost/printers/kiosk\n");
    // Too easy; then two that differ; then the same one twice, with a slip that is taken back.
    console.says(Msg::SetupAskPin).types("111111\n").says(Msg::SetupPinWeak);
    console.says(Msg::SetupAskPin).types("12\n").says(Msg::SetupPinLength);
    console.says(Msg::SetupAskPin).types("739182\n");
    console.says(Msg::SetupAskPinAgain).types("739183\n").says(Msg::SetupPinOther);
    console.says(Msg::SetupAskPin).types("739182\n");
    console.says(Msg::SetupAskPinAgain).types("7391829\x7f\n");
    console.says(Msg::SetupPinDone).says(Msg::SetupNextAuthorities);
    assert!(console.ends().success());
    let seen = console.seen();
    for pin in ["739182", "739183", "111111"] {
        assert!(!seen.contains(pin), "a PIN is never shown: {seen}");
    }
    let settings = std::fs::read_to_string(folder.path().join("tereze.toml")).unwrap();
    for line in [
        "mode = \"portal\"",
        "language = \"ru\"",
        "url = \"https://portal.example:8443\"",
        &format!("root = \"{ROOT}\""),
        "printer = \"ipp://localhost/printers/kiosk\"",
    ] {
        assert!(settings.lines().any(|l| l == line), "{line} is not in:\n{settings}");
    }
    let pin = StaffPin::in_folder(&folder.path().join("data"), tereze::clock::Clock::system());
    assert_eq!(pin.check(&secret("739182")), Ok(()));
    let kept = std::fs::read_to_string(folder.path().join("data/staff.pin")).unwrap();
    assert!(kept.contains("memory") && kept.contains("passes") && !kept.contains("739182"), "{kept}");

    // The PIN alone, later; the rest stays as it is, and is not asked.
    let mut console = Console::open(folder.path(), &["setup", "--pin-only"]);
    console.says(Msg::SetupAskPin).types("824651\n").says(Msg::SetupAskPinAgain).types("824651\n");
    console.says(Msg::SetupPinDone);
    assert!(console.ends().success());
    assert_eq!(std::fs::read_to_string(folder.path().join("tereze.toml")).unwrap(), settings);
    assert_eq!(pin.check(&secret("824651")), Ok(()));
}

#[test]
fn practice_needs_a_touch_of_one_key_and_says_its_pin() {
    let folder = tempfile::tempdir().unwrap();
    let mut console = Console::open(folder.path(), &["setup"]);
    console.until("1/2").types("1\n").says(Msg::SetupAskLanguage).types("\n");
    console.says(Msg::SetupAskPrinter).types("\n");
    let said = Text::new(Msg::SetupPracticePin).with("pin", "246813").say(Lang::En);
    console.until(&said).says(Msg::SetupNextPractice);
    assert!(console.ends().success());
    let settings = std::fs::read_to_string(folder.path().join("tereze.toml")).unwrap();
    assert_eq!(settings, "mode = \"practice\"\n", "nothing that was not said");
    assert!(!folder.path().join("data").exists(), "practice keeps nothing");
}

#[test]
fn whoever_stops_half_way_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tereze.toml");
    std::fs::write(&file, "mode = \"practice\"\n").unwrap();
    let nothing_changed = || {
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "mode = \"practice\"\n");
        assert!(!folder.path().join("data").exists());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside");
    };
    // Ctrl-C at a question.
    let mut console = Console::open(folder.path(), &["setup"]);
    console.until("1/2").types("2\n").says(Msg::SetupAskUrl).types("https://portal.ex\x03");
    assert!(!console.ends().success());
    nothing_changed();
    // Ctrl-C at the PIN, and at its repetition.
    for typed in [&["73918\x03"][..], &["739182\n", "7391\x03"]] {
        let mut console = Console::open(folder.path(), &["setup", "--mode", "portal"]);
        console.says(Msg::SetupAskUrl).types("https://portal.example\n");
        console.says(Msg::SetupAskRoot).types(&format!("{ROOT}\n"));
        console.says(Msg::SetupAskLanguage).types("\n").says(Msg::SetupAskPrinter).types("\n");
        for (keys, question) in typed.iter().zip([Msg::SetupAskPin, Msg::SetupAskPinAgain]) {
            console.says(question).types(keys);
        }
        console.says(Msg::SetupNoPin);
        assert_eq!(console.ends().code(), Some(77));
        nothing_changed();
    }
    // What is no address, no key and no printer is refused before a PIN is asked for.
    for (url, root, printer) in [
        ("http://portal.example", ROOT, ""),
        ("https://portal.example", "12", ""),
        ("https://portal.example", ROOT, "usb://printer"),
    ] {
        let mut console = Console::open(folder.path(), &["setup", "--mode", "portal"]);
        console.says(Msg::SetupAskUrl).types(&format!("{url}\n"));
        console.says(Msg::SetupAskRoot).types(&format!("{root}\n"));
        console.says(Msg::SetupAskLanguage).types("\n");
        console.says(Msg::SetupAskPrinter).types(&format!("{printer}\n")).says(Msg::SetupNotWritten);
        assert!(!console.ends().success());
        nothing_changed();
    }
}

#[test]
fn wrong_pins_cost_waits_that_outlive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    tereze::desk::pin::set(&data, &secret("739182")).unwrap();
    let wrong = || StaffPin::in_folder(&data, tereze::clock::Clock::system()).check(&secret("135790"));
    // Each try by a program that was just started.
    let refused = (0..8).map(|_| wrong()).collect::<Vec<_>>();
    assert!(refused.iter().all(Result::is_err));
    assert!(matches!(refused.last(), Some(Err(tereze::desk::pin::PinError::Wait(_)))), "{refused:?}");
    let right = StaffPin::in_folder(&data, tereze::clock::Clock::system()).check(&secret("739182"));
    assert!(matches!(right, Err(tereze::desk::pin::PinError::Wait(_))), "not even the right one: {right:?}");
    // Somebody with the console may set a new one, and the count begins anew.
    let mut console = Console::open(folder.path(), &["setup", "--pin-only"]);
    console.says(Msg::SetupAskPin).types("824651\n").says(Msg::SetupAskPinAgain).types("824651\n");
    console.says(Msg::SetupPinDone);
    assert!(console.ends().success());
    eventually("the new PIN", || {
        StaffPin::in_folder(&data, tereze::clock::Clock::system()).check(&secret("824651")).is_ok()
    });
}
