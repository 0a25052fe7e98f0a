//! What a command says and reads: lines out, files in with a cap, a PIN without echo.

use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

use nix::sys::termios::{self, LocalFlags, SetArg, Termios};
use zeroize::Zeroizing;

use crate::private::Secret;

/// A line on the standard output; a closed pipe is no fault.
pub fn say(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// A line on the error stream.
pub fn problem(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// The bytes of a file, or of the standard input for `-`; an error where there are more than `cap`.
pub fn read(path: &Path, cap: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut source: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        let file = std::fs::File::open(path)?;
        let about = file.metadata()?;
        if about.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        // What is too large anyway is not read first.
        if about.len() > cap {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Box::new(file)
    };
    let mut bytes = Zeroizing::new(Vec::new());
    source.by_ref().take(cap + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > cap {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

/// Writes a file that must not exist yet, whole or not at all: beside → fsync → link → fsync the
/// folder. On file systems without links (sticks) it is renamed into place.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let exists = || path.symlink_metadata().is_ok();
    if exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy().into_owned();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = std::fs::OpenOptions::new().write(true).create_new(true).open(&beside).and_then(|mut f| {
        f.write_all(bytes)?;
        f.sync_all()
    });
    let placed = written.and_then(|()| match std::fs::hard_link(&beside, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !exists() => {
            std::fs::rename(&beside, path)
        }
        linked => linked,
    });
    // After a rename there is nothing left to remove.
    let _ = std::fs::remove_file(&beside);
    placed?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}

/// Longest PIN that any card takes, in bytes.
const LONGEST_PIN: usize = 64;

/// A PIN; see [`secret`].
pub fn pin(prompt: &str) -> io::Result<Option<Secret>> {
    secret(prompt, LONGEST_PIN)
}

/// A PIN or password of at most `longest` bytes: from the keyboard without echo after `prompt`, or the first line of the standard input
/// where that is no terminal. Read byte by byte into one wiped buffer: neither the library's nor
/// the terminal's line buffer holds it. `None`: cancelled, empty or too long.
pub fn secret(prompt: &str, longest: usize) -> io::Result<Option<Secret>> {
    let stdin = io::stdin();
    // Silent before it is asked for: quick fingers are not seen either, and nothing of theirs is lost.
    let silent = if stdin.is_terminal() { Some(Silent::begin()?) } else { None };
    if silent.is_some() {
        let _ = write!(io::stderr().lock(), "{prompt}: ");
    }
    let mut pin = Secret::with_capacity(longest);
    let mut byte = Zeroizing::new([0u8; 1]);
    let cancelled = loop {
        if nix::unistd::read(&stdin, byte.as_mut())? == 0 {
            break false;
        }
        match byte[0] {
            b'\n' | b'\r' => break false,
            // Ctrl-C and Ctrl-D, which the terminal hands over as they are while the PIN is typed.
            0x03 | 0x04 if silent.is_some() => break true,
            // A letter of several bytes goes with all of them.
            0x08 | 0x7f if silent.is_some() => {
                while pin.bytes().last().is_some_and(|b| b & 0xc0 == 0x80) {
                    pin.pop();
                }
                pin.pop();
            }
            other if !pin.push(other) => break true,
            _ => {}
        }
    };
    if silent.is_some() {
        let _ = writeln!(io::stderr().lock());
    }
    Ok((!cancelled && !pin.is_empty()).then_some(pin))
}

/// The terminal without echo, line editing and signals; as it was again when dropped.
struct Silent(Termios);

impl Silent {
    fn begin() -> io::Result<Self> {
        let stdin = io::stdin();
        let before = termios::tcgetattr(&stdin)?;
        let mut quiet = before.clone();
        quiet.local_flags.remove(LocalFlags::ECHO | LocalFlags::ICANON | LocalFlags::ISIG);
        termios::tcsetattr(&stdin, SetArg::TCSAFLUSH, &quiet)?;
        Ok(Self(before))
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        let _ = termios::tcsetattr(io::stdin(), SetArg::TCSAFLUSH, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_once_and_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("letter.p7s");
        write_new(&path, b"one").unwrap();
        assert_eq!(write_new(&path, b"two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside");
        assert!(write_new(&folder.path().join("no/letter.p7s"), b"x").is_err());
    }

    #[test]
    fn reading_stops_at_the_cap() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, [7; 10]).unwrap();
        assert_eq!(read(&path, 10).unwrap().len(), 10);
        assert_eq!(read(&path, 9).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(read(folder.path(), 9).unwrap_err().kind(), io::ErrorKind::IsADirectory);
    }
}
