//! One visitor, from the first touch to the wipe. Pure: time comes in, decisions go out.
//!
//! A session is a number and a quiet-time watch. Everything that a visitor does is held by the
//! screen beside it, and both are replaced whole when it ends: nothing is cleared field by field.

use std::time::{Duration, Instant};

use crate::screen::Pace;

/// Tells this visitor's late answers from those of the visitor before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(u64);

/// How long a visitor may be quiet. Staff choose the limit between 2 and 10 minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdleRule {
    pub limit: Duration,
    /// How long before the end the question stands on the screen.
    pub warning: Duration,
}

impl IdleRule {
    /// EN 301 549 / WCAG 2.2.1: at least 20 s of warning; we give 30.
    pub const WARNING: Duration = Duration::from_secs(30);
    /// While the kiosk works, or a librarian is on her way, silence is not absence.
    pub const WAITING: Duration = Duration::from_secs(10 * 60);

    /// `minutes` outside 2–10 are brought to the nearer end.
    pub fn minutes(minutes: u64) -> Self {
        Self { limit: Duration::from_secs(minutes.clamp(2, 10) * 60), warning: Self::WARNING }
    }
}

impl Default for IdleRule {
    fn default() -> Self {
        Self::minutes(3)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    Active,
    /// The question is on the screen; any touch goes on.
    Warn {
        seconds_left: u64,
    },
    Over,
}

#[derive(Debug)]
pub struct Session {
    id: SessionId,
    rule: IdleRule,
    last: Instant,
    warned: bool,
    extended: u32,
}

impl Session {
    fn new(id: SessionId, rule: IdleRule, now: Instant) -> Self {
        Self { id, rule, last: now, warned: false, extended: 0 }
    }

    pub fn id(&self) -> SessionId {
        self.id
    }

    /// How often the visitor answered the question; there is no upper bound.
    pub fn extended(&self) -> u32 {
        self.extended
    }

    /// Any touch, key or scan. A touch while the question stands answers it.
    pub fn touch(&mut self, now: Instant) {
        if self.warned {
            self.extended = self.extended.saturating_add(1);
        }
        self.warned = false;
        self.last = self.last.max(now);
    }

    /// What the quiet time says now.
    pub fn idle(&mut self, now: Instant, pace: Pace) -> Idle {
        let limit = match pace {
            Pace::Visitor => self.rule.limit,
            Pace::Waiting => self.rule.limit.max(IdleRule::WAITING),
        };
        let quiet = now.saturating_duration_since(self.last);
        if quiet >= limit {
            return Idle::Over;
        }
        let left = limit - quiet;
        self.warned = left <= self.rule.warning;
        if self.warned {
            // Rounded up: «1» is shown until the very end, «0» never.
            Idle::Warn { seconds_left: left.as_millis().div_ceil(1000) as u64 }
        } else {
            Idle::Active
        }
    }
}

/// Gives each visitor the next number.
#[derive(Debug, Default)]
pub struct Sessions {
    count: u64,
}

impl Sessions {
    pub fn begin(&mut self, rule: IdleRule, now: Instant) -> Session {
        self.count += 1;
        Session::new(SessionId(self.count), rule, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> (Session, Instant) {
        let now = Instant::now();
        (Sessions::default().begin(IdleRule::default(), now), now)
    }

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn three_quiet_minutes_end_it_and_half_a_minute_warns() {
        let (mut session, t) = start();
        assert_eq!(session.idle(t + s(149), Pace::Visitor), Idle::Active);
        assert_eq!(session.idle(t + s(150), Pace::Visitor), Idle::Warn { seconds_left: 30 });
        assert_eq!(
            session.idle(t + Duration::from_millis(179_400), Pace::Visitor),
            Idle::Warn { seconds_left: 1 }
        );
        assert_eq!(session.idle(t + s(180), Pace::Visitor), Idle::Over);
    }

    #[test]
    fn one_touch_extends_far_more_than_ten_times() {
        let (mut session, mut t) = start();
        for times in 1..=50 {
            t += s(170);
            assert!(matches!(session.idle(t, Pace::Visitor), Idle::Warn { seconds_left: 10 }));
            session.touch(t);
            assert_eq!(session.idle(t, Pace::Visitor), Idle::Active);
            assert_eq!(session.extended(), times);
        }
    }

    #[test]
    fn waiting_for_the_kiosk_or_a_librarian_is_not_absence() {
        let (mut session, t) = start();
        assert_eq!(session.idle(t + s(400), Pace::Waiting), Idle::Active);
        assert_eq!(session.idle(t + s(600), Pace::Waiting), Idle::Over);
    }

    #[test]
    fn staff_may_choose_two_to_ten_minutes() {
        assert_eq!(IdleRule::minutes(0).limit, s(120));
        assert_eq!(IdleRule::minutes(60).limit, s(600));
        assert!(IdleRule::default().warning >= s(20));
    }

    #[test]
    fn each_visitor_has_a_number_of_their_own() {
        let mut sessions = Sessions::default();
        let now = Instant::now();
        let a = sessions.begin(IdleRule::default(), now).id();
        assert!(sessions.begin(IdleRule::default(), now).id() > a);
    }
}
