//! The work behind a key file: finding, opening, signing. All of it off the thread that draws.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use crate::clock::Moment;
use crate::env::Env;
use crate::fault::{Code, Coded as _};
use crate::files::{self, FilesError, Stick};
use crate::i18n::Lang;
use crate::private::Secret;
use crate::screen::Context;
use crate::screen::sign::Said;
use crate::screen::sign::status::Asked;
use crate::screen::sign::work::{Signed, Stated, seal};
use crate::sign::cades::Builder;
use crate::sign::keyfile::{self, Entry, KeyFileError, MAX_KEY_FILE};
use crate::sign::path::{LOGIN, SIGNING};
use crate::sign::trust::CITIZEN;
use crate::sign::verdict::{Outcome, Reason};
use crate::sign::{Question, verify_certificate};
use crate::store::shelf::Reservation;

/// Opening a file is given up after this.
const PATIENCE: Duration = Duration::from_secs(30);
/// The endings that programs give to key files.
const ENDINGS: [&str; 2] = [".p12", ".pfx"];
/// Files whose names say nothing and that are looked into all the same.
const LOOKED_INTO: usize = 100;
/// Bytes; a key with its certificate is longer.
const SHORTEST: u64 = 200;

/// Where a key file is.
#[derive(Clone)]
pub enum Source {
    Stick(Stick, files::Entry),
    /// Practice's own.
    Own(Arc<Vec<u8>>),
}

#[derive(Clone)]
pub struct Found {
    pub name: String,
    pub source: Source,
}

impl Found {
    pub fn is_on(&self, sticks: &[Stick]) -> bool {
        match &self.source {
            Source::Stick(stick, _) => sticks.contains(stick),
            Source::Own(_) => true,
        }
    }
}

pub type Search = (Vec<Found>, Option<FilesError>);

/// Practice's own key file, in practice.
pub fn own(context: &Context<'_>) -> Option<Found> {
    let own = context.world.env.key_file.as_ref().filter(|_| context.practice())?;
    Some(Found { name: own.name.clone(), source: Source::Own(own.bytes.clone()) })
}

/// The key files on the sticks, told by their content; and what a stick would not show.
pub async fn look_through(sticks: Vec<Stick>, lang: Lang) -> Search {
    let look = spawn_blocking(move || {
        let (mut found, mut error) = (Vec::new(), None);
        for stick in sticks {
            match on_stick(&stick, lang) {
                Ok(some) => found.extend(some),
                Err(e) => error = Some(e),
            }
        }
        (found, error)
    });
    look.await.unwrap_or((Vec::new(), Some(FilesError::StickGone)))
}

fn on_stick(stick: &Stick, lang: Lang) -> Result<Vec<Found>, FilesError> {
    let mut entries: Vec<files::Entry> = Vec::new();
    for ending in ENDINGS {
        entries.extend(files::list_ending(stick, lang, ending)?.entries);
    }
    // What is attached to letters is no key; what is left may have lost its ending.
    let others = files::list(stick, lang)?.entries.into_iter().filter(|e| e.likely.is_none());
    entries.extend(others.filter(|e| e.size <= MAX_KEY_FILE as u64).take(LOOKED_INTO));
    let mut found: Vec<Found> = Vec::new();
    for entry in entries {
        let twice = |f: &Found| matches!(&f.source, Source::Stick(_, e) if *e == entry);
        if entry.size < SHORTEST || found.iter().any(twice) {
            continue;
        }
        match files::read(stick, &entry, MAX_KEY_FILE as u64) {
            Ok(bytes) if keyfile::looks_like_one(&bytes) => {
                found.push(Found { name: entry.name.clone(), source: Source::Stick(stick.clone(), entry) });
            }
            Err(FilesError::StickGone) => return Err(FilesError::StickGone),
            _ => {}
        }
    }
    Ok(found)
}

/// Stops the work that holds its twin when it is dropped.
#[derive(Default)]
pub struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The keys of a file that may sign here and now, or log in where that is all that is wanted; else the first
/// one's reason why not.
pub fn open(
    env: &Env,
    bytes: Zeroizing<Vec<u8>>,
    password: Secret,
    stop: &Stop,
    login: bool,
) -> impl Future<Output = Result<Vec<Entry>, KeyFileError>> + use<> {
    let (clock, trust, stopped) = (env.clock.clone(), env.trust.only(CITIZEN), stop.0.clone());
    let work = move || {
        let begun = clock.monotonic();
        let go_on = || match () {
            () if stopped.load(Ordering::Relaxed) => Err(KeyFileError::Cancelled),
            () if clock.since(begun) > PATIENCE => Err(KeyFileError::TooSlow),
            () => Ok(()),
        };
        let entries = keyfile::open(&bytes, password, &go_on)?;
        let now = clock.now();
        let (mut able, mut why) = (Vec::new(), None);
        for entry in entries {
            let rules = if login { &LOGIN } else { &SIGNING };
            let question = Question { extra: &entry.others, rules, ..Question::new(&trust, now) };
            let reasons = || verify_certificate(&entry.certificate, &question).reasons;
            let may = if login { entry.may_log_in(now) } else { entry.may_sign(now) };
            let fits = may.and_then(|()| match reasons() {
                said if said.contains(&Reason::Revoked) => Err(KeyFileError::Revoked),
                // The portal would send such a letter back.
                said if said.iter().any(|r| r.outcome() == Outcome::NotValid) => Err(KeyFileError::Untrusted),
                _ => Ok(()),
            });
            match fits {
                Ok(()) => able.push(entry),
                Err(error) => why = why.or(Some(error)),
            }
        }
        if login {
            able = one_a_person(able);
        }
        if able.is_empty() { Err(why.unwrap_or(KeyFileError::NoKey)) } else { Ok(able) }
    };
    async move { spawn_blocking(work).await.unwrap_or(Err(KeyFileError::Damaged)) }
}

/// Whichever of a person's keys shows the same letters: the one that is for logging in alone, where there is one.
fn one_a_person(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by_key(|entry| !entry.is_for_login_alone());
    let mut kept: Vec<Entry> = Vec::new();
    for entry in entries {
        let owner = entry.certificate.owner();
        if kept.iter().all(|e| e.certificate.owner().iin != owner.iin) {
            kept.push(entry);
        }
    }
    kept
}

/// Signs and seals; the key is wiped when this ends. Nothing is sent from here.
pub async fn sign(
    env: Env,
    (entry, asked): (Box<Entry>, Option<Asked>),
    stated: Stated,
    attachments: Vec<Vec<u8>>,
    reserved: Option<Reservation>,
) -> Result<Signed, Code> {
    let seal_key = env.held.seal_key().map_err(|e| e.code())?;
    if let Some(asked) = asked
        && matches!(asked.said().await, Said::Revoked(_))
    {
        return Err(KeyFileError::Revoked.code());
    }
    let (bytes, now) = (stated.bytes.clone(), env.clock.now().wall);
    let cms = spawn_blocking(move || signed(&entry, &bytes, now)).await;
    seal(stated, cms.unwrap_or(Err(KeyFileError::Cancelled.code()))?, attachments, reserved, seal_key).await
}

/// The key's signature over these bytes, attached (CAdES-BES), with the authorities beside it.
pub fn signed(entry: &Entry, bytes: &[u8], now: Moment) -> Result<Vec<u8>, Code> {
    let made = || {
        let mut builder = Builder::new(entry.certificate.der(), bytes, now)?;
        for above in entry.authorities() {
            builder = builder.with_intermediate(above.clone());
        }
        builder.prepare()?.sign_with(&entry.key)
    };
    made().map_err(|e| e.code())
}
