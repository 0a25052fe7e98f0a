//! The letter: the form's questions one by one, then all answers to check.

pub mod pages;

use iced::{Element, Task};

use super::Context;
use super::frame::Frame;
use super::resume::Opened;
use crate::content::Body;
use crate::domain::form::{Field, FieldKind, Page, PageKind};
use crate::i18n::{Lang, Msg, Text, format};
use crate::page::meaning::Ending;
use crate::page::mistake::Mistake;
use crate::page::player::{Moved, Player};
use crate::ui::card::{Notice, errors, notice, number};
use crate::ui::edit::{Buffer, Edit};
use crate::ui::focus;
use crate::ui::icon::Icon;
use crate::ui::keyboard::{self, Key, Keyboard};
use crate::ui::theme::Step;
use pages::attachments::{self, Files};
use pages::directory::SEARCH;
use pages::fields::kind;

/// How many bodies a search shows; another word shows others.
const FOUND: usize = 8;

pub struct State {
    pub(crate) player: Box<Player>,
    /// The page whose fields stand in `buffers`.
    page: &'static str,
    /// The fields of the open page as they are typed into.
    buffers: Vec<(&'static str, Buffer)>,
    /// The field that the on-screen keyboard writes into.
    active: Option<&'static str>,
    keyboard: Keyboard,
    mistakes: Vec<Mistake>,
    pub(crate) files: Files,
    /// What has to be said on the page that a saved letter opens at.
    said: Vec<(Msg, Msg)>,
}

#[derive(Clone)]
pub enum Message {
    Choose(&'static str, &'static str),
    Tick(&'static str, bool),
    Body(&'static str, &'static str),
    Focus(&'static str),
    Edit(&'static str, Edit),
    Key(Key),
    Files(attachments::Message),
    /// To the page of an answer, or to a field that has to be mended.
    Change(String),
    Mend(&'static str),
    Next,
    /// Take it along and go on another day.
    Later,
    Back,
}

pub enum Action {
    None,
    Run(Task<Message>),
    Later,
    Home,
    Sign,
    KeyFile,
    Phone,
    Pen,
}

impl State {
    /// A new letter; `None` where the content has lost its form.
    pub fn new(context: &Context<'_>) -> Option<Self> {
        let player = Player::new("letter", context.world.env.content)?;
        Some(Self::with(Box::new(player), context))
    }

    /// A letter that was begun: where it was left.
    pub fn with(player: Box<Player>, context: &Context<'_>) -> Self {
        let mut state = Self {
            player,
            page: "",
            buffers: Vec::new(),
            active: None,
            keyboard: Keyboard::new(context.look.lang, keyboard::Kind::Text),
            mistakes: Vec::new(),
            files: Files::default(),
            said: Vec::new(),
        };
        state.open(context);
        state
    }

    /// A saved letter: where it was left.
    pub fn resumed(opened: Opened, context: &Context<'_>) -> Self {
        Self { said: opened.said, ..Self::with(opened.player, context) }
    }

    /// Was anything answered?
    pub fn has_answers(&self) -> bool {
        self.player.answers(Lang::Kk).iter().any(|row| !row.value.is_empty())
    }

    /// Makes the fields of the player's page ready to be typed into.
    fn open(&mut self, context: &Context<'_>) {
        let page = self.player.page();
        if page.id == self.page {
            return;
        }
        self.page = &page.id;
        self.mistakes.clear();
        self.said.clear();
        self.buffers =
            self.player.fields(page).filter_map(|f| Some((f.id.as_str(), self.typed(f)?))).collect();
        if page.kind == PageKind::Directory {
            self.buffers.push((SEARCH, Buffer::line(80)));
        }
        // One field, or the first of several: the keyboard is up where there is something to type.
        // A search is only offered, the proposals must be seen first.
        self.active = None;
        // Nor is anything shown to a helper that the visitor has not touched herself.
        let hidden = |id: &str| {
            context.help.hides()
                && self.player.form().field(id).is_some_and(Field::is_personal)
                && self.buffer(id).is_some_and(|buffer| !buffer.is_empty())
        };
        let first = self.buffers.first().map(|(id, _)| *id).filter(|id| *id != SEARCH && !hidden(id));
        if let Some(first) = first {
            self.activate(first, context);
        }
    }

    fn typed(&self, field: &Field) -> Option<Buffer> {
        let most = field.max_chars();
        let buffer = match field.kind {
            FieldKind::Lines => Buffer::lines(most),
            FieldKind::Choice
            | FieldKind::Region
            | FieldKind::Body
            | FieldKind::Tick
            | FieldKind::Attachments => return None,
            _ => Buffer::line(most),
        };
        Some(buffer.with(self.player.text(&field.id)))
    }

    fn activate(&mut self, field: &'static str, context: &Context<'_>) {
        if self.active == Some(field) {
            return;
        }
        self.active = Some(field);
        let kind = self.player.form().field(field).map(kind).unwrap_or_default();
        self.keyboard = Keyboard::new(context.look.lang, kind);
        if let Some((_, buffer)) = self.buffers.iter().find(|(id, _)| *id == field) {
            self.keyboard.follow(buffer);
        }
    }

    /// The keyboard's letters go with the language; what was typed stays.
    pub fn language_changed(&mut self, lang: Lang) {
        self.keyboard.speak(lang);
    }

    pub fn update(&mut self, message: Message, context: &Context<'_>) -> Action {
        match message {
            Message::Choose(field, option) => {
                self.player.choose(field, option);
                self.mistakes.clear();
            }
            Message::Tick(field, ticked) => {
                self.player.tick(field, ticked);
                self.mistakes.clear();
            }
            Message::Body(field, body) => {
                self.player.set_body(field, body);
                self.mistakes.clear();
                self.active = None;
            }
            Message::Focus(field) => self.activate(field, context),
            Message::Edit(field, edit) => {
                self.activate(field, context);
                return self.edit(edit, context);
            }
            Message::Key(key) => {
                if let Some(edit) = self.keyboard.press(key) {
                    return self.edit(edit, context);
                }
            }
            Message::Files(message) => {
                let task = attachments::update(self, message, context);
                return Action::Run(task.map(Message::Files));
            }
            Message::Change(page) => {
                self.player.change(&page);
                self.open(context);
            }
            Message::Mend(field) => {
                let page = self.mistakes.iter().find(|m| m.field == field).map(|m| m.page);
                if let Some(page) = page
                    && page != self.page
                {
                    self.player.change(page);
                    self.open(context);
                }
                if self.buffers.iter().any(|(id, _)| *id == field) {
                    self.activate(field, context);
                    return Action::Run(focus::to(field));
                }
            }
            Message::Next => return self.next(context),
            Message::Later => return Action::Later,
            Message::Back => {
                if !self.player.back() {
                    return Action::Home;
                }
                self.open(context);
            }
        }
        Action::None
    }

    fn edit(&mut self, edit: Edit, context: &Context<'_>) -> Action {
        let Some(active) = self.active else { return Action::None };
        let Some((_, buffer)) = self.buffers.iter_mut().find(|(id, _)| *id == active) else {
            return Action::None;
        };
        if edit == Edit::Enter && !buffer.is_multiline() {
            // Enter in a line goes to the next field, or on.
            let at = self.buffers.iter().position(|(id, _)| *id == active);
            return match at.and_then(|at| self.buffers.get(at + 1)).map(|(id, _)| *id) {
                Some(next) => {
                    self.activate(next, context);
                    Action::Run(focus::to(next))
                }
                None if active == SEARCH => Action::None,
                None => self.next(context),
            };
        }
        let changed = buffer.apply(&edit);
        self.keyboard.follow(buffer);
        if changed && active != SEARCH {
            self.player.set_text(active, buffer.text());
            self.mistakes.retain(|m| m.field != active);
        }
        Action::None
    }

    fn next(&mut self, context: &Context<'_>) -> Action {
        let today = context.world.env.clock.now().wall.legal_date();
        match self.player.next(today) {
            Ok(Moved::Page) => self.open(context),
            Ok(Moved::Finished) => {
                return match self.player.ending() {
                    Ending::Card => Action::Sign,
                    Ending::Phone => Action::Phone,
                    Ending::KeyFile => Action::KeyFile,
                    Ending::Pen | Ending::Parent => Action::Pen,
                };
            }
            Err(mistakes) => {
                let first = mistakes.first().map(|m| m.field);
                self.mistakes = mistakes;
                // The keyboard goes down, so that what has to be mended is seen.
                self.active = None;
                if let Some(field) = first
                    && let Some((id, _)) = self.buffers.iter().find(|(id, _)| *id == field)
                {
                    return Action::Run(focus::to(*id));
                }
            }
        }
        Action::None
    }

    /// Is something of hers on this page that a helper does not see?
    pub fn hides(&self, lang: Lang) -> bool {
        let page = self.player.page();
        let filled = |field: &Field| field.is_personal() && !self.player.shown(field, lang).is_empty();
        match page.kind {
            PageKind::Check => self.player.pages().flat_map(|page| self.player.fields(page)).any(filled),
            PageKind::Attachments => !self.player.attachments().is_empty(),
            _ => self.player.fields(page).any(|field| filled(field) && !self.is_active(&field.id)),
        }
    }

    // What the page views ask.

    pub fn buffer(&self, field: &str) -> Option<&Buffer> {
        self.buffers.iter().find(|(id, _)| *id == field).map(|(_, buffer)| buffer)
    }

    pub fn is_active(&self, field: &str) -> bool {
        self.active == Some(field)
    }

    pub fn error(&self, field: &str, lang: Lang) -> Option<String> {
        self.mistakes.iter().find(|m| m.field == field).map(|m| m.say(lang))
    }

    /// The bodies that are searched for, else those proposed.
    pub fn bodies(&self, context: &Context<'_>) -> Vec<&'static Body> {
        let today = context.world.env.clock.now().wall.legal_date();
        match self.buffer(SEARCH).map(|b| b.text().trim()).filter(|words| !words.is_empty()) {
            Some(words) => self.player.search(words, context.look.lang, today, FOUND),
            None => self.player.proposed(today),
        }
    }

    pub fn view<'a>(&'a self, context: Context<'a>) -> Element<'a, Message> {
        let look = context.look;
        let page: &'static Page = self.player.page();
        let mut frame = Frame::new(&context, format!("letter.{}", page.id), page.question.get(look.lang));
        if page.kind == PageKind::Check {
            frame = frame.crumb(Msg::LetterCrumbCheck);
        } else {
            let (at, total) = self.player.progress();
            let crumb = Text::new(Msg::LetterCrumb).with("n", at as i64).with("total", total as i64);
            frame = frame.crumb(crumb).steps(at, total);
        }
        if let Some(hint) = &page.hint {
            frame = frame.hint(hint.get(look.lang));
        }
        for (lead, more) in &self.said {
            frame = frame.push(notice(look, Notice::Warning, *lead, *more));
        }
        if !self.mistakes.is_empty() {
            let list =
                self.mistakes.iter().map(|m| (m.field.into(), m.say(look.lang), Message::Mend(m.field)));
            frame = frame.push(errors(look, Msg::LetterErrors, list));
        }
        frame = pages::body(frame, self, page, &context);
        if let Some(due) = self.due(&context) {
            frame = frame.side(due);
        }
        frame = frame.back(Message::Back);
        // On a low screen with large letters the answers need the room; leaving offers it as well.
        let crowded = look.is_low() && look.step >= Step::Larger && page.kind == PageKind::Check;
        if self.has_answers() && !crowded {
            frame = frame.also("letter.later", Msg::LeaveLater, Icon::Clock, Message::Later);
        }
        frame = match (page.kind, self.player.ending()) {
            (PageKind::Check, ending) if ending.is_electronic() => {
                frame.primary(Msg::LetterCheckSign, Some(Message::Next))
            }
            (PageKind::Check, _) => frame.primary(Msg::LetterCheckPen, Some(Message::Next)),
            _ => frame.next(Message::Next),
        };
        if self.active.is_some() {
            frame = frame.keyboard(Some(keyboard::view(look, &self.keyboard, Message::Key)));
        }
        match pages::filling(self, page, &context) {
            Some(part) if self.mistakes.is_empty() && self.said.is_empty() => frame.show_filled(part),
            part => frame.push_maybe(part).show(),
        }
    }

    /// When the answer would be due, and how that was counted: from the moment the kind is known.
    fn due<'a>(&self, context: &Context<'a>) -> Option<Element<'a, Message>> {
        let look = context.look;
        let due = self.player.due(context.world.env.clock.now().wall)?.ok()?;
        let rule = context.world.env.content.rule(&due.rule)?;
        let days = Text::new(Msg::ReceivedRuleDays).with("n", i64::from(due.working_days)).say(look.lang);
        let note = format!("{days}. {}", rule.article.get(look.lang));
        Some(number(look, Msg::LetterDue, format::day_month(look.lang, due.date), Msg::LetterDueIf, note))
    }
}
