//! What a file is, by its content: PDF, JPEG, PNG or text, nothing else.

/// ISO-8859-family code page of Kazakhstan, ST RK 1048-2002, as registered with IANA (KZ-1048): what
/// old Windows programs write. 0x98 is not used.
const KZ_1048: &str = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊҚҺЏђ‘’“”•–—\u{fffd}™љ›њқһџ\u{a0}ҰұӘ¤Ө¦§Ё©Ғ«¬\u{ad}®Ү°±Ііөµ¶·ё№ғ»әҢңүАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Pdf,
    Jpeg,
    Png,
    Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    Utf8,
    Utf16Le,
    Utf16Be,
    Kz1048,
}

impl Kind {
    pub const fn media_type(self) -> &'static str {
        match self {
            Kind::Pdf => "application/pdf",
            Kind::Jpeg => "image/jpeg",
            Kind::Png => "image/png",
            Kind::Text => "text/plain",
        }
    }

    /// What a name's ending promises.
    pub fn by_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_lowercase().as_str() {
            "pdf" => Some(Kind::Pdf),
            "jpg" | "jpeg" | "jfif" => Some(Kind::Jpeg),
            "png" => Some(Kind::Png),
            "txt" => Some(Kind::Text),
            _ => None,
        }
    }

    /// By content alone. Markup that only a program reads (HTML, RTF, PostScript) is no text here.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        // ISO 32000-1, annex H.3.4.1: readers accept the header within the first 1024 bytes.
        let head = &bytes[..bytes.len().min(1024)];
        if head.windows(5).any(|w| w == b"%PDF-") && bytes.len() > 16 {
            return Some(Kind::Pdf);
        }
        if infer::image::is_jpeg(bytes) {
            return Some(Kind::Jpeg);
        }
        if infer::image::is_png(bytes) {
            return Some(Kind::Png);
        }
        let (text, _) = decode_text(bytes)?;
        let start = text.trim_start();
        let markup = ["{\\rtf", "%!PS", "#!", "<?xml", "<svg"].iter().any(|m| start.starts_with(m));
        let markup =
            markup || infer::text::is_html(start.as_bytes()) || infer::text::is_xml(start.as_bytes());
        (!markup).then_some(Kind::Text)
    }
}

/// The words of a text file and how it is written; none where it is no text: a control character,
/// a broken sequence, or an 8-bit file whose letters are not mostly Cyrillic.
pub fn decode_text(bytes: &[u8]) -> Option<(String, Charset)> {
    let (text, charset) = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (std::str::from_utf8(rest).ok()?.to_owned(), Charset::Utf8),
        [0xff, 0xfe, rest @ ..] => (utf16(rest, u16::from_le_bytes)?, Charset::Utf16Le),
        [0xfe, 0xff, rest @ ..] => (utf16(rest, u16::from_be_bytes)?, Charset::Utf16Be),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), Charset::Utf8),
            Err(_) => (eight_bit(bytes)?, Charset::Kz1048),
        },
    };
    let strange = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    (!text.chars().any(strange)).then_some((text, charset))
}

fn utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Option<String> {
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    let units = bytes.chunks_exact(2).map(|c| read([c[0], c[1]]));
    char::decode_utf16(units).collect::<Result<String, _>>().ok()
}

fn eight_bit(bytes: &[u8]) -> Option<String> {
    let table: Vec<char> = KZ_1048.chars().collect();
    let (mut letters, mut high) = (0, 0);
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let c = match byte {
            0..=0x7f => char::from(*byte),
            _ => *table.get(usize::from(*byte - 0x80))?,
        };
        if c == '\u{fffd}' {
            return None;
        }
        if !c.is_ascii() {
            high += 1;
            letters += usize::from(c.is_alphabetic());
        }
        out.push(c);
    }
    // Words in Cyrillic, not a program's bytes: nine in ten high bytes are letters.
    (letters * 10 >= high * 9).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_the_four_ways_people_write_it() {
        let words = "Қарағанды: әке мен ұл, 12 ₸\r\n\tүй";
        let utf16 = |read: fn(u16) -> [u8; 2], bom: [u8; 2]| {
            let mut out = bom.to_vec();
            out.extend(words.encode_utf16().flat_map(read));
            out
        };
        for (bytes, charset) in [
            (words.as_bytes().to_vec(), Charset::Utf8),
            ([b"\xef\xbb\xbf", words.as_bytes()].concat(), Charset::Utf8),
            (utf16(u16::to_le_bytes, [0xff, 0xfe]), Charset::Utf16Le),
            (utf16(u16::to_be_bytes, [0xfe, 0xff]), Charset::Utf16Be),
        ] {
            assert_eq!(decode_text(&bytes), Some((words.to_owned(), charset)));
            assert_eq!(Kind::of(&bytes), Some(Kind::Text));
        }
        // «Қазақ хаты, ұл» as an old Windows editor saves it.
        let old = b"\x8d\xe0\xe7\xe0\x9d \xf5\xe0\xf2\xfb, \xa2\xeb\r\n";
        assert_eq!(decode_text(old), Some(("Қазақ хаты, ұл\r\n".into(), Charset::Kz1048)));
    }

    #[test]
    fn the_name_does_not_decide_and_other_kinds_are_refused() {
        for bytes in [
            &b"PK\x03\x04\x14\0\x06\0"[..],
            b"MZ\x90\0\x03\0\0\0",
            b"\x7fELF\x02\x01\x01\0",
            b"GIF89a\x01\0\x01\0",
            b"\0\0\0\x18ftypheic\0\0\0\0",
            b"RIFF\x10\0\0\0WEBPVP8 ",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"{\\rtf1\\ansi text}",
            b"<!DOCTYPE html><html></html>",
            b"<?xml version=\"1.0\"?><svg/>",
            b"#!/bin/sh\necho x\n",
            b"\xff\xfe\x00\xd8",
            b"\xff\xfea",
            b"bell \x07",
        ] {
            assert_eq!(Kind::of(bytes), None, "{bytes:x?}");
        }
        // Words may begin with another kind's first letters.
        assert_eq!(Kind::of(b"BMW satamyn. MZ"), Some(Kind::Text));
        assert_eq!(Kind::of(b"junk\n%PDF-1.7\n1 0 obj\n"), Some(Kind::Pdf));
        assert_eq!(Kind::by_name("СУРЕТ.JPG"), Some(Kind::Jpeg));
        assert_eq!(Kind::by_name("pdf"), None);
    }
}
