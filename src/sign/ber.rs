//! BER → DER for the outer layers of a CMS file: some signing programs write indefinite lengths,
//! lengths with leading zeros and octet strings in pieces (X.690 §8). What was signed inside is
//! DER already (RFC 5652 §5.4, RFC 5280 §4.1) and comes out as it was.

use super::wire::tlv;

const DEEPEST: usize = 32;

/// `None` where the bytes are not one BER element.
pub fn to_der(ber: &[u8]) -> Option<Vec<u8>> {
    let mut rest = ber;
    let out = element(&mut rest, 0)?;
    rest.is_empty().then_some(out)
}

fn element(rest: &mut &[u8], depth: usize) -> Option<Vec<u8>> {
    if depth == DEEPEST {
        return None;
    }
    let tag = take(rest)?;
    // Tag numbers of 31 and above do not occur in CMS.
    if tag & 0x1f == 0x1f || tag == 0 {
        return None;
    }
    let constructed = tag & 0x20 != 0;
    let children = match length(rest)? {
        Some(length) => {
            let (mut value, after) = rest.split_at_checked(length)?;
            *rest = after;
            if !constructed {
                return Some(tlv(tag, &[value]));
            }
            let mut children = Vec::new();
            while !value.is_empty() {
                children.push(element(&mut value, depth + 1)?);
            }
            children
        }
        None if constructed => {
            let mut children = Vec::new();
            while !rest.starts_with(&[0, 0]) {
                children.push(element(rest, depth + 1)?);
            }
            *rest = &rest[2..];
            children
        }
        None => return None,
    };
    if tag == 0x24 {
        return joined(&children);
    }
    Some(tlv(tag, &children.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

/// An octet string in pieces (X.690 §8.7.3): the pieces are primitive octet strings by now.
fn joined(pieces: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut values = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let mut rest = piece.as_slice();
        if take(&mut rest)? != 0x04 {
            return None;
        }
        length(&mut rest)??;
        values.push(rest);
    }
    Some(tlv(0x04, &values))
}

fn take(rest: &mut &[u8]) -> Option<u8> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    Some(*first)
}

/// `Some(None)`: indefinite.
fn length(rest: &mut &[u8]) -> Option<Option<usize>> {
    let first = take(rest)?;
    if first < 0x80 {
        return Some(Some(usize::from(first)));
    }
    if first == 0x80 {
        return Some(None);
    }
    let mut length = 0usize;
    for _ in 0..first & 0x7f {
        length = length.checked_mul(256)?.checked_add(usize::from(take(rest)?))?;
    }
    Some(Some(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_and_indefinite_lengths_become_definite() {
        // SEQUENCE (indefinite) { OCTET STRING constructed { 'ab', 'c' }, INTEGER 5 with a long length }
        let ber = [0x30, 0x80, 0x24, 0x80, 4, 2, b'a', b'b', 4, 1, b'c', 0, 0, 2, 0x81, 1, 5, 0, 0];
        let der = [0x30, 8, 4, 3, b'a', b'b', b'c', 2, 1, 5];
        assert_eq!(to_der(&ber).unwrap(), der);
        assert_eq!(to_der(&der).unwrap(), der);
    }

    #[test]
    fn broken_or_bottomless_input_is_refused() {
        for bad in
            [&[][..], &[0x30], &[0x30, 0x80], &[0x30, 5, 1], &[0x04, 0x80, 0, 0], &[0x30, 0, 0], &[0, 0]]
        {
            assert!(to_der(bad).is_none(), "{bad:?}");
        }
        assert!(to_der(&[0x30, 0x80].repeat(10_000)).is_none());
        assert!(to_der(&[0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).is_none());
    }
}
