//! The real program in a real window: the keys, messages and drops by which people leave other programs, and random inputs.

use std::time::{Duration, Instant};

use iced::mouse::Button;
use tereze::app::Message;
use tereze::card::Hand;
use tereze::i18n::Lang;
use tereze::ui::theme::Step;

use crate::display::{BUTTON_DOWN, BUTTON_UP, Display, KEY_DOWN, KEY_UP};
use crate::screen::{HEIGHT, WIDTH};
use crate::storm::{Act, CODES, Storm};
use crate::visit::{begin, half, hand};

const SHIFT: u8 = 50;
const CTRL: u8 = 37;
const ALT: u8 = 64;
const SUPER: u8 = 133;
const ESCAPE: u8 = 9;
/// Inputs a second.
const RATE: u64 = 200;

/// Where a control stands, from the same view without a window.
fn places(lang: Lang, step: Step) -> Vec<(f32, f32)> {
    let mut kiosk = begin(lang);
    kiosk.update(Message::TextSize(step));
    kiosk.tap("home.letter");
    kiosk.tap("letter.sign.card");
    kiosk.tap("bar.leave");
    let of = |k: &mut crate::support::Kiosk, id: &str| {
        let at = k.tree().find(id).unwrap_or_else(|| panic!("no {id}")).bounds.center();
        (at.x, at.y)
    };
    let mut places = vec![of(&mut kiosk, "leave.erase")];
    hand(&kiosk, Hand::Insert);
    let inside = |k: &mut crate::support::Kiosk| {
        let status = k.app.world().map(|w| w.env.cards.status.borrow().clone());
        matches!(status, Some(tereze::card::CardStatus::Ready(_)))
    };
    kiosk.until("the card is read", inside);
    kiosk.at_once(&[]);
    kiosk.tap("leave.erase");
    kiosk.until_shown("take.practice-card");
    places.push(of(&mut kiosk, "take.practice-card"));
    places
}

/// Leaves as a visitor does, whatever language and size the storm has left; the first screen again, pixel by pixel.
fn leave(display: &mut Display, first: &[u8]) {
    let mut asked = vec![];
    for lang in Lang::ALL {
        for step in Step::ALL {
            asked.extend(places(lang, step));
        }
    }
    let park = |d: &Display| {
        // Nothing there takes a pointer.
        d.point(3.0, HEIGHT as f32 - 3.0);
        d.flush();
    };
    let corner = (WIDTH as f32 - 48.0 - 30.0, 82.0);
    let next = (WIDTH as f32 - 96.0 - 60.0, HEIGHT as f32 - 54.0);
    for _ in 0..4 {
        display.chord(&[ESCAPE]);
        for places in asked.chunks_exact(2) {
            // The rightmost button of the bar leaves, in any language and size; then come the question and the last page.
            for at in [corner, places[0], places[1], next] {
                park(display);
                if display.settle() == first {
                    return;
                }
                display.click(at.0, at.1, 1);
            }
        }
    }
    let seen = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("not-left.png");
    let _ = display.screen.picture(&seen);
    panic!("the first screen does not come back: {}", seen.display());
}

#[test]
fn no_key_message_or_drop_ends_it_or_opens_anything() {
    let mut display = Display::open(&["--practice"]);
    display.point(3.0, HEIGHT as f32 - 3.0);
    display.flush();
    let first = display.settle();
    // To the letter's own words, by the places where the same view without a window has its controls.
    let mut twin = crate::visit::begin(Lang::Kk);
    half(&mut twin, "");
    let field = twin.tree().find("letter.text").unwrap().bounds.center();
    let mut guide = crate::support::Kiosk::open(crate::visit::launch());
    guide.until_shown("attract.start.kk");
    let mut ways = vec!["attract.start.kk".to_owned(), "home.letter".into()];
    for answer in ["letter.sign.card", "letter.topic.road", "letter.region.kz-35"] {
        ways.extend([answer.to_owned(), "page.next".into()]);
    }
    ways.extend(["page.next".into(), "letter.body.".into(), "page.next".into()]);
    for answer in ["letter.want.complaint", "letter.who.self"] {
        ways.extend([answer.to_owned(), "page.next".into()]);
    }
    ways.push("page.next".into());
    for way in &ways {
        let tree = guide.tree();
        let node =
            tree.nodes.iter().find(|n| n.id == way.as_str() || way.ends_with('.') && n.id.starts_with(way));
        let node = node.unwrap_or_else(|| panic!("no {way}")).clone();
        let at = node.visible.unwrap_or_else(|| panic!("{way} is not seen")).center();
        display.click(at.x, at.y, 1);
        display.settle();
        guide.tap(&node.id);
    }
    display.click(field.x, field.y, 1);
    for code in [38, 56, 54] {
        display.chord(&[code]);
        std::thread::sleep(Duration::from_millis(60));
    }
    display.point(3.0, HEIGHT as f32 - 3.0);
    display.flush();
    let words = display.settle();
    assert!(words != first, "a letter is begun");

    let del = 119;
    for (name, chord) in [
        ("Alt+F4", vec![ALT, 70]),
        ("Ctrl+Q", vec![CTRL, 24]),
        ("Ctrl+W", vec![CTRL, 25]),
        ("Alt+Tab", vec![ALT, 23]),
        ("F11", vec![95]),
        ("F1", vec![67]),
        ("Super", vec![SUPER]),
        ("Super+R", vec![SUPER, 27]),
        ("Ctrl+Alt+Del", vec![CTRL, ALT, del]),
        ("Ctrl+Alt+F1", vec![CTRL, ALT, 67]),
        ("Ctrl+Alt+T", vec![CTRL, ALT, 28]),
        ("Ctrl+Shift+Esc", vec![CTRL, SHIFT, ESCAPE]),
        ("Print", vec![107]),
        ("Alt+Space", vec![ALT, 65]),
        ("Ctrl+A", vec![CTRL, 38]),
        ("Ctrl+C", vec![CTRL, 54]),
        ("Ctrl+X", vec![CTRL, 53]),
        ("Menu", vec![135]),
    ] {
        display.chord(&chord);
        std::thread::sleep(Duration::from_millis(120));
        display.stands(name);
        assert!(display.settle() == words, "{name}: nothing is cut, nothing appears");
    }

    display.offer_text();
    for (name, chord) in [("Ctrl+V", [CTRL, 55]), ("Shift+Insert", [SHIFT, 118])] {
        display.chord(&chord);
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(display.asked("паста"), Vec::<String>::new(), "{name} asks for the clipboard");
    }
    for button in [2, 3] {
        display.click(field.x, field.y, button);
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(display.asked("паста"), Vec::<String>::new(), "button {button} asks for a selection");
    }
    display.close();
    display.focus_away_and_back();
    let asked = display.drop_file("file:///etc/passwd");
    println!("a dropped file: the window system was asked for {asked:?}");
    for (width, height) in [(1366, 768), (1080, 1920), (320, 200), (1, 1), (WIDTH as u32, HEIGHT as u32)] {
        display.resize(width, height);
        std::thread::sleep(Duration::from_millis(150));
        display.stands("a resize");
    }
    display.point(3.0, HEIGHT as f32 - 3.0);
    display.flush();
    display.settle();
    display.stands("closing, focus, a drop, resizes");
    let now = display.settle();
    let differ = now.chunks_exact(4).zip(words.chunks_exact(4)).filter(|(a, b)| a[..3] != b[..3]).count();
    // A caret that was placed anew is all that may differ.
    assert!(differ < 2_000, "{differ} pixels of the letter's page have changed");
    // Scanner-like, and long: a hundred thousand keys.
    for n in 0..100_000u32 {
        let code = 10 + (n % 10) as u8;
        display.event(KEY_DOWN, code);
        display.event(KEY_UP, code);
        if n % 500 == 0 {
            display.flush();
        }
    }
    display.chord(&[36]);
    display.settle();
    display.stands("a hundred thousand keys");
    leave(&mut display, &first);
    display.stands("leaving");
}

/// On a desk the window closes as other windows do.
#[test]
fn a_window_on_a_desk_closes_by_its_cross() {
    let mut display = Display::open(&["--practice", "--windowed", "1366x768"]);
    display.close();
    assert!(display.wait().success(), "{}", display.log());
    assert!(!display.log().contains("panic"));
}

/// Two hundred random inputs a second for twenty seconds; `TEREZE_STORM_SECONDS=600` is the whole ten minutes, and
/// `TEREZE_STORM_SEED` plays one again.
#[test]
fn random_inputs_in_the_real_window_break_nothing_and_lead_nowhere() {
    let number = |name: &str| std::env::var(name).ok().and_then(|s| s.parse::<u64>().ok());
    let seconds = number("TEREZE_STORM_SECONDS").unwrap_or(20);
    let seed = number("TEREZE_STORM_SEED").unwrap_or_else(|| {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).unwrap();
        u64::from_le_bytes(bytes)
    });
    println!("seed {seed}, {seconds} s");
    let mut display = Display::open(&["--practice"]);
    display.point(3.0, HEIGHT as f32 - 3.0);
    display.flush();
    let first = display.settle();
    let mut storm = Storm::new(seed);
    let (size, held) = ((WIDTH as f32, HEIGHT as f32), [SHIFT, CTRL, ALT, SUPER]);
    let (begun, mut early, mut peak) = (Instant::now(), 0, 0);
    for n in 0..seconds * RATE {
        let act = if storm.below(2) == 0 { storm.key() } else { storm.pointer(size) };
        match act {
            Act::Key { place, held: bits, .. } => {
                let mut codes: Vec<u8> = (0..4).filter(|n| bits >> n & 1 == 1).map(|n| held[n]).collect();
                codes.push(CODES[place].1);
                display.chord(&codes);
            }
            Act::Touch(at, button) => {
                let button = match button {
                    Button::Right => 3,
                    Button::Middle => 2,
                    _ => 1,
                };
                display.click(at.x, at.y, button);
            }
            Act::Finger(at) => display.click(at.x, at.y, 1),
            Act::Drag(from, to) => {
                display.point(from.x, from.y);
                display.event(BUTTON_DOWN, 1);
                display.point(to.x, to.y);
                display.event(BUTTON_UP, 1);
            }
            Act::Wheel(at, by) => display.click(at.x, at.y, if by < 0.0 { 5 } else { 4 }),
        }
        display.flush();
        if n % RATE == 0 {
            display.stands(&format!("{n} inputs of seed {seed}"));
            let (now, most) = display.memory();
            peak = most;
            if n / RATE == seconds / 4 {
                early = now;
            }
        }
        let due = Duration::from_micros((n + 1) * 1_000_000 / RATE);
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
    }
    leave(&mut display, &first);
    display.stands("leaving");
    let (end, _) = display.memory();
    let inputs = seconds * RATE;
    println!(
        "{inputs} inputs in {:.0} s; memory {early} KiB after a quarter, {end} KiB at the end, at most {peak} KiB",
        begun.elapsed().as_secs_f32()
    );
    assert!(peak < 400 * 1024, "{peak} KiB");
    assert!(end < early.max(100 * 1024) + 64 * 1024, "it grows: {early} KiB, then {end} KiB");
}
