//! A field with all that belongs to it: label, help, error, clear button, characters left.

use iced::widget::{Space, column, container, row};
use iced::{Alignment, Element, Length};

use super::button::icon;
use super::edit::{Buffer, Edit};
use super::field::Field;
use super::icon::Icon;
use super::keyboard::Kind;
use super::semantic::{Id, Node, Role};
use super::tap::Tap;
use super::theme::{Look, Type};
use super::words::{Say, small, strong};
use crate::i18n::{Msg, Text, tr};

/// Characters left that are worth a line of their own.
const FEW: usize = 500;

/// A field under construction. `entry.on(focused, edited)` makes it work; the screen keeps the
/// [`Buffer`], applies each [`Edit`], and says with `.active(true)` which field the on-screen
/// keyboard writes into.
pub struct Entry<'a, M> {
    look: Look,
    id: Id,
    buffer: &'a Buffer,
    label: String,
    shows_label: bool,
    help: Option<String>,
    error: Option<String>,
    placeholder: String,
    glyph: Option<Icon>,
    active: bool,
    hidden: Option<&'static str>,
    kind: Kind,
    rows: Option<f32>,
    counts: bool,
    on: Option<Told<'a, M>>,
}

/// What a screen is told: the field was touched, the field was typed into.
type Told<'a, M> = (Box<dyn Fn() -> M + 'a>, std::rc::Rc<dyn Fn(Edit) -> M + 'a>);

impl<'a, M: 'a> Entry<'a, M> {
    /// A field for `buffer`; several lines if the buffer holds several.
    pub fn new(look: &Look, id: impl Into<Id>, label: impl Say, buffer: &'a Buffer) -> Self {
        Self {
            look: *look,
            id: id.into(),
            buffer,
            label: label.say(look.lang),
            shows_label: true,
            help: None,
            error: None,
            placeholder: String::new(),
            glyph: None,
            active: false,
            hidden: None,
            kind: Kind::Text,
            rows: Some(if buffer.is_multiline() { 4.0 } else { 1.0 }),
            counts: false,
            on: None,
        }
    }

    pub fn on(mut self, focused: impl Fn() -> M + 'a, edited: impl Fn(Edit) -> M + 'a) -> Self {
        self.on = Some((Box::new(focused), std::rc::Rc::new(edited)));
        self
    }

    /// Does the on-screen keyboard write here?
    pub fn active(mut self, active: bool) -> Self {
        self.active = active;
        self
    }

    /// Shows these signs in place of what was typed, until the field is typed into again.
    pub fn hidden(mut self, signs: Option<&'static str>) -> Self {
        self.hidden = signs;
        self
    }

    /// What kind of thing is typed: physical keys and the keyboard follow it.
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    pub fn help(mut self, says: impl Say) -> Self {
        self.help = Some(says.say(self.look.lang)).filter(|h| !h.is_empty());
        self
    }

    /// What has to be mended: the words of the error summary.
    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    pub fn placeholder(mut self, says: impl Say) -> Self {
        self.placeholder = says.say(self.look.lang);
        self
    }

    pub fn icon(mut self, glyph: Icon) -> Self {
        self.glyph = Some(glyph);
        self
    }

    /// The page's heading is the label: not shown twice, but still said.
    pub fn unlabelled(mut self) -> Self {
        self.shows_label = false;
        self
    }

    /// Takes all the height there is ([`super::page::Page::fill`]).
    pub fn fills(mut self) -> Self {
        self.rows = None;
        self
    }

    /// Says how many characters there is still room for, when they grow few.
    pub fn counted(mut self) -> Self {
        self.counts = true;
        self
    }

    pub fn view(self) -> Element<'a, M> {
        let look = self.look;
        let p = look.palette();
        let role = if self.buffer.is_multiline() { Role::MultilineTextInput } else { Role::TextInput };
        let mut node = Node::new(self.id.clone(), role, self.label.clone());
        node.state.invalid = self.error.is_some();
        node.help = self.error.clone().or_else(|| self.help.clone());
        let digits = matches!(self.kind, Kind::Digits | Kind::Phone | Kind::Email);
        let mut field = Field::new(&look, node, self.buffer)
            .placeholder(self.placeholder)
            .active(self.active)
            .hidden(self.hidden.filter(|_| !self.active && !self.buffer.is_empty()))
            .digits(digits)
            .rows(self.rows);
        let mut clear = None;
        if let Some((focused, edited)) = self.on {
            if !self.buffer.is_multiline() && !self.buffer.is_empty() && self.active {
                let edge = look.line(Type::Body) + 28.0;
                let says = tr(look.lang, Msg::UiKeyClear);
                let node = Node::new(format!("{}.clear", self.id), Role::Button, says);
                let face =
                    container(icon(Icon::X, 28.0, p.soft)).center_x(edge.max(64.0)).center_y(edge.max(60.0));
                let skin = super::button::skin(&look, p.card, p.edge);
                let edited = edited.clone();
                clear = Some(Tap::new(node, skin, face).on_with(move || edited(Edit::Clear)));
            }
            field = field.on(focused, move |edit| edited(edit));
        }
        let edge = look.line(Type::Body) + 28.0;
        let glyph =
            self.glyph.map(|g| container(icon(g, look.size(Type::Body) * 1.3, p.accent)).center_y(edge));
        let line = row![].push(glyph).push(field).push(clear).spacing(12).align_y(Alignment::Start);
        let label = self.shows_label.then(|| strong(&look, self.label).role(Role::Label));
        let error = self.error.map(|says| {
            row![
                icon(Icon::CircleAlert, look.size(Type::Body), p.danger),
                strong(&look, says).danger(&look).role(Role::Alert).wide()
            ]
            .spacing(10)
        });
        let count = (self.counts && self.buffer.left() <= FEW).then(|| {
            let left = Text::new(Msg::UiCharactersLeft).with("n", self.buffer.left() as i64);
            row![Space::new().width(Length::Fill), small(&look, left)]
        });
        let height = if self.rows.is_some() { Length::Shrink } else { Length::Fill };
        let help = self.help.map(|h| small(&look, h).wide());
        column![].push(label).push(help).push(error).push(line).push(count).spacing(6).height(height).into()
    }
}
