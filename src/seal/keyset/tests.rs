use super::*;

const NOW: Moment = Moment(1_790_000_000);
const YEAR: i64 = 365 * 24 * 3600;

fn root() -> SigningKey {
    SigningKey::from_seed(&Zeroizing::new([1; 32])).unwrap()
}

fn reading(wall: Moment) -> Reading {
    Reading { wall, confidence: Confidence::Plausible }
}

fn seal_key(n: u8, from: Moment, to: Moment) -> Key {
    Key::new(KeyUse::Seal, vec![n; 32], from, to)
}

fn keyset(version: u64) -> Keyset {
    Keyset {
        version,
        issued: NOW,
        practice: true,
        operator: Names { kk: "Портал".into(), ru: "Портал".into(), en: "Portal".into() },
        keys: vec![
            seal_key(2, NOW.plus(-10), NOW.plus(YEAR)),
            seal_key(3, NOW.plus(YEAR), NOW.plus(2 * YEAR)),
        ],
    }
}

#[test]
fn signed_by_the_root_and_read_back() {
    let bytes = sign(&keyset(1), &root());
    assert_eq!(verify(&bytes, &root().public(), reading(NOW), None), Ok(keyset(1)));
    let other = SigningKey::generate().unwrap();
    assert_eq!(verify(&bytes, &other.public(), reading(NOW), None), Err(KeysetError::NotOurRoot));
}

#[test]
fn any_changed_byte_is_refused() {
    let bytes = sign(&keyset(1), &root());
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(verify(&changed, &root().public(), reading(NOW), None).is_err(), "byte {at}");
        assert!(verify(&bytes[..at], &root().public(), reading(NOW), None).is_err(), "cut at {at}");
    }
}

#[test]
fn versions_only_rise() {
    let root_key = root().public();
    let take = |set: &Keyset, held: &Keyset| verify(&sign(set, &root()), &root_key, reading(NOW), Some(held));
    assert_eq!(take(&keyset(2), &keyset(2)), Ok(keyset(2)));
    assert_eq!(take(&keyset(3), &keyset(2)), Ok(keyset(3)));
    assert_eq!(take(&keyset(1), &keyset(2)), Err(KeysetError::Older));
    let mut twin = keyset(2);
    twin.keys.pop();
    assert_eq!(take(&twin, &keyset(2)), Err(KeysetError::SameVersionDiffers));
}

#[test]
fn the_future_is_refused_unless_the_clock_is_doubtful() {
    let bytes = sign(&keyset(1), &root());
    let early = NOW.plus(-2 * 24 * 3600);
    let doubtful = Reading { wall: early, confidence: Confidence::Doubtful };
    assert_eq!(verify(&bytes, &root().public(), reading(early), None), Err(KeysetError::FromTheFuture));
    assert!(verify(&bytes, &root().public(), doubtful, None).is_ok());
}

#[test]
fn the_seal_key_is_chosen_by_time() {
    let set = keyset(1);
    let at = |t: Moment| set.seal_key(reading(t)).map(|k| k.public[0]);
    assert_eq!(at(NOW), Ok(2));
    assert_eq!(at(NOW.plus(YEAR)), Ok(3));
    assert_eq!(at(NOW.plus(YEAR + 1)), Ok(3));
    assert_eq!(at(NOW.plus(-11)), Err(KeysetError::NoKey));
    assert_eq!(at(NOW.plus(2 * YEAR + 1)), Err(KeysetError::NoKey));
}

#[test]
fn a_retired_seal_key_stays_for_400_days() {
    let mut next = keyset(2);
    let old = next.keys.remove(0);
    assert_eq!(keyset(1).check_successor(&next), Err(KeysetError::SealKeyDropped));
    next.issued = old.not_after.plus(SEAL_KEY_KEPT + 1);
    assert_eq!(keyset(1).check_successor(&next), Ok(()));
    assert_eq!(keyset(2).check_successor(&next), Err(KeysetError::Older));
}

#[test]
fn what_a_later_version_adds_is_passed_over() {
    let mut e = Encoder::new(Vec::new());
    e.map(7).unwrap().u8(0).unwrap().u8(3).unwrap().u8(1).unwrap().u64(9).unwrap();
    e.u8(2).unwrap().i64(NOW.0).unwrap().u8(3).unwrap().bool(false).unwrap();
    e.u8(4).unwrap().array(3).unwrap().str("а").unwrap().str("б").unwrap().str("c").unwrap();
    e.u8(5).unwrap().array(1).unwrap().array(5).unwrap().u8(99).unwrap().i64(0).unwrap().i64(1).unwrap();
    e.bytes(b"key").unwrap().str("more").unwrap();
    e.u8(42).unwrap().array(1).unwrap().str("later").unwrap();
    let bytes = cose::sign(e.into_writer(), &root());
    let set = verify(&bytes, &root().public(), reading(NOW), None).unwrap();
    assert_eq!((set.version, set.keys.len()), (9, 0));
}
