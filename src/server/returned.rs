//! A portal that was restored from an older copy gets back what it had registered since. A kiosk keeps
//! each sealed envelope with the portal's own signed word for some days; that word vouches for the
//! letter: its number, its times and its due date stay, and no check is made anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::app::{App, failed, letter_number};
use super::problem::Refusal;
use super::standing::Known;
use super::store::again::{Renumbered, Returned};
use super::store::{NewLetter, NewNotice, Registered};
use crate::clock::Moment;
use crate::domain::event::{Event, Kind, Official};
use crate::domain::receipt::{Notice, Receipt};
use crate::domain::statement::Statement;
use crate::domain::{Digest, Names};
use crate::fault::Code;
use crate::i18n::{Lang, Msg, Text};
use crate::portal::Outcome;
use crate::seal::envelope::{self, Contents};
use crate::seal::history::write_event;
use crate::seal::receipt::{sign_receipt, verify_notice, verify_receipt};

/// Numbers that are left out once it is known that letters were lost: more than a day's letters.
const SKIPPED: i64 = 100_000;
/// Codes of the events that tell what happened; never changed.
const GIVEN_AGAIN: &str = "given-again";
const RENUMBERED: &str = "renumbered";

/// What this run of the portal is, and what it learnt about itself.
pub struct Life {
    /// Another at each start: a kiosk that sees it change asks what is still known.
    pub id: u32,
    /// Numbers were left out in this run.
    skipped: AtomicBool,
}

impl Life {
    pub fn begin() -> Result<Self, crate::seal::NoRandom> {
        let id = u32::from_be_bytes(*crate::seal::random::<4>()?);
        Ok(Self { id, skipped: AtomicBool::new(false) })
    }
}

/// Our own word, verified.
enum Word {
    Receipt(Box<Receipt>),
    Notice(Notice),
}

fn not_ours() -> Refusal {
    Refusal::new(422, Code("server.not-our-receipt"))
}

/// Year and count of a number of this portal's series.
fn counted(number: &str, practice: bool) -> Option<(i32, i64)> {
    let mut parts = number.rsplitn(3, '-');
    let (count, year) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (letter_number(practice, year, count) == number).then_some((year, count))
}

pub(super) fn in_three(say: impl Fn(Lang) -> String) -> Names {
    Names { kk: say(Lang::Kk), ru: say(Lang::Ru), en: say(Lang::En) }
}

impl App {
    /// Leaves numbers out, once a run: this portal does not know all that it registered.
    pub async fn went_back(&self) -> Result<(), Refusal> {
        if self.life.skipped.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let year = self.clock.now().wall.legal_date().year();
        let (from, to) = self.db.skip(year, SKIPPED).await.map_err(|e| failed(&e))?;
        crate::log::event(crate::log::Event::Restored { from, to });
        Ok(())
    }

    fn word(&self, envelope: Digest, signed: &[u8]) -> Option<Word> {
        let keyset = &self.deployment.keyset;
        if let Ok(receipt) = verify_receipt(signed, keyset) {
            return (receipt.envelope == envelope).then(|| Word::Receipt(Box::new(receipt)));
        }
        let notice = verify_notice(signed, keyset).ok()?;
        (notice.envelope == envelope).then_some(Word::Notice(notice))
    }

    /// Takes the portal's own word about an envelope that is not here; the envelope follows.
    pub async fn bring(&self, envelope: Digest, signed: Vec<u8>) -> Result<(), Refusal> {
        let outcome = match self.word(envelope, &signed).ok_or_else(not_ours)? {
            Word::Receipt(_) => Outcome::Receipt(signed),
            Word::Notice(_) => Outcome::Notice(signed),
        };
        // Before any other letter can get a number that is on a paper already.
        self.went_back().await?;
        self.db.bring(envelope, &outcome, self.clock.now().wall).await.map_err(|e| failed(&e))
    }

    /// The whole envelope whose word was brought before: registered or refused again, as it was.
    pub(super) async fn give_again(
        self: &Arc<Self>,
        envelope: Digest,
        bytes: Vec<u8>,
        signed: Vec<u8>,
        kiosk: u32,
    ) -> Result<Outcome, Refusal> {
        let word = self.word(envelope, &signed).ok_or_else(not_ours)?;
        let app = self.clone();
        let opened = tokio::task::spawn_blocking(move || {
            let (header, contents) = envelope::open(&bytes, &app.deployment.open).ok()?;
            Some((header.submission, contents, bytes))
        });
        let wrongly = || Refusal::new(422, Code("server.wrongly-sealed"));
        let opened = opened.await.map_err(|_| Refusal::unavailable())?;
        let (submission, contents, bytes) = opened.ok_or_else(wrongly)?;
        match word {
            Word::Notice(notice) if notice.submission == submission => {
                let new = NewNotice {
                    envelope,
                    submission,
                    lookup: contents.lookup_id,
                    access_hash: contents.access_hash,
                    made: notice.time,
                    reason: &notice.reason,
                    notice: &signed,
                };
                self.db.refuse(&new).await.map(Outcome::Notice).map_err(|e| failed(&e))
            }
            Word::Receipt(receipt) if receipt.submission == submission => {
                self.register_again(envelope, &bytes, &contents, &receipt, &signed, kiosk).await
            }
            _ => Err(not_ours()),
        }
    }

    async fn register_again(
        &self,
        envelope: Digest,
        bytes: &[u8],
        contents: &Contents,
        receipt: &Receipt,
        signed: &[u8],
        kiosk: u32,
    ) -> Result<Outcome, Refusal> {
        // The certificate may have ended since: what was registered is told by its digest.
        let verdict = crate::sign::verify(&contents.cms, None, &self.citizens, self.clock.now());
        let content = verdict.attached().filter(|c| Digest::of(c) == receipt.statement);
        let statement = Statement::parse(content.ok_or_else(not_ours)?).map_err(|_| not_ours())?;
        let (year, count) = counted(&receipt.number, self.practice()).ok_or_else(not_ours)?;
        let now = self.clock.now().wall;
        let told = |number: &str| self.follows(&statement, number, now);
        let event = self.event(now, receipt, GIVEN_AGAIN, Msg::PortalGivenAgain, None);
        let back = Returned {
            letter: NewLetter {
                envelope,
                bytes,
                signer: self.deployment.signer_index(&statement.signer.iin),
                submission: receipt.submission,
                statement: receipt.statement,
                lookup: contents.lookup_id,
                access_hash: contents.access_hash,
                code_hash: contents.code_hash,
                body: &statement.body.id,
                form: &statement.form.id,
                form_version: statement.form.version,
                language: &statement.language,
                registered: receipt.registered,
                due: receipt.due.to_string(),
                rule: &receipt.rule,
                kiosk,
                about: self.content.about(&statement).map(|(about, number)| (number, about.event())),
                // Judged anew as of its registration, when there is time.
                known: &Known::default(),
            },
            number: &receipt.number,
            year,
            count,
            receipt: signed,
            event: (GIVEN_AGAIN, &event),
            told: &told,
            now,
        };
        let renumbered = |count| {
            let number = letter_number(self.practice(), year, count);
            let new = Receipt { number: number.clone(), ..receipt.clone() };
            let event = self.event(now, receipt, RENUMBERED, Msg::PortalRenumbered, Some(&number));
            let receipt = sign_receipt(&new, &self.deployment.receipt).map_err(|e| e.to_string())?;
            Ok((number, Renumbered { receipt, event, kind: RENUMBERED }))
        };
        match self.db.register_again(&back, renumbered).await.map_err(|e| failed(&e))? {
            Registered::Receipt(bytes) => Ok(Outcome::Receipt(bytes)),
            Registered::Reused => Err(Refusal::new(422, Code("server.submission-reused"))),
        }
    }

    /// What the visitor reads of it, in the portal's own words.
    fn event(
        &self,
        at: Moment,
        receipt: &Receipt,
        code: &str,
        words: Msg,
        renumbered: Option<&str>,
    ) -> Vec<u8> {
        let title = in_three(|lang| match renumbered {
            Some(now) => Text::new(words).with("before", receipt.number.as_str()).with("now", now).say(lang),
            None => Text::new(words).say(lang),
        });
        let official = Official { name: receipt.received_by.clone(), post: in_three(|_| String::new()) };
        write_event(&Event { at, official, kind: Kind::Other { code: code.to_owned(), title } })
    }
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn only_numbers_of_this_series_are_counted() {
        assert_eq!(counted("ЖТ-2026-00000017", false), Some((2026, 17)));
        assert_eq!(counted("ОҚУ-2026-00100001", true), Some((2026, 100_001)));
        for other in ["ЖТ-2026-00000017", "ОҚУ-2026-17", "ОҚУ-2026--0000017", "", "ОҚУ-2026-"] {
            assert_eq!(counted(other, true), None, "{other}");
        }
    }
}
