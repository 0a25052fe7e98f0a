//! Who asks too often is told when to come again (429 with Retry-After).

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::clock::Clock;

/// Names kept at once; past it those that have recovered are forgotten.
const NAMES: usize = 50_000;

/// A bucket of `burst` tokens for each name, refilled at `per_minute`.
pub struct Limit<K> {
    burst: f64,
    per_second: f64,
    clock: Clock,
    buckets: Mutex<HashMap<K, (f64, Instant)>>,
}

impl<K: Eq + Hash> Limit<K> {
    pub fn new(burst: u32, per_minute: u32, clock: Clock) -> Self {
        Self {
            burst: f64::from(burst),
            per_second: f64::from(per_minute.max(1)) / 60.0,
            clock,
            buckets: Mutex::new(HashMap::new()),
        }
    }

    /// Takes one; `Err` says after how many whole seconds there is one again.
    pub fn take(&self, name: K) -> Result<(), u64> {
        self.take_at(name, self.clock.monotonic())
    }

    fn take_at(&self, name: K, now: Instant) -> Result<(), u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let level = |(tokens, at): (f64, Instant)| {
            (tokens + now.saturating_duration_since(at).as_secs_f64() * self.per_second).min(self.burst)
        };
        if buckets.len() >= NAMES {
            buckets.retain(|_, bucket| level(*bucket) < self.burst);
        }
        if buckets.len() >= NAMES && !buckets.contains_key(&name) {
            return Err(60);
        }
        let bucket = buckets.entry(name).or_insert((self.burst, now));
        let tokens = level(*bucket);
        if tokens < 1.0 {
            *bucket = (tokens, now);
            return Err(((1.0 - tokens) / self.per_second).ceil().max(1.0) as u64);
        }
        *bucket = (tokens - 1.0, now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let clock = Clock::system();
        let start = clock.monotonic();
        let limit = Limit::new(3, 6, clock);
        for _ in 0..3 {
            assert_eq!(limit.take_at("a", start), Ok(()));
        }
        assert_eq!(limit.take_at("a", start), Err(10));
        assert_eq!(limit.take_at("b", start), Ok(()));
        assert_eq!(limit.take_at("a", start + Duration::from_secs(4)), Err(6));
        assert_eq!(limit.take_at("a", start + Duration::from_secs(10)), Ok(()));
        assert_eq!(limit.take_at("a", start + Duration::from_secs(10)), Err(10));
    }
}
