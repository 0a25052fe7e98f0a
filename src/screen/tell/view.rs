//! The question, and what stands of it on the page that it belongs to.

use iced::widget::{column, row};
use iced::{Alignment, Element};

use super::{Message, NUMBER, Question, Stage, Wish};
use crate::domain::phone::PhoneError;
use crate::i18n::{Lang, Msg, Text, tr};
use crate::portal::wire::AlertState;
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::screen::help::HIDDEN;
use crate::ui::button::{icon, link};
use crate::ui::card::{Notice, card, notice};
use crate::ui::entry::Entry;
use crate::ui::icon::Icon;
use crate::ui::keyboard::{self, Kind};
use crate::ui::theme::{Look, Type};
use crate::ui::words::{Say, small, strong, text};

const fn wrong(error: PhoneError) -> Msg {
    match error {
        PhoneError::Short => Msg::TellShort,
        PhoneError::Long => Msg::TellLong,
        PhoneError::Foreign => Msg::TellForeign,
        PhoneError::Wired => Msg::TellWired,
    }
}

impl Wish {
    /// The question's own page, where it is asked now.
    pub fn page<'a>(&'a self, context: Context<'a>) -> Option<Element<'a, Message>> {
        match &self.stage {
            Stage::Typing(question) => Some(ask(question, context)),
            Stage::Keeping(_) => {
                let page = Frame::new(&context, "tell", Msg::TellTitle).crumb(Msg::TellCrumb);
                Some(page.push(text(context.look, Msg::TellKeeping)).show())
            }
            Stage::NotAsked | Stage::Kept(_) => None,
        }
    }

    /// On a page of the letter: the offer, or that it was taken.
    pub fn card<'a>(&'a self, context: &Context<'a>) -> Option<Element<'a, Message>> {
        let look = context.look;
        match &self.stage {
            Stage::NotAsked if context.practice() || context.world.env.portal.tells() => Some(offer(look)),
            Stage::Kept(phone) => {
                let number =
                    if context.help.hides() { HIDDEN.to_owned() } else { phone.spoken().expose().clone() };
                let lines = column![strong(look, Msg::TellKept).wide(), text(look, number).private()]
                    .push(small(look, Msg::TellKeptText).wide());
                Some(card(look, beside(look, Icon::CircleCheck, lines.spacing(look.space(0.5)))))
            }
            _ => None,
        }
    }
}

/// Where it stands at the portal: the offer, that it waits (and how to take it back), that it is done.
pub fn standing<'a, M: Clone + 'a>(
    state: AlertState,
    lang: Lang,
    context: &Context<'a>,
    ask: impl Fn(Message) -> M + 'a,
    stop: M,
) -> Element<'a, M> {
    let look = context.look;
    let told = |lead: Msg, more: Option<String>| {
        let lines = column![strong(look, lead).wide()].push(more.map(|more| small(look, more).wide()));
        lines.spacing(look.space(0.5))
    };
    match state {
        AlertState::None => card(look, offered(look)).map(ask),
        AlertState::Waiting => {
            card(look, told(Msg::TellWaiting, None).push(link(look, "tell.stop", Msg::TellStop).on(stop)))
        }
        AlertState::Sent => {
            // No text leaves practice: here is what it would have said.
            let said = context.practice().then(|| {
                let text = tr(lang, Msg::AlertTextPractice);
                Text::new(Msg::TellPractice).with("text", text).say(look.lang)
            });
            card(look, told(Msg::TellSent, said))
        }
        AlertState::Failed => card(look, told(Msg::TellFailed, Some(Msg::TellFailedText.say(look.lang)))),
    }
}

fn offer<'a>(look: &Look) -> Element<'a, Message> {
    card(look, beside(look, Icon::BellRing, offered(look)))
}

fn offered<'a>(look: &Look) -> Element<'a, Message> {
    let offer = link(look, "tell.offer", Msg::TellOffer).on(Message::Open);
    column![offer, small(look, Msg::TellOfferText).wide()].spacing(look.space(0.5)).into()
}

fn beside<'a, M: 'a>(look: &Look, glyph: Icon, lines: impl Into<Element<'a, M>>) -> Element<'a, M> {
    let face = icon(glyph, look.size(Type::Title), look.palette().accent);
    row![face, lines.into()].spacing(look.space(2.0)).align_y(Alignment::Center).into()
}

fn ask<'a>(question: &'a Question, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let error = question.wrong.map(|error| Text::from(wrong(error)).say(look.lang));
    let field = Entry::new(look, NUMBER, Msg::TellNumber, &question.number)
        .kind(Kind::Phone)
        .active(true)
        .hidden(context.help.hides().then_some(HIDDEN))
        .help(Msg::TellNumberHint)
        .error(error)
        .on(|| Message::Focus, Message::Edit);
    let says = |id: String| Msg::from_id(&id).map(|m| Text::from(m).say(look.lang)).unwrap_or_default();
    let said =
        question.said.map(|c| notice(look, Notice::Warning, says(c.message_id()), says(c.remedy_id())));
    Frame::new(&context, "tell", Msg::TellTitle)
        .crumb(Msg::TellCrumb)
        .push_maybe(said)
        .push(field.view())
        .push(small(look, Msg::TellWhere).wide())
        .back(Message::Back)
        .also("tell.skip", Msg::TellSkip, Icon::X, Message::Back)
        .primary(Msg::TellAsk, Some(Message::Ask))
        .keyboard(Some(keyboard::view(look, &question.keyboard, Message::Key)))
        .show()
}
