use super::*;
use crate::domain::deadline::parse_day;

const GOOD: &str = r#"
id = "small"
version = 1
title = { kk = "Х", ru = "П", en = "L" }

[[page]]
id = "a"
kind = "choice"
question = { kk = "А?", ru = "А?", en = "A?" }
[[page.field]]
id = "small.a"
kind = "choice"
label = { kk = "А", ru = "А", en = "A" }
required = true
missing = { kk = "Таңдаңыз.", ru = "Выберите.", en = "Choose." }
[[page.field.option]]
id = "one"
label = { kk = "Бір", ru = "Один", en = "One" }
[[page.field.option]]
id = "two"
label = { kk = "Екі", ru = "Два", en = "Two" }

[[page]]
id = "b"
kind = "text"
question = { kk = "Б?", ru = "Б?", en = "B?" }
when = [{ field = "small.a", is = ["two"] }]
[[page.field]]
id = "small.b"
kind = "lines"
label = { kk = "Б", ru = "Б", en = "B" }

[[page]]
id = "check"
kind = "check"
question = { kk = "Т", ru = "П", en = "C" }
"#;

fn faults(text: &str) -> Vec<String> {
    let content = Snapshot::embedded().unwrap();
    form(&toml::from_str(text).unwrap(), content, parse_day("2026-11-22").unwrap())
}

#[test]
fn a_good_form_has_no_faults() {
    assert_eq!(faults(GOOD), Vec::<String>::new());
}

/// Each change makes exactly the fault that it says.
#[test]
fn planted_faults_are_found() {
    let long = "в ".repeat(16);
    for (from, to, fault) in [
        (r#"id = "b""#, r#"id = "a""#, "page id stands twice"),
        (r#"id = "small.b""#, r#"id = "small.a""#, "field id stands twice"),
        (r#"id = "two""#, r#"id = "one""#, "stands twice"),
        (r#"field = "small.a", is"#, r#"field = "small.b", is"#, "not earlier"),
        (r#"is = ["two"]"#, r#"is = ["three"]"#, "does not have"),
        (r#"is = ["two"]"#, "is = []", "no way through"),
        (
            r#"label = { kk = "Екі", ru = "Два""#,
            r#"not_yet = true
label = { kk = "Екі", ru = "Два""#,
            "no way through",
        ),
        (r#"kk = "Б?""#, r#"kk = """#, "kk: empty"),
        (r#"ru = "Б?""#, r#"ru = "Б? ""#, "ru: empty, or white space"),
        (r#"en = "B?""#, "en = \"B\u{202e}\"", "may not hold"),
        (r#"ru = "Б?""#, &format!(r#"ru = "{}""#, long.trim()), "over 15 words"),
        ("required = true", "", "what to do where it is missing"),
        (r#"kind = "text""#, r#"kind = "place""#, "do not fit"),
        (r#"label = { kk = "Б""#, r#"label = { kk = "А""#, "has this label"),
        (r#"kind = "lines""#, "kind = \"lines\"\nmax = 30000", "longer than"),
        (
            r#"label = { kk = "Бір""#,
            r#"means = { kind = "poem" }
label = { kk = "Бір""#,
            "no rule in force",
        ),
        (
            r#"label = { kk = "Бір""#,
            r#"means = { topic = "dragons" }
label = { kk = "Бір""#,
            "no body for the topic",
        ),
        (
            r#"kind = "check""#,
            r#"kind = "check"
when = [{ field = "small.a", is = ["one"] }]"#,
            "always the last",
        ),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let found = faults(&GOOD.replacen(from, to, 1));
        assert!(found.iter().any(|f| f.contains(fault)), "{fault}: {found:?}");
    }
}

#[test]
fn words_are_counted_by_sentence() {
    assert_eq!(longest_sentence("Бір екі үш. Төрт — бес?"), 3);
    assert_eq!(longest_sentence(""), 0);
}
