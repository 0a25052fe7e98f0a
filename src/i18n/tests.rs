use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::*;

type Shape = BTreeMap<String, BTreeSet<String>>;

fn arguments(pattern: &Pattern<&str>, into: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            walk(expression, into);
        }
    }
}

fn inline(expression: &InlineExpression<&str>, into: &mut BTreeSet<String>) {
    match expression {
        InlineExpression::VariableReference { id } => {
            into.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => walk(expression, into),
        InlineExpression::FunctionReference { arguments, .. } => {
            arguments.positional.iter().for_each(|a| inline(a, into));
        }
        _ => {}
    }
}

fn walk(expression: &Expression<&str>, into: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(i) => inline(i, into),
        Expression::Select { selector, variants } => {
            inline(selector, into);
            variants.iter().for_each(|v| arguments(&v.value, into));
        }
    }
}

fn shape(lang: Lang) -> Shape {
    let mut shape = Shape::new();
    for (file, text) in sources(lang) {
        let resource = fluent_syntax::parser::parse(*text)
            .unwrap_or_else(|(_, e)| panic!("{}/{file}: {e:?}", lang.tag()));
        for entry in &resource.body {
            if let Entry::Message(m) = entry {
                let mut args = BTreeSet::new();
                let value = m.value.as_ref().unwrap_or_else(|| panic!("{}: empty", m.id.name));
                arguments(value, &mut args);
                let twin = shape.insert(m.id.name.to_owned(), args);
                assert!(twin.is_none(), "{}/{file}: {} twice", lang.tag(), m.id.name);
            }
        }
    }
    shape
}

#[test]
fn the_same_messages_and_arguments_in_three_languages() {
    let kk = shape(Lang::Kk);
    assert!(!kk.is_empty());
    for lang in [Lang::Ru, Lang::En] {
        let other = shape(lang);
        for (id, args) in &kk {
            let theirs = other.get(id).unwrap_or_else(|| panic!("{} lacks {id}", lang.tag()));
            assert_eq!(args, theirs, "{}: arguments of {id}", lang.tag());
        }
        for id in other.keys() {
            assert!(kk.contains_key(id), "{} has {id}, kk has not", lang.tag());
        }
    }
}

#[test]
fn nothing_is_glued_to_a_variable() {
    // A suffix glued to a name or number cannot agree with it in Kazakh or Russian.
    for lang in Lang::ALL {
        for (file, text) in sources(lang) {
            for (n, line) in text.lines().enumerate() {
                for (at, _) in line.match_indices('}') {
                    let next = line[at + 1..].chars().next();
                    // A select's closing brace stands alone; a hyphenated ordinal ("4-сұрақ") is a word.
                    assert!(
                        !next.is_some_and(char::is_alphabetic),
                        "{}/{file}:{}: {line}",
                        lang.tag(),
                        n + 1
                    );
                }
            }
        }
    }
}

#[test]
fn an_age_is_told_in_hours_and_then_in_days() {
    let said = |lang, hours| format::age(lang, hours);
    assert_eq!(said(Lang::En, 0), "less than an hour ago");
    assert_eq!(said(Lang::Ru, 22), "22 часа назад");
    assert_eq!(said(Lang::En, 47), "47 hours ago");
    assert_eq!(said(Lang::Kk, 48), "2 күн бұрын");
    assert_eq!(said(Lang::Ru, 2481), "103 дня назад");
}
