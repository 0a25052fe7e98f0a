//! The work behind a check: reading and judging, off the thread that draws.

use std::time::Duration;

use tokio::runtime::Handle;
use zeroize::Zeroizing;

use super::told::Told;
use super::{Found, Search};
use crate::env::{Env, Mode};
use crate::fault::{Code, Coded as _};
use crate::files::{self, FilesError, Stick};
use crate::i18n::Lang;
use crate::portal::Relayed;
use crate::seal::history::verify_extract;
use crate::seal::receipt::{self, VerifyError};
use crate::sign::Question;
use crate::sign::certificate::Certificate;
use crate::sign::egov::{self, Parts};
use crate::sign::file::{self, Container, Judged};
use crate::sign::online::{Line, Whom};
use crate::sign::revocation::Evidence;
use crate::sign::verdict::{Outcome, Reason};

/// Bytes of a file that is judged here, and of the document beside it.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// What a signed file's name ends with.
const ENDINGS: [&str; 9] = [".pdf", ".p7s", ".sig", ".cms", ".p7m", ".xml", ".p7b", ".cer", ".pem"];
/// What a signature adds to its document's name.
const BESIDE: [&str; 4] = [".p7s", ".sig", ".cms", ".p7m"];
/// How long all questions about one document may take.
const ASKING: Duration = Duration::from_secs(25);

pub enum Checked {
    Told(Box<Told>),
    /// The signature is over a document that is not in the file.
    Document {
        name: String,
        signature: Zeroizing<Vec<u8>>,
    },
}

/// Every file that may be judged, or simply every one, as it stands on the sticks.
pub fn look_through(sticks: Vec<Stick>, lang: Lang, every: bool) -> Search {
    let (mut found, mut error) = (Vec::new(), None);
    for stick in sticks {
        let listed = match every {
            true => files::list(&stick, lang),
            false => files::list_endings(&stick, lang, &ENDINGS),
        };
        match listed {
            Ok(listing) => {
                found.extend(listing.entries.into_iter().map(|entry| Found { stick: stick.clone(), entry }));
            }
            Err(e) => error = Some(e),
        }
    }
    (found, error)
}

fn read(found: &Found) -> Result<Zeroizing<Vec<u8>>, Code> {
    let bytes = files::read(&found.stick, &found.entry, MAX_BYTES).map_err(|e| e.code())?;
    if bytes.is_empty() { Err(FilesError::Empty.code()) } else { Ok(bytes) }
}

/// Judges a file; a signature that is kept beside its document finds it by its name.
pub fn file(env: &Env, found: &Found, lang: Lang) -> Result<Checked, Code> {
    let bytes = read(found)?;
    let name = found.entry.name.clone();
    if receipt::looks_like(&bytes) {
        return Ok(Checked::Told(Box::new(receipt(env, name, &bytes))));
    }
    let judged = judge(env, &bytes, None);
    if !wants_document(&judged) {
        return Ok(told(env, name, &bytes, judged));
    }
    let lower = name.to_lowercase();
    let beside = BESIDE.iter().find_map(|end| lower.strip_suffix(end));
    let listed = match beside {
        Some(document) => files::list_endings(&found.stick, lang, &[document]).map_err(|e| e.code())?.entries,
        None => Vec::new(),
    };
    let is_it =
        |e: &files::Entry| e.folder == found.entry.folder && Some(e.name.to_lowercase().as_str()) == beside;
    match listed.into_iter().find(is_it) {
        Some(entry) => detached(env, name, &bytes, &Found { stick: found.stick.clone(), entry }),
        None => Ok(Checked::Document { name, signature: bytes }),
    }
}

/// Judges a signature with the document that was chosen for it.
pub fn detached(env: &Env, name: String, signature: &[u8], document: &Found) -> Result<Checked, Code> {
    let content = read(document)?;
    let judged = judge(env, signature, Some(&content));
    Ok(told(env, name, signature, judged))
}

/// The proof of a receipt, or an extract of a letter's history.
pub fn proof(env: &Env, text: &str) -> Checked {
    let bytes = receipt::from_proof_qr_text(text).unwrap_or_default();
    Checked::Told(Box::new(receipt(env, String::new(), &bytes)))
}

/// The document out of a portal's codes.
pub fn codes(env: &Env, parts: &Parts) -> Result<Checked, Code> {
    let document = parts.document().map_err(|e| e.code())?;
    let question = Question::new(&env.trust, env.clock.now());
    let by = |question: &Question<'_>| {
        let verdict = crate::sign::xml::judge(&document, question);
        Judged::Signature(Container::Codes, Box::new(verdict))
    };
    let judged = asked(env, by(&question), |evidence| by(&Question { evidence, ..question }));
    Ok(told(env, parts.number().to_owned(), &document, judged))
}

fn judge(env: &Env, bytes: &[u8], content: Option<&[u8]>) -> Judged {
    let question = Question { content, ..Question::new(&env.trust, env.clock.now()) };
    asked(env, file::judge(bytes, &question), |evidence| {
        file::judge(bytes, &Question { evidence, ..question })
    })
}

/// Judged anew with what the authorities say now, where they name somebody to ask. A word that does not
/// come is no word for the certificate: the verdict is then *could not check*.
fn asked(env: &Env, judged: Judged, anew: impl FnOnce(&Evidence) -> Judged) -> Judged {
    let paths: Vec<Vec<Certificate>> = match &judged {
        Judged::Certificate(report) => vec![report.path.clone()],
        Judged::Signature(_, verdict) => verdict.signers.iter().map(|s| s.path.clone()).collect(),
        Judged::Codes(..) => return judged,
    };
    let outcome = match &judged {
        Judged::Certificate(report) => report.outcome(),
        Judged::Signature(_, verdict) => verdict.outcome(),
        Judged::Codes(..) => return judged,
    };
    let somebody = |path: &Vec<Certificate>| path.len() > 1 && path[0].says_where_to_ask();
    let Ok(runtime) = Handle::try_current() else { return judged };
    if outcome == Outcome::NotValid || !paths.iter().any(somebody) {
        return judged;
    }
    let fetch = Relayed {
        portal: env.portal.clone(),
        runtime,
        until: env.clock.monotonic() + ASKING,
        held: env.held.clone(),
    };
    // Without a nonce: the portal may hold the answer to one who asked before.
    let line = Line { fetch: &fetch, whom: Whom::Relay, nonce: None, now: env.clock.now().wall };
    let mut evidence = Evidence::NONE;
    paths.iter().for_each(|path| line.gather(path, &mut evidence));
    anew(&evidence)
}

fn wants_document(judged: &Judged) -> bool {
    matches!(judged, Judged::Signature(_, verdict) if verdict.all_reasons().contains(&Reason::ContentMissing))
}

fn told(env: &Env, name: String, bytes: &[u8], judged: Judged) -> Checked {
    let xml = matches!(judged, Judged::Signature(Container::Xml | Container::Codes, _));
    let fields = if xml { egov::fields(bytes).unwrap_or_default() } else { Vec::new() };
    Checked::Told(Box::new(Told::judged(name, judged, fields, env.clock.now().wall, practice(env))))
}

fn practice(env: &Env) -> bool {
    env.mode == Mode::Practice
}

fn receipt(env: &Env, name: String, bytes: &[u8]) -> Told {
    let (keyset, at) = (env.held.keyset(), env.clock.now().wall);
    match receipt::verify_receipt(bytes, &keyset) {
        Ok(receipt) => return Told::receipt(name, &receipt, &keyset, at),
        Err(VerifyError::Unreadable) => {}
        Err(error) => return Told::refused_receipt(name, &error, &keyset, at, practice(env)),
    }
    if let Ok(notice) = receipt::verify_notice(bytes, &keyset) {
        return Told::notice(name, &notice, &keyset, at);
    }
    match verify_extract(bytes, &keyset) {
        Ok(extract) => Told::extract(name, &extract, &keyset, at),
        Err(error) => Told::refused_receipt(name, &error, &keyset, at, practice(env)),
    }
}
