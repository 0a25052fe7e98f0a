use super::*;

const GOOD: &str = r#"
id = "try"
order = 1
minutes = 2
title = { kk = "Сабақ", ru = "Урок", en = "Lesson" }
teaches = { kk = "Үйретеді", ru = "Учит", en = "Teaches" }
learnt = [{ kk = "Біледі", ru = "Умеет", en = "Can do" }]

[[step]]
id = "touch"
at = ["home.letter"]
title = { kk = "Басыңыз", ru = "Нажмите", en = "Touch" }
words = { kk = "Басыңыз.", ru = "Нажмите.", en = "Touch it." }
hint = { kk = "Осында.", ru = "Здесь.", en = "Here." }
done = { taps = 1 }
"#;

fn found(file: &str) -> Vec<String> {
    let read: Lesson = toml::from_str(file).expect("a readable lesson");
    let content = Snapshot::embedded().unwrap();
    lesson(&read, "try", content).into_iter().map(|f| f.what.say(Lang::En)).collect()
}

#[test]
fn a_good_lesson_has_no_faults() {
    assert_eq!(found(GOOD), Vec::<String>::new());
}

#[test]
fn planted_faults_are_found() {
    let long = format!("words = {{ kk = \"{}\", ru = \"а\", en = \"a\" }}", "сөз ".repeat(16).trim());
    for (from, to, word) in [
        ("id = \"try\"", "id = \"other\"", "other"),
        ("minutes = 2", "minutes = 0", "minutes"),
        ("en = \"Touch it.\"", "en = \" \"", "en"),
        ("words = { kk = \"Басыңыз.\", ru = \"Нажмите.\", en = \"Touch it.\" }", &long, "15"),
        ("at = [\"home.letter\"]", "at = [\"home letter\"]", "home letter"),
        ("at = [\"home.letter\"]", "at = []", "never"),
        ("done = { taps = 1 }", "done = { taps = 0 }", "never"),
        ("done = { taps = 1 }", "done = { holds = { field = \"a.b\", letters = \"ә\" } }", "never"),
        ("done = { taps = 1 }", "done = {}\nway = [\"a.b\"]", "nothing"),
        ("done = { taps = 1 }", "done = { taps = 1 }\nonly = [\"de\"]", "de"),
        ("done = { taps = 1 }", "done = { taps = 1 }\nonly = [\"kk\"]", "no steps"),
    ] {
        let planted = GOOD.replacen(from, to, 1);
        assert_ne!(planted, GOOD, "{from}");
        let found = found(&planted);
        assert!(found.iter().any(|f| f.contains(word)), "{word}: {found:?}");
    }
    let step = GOOD.split("[[step]]").nth(1).unwrap();
    assert!(found(&format!("{GOOD}\n[[step]]{step}")).iter().any(|f| f.contains("twice")));
    let letter = "letter = { form = \"letter\", body = \"nobody\", answers = [[\"letter.sign\", \"card\"]], \
        field = \"letter.text\", words = { kk = \"а\", ru = \"а\", en = \"a\" } }\n[[step]]";
    assert!(found(&GOOD.replacen("[[step]]", letter, 1)).iter().any(|f| f.contains("nobody")));
}

#[test]
fn what_no_reader_knows_or_a_language_that_is_missing_is_refused() {
    for (from, to) in [
        ("minutes = 2", "minuten = 2"),
        ("done = { taps = 1 }", "done = { tabs = 1 }"),
        (", en = \"Here.\"", ""),
        ("hint =", "tip ="),
    ] {
        assert!(toml::from_str::<Lesson>(&GOOD.replacen(from, to, 1)).is_err(), "{to}");
    }
}

#[test]
fn two_lessons_have_two_places() {
    let one: Lesson = toml::from_str(GOOD).unwrap();
    let other = Lesson { id: "other".into(), ..one.clone() };
    assert_eq!(together(&[&one]).len(), 0);
    assert_eq!(together(&[&one, &other]).len(), 1);
    assert_eq!(together(&[&one, &Lesson { order: 2, ..other }]).len(), 0);
}
