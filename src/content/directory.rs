//! Finding a body: by words as people type them, or by what happened and where.

use std::cmp::Reverse;

use time::Date;

use super::{Body, BodyKind, Region, Snapshot};
use crate::i18n::{Lang, format};

/// Words of every body, folded once.
#[derive(Debug)]
pub struct Index {
    bodies: Vec<Vec<Word>>,
    places: Vec<Vec<Word>>,
}

#[derive(Clone, Debug)]
struct Word {
    /// Lower case, as written.
    plain: String,
    /// Kazakh letters as Russian ones.
    folded: String,
}

/// Words that every place name has.
const GENERIC: &[&str] = &[
    "аудан",
    "ауданы",
    "каласы",
    "кала",
    "ауыл",
    "ауылы",
    "ауылдык",
    "округ",
    "округи",
    "облыс",
    "облысы",
    "кент",
    "кенти",
    "район",
    "района",
    "город",
    "города",
    "село",
    "села",
    "сельский",
    "область",
    "области",
    "district",
    "rural",
    "city",
    "town",
    "village",
    "region",
];

/// A letter as people without a Kazakh keyboard type it.
fn russian(letter: char) -> char {
    match letter {
        'ә' => 'а',
        'ғ' => 'г',
        'қ' => 'к',
        'ң' => 'н',
        'ө' => 'о',
        'ұ' | 'ү' => 'у',
        'һ' => 'х',
        'і' => 'и',
        'ё' => 'е',
        other => other,
    }
}

fn words(text: &str) -> impl Iterator<Item = Word> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(|w| {
        let plain = w.to_lowercase();
        let folded = plain.chars().map(russian).collect();
        Word { plain, folded }
    })
}

/// How well a typed word meets a word of a name; 0: not at all.
fn meets(typed: &Word, held: &Word) -> u32 {
    let long_enough = |w: &str, n: usize| w.chars().count() >= n;
    if typed.plain == held.plain {
        40
    } else if typed.folded == held.folded {
        36
    } else if held.plain.starts_with(&typed.plain) {
        24
    } else if held.folded.starts_with(&typed.folded) {
        20
    } else if long_enough(&held.folded, 4) && typed.folded.starts_with(&held.folded) {
        // A suffix typed after a name: «Алматының», «Талгаре».
        12
    } else if same_stem(&typed.folded, &held.folded) {
        12
    } else if long_enough(&typed.folded, 3) && held.folded.contains(&typed.folded) {
        6
    } else {
        0
    }
}

/// Two forms of one word, more or less: «труду», «труда».
fn same_stem(a: &str, b: &str) -> bool {
    let shared = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    shared >= 4 && a.chars().count() <= shared + 2 && b.chars().count() <= shared + 2
}

impl Index {
    pub(super) fn new(bodies: &[Body], regions: &[Region]) -> Self {
        let all = |names: &crate::domain::Names| Lang::ALL.map(|l| names.get(l).to_owned()).join(" ");
        let of_body = |b: &Body| {
            let mut text = all(&b.name);
            for extra in b.former.iter().chain(&b.place).chain(&b.address) {
                text = format!("{text} {}", all(extra));
            }
            if let Some(region) = b.region.as_ref().and_then(|id| regions.iter().find(|r| r.id == *id)) {
                text = format!("{text} {} {}", all(&region.name), all(&region.center));
            }
            words(&format!("{text} {}", b.also.join(" "))).collect()
        };
        let place = |b: &Body| words(&b.place.as_ref().map(all).unwrap_or_default()).collect::<Vec<_>>();
        let telling = |w: &Word| !GENERIC.contains(&w.folded.as_str());
        Self {
            bodies: bodies.iter().map(of_body).collect(),
            places: bodies.iter().map(|b| place(b).into_iter().filter(telling).collect()).collect(),
        }
    }
}

impl Snapshot {
    /// Bodies that the typed words name, best first; bodies of `near` (a region's id) go before
    /// others that fit as well, then the language's alphabet. Empty where nothing was typed.
    pub fn search(&self, typed: &str, lang: Lang, near: Option<&str>, on: Date, limit: usize) -> Vec<&Body> {
        let typed: Vec<Word> = words(typed).take(12).collect();
        let best = |w: &Word, held: &[Word]| held.iter().map(|h| meets(w, h)).max().unwrap_or(0);
        let short = |w: &Word| w.plain.chars().count() <= 2;
        let all_short = typed.iter().all(short);
        let mut found: Vec<(usize, u32, &Body)> = self
            .bodies
            .iter()
            .zip(&self.index.bodies)
            .filter(|(b, _)| b.in_force(on))
            .filter_map(|(body, held)| {
                let scores = typed.iter().map(|w| (w, best(w, held)));
                // «по», «и» need not stand in the name.
                let missed = scores.clone().filter(|(w, s)| *s == 0 && !short(w)).count();
                let score: u32 = scores.filter(|(w, _)| all_short || !short(w)).map(|(_, s)| s).sum();
                let nearer = if near.is_some() && body.region.as_deref() == near { 8 } else { 0 };
                (score > 0).then_some((missed, score + nearer, body))
            })
            .collect();
        // Names with every word, or else the ones that miss fewest.
        let fewest = found.iter().map(|f| f.0).min().unwrap_or(0);
        found.retain(|f| f.0 == fewest && (fewest == 0 || fewest * 2 <= typed.len()));
        found.sort_by(|a, b| {
            b.1.cmp(&a.1).then_with(|| format::compare(lang, a.2.name.get(lang), b.2.name.get(lang)))
        });
        found.into_iter().map(|f| f.2).take(limit).collect()
    }

    /// Whom to write to about `topic`: the body of the place, then of the region, then of the
    /// country. The first is the one to propose; never empty for a region that is known.
    pub fn propose(&self, topic: &str, region: &str, place: &str, on: Date) -> Vec<&Body> {
        let typed: Vec<Word> = words(place).take(12).collect();
        let here = |held: &[Word]| {
            typed.iter().any(|w| {
                let long_enough = w.folded.chars().count() >= 3 && !GENERIC.contains(&w.folded.as_str());
                long_enough && held.iter().any(|h| meets(w, h) >= 12)
            })
        };
        let mut found: Vec<(u32, &Body)> = self
            .bodies
            .iter()
            .zip(&self.index.places)
            .filter(|(b, _)| b.in_force(on) && b.topics.iter().any(|t| t == topic))
            .filter_map(|(body, places)| {
                let inside = body.region.as_deref() == Some(region);
                let nearness = match (&body.region, &body.place) {
                    (None, _) if body.kind == BodyKind::Ministry => 2,
                    (None, _) => 1,
                    (Some(_), None) if inside => 3,
                    (Some(_), Some(_)) if inside && here(places) => {
                        if body.kind == BodyKind::Akim {
                            5
                        } else {
                            4
                        }
                    }
                    _ => return None,
                };
                Some((nearness, body))
            })
            .collect();
        found.sort_by_key(|(nearness, _)| Reverse(*nearness));
        let mut found: Vec<&Body> = found.into_iter().map(|(_, b)| b).collect();
        if found.is_empty() {
            let akimat = |b: &&Body| {
                b.kind == BodyKind::Akimat && b.region.as_deref() == Some(region) && b.place.is_none()
            };
            found.extend(self.bodies.iter().filter(akimat));
        }
        found
    }
}
