//! The visitor's answers: what a draft is, and its bytes for "continue later" (the caller seals them).

use std::collections::BTreeMap;
use std::sync::Arc;

use minicbor::{Decoder, Encoder};
use zeroize::Zeroizing;

use crate::domain::Digest;
use crate::domain::statement::{Attachment, FormRef, MAX_ATTACHED, MAX_ATTACHMENTS};
use crate::fault::{Code, Coded};
use crate::i18n::Lang;
use crate::private::Private;

const VERSION: u64 = 1;
/// Bytes of a draft: its files, and texts beside them.
pub const MAX_DRAFT: usize = MAX_ATTACHED as usize + 512 * 1024;

/// An answer in no language: option ids and typed words, so that a language switch loses nothing.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// An option's id.
    Choice(Private<String>),
    /// As typed.
    Text(Private<String>),
    /// A body's id.
    Body(Private<String>),
    Tick(bool),
    Files(Vec<Attached>),
}

/// A file of the visitor's; its bytes are shared, and wiped when the last draft is gone.
#[derive(Clone, PartialEq, Eq)]
pub struct Attached {
    pub name: Private<String>,
    /// Found in the content: `image/png`.
    pub media_type: String,
    pub sha256: Digest,
    pub bytes: Arc<Zeroizing<Vec<u8>>>,
}

impl Attached {
    pub fn new(name: String, media_type: &str, bytes: Zeroizing<Vec<u8>>) -> Self {
        let sha256 = Digest::of(&bytes);
        Self { name: Private::new(name), media_type: media_type.to_owned(), sha256, bytes: Arc::new(bytes) }
    }

    /// As the statement names it.
    pub fn stated(&self) -> Attachment {
        Attachment {
            name: crate::domain::statement::text::tidy(self.name.expose()),
            media_type: self.media_type.clone(),
            size: self.bytes.len() as u64,
            sha256: self.sha256,
        }
    }
}

/// Answers by field id, and where in the form the visitor is. No `Debug`: they are hers.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    pub form: FormRef,
    /// The page's id.
    pub page: String,
    pub answers: BTreeMap<String, Answer>,
}

/// What a sealed draft held.
pub struct Saved {
    pub draft: Draft,
    /// The language it was written in.
    pub lang: Lang,
    /// Files were left out, because sheets of paper cannot hold them.
    pub without_files: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    #[error("not a draft")]
    Unreadable,
    #[error("a newer format than this version knows")]
    Newer,
    #[error("larger than a draft may be")]
    TooLarge,
    #[error("the form is not known any more")]
    NoForm,
}

impl Coded for DraftError {
    fn code(&self) -> Code {
        Code(match self {
            DraftError::Unreadable | DraftError::NoForm => "draft.unreadable",
            DraftError::Newer => "draft.newer",
            DraftError::TooLarge => "envelope.too-large",
        })
    }
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;
type Read<T> = Result<T, minicbor::decode::Error>;

impl Draft {
    pub fn new(form: FormRef, page: String) -> Self {
        Self { form, page, answers: BTreeMap::new() }
    }

    /// CBOR with integer keys. Without `files` it is a few kilobytes at most, for QR sheets.
    pub fn to_bytes(&self, lang: Lang, files: bool) -> Result<Zeroizing<Vec<u8>>, DraftError> {
        // One allocation: growing would leave copies of the words behind.
        let mut e = Encoder::new(Vec::with_capacity(self.size(files)));
        // Writing to memory cannot fail.
        let _ = self.write(&mut e, lang, files);
        let bytes = Zeroizing::new(e.into_writer());
        if bytes.len() > MAX_DRAFT { Err(DraftError::TooLarge) } else { Ok(bytes) }
    }

    fn size(&self, files: bool) -> usize {
        let answers = self.answers.iter().map(|(id, answer)| {
            let own = match answer {
                Answer::Choice(t) | Answer::Text(t) | Answer::Body(t) => t.expose().len(),
                Answer::Tick(_) => 1,
                Answer::Files(list) if files => {
                    list.iter().map(|f| f.bytes.len() + f.name.expose().len() + 128).sum()
                }
                Answer::Files(_) => 0,
            };
            id.len() + own + 32
        });
        256 + self.form.id.len() + self.page.len() + answers.sum::<usize>()
    }

    fn has_files(&self) -> bool {
        self.answers.values().any(|a| matches!(a, Answer::Files(list) if !list.is_empty()))
    }

    fn write(&self, e: &mut Encoder<Vec<u8>>, lang: Lang, files: bool) -> Written {
        e.map(7)?.u8(0)?.u64(VERSION)?;
        e.u8(1)?.str(&self.form.id)?.u8(2)?.u32(self.form.version)?;
        e.u8(3)?.str(&self.page)?.u8(4)?.str(lang.tag())?;
        e.u8(5)?.bool(!files && self.has_files())?;
        let kept = |a: &&Answer| files || !matches!(a, Answer::Files(_));
        e.u8(6)?.map(self.answers.values().filter(kept).count() as u64)?;
        for (id, answer) in self.answers.iter().filter(|(_, a)| kept(a)) {
            e.str(id)?.array(2)?;
            match answer {
                Answer::Choice(id) => {
                    e.u8(1)?.str(id.expose())?;
                }
                Answer::Text(words) => {
                    e.u8(2)?.str(words.expose())?;
                }
                Answer::Body(id) => {
                    e.u8(3)?.str(id.expose())?;
                }
                Answer::Tick(ticked) => {
                    e.u8(4)?.bool(*ticked)?;
                }
                Answer::Files(list) => {
                    e.u8(5)?.array(list.len() as u64)?;
                    for file in list {
                        e.array(3)?.str(file.name.expose())?.str(&file.media_type)?.bytes(&file.bytes)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads what [`Draft::to_bytes`] wrote. Keys and kinds of answers that a later version adds are
    /// passed over.
    pub fn from_bytes(bytes: &[u8]) -> Result<Saved, DraftError> {
        if bytes.len() > MAX_DRAFT {
            return Err(DraftError::TooLarge);
        }
        let mut d = Decoder::new(bytes);
        let (mut version, mut id, mut of, mut page, mut lang) = (None, None, None, None, None);
        let (mut answers, mut without_files) = (BTreeMap::new(), false);
        let mut read = || -> Read<()> {
            for _ in 0..d.map()?.unwrap_or(0) {
                match d.i64()? {
                    0 => version = Some(d.u64()?),
                    1 => id = Some(d.str()?.to_owned()),
                    2 => of = Some(d.u32()?),
                    3 => page = Some(d.str()?.to_owned()),
                    4 => lang = Lang::from_tag(d.str()?),
                    5 => without_files = d.bool()?,
                    6 => answers = read_answers(&mut d)?,
                    _ => d.skip()?,
                }
            }
            Ok(())
        };
        let whole = read().is_ok() && d.position() == bytes.len();
        match version {
            Some(v) if v > VERSION => return Err(DraftError::Newer),
            Some(VERSION) if whole => {}
            _ => return Err(DraftError::Unreadable),
        }
        let (Some(id), Some(version), Some(page)) = (id, of, page) else {
            return Err(DraftError::Unreadable);
        };
        let draft = Draft { form: FormRef { id, version }, page, answers };
        Ok(Saved { draft, lang: lang.unwrap_or_default(), without_files })
    }
}

fn read_answers(d: &mut Decoder) -> Read<BTreeMap<String, Answer>> {
    let mut answers = BTreeMap::new();
    for _ in 0..d.map()?.unwrap_or(0) {
        let id = d.str()?.to_owned();
        if d.array()? != Some(2) {
            return Err(minicbor::decode::Error::message("a kind and a value"));
        }
        let words = |d: &mut Decoder| -> Read<Private<String>> { Ok(Private::new(d.str()?.to_owned())) };
        let answer = match d.u64()? {
            1 => Answer::Choice(words(d)?),
            2 => Answer::Text(words(d)?),
            3 => Answer::Body(words(d)?),
            4 => Answer::Tick(d.bool()?),
            5 => Answer::Files(read_files(d)?),
            _ => {
                d.skip()?;
                continue;
            }
        };
        answers.insert(id, answer);
    }
    Ok(answers)
}

fn read_files(d: &mut Decoder) -> Read<Vec<Attached>> {
    let count = d.array()?.filter(|n| *n <= MAX_ATTACHMENTS as u64);
    let count = count.ok_or_else(|| minicbor::decode::Error::message("too many files"))?;
    let mut files = Vec::new();
    for _ in 0..count {
        if d.array()? != Some(3) {
            return Err(minicbor::decode::Error::message("name, type, bytes"));
        }
        let (name, media_type) = (d.str()?.to_owned(), d.str()?.to_owned());
        files.push(Attached::new(name, &media_type, Zeroizing::new(d.bytes()?.to_vec())));
    }
    Ok(files)
}

#[cfg(test)]
mod tests;
