//! PEM blocks (RFC 7468), with text around them allowed, as programs write them.

use zeroize::Zeroizing;

/// One block's label and octets. The octets may be a private key: they are wiped.
pub struct Block {
    pub label: String,
    pub der: Zeroizing<Vec<u8>>,
}

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// The blocks whose label is in `labels`; `None` where a block is broken, or the bytes are no text. What
/// stands around the blocks may be in any encoding that leaves ASCII as it is.
pub fn blocks(text: &[u8], labels: &[&str]) -> Option<Vec<Block>> {
    let readable = String::from_utf8_lossy(text);
    let mut rest = readable.as_ref();
    if matches!(readable, std::borrow::Cow::Owned(_)) && !rest.contains(BEGIN) {
        return None;
    }
    let mut out = Vec::new();
    while let Some(start) = rest.find(BEGIN) {
        let after = &rest[start + BEGIN.len()..];
        let label = &after[..after.find(DASHES)?];
        let end = format!("-----END {label}{DASHES}");
        let body_at = label.len() + DASHES.len();
        let body = &after[body_at..after.find(&end)?];
        if labels.contains(&label) {
            let packed = Zeroizing::new(body.split_whitespace().collect::<String>());
            use base64::Engine as _;
            let der = base64::engine::general_purpose::STANDARD.decode(packed.as_bytes()).ok()?;
            out.push(Block { label: label.to_owned(), der: Zeroizing::new(der) });
        }
        rest = &after[after.find(&end)? + end.len()..];
    }
    Some(out)
}

/// DER in base64 without the dashed lines, as some programs write it.
pub fn bare(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    base64(text).filter(|der| der.first() == Some(&0x30))
}

/// Any bytes in base64, white space passed over.
pub fn base64(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    use base64::Engine as _;
    let packed: Zeroizing<Vec<u8>> =
        Zeroizing::new(text.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect());
    base64::engine::general_purpose::STANDARD.decode(packed.as_slice()).ok().map(Zeroizing::new)
}

/// One block, 64 characters a line.
pub fn encode(label: &str, der: &[u8]) -> Zeroizing<String> {
    use base64::Engine as _;
    let packed = Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(der));
    let mut out = Zeroizing::new(String::with_capacity(packed.len() * 2 + 2 * label.len() + 64));
    out.push_str(&format!("{BEGIN}{label}{DASHES}\n"));
    let mut at = 0;
    while at < packed.len() {
        let to = packed.len().min(at + 64);
        out.push_str(&packed[at..to]);
        out.push('\n');
        at = to;
    }
    out.push_str(&format!("-----END {label}{DASHES}\n"));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_among_text_and_other_blocks() {
        let mut text = String::from("subject=CN…\n");
        text.push_str(&encode("CERTIFICATE", &[7; 100]));
        text.push_str(&encode("PRIVATE KEY", &[8; 3]));
        let found = blocks(text.as_bytes(), &["CERTIFICATE"]).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(*found[0].der, vec![7; 100]);
        assert_eq!(blocks(text.as_bytes(), &["PRIVATE KEY", "CERTIFICATE"]).unwrap().len(), 2);
    }

    #[test]
    fn base64_alone_is_read() {
        assert_eq!(*bare(b"MAMC\r\nAQU=\n").unwrap(), [0x30, 3, 2, 1, 5]);
        assert!(bare(b"hello world").is_none() && bare(b"").is_none() && bare(b"BAMC").is_none());
    }

    #[test]
    fn broken_blocks_are_refused() {
        for bad in ["-----BEGIN X-----\n!!\n-----END X-----", "-----BEGIN X-----\nAA==", "-----BEGIN "] {
            assert!(blocks(bad.as_bytes(), &["X"]).is_none(), "{bad}");
        }
        assert!(blocks(&[0xff, 0xfe], &["X"]).is_none());
    }
}
