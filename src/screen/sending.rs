//! From the signature to the receipt: what is stored, what is sent, in honest words.

use std::cell::OnceCell;
use std::sync::Arc;

use iced::widget::{column, row};
use iced::{Alignment, Element, Length, Task};

use super::frame::Frame;
use super::once::Once;
use super::paper::{self, Paper};
use super::qr::Qr;
use super::sign::Signed;
use super::{Context, received, tell};
use crate::clock::Moment;
use crate::fault::{Code, Coded as _};
use crate::i18n::{Msg, Text, format};
use crate::outbox::{self, OutboxError, Status};
use crate::page::player::Player;
use crate::print::{StoredPaper, stored_pdf};
use crate::ui::button::icon;
use crate::ui::card::{Notice, card, notice, progress};
use crate::ui::icon::Icon;
use crate::ui::theme::{Look, Step, Type};
use crate::ui::words::{small, strong, text};

pub struct State {
    pub(crate) player: Box<Player>,
    /// Its envelope is taken by the outbox when it is submitted; the rest is for receipt and paper.
    pub(crate) letter: Arc<received::Letter>,
    pub(crate) life: Life,
    /// Whom to tell when the answer comes.
    wish: tell::Wish,
    /// Her own code, drawn once for a letter that waits: most never do.
    own: OnceCell<Qr>,
    paper: Paper,
}

pub enum Life {
    /// Being written to the disk.
    Keeping,
    /// The disk or memory would not have it: nothing was sent.
    NotKept(Code),
    Kept {
        id: outbox::Id,
        status: Status,
    },
}

#[derive(Clone)]
pub enum Message {
    Submitted(Once<Result<outbox::Id, OutboxError>>),
    Status(Status),
    Tell(tell::Message),
    Print,
    StopPrint,
    Paper(paper::Message),
    Back,
    Finish,
}

pub enum Action {
    None,
    Run(Task<Message>),
    Received(Box<received::State>),
    Back,
    Finish { printed: bool },
}

impl State {
    pub fn new(player: Box<Player>, signed: Signed, context: &Context<'_>) -> (Self, Task<Message>) {
        let Signed { letter, prepared } = signed;
        let outbox = context.world.env.outbox.clone();
        let mark = letter.secret.outbox_mark();
        let task = Task::perform(async move { outbox.submit_marked(prepared, mark).await }, |result| {
            Message::Submitted(Once::new(result))
        });
        let (wish, own, paper) = (tell::Wish::default(), OnceCell::new(), Paper::default());
        (Self { player, letter: Arc::new(letter), life: Life::Keeping, wish, own, paper }, task)
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Submitted(result) => match result.take() {
                Some(Ok(id)) => self.life = Life::Kept { id, status: Status::Stored { fault: None } },
                Some(Err(error)) => self.life = Life::NotKept(error.code()),
                None => {}
            },
            Message::Status(status) => {
                if let Status::Registered { receipt, signed } = &status {
                    let wish = std::mem::take(&mut self.wish);
                    let state = received::State::new(receipt.clone(), signed, self.letter.clone(), wish);
                    // What is coming out comes out.
                    let came = self.paper.printed() || self.paper.is_busy();
                    return Action::Received(Box::new(state.after_sheet(came)));
                }
                if let Life::Kept { status: shown, .. } = &mut self.life {
                    *shown = status;
                }
            }
            Message::Tell(message) => {
                let Some(id) = self.id() else { return Action::None };
                let (env, letter) = (&context.world.env, &self.letter);
                let keep = |phone| tell::by_outbox(env.clone(), id, &letter.secret, phone);
                return Action::Run(self.wish.update(message, context, &keep).map(Message::Tell));
            }
            Message::Print if self.waits() => return Action::Run(self.print(context).map(Message::Paper)),
            Message::Print => {}
            Message::StopPrint => self.paper.stop(),
            Message::Paper(progress) => self.paper.update(progress),
            Message::Back if self.may_go_back() => return Action::Back,
            Message::Back => {}
            Message::Finish if self.is_kept() => {
                return Action::Finish { printed: self.paper.printed() };
            }
            Message::Finish => {}
        }
        Action::None
    }

    /// Is the letter on the disk, or past it?
    pub fn is_kept(&self) -> bool {
        matches!(self.life, Life::Kept { .. })
    }

    /// Is something going on that the visitor need only wait for?
    pub fn is_working(&self) -> bool {
        match &self.life {
            Life::Keeping => true,
            Life::Kept { status, .. } => !status.is_final(),
            Life::NotKept(_) => false,
        }
    }

    /// Does it wait here for longer than she will?
    fn waits(&self) -> bool {
        let status = match &self.life {
            Life::Kept { status, .. } => status,
            _ => return false,
        };
        matches!(status, Status::Stored { fault: Some(_) } | Status::Stuck { .. })
    }

    /// Her own code on a sheet: any kiosk tells her by it what became of the letter.
    fn print(&mut self, context: &Context<'_>) -> Task<paper::Message> {
        let letter = self.letter.clone();
        let portal = context.world.operator.get(letter.lang).to_owned();
        let now = context.world.env.clock.now().wall;
        let signed = Moment::parse_rfc3339(&letter.statement.time).unwrap_or(now);
        self.paper.print(context, move || {
            stored_pdf(&StoredPaper {
                lang: letter.lang,
                practice: letter.statement.practice,
                signed,
                body: &letter.statement.body.name,
                portal: &portal,
                own_qr: &letter.secret.qr_text(letter.statement.practice),
            })
        })
    }

    /// Where nothing was registered the letter may be mended and signed again.
    pub fn may_go_back(&self) -> bool {
        match &self.life {
            Life::NotKept(_) => true,
            Life::Kept { status, .. } => matches!(status, Status::NotAccepted { .. }),
            Life::Keeping => false,
        }
    }

    /// The question stands in place of the page.
    pub fn asks(&self) -> bool {
        self.wish.asks()
    }

    /// Is her number or her own code here, which a helper does not see?
    pub fn hides(&self) -> bool {
        self.wish.hides() || self.waits() && !self.wish.asks()
    }

    pub fn language_changed(&mut self, context: &Context<'_>) {
        self.wish.language_changed(context);
    }

    pub fn id(&self) -> Option<outbox::Id> {
        match &self.life {
            Life::Kept { id, .. } => Some(*id),
            _ => None,
        }
    }
}

impl State {
    pub fn view<'a>(&'a self, context: Context<'a>) -> Element<'a, Message> {
        let look = context.look;
        if let Some(question) = self.wish.page(context) {
            return question.map(Message::Tell);
        }
        let says = |id: String| Msg::from_id(&id).map(|m| Text::new(m).say(look.lang)).unwrap_or_default();
        let fault = |kind, code: Code| notice(look, kind, says(code.message_id()), says(code.remedy_id()));
        let page = |title: Msg| Frame::new(&context, "sending", title).crumb(Msg::SendingCrumb);
        let status = match &self.life {
            Life::Keeping => return page(Msg::SendingTitle).push(steps(look, 1, None)).show(),
            Life::NotKept(code) => {
                let page = page(Msg::SendingStuckTitle).push(fault(Notice::Danger, *code));
                return page.primary(Msg::SendingToLetter, Some(Message::Back)).show();
            }
            Life::Kept { status, .. } => status,
        };
        match status {
            Status::Stored { fault: None } | Status::Registered { .. } => {
                let page = page(Msg::SendingTitle).push(steps(look, 2, None));
                page.push(text(look, Msg::SendingWait)).show()
            }
            Status::Sending { sent, total } => {
                let page = page(Msg::SendingTitle).push(steps(look, 2, Some((*sent, *total))));
                page.push(text(look, Msg::SendingWait)).show()
            }
            // An outage is not "not sent": the letter is kept, and goes by itself.
            Status::Stored { fault: Some(code) } => page(Msg::SendingOfflineTitle)
                .wide()
                .push(notice(look, Notice::Warning, Msg::SendingOfflineText, ""))
                .push_maybe(self.paper.view(look, Message::StopPrint))
                .push(self.waiting(&context))
                .push(small(look, says(code.message_id())))
                .push_maybe(self.wish.card(&context).map(|card| card.map(Message::Tell)))
                .also("sending.print", Msg::ReceivedPrint, Icon::Printer, Message::Print)
                .primary(Msg::SendingLeave, Some(Message::Finish))
                .show(),
            Status::NotAccepted { notice: word, .. } => {
                let reason = Code::listed(&word.reason).unwrap_or(Code("portal.problem"));
                page(Msg::SendingRefusedTitle)
                    .push(fault(Notice::Danger, reason))
                    .also("sending.finish", Msg::SendingLeave, Icon::Check, Message::Finish)
                    .primary(Msg::SendingToLetter, Some(Message::Back))
                    .show()
            }
            Status::Stuck { code } => page(Msg::SendingStuckTitle)
                .wide()
                .push(fault(Notice::Warning, *code))
                .push_maybe(self.paper.view(look, Message::StopPrint))
                .push(self.waiting(&context))
                .also("sending.print", Msg::ReceivedPrint, Icon::Printer, Message::Print)
                .primary(Msg::SendingLeave, Some(Message::Finish))
                .show(),
        }
    }
}

impl State {
    /// How far it is, and beside it her code, for the sheet or for her telephone's camera.
    fn waiting<'a>(&self, context: &Context<'a>) -> Element<'a, Message> {
        let look = context.look;
        let gap = look.space(2.0);
        let told = column![steps(look, 2, None), text(look, Msg::SendingOfflinePaper)].spacing(gap);
        // As wide as the code, wherever it stands.
        let letter = &self.letter;
        let own = self.own.get_or_init(|| Qr::new(&letter.secret.qr_text(letter.statement.practice)));
        let own = row![received::own(look, own, None, context.help.hides())].width(Length::Shrink);
        if look.has_side() && look.step <= Step::Large {
            row![told.width(Length::Fill), own].spacing(look.space(4.0)).into()
        } else {
            column![told, own].spacing(gap).into()
        }
    }
}

/// How far the letter is: signed, kept here, sent, registered.
fn steps<'a>(look: &Look, done: usize, sent: Option<(u64, u64)>) -> Element<'a, Message> {
    let p = look.palette();
    let size = look.size(Type::Title);
    let names =
        [Msg::SendingStepSigned, Msg::SendingStepStored, Msg::SendingStepSent, Msg::SendingStepRegistered];
    let mut list = column![].spacing(look.space(2.0));
    for (n, name) in names.into_iter().enumerate() {
        let (glyph, ink) = match n {
            n if n < done => (Icon::CircleCheck, p.good),
            n if n == done => (Icon::Hourglass, p.accent),
            _ => (Icon::Circle, p.soft),
        };
        let words = if n == done { strong(look, name) } else { text(look, name) };
        list = list
            .push(row![icon(glyph, size, ink), words].spacing(look.space(2.0)).align_y(Alignment::Center));
    }
    if let Some((sent, total)) = sent
        && total > 0
    {
        let bytes = |n| format::file_size(look.lang, n);
        let says = Text::new(Msg::SendingProgress).with("sent", bytes(sent)).with("total", bytes(total));
        let part = sent as f32 / total as f32;
        list = list.push(small(look, says.clone())).push(progress(look, "sending.progress", says, part));
    }
    card(look, list)
}
