//! Signed mail as a file (RFC 8551 §3.5): `multipart/signed`, or `application/pkcs7-mime` with the
//! document inside. Only the outermost layer is read; a name in capitals is the same name.

use base64::Engine as _;
use zeroize::Zeroizing;

/// A signature taken out of mail, with what it is over.
pub struct Mail {
    pub cms: Zeroizing<Vec<u8>>,
    /// The signed part with its own headers, as it stands in the file; absent where it is inside.
    pub content: Option<Zeroizing<Vec<u8>>>,
}

impl Mail {
    /// `None` where the bytes are no signed mail.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (headers, body) = split(bytes)?;
        let kind = header(headers, "content-type")?;
        let lower = kind.to_ascii_lowercase();
        if lower.starts_with("multipart/signed") {
            let boundary = parameter(&kind, "boundary")?;
            let [content, signature] = parts(body, &boundary)?;
            let (headers, packed) = split(signature)?;
            is_pkcs7(&header(headers, "content-type")?).then_some(())?;
            let cms = decoded(headers, packed)?;
            return Some(Self { cms, content: Some(Zeroizing::new(content.to_vec())) });
        }
        is_pkcs7(&lower).then_some(())?;
        Some(Self { cms: decoded(headers, body)?, content: None })
    }

    /// The signed part with each line ending as mail has it (RFC 8551 §3.1.1): one CR, one LF, however many CRs a program
    /// on the way has put there.
    pub fn canonical(&self) -> Option<Zeroizing<Vec<u8>>> {
        let content = self.content.as_ref()?;
        let mut out = Zeroizing::new(Vec::with_capacity(content.len() + content.len() / 16));
        for byte in content.iter() {
            if *byte == b'\n' {
                while out.last() == Some(&b'\r') {
                    out.pop();
                }
                out.push(b'\r');
            }
            out.push(*byte);
        }
        Some(out)
    }
}

fn is_pkcs7(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    ["application/pkcs7-", "application/x-pkcs7-"].iter().any(|start| kind.starts_with(start))
}

/// Headers and body, apart at the first empty line.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    const LONGEST: usize = 16 * 1024;
    let (mut at, mut start) = (0, 0);
    while at < bytes.len().min(LONGEST) {
        if bytes[at] == b'\n' {
            let line = &bytes[start..at];
            if line.is_empty() || line == b"\r" {
                return Some((std::str::from_utf8(&bytes[..start]).ok()?, &bytes[at + 1..]));
            }
            start = at + 1;
        }
        at += 1;
    }
    None
}

/// A header's value, its folded lines joined.
fn header(headers: &str, name: &str) -> Option<String> {
    let mut found: Option<String> = None;
    for line in headers.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some(value) = &mut found {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if found.is_some() {
            break;
        } else if let Some((key, value)) = line.split_once(':')
            && key.eq_ignore_ascii_case(name)
        {
            found = Some(value.trim().to_owned());
        }
    }
    found
}

fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// The two parts between three boundaries. The line ending before a boundary is the boundary's.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Option<[&'a [u8]; 2]> {
    let line = format!("--{boundary}");
    let mut marks = Vec::new();
    let mut start = 0;
    for (at, byte) in body.iter().enumerate() {
        if *byte == b'\n' || at + 1 == body.len() {
            if body[start..=at].starts_with(line.as_bytes()) {
                marks.push((start, at + 1));
            }
            start = at + 1;
        }
    }
    let [(_, first), (second_at, second), (third_at, _)] = *marks.as_slice() else { return None };
    let content = body.get(first..second_at)?;
    let content = content.strip_suffix(b"\n")?;
    Some([content.strip_suffix(b"\r").unwrap_or(content), body.get(second..third_at)?])
}

fn decoded(headers: &str, body: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    match header(headers, "content-transfer-encoding") {
        Some(encoding) if encoding.eq_ignore_ascii_case("base64") => {
            let packed: Zeroizing<Vec<u8>> =
                Zeroizing::new(body.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect());
            base64::engine::general_purpose::STANDARD.decode(packed.as_slice()).ok().map(Zeroizing::new)
        }
        Some(encoding) if !encoding.eq_ignore_ascii_case("binary") => None,
        _ => Some(Zeroizing::new(body.to_vec())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &str = "MIME-Version: 1.0\nContent-Type: multipart/signed; micalg=\"sha-256\";\n \
         boundary=\"--X\"\n\nPreamble\n\n----X\nContent-Type: text/plain\n\nHello\n\n----X\n\
         Content-Type: Application/PKCS7-Signature; name=\"s\"\nContent-Transfer-Encoding: base64\n\nMAMC\nAQU=\n\n----X--\n";

    #[test]
    fn the_part_and_its_signature_are_told_apart() {
        let mail = Mail::read(SIGNED.as_bytes()).unwrap();
        assert_eq!(mail.cms.as_slice(), [0x30, 3, 2, 1, 5]);
        assert_eq!(mail.content.as_ref().unwrap().as_slice(), b"Content-Type: text/plain\n\nHello\n");
        assert_eq!(mail.canonical().unwrap().as_slice(), b"Content-Type: text/plain\r\n\r\nHello\r\n");
        let doubled = Mail::read(SIGNED.replace("Hello\n", "Hello\r\r\n").as_bytes()).unwrap();
        assert_eq!(doubled.canonical(), mail.canonical());
        let inside = "Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\
                      Content-Transfer-Encoding: base64\r\n\r\nMAMCAQU=\r\n";
        let mail = Mail::read(inside.as_bytes()).unwrap();
        assert!(mail.content.is_none() && mail.canonical().is_none());
        assert_eq!(mail.cms.as_slice(), [0x30, 3, 2, 1, 5]);
    }

    #[test]
    fn what_is_no_signed_mail_is_left_alone() {
        for no in
            ["", "\n", "Content-Type: text/plain\n\nx", "Content-Type: multipart/signed\n\n--\n--\n--\n"]
        {
            assert!(Mail::read(no.as_bytes()).is_none(), "{no:?}");
        }
        for end in 0..SIGNED.len() {
            let _ = Mail::read(&SIGNED.as_bytes()[..end]);
        }
        assert!(Mail::read(SIGNED.replace("base64", "x-odd").as_bytes()).is_none());
    }
}
