//! A key that its authority has revoked is told before anything is signed, and nothing is lost.

use std::sync::Arc;

use tereze::card::Hand;
use tereze::clock::Clock;
use tereze::i18n::{Lang, Msg, Text, format, tr};
use tereze::server::lists::{Lists, Source};
use tereze::sign::trust::{CITIZEN, Trust};

use crate::keyfile::{More, Prepare, fault, password, real_with, to_the_stick};
use crate::openssl_ca::{Kind, Office, PASSWORD, free_port};
use crate::port::{Port, among_own_mounts};
use crate::support::Kiosk;
use crate::visit::{answer, begin_at, hand, words};

fn trust(office: &Office) -> Trust {
    let mut trust = Trust::new();
    trust.load(CITIZEN, &office.read("ca.pem")).unwrap();
    trust
}

#[test]
fn a_revoked_key_file_is_told_and_another_one_signs() {
    const NAME: &str = "revoked::a_revoked_key_file_is_told_and_another_one_signs";
    if !among_own_mounts(NAME) {
        return;
    }
    for kind in [Kind::Ec, Kind::Gost] {
        let Some(office) = Office::new(kind) else { continue };
        let (one, two) = (office.person("one", "900101300017"), office.person("two", "051224600019"));
        office.revoke("one");
        let port = free_port();
        let _responder = office.responder(port);
        let sticks = Port::new();
        let stick = sticks.put_in("KINGSTON", "size=1m");
        std::fs::write(stick.join("1.p12"), one).unwrap();
        std::fs::write(stick.join("2.p12"), two).unwrap();
        let more = More { responder: Some(format!("http://127.0.0.1:{port}/")), ..More::default() };
        let mut kiosk = to_the_stick(real_with(&trust(&office), &sticks, more), Lang::Kk);
        kiosk.until_shown("keyfile.file.1");
        kiosk.tap("keyfile.file.0");
        password(&mut kiosk, PASSWORD);
        kiosk.until("it is told", |k| k.says(&fault("sign.key-file-revoked", Lang::Kk)));
        // The files are there, the letter too; the other key signs.
        kiosk.tap("keyfile.file.1");
        password(&mut kiosk, PASSWORD);
        kiosk.until("what is signed", |k| k.has("sign.read-all"));
        assert!(kiosk.says("Жол нашар"));
        kiosk.tap("page.next");
        kiosk.until_shown("received.print");
    }
}

/// Whoever is quicker than the answer is told all the same.
#[test]
fn a_revoked_key_signs_nothing_however_quick_she_is() {
    const NAME: &str = "revoked::a_revoked_key_signs_nothing_however_quick_she_is";
    if !among_own_mounts(NAME) {
        return;
    }
    let office = Office::new(Kind::Ec).unwrap();
    let one = office.person("one", "900101300017");
    office.revoke("one");
    let port = free_port();
    let sticks = Port::new();
    std::fs::write(sticks.put_in("KINGSTON", "size=1m").join("1.p12"), one).unwrap();
    let slow = crate::web::Web::serve({
        let url = format!("127.0.0.1:{port}");
        move |request| {
            std::thread::sleep(std::time::Duration::from_secs(2));
            crate::web::passed_on(&url, &request)
        }
    });
    let _responder = office.responder(port);
    let more = More { responder: Some(slow.url("")), ..More::default() };
    let mut kiosk = to_the_stick(real_with(&trust(&office), &sticks, more), Lang::Ru);
    password(&mut kiosk, PASSWORD);
    kiosk.until("what is signed", |k| k.has("sign.read-all"));
    kiosk.tap("page.next");
    kiosk.until("it is told", |k| k.says(&fault("sign.key-file-revoked", Lang::Ru)));
    assert!(!kiosk.has("received.print"));
}

#[test]
fn a_revoked_card_is_told_before_its_pin() {
    let office = Office::new(Kind::Ec).unwrap();
    office.person("one", "900101300017");
    let pem = [office.read("one.key"), office.read("one.pem")].concat();
    let port = free_port();
    let sticks = Port::new();
    let more =
        More { responder: Some(format!("http://127.0.0.1:{port}/")), owner: Some(pem), ..More::default() };
    {
        let _responder = office.responder(port);
        let mut kiosk = begin_at(real_with(&trust(&office), &sticks, more.clone()), Lang::En);
        answer(&mut kiosk, words(Lang::En));
        kiosk.tap("page.next");
        hand(&kiosk, Hand::Insert);
        kiosk.until_shown("pin.1");
        kiosk.pin("123456");
        kiosk.tap("page.next");
        kiosk.until_shown("received.print");
    }
    office.revoke("one");
    let _responder = office.responder(port);
    let mut kiosk = begin_at(real_with(&trust(&office), &sticks, more), Lang::En);
    answer(&mut kiosk, words(Lang::En));
    kiosk.tap("page.next");
    hand(&kiosk, Hand::Insert);
    kiosk.until("it is told", |k| k.says(&fault("sign.card-revoked", Lang::En)));
    assert!(!kiosk.has("pin.1") && kiosk.has("sign.pen"));
    assert!(kiosk.says("ТЕСТОВ"), "whose card it is");
    // Back: the letter is there.
    kiosk.tap("page.back");
    kiosk.until_shown("check.letter.text");
    assert!(!kiosk.says(&tr(Lang::En, Msg::SigningPinTitle)));
}

/// The portal has no responder, and keeps the authority's list: it is told by which.
#[test]
fn a_portal_with_lists_alone_warns_before_the_pin() {
    const NAME: &str = "revoked::a_portal_with_lists_alone_warns_before_the_pin";
    if !among_own_mounts(NAME) {
        return;
    }
    for (kind, lang) in [(Kind::Ec, Lang::En), (Kind::Gost, Lang::Kk)] {
        let Some(office) = Office::new(kind) else { continue };
        let (one, two) = (office.person("one", "900101300017"), office.person("two", "051224600019"));
        office.revoke("one");
        office.write("number", b"2A\n");
        let (list, believed) = (office.list(&[]), trust(&office));
        let prepare: Prepare = Arc::new(move |app, _| {
            let lists = Lists::new(vec![Source::File("list.der".into())], believed.clone(), None);
            lists.take(0, &list, Default::default()).unwrap();
            assert!(app.lists.set(Arc::new(lists)).is_ok());
        });
        let by_list = |kiosk: &mut Kiosk| {
            let date = format::date(lang, Clock::system().now().wall.legal_date());
            let words = Text::new(Msg::SigningByList).with("number", "42").with("date", date).say(lang);
            kiosk.until(&words, |k| k.says(&words));
        };
        let sticks = Port::new();
        let stick = sticks.put_in("KINGSTON", "size=1m");
        std::fs::write(stick.join("1.p12"), one).unwrap();
        std::fs::write(stick.join("2.p12"), two).unwrap();
        let more = More { prepare: Some(prepare.clone()), ..More::default() };
        let mut kiosk = to_the_stick(real_with(&trust(&office), &sticks, more), lang);
        kiosk.until_shown("keyfile.file.1");
        kiosk.tap("keyfile.file.0");
        password(&mut kiosk, PASSWORD);
        kiosk.until("it is told", |k| k.says(&fault("sign.key-file-revoked", lang)));
        by_list(&mut kiosk);
        kiosk.tap("keyfile.file.1");
        password(&mut kiosk, PASSWORD);
        kiosk.until("what is signed", |k| k.has("sign.read-all"));
        kiosk.tap("page.next");
        kiosk.until_shown("received.print");

        // A card: before its PIN.
        if kind == Kind::Ec {
            let pem = [office.read("one.key"), office.read("one.pem")].concat();
            let more = More { prepare: Some(prepare), owner: Some(pem), ..More::default() };
            let mut kiosk = begin_at(real_with(&trust(&office), &Port::new(), more), lang);
            answer(&mut kiosk, words(lang));
            kiosk.tap("page.next");
            hand(&kiosk, Hand::Insert);
            kiosk.until("it is told", |k| k.says(&fault("sign.card-revoked", lang)));
            by_list(&mut kiosk);
            assert!(!kiosk.has("pin.1"));
        }
    }
}

/// Nobody can say: she signs, and the portal registers.
#[test]
fn an_outage_stops_nobody() {
    const NAME: &str = "revoked::an_outage_stops_nobody";
    if !among_own_mounts(NAME) {
        return;
    }
    let office = Office::new(Kind::Rsa).unwrap();
    let sticks = Port::new();
    let stick = sticks.put_in("KINGSTON", "size=1m");
    std::fs::write(stick.join("1.p12"), office.person("one", "900101300017")).unwrap();
    let more = More { responder: Some(format!("http://127.0.0.1:{}/", free_port())), ..More::default() };
    let mut kiosk = to_the_stick(real_with(&trust(&office), &sticks, more), Lang::En);
    password(&mut kiosk, PASSWORD);
    kiosk.until("what is signed", |k| k.has("sign.read-all"));
    kiosk.tap("page.next");
    kiosk.until_shown("received.print");
}
