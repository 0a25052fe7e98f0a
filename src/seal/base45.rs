//! Base45 (RFC 9285): bytes in the alphabet that QR codes hold most densely.

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Two bytes become three characters, a last single byte two.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(2) * 3);
    let mut push = |n: usize| out.push(char::from(ALPHABET[n % 45]));
    for pair in bytes.chunks(2) {
        let n = pair.iter().fold(0usize, |n, b| n << 8 | usize::from(*b));
        push(n);
        push(n / 45);
        if pair.len() == 2 {
            push(n / (45 * 45));
        }
    }
    out
}

/// `None` where the text is not what [`encode`] writes.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for group in text.as_bytes().chunks(3) {
        let mut n = 0usize;
        for c in group.iter().rev() {
            n = n * 45 + ALPHABET.iter().position(|a| a == c)?;
        }
        match group.len() {
            3 => out.extend(u16::try_from(n).ok()?.to_be_bytes()),
            2 => out.push(u8::try_from(n).ok()?),
            _ => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_rfc() {
        for (plain, coded) in [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581")] {
            assert_eq!(encode(plain.as_bytes()), coded);
            assert_eq!(decode(coded).unwrap(), plain.as_bytes());
        }
        assert_eq!(decode("QED8WEX0").unwrap(), b"ietf!");
    }

    #[test]
    fn what_nobody_writes_is_refused() {
        // A character left over, a value past two bytes or one, lower case, outside the alphabet.
        for bad in ["A", "AAAA", "GGW", ":::", "::", "bb8", "BB_", "қ"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        assert_eq!(decode("FGW").unwrap(), [0xff, 0xff]);
        assert_eq!(decode("").unwrap(), b"");
    }
}
