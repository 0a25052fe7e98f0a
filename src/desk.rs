//! What staff do at a kiosk: the PIN that lets them, and a look at everything that must work.

pub mod doctor;
pub mod helped;
pub mod pin;
pub mod report;

use std::path::Path;
use std::sync::Arc;

pub use doctor::{Parts, Settings, Setup, examine};
pub use helped::Helped;
pub use pin::StaffPin;
pub use report::Report;

use crate::store::socket;

/// What `tereze doctor` asks a kiosk that is running.
const QUESTION: &str = "doctor";

/// Lets `tereze doctor` ask this kiosk. Within a tokio runtime; a kiosk that cannot be asked still works.
pub fn answer(data: &Path, settings: Settings, parts: Parts) {
    let answer: socket::Answer = Arc::new(move |question| {
        let (settings, parts) = (settings.clone(), parts.clone());
        (question == QUESTION).then(|| {
            let look = async move { examine(&settings, &parts).await };
            Box::pin(async move { serde_json::to_vec(&look.await).unwrap_or_default() }) as _
        })
    });
    // The task goes on as long as the runtime does.
    let _ = socket::serve(data, answer);
}

/// The report of the kiosk that runs on this data, where one does. Blocking.
pub fn ask(data: &Path) -> Option<Report> {
    serde_json::from_slice(&socket::ask(data, QUESTION)?).ok()
}
