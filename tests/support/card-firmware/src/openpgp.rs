//! Personalisation of the OpenPGP application (version 3.4) by its own commands.

use crate::personal::{Kind, ask, field, hex, tlv};
use crate::platform::Firmware;

/// PW3 that a card of this make leaves the factory with.
const ADMIN: &[u8] = b"12345678";
/// Algorithm attributes (§4.4.3.9): RSA-2048 with a public exponent of 32 bits, ECDSA on P-256.
const RSA: &[u8] = &[0x01, 0x08, 0x00, 0x00, 0x20, 0x00];
const EC: &[u8] = &[0x13, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];

/// The new key's public half: `rsa N E` or `ec POINT`, in hexadecimal.
pub fn make_key(firmware: &mut Firmware, kind: Kind, signs: bool) -> Result<String, String> {
    administrate(firmware)?;
    let (attributes, template) = if signs { (0xC1, 0xB6) } else { (0xC3, 0xA4) };
    let algorithm = match kind {
        Kind::Rsa => RSA,
        Kind::Ec => EC,
    };
    ask(firmware, [0, 0xDA, 0, attributes], algorithm)?;
    let made = ask(firmware, [0, 0x47, 0x80, 0], &[template, 0])?;
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

/// The cardholder certificate at one of the three places (§7.2.5): authentication, decryption, signature.
pub fn put_certificate(firmware: &mut Firmware, place: u8, der: &[u8]) -> Result<(), String> {
    administrate(firmware)?;
    ask(firmware, [0, 0xA5, place - 1, 0x04], &[0x60, 0x04, 0x5C, 0x02, 0x7F, 0x21])?;
    ask(firmware, [0, 0xDA, 0x7F, 0x21], der).map(|_| ())
}

pub fn set_code(firmware: &mut Firmware, code: &str) -> Result<(), String> {
    administrate(firmware)?;
    ask(firmware, [0, 0xDA, 0, 0xD3], code.as_bytes()).map(|_| ())
}

fn administrate(firmware: &mut Firmware) -> Result<(), String> {
    ask(firmware, [0, 0xA4, 4, 0], &[0xD2, 0x76, 0, 1, 0x24, 1])?;
    ask(firmware, [0, 0x20, 0, 0x83], ADMIN).map(|_| ())
}
