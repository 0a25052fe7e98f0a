//! Buttons of every kind. Each is a [`Tap`] with a skin; `.on(message)` makes it work.

use iced::widget::{Space, column, container, row};
use iced::{Alignment, Color, Element, Length};

use super::icon::{self, Icon};
use super::semantic::{Id, Node, Role};
use super::tap::{Skin, Tap};
use super::theme::{Look, RADIUS, TARGET, Type};
use super::words::{Say, Words, words};

/// A button's skin: what fills it and what surrounds it.
pub(super) fn skin(look: &Look, fill: Color, edge: Color) -> Skin {
    let p = look.palette();
    Skin {
        fill,
        edge,
        edge_width: look.edge_width(),
        radius: 12.0,
        pressed: Color { a: 0.14, ..p.ink },
        focus: p.focus,
    }
}

/// An icon's glyph, `size` pixels square.
pub fn icon(icon: Icon, size: f32, color: Color) -> Words {
    words(&Look::default(), Type::Bar, String::from(icon.glyph()))
        .font(icon::FAMILY)
        .size(size, size)
        .color(color)
        .one_line()
        .decoration()
}

/// The content of a button: an optional icon before (or after) the label, at least `height` tall.
fn face<'a, M: 'a>(
    look: &Look,
    label: Option<Words>,
    before: Option<Icon>,
    after: Option<Icon>,
    color: Color,
    height: f32,
    side: f32,
) -> Element<'a, M> {
    let size = look.size(Type::Label) * 1.05;
    let glyph = |i: Icon| icon(i, size, color);
    let face = row![Space::new().height(height)]
        .push(before.map(glyph))
        .push(label.map(|l| l.color(color).centered()))
        .push(after.map(glyph))
        .spacing(if before.is_some() || after.is_some() { 10 } else { 0 })
        .align_y(Alignment::Center);
    container(face).padding([0.0, side]).center_x(Length::Shrink).into()
}

fn label(look: &Look, says: String) -> Words {
    words(look, Type::Label, says)
}

/// The one button that goes on. Filled with the accent; a screen has one.
pub fn primary<'a, M: 'a>(look: &Look, id: impl Into<Id>, says: impl Say) -> Tap<'a, M> {
    primary_with(look, id, says, None)
}

/// As [`primary`], with an icon after the label.
pub fn primary_with<'a, M: 'a>(
    look: &Look,
    id: impl Into<Id>,
    says: impl Say,
    after: Option<Icon>,
) -> Tap<'a, M> {
    let p = look.palette();
    let says = says.say(look.lang);
    let face =
        face(look, Some(label(look, says.clone())), None, after, p.on_accent, look.button_height(), 32.0);
    Tap::new(Node::new(id, Role::DefaultButton, says), skin(look, p.accent, p.accent), face)
}

/// As [`primary_with`] while it cannot be used: seen to be there, and to wait.
pub fn primary_waiting<'a, M: 'a>(
    look: &Look,
    id: impl Into<Id>,
    says: impl Say,
    after: Option<Icon>,
) -> Tap<'a, M> {
    let p = look.palette();
    let says = says.say(look.lang);
    let face = face(look, Some(label(look, says.clone())), None, after, p.soft, look.button_height(), 32.0);
    Tap::new(Node::new(id, Role::DefaultButton, says), skin(look, p.paper, p.edge), face)
}

/// Any other button: outlined in the accent.
pub fn secondary<'a, M: 'a>(look: &Look, id: impl Into<Id>, says: impl Say) -> Tap<'a, M> {
    secondary_with(look, id, says, None)
}

/// As [`secondary`], with an icon before the label.
pub fn secondary_with<'a, M: 'a>(
    look: &Look,
    id: impl Into<Id>,
    says: impl Say,
    before: Option<Icon>,
) -> Tap<'a, M> {
    let p = look.palette();
    let says = says.say(look.lang);
    let face =
        face(look, Some(label(look, says.clone())), before, None, p.accent, look.button_height(), 28.0);
    let mut skin = skin(look, p.card, p.accent);
    skin.edge_width = 2.0;
    Tap::new(Node::new(id, Role::Button, says), skin, face)
}

/// For what cannot be undone, and for that alone.
pub fn danger<'a, M: 'a>(look: &Look, id: impl Into<Id>, says: impl Say) -> Tap<'a, M> {
    let p = look.palette();
    let says = says.say(look.lang);
    let face = face(look, Some(label(look, says.clone())), None, None, p.danger, look.button_height(), 28.0);
    let mut skin = skin(look, p.card, p.danger);
    skin.edge_width = 2.0;
    Tap::new(Node::new(id, Role::Button, says), skin, face)
}

/// An underlined word that leads somewhere; as tall as any target.
pub fn link<'a, M: 'a>(look: &Look, id: impl Into<Id>, says: impl Say) -> Tap<'a, M> {
    let p = look.palette();
    let says = says.say(look.lang);
    let line =
        container(Space::new().height(2)).width(Length::Fill).style(move |_| container::background(p.accent));
    let word = words(look, Type::Body, says.clone()).color(p.accent);
    let face = row![
        Space::new().height(TARGET),
        // The rule is as wide as the word: the column takes the word's width.
        column![word, line].width(Length::Shrink)
    ]
    .align_y(Alignment::Center);
    let mut skin = skin(look, Color::TRANSPARENT, Color::TRANSPARENT);
    skin.edge_width = 0.0;
    Tap::new(Node::new(id, Role::Link, says), skin, container(face))
}

/// A square button of an icon alone; `says` is its name for speech.
pub fn icon_button<'a, M: 'a>(look: &Look, id: impl Into<Id>, says: impl Say, glyph: Icon) -> Tap<'a, M> {
    icon_target(look, id, says, glyph, look.button_height())
}

/// As [`icon_button`], no larger than a finger needs.
pub fn icon_small<'a, M: 'a>(look: &Look, id: impl Into<Id>, says: impl Say, glyph: Icon) -> Tap<'a, M> {
    icon_target(look, id, says, glyph, TARGET)
}

fn icon_target<'a, M: 'a>(
    look: &Look,
    id: impl Into<Id>,
    says: impl Say,
    glyph: Icon,
    edge: f32,
) -> Tap<'a, M> {
    let p = look.palette();
    let face = container(icon(glyph, 32.0, p.ink)).center_x(edge).center_y(edge);
    Tap::new(Node::new(id, Role::Button, says.say(look.lang)), skin(look, p.card, p.edge), face)
}

/// A tile: icon, title, a line beneath. Fills its cell; put tiles into a [`super::grid::Grid`].
pub fn tile<'a, M: 'a>(
    look: &Look,
    id: impl Into<Id>,
    glyph: Icon,
    says: impl Say,
    note: impl Say,
) -> Tap<'a, M> {
    tile_of(look, id, glyph, says.say(look.lang), note.say(look.lang), false)
}

/// One of few tiles on a page: as [`tile`], larger.
pub fn door<'a, M: 'a>(
    look: &Look,
    id: impl Into<Id>,
    glyph: Icon,
    says: impl Say,
    note: impl Say,
) -> Tap<'a, M> {
    tile_of(look, id, glyph, says.say(look.lang), note.say(look.lang), true)
}

fn tile_of<'a, M: 'a>(
    look: &Look,
    id: impl Into<Id>,
    glyph: Icon,
    says: String,
    note: String,
    roomy: bool,
) -> Tap<'a, M> {
    let p = look.palette();
    let (large, small, pad) =
        if roomy { (Type::Title, Type::Body, 5.0) } else { (Type::Label, Type::Small, 3.5) };
    let square = (look.size(large) * 2.2).round();
    let badge = container(icon(glyph, look.size(large) * 1.25, p.accent))
        .center_x(square)
        .center_y(square)
        .style(move |_| super::card::box_style(p.tint, p.tint, 0.0, 12.0));
    let title = words(look, large, says.clone()).role(Role::Label);
    let note = (!note.is_empty()).then(|| words(look, small, note).soft(look));
    let texts = column![title].push(note).spacing(if roomy { 8 } else { 4 }).width(Length::Fill);
    // Tiles of one row are as tall as the tallest: badges that stand on words begin at one height.
    let face = if look.is_low() || look.is_portrait() {
        container(row![badge, texts].spacing(look.space(3.0)).align_y(Alignment::Center))
            .center_y(Length::Shrink)
    } else {
        container(column![badge, texts].spacing(look.space(if roomy { 5.0 } else { 3.0 })))
    };
    let face = face.padding(look.space(pad)).width(Length::Fill);
    let mut skin = skin(look, p.card, p.edge);
    skin.radius = RADIUS;
    Tap::new(Node::new(id, Role::Button, says), skin, face)
}

/// A lesson to choose: its number, what it teaches, how long it takes.
pub fn lesson<'a, M: 'a>(
    look: &Look,
    id: impl Into<Id>,
    number: usize,
    says: impl Say,
    teaches: impl Say,
    minutes: impl Say,
) -> Tap<'a, M> {
    let p = look.palette();
    let says = says.say(look.lang);
    let square = (look.size(Type::Title) * 2.2).round();
    let count = words(look, Type::Title, number.to_string()).color(p.accent).role(Role::Label);
    let badge = container(count)
        .center_x(square)
        .center_y(square)
        .style(move |_| super::card::box_style(p.tint, p.tint, 0.0, 12.0));
    let clock = icon(Icon::Clock, look.line(Type::Small), p.soft);
    let takes =
        row![clock, words(look, Type::Small, minutes).soft(look)].spacing(8).align_y(Alignment::Center);
    let texts =
        column![words(look, Type::Title, says.clone()).role(Role::Label), words(look, Type::Body, teaches)]
            .push(takes)
            .spacing(look.space(1.5))
            .width(Length::Fill);
    let face: Element<'a, M> = if look.is_low() || look.is_portrait() {
        row![badge, texts].spacing(look.space(3.0)).into()
    } else {
        column![badge, texts].spacing(look.space(4.0)).into()
    };
    let face = container(face).padding(look.space(4.0)).width(Length::Fill);
    let mut skin = skin(look, p.card, p.edge);
    skin.radius = RADIUS;
    Tap::new(Node::new(id, Role::Button, says), skin, face)
}

/// One answer of several: a row with a round mark, chosen or not. Tapping chooses it.
pub fn choice<'a, M: 'a>(
    look: &Look,
    id: impl Into<Id>,
    says: impl Say,
    note: Option<String>,
    chosen: bool,
) -> Tap<'a, M> {
    option(look, id, says, note, chosen, Role::RadioButton, false)
}

/// One answer of few: as [`choice`], with more room.
pub fn answer<'a, M: 'a>(
    look: &Look,
    id: impl Into<Id>,
    says: impl Say,
    note: Option<String>,
    chosen: bool,
) -> Tap<'a, M> {
    option(look, id, says, note, chosen, Role::RadioButton, true)
}

/// A statement to agree to: a row with a square mark.
pub fn check<'a, M: 'a>(look: &Look, id: impl Into<Id>, says: impl Say, checked: bool) -> Tap<'a, M> {
    option(look, id, says, None, checked, Role::CheckBox, true)
}

fn option<'a, M: 'a>(
    look: &Look,
    id: impl Into<Id>,
    says: impl Say,
    note: Option<String>,
    chosen: bool,
    role: Role,
    roomy: bool,
) -> Tap<'a, M> {
    let p = look.palette();
    let (pad, side, kind) =
        if roomy { (look.space(3.0), 30.0, Type::Label) } else { (look.space(2.0), 22.0, Type::Body) };
    let says = says.say(look.lang);
    let round = if role == Role::RadioButton { 18.0 } else { 8.0 };
    let fill = if chosen { p.accent } else { p.card };
    let mark = container(chosen.then(|| icon(Icon::Check, 24.0, p.on_accent)))
        .center_x(36.0)
        .center_y(36.0)
        .style(move |_| super::card::box_style(fill, if chosen { p.accent } else { p.edge }, 2.0, round));
    let name = words(look, kind, says.clone());
    let name = if chosen { name.semibold() } else { name };
    let texts = column![name]
        .push(note.map(|n| words(look, Type::Small, n).soft(look)))
        .spacing(2)
        .width(Length::Fill);
    let line = row![mark, texts].spacing(18).align_y(Alignment::Center);
    let face =
        row![Space::new().height((TARGET + 4.0 - pad * 2.0).max(0.0)), line].align_y(Alignment::Center);
    let padding = iced::Padding { top: pad, right: side * 0.5, bottom: pad, left: side };
    let face = container(face).padding(padding).width(Length::Fill).center_y(Length::Shrink);
    let mut skin = skin(look, if chosen { p.tint } else { p.card }, if chosen { p.accent } else { p.edge });
    if chosen {
        skin.edge_width = 2.0;
    }
    let mut node = Node::new(id, role, says);
    node.state.checked = Some(chosen);
    Tap::new(node, skin, face)
}

/// A small choice in a row of several: languages, sizes, filters.
pub fn chip<'a, M: 'a>(look: &Look, id: impl Into<Id>, says: impl Say, chosen: bool) -> Tap<'a, M> {
    let says = says.say(look.lang);
    let tap = bar_button(look, id, Some(says.clone()), None, look.size(Type::Small), says, chosen);
    tap.role(Role::RadioButton)
}

/// A button of the top bar: at most an icon and a word in the bar's size.
pub(super) fn bar_button<'a, M: 'a>(
    look: &Look,
    id: impl Into<Id>,
    shows: Option<String>,
    glyph: Option<Icon>,
    size: f32,
    says: String,
    chosen: bool,
) -> Tap<'a, M> {
    let p = look.palette();
    let color = if chosen { p.on_accent } else { p.ink };
    let text = shows.map(|s| {
        let w = words(look, Type::Bar, s).size(size, (size * 1.3).round()).color(color).one_line();
        if chosen { w.semibold() } else { w }
    });
    let side = if text.is_some() { 18.0 } else { 0.0 };
    let face = row![Space::new().height(64)]
        .push(glyph.map(|g| icon(g, 28.0, color)))
        .push(text)
        .spacing(if glyph.is_some() && side > 0.0 { 8 } else { 0 })
        .align_y(Alignment::Center);
    let inner = column![Space::new().width(64.0 - 2.0 * side), face].align_x(Alignment::Center);
    let edge = if chosen { p.accent } else { p.edge };
    let mut node = Node::new(id, Role::Button, says);
    node.state.checked = chosen.then_some(true);
    Tap::new(
        node,
        skin(look, if chosen { p.accent } else { p.card }, edge),
        container(inner).padding([0.0, side]),
    )
}
