//! "Tell me when the answer comes": a number is kept sealed beside its letter, and when the answer is there one
//! text goes to the gateway that this portal's keeper named. A gateway that fails never holds a letter up: texts have
//! a task of their own, which reads from the database what is still to be told, also after a fall.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::Notify;

use super::app::{App, failed};
use super::problem::{Refusal, same};
use super::store::alerts::DueAlert;
use super::store::events::Held;
use crate::clock::Moment;
use crate::domain::Digest;
use crate::domain::phone::Phone;
use crate::fault::{Code, Coded as _};
use crate::i18n::{Lang, Msg, tr};
use crate::portal::sms::{Gateway, Sms, SmsError};
use crate::portal::wire::AlertState;
use crate::seal::alert::{self, Alert};
use crate::seal::envelope::EnvelopeError;

/// Seconds to the second attempt of a text that a gateway did not take; doubled with each.
const FIRST: i64 = 30;
const LONGEST: i64 = 6 * 3_600;
/// A text that comes a week after the answer helps nobody.
const GIVEN_UP: i64 = 7 * 86_400;
/// Seconds that a number waits for an answer at most: no term of law is so long, and seal keys that open it are
/// kept for as long.
const KEPT: i64 = 400 * 86_400;
/// Texts in one look.
const AT_ONCE: u32 = 50;
/// Between two looks where nobody says that an answer came.
const LOOK: Duration = Duration::from_secs(60);
/// After a gateway that did not answer.
const PAUSE: Duration = Duration::from_secs(2);

/// Where texts go, and who is told that one is due.
#[derive(Default)]
pub struct Alerts {
    gateway: OnceLock<Arc<dyn Gateway>>,
    wake: Notify,
}

impl Alerts {
    /// Names the gateway; the first one stays.
    pub fn through(&self, gateway: Arc<dyn Gateway>) {
        let _ = self.gateway.set(gateway);
        self.wake();
    }

    pub fn offered(&self) -> bool {
        self.gateway.get().is_some()
    }

    pub fn wake(&self) {
        self.wake.notify_one();
    }
}

fn unopened(error: &EnvelopeError) -> Refusal {
    match error {
        EnvelopeError::NoRandom | EnvelopeError::BadKey => Refusal::unavailable(),
        EnvelopeError::UnknownKey(_) | EnvelopeError::DoesNotOpen => {
            Refusal::new(422, Code("server.wrongly-sealed"))
        }
        _ => Refusal::new(422, Code("server.malformed")),
    }
}

impl App {
    /// A sealed wish from a kiosk's outbox: the key inside proves whose letter it is.
    pub async fn alert(&self, sealed: &[u8]) -> Result<(), Refusal> {
        self.offers_alerts()?;
        let asked = alert::open(sealed, &self.deployment.open).map_err(|e| unopened(&e))?;
        let found = self.db.held(asked.lookup_id).await.map_err(|e| failed(&e))?;
        let key = asked.access.as_ref().map(|key| Digest::of(key.as_ref()));
        let held = found.filter(|held| key.is_some_and(|key| same(&held.access_hash, &key)));
        self.keep_alert(&held.ok_or(Refusal::not_found())?, Digest::of(sealed), asked.phone).await
    }

    /// A wish for a letter that was opened by its key or its signer's card.
    pub async fn alert_for(&self, held: &Held, phone: &str) -> Result<(), Refusal> {
        self.offers_alerts()?;
        let phone = Phone::parse(phone).map_err(|_| Refusal::new(422, Code("server.phone")))?;
        // Each is a wish of its own: what was taken back may be asked for again.
        let request = crate::seal::random::<32>().map_err(|_| Refusal::unavailable())?;
        self.keep_alert(held, Digest(*request), phone).await
    }

    fn offers_alerts(&self) -> Result<(), Refusal> {
        if self.alerts.offered() { Ok(()) } else { Err(Refusal::new(501, Code("server.tells-nobody"))) }
    }

    async fn keep_alert(&self, held: &Held, request: Digest, phone: Phone) -> Result<(), Refusal> {
        let (now, keyset) = (self.clock.now(), &self.deployment.keyset);
        let to = keyset.seal_key(now).map_err(|_| Refusal::unavailable())?;
        let kept = Alert { lookup_id: held.lookup, access: None, phone };
        let sealed = alert::seal(&kept, &to).map_err(|e| unopened(&e))?;
        let message = crate::seal::random::<16>().map_err(|_| Refusal::unavailable())?;
        let kept = self.db.ask_alert(held.id, request, *message, &sealed, now.wall).await;
        kept.map_err(|e| failed(&e))?;
        self.changes.tell(held.id);
        self.alerts.wake();
        Ok(())
    }

    /// "Do not tell me any more": the number is wiped. Without one there is nothing to do.
    pub async fn no_alert(&self, held: &Held) -> Result<(), Refusal> {
        let gone = self.db.end_alert(held.id, AlertState::None).await.map_err(|e| failed(&e))?;
        if gone {
            self.changes.tell(held.id);
        }
        Ok(())
    }

    /// Where the wish stands, for who may see the letter; `None` where nothing was asked and nothing can be.
    pub async fn alert_of(&self, held: &Held) -> Result<Option<AlertState>, Refusal> {
        let state = self.db.alert_state(held.id).await.map_err(|e| failed(&e))?;
        Ok((state != AlertState::None || self.alerts.offered()).then_some(state))
    }

    /// Wipes numbers that no answer came for.
    pub(super) async fn forget_alerts(&self, now: Moment) {
        if let Err(e) = self.db.forget_alerts(now.plus(-KEPT)).await {
            super::trouble(&e);
        }
    }
}

/// How long a text waits after so many refusals.
fn wait(attempts: u32) -> i64 {
    FIRST.saturating_mul(1 << attempts.min(20)).min(LONGEST)
}

/// Sends what is due, for as long as the portal runs.
pub async fn work(app: Arc<App>) {
    let gateway = loop {
        match app.alerts.gateway.get() {
            Some(gateway) => break gateway.clone(),
            None => app.alerts.wake.notified().await,
        }
    };
    let (mut silent, mut said) = (0u32, None);
    loop {
        let came = pass(&app, &*gateway).await;
        // Staff are told when it begins, not at every attempt.
        let fault = came.err().map(|e| e.code());
        if fault != said
            && let Some(code) = fault
        {
            crate::log::event(crate::log::Event::Fault { code });
        }
        said = fault;
        silent = if fault.is_some() { silent.saturating_add(1) } else { 0 };
        match silent {
            0 => tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = app.alerts.wake.notified() => {}
            },
            n => tokio::time::sleep(PAUSE.saturating_mul(1 << (n - 1).min(8))).await,
        }
    }
}

/// One look. Where the gateway is silent the others need not try.
async fn pass(app: &App, gateway: &dyn Gateway) -> Result<(), SmsError> {
    let now = app.clock.now().wall;
    let due = match app.db.due_alerts(now, now.plus(LONGEST), AT_ONCE).await {
        Ok(due) => due,
        Err(e) => {
            super::trouble(&e);
            return Ok(());
        }
    };
    let mut came = Ok(());
    for one in due {
        let told = match text(app, &one, now) {
            Some(sms) => gateway.send(sms).await,
            None => Err(SmsError::Refused),
        };
        let kept = match told {
            Ok(()) => app.db.end_message(one.letter, one.message, AlertState::Sent).await.map(drop),
            Err(SmsError::Refused) => {
                app.db.end_message(one.letter, one.message, AlertState::Failed).await.map(drop)
            }
            Err(SmsError::Busy { seconds }) => {
                let until = now.plus(wait(one.attempts).max(i64::from(seconds)).min(LONGEST));
                app.db.put_off_alert(one.letter, until).await
            }
            Err(silent) => {
                came = Err(silent);
                break;
            }
        };
        match kept {
            Ok(()) => app.changes.tell(one.letter),
            Err(e) => super::trouble(&e),
        }
    }
    came
}

/// The text; `None` where it comes too late, or the number cannot be opened any more.
fn text(app: &App, one: &DueAlert, now: Moment) -> Option<Sms> {
    if now > one.answered.plus(GIVEN_UP) {
        return None;
    }
    let to = alert::open(&one.sealed, &app.deployment.open).ok()?.phone;
    let lang = Lang::from_tag(&one.language).unwrap_or_default();
    let says = if app.practice() { Msg::AlertTextPractice } else { Msg::AlertText };
    Some(Sms { id: hex::encode(one.message), to, text: tr(lang, says) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_bound() {
        assert_eq!((wait(0), wait(1), wait(2)), (30, 60, 120));
        assert_eq!((wait(20), wait(u32::MAX)), (LONGEST, LONGEST));
    }

    /// One part of a text in UCS-2 (3GPP TS 23.038) holds 70 characters.
    #[test]
    fn the_text_is_one_part_and_names_nothing() {
        for lang in Lang::ALL {
            for says in [Msg::AlertText, Msg::AlertTextPractice] {
                let text = tr(lang, says);
                assert!(text.encode_utf16().count() <= 70, "{}: {text}", text.encode_utf16().count());
                assert!(!text.contains(|c: char| c.is_ascii_digit()), "{text}");
            }
        }
    }
}
