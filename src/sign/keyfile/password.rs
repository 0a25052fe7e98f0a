//! A key file's password in both of the forms that the schemes take.

use zeroize::Zeroizing;

use crate::private::Secret;

/// Wiped when dropped.
pub struct Password {
    utf8: Secret,
    utf16: Zeroizing<Vec<u8>>,
}

impl Password {
    /// `None`: not text in UTF-8.
    pub fn new(utf8: Secret) -> Option<Self> {
        let text = std::str::from_utf8(utf8.bytes()).ok()?;
        // Each octet of UTF-8 becomes two at most; then the two zeros at the end.
        let mut utf16 = Zeroizing::new(Vec::with_capacity(utf8.len() * 2 + 2));
        utf16.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        utf16.extend([0, 0]);
        Some(Self { utf8, utf16 })
    }

    /// As PBES2 takes it.
    pub fn utf8(&self) -> &[u8] {
        self.utf8.bytes()
    }

    /// BMPString with its end (RFC 7292 appendix B.1). Letters beyond the basic plane are surrogate
    /// pairs, as other programs write them.
    pub fn utf16(&self) -> &[u8] {
        &self.utf16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_any_alphabet_become_two_octets_each() {
        let password = Password::new(Secret::from_vec("Aқ".as_bytes().to_vec())).unwrap();
        assert_eq!(password.utf16(), [0, b'A', 0x04, 0x9b, 0, 0]);
        assert!(Password::new(Secret::from_vec(vec![0xff])).is_none());
    }
}
