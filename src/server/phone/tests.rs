//! Who may see a document, and for how long.

use super::*;

fn phones(lives: u64) -> Phones {
    let phones = Phones::default();
    let (base, bin) = ("https://phones.example".into(), String::new());
    phones.offer(Offer { base, bin, lives: Duration::from_secs(lives) });
    phones
}

fn title() -> Title {
    let name = || "x".to_owned();
    Title { description: name(), names: Names { kk: name(), ru: name(), en: name() } }
}

fn phone(n: u8) -> Phone {
    Phone { address: IpAddr::from([192, 0, 2, n]), program: Digest::of(b"app") }
}

fn begin(phones: &Phones, kiosk: u32, at: Instant) -> Result<Begun, Refusal> {
    phones.begin(kiosk, Zeroizing::new(b"letter".to_vec()), title(), (at, Moment(0)))
}

fn signature(byte: u8) -> Option<Zeroizing<Vec<u8>>> {
    Some(Zeroizing::new(vec![0x30, byte]))
}

fn not_found<T>(result: Result<T, Refusal>) -> bool {
    result.err() == Some(Refusal::not_found())
}

#[test]
fn one_phone_opens_fetches_and_signs_and_no_other_does() {
    let (phones, t) = (phones(600), Instant::now());
    let begun = begin(&phones, 1, t).ok().unwrap();
    let stage = |kiosk, at| phones.state(kiosk, &begun.session, at).map(|(s, _)| s.stage);
    assert_eq!(stage(1, t), Ok(PhoneStage::Waiting));
    assert!(not_found(stage(2, t)), "another kiosk's handle opens nothing");
    let first = phones.scan(&begun.code, phone(1), t).ok().unwrap();
    assert_eq!(stage(1, t), Ok(PhoneStage::Opened));

    // The same phone once more while its answer may have been lost; another one never.
    let s = |n| t + Duration::from_secs(n);
    let again = phones.scan(&begun.code, phone(1), s(5)).ok().unwrap();
    assert!(*again.token == *first.token && *again.path == *first.path);
    assert!(not_found(phones.scan(&begun.code, phone(2), s(5))));
    assert!(not_found(phones.scan(&begun.code, phone(1), s(25))));
    let program = Digest::of(b"another");
    assert!(not_found(phones.scan(&begun.code, Phone { program, ..phone(1) }, s(6))));

    for (path, token) in [(&*first.path, "x"), (&"x".to_owned(), &*first.token), (&*first.path, "")] {
        assert!(not_found(phones.fetch(&begun.code, path, token, s(7))));
    }
    let (_, bytes) = phones.fetch(&begun.code, &first.path, &first.token, s(7)).ok().unwrap();
    assert_eq!(bytes.as_slice(), b"letter");
    assert!(not_found(phones.scan(&begun.code, phone(1), s(8))), "what was fetched is not offered again");
    assert!(phones.fetch(&begun.code, &first.path, &first.token, s(9)).is_ok());

    let put = |path: &str, token, cms| phones.put(&begun.code, path, token, cms, s(10));
    assert!(not_found(put("x", None, signature(0))));
    assert!(not_found(put(&first.path, Some("x"), signature(0))));
    assert_eq!(put(&first.path, None, None).err().unwrap().status, 400);
    assert_eq!(phones.state(1, &begun.session, s(10)).ok().unwrap().0.unreadable, 1);
    assert!(put(&first.path, Some(&first.token), signature(0)).is_ok());
    assert!(put(&first.path, None, signature(0)).is_ok(), "sent again");
    assert_eq!(put(&first.path, None, signature(1)).err().unwrap().status, 409);
    let (state, _) = phones.state(1, &begun.session, s(11)).ok().unwrap();
    assert_eq!((state.stage, state.cms.as_deref()), (PhoneStage::Signed, Some("MAA=")));
    assert!(not_found(phones.fetch(&begun.code, &first.path, &first.token, s(11))), "the document is gone");

    phones.end(2, &begun.session, s(12));
    assert_eq!(phones.waiting(s(12)), 1, "another kiosk ends nothing");
    phones.end(1, &begun.session, s(12));
    assert!(not_found(stage(1, s(12))) && phones.waiting(s(12)) == 0);
}

#[test]
fn what_is_over_is_gone_and_a_kiosk_has_one() {
    let (phones, t) = (phones(10), Instant::now());
    let first = begin(&phones, 1, t).ok().unwrap();
    let second = begin(&phones, 1, t).ok().unwrap();
    assert!(not_found(phones.scan(&first.code, phone(1), t)) && phones.waiting(t) == 1);
    let over = t + Duration::from_secs(10);
    assert!(not_found(phones.scan(&second.code, phone(1), over)));
    assert!(not_found(phones.state(1, &second.session, over)) && phones.waiting(over) == 0);
}

#[test]
fn there_is_room_for_so_many_and_then_the_kiosk_waits() {
    let (phones, t) = (phones(10), Instant::now());
    for kiosk in 0..MOST as u32 {
        assert!(begin(&phones, kiosk, t).is_ok());
    }
    let refused = begin(&phones, MOST as u32, t).err().unwrap();
    assert!(refused.status == 429 && refused.retry_after.is_some());
    assert!(begin(&phones, 3, t).is_ok(), "its own place is free for it");
    assert!(begin(&phones, MOST as u32, t + Duration::from_secs(10)).is_ok());
}

#[test]
fn a_portal_without_an_address_offers_no_phones() {
    let refused = begin(&Phones::default(), 1, Instant::now()).err().unwrap();
    assert_eq!((refused.status.as_u16(), refused.code.0), (404, "server.no-phones"));
}

#[test]
fn only_the_web_server_in_between_is_believed_about_who_asks() {
    let (phones, at) = (phones(10), |n: u8| Peer(IpAddr::from([192, 0, 2, n])));
    let said = |address: &'static str| {
        HeaderMap::from_iter([(
            axum::http::HeaderName::from_static(REAL_ADDRESS),
            axum::http::HeaderValue::from_static(address),
        )])
    };
    assert_eq!(phones.caller(at(1), &said("198.51.100.7")).0, at(1).0, "none was named");
    phones.behind(at(9).0);
    assert_eq!(phones.caller(at(1), &said("198.51.100.7")).0, at(1).0, "anybody may write a header");
    assert_eq!(phones.caller(at(9), &said("198.51.100.7")).0, IpAddr::from([198, 51, 100, 7]));
    assert_eq!(phones.caller(at(9), &said("2001:db8::1")).0, "2001:db8::1".parse::<IpAddr>().unwrap());
    for none in ["", "192.0.2.1, 192.0.2.2", "localhost", "999.0.0.1"] {
        assert_eq!(phones.caller(at(9), &said(none)).0, at(9).0, "{none}");
    }
}
