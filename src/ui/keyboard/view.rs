//! The keyboard as drawn: at most 45 % of the height, keys of at least 60 px with 8 px between.

use iced::widget::{Column, Row, Space, container};
use iced::{Alignment, Element, Length};

use super::rows::{Key, OWN, rows};
use super::{Keyboard, Kind, Shift};
use crate::i18n::{Msg, Text, tr};
use crate::ui::button::{icon, skin};
use crate::ui::icon::Icon;
use crate::ui::semantic::{Node, Role, Sensitivity};
use crate::ui::tap::Tap;
use crate::ui::theme::{GAP, Look, TARGET, Type};
use crate::ui::words::words;

/// The widest a letter's key gets.
const WIDEST: f32 = 132.0;

/// Key height and the board's padding above and below, for `count` rows.
fn measure(look: &Look, count: usize) -> (f32, f32) {
    let count = count as f32;
    let height = (look.viewport.height * 0.45).floor();
    let pad = if look.is_low() { 6.0 } else { 16.0 };
    let key = ((height - 1.0 - 2.0 * pad - (count - 1.0) * GAP) / count).floor();
    let most = match (look.is_low(), look.is_portrait()) {
        (true, _) => 62.0,
        (false, true) => 88.0,
        (false, false) => 72.0,
    };
    (key.clamp(TARGET, most), pad)
}

/// Draws the keyboard; `on` makes a message of a key.
pub fn view<'a, M: 'a>(
    look: &Look,
    keyboard: &Keyboard,
    on: impl Fn(Key) -> M + Clone + 'a,
) -> Element<'a, M> {
    let p = look.palette();
    let rows = rows(keyboard, look.is_low());
    let (height, pad) = measure(look, rows.len());
    let side = if look.viewport.width >= 1600.0 { 48.0 } else { 16.0 };
    let room = (look.viewport.width - 2.0 * side).min(1680.0);
    let pad_of_digits = matches!(keyboard.kind, Kind::Digits | Kind::Phone);
    let columns = rows.iter().take(rows.len().saturating_sub(1)).map(Vec::len).max().unwrap_or(12) as f32;
    let widest = if pad_of_digits { 180.0 } else { WIDEST };
    let unit = ((room - GAP * (columns - 1.0)) / columns).floor().clamp(TARGET, widest);
    let whole = unit * columns + GAP * (columns - 1.0);

    let mut board = Column::new().spacing(GAP).align_x(Alignment::Center);
    for row in rows {
        let stretches = row.iter().any(|k| *k == Key::Space || matches!(k, Key::Text(w) if w.len() > 3));
        let mut line = Row::new().spacing(GAP);
        if stretches {
            line = line.width(whole);
        }
        for key in row {
            let width = match key {
                Key::Space => Length::Fill,
                Key::Text(words) if words.len() > 2 && stretches => {
                    Length::FillPortion(words.len() as u16 + 3)
                }
                Key::Signs | Key::Alphabet => Length::Fixed((unit * 1.1).floor().max(76.0)),
                _ => Length::Fixed(unit),
            };
            line = line.push(one(look, keyboard, key, width, height, on.clone()));
        }
        board = board.push(line);
    }
    let rule =
        container(Space::new().height(1)).width(Length::Fill).style(move |_| container::background(p.line));
    let board = container(board).padding([pad, 0.0]).center_x(Length::Fill);
    container(Column::new().push(rule).push(board))
        .width(Length::Fill)
        .style(move |_| container::background(p.board))
        .into()
}

fn one<'a, M: 'a>(
    look: &Look,
    keyboard: &Keyboard,
    key: Key,
    width: Length,
    height: f32,
    on: impl Fn(Key) -> M + 'a,
) -> Element<'a, M> {
    let p = look.palette();
    let capital = keyboard.capitals();
    let say = |msg: Msg| tr(look.lang, msg);
    let own = matches!(key, Key::Text(w) if OWN.contains(&w));
    let special = !matches!(key, Key::Text(_) | Key::Space);
    let on_shift = key == Key::Shift && keyboard.shift != Shift::Off;
    let color = if on_shift { p.on_accent } else { p.ink };
    // A letter may be as large as its key lets it; captions keep to the bar's size.
    let letter = (look.size(Type::Body) * 1.1).min(height * 0.58);
    let word = |says: String, size: f32| {
        words(look, Type::Bar, says).size(size, (size * 1.25).round()).color(color).one_line()
    };
    let caption = look.size(Type::Bar).min(24.0);
    let glyph = |g: Icon| icon(g, (height * 0.46).min(36.0), color);
    let (id, says, face): (String, String, _) = match key {
        Key::Text(w) => {
            let shown = if capital { w.to_uppercase() } else { w.to_owned() };
            let size = if w.chars().count() > 1 { caption } else { letter };
            let text = word(shown.clone(), size);
            (format!("key.{w}"), shown, if own { text.semibold() } else { text })
        }
        Key::Space => {
            ("key.space".into(), say(Msg::UiKeySpace), word(say(Msg::UiKeySpace), caption).soft(look))
        }
        Key::Delete => ("key.delete".into(), say(Msg::UiKeyDelete), glyph(Icon::Delete)),
        Key::Left => ("key.left".into(), say(Msg::UiKeyLeft), glyph(Icon::ArrowLeft)),
        Key::Right => ("key.right".into(), say(Msg::UiKeyRight), glyph(Icon::ArrowRight)),
        Key::Enter => ("key.enter".into(), say(Msg::UiKeyEnter), glyph(Icon::CornerDownLeft)),
        Key::Clear => ("key.clear".into(), say(Msg::UiKeyClear), glyph(Icon::X)),
        Key::Shift => ("key.shift".into(), say(Msg::UiKeyShift), glyph(Icon::ArrowBigUp)),
        Key::Signs => {
            let (says, shows) = match keyboard.signs {
                true => (say(Msg::UiKeyLetters), keyboard.letters.name()),
                false => (say(Msg::UiKeySymbols), "?123"),
            };
            ("key.signs".into(), says, word(shows.into(), caption))
        }
        Key::Alphabet => {
            let name = keyboard.letters.next().name();
            let says = Text::new(Msg::UiKeyLayout).with("name", name).say(look.lang);
            ("key.letters".into(), says, word(name.into(), caption))
        }
    };
    let fill = if on_shift {
        p.accent
    } else if own {
        p.tint
    } else if special {
        p.key
    } else {
        p.card
    };
    let mut skin = skin(look, fill, if own { p.accent } else { p.edge });
    skin.radius = 10.0;
    let mut node = Node::new(id, Role::Button, says);
    if key == Key::Shift {
        node.state.checked = Some(keyboard.shift != Shift::Off);
        node.value = (keyboard.shift == Shift::Lock).then(|| "⇪".into());
    }
    if keyboard.kind == Kind::Password {
        node.sensitivity = Sensitivity::Secret;
    }
    let face = container(face).center_x(width).center_y(height);
    let tap = Tap::new(node, skin, face).on_with(move || on(key));
    let repeats = matches!(key, Key::Delete | Key::Left | Key::Right);
    if repeats { tap.repeats(look).into() } else { tap.into() }
}
