//! A program under measure: its whole process tree's memory and processor time, from /proc.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub struct Program {
    child: Child,
}

impl Program {
    pub fn start(mut command: Command) -> Result<Self, String> {
        use std::os::unix::process::CommandExt as _;
        // A group of its own, so that helpers end with it.
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().map_err(|e| format!("{name}: {e}"))?;
        Ok(Self { child })
    }

    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    fn tree(&self) -> Vec<u32> {
        let mut found = vec![self.child.id()];
        let all: Vec<(u32, u32)> = std::fs::read_dir("/proc")
            .into_iter()
            .flatten()
            .filter_map(|e| e.ok()?.file_name().to_str()?.parse().ok())
            .filter_map(|pid| Some((pid, stat(pid)?.get(1)?.parse().ok()?)))
            .collect();
        let mut at = 0;
        while at < found.len() {
            let parent = found[at];
            found.extend(all.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
            at += 1;
        }
        found
    }

    /// Resident and proportional size of the tree, in bytes. The second counts a shared page once.
    pub fn memory(&self) -> (u64, u64) {
        let mut sums = (0, 0);
        for pid in self.tree() {
            let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
            let field = |name: &str| {
                let line = text.lines().find(|l| l.starts_with(name));
                line.and_then(|l| l.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) * 1024
            };
            sums = (sums.0 + field("Rss:"), sums.1 + field("Pss:"));
        }
        sums
    }

    /// Processor time used so far by the tree, in clock ticks of 10 ms.
    fn ticks(&self) -> u64 {
        let fields = |pid: u32| -> Option<u64> {
            let stat = stat(pid)?;
            Some(stat.get(11)?.parse::<u64>().ok()? + stat.get(12)?.parse::<u64>().ok()?)
        };
        self.tree().into_iter().filter_map(fields).sum()
    }

    /// Processor time over a span, in percent of one core.
    pub fn cpu_over(&self, span: Duration) -> f64 {
        let before = self.ticks();
        std::thread::sleep(span);
        (self.ticks() - before) as f64 / span.as_secs_f64()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let tree = self.tree();
        let _ = Command::new("kill").arg("--").arg(format!("-{}", self.child.id())).status();
        for _ in 0..40 {
            if self.has_ended() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        for pid in tree {
            let _ = Command::new("kill").args(["-9", &pid.to_string()]).stderr(Stdio::null()).status();
        }
    }
}

/// The fields of /proc/PID/stat behind the name: 0 is the state, 1 the parent.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, behind) = text.rsplit_once(')')?;
    Some(behind.split_whitespace().map(str::to_owned).collect())
}
