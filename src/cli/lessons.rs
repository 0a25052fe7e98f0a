//! `tereze lessons check [FILE|DIR…]`: lesson files judged by what they say, then played without a
//! window on the real screens, in three languages, at the smallest and the largest text. Exit 0 good,
//! 1 a lesson has a fault, 2 it could not be played.

pub mod play;
mod sent;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Exit, World, terminal, words};
use crate::app::launch;
use crate::clock::Clock;
use crate::content::manifest::MAX_FILE;
use crate::content::{EMBEDDED, Snapshot};
use crate::domain::lesson::Lesson;
use crate::fault::{Code, Coded as _};
use crate::files::Sticks;
use crate::i18n::Msg;
use crate::i18n::{Lang, Text};
use crate::lesson::check;
use crate::practice::boot;
use crate::practice::clerk::Pace;
use crate::screen::world::{Things, World as ScreenWorld};
use crate::sound::Sound;
use crate::store::disk;

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(value_name = "check")]
    action: Action,
    #[arg(value_name = "FILE|DIR")]
    files: Vec<PathBuf>,
    #[arg(long)]
    read_only: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Action {
    Check,
}

/// A lesson with the name of the file it came from, without its ending.
pub struct Named {
    pub name: String,
    pub lesson: Arc<Lesson>,
}

/// A practice world for each lesson, with the letter that it begins with already sent. No printer and
/// no stick: nothing of a lesson leaves the screen.
pub fn worlds(clock: Clock, pace: Pace, sound: Sound) -> launch::Lessons {
    Arc::new(move |lesson, lang| {
        let (clock, sound) = (clock.clone(), sound.clone());
        Box::pin(async move {
            let runtime = tokio::runtime::Handle::current();
            // On a thread of its own: making keys takes its time.
            let made = tokio::task::spawn_blocking(move || runtime.block_on(boot::boot_paced(clock, pace)));
            let env = made.await.map_err(|_| Code("outbox.stopped"))?.map_err(|e| e.code())?;
            if let Some(letter) = &lesson.letter {
                sent::send(&env, letter, lang).await?;
            }
            Ok(ScreenWorld::new(env, boot::operator(), &things(sound)))
        })
    })
}

/// No printer, no stick.
pub fn things(sound: Sound) -> Things {
    Things { printer: None, sticks: Sticks::under(Vec::<PathBuf>::new(), "/proc/self/mountinfo"), sound }
}

pub fn run(arguments: Arguments, world: &World) -> Exit {
    let Action::Check = arguments.action;
    let lang = world.lang;
    let mut faults = 0;
    let mut say = |line: String| {
        faults += 1;
        terminal::problem(&line);
    };
    let lessons = match read(&arguments.files, lang, &mut say) {
        Ok(lessons) => lessons,
        Err(exit) => return exit,
    };
    let Ok(content) = Snapshot::embedded() else { return Exit::Software };
    for named in &lessons {
        for finding in check::lesson(&named.lesson, &named.name, content) {
            say(told(&named.name, &finding, None, lang));
        }
    }
    let all: Vec<&Lesson> = lessons.iter().map(|named| named.lesson.as_ref()).collect();
    check::together(&all).iter().for_each(|finding| say(told(&finding_name(finding), finding, None, lang)));
    if faults > 0 {
        return Exit::NotValid;
    }
    if arguments.read_only {
        for named in &lessons {
            terminal::say(&Text::new(Msg::CliLessonsRead).with("lesson", named.name.clone()).say(lang));
        }
        return Exit::Ok;
    }
    let mut exit = Exit::Ok;
    for named in &lessons {
        match play::everywhere(&named.lesson) {
            Ok(played) if played.faults.is_empty() => {
                let good = Text::new(Msg::CliLessonsGood).with("lesson", named.name.clone());
                terminal::say(&good.with("count", played.times as i64).say(lang));
            }
            Ok(played) => {
                for fault in &played.faults {
                    terminal::problem(&told(&named.name, &fault.finding, Some(&fault.look), lang));
                }
                exit = Exit::NotValid;
            }
            Err(why) => {
                terminal::problem(&format!("{}. {why}", Text::new(Msg::CliLessonsNoWorld).say(lang)));
                return Exit::CouldNotCheck;
            }
        }
    }
    exit
}

fn finding_name(finding: &check::Finding) -> String {
    finding.step.clone().unwrap_or_else(|| "lessons".to_owned())
}

/// A finding as a line: where, and what.
pub fn told(name: &str, finding: &check::Finding, look: Option<&str>, lang: Lang) -> String {
    let what = finding.what.say(lang);
    let text = match (&finding.step, look) {
        (Some(step), Some(look)) => {
            Text::new(Msg::CliLessonsFindingLook).with("step", step.clone()).with("look", look.to_owned())
        }
        (Some(step), None) => Text::new(Msg::CliLessonsFindingStep).with("step", step.clone()),
        (None, _) => Text::new(Msg::CliLessonsFinding),
    };
    text.with("lesson", name.to_owned()).with("what", what).say(lang)
}

/// The lessons of files and folders; of the program itself where none is named.
fn read(files: &[PathBuf], lang: Lang, say: &mut impl FnMut(String)) -> Result<Vec<Named>, Exit> {
    let mut texts: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    if files.is_empty() {
        let own = EMBEDDED.iter().filter(|(path, _)| path.starts_with("lessons/"));
        texts.extend(own.map(|(path, bytes)| (PathBuf::from(path), bytes.to_vec())));
    }
    for file in files {
        let unreadable = |why: String| {
            let text =
                Text::new(Msg::CliUnreadable).with("file", file.display().to_string()).with("why", why);
            terminal::problem(&text.say(lang));
            Exit::NoInput
        };
        let inside = if file.is_dir() {
            folder(file).map_err(|e| unreadable(words::io(lang, &e)))?
        } else {
            vec![file.clone()]
        };
        if inside.is_empty() {
            let text = Text::new(Msg::CliLessonsNone).with("file", file.display().to_string());
            terminal::problem(&text.say(lang));
            return Err(Exit::NoInput);
        }
        for path in inside {
            let bytes = disk::read(&path, MAX_FILE).map_err(|e| unreadable(words::fault(lang, e.code())))?;
            let missing = || unreadable(crate::i18n::tr(lang, Msg::CliIoNotFound));
            texts.push((path, bytes.ok_or_else(missing)?));
        }
    }
    let mut lessons = Vec::new();
    for (path, bytes) in texts {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let read = std::str::from_utf8(&bytes)
            .map_err(|e| e.to_string())
            .and_then(|text| toml::from_str::<Lesson>(text).map_err(|e| e.to_string()));
        match read {
            Ok(lesson) => lessons.push(Named { name, lesson: Arc::new(lesson) }),
            Err(why) => {
                let file = path.display().to_string();
                say(Text::new(Msg::CliLessonsUnreadable).with("file", file).with("why", why).say(lang));
            }
        }
    }
    Ok(lessons)
}

/// The lesson files of a folder, in the order of their names.
fn folder(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
