//! Lists of revoked certificates that this portal's keeper named: files, and addresses that are asked
//! for what is newer. Kept on disk, so that a start without a line has what the last run had. A list
//! takes an older one's place only where an authority that is trusted here signed it; what is
//! unreadable, foreign or older than the one held changes nothing.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::task::spawn_blocking;

use crate::clock::Moment;
use crate::domain::Digest;
use crate::fault::Code;
use crate::log;
use crate::portal::client::lists::{Fetched, Mark, fetch};
use crate::sign::algorithm::Check;
use crate::sign::certificate::Certificate;
use crate::sign::crl::{Crl, MAX_CRL};
use crate::sign::revocation::Evidence;
use crate::sign::trust::Trust;
use crate::store::disk;

/// How often each source is asked; what did not change costs a few hundred bytes.
pub const EVERY: Duration = Duration::from_secs(15 * 60);
/// Sources, and bytes of all their lists together.
pub const MOST: usize = 32;
const MOST_BYTES: usize = 4 * MAX_CRL;

/// Where a list comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    File(PathBuf),
    /// `http://…`: the list is signed, the way to it need not be.
    Url(String),
}

impl Source {
    pub fn named(name: &str) -> Self {
        if name.starts_with("http://") { Self::Url(name.to_owned()) } else { Self::File(PathBuf::from(name)) }
    }
}

/// What one source gave last.
#[derive(Default)]
struct Kept {
    /// A full list, or a delta; a file may hold several.
    lists: Vec<Arc<Crl>>,
    bytes: usize,
    /// Which version it is, for whoever is asked again.
    mark: Mark,
    digest: Option<Digest>,
    /// What is wrong was said.
    said: bool,
}

pub struct Lists {
    sources: Vec<Source>,
    /// Where what came from addresses is kept; `None`: in memory.
    folder: Option<PathBuf>,
    trust: Trust,
    /// Certificates of those who sign lists for other authorities (RFC 5280 §5.2.5, indirect lists). Whether
    /// they may is judged with each certificate.
    issuers: Vec<Certificate>,
    held: RwLock<Vec<Kept>>,
}

/// Why a list was not taken.
#[derive(Debug, PartialEq, Eq)]
pub enum NotTaken {
    Unreadable,
    NotSigned,
    Older,
    TooMuch,
}

impl Lists {
    /// `trust`: whose lists are taken. What an earlier run kept in `folder` is read. More sources
    /// than [`MOST`] are not asked.
    pub fn new(sources: Vec<Source>, trust: Trust, folder: Option<PathBuf>) -> Self {
        Self::by(sources, trust, Vec::new(), folder)
    }

    /// The same, and lists by these who sign for others.
    pub fn by(
        mut sources: Vec<Source>,
        trust: Trust,
        issuers: Vec<Certificate>,
        folder: Option<PathBuf>,
    ) -> Self {
        sources.truncate(MOST);
        let held = sources.iter().map(|_| Kept::default()).collect();
        let lists = Self { sources, folder, trust, issuers, held: RwLock::new(held) };
        for (n, source) in lists.sources.iter().enumerate() {
            let (Source::Url(url), Some(folder)) = (source, &lists.folder) else { continue };
            let [list, mark] = files(folder, url);
            if let Ok(Some(bytes)) = disk::read(&list, MAX_CRL as u64) {
                let mark = disk::read(&mark, 4096).ok().flatten().map(|m| read_mark(&m)).unwrap_or_default();
                let _ = lists.take(n, &bytes, mark);
            }
        }
        lists
    }

    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Who signs lists for others.
    pub fn issuers(&self) -> &[Certificate] {
        &self.issuers
    }

    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// All that is held, for one judgement.
    pub fn evidence(&self) -> Evidence {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        Evidence { lists: held.iter().flat_map(|k| k.lists.iter().cloned()).collect(), ..Evidence::NONE }
    }

    /// Asks every source once for what is newer. Staff are told once of each that fails, and of each
    /// list whose time is over.
    pub async fn refresh(self: &Arc<Self>, now: Moment) {
        for (n, source) in self.sources.iter().enumerate() {
            let asked = match source {
                Source::File(path) => self.from_file(n, path.clone()).await,
                Source::Url(url) => self.from_address(n, url).await,
            };
            let over = self.with(n, |kept| {
                kept.lists.is_empty() || kept.lists.iter().any(|l| l.next_update.is_some_and(|end| end < now))
            });
            let fault = match asked {
                Err(code) => Some(code),
                Ok(()) if over => Some(Code("server.list-over")),
                Ok(()) => None,
            };
            let said = self.with(n, |kept| std::mem::replace(&mut kept.said, fault.is_some()));
            if let (Some(code), false) = (fault, said) {
                log::event(log::Event::Fault { code });
            }
        }
    }

    fn with<R>(&self, n: usize, f: impl FnOnce(&mut Kept) -> R) -> R {
        f(&mut self.held.write().unwrap_or_else(PoisonError::into_inner)[n])
    }

    async fn from_file(self: &Arc<Self>, n: usize, path: PathBuf) -> Result<(), Code> {
        let lists = self.clone();
        let work = move || {
            let bytes = disk::read(&path, MAX_CRL as u64).ok().flatten().ok_or(Code("server.list-silent"))?;
            lists.taken(n, &bytes, Mark::default())
        };
        spawn_blocking(work).await.unwrap_or(Err(Code("server.list-silent")))
    }

    async fn from_address(self: &Arc<Self>, n: usize, url: &str) -> Result<(), Code> {
        let mark = self.with(n, |kept| kept.mark.clone());
        let (bytes, mark) = match fetch(url, &mark).await.map_err(|_| Code("server.list-silent"))? {
            Fetched::Unchanged => return Ok(()),
            Fetched::New(bytes, mark) => (bytes, mark),
        };
        let (lists, url) = (self.clone(), url.to_owned());
        let work = move || {
            lists.taken(n, &bytes, mark.clone())?;
            if let Some(folder) = &lists.folder {
                let [list, tag] = files(folder, &url);
                let kept = disk::make_folder(folder)
                    .and_then(|()| disk::write_atomic(&list, &bytes))
                    .and_then(|()| disk::write_atomic(&tag, write_mark(&mark).as_bytes()));
                // What could not be kept is fetched again after the next start.
                if let Err(e) = kept {
                    super::trouble(&e);
                }
            }
            Ok(())
        };
        spawn_blocking(work).await.unwrap_or(Err(Code("server.list-silent")))
    }

    fn taken(&self, n: usize, bytes: &[u8], mark: Mark) -> Result<(), Code> {
        match self.take(n, bytes, mark) {
            // A mirror that is behind is no fault: what is held is newer.
            Ok(()) | Err(NotTaken::Older) => Ok(()),
            Err(_) => Err(Code("server.list-refused")),
        }
    }

    /// Takes what a source gave in the place of what it gave before. CPU work: a long list takes seconds.
    pub fn take(&self, n: usize, bytes: &[u8], mark: Mark) -> Result<(), NotTaken> {
        let digest = Some(Digest::of(bytes));
        if self.with(n, |kept| kept.digest == digest) {
            return Ok(());
        }
        let lists: Vec<Arc<Crl>> = Crl::from_file(bytes).into_iter().map(Arc::new).collect();
        if lists.is_empty() {
            return Err(NotTaken::Unreadable);
        }
        let authorities: Vec<_> = self.trust.authorities().map(|(_, a)| a).chain(&self.issuers).collect();
        let signed = |list: &Crl| {
            let mut own = authorities.iter().filter(|a| *a.name() == list.issuer);
            own.any(|a| list.signed_by(a) == Check::Good)
        };
        if !lists.iter().all(|list| signed(list)) {
            return Err(NotTaken::NotSigned);
        }
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let newest = |lists: &[Arc<Crl>]| lists.iter().map(|l| l.this_update).max();
        if newest(&held[n].lists) > newest(&lists) {
            return Err(NotTaken::Older);
        }
        let others: usize = held.iter().enumerate().filter(|(m, _)| *m != n).map(|(_, k)| k.bytes).sum();
        if others + bytes.len() > MOST_BYTES {
            return Err(NotTaken::TooMuch);
        }
        held[n] = Kept { lists, bytes: bytes.len(), mark, digest, said: held[n].said };
        Ok(())
    }
}

/// List and mark of an address, whatever signs it has.
fn files(folder: &Path, url: &str) -> [PathBuf; 2] {
    let name = Digest::of(url.as_bytes()).to_string();
    ["crl", "mark"].map(|end| folder.join(format!("{name}.{end}")))
}

fn write_mark(mark: &Mark) -> String {
    format!("{}\n{}\n", mark.tag.as_deref().unwrap_or_default(), mark.modified.as_deref().unwrap_or_default())
}

fn read_mark(bytes: &[u8]) -> Mark {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines().map(|l| Some(l.to_owned()).filter(|l| !l.is_empty()));
    Mark { tag: lines.next().flatten(), modified: lines.next().flatten() }
}
