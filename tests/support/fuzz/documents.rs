//! Whole documents as strangers bring them: PDF, and the portal's codes. Each is changed as it stands, and inside of what is
//! signed or packed anew after the change.

use p256::ecdsa::signature::Signer;
use p256::pkcs8::DecodePrivateKey;
use tereze::sign::cades::Builder;
use tereze::sign::egov::{self, Parts};
use tereze::sign::{Question, pdf};

use crate::targets::{Bench, NOON, at, document, fixture};

/// Hex digits of the place for a signature in `place.pdf`.
const ROOM: usize = 4000;

pub fn document_pdf(bench: &Bench, bytes: &[u8]) -> bool {
    pdf::judge(bytes, &Question::new(&bench.trust, at())).is_valid()
}

/// The last place of the document filled by the signer's own key.
pub fn signed_pdf(bench: &Bench, bytes: &[u8]) -> bool {
    let found = |what: &[u8]| bytes.windows(what.len()).rposition(|w| w == what).map(|at| at + what.len());
    let (Some(range), Some(from)) = (found(b"/ByteRange[0"), found(b"/Contents<")) else { return false };
    let (before, after) = (from - 1, from + ROOM + 1);
    if after > bytes.len() {
        return false;
    }
    let mut out = bytes.to_vec();
    let numbers = format!(" {before:<10} {after:<10} {:<10}]", bytes.len() - after);
    if range + numbers.len() > before {
        return false;
    }
    out[range..range + numbers.len()].copy_from_slice(numbers.as_bytes());
    let content = [&out[..before], &out[after..]].concat();
    let key: p256::ecdsa::SigningKey =
        p256::SecretKey::from_pkcs8_der(&fixture("fuzz/one.pk8")).unwrap().into();
    let prepared = Builder::new(&fixture("fuzz/one.der"), &content, NOON).unwrap().detached().prepare();
    let prepared = prepared.unwrap();
    let signature: p256::ecdsa::DerSignature = key.sign(prepared.to_sign());
    let hex = hex::encode(prepared.finish(signature.as_bytes()).unwrap());
    out[from..from + hex.len()].copy_from_slice(hex.as_bytes());
    document_pdf(bench, &out)
}

pub fn portal_codes(bench: &Bench, bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    joined(bench, egov::texts(&text).map(str::to_owned))
}

/// The bytes as the portal packs them.
pub fn packed_codes(bench: &Bench, bytes: &[u8]) -> bool {
    use base64::Engine as _;
    let chunks: Vec<&[u8]> = bytes.chunks(2048).collect();
    let code = |(i, chunk): (usize, &&[u8])| {
        format!(
            "<BarcodeElement xmlns=\"http://barcodes.pdf.shep.nitec.kz/\"><elementData>{}</elementData>\
             <elementNumber>{}</elementNumber><elementsAmount>{}</elementsAmount><FavorID>1</FavorID></BarcodeElement>",
            base64::engine::general_purpose::STANDARD.encode(chunk),
            i + 1,
            chunks.len()
        )
    };
    joined(bench, chunks.iter().enumerate().map(code))
}

fn joined(bench: &Bench, codes: impl Iterator<Item = String>) -> bool {
    let mut parts = Parts::default();
    for code in codes {
        let _ = parts.add(&code);
        let _ = (parts.progress(), parts.missing(), parts.number().len());
    }
    let Ok(whole) = parts.document() else { return false };
    let _ = egov::fields(&whole);
    document(bench, &whole)
}
