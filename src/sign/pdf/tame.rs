//! Bounds on what the parser unpacks by itself: object streams and cross-reference streams.

use std::io::Read as _;

use crate::sign::verdict::Reason;

/// Bytes unpacked, all such streams together.
const MOST: u64 = 128 * 1024 * 1024;
/// Bytes before `stream` in which its dictionary stands.
const HEAD: usize = 1024;
const MAX_STREAMS: usize = 100_000;

/// Unpacks as the parser would, into nothing, and stops at the bound.
pub fn judge(bytes: &[u8]) -> Result<(), Reason> {
    let (mut left, mut at, mut streams) = (MOST, 0usize, 0usize);
    while let Some(found) = find(&bytes[at..], b"stream") {
        let start = at + found;
        at = start + b"stream".len();
        let head = &bytes[start.saturating_sub(HEAD)..start];
        let begins = head.len().saturating_sub(3);
        if head[begins..].eq_ignore_ascii_case(b"end") {
            continue;
        }
        streams += 1;
        if streams > MAX_STREAMS {
            return Err(Reason::TooLarge);
        }
        let dict = head.windows(3).rposition(|w| w == b"obj").map_or(head, |p| &head[p..]);
        // A name may be written in another way.
        let names = unescaped(dict);
        let dict = names.as_slice();
        let unpacked = [&b"ObjStm"[..], b"XRef"].iter().any(|mark| find(dict, mark).is_some());
        if !unpacked {
            continue;
        }
        if !rows_are_sound(dict) {
            return Err(Reason::Malformed);
        }
        let filters = dict.windows(6).filter(|w| *w == b"Decode").count();
        let parameters = dict.windows(11).filter(|w| *w == b"DecodeParms").count();
        if filters.saturating_sub(parameters) > 1
            || find(dict, b"LZW").is_some()
            || find(dict, b"RunLength").is_some()
        {
            return Err(Reason::TooLarge);
        }
        let data = &bytes[at..];
        let data = data.strip_prefix(b"\r\n").or(data.strip_prefix(b"\n")).unwrap_or(data);
        let mut unpacked = flate2::read::ZlibDecoder::new(data).take(left + 1);
        // What cannot be unpacked is as long as what could.
        let length = std::io::copy(&mut unpacked, &mut std::io::sink()).unwrap_or(0);
        left = left.checked_sub(length).filter(|l| *l > 0).ok_or(Reason::TooLarge)?;
    }
    Ok(())
}

/// `#53` in a name is `S` (ISO 32000-2 §7.3.5).
fn unescaped(dict: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(dict.len());
    let mut at = 0;
    while let Some(byte) = dict.get(at) {
        let said = (*byte == b'#').then(|| dict.get(at + 1..at + 3)).flatten();
        match said.and_then(|digits| hex::decode(digits).ok()) {
            Some(meant) => {
                out.extend(meant);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}

/// Whether a predictor's rows have a length that can be reckoned with: the parser multiplies what it reads, and divides
/// by it.
fn rows_are_sound(dict: &[u8]) -> bool {
    const MOST: [(&[u8], u32); 3] = [(b"/Columns", 1 << 20), (b"/Colors", 15), (b"/BitsPerComponent", 16)];
    MOST.into_iter().all(|(key, most)| {
        let mut rest = dict;
        while let Some(at) = find(rest, key) {
            rest = &rest[at + key.len()..];
            let value = rest.trim_ascii_start();
            let digits = value.iter().take_while(|b| b.is_ascii_digit()).count();
            // A number that stands elsewhere is none that is known here.
            let ends = value[digits..].trim_ascii_start().first().is_none_or(|b| b"/>".contains(b));
            let number = std::str::from_utf8(&value[..digits]).ok().and_then(|n| n.parse::<u32>().ok());
            if !ends || !number.is_some_and(|n| (1..=most).contains(&n)) {
                return false;
            }
        }
        true
    })
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|w| w == what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_stream_that_grows_without_end_is_refused() {
        let packed = |size: usize| {
            let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
            writer.write_all(&vec![0; size]).unwrap();
            writer.finish().unwrap()
        };
        let file = |kind: &str, size: usize| {
            let head = format!("%PDF-1.7\n1 0 obj\n<</Type/{kind}/Filter/FlateDecode>>\nstream\n");
            [head.as_bytes(), &packed(size), b"\nendstream\nendobj\n"].concat()
        };
        assert_eq!(judge(&file("ObjStm", 1000)), Ok(()));
        assert_eq!(judge(&file("ObjStm", MOST as usize + 1)), Err(Reason::TooLarge));
        assert_eq!(judge(&file("Obj#53tm", MOST as usize + 1)), Err(Reason::TooLarge));
        assert_eq!(judge(&file("XObject", MOST as usize + 1)), Ok(()), "nobody unpacks it here");
        let rows = |text: &str| {
            let head = format!(
                "%PDF-1.7\n1 0 obj\n<</Type/XRef/Filter/FlateDecode/DecodeParms<<{text}>>>>\nstream\n"
            );
            judge(&[head.as_bytes(), &packed(10), b"\nendstream\nendobj\n"].concat())
        };
        assert_eq!(rows("/Columns 5/Predictor 12/Colors 1"), Ok(()));
        for bad in
            ["/Columns 99999999999999999999", "/Columns 0", "/Columns 5 0 R", "/Col#75mns -1", "/Colors 200"]
        {
            assert_eq!(rows(bad), Err(Reason::Malformed), "{bad}");
        }
        let twice =
            String::from_utf8_lossy(b"1 0 obj<</Type/ObjStm/Filter[/FlateDecode/FlateDecode]>>stream\n");
        assert_eq!(judge(twice.as_bytes()), Err(Reason::TooLarge));
    }
}
