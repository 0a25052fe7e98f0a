//! A locked draft as QR texts: `TRZ1D:`, Base45 of (id, index, count, bytes), a full stop at the end,
//! so that a scanner that trims spaces takes nothing away.

use super::{SavedError, VERSION, look};
use crate::domain::Digest;
use crate::seal::base45;

const PREFIX: &str = "TRZ1D:";
/// Bytes in a part: a QR of 93 modules, read at 65 mm from a worn 130-dpi scan.
const PART: usize = 560;
/// More parts than this are no help to anybody: the stick is.
const MAX_PARTS: usize = 24;
const ID: usize = 4;

/// The texts of the codes, in order.
pub fn qr_parts(locked: &[u8]) -> Result<Vec<String>, SavedError> {
    look(locked)?;
    let chunks: Vec<_> = locked.chunks(PART).collect();
    if chunks.len() > MAX_PARTS {
        return Err(SavedError::TooBig);
    }
    let id = Digest::of(locked).0;
    let count = u8::try_from(chunks.len()).map_err(|_| SavedError::TooBig)?;
    Ok((0u8..)
        .zip(chunks)
        .map(|(index, chunk)| {
            let bytes = [&id[..ID], &[index, count], chunk].concat();
            format!("{PREFIX}{}.", base45::encode(&bytes))
        })
        .collect())
}

/// How far the scanning is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub have: usize,
    pub of: usize,
}

/// Scanned parts, in any order, any of them twice.
#[derive(Default)]
pub struct Parts {
    id: [u8; ID],
    parts: Vec<Option<Vec<u8>>>,
}

impl Parts {
    /// Takes one scanned text. A part of another draft changes nothing.
    pub fn add(&mut self, text: &str) -> Result<Progress, SavedError> {
        let (id, index, count, chunk) = read(text)?;
        if self.parts.is_empty() {
            self.id = id;
            self.parts = vec![None; count];
        } else if id != self.id || count != self.parts.len() {
            return Err(SavedError::OtherSheet);
        }
        let place = self.parts.get_mut(index).ok_or(SavedError::Damaged)?;
        *place = Some(chunk);
        Ok(self.progress())
    }

    pub fn progress(&self) -> Progress {
        Progress { have: self.parts.iter().flatten().count(), of: self.parts.len() }
    }

    /// Which are still missing, counted from one, as the sheets number them.
    pub fn missing(&self) -> Vec<usize> {
        self.parts.iter().enumerate().filter(|(_, p)| p.is_none()).map(|(n, _)| n + 1).collect()
    }

    /// The locked draft, once every part is there.
    pub fn whole(&self) -> Option<Vec<u8>> {
        let parts: Option<Vec<&Vec<u8>>> = self.parts.iter().map(Option::as_ref).collect();
        let parts = parts?;
        (!parts.is_empty()).then(|| parts.into_iter().flatten().copied().collect())
    }
}

fn read(text: &str) -> Result<([u8; ID], usize, usize, Vec<u8>), SavedError> {
    let text = text.trim();
    let Some(coded) = text.strip_prefix(PREFIX) else {
        // `TRZ2D:` and on: the same sheets of a later program.
        let later = text.strip_prefix("TRZ").and_then(|t| t.split_once("D:")).map(|(v, _)| v.parse::<u8>());
        return Err(match later {
            Some(Ok(version)) if version > VERSION => SavedError::Newer(version),
            _ => SavedError::Foreign,
        });
    };
    let coded = coded.strip_suffix('.').ok_or(SavedError::Damaged)?;
    let bytes = base45::decode(coded).ok_or(SavedError::Damaged)?;
    let Some((head, chunk)) = bytes.split_at_checked(ID + 2) else { return Err(SavedError::Damaged) };
    let [a, b, c, d, index, count] = *head else { return Err(SavedError::Damaged) };
    let (index, count) = (usize::from(index), usize::from(count));
    let fits = index < count && count <= MAX_PARTS && !chunk.is_empty() && chunk.len() <= PART;
    if fits { Ok(([a, b, c, d], index, count, chunk.to_vec())) } else { Err(SavedError::Damaged) }
}
