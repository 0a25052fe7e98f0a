//! Which sticks are in: mount points under the folders where desktops and udisks mount them.

use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use tokio::sync::watch;

use super::{FilesError, told};

/// A mounted stick. Its device tells it from the empty folder of the kiosk's own disk that is
/// left at the same place when it is pulled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stick {
    mount: u64,
    device: u64,
    path: PathBuf,
    /// Its name, to be shown.
    pub label: String,
    pub read_only: bool,
}

impl Stick {
    /// The stick's top folder, if it is still the same stick.
    pub(super) fn open(&self) -> Result<OwnedFd, FilesError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let folder = rustix::fs::open(&self.path, flags, Mode::empty()).map_err(|e| match e {
            rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR => FilesError::StickGone,
            e => told(e),
        })?;
        let device = rustix::fs::fstat(&folder).map_err(told)?.st_dev;
        if device == self.device { Ok(folder) } else { Err(FilesError::StickGone) }
    }

    /// A stick that is nowhere: for pictures of screens.
    #[cfg(feature = "tools")]
    pub(crate) fn pictured(label: &str) -> Self {
        Self { mount: 0, device: 0, path: PathBuf::new(), label: label.to_owned(), read_only: false }
    }

    pub(super) fn device(&self) -> u64 {
        self.device
    }

    /// Where it is mounted, for staff and logs' sake; files are reached through [`super::list`].
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Where sticks are looked for.
#[derive(Clone, Debug)]
pub struct Sticks {
    roots: Vec<PathBuf>,
    mounts: PathBuf,
}

impl Sticks {
    /// `/media/NAME`, `/media/USER/NAME` and `/run/media/USER/NAME`.
    pub fn system() -> Self {
        Self::under(["/media", "/run/media"], "/proc/self/mountinfo")
    }

    /// Mount points up to two folders below `roots`, by a file written as proc(5)'s `mountinfo`.
    pub fn under<P: Into<PathBuf>>(roots: impl IntoIterator<Item = P>, mounts: impl Into<PathBuf>) -> Self {
        Self { roots: roots.into_iter().map(Into::into).collect(), mounts: mounts.into() }
    }

    /// Who is in now, by name.
    pub fn find(&self) -> Vec<Stick> {
        let Ok(mounts) = std::fs::read(&self.mounts) else { return Vec::new() };
        let mut found: Vec<Stick> = Vec::new();
        for mount in mounts.split(|b| *b == b'\n').filter_map(parse) {
            if !self.holds(&mount.path) || FOREIGN.iter().any(|f| mount.kind.starts_with(f)) {
                continue;
            }
            // A later mount covers an earlier one at the same place.
            found.retain(|s| s.path != mount.path);
            let mut stick = Stick {
                mount: mount.id,
                device: 0,
                label: label(&mount.path),
                path: mount.path,
                read_only: mount.read_only,
            };
            let Ok(about) = std::fs::symlink_metadata(&stick.path) else { continue };
            stick.device = std::os::unix::fs::MetadataExt::dev(&about);
            if about.is_dir() {
                found.push(stick);
            }
        }
        found.sort_by(|a, b| (&a.label, a.mount).cmp(&(&b.label, b.mount)));
        found
    }

    /// The sticks and every change, looked at once a second while anybody listens. Must be called
    /// on the tokio runtime.
    pub fn watch(&self) -> watch::Receiver<Vec<Stick>> {
        let (tell, hear) = watch::channel(Vec::new());
        let sticks = self.clone();
        tokio::spawn(async move {
            while !tell.is_closed() {
                let look = sticks.clone();
                let Ok(now) = tokio::task::spawn_blocking(move || look.find()).await else { return };
                tell.send_if_modified(|old| {
                    let changed = *old != now;
                    *old = now;
                    changed
                });
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        hear
    }

    fn holds(&self, path: &Path) -> bool {
        self.roots.iter().any(|root| {
            path.strip_prefix(root).is_ok_and(|rest| (1..=2).contains(&rest.components().count()))
        })
    }
}

/// File systems that are no stick.
const FOREIGN: [&str; 7] = ["autofs", "nfs", "cifs", "smb", "fuse.gvfs", "fuse.sshfs", "fuse.portal"];

struct Mount {
    id: u64,
    path: PathBuf,
    read_only: bool,
    kind: String,
}

/// One line of `mountinfo` (proc(5)): `36 35 98:0 / /media/u/STICK rw,noatime master:1 - vfat /dev/sdb1 rw`.
fn parse(line: &[u8]) -> Option<Mount> {
    let fields: Vec<&[u8]> = line.split(|b| *b == b' ').collect();
    let dash = fields.iter().position(|f| *f == b"-")?;
    let id = std::str::from_utf8(fields.first()?).ok()?.parse().ok()?;
    let path = PathBuf::from(unescape(fields.get(4)?));
    let read_only = [fields.get(5)?, fields.get(dash + 3)?]
        .iter()
        .any(|options| options.split(|b| *b == b',').any(|o| o == b"ro"));
    let kind = String::from_utf8_lossy(fields.get(dash + 1)?).into_owned();
    Some(Mount { id, path, read_only, kind })
}

/// `\040` is a space, and so on.
fn unescape(field: &[u8]) -> OsString {
    let mut out = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, tail)) = rest.split_first() {
        let octal = tail.get(..3).filter(|_| *first == b'\\').and_then(|d| {
            let digits = std::str::from_utf8(d).ok()?;
            u8::from_str_radix(digits, 8).ok()
        });
        match octal {
            Some(byte) => {
                out.push(byte);
                rest = &tail[3..];
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    OsString::from_vec(out)
}

fn label(path: &Path) -> String {
    super::list::shown(path.file_name().unwrap_or(OsStr::from_bytes(b"USB")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_mountinfo() {
        let line = br"36 35 8:17 / /media/u/\320\244\320\233\320\225\320\250\040A rw,nosuid shared:9 - vfat /dev/sdb1 ro,utf8";
        let mount = parse(line).unwrap();
        assert_eq!(mount.path, Path::new("/media/u/ФЛЕШ A"));
        assert!(mount.read_only && mount.id == 36 && mount.kind == "vfat");
        assert!(!parse(b"1 2 8:1 / /media/x rw - vfat /dev/sda1 rw").unwrap().read_only);
        for bad in [&b""[..], b"x y z", b"1 2 8:1 / /media/x rw", b"-", b"a 2 8:1 / /m rw - vfat x rw"] {
            assert!(parse(bad).is_none());
        }
        assert_eq!(unescape(br"a\9\04\\"), OsStr::new(r"a\9\04\\"));
    }

    #[test]
    fn only_just_below_the_roots() {
        let sticks = Sticks::under(["/media", "/run/media"], "/none");
        for (path, holds) in [
            ("/media/STICK", true),
            ("/media/user/STICK", true),
            ("/run/media/user/STICK", true),
            ("/media", false),
            ("/media/a/b/c", false),
            ("/mnt/STICK", false),
            ("/mediax/STICK", false),
        ] {
            assert_eq!(sticks.holds(Path::new(path)), holds, "{path}");
        }
        assert!(sticks.find().is_empty());
    }
}
