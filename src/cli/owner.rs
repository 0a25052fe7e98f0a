//! An administrator's command that concerns the service's data does it as the service: what root would write there,
//! the kiosk could not read, and what root can see, the kiosk may not.

use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// This program as the owner of the folder, where root runs it on another's. Supplementary groups are dropped with
/// the rights.
fn as_owner(folder: &Path) -> std::io::Result<Option<Command>> {
    let own = std::fs::metadata("/proc/self")?;
    let Ok(owner) = std::fs::metadata(folder) else { return Ok(None) };
    if own.uid() != 0 || owner.uid() == 0 {
        return Ok(None);
    }
    let mut again = Command::new(std::env::current_exe()?);
    again.env("STATE_DIRECTORY", folder).uid(owner.uid()).gid(owner.gid());
    Ok(Some(again))
}

/// Runs this very command again as the owner of the folder, where root runs it on another's; does not return then.
pub fn become_owner(folder: &Path) -> std::io::Result<()> {
    match as_owner(folder)? {
        Some(mut again) => Err(again.args(std::env::args_os().skip(1)).exec()),
        None => Ok(()),
    }
}

/// Runs another command as the owner of the folder with this input, and says whether it went well: it has said
/// itself what did not. `None`: whoever runs this is the owner, or there is no folder yet.
pub fn let_owner(folder: &Path, arguments: &[OsString], input: &[&[u8]]) -> std::io::Result<Option<bool>> {
    let Some(mut command) = as_owner(folder)? else { return Ok(None) };
    let mut child = command.args(arguments).stdin(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        for part in input {
            // One that ended before it read all has said why.
            let _ = stdin.write_all(part);
        }
    }
    Ok(Some(child.wait()?.success()))
}
