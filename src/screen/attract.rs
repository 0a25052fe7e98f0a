//! The first screen: a welcome and a start button in each language, and the ornament.

mod ornament;

use iced::widget::{Space, column, container};
use iced::{Element, Length};

use crate::i18n::{Lang, Msg};
use crate::ui::button::primary;
use crate::ui::card::card;
use crate::ui::grid::Grid;
use crate::ui::icon::Icon;
use crate::ui::theme::Look;
use crate::ui::words::{heading, text};
use crate::ui::{button, scroll::Scroll};

/// A touch on a language's start button is all that can happen here. `busy`: it was touched before
/// the kiosk was ready.
pub fn view<'a>(look: &Look, busy: bool) -> Element<'a, Lang> {
    let starts = Lang::ALL.map(|lang| {
        // Each card speaks its own language, whatever was spoken last.
        let own = Look { lang, ..*look };
        let start = primary(&own, format!("attract.start.{}", lang.tag()), Msg::AttractStart).on(lang);
        let inner = column![
            heading(&own, Msg::AttractWelcome),
            text(&own, Msg::AttractWhat),
            text(&own, Msg::AttractHow).soft(&own),
            Space::new().height(look.space(1.0)),
            start,
        ]
        .spacing(look.space(2.0));
        card(look, inner)
    });
    let columns = if look.is_portrait() || !look.has_side() { 1 } else { 3 };
    let cards = container(Grid::new(columns, look.space(3.0), starts)).padding([0.0, look.margin()]);
    let wait = busy.then(|| {
        let p = look.palette();
        let line = iced::widget::row![
            button::icon(Icon::Hourglass, look.line(crate::ui::theme::Type::Body), p.accent),
            text(look, Msg::StartingTitle)
        ];
        container(line.spacing(look.space(1.75))).center_x(Length::Fill)
    });
    let height = look.space(9.0);
    let middle = column![Space::new().height(look.space(6.0)), cards].push(wait).spacing(look.space(3.0));
    column![
        ornament::ornament(look, height),
        container(Scroll::new(look, "attract.body", middle)).height(Length::Fill),
    ]
    .width(Length::Fill)
    .height(Length::Fill)
    .into()
}
