//! What was hers, and the search for it.

use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

pub const PIN: &str = "73914628";
/// Where she wants to be told: as she types it, and as it is read back to her.
pub const PHONE: &str = "7013948672";
const SPOKEN: &str = "701 394 86 72";
pub const WORDS: &str = "ғажайыпқызғалдақшоқ";
/// As `tests/support/cards/firmware.rs` certifies it.
pub const IIN: &str = "900101300017";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Pin,
    Words,
    Iin,
    Phone,
}

impl Mark {
    /// Its spellings in memory: UTF-8, and UTF-32 and UTF-16 as they stand on this machine. The
    /// keyboard makes the first letter a capital, so the words are looked for without it.
    fn spelled(self) -> Vec<Vec<u8>> {
        let texts = match self {
            Mark::Pin => vec![PIN],
            Mark::Words => vec![&WORDS[WORDS.char_indices().nth(1).unwrap().0..]],
            Mark::Iin => vec![IIN],
            Mark::Phone => vec![PHONE, SPOKEN],
        };
        let spelled = |text: &str| {
            let wide = text.chars().flat_map(|c| u32::from(c).to_ne_bytes()).collect();
            let utf16 = text.encode_utf16().flat_map(u16::to_ne_bytes).collect();
            [text.as_bytes().to_vec(), wide, utf16]
        };
        texts.into_iter().flat_map(spelled).collect()
    }
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    memchr::memmem::find(bytes, what).is_some()
}

fn found(bytes: &[u8], marks: &[Mark]) -> Vec<Mark> {
    marks.iter().copied().filter(|m| m.spelled().iter().any(|s| holds(bytes, s))).collect()
}

pub fn in_bytes(bytes: &[u8], marks: &[Mark]) -> Vec<Mark> {
    found(bytes, marks)
}

/// Everything that the process may write to: heap, stacks, what it mapped. Its program text is not
/// hers. Gives what was found, where, and how many bytes were looked through.
pub fn in_memory(pid: u32, marks: &[Mark]) -> (Vec<(Mark, String)>, usize) {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let mut memory = fs::File::open(format!("/proc/{pid}/mem")).unwrap();
    let (mut all, mut searched) = (vec![], 0);
    for line in maps.lines().filter(|l| l.split(' ').nth(1).is_some_and(|p| p.starts_with("rw"))) {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        memory.seek(SeekFrom::Start(from)).unwrap();
        // A mapping that went in the meantime holds nothing.
        if memory.read_exact(&mut bytes).is_err() {
            continue;
        }
        searched += bytes.len();
        all.extend(found(&bytes, marks).into_iter().map(|m| (m, line.to_owned())));
    }
    (all, searched)
}

/// [`in_memory`] for any bytes; the names of those that are found.
pub fn bytes_in_memory(pid: u32, what: &[(String, Vec<u8>)]) -> Vec<String> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let mut memory = fs::File::open(format!("/proc/{pid}/mem")).unwrap();
    let mut all = vec![];
    for line in maps.lines().filter(|l| l.split(' ').nth(1).is_some_and(|p| p.starts_with("rw"))) {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        memory.seek(SeekFrom::Start(from)).unwrap();
        if memory.read_exact(&mut bytes).is_ok() {
            all.extend(what.iter().filter(|(_, w)| holds(&bytes, w)).map(|(name, _)| name.clone()));
        }
    }
    all.sort();
    all.dedup();
    all
}

/// The files below this folder that hold any of these bytes, and which.
pub fn bytes_in_files(folder: &Path, what: &[(String, Vec<u8>)]) -> Vec<(PathBuf, String)> {
    let mut hits = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            hits.extend(bytes_in_files(&path, what));
        } else if path.is_file() {
            let bytes = fs::read(&path).unwrap();
            let found = what.iter().filter(|(_, w)| holds(&bytes, w));
            hits.extend(found.map(|(name, _)| (path.clone(), name.clone())));
        }
    }
    hits
}

pub fn in_files(folder: &Path, marks: &[Mark]) -> Vec<(PathBuf, Vec<Mark>)> {
    let mut hits = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            hits.extend(in_files(&path, marks));
        } else if path.is_file() {
            let marks = found(&fs::read(&path).unwrap(), marks);
            if !marks.is_empty() {
                hits.push((path, marks));
            }
        }
    }
    hits
}
