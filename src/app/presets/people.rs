//! People who do not exist, and their cards.

use super::NOW;
use crate::card::{CardInfo, KeyKind, Owner};
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
    }
}

/// A card whose certificate ended a month ago.
pub(super) fn expired() -> CardInfo {
    CardInfo { not_after: NOW.plus(-YEAR / 12), ..card(Holder::Person, Some(3)) }
}
