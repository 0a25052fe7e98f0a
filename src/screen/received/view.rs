//! How the receipt looks: what she came for first, then the two codes, then what is only to know.

use iced::widget::{column, row};
use iced::{Alignment, Element, Length};

use super::{Message, State};
use crate::clock::Moment;
use crate::i18n::{Lang, Msg, Text, format};
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::screen::help::HIDDEN;
use crate::screen::qr::Qr;
use crate::ui::button::icon as glyph;
use crate::ui::card::{card, fact, golden, rule, tinted};
use crate::ui::icon::Icon;
use crate::ui::semantic::Role;
use crate::ui::theme::{Look, Step, Type};
use crate::ui::words::{heading, small, strong, text, title};

pub fn view<'a>(state: &'a State, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let gap = look.space(2.0);
    let mut frame = Frame::new(&context, "received", Msg::ReceivedTitle)
        .wide()
        .crumb(Msg::ReceivedCrumb)
        .wide()
        .push_maybe(state.paper.view(look, Message::StopPrint))
        .push_maybe(state.save.view(&context, |stick| Message::Save(Some(stick))));
    let hides = context.help.hides();
    let proof = code(look, Msg::ReceivedQrProof, Msg::ReceivedQrProofText, &state.proof, None);
    let paper_code = state.letter.secret.paper_code();
    let shown = if hides { HIDDEN } else { paper_code.as_str() };
    let own = own(look, &state.own, Some(Text::new(Msg::ReceivedCode).with("code", shown)), hides);
    let told = column![head(state, &context), facts(state, look)].spacing(gap).width(Length::Fill);
    let codes = row![proof, own].spacing(look.space(4.0)).width(Length::Shrink);
    let wish = state.wish.card(&context).map(|card| card.map(Message::Tell));
    frame = if beside(look) {
        // As wide as the two codes: the column does not grow for its sake.
        let right = column![codes].push(wish).spacing(gap).width(Length::Shrink);
        frame.push(row![told, right].spacing(look.space(4.0)))
    } else {
        frame.push(told).push_maybe(wish).push(codes.wrap().vertical_spacing(look.space(4.0)))
    };
    frame
        .also("received.print", Msg::ReceivedPrint, Icon::Printer, Message::Print)
        .also("received.save", Msg::ReceivedSave, Icon::Usb, Message::Save(None))
        .primary(Msg::ReceivedFinish, (!state.save.is_busy()).then_some(Message::Finish))
        .show()
}

/// Do the codes stand beside the words? With large text they would leave them too little room.
fn beside(look: &Look) -> bool {
    look.has_side() && look.step <= Step::Large
}

/// The number and the day of the answer: what she came for.
fn head<'a>(state: &'a State, context: &Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let p = look.palette();
    // On a low screen the column beside the codes is narrow, and a number must not break.
    let large = |words: String| match look.is_low() {
        true => title(look, words).role(Role::Label).bold().accent(look),
        false => heading(look, words).role(Role::Label).accent(look),
    };
    let verified = row![
        glyph(Icon::BadgeCheck, look.size(Type::Small) * 1.2, p.good),
        small(look, Msg::ReceivedVerified).role(Role::Status)
    ]
    .spacing(look.space(1.0))
    .align_y(Alignment::Center);
    let gap = look.space(0.5);
    let number = column![text(look, Msg::ReceivedNumber), large(state.receipt.number.clone()), verified];

    let (counted, article) = state.counted(look.lang, context);
    let due = state.receipt.due;
    let label = Text::new(Msg::ReceivedDueDay).with("day", format::weekday(look.lang, due));
    let rule_of_law = small(look, format!("{counted}. {article}")).wide();
    let due = column![text(look, label), large(format::date(look.lang, due)), rule_of_law];
    let both = column![number.spacing(gap), rule(look), due.spacing(gap)];
    tinted(look, both.spacing(look.space(2.0)))
}

/// What happens next; then when, to whom and by whom.
fn facts<'a>(state: &'a State, look: &Look) -> Element<'a, Message> {
    let r = &*state.receipt;
    let when = fact(look, Msg::ReceivedWhen, text(look, format::date_time(look.lang, r.registered)));
    let by = (!r.received_by.is_empty())
        .then(|| fact(look, Msg::ReceivedBy, text(look, r.received_by.clone()).wide()));
    let to = fact(look, Msg::ReceivedBody, text(look, r.body_name.clone()).private().wide());
    let next = column![strong(look, Msg::ReceivedNext), text(look, Msg::ReceivedNextText).wide()];
    let gap = look.space(1.0);
    let facts = if beside(look) {
        column![row![when].push(by).spacing(look.space(3.0)), to]
    } else {
        column![when].push(by).push(to)
    };
    let facts = facts.push(steps(state, look.lang).map(|steps| small(look, steps).wide()));
    let all = column![next.spacing(look.space(0.5)), rule(look), facts.spacing(gap)];
    card(look, all.spacing(look.space(1.5)))
}

/// When she signed, by her own word, and when it was there, by the portal's: where it waited between.
fn steps(state: &State, lang: Lang) -> Option<Text> {
    let (signed, there) = (Moment::parse_rfc3339(&state.letter.statement.time)?, state.receipt.registered);
    let day = |at: Moment| match signed.legal_date() == there.legal_date() {
        true => format::clock_time(at),
        false => format::date_time(lang, at),
    };
    let waited = there.0 - signed.0 >= 60;
    let says = || Text::new(Msg::ReceivedSteps).with("signed", day(signed)).with("delivered", day(there));
    waited.then(says)
}

/// What opens the letter, for her alone; covered where a helper stands beside her.
pub fn own<'a, M: 'a>(look: &Look, qr: &Qr, paper_code: Option<Text>, hides: bool) -> Element<'a, M> {
    code(look, Msg::ReceivedQrOwn, Msg::ReceivedQrOwnText, qr, Some((paper_code, hides)))
}

/// A code with its name and what it is for. `own` (with the letter's code): whoever has it can open
/// the letter; it stands in gold, apart from the one that may be shown to anybody, and is covered where
/// its second part says so.
fn code<'a, M: 'a>(
    look: &Look,
    name: Msg,
    says: Msg,
    qr: &Qr,
    own: Option<(Option<Text>, bool)>,
) -> Element<'a, M> {
    let p = look.palette();
    let (id, icon) = match own {
        Some(_) => ("received.own", Icon::Lock),
        None => ("received.proof", Icon::BadgeCheck),
    };
    let secret = own.is_some();
    let head = row![glyph(icon, look.size(Type::Title), p.ink), title(look, name)]
        .spacing(look.space(1.0))
        .align_y(Alignment::Center);
    let picture = match own {
        Some((_, true)) => qr.covered(look, id),
        _ => qr.view(look, id, name, secret),
    };
    let mut lines = column![head, picture, small(look, says)];
    let code = own.and_then(|(code, _)| code);
    lines = lines.push(code.map(|code| text(look, code).semibold().private()));
    // «Подтверждение» in one line.
    let width = qr.side().max(look.size(Type::Title) * 10.5);
    let lines = lines.spacing(look.space(1.5)).width(width);
    if secret { golden(look, lines) } else { card(look, lines) }
}
