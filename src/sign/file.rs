//! A file judged by what it holds, whatever its name: a signature (CMS in DER, BER, PEM or bare
//! base64, signed mail, an XML or PDF document, the QR codes of a portal's certificate) or a certificate. What the command line says of a file,
//! a kiosk's screen says, too.

use zeroize::Zeroizing;

use super::certificate::Certificate;
use super::egov::{self, PartError, Parts};
use super::smime::Mail;
use super::verdict::{Reason, SignerReport, Verdict};
use super::{Question, pdf, pem, verify, xml};

/// Bytes of a file with a signature: the largest one, written in base64.
pub const MAX_FILE: u64 = 96 * 1024 * 1024;
/// Bytes of a document beside its signature.
pub const MAX_CONTENT: u64 = 512 * 1024 * 1024;

/// What was found in a file.
#[derive(Clone, Debug)]
pub enum Judged {
    Signature(Container, Box<Verdict>),
    Certificate(Box<SignerReport>),
    /// Codes of a portal's certificate that are no whole document.
    Codes(PartError, Vec<usize>),
}

/// What a signature stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    Cms,
    Mail,
    Xml,
    Pdf,
    /// A ZIP archive, which ASiC containers and office documents are too: not looked into.
    Archive,
    /// XML out of the QR codes of a portal's certificate.
    Codes,
}

/// Judges `bytes`; `question.content` is the document of a detached signature.
pub fn judge(bytes: &[u8], question: &Question<'_>) -> Judged {
    if let Ok(certificates) = Certificate::from_file(bytes)
        && let Some((first, rest)) = certificates.split_first()
    {
        let extra = [rest, question.extra].concat();
        let question = Question { extra: &extra, ..*question };
        return Judged::Certificate(Box::new(verify::verify_certificate(first, &question)));
    }
    if egov::looks_like(bytes) {
        return by_codes(bytes, question);
    }
    let signature = |container, verdict| Judged::Signature(container, Box::new(verdict));
    if xml::looks_like(bytes) {
        return signature(Container::Xml, xml::judge(bytes, question));
    }
    if pdf::looks_like(bytes) {
        return signature(Container::Pdf, pdf::judge(bytes, question));
    }
    if let Some(mail) = Mail::read(bytes) {
        return signature(Container::Mail, by_mail(&mail, question));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return signature(Container::Archive, Verdict::refused(Reason::Packed));
    }
    let unpacked = unpacked(bytes);
    let cms = unpacked.as_deref().map_or(bytes, Vec::as_slice);
    signature(Container::Cms, verify::judge(cms, question))
}

fn by_codes(bytes: &[u8], question: &Question<'_>) -> Judged {
    let mut parts = Parts::default();
    let Ok(text) = std::str::from_utf8(bytes) else { return Judged::Codes(PartError::Torn, Vec::new()) };
    for code in egov::texts(text) {
        if let Err(error) = parts.add(code) {
            return Judged::Codes(error, parts.missing());
        }
    }
    match parts.document() {
        Ok(document) => Judged::Signature(Container::Codes, Box::new(xml::judge(&document, question))),
        Err(error) => Judged::Codes(error, parts.missing()),
    }
}

fn by_mail(mail: &Mail, question: &Question<'_>) -> Verdict {
    let judged = |content: Option<&[u8]>| verify::judge(&mail.cms, &Question { content, ..*question });
    if question.content.is_some() {
        return judged(question.content);
    }
    let canonical = mail.canonical();
    let verdict = judged(canonical.as_ref().map(|c| c.as_slice()));
    // Some programs sign the lines as they stand.
    let changed = verdict.all_reasons().contains(&Reason::ContentChanged);
    match &mail.content {
        Some(plain) if changed => judged(Some(plain)),
        _ => verdict,
    }
}

/// A signature in PEM, or in base64 without dashes as some programs write it.
fn unpacked(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if bytes.first() == Some(&0x30) && std::str::from_utf8(bytes).is_err() {
        return None;
    }
    if let Some(block) = pem::blocks(bytes, &["CMS", "PKCS7", "PKCS #7 SIGNED DATA"])?.into_iter().next() {
        return Some(block.der);
    }
    pem::bare(bytes)
}
