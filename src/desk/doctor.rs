//! One look at everything that must work. Quick and without side effects: what cannot be seen within its time
//! is *not checked*, never right.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::watch;

use super::helped::{Helped, Sum};
use super::pin::{PinState, StaffPin};
use super::report::{Arrived, Fact, Finding, Health, Letter, Report, Way, What};
use crate::card::module::Module;
use crate::card::pcsc::Pcsc;
use crate::card::{CardError, CardStatus, Stack as _};
use crate::clock::{Clock, Confidence, Moment};
use crate::content::Snapshot;
use crate::domain::receipt::ending;
use crate::fault::{Code, Coded as _};
use crate::outbox::{Outbox, Returned, Status};
use crate::portal::held::Held;
use crate::portal::{Portal, PortalError};
use crate::print::printer::Printer;
use crate::seal::receipt::{verify_notice, verify_receipt};
use crate::store::shelf::{self, Kept, Place};
use crate::store::{StoreError, disk};

/// How long one part may take.
const PATIENCE: Duration = Duration::from_secs(12);
/// Bytes of free disk under which staff are warned, and under which letters may not fit.
const LITTLE: u64 = 512 << 20;
const TOO_LITTLE: u64 = 64 << 20;
/// Days before the end of the calendar from which staff are warned.
const CALENDAR_SOON: i64 = 60;

/// What staff set.
#[derive(Clone)]
pub struct Settings {
    pub mode: Setup,
    /// `None` in practice, where nothing is kept.
    pub data: Option<PathBuf>,
    /// An address that is none reads as the fault it is.
    pub printer: Option<Result<Printer, Code>>,
    /// PKCS#11 modules of tokens.
    pub modules: Vec<PathBuf>,
    pub clock: Clock,
    pub pin: StaffPin,
    pub helped: Helped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setup {
    NotSetUp,
    Practice,
    Portal,
}

/// The parts of a running kiosk; what is absent is looked at from outside.
#[derive(Clone, Default)]
pub struct Parts {
    pub portal: Option<(Arc<dyn Portal>, Held)>,
    pub outbox: Option<Outbox>,
    pub cards: Option<watch::Receiver<CardStatus>>,
    /// Why there is no portal to ask.
    pub trouble: Option<Code>,
}

/// Within a tokio runtime.
pub async fn examine(settings: &Settings, parts: &Parts) -> Report {
    let at = settings.clock.now().wall;
    let (portal, card, printer, answers) =
        tokio::join!(portal(settings, parts), card(parts), printer(settings), arrived(parts));
    let (outbox, letters) = outbox(settings, parts).await;
    let mut findings = vec![setup(settings, parts), outbox, portal, card];
    findings.extend(join_all(settings.modules.iter().map(|path| module(path))).await);
    findings.extend([printer, clock(settings), disk(settings)]);
    findings.extend([content(settings), pin(settings)]);
    if settings.mode != Setup::NotSetUp {
        findings.push(helped(settings));
    }
    if settings.mode == Setup::Practice && parts.portal.is_none() {
        // Practice's portal and card are made with its kiosk, and are nowhere else.
        findings.retain(|f| !matches!(f.what, What::Outbox | What::Portal | What::Card));
    }
    Report { version: env!("CARGO_PKG_VERSION").to_owned(), at, findings, letters, answers }
}

fn setup(settings: &Settings, parts: &Parts) -> Finding {
    let what = What::Setup;
    match (settings.mode, parts.trouble) {
        (Setup::NotSetUp, _) => Finding::of(what, Health::Fault, Code("boot.not-set-up")),
        (Setup::Practice, _) => Finding::new(what, Health::Ok).with(Fact::Practice),
        (Setup::Portal, Some(code)) => Finding::of(what, Health::Fault, code),
        (Setup::Portal, None) => match &parts.portal {
            Some((_, held)) => {
                Finding::new(what, Health::Ok).with(Fact::Operator(held.keyset().operator.clone()))
            }
            None => Finding::of(what, Health::NotChecked, Code("desk.unseen")),
        },
    }
}

async fn portal(settings: &Settings, parts: &Parts) -> Finding {
    let what = What::Portal;
    let Some((portal, _)) = &parts.portal else {
        let code = if settings.mode == Setup::NotSetUp { "boot.not-set-up" } else { "desk.unseen" };
        return Finding::of(what, Health::NotChecked, parts.trouble.unwrap_or(Code(code)));
    };
    let answer = tokio::time::timeout(PATIENCE, portal.about()).await;
    let finding = match answer {
        Ok(Ok(_)) => Finding::new(what, Health::Ok),
        Ok(Err(error @ (PortalError::Untrusted | PortalError::Clock))) => {
            Finding::of(what, Health::Fault, error.code())
        }
        // Offline is the normal case: letters wait.
        Ok(Err(error)) => Finding::of(what, Health::Warning, error.code()),
        Err(_) => Finding::of(what, Health::Warning, Code("portal.unreachable")),
    };
    match portal.answered() {
        Some(at) => finding.with(Fact::Answered(at)),
        None => finding,
    }
}

/// Answers to what was written here; `None` where the portal could not be asked.
async fn arrived(parts: &Parts) -> Option<Vec<Arrived>> {
    let (portal, _) = parts.portal.as_ref()?;
    let found = tokio::time::timeout(PATIENCE, portal.arrived()).await.ok()?.ok()?;
    let read = |answer: &crate::portal::wire::ArrivedAnswer| {
        let four = answer.ending.len() == 4 && answer.ending.bytes().all(|b| b.is_ascii_digit());
        four.then_some(Arrived { ending: answer.ending.clone(), at: Moment::parse_rfc3339(&answer.at)? })
    };
    Some(found.answers.iter().filter_map(read).collect())
}

async fn card(parts: &Parts) -> Finding {
    let what = What::Card;
    let seen = match &parts.cards {
        Some(status) => match *status.borrow() {
            CardStatus::NoService => Err(CardError::NoService),
            CardStatus::NoReader => Err(CardError::NoReader),
            _ => Ok(()),
        },
        None => {
            let look = tokio::task::spawn_blocking(|| match Pcsc::default().open().readers() {
                Ok(readers) if readers.is_empty() => Err(CardError::NoReader),
                Ok(_) => Ok(()),
                Err(error) => Err(error),
            });
            match tokio::time::timeout(PATIENCE, look).await {
                Ok(Ok(seen)) => seen,
                _ => return Finding::of(what, Health::NotChecked, Code("desk.unseen")),
            }
        }
    };
    match seen {
        Ok(()) => Finding::new(what, Health::Ok),
        Err(error) => Finding::of(what, Health::Fault, error.code()),
    }
}

/// Looked at by itself, beside the one that a kiosk runs.
async fn module(path: &Path) -> Finding {
    let what = What::Token;
    let module = Module::new(path, None);
    let look = tokio::task::spawn_blocking(move || module.look());
    let finding = match tokio::time::timeout(PATIENCE, look).await {
        Ok(Ok(Ok(tokens))) => {
            Finding::new(what, Health::Ok).with(Fact::Tokens(u64::try_from(tokens.len()).unwrap_or(u64::MAX)))
        }
        Ok(Ok(Err(error))) => Finding::of(what, Health::Fault, error.code()),
        _ => Finding::of(what, Health::Fault, CardError::ModuleSilent.code()),
    };
    finding.with(Fact::Module(path.display().to_string()))
}

async fn printer(settings: &Settings) -> Finding {
    let what = What::Printer;
    let printer = match &settings.printer {
        None => return Finding::of(what, Health::Warning, Code("print.none")),
        Some(Err(code)) => return Finding::of(what, Health::Fault, *code),
        Some(Ok(printer)) => printer,
    };
    match tokio::time::timeout(PATIENCE, printer.ready()).await {
        Ok(Ok(ready)) => {
            let finding = match ready.trouble {
                None => Finding::new(what, Health::Ok),
                Some(code) => Finding::of(what, Health::Fault, code),
            };
            finding.with(Fact::Model(ready.model))
        }
        Ok(Err(error)) => Finding::of(what, Health::Fault, error.code()),
        Err(_) => Finding::of(what, Health::NotChecked, Code("desk.unseen")),
    }
}

fn clock(settings: &Settings) -> Finding {
    let now = settings.clock.now();
    if settings.clock.is_behind() {
        return Finding::of(What::Clock, Health::Fault, Code("clock.doubtful"));
    }
    let Some(apart) = settings.clock.disagreement() else {
        return Finding::new(What::Clock, Health::Ok).with(Fact::Now(now.wall));
    };
    let finding = Finding::of(What::Clock, Health::Fault, Code("clock.disagrees")).with(Fact::Now(now.wall));
    match apart.portal {
        Some(at) => finding.with(Fact::PortalTime(at)),
        None => finding,
    }
}

fn disk(settings: &Settings) -> Finding {
    let what = What::Disk;
    let Some(data) = &settings.data else { return Finding::new(what, Health::Ok) };
    if settings.mode == Setup::NotSetUp && !disk::exists(data) {
        return Finding::of(what, Health::NotChecked, Code("boot.not-set-up"));
    }
    let free = match disk::room(data) {
        Ok(free) => free,
        Err(error) => return Finding::of(what, Health::Fault, error.code()),
    };
    let finding = match (shelf::damaged(data), free) {
        (Ok(0), TOO_LITTLE..) => match free {
            LITTLE.. => Finding::new(what, Health::Ok),
            _ => Finding::of(what, Health::Warning, Code("store.nearly-full")),
        },
        (_, ..TOO_LITTLE) => Finding::of(what, Health::Fault, Code("store.full")),
        (Ok(_), _) => Finding::of(what, Health::Fault, StoreError::Damaged.code()),
        (Err(error), _) => Finding::of(what, Health::NotChecked, error.code()),
    };
    finding.with(Fact::Free(free))
}

fn content(settings: &Settings) -> Finding {
    let what = What::Content;
    let snapshot = match Snapshot::embedded() {
        Ok(snapshot) => snapshot,
        Err(error) => return Finding::of(what, Health::Fault, error.code()),
    };
    let now = settings.clock.now();
    let today = now.wall.legal_date();
    let ends = snapshot.calendar().covers.map(|(_, last)| (last - today).whole_days());
    let old = snapshot
        .rules()
        .iter()
        .any(|rule| rule.check_again_by < today && rule.in_force_until.is_none_or(|until| until >= today));
    let finding = if now.confidence == Confidence::Doubtful {
        Finding::of(what, Health::NotChecked, Code("clock.doubtful"))
    } else if ends.is_none_or(|days| days < 0) {
        Finding::of(what, Health::Fault, Code("content.calendar-ends"))
    } else if old {
        Finding::of(what, Health::Warning, Code("content.rule-old"))
    } else if ends.is_some_and(|days| days < CALENDAR_SOON) {
        Finding::of(what, Health::Warning, Code("content.calendar-ends"))
    } else {
        Finding::new(what, Health::Ok)
    };
    finding.with(Fact::Edition(snapshot.version().to_owned()))
}

fn pin(settings: &Settings) -> Finding {
    let what = What::StaffPin;
    match settings.pin.state() {
        Ok(PinState::Set) => Finding::new(what, Health::Ok),
        Ok(PinState::NotSet) => Finding::of(what, Health::Warning, Code("desk.no-pin")),
        Ok(PinState::Waits { until }) => {
            Finding::of(what, Health::Warning, Code("desk.wait")).with(Fact::Until(until))
        }
        Err(error) => Finding::of(what, Health::Fault, error.code()),
    }
}

fn helped(settings: &Settings) -> Finding {
    match settings.helped.sum() {
        Ok(Sum { today, month }) => Finding::new(What::Help, Health::Ok)
            .with(Fact::HelpedToday(today))
            .with(Fact::HelpedThisMonth(month)),
        Err(error) => Finding::of(What::Help, Health::Warning, error.code()),
    }
}

async fn outbox(settings: &Settings, parts: &Parts) -> (Finding, Vec<Letter>) {
    let what = What::Outbox;
    let found = match (&parts.outbox, &settings.data) {
        (Some(outbox), _) => {
            let letters = outbox.list().into_iter().map(|(stored, status)| of(stored, &status)).collect();
            Ok((letters, outbox.returned()))
        }
        (None, None) => Ok((vec![], Returned::default())),
        (None, Some(data)) => {
            let held = parts.portal.as_ref().map(|(_, held)| held);
            let data = data.clone();
            let look = tokio::task::spawn_blocking(move || shelf::look(&data));
            let kept = look.await.unwrap_or(Err(StoreError::Damaged));
            kept.map(|kept| (kept.iter().map(|k| found(k, held)).collect(), returned(&kept)))
        }
    };
    let (mut letters, back): (Vec<Letter>, Returned) = match found {
        Ok(found) => found,
        Err(error) => return (Finding::of(what, Health::NotChecked, error.code()), vec![]),
    };
    letters.sort_by_key(|letter| std::cmp::Reverse(letter.stored));
    let count = |ways: &[Way]| letters.iter().filter(|l| ways.contains(&l.way)).count() as u64;
    let (stuck, unsent) = (count(&[Way::Stuck]), count(&[Way::Waiting, Way::Sending]));
    let why = |way: Way| {
        let reason = letters.iter().find(|l| l.way == way).and_then(|l| l.code.as_deref());
        reason.and_then(Code::listed)
    };
    let finding = if stuck > 0 {
        Finding::of(what, Health::Fault, why(Way::Stuck).unwrap_or(Code("portal.problem")))
    } else if back.open > 0 {
        Finding::of(what, Health::Warning, back.fault.unwrap_or(Code("outbox.portal-restored")))
    } else if let (true, Some(code)) = (unsent > 0, why(Way::Waiting)) {
        Finding::of(what, Health::Warning, code)
    } else {
        Finding::new(what, Health::Ok)
    };
    let finding = [
        (stuck > 0, Fact::Stuck(stuck)),
        (true, Fact::Unsent(unsent)),
        (true, Fact::Registered(count(&[Way::Registered]))),
        (count(&[Way::Refused]) > 0, Fact::Refused(count(&[Way::Refused]))),
        (back.open > 0, Fact::ToGiveAgain(back.open as u64)),
        (back.given > 0, Fact::GivenAgain(back.given as u64)),
        (back.renumbered > 0, Fact::Renumbered(back.renumbered as u64)),
    ]
    .into_iter()
    .filter(|(there, _)| *there)
    .fold(finding, |finding, (_, fact)| finding.with(fact));
    (finding, letters)
}

fn returned(kept: &[Kept]) -> Returned {
    let count = |is: &dyn Fn(&Kept) -> bool| kept.iter().filter(|k| is(k)).count();
    let given = |k: &Kept| k.place != Place::Returning && k.facts.again.is_some();
    Returned {
        open: count(&|k| k.place == Place::Returning),
        fault: None,
        given: count(&given),
        renumbered: count(&|k| given(k) && k.facts.former.is_some()),
    }
}

fn of(stored: Moment, status: &Status) -> Letter {
    let (way, code, ending) = match status {
        Status::Stored { fault } => (Way::Waiting, fault.map(|c| c.0.to_owned()), None),
        Status::Sending { .. } => (Way::Sending, None, None),
        Status::Stuck { code } => (Way::Stuck, Some(code.0.to_owned()), None),
        Status::Registered { receipt, .. } => (Way::Registered, None, Some(ending(&receipt.number))),
        Status::NotAccepted { notice, .. } => (Way::Refused, Some(notice.reason.clone()), None),
    };
    Letter { way, stored, code, ending }
}

/// A letter as its files tell, the receipt only where it verifies.
fn found(kept: &Kept, held: Option<&Held>) -> Letter {
    let outcome = kept.outcome.as_deref().zip(held);
    let receipt = outcome.and_then(|(bytes, held)| verify_receipt(bytes, &held.keyset()).ok());
    let (way, code, ending) = match kept.place {
        Place::Waiting => (Way::Waiting, kept.facts.fault.clone(), None),
        Place::Stuck => (Way::Stuck, kept.facts.fault.clone(), None),
        Place::Registered => (Way::Registered, None, receipt.as_ref().map(|r| ending(&r.number))),
        Place::Returning if receipt.is_some() => {
            (Way::Registered, None, receipt.as_ref().map(|r| ending(&r.number)))
        }
        Place::Refused | Place::Returning => {
            let notice = outcome.and_then(|(bytes, held)| verify_notice(bytes, &held.keyset()).ok());
            (Way::Refused, notice.map(|n| n.reason), None)
        }
    };
    Letter { way, stored: kept.facts.stored, code, ending }
}

#[cfg(test)]
mod tests;
