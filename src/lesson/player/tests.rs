use super::super::Area;
use super::*;

const FILE: &str = r#"
id = "a-lesson"
order = 1
minutes = 2
title = { kk = "а", ru = "а", en = "a" }
teaches = { kk = "а", ru = "а", en = "a" }
learnt = [{ kk = "а", ru = "а", en = "a" }]

[[step]]
id = "touch"
at = ["home.none", "home.letter"]
title = { kk = "а", ru = "а", en = "a" }
words = { kk = "а", ru = "а", en = "a" }
hint = { kk = "а", ru = "а", en = "a" }
done = { taps = 2 }

[[step]]
id = "letters"
only = ["ru", "en"]
at = ["key.letters"]
title = { kk = "а", ru = "а", en = "a" }
words = { kk = "а", ru = "а", en = "a" }
hint = { kk = "а", ru = "а", en = "a" }
done = { shows = "key.ә" }

[[step]]
id = "type"
at = ["key.*"]
with = ["field"]
title = { kk = "а", ru = "а", en = "a" }
words = { kk = "а", ru = "а", en = "a" }
hint = { kk = "а", ru = "а", en = "a" }
done = { holds = { field = "field", letters = "әғ" } }
way = ["key.ә", "key.ғ"]

[[step]]
id = "read"
title = { kk = "а", ru = "а", en = "a" }
words = { kk = "а", ru = "а", en = "a" }
hint = { kk = "а", ru = "а", en = "a" }
done = {}
"#;

fn player(lang: Lang) -> (Player, Instant) {
    let now = Instant::now();
    (Player::new(Arc::new(toml::from_str(FILE).unwrap()), lang, now), now)
}

fn seen<'a>(id: &'a str) -> Seen<'a> {
    let bounds = Area::new(0.0, 0.0, 100.0, 60.0);
    Seen { id, value: None, works: true, scrolls: false, bounds, visible: Some(bounds) }
}

fn name(player: &Player) -> &str {
    &player.step().unwrap().id
}

#[test]
fn a_step_is_done_by_what_is_seen_and_touched() {
    let (mut player, now) = player(Lang::Kk);
    let home = [seen("home.letter"), seen("home.track")];
    assert_eq!(player.aim(&home), Aim { at: vec![0], with: vec![] });
    assert_eq!(player.judge(&home), None);
    player.tapped(now);
    assert_eq!(player.judge(&home), None, "two are asked for");
    player.tapped(now);
    assert_eq!(player.judge(&home), Some(Call::Done));
    assert!(player.next(now));
    // The Kazakh keyboard is there already: no step for it, and the count knows.
    assert_eq!((name(&player), player.progress()), ("type", (2, 3)));
    let keys = [seen("key.ә"), seen("key.ғ"), Seen { value: Some("Ә"), ..seen("field") }];
    assert_eq!(player.aim(&keys), Aim { at: vec![0, 1], with: vec![2] });
    assert_eq!(player.judge(&keys), None);
    let whole = [Seen { value: Some("Әғ"), ..seen("field") }];
    assert_eq!(player.judge(&whole), Some(Call::Done));
    assert!(player.next(now) && player.mode() == Mode::Reading);
    assert_eq!(player.judge(&whole), None, "what is only read is not done by the screen");
    assert!(!player.next(now), "the last");
}

#[test]
fn a_language_has_its_own_steps_even_in_mid_lesson() {
    let (mut player, now) = player(Lang::En);
    assert!(player.next(now));
    assert_eq!((name(&player), player.progress()), ("letters", (2, 4)));
    assert!(player.speak(Lang::Kk, now));
    assert_eq!((name(&player), player.progress()), ("type", (2, 3)));
}

#[test]
fn back_goes_to_the_screen_of_the_step_or_only_reads() {
    let (mut player, now) = player(Lang::Kk);
    assert!(!player.can_go_back());
    assert!(player.next(now) && player.can_go_back());
    let keys = [seen("key.ә")];
    player.back(now);
    assert_eq!((name(&player), player.judge(&keys)), ("touch", Some(Call::PressBack)));
    player.settle(Mode::Again { pressed: true });
    // The screen went back: it can be done again. It did not: it can be read.
    assert_eq!(player.judge(&[seen("home.letter")]), Some(Call::Do));
    assert_eq!(player.judge(&keys), Some(Call::Read));
    player.settle(Mode::Reading);
    assert_eq!(player.judge(&keys), None);
    assert!(player.next(now) && name(&player) == "type");
}

#[test]
fn silence_shows_the_hint_and_the_program_can_do_it() {
    let (mut player, now) = player(Lang::Kk);
    player.quiet(now + QUIET - Duration::from_secs(1));
    assert!(!player.hint_shown());
    player.stirred(now + Duration::from_secs(20));
    player.quiet(now + QUIET);
    assert!(!player.hint_shown(), "she stirred");
    player.quiet(now + Duration::from_secs(20) + QUIET);
    assert!(player.hint_shown());
    assert!(player.next(now));
    assert!(!player.hint_shown() && player.acts().is_none());
    player.act(now);
    let first = player.acts().map(|(n, id)| (n, id.to_owned())).unwrap();
    assert_eq!(first.1, "key.ә");
    player.acted(now);
    assert!(player.acts().is_some_and(|(n, id)| n > first.0 && id == "key.ғ"));
    player.acted(now);
    assert_eq!(player.acts(), None);
}

#[test]
fn what_scrolled_away_is_brought_back_once() {
    let (mut player, _) = player(Lang::Kk);
    let away = [Seen { scrolls: true, visible: None, ..seen("home.letter") }];
    assert_eq!(player.judge(&away), Some(Call::Reveal("home.letter".into())));
    player.revealed();
    assert_eq!(player.judge(&away), None);
    player.resized();
    assert!(player.judge(&away).is_some());
}
