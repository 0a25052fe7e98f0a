//! USB sticks and picked files: found by themselves, size caps, no symlinks, type by content.
//!
//! # How a screen uses it
//!
//! Everything here blocks for as long as a slow stick does: call it off the UI thread, for example
//! `Task::perform(spawn_blocking(move || files::list(&stick, lang)), …)`.
//!
//! ```ignore
//! let sticks = Sticks::system().watch();              // watch::Receiver<Vec<Stick>>: subscribe once
//! let listing = files::list(&stick, lang)?;           // what may be picked, likely kinds first
//! let picked = files::pick(&stick, &listing.entries[3], MAX_ATTACHED - attached)?;
//! let preview = files::preview(&picked, 320);         // Picture (RGBA) | Text | NotShown
//! let name = files::save(&stick, "Талон ЖТ-2026-00001234.pdf", pdf.bytes())?;
//! ```
//!
//! A [`Stick`] that was pulled out gives [`FilesError::StickGone`] from every call, and is no
//! longer in the watched list. Nothing is ever written to the folder that a pulled stick leaves.

mod kind;
mod list;
mod pick;
mod preview;
mod save;
mod sticks;

pub use kind::{Charset, Kind, decode_text};
pub use list::{Entry, Listing, list, list_ending, list_endings};
pub use pick::{Picked, pick, read};
pub use preview::{Preview, preview};
pub use save::{save, save_all};
pub use sticks::{Stick, Sticks};

use crate::fault::{Code, Coded};

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilesError {
    #[error("the stick is no longer there")]
    StickGone,
    #[error("no space left on the stick")]
    StickFull,
    #[error("the stick cannot be written to")]
    StickReadOnly,
    #[error("the stick could not be read or written: {0}")]
    StickUnreadable(std::io::ErrorKind),
    #[error("the file is no longer there, or is no plain file")]
    Gone,
    #[error("the file is empty")]
    Empty,
    #[error("the file is bigger than {0} bytes")]
    TooBig(u64),
    #[error("neither PDF, JPEG, PNG nor text")]
    Kind,
    #[error("the picture is damaged")]
    PictureDamaged,
    #[error("the picture has too many dots")]
    PictureTooBig,
}

impl Coded for FilesError {
    fn code(&self) -> Code {
        Code(match self {
            FilesError::StickGone => "files.stick-gone",
            FilesError::StickFull => "files.stick-full",
            FilesError::StickReadOnly => "files.stick-read-only",
            FilesError::StickUnreadable(_) => "files.stick-unreadable",
            FilesError::Gone => "files.gone",
            FilesError::Empty => "files.empty",
            FilesError::TooBig(_) => "files.too-big",
            FilesError::Kind => "files.kind",
            FilesError::PictureDamaged => "files.picture-damaged",
            FilesError::PictureTooBig => "files.picture-too-big",
        })
    }
}

/// What an I/O error on a stick means for the person who holds it.
fn told(error: impl Into<std::io::Error>) -> FilesError {
    use rustix::io::Errno;
    let error = error.into();
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOSPC | Errno::DQUOT | Errno::FBIG) => FilesError::StickFull,
        Some(Errno::ROFS | Errno::ACCESS | Errno::PERM) => FilesError::StickReadOnly,
        Some(Errno::NODEV | Errno::NXIO | Errno::NOTCONN | Errno::SHUTDOWN | Errno::STALE) => {
            FilesError::StickGone
        }
        _ => FilesError::StickUnreadable(error.kind()),
    }
}
