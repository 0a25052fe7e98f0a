//! Text on screen: an own text widget that reports its words and its measure to the semantic tree.

use std::borrow::Cow;

use iced::advanced::text::paragraph::{Paragraph as _, Plain};
use iced::advanced::widget::text::{Format, Style, draw, layout};
use iced::advanced::widget::{Operation, Tree, Widget, tree};
use iced::advanced::{Layout, layout as lay, mouse, renderer};
use iced::widget::text::{Alignment, LineHeight, Wrapping};
use iced::{Color, Element, Font, Length, Pixels, Rectangle, Renderer, Size, Theme};

use super::fonts;
use super::semantic::{Id, Lines, Node, Probe, Role, Sensitivity};
use super::theme::{Look, Type};
use crate::i18n::{Lang, Msg, Text, tr};

/// Whatever can be said in a language: a message, a message with arguments, or words as they are.
pub trait Say {
    fn say(self, lang: Lang) -> String;
}

impl Say for Msg {
    fn say(self, lang: Lang) -> String {
        tr(lang, self)
    }
}
impl Say for &Text {
    fn say(self, lang: Lang) -> String {
        Text::say(self, lang)
    }
}
impl Say for Text {
    fn say(self, lang: Lang) -> String {
        Text::say(&self, lang)
    }
}
impl Say for String {
    fn say(self, _: Lang) -> String {
        self
    }
}
impl Say for &str {
    fn say(self, _: Lang) -> String {
        self.to_owned()
    }
}
impl Say for Cow<'_, str> {
    fn say(self, _: Lang) -> String {
        self.into_owned()
    }
}

/// Characters of a line at most (UX: language).
const LINE: usize = 75;

type Paragraph = <Renderer as iced::advanced::text::Renderer>::Paragraph;

/// A run of words. Made by [`text`] and its sisters; wraps at words and grows downwards.
pub struct Words {
    words: String,
    id: Id,
    role: Role,
    sensitivity: Sensitivity,
    format: Format<Font>,
    color: Color,
    most: Option<f32>,
    /// Running words: at most [`LINE`] characters a line.
    runs: bool,
    /// Says nothing: an icon beside its words.
    mute: bool,
}

/// Words in a size and colour of the scale. The sisters below are what screens use.
pub fn words(look: &Look, kind: Type, says: impl Say) -> Words {
    let palette = look.palette();
    let font = match kind {
        Type::Figure | Type::Heading => fonts::BOLD,
        Type::Title | Type::Label => fonts::SEMIBOLD,
        Type::Body | Type::Small | Type::Bar => fonts::REGULAR,
    };
    Words {
        words: says.say(look.lang),
        id: Cow::Borrowed(""),
        role: if matches!(kind, Type::Heading | Type::Title) { Role::Heading } else { Role::Label },
        sensitivity: Sensitivity::Public,
        color: if kind == Type::Figure { palette.accent } else { palette.ink },
        format: Format {
            size: Some(Pixels(look.size(kind))),
            font: Some(font),
            line_height: LineHeight::Absolute(Pixels(look.line(kind))),
            wrapping: Wrapping::WordOrGlyph,
            ..Format::default()
        },
        most: matches!(kind, Type::Body | Type::Small).then(|| look.measure()),
        runs: !matches!(kind, Type::Figure | Type::Heading | Type::Bar),
        mute: false,
    }
}

/// A screen's one heading.
pub fn heading(look: &Look, says: impl Say) -> Words {
    words(look, Type::Heading, says)
}

/// A section's or card's heading.
pub fn title(look: &Look, says: impl Say) -> Words {
    words(look, Type::Title, says)
}

/// Body text, at most 75 characters a line.
pub fn text(look: &Look, says: impl Say) -> Words {
    words(look, Type::Body, says)
}

/// Body text in the strong weight.
pub fn strong(look: &Look, says: impl Say) -> Words {
    words(look, Type::Body, says).semibold()
}

/// Small, softer text: hints, dates, where something comes from.
pub fn small(look: &Look, says: impl Say) -> Words {
    words(look, Type::Small, says).soft(look)
}

/// What people came for, large: a number, a date, days left.
pub fn figure(look: &Look, says: impl Say) -> Words {
    words(look, Type::Figure, says)
}

impl Words {
    /// The visitor's own words or data: not in logs, not spoken aloud without headphones.
    pub fn private(mut self) -> Self {
        self.sensitivity = Sensitivity::Private;
        self
    }

    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = id.into();
        self
    }

    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    pub fn color(mut self, color: Color) -> Self {
        self.color = color;
        self
    }

    pub fn soft(self, look: &Look) -> Self {
        self.color(look.palette().soft)
    }

    pub fn accent(self, look: &Look) -> Self {
        self.color(look.palette().accent)
    }

    pub fn danger(self, look: &Look) -> Self {
        self.color(look.palette().danger)
    }

    pub fn good(self, look: &Look) -> Self {
        self.color(look.palette().good)
    }

    pub fn semibold(mut self) -> Self {
        self.format.font = Some(fonts::SEMIBOLD);
        self
    }

    pub fn bold(mut self) -> Self {
        self.format.font = Some(fonts::BOLD);
        self
    }

    pub fn centered(mut self) -> Self {
        self.format.align_x = Alignment::Center;
        self
    }

    pub fn width(mut self, width: impl Into<Length>) -> Self {
        self.format.width = width.into();
        self
    }

    /// Takes as much width as there is for seventy-five of its own characters; without this, for as
    /// many of the mean width.
    pub fn wide(mut self) -> Self {
        self.most = None;
        self
    }

    pub(super) fn font(mut self, font: Font) -> Self {
        self.format.font = Some(font);
        self
    }

    pub(super) fn size(mut self, size: f32, line: f32) -> Self {
        self.format.size = Some(Pixels(size));
        self.format.line_height = LineHeight::Absolute(Pixels(line));
        self
    }

    pub(super) fn one_line(mut self) -> Self {
        self.format.wrapping = Wrapping::None;
        self
    }

    pub(super) fn decoration(mut self) -> Self {
        self.mute = true;
        self
    }
}

fn lines(paragraph: &Paragraph) -> Lines {
    let mut lines = Lines::default();
    let mut before = None;
    for run in paragraph.buffer().layout_runs() {
        let (Some(first), Some(last)) = (run.glyphs.first(), run.glyphs.last()) else { continue };
        let (start, end) = (first.start.min(last.start), first.end.max(last.end));
        let (Some(gone), Some(here)) = (run.text.get(..start), run.text.get(start..end)) else { continue };
        lines.longest = lines.longest.max(here.trim_end().chars().count());
        let within = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let goes_on = before == Some((run.line_i, start));
        lines.broken |= goes_on && within(gone.chars().next_back()) && within(here.chars().next());
        before = Some((run.line_i, end));
    }
    lines
}

impl<M> Widget<M, Theme, Renderer> for Words {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<Plain<Paragraph>>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(Plain::<Paragraph>::default())
    }

    fn size(&self) -> Size<Length> {
        Size::new(self.format.width, self.format.height)
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &lay::Limits) -> lay::Node {
        let mut limits = self.most.map_or(*limits, |most| limits.max_width(most));
        let state = tree.state.downcast_mut::<Plain<Paragraph>>();
        let mut node = layout::<Renderer>(state, renderer, &limits, &self.words, self.format);
        // Narrow letters make a line of more characters than the measure's mean.
        for _ in 0..if self.runs { 4 } else { 0 } {
            let longest = lines(state.raw()).longest;
            if longest <= LINE {
                break;
            }
            let width = state.raw().min_bounds().width * LINE as f32 / longest as f32;
            limits = limits.max_width(width.floor());
            node = layout::<Renderer>(state, renderer, &limits, &self.words, self.format);
        }
        node
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        _theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        _cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_ref::<Plain<Paragraph>>();
        draw(renderer, style, layout.bounds(), state.raw(), Style { color: Some(self.color) }, viewport);
    }

    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, _: &Renderer, operation: &mut dyn Operation) {
        if self.mute {
            return;
        }
        let state = tree.state.downcast_ref::<Plain<Paragraph>>();
        let mut node = Node::new(self.id.clone(), self.role, self.words.clone());
        node.sensitivity = self.sensitivity;
        let (needs, lines) = (state.raw().min_bounds(), lines(state.raw()));
        operation.custom(None, layout.bounds(), &mut Probe::Text { node, needs, lines });
        operation.text(None, layout.bounds(), &self.words);
    }
}

impl<'a, M: 'a> From<Words> for Element<'a, M> {
    fn from(words: Words) -> Self {
        Element::new(words)
    }
}
