//! The whole window: the strip, the bar, the visitor's screen, and what lies over it.

use iced::widget::{column, container};
use iced::{Alignment, Element, Length};

use super::listen::listen;
use super::over::{self, Over};
use super::{App, Message, Stand, Visit, assist, staff};
use crate::i18n::{Lang, Msg, Text};
use crate::screen::{Context, attract};
use crate::ui::bar::{Ask, bar, strip};
use crate::ui::button::{danger, icon, link, primary, secondary};
use crate::ui::canvas::canvas;
use crate::ui::coach::{Coach, coached};
use crate::ui::icon::Icon;
use crate::ui::modal::{Dialog, over as lay_over};
use crate::ui::scroll::Scroll;
use crate::ui::shell;
use crate::ui::tap::Tap;
use crate::ui::theme::{Look, Type};
use crate::ui::words::{heading, small, text, title};

pub fn view(app: &App) -> Element<'_, Message> {
    listen(window(app, app.coach()), app.silent, Message::Keys)
}

/// The same without a lesson's words over it.
pub fn bare(app: &App) -> Element<'_, Message> {
    listen(window(app, None), app.silent, Message::Keys)
}

fn window<'a>(app: &'a App, coach: Option<Coach<'a, Message>>) -> Element<'a, Message> {
    let look = &app.look;
    let strip = strip(look, app.practice(), &app.runs());
    let bar = bar(look, app.visit.is_some() || app.staff.is_some(), ask);
    if let (Some(staff), None) = (&app.staff, &app.visit) {
        return shell(look, strip, bar, staff.view(look, app.launch.desk.mode));
    }
    if let Some(visit) = &app.visit
        && let Some(context) = app.context(visit)
    {
        let beneath = lay_over(&visit.look, page(visit, context), dialog(visit, &visit.look));
        // Beside the page, so that it keeps its state while the strip comes and goes.
        let head = column![strip, bar, assist::strip(visit, look, &context)];
        return canvas(look, coached(look, head, beneath, coach));
    }
    match &app.stand {
        Stand::NotSetUp => shell(look, strip, bar, door(look, not_set_up(look))),
        Stand::Trouble(code) => {
            let says =
                |id: String| Msg::from_id(&id).map(|m| Text::new(m).say(look.lang)).unwrap_or_default();
            let code_line = Text::new(Msg::TroubleCode).with("code", code.0);
            let lines = column![
                heading(look, Msg::TroubleTitle),
                text(look, says(code.message_id())),
                text(look, says(code.remedy_id())),
                small(look, code_line),
            ];
            shell(look, strip, bar, door(look, middle(look, lines.spacing(look.space(2.0)))))
        }
        Stand::Starting { wanted } => shell(look, strip, bar, start(look, wanted.is_some())),
        Stand::Ready(_) => shell(look, strip, bar, door(look, start(look, false))),
    }
}

impl App {
    /// What this visitor's screen thinks and draws with; `None` while there is no world.
    pub(in crate::app) fn context<'a>(&'a self, visit: &'a Visit) -> Option<Context<'a>> {
        let Visit { look, help, .. } = visit;
        let (world, card) = (self.world()?, &self.card);
        let sticks = if self.lesson.is_some() { &[][..] } else { &self.sticks };
        Some(Context { look, world, card, sticks, help: *help })
    }

    /// Who runs the portal this kiosk is connected to.
    fn runs(&self) -> Text {
        if let Some(world) = self.world() {
            return Text::new(Msg::AppRunBy).with("name", world.operator.get(self.look.lang));
        }
        match &self.stand {
            _ if self.practice() => Msg::AppRunByPractice.into(),
            Stand::NotSetUp => Msg::SetupTitle.into(),
            Stand::Trouble(_) => Msg::TroubleTitle.into(),
            Stand::Ready(_) | Stand::Starting { .. } => Msg::StartingTitle.into(),
        }
    }
}

fn ask(ask: Ask) -> Message {
    match ask {
        Ask::Lang(lang) => Message::Language(lang),
        Ask::Step(step) => Message::TextSize(step),
        Ask::Scheme(scheme) => Message::Theme(scheme),
        Ask::Help => Message::Over(over::Message::Help),
        Ask::Call => Message::Over(over::Message::Call),
        Ask::Hide => Message::Over(over::Message::Hide),
        Ask::Leave => Message::Over(over::Message::Leave),
    }
}

fn start<'a>(look: &Look, busy: bool) -> Element<'a, Message> {
    attract::view(look, busy).map(Message::Begin)
}

/// The screen, unless what lies over it must hide the visitor's words.
fn page<'a>(visit: &'a Visit, context: Context<'a>) -> Element<'a, Message> {
    let look = context.look;
    match &visit.over {
        Over::None | Over::Leave | Over::Said(..) => {
            let id = visit.session.id();
            visit.screen.view(context).map(move |m| Message::Screen(id, m))
        }
        Over::Help(page) => page.view(context).map(|m| Message::Over(over::Message::Info(m))),
        Over::Called => {
            let back = secondary(look, "call.back", Msg::CallBack).on(Message::Over(over::Message::Close));
            let p = look.palette();
            let large = look.size(Type::Figure);
            let lines = column![
                icon(Icon::BellRing, large * 1.6, p.accent),
                crate::ui::words::figure(look, Msg::CallTitle).id("call.title").centered(),
                title(look, Msg::CallText).centered(),
                back,
            ];
            let answer = link(look, "call.answer", Msg::CallAnswer).on(Message::Over(over::Message::Answer));
            let middle = middle(look, lines.spacing(look.space(4.0)).align_x(Alignment::Center));
            column![container(middle).height(Length::Fill), corner(look, answer)].into()
        }
        Over::Answer(state) => state.view(look).map(|m| Message::Over(over::Message::Pin(m))),
        Over::Answered => assist::answered(look),
        Over::Asked => assist::asked(look),
        Over::Hidden => {
            let show = primary(look, "hidden.show", Msg::HiddenShow).on(Message::Over(over::Message::Close));
            let p = look.palette();
            let lines = column![
                icon(Icon::EyeOff, look.size(Type::Figure), p.accent),
                heading(look, Msg::HiddenTitle).id("hidden.title"),
                text(look, Msg::HiddenText),
                show,
            ];
            middle(look, lines.spacing(look.space(3.0)).align_x(Alignment::Center))
        }
    }
}

fn dialog<'a>(visit: &Visit, look: &Look) -> Option<Dialog<'a, Message>> {
    if let Some(seconds) = visit.warning {
        let says = Text::new(Msg::IdleText).with("n", seconds as i64);
        return Some(
            Dialog::new(look, "idle", Msg::IdleTitle)
                .icon(Icon::Hourglass)
                .text(says)
                .button(
                    secondary(look, "idle.leave", Msg::IdleLeave).on(Message::Over(over::Message::LeaveNow)),
                )
                .button(primary(look, "idle.stay", Msg::IdleStay).on(Message::Stay)),
        );
    }
    if let Over::Said(title, says) = visit.over {
        let close = primary(look, "said.close", Msg::AppClose).on(Message::Over(over::Message::Close));
        return Some(Dialog::new(look, "said", title).icon(Icon::Info).text(says).button(close));
    }
    if !matches!(visit.over, Over::Leave) {
        return None;
    }
    let dialog = Dialog::new(look, "leave", Msg::LeaveTitle)
        .icon(Icon::LogOut)
        .text(Msg::LeaveUnsent)
        .button(danger(look, "leave.erase", Msg::LeaveErase).on(Message::Over(over::Message::LeaveNow)));
    let later = secondary(look, "leave.later", Msg::LeaveLater).on(Message::Over(over::Message::Later));
    let dialog = if visit.screen.can_wait() { dialog.button(later) } else { dialog };
    Some(dialog.button(primary(look, "leave.stay", Msg::LeaveStay).on(Message::Over(over::Message::Close))))
}

/// The way of staff, small and in the corner; a visitor who touches it is told to go back.
fn door<'a>(look: &Look, page: Element<'a, Message>) -> Element<'a, Message> {
    let open = link(look, "attract.staff", Msg::AttractStaff).on(Message::Staff(staff::Message::Open));
    column![container(page).height(Length::Fill), corner(look, open)].into()
}

fn corner<'a>(look: &Look, tap: Tap<'a, Message>) -> Element<'a, Message> {
    container(tap).padding([look.space(1.0), look.margin()]).align_right(Length::Fill).into()
}

/// Nobody has chosen a portal or practice: said in three languages.
fn not_set_up<'a>(look: &Look) -> Element<'a, Message> {
    let mut lines = column![].spacing(look.space(3.0));
    for lang in Lang::ALL {
        let own = Look { lang, ..*look };
        lines = lines.push(
            column![title(&own, Msg::SetupTitle), text(&own, Msg::SetupText), small(&own, Msg::SetupStaff)]
                .spacing(look.space(0.75)),
        );
    }
    if !look.is_low() {
        return middle(look, lines);
    }
    container(Scroll::new(look, "setup.body", lines)).padding([look.space(2.0), look.margin()]).into()
}

fn middle<'a>(look: &Look, lines: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    container(lines).padding([look.space(4.0), look.margin()]).center(Length::Fill).into()
}
