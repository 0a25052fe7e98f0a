//! One visitor's way through one lesson.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Seen;
use crate::domain::lesson::{Done, Lesson, Step, names};
use crate::i18n::Lang;

/// So long nothing happens before the hint is shown by itself.
pub const QUIET: Duration = Duration::from_secs(25);

/// How the step is gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// She does it, or waits.
    Doing,
    /// She came back to it: is it to be done again, or only to be read?
    Again {
        /// The screen's own Back was tried.
        pressed: bool,
    },
    /// Only to be read: a button goes on.
    Reading,
}

/// What the screen asks for, by its places in the list of [`Seen`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aim {
    /// Pointed at.
    pub at: Vec<usize>,
    /// What may be worked besides.
    pub with: Vec<usize>,
}

/// What is to be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// The step is done.
    Done,
    /// What it points at has scrolled out of sight: bring this one back.
    Reveal(String),
    /// Back to the screen where the step was: press its Back.
    PressBack,
    /// The step is not to be done again, only to be read.
    Read,
    /// The step can be done again.
    Do,
}

pub struct Player {
    lesson: Arc<Lesson>,
    lang: Lang,
    /// The step's place in the file.
    at: usize,
    mode: Mode,
    taps: u32,
    hint: bool,
    /// How many controls of the step's way the program has worked for her.
    acting: Option<usize>,
    revealed: bool,
    /// Rises with everything that the program works for her.
    serial: u64,
    entered: Instant,
    last: Instant,
}

impl Player {
    /// At the first step of the language.
    pub fn new(lesson: Arc<Lesson>, lang: Lang, now: Instant) -> Self {
        let at = lesson.steps_in(lang.tag()).next().map_or(0, |(n, _)| n);
        let mut player = Self {
            lesson,
            lang,
            at,
            mode: Mode::Doing,
            taps: 0,
            hint: false,
            acting: None,
            revealed: false,
            serial: 0,
            entered: now,
            last: now,
        };
        player.enter(at, now);
        player
    }

    pub fn lesson(&self) -> &Arc<Lesson> {
        &self.lesson
    }

    /// The step's place in the file: tells a late message from one about this step.
    pub fn place(&self) -> usize {
        self.at
    }

    /// A file without steps is refused by the checker; a lesson that has none is over.
    pub fn step(&self) -> Option<&Step> {
        self.lesson.steps.get(self.at)
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Step `n` (from 1) of `m`.
    pub fn progress(&self) -> (usize, usize) {
        let tag = self.lang.tag();
        let total = self.lesson.steps_in(tag).count();
        let before = self.lesson.steps_in(tag).filter(|(n, _)| *n < self.at).count();
        ((before + 1).min(total), total)
    }

    pub fn hint_shown(&self) -> bool {
        self.hint
    }

    pub fn can_go_back(&self) -> bool {
        self.previous().is_some()
    }

    fn previous(&self) -> Option<usize> {
        self.lesson.steps_in(self.lang.tag()).map(|(n, _)| n).take_while(|n| *n < self.at).last()
    }

    fn enter(&mut self, at: usize, now: Instant) {
        self.at = at;
        self.mode = if self.step().is_some_and(reads) { Mode::Reading } else { Mode::Doing };
        self.taps = 0;
        self.hint = false;
        self.acting = None;
        self.revealed = false;
        self.entered = now;
        self.last = now;
    }

    /// Goes on; `false`: that was the last step.
    pub fn next(&mut self, now: Instant) -> bool {
        let next = self.lesson.steps_in(self.lang.tag()).map(|(n, _)| n).find(|n| *n > self.at);
        match next {
            Some(next) => {
                self.enter(next, now);
                true
            }
            None => false,
        }
    }

    /// Back to the step before.
    pub fn back(&mut self, now: Instant) {
        if let Some(previous) = self.previous() {
            self.enter(previous, now);
            if self.mode == Mode::Doing {
                self.mode = Mode::Again { pressed: false };
            }
        }
    }

    /// What [`Call::PressBack`], [`Call::Read`] and [`Call::Do`] ask of the player itself.
    pub fn settle(&mut self, mode: Mode) {
        self.mode = mode;
    }

    /// Another language may have other steps; `false`: it has none any more.
    pub fn speak(&mut self, lang: Lang, now: Instant) -> bool {
        self.lang = lang;
        self.revealed = false;
        if self.step().is_some_and(|step| step.is_in(lang.tag())) {
            return true;
        }
        self.next(now)
    }

    /// The window or the text has another size: what is pointed at may be out of sight again.
    pub fn resized(&mut self) {
        self.revealed = false;
    }

    pub fn revealed(&mut self) {
        self.revealed = true;
    }

    /// What it points at was worked.
    pub fn tapped(&mut self, now: Instant) {
        if matches!(self.mode, Mode::Again { .. }) {
            self.mode = Mode::Doing;
        }
        self.taps = self.taps.saturating_add(1);
        self.last = now;
    }

    /// Any other sign of her.
    pub fn stirred(&mut self, now: Instant) {
        self.last = self.last.max(now);
    }

    pub fn show_hint(&mut self, now: Instant) {
        self.hint = true;
        self.last = now;
    }

    /// Nothing happened for long: the hint shows itself.
    pub fn quiet(&mut self, now: Instant) {
        let waits = self.step().is_some_and(|step| step.wait.is_some());
        if !waits && now.saturating_duration_since(self.last) >= QUIET {
            self.hint = true;
        }
    }

    /// The program does the step for her.
    pub fn act(&mut self, now: Instant) {
        if self.mode == Mode::Doing && self.acting.is_none() {
            self.acting = Some(0);
            self.serial += 1;
            self.last = now;
        }
    }

    /// The control that the program works next, with a number of its own; an empty name is what the
    /// step points at.
    pub fn acts(&self) -> Option<(u64, &str)> {
        let (done, step) = (self.acting?, self.step()?);
        match (step.way.is_empty(), done) {
            (true, 0) => Some((self.serial, "")),
            (true, _) => None,
            (false, _) => Some((self.serial, step.way.get(done)?)),
        }
    }

    /// It was worked.
    pub fn acted(&mut self, now: Instant) {
        if let Some(done) = &mut self.acting {
            *done += 1;
            self.serial += 1;
            self.last = now;
        }
    }

    /// How far a step is that takes its time by itself: 0 … 1, never whole before it is.
    pub fn waited(&self, now: Instant) -> Option<f32> {
        let wait = self.step()?.wait.filter(|w| *w > 0)?;
        Some((now.saturating_duration_since(self.entered).as_secs_f32() / wait as f32).min(0.97))
    }

    /// What to point at on this screen.
    pub fn aim(&self, seen: &[Seen<'_>]) -> Aim {
        let Some(step) = self.step() else { return Aim::default() };
        let found = |pattern: &str| -> Vec<usize> {
            (0..seen.len()).filter(|n| names(pattern, seen[*n].id) && seen[*n].bounds.is_some()).collect()
        };
        let works = |all: &Vec<usize>| all.iter().any(|n| seen[*n].works);
        let mut ways = step.at.iter().map(|pattern| found(pattern)).filter(|all| !all.is_empty());
        let at = match ways.clone().find(works) {
            Some(at) => at,
            None => ways.next().unwrap_or_default(),
        };
        let with = step.with.iter().flat_map(|pattern| found(pattern)).filter(|n| !at.contains(n)).collect();
        Aim { at, with }
    }

    /// What this screen calls for.
    pub fn judge(&self, seen: &[Seen<'_>]) -> Option<Call> {
        let step = self.step()?;
        let aim = self.aim(seen);
        let missing = aim.at.is_empty() && !step.at.is_empty();
        match self.mode {
            Mode::Again { pressed: false } if missing => Some(Call::PressBack),
            Mode::Again { .. } if missing || holds(&step.done, self.taps, seen) => Some(Call::Read),
            Mode::Again { .. } => Some(Call::Do),
            Mode::Doing if holds(&step.done, self.taps, seen) => Some(Call::Done),
            Mode::Doing | Mode::Reading => self.hidden(&aim, seen).map(Call::Reveal),
        }
    }

    /// The first of what is pointed at, if it is not seen whole although it could be scrolled.
    fn hidden(&self, aim: &Aim, seen: &[Seen<'_>]) -> Option<String> {
        let first = &seen[*aim.at.first()?];
        let out = first.visible.is_none_or(|v| v.height + 1.0 < first.bounds.height);
        (first.scrolls && out && !self.revealed).then(|| first.id.to_owned())
    }
}

/// Nothing is to be done in it.
fn reads(step: &Step) -> bool {
    step.done == Done::default()
}

fn holds(done: &Done, taps: u32, seen: &[Seen<'_>]) -> bool {
    let shown = |pattern: &str| seen.iter().any(|s| names(pattern, s.id));
    done.taps.is_some_and(|n| taps >= n)
        || done.shows.as_deref().is_some_and(shown)
        || done.gone.as_deref().is_some_and(|pattern| !shown(pattern))
        || done.holds.as_ref().is_some_and(|holds| {
            let value = seen.iter().find(|s| s.id == holds.field).and_then(|s| s.value);
            let value = value.unwrap_or_default().to_lowercase();
            holds.letters.to_lowercase().chars().filter(|c| !c.is_whitespace()).all(|c| value.contains(c))
        })
}

#[cfg(test)]
mod tests;
