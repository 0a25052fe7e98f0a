//! Answers that are nearly right: whatever they are, both applications end without a panic, within a
//! bounded number of APDUs, and never with a signature that does not hold. What once was interesting is
//! kept in `tests/fixtures/cards`, and played first.

use proptest::prelude::*;
use zeroize::Zeroizing;

use super::super::apdu::{Channel, MAX_PARTS};
use super::super::pinpad::{Control, asking};
use super::super::session::Selected;
use super::super::{App, CardError, Transaction, UnblocksBy, certificate};
use super::honest::Honest;
use crate::i18n::Lang;
use crate::private::Secret;

/// Plays its answers one after the other, for ever.
struct Round<'a> {
    answers: &'a [Vec<u8>],
    asked: usize,
}

impl Transaction for Round<'_> {
    fn transmit(&mut self, _: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let answer = self.answers.get(self.asked % self.answers.len().max(1)).cloned();
        self.asked += 1;
        Ok(Zeroizing::new(answer.unwrap_or_default()))
    }

    /// The reader is no more to be trusted than the card.
    fn control(&mut self, _: Control, _: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
        self.transmit(&[])
    }
}

#[derive(Clone, Copy)]
enum Deed {
    Sign,
    NewPin,
    SignOnReader,
    NewPinOnReader,
    Unblock(UnblocksBy),
    UnblockOnReader,
}

const DEEDS: [Deed; 7] = [
    Deed::Sign,
    Deed::NewPin,
    Deed::SignOnReader,
    Deed::NewPinOnReader,
    Deed::Unblock(UnblocksBy::Puk),
    Deed::Unblock(UnblocksBy::Admin),
    Deed::UnblockOnReader,
];

fn play(answers: &[Vec<u8>]) {
    for app in [App::Piv, App::OpenPgp] {
        for deed in DEEDS {
            let mut card = Round { answers, asked: 0 };
            let signed = session(&mut card, app, deed);
            if let Ok(Some((facts, signed))) = &signed {
                assert!(facts.holds(b"message", signed));
            }
            // Fewer than a dozen commands, each of which may be asked for in parts, each part twice.
            assert!(card.asked <= 12 * (2 + 2 * MAX_PARTS), "{} APDUs", card.asked);
        }
    }
}

type Signed = Option<(certificate::Facts, Vec<u8>)>;

fn session(card: &mut Round, app: App, deed: Deed) -> Result<Signed, CardError> {
    let code = || Secret::from_vec(b"12345678".to_vec());
    let mut selected = Selected::open(Channel::new(card, None), app)?;
    let der = selected.certificate()?;
    let (facts, _) = certificate::facts(&der)?;
    selected.holds(facts.public_key())?;
    selected.rules()?;
    let tries = selected.tries_left()?;
    let (asking, _, _hold) = asking(Lang::Kk);
    let verified = match deed {
        Deed::NewPin => {
            return selected.change_pin(&code(), &code(), tries, true).map(|()| None);
        }
        Deed::Unblock(by) => return selected.unblock(by, &code(), &code(), None, true).map(|()| None),
        Deed::UnblockOnReader => {
            selected.pad()?;
            return selected.unblock_on_reader(&asking, None, true).map(|()| None);
        }
        Deed::NewPinOnReader => {
            selected.pad()?;
            return selected.change_on_reader(&asking, tries, true).map(|()| None);
        }
        Deed::SignOnReader => selected.verify_on_reader(&asking, tries, true)?,
        Deed::Sign => selected.verify(&code(), tries, true)?,
    };
    let (signed, _) = verified.sign(&facts, b"message")?;
    Ok(Some((facts, signed)))
}

#[test]
fn answers_that_once_were_interesting() {
    let corpus = include_str!("../../../tests/fixtures/cards/answers.txt");
    let mut played = 0;
    for line in corpus.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
        let answers: Vec<Vec<u8>> = line.split(' ').map(|a| hex::decode(a).expect("hex")).collect();
        play(&answers);
        played += 1;
    }
    assert!(played >= 20, "{played} lines");
}

/// An honest card's own answers, to be spoilt.
fn honest() -> Vec<Vec<u8>> {
    let mut card = Honest::new();
    let select = [0, 0xA4, 4, 0, 9, 0xA0, 0, 0, 3, 8, 0, 0, 0x10, 0, 0];
    let read = [0, 0xCB, 0x3F, 0xFF, 5, 0x5C, 3, 0x5F, 0xC1, 0x0A, 0];
    let more = [0, 0xC0, 0, 0, 0];
    [&select[..], &read, &more, &[0, 0x20, 0, 0x80]].map(|apdu| card.answer(apdu).unwrap()).to_vec()
}

fn word() -> impl Strategy<Value = [u8; 2]> {
    prop_oneof![
        4 => Just([0x90, 0x00]),
        2 => any::<u8>().prop_map(|n| [0x61, n]),
        1 => any::<u8>().prop_map(|n| [0x6C, n]),
        1 => any::<u8>().prop_map(|n| [0x63, n]),
        1 => Just([0x69, 0x83]),
        1 => Just([0x6A, 0x82]),
        1 => any::<[u8; 2]>(),
    ]
}

/// A TLV whose length may lie, in any of BER's ways of writing it.
fn element() -> impl Strategy<Value = Vec<u8>> {
    let tag = prop_oneof![
        Just(vec![0x53]),
        Just(vec![0x70]),
        Just(vec![0x71]),
        Just(vec![0x7C]),
        Just(vec![0x82]),
        Just(vec![0x30]),
        Just(vec![0x7F, 0x21]),
        Just(vec![0x7F, 0x49]),
        Just(vec![0x81]),
        Just(vec![0x86]),
        Just(vec![0xC4]),
        Just(vec![0xF9]),
        any::<u8>().prop_map(|t| vec![t]),
    ];
    let value = prop::collection::vec(any::<u8>(), 0..300);
    (tag, value, 0..8u8, any::<u32>()).prop_map(|(tag, value, form, lie)| {
        let length = value.len() as u32;
        let mut out = tag;
        match form {
            0 => out.push(0x80),
            1 => out.extend([0x84, (lie >> 24) as u8, (lie >> 16) as u8, (lie >> 8) as u8, lie as u8]),
            2 => out.extend([0x82, (lie >> 8) as u8, lie as u8]),
            3 => out.extend([0x81, lie as u8]),
            _ if length < 128 => out.push(length as u8),
            _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
        }
        out.extend(value);
        out
    })
}

fn answer() -> impl Strategy<Value = Vec<u8>> {
    let spoilt = (prop::sample::select(honest()), any::<prop::sample::Index>(), any::<u8>(), 0..4u8)
        .prop_map(|(mut bytes, at, with, how)| {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = with,
                1 => bytes.truncate(at),
                2 => bytes.insert(at, with),
                _ => {}
            }
            bytes
        });
    let nested = prop::collection::vec(element(), 0..4).prop_map(|parts| parts.concat());
    let made = (prop_oneof![element(), nested, prop::collection::vec(any::<u8>(), 0..270)], word());
    let made = made.prop_map(|(mut body, word)| {
        body.truncate(258);
        body.extend(word);
        body
    });
    prop_oneof![2 => spoilt, 3 => made]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_answers_confuse_us(answers in prop::collection::vec(answer(), 1..12)) {
        play(&answers);
    }
}
