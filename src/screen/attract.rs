//! The first screen: a welcome and a start button in each language, and the ornament.

mod ornament;

use iced::widget::{Space, column, container};
use iced::{Element, Length};

use crate::i18n::{Lang, Msg};
use crate::ui::button::{primary, secondary};
use crate::ui::card::card;
use crate::ui::grid::Grid;
use crate::ui::icon::Icon;
use crate::ui::theme::{Look, Step};
use crate::ui::words::{heading, text};
use crate::ui::{button, scroll::Scroll};

/// How a visit begins: in which language, and whether with a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begin {
    pub lang: Lang,
    pub lessons: bool,
}

/// A touch on a language's start button, or on the lessons beneath, is all that can happen here.
/// `busy`: it was touched before the kiosk was ready.
pub fn view<'a>(look: &Look, busy: bool) -> Element<'a, Begin> {
    // Each column speaks its own language, whatever was spoken last.
    let own = |lang| Look { lang, ..*look };
    let welcome = |lang| {
        let own = own(lang);
        let words = column![
            heading(&own, Msg::AttractWelcome),
            text(&own, Msg::AttractWhat),
            text(&own, Msg::AttractHow).soft(&own),
        ];
        card(look, words.spacing(look.space(2.0)))
    };
    let start = |lang: Lang| -> Element<'a, Begin> {
        let begin = primary(&own(lang), format!("attract.start.{}", lang.tag()), Msg::AttractStart);
        let first = secondary(&own(lang), format!("attract.first.{}", lang.tag()), Msg::LessonsFirst);
        let buttons = [begin.on(Begin { lang, lessons: false }), first.on(Begin { lang, lessons: true })];
        // As wide as the words above: nobody has to aim.
        Grid::new(1, look.space(1.5), buttons.map(Element::from)).into()
    };
    // Side by side the buttons stand in a row of their own, or one under its words.
    let (columns, cells): (usize, Vec<_>) = if look.is_portrait() || !look.has_side() {
        (1, Lang::ALL.into_iter().flat_map(|l| [welcome(l), start(l)]).collect())
    } else {
        (3, Lang::ALL.map(welcome).into_iter().chain(Lang::ALL.map(start)).collect())
    };
    let cards = container(Grid::new(columns, look.space(3.0), cells)).padding([0.0, look.margin()]);
    let wait = busy.then(|| {
        let p = look.palette();
        let line = iced::widget::row![
            button::icon(Icon::Hourglass, look.line(crate::ui::theme::Type::Body), p.accent),
            text(look, Msg::StartingTitle)
        ];
        container(line.spacing(look.space(1.75))).center_x(Length::Fill)
    });
    let height = look.space(9.0);
    // Where there is room to spare, eyes and hands find the buttons nearer the middle.
    let spare = columns == 3 && !look.is_low() && look.step == Step::Usual;
    let above = if spare { look.viewport.height / 7.0 } else { look.space(6.0) };
    let middle = column![Space::new().height(above), cards].push(wait).spacing(look.space(3.0));
    column![
        ornament::ornament(look, height),
        container(Scroll::new(look, "attract.body", middle)).height(Length::Fill),
    ]
    .width(Length::Fill)
    .height(Length::Fill)
    .into()
}
