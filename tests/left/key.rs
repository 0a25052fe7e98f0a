//! A key file: after a wrong password, after the signature and after she left, neither what she typed
//! nor the key itself is on the machine.

use tereze::fault::Code;
use tereze::i18n::{Lang, Msg, Text};

use crate::hers::{self, WORDS};
use crate::openssl_ca::{Kind, Office};
use crate::port::{Port, among_own_mounts};
use crate::remote::Remote;
use crate::{ANSWERS, portal_in};

const PASSWORD: &str = "zq7xkv93bwma";
const WRONG: &str = "wk5hhq81vjnc";

/// UTF-8, UTF-16 both ways round (PKCS#12 derives from the big-endian one), UTF-32.
pub fn spelled(text: &str) -> Vec<(String, Vec<u8>)> {
    let forms: [(&str, Vec<u8>); 4] = [
        ("utf-8", text.as_bytes().to_vec()),
        ("utf-16be", text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("utf-16le", text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("utf-32", text.chars().flat_map(|c| u32::from(c).to_ne_bytes()).collect()),
    ];
    forms.map(|(form, bytes)| (format!("{text} {form}"), bytes)).to_vec()
}

/// The private number in hexadecimal as `openssl pkey -text` writes it after `label`, both ways round.
pub fn key(office: &Office, label: &str) -> Vec<(String, Vec<u8>)> {
    let out = office.run(&["pkey", "-in", "one.key", "-text", "-noout"]);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let rest = &text[text.find(label).expect(label) + label.len()..];
    let hex: String =
        rest.chars().take_while(|c| c.is_ascii_hexdigit() || *c == ':' || c.is_whitespace()).collect();
    // The next label may begin with such letters: whole bytes of 32 or more.
    let hex: String = hex.chars().filter(char::is_ascii_hexdigit).collect();
    let big = hex::decode(&hex[..hex.len() / 64 * 64]).unwrap();
    assert!(big.len() >= 32, "{label}: {hex}");
    // A leading zero, as a signed number has it, is no part of the search.
    let big: Vec<u8> = big.into_iter().skip_while(|b| *b == 0).take(32).collect();
    let little: Vec<u8> = big.iter().rev().copied().collect();
    vec![("key, big-endian".to_owned(), big), ("key, little-endian".to_owned(), little)]
}

fn type_in(kiosk: &mut Remote, password: &str) {
    kiosk.order("until password.typed");
    for letter in password.chars() {
        kiosk.order(&format!("tap key.{letter}"));
    }
}

#[test]
fn of_a_key_file_nothing_is_left() {
    if !among_own_mounts("key::of_a_key_file_nothing_is_left") {
        return;
    }
    for (kind, label) in [(Kind::Ec, "priv:"), (Kind::Rsa, "prime1:"), (Kind::Gost, "Private key:")] {
        let Some(office) = Office::new(kind) else { continue };
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        std::fs::copy(office.path("ca.pem"), folder.join("ca.pem")).unwrap();
        let file = office.person_locked("one", "900101300017", PASSWORD);
        let port = Port::new();
        std::fs::write(port.put_in("KINGSTON", "size=1m").join("one.p12"), &file).unwrap();
        let (_portal, code) = portal_in(folder);
        let mut kiosk = Remote::start_with(folder, &code, &[("TEREZE_LEFT_STICKS", port.root())]);
        let (typed, wrong, key) = (spelled(PASSWORD), spelled(WRONG), key(&office, label));
        let all = [typed.clone(), wrong.clone(), key].concat();

        for id in ANSWERS {
            kiosk.order(&format!("tap {}", id.replace("letter.sign.card", "letter.sign.key-file")));
        }
        for letter in WORDS.chars() {
            kiosk.order(&format!("tap key.{letter}"));
        }
        for id in ["page.next", "page.next", "letter.truth", "page.next", "page.next"] {
            kiosk.order(&format!("tap {id}"));
        }
        type_in(&mut kiosk, WRONG);
        assert_eq!(kiosk.holds_bytes(&wrong), ["wk5hhq81vjnc utf-8"], "what is typed is found where it is");
        kiosk.order("tap page.next");
        let said = Msg::from_id(&Code("sign.key-file-password").message_id()).unwrap();
        kiosk.order(&format!("says {}", Text::new(said).say(Lang::Kk)));
        assert_eq!(kiosk.holds_bytes(&all), [""; 0], "{kind:?}: after a wrong password");
        type_in(&mut kiosk, PASSWORD);
        kiosk.order("tap page.next");
        kiosk.order("until sign.read-all");
        assert_eq!(kiosk.holds_bytes(&typed), [""; 0], "{kind:?}: the password, once the key is open");
        kiosk.order("tap page.next");
        kiosk.order("until received.print");
        assert_eq!(kiosk.holds_bytes(&all), [""; 0], "{kind:?}: right after signing");
        port.pull("KINGSTON");
        kiosk.order("tap page.next");
        kiosk.order("end");
        assert_eq!(kiosk.holds_bytes(&all), [""; 0], "{kind:?}: after she left");
        let files = hers::bytes_in_files(folder, &all);
        assert!(files.is_empty(), "{kind:?}: {files:?}");
        println!("{kind:?}: nothing");
    }
}
