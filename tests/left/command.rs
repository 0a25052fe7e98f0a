//! `tereze sign --key-file`: at the command's end, held there by strace, neither the password nor the key is in
//! its memory or in a file.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use crate::hers;
use crate::key::{key, spelled};
use crate::openssl_ca::{Kind, Office};

const PASSWORD: &str = "zq7xkv93bwma";
const WRONG: &str = "wk5hhq81vjnc";

/// The command under strace, which keeps it at its very end.
struct Held {
    strace: Child,
    pid: u32,
    stdin: Option<ChildStdin>,
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-KILL", &self.pid.to_string()]).status();
        let _ = self.strace.kill();
        let _ = self.strace.wait();
    }
}

impl Held {
    fn begin(folder: &Path) -> Self {
        let mut command = Command::new("strace");
        // Microseconds: an hour. Its end is this test's.
        command.args([
            "-f",
            "-qq",
            "-e",
            "trace=exit_group",
            "-e",
            "inject=exit_group:delay_enter=3600000000",
        ]);
        command.args(["-o", "trace", env!("CARGO_BIN_EXE_tereze"), "--lang", "en", "sign", "letter.txt"]);
        command.args(["--key-file", "one.p12"]).current_dir(folder);
        let log = std::fs::File::create(folder.join("said")).unwrap();
        let mut strace = command.stdin(Stdio::piped()).stderr(log).stdout(Stdio::null()).spawn().unwrap();
        let stdin = strace.stdin.take();
        let children = format!("/proc/{0}/task/{0}/children", strace.id());
        let program = |pid: u32| std::fs::read_link(format!("/proc/{pid}/exe")).ok();
        let pid = loop {
            let said = std::fs::read_to_string(&children).unwrap();
            let child = said.split_whitespace().next().and_then(|pid| pid.parse().ok());
            match child.filter(|pid| program(*pid).is_some_and(|p| p.ends_with("tereze"))) {
                Some(pid) => break pid,
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        Self { strace, pid, stdin }
    }

    fn types(&mut self, text: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
        stdin.flush().unwrap();
    }

    fn holds(&self, what: &[(String, Vec<u8>)]) -> Vec<String> {
        hers::bytes_in_memory(self.pid, what)
    }

    fn until(&self, what: &str, done: impl Fn(&Self) -> bool) {
        for _ in 0..600 {
            if done(self) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{what} did not come");
    }

    /// Where it stands: strace says so itself, and the kernel in its number for exit_group.
    fn at_its_end(&self, folder: &Path) {
        self.until("the command's end", |held| {
            let at = std::fs::read_to_string(format!("/proc/{}/syscall", held.pid)).unwrap_or_default();
            let number = if cfg!(target_arch = "x86_64") { "231 " } else { "94 " };
            at.starts_with(number)
                || std::fs::read_to_string(folder.join("trace")).unwrap().contains("exit_group")
        });
    }
}

#[test]
fn a_command_that_signs_keeps_neither_password_nor_key() {
    if Command::new("strace").arg("-V").output().is_err() {
        println!("skipped: strace is not installed (packaging/setup.sh test)");
        return;
    }
    for (kind, label) in [(Kind::Ec, "priv:"), (Kind::Rsa, "prime1:"), (Kind::Gost, "Private key:")] {
        let Some(office) = Office::new(kind) else { continue };
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        std::fs::write(folder.join("one.p12"), office.person_locked("one", "900101300017", PASSWORD))
            .unwrap();
        std::fs::write(folder.join("letter.txt"), "words").unwrap();
        let key = key(&office, label);
        let all = [spelled(PASSWORD), spelled(WRONG), key].concat();

        let mut held = Held::begin(folder);
        held.types(WRONG);
        let typed = spelled(WRONG);
        held.until("what is typed, where it is typed", |held| !held.holds(&typed).is_empty());
        held.types("\n");
        held.at_its_end(folder);
        assert!(!folder.join("letter.txt.p7s").exists(), "{kind:?}: a wrong password signs nothing");
        assert_eq!(held.holds(&all), [""; 0], "{kind:?}: after a wrong password");
        drop(held);

        let mut held = Held::begin(folder);
        held.types(&format!("{PASSWORD}\n"));
        held.at_its_end(folder);
        assert!(
            folder.join("letter.txt.p7s").exists(),
            "{kind:?}: {:?}",
            std::fs::read_to_string(folder.join("said"))
        );
        assert_eq!(held.holds(&all), [""; 0], "{kind:?}: after the signature");
        drop(held);
        let files = hers::bytes_in_files(folder, &all);
        assert!(files.is_empty(), "{kind:?}: {files:?}");
        println!("{kind:?}: nothing");
    }
}
