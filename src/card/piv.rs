//! The PIV applet (NIST SP 800-73-4 part 2): SELECT, GET DATA, VERIFY, GENERAL AUTHENTICATE.

use std::io::Read as _;

use zeroize::Zeroizing;

use super::apdu::{Channel, Command, OK, Response};
use super::pinpad::Entry;
use super::{CardError, KeyKind};
use crate::private::Secret;

/// The application's identifier without and with its version (part 1, §2.2).
const AID: &[u8] = &[0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00];
const AID_UNVERSIONED: usize = 9;
/// Reference of the PIV card application PIN (part 2, table 4).
const PIN: u8 = 0x80;
/// A certificate may come gzipped (part 1, appendix A); unpacked it must stay below this.
const MAX_CERTIFICATE: u64 = 16 * 1024;

/// Which key of the card (part 1, table 4b).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// 9A, PIV authentication: for logging in.
    Authentication,
    /// 9C, digital signature: asks for the PIN before every signature.
    Signature,
}

impl Slot {
    fn key(self) -> u8 {
        match self {
            Slot::Authentication => 0x9A,
            Slot::Signature => 0x9C,
        }
    }

    /// Last byte of the data object's tag 5FC1xx (part 1, table 3).
    fn object(self) -> u8 {
        match self {
            Slot::Authentication => 0x05,
            Slot::Signature => 0x0A,
        }
    }
}

/// [`CardError::Unsupported`] where the card has no such application.
pub fn select(card: &mut Channel) -> Result<(), CardError> {
    let mut status = 0;
    for aid in [&AID[..AID_UNVERSIONED], AID] {
        status = card.send(&Command { cla: 0, ins: 0xA4, p1: 4, p2: 0, data: aid, le: Some(0) })?.status;
        if status == OK {
            return Ok(());
        }
    }
    Err(refusal(status))
}

/// DER of the slot's certificate; [`CardError::NoCertificate`] where the slot is empty.
pub fn certificate(card: &mut Channel, slot: Slot) -> Result<Vec<u8>, CardError> {
    let wanted = [0x5C, 0x03, 0x5F, 0xC1, slot.object()];
    let get = Command { cla: 0, ins: 0xCB, p1: 0x3F, p2: 0xFF, data: &wanted, le: Some(0) };
    let response = ok(card.send(&get)?).map_err(|error| match error {
        CardError::Unsupported => CardError::NoCertificate,
        other => other,
    })?;
    let (0x53, object, _) = tlv(&response).ok_or(CardError::Malformed)? else {
        return Err(CardError::Malformed);
    };
    let (mut found, mut info, mut rest) = (None, 0, object);
    while !rest.is_empty() {
        let (tag, value, after) = tlv(rest).ok_or(CardError::Malformed)?;
        match tag {
            0x70 => found = Some(value),
            0x71 => info = value.first().copied().unwrap_or(0),
            _ => {}
        }
        rest = after;
    }
    match found {
        // A slot that was emptied keeps an object without a certificate in it.
        None | Some([]) => Err(CardError::NoCertificate),
        Some(packed) if info & 0x01 != 0 => unpack(packed),
        Some(der) => Ok(der.to_vec()),
    }
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, CardError> {
    let mut der = vec![];
    let mut reader = flate2::read::GzDecoder::new(packed).take(MAX_CERTIFICATE + 1);
    reader.read_to_end(&mut der).map_err(|_| CardError::Malformed)?;
    if der.len() as u64 > MAX_CERTIFICATE { Err(CardError::Malformed) } else { Ok(der) }
}

/// Tries left before the PIN is blocked, asked without spending one (part 2, §3.2.1: VERIFY with no
/// data). `None` where the card does not say.
pub fn tries_left(card: &mut Channel) -> Result<Option<u8>, CardError> {
    let status = card.send(&Command { cla: 0, ins: 0x20, p1: 0, p2: PIN, data: &[], le: None })?.status;
    Ok(match status {
        0x63C0..=0x63CF => Some(status as u8 & 0x0F),
        0x6983 => Some(0),
        _ => None,
    })
}

/// CHANGE REFERENCE DATA (part 2, §3.2.2). A wrong `old` spends a try of the PIN.
pub fn change_pin(card: &mut Channel, old: &Secret, new: &Secret) -> Result<(), CardError> {
    replace(card, 0x24, old, new).map_err(unchanged)
}

/// What the card said to CHANGE REFERENCE DATA.
pub fn judge_change(status: u16) -> Result<(), CardError> {
    if status == OK { Ok(()) } else { Err(unchanged(Failed::Status(status))) }
}

fn unchanged(failed: Failed) -> CardError {
    match failed {
        Failed::Status(0x63C0 | 0x6983) => CardError::Blocked,
        Failed::Status(0x6300) => CardError::WrongPin { tries_left: None },
        Failed::Status(s @ 0x63C1..=0x63CF) => CardError::WrongPin { tries_left: Some(s as u8 & 0x0F) },
        other => other.plain(),
    }
}

/// RESET RETRY COUNTER (part 2, §3.2.3): the PUK sets a new PIN. A wrong one spends a try of the PUK.
pub fn unblock(card: &mut Channel, puk: &Secret, new: &Secret) -> Result<(), CardError> {
    replace(card, 0x2C, puk, new).map_err(blocked_still)
}

/// What the card said to RESET RETRY COUNTER.
pub fn judge_unblock(status: u16) -> Result<(), CardError> {
    if status == OK { Ok(()) } else { Err(blocked_still(Failed::Status(status))) }
}

fn blocked_still(failed: Failed) -> CardError {
    match failed {
        Failed::Status(0x63C0 | 0x6983) => CardError::PukBlocked,
        Failed::Status(0x6300) => CardError::WrongPuk { tries_left: None },
        Failed::Status(s @ 0x63C1..=0x63CF) => CardError::WrongPuk { tries_left: Some(s as u8 & 0x0F) },
        other => other.plain(),
    }
}

enum Failed {
    Status(u16),
    Other(CardError),
}

impl Failed {
    fn plain(self) -> CardError {
        match self {
            // The card's own rules for a PIN (part 2, §3.2.2: not in the data field's form).
            Failed::Status(0x6A80 | 0x6700 | 0x6985) => CardError::NewPinRefused,
            Failed::Status(0x6D00 | 0x6E00 | 0x6A81 | 0x6A86 | 0x6A88) => CardError::CannotUnblock,
            Failed::Status(status) => CardError::Refused(status),
            Failed::Other(error) => error,
        }
    }
}

/// Both commands: what proves the right to it, then the new PIN, each padded to 8.
fn replace(card: &mut Channel, ins: u8, proof: &Secret, new: &Secret) -> Result<(), Failed> {
    let both = [(0, proof), (8, new)];
    let mut padded = Zeroizing::new([0xFF; 16]);
    for (at, code) in both {
        if !(6..=8).contains(&code.len()) || !code.bytes().iter().all(u8::is_ascii_graphic) {
            return Err(Failed::Other(CardError::PinFormat));
        }
        padded[at..at + code.len()].copy_from_slice(code.bytes());
    }
    let command = Command { cla: 0, ins, p1: 0, p2: PIN, data: &padded[..], le: None };
    match card.send(&command).map_err(Failed::Other)?.status {
        OK => Ok(()),
        status => Err(Failed::Status(status)),
    }
}

/// Presents the PIN: 6 to 8 printable ASCII characters, sent padded with FF to 8 (part 2, §2.4.3).
/// Another length is [`CardError::PinFormat`], and the card is not asked.
pub fn verify(card: &mut Channel, pin: &Secret) -> Result<(), CardError> {
    if !(6..=8).contains(&pin.len()) || !pin.bytes().iter().all(u8::is_ascii_graphic) {
        return Err(CardError::PinFormat);
    }
    let mut padded = Zeroizing::new([0xFF; 8]);
    padded[..pin.len()].copy_from_slice(pin.bytes());
    judge(card.send(&Command { cla: 0, ins: 0x20, p1: 0, p2: PIN, data: &padded[..], le: None })?.status)
}

/// What a reader with keys is told of the PIN.
pub fn entry() -> Entry {
    Entry { reference: PIN, least: 6, most: 8, block: Some(8) }
}

/// What the card said to VERIFY.
pub fn judge(status: u16) -> Result<(), CardError> {
    match status {
        OK => Ok(()),
        0x63C0 | 0x6983 => Err(CardError::Blocked),
        status @ 0x63C1..=0x63CF => Err(CardError::WrongPin { tries_left: Some(status as u8 & 0x0F) }),
        0x6300 => Err(CardError::WrongPin { tries_left: None }),
        0x6A80 | 0x6700 => Err(CardError::PinFormat),
        status => Err(refusal(status)),
    }
}

/// The key's private operation (part 2, §3.2.4) on what [`super::session`] prepared: a padded block
/// for RSA, a digest for ECDSA. The answer's bytes as the card gave them.
pub fn authenticate(
    card: &mut Channel,
    slot: Slot,
    kind: KeyKind,
    input: &[u8],
) -> Result<Vec<u8>, CardError> {
    // Algorithm identifiers of SP 800-78-5, table 6-2; 4096 bits as widespread cards number it.
    let algorithm = match kind {
        KeyKind::Rsa(2048) => 0x07,
        KeyKind::Rsa(3072) => 0x05,
        KeyKind::Rsa(4096) => 0x16,
        KeyKind::Rsa(_) | KeyKind::Gost(_) => return Err(CardError::Unsupported),
        KeyKind::P256 => 0x11,
        KeyKind::P384 => 0x14,
    };
    let mut inner = vec![0x82, 0x00];
    put(&mut inner, 0x81, input);
    let mut template = vec![];
    put(&mut template, 0x7C, &inner);
    let command = Command { cla: 0, ins: 0x87, p1: algorithm, p2: slot.key(), data: &template, le: Some(0) };
    let response = ok(card.send(&command)?)?;
    match tlv(&response) {
        Some((0x7C, template, [])) => match tlv(template) {
            Some((0x82, value, [])) => Ok(value.to_vec()),
            _ => Err(CardError::Malformed),
        },
        _ => Err(CardError::Malformed),
    }
}

pub(super) fn ok(response: Response) -> Result<Zeroizing<Vec<u8>>, CardError> {
    if response.status == OK { Ok(response.data) } else { Err(refusal(response.status)) }
}

pub(super) fn refusal(status: u16) -> CardError {
    match status {
        0x6983 => CardError::Blocked,
        // No such object, function, application, instruction or class: another kind of card.
        0x6A81 | 0x6A82 | 0x6A86 | 0x6A88 | 0x6D00 | 0x6E00 => CardError::Unsupported,
        _ => CardError::Refused(status),
    }
}

/// One BER-TLV with a one-byte tag: tag, value, and what follows. `None` where it is cut short.
pub(crate) fn tlv(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&short, rest) = rest.split_first()?;
    let (length, rest) = match short {
        0..=0x7F => (usize::from(short), rest),
        0x81 => (usize::from(*rest.first()?), &rest[1..]),
        0x82 => (usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?])), &rest[2..]),
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(length)?;
    Some((tag, value, rest))
}

/// Appends one BER-TLV; values up to 65,535 bytes.
pub(crate) fn put(out: &mut Vec<u8>, tag: u8, value: &[u8]) {
    out.push(tag);
    match value.len() {
        length @ 0..=0x7F => out.push(length as u8),
        length @ 0x80..=0xFF => out.extend([0x81, length as u8]),
        length => {
            out.push(0x82);
            out.extend((length as u16).to_be_bytes());
        }
    }
    out.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::scripted::Script;
    use super::*;

    fn object(certificate: &[u8], info: u8) -> Vec<u8> {
        let mut inner = vec![];
        put(&mut inner, 0x70, certificate);
        put(&mut inner, 0x71, &[info]);
        put(&mut inner, 0xFE, &[]);
        let mut out = vec![];
        put(&mut out, 0x53, &inner);
        out.extend([0x90, 0x00]);
        out
    }

    fn read(answer: Vec<u8>) -> Result<Vec<u8>, CardError> {
        certificate(&mut Channel::new(&mut Script::any([Ok(answer)]), None), Slot::Signature)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn certificates_come_plain_or_packed() {
        assert_eq!(read(object(&[5; 100], 0)), Ok(vec![5; 100]));
        assert_eq!(read(object(&gzip(&[5; 4000]), 1)), Ok(vec![5; 4000]));
        assert_eq!(read(object(&gzip(&[5; 20_000]), 1)), Err(CardError::Malformed), "a bomb");
        assert_eq!(read(object(&[5; 100], 1)), Err(CardError::Malformed), "not gzip");
        assert_eq!(read(object(&[], 0)), Err(CardError::NoCertificate));
        assert_eq!(read(vec![0x6A, 0x82]), Err(CardError::NoCertificate));
        assert_eq!(read(vec![0x6F, 0x00]), Err(CardError::Refused(0x6F00)));
        assert_eq!(read(vec![0x90, 0x00]), Err(CardError::Malformed));
        assert_eq!(read(vec![0x53, 0x82, 0x90, 0x00]), Err(CardError::Malformed));
    }

    fn verified(status: u16) -> Result<(), CardError> {
        let pin = Secret::from_vec(b"123456".to_vec());
        let apdu = vec![0, 0x20, 0, 0x80, 8, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0xFF, 0xFF];
        let mut script = Script::new([(apdu, Ok(status.to_be_bytes().to_vec()))]);
        verify(&mut Channel::new(&mut script, None), &pin)
    }

    #[test]
    fn pin_answers() {
        assert_eq!(verified(0x9000), Ok(()));
        assert_eq!(verified(0x63C2), Err(CardError::WrongPin { tries_left: Some(2) }));
        assert_eq!(verified(0x6300), Err(CardError::WrongPin { tries_left: None }));
        assert_eq!(verified(0x63C0), Err(CardError::Blocked));
        assert_eq!(verified(0x6983), Err(CardError::Blocked));
        assert_eq!(verified(0x6A80), Err(CardError::PinFormat));
    }

    #[test]
    fn a_pin_that_cannot_be_is_not_sent() {
        for pin in ["", "12345", "123456789", "12345\u{7}", "бірекі"] {
            let pin = Secret::from_vec(pin.as_bytes().to_vec());
            let refused = verify(&mut Channel::new(&mut Script::any([]), None), &pin);
            assert_eq!(refused, Err(CardError::PinFormat));
        }
    }

    #[test]
    fn tries_are_asked_for_without_spending_one() {
        for (status, tries) in [(0x63C3, Some(3)), (0x6983, Some(0)), (0x9000, None), (0x6D00, None)] {
            let answer = u16::to_be_bytes(status).to_vec();
            let mut script = Script::new([(vec![0, 0x20, 0, 0x80], Ok(answer))]);
            assert_eq!(tries_left(&mut Channel::new(&mut script, None)), Ok(tries));
        }
    }

    #[test]
    fn an_older_card_wants_the_version_in_its_name() {
        let mut short = vec![0, 0xA4, 4, 0, 9];
        short.extend(&AID[..9]);
        short.push(0);
        let mut long = vec![0, 0xA4, 4, 0, 11];
        long.extend(AID);
        long.push(0);
        let mut script = Script::new([(short, Ok(vec![0x6A, 0x82])), (long, Ok(vec![0x90, 0]))]);
        assert_eq!(select(&mut Channel::new(&mut script, None)), Ok(()));
        let mut other = Script::any([Ok(vec![0x6A, 0x82]), Ok(vec![0x6A, 0x82])]);
        assert_eq!(select(&mut Channel::new(&mut other, None)), Err(CardError::Unsupported));
    }

    #[test]
    fn lengths_of_tlv() {
        for length in [0, 1, 127, 128, 255, 256, 2000] {
            let mut out = vec![];
            put(&mut out, 0x53, &vec![1; length]);
            assert_eq!(
                tlv(&out).map(|(tag, value, rest)| (tag, value.len(), rest.len())),
                Some((0x53, length, 0))
            );
            assert_eq!(tlv(&out[..out.len() - 1]), None);
        }
        assert_eq!(tlv(&[0x53, 0x84, 0, 0, 0, 1, 9]), None);
    }
}
