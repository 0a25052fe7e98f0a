//! A request's body, read against a bound and the clock.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use zeroize::Zeroizing;

use super::problem::Refusal;

/// A body of some kilobytes on a slow line; the next piece of a longer one.
pub const SILENCE: Duration = Duration::from_secs(120);

/// Why a body is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    TooLong,
    Late,
}

impl From<Unread> for Refusal {
    fn from(why: Unread) -> Self {
        Refusal::bad(match why {
            Unread::TooLong => "the body is too long",
            Unread::Late => "the body did not come",
        })
    }
}

/// All of it, where it is at most so many bytes and comes in time.
pub async fn read(body: Body, most: usize) -> Result<Zeroizing<Vec<u8>>, Unread> {
    match tokio::time::timeout(SILENCE, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(Zeroizing::new(bytes.to_vec())),
        Ok(Err(_)) => Err(Unread::TooLong),
        Err(_) => Err(Unread::Late),
    }
}
