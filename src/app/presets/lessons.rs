//! The choice of lessons, the coach mark over several screens, the end of a lesson.

use std::sync::Arc;

use super::Preset;
use super::walk::visit;
use crate::app::App;
use crate::app::lesson::{Message, Running};
use crate::domain::lesson::Lesson;
use crate::env::Mode;
use crate::fault::Code;
use crate::lesson::Mode as Going;
use crate::screen::Screen;
use crate::screen::lessons::{Page, State};
use crate::screen::world::World;
use crate::ui::coach::Way;
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("lessons", |look, world| choice(look, world, |_| {})),
    Preset::new("lessons-busy", |look, world| choice(look, world, |state| state.busy = true)),
    Preset::new("lessons-trouble", |look, world| {
        choice(look, world, |state| state.said = Some(Code("outbox.stopped")))
    }),
    Preset::new("learnt-first", |look, world| learnt(look, world, "first-touch")),
    Preset::new("learnt-last", |look, world| learnt(look, world, "where-is-my-letter")),
    // In the middle of a page, at its foot, in the bar, over the keyboard.
    Preset::new("coach-first", |look, world| coached(look, world, "home-practice", "first-touch", "touch")),
    Preset::new("coach-hint", |look, world| {
        tell(coached(look, world, "home-practice", "first-touch", "touch"), Message::Elsewhere)
    }),
    Preset::new("coach-answer", |look, world| {
        coached(look, world, "letter-sign", "my-first-letter", "signature")
    }),
    Preset::new("coach-next", |look, world| coached(look, world, "letter-sign", "first-touch", "go-on")),
    Preset::new("coach-back", |look, world| coached(look, world, "info-about", "first-touch", "back")),
    Preset::new("coach-bar", |look, world| coached(look, world, "letter-place", "first-touch", "larger")),
    Preset::new("coach-last", |look, world| coached(look, world, "letter-place", "first-touch", "leave")),
    Preset::new("coach-keyboard", |look, world| {
        coached(look, world, "letter-place", "first-touch", "own-letters")
    }),
    Preset::new("coach-keyboard-hint", |look, world| {
        tell(coached(look, world, "letter-place", "first-touch", "own-letters"), Message::Elsewhere)
    }),
    Preset::new("coach-words", |look, world| {
        let step = ["words-kk", "words-ru", "words-en"][look.lang as usize];
        coached(look, world, "letter-text", "my-first-letter", step)
    }),
    Preset::new("coach-pin", |look, world| {
        coached(look, world, "sign-pin-practice", "my-first-letter", "pin")
    }),
    Preset::new("coach-receipt", |look, world| {
        coached(look, world, "received", "my-first-letter", "receipt")
    }),
    Preset::new("coach-read-again", |look, world| {
        let app = coached(look, world, "letter-sign", "my-first-letter", "signature");
        let mut app = tell(app, Message::Way(Way::Back));
        if let Some(running) = &mut app.lesson {
            running.player.settle(Going::Reading);
        }
        app
    }),
    Preset::new("coach-ways", |look, world| coached(look, world, "track", "where-is-my-letter", "by-card")),
    Preset::new("coach-wait", |look, world| {
        coached(look, world, "track-executor-practice", "where-is-my-letter", "wait")
    }),
    Preset::new("coach-know", |look, world| {
        coached(look, world, "track-answer", "where-is-my-letter", "know")
    }),
];

fn lesson(world: &World, id: &str) -> Option<Arc<Lesson>> {
    world.env.content.lessons().iter().find(|lesson| lesson.id == id).cloned()
}

fn choice(look: &Look, world: &World, change: impl FnOnce(&mut State)) -> App {
    let mut state = State::new(Page::Choose);
    change(&mut state);
    visit(look, world, Mode::Real, Screen::Lessons(Box::new(state)))
}

fn learnt(look: &Look, world: &World, id: &str) -> App {
    let page = lesson(world, id).map_or(Page::Choose, Page::Learnt);
    visit(look, world, Mode::Real, Screen::Lessons(Box::new(State::new(page))))
}

/// A lesson at one of its steps over the screen of another preset.
fn coached(look: &Look, world: &World, under: &str, id: &str, step: &str) -> App {
    let under = super::all().find(|preset| preset.name == under);
    let mut app = under.map_or_else(|| choice(look, world, |_| {}), |preset| preset.app(look, world));
    let Some((lesson, world)) = app.world().and_then(|world| Some((lesson(world, id)?, world.clone())))
    else {
        return app;
    };
    let now = app.clock.monotonic();
    let mut running = Running::over(lesson, world, look.lang, now);
    while running.player.step().is_some_and(|here| here.id != step) && running.player.next(now) {}
    app.lesson = Some(Box::new(running));
    app
}

fn tell(mut app: App, message: Message) -> App {
    drop(app.update(crate::app::Message::Lesson(message)));
    app
}
