use super::*;
use proptest::prelude::*;

fn key() -> OpenKey {
    OpenKey::from_seed(&Zeroizing::new([5; 32])).unwrap()
}

fn contents() -> Contents {
    Contents {
        cms: "Көшедегі жарық жанбайды. ".repeat(40).into_bytes(),
        attachments: vec![vec![1, 2, 3], vec![]],
        lookup_id: [1; 16],
        access_hash: Digest([2; 32]),
        code_hash: Digest([3; 32]),
        reply_key: Zeroizing::new([4; 32]),
    }
}

const ID: SubmissionId = SubmissionId([6; 16]);

fn sealed(contents: &Contents) -> Vec<u8> {
    seal(contents, ID, &key().seal_key().unwrap()).unwrap()
}

#[test]
fn opens_with_the_key_it_names() {
    let bytes = sealed(&contents());
    let keys = [OpenKey::generate().unwrap(), key()];
    let (header, back) = open(&bytes, &keys).ok().unwrap();
    assert!(back == contents());
    assert_eq!((header.submission, header.key), (ID, key().id()));
    assert_eq!(peek(&bytes), Ok(header));
    assert_eq!(open(&bytes, &keys[..1]).err(), Some(EnvelopeError::UnknownKey(key().id())));
    let again = OpenKey::from_private(Zeroizing::new(*key().private())).unwrap();
    assert!(open(&bytes, &[again]).is_ok());
}

#[test]
fn two_sealings_differ_and_fixed_seeds_do_not() {
    assert_ne!(sealed(&contents()), sealed(&contents()));
    let to = key().seal_key().unwrap();
    let fixed = || seal_from(&contents(), ID, &to, Zeroizing::new([9; 32])).unwrap();
    assert_eq!(fixed(), fixed());
}

#[test]
fn every_flipped_byte_refuses() {
    let bytes = sealed(&contents());
    for at in 0..bytes.len() {
        for bit in [1, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= bit;
            assert!(open(&changed, &[key()]).is_err(), "byte {at}");
        }
        assert!(open(&bytes[..at], &[key()]).is_err(), "cut at {at}");
    }
    let mut longer = bytes;
    longer.push(0);
    assert_eq!(open(&longer, &[key()]).err(), Some(EnvelopeError::Unreadable));
}

#[test]
fn caps_hold_before_anything_is_allocated() {
    let mut big = contents();
    big.attachments = vec![vec![0; MAX_ATTACHED as usize + 1]];
    let to = key().seal_key().unwrap();
    assert_eq!(seal(&big, ID, &to).err(), Some(EnvelopeError::TooLarge));
    big.attachments = vec![vec![]; MAX_ATTACHMENTS + 1];
    assert_eq!(seal(&big, ID, &to).err(), Some(EnvelopeError::TooLarge));
    assert_eq!(open(&vec![0; MAX_ENVELOPE + 1], &[key()]).err(), Some(EnvelopeError::TooLarge));
    // A CBOR array that promises 2^60 bytes.
    let promise = [0x83, 0x5b, 0x10, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(open(&promise, &[key()]).err(), Some(EnvelopeError::Unreadable));
}

#[test]
fn a_bomb_stops_at_the_cap() {
    let bomb = zstd::bulk::compress(&vec![0; MAX_CONTENTS + 1], 19).unwrap();
    assert!(bomb.len() < 10_000);
    assert_eq!(unpack(&bomb).err(), Some(EnvelopeError::TooLarge));
}

#[test]
fn the_largest_letter_goes_through() {
    let mut big = contents();
    // Bytes that do not compress.
    let mut noise = vec![0u8; MAX_ATTACHED as usize];
    rand_core::Rng::fill_bytes(&mut Drawn { seed: Zeroizing::new([1; 32]), block: 0 }, &mut noise);
    big.attachments = vec![noise];
    let bytes = sealed(&big);
    assert!(open(&bytes, &[key()]).ok().is_some_and(|(_, back)| back == big));
}

#[test]
fn later_versions_and_suites_are_told_apart_from_nonsense() {
    let header = |version: u64, suite: u64| {
        let mut e = Encoder::new(Vec::new());
        e.map(4).unwrap().u8(1).unwrap().u64(version).unwrap().u8(2).unwrap().u64(suite).unwrap();
        e.u8(3).unwrap().bytes(&[0; 8]).unwrap().u8(4).unwrap().bytes(&[0; 16]).unwrap();
        let header = e.into_writer();
        let mut e = Encoder::new(Vec::new());
        e.array(3).unwrap().bytes(&header).unwrap().bytes(&[0; 32]).unwrap().bytes(&[]).unwrap();
        peek(&e.into_writer())
    };
    assert!(header(1, 1).is_ok());
    assert_eq!(header(2, 1), Err(EnvelopeError::Newer));
    assert_eq!(header(1, 2), Err(EnvelopeError::Newer));
    assert_eq!(header(0, 1), Err(EnvelopeError::Unreadable));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn contents_read_back(cms: Vec<u8>, attachments in prop::collection::vec(any::<Vec<u8>>(), 0..5)) {
        let given = Contents { cms, attachments, ..contents() };
        let bytes = given.encode().unwrap();
        prop_assert!(Contents::decode(&bytes).ok() == Some(given));
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
        prop_assert!(open(&bytes, &[key()]).is_err());
        let _ = Contents::decode(&bytes);
        let _ = unpack(&bytes);
    }
}
