//! Plays a lesson as a visitor would, without a window: the real application and screens, the practice
//! portal and the practice card. Only the clerk hurries. At every step it looks whether what is pointed
//! at is there, can be worked, and is covered by nothing.

use std::sync::Arc;
use std::time::Duration;

use super::{things, worlds};
use crate::app::headless::{Driver, Untouched};
use crate::app::launch::{Launch, Start, WindowMode};
use crate::app::session::IdleRule;
use crate::app::{Message, lesson};
use crate::clock::Clock;
use crate::domain::lesson::{Lesson, Step, names};
use crate::i18n::{Lang, Msg, Text};
use crate::lesson::Mode;
use crate::lesson::check::Finding;
use crate::practice;
use crate::practice::clerk::Pace;
use crate::screen::Screen;
use crate::screen::attract::Begin;
use crate::screen::lessons::Page;
use crate::sound::Sound;
use crate::ui::coach::FIRST_LINES;
use crate::ui::semantic::{Role, Tree};
use crate::ui::theme::{Look, Step as Size, Type};

/// How long a screen may take to come: not a measure of speed.
const PATIENCE: Duration = Duration::from_secs(20);
/// The windows that the kiosk is drawn for.
const WINDOWS: [(f32, f32); 3] = [(1920.0, 1080.0), (1366.0, 768.0), (1080.0, 1920.0)];
/// Players at once: two cores are what a kiosk has.
const PLAYERS: usize = 2;
/// Never dimmed, never covered.
const ALWAYS: [&str; 3] = ["strip", "bar.help", "bar.leave"];

/// What was found at one look (`kk 1 1920×1080`).
pub struct Fault {
    pub finding: Finding,
    pub look: String,
}

/// Every look, played.
pub struct Played {
    pub times: usize,
    pub faults: Vec<Fault>,
}

/// Every language, the smallest and the largest text, in each window.
pub fn looks() -> Vec<Look> {
    let mut looks = Vec::new();
    for (width, height) in WINDOWS {
        for lang in Lang::ALL {
            for step in [Size::Usual, Size::Largest] {
                looks.push(Look {
                    viewport: crate::ui::Size::new(width, height),
                    lang,
                    step,
                    ..Look::default()
                });
            }
        }
    }
    looks
}

/// Plays a lesson in every look. The error says why nothing could be played at all.
pub fn everywhere(lesson: &Arc<Lesson>) -> Result<Played, String> {
    let looks = looks();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || -> Result<Vec<Fault>, String> {
        let mut faults = Vec::new();
        while let Some(look) = looks.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
            let (w, h) = (look.viewport.width, look.viewport.height);
            let name = format!("{} {} {w}×{h}", look.lang.tag(), look.step as u8 + 1);
            faults
                .extend(one(lesson, look)?.into_iter().map(|finding| Fault { finding, look: name.clone() }));
        }
        Ok(faults)
    };
    std::thread::scope(|scope| {
        let players: Vec<_> = (0..PLAYERS).map(|_| scope.spawn(work)).collect();
        let mut faults = Vec::new();
        for player in players {
            faults.extend(player.join().map_err(|_| "the player stopped".to_owned())??);
        }
        Ok(Played { times: looks.len(), faults })
    })
}

fn launch() -> Launch {
    let clock = Clock::system();
    Launch {
        window: WindowMode::Fullscreen,
        practice: true,
        idle: IdleRule::default(),
        start: Start::Boot(crate::cli::kiosk::practice_world(clock.clone(), things(Sound::default()))),
        lessons: worlds(clock.clone(), Pace::quick(), Sound::default()),
        desk: practice::desk(clock),
    }
}

/// Plays a lesson once. What it finds ends it: what comes after a step that cannot be done is not reached.
pub fn one(lesson: &Arc<Lesson>, look: &Look) -> Result<Vec<Finding>, String> {
    let mut driver = Driver::open(launch()).ok_or("no headless renderer")?;
    driver.resize(look.viewport);
    driver.update(Message::Begin(Begin { lang: look.lang, lessons: true }));
    if !driver.until(PATIENCE, |d| d.app.visit().is_some()) {
        return Err("the practice world was not made".to_owned());
    }
    driver.update(Message::TextSize(look.step));
    driver.update(Message::Lesson(lesson::Message::Start(lesson.clone())));
    if !driver.until(PATIENCE, |d| d.app.running().is_some()) {
        let why = match driver.app.visit().map(|visit| &visit.screen) {
            Some(Screen::Lessons(state)) => state.said.map(|code| code.0).unwrap_or_default(),
            _ => "",
        };
        let what = Text::new(Msg::LessonsDidNotBegin).with("why", why);
        return Ok(vec![Finding { step: None, what }]);
    }
    let steps: Vec<Step> = lesson.steps_in(look.lang.tag()).map(|(_, step)| step.clone()).collect();
    for (n, step) in steps.iter().enumerate() {
        let found = step_of(&mut driver, step, n + 1 == steps.len());
        if !found.is_empty() {
            let at = |what| Finding { step: Some(step.id.clone()), what };
            return Ok(found.into_iter().map(at).collect());
        }
    }
    Ok(vec![])
}

/// The step that the lesson is at; a lesson that is over is at none.
fn here(driver: &Driver) -> Option<(String, Mode)> {
    let player = driver.app.running()?.player();
    Some((player.step()?.id.clone(), player.mode()))
}

fn step_of(driver: &mut Driver, step: &Step, last: bool) -> Vec<Text> {
    if here(driver).is_none_or(|(id, _)| id != step.id) {
        // A step that was done before it began is passed over.
        return if here(driver).is_none() { vec![Text::new(Msg::LessonsEndedEarly)] } else { vec![] };
    }
    let mut found = look_at(driver, step);
    if !found.is_empty() || here(driver).is_none_or(|(id, _)| id != step.id) {
        return found;
    }
    if here(driver).is_some_and(|(_, mode)| mode == Mode::Reading) {
        found.extend(tap(driver, "coach.next"));
    } else if step.way.is_empty() {
        let at = driver.tree().nodes.iter().find_map(|node| {
            let aimed = step.at.iter().any(|pattern| names(pattern, &node.id));
            (aimed && !node.state.disabled).then(|| node.id.to_string())
        });
        if let Some(at) = at {
            found.extend(tap(driver, &at));
        }
    } else {
        for id in &step.way {
            if here(driver).is_none_or(|(at, _)| at != step.id) {
                break;
            }
            found.extend(tap(driver, id));
        }
    }
    let patience = PATIENCE + Duration::from_secs(step.wait.unwrap_or(0).into());
    let passed = driver.until(patience, |d| here(d).is_none_or(|(id, _)| id != step.id));
    if !passed && found.is_empty() {
        found.push(Text::new(Msg::LessonsNotCounted));
    }
    let ended = driver.app.visit().is_some_and(
        |visit| matches!(&visit.screen, Screen::Lessons(state) if matches!(state.page, Page::Learnt(_))),
    );
    if passed && here(driver).is_none() && !(last && ended) {
        found.push(Text::new(Msg::LessonsEndedEarly));
    }
    found
}

/// Waits until what the step points at is there, and looks at how everything stands.
fn look_at(driver: &mut Driver, step: &Step) -> Vec<Text> {
    let aimed = |tree: &Tree| {
        let patterns = || step.at.iter();
        let works = |pattern: &String| {
            tree.nodes.iter().any(|n| names(pattern, &n.id) && n.role.is_control() && !n.state.disabled)
        };
        step.at.is_empty() || patterns().any(works)
    };
    let moved = |d: &Driver| here(d).is_none_or(|(id, _)| id != step.id);
    if !driver.until(PATIENCE, |d| moved(d) || aimed(&d.tree())) {
        return vec![missing(driver, step)];
    }
    if moved(driver) {
        return vec![];
    }
    // What has scrolled away is brought back by the application itself.
    driver.frame();
    while driver.breathe(Duration::from_millis(20)) {}
    driver.frame();
    let tree = driver.tree();
    let mut found = Vec::new();
    let say = |msg: Msg, id: &str| Text::new(msg).with("id", id.to_owned());
    let Some(bubble) = tree.find("coach").map(|node| node.bounds) else {
        return vec![Text::new(Msg::LessonsNotOnScreen).with("id", "coach").with("near", "")];
    };
    let look = *driver.app.look();
    let size = look.viewport;
    let (right, low) = (bubble.x + bubble.width, bubble.y + bubble.height);
    if bubble.x < 0.0 || bubble.y < 0.0 || right > size.width + 0.5 || low > size.height + 0.5 {
        found.push(Text::new(Msg::LessonsBubbleOutside));
    }
    let cut = tree.texts.iter().filter(|text| text.is_cut() && bubble.contains(text.bounds.center()));
    found.extend(cut.map(|text| Text::new(Msg::LessonsBubbleCut).with("text", text.text.clone())));
    let first = step
        .at
        .iter()
        .find(|pattern| tree.nodes.iter().any(|node| names(pattern, &node.id) && !node.state.disabled));
    for node in &tree.nodes {
        let pointed = first.is_some_and(|pattern| names(pattern, &node.id));
        let beside = step.with.iter().any(|pattern| names(pattern, &node.id));
        if !pointed && !beside && !ALWAYS.contains(&node.id.as_ref()) {
            continue;
        }
        let mut seen = node.visible.unwrap_or_default();
        // Of a large field the first lines are seen; below them the bubble may stand.
        if node.role == Role::MultilineTextInput {
            seen.height = seen.height.min(FIRST_LINES * look.line(Type::Body));
        }
        // One of several alone may stand for all; what it points at is seen whole, or fills its place.
        let whole = seen.height + 1.0 >= node.bounds.height.min(size.height * 0.4) || !node.scrolls;
        if pointed && !whole {
            found.push(say(Msg::LessonsOutOfSight, &node.id));
        }
        if bubble.intersection(&seen).is_some_and(|both| both.width > 1.0 && both.height > 1.0) {
            found.push(say(Msg::LessonsCovered, &node.id));
        }
    }
    let missing = ALWAYS.iter().filter(|id| tree.find(id).is_none());
    found.extend(missing.map(|id| say(Msg::LessonsDimmed, id)));
    found
}

/// What is pointed at did not come: the nearest name of what is there instead.
fn missing(driver: &mut Driver, step: &Step) -> Text {
    let wanted = step.at.first().cloned().unwrap_or_default();
    let there = |tree: &Tree| tree.nodes.iter().any(|node| names(&wanted, &node.id));
    if there(&driver.tree()) {
        return Text::new(Msg::LessonsCannotWork).with("id", wanted);
    }
    let near = driver.beneath().into_iter().min_by_key(|id| distance(id, &wanted)).unwrap_or_default();
    Text::new(Msg::LessonsNotOnScreen).with("id", wanted).with("near", near)
}

fn tap(driver: &mut Driver, pattern: &str) -> Option<Text> {
    let good = |tree: &Tree| tree.nodes.iter().any(|n| names(pattern, &n.id) && !n.state.disabled);
    driver.until(Duration::from_secs(2), |d| good(&d.tree()));
    let says = |msg| Some(Text::new(msg).with("id", pattern.to_owned()));
    match driver.tap(|node| names(pattern, &node.id) && node.role.is_control()) {
        Ok(()) => None,
        Err(Untouched::Disabled) => says(Msg::LessonsCannotWork),
        Err(Untouched::OutOfSight) => says(Msg::LessonsOutOfSight),
        Err(Untouched::Missing) if driver.beneath().iter().any(|id| names(pattern, id)) => {
            says(Msg::LessonsDimmed)
        }
        Err(Untouched::Missing) => {
            let near =
                driver.beneath().into_iter().min_by_key(|id| distance(id, pattern)).unwrap_or_default();
            says(Msg::LessonsNotOnScreen).map(|text| text.with("near", near))
        }
    }
}

/// How many characters must be written otherwise (Levenshtein's distance).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, c) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, d) in b.iter().enumerate() {
            let other = before + usize::from(c != *d);
            before = row[j + 1];
            row[j + 1] = other.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_the_one_that_was_meant() {
        assert_eq!(distance("home.letter", "home.leter"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert!(distance("home.letter", "home.leter") < distance("home.track", "home.leter"));
    }
}
