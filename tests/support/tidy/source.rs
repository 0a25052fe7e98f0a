//! A Rust file as tokens, without comments and without its test code, and the paths it names.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Ident(String),
    /// One character, but `::` is one token.
    Punct(&'static str, char),
    Literal(String),
    Open(char),
    Close(char),
}

#[derive(Clone, Debug)]
pub struct Token {
    pub line: usize,
    pub kind: Kind,
}

impl Token {
    pub fn ident(&self) -> Option<&str> {
        if let Kind::Ident(name) = &self.kind { Some(name) } else { None }
    }

    pub fn is(&self, text: &str) -> bool {
        match &self.kind {
            Kind::Ident(name) => name == text,
            Kind::Punct("::", _) => text == "::",
            Kind::Punct(_, c) | Kind::Open(c) | Kind::Close(c) => text.chars().eq([*c]),
            Kind::Literal(_) => false,
        }
    }
}

/// A path as written at `line`, and what it means: `crate::…` or an outside crate.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    pub line: usize,
    /// From the crate's root, without `crate`; empty where the path leads outside.
    pub inside: Vec<String>,
    /// From the outside crate's name on; empty where the path stays inside.
    pub outside: Vec<String>,
}

pub struct Source {
    /// Relative to the repository, with `/`.
    pub path: String,
    pub text: String,
    pub tokens: Vec<Token>,
    pub names: Vec<Named>,
    /// Modules this file declares for tests only, and all others.
    pub test_modules: BTreeSet<String>,
    pub modules: BTreeSet<String>,
}

impl Source {
    /// # Panics
    /// Where the text is not Rust.
    pub fn parse(path: &str, text: &str) -> Self {
        let stream: TokenStream = text.parse().unwrap_or_else(|e| panic!("{path}: {e}"));
        let (mut tokens, mut test_modules) = (vec![], BTreeSet::new());
        flatten(stream, &mut tokens, &mut test_modules);
        let modules = declared(&tokens);
        let names = names(&tokens, &module_of(path));
        Self { path: path.to_owned(), text: text.to_owned(), tokens, names, test_modules, modules }
    }

    /// The room: the first part under `src`, without `.rs`. `main` and `lib` are rooms too.
    pub fn room(&self) -> &str {
        let inner = self.path.strip_prefix("src/").unwrap_or(&self.path);
        inner.split('/').next().unwrap_or(inner).trim_end_matches(".rs")
    }

    pub fn module(&self) -> Vec<String> {
        module_of(&self.path)
    }

    /// Whether the line or the one above it says why, in a comment.
    pub fn says_why(&self, line: usize) -> bool {
        let lines: Vec<&str> = self.text.lines().collect();
        [line.checked_sub(1), line.checked_sub(2)]
            .into_iter()
            .flatten()
            .filter_map(|at| lines.get(at))
            .any(|text| text.contains("// "))
    }
}

/// `src/card/service.rs` → `[card, service]`
fn module_of(path: &str) -> Vec<String> {
    let inner = path.strip_prefix("src/").unwrap_or(path).trim_end_matches(".rs");
    let parts: Vec<String> = inner.split('/').map(str::to_owned).collect();
    match parts.last().map(String::as_str) {
        Some("lib" | "main" | "mod") => parts[..parts.len() - 1].to_vec(),
        _ => parts,
    }
}

/// Tokens in a row, groups opened and closed; an item under `#[cfg(test)]` or `#[test]` is left out.
fn flatten(stream: TokenStream, out: &mut Vec<Token>, test_modules: &mut BTreeSet<String>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while at < trees.len() {
        if let (TokenTree::Punct(hash), Some(TokenTree::Group(attribute))) = (&trees[at], trees.get(at + 1))
            && hash.as_char() == '#'
            && attribute.delimiter() == Delimiter::Bracket
            && for_tests(&attribute.stream().to_string())
        {
            at = skip_item(&trees, at + 2, test_modules);
            continue;
        }
        let line = trees[at].span().start().line;
        match &trees[at] {
            TokenTree::Ident(name) => out.push(Token { line, kind: Kind::Ident(name.to_string()) }),
            TokenTree::Literal(text) => out.push(Token { line, kind: Kind::Literal(text.to_string()) }),
            TokenTree::Punct(sign) => {
                let double = sign.as_char() == ':'
                    && sign.spacing() == Spacing::Joint
                    && matches!(trees.get(at + 1), Some(TokenTree::Punct(next)) if next.as_char() == ':');
                at += usize::from(double);
                out.push(Token { line, kind: Kind::Punct(if double { "::" } else { "" }, sign.as_char()) });
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Brace => ('{', '}'),
                    Delimiter::Bracket => ('[', ']'),
                    Delimiter::Parenthesis | Delimiter::None => ('(', ')'),
                };
                out.push(Token { line, kind: Kind::Open(open) });
                flatten(group.stream(), out, test_modules);
                out.push(Token { line: group.span_close().start().line, kind: Kind::Close(close) });
            }
        }
        at += 1;
    }
}

fn for_tests(attribute: &str) -> bool {
    let text: String = attribute.split_whitespace().collect();
    text == "test" || text.ends_with("::test") || text == "cfg(test)" || text.starts_with("cfg(all(test,")
}

/// Past the item that begins at `at`: its body, or its semicolon.
fn skip_item(trees: &[TokenTree], mut at: usize, test_modules: &mut BTreeSet<String>) -> usize {
    while at < trees.len() {
        match &trees[at] {
            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => return at + 1,
            TokenTree::Punct(end) if end.as_char() == ';' => return at + 1,
            TokenTree::Ident(word) if word == "mod" => {
                if let (Some(TokenTree::Ident(name)), Some(TokenTree::Punct(_))) =
                    (trees.get(at + 1), trees.get(at + 2))
                {
                    test_modules.insert(name.to_string());
                }
            }
            _ => {}
        }
        at += 1;
    }
    at
}

/// `mod x;` of this file.
fn declared(tokens: &[Token]) -> BTreeSet<String> {
    tokens
        .windows(3)
        .filter(|w| w[0].is("mod") && w[2].is(";"))
        .filter_map(|w| w[1].ident().map(str::to_owned))
        .collect()
}

/// A raw path: where, the parts, and the name it is bound to by a `use`.
struct Raw {
    line: usize,
    parts: Vec<String>,
    bound: Option<String>,
    /// The inline modules around it.
    within: Vec<String>,
}

fn names(tokens: &[Token], module: &[String]) -> Vec<Named> {
    let raw = raw_paths(tokens);
    let mut bound: BTreeMap<String, (Vec<String>, bool)> = BTreeMap::new();
    for window in tokens.windows(3) {
        // A child module is in scope by its name, and hides an outside crate of that name.
        if window[0].is("mod")
            && let Some(name) = window[1].ident()
        {
            let mut path = module.to_vec();
            path.push(name.to_owned());
            bound.insert(name.to_owned(), (path, true));
        }
    }
    let children = bound.clone();
    for path in &raw {
        if let Some(name) = &path.bound {
            bound.insert(name.clone(), resolve(&path.parts, module, &path.within, &children));
        }
    }
    raw.iter()
        .map(|path| {
            let scope = if path.bound.is_some() { &children } else { &bound };
            let (parts, inside) = resolve(&path.parts, module, &path.within, scope);
            let (inside, outside) = if inside { (parts, vec![]) } else { (vec![], parts) };
            Named { line: path.line, inside, outside }
        })
        .collect()
}

fn resolve(
    parts: &[String],
    module: &[String],
    within: &[String],
    bound: &BTreeMap<String, (Vec<String>, bool)>,
) -> (Vec<String>, bool) {
    let mut here: Vec<String> = module.iter().chain(within).cloned().collect();
    match parts[0].as_str() {
        "crate" | "tereze" => (parts[1..].to_vec(), true),
        "self" | "super" => {
            let supers = parts.iter().take_while(|p| *p == "self" || *p == "super").count();
            for _ in parts[..supers].iter().filter(|p| *p == "super") {
                here.pop();
            }
            here.extend_from_slice(&parts[supers..]);
            (here, true)
        }
        first => match bound.get(first) {
            Some((path, inside)) => (path.iter().chain(&parts[1..]).cloned().collect(), *inside),
            None => (parts.to_vec(), false),
        },
    }
}

fn raw_paths(tokens: &[Token]) -> Vec<Raw> {
    let (mut out, mut within, mut depth, mut at) = (vec![], Vec::<(String, usize)>::new(), 0, 0);
    let mut in_use = false;
    while at < tokens.len() {
        let token = &tokens[at];
        match &token.kind {
            Kind::Open('{') => {
                if at >= 2
                    && tokens[at - 2].is("mod")
                    && let Some(name) = tokens[at - 1].ident()
                {
                    within.push((name.to_owned(), depth));
                }
                depth += 1;
            }
            Kind::Close('}') => {
                depth -= 1;
                if within.last().is_some_and(|(_, at)| *at == depth) {
                    within.pop();
                }
            }
            Kind::Punct("", ';') => in_use = false,
            // `use<'a>` in a type is no import.
            Kind::Ident(word) if word == "use" => in_use = !tokens.get(at + 1).is_some_and(|t| t.is("<")),
            Kind::Ident(_) if at > 0 && tokens[at - 1].is(".") => {}
            Kind::Ident(_) => {
                let around: Vec<String> = within.iter().map(|(name, _)| name.clone()).collect();
                at = path(tokens, at, &[], in_use, &around, &mut out);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    out
}

/// Reads one path, and in a `use` its tree; returns the place behind it.
fn path(
    tokens: &[Token],
    mut at: usize,
    prefix: &[String],
    in_use: bool,
    within: &[String],
    out: &mut Vec<Raw>,
) -> usize {
    let line = tokens[at].line;
    let (mut parts, mut glob) = (prefix.to_vec(), false);
    loop {
        match &tokens[at].kind {
            Kind::Ident(name) => parts.push(name.clone()),
            Kind::Open('{') if in_use => {
                at += 1;
                while !tokens[at].is("}") {
                    at =
                        if tokens[at].is(",") { at + 1 } else { path(tokens, at, &parts, true, within, out) };
                }
                return at + 1;
            }
            _ => break,
        }
        if !tokens.get(at + 1).is_some_and(|t| t.is("::")) {
            at += 1;
            break;
        }
        let next = tokens.get(at + 2).map(|t| &t.kind);
        if !matches!(next, Some(Kind::Ident(_) | Kind::Open('{'))) {
            // `::*` or `::<…>`
            glob = in_use;
            at += if in_use { 3 } else { 2 };
            break;
        }
        at += 2;
    }
    if parts.len() > 1 && parts.last().is_some_and(|p| p == "self") {
        parts.pop();
    }
    let mut bound = if in_use && !glob { parts.last().cloned() } else { None };
    if in_use && tokens.get(at).is_some_and(|t| t.is("as")) {
        bound = tokens.get(at + 1).and_then(|t| t.ident().map(str::to_owned));
        at += 2;
    }
    // A lone word outside a `use` names nothing that the rules ask about.
    if in_use || parts.len() > 1 {
        out.push(Raw { line, parts, bound, within: within.to_vec() });
    }
    at
}
