use super::*;
use crate::domain::form::Form;
use proptest::prelude::*;

const FORM: &str = r#"
id = "letter"
version = 1
title = { kk = "Хат", ru = "Письмо", en = "Letter" }

[[page]]
id = "want"
kind = "choice"
question = { kk = "Не керек?", ru = "Что нужно?", en = "What?" }
[[page.field]]
id = "letter.want"
kind = "choice"
label = { kk = "Қалауыңыз", ru = "Что нужно", en = "Wish" }
required = true
option = [
  { id = "help", label = { kk = "Көмек", ru = "Помощь", en = "Help" } },
  { id = "other", label = { kk = "Басқа", ru = "Другое", en = "Other" } },
]

[[page]]
id = "other"
kind = "details"
question = { kk = "Қандай?", ru = "Какое?", en = "Which?" }
when = [{ field = "letter.want", is = ["other"] }]
[[page.field]]
id = "letter.other"
kind = "line"
label = { kk = "Басқа", ru = "Другое", en = "Other" }
required = true
max = 10

[[page]]
id = "text"
kind = "text"
question = { kk = "Мәтін", ru = "Текст", en = "Text" }
[[page.field]]
id = "letter.text"
kind = "lines"
label = { kk = "Хат мәтіні", ru = "Текст", en = "Text" }
required = true

[[page]]
id = "more"
kind = "details"
question = { kk = "Тағы", ru = "Ещё", en = "More" }
[[page.field]]
id = "letter.iin"
kind = "iin"
label = { kk = "ЖСН", ru = "ИИН", en = "IIN" }
[[page.field]]
id = "letter.truth"
kind = "tick"
label = { kk = "Растау", ru = "Да", en = "Yes" }
hint = { kk = "Шындық.", ru = "Правда.", en = "True." }
"#;

struct Known(Form);

impl Known {
    fn new() -> Self {
        Self(toml::from_str(FORM).unwrap())
    }
}

impl Catalogue for Known {
    fn form(&self, id: &str, version: u32) -> Option<&Form> {
        (id == self.0.id && version == self.0.version).then_some(&self.0)
    }

    fn body_is_named(&self, id: &str, name: &str, _: Lang) -> Option<bool> {
        (id == "min-labour").then_some(name == "Министрлік")
    }
}

const HERE: Deployment = Deployment { audience: Digest([1; 32]), practice: true };

fn field(id: &str, label: &str, value: &str, choice: Option<&str>) -> Field {
    Field { id: id.into(), label: label.into(), value: value.into(), choice: choice.map(Into::into) }
}

fn letter() -> Statement {
    Statement {
        schema: SCHEMA_V1.into(),
        form: FormRef { id: "letter".into(), version: 1 },
        language: "kk".into(),
        audience: HERE.audience,
        practice: true,
        submission: SubmissionId([2; 16]),
        time: "2026-11-22T09:05:00Z".into(),
        signer: Signer { name: "ТЕСТОВ ТЕСТ".into(), iin: "900101300017".into(), bin: None },
        body: Body { id: "min-labour".into(), name: "Министрлік".into() },
        fields: vec![
            field("letter.want", "Қалауыңыз", "Көмек", Some("help")),
            field("letter.text", "Хат мәтіні", "Жарық жоқ.\nКөмектесіңіз.", None),
        ],
        attachments: vec![Attachment {
            name: "сурет.png".into(),
            media_type: "image/png".into(),
            size: 10,
            sha256: Digest([3; 32]),
        }],
    }
}

fn judged(change: impl FnOnce(&mut Statement)) -> Result<(), StatementError> {
    let mut s = letter();
    change(&mut s);
    s.validate(&HERE, &Known::new())
}

#[test]
fn canonical_bytes_read_back_and_nothing_else_does() {
    let bytes = letter().canonical().unwrap();
    assert!(Statement::parse(&bytes).is_ok_and(|s| s == letter()));
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(text.starts_with(r#"{"attachments":[{"name":"#), "keys in order: {text}");
    let refused = |text: String| Statement::parse(text.as_bytes()).err();
    assert_eq!(refused(format!("{text} ")), Some(StatementError::NotCanonical));
    assert_eq!(refused(text.replace("\"kk\"", "\"\\u006bk\"")), Some(StatementError::NotCanonical));
    let unknown = text.replacen('{', r#"{"added":1,"#, 1);
    assert_eq!(refused(unknown), Some(StatementError::Unreadable));
    let twice = text.replacen('{', r#"{"language":"ru","#, 1);
    assert_eq!(refused(twice), Some(StatementError::Unreadable));
    assert_eq!(refused(text.replace("statement/1", "statement/2")), Some(StatementError::NewerSchema));
    assert_eq!(refused(text.replace("statement/1", "essay/1")), Some(StatementError::Unreadable));
    assert_eq!(refused("{".repeat(MAX_STATEMENT + 1)), Some(StatementError::TooLong));
    assert_eq!(refused("[".repeat(MAX_STATEMENT)), Some(StatementError::Unreadable));
}

#[test]
fn the_right_letter_passes() {
    assert_eq!(judged(|_| ()), Ok(()));
    assert_eq!(judged(|s| s.signer.bin = Some("940140000385".into())), Ok(()));
    // Test certificates hold made-up numbers: the shape is asked here, no check digit.
    assert_eq!(judged(|s| s.signer.iin = "123456789011".into()), Ok(()));
}

#[test]
fn deployment_form_and_body_must_be_the_known_ones() {
    assert_eq!(judged(|s| s.audience = Digest([9; 32])), Err(StatementError::OtherAudience));
    assert_eq!(judged(|s| s.practice = false), Err(StatementError::PracticeMismatch));
    assert!(matches!(judged(|s| s.form.version = 2), Err(StatementError::UnknownForm(_))));
    assert!(matches!(judged(|s| s.body.id = "nobody".into()), Err(StatementError::UnknownBody(_))));
    let body = StatementError::Field { field: "body".into(), fault: FieldFault::NotOfTheForm };
    assert_eq!(judged(|s| s.body.name = "Басқа".into()), Err(body));
}

#[test]
fn every_field_is_named_with_its_fault() {
    let bad = |id: &str, f: FieldFault| Err(StatementError::Field { field: id.into(), fault: f });
    let text = |t: &str| {
        let t = t.to_owned();
        judged(move |s| s.fields[1].value = t)
    };
    assert_eq!(judged(|s| s.language = "tr".into()), bad("language", FieldFault::Shape));
    assert_eq!(judged(|s| s.time = "2026-11-22".into()), bad("time", FieldFault::Shape));
    assert_eq!(judged(|s| s.time = "2026-11-22T14:05:00+05:00".into()), bad("time", FieldFault::Shape));
    assert_eq!(judged(|s| s.signer.iin = "90010130001".into()), bad("signer.iin", FieldFault::Shape));
    assert_eq!(judged(|s| s.signer.bin = Some("x".into())), bad("signer.bin", FieldFault::Shape));
    assert_eq!(judged(|s| s.signer.name = " ".into()), bad("signer.name", FieldFault::Empty));
    assert_eq!(text("\u{202e}жоқ"), bad("letter.text", FieldFault::Character));
    assert_eq!(text("и\u{306}"), bad("letter.text", FieldFault::NotNfc));
    assert_eq!(text(" "), bad("letter.text", FieldFault::Empty));
    assert_eq!(text(&"а".repeat(4_001)), bad("letter.text", FieldFault::TooLong));
    assert_eq!(judged(|s| drop(s.fields.pop())), bad("letter.text", FieldFault::Missing));
    assert_eq!(judged(|s| s.fields[1].label = "X".into()), bad("letter.text", FieldFault::NotOfTheForm));
    assert_eq!(judged(|s| s.fields[0].value = "Басқа".into()), bad("letter.want", FieldFault::NotOfTheForm));
    assert_eq!(judged(|s| s.fields[0].choice = None), bad("letter.want", FieldFault::NotOfTheForm));
    assert_eq!(judged(|s| s.fields[1].id = "x".into()), bad("x", FieldFault::NotOfTheForm));
    assert_eq!(judged(|s| s.fields.push(s.fields[0].clone())), bad("letter.want", FieldFault::Twice));
    assert_eq!(judged(|s| s.attachments[0].size = MAX_ATTACHED + 1), bad("attachments", FieldFault::TooLong));
    assert_eq!(judged(|s| s.attachments[0].name = "../a".into()), bad("attachments", FieldFault::Shape));
    let exe = "application/x-msdownload";
    assert_eq!(judged(|s| s.attachments[0].media_type = exe.into()), bad("attachments", FieldFault::Shape));
    assert_eq!(
        judged(|s| s.attachments = vec![s.attachments[0].clone(); MAX_ATTACHMENTS + 1]),
        bad("attachments", FieldFault::TooMany)
    );
}

#[test]
fn numbers_and_declarations_have_their_own_rules() {
    let with = |id: &str, label: &str, value: &str| {
        let extra = field(id, label, value, None);
        judged(move |s| s.fields.push(extra))
    };
    let bad = |id: &str, f: FieldFault| Err(StatementError::Field { field: id.into(), fault: f });
    assert_eq!(with("letter.iin", "ЖСН", "900101300017"), Ok(()));
    assert_eq!(with("letter.iin", "ЖСН", "90010130001x"), bad("letter.iin", FieldFault::Shape));
    assert_eq!(with("letter.truth", "Растау", "Шындық."), Ok(()));
    assert_eq!(with("letter.truth", "Растау", "Өтірік."), bad("letter.truth", FieldFault::NotOfTheForm));
}

#[test]
fn a_condition_makes_its_page_necessary() {
    let other = |s: &mut Statement| s.fields[0] = field("letter.want", "Қалауыңыз", "Басқа", Some("other"));
    let missing = StatementError::Field { field: "letter.other".into(), fault: FieldFault::Missing };
    assert_eq!(judged(other), Err(missing));
    let filled = |s: &mut Statement| {
        other(s);
        s.fields.push(field("letter.other", "Басқа", "Ит", None));
    };
    assert_eq!(judged(filled), Ok(()));
}

proptest! {
    #[test]
    fn any_words_read_back(value: String, label: String, choice: Option<String>) {
        let mut s = letter();
        s.fields.push(Field { id: "x".into(), label, value, choice });
        let bytes = s.canonical().unwrap();
        prop_assert!(Statement::parse(&bytes).is_ok_and(|back| back == s));
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
        prop_assert!(Statement::parse(&bytes).is_err());
    }

    #[test]
    fn any_characters_are_judged_as_after_tidying(words: String) {
        let tidied = text::tidy(&words);
        prop_assert!(text::is_nfc(&tidied));
        prop_assert_eq!(text::tidy(&tidied), tidied.clone());
    }
}
