//! The coach mark for the lesson's step: what the player needs of the screen, and what it answers.

use std::rc::Rc;

use iced::{Point, Rectangle, Size};

use super::Message;
use crate::app::over::Over;
use crate::app::{self, App};
use crate::lesson::place::{Among, place};
use crate::lesson::{Area, Mode, Seen};
use crate::ui::coach::{Aim, Around, Bubble, Coach};
use crate::ui::semantic::Tree;

fn area(r: Rectangle) -> Area {
    Area::new(r.x, r.y, r.width, r.height)
}

fn seen(tree: &Tree) -> Vec<Seen<'_>> {
    let seen = tree.nodes.iter().map(|node| Seen {
        id: &node.id,
        value: node.value.as_deref(),
        works: node.role.is_control() && !node.state.disabled,
        scrolls: node.scrolls,
        bounds: area(node.bounds),
        visible: node.visible.map(area),
    });
    seen.collect()
}

fn beside(room: Rectangle, size: Size, around: &Around) -> Option<Point> {
    let areas = |all: &[Rectangle]| all.iter().copied().map(area).collect::<Vec<Area>>();
    let (clear, text) = (areas(&around.clear), areas(&around.text));
    let target = around.target.map(area);
    let among = Among { target: target.as_ref(), clear: &clear, text: &text };
    let at = place(&area(room), (size.width, size.height), among)?;
    Some(Point::new(at.x, at.y))
}

impl App {
    /// Over the visitor's screen, unless a question or the librarian's call lies there.
    pub(in crate::app) fn coach(&self) -> Option<Coach<'_, app::Message>> {
        let (running, visit) = (self.lesson.as_deref()?, self.visit.as_ref()?);
        if !matches!(visit.over, Over::None) || visit.warning.is_some() {
            return None;
        }
        let player = &running.player;
        let (step, lang) = (player.step()?, self.look.lang);
        let (at, total) = player.progress();
        let bubble = Bubble {
            lesson: player.lesson().title.get(lang).to_owned(),
            at,
            total,
            title: step.title.get(lang).to_owned(),
            words: step.words.get(lang).to_owned(),
            hint: player.hint_shown().then(|| step.hint.get(lang).to_owned()),
            waited: player.waited(self.clock.monotonic()),
            back: player.can_go_back(),
            next: player.mode() == Mode::Reading,
        };
        let here = player.place();
        let say = app::Message::Lesson;
        Some(Coach {
            bubble,
            place: beside,
            aim: Box::new(|tree| {
                let aim = player.aim(&seen(tree));
                Aim { at: aim.at, with: aim.with }
            }),
            judge: Box::new(move |tree| player.judge(&seen(tree)).map(|call| say(Message::Call(here, call)))),
            acts: player.acts().map(|(serial, id)| (serial, id.to_owned())),
            tapped: Box::new(move || say(Message::Tapped(here))),
            acted: Box::new(move || say(Message::Acted(here))),
            elsewhere: Box::new(move || say(Message::Elsewhere)),
            way: Rc::new(move |way| say(Message::Way(way))),
        })
    }
}
