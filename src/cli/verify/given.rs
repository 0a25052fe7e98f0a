//! Files of certificates, as people and suites give them: PEM with one or many in any order, or DER.

use std::path::PathBuf;

use super::{GIVEN, MAX_AUTHORITIES, read};
use crate::cli::{Exit, World, terminal};
use crate::sign::certificate::{Certificate, NotACertificate};
use crate::sign::trust::Trust;

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
