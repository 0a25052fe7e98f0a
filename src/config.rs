//! The settings file (TOML). The command line comes over it; what neither says has a default.
//! An unknown key is an error that names its line: a misspelt setting must not pass for a default.

pub mod edit;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::domain::Digest;
use crate::fault::{Code, Coded};
use crate::i18n::Lang;

/// Bytes; a settings file is not larger.
const LARGEST: u64 = 256 * 1024;

/// Everything a settings file can say.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Absent: the kiosk says "not set up yet" until staff choose.
    #[serde(default)]
    pub mode: Option<Setup>,
    /// Needed where `mode = "portal"`.
    #[serde(default)]
    pub portal: Option<Portal>,
    /// The language that every session begins in.
    #[serde(default)]
    pub language: Lang,
    #[serde(default)]
    pub kiosk: Kiosk,
    #[serde(default)]
    pub cards: Cards,
    /// PEM or DER files of the authorities that issue people's certificates.
    #[serde(default)]
    pub authorities: Vec<PathBuf>,
}

/// Cards and tokens beside those that are reached natively.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cards {
    /// PKCS#11 modules of tokens, by their full paths.
    #[serde(default)]
    pub pkcs11: Vec<PathBuf>,
    /// By which mechanisms tokens sign GOST R 34.10-2012, where they are not TC26's.
    #[serde(default)]
    pub gost: Option<Gost>,
    /// Where a reader has keys of its own, the PIN is typed there.
    #[serde(default = "yes")]
    pub pinpad: bool,
}

impl Default for Cards {
    fn default() -> Self {
        Self { pkcs11: vec![], gost: None, pinpad: true }
    }
}

/// Mechanisms of the makers' own range (CKM_VENDOR_DEFINED and above).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gost {
    /// For keys of 256 bits.
    pub short: u64,
    /// For keys of 512 bits.
    pub long: u64,
    /// They want the digest, not the message.
    #[serde(default)]
    pub digest: bool,
}

fn yes() -> bool {
    true
}

/// What this kiosk is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Setup {
    Practice,
    Portal,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portal {
    /// `https://…`, without a path.
    pub url: String,
    /// The deployment root's Ed25519 public key: 64 hex digits. Its keyset says all other keys.
    pub root: Key,
}

/// 32 bytes written as 64 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Key(pub [u8; 32]);

impl TryFrom<String> for Key {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Digest::parse(&text).map(|d| Key(d.0)).ok_or("64 lower-case hex digits are expected")
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Kiosk {
    /// Seconds without a touch until the session ends; 120 to 600 (EN 301 549 §5.7).
    pub idle_seconds: u16,
    /// The screen's visible width, for text and touch targets in millimetres; absent: as the display says.
    pub display_width_mm: Option<f32>,
    /// `ipp://…`; absent: printing is not offered.
    pub printer: Option<String>,
    /// Digits of the PIN pad in another order each time.
    pub shuffle_pin: bool,
    /// Days for which a sealed letter stays here after its registration, 0 to 30: a portal that is
    /// restored from an older copy gets it again.
    pub keep_days: u16,
    /// Who plays the calls: [`SOUND_AUTO`], [`SOUND_OFF`], or a program that is called with a WAV file.
    pub sound: String,
}

/// The first player that the machine has.
pub const SOUND_AUTO: &str = "auto";
pub const SOUND_OFF: &str = "off";

impl Default for Kiosk {
    fn default() -> Self {
        Self {
            idle_seconds: 180,
            display_width_mm: None,
            printer: None,
            shuffle_pin: false,
            keep_days: 14,
            sound: SOUND_AUTO.into(),
        }
    }
}

impl Kiosk {
    pub fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds.into())
    }
}

/// Which file, which line where it is known, and what is wrong in the parser's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {what}", .file.display(), .line.map(|l| format!(":{l}")).unwrap_or_default())]
pub struct ConfigError {
    pub file: PathBuf,
    /// Counted from 1.
    pub line: Option<usize>,
    pub what: String,
}

impl Coded for ConfigError {
    fn code(&self) -> Code {
        Code("config.unreadable")
    }
}

impl Config {
    /// The file that was named, which must exist; else the first of `usual` that exists; else the
    /// defaults.
    pub fn load(named: Option<&Path>, usual: &[PathBuf]) -> Result<Self, ConfigError> {
        let file = match named {
            Some(file) => file,
            None => match usual.iter().find(|f| f.exists()) {
                Some(file) => file,
                None => return Ok(Self::default()),
            },
        };
        let fail = |what: String| ConfigError { file: file.to_owned(), line: None, what };
        let meta = std::fs::metadata(file).map_err(|e| fail(e.to_string()))?;
        if meta.len() > LARGEST {
            return Err(fail("too large for a settings file".into()));
        }
        let text = std::fs::read_to_string(file).map_err(|e| fail(e.to_string()))?;
        Self::parse(&text, file)
    }

    /// Writes a settings file's new text, whole or not at all, where it still reads as settings. Readable by
    /// everybody: it holds no secret, and the service is not its owner.
    pub fn write(file: &Path, text: &str) -> Result<Self, ConfigError> {
        use std::io::Write as _;
        use std::os::unix::fs::OpenOptionsExt as _;
        let config = Self::parse(text, file)?;
        let beside = file.with_added_extension("new");
        let folder = file.parent().unwrap_or(Path::new("."));
        let written = std::fs::create_dir_all(folder).and_then(|()| {
            let _ = std::fs::remove_file(&beside);
            let mut f = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o644).open(&beside)?;
            f.write_all(text.as_bytes())?;
            f.sync_all()?;
            std::fs::rename(&beside, file)?;
            std::fs::File::open(folder)?.sync_all()
        });
        let unwritten =
            |e: std::io::Error| ConfigError { file: file.to_owned(), line: None, what: e.to_string() };
        written.map(|()| config).map_err(unwritten)
    }

    /// `file` is only for the error's words.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        let config: Config = toml::from_str(text).map_err(|e| ConfigError {
            file: file.to_owned(),
            line: e.span().map(|span| line_of(text, span.start)),
            what: e.message().to_owned(),
        })?;
        match config.wrong() {
            None => Ok(config),
            Some((key, what)) => Err(ConfigError {
                file: file.to_owned(),
                line: text.lines().position(|l| l.trim_start().starts_with(key)).map(|i| i + 1),
                what: format!("{key}: {what}"),
            }),
        }
    }

    /// What TOML's types cannot say.
    fn wrong(&self) -> Option<(&'static str, &'static str)> {
        let kiosk = &self.kiosk;
        if self.mode == Some(Setup::Portal) && self.portal.is_none() {
            return Some(("mode", "\"portal\" needs a [portal] section with url and root"));
        }
        if self.portal.as_ref().is_some_and(|p| !p.url.starts_with("https://") || p.url.len() < 9) {
            return Some(("url", "an https:// address is expected"));
        }
        if self.cards.pkcs11.iter().any(|module| !module.is_absolute()) {
            return Some(("pkcs11", "full paths are expected"));
        }
        let vendors = 0x8000_0000..=0xFFFF_FFFFu64;
        if self.cards.gost.is_some_and(|g| !vendors.contains(&g.short) || !vendors.contains(&g.long)) {
            return Some(("gost", "numbers from 0x80000000 on are expected"));
        }
        if !(120..=600).contains(&kiosk.idle_seconds) {
            return Some(("idle_seconds", "120 to 600 is expected"));
        }
        if kiosk.display_width_mm.is_some_and(|w| !(100.0..=5000.0).contains(&w)) {
            return Some(("display_width_mm", "100 to 5000 is expected"));
        }
        if kiosk.keep_days > 30 {
            return Some(("keep_days", "0 to 30 is expected"));
        }
        // A printer's TLS certificate is its own, so nobody vouches for it: CUPS knows it by having met it.
        if kiosk.printer.as_ref().is_some_and(|p| p.starts_with("ipps://")) {
            return Some(("printer", "ipp:// is expected; CUPS on this machine reaches printers by ipps://"));
        }
        if kiosk.printer.as_ref().is_some_and(|p| !p.starts_with("ipp://")) {
            return Some(("printer", "an ipp:// address is expected"));
        }
        if kiosk.sound.trim() != kiosk.sound
            || kiosk.sound.is_empty()
            || kiosk.sound.contains(char::is_control)
        {
            return Some(("sound", "\"auto\", \"off\" or a program is expected"));
        }
        None
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(text, Path::new("t.toml"))
    }

    #[test]
    fn a_whole_file_is_read() {
        let root = "ab".repeat(32);
        let config = parse(&format!(
            "mode = \"portal\"\nlanguage = \"ru\"\nauthorities = [\"/etc/tereze/nca.pem\"]\n\
             [portal]\nurl = \"https://portal.example\"\nroot = \"{root}\"\n\
             [kiosk]\nidle_seconds = 240\ndisplay_width_mm = 476\nprinter = \"ipp://localhost/ipp/print\"\n"
        ))
        .unwrap();
        assert_eq!(config.mode, Some(Setup::Portal));
        assert_eq!(config.language, Lang::Ru);
        assert_eq!(config.portal.unwrap().root, Key([0xab; 32]));
        assert_eq!(config.kiosk.idle(), Duration::from_secs(240));
        assert!(!config.kiosk.shuffle_pin && config.kiosk.sound == SOUND_AUTO);
        assert_eq!(parse("").unwrap(), Config::default());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, line, word) in [
            ("language = \"kk\"\n\nidle = 3\n", 3, "idle"),
            ("[kiosk]\nshuffle_pin = 1\n", 2, "bool"),
            ("language = \"de\"\n", 1, "de"),
            ("mode = \"portal\"\n", 1, "[portal]"),
            ("[portal]\nurl = \"https://a.kz\"\nroot = \"AB\"\n", 3, "64"),
            ("[kiosk]\n\nidle_seconds = 5\n", 3, "120"),
            ("[kiosk]\nprinter = \"lp0\"\n", 2, "ipp"),
            ("[kiosk]\nprinter = \"ipps://printer.lan/ipp/print\"\n", 2, "CUPS"),
            ("[kiosk]\nsound = \"\"\n", 2, "auto"),
            ("[kiosk]\nkeep_days = 31\n", 2, "30"),
            ("[kiosk\n", 1, ""),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.line, Some(line), "{text}: {error}");
            assert!(error.to_string().starts_with("t.toml:"), "{error}");
            assert!(error.what.contains(word), "{error}");
        }
    }

    #[test]
    fn a_named_file_must_exist_and_usual_ones_need_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tereze.toml");
        assert!(Config::load(Some(&file), &[]).is_err());
        assert_eq!(Config::load(None, std::slice::from_ref(&file)).unwrap(), Config::default());
        std::fs::write(&file, "language = \"en\"").unwrap();
        assert_eq!(Config::load(None, &[folder.path().join("no"), file]).unwrap().language, Lang::En);
    }
}
