//! Before anything is begun, home, and what lies over a screen.

use super::Preset;
use super::walk::{app, standing, visit};
use crate::app::over::Over;
use crate::app::{App, Stand};
use crate::env::Mode;
use crate::fault::Code;
use crate::screen::attract::Begin;
use crate::screen::world::World;
use crate::screen::{Screen, info};
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("attract", |look, world| standing(look, world, Mode::Real)),
    Preset::new("attract-practice", |look, world| standing(look, world, Mode::Practice)),
    Preset::new("starting", |look, _| {
        app(look, Stand::Starting { wanted: Some(Begin { lang: look.lang, lessons: false }) }, Mode::Practice)
    }),
    Preset::new("not-set-up", |look, _| app(look, Stand::NotSetUp, Mode::Real)),
    Preset::new("trouble", |look, _| app(look, Stand::Trouble(Code("config.unreadable")), Mode::Real)),
    Preset::new("home", |look, world| visit(look, world, Mode::Real, Screen::Home)),
    Preset::new("home-practice", |look, world| visit(look, world, Mode::Practice, Screen::Home)),
    Preset::new("info-about", |look, world| info_page(look, world, info::Page::About)),
    Preset::new("info-signature", |look, world| info_page(look, world, info::Page::Signature)),
    Preset::new("help", |look, world| over(look, world, Over::Help(info::State::new(info::Page::Help)))),
    Preset::new("called", |look, world| over(look, world, Over::Called)),
    Preset::new("hidden", |look, world| over(look, world, Over::Hidden)),
    Preset::new("leave", |look, world| over(look, world, Over::Leave)),
    Preset::new("idle", |look, world| {
        let mut app = visit(look, world, Mode::Real, Screen::Home);
        if let Some(visit) = &mut app.visit {
            visit.warning = Some(28);
        }
        app
    }),
];

fn over(look: &Look, world: &World, lies: Over) -> App {
    let mut app = visit(look, world, Mode::Real, Screen::Home);
    if let Some(visit) = &mut app.visit {
        visit.over = lies;
    }
    app
}

fn info_page(look: &Look, world: &World, page: info::Page) -> App {
    visit(look, world, Mode::Real, Screen::Info(info::State::new(page)))
}
