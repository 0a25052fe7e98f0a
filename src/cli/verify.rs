//! `tereze verify FILE`: a signature, a receipt, a notice, a proof QR's text or a certificate,
//! judged in words or JSON. Exit 0 valid, 1 not valid, 2 could not check.

use std::path::{Path, PathBuf};

use super::portal::CITIZENS;
use super::trust::installed;
use super::{Exit, World, terminal, words};
use crate::clock::{Confidence, Moment, Reading};
use crate::domain::Digest;
use crate::fault::Coded as _;
use crate::i18n::{Msg, Text};
use crate::portal::PortalError;
use crate::portal::client::ocsp::Direct;
use crate::seal::history;
use crate::seal::keyset::{self, MAX_KEYSET};
use crate::seal::receipt::{self, QR_PREFIX, VerifyError};
use crate::sign::certificate::{Certificate, MAX_CERTIFICATE, NotACertificate};
use crate::sign::file::{Judged, MAX_CONTENT, MAX_FILE, judge as judge_file};
use crate::sign::ocsp::Nonce;
use crate::sign::online::{Line, Whom};
use crate::sign::path::Purpose;
use crate::sign::revocation::Evidence;
use crate::sign::trust::{CITIZEN, Trust};
use crate::sign::{self, Question};

mod demand;
mod given;
mod lines;
mod report;

use given::{anchors, certificates, evidence};
use report::Report;

/// The set that `--ca` files are put into.
const GIVEN: &str = "given";
/// Bytes of a file of authorities.
const MAX_AUTHORITIES: u64 = 256 * MAX_CERTIFICATE as u64;

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(value_name = "FILE", required_unless_present = "chain", conflicts_with = "chain")]
    file: Option<PathBuf>,
    #[arg(long, value_name = "LEAF")]
    chain: Option<PathBuf>,
    #[arg(long, value_name = "DOC")]
    content: Option<PathBuf>,
    #[arg(long, value_name = "PEM")]
    ca: Vec<PathBuf>,
    #[arg(long, value_name = "FILE", num_args = 1..)]
    intermediates: Vec<PathBuf>,
    #[arg(long, value_name = "FILE", num_args = 1..)]
    crl: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    ocsp: Vec<PathBuf>,
    #[arg(long)]
    online: bool,
    #[arg(long, value_name = "URL", requires = "online")]
    responder: Option<String>,
    #[arg(long, requires = "online")]
    nonce: bool,
    #[arg(long, conflicts_with_all = ["crl", "ocsp", "online"])]
    no_revocation: bool,
    #[arg(long = "time", id = "at", value_name = "TIME", value_parser = moment)]
    at: Option<Moment>,
    #[command(flatten)]
    rules: demand::PathRules,
    #[arg(long, value_name = "FILE")]
    keyset: Option<PathBuf>,
    #[arg(long, value_name = "HEX", value_parser = root)]
    root: Option<[u8; 32]>,
    #[arg(long)]
    json: bool,
}

fn root(text: &str) -> Result<[u8; 32], String> {
    Digest::parse(text).map(|d| d.0).ok_or_else(|| "64 hex digits".to_owned())
}

/// RFC 3339, a date (its first second, UTC), or seconds since 1970. A part of a second is left off.
fn moment(text: &str) -> Result<Moment, String> {
    let seconds = || text.parse().ok().map(Moment);
    let read = Moment::parse_rfc3339(text).or_else(|| Moment::parse_rfc3339(&format!("{text}T00:00:00Z")));
    read.or_else(seconds).ok_or_else(|| "2026-11-22T09:05:00Z, 2026-11-22, 1795338300".to_owned())
}

pub fn run(arguments: Arguments, world: &World) -> Exit {
    match judge(&arguments, world) {
        Ok(report) => {
            let text = if arguments.json { report.json(world.lang) } else { report.words(world.lang) };
            terminal::say(&text);
            report.outcome().into()
        }
        Err(exit) => exit,
    }
}

fn judge(arguments: &Arguments, world: &World) -> Result<Report, Exit> {
    if let Some(leaf) = &arguments.chain {
        return chain(leaf, arguments, world);
    }
    let bytes = file(arguments, world)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default().trim();
    if text.starts_with(QR_PREFIX) {
        let receipt = receipt::from_proof_qr_text(text).unwrap_or_default();
        return judge_receipt(&receipt, arguments, world);
    }
    if receipt::looks_like(&bytes) {
        return judge_receipt(&bytes, arguments, world);
    }
    let trust = trust(arguments, world)?;
    let at = arguments.reading(world);
    let rules = arguments.rules.rules(Purpose::Sign, false);
    let (evidence, files) = evidence(&arguments.crl, &arguments.ocsp, world)?;
    let (extra, _) = certificates(&arguments.intermediates, world)?;
    let question =
        Question { extra: &extra, rules: &rules, evidence: &evidence, ..Question::new(&trust, at) };
    let content = match &arguments.content {
        Some(path) => Some(read(path, MAX_CONTENT, world)?),
        None => None,
    };
    let content = content.as_ref().map(|c| c.as_slice());
    let question = Question { content, ..question };
    let mut judged = judge_file(&bytes, &question);
    if arguments.online {
        let paths = match &judged {
            Judged::Certificate(report) => vec![report.path.clone()],
            Judged::Signature(_, verdict) => verdict.signers.iter().map(|s| s.path.clone()).collect(),
            Judged::Codes(..) => vec![],
        };
        let evidence = online(arguments, &paths, &evidence, world)?;
        judged = judge_file(&bytes, &Question { evidence: &evidence, ..question });
    }
    Ok(match judged {
        Judged::Certificate(report) => Report::certificate(*report, &files, at.wall),
        Judged::Signature(container, verdict) => Report::signature(container, *verdict, &files, at.wall),
        Judged::Codes(error, missing) => Report::codes(error, &missing),
    })
}

impl Arguments {
    /// `--time`, taken at its word, else the machine's clock.
    fn reading(&self, world: &World) -> Reading {
        let named = self.at.map(|wall| Reading { wall, confidence: Confidence::Plausible });
        named.unwrap_or_else(|| world.clock.now())
    }
}

/// A certificate's path alone (RFC 5280 §6).
fn chain(leaf: &Path, arguments: &Arguments, world: &World) -> Result<Report, Exit> {
    let bytes = read(leaf, MAX_FILE, world)?;
    let at = arguments.reading(world);
    let rules = arguments.rules.rules(Purpose::Any, true);
    let (evidence, files) = evidence(&arguments.crl, &arguments.ocsp, world)?;
    let (mut extra, strange) = certificates(&arguments.intermediates, world)?;
    let mut found = match Certificate::from_file(&bytes) {
        Ok(found) => found.into_iter(),
        Err(error) => return Ok(Report::refused_chain(error.code())),
    };
    let Some(leaf) = found.next() else { return Ok(Report::refused_chain(NotACertificate.code())) };
    extra.extend(found);
    let (trust, strangers) = match arguments.ca.as_slice() {
        [] => (trust(arguments, world)?, 0),
        files => anchors(files, world)?,
    };
    let question =
        Question { extra: &extra, rules: &rules, evidence: &evidence, ..Question::new(&trust, at) };
    let mut report = sign::verify_certificate(&leaf, &question);
    if arguments.online {
        let evidence = online(arguments, &[report.path], &evidence, world)?;
        report = sign::verify_certificate(&leaf, &Question { evidence: &evidence, ..question });
    }
    Ok(Report::chain(report, &rules, strange + strangers, &files, at.wall))
}

/// What was given, and what the responders of these paths say now.
fn online(
    arguments: &Arguments,
    paths: &[Vec<Certificate>],
    given: &Evidence,
    world: &World,
) -> Result<Evidence, Exit> {
    let fetch = Direct::new().map_err(|_| world.fault(&PortalError::Unreachable, Exit::Software))?;
    let nonce = Some(if arguments.nonce { Nonce::Needed } else { Nonce::Welcome });
    let whom = arguments.responder.as_deref().map_or(Whom::Named, Whom::Instead);
    let line = Line { fetch: &fetch, whom, nonce, now: world.clock.now().wall };
    let mut out = given.clone();
    paths.iter().for_each(|path| line.gather(path, &mut out));
    Ok(out)
}

/// The named file's bytes; a scanned text may stand in its place.
fn file(arguments: &Arguments, world: &World) -> Result<zeroize::Zeroizing<Vec<u8>>, Exit> {
    // clap asks for it wherever --chain is absent.
    let file = arguments.file.as_deref().unwrap_or(Path::new(""));
    if let Some(text) = file.to_str().filter(|t| t.starts_with(QR_PREFIX)) {
        return Ok(zeroize::Zeroizing::new(text.as_bytes().to_vec()));
    }
    read(file, MAX_FILE, world)
}

fn read(path: &Path, cap: u64, world: &World) -> Result<zeroize::Zeroizing<Vec<u8>>, Exit> {
    terminal::read(path, cap).map_err(|error| {
        let text = Text::new(Msg::CliUnreadable)
            .with("file", path.display().to_string())
            .with("why", words::io(world.lang, &error));
        world.refuse(text, Exit::NoInput)
    })
}

/// `--ca` files, each an anchor; without any, the authorities that the settings name and those that
/// were added.
fn trust(arguments: &Arguments, world: &World) -> Result<Trust, Exit> {
    if !arguments.ca.is_empty() {
        return match anchors(&arguments.ca, world)? {
            (trust, 0) => Ok(trust),
            _ => Err(world.fault(&NotACertificate, Exit::NoInput)),
        };
    }
    let added = world.folder().map(|f| installed(&f.join(CITIZENS))).unwrap_or_default();
    let mut trust = Trust::new();
    for path in world.config.authorities.iter().chain(&added) {
        let bytes = read(path, MAX_AUTHORITIES, world)?;
        if let Err(error) = trust.load(CITIZEN, &bytes) {
            terminal::problem(&path.display().to_string());
            return Err(world.fault(&error, Exit::NoInput));
        }
    }
    Ok(trust)
}

fn judge_receipt(bytes: &[u8], arguments: &Arguments, world: &World) -> Result<Report, Exit> {
    let root = arguments.root.or(world.config.portal.as_ref().map(|p| p.root.0));
    let (Some(path), Some(root)) = (&arguments.keyset, root) else {
        return Ok(Report::refused_receipt(&VerifyError::UnknownKey));
    };
    let held = read(path, MAX_KEYSET as u64, world)?;
    let keyset = match keyset::verify(&held, &root, world.clock.now(), None) {
        Ok(keyset) => keyset,
        Err(error) => return Err(world.fault(&error, Exit::CouldNotCheck)),
    };
    Ok(match receipt::verify_receipt(bytes, &keyset) {
        Ok(receipt) => Report::receipt(receipt, &keyset.operator),
        Err(VerifyError::Unreadable) => match receipt::verify_notice(bytes, &keyset) {
            Ok(notice) => Report::notice(notice, &keyset.operator),
            // A letter's history on paper carries its extract in the same kind of code.
            Err(VerifyError::Unreadable) => match history::verify_extract(bytes, &keyset) {
                Ok(extract) => Report::extract(&extract, &keyset.operator, world.lang),
                Err(error) => Report::refused_receipt(&error),
            },
            Err(error) => Report::refused_receipt(&error),
        },
        Err(error) => Report::refused_receipt(&error),
    })
}
