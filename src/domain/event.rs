//! What happened to a letter after its registration, each with its day and the official who did it.

use time::Date;

use super::{Digest, Names};
use crate::clock::Moment;

/// Who did it: the name as the body writes it, the post in the three languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Official {
    pub name: String,
    pub post: Names,
}

/// A body as the portal names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedBody {
    pub id: String,
    pub name: Names,
}

/// What happened. A reader that does not know a kind shows the portal's own words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Registered,
    /// The body's head looks at it.
    Review,
    /// Given to the executor, who is the event's official.
    Assigned,
    /// To the body whose matter it is; the term begins anew (АППК art. 65).
    Redirected {
        body: NamedBody,
        due: Date,
    },
    Extended {
        due: Date,
        reason: Names,
    },
    /// A signed answer is there.
    Answered,
    /// A kind of a later version, or of this portal alone.
    Other {
        /// The kind's stable name.
        code: String,
        title: Names,
    },
}

impl Kind {
    /// The name on the wire: never changed, never used for another kind.
    pub fn code(&self) -> &str {
        match self {
            Kind::Registered => "registered",
            Kind::Review => "review",
            Kind::Assigned => "assigned",
            Kind::Redirected { .. } => "redirected",
            Kind::Extended { .. } => "extended",
            Kind::Answered => "answered",
            Kind::Other { code, .. } => code,
        }
    }

    /// Told beside the letter's own steps: where the letter stands did not change.
    pub fn is_aside(&self) -> bool {
        ASIDE.contains(&self.code())
    }

    /// The due date that holds from this event on.
    pub fn due(&self) -> Option<Date> {
        match self {
            Kind::Redirected { due, .. } | Kind::Extended { due, .. } => Some(*due),
            _ => None,
        }
    }
}

/// The body does not consider the letter any further, because who wrote it took it back. In the
/// portal's own words for a reader that does not know it.
pub const WITHDRAWN: &str = "withdrawn";
/// The time of the letter's signature is proven.
pub const TIME_PROVEN: &str = "time-proven";
/// Kinds that do not move the letter on, in the portal's own words: it came back to a restored portal,
/// and its writer sent a further letter about it (`domain::form::About`).
pub const ASIDE: [&str; 8] = [
    "given-again",
    "renumbered",
    TIME_PROVEN,
    "signature-doubt",
    "about-overdue",
    "about-disagree",
    "about-more",
    "about-withdraw",
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub at: Moment,
    pub official: Official,
    pub kind: Kind,
}

/// A letter's life as its portal tells it; `seal::history` signs and reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    pub number: String,
    /// When the portal said so.
    pub made: Moment,
    /// SHA-256 of the letter's canonical statement.
    pub statement: Digest,
    /// The body that the letter was written to.
    pub body: NamedBody,
    /// The due date that the receipt names.
    pub due: Date,
    /// The law rule it was counted by.
    pub rule: String,
    pub practice: bool,
    /// The letter's language.
    pub language: String,
    /// In the order in which they happened; the first is the registration.
    pub events: Vec<Event>,
}

impl History {
    /// The body that holds the letter now.
    pub fn holder(&self) -> &NamedBody {
        let redirected = self.events.iter().rev().find_map(|e| match &e.kind {
            Kind::Redirected { body, .. } => Some(body),
            _ => None,
        });
        redirected.unwrap_or(&self.body)
    }

    /// The due date that holds now.
    pub fn due_now(&self) -> Date {
        self.events.iter().rev().find_map(|e| e.kind.due()).unwrap_or(self.due)
    }

    pub fn answered(&self) -> Option<&Event> {
        self.events.iter().rev().find(|e| e.kind == Kind::Answered)
    }

    /// Ended at its writer's own wish.
    pub fn withdrawn(&self) -> Option<&Event> {
        self.events.iter().rev().find(|e| e.kind.code() == WITHDRAWN)
    }

    /// Nothing is to come any more.
    pub fn is_closed(&self) -> bool {
        self.answered().is_some() || self.withdrawn().is_some()
    }

    /// Where the letter stands: the last event that was a step of its own.
    pub fn stands(&self) -> Option<(usize, &Event)> {
        self.events.iter().enumerate().rev().find(|(_, e)| !e.kind.is_aside())
    }

    /// Past its due date without an answer.
    pub fn is_overdue(&self, today: Date) -> bool {
        !self.is_closed() && today > self.due_now()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn names(text: &str) -> Names {
        Names { kk: text.into(), ru: text.into(), en: text.into() }
    }

    fn happened(kind: Kind) -> Event {
        Event { at: Moment(0), official: Official { name: "ТЕСТОВ Т.".into(), post: names("") }, kind }
    }

    #[test]
    fn the_last_redirection_and_term_hold() {
        let body = |id: &str| NamedBody { id: id.into(), name: names(id) };
        let mut history = History {
            number: "ОҚУ-2026-00000001".into(),
            made: Moment(0),
            statement: Digest([0; 32]),
            body: body("a"),
            due: date!(2026 - 12 - 01),
            rule: "appk-76-15".into(),
            practice: true,
            language: "kk".into(),
            events: vec![happened(Kind::Registered)],
        };
        assert_eq!((history.holder().id.as_str(), history.due_now()), ("a", date!(2026 - 12 - 01)));
        assert!(history.is_overdue(date!(2026 - 12 - 02)) && !history.is_overdue(date!(2026 - 12 - 01)));
        let redirected = Kind::Redirected { body: body("b"), due: date!(2026 - 12 - 04) };
        history.events.push(happened(redirected));
        history.events.push(happened(Kind::Extended { due: date!(2026 - 12 - 20), reason: names("x") }));
        history.events.push(happened(Kind::Other { code: "y".into(), title: names("y") }));
        assert_eq!((history.holder().id.as_str(), history.due_now()), ("b", date!(2026 - 12 - 20)));
        let aside = |code: &str| Kind::Other { code: code.into(), title: names("x") };
        history.events.push(happened(aside("about-withdraw")));
        assert_eq!(history.stands().map(|(n, e)| (n, e.kind.code())), Some((3, "y")));
        let mut taken_back = history.clone();
        taken_back.events.push(happened(aside(WITHDRAWN)));
        assert!(taken_back.is_closed() && !taken_back.is_overdue(date!(2027 - 01 - 01)));
        assert!(!history.is_closed() && history.is_overdue(date!(2027 - 01 - 01)));
        history.events.push(happened(Kind::Answered));
        assert!(history.answered().is_some() && !history.is_overdue(date!(2027 - 01 - 01)));
    }
}
