//! The words on screens and paper: one thing has one name in each language, sentences are short, nothing blames, and
//! a dictionary knows every word or a person has accepted it. The terms are data in `locales/glossary.tsv`.

#[path = "support/words/rules.rs"]
mod rules;
#[path = "support/words/texts.rs"]
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use texts::Text;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|l| !l.starts_with('#') && !l.is_empty())
}

#[track_caller]
fn none(findings: Vec<String>) {
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}

fn everything() -> Vec<Text> {
    let texts = texts::all(&root());
    assert!(texts.len() > 300, "the locales were not found");
    texts
}

/// Which words hunspell does not know, in lower case.
fn unknown(dictionary: &str, texts: impl Iterator<Item = String>) -> BTreeSet<String> {
    let mut child = Command::new("hunspell")
        .args(["-i", "utf-8", "-d", dictionary, "-l"])
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("hunspell is installed by packaging/setup.sh test");
    let words: BTreeSet<String> = texts.flat_map(|t| texts::words(&t)).collect();
    let mut pipe = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        for word in words {
            writeln!(pipe, "{word}").unwrap();
        }
    });
    let out = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(out.status.success(), "hunspell {dictionary}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().lines().map(str::to_lowercase).collect()
}

/// Debian and Ubuntu have all three; a distribution that has no Kazakh one is named when the check is left out.
fn dictionary_exists(dictionary: &str) -> bool {
    ["/usr/share/hunspell", "/usr/share/myspell/dicts"]
        .iter()
        .any(|folder| Path::new(folder).join(format!("{dictionary}.dic")).exists())
}

fn package_exists(package: &str) -> bool {
    let out = Command::new("apt-cache").args(["policy", package]).output();
    out.is_ok_and(|o| {
        String::from_utf8_lossy(&o.stdout)
            .lines()
            .any(|l| l.starts_with("  Candidate:") && !l.contains("(none)"))
    })
}

fn spelling(lang: &str, dictionary: &str, package: &str) {
    if !dictionary_exists(dictionary) {
        assert!(
            !package_exists(package),
            "{package} is to be had and not installed: packaging/setup.sh test"
        );
        println!("left out: this distribution has no {package}");
        return;
    }
    let texts = everything();
    let accepted = read(format!("tests/fixtures/words/{lang}.txt"));
    let accepted: BTreeSet<String> = lines(&accepted).map(str::to_owned).collect();
    let mine = texts.iter().filter(|t| t.lang == lang).map(|t| t.words.clone());
    let found = rules::misspelt(&texts, lang, &unknown(dictionary, mine), &accepted);
    assert!(
        found.is_empty(),
        "{} findings; mend the word, or add it to tests/fixtures/words/{lang}.txt if it is right:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn kazakh_words_are_known_or_accepted() {
    spelling("kk", "kk_KZ", "hunspell-kk");
}

#[test]
fn russian_words_are_known_or_accepted() {
    spelling("ru", "ru_RU", "hunspell-ru");
}

#[test]
fn english_words_are_known_or_accepted() {
    spelling("en", "en_US", "hunspell-en-us");
}

#[test]
fn the_dictionary_finds_a_misspelling() {
    let text = || ["letter lettter {}".to_owned()].into_iter();
    assert_eq!(unknown("en_US", text()), BTreeSet::from(["lettter".to_owned()]));
}

#[test]
fn one_thing_has_one_word_and_nothing_blames() {
    none(rules::forbidden(&everything(), &rules::glossary(&read("locales/glossary.tsv"))));
}

#[test]
fn a_term_is_said_in_kazakh_where_the_others_say_it() {
    none(rules::unbound(&everything(), &rules::glossary(&read("locales/glossary.tsv"))));
}

#[test]
fn sentences_are_short() {
    let accepted = read("tests/fixtures/words/long.tsv");
    let accepted = lines(&accepted).map(|l| l.split_once('\t').expect("id, tab, reason"));
    none(rules::long(&everything(), &accepted.map(|(id, why)| (id.to_owned(), why.to_owned())).collect()));
}

#[test]
fn every_text_is_a_draft_or_checked() {
    let digest =
        |text: &str| hex::encode(&ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref()[..4]);
    let texts = everything();
    let (counts, found) = rules::status(&texts, &read("locales/checked.tsv"), digest);
    none(found);
    for (lang, [checked, draft]) in counts {
        println!("{lang}: {checked} checked, {draft} draft");
        assert!(checked + draft > 100);
    }
}

fn planted(lang: &'static str, ftl: &str) -> Vec<Text> {
    let mut out = vec![];
    texts::messages(lang, "home", ftl, &mut out);
    out
}

#[test]
fn a_planted_word_of_each_kind_is_found() {
    let glossary = "term\tkk\tru\ten\tnever_kk\tnever_ru\tnever_en\twhere\tbound\tnote\n\
        letter\tхат*\tписьм*\tletter*\t\t\t\t\tyes\t\n\
        appeal\t\tобращени*\tappeal\t\t\tyour error|invalid*\tlaw\tno\t\n";
    let terms = rules::glossary(glossary);
    let found = |lang, ftl: &str| rules::forbidden(&planted(lang, ftl), &terms).len();
    assert_eq!(found("en", "a = This is your error."), 1);
    assert_eq!(found("en", "a = Invalidated { $n }"), 1);
    assert_eq!(found("en", "a = { $n ->\n    [one] fine\n   *[other] invalid\n }"), 1);
    assert_eq!(found("ru", "a = Ваше обращение"), 1);
    assert_eq!(found("en", "a = Your letter: errors and terrors"), 0);

    let mut texts = planted("kk", "a = Қағаз\nb = Хатыңыз");
    texts.extend(planted("ru", "a = Письмо\nb = Письмо"));
    texts.extend(planted("en", "a = Letter\nb = Letter"));
    let unbound = rules::unbound(&texts, &terms);
    assert!(unbound.len() == 1 && unbound[0].starts_with("home a:"), "{unbound:?}");
}

#[test]
fn a_long_sentence_and_a_stale_exception_are_found() {
    let texts =
        planted("en", &format!("a = {}\nb = {}. {}", "w ".repeat(16), "w ".repeat(8), "w ".repeat(8)));
    assert_eq!(rules::long(&texts, &BTreeMap::new()).len(), 1);
    let accepted = |id: &str| BTreeMap::from([(id.to_owned(), "law".to_owned())]);
    assert!(rules::long(&texts, &accepted("a")).is_empty());
    assert_eq!(rules::long(&texts, &accepted("b")).len(), 2);
}

#[test]
fn a_misspelling_and_a_stale_acceptance_are_found() {
    let texts = planted("en", "a = Lettter");
    let set = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<BTreeSet<String>>();
    assert_eq!(rules::misspelt(&texts, "en", &set(&["lettter"]), &set(&[])).len(), 1);
    assert_eq!(rules::misspelt(&texts, "en", &set(&["lettter"]), &set(&["lettter"])).len(), 0);
    assert_eq!(rules::misspelt(&texts, "en", &set(&[]), &set(&["gone"])).len(), 1);
}

#[test]
fn a_text_that_changed_since_it_was_checked_is_found() {
    let texts = planted("en", "a = One\nb = Two\nc = Three");
    let digest = |text: &str| text.to_lowercase();
    let head = "lang\tid\tdigest\n";
    let (counts, found) = rules::status(&texts, &format!("{head}en\ta\tone\n"), digest);
    assert_eq!((counts["en"], found.len()), ([1, 2], 0));
    let (_, found) = rules::status(&texts, &format!("{head}en\ta\tonce\nen\tz\tx\n"), digest);
    assert_eq!(found.len(), 2, "{found:?}");
}
