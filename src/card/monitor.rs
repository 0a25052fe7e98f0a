//! The thread that watches readers.

use std::sync::Arc;
use std::time::Duration;

use super::{CardError, ReaderState, Stack};

/// How often the service is looked for while it is away.
const AWAY: Duration = Duration::from_millis(500);
/// How long one wait lasts at most: bounds how late a shutdown is noticed.
const WAIT: Duration = Duration::from_secs(1);

pub(super) type Look = Result<Vec<ReaderState>, CardError>;

/// Reports each change until `report` says that nobody listens; also asked between changes.
pub(super) fn spawn(stack: Arc<dyn Stack>, mut report: impl FnMut(Option<Look>) -> bool + Send + 'static) {
    let watch = move || {
        let mut backend = stack.open();
        let mut last: Option<Look> = None;
        loop {
            let look = backend.readers();
            let changed = last.as_ref() != Some(&look);
            if !report(changed.then(|| look.clone())) {
                return;
            }
            let waited = match &look {
                Ok(readers) => backend.wait(readers, WAIT),
                Err(error) => Err(error.clone()),
            };
            if waited.is_err() {
                std::thread::sleep(AWAY);
            }
            last = Some(look);
        }
    };
    // Without a thread nothing is ever reported, and the status stays at "no service".
    let _ = std::thread::Builder::new().name("card-watch".into()).spawn(watch);
}
