//! Pages that explain, from our own words; the bodies' addresses come from content.

use iced::Element;
use iced::widget::column;

use super::Context;
use super::frame::Frame;
use crate::i18n::Msg;
use crate::ui::card::card;
use crate::ui::icon::Icon;
use crate::ui::words::{text, title};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    About,
    Signature,
    Help,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    pub page: Page,
}

#[derive(Clone)]
pub enum Message {
    Back,
    MyCard,
}

type Parts = &'static [(Msg, Msg)];

impl Page {
    fn title(self) -> Msg {
        match self {
            Page::About => Msg::InfoAboutTitle,
            Page::Signature => Msg::InfoSignatureTitle,
            Page::Help => Msg::InfoHelpTitle,
        }
    }

    fn parts(self) -> Parts {
        match self {
            Page::About => &[
                (Msg::InfoAboutWhat, Msg::InfoAboutWhatText),
                (Msg::InfoAboutWithout, Msg::InfoAboutWithoutText),
                (Msg::InfoAboutPrivacy, Msg::InfoAboutPrivacyText),
            ],
            Page::Signature => &[
                (Msg::InfoSignatureWhat, Msg::InfoSignatureWhatText),
                (Msg::InfoSignatureWhere, Msg::InfoSignatureWhereText),
                (Msg::InfoSignatureSafe, Msg::InfoSignatureSafeText),
            ],
            Page::Help => &[
                (Msg::InfoHelpTouch, Msg::InfoHelpTouchText),
                (Msg::InfoHelpSize, Msg::InfoHelpSizeText),
                (Msg::InfoHelpPin, Msg::InfoHelpPinText),
                (Msg::InfoHelpPerson, Msg::InfoHelpPersonText),
            ],
        }
    }
}

impl State {
    pub fn new(page: Page) -> Self {
        Self { page }
    }
}

impl State {
    pub fn view<'a>(&self, context: Context<'a>) -> Element<'a, Message> {
        let look = context.look;
        let mut frame =
            Frame::new(&context, format!("info.{:?}", self.page).to_lowercase(), self.page.title());
        for (name, words) in self.page.parts() {
            let part = column![title(look, *name), text(look, *words)].spacing(look.space(1.0));
            frame = frame.push(card(look, part));
        }
        if self.page == Page::Signature {
            frame = frame.also("info.mycard", Msg::MycardOpen, Icon::IdCard, Message::MyCard);
        }
        frame.back(Message::Back).show()
    }
}
