//! Bytes → text that the parser may have: the encoding found (XML 1.0 Appendix F), line ends made
//! one (§2.11), and whatever could keep the parser busy without end refused before it begins.

use std::borrow::Cow;

use zeroize::Zeroizing;

use crate::sign::verdict::Reason;

/// Bytes of a document.
pub const MAX_XML: usize = 16 * 1024 * 1024;
/// Elements inside one another; the parser calls itself for each.
const DEEPEST: usize = 200;
/// Attributes of one element: each is compared with all.
const MOST_ATTRIBUTES: usize = 256;
/// Declarations of namespaces: whoever declares one copies all above.
const MOST_NAMESPACES: usize = 512;
/// CDATA sections: each is joined to the text before it.
const MOST_CDATA: usize = 4096;

/// Windows-1251, 0x80 to 0xBF; what it leaves out is U+FFFD. The rest are the letters А to я.
const CP1251: [u16; 64] = [
    0x402, 0x403, 0x201A, 0x453, 0x201E, 0x2026, 0x2020, 0x2021, 0x20AC, 0x2030, 0x409, 0x2039, 0x40A, 0x40C,
    0x40B, 0x40F, 0x452, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0xFFFD, 0x2122, 0x459,
    0x203A, 0x45A, 0x45C, 0x45B, 0x45F, 0xA0, 0x40E, 0x45E, 0x408, 0xA4, 0x490, 0xA6, 0xA7, 0x401, 0xA9,
    0x404, 0xAB, 0xAC, 0xAD, 0xAE, 0x407, 0xB0, 0xB1, 0x406, 0x456, 0x491, 0xB5, 0xB6, 0xB7, 0x451, 0x2116,
    0x454, 0xBB, 0x458, 0x405, 0x455, 0x457,
];

/// Whether a file is meant to be XML: its first sign is `<`, in whatever encoding.
pub fn looks_like(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(512)];
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    if start.starts_with(&[0xFE, 0xFF, 0, b'<']) || start.starts_with(&[0xFF, 0xFE, b'<', 0]) {
        return true;
    }
    start.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'<')
}

/// The document's text with line ends as LF.
///
/// # Errors
/// Too large, a kind of document that is not judged, or no text at all.
pub fn read(bytes: &[u8]) -> Result<Zeroizing<String>, Reason> {
    if bytes.len() > MAX_XML {
        return Err(Reason::TooLarge);
    }
    let text = decode(bytes)?;
    let text = match text.contains('\r') {
        true => Zeroizing::new(text.replace("\r\n", "\n").replace('\r', "\n")),
        false => Zeroizing::new(text.into_owned()),
    };
    tame(&text)?;
    Ok(text)
}

fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Reason> {
    if let Some(rest) = bytes.strip_prefix(&[0xFE, 0xFF]) {
        return wide(rest, u16::from_be_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xFF, 0xFE]) {
        return wide(rest, u16::from_le_bytes);
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let single = |map: fn(u8) -> u16| {
        let text = bytes.iter().map(|b| char::from_u32(u32::from(map(*b))).unwrap_or('\u{FFFD}'));
        Ok(Cow::Owned(text.collect()))
    };
    match declared(bytes).as_deref() {
        None | Some("utf-8" | "utf8" | "us-ascii") => {
            std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| Reason::Malformed)
        }
        Some("windows-1251" | "cp1251") => single(|b| match b {
            0..=0x7F => u16::from(b),
            0x80..=0xBF => CP1251[usize::from(b - 0x80)],
            0xC0.. => 0x410 + u16::from(b - 0xC0),
        }),
        Some("iso-8859-1" | "latin1") => single(u16::from),
        Some(_) => Err(Reason::XmlKind),
    }
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, Reason> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Reason::Malformed);
    }
    let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|p| unit(*p))).collect();
    text.map(Cow::Owned).map_err(|_| Reason::Malformed)
}

/// The encoding that the declaration names, in lower case.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..bytes.len().min(256))?;
    let head = head.strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|w| w == b"?>")?;
    let head = std::str::from_utf8(&head[..end]).ok()?;
    let (_, after) = head.split_once("encoding")?;
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split_once(quote).map(|(name, _)| name.to_ascii_lowercase())
}

/// Passes over the text once, without building anything.
fn tame(text: &str) -> Result<(), Reason> {
    let (mut depth, mut cdata, mut namespaces) = (0usize, 0usize, 0usize);
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map(|e| e + 3)
        } else if rest.starts_with("<![CDATA[") {
            cdata += 1;
            rest.find("]]>").map(|e| e + 3)
        } else if rest.starts_with("<?") {
            rest.find("?>").map(|e| e + 2)
        } else if rest.starts_with("<!") {
            return Err(Reason::XmlKind);
        } else {
            let (length, attributes) = tag(rest);
            let whole = &rest[..length];
            namespaces += whole.matches("xmlns").count();
            if whole.starts_with("</") {
                depth = depth.saturating_sub(1);
            } else if !whole.ends_with("/>") {
                depth += 1;
            }
            if depth > DEEPEST || attributes > MOST_ATTRIBUTES {
                return Err(Reason::TooLarge);
            }
            Some(length)
        };
        // What does not end is the parser's to refuse.
        let Some(end) = end else { return Ok(()) };
        if cdata > MOST_CDATA || namespaces > MOST_NAMESPACES {
            return Err(Reason::TooLarge);
        }
        rest = &rest[end..];
    }
    Ok(())
}

/// Length in bytes, and how many attributes.
fn tag(text: &str) -> (usize, usize) {
    let (mut quote, mut attributes) = (None, 0);
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'=') => attributes += 1,
            (None, b'>') => return (at + 1, attributes),
            _ => {}
        }
    }
    (text.len(), attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(bytes: &[u8]) -> Result<String, Reason> {
        read(bytes).map(|t| t.to_string())
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "<a>Ә № Ш\n</a>";
        let wide = |mark: u16, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            std::iter::once(mark).chain(text.encode_utf16()).flat_map(unit).collect()
        };
        assert_eq!(said(text.as_bytes()).unwrap(), text);
        assert_eq!(said(&[b"\xEF\xBB\xBF", text.as_bytes()].concat()).unwrap(), text);
        assert_eq!(said(&wide(0xFEFF, u16::to_be_bytes)).unwrap(), text);
        assert_eq!(said(&wide(0xFEFF, u16::to_le_bytes)).unwrap(), text);
        assert!(looks_like(&wide(0xFEFF, u16::to_le_bytes)) && looks_like(b"\n <a/>"));
        assert!(!looks_like(b"") && !looks_like(b"%PDF-1.7") && !looks_like(&[0x30, 0x80]));
        let head = b"<?xml version='1.0' encoding=\"windows-1251\"?><a>".to_vec();
        let old = [head, vec![0xB9, 0xD8, 0xFF, 0xA8], b"</a>".to_vec()].concat();
        assert!(said(&old).unwrap().ends_with("<a>№ШяЁ</a>"));
    }

    #[test]
    fn line_ends_are_one_before_anything_is_read() {
        assert_eq!(said(b"<a>\r\n\r\n\rx\ry</a>").unwrap(), "<a>\n\n\nx\ny</a>");
    }

    #[test]
    fn what_would_keep_the_parser_busy_is_refused() {
        assert_eq!(said(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), Err(Reason::XmlKind));
        assert_eq!(said("<a>".repeat(201).as_bytes()), Err(Reason::TooLarge));
        assert!(said(["<a>".repeat(200), "</a>".repeat(200)].concat().as_bytes()).is_ok());
        assert!(said(["<r>".to_owned(), "<a/>".repeat(9000)].concat().as_bytes()).is_ok());
        let many: String = (0..300).map(|i| format!(" a{i}=''")).collect();
        assert_eq!(said(format!("<a{many}/>").as_bytes()), Err(Reason::TooLarge));
        assert_eq!(said(format!("<a>{}</a>", "<![CDATA[]]>".repeat(5000)).as_bytes()), Err(Reason::TooLarge));
        let spaces: String = (0..600).map(|i| format!("<b xmlns:n{i}='x'/>")).collect();
        assert_eq!(said(format!("<a>{spaces}</a>").as_bytes()), Err(Reason::TooLarge));
        assert_eq!(said(b"<?xml version='1.0' encoding='koi8-r'?><a/>"), Err(Reason::XmlKind));
        assert_eq!(said(&[b'<', 0xFF, 0xFE]), Err(Reason::Malformed));
    }
}
