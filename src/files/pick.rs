//! Reading the file that the visitor chose.

use std::io::{Cursor, Read as _};

use rustix::fs::{FileType, Mode, OFlags};
use zeroize::Zeroizing;

use super::list::{Entry, enter};
use super::{FilesError, Kind, Stick, told};
use crate::domain::Digest;
use crate::domain::statement::Attachment;

/// A picture of more dots would choke whoever opens it.
pub(super) const MAX_DOTS: u64 = 200_000_000;

/// A file in memory, wiped when dropped. No `Debug`: it is the visitor's.
#[derive(Clone)]
pub struct Picked {
    pub name: String,
    pub kind: Kind,
    pub bytes: Zeroizing<Vec<u8>>,
    pub digest: Digest,
}

impl Picked {
    /// Bytes of the visitor's own, of a kind that may be attached.
    pub fn new(name: String, bytes: Zeroizing<Vec<u8>>) -> Result<Self, FilesError> {
        if bytes.is_empty() {
            return Err(FilesError::Empty);
        }
        let kind = Kind::of(&bytes).ok_or(FilesError::Kind)?;
        if let Kind::Jpeg | Kind::Png = kind {
            let dimensions = image::ImageReader::with_format(Cursor::new(&bytes[..]), format(kind))
                .into_dimensions()
                .map_err(|_| FilesError::PictureDamaged)?;
            if u64::from(dimensions.0) * u64::from(dimensions.1) > MAX_DOTS {
                return Err(FilesError::PictureTooBig);
            }
        }
        let digest = Digest::of(&bytes);
        Ok(Self { name, kind, bytes, digest })
    }

    /// As the statement lists it.
    pub fn attachment(&self) -> Attachment {
        Attachment {
            name: self.name.clone(),
            media_type: self.kind.media_type().to_owned(),
            size: self.bytes.len() as u64,
            sha256: self.digest,
        }
    }
}

pub(super) fn format(kind: Kind) -> image::ImageFormat {
    match kind {
        Kind::Jpeg => image::ImageFormat::Jpeg,
        _ => image::ImageFormat::Png,
    }
}

/// Reads at most `room` bytes: what the letter has left of its size.
pub fn pick(stick: &Stick, entry: &Entry, room: u64) -> Result<Picked, FilesError> {
    Picked::new(entry.name.clone(), read(stick, entry, room)?)
}

/// The file's bytes, whatever they are (a saved draft, for example).
pub fn read(stick: &Stick, entry: &Entry, room: u64) -> Result<Zeroizing<Vec<u8>>, FilesError> {
    let mut folder = stick.open()?;
    let (name, folders) = entry.path.split_last().ok_or(FilesError::Gone)?;
    for step in folders {
        folder = enter(&folder, step).map_err(gone)?;
    }
    // Non-blocking, so that a pipe of that name does not hold us.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::openat(&folder, name, flags, Mode::empty()).map_err(gone)?;
    let about = rustix::fs::fstat(&file).map_err(told)?;
    if FileType::from_raw_mode(about.st_mode) != FileType::RegularFile || about.st_dev != stick.device() {
        return Err(FilesError::Gone);
    }
    let size = u64::try_from(about.st_size).unwrap_or(0);
    if size > room {
        return Err(FilesError::TooBig(room));
    }
    // The whole room at once: a vector that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1));
    std::fs::File::from(file).take(size + 1).read_to_end(&mut bytes).map_err(told)?;
    if bytes.len() as u64 > room {
        return Err(FilesError::TooBig(room));
    }
    Ok(bytes)
}

fn gone(error: rustix::io::Errno) -> FilesError {
    use rustix::io::Errno;
    match error {
        Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::ISDIR | Errno::NXIO => FilesError::Gone,
        error => told(error),
    }
}
