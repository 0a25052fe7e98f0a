use super::*;
use crate::clock::Moment;
use crate::domain::{Digest, SubmissionId};
use crate::private::Secret;
use crate::store::disk::DataDir;
use crate::store::shelf::{DiskShelf, Facts, Shelf as _};

/// A day on which the content's calendar and law are in force.
const DAY: Moment = Moment(1_795_406_700);

fn settings(data: Option<PathBuf>, mode: Setup, clock: Clock) -> Settings {
    let pin = match &data {
        Some(data) => StaffPin::in_folder(data, clock.clone()),
        None => StaffPin::of_practice(b"246813", clock.clone()),
    };
    let helped = match &data {
        Some(data) => Helped::in_folder(data, clock.clone()),
        None => Helped::in_memory(clock.clone()),
    };
    Settings { mode, data, printer: None, modules: vec![], clock, pin, helped }
}

fn state(report: &Report, what: What) -> (Health, Option<&str>) {
    let finding = report.finding(what).unwrap();
    (finding.state, finding.code.as_deref())
}

fn letter(n: u8) -> (Digest, Facts, Vec<u8>) {
    let bytes = vec![n; 40];
    let facts = Facts {
        submission: SubmissionId([n; 16]),
        statement: Digest([n; 32]),
        size: 40,
        stored: Moment(DAY.0 - i64::from(n)),
        attempts: 1,
        mark: None,
        fault: None,
        again: None,
        former: None,
    };
    (Digest::of(&bytes), facts, bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_that_is_wrong_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(Some(folder.path().to_owned()), Setup::Portal, Clock::fixed(DAY));
    let trouble = Parts { trouble: Some(Code("boot.not-enrolled")), ..Parts::default() };
    let report = examine(&settings, &trouble).await;
    assert_eq!(state(&report, What::Setup), (Health::Fault, Some("boot.not-enrolled")));
    assert_eq!(state(&report, What::Portal), (Health::NotChecked, Some("boot.not-enrolled")));
    assert_eq!(state(&report, What::StaffPin), (Health::Warning, Some("desk.no-pin")));
    assert_eq!(state(&report, What::Printer), (Health::Warning, Some("print.none")));
    assert_eq!(state(&report, What::Disk), (Health::Ok, None));
    assert_eq!(state(&report, What::Clock), (Health::Ok, None));
    assert_eq!(state(&report, What::Content), (Health::Ok, None));
    assert_eq!(report.state(), Health::Fault);

    super::super::pin::set(folder.path(), &Secret::from_vec(b"739182".to_vec())).unwrap();
    std::fs::create_dir_all(folder.path().join("outbox/damaged/x")).unwrap();
    let report = examine(&settings, &trouble).await;
    assert_eq!(state(&report, What::StaffPin), (Health::Ok, None));
    assert_eq!(state(&report, What::Disk), (Health::Fault, Some("store.damaged")));

    let gone = Settings { data: Some(folder.path().join("none")), ..settings };
    assert_eq!(state(&examine(&gone, &trouble).await, What::Disk), (Health::Fault, Some("store.unusable")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubtful_clock_and_old_law_are_said() {
    let at = |day: i64| settings(None, Setup::Practice, Clock::fixed(Moment(day)));
    let report = examine(&at(0), &Parts::default()).await;
    assert_eq!(state(&report, What::Clock), (Health::Fault, Some("clock.doubtful")));
    assert_eq!(state(&report, What::Content), (Health::NotChecked, Some("clock.doubtful")));
    let last = Snapshot::embedded().unwrap().rules().iter().map(|r| r.check_again_by).min().unwrap();
    let after = DAY.0 + ((last - DAY.legal_date()).whole_days() + 1) * 86_400;
    let report = examine(&at(after), &Parts::default()).await;
    assert_ne!(state(&report, What::Content).0, Health::Ok);
    let report = examine(&at(DAY.0 + 20 * 366 * 86_400), &Parts::default()).await;
    assert_eq!(state(&report, What::Content), (Health::Fault, Some("content.calendar-ends")));
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_on_disk_are_told_by_state_and_reason_without_touching_them() {
    let folder = tempfile::tempdir().unwrap();
    let (data, _) = DataDir::open(folder.path(), "kiosk", 1).unwrap();
    let shelf = DiskShelf::open(&data).unwrap();
    for n in [1, 2] {
        let (id, facts, bytes) = letter(n);
        shelf.put(id, &facts, &bytes, None).unwrap();
    }
    let settings = settings(Some(folder.path().to_owned()), Setup::Portal, Clock::fixed(DAY));
    let report = examine(&settings, &Parts::default()).await;
    assert_eq!(state(&report, What::Outbox), (Health::Ok, None), "letters may wait");
    assert_eq!(report.letters.iter().map(|l| l.way).collect::<Vec<_>>(), [Way::Waiting; 2]);
    assert_eq!(report.letters[0].stored, Moment(DAY.0 - 1), "the newest first");

    let (id, mut facts, _) = letter(1);
    facts.fault = Some("portal.unreachable".into());
    shelf.note(id, &facts).unwrap();
    let report = examine(&settings, &Parts::default()).await;
    assert_eq!(state(&report, What::Outbox), (Health::Warning, Some("portal.unreachable")));
    let (id, mut facts, _) = letter(2);
    facts.fault = Some("server.not-enrolled".into());
    shelf.note(id, &facts).unwrap();
    shelf.shift(id, Place::Stuck).unwrap();
    let report = examine(&settings, &Parts::default()).await;
    assert_eq!(state(&report, What::Outbox), (Health::Fault, Some("server.not-enrolled")));
    assert_eq!(report.letters.iter().filter(|l| l.way == Way::Stuck).count(), 1);
    // The report is what another process reads.
    let text = serde_json::to_vec(&report).unwrap();
    assert_eq!(serde_json::from_slice::<Report>(&text).unwrap(), report);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_kiosk_answers_with_the_same_report() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(Some(folder.path().to_owned()), Setup::Portal, Clock::fixed(DAY));
    let (_publish, cards) = watch::channel(CardStatus::NoReader);
    let parts = Parts { cards: Some(cards), ..Parts::default() };
    assert_eq!(super::super::ask(folder.path()), None);
    super::super::answer(folder.path(), settings.clone(), parts.clone());
    let data = folder.path().to_owned();
    let asked = tokio::task::spawn_blocking(move || super::super::ask(&data)).await.unwrap().unwrap();
    assert_eq!(state(&asked, What::Card), (Health::Fault, Some("card.no-reader")));
    let own = examine(&settings, &parts).await;
    assert_eq!(
        asked.findings.iter().map(|f| (f.what, f.state)).collect::<Vec<_>>(),
        own.findings.iter().map(|f| (f.what, f.state)).collect::<Vec<_>>()
    );
}
