//! The bubble: what to do, how far the lesson is, and the bubble's own buttons.

use iced::widget::{Row, column, container, row};
use iced::{Alignment, Element, Length};

use crate::i18n::{Msg, Text};
use crate::ui::button::{icon, icon_button, icon_small, primary, secondary, secondary_with};
use crate::ui::card::{box_style, progress};
use crate::ui::icon::Icon;
use crate::ui::mark::Mark;
use crate::ui::semantic::{Node, Role};
use crate::ui::tap::Tap;
use crate::ui::theme::{GAP, Look, RADIUS, Type};
use crate::ui::words::{small, strong, text, title};

/// What the bubble's buttons ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Back,
    Hint,
    /// The program does the step.
    Show,
    Next,
    Leave,
}

/// A step's words in the language shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Bubble {
    pub lesson: String,
    /// Step `at` (from 1) of `total`.
    pub at: usize,
    pub total: usize,
    pub title: String,
    pub words: String,
    /// Shown: the hint was asked for, or she touched something else.
    pub hint: Option<String>,
    /// How far something is that takes its time: 0 … 1.
    pub waited: Option<f32>,
    pub back: bool,
    /// Nothing is to be done: a button goes on.
    pub next: bool,
}

/// How much of the bubble there is room for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    Whole,
    /// Buttons without their names.
    Short,
    /// One line, and the buttons.
    Line,
}

impl Bubble {
    /// The bubble in its sizes, the largest first.
    pub(super) fn views<'a>(&self, look: &Look) -> Vec<Element<'a, Way>> {
        let margin = look.margin().min(48.0);
        let widest = look.viewport.width - 2.0 * margin;
        let usual = (look.size(Type::Body) * 30.0).min(widest);
        [
            (Room::Whole, usual),
            (Room::Whole, (usual * 1.5).min(widest)),
            (Room::Short, usual),
            (Room::Short, widest),
            (Room::Line, usual),
            (Room::Line, widest),
        ]
        .map(|(room, width)| self.view(look, room, width))
        .into()
    }

    fn view<'a>(&self, look: &Look, room: Room, width: f32) -> Element<'a, Way> {
        let p = look.palette();
        let steps = Text::new(Msg::CoachStep).with("n", self.at as i64).with("m", self.total as i64);
        let steps = steps.say(look.lang);
        let crumb = small(look, format!("{} · {steps}", self.lesson)).id("coach.step").wide();
        let buttons = self.buttons(look, room);
        let says = match (&self.hint, room) {
            (Some(hint), Room::Line) => hint.clone(),
            _ => self.title.clone(),
        };
        let inside: Element<'a, Way> = if room == Room::Line {
            let words = strong(look, says).id("coach.title").role(Role::Status).wide();
            let count = small(look, format!("{} / {}", self.at, self.total)).id("coach.step").one_line();
            let words = container(words).width(Length::Fill);
            row![count, words, buttons].spacing(look.space(2.0)).align_y(Alignment::Center).into()
        } else {
            let lines = column![crumb, title(look, says).id("coach.title").role(Role::Status)]
                .spacing(look.space(0.75));
            let hint = self.hint.clone().map(|hint| {
                let lamp = icon(Icon::Lightbulb, look.line(Type::Body), p.on_gold);
                let words = text(look, hint).id("coach.hint").role(Role::Status).color(p.on_gold).wide();
                container(row![lamp, words].spacing(look.space(1.5)))
                    .padding(look.space(1.5))
                    .width(Length::Fill)
                    .style(move |_| box_style(p.gold, p.gold, 0.0, RADIUS / 2.0))
            });
            let says = Msg::CoachWaiting;
            let bar = self.waited.map(|part| progress(look, "coach.progress", says, part));
            column![lines]
                .push(text(look, self.words.clone()).id("coach.words").wide())
                .push(bar)
                .push(hint)
                .push(buttons)
                .spacing(look.space(2.0))
                .into()
        };
        let pad = match room {
            Room::Line => [GAP / 2.0, look.space(2.0)],
            _ => [look.space(3.0); 2],
        };
        let edge = look.edge_width();
        let card = container(inside)
            .padding(pad)
            .width(width)
            .style(move |_| box_style(p.card, p.edge, edge, RADIUS));
        Mark::new(Node::new("coach", Role::Dialog, self.title.clone()), card).into()
    }

    fn buttons<'a>(&self, look: &Look, room: Room) -> Element<'a, Way> {
        let named = room == Room::Whole;
        let make = |id: &'static str, msg: Msg, glyph: Icon, way: Way| -> Tap<'a, Way> {
            match room {
                Room::Whole => secondary_with(look, id, msg, Some(glyph)).on(way),
                Room::Short => icon_button(look, id, msg, glyph).on(way),
                Room::Line => icon_small(look, id, msg, glyph).on(way),
            }
        };
        let mut buttons: Vec<Element<'a, Way>> = Vec::new();
        buttons.push(match named {
            true => secondary(look, "coach.leave", Msg::CoachLeave).on(Way::Leave).into(),
            false => make("coach.leave", Msg::CoachLeave, Icon::X, Way::Leave).into(),
        });
        if self.back {
            buttons.push(make("coach.back", Msg::AppBack, Icon::ChevronLeft, Way::Back).into());
        }
        if self.next {
            buttons.push(primary(look, "coach.next", Msg::AppNext).on(Way::Next).into());
        } else if self.hint.is_none() {
            buttons.push(make("coach.hint", Msg::CoachHint, Icon::Lightbulb, Way::Hint).into());
        } else if self.waited.is_none() {
            buttons.push(make("coach.show", Msg::CoachShow, Icon::Hand, Way::Show).into());
        }
        if named {
            Row::with_children(buttons).spacing(2.0 * GAP).wrap().vertical_spacing(GAP).into()
        } else {
            Row::with_children(buttons).spacing(GAP).align_y(Alignment::Center).into()
        }
    }
}
