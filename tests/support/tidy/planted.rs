//! The rules themselves, tried: each finds what is planted, and leaves the lawful twin alone.

use super::{
    rules,
    source::{Named, Source},
};

fn find(rule: fn(&Source) -> Vec<String>, path: &str, text: &str) -> usize {
    rule(&Source::parse(path, text)).len()
}

fn outside(path: &[&str]) -> Vec<String> {
    path.iter().map(|p| (*p).to_owned()).collect()
}

#[test]
fn a_path_is_understood_through_uses_renames_and_modules() {
    let text = "mod pcsc; use crate::{ui::{self, theme as look}, card}; use iced::widget::{column, text};\n\
                fn f() { pcsc::open(); look::ink(); super::x::y(); column(); text::Shaping::Basic; card::apdu::f() }\n\
                mod inner { fn g() { super::h::i(); self::j::k() } }";
    let source = Source::parse("src/screen/home.rs", text);
    let inside: Vec<String> =
        source.names.iter().filter(|n| n.line > 1).map(|n| n.inside.join("::")).collect();
    let expected = ["screen::home::pcsc::open", "ui::theme::ink", "screen::x::y", "", "card::apdu::f"];
    assert_eq!(inside[..5], expected);
    assert_eq!(inside[5..], ["screen::home::h::i", "screen::home::inner::j::k"]);
    let shaping = outside(&["iced", "widget", "text", "Shaping", "Basic"]);
    assert!(source.names.contains(&Named { line: 2, inside: vec![], outside: shaping }));
}

#[test]
fn a_room_above_is_found() {
    assert_eq!(find(rules::rooms, "src/ui/tap.rs", "use crate::screen::home;"), 1);
    assert_eq!(find(rules::rooms, "src/ui/tap.rs", "use super::super::screen::home;"), 1);
    assert_eq!(find(rules::rooms, "src/sign.rs", "fn f() { vec![crate::card::service::Cards] }"), 1);
    assert_eq!(find(rules::rooms, "src/card.rs", "use crate::sign::certificate::owner;"), 0);
    assert_eq!(find(rules::rooms, "src/app.rs", "use crate::{screen, server::Server};"), 1);
    assert_eq!(find(rules::rooms, "src/kitchen.rs", ""), 1);
    assert_eq!(
        find(
            rules::rooms,
            "src/domain.rs",
            "// crate::app\n/// [`crate::app`]\nconst A: &str = \"crate::app\";"
        ),
        0
    );
}

#[test]
fn an_outside_crate_in_the_wrong_room_is_found() {
    assert_eq!(find(rules::outside, "src/outbox.rs", "use std::{fs, io};"), 1);
    assert_eq!(find(rules::outside, "src/outbox.rs", "use std::fs::{File, read};"), 2);
    assert_eq!(find(rules::outside, "src/store.rs", "use std::{fs, io};"), 0);
    assert_eq!(find(rules::outside, "src/outbox.rs", "#[cfg(test)]\nmod tests { use std::fs; }"), 0);
    assert_eq!(find(rules::outside, "src/card.rs", "mod pcsc;\nfn f() { pcsc::list() }"), 0);
    assert_eq!(find(rules::outside, "src/card/monitor.rs", "fn f() { pcsc::list() }"), 1);
    assert_eq!(find(rules::outside, "src/page/draft.rs", "use iced::Task;"), 1);
    assert_eq!(find(rules::outside, "src/page/view.rs", "use iced::Task;"), 0);
}

#[test]
fn reading_the_time_is_found() {
    assert_eq!(find(rules::time, "src/ui.rs", "use std::time::Instant; fn f() { Instant::now(); }"), 1);
    assert_eq!(find(rules::time, "src/ui.rs", "fn f() { tokio::time::Instant::now(); }"), 1);
    assert_eq!(
        find(rules::time, "src/ui.rs", "fn f(at: std::time::Instant) { clock.now(); crate::clock::now(); }"),
        0
    );
    assert_eq!(find(rules::time, "src/clock.rs", "fn f() { std::time::SystemTime::now(); }"), 0);
}

#[test]
fn a_panic_without_a_reason_is_found() {
    assert_eq!(find(rules::panics, "src/ui.rs", "fn f() { x.unwrap(); }"), 1);
    assert_eq!(find(rules::panics, "src/ui.rs", "fn f() { x.unwrap() } // checked two lines above"), 0);
    assert_eq!(find(rules::panics, "src/ui.rs", "fn f() { x.expect(\"x\") }"), 1);
    assert_eq!(find(rules::panics, "src/ui.rs", "fn f() { x.expect(\"writing to a string succeeds\") }"), 0);
    assert_eq!(find(rules::panics, "src/ui.rs", "// why\nfn f() {\n todo!() }"), 1);
    assert_eq!(find(rules::panics, "src/ui.rs", "fn f() { x.unwrap_or(1); x.unwrap_or_default() }"), 0);
    assert_eq!(find(rules::panics, "src/ui.rs", "#[test]\nfn f() { x.unwrap() }"), 0);
}

#[test]
fn a_colour_font_or_size_outside_the_theme_is_found() {
    assert_eq!(find(rules::looks, "src/screen/home.rs", "fn f() { text(x).size(24) }"), 1);
    assert_eq!(find(rules::looks, "src/screen/home.rs", "fn f() { text(x).size(theme::body()) }"), 0);
    assert_eq!(find(rules::looks, "src/ui/tap.rs", "fn f() { Color::from_rgb8(1, 2, 3) }"), 1);
    assert_eq!(find(rules::looks, "src/ui/tap.rs", "fn f() { color!(0xff00ff) }"), 1);
    assert_eq!(
        find(rules::looks, "src/ui/tap.rs", "fn f() -> Color { Color { r: 1.0, g: 1.0, b: 0.0, a: 1.0 } }"),
        1
    );
    assert_eq!(find(rules::looks, "src/ui/tap.rs", "fn f(of: Color) -> Color { Color { a: 0.5, ..of } }"), 0);
    assert_eq!(find(rules::looks, "src/ui/theme/ink.rs", "fn f() { Color::from_rgb8(1, 2, 3) }"), 0);
    assert_eq!(find(rules::looks, "src/print.rs", "fn f() { line.width(3) }"), 0);
}

#[test]
fn length_marks_and_places_are_found() {
    assert_eq!(rules::length("src/a.rs", &"\n".repeat(401)).len(), 1);
    assert_eq!(rules::length("src/main.rs", &"\n".repeat(81)).len(), 1);
    assert!(rules::length("locales/kk/a.ftl", &"\n".repeat(401)).is_empty());
    assert_eq!(
        rules::text("README.md", &format!("a\n{}: b", ["TO", "DO"].concat()))[0][..12],
        *"README.md:2:"
    );
    assert_eq!(rules::text("x.sh", &format!("cd {}", ["/ho", "me/me"].concat())).len(), 1);
    assert!(rules::text("x.md", "mastodon, home, work").is_empty());
}

#[test]
fn a_file_that_no_module_declares_is_found() {
    let sources = [
        Source::parse("src/lib.rs", "pub mod a;"),
        Source::parse("src/a.rs", "mod b; #[cfg(test)] mod tests;"),
        Source::parse("src/a/b.rs", ""),
        Source::parse("src/a/c.rs", ""),
        Source::parse("src/a/tests.rs", ""),
    ];
    assert_eq!(rules::reached(&sources), ["src/a/c.rs:1: no module declares this file"]);
    assert!(rules::test_files(&sources).iter().eq(["src/a/tests.rs"]));
}
