//! A timestamp authority by `openssl ts`, honest or not, and letters whose time it proves.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tereze::clock::Moment;
use tereze::domain::Digest;
use tereze::i18n::Lang;
use tereze::portal::{Access, Outcome, Portal as _, Progress};
use tereze::private::Secret;
use tereze::screen::keyfile::work::signed;
use tereze::seal::history::verify_history;
use tereze::server::store::events::Held;
use tereze::sign::keyfile::{self, Entry};
use tereze::sign::trust::{CITIZEN, Trust};

use crate::openssl_ca::{Kind, Office, PASSWORD};
use crate::support::World;
use crate::support::letter::Letter;

const TSA: &str = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n\
                   extendedKeyUsage=critical,timeStamping\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
pub const POLICY: &str = "1.2.398.3.3.2.6.4";

/// What the authority does with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Honest,
    /// The line is cut without a word.
    Cut,
    /// Takes the question and says nothing.
    Stalls,
    /// A byte in half a second, for ever.
    Drips,
    Garbage,
    /// More than a reply may have.
    Huge,
    /// Says no.
    Refuses,
    /// Stamps something else.
    OtherImprint,
    /// Another question's nonce, over the right signature.
    OtherNonce,
    /// None at all.
    NoNonce,
    /// By another rule than was asked for.
    OtherPolicy,
    /// A token whose signature is spoilt.
    Spoilt,
    /// A token that nobody signed.
    Unsigned,
    /// By a certificate that has ended.
    Expired,
    /// By a certificate for something else.
    NotForStamps,
    /// By an authority that nobody here trusts.
    Stranger,
    /// Honest, with the national identifiers of Streebog, which OpenSSL's engine does not know.
    National,
}

pub struct Authority {
    pub office: Office,
    stranger: Option<Office>,
    pub mood: Mutex<Mood>,
    pub asked: AtomicUsize,
}

fn able(office: &Office) {
    office.write("tsa.ext", TSA.as_bytes());
    office.certify("tsa", "/C=KZ/CN=TEST TSA", "tsa.ext");
    let gost =
        if office.kind() == Kind::Gost { format!("{}\n", crate::openssl_ca::GOST) } else { String::new() };
    let digests = if office.kind() == Kind::Gost {
        "md_gost12_256,md_gost12_512,sha256"
    } else {
        "sha256,sha384,sha512"
    };
    let config = format!(
        "{gost}[tsa]\ndefault_tsa=t\n[t]\nserial=ts.serial\ndefault_policy={POLICY}\nother_policies=1.2.3.4.1\n\
         signer_digest={}\ndigests={digests}\ncrypto_device=builtin\n",
        office.hash()
    );
    office.write("ts.cnf", config.as_bytes());
    office.write("ts.serial", b"01\n");
}

impl Authority {
    pub fn new(kind: Kind) -> Option<Arc<Self>> {
        let (office, stranger) = (Office::new(kind)?, Office::new(kind));
        able(&office);
        stranger.iter().for_each(able);
        Some(Arc::new(Self { office, stranger, mood: Mutex::new(Mood::Honest), asked: AtomicUsize::new(0) }))
    }

    pub fn trust(&self) -> Trust {
        let mut trust = Trust::new();
        trust.load(CITIZEN, &self.office.read("ca.pem")).unwrap();
        trust
    }

    pub fn entry(&self, name: &str, iin: &str) -> Entry {
        let file = self.office.person(name, iin);
        keyfile::open(&file, Secret::from_vec(PASSWORD.as_bytes().to_vec()), &|| Ok(())).unwrap().remove(0)
    }

    pub fn becomes(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub fn count(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn reply(office: &Office, question: &[u8], by: &str, more: &[&str]) -> Vec<u8> {
        office.write("tsq", question);
        let (pem, key) = (format!("{by}.pem"), format!("{by}.key"));
        let usual =
            ["ts", "-reply", "-config", "ts.cnf", "-queryfile", "tsq", "-signer", &pem, "-inkey", &key];
        office.must(&[&usual[..], &["-out", "tsr"], more].concat());
        office.read("tsr")
    }

    /// Another question, as OpenSSL asks it.
    fn question(&self, file: &str, bytes: &[u8], more: &[&str]) -> Vec<u8> {
        self.office.write(file, bytes);
        let hash = format!("-{}", self.office.hash());
        self.office.must(
            &[&["ts", "-query", "-data", file, &hash, "-cert", "-out", "other.tsq"][..], more].concat(),
        );
        self.office.read("other.tsq")
    }

    /// `raw`: the signature that is to be stamped.
    fn answer(&self, mood: Mood, question: &[u8], raw: &[u8]) -> Vec<u8> {
        let office = &self.office;
        match mood {
            Mood::Garbage => b"<html>".to_vec(),
            Mood::Huge => vec![0x30; 300 * 1024],
            // PKIStatus rejection(2)
            Mood::Refuses => vec![0x30, 5, 0x30, 3, 2, 1, 2],
            Mood::OtherImprint => {
                Self::reply(office, &self.question("other", b"something else", &[]), "tsa", &[])
            }
            Mood::OtherNonce => Self::reply(office, &self.question("raw", raw, &[]), "tsa", &[]),
            Mood::NoNonce => Self::reply(office, &self.question("raw", raw, &["-no_nonce"]), "tsa", &[]),
            Mood::OtherPolicy => {
                // The rule's last number but one, 6, becomes 7 in what is asked.
                let at = question.windows(3).position(|w| w == [2, 6, 4]).expect("a policy is asked for");
                let asked = [&question[..at + 1], &[7], &question[at + 2..]].concat();
                let config = String::from_utf8(office.read("ts.cnf")).unwrap();
                office.write("ts.cnf", config.replace("=1.2.3.4.1", "=1.2.398.3.3.2.7.4").as_bytes());
                let reply = Self::reply(office, &asked, "tsa", &[]);
                office.write("ts.cnf", config.as_bytes());
                reply
            }
            Mood::Spoilt => {
                let mut reply = Self::reply(office, question, "tsa", &[]);
                *reply.last_mut().unwrap() ^= 1;
                reply
            }
            Mood::Unsigned => {
                // The same content in a SignedData of nobody.
                let reply = Self::reply(office, question, "tsa", &[]);
                unsigned(&reply)
            }
            Mood::Expired => {
                let [key, csr, pem] = ["old.key", "old.csr", "old.pem"];
                office.key(key);
                office.must(&["req", "-new", "-key", key, "-subj", "/C=KZ/CN=OLD TSA", "-out", csr]);
                let term = ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"];
                office
                    .ca(&[&["-notext", "-in", csr, "-out", pem, "-extfile", "tsa.ext"][..], &term].concat());
                Self::reply(office, question, "old", &[])
            }
            Mood::NotForStamps => {
                // OpenSSL signs no timestamp with it.
                office.certify("plain", "/C=KZ/CN=NO TSA", "signs.ext");
                self.signed(&content_of(&Self::reply(office, question, "tsa", &[])), "plain")
            }
            Mood::National => {
                let reply = Self::reply(office, &swapped(question, KZ, TC26), "tsa", &[]);
                self.signed(&swapped(&content_of(&reply), TC26, KZ), "tsa")
            }
            Mood::Stranger => Self::reply(self.stranger.as_ref().unwrap(), question, "tsa", &[]),
            _ => Self::reply(office, question, "tsa", &[]),
        }
    }

    /// A reply around this TSTInfo, signed as any CMS is.
    fn signed(&self, info: &[u8], by: &str) -> Vec<u8> {
        let office = &self.office;
        office.write("tst", info);
        let (pem, key) = (format!("{by}.pem"), format!("{by}.key"));
        let sign = ["cms", "-sign", "-binary", "-nodetach", "-cades", "-econtent_type"];
        let with = ["1.2.840.113549.1.9.16.1.4", "-in", "tst", "-signer", &pem, "-inkey", &key];
        let out = ["-md", office.hash(), "-outform", "DER", "-out", "token"];
        office.must(&[&sign[..], &with, &out].concat());
        granted(&office.read("token"))
    }

    /// The authority on loopback. `raw`: the signature that honest tokens are over.
    pub fn serve(self: &Arc<Self>, raw: Arc<Mutex<Vec<u8>>>) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let stop = Arc::new(AtomicBool::new(false));
        let (it, stopped) = (self.clone(), stop.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                it.asked.fetch_add(1, Ordering::SeqCst);
                let (it, raw) = (it.clone(), raw.lock().unwrap().clone());
                std::thread::spawn(move || it.talk(stream, &raw));
            }
        });
        Served { url, stop }
    }

    fn talk(&self, mut stream: TcpStream, raw: &[u8]) -> Option<()> {
        let mood = *self.mood.lock().unwrap();
        let mut all = Vec::new();
        let mut part = [0u8; 4096];
        let question = loop {
            let n = stream.read(&mut part).ok().filter(|n| *n > 0)?;
            all.extend_from_slice(&part[..n]);
            let Some(end) = all.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&all[..end]).to_lowercase();
            let length =
                head.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse::<usize>().ok())?;
            if all.len() >= end + 4 + length {
                break all[end + 4..].to_vec();
            }
        };
        let head = |n: usize| {
            format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {n}\r\nConnection: close\r\n\r\n"
            )
        };
        match mood {
            Mood::Cut => return None,
            Mood::Stalls => std::thread::sleep(Duration::from_secs(8)),
            Mood::Drips => {
                stream.write_all(head(4000).as_bytes()).ok()?;
                for byte in [0x30u8, 0x82, 0x0f].into_iter().cycle().take(40) {
                    stream.write_all(&[byte]).ok()?;
                    std::thread::sleep(Duration::from_millis(500));
                }
            }
            mood => {
                let reply = self.answer(mood, &question, raw);
                stream.write_all(head(reply.len()).as_bytes()).ok()?;
                stream.write_all(&reply).ok()?;
            }
        }
        Some(())
    }
}

/// Ends with the test.
pub struct Served {
    pub url: String,
    stop: Arc<AtomicBool>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.url.trim_start_matches("http://").trim_end_matches('/'));
    }
}

fn tlv(tag: u8, inner: &[u8]) -> Vec<u8> {
    let n = inner.len();
    let length = match n {
        0..0x80 => vec![n as u8],
        0x80..0x100 => vec![0x81, n as u8],
        _ => vec![0x82, (n >> 8) as u8, n as u8],
    };
    [&[tag][..], &length, inner].concat()
}

/// Identifiers of Streebog but for their last number (2: 256, 3: 512): TC 26's, and the national ones.
const TC26: [u8; 9] = [6, 8, 0x2a, 0x85, 3, 7, 1, 1, 2];
pub const KZ: [u8; 9] = [6, 8, 0x2a, 0x83, 0x0e, 3, 10, 1, 3];

fn swapped(bytes: &[u8], from: [u8; 9], to: [u8; 9]) -> Vec<u8> {
    let at = bytes.windows(9).position(|w| w == from).expect("Streebog is named");
    [&bytes[..at], &to, &bytes[at + 9..]].concat()
}

/// A reply that grants this token.
pub fn granted(token: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&[0x30, 3, 2, 1, 0], token].concat())
}

const TST_INFO: [u8; 13] = [6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1, 4];

/// The TSTInfo inside a reply.
fn content_of(reply: &[u8]) -> Vec<u8> {
    let at = reply.windows(13).position(|w| w == TST_INFO).unwrap() + 13;
    // [0] { OCTET STRING { … } }, each shorter than 256 bytes.
    let head = |at: usize| {
        if reply[at + 1] < 0x80 { (2, usize::from(reply[at + 1])) } else { (3, usize::from(reply[at + 2])) }
    };
    let inner = at + head(at).0;
    let (skip, length) = head(inner);
    reply[inner + skip..inner + skip + length].to_vec()
}

fn unsigned(reply: &[u8]) -> Vec<u8> {
    let inside = tlv(0x30, &[&TST_INFO[..], &tlv(0xa0, &tlv(4, &content_of(reply)))].concat());
    let signed = tlv(0x30, &[&[2, 1, 3, 0x31, 0], &inside[..], &[0x31, 0]].concat());
    let kind = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
    granted(&tlv(0x30, &[&kind[..], &tlv(0xa0, &signed)].concat()))
}

/// A letter by this key, registered; nothing of it waits to be proven when this returns.
pub async fn registered(world: &World, entry: &Entry) -> (Letter, Held) {
    let letter = Letter::of(world, &entry.certificate.owner(), Lang::Ru);
    let sealed = letter.sealed(signed(entry, &letter.statement.canonical().unwrap(), letter.at).unwrap());
    let (id, total) = (Digest::of(&sealed), sealed.len() as u64);
    let outcome = world.portal.put(id, 0, total, sealed).await.unwrap();
    assert!(matches!(outcome, Progress::Done(Outcome::Receipt(_))), "delivery waits for nothing");
    let held = world.app.db.held(letter.secret.lookup_id()).await.unwrap().unwrap();
    for _ in 0..400 {
        if !world.app.db.to_prove(Moment(i64::MAX), 100).await.unwrap().contains(&held.lookup) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    (letter, held)
}

/// What its signed history tells, by code.
pub async fn told(world: &World, letter: &Letter) -> Vec<String> {
    let (lookup, access) = (letter.secret.lookup_id(), Access::Visitor(letter.secret.access_key()));
    let history = world.portal.events(lookup, access, None, 0).await.unwrap().unwrap();
    let history = verify_history(&history.bytes, &world.held.keyset()).unwrap();
    history.events.iter().map(|e| e.kind.code().to_owned()).collect()
}
