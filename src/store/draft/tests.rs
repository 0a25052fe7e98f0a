use super::*;

const WORDS: &[u8] = "Көшеде жарық жоқ. ".as_bytes();

fn code() -> Code {
    Code::parse("7K3MX-94TAW").unwrap()
}

#[test]
fn a_locked_draft_opens_with_its_code_alone() {
    let draft = WORDS.repeat(50);
    let locked = lock(&draft, &code()).unwrap();
    assert!(!locked.windows(WORDS.len()).any(|w| w == WORDS));
    assert_eq!(unlock(&locked, &code()).unwrap().as_slice(), draft);
    assert_eq!(unlock(&locked, &Code::parse("7K3MX94TAX").unwrap()).err(), Some(SavedError::WrongCode));
    assert_ne!(lock(&draft, &code()).unwrap(), locked, "a new salt every time");
    assert!(unlock(&lock(b"", &code()).unwrap(), &code()).unwrap().is_empty());
}

#[test]
fn damage_is_told_from_a_wrong_code_without_the_cost_of_a_guess() {
    let locked = lock(WORDS, &code()).unwrap();
    for at in 5..locked.len() {
        let mut bad = locked.clone();
        bad[at] ^= 1;
        assert_eq!(look(&bad), Err(SavedError::Damaged), "byte {at}");
    }
    for cut in 5..locked.len() {
        assert_eq!(look(&locked[..cut]), Err(SavedError::Damaged), "{cut} bytes");
    }
    assert_eq!(look(b"TRZD\x02anything"), Err(SavedError::Newer(2)));
    for foreign in [&b""[..], b"TRZ", b"%PDF-1.7", b"TRZE\x01"] {
        assert_eq!(look(foreign), Err(SavedError::Foreign));
    }
}

#[test]
fn a_code_copied_by_hand_still_fits() {
    for typed in ["7k3mx94taw", " 7K3MX – 94TAW ", "7К3МХ-94ТАW", "7КЗМХ 94ТАW"] {
        assert!(Code::parse(typed) == Some(code()), "{typed}");
    }
    assert!(Code::parse("OILZS-BGUQ0") == Code::parse("01125-86V00"));
    for bad in ["", "7K3MX94TA", "7K3MX94TAWA", "7K3MX94TA!", "7K3MX94TAЖ"] {
        assert!(Code::parse(bad).is_none(), "{bad}");
    }
    let one = Code::generate().unwrap();
    assert!(Code::parse(&one.shown()) == Some(one.clone()));
    assert!(Code::generate().unwrap() != one);
}

#[test]
fn sheets_come_back_in_any_order() {
    let noise: Vec<u8> = (0..3_000u32).flat_map(|n| Digest::of(&n.to_le_bytes()).0[..2].to_vec()).collect();
    let locked = lock(&noise, &code()).unwrap();
    let parts = qr_parts(&locked).unwrap();
    assert!(parts.len() > 3);
    assert!(parts.iter().all(|p| p.starts_with("TRZ1D:") && p.len() < 900 && p.trim() == p));
    let mut sheets = Parts::default();
    assert!(sheets.whole().is_none());
    for part in parts.iter().rev().chain(&parts[..2]).take(parts.len() - 1) {
        sheets.add(part).unwrap();
    }
    assert!(sheets.whole().is_none());
    assert_eq!(sheets.missing(), [1]);
    let done = sheets.add(&format!("{}\r\n", parts[0])).unwrap();
    assert_eq!(done, Progress { have: parts.len(), of: parts.len() });
    assert_eq!(sheets.whole().unwrap(), locked);

    let other = qr_parts(&lock(&noise, &code()).unwrap()).unwrap();
    assert_eq!(sheets.add(&other[0]), Err(SavedError::OtherSheet));
    assert_eq!(sheets.whole().unwrap(), locked, "nothing was lost by it");
    let huge = lock(&(0..9_000u32).flat_map(|n| Digest::of(&n.to_le_bytes()).0).collect::<Vec<_>>(), &code());
    assert_eq!(qr_parts(&huge.unwrap()), Err(SavedError::TooBig));
}

#[test]
fn whatever_is_scanned_is_answered() {
    let mut sheets = Parts::default();
    for (text, error) in [
        ("", SavedError::Foreign),
        ("https://example.kz", SavedError::Foreign),
        ("TRZ1S:ABC", SavedError::Foreign),
        ("TRZ2D:ABC.", SavedError::Newer(2)),
        ("TRZ1D:", SavedError::Damaged),
        ("TRZ1D:ABC", SavedError::Damaged),
        ("TRZ1D:.", SavedError::Damaged),
        ("TRZ1D:::::::::::::.", SavedError::Damaged),
    ] {
        assert_eq!(sheets.add(text), Err(error), "{text}");
    }
    // Index past the count; no parts at all; more than are ever printed.
    for (index, count) in [(1u8, 1u8), (0, 0), (0, 200)] {
        let text = format!("TRZ1D:{}.", crate::seal::base45::encode(&[1, 2, 3, 4, index, count, 9]));
        assert_eq!(sheets.add(&text), Err(SavedError::Damaged));
    }
}

/// The bytes of version 1: later versions must open them.
#[test]
fn golden_bytes_open_for_ever() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/compat/locked-draft-v1.bin");
    let golden = std::fs::read(path).unwrap();
    assert_eq!(unlock(&golden, &code()).unwrap().as_slice(), WORDS);
    // What is written today has the same shape; the compressor's own bytes may change.
    let today = lock_with(WORDS, &code(), b"golden v1 salt!!").unwrap();
    assert_eq!(today[..HEAD], golden[..HEAD]);
}
