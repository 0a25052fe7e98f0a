//! What every request works on.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::Date;
use tokio::sync::Notify;
use zeroize::Zeroizing;

use super::intake::{Accepted, Checked, Intake, Who};
use super::keys::Deployment;
use super::letters::Changes;
use super::limit::Limit;
use super::lists::Lists;
use super::login::Logins;
use super::problem::{Refusal, same};
use super::proofs::Tsa;
use super::returned::Life;
use super::store::{Db, DbError, NewLetter, NewNotice, Registered};
use super::upload::Uploads;
use crate::clock::{Clock, Moment};
use crate::content::Snapshot;
use crate::domain::Digest;
use crate::domain::receipt::{Notice, Receipt};
use crate::fault::Code;
use crate::portal::{Outcome, wire};
use crate::seal::receipt::{MAX_BODY_NAME, sign_notice, sign_receipt};
use crate::sign::trust::Trust;

/// How long a one-time code for enrolment lives.
const INVITATION: i64 = 24 * 3600;
/// Crockford's letters, as on visitors' papers: nobody confuses 0 and O.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

pub struct App {
    pub db: Db,
    pub uploads: Arc<Uploads>,
    pub deployment: Arc<Deployment>,
    pub citizens: Trust,
    pub content: &'static Snapshot,
    pub clock: Clock,
    /// Name and post of who receives letters (АППК art. 64), in the three languages.
    pub received_by: crate::domain::Names,
    pub limits: Limits,
    pub changes: Changes,
    pub logins: Logins,
    pub relay: super::relay::Relay,
    pub alerts: super::alerts::Alerts,
    pub phones: super::phone::Phones,
    /// Lists of revoked certificates, where this portal's keeper named some.
    pub lists: OnceLock<Arc<Lists>>,
    pub rest: super::standing::Rest,
    /// A letter has come whose signature is to be proven further.
    pub proving: Notify,
    /// Who says when a letter was there, where this portal's keeper named somebody.
    pub tsa: OnceLock<Tsa>,
    pub life: Life,
    /// What the clocks said at the start.
    pub began: (Moment, Instant),
}

pub struct Limits {
    /// Requests of one kiosk.
    pub kiosk: Limit<u32>,
    /// Requests without a kiosk's credential, by address.
    pub address: Limit<IpAddr>,
    /// Guessing: number + code and one-time codes, by address and by number.
    pub guess: Limit<IpAddr>,
    pub number: Limit<String>,
    /// Questions relayed for one kiosk.
    pub relay: Limit<u32>,
    /// Documents that one kiosk gives for phones.
    pub phone: Limit<u32>,
}

impl Limits {
    pub fn new(clock: &Clock) -> Self {
        Self {
            kiosk: Limit::new(300, 600, clock.clone()),
            address: Limit::new(120, 120, clock.clone()),
            guess: Limit::new(10, 6, clock.clone()),
            number: Limit::new(20, 1, clock.clone()),
            relay: Limit::new(30, 30, clock.clone()),
            phone: Limit::new(10, 10, clock.clone()),
        }
    }
}

pub(super) fn failed(error: &DbError) -> Refusal {
    crate::server::trouble(error);
    Refusal::unavailable()
}

impl App {
    pub fn practice(&self) -> bool {
        self.deployment.keyset.practice
    }

    /// What becomes of a whole envelope whose digest is right: the stored receipt or notice.
    pub async fn take(
        self: &Arc<Self>,
        envelope: Digest,
        bytes: Vec<u8>,
        kiosk: u32,
    ) -> Result<Outcome, Refusal> {
        if let Some(known) = self.db.outcome(envelope).await.map_err(|e| failed(&e))? {
            return Ok(known);
        }
        if let Some(Outcome::Receipt(signed) | Outcome::Notice(signed)) =
            self.db.brought(envelope).await.map_err(|e| failed(&e))?
        {
            return self.give_again(envelope, bytes, signed, kiosk).await;
        }
        if self.clock.jumped(self.began) {
            // A wrong date would be signed, or a good certificate refused: nothing is judged until a start.
            let code = Code("server.could-not-check");
            crate::log::event(crate::log::Event::Fault { code: Code("clock.doubtful") });
            return Err(Refusal::new(503, code));
        }
        let now = self.clock.now();
        let app = self.clone();
        let work = tokio::task::spawn_blocking(move || {
            let judge = |cms: &[u8]| app.judged(cms, now, None);
            let intake = Intake { deployment: &app.deployment, judge: &judge, content: app.content, now };
            (intake.check(&bytes), bytes)
        });
        let (checked, bytes) = work.await.map_err(|_| Refusal::unavailable())?;
        match checked {
            Checked::Problem { status, code } => Err(Refusal::new(status, code)),
            Checked::Refused { who, reason } => self.refuse(envelope, &who, reason, now.wall).await,
            Checked::Accepted(accepted) => {
                match self.register(envelope, &bytes, &accepted, kiosk, now.wall).await? {
                    Registered::Receipt(bytes) => Ok(Outcome::Receipt(bytes)),
                    Registered::Reused => {
                        let reason = Code("server.submission-reused");
                        self.refuse(envelope, &accepted.who, reason, now.wall).await
                    }
                }
            }
        }
    }

    async fn register(
        &self,
        envelope: Digest,
        bytes: &[u8],
        accepted: &Accepted,
        kiosk: u32,
        now: Moment,
    ) -> Result<Registered, Refusal> {
        let statement = &accepted.statement;
        let letter = NewLetter {
            envelope,
            bytes,
            signer: self.deployment.signer_index(&accepted.iin),
            submission: accepted.who.submission,
            statement: accepted.digest,
            lookup: accepted.who.lookup,
            access_hash: accepted.who.access_hash,
            code_hash: accepted.code_hash,
            body: &statement.body.id,
            form: &statement.form.id,
            form_version: statement.form.version,
            language: &statement.language,
            registered: now,
            due: accepted.due.date.to_string(),
            rule: &accepted.due.rule,
            kiosk,
            about: self.content.about(statement).map(|(about, number)| (number, about.event())),
            known: &accepted.known,
        };
        let year = now.legal_date().year();
        let practice = self.practice();
        let number = move |count| letter_number(practice, year, count);
        let receipt = |number: &str| {
            let receipt = self.receipt(number, envelope, accepted, now, accepted.due.date);
            sign_receipt(&receipt, &self.deployment.receipt).map_err(|e| e.to_string())
        };
        let told = |number: &str| self.follows(statement, number, now);
        let kept = self.db.register(&letter, year, number, receipt, told).await;
        let (registered, earlier) = kept.map_err(|e| failed(&e))?;
        if let Some(earlier) = earlier {
            self.changes.tell(earlier);
        }
        self.proving.notify_one();
        Ok(registered)
    }

    fn receipt(
        &self,
        number: &str,
        envelope: Digest,
        accepted: &Accepted,
        now: Moment,
        due: Date,
    ) -> Receipt {
        let statement = &accepted.statement;
        Receipt {
            number: number.to_owned(),
            registered: now,
            submission: accepted.who.submission,
            statement: accepted.digest,
            envelope,
            body: statement.body.id.clone(),
            body_name: shortened(&statement.body.name, MAX_BODY_NAME),
            received_by: self.received_by.get(statement.lang().unwrap_or_default()).to_owned(),
            due,
            rule: accepted.due.rule.clone(),
            practice: self.practice(),
            language: statement.language.clone(),
        }
    }

    async fn refuse(
        &self,
        envelope: Digest,
        who: &Who,
        reason: Code,
        now: Moment,
    ) -> Result<Outcome, Refusal> {
        let notice = Notice {
            time: now,
            submission: who.submission,
            envelope,
            reason: reason.0.to_owned(),
            practice: self.practice(),
        };
        let signed = sign_notice(&notice, &self.deployment.receipt).map_err(|_| Refusal::unavailable())?;
        let new = NewNotice {
            envelope,
            submission: who.submission,
            lookup: who.lookup,
            access_hash: who.access_hash,
            made: now,
            reason: reason.0,
            notice: &signed,
        };
        self.db.refuse(&new).await.map(Outcome::Notice).map_err(|e| failed(&e))
    }

    /// Which directory of bodies letters are registered by.
    pub fn bodies(&self) -> wire::Bodies {
        let manifest = self.content.manifest();
        let file = manifest.files.iter().find(|f| f.path == "content/bodies.toml");
        let sha256 = file.map(|f| f.sha256.to_string()).unwrap_or_default();
        wire::Bodies { version: manifest.version.clone(), sha256 }
    }

    /// A one-time code for the next kiosk; only its hash is kept.
    pub async fn invite(&self) -> Result<Zeroizing<String>, DbError> {
        invite(&self.db, &self.clock).await
    }

    /// Uses a one-time code up. The credential is base64url of the kiosk's number (4 bytes,
    /// big-endian) and 16 random bytes.
    pub async fn enrol(&self, code: &str, name: &str) -> Result<Option<(u32, Zeroizing<String>)>, DbError> {
        let secret = crate::seal::random::<16>().map_err(|_| DbError::Receipt("random".to_owned()))?;
        let hash = Digest::of(secret.as_ref());
        let now = self.clock.now().wall;
        let Some(kiosk) = self.db.enrol(code_hash(code), name, hash, now).await? else { return Ok(None) };
        let bytes = Zeroizing::new([&kiosk.to_be_bytes()[..], secret.as_ref()].concat());
        Ok(Some((kiosk, Zeroizing::new(URL_SAFE_NO_PAD.encode(&*bytes)))))
    }

    /// The kiosk that this credential belongs to.
    pub async fn kiosk(&self, credential: &str) -> Result<Option<u32>, DbError> {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(credential).map(Zeroizing::new) else { return Ok(None) };
        let Some((number, secret)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
        let kiosk = u32::from_be_bytes(*number);
        let held = self.db.credential(kiosk).await?;
        Ok(held.filter(|h| secret.len() == 16 && same(h, &Digest::of(secret))).map(|_| kiosk))
    }
}

/// A name that the receipt's QR carries; the body's id stands beside it whole.
fn shortened(name: &str, bytes: usize) -> String {
    if name.len() <= bytes {
        return name.to_owned();
    }
    let cut = name.floor_char_boundary(bytes - '…'.len_utf8());
    format!("{}…", name[..cut].trim_end())
}

pub(super) async fn invite(db: &Db, clock: &Clock) -> Result<Zeroizing<String>, DbError> {
    let random = crate::seal::random::<10>().map_err(|_| DbError::Receipt("random".to_owned()))?;
    let mut code = Zeroizing::new(String::with_capacity(11));
    for (n, byte) in random.iter().enumerate() {
        if n == 5 {
            code.push('-');
        }
        code.push(char::from(LETTERS[usize::from(byte & 31)]));
    }
    db.invite(code_hash(&code), clock.now().wall.plus(INVITATION)).await?;
    Ok(code)
}

/// As people copy it: capitals, O for 0, I and L for 1, no hyphens or spaces.
fn code_hash(code: &str) -> Digest {
    let mut tidy = Zeroizing::new(String::with_capacity(16));
    for c in code.chars().filter(|c| c.is_ascii_alphanumeric()).take(16) {
        tidy.push(match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        });
    }
    Digest::of(tidy.as_bytes())
}

/// `ЖТ-2026-00001234`, in practice `ОҚУ-2026-00001234`.
pub fn letter_number(practice: bool, year: i32, count: i64) -> String {
    let series = if practice { "ОҚУ" } else { "ЖТ" };
    format!("{series}-{year:04}-{count:08}")
}
