//! A document checked: where it is looked for, every verdict, and how we know.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::walk::Walk;
use super::{NOW, Preset};
use crate::app::App;
use crate::clock::{Confidence, Reading};
use crate::domain::receipt::Receipt;
use crate::domain::{Digest, SubmissionId};
use crate::env::Mode;
use crate::fault::{Code, Coded as _};
use crate::files::{Entry, FilesError, Stick};
use crate::print::printer::Progress;
use crate::private::Private;
use crate::screen::check::told::Told;
use crate::screen::check::work::Checked;
use crate::screen::check::{Found, Message, Page, Stage, State};
use crate::screen::once::Once;
use crate::screen::scan::Scan;
use crate::screen::world::World;
use crate::screen::{self, Screen, home};
use crate::seal::history::Extract;
use crate::seal::keyset::Keyset;
use crate::seal::receipt::VerifyError;
use crate::sign::cades::Builder;
use crate::sign::egov::Field;
use crate::sign::file::{self, Judged};
use crate::sign::issue::{Authority, Person, Term};
use crate::sign::trust::{CITIZEN, Trust};
use crate::sign::{Question, verify_certificate};
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("check", |l, w| begun(l, w).done()),
    Preset::new("check-looking", |l, w| begun(l, w).sticks(&["KINGSTON"]).done()),
    Preset::new("check-none", |l, w| found(l, w, &[]).done()),
    Preset::new("check-files", |l, w| found(l, w, FILES).done()),
    Preset::new("check-stick-gone", |l, w| told_of(l, w, FilesError::StickGone.code())),
    Preset::new("check-codes", |l, w| scanned(l, w).done()),
    Preset::new("check-codes-other", |l, w| scanned(l, w).scanned("10100400000002", 1).done()),
    Preset::new("check-codes-foreign", |l, w| scanned(l, w).check(scan("9786012345678")).done()),
    Preset::new("check-working", |l, w| {
        let mut walk = found(l, w, FILES);
        if let Some(state) = walk.checking() {
            state.stage = Stage::Working;
        }
        walk.done()
    }),
    Preset::new("check-document", |l, w| asking(l, w, &["Анықтама.pdf", "жол.jpg"])),
    Preset::new("check-document-none", |l, w| asking(l, w, &[])),
    Preset::new("check-valid", |l, w| judged(l, w, &sound()).done()),
    Preset::new("check-valid-open", |l, w| judged(l, w, &sound()).check(Message::Reveal(true)).done()),
    Preset::new("check-gost", |l, w| judged(l, w, &Case { preliminary: true, ..sound() }).done()),
    Preset::new("check-practice", |l, w| judged(l, w, &Case { practice: true, ..sound() }).done()),
    Preset::new("check-organisation", |l, w| judged(l, w, &Case { office: true, ..sound() }).done()),
    Preset::new("check-changed", |l, w| judged(l, w, &Case { changed: true, ..sound() }).done()),
    Preset::new("check-untrusted", |l, w| {
        judged(l, w, &Case { stranger: true, changed: true, ..sound() }).done()
    }),
    Preset::new("check-could-not", |l, w| judged(l, w, &Case { nobody: true, ..sound() }).done()),
    Preset::new("check-no-signature", |l, w| show(l, w, plain(b"text")).done()),
    Preset::new("check-certificate", |l, w| show(l, w, certificate()).done()),
    Preset::new("check-know", |l, w| judged(l, w, &sound()).check(Message::Turn(Page::Know)).done()),
    Preset::new("check-know-changed", |l, w| {
        judged(l, w, &Case { changed: true, ..sound() }).check(Message::Turn(Page::Know)).done()
    }),
    Preset::new("check-data", |l, w| show(l, w, data()).done()),
    Preset::new("check-fields", |l, w| show(l, w, data()).check(Message::Turn(Page::Fields)).done()),
    Preset::new("check-receipt", |l, w| show(l, w, Some(receipt(l, w))).done()),
    Preset::new("check-extract", |l, w| show(l, w, Some(extract(w))).done()),
    Preset::new("check-receipt-not-valid", |l, w| {
        let refused = Told::refused_receipt(String::new(), &VerifyError::Signature, &keyset(w), NOW, false);
        show(l, w, Some(refused)).done()
    }),
    Preset::new("check-no-printer", |l, w| judged(l, w, &sound()).check(Message::Print).done()),
    Preset::new("check-printed", |l, w| judged(l, w, &sound()).check(Message::Paper(Progress::Done)).done()),
];

const FILES: &[&str] = &["Анықтама.pdf", "Анықтама.pdf.p7s", "Шарт № 12 (қол қойылған).xml"];

impl Walk {
    fn check(self, message: Message) -> Self {
        self.tell(screen::Message::Check(message))
    }

    fn checking(&mut self) -> Option<&mut State> {
        match &mut self.app.visit.as_mut()?.screen {
            Screen::Check(state) => Some(state),
            _ => None,
        }
    }

    /// One of five codes of a certificate.
    fn scanned(self, number: &str, at: usize) -> Self {
        self.check(scan(&format!(
            "<BarcodeElement xmlns=\"http://barcodes.pdf.shep.nitec.kz/\"><elementData>AA==</elementData>\
             <elementNumber>{at}</elementNumber><elementsAmount>5</elementsAmount><FavorID>{number}</FavorID>\
             </BarcodeElement>"
        )))
    }
}

fn scan(text: &str) -> Message {
    Message::Scanned(Scan::new(text.to_owned().into()))
}

fn begun(look: &Look, world: &World) -> Walk {
    Walk::home(look, world, Mode::Real).tell(screen::Message::Home(home::Message::Check))
}

fn on_stick(names: &[&str]) -> Vec<Found> {
    let found = |name: &&str| Found {
        stick: Stick::pictured("KINGSTON"),
        entry: Entry::pictured(name, "Құжаттар", 4_000),
    };
    names.iter().map(found).collect()
}

fn found(look: &Look, world: &World, names: &[&str]) -> Walk {
    let mut walk = begun(look, world).sticks(&["KINGSTON"]);
    if let Some(state) = walk.checking() {
        (state.looking, state.found) = (false, on_stick(names));
    }
    walk
}

fn told_of(look: &Look, world: &World, code: Code) -> App {
    let mut walk = begun(look, world);
    if let Some(state) = walk.checking() {
        state.said = Some(code);
    }
    walk.done()
}

fn scanned(look: &Look, world: &World) -> Walk {
    begun(look, world).scanned("10100400000001", 4).scanned("10100400000001", 1)
}

fn asking(look: &Look, world: &World, names: &[&str]) -> App {
    let mut walk = if names.is_empty() { begun(look, world) } else { found(look, world, names) };
    if let Some(state) = walk.checking() {
        let signature = Arc::new(Zeroizing::new(Vec::new()));
        state.stage = Stage::Asking { name: "Анықтама.pdf.p7s".into(), signature };
    }
    walk.done()
}

fn show(look: &Look, world: &World, told: Option<Told>) -> Walk {
    let checked = told.map(|t| Checked::Told(Box::new(t))).ok_or(Code("sign.malformed"));
    begun(look, world).check(Message::Checked(0, Once::new(checked)))
}

/// What is different about a signature.
#[derive(Default)]
struct Case {
    changed: bool,
    stranger: bool,
    nobody: bool,
    preliminary: bool,
    practice: bool,
    office: bool,
}

fn sound() -> Case {
    Case::default()
}

const LETTER: &[u8] = b"letter";
const NAME: &str = "Анықтама.pdf.p7s";

fn person(office: bool) -> Person {
    Person {
        surname: "ТЕСТОВА".into(),
        given: "ҮЛГІ".into(),
        patronymic: "ТЕСТҚЫЗЫ".into(),
        iin: "900101400011".into(),
        organisation: office.then(|| ("«Үлгі қызметтер» ЖШС".into(), "240140012345".into())),
    }
}

fn term() -> Term {
    Term::days(NOW, 30)
}

fn now() -> Reading {
    Reading { wall: NOW, confidence: Confidence::Plausible }
}

/// Signed and judged for real.
fn signature(case: &Case) -> Option<Told> {
    let authority = Authority::generate("ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (ҮЛГІ)", case.practice, term()).ok()?;
    let identity = authority.issue_person(&person(case.office), term()).ok()?;
    let prepared =
        Builder::new(identity.certificate.der(), LETTER, NOW.plus(-1800)).ok()?.detached().prepare().ok()?;
    let raw = identity.sign(prepared.to_sign());
    let cms = prepared.finish(&raw).ok()?;
    let mut trust = Trust::new();
    let other = Authority::generate("OTHER", false, term()).ok()?;
    let believed = if case.stranger { &other } else { &authority };
    if !case.nobody {
        trust.add(CITIZEN, believed.certificate().clone()).ok()?;
    }
    let content = if case.changed { Some(&b"other"[..]) } else { Some(LETTER) };
    let judged = file::judge(&cms, &Question { content, ..Question::new(&trust, now()) });
    let mut told = Told::judged(NAME.into(), judged, Vec::new(), NOW, false);
    told.preliminary |= case.preliminary;
    Some(told)
}

fn judged(look: &Look, world: &World, case: &Case) -> Walk {
    show(look, world, signature(case))
}

fn plain(bytes: &[u8]) -> Option<Told> {
    let judged = file::judge(bytes, &Question::new(&Trust::new(), now()));
    Some(Told::judged("жазба.sig".into(), judged, Vec::new(), NOW, false))
}

fn certificate() -> Option<Told> {
    let authority = Authority::generate("ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (ҮЛГІ)", false, term()).ok()?;
    let identity = authority.issue_person(&person(false), term()).ok()?;
    let mut trust = Trust::new();
    trust.add(CITIZEN, authority.certificate().clone()).ok()?;
    let report = verify_certificate(&identity.certificate, &Question::new(&trust, now()));
    Some(Told::judged("сертификат.cer".into(), Judged::Certificate(Box::new(report)), Vec::new(), NOW, false))
}

/// A certificate of the national portal, as its codes carry it.
fn data() -> Option<Told> {
    let field = |(name, value): (&str, &str)| Field { name: name.into(), value: value.into() };
    let said = [
        ("requestNumber", "10100400000001"),
        ("declarantId", "900101400011"),
        ("requestDate", "2026-11-20T12:41:19.097+05:00"),
        ("code", "APPROVED"),
        ("kk", "Сұраныс орындалды"),
        ("LastName", "ТЕСТОВА"),
        ("FirstName", "ҮЛГІ"),
    ];
    let told = signature(&Case { preliminary: true, office: true, ..sound() })?;
    let name = Private::new("10100400000001".to_owned());
    Some(Told { name, fields: said.map(field).into(), ..told })
}

fn receipt(look: &Look, world: &World) -> Told {
    let body = world.env.content.body("akimat-kz-19");
    let receipt = Receipt {
        number: "ЖТ-2026-00001234".into(),
        registered: NOW.plus(-3 * 86_400),
        submission: SubmissionId([1; 16]),
        statement: Digest([5; 32]),
        envelope: Digest([6; 32]),
        body: "akimat-kz-19".into(),
        body_name: body.map(|b| b.name.get(look.lang).to_owned()).unwrap_or_default(),
        received_by: String::new(),
        due: time::macros::date!(2026 - 12 - 14),
        rule: "appk-76-15".into(),
        practice: false,
        language: look.lang.tag().into(),
    };
    Told::receipt(String::new(), &receipt, &keyset(world), NOW)
}

/// The portal's keys as they came some days ago.
fn keyset(world: &World) -> Keyset {
    Keyset {
        issued: NOW.plus(-9 * 86_400),
        operator: world.operator.clone(),
        ..(*world.env.held.keyset()).clone()
    }
}

fn extract(world: &World) -> Told {
    let at = |days: i64| NOW.plus(-days * 86_400);
    let extract = Extract {
        number: "ЖТ-2026-00001234".into(),
        made: at(1),
        statement: Digest([5; 32]),
        body: "akimat-kz-19".into(),
        due: time::macros::date!(2026 - 12 - 14),
        practice: false,
        events: vec![("registered".into(), at(3)), ("assigned".into(), at(2)), ("hearing".into(), at(1))],
    };
    Told::extract(String::new(), &extract, &keyset(world), NOW)
}
