use std::collections::BTreeSet;

use super::rows::rows;
use super::*;

fn all_text(keyboard: &Keyboard, low: bool) -> String {
    let keys = rows(keyboard, low).concat();
    keys.iter().filter_map(|k| if let Key::Text(t) = k { Some(*t) } else { None }).collect()
}

#[test]
fn every_letter_of_each_language_has_a_key() {
    for (lang, letters) in [
        (Lang::Kk, "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"),
        (Lang::Ru, "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
        (Lang::En, "abcdefghijklmnopqrstuvwxyz"),
    ] {
        for low in [false, true] {
            let text = all_text(&Keyboard::new(lang, Kind::Text), low);
            let missing: Vec<char> = letters.chars().filter(|c| !text.contains(*c)).collect();
            assert_eq!(missing, Vec::<char>::new(), "{lang:?} {low}");
        }
    }
}

#[test]
fn a_low_screen_has_at_most_five_rows_and_no_key_stands_twice() {
    for kind in [Kind::Text, Kind::Digits, Kind::Phone, Kind::Email] {
        for lang in Lang::ALL {
            for signs in [false, true] {
                let keyboard = Keyboard { signs, ..Keyboard::new(lang, kind) };
                assert!(rows(&keyboard, true).len() <= 5 && rows(&keyboard, false).len() <= 6);
                let keys = rows(&keyboard, false).concat();
                let names: BTreeSet<String> = keys.iter().map(|k| format!("{k:?}")).collect();
                assert_eq!(names.len(), keys.len(), "{keyboard:?}");
                assert!(
                    keys.contains(&Key::Delete) && keys.contains(&Key::Left) && keys.contains(&Key::Right)
                );
            }
        }
    }
}

#[test]
fn shift_holds_for_one_letter_locks_and_lets_go() {
    let mut keyboard = Keyboard::new(Lang::Kk, Kind::Text);
    let insert = |s: &str| Some(Edit::Insert(s.into()));
    assert_eq!(keyboard.press(Key::Text("ә")), insert("Ә"));
    assert_eq!(keyboard.press(Key::Text("ә")), insert("ә"));
    assert_eq!(keyboard.press(Key::Shift), None);
    assert_eq!(keyboard.press(Key::Shift), None);
    assert_eq!((keyboard.press(Key::Text("һ")), keyboard.press(Key::Text("і"))), (insert("Һ"), insert("І")));
    assert_eq!(keyboard.press(Key::Shift), None);
    assert_eq!(keyboard.press(Key::Text("і")), insert("і"));
}

#[test]
fn capitals_follow_the_sentence_but_not_in_an_address() {
    let mut keyboard = Keyboard::new(Lang::Ru, Kind::Text);
    keyboard.follow(&Buffer::lines(99).with("Нет света"));
    assert_eq!(keyboard.shift, Shift::Off);
    keyboard.follow(&Buffer::lines(99).with("Нет света. "));
    assert_eq!(keyboard.shift, Shift::Once);
    let mut email = Keyboard::new(Lang::Ru, Kind::Email);
    email.follow(&Buffer::line(99));
    assert_eq!(email.press(Key::Text("a")), Some(Edit::Insert("a".into())));
}

#[test]
fn the_letters_go_round_and_signs_come_and_go() {
    let mut keyboard = Keyboard::new(Lang::Kk, Kind::Text);
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(keyboard.letters);
        keyboard.press(Key::Alphabet);
    }
    assert_eq!(seen, [Letters::Kazakh, Letters::Russian, Letters::Latin]);
    assert_eq!(keyboard.letters, Letters::Kazakh);
    keyboard.press(Key::Signs);
    for sign in "₸№«»@".chars() {
        assert!(all_text(&keyboard, true).contains(sign), "{sign}");
    }
    keyboard.press(Key::Signs);
    assert!(!keyboard.signs);
}
