//! Personalisation of the PIV application by its own commands: keys made on the card, certificates put on it.

use des::cipher::{BlockEncrypt as _, KeyInit as _, generic_array::GenericArray};

use crate::card::whole;
use crate::platform::Firmware;

/// What a card of this make leaves the factory with.
const MANAGEMENT_KEY: [u8; 24] = {
    let mut key = [0; 24];
    let mut i = 0;
    while i < 24 {
        key[i] = (i % 8) as u8 + 1;
        i += 1;
    }
    key
};

#[derive(Clone, Copy)]
pub enum Kind {
    Rsa,
    Ec,
}

/// The new key's public half: `rsa N E` or `ec POINT`, in hexadecimal.
pub fn make_key(firmware: &mut Firmware, kind: Kind, slot: u8) -> Result<String, String> {
    administrate(firmware)?;
    let algorithm = match kind {
        Kind::Rsa => 0x07,
        Kind::Ec => 0x11,
    };
    let made = ask(firmware, [0, 0x47, 0, slot], &[0xAC, 3, 0x80, 1, algorithm])?;
    let (_, public) = tlv(made.get(1..).unwrap_or_default()).ok_or("no key template")?;
    let (first, rest) = field(public).ok_or("no key")?;
    match kind {
        Kind::Ec => Ok(format!("ec {}", hex(first))),
        Kind::Rsa => {
            let (exponent, _) = field(rest).ok_or("no exponent")?;
            Ok(format!("rsa {} {}", hex(first), hex(exponent)))
        }
    }
}

/// PUT DATA of 9A's or 9C's certificate; `packed` says that it is gzipped.
pub fn put_certificate(firmware: &mut Firmware, slot: u8, der: &[u8], packed: bool) -> Result<(), String> {
    administrate(firmware)?;
    let object = if slot == 0x9A { 0x05 } else { 0x0A };
    let mut inner = vec![];
    put(&mut inner, 0x70, der);
    put(&mut inner, 0x71, &[u8::from(packed)]);
    put(&mut inner, 0xFE, &[]);
    let mut data = vec![0x5C, 3, 0x5F, 0xC1, object];
    put(&mut data, 0x53, &inner);
    ask(firmware, [0, 0xDB, 0x3F, 0xFF], &data).map(|_| ())
}

/// CHANGE REFERENCE DATA (SP 800-73-4 part 2, 3.2.2): PINs of up to eight digits.
pub fn change_pin(firmware: &mut Firmware, old: &str, new: &str) -> Result<(), String> {
    let mut pins = [0xFF; 16];
    for (at, pin) in [(0, old), (8, new)] {
        pins[at..][..pin.len().min(8)].copy_from_slice(&pin.as_bytes()[..pin.len().min(8)]);
    }
    ask(firmware, [0, 0xA4, 4, 0], &[0xA0, 0, 0, 3, 8])?;
    ask(firmware, [0, 0x24, 0, 0x80], &pins).map(|_| ())
}

/// GENERAL AUTHENTICATE with the management key, by challenge and response.
fn administrate(firmware: &mut Firmware) -> Result<(), String> {
    ask(firmware, [0, 0xA4, 4, 0], &[0xA0, 0, 0, 3, 8])?;
    let challenge = ask(firmware, [0, 0x87, 0x03, 0x9B], &[0x7C, 2, 0x81, 0])?;
    let challenge: [u8; 8] = challenge.get(4..).and_then(|c| c.try_into().ok()).ok_or("no challenge")?;
    let mut block = GenericArray::from(challenge);
    des::TdesEde3::new(&GenericArray::from(MANAGEMENT_KEY)).encrypt_block(&mut block);
    let mut response = vec![0x7C, 10, 0x82, 8];
    response.extend(block);
    ask(firmware, [0, 0x87, 0x03, 0x9B], &response).map(|_| ())
}

pub fn ask(firmware: &mut Firmware, header: [u8; 4], data: &[u8]) -> Result<Vec<u8>, String> {
    match whole(firmware, header, data) {
        (body, [0x90, 0x00]) => Ok(body),
        (_, status) => Err(format!("{header:02X?} refused with {status:02X?}")),
    }
}

pub fn field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, value) = tlv(bytes)?;
    Some((value.get(..length)?, value.get(length..)?))
}

/// Length, and what follows it.
pub fn tlv(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes.get(1..)? {
        [0x82, high, low, rest @ ..] => Some((usize::from(u16::from_be_bytes([*high, *low])), rest)),
        [0x81, length, rest @ ..] => Some((usize::from(*length), rest)),
        [length, rest @ ..] => Some((usize::from(*length), rest)),
        [] => None,
    }
}

fn put(out: &mut Vec<u8>, tag: u8, value: &[u8]) {
    out.push(tag);
    if value.len() < 0x80 {
        out.push(value.len() as u8);
    } else {
        out.push(0x82);
        out.extend((value.len() as u16).to_be_bytes());
    }
    out.extend(value);
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
