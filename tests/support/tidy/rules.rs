//! The rules, each as a function from sources to findings: `path:line: what is wrong, and what to do`.

use std::collections::BTreeSet;

use super::source::{Kind, Source, Token};

/// Rooms that every other may know: pure types, words and small leaves.
const LEAVES: &[&str] = &["domain", "i18n", "config", "paths", "clock", "log", "fault", "private"];
/// Edges: each may know the ones before it.
const EDGES: &[&str] = &["sound", "files", "seal", "sign", "card", "portal", "store"];
/// What a kiosk does, above the edges; they do not know each other, but for the content they all read.
const DEEDS: &[&str] = &["content", "outbox", "courier", "print", "desk", "speech", "lesson"];

/// Which rooms `room` may know besides itself; `None` for a room that the map does not hold.
fn may_know(room: &str) -> Option<BTreeSet<&'static str>> {
    let lists: &[&[&'static str]] = match room {
        "main" => &[&["cli"]],
        "lib" => &[],
        "cli" => &[LEAVES, EDGES, DEEDS, &["app", "screen", "page", "ui", "env", "server", "practice"]],
        "practice" => &[LEAVES, EDGES, DEEDS, &["env", "server"]],
        "server" => &[LEAVES, &["content", "portal", "sign", "seal", "store"]],
        "app" => &[LEAVES, EDGES, DEEDS, &["env", "screen", "page", "ui"]],
        "desk" => &[LEAVES, EDGES, &["content", "outbox", "print"]],
        "env" => &[LEAVES, EDGES, DEEDS],
        "screen" => &[LEAVES, EDGES, DEEDS, &["env", "page", "ui"]],
        "page" => &[LEAVES, EDGES, &["content", "ui"]],
        "ui" => &[LEAVES],
        "fault" => &[&["i18n"]],
        "private" | "paths" | "clock" => &[&["fault"]],
        "config" | "log" | "i18n" => &[&["private", "clock", "fault", "i18n", "paths", "config", "domain"]],
        "domain" => &[&["i18n", "clock", "fault", "private"]],
        _ => &[],
    };
    let mut known: BTreeSet<&str> = lists.iter().flat_map(|list| list.iter().copied()).collect();
    if let Some(at) = EDGES.iter().position(|edge| *edge == room) {
        known.extend(EDGES[..at].iter().chain(LEAVES));
    } else if DEEDS.contains(&room) {
        known.extend(EDGES.iter().chain(LEAVES).chain(&["content"]));
    } else if lists.is_empty() && room != "lib" {
        return None;
    }
    Some(known)
}

/// An outside crate or module, and the only places (path prefixes under `src/`) that may name it.
const OUTSIDE: &[(&str, &[&str])] = &[
    ("iced", &["app", "screen", "page.rs", "page/", "ui"]),
    ("pcsc", &["card/pcsc.rs"]),
    ("reqwest", &["portal/client"]),
    ("axum", &["server"]),
    ("tower", &["server"]),
    ("hyper", &["server"]),
    ("hyper_util", &["server"]),
    ("sqlx", &["server", "store"]),
    ("std::fs", &["store", "files", "sound", "paths", "config", "courier", "print", "server", "cli"]),
    ("tokio::fs", &["store", "files", "paths", "config", "courier", "print", "server", "cli"]),
    ("clap", &["cli"]),
    ("krilla", &["print"]),
    ("std::process::Command", &["sound", "cli/owner.rs", "card/module.rs"]),
    ("cryptoki", &["card/pkcs11.rs"]),
    ("ipp", &["print"]),
];
/// Pure parts of rooms that may know iced.
const PURE: &[&str] = &["src/page/draft.rs", "src/page/player.rs", "src/app/session.rs"];

pub fn rooms(source: &Source) -> Vec<String> {
    let room = source.room();
    let Some(known) = may_know(room) else {
        return vec![format!(
            "{}:1: {room} is not on the map: say in tests/support/tidy where it stands",
            source.path
        )];
    };
    let mut found = vec![];
    for name in &source.names {
        let Some(to) = name.inside.first() else { continue };
        // An item of the root itself (`crate::Something`) is no room.
        let is_room = may_know(to).is_some() && to != "lib";
        if is_room && to != room && room != "lib" && !known.contains(to.as_str()) {
            found.push(format!(
                "{}:{}: {room} may not know {to} ({})",
                source.path,
                name.line,
                name.inside.join("::")
            ));
        }
    }
    found
}

pub fn outside(source: &Source) -> Vec<String> {
    let inner = source.path.strip_prefix("src/").unwrap_or(&source.path);
    let mut found = vec![];
    for name in &source.names {
        let full = name.outside.join("::");
        for (what, places) in OUTSIDE {
            let named = full == *what
                || full.starts_with(&format!("{what}::"))
                || (*what == "iced" && full.starts_with("iced_"));
            let pure = *what == "iced" && PURE.contains(&source.path.as_str());
            if named && (pure || !places.iter().any(|place| inner.starts_with(place))) {
                found.push(format!(
                    "{}:{}: {full}: only {} may name {what}",
                    source.path,
                    name.line,
                    places.join(", ")
                ));
            }
        }
    }
    found
}

/// Time is read by `clock` alone; elsewhere it is handed over, with its confidence.
pub fn time(source: &Source) -> Vec<String> {
    if source.room() == "clock" {
        return vec![];
    }
    let reads = |path: &[String]| {
        let last = path.last().map(String::as_str);
        matches!(last, Some("now_utc" | "now_local"))
            || (last == Some("now")
                && path.iter().rev().nth(1).is_some_and(|of| {
                    ["SystemTime", "Instant", "UtcDateTime", "Zoned", "Timestamp"].contains(&of.as_str())
                }))
    };
    let names = source.names.iter().filter(|n| reads(&n.outside));
    names.map(|n| format!("{}:{}: only clock reads the time", source.path, n.line)).collect()
}

/// `unwrap`, `expect`, `panic!` and their kin need a reason why they can't happen.
pub fn panics(source: &Source) -> Vec<String> {
    let mut found = vec![];
    for window in source.tokens.windows(4) {
        let line = window[1].line;
        let name = window[1].ident().unwrap_or_default();
        let call = window[0].is(".") && window[2].is("(");
        let sure = match name {
            "unwrap" | "unwrap_err" if call => source.says_why(line),
            // The message of an `expect` can be the reason, if it says more than a name.
            "expect" | "expect_err" if call => {
                let said =
                    matches!(&window[3].kind, Kind::Literal(text) if text.split_whitespace().count() >= 3);
                said || source.says_why(line)
            }
            "panic" | "unreachable" if window[2].is("!") => source.says_why(line),
            "todo" | "unimplemented" | "dbg" if window[2].is("!") => false,
            _ => true,
        };
        if !sure {
            found.push(format!("{}:{line}: {name} without a reason why it can't happen", source.path));
        }
    }
    found
}

/// Where colours, fonts and sizes get their names.
const NAMED: &[&str] = &["src/ui/theme", "src/ui/fonts.rs", "src/ui/icon.rs"];

/// Colours, fonts and sizes have names in ui/theme; a screen says which, never how much.
pub fn looks(source: &Source) -> Vec<String> {
    let room = source.room();
    if !["app", "screen", "page", "ui"].contains(&room)
        || NAMED.iter().any(|place| source.path.starts_with(place))
    {
        return vec![];
    }
    const MEASURES: &[&str] = &[
        "size",
        "padding",
        "spacing",
        "width",
        "height",
        "max_width",
        "max_height",
        "line_height",
        "border_radius",
    ];
    let mut found = vec![];
    for (at, window) in source.tokens.windows(4).enumerate() {
        let name = window[1].ident().unwrap_or_default();
        let zero = |text: &str| text.trim_end_matches(".0") == "0";
        let number = matches!(&window[3].kind, Kind::Literal(n) if n.starts_with(|c: char| c.is_ascii_digit()) && !zero(n));
        let maker =
            |to: &str| window[2].is("::") && window[3].ident().is_some_and(|name| name.starts_with(to));
        // `-> Color {` is a type; `Color { a, ..named }` is made from one that has a name.
        let built = window[2].is("{") && !window[0].is(">") && !from_another(&source.tokens[at + 2..]);
        let made = match name {
            "Color" => built || maker("from_"),
            "Font" => built || maker("with_name"),
            "color" => window[2].is("!"),
            _ => false,
        };
        let called = number && window[2].is("(");
        let measured =
            called && window[0].is(".") && MEASURES.contains(&name) && (room != "ui" || name == "size");
        let fixed = called && room != "ui" && ["Fixed", "Pixels"].contains(&name);
        if made || measured || fixed {
            let line = window[1].line;
            found.push(format!(
                "{}:{line}: {name}: a colour, font or size belongs into ui/theme, by name",
                source.path
            ));
        }
    }
    found
}

/// Whether the braces that open here hold a `..base` of their own.
fn from_another(tokens: &[Token]) -> bool {
    let mut depth = 0;
    for pair in tokens.windows(2) {
        match pair[0].kind {
            Kind::Open(_) => depth += 1,
            Kind::Close(_) => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return false;
        }
        if depth == 1 && pair[0].is(".") && pair[1].is(".") {
            return true;
        }
    }
    false
}

/// The longest a Rust file may be, in lines, and `main.rs`.
pub const LONGEST: usize = 400;
pub const LONGEST_MAIN: usize = 80;

pub fn length(path: &str, text: &str) -> Vec<String> {
    let (lines, most) = (text.lines().count(), if path == "src/main.rs" { LONGEST_MAIN } else { LONGEST });
    if path.ends_with(".rs") && lines > most {
        vec![format!("{path}:1: {lines} lines, at most {most}: split it by what it does")]
    } else {
        vec![]
    }
}

/// What no file of the project may hold, in code, comment or prose.
pub fn text(path: &str, text: &str) -> Vec<String> {
    // Written apart, so that this file is not a finding itself.
    let marks = [["TO", "DO"], ["FIX", "ME"], ["XX", "X"]].map(|half| half.concat());
    let places = [["/wo", "rk/"], ["/ho", "me/"], ["/ro", "ot/"]].map(|half| half.concat());
    let mut found = vec![];
    for (at, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).collect();
        for mark in &marks {
            if words.contains(&mark.as_str()) {
                found.push(format!("{path}:{}: {mark}: do it, or file it", at + 1));
            }
        }
        for place in &places {
            if line.contains(place.as_str()) {
                found.push(format!("{path}:{}: {place} is a place on somebody's own machine", at + 1));
            }
        }
    }
    found
}

/// Every file under `src` is declared by the module above it.
pub fn reached(sources: &[Source]) -> Vec<String> {
    let mut found = vec![];
    for source in sources {
        let module = source.module();
        let Some((own, above)) = module.split_last() else { continue };
        let declared = sources
            .iter()
            .filter(|s| s.module() == above && (!above.is_empty() || s.path == "src/lib.rs"))
            .any(|s| s.modules.contains(own) || s.test_modules.contains(own));
        if !declared {
            found.push(format!("{}:1: no module declares this file", source.path));
        }
    }
    found
}

/// Files that only tests compile: the modules declared under `#[cfg(test)]`, and what is below them.
pub fn test_files(sources: &[Source]) -> BTreeSet<String> {
    let mut modules: Vec<Vec<String>> = vec![];
    for source in sources {
        for name in &source.test_modules {
            let mut module = source.module();
            module.push(name.clone());
            modules.push(module);
        }
    }
    sources
        .iter()
        .filter(|s| modules.iter().any(|module| s.module().starts_with(module)))
        .map(|s| s.path.clone())
        .collect()
}
