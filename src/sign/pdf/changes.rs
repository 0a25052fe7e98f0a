//! Whether a document says the same as before something was added to it: every object that can be
//! reached is compared. Further signatures and what proves them are no change.

use std::collections::HashSet;

use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, MaybeRef, Name, Number, Object, ObjectIdentifier};

use super::{at, catalog};

/// Objects compared; a document of more is as good as changed.
const MOST: usize = 400_000;
const DEEPEST: usize = 400;
/// What signing and proving write into the catalogue.
const OF_PROOF: [&str; 7] = ["AcroForm", "DSS", "Perms", "Extensions", "Metadata", "Version", "Pages"];

/// What was added to a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// Signatures and what proves them: nothing that is seen.
    Proofs,
    /// Among it a signature that shows itself on a page: what stands beneath it nobody can tell by reckoning.
    Mark,
    Changes,
}

struct Compare<'a> {
    then: &'a Pdf,
    now: &'a Pdf,
    marked: bool,
    seen: HashSet<(ObjectIdentifier, ObjectIdentifier)>,
    left: usize,
}

/// How `now` differs from `then`.
pub fn between(then: &Pdf, now: &Pdf) -> Added {
    let mut compare = Compare { then, now, marked: false, seen: HashSet::new(), left: MOST };
    match compare.documents() {
        Some(true) if compare.marked => Added::Mark,
        Some(true) => Added::Proofs,
        _ => Added::Changes,
    }
}

type Pair<'a> = (MaybeRef<Object<'a>>, MaybeRef<Object<'a>>);

impl<'a> Compare<'a> {
    fn documents(&mut self) -> Option<bool> {
        let (a, b) = (catalog(self.then)?, catalog(self.now)?);
        let same = self.entries(&a, &b, &OF_PROOF, 0)
            && self.pair((a.get_raw("Pages")?, b.get_raw("Pages")?), 0)
            && self.forms(a.get("AcroForm"), b.get("AcroForm"));
        Some(same)
    }

    /// All entries but those named.
    fn entries(&mut self, a: &Dict<'a>, b: &Dict<'a>, without: &[&str], depth: usize) -> bool {
        let keys = |d: &Dict<'a>| -> Vec<Vec<u8>> {
            let mut keys: Vec<Vec<u8>> = d.keys().map(|k| k.to_vec()).collect();
            keys.retain(|k| !without.iter().any(|w| w.as_bytes() == k.as_slice()));
            keys.sort();
            keys
        };
        let all = keys(a);
        all == keys(b)
            && all.iter().all(|key| match (a.get_raw(key), b.get_raw(key)) {
                (Some(a), Some(b)) => self.pair((a, b), depth + 1),
                (a, b) => a.is_none() && b.is_none(),
            })
    }

    fn pair(&mut self, (a, b): Pair<'a>, depth: usize) -> bool {
        if let (Some(a), Some(b)) = (a.as_obj_ref(), b.as_obj_ref())
            && !self.seen.insert((a.into(), b.into()))
        {
            return true;
        }
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        if depth > DEEPEST {
            return false;
        }
        match (at(self.then, a), at(self.now, b)) {
            (None, None) => true,
            (Some(a), Some(b)) => self.objects(&a, &b, depth),
            (Some(Object::Null(_)), None) | (None, Some(Object::Null(_))) => true,
            _ => false,
        }
    }

    fn objects(&mut self, a: &Object<'a>, b: &Object<'a>, depth: usize) -> bool {
        match (a, b) {
            (Object::Dict(a), Object::Dict(b)) if is(a, "Type", "Page") && is(b, "Type", "Page") => {
                self.entries(a, b, &["Annots"], depth) && self.marks(a.get("Annots"), b.get("Annots"), depth)
            }
            (Object::Dict(a), Object::Dict(b)) if is(a, "FT", "Sig") => self.field(a, b, depth),
            (Object::Dict(a), Object::Dict(b)) => self.entries(a, b, &[], depth),
            (Object::Array(a), Object::Array(b)) => self.arrays(a, b, depth),
            (Object::Stream(a), Object::Stream(b)) => {
                a.raw_data() == b.raw_data() && self.entries(a.dict(), b.dict(), &[], depth)
            }
            (Object::Number(a), Object::Number(b)) => a == b,
            (Object::String(a), Object::String(b)) => a.as_bytes() == b.as_bytes(),
            (Object::Name(a), Object::Name(b)) => a.as_ref() == b.as_ref(),
            (Object::Boolean(a), Object::Boolean(b)) => a == b,
            (Object::Null(_), Object::Null(_)) => true,
            _ => false,
        }
    }

    fn arrays(&mut self, a: &Array<'a>, b: &Array<'a>, depth: usize) -> bool {
        let (a, b): (Vec<_>, Vec<_>) = (a.raw_iter().collect(), b.raw_iter().collect());
        a.len() == b.len() && a.into_iter().zip(b).all(|pair| self.pair(pair, depth + 1))
    }

    /// A field for a signature: one that was empty may have been signed, with what it looks like.
    fn field(&mut self, a: &Dict<'a>, b: &Dict<'a>, depth: usize) -> bool {
        if a.contains_key("V") {
            return self.entries(a, b, &[], depth);
        }
        // Where it stands was seen by who signed before; what it shows unsigned, by nobody.
        let signed = b.contains_key("V") || !b.contains_key("AP");
        is(b, "FT", "Sig")
            && signed
            && self.entries(a, b, &["V", "AP", "Lock", "SV", "F", "M", "MK", "DA"], depth)
    }

    /// What stands on a page beside its content: the same, and then fields of signatures.
    fn marks(&mut self, a: Option<Array<'a>>, b: Option<Array<'a>>, depth: usize) -> bool {
        self.longer(a, b, depth)
    }

    fn forms(&mut self, a: Option<Dict<'a>>, b: Option<Dict<'a>>) -> bool {
        let (a, b) = match (a, b) {
            (None, None) => return true,
            (Some(_), None) => return false,
            (a, Some(b)) => (a, b),
        };
        let fields = |d: &Dict<'a>| d.get::<Array<'a>>("Fields");
        let others = match &a {
            Some(a) => self.entries(a, &b, &["Fields", "SigFlags", "DR", "DA"], 0),
            None => ["XFA", "CO"].iter().all(|key| !b.contains_key(key)),
        };
        others && self.longer(a.as_ref().and_then(fields), fields(&b), 0)
    }

    /// The same elements in their order, and behind them none but fields of signatures.
    fn longer(&mut self, a: Option<Array<'a>>, b: Option<Array<'a>>, depth: usize) -> bool {
        let list = |d: Option<Array<'a>>| d.map(|d| d.raw_iter().collect::<Vec<_>>()).unwrap_or_default();
        let (a, mut b) = (list(a), list(b));
        if a.len() > b.len() {
            return false;
        }
        let more = b.split_off(a.len());
        for one in more {
            let Some(Object::Dict(field)) = at(self.now, one) else { return false };
            let seen = visible(&field);
            if !is(&field, "FT", "Sig") || (seen && !field.contains_key("V")) {
                return false;
            }
            self.marked |= seen;
        }
        a.into_iter().zip(b).all(|pair| self.pair(pair, depth + 1))
    }
}

/// Whether a field shows anything: it has an appearance, some room, and is not hidden (ISO 32000-2 §12.5.3).
fn visible(field: &Dict<'_>) -> bool {
    const HIDDEN: i64 = 1 << 1 | 1 << 5;
    let flags = field.get::<Number>("F").map_or(0, |n| n.as_i64());
    let corners: Option<Array<'_>> = field.get("Rect");
    let corners: Vec<f64> = corners.iter().flat_map(|r| r.iter::<Number>()).map(|n| n.as_f64()).collect();
    let room = match corners.as_slice() {
        [left, low, right, high] => left != right && low != high,
        _ => true,
    };
    // A kind of appearance that is not looked into here may show anything.
    (field.contains_key("AP") || field.contains_key("Kids")) && room && flags & HIDDEN == 0
}

fn is(dict: &Dict<'_>, key: &str, value: &str) -> bool {
    dict.get::<Name<'_>>(key).is_some_and(|name| name.as_str() == value)
}
