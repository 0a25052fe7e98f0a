//! No way out of the program, and nothing that breaks it: the whole application without a window, under more inputs than ten
//! minutes of two hundred a second bring.

use iced::keyboard::key::Physical;
use iced::keyboard::{Event as Keyboard, Key, Location, Modifiers};
use iced::{Event, Point, Size, window};

use tereze::card::Hand;
use tereze::i18n::Lang;

use crate::storm::{Act, CODES, Storm, window_events};
use crate::support::{Kiosk, keys};
use crate::visit::{answer, begin, half, hand, launch};

/// Ten minutes of two hundred a second.
const INPUTS: usize = 120_000;
/// Inputs between two frames, as a busy machine hands them over.
const AT_ONCE: usize = 60;
const SIZES: [(f32, f32); 5] =
    [(1920.0, 1080.0), (1366.0, 768.0), (1080.0, 1920.0), (640.0, 480.0), (1.0, 1.0)];

fn resized(size: (f32, f32)) -> Event {
    Event::Window(window::Event::Resized(Size::new(size.0, size.1)))
}

/// The kiosk takes every visitor back to the first screen, whatever she has done.
fn leave(kiosk: &mut Kiosk) {
    kiosk.pour(Point::ORIGIN, &[resized(SIZES[0])]);
    for _ in 0..20 {
        if kiosk.app.visit().is_none() && !kiosk.app.at_desk() {
            break;
        }
        for id in ["idle.stay", "said.close", "bar.leave", "leave.erase"] {
            if kiosk.has(id) {
                kiosk.tap(id);
            }
        }
        // A practice card that the storm put in is taken out, and the last page goes.
        if kiosk.app.visit().is_some() {
            hand(kiosk, Hand::TakeOut);
            kiosk.until("the empty reader", |k| k.tree().find("page.next").is_none_or(|n| !n.state.disabled));
            if kiosk.has("page.next") && !kiosk.has("leave.erase") {
                kiosk.tap("page.next");
            }
        }
    }
    assert!(kiosk.app.visit().is_none() && !kiosk.app.at_desk());
    assert!(kiosk.has("attract.start.kk"), "the first screen: {:#?}", kiosk.tree().nodes);
}

/// The seed is printed; `TEREZE_STORM_SEED` plays one again.
#[test]
fn a_hundred_and_twenty_thousand_random_inputs_break_nothing_and_lead_nowhere() {
    let seed = std::env::var("TEREZE_STORM_SEED").ok().and_then(|s| s.parse().ok());
    let seed = seed.unwrap_or_else(|| {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).unwrap();
        u64::from_le_bytes(bytes)
    });
    println!("seed {seed}");
    let mut storm = Storm::new(seed);
    let mut kiosk = Kiosk::open(launch());
    kiosk.until_shown("attract.start.kk");
    let (mut done, mut visits, mut size) = (0, 0, SIZES[0]);
    let mut last = None;
    while done < INPUTS {
        let act = storm.pointer(size);
        let mut events = act.events();
        let mut at = act.at().unwrap_or(Point::ORIGIN);
        // Every second touch meets a control: a random place seldom finds the way into a letter.
        if storm.below(2) == 0 {
            let tree = kiosk.tree();
            let seen: Vec<_> = tree.controls().filter_map(|n| n.visible).map(|v| v.center()).collect();
            if !seen.is_empty() {
                at = seen[storm.below(seen.len())];
                events = Act::Touch(at, iced::mouse::Button::Left).events();
            }
        }
        done += 1;
        for _ in 0..AT_ONCE {
            events.extend(storm.key().events());
            done += 1;
        }
        match storm.below(60) {
            0 => events.extend(window_events()),
            1 => {
                size = SIZES[storm.below(SIZES.len())];
                events.push(resized(size));
            }
            2 => events.extend((0..storm.below(200)).flat_map(|_| keys::press('7', "7"))),
            _ => {}
        }
        kiosk.pour(at, &events);
        assert_eq!(kiosk.asked.iter().find(|a| **a != "window"), None, "seed {seed} after {done}");
        let now = kiosk.app.visit().is_some();
        visits += usize::from(now && last != Some(now));
        last = Some(now);
    }
    println!("{done} inputs, {visits} visits begun");
    assert!(visits > 0);
    leave(&mut kiosk);
}

/// As a key that is held down, and as a scanner gone mad.
#[test]
fn a_hundred_thousand_characters_are_no_more_than_a_field_takes() {
    const MANY: usize = 100_000;
    let mut kiosk = begin(Lang::Kk);
    half(&mut kiosk, "жол");
    let held = |says: &str| {
        Event::Keyboard(Keyboard::KeyPressed {
            key: Key::Character(says.into()),
            modified_key: Key::Character(says.into()),
            physical_key: Physical::Code(iced::keyboard::key::Code::KeyA),
            location: Location::Standard,
            modifiers: Modifiers::empty(),
            text: Some(says.into()),
            repeat: true,
        })
    };
    kiosk.pour(Point::ORIGIN, &vec![held("ә"); MANY]);
    let text = |k: &mut Kiosk| k.tree().find("letter.text").unwrap().value.clone().unwrap();
    let full = text(&mut kiosk);
    assert_eq!(full.chars().count(), 4000);
    // A scanner that never ends types nothing, and is over with its Enter.
    let burst: Vec<Event> = (0..MANY).flat_map(|_| keys::press('7', "7")).collect();
    kiosk.at_once(&burst[..2]);
    kiosk.pour(Point::ORIGIN, &burst);
    kiosk.pour(Point::ORIGIN, &keys::press('\n', "\r"));
    assert_eq!(text(&mut kiosk), full);
    kiosk.tap("page.next");
    assert!(kiosk.has("page.back") && !kiosk.has("letter.text"), "and the letter goes on");
}

/// A field in a window of a pixel asked for a caret's place where there is none, and the program ended.
#[test]
fn a_page_with_a_field_stands_in_any_window() {
    let mut kiosk = begin(Lang::Kk);
    half(&mut kiosk, "жол нашар");
    let before = kiosk.tree();
    for size in SIZES.into_iter().chain([(2.0, 2000.0), (2000.0, 2.0), SIZES[0]]) {
        kiosk.pour(Point::ORIGIN, &[resized(size)]);
        let _ = (kiosk.tree(), kiosk.picture());
    }
    assert!(kiosk.tree() == before);
}

/// Alt+Space typed a space once, Alt+Tab moved the focus, Ctrl+Shift+Esc went back.
#[test]
fn other_programs_commands_type_move_and_leave_nothing() {
    let mut kiosk = begin(Lang::Kk);
    half(&mut kiosk, "жол");
    let before = kiosk.tree();
    for held in 1..16u8 {
        for (place, (code, _)) in CODES.iter().enumerate() {
            let name = format!("{code:?}");
            let signs = ["Key", "Digit", "Minus", "Slash", "Backquote"].iter().any(|s| name.starts_with(s));
            // Alt chooses other letters of a layout; Shift alone is typing.
            if held == 1 || held & 0b1010 == 0 && signs {
                continue;
            }
            kiosk.pour(Point::ORIGIN, &Act::Key { place, held, says: 'q' }.events());
        }
    }
    assert!(kiosk.tree() == before, "{:#?}", kiosk.tree().find("letter.text"));
    assert!(kiosk.asked.is_empty(), "{:?}", kiosk.asked);
}

#[test]
fn what_a_window_sends_by_itself_changes_nothing() {
    let mut kiosk = begin(Lang::Kk);
    answer(&mut kiosk, "жол нашар");
    let before = kiosk.tree();
    kiosk.pour(Point::ORIGIN, &window_events());
    for size in SIZES {
        kiosk.pour(Point::ORIGIN, &[resized(size)]);
    }
    kiosk.pour(Point::ORIGIN, &[resized(SIZES[0])]);
    assert!(kiosk.tree() == before);
    assert!(kiosk.asked.is_empty(), "{:?}", kiosk.asked);
    leave(&mut kiosk);
}
