//! The rules for words, each as a function from texts to findings.

use std::collections::{BTreeMap, BTreeSet};

use super::texts::{LANGS, Text, triples, words};

/// The longest sentence a visitor has to read, in words.
pub const LONGEST: usize = 15;

#[derive(Debug)]
pub struct Term {
    pub name: String,
    /// In the order of [`LANGS`]: how it is said, and how never.
    pub said: [Vec<Vec<String>>; 3],
    pub never: [Vec<Vec<String>>; 3],
    pub only_in: Vec<String>,
    pub bound: bool,
}

/// # Panics
/// Where a row has not its ten columns.
pub fn glossary(tsv: &str) -> Vec<Term> {
    let rows = tsv.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).skip(1);
    rows.map(|row| {
        let cells: Vec<&str> = row.split('\t').collect();
        assert_eq!(cells.len(), 10, "glossary: {row}");
        let patterns = |cell: &str| -> Vec<Vec<String>> {
            let some = cell.split('|').filter(|p| !p.is_empty());
            some.map(|p| p.split_whitespace().map(str::to_lowercase).collect()).collect()
        };
        Term {
            name: cells[0].to_owned(),
            said: [1, 2, 3].map(|at| patterns(cells[at])),
            never: [4, 5, 6].map(|at| patterns(cells[at])),
            only_in: cells[7].split(',').filter(|f| !f.is_empty()).map(str::to_owned).collect(),
            bound: cells[8] == "yes",
        }
    })
    .collect()
}

/// Whether the pattern's words follow each other somewhere in `text`; `*` is any ending.
fn holds(text: &[String], pattern: &[String]) -> bool {
    let fits = |(word, wanted): (&String, &String)| match wanted.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => word == wanted,
    };
    text.windows(pattern.len()).any(|at| at.iter().zip(pattern).all(fits))
}

fn place(text: &Text) -> String {
    format!("{}/{} {}: {}", text.lang, text.file, text.id, text.words)
}

/// Words that are never said, or only in some files.
pub fn forbidden(texts: &[Text], terms: &[Term]) -> Vec<String> {
    let mut found = vec![];
    for text in texts {
        let said = words(&text.words);
        let lang = LANGS.iter().position(|l| *l == text.lang).unwrap();
        for term in terms {
            for pattern in term.never[lang].iter().filter(|p| holds(&said, p)) {
                found.push(format!("{}\n  never «{}»", place(text), pattern.join(" ")));
            }
            let elsewhere = !term.only_in.is_empty() && !term.only_in.contains(&text.file);
            for pattern in term.said[lang].iter().filter(|p| elsewhere && holds(&said, p)) {
                found.push(format!(
                    "{}\n  «{}» only in {}",
                    place(text),
                    pattern.join(" "),
                    term.only_in.join(", ")
                ));
            }
        }
    }
    found
}

/// A bound term that one language says, and another's text of the same id does not.
pub fn unbound(texts: &[Text], terms: &[Term]) -> Vec<String> {
    let mut found = vec![];
    for ((file, id), triple) in triples(texts) {
        let said = triple.clone().map(|texts| texts.iter().flat_map(|t| words(t)).collect::<Vec<_>>());
        for term in terms.iter().filter(|t| t.bound) {
            let has = [0, 1, 2].map(|at| term.said[at].iter().any(|p| holds(&said[at], p)));
            // A drawn text may lack one language; the locales' own test tells.
            let lacks: Vec<&str> =
                (0..3).filter(|at| !has[*at] && !triple[*at].is_empty()).map(|at| LANGS[at]).collect();
            // Russian and English have pronouns where Kazakh says the word again: two of three must agree.
            if has.iter().filter(|h| **h).count() == 2 && lacks.len() == 1 && lacks[0] == "kk" {
                found.push(format!("{file} {id}: «{}» is lacking in {}: {triple:?}", term.name, lacks[0]));
            }
        }
    }
    found
}

/// Sentences longer than [`LONGEST`] words, but for the ids in `accepted`.
pub fn long(texts: &[Text], accepted: &BTreeMap<String, String>) -> Vec<String> {
    let too_long = |text: &Text| {
        let sentences = text.words.split(['.', '!', '?', '…', '\n', ';']);
        sentences.map(|s| words(s).len()).max().unwrap_or(0) > LONGEST
    };
    let mut found: Vec<String> =
        texts.iter().filter(|t| too_long(t) && !accepted.contains_key(&t.id)).map(place).collect();
    for id in accepted.keys().filter(|id| !texts.iter().any(|t| t.id == **id && too_long(t))) {
        found.push(format!("long.tsv: {id} is no longer too long: strike it"));
    }
    found
}

/// Words that the dictionary does not know and nobody has accepted; and accepted ones that no text has any more.
pub fn misspelt(
    texts: &[Text],
    lang: &str,
    unknown: &BTreeSet<String>,
    accepted: &BTreeSet<String>,
) -> Vec<String> {
    let mine = || texts.iter().filter(|t| t.lang == lang);
    let mut found = vec![];
    for word in unknown.difference(accepted) {
        let text = mine().find(|t| words(&t.words).contains(word)).map(place).unwrap_or_default();
        found.push(format!("{word}   ({text})"));
    }
    // The dictionary judges the parts of a hyphenated word one by one.
    let whole = || mine().flat_map(|t| words(&t.words));
    let used: BTreeSet<String> =
        whole().chain(whole().flat_map(|w| w.split('-').map(str::to_owned).collect::<Vec<_>>())).collect();
    for word in accepted.difference(&used) {
        found.push(format!("{lang}.txt: {word} is in no text any more: strike it"));
    }
    found
}

/// How many texts are checked and how many drafts; and rows that name no text, or one that has changed.
pub fn status(
    texts: &[Text],
    checked: &str,
    digest: impl Fn(&str) -> String,
) -> (BTreeMap<&'static str, [usize; 2]>, Vec<String>) {
    let mut rows: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for row in checked.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        assert_eq!(cells.len(), 3, "checked.tsv: {row}");
        rows.insert((cells[0], cells[1]), cells[2]);
    }
    let (mut counts, mut found) = (BTreeMap::from(LANGS.map(|l| (l, [0, 0]))), vec![]);
    let mut whole: BTreeMap<(&'static str, &str), String> = BTreeMap::new();
    for text in texts {
        whole.entry((text.lang, text.id.as_str())).or_default().push_str(&text.words);
    }
    for ((lang, id), words) in &whole {
        let row = rows.remove(&(*lang, *id));
        if row.is_some_and(|d| d != digest(words)) {
            found.push(format!("checked.tsv: {lang} {id} has changed since it was checked: have it read again, or strike the row"));
        }
        let at = usize::from(row.is_none());
        counts.get_mut(lang).expect("one of the three")[at] += 1;
    }
    found.extend(rows.keys().map(|(lang, id)| format!("checked.tsv: there is no text {lang} {id}")));
    (counts, found)
}
