//! What a scanner read, and what kind of thing it is.

use zeroize::Zeroizing;

use crate::seal::visitor::QR_PREFIX;
use crate::sign::egov;

/// A whole scan. It may hold the visitor's secret: no `Debug`, wiped when dropped.
#[derive(Clone)]
pub struct Scan(Zeroizing<String>);

/// What our own QR codes are; their texts begin with `TRZ`, a version and a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A part of a draft that was continued later.
    Draft,
    /// The visitor's own: opens her letter and its answer.
    Own,
    /// The proof of registration: may be shown to anybody.
    Proof,
    /// A part of a national portal's certificate.
    Certificate,
    /// A book's, a shop's, anybody's.
    Foreign,
}

impl Scan {
    pub fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    pub fn kind(&self) -> Kind {
        // The visitor's own is one run of letters and digits, in whatever case a scanner sends it.
        if self.0.get(..QR_PREFIX.len()).is_some_and(|head| head.eq_ignore_ascii_case(QR_PREFIX)) {
            return Kind::Own;
        }
        if egov::looks_like(self.0.as_bytes()) {
            return Kind::Certificate;
        }
        let Some((head, _)) = self.0.strip_prefix("TRZ").and_then(|rest| rest.split_once(':')) else {
            return Kind::Foreign;
        };
        let version = head.trim_end_matches(|c: char| c.is_ascii_uppercase());
        if version.is_empty() || !version.bytes().all(|b| b.is_ascii_digit()) {
            return Kind::Foreign;
        }
        match &head[version.len()..] {
            "D" => Kind::Draft,
            "S" => Kind::Own,
            "P" => Kind::Proof,
            _ => Kind::Foreign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::visitor::VisitorSecret;

    #[test]
    fn a_code_says_what_it_is() {
        let kind = |text: &str| Scan::new(Zeroizing::new(text.to_owned())).kind();
        assert_eq!(kind("TRZ1D:ABC."), Kind::Draft);
        assert_eq!(kind("TRZ12D:ABC."), Kind::Draft, "a later version's sheet is still a sheet");
        assert_eq!(kind("TRZ1S:6BF"), Kind::Own);
        let own = VisitorSecret::generate().unwrap().qr_text(true);
        assert_eq!((kind(&own), kind(&own.to_lowercase())), (Kind::Own, Kind::Own));
        assert_eq!(kind("TRZ1P:6BF"), Kind::Proof);
        for foreign in
            ["", "9786012345678", "TRZ", "TRZ:", "TRZD:A", "TRZ1X:A", "TRZ1DD:A", "https://example.kz"]
        {
            assert_eq!(kind(foreign), Kind::Foreign, "{foreign}");
        }
    }
}
