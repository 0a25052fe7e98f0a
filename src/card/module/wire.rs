//! What passes between the kiosk and the process that a token's module runs in: frames of a length (four bytes, the
//! highest first) and CBOR. Both ends are the same program, so nothing here has a version. A PIN passes: every buffer
//! is wiped.

use std::io::{Error, ErrorKind, Read, Result, Write};

use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::card::CardError;

/// Bytes of one frame: a token's certificates, or a letter's signed attributes.
const MOST: u32 = 2 * 1024 * 1024;

#[derive(Encode, Decode)]
pub enum Ask {
    /// Which tokens are there.
    #[n(0)]
    Look,
    /// The certificates of the token of this name, and its state.
    #[n(1)]
    Read(#[n(0)] String),
    #[n(2)]
    State(#[n(0)] String),
    #[n(3)]
    Sign(#[n(0)] Sign),
    #[n(4)]
    Change(#[n(0)] Change),
}

#[derive(Encode, Decode)]
pub struct Sign {
    #[n(0)]
    pub token: String,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub certificate: Vec<u8>,
    /// `None`: the token asks for it by itself.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub pin: Option<Vec<u8>>,
    #[cbor(n(3), with = "minicbor::bytes")]
    pub message: Vec<u8>,
    #[n(4)]
    pub last_try: bool,
    #[n(5)]
    pub gost: Gost,
}

#[derive(Encode, Decode)]
pub struct Change {
    #[n(0)]
    pub token: String,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub old: Vec<u8>,
    #[cbor(n(2), with = "minicbor::bytes")]
    pub new: Vec<u8>,
    #[n(3)]
    pub last_try: bool,
}

/// By which mechanisms tokens sign GOST R 34.10-2012, and of what.
#[derive(Encode, Decode, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gost {
    #[n(0)]
    pub short: u64,
    #[n(1)]
    pub long: u64,
    /// The mechanism wants the digest, not the message.
    #[n(2)]
    pub digest: bool,
}

#[derive(Encode, Decode)]
pub enum Said {
    #[n(0)]
    Tokens(#[n(0)] Vec<Token>),
    #[n(1)]
    Found(#[n(0)] Vec<Certificate>, #[n(1)] State),
    #[n(2)]
    State(#[n(0)] State),
    #[n(3)]
    Signed(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
    #[n(4)]
    Changed,
    #[n(5)]
    Failed(#[n(0)] Failure),
}

#[derive(Encode, Decode)]
pub struct Certificate(#[cbor(n(0), with = "minicbor::bytes")] pub Vec<u8>);

#[derive(Encode, Decode)]
pub struct Token {
    #[n(0)]
    pub slot: u64,
    #[n(1)]
    pub serial: String,
    /// What its maker or owner calls it.
    #[n(2)]
    pub label: String,
    /// The label and the slot: two tokens of one maker may bear the same label.
    #[n(3)]
    pub name: String,
}

#[derive(Encode, Decode, Clone, Copy)]
pub struct State {
    #[n(0)]
    pub least: u8,
    #[n(1)]
    pub most: u8,
    #[n(2)]
    pub tries: Option<u8>,
    /// It has keys of its own for its PIN.
    #[n(3)]
    pub pad: bool,
}

/// A [`CardError`] that a module's work can end with.
#[derive(Encode, Decode, Clone, Copy)]
pub enum Failure {
    #[n(0)]
    Named(#[n(0)] u8),
    #[n(1)]
    WrongPin(#[n(0)] Option<u8>),
    #[n(2)]
    Refused(#[n(0)] u16),
}

/// By their places; both ends are one program.
const NAMED: &[CardError] = &[
    CardError::Malformed,
    CardError::Pulled,
    CardError::Blocked,
    CardError::LastTry,
    CardError::PinFormat,
    CardError::NewPinRefused,
    CardError::NoCertificate,
    CardError::OtherCard,
    CardError::OtherKey,
    CardError::Unsupported,
    CardError::PadRefused,
    CardError::PinCancelled,
    CardError::Module,
];

impl From<CardError> for Failure {
    fn from(error: CardError) -> Self {
        match error {
            CardError::WrongPin { tries_left } => Failure::WrongPin(tries_left),
            CardError::Refused(status) => Failure::Refused(status),
            error => Failure::Named(NAMED.iter().position(|named| *named == error).unwrap_or(0) as u8),
        }
    }
}

impl From<Failure> for CardError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::WrongPin(tries_left) => CardError::WrongPin { tries_left },
            Failure::Refused(status) => CardError::Refused(status),
            Failure::Named(at) => NAMED.get(usize::from(at)).cloned().unwrap_or(CardError::Malformed),
        }
    }
}

pub fn write(mut to: impl Write, what: &impl Encode<()>) -> Result<()> {
    let mut frame = Zeroizing::new(vec![0; 4]);
    minicbor::encode(what, &mut *frame).map_err(|_| Error::from(ErrorKind::InvalidData))?;
    let length = u32::try_from(frame.len() - 4).ok().filter(|length| *length <= MOST);
    let length = length.ok_or(Error::from(ErrorKind::InvalidData))?;
    frame[..4].copy_from_slice(&length.to_be_bytes());
    to.write_all(&frame)
}

/// One frame's bytes. [`ErrorKind::UnexpectedEof`] where the other end is gone.
pub fn read(mut from: impl Read) -> Result<Zeroizing<Vec<u8>>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > MOST {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut frame = Zeroizing::new(vec![0; length as usize]);
    from.read_exact(&mut frame)?;
    Ok(frame)
}

pub fn parse<T: for<'b> Decode<'b, ()>>(frame: &[u8]) -> Option<T> {
    minicbor::decode(frame).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_arrive_as_they_were() {
        let told = [
            CardError::WrongPin { tries_left: Some(1) },
            CardError::WrongPin { tries_left: None },
            CardError::Refused(0x6F00),
        ];
        for error in NAMED.iter().cloned().chain(told) {
            let mut frame = vec![];
            write(&mut frame, &Said::Failed(error.clone().into())).unwrap();
            let Some(Said::Failed(failure)) = parse(&read(&frame[..]).unwrap()) else { panic!("{error:?}") };
            assert_eq!(CardError::from(failure), error);
        }
        // What no token says is not taken for something else.
        assert_eq!(CardError::from(Failure::from(CardError::PukBlocked)), CardError::Malformed);
    }

    #[test]
    fn nonsense_is_told_and_bounded() {
        assert!(read(&[0xFF; 12][..]).is_err());
        assert!(read(&[0, 0, 0, 9, 1][..]).is_err());
        assert!(parse::<Ask>(&[0xFF]).is_none());
    }
}
