//! The only room that reads time: wall, monotonic, and how far the wall clock may be trusted.
//!
//! A kiosk without a battery starts in 1970. The clock has a floor (the build's time, then the
//! last time a portal proved); below it the answer is [`Confidence::Doubtful`] and verdicts become
//! *could not check*. Legal dates are counted in UTC+5 whatever the machine's zone says.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use time::{Date, OffsetDateTime, UtcOffset};

/// Kazakhstan's single time zone since 2024-03-01.
pub const LEGAL_OFFSET: UtcOffset = time::macros::offset!(+5);

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Moment(pub i64);

impl Moment {
    /// The calendar day and time in UTC+5; years past 9999 are clamped to the epoch.
    pub fn legal(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            .to_offset(LEGAL_OFFSET)
    }

    pub fn legal_date(self) -> Date {
        self.legal().date()
    }

    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// RFC 3339 in UTC with seconds: `2026-11-22T09:05:00Z`.
    pub fn rfc3339(self) -> String {
        OffsetDateTime::from_unix_timestamp(self.0)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            .format(&time::format_description::well_known::Rfc3339)
            .unwrap_or_default()
    }

    /// Reads what [`Moment::rfc3339`] writes, and any other offset; whole seconds.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339)
            .ok()
            .map(|t| Self(t.unix_timestamp()))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// The wall clock is not below the floor.
    Plausible,
    /// The wall clock is below what is proven to have passed: dates must not be judged by it.
    Doubtful,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The wall clock, or the floor where the wall clock is below it.
    pub wall: Moment,
    pub confidence: Confidence,
}

/// Cheap to clone; every clone shares one floor.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn Fn() -> i64 + Send + Sync>,
    floor: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock, with the build's time as the first floor.
    pub fn system() -> Self {
        Self::with_source(|| {
            SystemTime::now().duration_since(UNIX_EPOCH).map(|d| d.as_secs() as i64).unwrap_or(0)
        })
    }

    /// A clock that stands still: for tests and for pictures that must be the same every day.
    pub fn fixed(at: Moment) -> Self {
        Self::with_source(move || at.0)
    }

    pub fn with_source(source: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        let built = env!("TEREZE_BUILT").parse().unwrap_or(0);
        Self { source: Arc::new(source), floor: Arc::new(AtomicI64::new(built)) }
    }

    pub fn now(&self) -> Reading {
        let wall = (self.source)();
        let floor = self.floor.load(Ordering::Relaxed);
        if wall < floor {
            Reading { wall: Moment(floor), confidence: Confidence::Doubtful }
        } else {
            Reading { wall: Moment(wall), confidence: Confidence::Plausible }
        }
    }

    /// The latest time that is proven to have passed.
    pub fn floor(&self) -> Moment {
        Moment(self.floor.load(Ordering::Relaxed))
    }

    /// Raises the floor to a time that a verified portal statement proved. Never lowers it.
    pub fn proven(&self, at: Moment) {
        self.floor.fetch_max(at.0, Ordering::Relaxed);
    }

    /// For durations only; unaffected by wall-clock changes.
    pub fn monotonic(&self) -> Instant {
        Instant::now()
    }

    pub fn since(&self, earlier: Instant) -> Duration {
        Instant::now().saturating_duration_since(earlier)
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_below_its_floor_is_doubted() {
        let clock = Clock::fixed(Moment(1_000));
        assert_eq!(clock.now().confidence, Confidence::Doubtful);
        let now = Clock::system().now();
        assert_eq!(now.confidence, Confidence::Plausible);
        let clock = Clock::fixed(now.wall);
        clock.proven(now.wall.plus(60));
        assert_eq!(clock.now().wall, now.wall.plus(60));
        clock.proven(now.wall.plus(-600));
        assert_eq!(clock.now().confidence, Confidence::Doubtful);
    }

    #[test]
    fn the_legal_day_is_utc_plus_five() {
        let late = Moment::parse_rfc3339("2026-11-22T20:30:00Z").unwrap();
        assert_eq!(late.legal_date().day(), 23);
        assert_eq!(late.rfc3339(), "2026-11-22T20:30:00Z");
    }
}
