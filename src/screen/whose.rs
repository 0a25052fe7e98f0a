//! Whose signature: where several keys could sign, the visitor says which. Nothing is chosen beforehand.

use iced::widget::{column, row};
use iced::{Alignment, Element, Length};

use super::Context;
use crate::card::{CardInfo, Choice};
use crate::domain::iin::masked;
use crate::i18n::{Msg, Text, format};
use crate::ui::button::icon;
use crate::ui::icon::Icon;
use crate::ui::semantic::{Node, Role, Sensitivity};
use crate::ui::tap::{Skin, Tap};
use crate::ui::theme::{Look, RADIUS, Type};
use crate::ui::words::{Say as _, small, text, title};

/// One row a key: whose, until when, and in which reader.
pub fn rows<'a, M: Clone + 'a>(
    context: &Context<'_>,
    able: &[CardInfo],
    on: impl Fn(Choice) -> M + 'a,
) -> Vec<Element<'a, M>> {
    let mut readers: Vec<&str> = able.iter().map(|info| info.reader.as_str()).collect();
    readers.dedup();
    let one = |(at, info): (usize, &CardInfo)| {
        let reader = readers.iter().position(|r| *r == info.reader).unwrap_or(0) + 1;
        row_of(context, at, info, reader).on(on(info.choice())).into()
    };
    able.iter().enumerate().map(one).collect()
}

fn row_of<'a, M: 'a>(context: &Context<'_>, at: usize, info: &CardInfo, reader: usize) -> Tap<'a, M> {
    let look = context.look;
    let p = look.palette();
    let person = info.owner.expose();
    let mut words = column![title(look, context.help.hide(&person.name)).private()].spacing(look.space(0.5));
    words = words.push(person.organisation.clone().map(|o| text(look, o).private().wide()));
    if !person.iin.is_empty() {
        let iin = Text::new(Msg::SigningIin).with("iin", masked(&person.iin));
        words = words.push(small(look, iin).private());
    }
    let until = format::date(look.lang, info.not_after.legal_date());
    words = words.push(small(look, Text::new(Msg::SigningUntil).with("date", until)));
    let place = Text::new(Msg::SigningSeveralReader);
    let place = place.with("n", reader as i64).with("name", plain(&info.reader).to_owned());
    words = words.push(small(look, place).wide());
    let face = icon(Icon::IdCard, look.size(Type::Heading) * 1.3, p.accent);
    let face = row![face, words.width(Length::Fill), icon(Icon::ChevronRight, look.size(Type::Title), p.ink)];
    let face = face.spacing(look.space(3.0)).align_y(Alignment::Center);
    let face = iced::widget::container(face).padding(look.space(3.0)).width(Length::Fill);
    let pressed = iced::Color { a: 0.08, ..p.ink };
    let skin = Skin { fill: p.card, edge: p.edge, edge_width: 2.0, radius: RADIUS, pressed, focus: p.focus };
    let says = format!("{}. {}", context.help.hide(&person.name), masked_said(look, &person.iin));
    let mut node = Node::new(format!("sign.whose.{}", at + 1), Role::Button, says);
    node.sensitivity = Sensitivity::Private;
    Tap::new(node, skin, face)
}

fn masked_said(look: &Look, iin: &str) -> String {
    if iin.is_empty() {
        return String::new();
    }
    Text::new(Msg::SigningIin).with("iin", masked(iin)).say(look.lang)
}

/// A reader's name without what only a program reads: serial number in brackets, interface and slot
/// numbers at the end.
fn plain(reader: &str) -> &str {
    let mut name = reader.trim();
    loop {
        let cut = match name.rsplit_once(' ') {
            Some((rest, last)) if last.len() <= 2 && last.bytes().all(|b| b.is_ascii_hexdigit()) => rest,
            _ => match name.rsplit_once(" (").filter(|_| name.ends_with(')')) {
                Some((rest, _)) => rest,
                None => match name.rsplit_once(" [").filter(|_| name.ends_with(']')) {
                    Some((rest, _)) => rest,
                    None => return name,
                },
            },
        };
        name = cut.trim_end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readers_name_is_for_people() {
        for (name, said) in [
            ("ACS ACR39U ICC Reader 00 00", "ACS ACR39U ICC Reader"),
            ("Gemalto PC Twin Reader (70D7E2EE) 01 00", "Gemalto PC Twin Reader"),
            ("OMNIKEY AG CardMan 3121 [CCID Interface] (1234) 00 00", "OMNIKEY AG CardMan 3121"),
            ("Reader", "Reader"),
            ("", ""),
        ] {
            assert_eq!(plain(name), said);
        }
    }
}
