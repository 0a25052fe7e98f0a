//! The national portal's printed certificates: a signed XML document in several QR codes, each a
//! `BarcodeElement` with a numbered part of a ZIP archive of one entry (observed form). Codes come
//! in any order; what does not belong together is said, never mixed.

use std::collections::BTreeMap;
use std::io::Read as _;

use flate2::Crc;
use flate2::read::DeflateDecoder;
use zeroize::Zeroizing;

use super::pem;
use super::verdict::Reason;
use super::xml::{self, said};
use crate::fault::{Code, Coded};

const SPACE: &str = "http://barcodes.pdf.shep.nitec.kz/";
/// Codes of one document; those seen have five to twenty.
const MAX_PARTS: usize = 64;
/// Bytes of one part; a QR code holds no more.
const MAX_PART: usize = 4096;
/// Bytes of the document once unpacked.
const MAX_DOCUMENT: u64 = 4 * 1024 * 1024;
/// Lines shown of a document.
const MAX_FIELDS: usize = 300;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    #[error("not a part of a portal's certificate")]
    NotAPart,
    #[error("the code was not read whole")]
    Torn,
    #[error("a part of another document")]
    OtherDocument,
    #[error("two codes of the same number differ")]
    Differs,
    #[error("what the codes hold together cannot be unpacked")]
    Packed,
    #[error("parts are missing")]
    Missing,
}

impl Coded for PartError {
    fn code(&self) -> Code {
        Code(match self {
            PartError::NotAPart => "portal-qr.not-a-part",
            PartError::Torn => "portal-qr.torn",
            PartError::OtherDocument => "portal-qr.other-document",
            PartError::Differs => "portal-qr.differs",
            PartError::Packed => "portal-qr.packed",
            PartError::Missing => "portal-qr.missing",
        })
    }
}

/// Whether a scanned text or a file is of this kind.
pub fn looks_like(text: &[u8]) -> bool {
    let start = &text[..text.len().min(1024)];
    start.windows(SPACE.len()).any(|w| w == SPACE.as_bytes())
}

/// The parts of one document, as far as they were scanned.
#[derive(Clone, Default)]
pub struct Parts {
    /// The request's number, which all its codes carry.
    number: String,
    of: usize,
    parts: BTreeMap<usize, Zeroizing<Vec<u8>>>,
}

struct Part {
    number: String,
    at: usize,
    of: usize,
    bytes: Zeroizing<Vec<u8>>,
}

impl Parts {
    /// Takes one code's text; what does not belong changes nothing. `true`: it was new.
    pub fn add(&mut self, text: &str) -> Result<bool, PartError> {
        let part = Part::read(text)?;
        if self.of == 0 {
            (self.number, self.of) = (part.number.clone(), part.of);
        }
        if part.number != self.number || part.of != self.of {
            return Err(PartError::OtherDocument);
        }
        match self.parts.get(&part.at) {
            Some(held) if *held == part.bytes => Ok(false),
            Some(_) => Err(PartError::Differs),
            None => {
                self.parts.insert(part.at, part.bytes);
                Ok(true)
            }
        }
    }

    pub fn number(&self) -> &str {
        &self.number
    }

    /// How many are there, of how many; none of none before the first.
    pub fn progress(&self) -> (usize, usize) {
        (self.parts.len(), self.of)
    }

    /// Those not scanned yet, counted from one.
    pub fn missing(&self) -> Vec<usize> {
        (1..=self.of).filter(|n| !self.parts.contains_key(n)).collect()
    }

    /// The signed document, once every part is there.
    pub fn document(&self) -> Result<Zeroizing<Vec<u8>>, PartError> {
        if self.of == 0 || self.parts.len() < self.of {
            return Err(PartError::Missing);
        }
        let whole: Zeroizing<Vec<u8>> =
            Zeroizing::new(self.parts.values().flat_map(|p| p.iter().copied()).collect());
        unpack(&whole).ok_or(PartError::Packed)
    }
}

impl Part {
    fn read(text: &str) -> Result<Self, PartError> {
        if !looks_like(text.as_bytes()) {
            return Err(PartError::NotAPart);
        }
        let read = |document: &roxmltree::Document<'_>| {
            let root = document.root_element();
            let field = |name: &str| {
                let mut found = root.children().filter(|n| n.has_tag_name((SPACE, name)));
                let only = found.next()?;
                found.next().is_none().then(|| said(only).trim().to_owned())
            };
            let digits = |text: &String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            let count = |name: &str| field(name).filter(digits)?.parse::<usize>().ok();
            let (at, of) = (count("elementNumber")?, count("elementsAmount")?);
            let bytes = pem::base64(field("elementData")?.as_bytes())?;
            let fits =
                (1..=of).contains(&at) && of <= MAX_PARTS && !bytes.is_empty() && bytes.len() <= MAX_PART;
            let number = field("FavorID").filter(|n| digits(n) && n.len() <= 32)?;
            (fits && root.has_tag_name((SPACE, "BarcodeElement"))).then_some(Self { number, at, of, bytes })
        };
        xml::parsed(text.trim().as_bytes(), read).ok().flatten().ok_or(PartError::Torn)
    }
}

/// The only entry of a ZIP archive (APPNOTE 6.3), stored or deflated, its size and CRC-32 checked.
fn unpack(zip: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let two = |at: usize| Some(u16::from_le_bytes(zip.get(at..at + 2)?.try_into().ok()?));
    let four = |at: usize| Some(u32::from_le_bytes(zip.get(at..at + 4)?.try_into().ok()?));
    const ENCRYPTED: u16 = 1;
    const AFTERWARDS: u16 = 8;
    let (flags, method) = (two(6)?, two(8)?);
    if !zip.starts_with(b"PK\x03\x04") || flags & ENCRYPTED != 0 {
        return None;
    }
    let start = 30 + usize::from(two(26)?) + usize::from(two(28)?);
    let packed = zip.get(start..)?;
    let mut out = Zeroizing::new(Vec::new());
    let used = match method {
        8 => {
            let mut decoder = DeflateDecoder::new(packed);
            decoder.by_ref().take(MAX_DOCUMENT + 1).read_to_end(&mut out).ok()?;
            usize::try_from(decoder.total_in()).ok()?
        }
        0 if flags & AFTERWARDS == 0 => {
            let size = usize::try_from(four(18)?).ok()?;
            out.extend_from_slice(packed.get(..size)?);
            size
        }
        _ => return None,
    };
    if out.len() as u64 > MAX_DOCUMENT {
        return None;
    }
    let mut next = start + used;
    let (crc, size) = if flags & AFTERWARDS == 0 {
        (four(14)?, four(22)?)
    } else {
        // The descriptor's own mark may be left out.
        next += if four(next)? == 0x0807_4b50 { 4 } else { 0 };
        next += 12;
        (four(next - 12)?, four(next - 4)?)
    };
    let mut sum = Crc::new();
    sum.update(&out);
    let sound = sum.sum() == crc && size as usize == out.len();
    // The list of entries follows: a second entry would be a second document.
    (sound && zip.get(next..next + 4)? == b"PK\x01\x02").then_some(out)
}

/// One line of a document: an element's name and its text.
#[derive(Clone)]
pub struct Field {
    pub name: String,
    pub value: String,
}

/// What a portal's document says, in its order; the signature left out.
///
/// # Errors
/// Why it cannot be read.
pub fn fields(document: &[u8]) -> Result<Vec<Field>, Reason> {
    xml::parsed(document, |document| {
        let signed =
            |n: &roxmltree::Node<'_, '_>| n.ancestors().any(|a| a.has_tag_name((xml::DSIG, "Signature")));
        let leaves =
            document.descendants().filter(|n| n.is_element() && !n.children().any(|c| c.is_element()));
        let said = leaves.filter(|n| !signed(n)).map(|n| Field {
            name: n.tag_name().name().to_owned(),
            value: said(n).split_whitespace().collect::<Vec<_>>().join(" "),
        });
        said.filter(|f| !f.value.is_empty()).take(MAX_FIELDS).collect()
    })
}

/// Each code's text out of a file that holds several, one after another.
pub fn texts(file: &str) -> impl Iterator<Item = &str> {
    file.split_inclusive("</BarcodeElement>").map(str::trim).filter(|t| !t.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use std::io::Write as _;

    /// As the portal's archives are: one deflated entry whose sizes follow it.
    fn zip(document: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(document).unwrap();
        let packed = packed.finish().unwrap();
        let mut crc = Crc::new();
        crc.update(document);
        let mut out = b"PK\x03\x04\x14\0\x08\0\x08\0\0\0\0\0".to_vec();
        out.extend([0; 12]);
        out.extend(b"\x03\0\0\0one");
        out.extend(&packed);
        out.extend(b"PK\x07\x08");
        for n in [crc.sum(), packed.len() as u32, document.len() as u32] {
            out.extend(n.to_le_bytes());
        }
        out.extend(b"PK\x01\x02");
        out
    }

    fn element(number: &str, at: usize, of: usize, bytes: &[u8]) -> String {
        let data = base64::engine::general_purpose::STANDARD.encode(bytes);
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><BarcodeElement xmlns=\"{SPACE}\">\
             <creationDate>2026-11-22T12:41:36.844+05:00</creationDate><elementData>{data}</elementData>\
             <elementNumber>{at}</elementNumber><elementsAmount>{of}</elementsAmount><FavorID>{number}</FavorID>\
             </BarcodeElement>"
        )
    }

    fn codes(number: &str, document: &[u8], size: usize) -> Vec<String> {
        let zip = zip(document);
        let chunks: Vec<_> = zip.chunks(size).collect();
        chunks.iter().enumerate().map(|(i, c)| element(number, i + 1, chunks.len(), c)).collect()
    }

    #[test]
    fn parts_come_in_any_order_and_twice() {
        let document = b"<response>\xD0\xA2</response>".repeat(9);
        let codes = codes("10100400000001", &document, 20);
        assert!(codes.len() > 2);
        let mut parts = Parts::default();
        assert_eq!(parts.document().err(), Some(PartError::Missing));
        for (n, code) in codes.iter().rev().enumerate() {
            assert_eq!(parts.missing().len(), if n == 0 { 0 } else { codes.len() - n });
            assert_eq!((parts.add(code), parts.add(code)), (Ok(true), Ok(false)));
            assert_eq!(parts.progress(), (n + 1, codes.len()));
        }
        assert_eq!(parts.document().unwrap().as_slice(), document);
        assert_eq!(texts(&codes.join("\n")).count(), codes.len());
    }

    #[test]
    fn what_does_not_belong_is_told_and_changes_nothing() {
        let codes = codes("10100400000001", b"<a/>", 10);
        let mut parts = Parts::default();
        parts.add(&codes[0]).unwrap();
        let of = codes.len();
        for (text, error) in [
            (element("10100400000002", 2, of, b"x"), PartError::OtherDocument),
            (element("10100400000001", 2, of + 1, b"x"), PartError::OtherDocument),
            (element("10100400000001", 1, of, b"x"), PartError::Differs),
            (element("10100400000001", 0, of, b"x"), PartError::Torn),
            (element("10100400000001", of + 1, of, b"x"), PartError::Torn),
            (element("10100400000001", 1, 65, b"x"), PartError::Torn),
            (element("x", 1, of, b"x"), PartError::Torn),
            (element("10100400000001", 2, of, b""), PartError::Torn),
            (element("10100400000001", 2, of, &[7; MAX_PART + 1]), PartError::Torn),
            (
                codes[1].replace("</elementNumber>", "</elementNumber><elementNumber>1</elementNumber>"),
                PartError::Torn,
            ),
            (codes[1][..codes[1].len() - 5].to_owned(), PartError::Torn),
            ("TRZ1P:ABC".to_owned(), PartError::NotAPart),
        ] {
            assert_eq!(parts.add(&text), Err(error), "{text}");
            assert_eq!(parts.progress(), (1, of));
        }
    }

    #[test]
    fn an_archive_that_grows_without_end_or_is_damaged_is_refused() {
        assert!(unpack(&zip(b"<a/>")).is_some());
        assert!(unpack(&zip(&vec![b' '; MAX_DOCUMENT as usize + 1])).is_none());
        let sound = zip(b"<response>1</response>");
        for at in 0..sound.len() {
            let mut broken = sound.clone();
            broken[at] ^= 0x41;
            let read = unpack(&broken);
            assert!(read.is_none_or(|d| d.as_slice() == b"<response>1</response>"), "byte {at}");
            assert!(unpack(&sound[..at]).is_none());
        }
    }

    #[test]
    fn a_document_is_shown_in_its_order_without_the_signature() {
        let text = format!(
            "<r><n>1</n><g><k> Ә\n Б <!-- c -->В</k><e/></g><Signature xmlns=\"{}\"><x>9</x></Signature></r>",
            xml::DSIG
        );
        let shown: Vec<_> = fields(text.as_bytes()).unwrap().into_iter().map(|f| (f.name, f.value)).collect();
        assert_eq!(shown, [("n".to_owned(), "1".to_owned()), ("k".to_owned(), "Ә Б В".to_owned())]);
    }
}
