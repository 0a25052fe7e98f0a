//! One's own letters by the key file that signed them: practice's own, the national authority's test
//! key, and RSA, EC and GOST ones by OpenSSL.

use std::path::Path;

use tereze::i18n::{Lang, Msg, tr};
use tereze::sign::trust::{CITIZEN, Trust};

use crate::keyfile::{fault, password, real, to_the_stick};
use crate::openssl_ca::{Kind, Office, PASSWORD};
use crate::port::{Port, among_own_mounts};
use crate::support::Kiosk;
use crate::visit::{launch_with, things};

#[test]
fn practice_shows_her_letters_by_its_own_key() {
    let mut kiosk = to_the_stick(launch_with(things()), Lang::Ru);
    kiosk.tap("keyfile.file.0");
    password(&mut kiosk, "123456");
    kiosk.until_shown("sign.read-all");
    kiosk.tap("page.next");
    kiosk.until_shown("received.print");
    leave(&mut kiosk, Lang::Ru);
    kiosk.tap("home.track");
    kiosk.tap("track.by-key");
    kiosk.tap("keyfile.file.0");
    // A wrong password first: the way stays open.
    password(&mut kiosk, "123457");
    kiosk.until("the password was tried", |k| k.says(&fault("sign.key-file-password", Lang::Ru)));
    password(&mut kiosk, "123456");
    kiosk.until("whose letters", |k| k.says(&tr(Lang::Ru, Msg::TrackKeySigns)));
    assert!(kiosk.says("ТЕСТОВА ТЕСТА ТЕСТҚЫЗЫ") && !kiosk.has("sign.pen"));
    // Back: the key is gone, and the ways are there.
    kiosk.tap("page.back");
    kiosk.until_shown("track.by-key");
    kiosk.tap("track.by-key");
    kiosk.tap("keyfile.file.0");
    password(&mut kiosk, "123456");
    kiosk.until("whose letters", |k| k.says(&tr(Lang::Ru, Msg::TrackKeySigns)));
    kiosk.tap("page.next");
    kiosk.until_shown("track.letter.0");
    assert!(kiosk.says(&tr(Lang::Ru, Msg::TrackListTitle)));
}

/// She leaves, and the next visit begins.
fn leave(kiosk: &mut Kiosk, lang: Lang) {
    kiosk.tap("page.next");
    kiosk.until("nothing is left behind", |k| k.tree().find("page.next").is_some_and(|n| !n.state.disabled));
    kiosk.tap("page.next");
    kiosk.tap(&format!("attract.start.{}", lang.tag()));
    kiosk.until_shown("home.track");
}

/// A letter signed with this file from a stick, then the list of its owner's letters by the same file.
fn sent_and_listed(trust: &Trust, file: &[u8], lang: Lang, type_password: impl Fn(&mut Kiosk)) {
    let port = Port::new();
    let put_in = || std::fs::write(port.put_in("KINGSTON", "size=1m").join("key.p12"), file).unwrap();
    put_in();
    let mut kiosk = to_the_stick(real(trust, &port), lang);
    type_password(&mut kiosk);
    kiosk.until_shown("sign.read-all");
    kiosk.tap("page.next");
    kiosk.until_shown("received.print");
    let said: Vec<String> = kiosk.tree().nodes.iter().map(|n| n.label.clone()).collect();
    let number = said.iter().find(|l| l.starts_with("ЖТ-")).expect("the number").clone();
    port.pull("KINGSTON");
    leave(&mut kiosk, lang);
    kiosk.tap("home.track");
    kiosk.tap("track.by-key");
    kiosk.until("a stick is awaited", |k| k.says(&tr(lang, Msg::KeyfileInsert)));
    put_in();
    // The only one is meant.
    type_password(&mut kiosk);
    kiosk.until("whose letters", |k| k.says(&tr(lang, Msg::TrackKeySigns)));
    kiosk.tap("page.next");
    kiosk.until_shown("track.letter.0");
    assert!(kiosk.says(&number), "her own letter");
}

/// The national authority's public test keys, at a real portal that was told to believe it.
#[test]
fn a_national_key_signs_a_letter_and_shows_it() {
    const NAME: &str = "keyfile_own::a_national_key_signs_a_letter_and_shows_it";
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/kz-pki");
    if !folder.is_dir() {
        println!("skipped: {} is absent", folder.display());
        return;
    }
    if !among_own_mounts(NAME) {
        return;
    }
    let mut trust = Trust::new();
    for file in ["root_test_gost_2022.cer", "nca_gost2022_test.cer"] {
        trust.load(CITIZEN, &std::fs::read(folder.join("ca").join(file)).unwrap()).unwrap();
    }
    let file = std::fs::read(folder.join("p12/individual_valid.p12")).unwrap();
    sent_and_listed(&trust, &file, Lang::Kk, |kiosk| {
        kiosk.until_shown("password.typed");
        kiosk.tap("key.shift");
        password(kiosk, "qwerty12");
    });
}

#[test]
fn keys_of_every_kind_sign_a_letter_and_show_it() {
    const NAME: &str = "keyfile_own::keys_of_every_kind_sign_a_letter_and_show_it";
    if !among_own_mounts(NAME) {
        return;
    }
    for kind in [Kind::Rsa, Kind::Ec, Kind::Gost] {
        let Some(office) = Office::new(kind) else { continue };
        let file = office.person("one", "900101300017");
        let mut trust = Trust::new();
        trust.load(CITIZEN, &office.read("ca.pem")).unwrap();
        sent_and_listed(&trust, &file, Lang::En, |kiosk| password(kiosk, PASSWORD));
    }
}

/// The old RSA pairs of the national authority: one file to log in with, one to sign with.
#[test]
fn a_file_for_logging_in_shows_letters_and_the_words_say_which_file_signs() {
    const NAME: &str = "keyfile_own::a_file_for_logging_in_shows_letters_and_the_words_say_which_file_signs";
    if !among_own_mounts(NAME) {
        return;
    }
    let office = Office::new(Kind::Rsa).expect("OpenSSL makes RSA");
    let signs = office.person("one", "900101300017");
    office.write("signs.ext", crate::phone::ENTERS);
    let enters = office.person("enters", "900101300017");
    office.write("signs.ext", b"basicConstraints=CA:FALSE\nkeyUsage=critical,keyEncipherment\n");
    let neither = office.person("neither", "900101300017");
    let mut trust = Trust::new();
    trust.load(CITIZEN, &office.read("ca.pem")).unwrap();

    let port = Port::new();
    let put_in = || {
        let stick = port.put_in("KINGSTON", "size=1m");
        let files = [("AUTH_RSA256_one.p12", &enters), ("RSA256_one.p12", &signs), ("neither.p12", &neither)];
        for (name, bytes) in files {
            std::fs::write(stick.join(name), bytes).unwrap();
        }
    };
    put_in();
    let mut kiosk = to_the_stick(real(&trust, &port), Lang::En);
    let pick = |kiosk: &mut Kiosk, name: &str| {
        kiosk.until(name, |k| k.says(name));
        let tree = kiosk.tree();
        // AUTH_RSA256_… holds RSA256_…: the label begins with the name.
        let file = tree.nodes.iter().find(|n| n.id.starts_with("keyfile.file.") && n.label.starts_with(name));
        let id = file.unwrap_or_else(|| panic!("{name}: {:?}", tree.nodes)).id.to_string();
        kiosk.tap(&id);
        password(kiosk, PASSWORD);
    };
    pick(&mut kiosk, "AUTH_RSA256_one.p12");
    kiosk.until("it signs no letter", |k| k.says(&fault("sign.key-file-login-only", Lang::En)));
    pick(&mut kiosk, "neither.p12");
    kiosk.until("nor this one", |k| k.says(&fault("sign.key-file-not-for-signing", Lang::En)));
    pick(&mut kiosk, "RSA256_one.p12");
    kiosk.until_shown("sign.read-all");
    kiosk.tap("page.next");
    kiosk.until_shown("received.print");
    let said: Vec<String> = kiosk.tree().nodes.iter().map(|n| n.label.clone()).collect();
    let number = said.iter().find(|l| l.starts_with("ЖТ-")).expect("the number").clone();
    port.pull("KINGSTON");
    leave(&mut kiosk, Lang::En);
    put_in();
    kiosk.tap("home.track");
    kiosk.tap("track.by-key");
    pick(&mut kiosk, "neither.p12");
    kiosk.until("it opens nothing", |k| k.says(&fault("sign.key-file-not-for-login", Lang::En)));
    pick(&mut kiosk, "AUTH_RSA256_one.p12");
    kiosk.until("whose letters", |k| k.says(&tr(Lang::En, Msg::TrackKeySigns)));
    kiosk.tap("page.next");
    kiosk.until_shown("track.letter.0");
    assert!(kiosk.says(&number), "her own letter, by the file for logging in");
}
