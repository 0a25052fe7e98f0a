//! How the kit behaves under finger, mouse and keyboard; each test would show one of iced 0.14's
//! known faults come back.

use iced::advanced::widget::operation::Operation;
use iced::keyboard::{self, Key, Location, Modifiers, key};
use iced::time::{Duration, Instant};
use iced::widget::Column;
use iced::{Element, Event, Point, Size, mouse, touch, window};

use super::edit::{Buffer, Edit};
use super::entry::Entry;
use super::focus::{self, Way};
use super::headless::Stage;
use super::icon::Icon;
use super::scroll::Scroll;
use super::theme::Look;
use super::{button, canvas, samples};
use crate::i18n::{Lang, Msg};

const SIZE: Size = Size::new(800.0, 600.0);

fn stage() -> Stage {
    Stage::new(SIZE).expect("a headless renderer")
}

fn look() -> Look {
    Look { viewport: SIZE, ..Look::default() }
}

fn moved(at: Point) -> Event {
    Event::Mouse(mouse::Event::CursorMoved { position: at })
}
fn down() -> Event {
    Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
}
fn up() -> Event {
    Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))
}
fn finger(position: Point, what: &str) -> Event {
    let id = touch::Finger(7);
    Event::Touch(match what {
        "down" => touch::Event::FingerPressed { id, position },
        "move" => touch::Event::FingerMoved { id, position },
        _ => touch::Event::FingerLifted { id, position },
    })
}

fn press(key: Key, code: Option<key::Code>, text: Option<&str>, modifiers: Modifiers) -> Event {
    let unknown = key::Physical::Unidentified(key::NativeCode::Unidentified);
    Event::Keyboard(keyboard::Event::KeyPressed {
        modified_key: key.clone(),
        key,
        physical_key: code.map_or(unknown, key::Physical::Code),
        location: Location::Standard,
        modifiers,
        text: text.map(Into::into),
        repeat: false,
    })
}

fn named(key: key::Named) -> Event {
    press(Key::Named(key), None, None, Modifiers::empty())
}

fn step(way: Way) -> Box<dyn Operation> {
    Box::new(focus::step::<()>(way))
}

/// Ten buttons in a scrollable, a disabled one above them.
fn list() -> Element<'static, usize> {
    let look = look();
    let buttons = (1..=10).map(|i| button::choice(&look, format!("b{i}"), "Қосу", None, false).on(i).into());
    let off = button::secondary(&look, "off", "Қосу");
    let all = Column::new().push(off).push(Column::with_children(buttons).spacing(8)).spacing(8);
    canvas::canvas(&look, Scroll::new(&look, "list", all))
}

fn center(stage: &mut Stage, id: &str) -> Point {
    stage.tree(list()).find(id).expect("it is there").bounds.center()
}

#[test]
fn a_click_and_a_touch_tap_and_a_press_elsewhere_does_not() {
    let mut stage = stage();
    let at = center(&mut stage, "b2");
    stage.point(at);
    assert_eq!(stage.update(list(), &[moved(at), down(), up()]), [2]);
    assert_eq!(stage.update(list(), &[finger(at, "down"), finger(at, "up")]), [2]);
    assert_eq!(stage.update(list(), &[down()]), Vec::<usize>::new());
    stage.point(Point::new(at.x, 590.0));
    assert_eq!(stage.update(list(), &[up()]), Vec::<usize>::new());
}

#[test]
fn a_drag_scrolls_and_does_not_tap() {
    let mut stage = stage();
    let at = center(&mut stage, "b4");
    for touch in [false, true] {
        let before = center(&mut stage, "b4").y;
        stage.point(at);
        let (a, b, c) = if touch {
            (finger(at, "down"), finger(at - iced::Vector::new(0.0, 50.0), "move"), finger(at, "up"))
        } else {
            (down(), moved(at - iced::Vector::new(0.0, 50.0)), up())
        };
        stage.update(list(), &[moved(at), a]);
        stage.point(at - iced::Vector::new(0.0, 50.0));
        assert_eq!(stage.update(list(), &[b]), Vec::<usize>::new());
        assert_eq!(stage.update(list(), &[c]), Vec::<usize>::new());
        assert_eq!(before - center(&mut stage, "b4").y, 50.0, "touch {touch}");
    }
}

#[test]
fn a_trembling_finger_still_taps() {
    let mut stage = stage();
    let at = center(&mut stage, "b1");
    stage.point(at);
    let near = at + iced::Vector::new(4.0, -6.0);
    let events = [finger(at, "down"), finger(near, "move"), finger(near, "up")];
    assert_eq!(stage.update(list(), &events), [1]);
}

#[test]
fn tab_goes_in_reading_order_around_and_into_view_past_what_is_disabled() {
    let mut stage = stage();
    let mut seen = Vec::new();
    for _ in 0..12 {
        stage.operate(list(), step(Way::Next));
        stage.update(list(), &[Event::Window(window::Event::RedrawRequested(Instant::now()))]);
        let tree = stage.tree(list());
        let node = tree.focused().expect("something is in focus");
        let seen_part = node.visible.expect("in view");
        assert!(seen_part.height + 0.5 >= node.bounds.height, "{node:?} {seen_part:?}");
        seen.push(node.id.to_string());
    }
    let order = ["b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "b9", "b10"];
    assert_eq!(seen[..10], order);
    // Then the scroll's own button, and around.
    assert!(seen[10].starts_with("list."), "{seen:?}");
    stage.operate(list(), step(Way::Previous));
    assert!(stage.tree(list()).focused().is_some());
}

#[test]
fn enter_and_space_work_what_is_in_focus_once() {
    let mut stage = stage();
    stage.operate(list(), step(Way::First));
    assert_eq!(stage.update(list(), &[named(key::Named::Enter)]), [1]);
    assert_eq!(stage.update(list(), &[named(key::Named::Space)]), [1]);
    // A touch anywhere takes the ring away, and the keys with it.
    let at = center(&mut stage, "b3");
    stage.point(at);
    assert_eq!(stage.update(list(), &[finger(at, "down"), finger(at, "up")]), [3]);
    assert_eq!(stage.update(list(), &[named(key::Named::Enter)]), Vec::<usize>::new());
}

#[test]
fn a_disabled_button_stays_in_the_tree_and_says_nothing() {
    let mut stage = stage();
    let tree = stage.tree(list());
    let off = tree.find("off").expect("in the tree");
    assert!(off.state.disabled);
    stage.point(off.bounds.center());
    assert_eq!(stage.update(list(), &[down(), up()]), Vec::<usize>::new());
}

#[test]
fn more_is_a_button_until_the_end_and_then_the_way_back() {
    let mut stage = stage();
    assert!(stage.tree(list()).find("list.up").is_none());
    for _ in 0..6 {
        let Some(more) = stage.tree(list()).find("list.more").map(|n| n.bounds.center()) else { break };
        stage.point(more);
        stage.update(list(), &[down(), up()]);
    }
    let tree = stage.tree(list());
    assert!(tree.find("list.more").is_none() && tree.find("list.up").is_some());
    let last = tree.find("b10").expect("the last");
    assert_eq!(last.visible.map(|v| v.height), Some(last.bounds.height));
}

#[test]
fn a_held_key_repeats_and_a_short_touch_does_not() {
    let look = look();
    let view = || -> Element<'_, &str> {
        canvas::canvas(&look, button::icon_button(&look, "key", "Өшіру", Icon::Delete).on("x").repeats(&look))
    };
    let mut stage = stage();
    let start = Instant::now();
    let frame = |ms| Event::Window(window::Event::RedrawRequested(start + Duration::from_millis(ms)));
    stage.point(Point::new(20.0, 20.0));
    let held =
        stage.update(view(), &[down(), frame(0), frame(400), frame(510), frame(610), frame(710), up()]);
    assert_eq!(held.len(), 3);
    assert_eq!(stage.update(view(), &[down(), frame(1000), frame(1200), up()]), ["x"]);
}

#[test]
fn beneath_a_dialog_nothing_is_read_touched_or_focused() {
    let look = Look { viewport: Size::new(1920.0, 1080.0), ..Look::default() };
    let (_, dialog) = samples::ALL.iter().find(|(n, _)| *n == "kit-dialog").expect("a sample");
    let mut stage = Stage::new(look.viewport).expect("a headless renderer");
    let tree = stage.tree(dialog(&look));
    let ids: Vec<_> = tree.controls().map(|n| n.id.to_string()).collect();
    assert_eq!(ids, ["leave.erase", "leave.stay"]);
    for expected in ["leave.erase", "leave.stay", "leave.erase"] {
        stage.operate(dialog(&look), step(Way::Next));
        assert_eq!(stage.tree(dialog(&look)).focused().map(|n| n.id.to_string()).as_deref(), Some(expected));
    }
    stage.point(Point::new(300.0, 40.0));
    assert_eq!(stage.update(dialog(&look), &[down(), up()]), Vec::new());
}

#[derive(Clone, Debug, PartialEq)]
enum Typed {
    Focus,
    Edit(Edit),
}

fn field<'a>(look: &Look, buffer: &'a Buffer, active: bool) -> Element<'a, Typed> {
    let entry =
        Entry::new(look, "text", Msg::HomeLetter, buffer).active(active).on(|| Typed::Focus, Typed::Edit);
    canvas::canvas(look, entry.view())
}

fn letter(c: &str, code: key::Code, modifiers: Modifiers) -> Event {
    press(Key::Character(c.into()), Some(code), Some(c), modifiers)
}

#[test]
fn physical_keys_follow_the_language_button() {
    let buffer = Buffer::line(20);
    for (lang, says) in [(Lang::Kk, "й"), (Lang::Ru, "й"), (Lang::En, "q")] {
        let look = Look { lang, ..look() };
        let mut stage = stage();
        let said =
            stage.update(field(&look, &buffer, true), &[letter("q", key::Code::KeyQ, Modifiers::empty())]);
        assert_eq!(said, [Typed::Edit(Edit::Insert(says.into()))]);
    }
}

#[test]
fn the_clipboard_keys_do_nothing() {
    let buffer = Buffer::line(20).with("құпия");
    let look = look();
    let mut stage = stage();
    for (c, code) in [("c", key::Code::KeyC), ("x", key::Code::KeyX), ("v", key::Code::KeyV)] {
        let said = stage.update(field(&look, &buffer, true), &[letter(c, code, Modifiers::CTRL)]);
        assert_eq!(said, Vec::new());
    }
}

#[test]
fn a_touch_activates_a_field_and_places_the_caret() {
    let buffer = Buffer::line(40).with("сәлем әлем");
    let look = look();
    let mut stage = stage();
    let bounds = stage.tree(field(&look, &buffer, false)).find("text").expect("a field").bounds;
    let at = Point::new(bounds.x + bounds.width - 10.0, bounds.center_y());
    stage.point(at);
    let said = stage.update(field(&look, &buffer, false), &[finger(at, "down"), finger(at, "up")]);
    assert_eq!(said, [Typed::Focus, Typed::Edit(Edit::Place(buffer.text().len()))]);
    let at = Point::new(bounds.x + 4.0, bounds.center_y());
    stage.point(at);
    let said = stage.update(field(&look, &buffer, true), &[finger(at, "down"), finger(at, "up")]);
    assert_eq!(said, [Typed::Edit(Edit::Place(0))]);
}

#[test]
fn up_and_down_follow_the_lines_as_they_are_seen() {
    let words =
        "Ауылымыздағы Абай көшесінде үш айдан бері жарық жоқ. Кешке балалар мектептен қараңғыда қайтады.";
    let look = look();
    let mut buffer = Buffer::lines(200).with(words);
    let mut stage = stage();
    let mut places = vec![buffer.caret()];
    for _ in 0..3 {
        for said in stage.update(field(&look, &buffer, true), &[named(key::Named::ArrowUp)]) {
            if let Typed::Edit(edit) = said {
                buffer.apply(&edit);
                places.push(buffer.caret());
            }
        }
    }
    assert!(places.len() == 4 && places[1] < places[0] && places[1] > 0, "{places:?}");
    // Past the first line the caret goes to its beginning, as everywhere.
    assert_eq!(places.last(), Some(&0), "{places:?}");
}

#[test]
fn tab_into_a_field_tells_the_screen_so_that_the_keyboard_follows() {
    let buffer = Buffer::line(20);
    let look = look();
    let mut stage = stage();
    stage.operate(field(&look, &buffer, false), step(Way::Next));
    let redraw = Event::Window(window::Event::RedrawRequested(Instant::now()));
    assert_eq!(stage.update(field(&look, &buffer, false), &[redraw]), [Typed::Focus]);
}
