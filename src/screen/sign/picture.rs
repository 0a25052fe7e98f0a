//! The practice card's picture, and the practice phone's.

use iced::widget::{column, container, row};
use iced::{Alignment, Color};

use crate::i18n::Msg;
use crate::ui::button::icon;
use crate::ui::icon::Icon;
use crate::ui::semantic::{Node, Role};
use crate::ui::tap::{Skin, Tap};
use crate::ui::theme::{Look, RADIUS, Type};
use crate::ui::words::{Say as _, small, strong};

/// A drawn card that is put in by touching it.
pub fn picture_card<'a, M: 'a>(look: &Look, title: Msg, says: Msg) -> Tap<'a, M> {
    picture(look, "sign.practice-card", Icon::CreditCard, title, says)
}

/// A drawn phone that scans and signs by touching it.
pub fn picture_phone<'a, M: 'a>(look: &Look, title: Msg, says: Msg) -> Tap<'a, M> {
    picture(look, "phone.practice", Icon::Smartphone, title, says)
}

fn picture<'a, M: 'a>(look: &Look, id: &'static str, glyph: Icon, title: Msg, says: Msg) -> Tap<'a, M> {
    let p = look.palette();
    let words = column![strong(look, title), small(look, says)].spacing(look.space(0.5));
    let chip = icon(glyph, look.size(Type::Heading) * 1.6, p.accent);
    let face = container(row![chip, words].spacing(look.space(3.0)).align_y(Alignment::Center))
        .padding(look.space(3.0));
    let pressed = Color { a: 0.14, ..p.ink };
    let skin =
        Skin { fill: p.tint, edge: p.accent, edge_width: 2.0, radius: RADIUS, pressed, focus: p.focus };
    Tap::new(Node::new(id, Role::Button, says.say(look.lang)), skin, face)
}
