//! The letter, page by page: each question as it opens, half answered, and with what must be mended.

use super::Preset;
use super::walk::Walk;
use crate::env::Mode;
use crate::i18n::Lang;
use crate::screen::letter::Message;
use crate::screen::letter::pages::directory::SEARCH;
use crate::screen::world::World;

use crate::ui::edit::Edit;
use crate::ui::keyboard::Key;
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("letter-sign", |look, world| begin(look, world).done()),
    Preset::new("letter-sign-missing", |look, world| begin(look, world).next().done()),
    Preset::new("letter-topic", |look, world| topic(look, world).choose("letter.topic", "light").done()),
    Preset::new("letter-region", |look, world| region(look, world).choose("letter.region", "kz-35").done()),
    Preset::new("letter-place", |look, world| place(look, world).done()),
    Preset::new("letter-body", |look, world| body(look, world).done()),
    Preset::new("letter-body-search", |look, world| {
        let word = match look.lang {
            Lang::Kk => "министр",
            Lang::Ru => "минист",
            Lang::En => "minis",
        };
        body(look, world).write(SEARCH, word).done()
    }),
    Preset::new("letter-body-none", |look, world| body(look, world).write(SEARCH, "йцукен").done()),
    Preset::new("letter-want", |look, world| want(look, world).choose("letter.want", "complaint").done()),
    Preset::new("letter-who", |look, world| who(look, world).done()),
    Preset::new("letter-other", |look, world| other(look, world).done()),
    Preset::new("letter-other-missing", |look, world| other(look, world).next().done()),
    Preset::new("letter-other-iin-asked", |look, world| other_iin(look, world).done()),
    Preset::new("letter-other-number", |look, world| {
        other_iin(look, world)
            .answer("letter.other-has-iin", "yes")
            .write("letter.other-iin", "90010130")
            .done()
    }),
    Preset::new("letter-other-number-wrong", |look, world| {
        other_iin(look, world)
            .answer("letter.other-has-iin", "yes")
            .write("letter.other-iin", "123456789012")
            .next()
            .done()
    }),
    Preset::new("letter-other-passport", |look, world| {
        other_iin(look, world).answer("letter.other-has-iin", "no").done()
    }),
    Preset::new("letter-organisation", |look, world| organisation(look, world).done()),
    Preset::new("letter-organisation-missing", |look, world| organisation(look, world).next().done()),
    Preset::new("letter-several", |look, world| who(look, world).answer("letter.who", "several").done()),
    Preset::new("letter-parent", |look, world| who(look, world).answer("letter.who", "child").done()),
    Preset::new("letter-me", |look, world| me(look, world).done()),
    Preset::new("letter-me-email", |look, world| me(look, world).write("letter.email", "testov@").done()),
    Preset::new("letter-me-wrong", |look, world| {
        me(look, world).write("letter.phone", "12").write("letter.email", "testov").next().done()
    }),
    Preset::new("letter-me-pen", |look, world| pen_me(look, world).done()),
    Preset::new("letter-iin", |look, world| pen_iin(look, world).done()),
    Preset::new("letter-passport", |look, world| pen_iin(look, world).answer("letter.has-iin", "no").done()),
    Preset::new("letter-text", |look, world| text(look, world).done()),
    Preset::new("letter-text-half", |look, world| text(look, world).write("letter.text", half(look)).done()),
    Preset::new("letter-text-long", |look, world| text(look, world).write("letter.text", &long(look)).done()),
    Preset::new("letter-text-missing", |look, world| text(look, world).next().done()),
    Preset::new("letter-text-digits", |look, world| {
        text(look, world).write("letter.text", half(look)).say(Message::Key(Key::Signs)).done()
    }),
    Preset::new("letter-truth", |look, world| files(look, world).next().done()),
    Preset::new("letter-truth-missing", |look, world| files(look, world).next().next().done()),
    Preset::new("letter-check", |look, world| check(look, world).done()),
    Preset::new("letter-check-long", |look, world| check_long(look, world, Mode::Practice).done()),
    Preset::new("letter-check-errors", |look, world| {
        check(look, world)
            .say(Message::Change("text".into()))
            .say(Message::Edit("letter.text", Edit::Clear))
            .say(Message::Back)
            .say(Message::Change("me".into()))
            .say(Message::Focus("letter.phone"))
            .say(Message::Edit("letter.phone", Edit::Clear))
            .write("letter.phone", "12")
            .say(Message::Back)
            .next()
            .done()
    }),
];

fn begin(look: &Look, world: &World) -> Walk {
    Walk::letter(look, world, Mode::Practice)
}

fn topic(look: &Look, world: &World) -> Walk {
    begin(look, world).answer("letter.sign", "card")
}

fn region(look: &Look, world: &World) -> Walk {
    topic(look, world).answer("letter.topic", "light")
}

fn place(look: &Look, world: &World) -> Walk {
    region(look, world).answer("letter.region", "kz-35")
}

fn body(look: &Look, world: &World) -> Walk {
    place(look, world).next()
}

fn want(look: &Look, world: &World) -> Walk {
    addressed(begin(look, world))
}

/// From the first question to what is wanted.
fn addressed(walk: Walk) -> Walk {
    walk.answer("letter.sign", "card")
        .answer("letter.topic", "light")
        .answer("letter.region", "kz-35")
        .next()
        .say(Message::Body("letter.body", "akimat-kz-35"))
        .next()
}

fn who(look: &Look, world: &World) -> Walk {
    want(look, world).answer("letter.want", "application")
}

fn other(look: &Look, world: &World) -> Walk {
    who(look, world).answer("letter.who", "other")
}

fn other_iin(look: &Look, world: &World) -> Walk {
    other(look, world).write("letter.other-name", "ТЕСТОВА ТЕСТ").next()
}

fn organisation(look: &Look, world: &World) -> Walk {
    who(look, world).answer("letter.who", "organisation")
}

fn me(look: &Look, world: &World) -> Walk {
    who(look, world).answer("letter.who", "self")
}

/// Without a signature, to the question for whom.
fn pen_who(look: &Look, world: &World) -> Walk {
    begin(look, world)
        .answer("letter.sign", "none")
        .answer("letter.topic", "water")
        .answer("letter.region", "kz-11")
        .next()
        .say(Message::Body("letter.body", "akimat-kz-11"))
        .next()
        .answer("letter.want", "complaint")
}

fn pen_me(look: &Look, world: &World) -> Walk {
    pen_who(look, world).answer("letter.who", "self").write("letter.name", "ТЕСТОВ ТЕСТ")
}

fn pen_iin(look: &Look, world: &World) -> Walk {
    pen_me(look, world).next()
}

/// A letter for a pen, to check.
pub(super) fn pen(look: &Look, world: &World) -> Walk {
    checked(pen_iin(look, world).answer("letter.has-iin", "yes").write("letter.text", half(look)).next())
}

/// A child's letter for a parent's pen, to check.
pub(super) fn child(look: &Look, world: &World) -> Walk {
    let walk = who(look, world)
        .answer("letter.who", "child")
        .write("letter.parent-name", "ТЕСТОВА ТЕСТ")
        .next()
        .write("letter.name", "ТЕСТОВ ТЕСТ")
        .next();
    checked(walk.write("letter.text", half(look)).next())
}

pub(super) fn text(look: &Look, world: &World) -> Walk {
    reached(me(look, world))
}

fn reached(walk: Walk) -> Walk {
    walk.write("letter.phone", "+77010000000").next()
}

pub(super) fn files(look: &Look, world: &World) -> Walk {
    text(look, world).write("letter.text", half(look)).next()
}

/// All answers of a short letter, to check.
pub(super) fn check(look: &Look, world: &World) -> Walk {
    check_in(look, world, Mode::Practice)
}

/// The same in practice or in a real deployment.
pub(super) fn check_in(look: &Look, world: &World, mode: Mode) -> Walk {
    let walk = addressed(Walk::letter(look, world, mode))
        .answer("letter.want", "application")
        .answer("letter.who", "self");
    checked(reached(walk).write("letter.text", half(look)).next())
}

/// From the files on to the check page.
pub(super) fn checked(walk: Walk) -> Walk {
    walk.next().say(Message::Tick("letter.truth", true)).next()
}

/// Every question answered, and at length, to check.
pub(super) fn check_long(look: &Look, world: &World, mode: Mode) -> Walk {
    let walk = addressed(Walk::letter(look, world, mode))
        .answer("letter.want", "application")
        .answer("letter.who", "several")
        .write("letter.people", "ТЕСТОВ ТЕСТ\nТЕСТОВА ТЕСТ\nТЕСТОВ ТЕСТ ТЕСТОВИЧ")
        .next()
        .write("letter.phone", "+77010000000")
        .write("letter.email", "testov@example.kz")
        .write("letter.address", long_line(look))
        .next()
        .write("letter.text", &long(look))
        .next();
    checked(walk)
}

/// The beginning of a letter.
pub(super) fn half(look: &Look) -> &'static str {
    match look.lang {
        Lang::Kk => {
            "Ауылымыздағы Абай көшесінде үш айдан бері жарық жоқ. Кешке балалар мектептен қараңғыда \
             қайтады. Шамдарды жөндеуді сұраймын."
        }
        Lang::Ru => {
            "На улице Абая в нашем селе три месяца нет света. Вечером дети идут из школы в темноте. \
             Прошу починить фонари."
        }
        Lang::En => {
            "There has been no light in Abai street of our village for three months. Children walk \
             home from school in the dark. Please repair the street lamps."
        }
    }
}

/// A letter longer than any screen.
pub(super) fn long(look: &Look) -> String {
    [half(look); 12].join("\n\n")
}

fn long_line(look: &Look) -> &'static str {
    match look.lang {
        Lang::Kk => "Қарағанды облысы, Үлгі ауданы, Үлгі ауылы, Абай көшесі, 128-үй, 45-пәтер",
        Lang::Ru => {
            "Карагандинская область, Образцовый район, село Образцовое, улица Абая, дом 128, квартира 45"
        }
        Lang::En => "Karaganda region, Sample district, Sample village, Abai street, house 128, flat 45",
    }
}
