//! The only room that reads time: wall, monotonic, and how far the wall clock may be trusted.
//!
//! A kiosk without a battery starts in 1970. The clock has a floor (the build's time, then the
//! last time a portal proved); below it the answer is [`Confidence::Doubtful`] and verdicts become
//! *could not check*. Legal dates are counted in UTC+5 whatever the machine's zone says.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
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

    /// IMF-fixdate (RFC 9110 §5.6.7).
    pub fn http_date(self) -> String {
        let format = time::macros::format_description!(
            "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
        );
        let at = OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        at.format(format).unwrap_or_default()
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
    /// The wall clock is below what is proven to have passed, or far from what the portal says: dates
    /// must not be judged by it.
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
    portal: Arc<Heard>,
}

/// What a portal that proved who it is let this machine know of its time.
#[derive(Default)]
struct Heard {
    /// Its last word, and when that came.
    said: Mutex<Option<(Moment, Instant)>>,
    /// Its certificate is this deployment's and yet not of this time.
    unfit: AtomicBool,
}

/// Clocks of machines that are both right differ by minutes.
const NEAR: i64 = 600;
/// Clocks that differ by more than a day are not both right.
const APART: i64 = 24 * 3600;
/// How far a portal's word moves the floor of a clock that seems right: one that stood still for longer
/// is below its floor at the next start. Further, and it may be the portal's clock that is off.
const BELIEVED: i64 = 180 * 24 * 3600;

/// This machine's time and the portal's, where they are too far apart for both to be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// What the portal's time should be now; `None`: only its certificate shows that it is another.
    pub portal: Option<Moment>,
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
        Self { source: Arc::new(source), floor: Arc::new(AtomicI64::new(built)), portal: Arc::default() }
    }

    pub fn now(&self) -> Reading {
        let wall = (self.source)();
        let floor = self.floor.load(Ordering::Relaxed);
        if wall < floor - NEAR {
            Reading { wall: Moment(floor), confidence: Confidence::Doubtful }
        } else {
            let confidence = match self.apart_from(wall) {
                Some(_) => Confidence::Doubtful,
                None => Confidence::Plausible,
            };
            Reading { wall: Moment(wall.max(floor)), confidence }
        }
    }

    /// Below what is proven to have passed: this machine's clock is wrong, whatever others say.
    pub fn is_behind(&self) -> bool {
        (self.source)() < self.floor.load(Ordering::Relaxed) - NEAR
    }

    /// The last verified word of the portal against this machine's clock. It ends by itself once either
    /// clock is set right.
    pub fn disagreement(&self) -> Option<Disagreement> {
        self.apart_from((self.source)())
    }

    fn apart_from(&self, wall: i64) -> Option<Disagreement> {
        let said = *self.portal.said.lock().unwrap_or_else(PoisonError::into_inner);
        let portal = said.map(|(at, then)| at.plus(i64::try_from(self.since(then).as_secs()).unwrap_or(0)));
        let apart = portal.is_some_and(|at| at.0.abs_diff(wall) > APART.unsigned_abs());
        let unfit = self.portal.unfit.load(Ordering::Relaxed);
        (apart || unfit).then_some(Disagreement { portal: portal.filter(|_| apart) })
    }

    /// The time in an answer of the portal, over a connection that proved whose it is.
    pub fn heard(&self, at: Moment) {
        self.portal.unfit.store(false, Ordering::Relaxed);
        *self.portal.said.lock().unwrap_or_else(PoisonError::into_inner) = Some((at, self.monotonic()));
        self.proven(at);
    }

    /// The portal's certificate comes from this deployment, and its days do not hold this machine's time.
    pub fn unfit(&self) {
        self.portal.unfit.store(true, Ordering::Relaxed);
    }

    /// The latest time that is proven to have passed.
    pub fn floor(&self) -> Moment {
        Moment(self.floor.load(Ordering::Relaxed))
    }

    /// Raises the floor to a time that a verified portal statement proved. Never lowers it, and never
    /// takes a clock that seems right far ahead: a floor that is wrong would stay.
    pub fn proven(&self, at: Moment) {
        if !self.is_behind() && at.0 > (self.source)().saturating_add(BELIEVED) {
            return;
        }
        self.floor.fetch_max(at.0, Ordering::Relaxed);
    }

    /// Has the wall clock left the way that it was on at `since`, when it said `wall`? By more than a day.
    pub fn jumped(&self, (wall, since): (Moment, Instant)) -> bool {
        let expected = wall.plus(i64::try_from(self.since(since).as_secs()).unwrap_or(0));
        (self.source)().abs_diff(expected.0) > APART.unsigned_abs()
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
        assert_eq!(clock.now(), Reading { wall: now.wall.plus(60), confidence: Confidence::Plausible });
        clock.proven(now.wall.plus(-600));
        assert_eq!(clock.now().wall, now.wall.plus(60));
        clock.proven(now.wall.plus(3600));
        assert_eq!(clock.now(), Reading { wall: now.wall.plus(3600), confidence: Confidence::Doubtful });
    }

    #[test]
    fn a_portal_far_away_in_time_makes_it_doubtful_until_either_is_right() {
        let year = 365 * 24 * 3600;
        let right = Clock::system().now().wall;
        let wall = Arc::new(AtomicI64::new(right.0));
        let source = wall.clone();
        let clock = Clock::with_source(move || source.load(Ordering::Relaxed));
        clock.heard(right.plus(300));
        assert_eq!((clock.disagreement(), clock.now().confidence), (None, Confidence::Plausible));
        // This machine is two years ahead; then it is set right.
        wall.store(right.0 + 2 * year, Ordering::Relaxed);
        assert_eq!(clock.now().confidence, Confidence::Doubtful);
        assert!(clock.disagreement().unwrap().portal.is_some() && !clock.is_behind());
        wall.store(right.0 + 4000, Ordering::Relaxed);
        assert_eq!((clock.disagreement(), clock.now().confidence), (None, Confidence::Plausible));
        // The portal is two years ahead: the floor does not follow it.
        clock.heard(right.plus(2 * year));
        assert_eq!(clock.now().confidence, Confidence::Doubtful);
        assert!(clock.floor() <= right.plus(4000));
        clock.heard(right.plus(4000));
        assert_eq!(clock.now().confidence, Confidence::Plausible);
        // Weeks behind: believed, the time is the portal's.
        clock.heard(right.plus(40 * 24 * 3600));
        assert_eq!(
            clock.now(),
            Reading { wall: right.plus(40 * 24 * 3600), confidence: Confidence::Doubtful }
        );
        let clock = Clock::fixed(right);
        clock.unfit();
        assert_eq!(clock.disagreement(), Some(Disagreement { portal: None }));
        clock.heard(right);
        assert_eq!(clock.disagreement(), None);
    }

    #[test]
    fn the_legal_day_is_utc_plus_five() {
        let late = Moment::parse_rfc3339("2026-11-22T20:30:00Z").unwrap();
        assert_eq!(late.legal_date().day(), 23);
        assert_eq!(late.rfc3339(), "2026-11-22T20:30:00Z");
        assert_eq!(late.http_date(), "Sun, 22 Nov 2026 20:30:00 GMT");
    }
}
