//! Staff: the PIN at the first screen and at a call, and the desk as things stand well and badly.

use super::walk::{standing, visit};
use super::{NOW, Preset};
use crate::app::over::Over;
use crate::app::staff::{Message, Page, Staff};
use crate::app::{App, Message as AppMessage};
use crate::clock::Moment;
use crate::desk::Report;
use crate::desk::pin::PinError;
use crate::desk::report::{Arrived, Fact, Finding, Health, Letter, Way, What};
use crate::env::Mode;
use crate::fault::Code;
use crate::screen::once::Once;
use crate::screen::world::World;
use crate::screen::{Screen, desk, staff};
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("staff-pin", door),
    Preset::new("staff-pin-wrong", |look, world| refused(look, world, PinError::Wrong)),
    Preset::new("staff-pin-wait", |look, world| refused(look, world, PinError::Wait(NOW.plus(480)))),
    Preset::new("staff-pin-none", |look, world| refused(look, world, PinError::NotSet)),
    Preset::new("called-answer", |look, world| {
        let mut app = visit(look, world, Mode::Real, Screen::Home);
        if let Some(visit) = &mut app.visit {
            visit.over = Over::Answer(staff::State::default());
        }
        app
    }),
    Preset::new("desk-looking", |look, world| at_desk(look, world, Mode::Real, None)),
    Preset::new("desk-well", |look, world| at_desk(look, world, Mode::Practice, Some(well()))),
    Preset::new("desk-badly", |look, world| at_desk(look, world, Mode::Real, Some(badly()))),
    Preset::new("desk-restored", |look, world| at_desk(look, world, Mode::Real, Some(restored()))),
    Preset::new("desk-end", |look, world| {
        let mut app = at_desk(look, world, Mode::Real, Some(well()));
        tell(&mut app, desk::Message::Ending(true));
        app
    }),
];

fn door(look: &Look, world: &World) -> App {
    let mut app = standing(look, world, Mode::Real);
    drop(app.update(AppMessage::Staff(Message::Open)));
    app
}

fn refused(look: &Look, world: &World, error: PinError) -> App {
    let mut app = door(look, world);
    if let Some(Staff { page: Page::Pin(state), .. }) = &mut app.staff {
        state.working = true;
        let pin = app.launch.desk.pin.clone();
        drop(state.update(staff::Message::Checked(Once::new(Err(error))), &pin));
    }
    app
}

fn at_desk(look: &Look, world: &World, mode: Mode, report: Option<Report>) -> App {
    let mut app = standing(look, world, mode);
    drop(app.update(AppMessage::Staff(Message::Open)));
    let (desk, _) = desk::State::new(&app.launch.desk, app.parts());
    if let Some(staff) = &mut app.staff {
        staff.page = Page::Desk(Box::new(desk));
    }
    if let Some(report) = report {
        tell(&mut app, desk::Message::Looked(Once::new(report)));
    }
    app
}

fn tell(app: &mut App, message: desk::Message) {
    if let Some(staff) = &app.staff {
        let id = staff.session.id();
        drop(app.update(AppMessage::Staff(Message::Desk(id, message))));
    }
}

fn report(findings: Vec<Finding>, letters: Vec<Letter>) -> Report {
    Report {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        at: NOW,
        findings,
        letters,
        answers: Some(vec![]),
    }
}

fn letter(way: Way, minutes: i64, code: Option<&str>, ending: Option<&str>) -> Letter {
    let stored = Moment(NOW.0 - minutes * 60);
    Letter { way, stored, code: code.map(Into::into), ending: ending.map(Into::into) }
}

fn well() -> Report {
    let ok = |what| Finding::new(what, Health::Ok);
    let findings = vec![
        ok(What::Setup).with(Fact::Practice),
        ok(What::Outbox).with(Fact::Unsent(0)).with(Fact::Registered(2)),
        ok(What::Portal).with(Fact::Answered(NOW)),
        ok(What::Card),
        ok(What::Printer).with(Fact::Model("Kyocera ECOSYS P2040dn".into())),
        ok(What::Clock).with(Fact::Now(NOW)),
        ok(What::Disk).with(Fact::Free(52_000_000_000)),
        ok(What::Content).with(Fact::Edition("2026-11-22.1".into())),
        ok(What::StaffPin),
        ok(What::Help).with(Fact::HelpedToday(2)).with(Fact::HelpedThisMonth(14)),
    ];
    let letters = [("4821", 35), ("4790", 190)];
    let mut report =
        report(findings, letters.map(|(n, at)| letter(Way::Registered, at, None, Some(n))).into());
    let arrived =
        |(ending, hours): (&str, i64)| Arrived { ending: ending.into(), at: Moment(NOW.0 - hours * 3600) };
    report.answers = Some([("4102", 2), ("3977", 26), ("3950", 70)].map(arrived).into());
    report
}

/// The portal was restored from an older copy: some letters are back there, some on their way.
fn restored() -> Report {
    let mut report = well();
    for finding in &mut report.findings {
        match finding.what {
            What::Setup => *finding = Finding::new(What::Setup, Health::Ok),
            What::Outbox => {
                let code = Code("outbox.portal-restored");
                *finding = Finding::of(What::Outbox, Health::Warning, code)
                    .with(Fact::Unsent(0))
                    .with(Fact::Registered(41))
                    .with(Fact::ToGiveAgain(4))
                    .with(Fact::GivenAgain(33))
                    .with(Fact::Renumbered(2));
            }
            _ => {}
        }
    }
    report
}

fn badly() -> Report {
    let of = |what, state, code| Finding::of(what, state, Code(code));
    let findings = vec![
        Finding::new(What::Setup, Health::Ok),
        of(What::Outbox, Health::Fault, "server.not-enrolled")
            .with(Fact::Stuck(1))
            .with(Fact::Unsent(2))
            .with(Fact::Registered(14)),
        of(What::Portal, Health::Warning, "portal.unreachable").with(Fact::Answered(NOW.plus(-7200))),
        of(What::Card, Health::Fault, "card.no-reader"),
        of(What::Printer, Health::Fault, "print.paper-out"),
        of(What::Clock, Health::Fault, "clock.disagrees")
            .with(Fact::Now(NOW))
            .with(Fact::PortalTime(NOW.plus(-2 * 365 * 86_400))),
        of(What::Disk, Health::Warning, "store.nearly-full").with(Fact::Free(180_000_000)),
        of(What::Content, Health::NotChecked, "clock.doubtful"),
        of(What::StaffPin, Health::Warning, "desk.wait").with(Fact::Until(NOW.plus(480))),
        of(What::Help, Health::Warning, "store.damaged"),
    ];
    let mut letters = vec![
        letter(Way::Stuck, 20, Some("server.not-enrolled"), None),
        letter(Way::Waiting, 41, Some("portal.unreachable"), None),
        letter(Way::Waiting, 55, Some("portal.unreachable"), None),
        letter(Way::Refused, 130, Some("server.iin-mismatch"), None),
    ];
    letters.extend(
        (0..14).map(|n| letter(Way::Registered, 300 + n * 45, None, Some(&format!("{}", 4700 - n * 7)))),
    );
    report(findings, letters)
}
