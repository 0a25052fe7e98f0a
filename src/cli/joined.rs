//! What the settings say of the portal that this machine belongs to, made ready to connect.

use super::World;
use super::portal::CITIZENS;
use super::trust::installed;
use crate::env::real::Portalled;
use crate::fault::Code;
use crate::fault::Coded as _;
use crate::outbox::Keep;
use crate::sign::trust::{CITIZEN, Trust};
use crate::store::disk;

/// Bytes of a file of certificates.
const AUTHORITY_CAP: u64 = 1 << 20;

/// `None` in `mode` stands for "whatever portal is named": enrolling comes before choosing.
pub fn portalled(world: &World) -> Result<Portalled, Code> {
    let settings = world.config.portal.as_ref().ok_or(Code("boot.no-portal"))?;
    let data = world.folder().map_err(|e| e.code())?;
    let mut citizens = Trust::new();
    for file in world.config.authorities.iter().chain(&installed(&data.join(CITIZENS))) {
        let bytes = disk::read(file, AUTHORITY_CAP).map_err(|e| e.code())?;
        let bytes = bytes.ok_or(Code("boot.no-authorities"))?;
        citizens.load(CITIZEN, &bytes).map_err(|e| e.code())?;
    }
    if citizens.is_empty() {
        return Err(Code("boot.no-authorities"));
    }
    let keep = Keep { days: world.config.kiosk.keep_days, ..Keep::default() };
    Ok(Portalled { url: settings.url.clone(), root: settings.root.0, data, citizens, keep })
}
