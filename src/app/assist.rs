//! A librarian helps at the screen: she offers it, the visitor agrees or not, and either ends it. What is hidden from
//! her [`Help`] says; that help was given is counted, once a visit, and nothing else of it is kept.

use std::time::Duration;

use iced::widget::{column, container};
use iced::{Element, Padding, Size, Task};
use tokio::task::spawn_blocking;

use super::over::{self, Over};
use super::{App, Visit};
use crate::fault::Coded as _;
use crate::i18n::Msg;
use crate::log;
use crate::screen::Context;
use crate::screen::help::Help;
use crate::ui::bar;
use crate::ui::button::door;
use crate::ui::card::{Notice, card, fact, notice};
use crate::ui::grid::Grid;
use crate::ui::icon::Icon;
use crate::ui::page::Page;
use crate::ui::theme::Look;
use crate::ui::words::text;

/// How long what is hidden is shown.
const MOMENT: Duration = Duration::from_secs(15);

#[derive(Clone, Copy, Debug)]
pub enum Message {
    /// The librarian offers to help at the screen.
    Offer,
    /// She helps without it.
    Done,
    /// The visitor agrees.
    Yes,
    No,
    /// The visitor ends it.
    End,
    /// The visitor looks at what is hidden, or no longer.
    Show(bool),
    /// The moment of this look is over.
    Shown(u64),
    Counted,
}

impl App {
    pub(super) fn assist(&mut self, message: Message) -> Task<super::Message> {
        let helped = self.launch.desk.helped.clone();
        let Some(visit) = &mut self.visit else { return Task::none() };
        match (message, &visit.over) {
            (Message::Offer, Over::Answered) => visit.over = Over::Asked,
            (Message::Done, Over::Answered) => visit.over = Over::Hidden,
            (Message::Yes, Over::Asked) => {
                let counted = visit.help.given;
                visit.help = Help { beside: true, shown: false, given: true };
                visit.over = Over::None;
                if !counted {
                    // Not the visitor's task: it is done though she leaves at once.
                    let count = async move { spawn_blocking(move || helped.count()).await };
                    return Task::perform(count, |counted| {
                        if let Ok(Err(error)) = counted {
                            log::event(log::Event::Fault { code: error.code() });
                        }
                        super::Message::Over(over::Message::Assist(Message::Counted))
                    });
                }
            }
            (Message::No, Over::Asked) | (Message::End, _) => {
                visit.help.beside = false;
                visit.help.shown = false;
                // Nothing appears while the librarian is still there.
                visit.over = Over::Hidden;
            }
            (Message::Show(true), _) if visit.help.beside => {
                visit.help.shown = true;
                visit.looks += 1;
                let (look, id) = (visit.looks, visit.session.id());
                let (task, handle) =
                    Task::perform(tokio::time::sleep(MOMENT), move |()| (id, look)).abortable();
                visit.running.push(handle.abort_on_drop());
                return task
                    .map(|(_, look)| super::Message::Over(over::Message::Assist(Message::Shown(look))));
            }
            (Message::Show(false), _) => visit.help.shown = false,
            (Message::Shown(look), _) if look == visit.looks => visit.help.shown = false,
            _ => {}
        }
        Task::none()
    }

    /// The visitor's look follows the kiosk's, with the room that the strip leaves.
    pub(super) fn fit(&mut self) {
        if let Some(visit) = &mut self.visit {
            let Size { width, height } = self.look.viewport;
            let taken = if visit.help.beside { bar::ribbon_height(&self.look) } else { 0.0 };
            visit.look = Look { viewport: Size::new(width, height - taken), ..self.look };
        }
    }
}

fn say(message: Message) -> super::Message {
    super::Message::Over(over::Message::Assist(message))
}

/// The strip that stands on every screen while she is helped.
pub(super) fn strip<'a>(
    visit: &Visit,
    look: &Look,
    context: &Context<'_>,
) -> Option<Element<'a, super::Message>> {
    let drawn = matches!(visit.over, Over::None | Over::Leave | Over::Said(..) | Over::Help(_));
    if !visit.help.beside || !drawn {
        return None;
    }
    let (shows, glyph) = match visit.help.shown {
        true => (Msg::AssistHide, Icon::EyeOff),
        false => (Msg::AssistShow, Icon::Eye),
    };
    let can = matches!(visit.over, Over::None) && visit.screen.hides(context);
    let show = can.then(|| {
        let to = !visit.help.shown;
        bar::ribbon_button(look, "assist.show", shows, glyph).on(say(Message::Show(to)))
    });
    let end = bar::ribbon_button(look, "assist.end", Msg::AssistEnd, Icon::X).on(say(Message::End));
    Some(bar::ribbon(look, "assist", Msg::AssistStrip, Icon::HandHelping, show.into_iter().chain([end])))
}

/// For the librarian: what now? Of the visitor's words nothing is drawn.
pub(super) fn answered<'a>(look: &Look) -> Element<'a, super::Message> {
    let offer = door(look, "answered.offer", Icon::HandHelping, Msg::AssistOffer, Msg::AssistOfferNote);
    let done = door(look, "answered.done", Icon::EyeOff, Msg::AssistDone, Msg::AssistDoneNote);
    let ways = [offer.on(say(Message::Offer)).into(), done.on(say(Message::Done)).into()];
    Page::new(look, "answered", Msg::AssistAnswered)
        .crumb(Msg::CallAnswer)
        .wide()
        .body(Grid::new(columns(look), look.space(2.0), ways))
        .view()
}

/// For the visitor: what the librarian will see and what not, and two answers of one size.
pub(super) fn asked<'a>(look: &Look) -> Element<'a, super::Message> {
    let yes = door(look, "assist.yes", Icon::Check, Msg::AssistYes, Msg::AssistYesNote);
    let no = door(look, "assist.no", Icon::X, Msg::AssistNo, Msg::AssistNoNote);
    let ways: [Element<'a, super::Message>; 2] =
        [yes.on(say(Message::Yes)).into(), no.on(say(Message::No)).into()];
    let sees = column![
        fact(look, Msg::AssistSees, text(look, Msg::AssistSeesText).wide()),
        fact(look, Msg::AssistSeesNot, text(look, Msg::AssistSeesNotText).wide()),
    ];
    let body = column![
        card(look, sees.spacing(look.space(1.5))),
        notice(look, Notice::Info, Msg::AssistYours, Msg::AssistKept),
    ];
    let page = Page::new(look, "assist.asked", Msg::AssistAsked).wide().body(body.spacing(look.space(2.0)));
    // What she agrees to is read first; the answers never scroll away.
    let ways = container(Grid::new(columns(look), look.space(2.0), ways));
    let below = Padding { bottom: look.space(3.0), ..Padding::from([0.0, look.margin()]) };
    column![page.view(), ways.padding(below)].into()
}

fn columns(look: &Look) -> usize {
    if look.is_portrait() { 1 } else { 2 }
}
