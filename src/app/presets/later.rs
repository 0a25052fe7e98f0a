//! "Continue later" in every state, and the way back to a saved letter.

use std::sync::Arc;

use super::walk::Walk;
use super::{NOW, Preset, letter};
use crate::app::over::Over;
use crate::app::{App, Message as AppMessage};
use crate::env::Mode;
use crate::fault::{Code as Fault, Coded as _};
use crate::files::{Entry, FilesError, Stick};
use crate::i18n::Msg;
use crate::print::printer::Progress;
use crate::screen::later::{Locked, Message, Sheets};
use crate::screen::letter::Message as LetterMessage;
use crate::screen::once::{CodePad, Once};
use crate::screen::resume::{self, Found, Message as Resume, Opened, Stage};
use crate::screen::scan::Scan;
use crate::screen::world::World;
use crate::screen::{self, Screen, home};
use crate::seal::base45;
use crate::store::draft::{Code, SavedError};
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("leave-letter", |l, w| letter::check(l, w).over(Over::Leave).done()),
    Preset::new("later-locking", |l, w| begun(l, w).done()),
    Preset::new("later-failed", |l, w| {
        begun(l, w).later(Message::Locked(Once::new(Err(SavedError::Random)))).done()
    }),
    Preset::new("later", |l, w| locked(l, w).done()),
    Preset::new("later-stick", |l, w| locked(l, w).sticks(&["KINGSTON"]).done()),
    Preset::new("later-sticks", |l, w| locked(l, w).sticks(&["KINGSTON", "Мектеп материалдары 2026"]).done()),
    Preset::new("later-saving", |l, w| locked(l, w).sticks(&["KINGSTON"]).later(Message::Save(0)).done()),
    Preset::new("later-saved", |l, w| saved(l, w).done()),
    Preset::new("later-saved-pulled", |l, w| saved(l, w).sticks(&[]).done()),
    Preset::new("later-stick-full", |l, w| refused(l, w, FilesError::StickFull)),
    Preset::new("later-stick-read-only", |l, w| refused(l, w, FilesError::StickReadOnly)),
    Preset::new("later-stick-gone", |l, w| refused(l, w, FilesError::StickGone)),
    Preset::new("later-hurried", |l, w| locked(l, w).later(Message::Finish).done()),
    Preset::new("later-hurried-saving", |l, w| {
        locked(l, w).sticks(&["KINGSTON"]).later(Message::Save(0)).later(Message::Finish).done()
    }),
    Preset::new("later-without-files", |l, w| {
        let sheets = Sheets { parts: Arc::new(vec![String::new(); 3]), without_files: true };
        begun(l, w).locked(Some(sheets)).done()
    }),
    Preset::new("later-too-big", |l, w| begun(l, w).locked(None).sticks(&["KINGSTON"]).done()),
    Preset::new("later-no-printer", |l, w| locked(l, w).later(Message::Print).done()),
    Preset::new("later-printing", |l, w| paper(l, w, Progress::Printing)),
    Preset::new("later-paper-out", |l, w| paper(l, w, Progress::Trouble(Fault("print.paper-out")))),
    Preset::new("later-printed", |l, w| paper(l, w, Progress::Done)),
    Preset::new("resume", |l, w| resuming(l, w).done()),
    Preset::new("resume-looking", |l, w| resuming(l, w).sticks(&["KINGSTON"]).done()),
    Preset::new("resume-none", |l, w| {
        resuming(l, w).sticks(&["KINGSTON"]).resume(Resume::Found(1, Once::new((vec![], None)))).done()
    }),
    Preset::new("resume-several", |l, w| several(l, w).done()),
    Preset::new("resume-unreadable", |l, w| {
        let gone = FilesError::StickUnreadable(std::io::ErrorKind::Other);
        let found = Resume::Found(1, Once::new((vec![], Some(gone))));
        resuming(l, w).sticks(&["KINGSTON"]).resume(found).done()
    }),
    Preset::new("resume-sheets", |l, w| scanned(l, w).done()),
    Preset::new("resume-other-sheet", |l, w| scanned(l, w).scan(&part(9, 0, 3)).done()),
    Preset::new("resume-foreign", |l, w| told(l, w, SavedError::Foreign)),
    Preset::new("resume-damaged", |l, w| told(l, w, SavedError::Damaged)),
    Preset::new("resume-newer", |l, w| told(l, w, SavedError::Newer(2))),
    Preset::new("resume-code", |l, w| asking(l, w, "").done()),
    Preset::new("resume-code-half", |l, w| asking(l, w, "7K3MX9").done()),
    Preset::new("resume-code-short", |l, w| asking(l, w, "7K3MX9").resume(Resume::Open).done()),
    Preset::new("resume-code-wrong", |l, w| {
        let wrong = Once::new(Err(SavedError::WrongCode.code()));
        asking(l, w, "7K3MX94TAV").resume(Resume::Opened(wrong)).done()
    }),
    Preset::new("resume-opening", |l, w| asking(l, w, "7K3MX94TAW").resume(Resume::Open).done()),
    Preset::new("letter-resumed", |l, w| {
        let said = vec![
            (Msg::FaultDraftFormChanged, Msg::FaultDraftFormChangedRemedy),
            (Msg::ResumeWithoutFiles, Msg::ResumeWithoutFilesText),
        ];
        let walk = letter::check(l, w);
        let Some(player) = walk.player() else { return walk.done() };
        let opened = Ok(Opened { player, said });
        asking(l, w, "7K3MX94TAW").resume(Resume::Opened(Once::new(opened))).done()
    }),
];

impl Walk {
    fn later(self, message: Message) -> Self {
        self.tell(screen::Message::Later(message))
    }

    fn resume(self, message: Resume) -> Self {
        self.tell(screen::Message::Resume(message))
    }

    fn scan(self, text: &str) -> Self {
        self.resume(Resume::Scanned(Scan::new(text.to_owned().into())))
    }

    /// These sticks are in.
    pub fn sticks(mut self, labels: &[&str]) -> Self {
        let sticks = labels.iter().map(|label| Stick::pictured(label)).collect();
        drop(self.app.update(AppMessage::Sticks(sticks)));
        self
    }

    fn over(mut self, lies: Over) -> Self {
        if let Some(visit) = &mut self.app.visit {
            visit.over = lies;
        }
        self
    }

    fn locked(self, sheets: Option<Sheets>) -> Self {
        let locked = Locked { file: Arc::new(Vec::new()), sheets };
        self.later(Message::Locked(Once::new(Ok(locked))))
    }

    fn player(&self) -> Option<Box<crate::page::player::Player>> {
        match &self.app.visit.as_ref()?.screen {
            Screen::Letter(state) => Some(state.player.clone()),
            _ => None,
        }
    }
}

/// The letter is being locked, with a code that is always the same.
fn begun(look: &Look, world: &World) -> Walk {
    let mut walk = letter::check(look, world).say(LetterMessage::Later);
    if let Some(visit) = &mut walk.app.visit
        && let Screen::Later(state) = &mut visit.screen
    {
        state.code = Code::parse("7K3MX-94TAW");
    }
    walk
}

fn locked(look: &Look, world: &World) -> Walk {
    let sheets = Sheets { parts: Arc::new(vec![String::new(); 5]), without_files: false };
    begun(look, world).locked(Some(sheets))
}

fn saved(look: &Look, world: &World) -> Walk {
    let written = Once::new((Stick::pictured("KINGSTON"), Ok("tereze-hat (2).tzd".into())));
    locked(look, world).sticks(&["KINGSTON"]).later(Message::Saved(written))
}

fn refused(look: &Look, world: &World, error: FilesError) -> App {
    let written = Once::new((Stick::pictured("KINGSTON"), Err(error)));
    let sticks: &[&str] = if error == FilesError::StickGone { &[] } else { &["KINGSTON"] };
    locked(look, world).sticks(sticks).later(Message::Saved(written)).done()
}

fn paper(look: &Look, world: &World, progress: Progress) -> App {
    locked(look, world).later(Message::Paper(progress)).done()
}

fn resuming(look: &Look, world: &World) -> Walk {
    Walk::home(look, world, Mode::Real).tell(screen::Message::Home(home::Message::Resume))
}

fn several(look: &Look, world: &World) -> Walk {
    let drafts = [("tereze-hat (2).tzd", ""), ("tereze-hat.tzd", ""), ("TEREZE~1.TZD", "Құжаттар / 2026")];
    let found = drafts.map(|(name, folder)| {
        let mut entry = Entry::pictured(name, folder, 4_000);
        entry.modified = NOW.0 - 86_400;
        Found { stick: Stick::pictured("KINGSTON"), entry }
    });
    resuming(look, world).sticks(&["KINGSTON"]).resume(Resume::Found(1, Once::new((found.into(), None))))
}

/// A sheet's text: part `index` of `count` of the draft `id`.
fn part(id: u8, index: u8, count: u8) -> String {
    format!("TRZ1D:{}.", base45::encode(&[id, 0, 0, 0, index, count, 1]))
}

fn scanned(look: &Look, world: &World) -> Walk {
    resuming(look, world).scan(&part(7, 3, 5)).scan(&part(7, 0, 5))
}

fn told(look: &Look, world: &World, error: SavedError) -> App {
    let mut walk = resuming(look, world);
    if let Some(state) = walk.resumed() {
        state.said = Some(error.code());
    }
    walk.done()
}

fn asking(look: &Look, world: &World, typed: &str) -> Walk {
    let mut walk = resuming(look, world);
    let pad = CodePad::default();
    typed.chars().for_each(|c| pad.push(c));
    if let Some(state) = walk.resumed() {
        state.stage = Stage::Asking { locked: Arc::new(Vec::new()), pad, trying: false, short: false };
    }
    walk
}

impl Walk {
    fn resumed(&mut self) -> Option<&mut resume::State> {
        match &mut self.app.visit.as_mut()?.screen {
            Screen::Resume(state) => Some(state),
            _ => None,
        }
    }
}
