//! Files of certificates, as people and suites give them: PEM with one or many in any order, or DER.

use std::path::PathBuf;
use std::sync::Arc;

use super::{GIVEN, MAX_AUTHORITIES, read};
use crate::cli::{Exit, World, terminal};
use crate::sign::certificate::{Certificate, NotACertificate};
use crate::sign::crl::Crl;
use crate::sign::file::MAX_FILE;
use crate::sign::ocsp::Answer;
use crate::sign::revocation::{Consulted, Evidence, Kind, Need};
use crate::sign::trust::Trust;

/// The files that were given on revocation, by name, and what each of them holds.
#[derive(Default)]
pub struct Files(Vec<(String, Option<Holds>)>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Lists,
    Answer,
}

impl Files {
    /// Those that said nothing in this judgement: `true` where a file holds no list and no answer, `false` where what it
    /// holds is about others.
    pub fn unused(&self, consulted: &[&Consulted]) -> Vec<(String, bool)> {
        let held = |c: &Consulted| if c.kind == Kind::Ocsp { Holds::Answer } else { Holds::Lists };
        let spoke = |holds: &Holds| consulted.iter().any(|c| held(c) == *holds);
        let silent = self.0.iter().filter(|(_, holds)| !holds.as_ref().is_some_and(spoke));
        silent.map(|(name, holds)| (name.clone(), holds.is_none())).collect()
    }
}

/// What was given on revocation. Lists are asked for about the whole path, an answer about the
/// signer alone.
pub fn evidence(lists: &[PathBuf], answers: &[PathBuf], world: &World) -> Result<(Evidence, Files), Exit> {
    let (mut out, mut files) = (Evidence::default(), Files::default());
    let mut took = |path: &PathBuf, holds: Option<Holds>| {
        files.0.push((path.display().to_string(), holds));
        usize::from(holds.is_none())
    };
    for path in lists {
        let found = Crl::from_file(&read(path, MAX_FILE, world)?);
        out.unreadable += took(path, (!found.is_empty()).then_some(Holds::Lists));
        out.lists.extend(found.into_iter().map(Arc::new));
    }
    for path in answers {
        let found = Answer::read(&read(path, MAX_FILE, world)?);
        out.unreadable += took(path, found.is_some().then_some(Holds::Answer));
        out.answers.extend(found);
    }
    out.need = match (lists.is_empty(), answers.is_empty()) {
        (false, _) => Need::Everyone,
        (true, false) => Need::Signer,
        (true, true) => Need::Nothing,
    };
    Ok((out, files))
}

/// Every certificate of the files, and how many of them cannot be read: each is passed over, for one that is odd may be
/// the very case. A file that holds none at all, or is cut short, is refused by its name.
pub fn certificates(files: &[PathBuf], world: &World) -> Result<(Vec<Certificate>, usize), Exit> {
    let mut all = Vec::new();
    for path in files {
        let bytes = read(path, MAX_AUTHORITIES, world)?;
        let Some(found) = Certificate::each_of_file(&bytes) else {
            terminal::problem(&path.display().to_string());
            return Err(world.fault(&NotACertificate, Exit::NoInput));
        };
        all.extend(found);
    }
    let strange = all.iter().filter(|c| c.is_err()).count();
    Ok((all.into_iter().flatten().collect(), strange))
}

/// What `--ca` names, each an anchor; the path says whether it may issue.
pub fn anchors(files: &[PathBuf], world: &World) -> Result<(Trust, usize), Exit> {
    let (found, strange) = certificates(files, world)?;
    let mut trust = Trust::new();
    for certificate in found {
        trust.anchor(GIVEN, certificate).map_err(|error| world.fault(&error, Exit::NoInput))?;
    }
    Ok((trust, strange))
}
