//! What version 1 wrote is read by every later version: golden bytes under `tests/fixtures/compat`,
//! made from fixed values and keys. A file that is there is never written again.
//!
//! A new format gets its golden file by one run with `TEREZE_WRITE_GOLDEN=1`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tereze::clock::{Clock, Moment, Reading};
use tereze::content::Manifest;
use tereze::desk::Helped;
use tereze::desk::helped::{self, Sum};
use tereze::domain::event::{Event, History, Kind, NamedBody, Official};
use tereze::domain::login::{self, Login};
use tereze::domain::phone::Phone;
use tereze::domain::receipt::{Notice, Receipt};
use tereze::domain::statement::{
    Attachment, Body, Field, FormRef, SCHEMA_V1, Signer, Statement, StatementError,
};
use tereze::domain::{Digest, Names, SubmissionId};
use tereze::i18n::Lang;
use tereze::page::draft::{Answer, Attached, Draft};
use tereze::seal::alert::{self, Alert};
use tereze::seal::envelope::{self, Contents, OpenKey};
use tereze::seal::history::{self, Extract};
use tereze::seal::keyset::{self, Key, KeyUse, Keyset, SigningKey};
use tereze::seal::visitor::VisitorSecret;
use tereze::seal::{receipt, reply};
use time::macros::date;
use zeroize::Zeroizing;

const NOON: Moment = Moment(1_795_330_800);
const ID: SubmissionId = SubmissionId([0x5a; 16]);

fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/compat/v1", name].iter().collect()
}

/// The golden bytes. Missing ones are made only where that is asked for, so that a lost file fails.
fn golden(name: &str, make: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    let path = path(name);
    if std::env::var_os("TEREZE_WRITE_GOLDEN").is_some() && !path.exists() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, make()).unwrap();
    }
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn names(kk: &str, ru: &str, en: &str) -> Names {
    Names { kk: kk.into(), ru: ru.into(), en: en.into() }
}

fn signing_key(n: u8) -> SigningKey {
    SigningKey::from_seed(&Zeroizing::new([n; 32])).unwrap()
}

fn open_key() -> OpenKey {
    OpenKey::from_seed(&Zeroizing::new([3; 32])).unwrap()
}

fn secret() -> VisitorSecret {
    VisitorSecret::from_bytes(Zeroizing::new([4; 32]))
}

fn statement() -> Statement {
    let field = |id: &str, label: &str, value: &str, choice: Option<&str>| Field {
        id: id.into(),
        label: label.into(),
        value: value.into(),
        choice: choice.map(Into::into),
    };
    Statement {
        schema: SCHEMA_V1.into(),
        form: FormRef { id: "letter".into(), version: 1 },
        language: "kk".into(),
        audience: Digest([0x11; 32]),
        practice: true,
        submission: ID,
        time: NOON.rfc3339(),
        signer: Signer {
            name: "ТЕСТОВ ТЕСТ ТЕСТОВИЧ".into(),
            iin: "900101300017".into(),
            bin: Some("940140000385".into()),
        },
        body: Body { id: "min-labour".into(), name: "Еңбек министрлігі".into() },
        fields: vec![
            field("letter.want", "Хаттың түрі", "Шағымданамын", Some("complaint")),
            field("letter.text", "Хат мәтіні", "«Жарық» жоқ — 3 күн.\nКөмек керек: \\ \" / 😀", None),
        ],
        attachments: vec![Attachment {
            name: "сурет (1).png".into(),
            media_type: "image/png".into(),
            size: 3,
            sha256: Digest::of(&[1, 2, 3]),
        }],
    }
}

fn contents() -> Contents {
    Contents {
        cms: b"stands for a CMS: this format does not look inside".to_vec(),
        attachments: vec![vec![1, 2, 3], vec![]],
        lookup_id: secret().lookup_id(),
        access_hash: secret().access_hash(),
        code_hash: secret().code_hash(),
        reply_key: secret().reply_key(),
    }
}

fn the_receipt() -> Receipt {
    Receipt {
        number: "ОҚУ-2026-00000001".into(),
        registered: NOON,
        submission: ID,
        statement: Digest([0x22; 32]),
        envelope: Digest([0x33; 32]),
        body: "min-labour".into(),
        body_name: "Еңбек министрлігі".into(),
        received_by: "ТЕСТОВА Т. Т., маман".into(),
        due: date!(2026 - 12 - 14),
        rule: "appk-76-15".into(),
        practice: true,
        language: "kk".into(),
    }
}

fn the_notice() -> Notice {
    Notice {
        time: NOON,
        submission: ID,
        envelope: Digest([0x33; 32]),
        reason: "server.signature-not-valid".into(),
        practice: true,
    }
}

fn the_history() -> History {
    let official = |name: &str| Official {
        name: name.into(), post: names("Маман", "Специалист", "Officer")
    };
    let event =
        |hours: i64, name, kind| Event { at: NOON.plus(hours * 3600), official: official(name), kind };
    let due = date!(2026 - 12 - 18);
    let body = NamedBody {
        id: "min-transport".into(),
        name: names("Көлік", "Министерство транспорта", "Transport"),
    };
    let title = names("Портал көшірмеден қалпына келді", "Портал восстановлен", "The portal was restored");
    History {
        number: "ОҚУ-2026-00000001".into(),
        made: NOON.plus(90_000),
        statement: Digest([0x22; 32]),
        body: NamedBody { id: "min-labour".into(), name: names("Еңбек", "Труд", "Labour") },
        due: date!(2026 - 12 - 14),
        rule: "appk-76-15".into(),
        practice: true,
        language: "kk".into(),
        events: vec![
            event(0, "", Kind::Registered),
            event(1, "ТЕСТОВА Ү.", Kind::Review),
            event(2, "ҮЛГІБАЕВ Т.", Kind::Redirected { body, due }),
            event(3, "ТЕСТОВ Б.", Kind::Assigned),
            event(4, "ТЕСТОВА Ү.", Kind::Extended { due: date!(2027 - 01 - 11), reason: title.clone() }),
            event(5, "", Kind::Other { code: "given-again".into(), title }),
            event(6, "ТЕСТОВА Ү.", Kind::Answered),
        ],
    }
}

fn the_answer() -> tereze::domain::answer::Answer {
    tereze::domain::answer::Answer {
        schema: tereze::domain::answer::SCHEMA_V1.into(),
        number: "ОҚУ-2026-00000001".into(),
        statement: Digest([0x22; 32]),
        practice: true,
        language: "kk".into(),
        time: NOON.rfc3339(),
        body: Body { id: "min-labour".into(), name: "Еңбек министрлігі".into() },
        post: "Басшы".into(),
        text: "Жолды жөндейміз.\nРақмет.".into(),
    }
}

fn the_keyset() -> Keyset {
    let seal = open_key().seal_key().unwrap().public.to_vec();
    let key = |of, bytes: Vec<u8>| Key::new(of, bytes, NOON.plus(-100), NOON.plus(1_000_000));
    Keyset {
        version: 7,
        issued: NOON,
        practice: true,
        operator: names("Жаттығу порталы", "Учебный портал", "Practice portal"),
        keys: vec![
            key(KeyUse::TlsCa, b"stands for a certificate".to_vec()),
            key(KeyUse::Seal, seal),
            key(KeyUse::Receipt, signing_key(2).public().to_vec()),
            key(KeyUse::AnswerCa, b"stands for another".to_vec()),
            key(KeyUse::Snapshot, signing_key(5).public().to_vec()),
        ],
    }
}

fn the_draft() -> Draft {
    let file = Attached::new("сурет.png".into(), "image/png", Zeroizing::new(vec![1, 2, 3]));
    Draft {
        form: FormRef { id: "letter".into(), version: 1 },
        page: "text".into(),
        answers: BTreeMap::from([
            ("letter.want".into(), Answer::Choice("complaint".into())),
            ("letter.text".into(), Answer::Text("Жарық жоқ".into())),
            ("letter.body".into(), Answer::Body("min-labour".into())),
            ("letter.truth".into(), Answer::Tick(true)),
            ("letter.files".into(), Answer::Files(vec![file])),
        ]),
    }
}

fn manifest() -> Manifest {
    Manifest::of("2026-11-22.1", &[("forms/letter.toml", b"one"), ("content/bodies.toml", b"two")])
}

fn now() -> Reading {
    Clock::fixed(NOON).now()
}

#[test]
fn statement_v1() {
    let bytes = golden("statement.json", || statement().canonical().unwrap().to_vec());
    assert!(Statement::parse(&bytes).is_ok_and(|s| s == statement()));
    assert_eq!(statement().canonical().unwrap().as_slice(), bytes, "what is signed is written the same");
    let later = String::from_utf8(bytes).unwrap().replace("tereze.statement/1", "tereze.statement/2");
    assert_eq!(Statement::parse(later.as_bytes()).err(), Some(StatementError::NewerSchema));
}

#[test]
fn envelope_v1() {
    let seed = Zeroizing::new([9; 32]);
    let to = open_key().seal_key().unwrap();
    let bytes = golden("envelope.cbor", || envelope::seal_from(&contents(), ID, &to, seed).unwrap());
    let (header, back) = envelope::open(&bytes, &[open_key()]).ok().unwrap();
    assert!(back == contents());
    assert_eq!((header.submission, header.key), (ID, to.id));
}

#[test]
fn keyset_v1() {
    let root = signing_key(1);
    let bytes = golden("keyset.cose", || keyset::sign(&the_keyset(), &root));
    assert_eq!(keyset::verify(&bytes, &root.public(), now(), None), Ok(the_keyset()));
    assert_eq!(keyset::sign(&the_keyset(), &root), bytes);
}

#[test]
fn receipt_and_proof_qr_v1() {
    let bytes = golden("receipt.cose", || receipt::sign_receipt(&the_receipt(), &signing_key(2)).unwrap());
    assert_eq!(receipt::verify_receipt(&bytes, &the_keyset()), Ok(the_receipt()));
    assert_eq!(receipt::sign_receipt(&the_receipt(), &signing_key(2)).unwrap(), bytes);
    let text = golden("proof-qr.txt", || receipt::proof_qr_text(&bytes).into_bytes());
    let text = String::from_utf8(text).unwrap();
    assert_eq!(receipt::from_proof_qr_text(&text), Some(bytes));
}

#[test]
fn notice_v1() {
    let bytes = golden("notice.cose", || receipt::sign_notice(&the_notice(), &signing_key(2)).unwrap());
    assert_eq!(receipt::verify_notice(&bytes, &the_keyset()), Ok(the_notice()));
    assert_eq!(receipt::sign_notice(&the_notice(), &signing_key(2)).unwrap(), bytes);
}

#[test]
fn history_and_extract_v1() {
    let key = signing_key(2);
    let bytes = golden("history.cose", || history::sign_history(&the_history(), &key).unwrap());
    assert_eq!(history::verify_history(&bytes, &the_keyset()), Ok(the_history()));
    assert_eq!(history::sign_history(&the_history(), &key).unwrap(), bytes);
    let extract = Extract::of(&the_history());
    let bytes = golden("extract.cose", || history::sign_extract(&extract, &key).unwrap());
    assert_eq!(history::verify_extract(&bytes, &the_keyset()), Ok(extract.clone()));
    assert_eq!(history::sign_extract(&extract, &key).unwrap(), bytes);
    // The portal keeps each event in this form.
    for (n, event) in the_history().events.iter().enumerate() {
        let bytes = golden(&format!("event-{n}.cbor"), || history::write_event(event));
        assert_eq!(history::read_event(&bytes).as_ref(), Ok(event));
    }
}

#[test]
fn answer_and_login_v1() {
    let bytes = golden("answer.json", || the_answer().to_bytes().to_vec());
    assert!(tereze::domain::answer::Answer::parse(&bytes).is_ok_and(|a| a == the_answer()));
    let added = String::from_utf8(bytes).unwrap().replacen('{', r#"{"added":{"later":1},"#, 1);
    assert!(tereze::domain::answer::Answer::parse(added.as_bytes()).is_ok_and(|a| a == the_answer()));
    let login = Login {
        schema: login::SCHEMA_V1.into(),
        context: login::OWN_LETTERS.into(),
        audience: Digest([0x11; 32]),
        nonce: Digest([0x44; 32]),
        kiosk: 7,
        practice: true,
        time: NOON.rfc3339(),
    };
    let bytes = golden("login.json", || login.canonical().unwrap());
    assert_eq!(Login::parse(&bytes), Some(login));
}

#[test]
fn visitor_qr_and_what_is_derived_v1() {
    for (name, practice) in [("visitor-qr.txt", false), ("visitor-qr-practice.txt", true)] {
        let text = golden(name, || secret().qr_text(practice).as_bytes().to_vec());
        let (back, mark) = VisitorSecret::from_qr_text(std::str::from_utf8(&text).unwrap()).ok().unwrap();
        assert_eq!((back.bytes(), mark), (secret().bytes(), practice));
    }
    let derived = || {
        let s = secret();
        let parts = [hex::encode(s.lookup_id()), hex::encode(*s.access_key()), hex::encode(*s.reply_key())];
        let hashes = [s.access_hash().to_string(), s.code_hash().to_string()];
        format!("{}\n{}\n{}\n", parts.join("\n"), hashes.join("\n"), s.paper_code()).into_bytes()
    };
    assert_eq!(golden("visitor-derived.txt", derived), derived(), "paper in people's hands derives the same");
}

#[test]
fn alert_v1() {
    let (to, seed) = (open_key().seal_key().unwrap(), Zeroizing::new([9; 32]));
    let phone = Phone::parse("+77011234567").unwrap();
    let wish = Alert { lookup_id: secret().lookup_id(), access: Some(secret().access_key()), phone };
    let bytes = golden("alert.cbor", || alert::seal_from(&wish, &to, seed).unwrap());
    assert!(alert::open(&bytes, &[open_key()]).ok().unwrap() == wish);
}

#[test]
fn reply_v1() {
    let s = secret();
    let plain = "Жауап".as_bytes();
    // Its nonce is drawn: the bytes are made once, and read for ever.
    let bytes = golden("reply.bin", || reply::seal(&s.reply_key(), &s.lookup_id(), plain).unwrap());
    assert_eq!(reply::open(&s.reply_key(), &s.lookup_id(), &bytes).unwrap().as_slice(), plain);
}

#[test]
fn draft_v1() {
    let bytes = golden("draft.cbor", || the_draft().to_bytes(Lang::Ru, true).unwrap().to_vec());
    let saved = Draft::from_bytes(&bytes).ok().unwrap();
    assert!(saved.draft == the_draft() && saved.lang == Lang::Ru && !saved.without_files);
}

#[test]
fn manifest_v1() {
    let bytes = golden("manifest.json", || manifest().to_bytes().unwrap());
    assert_eq!(Manifest::parse(&bytes), Ok(manifest()));
    assert_eq!(manifest().to_bytes().unwrap(), bytes);
    let added = String::from_utf8(bytes).unwrap().replacen('{', r#"{"added":{"later":1},"#, 1);
    assert_eq!(Manifest::parse(added.as_bytes()), Ok(manifest()), "a later version's key is passed over");
}

#[test]
fn the_staff_pin_of_version_1_is_read() {
    use tereze::desk::pin::{self, PIN_FILE, StaffPin, TRIES_FILE};
    use tereze::private::Secret;
    let secret = || Secret::from_vec(b"739182".to_vec());
    let folder = tempfile::tempdir().unwrap();
    let made = |name: &str| {
        let of = tempfile::tempdir().unwrap();
        pin::set(of.path(), &secret()).unwrap();
        std::fs::read(of.path().join(name)).unwrap()
    };
    for name in [PIN_FILE, TRIES_FILE] {
        std::fs::write(folder.path().join(name), golden(name, || made(name))).unwrap();
    }
    assert_eq!(StaffPin::in_folder(folder.path(), Clock::fixed(NOON)).check(&secret()), Ok(()));
}

#[test]
fn the_count_of_helped_visits_of_version_1_reads() {
    let folder = tempfile::tempdir().unwrap();
    // 23 November 2096, 09:05 in UTC+5: above any clock's floor.
    let helped = Helped::in_folder(folder.path(), Clock::fixed(Moment(4_004_481_900)));
    let file = folder.path().join(helped::FILE);
    let bytes = golden("helped.json", || {
        (0..3).for_each(|_| helped.count().unwrap());
        std::fs::read(&file).unwrap()
    });
    std::fs::write(&file, &bytes).unwrap();
    assert_eq!(helped.sum(), Ok(Sum { today: 3, month: 3 }));
    helped.count().unwrap();
    assert_eq!(helped.sum(), Ok(Sum { today: 4, month: 4 }));
}
