//! Pure types and rules: no I/O, no clock, no words beyond data. Everyone may know this room.

pub mod answer;
pub mod deadline;
pub mod event;
pub mod form;
pub mod iin;
pub mod lesson;
pub mod login;
pub mod phone;
pub mod receipt;
pub mod signer;
pub mod standing;
pub mod statement;

use crate::i18n::Lang;

/// A name in the three languages, as content files write it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Names {
    pub kk: String,
    pub ru: String,
    pub en: String,
}

impl Names {
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Kk => &self.kk,
            Lang::Ru => &self.ru,
            Lang::En => &self.en,
        }
    }
}

/// Fixed-size identifiers that travel as lower-case hex.
macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            pub fn parse(text: &str) -> Option<Self> {
                let mut out = [0u8; $len];
                if text.bytes().any(|b| b.is_ascii_uppercase()) {
                    return None;
                }
                hex::decode_to_slice(text, &mut out).ok()?;
                Some(Self(out))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom("lower-case hex of the right length"))
            }
        }
    };
}

pub(crate) use hex_id;

hex_id! {
    /// SHA-256 of bytes.
    Digest, 32
}
hex_id! {
    /// 16 random bytes made when a letter is finished; unique with its signer (exactly once).
    SubmissionId, 16
}

impl Digest {
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes).into())
    }
}
