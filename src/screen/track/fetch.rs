//! Her signed letter as the portal has it by now, with the proof of its time: fetched only when she asks, for
//! on a slow line it takes as long as the letter took; its size is said before. It can be stopped, and goes on
//! where it stopped.

use iced::widget::{column, row};
use iced::{Element, Task};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::work::{self, Key, Shown};
use super::{Context, Letter, Message};
use crate::domain::event::History;
use crate::fault::{Code, Coded as _};
use crate::files::{self, Stick};
use crate::i18n::{Lang, Msg, Text};
use crate::portal::SignedPart;
use crate::screen::once::Once;
use crate::ui::button::{secondary, secondary_with};
use crate::ui::card::{Notice, card, notice, progress};
use crate::ui::icon::Icon;
use crate::ui::words::{strong, text};

/// Bytes of one piece: two seconds on a line of 10 kbit/s.
const PIECE: u64 = 2_048;
/// Bytes a second on such a line.
const SLOW: u64 = 1_000;

/// How far it is.
#[derive(Default)]
pub struct Fetch {
    stage: Stage,
    held: Zeroizing<Vec<u8>>,
    /// Which version of the file the bytes are of.
    tag: Option<String>,
    total: u64,
    /// An answer to an earlier question comes too late.
    asked: u64,
}

#[derive(Default)]
enum Stage {
    #[default]
    None,
    /// How long is it?
    Asking,
    Offered,
    Coming,
    /// By her, or by the line.
    Stopped(Option<Code>),
    Writing,
    Saved(String),
    Failed(Code),
}

/// What she does, and what comes.
#[derive(Clone)]
pub enum Step {
    Ask,
    Go,
    Stop,
    Part(u64, Once<Result<SignedPart, Code>>),
    Saved(Once<Result<String, Code>>),
}

impl Fetch {
    fn ask(&mut self, key: &Key, from: u64, most: u64, context: &Context<'_>) -> Task<Message> {
        self.asked += 1;
        let (round, env) = (self.asked, context.world.env.clone());
        let ask = work::signed_part(env, key.clone(), from, most);
        Task::perform(ask, move |part| Message::Signed(Step::Part(round, Once::new(part))))
    }

    fn next(&mut self, key: &Key, context: &Context<'_>) -> Task<Message> {
        self.stage = Stage::Coming;
        let held = self.held.len() as u64;
        self.ask(key, held, PIECE.min(self.total.saturating_sub(held)).max(1), context)
    }

    fn came(&mut self, part: SignedPart, key: &Key, shown: &Shown, context: &Context<'_>) -> Task<Message> {
        let first = matches!(self.stage, Stage::Asking);
        if first || self.tag.as_ref() != Some(&part.tag) {
            // Another version than before: a proof came meanwhile.
            self.held.clear();
            (self.tag, self.total) = (Some(part.tag), part.total);
            if first {
                self.stage = Stage::Offered;
                return Task::none();
            }
            return self.next(key, context);
        }
        self.held.extend_from_slice(&part.bytes);
        if (self.held.len() as u64) < self.total {
            return self.next(key, context);
        }
        let Some(stick) = context.sticks.first().cloned() else {
            self.stage = Stage::Failed(Code("files.stick-gone"));
            return Task::none();
        };
        self.stage = Stage::Writing;
        let history = shown.history.clone();
        let bytes = std::mem::take(&mut self.held);
        let work = async move {
            let write = spawn_blocking(move || write(&stick, &history, &bytes));
            write.await.unwrap_or(Err(Code("files.stick-gone")))
        };
        Task::perform(work, |saved| Message::Signed(Step::Saved(Once::new(saved))))
    }
}

/// Of another letter than her history is of nothing is saved.
fn write(stick: &Stick, history: &History, cms: &[u8]) -> Result<String, Code> {
    if !work::is_of(cms, history.statement) {
        return Err(Code("portal.unreadable"));
    }
    // As beside the receipt, in the letter's language.
    let lang = Lang::from_tag(&history.language).unwrap_or_default();
    let name = Text::new(Msg::ReceivedFileLetter).with("number", history.number.as_str()).say(lang);
    files::save(stick, &format!("{name}.p7m"), cms).map_err(|e| e.code())
}

pub fn update(letter: &mut Letter, step: Step, context: &Context<'_>) -> Task<Message> {
    let Letter { fetch, key, shown, .. } = letter;
    match step {
        Step::Ask => {
            fetch.stage = Stage::Asking;
            return fetch.ask(key, 0, 1, context);
        }
        Step::Go => return fetch.next(key, context),
        Step::Stop => {
            fetch.asked += 1;
            fetch.stage = if fetch.held.is_empty() { Stage::None } else { Stage::Stopped(None) };
        }
        Step::Part(round, part) if round == fetch.asked => match part.take() {
            Some(Ok(part)) => return fetch.came(part, key, shown, context),
            Some(Err(code)) => {
                // What came so far is kept, and the rest is asked for when she says so.
                let asking = matches!(fetch.stage, Stage::Asking);
                fetch.stage = if asking { Stage::Failed(code) } else { Stage::Stopped(Some(code)) };
            }
            None => {}
        },
        Step::Saved(saved) => match saved.take() {
            Some(Ok(name)) => fetch.stage = Stage::Saved(name),
            Some(Err(code)) => fetch.stage = Stage::Failed(code),
            None => {}
        },
        Step::Part(..) => {}
    }
    Task::none()
}

/// The way to begin, where a stick is in and nothing is under way.
pub fn button<'a>(letter: &Letter, context: &Context<'a>) -> Option<Element<'a, Message>> {
    let idle = matches!(letter.fetch.stage, Stage::None | Stage::Failed(_));
    let ask = || secondary_with(context.look, "track.signed", Msg::TrackSigned, Some(Icon::Usb));
    (idle && !context.sticks.is_empty()).then(|| ask().on(Message::Signed(Step::Ask)).into())
}

pub fn view<'a>(letter: &Letter, context: &Context<'a>) -> Option<Element<'a, Message>> {
    let look = context.look;
    let Fetch { stage, held, total, .. } = &letter.fetch;
    let says = |id: String| Msg::from_id(&id).map(|m| Text::new(m).say(look.lang)).unwrap_or_default();
    let gap = look.space(1.5);
    let go = |label| secondary(look, "track.signed.go", label).on(Message::Signed(Step::Go));
    let stop = |label| secondary(look, "track.signed.stop", label).on(Message::Signed(Step::Stop));
    let bar = || {
        let part = held.len() as f32 / (*total).max(1) as f32;
        progress(look, "track.signed.progress", Msg::TrackSignedComing, part)
    };
    let size = || {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let (kilobytes, seconds) = (count(total.div_ceil(1_000)), count(total.div_ceil(SLOW)));
        Text::new(Msg::TrackSignedSize).with("n", kilobytes).with("seconds", seconds)
    };
    Some(match stage {
        Stage::None => return None,
        Stage::Asking => card(
            look,
            column![strong(look, Msg::TrackAsking), text(look, Msg::TrackAskingText).wide()].spacing(gap),
        ),
        Stage::Offered => {
            let ways = row![go(Msg::TrackSignedGo), stop(Msg::TrackSignedNo)].spacing(look.space(2.0));
            let ways = ways.wrap().vertical_spacing(look.space(1.0));
            let says = [text(look, size()).wide(), text(look, Msg::TrackSignedWhat).wide()];
            let [size, what] = says;
            card(look, column![strong(look, Msg::TrackSigned), what, size, ways].spacing(gap))
        }
        Stage::Coming | Stage::Writing => {
            let lines = column![strong(look, Msg::TrackSignedComing), bar(), stop(Msg::TrackSignedStop)];
            card(look, lines.spacing(gap))
        }
        Stage::Stopped(None) => {
            let lines = column![strong(look, Msg::TrackSignedStopped), bar(), go(Msg::TrackSignedOn)];
            card(look, lines.spacing(gap))
        }
        Stage::Stopped(Some(code)) => {
            let why = notice(look, Notice::Warning, says(code.message_id()), Msg::TrackSignedKept);
            let lines = column![bar(), go(Msg::TrackSignedOn)].spacing(gap);
            column![why, card(look, lines)].spacing(look.space(2.0)).into()
        }
        Stage::Saved(name) => {
            let name = Text::new(Msg::TrackSignedName).with("name", name.as_str());
            notice(look, Notice::Good, Msg::TrackSaved, name)
        }
        Stage::Failed(code) => notice(look, Notice::Danger, says(code.message_id()), says(code.remedy_id())),
    })
}
