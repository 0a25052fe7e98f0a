//! The technical log: one JSON line an event on the standard error stream, for journald. Events
//! are an enum with typed fields; there is no free text, so that no visitor's word can get in.

use std::io::Write;
use std::sync::OnceLock;

use serde::Serialize;

use crate::clock::Clock;
use crate::fault::Code;

/// What may be logged. A new kind of event is a new variant; its fields are numbers, codes and
/// words of this program, never a visitor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The program began to run this command.
    Started { version: &'static str, command: &'static str, practice: bool },
    /// A fault by its code: what a visitor or the staff was told.
    Fault {
        #[serde(serialize_with = "name_of")]
        code: Code,
    },
    /// The system would not turn core dumps off: memory could reach the disk.
    CoreDumpsOn,
    /// The portal answered after it had not, or stopped answering.
    Portal { reachable: bool },
    /// The portal does not know all that it registered: its numbers go on from `to`, not from `from`.
    Restored { from: i64, to: i64 },
    /// A letter's way, by the outbox's own count of waiting letters.
    Outbox { waiting: u64 },
    /// A session began or ended; seconds it took.
    SessionEnded { seconds: u64 },
    /// No program that plays sounds was found: calls are silent.
    NoSound,
    /// The program ends by itself.
    Stopped,
}

fn name_of<S: serde::Serializer>(code: &Code, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(code.0)
}

static CLOCK: OnceLock<Clock> = OnceLock::new();

/// From now on events are written; before, and in commands that speak to a person, they are not.
pub fn start(clock: Clock) {
    let _ = CLOCK.set(clock);
}

/// Writes one event. A log that cannot be written is no reason to stop.
pub fn event(event: Event) {
    if let Some(clock) = CLOCK.get() {
        let _ = std::io::stderr().lock().write_all(line(clock, &event).as_bytes());
    }
}

fn line(clock: &Clock, event: &Event) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        time: String,
        #[serde(flatten)]
        event: &'a Event,
    }
    let mut out =
        serde_json::to_string(&Line { time: clock.now().wall.rfc3339(), event }).unwrap_or_default();
    out.push('\n');
    out
}

/// A panic says where, never what: its message may hold a visitor's words.
pub fn hide_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let (file, line) = panic.location().map_or(("?", 0), |at| (at.file(), at.line()));
        let _ = writeln!(std::io::stderr().lock(), "{}", panic_line(file, line));
    }));
}

fn panic_line(file: &str, line: u32) -> String {
    serde_json::json!({ "event": "panic", "file": file, "line": line }).to_string()
}

/// Core dumps off for this process: what is in memory stays there. Logged where the system refuses.
pub fn forbid_core_dumps() {
    use nix::sys::resource::{Resource, setrlimit};
    let limit = setrlimit(Resource::RLIMIT_CORE, 0, 0);
    #[cfg(target_os = "linux")]
    let limit = limit.and(nix::sys::prctl::set_dumpable(false));
    if limit.is_err() {
        event(Event::CoreDumpsOn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Moment;

    #[test]
    fn an_event_is_one_json_line() {
        let clock = Clock::fixed(Moment(4_000_000_000));
        let text = line(&clock, &Event::Fault { code: Code("card.pulled") });
        assert_eq!(
            text,
            "{\"time\":\"2096-10-02T07:06:40Z\",\"event\":\"fault\",\"code\":\"card.pulled\"}\n"
        );
        let text = line(&clock, &Event::Stopped);
        assert!(text.contains("\"event\":\"stopped\""), "{text}");
    }

    #[test]
    fn a_panic_line_has_place_and_no_message() {
        assert_eq!(panic_line("src/x.rs", 7), r#"{"event":"panic","file":"src/x.rs","line":7}"#);
    }
}
