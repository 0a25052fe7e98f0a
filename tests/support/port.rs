//! Sticks that are real mounts of the test's own namespace (tmpfs), so that full, read-only and
//! pulled are what the kernel says.

use std::path::PathBuf;
use std::process::Command;

use tereze::files::Sticks;

/// Runs the test `name` again as root of a mount namespace of its own, where it may mount; gives
/// true there. In the outer run gives false once the inner one has passed.
pub fn among_own_mounts(name: &str) -> bool {
    if std::env::var_os("TEREZE_OWN_MOUNTS").is_some() {
        return true;
    }
    let test = std::env::current_exe().unwrap();
    let out = Command::new("unshare")
        .args(["--map-root-user", "--mount", "--propagation", "private"])
        .arg(test)
        .args(["--exact", name, "--nocapture", "--test-threads", "1"])
        .env("TEREZE_OWN_MOUNTS", "1")
        .output()
        .expect("unshare is part of util-linux");
    let words = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && words.contains("1 passed"), "{words}");
    false
}

/// A stick mounted below a root that only this test looks at.
pub struct Port {
    root: tempfile::TempDir,
}

impl Port {
    pub fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    pub fn root(&self) -> &std::path::Path {
        self.root.path()
    }

    pub fn place(&self, label: &str) -> PathBuf {
        self.root.path().join("user").join(label)
    }

    pub fn put_in(&self, label: &str, options: &str) -> PathBuf {
        let place = self.place(label);
        std::fs::create_dir_all(&place).unwrap();
        run("mount", &["-t", "tmpfs", "-o", options, "tmpfs", place.to_str().unwrap()]);
        place
    }

    pub fn pull(&self, label: &str) {
        run("umount", &["--lazy", self.place(label).to_str().unwrap()]);
    }

    pub fn sticks(&self) -> Sticks {
        Sticks::under([self.root.path()], "/proc/self/mountinfo")
    }
}

fn run(program: &str, args: &[&str]) {
    let out = Command::new(program).args(args).output().unwrap_or_else(|e| panic!("{program}: {e}"));
    assert!(out.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&out.stderr));
}
