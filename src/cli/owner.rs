//! An administrator's command that writes the service's data does it as the service: what root would write there,
//! the kiosk could not read.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

/// Runs this very command again as the owner of the folder, where root runs it on another's; does not return then.
/// Supplementary groups are dropped with the rights.
pub fn become_owner(folder: &Path) -> std::io::Result<()> {
    let own = std::fs::metadata("/proc/self")?;
    let Ok(owner) = std::fs::metadata(folder) else { return Ok(()) };
    if own.uid() != 0 || owner.uid() == 0 {
        return Ok(());
    }
    let mut again = Command::new(std::env::current_exe()?);
    again.args(std::env::args_os().skip(1)).env("STATE_DIRECTORY", folder);
    Err(again.uid(owner.uid()).gid(owner.gid()).exec())
}
