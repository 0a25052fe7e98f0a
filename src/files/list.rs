//! What is on a stick: plain files, a few folders deep, never through a symbolic link.

use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};

use super::kind::Kind;
use super::{FilesError, Stick, told};
use crate::domain::statement::MAX_FILE_NAME_CHARS;
use crate::i18n::{Lang, format};

/// Folders below the top one.
const DEPTH: usize = 4;
const FILES: usize = 500;
/// Names looked at before giving up; a stick may hold a whole disk's copy.
const NAMES: usize = 20_000;

/// A file that may be picked. No `Debug`: its name is the visitor's.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Folder by folder from the stick's top, then the file's own name, as the stick has them.
    pub(super) path: Vec<OsString>,
    /// To be shown, and to be the attachment's name: one line, at most 120 characters.
    pub name: String,
    /// The folders, joined with ` / `; empty at the top.
    pub folder: String,
    /// Bytes.
    pub size: u64,
    /// Seconds since 1970 in UTC, as far as the stick knows.
    pub modified: i64,
    /// What the name says it is; the content decides when it is picked.
    pub likely: Option<Kind>,
}

#[cfg(feature = "tools")]
impl Entry {
    /// A file that is nowhere: for pictures of screens.
    pub(crate) fn pictured(name: &str, folder: &str, size: u64) -> Self {
        let path = vec![OsString::from(name)];
        let likely = Kind::by_name(name);
        Self { path, name: name.to_owned(), folder: folder.to_owned(), size, modified: 0, likely }
    }
}

#[derive(Clone, Default)]
pub struct Listing {
    pub entries: Vec<Entry>,
    /// There were more than are listed.
    pub more: bool,
}

/// Likely attachments first, those at the top before those in folders, then by name as `lang` sorts.
pub fn list(stick: &Stick, lang: Lang) -> Result<Listing, FilesError> {
    list_where(stick, lang, |_| true)
}

/// As [`list`], only files whose name ends so, in capitals or not (`.tzd`): one that stands behind
/// hundreds of others is found, too.
pub fn list_ending(stick: &Stick, lang: Lang, ending: &str) -> Result<Listing, FilesError> {
    list_endings(stick, lang, &[ending])
}

/// As [`list_ending`], with any of several endings, each in small letters.
pub fn list_endings(stick: &Stick, lang: Lang, endings: &[&str]) -> Result<Listing, FilesError> {
    list_where(stick, lang, |name| {
        let name = name.to_string_lossy().to_lowercase();
        endings.iter().any(|ending| name.ends_with(ending))
    })
}

fn list_where(stick: &Stick, lang: Lang, wanted: impl Fn(&OsStr) -> bool) -> Result<Listing, FilesError> {
    let mut listing = Listing::default();
    let mut seen = 0;
    let mut folders = std::collections::VecDeque::from([(stick.open()?, Vec::<OsString>::new())]);
    while let Some((folder, path)) = folders.pop_front() {
        let top = path.is_empty();
        let read = match Dir::read_from(&folder) {
            Ok(read) => read,
            // A folder that cannot be entered is left out; the stick's own must be readable.
            Err(e) if top => return Err(told(e)),
            Err(_) => continue,
        };
        for item in read {
            let item = match item {
                Ok(item) => item,
                Err(e) if top => return Err(told(e)),
                Err(_) => break,
            };
            seen += 1;
            if seen > NAMES || listing.entries.len() >= FILES {
                listing.more = true;
                break;
            }
            let name = OsStr::from_bytes(item.file_name().to_bytes());
            if hidden(name) {
                continue;
            }
            let Ok(about) = rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
            let mut path = path.clone();
            path.push(name.to_owned());
            match FileType::from_raw_mode(about.st_mode) {
                FileType::Directory if about.st_dev == stick.device() => {
                    if path.len() > DEPTH {
                        listing.more = true;
                    } else if let Ok(below) = enter(&folder, name) {
                        folders.push_back((below, path));
                    }
                }
                FileType::RegularFile if wanted(name) => listing.entries.push(entry(path, &about)),
                _ => {}
            }
        }
    }
    listing.entries.sort_by(|a, b| {
        (a.likely.is_none(), a.path.len())
            .cmp(&(b.likely.is_none(), b.path.len()))
            .then_with(|| format::compare(lang, &a.folder, &b.folder))
            .then_with(|| format::compare(lang, &a.name, &b.name))
            .then_with(|| a.path.cmp(&b.path))
    });
    Ok(listing)
}

pub(super) fn enter(folder: &OwnedFd, name: &OsStr) -> Result<OwnedFd, rustix::io::Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(folder, name, flags, Mode::empty())
}

fn entry(path: Vec<OsString>, about: &rustix::fs::Stat) -> Entry {
    let (name, folders) = match path.split_last() {
        Some((name, folders)) => (shown(name), folders),
        None => (String::new(), &[][..]),
    };
    let folder = folders.iter().map(|f| shown(f)).collect::<Vec<_>>().join(" / ");
    Entry {
        likely: Kind::by_name(&name),
        name,
        folder,
        size: u64::try_from(about.st_size).unwrap_or(0),
        modified: about.st_mtime,
        path,
    }
}

/// Dot files, and what Windows and macOS leave on sticks.
fn hidden(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    const LITTER: [&str; 5] =
        ["system volume information", "$recycle.bin", "desktop.ini", "thumbs.db", "found.000"];
    name.starts_with('.') || name.starts_with("~$") || LITTER.contains(&name.as_str())
}

/// A name as it may be shown and signed: one line of assigned characters, NFC, without direction
/// marks, no separators, at most 120 characters with its extension kept.
pub(super) fn shown(name: &OsStr) -> String {
    let text = name.to_string_lossy();
    let text = icu_normalizer::ComposingNormalizerBorrowed::new_nfc().normalize(&text);
    let general = icu_properties::CodePointMapData::<icu_properties::props::GeneralCategory>::new();
    use icu_properties::props::GeneralCategory as G;
    let clean: String = text
        .chars()
        .map(|c| match general.get(c) {
            G::SpaceSeparator | G::LineSeparator | G::ParagraphSeparator => ' ',
            G::Control | G::Format | G::Unassigned | G::PrivateUse | G::Surrogate => '_',
            _ if c == '/' || c == '\\' || c == '\u{fffd}' => '_',
            _ => c,
        })
        .collect();
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let count = clean.chars().count();
    if count <= MAX_FILE_NAME_CHARS {
        return if clean.is_empty() { "_".into() } else { clean };
    }
    let (stem, extension) = match clean.rsplit_once('.') {
        Some((stem, ext)) if ext.chars().count() <= 8 => (stem, format!(".{ext}")),
        _ => (clean.as_str(), String::new()),
    };
    let keep = MAX_FILE_NAME_CHARS - extension.chars().count() - 1;
    stem.chars().take(keep).chain(['…']).chain(extension.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_and_cannot_disguise() {
        let show = |s: &str| shown(OsStr::new(s));
        assert_eq!(show("көше  суреті.jpg"), "көше суреті.jpg");
        assert_eq!(show("gpj.\u{202e}exe.jpg"), "gpj._exe.jpg");
        assert_eq!(show("a\nb\\c"), "a_b_c");
        assert_eq!(show("и\u{306}.txt"), "й.txt");
        assert_eq!(shown(OsStr::from_bytes(b"\xcf\xf0\xe8.txt")), "___.txt");
        assert_eq!(show(""), "_");
        let long = show(&format!("{}.pdf", "ұ".repeat(300)));
        assert!(long.chars().count() == 120 && long.ends_with("….pdf"));
    }

    #[test]
    fn litter_is_hidden() {
        for name in [".git", "~$letter.docx", "Thumbs.db", "System Volume Information", "$RECYCLE.BIN"] {
            assert!(hidden(OsStr::new(name)), "{name}");
        }
        assert!(!hidden(OsStr::new("хат.pdf")));
    }
}
