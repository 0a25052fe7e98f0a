//! By the card: whose it is, the PIN, and the portal's nonce signed.

use iced::widget::{column, row};
use iced::{Alignment, Element, Task};

use super::work::{self, LoginError};
use super::{Action, Context, Message, Stage, State};
use crate::card::pinpad::Step;
use crate::card::{CardError, CardInfo, CardStatus, Choice, Hand, Pin};
use crate::domain::iin::masked;
use crate::fault::Coded as _;
use crate::i18n::{Msg, Text};
use crate::screen::frame::Frame;
use crate::screen::letters::{self, Letters};
use crate::screen::once::{Once, PIN_MOST, PinPad};
use crate::screen::pad::pad;
use crate::screen::reader::{self, OnReader};
use crate::screen::sign::picture::picture_card;
use crate::screen::sign::practice_pin;
use crate::screen::whose;
use crate::ui::button::{icon, secondary};
use crate::ui::card::{Notice, card, notice};
use crate::ui::icon::Icon;
use crate::ui::theme::{Look, Type};
use crate::ui::words::{small, text, title};

pub struct Login {
    pub(crate) card: CardStatus,
    choice: Option<Choice>,
    pin: PinPad,
    /// The PIN has letters: it is typed with the keyboard, into the same place.
    letters: Option<Letters>,
    /// The card has the PIN, or the portal the signature.
    pub(crate) working: bool,
    /// The visitor said that she is sure of the PIN although one try is left.
    sure: bool,
    /// The PIN is being typed on the reader's own keys.
    reader: Option<OnReader>,
    /// The reader did not take it there.
    on_screen: bool,
}

impl Login {
    pub fn new(card: CardStatus) -> Self {
        let pin = PinPad::default();
        let (letters, reader) = (None, None);
        let new =
            Self { card, choice: None, pin, letters, working: false, sure: false, reader, on_screen: false };
        new.limit();
        new
    }

    fn limit(&self) {
        self.pin.limit(self.ready().map_or(PIN_MOST, |info| info.pin.most.into()));
    }

    /// From letters to the pad; whether there were any.
    pub(super) fn back_to_digits(&mut self) -> bool {
        let letters = self.letters.is_some();
        if letters {
            self.forget();
        }
        letters
    }

    /// Wipes the PIN; the next one may have none of these letters.
    fn forget(&mut self) {
        self.pin.clear();
        self.letters = None;
    }

    fn ready(&self) -> Option<&CardInfo> {
        match &self.card {
            CardStatus::Ready(info) => Some(info),
            _ => None,
        }
    }

    pub fn hides(&self) -> bool {
        self.ready().is_some()
    }

    fn by_reader(&self) -> bool {
        self.ready().is_some_and(|info| info.pad.verify) && !self.on_screen
    }

    /// How far the PIN on the reader is.
    fn told(&mut self, step: Step) {
        if let Some(reader) = &mut self.reader {
            reader.told(step);
        }
    }

    /// Not on the reader any more; whether it asks now.
    pub(super) fn cancel(&mut self) -> bool {
        let Some(reader) = self.reader.as_mut().filter(|reader| reader.left().is_some()) else {
            return false;
        };
        reader.cancel();
        true
    }

    fn is_cancelled(&self) -> bool {
        self.reader.as_ref().is_some_and(OnReader::is_cancelled)
    }

    fn at_last_try(&self) -> bool {
        self.ready().is_some_and(|info| info.tries_left == Some(1)) && !self.sure
    }
}

impl State {
    pub(super) fn with_card(&mut self, message: Message, context: &Context<'_>) -> Action {
        let round = self.round;
        if let Message::LoggedIn(asked, result) = &message {
            if *asked != round {
                return Action::None;
            }
            match result.take() {
                // She said no before it was done.
                Some(Ok(_)) if matches!(&self.stage, Stage::Card(login) if login.is_cancelled()) => {
                    self.not_in(LoginError::Card(CardError::PinCancelled));
                }
                Some(Ok(own)) => {
                    self.said = None;
                    self.stage = Stage::List(own);
                }
                Some(Err(error)) => self.not_in(error),
                None => {}
            }
            return Action::None;
        }
        let Stage::Card(login) = &mut self.stage else { return Action::None };
        match message {
            Message::Card(status) => {
                let status = status.chosen(login.choice.as_ref());
                if !matches!(status, CardStatus::Ready(_) | CardStatus::Several(_)) {
                    login.choice = None;
                }
                let same = matches!((&login.card, &status), (CardStatus::Ready(a), CardStatus::Ready(b))
                    if a.choice() == b.choice());
                if !same {
                    login.forget();
                    login.sure = false;
                }
                if matches!(status, CardStatus::Ready(_)) && !same && !login.working {
                    self.said = None;
                }
                login.card = status;
                login.limit();
            }
            Message::Choose(choice) if !login.working => {
                login.card = context.card.clone().chosen(Some(&choice));
                login.choice = Some(choice);
                login.limit();
                login.forget();
                login.sure = false;
                self.said = None;
            }
            Message::PinTyped if !login.working => self.said = None,
            Message::WithLetters if !login.working => {
                self.said = None;
                login.forget();
                let able = login.ready().is_some_and(|info| info.pin.letters);
                let lang = context.look.lang;
                login.letters = able.then(|| Letters::new(lang, login.pin.letters()));
            }
            Message::Letters(message) => {
                let Some(letters) = &mut login.letters else { return Action::None };
                match letters.update(message, context.help) {
                    letters::Event::Typed if !login.working => self.said = None,
                    letters::Event::Enter => return self.with_card(Message::Login, context),
                    letters::Event::Run(task) => return Action::Run(task.map(Message::Letters)),
                    letters::Event::Typed | letters::Event::None => {}
                }
            }
            Message::Sure => login.sure = true,
            Message::Reader(step) => login.told(step),
            Message::Login if !login.working && !login.at_last_try() => {
                let Some(info) = login.ready().cloned() else { return Action::None };
                if !login.by_reader() && !login.pin.has(info.pin.least.into()) {
                    self.said = Some(CardError::PinFormat.code());
                    return Action::None;
                }
                login.working = true;
                login.letters.iter_mut().for_each(Letters::hide);
                let last = std::mem::take(&mut login.sure);
                let (pin, told) = if login.by_reader() {
                    let (reader, asking, told) = reader::begin(context);
                    login.reader = Some(reader);
                    (Pin::OnReader(asking), told.map(Message::Reader))
                } else {
                    (Pin::Typed(login.pin.take()), Task::none())
                };
                let round = self.asks();
                let ask = work::login(context.world.env.clone(), info, pin, last);
                let ask = Task::perform(ask, move |r| Message::LoggedIn(round, Once::new(r)));
                return Action::Run(Task::batch([ask, told]));
            }
            _ => {}
        }
        Action::None
    }

    /// The card or the portal said no: in words, with the tries that are left.
    fn not_in(&mut self, error: LoginError) {
        let Stage::Card(login) = &mut self.stage else { return };
        login.working = false;
        login.reader = None;
        login.on_screen |= matches!(error, LoginError::Card(CardError::PadRefused));
        self.said = Some(match &error {
            LoginError::Card(error) => error.code(),
            LoginError::Other(code) => *code,
        });
        match (error, &mut login.card) {
            (LoginError::Card(CardError::WrongPin { tries_left }), CardStatus::Ready(info)) => {
                info.tries_left = tries_left;
            }
            (LoginError::Card(CardError::Blocked), CardStatus::Ready(info)) => {
                login.card = CardStatus::Blocked(info.clone());
            }
            _ => {}
        }
    }
}

/// What the card says, and what to do.
fn says(card: &CardStatus) -> (Msg, Msg) {
    match card {
        CardStatus::NoService => (Msg::SigningNoServiceTitle, Msg::TrackCardOther),
        CardStatus::NoReader => (Msg::SigningNoReaderTitle, Msg::TrackCardOther),
        CardStatus::NoCard => (Msg::SigningNoCardTitle, Msg::SigningNoCardText),
        CardStatus::LeftBehind => (Msg::SigningLeftTitle, Msg::SigningLeftText),
        CardStatus::Reading | CardStatus::Ready(_) => (Msg::SigningReadingTitle, Msg::SigningReadingText),
        CardStatus::WrongWay => (Msg::SigningWrongWayTitle, Msg::SigningWrongWayText),
        CardStatus::Unsupported => (Msg::SigningUnsupportedTitle, Msg::TrackCardOther),
        CardStatus::NoCertificate => (Msg::SigningNoCertificateTitle, Msg::TrackCardOther),
        CardStatus::Damaged(_) => (Msg::SigningDamagedTitle, Msg::TrackCardOther),
        CardStatus::Several(_) => (Msg::SigningSeveralTitle, Msg::SigningSeveralText),
        CardStatus::HeldByOther => (Msg::SigningHeldTitle, Msg::SigningHeldText),
        CardStatus::NotYetValid(_) => (Msg::SigningNotYetTitle, Msg::TrackCardOther),
        CardStatus::Expired(_) => (Msg::SigningExpiredTitle, Msg::TrackCardOther),
        CardStatus::Blocked(_) => (Msg::SigningBlockedTitle, Msg::TrackCardOther),
    }
}

pub fn view<'a>(state: &State, login: &'a Login, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    let frame = |says: Msg| {
        Frame::new(&context, "track.card", says)
            .crumb(Msg::TrackCrumb)
            .push_maybe(super::words::said(state.said, look))
    };
    if login.working
        && let Some(left) = login.reader.as_ref().and_then(OnReader::left)
    {
        let page = frame(Msg::SigningReaderTitle);
        return reader::asking(page, &context, left, Msg::SigningReaderText, Message::Back).show();
    }
    if login.working {
        return frame(Msg::TrackCardWorking)
            .push(picture(look, Icon::Loader, Msg::SigningWorkingText))
            .show();
    }
    if let CardStatus::Several(able) = &login.card {
        let mut page = frame(Msg::SigningSeveralTitle).hint(Msg::SigningSeveralText);
        for row in whose::rows(&context, able, Message::Choose) {
            page = page.push(row);
        }
        return page.back(Message::Back).show();
    }
    let Some(info) = login.ready() else {
        let (title, does) = says(&login.card);
        let mut page = frame(title).push(picture(look, Icon::IdCard, does));
        if context.practice() {
            let inside = !matches!(login.card, CardStatus::NoCard | CardStatus::NoReader);
            let (says, hand) = match inside {
                true => (Msg::SigningPracticeRemove, Hand::TakeOut),
                false => (Msg::SigningPracticeInsert, Hand::Insert),
            };
            let card = picture_card(look, Msg::SigningPracticeTitle, says);
            page = page.push(card.on(Message::PracticeCard(hand)));
        }
        return page.back(Message::Back).show();
    };
    let tries = match info.tries_left {
        Some(n) => Text::new(Msg::SigningTries).with("n", i64::from(n)),
        None => Msg::SigningTriesUnknown.into(),
    };
    if login.at_last_try() {
        return frame(Msg::SigningLastTitle)
            .push(owner(&context, info))
            .push(notice(look, Notice::Danger, tries, Msg::TrackCardLast))
            .push(secondary(look, "track.sure", Msg::SigningLastSure).on(Message::Sure))
            .back(Message::Back)
            .show();
    }
    if login.by_reader() {
        return frame(Msg::SigningReaderReady)
            .push(reader::before(&context, info))
            .push(owner(&context, info))
            .push(small(look, Msg::TrackCardSigns).wide())
            .back(Message::Back)
            .primary(Msg::TrackCardShow, Some(Message::Login))
            .show();
    }
    if let Some(typing) = &login.letters {
        let fault = state.said.and_then(super::words::fault);
        let said = fault.as_ref().map(|(what, remedy)| (what, remedy.as_ref()));
        let heading = letters::heading(look, said, Msg::SigningPinTitle);
        let page = Frame::new(&context, "track.card", heading).crumb(Msg::TrackCrumb);
        return typing
            .page(page, &context, info.tries_left, said, "track.show", Message::Letters)
            .back(Message::Back)
            .primary(Msg::TrackCardShow, Some(Message::Login))
            .show();
    }
    let mut secret = Text::from(Msg::SigningSecret).say(look.lang);
    if context.help.beside {
        secret = format!("{} {secret}", Text::from(Msg::AssistTurnAway).say(look.lang));
    }
    let practice = context.practice().then(|| practice_pin(look, info));
    let keys = pad(look, &login.pin, context.help, Message::PinTyped, Message::Login);
    frame(Msg::SigningPinTitle)
        .push_maybe(practice)
        .push(notice(look, Notice::Warning, tries, secret))
        .push_maybe(letters::offer(look, info, "track.letters", Message::WithLetters))
        .push(owner(&context, info))
        .push(small(look, Msg::TrackCardSigns).wide())
        .beside(keys)
        .back(Message::Back)
        .primary(Msg::TrackCardShow, Some(Message::Login))
        .show()
}

fn picture<'a>(look: &Look, glyph: Icon, says: Msg) -> Element<'a, Message> {
    let face = icon(glyph, look.size(Type::Heading) * 1.6, look.palette().accent);
    let line = row![face, text(look, says).wide()].spacing(look.space(3.5));
    card(look, line.align_y(Alignment::Center))
}

/// Of the IIN the last four digits alone.
fn owner<'a>(context: &Context<'_>, info: &CardInfo) -> Element<'a, Message> {
    let look = context.look;
    let person = info.owner.expose();
    let mut words = column![title(look, context.help.hide(&person.name)).private()].spacing(look.space(0.5));
    if !person.iin.is_empty() {
        let iin = Text::new(Msg::SigningIin).with("iin", masked(&person.iin));
        words = words.push(small(look, iin).private());
    }
    card(look, words)
}
