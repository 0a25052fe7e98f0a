//! `tereze sign FILE`: a CAdES-BES signature, detached unless asked otherwise, by the card in a
//! reader or a key file ([`file`]). PIN and password come from the keyboard without echo, or from the
//! standard input; never from the arguments.

mod file;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::{Exit, World, terminal, words};
use crate::card::module::{Module, Tokens};
use crate::card::pcsc::Pcsc;
use crate::card::service::{self, Cards, Options, ToSign};
use crate::card::{CardError, CardInfo, CardStatus, Owner, Pin, Presence, Stack, pinpad};
use crate::clock::{Confidence, Moment, Reading};
use crate::domain::iin;
use crate::fault::{Code, Coded};
use crate::i18n::{Msg, Text, format, tr};
use crate::practice::card::{PracticeCard, READER};
use crate::practice::pki::Pki;
use crate::sign::BuildError;
use crate::sign::cades::Builder;
use crate::sign::certificate::{Certificate, PRACTICE_MARK};

/// Bytes of a document that is signed.
const MAX_DOCUMENT: u64 = 512 * 1024 * 1024;
/// How long a card may take to show itself once its reader is known.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long readers may take to be seen at all.
const FIRST_LOOK: Duration = Duration::from_secs(3);

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[arg(long, value_name = "FILE.p7s")]
    out: Option<PathBuf>,
    #[arg(long, value_name = "NAME")]
    reader: Option<String>,
    #[arg(long)]
    last_try: bool,
    #[arg(long, value_name = "KEY.p12", conflicts_with_all = ["reader", "last_try"])]
    key_file: Option<PathBuf>,
    #[arg(long, value_name = "NAME", requires = "key_file")]
    alias: Option<String>,
    #[arg(long, value_name = "FILE.so", conflicts_with_all = ["reader", "key_file"])]
    module: Option<PathBuf>,
    #[arg(long, value_name = "LABEL", requires = "module")]
    token: Option<String>,
    #[arg(long)]
    attached: bool,
}

/// The card to sign with, and what goes into the signature beside its certificate.
struct Chosen {
    stack: Arc<dyn Stack>,
    authority: Option<Certificate>,
}

pub fn run(arguments: Arguments, world: &World) -> Exit {
    sign(&arguments, world).err().unwrap_or(Exit::Ok)
}

fn sign(arguments: &Arguments, world: &World) -> Result<(), Exit> {
    let unreadable = |error| refuse(world, Msg::CliUnreadable, &arguments.file, &error, Exit::NoInput);
    let document = terminal::read(&arguments.file, MAX_DOCUMENT).map_err(unreadable)?;
    let out = arguments.out.clone().unwrap_or_else(|| arguments.file.with_added_extension("p7s"));
    if out.symlink_metadata().is_ok() {
        let error = std::io::ErrorKind::AlreadyExists.into();
        return Err(refuse(world, Msg::CliUnwritable, &out, &error, Exit::CannotWrite));
    }
    let now = world.clock.now();
    if now.confidence == Confidence::Doubtful {
        return Err(world.fault(&BuildError::Time, Exit::Unavailable));
    }
    let cms = match &arguments.key_file {
        Some(key_file) => file::sign(key_file, arguments, &document, now, world)?,
        None => by_card(arguments, &document, now, world)?,
    };
    terminal::write_new(&out, &cms)
        .map_err(|error| refuse(world, Msg::CliUnwritable, &out, &error, Exit::CannotWrite))?;
    terminal::say(&Text::new(Msg::CliSignDone).with("file", out.display().to_string()).say(world.lang));
    Ok(())
}

fn by_card(arguments: &Arguments, document: &[u8], now: Reading, world: &World) -> Result<Vec<u8>, Exit> {
    let chosen = choose(arguments, world)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|_| Exit::Software)?;
    let options = Options { fresh_only: false, ..Options::default() };
    let cards = service::start(chosen.stack.clone(), world.clock.clone(), options);
    let info = runtime.block_on(ready(&cards)).map_err(|code| say(world, code, Exit::Unavailable))?;
    introduce(&info, world);
    if info.tries_left == Some(1) && !arguments.last_try {
        world.fault(&CardError::LastTry, Exit::NoPermission);
        return Err(world.refuse(Msg::CliSignLastTryHow, Exit::NoPermission));
    }
    let mut builder = Builder::new(info.certificate.expose(), document, now.wall)
        .map_err(|error| world.fault(&error, Exit::Unavailable))?;
    if !arguments.attached {
        builder = builder.detached();
    }
    if let Some(authority) = chosen.authority {
        builder = builder.with_intermediate(authority);
    }
    let prepared = builder.prepare().map_err(|error| world.fault(&error, Exit::Unavailable))?;
    let (asking, _, hold) = pinpad::asking(world.lang);
    // Who hands a PIN over on the standard input has chosen that way.
    let pin = if info.pad.verify && std::io::stdin().is_terminal() {
        terminal::problem(&tr(world.lang, Msg::CliSignOnReader));
        Pin::OnReader(asking)
    } else {
        let Ok(Some(pin)) = terminal::pin(&tr(world.lang, Msg::CliSignPin)) else {
            return Err(world.refuse(Msg::CliSignNoPin, Exit::NoPermission));
        };
        Pin::Typed(pin)
    };
    let what = ToSign(prepared.to_sign().to_vec());
    let signed = runtime.block_on(cards.sign_by(info, pin, what, arguments.last_try));
    drop(hold);
    let signature = signed.map_err(|error| refused(world, &error))?;
    prepared.finish(&signature).map_err(|error| world.fault(&error, Exit::Software))
}

/// The practice card where it is named; else the named reader, or the only one with a card.
fn choose(arguments: &Arguments, world: &World) -> Result<Chosen, Exit> {
    if arguments.reader.as_deref() == Some(READER) {
        let pki = Pki::generate(world.clock.now().wall).map_err(|e| world.fault(&e, Exit::Software))?;
        let Some(person) = pki.people.first() else { return Err(Exit::Software) };
        let card = PracticeCard::of(&person.identity);
        card.insert();
        let authority = Some(pki.citizens.certificate().clone());
        return Ok(Chosen { stack: Arc::new(card), authority });
    }
    if let Some(path) = &arguments.module {
        let module =
            Arc::new(Module::new(path, arguments.token.clone()).gost(super::gost(&world.config.cards)));
        let tokens = module.look().map_err(|error| world.fault(&error, Exit::Unavailable))?;
        return match tokens.as_slice() {
            [] => Err(world.fault(&CardError::NoCard, Exit::Unavailable)),
            [_] => Ok(Chosen { stack: Arc::new(Tokens(module)), authority: None }),
            several => {
                world.refuse(Msg::CliSignSeveralTokens, Exit::Usage);
                let names: Vec<&str> = several.iter().map(|token| token.name.as_str()).collect();
                terminal::problem(&format!("  {}", names.join("\n  ")));
                Err(Exit::Usage)
            }
        };
    }
    let mut known = Vec::new();
    let mut backend = Pcsc::default().open();
    for attempt in 0..2 {
        known = backend.readers().map_err(|error| world.fault(&error, Exit::Unavailable))?;
        if attempt == 0 && known.iter().all(|r| r.presence == Presence::Empty) {
            let _ = backend.wait(&known, FIRST_LOOK);
        }
    }
    let names = |only_with_card: bool| -> Vec<String> {
        let held = known.iter().filter(|r| !only_with_card || r.presence != Presence::Empty);
        held.map(|r| r.name.clone()).collect()
    };
    let list = |names: &[String]| terminal::problem(&format!("  {}", names.join("\n  ")));
    let reader = match &arguments.reader {
        Some(named) => {
            let Some(found) = named_one(&names(false), named) else {
                world.refuse(Msg::CliSignNoSuchReader, Exit::Unavailable);
                list(&names(false));
                return Err(Exit::Unavailable);
            };
            found
        }
        None => match names(true).as_slice() {
            [only] => only.clone(),
            [] if known.is_empty() => return Err(world.fault(&CardError::NoReader, Exit::Unavailable)),
            [] => return Err(world.fault(&CardError::NoCard, Exit::Unavailable)),
            several => {
                world.refuse(Msg::CliSignSeveral, Exit::Usage);
                list(several);
                return Err(Exit::Usage);
            }
        },
    };
    Ok(Chosen {
        stack: Arc::new(Pcsc { reader: Some(reader), no_pads: !world.config.cards.pinpad }),
        authority: None,
    })
}

/// The reader of this name, or the only one whose name holds it.
fn named_one(readers: &[String], named: &str) -> Option<String> {
    if let Some(exact) = readers.iter().find(|r| *r == named) {
        return Some(exact.clone());
    }
    let mut holding = readers.iter().filter(|r| r.contains(named));
    holding.next().filter(|_| holding.next().is_none()).cloned()
}

/// Waits until the card was read, or until it is plain that it will not be.
async fn ready(cards: &Cards) -> Result<CardInfo, Code> {
    let mut status = cards.status.clone();
    let settled = async {
        loop {
            let seen = status.borrow_and_update().clone();
            let wait = match seen {
                CardStatus::Ready(info) => return Ok(info),
                CardStatus::Expired(_) => return Err(Code("sign.expired")),
                CardStatus::NotYetValid(_) => return Err(Code("sign.not-yet-valid")),
                CardStatus::Blocked(_) => return Err(CardError::Blocked.code()),
                CardStatus::Unsupported | CardStatus::WrongWay => return Err(CardError::Unsupported.code()),
                CardStatus::NoCertificate => return Err(CardError::NoCertificate.code()),
                CardStatus::Damaged(error) => return Err(error.code()),
                CardStatus::Several(_) => return Err(Code("card.several")),
                CardStatus::HeldByOther => return Err(CardError::HeldByOther.code()),
                // What the service says before its first look, and between two looks.
                CardStatus::NoService => (FIRST_LOOK, CardError::NoService),
                CardStatus::NoReader => (FIRST_LOOK, CardError::NoReader),
                CardStatus::NoCard | CardStatus::LeftBehind => (FIRST_LOOK, CardError::NoCard),
                CardStatus::Reading => (PATIENCE, CardError::Slow),
            };
            match tokio::time::timeout(wait.0, status.changed()).await {
                Ok(Ok(())) => {}
                _ => return Err(wait.1.code()),
            }
        }
    };
    tokio::time::timeout(PATIENCE, settled).await.unwrap_or(Err(CardError::Slow.code()))
}

/// Whose card it is and how many tries the PIN has, before the PIN is asked for.
fn introduce(info: &CardInfo, world: &World) {
    let certificate = Certificate::from_der(info.certificate.expose());
    if certificate.is_ok_and(|c| c.practice()) {
        practice(world);
    }
    line(world, Msg::CliSignReaderName, &info.reader);
    owner(world, Msg::CliSignOwner, info.owner.expose(), info.not_after);
    if let Some(tries) = info.tries_left {
        line(world, Msg::CliSignTries, &tries.to_string());
    }
}

fn practice(world: &World) {
    terminal::problem(PRACTICE_MARK);
    terminal::problem(&tr(world.lang, Msg::CliVerifyPractice));
}

fn owner(world: &World, label: Msg, owner: &Owner, until: Moment) {
    line(world, label, &owner.name);
    line(world, Msg::CliVerifyIin, &iin::masked(&owner.iin));
    line(world, Msg::CliVerifyOrganisation, owner.organisation.as_deref().unwrap_or_default());
    line(world, Msg::CliSignUntil, &format::date(world.lang, until.legal_date()));
}

fn line(world: &World, label: Msg, value: &str) {
    if !value.is_empty() {
        terminal::problem(&format!("{}: {value}", tr(world.lang, label)));
    }
}

fn refused(world: &World, error: &CardError) -> Exit {
    let exit = match error {
        CardError::WrongPin { .. }
        | CardError::Blocked
        | CardError::PinFormat
        | CardError::PinTimeout
        | CardError::PinCancelled
        | CardError::LastTry => Exit::NoPermission,
        _ => Exit::Unavailable,
    };
    world.fault(error, exit);
    if let CardError::WrongPin { tries_left: Some(tries) } = error {
        terminal::problem(&format!("{}: {tries}", tr(world.lang, Msg::CliSignTries)));
    }
    exit
}

fn say(world: &World, code: Code, exit: Exit) -> Exit {
    terminal::problem(&words::fault(world.lang, code));
    exit
}

fn refuse(world: &World, msg: Msg, path: &Path, error: &std::io::Error, exit: Exit) -> Exit {
    let text = Text::new(msg).with("file", path.display().to_string());
    world.refuse(text.with("why", words::io(world.lang, error)), exit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_found_by_its_name_or_a_part_that_only_it_has() {
        let readers = ["Desk 00 00".to_owned(), "Desk 00 01".to_owned(), "Wall".to_owned()];
        assert_eq!(named_one(&readers, "Desk 00 01").as_deref(), Some("Desk 00 01"));
        assert_eq!(named_one(&readers, "Wal").as_deref(), Some("Wall"));
        assert_eq!(named_one(&readers, "Desk"), None);
        assert_eq!(named_one(&readers, "practice"), None);
    }
}
