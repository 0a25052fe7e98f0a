//! What a command says and reads: lines out, files in with a cap, a PIN without echo.

use std::io::{self, Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

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
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
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
