//! Every text a visitor can read: messages of the locales, and the texts of forms, content and law, in three languages.

use std::collections::BTreeMap;
use std::path::Path;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

pub const LANGS: [&str; 3] = ["kk", "ru", "en"];

/// A text in one language; a variable of a message stands as `{}`.
#[derive(Clone, Debug)]
pub struct Text {
    pub lang: &'static str,
    /// `app`, `letter`, … for messages; the file's name for others.
    pub file: String,
    pub id: String,
    pub words: String,
}

pub fn all(root: &Path) -> Vec<Text> {
    let mut texts = vec![];
    for lang in LANGS {
        for (file, source) in files(&root.join("locales").join(lang), "ftl") {
            messages(lang, &file, &source, &mut texts);
        }
    }
    for folder in ["assets/forms", "assets/content", "assets/law", "assets/lessons"] {
        for (file, source) in files(&root.join(folder), "toml") {
            let table: toml::Table = source.parse().unwrap_or_else(|e| panic!("{folder}/{file}: {e}"));
            data(&file, &toml::Value::Table(table), "", &mut texts);
        }
    }
    texts
}

/// The texts of one id in all three languages, in the order of [`LANGS`].
pub fn triples(texts: &[Text]) -> BTreeMap<(&str, &str), [Vec<&str>; 3]> {
    let mut triples: BTreeMap<_, [Vec<&str>; 3]> = BTreeMap::new();
    for text in texts {
        let at = LANGS.iter().position(|l| *l == text.lang).unwrap();
        triples.entry((text.file.as_str(), text.id.as_str())).or_default()[at].push(&text.words);
    }
    triples
}

/// Name without ending, and content, of the files in a folder and the ones below; none where there is no folder.
fn files(folder: &Path, ending: &str) -> Vec<(String, String)> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    found
}

pub fn messages(lang: &'static str, file: &str, source: &str, out: &mut Vec<Text>) {
    let resource =
        fluent_syntax::parser::parse(source).unwrap_or_else(|(_, e)| panic!("{lang}/{file}: {e:?}"));
    for entry in &resource.body {
        let Entry::Message(message) = entry else { continue };
        for words in message.value.as_ref().map(spoken).unwrap_or_default() {
            out.push(Text { lang, file: file.to_owned(), id: message.id.name.to_owned(), words });
        }
    }
}

/// A pattern's texts: one, or one for each variant of the selects in it.
fn spoken(pattern: &Pattern<&str>) -> Vec<String> {
    let mut texts = vec![String::new()];
    for element in &pattern.elements {
        let parts = match element {
            PatternElement::TextElement { value } => vec![(*value).to_owned()],
            PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
                variants.iter().flat_map(|v| spoken(&v.value)).collect()
            }
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::StringLiteral { value }),
            } => vec![(*value).to_owned()],
            PatternElement::Placeable { .. } => vec!["{}".to_owned()],
        };
        texts = texts.iter().flat_map(|t| parts.iter().map(move |p| format!("{t}{p}"))).collect();
    }
    texts
}

/// Any table of a data file that has `kk`, `ru` and `en` as strings is a text; its path is its id.
fn data(file: &str, value: &toml::Value, id: &str, out: &mut Vec<Text>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                match LANGS.iter().find(|l| *l == key) {
                    Some(lang) if value.is_str() => out.push(Text {
                        lang,
                        file: file.to_owned(),
                        id: id.to_owned(),
                        words: value.as_str().unwrap().to_owned(),
                    }),
                    _ => data(file, value, &format!("{id}.{key}"), out),
                }
            }
        }
        toml::Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                // An entry's own id lasts when the list grows; a number does not.
                let own =
                    value.get("id").and_then(|i| i.as_str()).map_or_else(|| at.to_string(), str::to_owned);
                data(file, value, &format!("{id}.{own}"), out);
            }
        }
        _ => {}
    }
}

/// The words of a text in lower case; a hyphen inside a word belongs to it.
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '-')
        .map(|w| w.trim_matches('-').to_lowercase())
        .filter(|w| !w.is_empty())
        .collect()
}
