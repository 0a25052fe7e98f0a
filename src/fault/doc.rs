//! The table as a document for staff: `docs/faults.md`, committed, and compared by a test.

use super::{Fault, Retry, TABLE};
use crate::i18n::{Lang, Msg, tr};

const HEAD: &str = "\
# Faults

Every fault that the program can name: its code, as staff read it on the screen and in the log, what it means, and
what to do, in the three languages; indented, what staff do where a visitor is told something else. Made from the program's own table by `make faults`; a test compares.

";

/// The whole of `docs/faults.md`.
pub fn markdown() -> String {
    let mut out = HEAD.to_owned();
    let rooms: Vec<&str> = TABLE.iter().map(room).fold(vec![], |mut rooms, room| {
        if !rooms.contains(&room) {
            rooms.push(room);
        }
        rooms
    });
    for room in rooms {
        out.push_str(&format!("## {room}\n\n"));
        for fault in TABLE.iter().filter(|f| self::room(f) == room) {
            out.push_str(&one(fault));
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// What stands before the dot.
fn room(fault: &Fault) -> &'static str {
    fault.code.0.split('.').next().unwrap_or_default()
}

fn one(fault: &Fault) -> String {
    let who = match fault.retry {
        Retry::Itself => "the program tries again by itself",
        Retry::Visitor => "the visitor can try again",
        Retry::No => "staff must help",
    };
    let mut out = format!("### `{}`\n\n{who}\n\n", fault.code.0);
    for lang in Lang::ALL {
        let say = |id: String| Msg::from_id(&id).map(|m| tr(lang, m)).unwrap_or_default();
        let (says, remedy) = (say(fault.code.message_id()), say(fault.code.remedy_id()));
        out.push_str(&format!("- {}: **{says}.** {remedy}\n", lang.tag()));
        let staff = say(fault.code.staff_id());
        if !staff.is_empty() {
            out.push_str(&format!("  - {staff}\n"));
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_the_tables() {
        let committed = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/faults.md"));
        assert!(committed == markdown(), "docs/faults.md is old: make faults");
    }

    #[test]
    fn every_fault_stands_in_it_with_three_languages() {
        let text = markdown();
        for fault in TABLE {
            assert_eq!(text.matches(&format!("### `{}`\n", fault.code.0)).count(), 1, "{:?}", fault.code);
        }
        for lang in Lang::ALL {
            assert_eq!(text.matches(&format!("- {}: **", lang.tag())).count(), TABLE.len());
        }
        assert!(!text.contains("**.**"), "a fault without words");
    }
}
