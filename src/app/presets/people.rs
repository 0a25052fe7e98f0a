//! People who do not exist, and their cards.

use super::NOW;
use crate::card::pinpad::Pad;
use crate::card::{App, CardInfo, KeyKind, Owner, PinRules};
use crate::private::Private;

/// Whose card it is.
#[derive(Clone, Copy)]
pub(super) enum Holder {
    Person,
    Organisation,
}

const YEAR: i64 = 365 * 86_400;

/// A card in the only reader; it is shown, never signed with.
pub(super) fn card(holder: Holder, tries_left: Option<u8>) -> CardInfo {
    let mut owner =
        Owner {
            name: "ТЕСТОВ ТЕСТ ТЕСТОВИЧ".into(), iin: "900101300017".into(), ..Owner::default()
        };
    if let Holder::Organisation = holder {
        owner.bin = Some("940140000385".into());
        owner.organisation = Some("«СЫНАҚ» жауапкершілігі шектеулі серіктестігі".into());
    }
    CardInfo {
        reader: "Reader".into(),
        insertion: 1,
        key: KeyKind::P256,
        owner: Private::new(owner),
        certificate: Private::new(Vec::new()),
        not_after: NOW.plus(YEAR),
        tries_left,
        app: App::Piv,
        pin: PinRules::default(),
        pad: Pad::default(),
        own_pin: false,
    }
}

/// A card in a reader with keys of its own.
pub(super) fn keyed(tries_left: Option<u8>) -> CardInfo {
    CardInfo { pad: Pad { verify: true, modify: true, unblock: true }, ..card(Holder::Person, tries_left) }
}

/// A token behind its maker's module.
pub(super) fn token(tries_left: Option<u8>) -> CardInfo {
    let pin = PinRules { least: 4, most: 32, letters: true, unblocking: None };
    CardInfo { app: App::Token, pin, ..card(Holder::Person, tries_left) }
}

/// A card whose certificate ended a month ago.
pub(super) fn expired() -> CardInfo {
    CardInfo { not_after: NOW.plus(-YEAR / 12), ..card(Holder::Person, Some(3)) }
}

/// Her own card, and one of an organisation in a second reader, with two keys.
pub(super) fn several() -> Vec<CardInfo> {
    let first = CardInfo { reader: "ACS ACR39U ICC Reader 00 00".into(), ..card(Holder::Person, Some(3)) };
    let second = CardInfo {
        reader: "Gemalto PC Twin Reader (70D7E2EE) 01 00".into(),
        insertion: 2,
        ..card(Holder::Organisation, Some(3))
    };
    let third = CardInfo {
        app: App::OpenPgp,
        certificate: Private::new(vec![3]),
        not_after: NOW.plus(YEAR / 2),
        ..second.clone()
    };
    vec![first, second, third]
}
