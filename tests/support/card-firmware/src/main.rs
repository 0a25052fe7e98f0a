//! A card in a virtual reader, with the PIV application, OpenPGP's (`--openpgp`) or both (`--both`), driven by lines on
//! standard input; each is answered by one line that begins with `ok` or `no`:
//!
//! - `key rsa|ec 9a|9c`: a key made on the card; answers its public half
//! - `openpgp-key rsa|ec sign|log-in`: the same in the OpenPGP application
//! - `openpgp-certificate 1|2|3 HEX`: a certificate put at that place of 7F21 (3 is the signing key's)
//! - `openpgp-code TEXT`: its resetting code
//! - `certificate 9a|9c plain|gzip HEX`: a certificate put on the card
//! - `pin OLD NEW`: another PIN
//! - `insert`, `remove`: into and out of the reader at `--port`
//! - `pull-at INS NTH`, `delay INS MILLISECONDS`, `mute`, `sound`: faults, and none again
//! - `gone`: answered when the card is out of the reader, by a pull or because the reader went
//!
//! It ends with its standard input.

mod card;
mod openpgp;
mod personal;
mod platform;

use std::io::BufRead as _;
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use card::{Faults, Transport};
use personal::Kind;
use platform::{Apps, Firmware, Memory};

type Answer = Result<String, String>;

/// What the card's own thread does, one after the other; each ends with an answer.
enum Work {
    Key(Kind, u8),
    Certificate {
        slot: u8,
        der: Vec<u8>,
        packed: bool,
    },
    Pin(String, String),
    OpenPgpKey {
        kind: Kind,
        signs: bool,
    },
    OpenPgpCertificate {
        place: u8,
        der: Vec<u8>,
    },
    OpenPgpCode(String),
    /// Sits in the reader until the connection ends.
    Serve(TcpStream),
}

fn main() {
    let port = std::env::args().skip_while(|a| a != "--port").nth(1).and_then(|p| p.parse().ok());
    let said = |word: &str| std::env::args().any(|a| a == word);
    let apps = Apps { piv: !said("--openpgp"), openpgp: said("--openpgp") || said("--both") };
    let Some(port) = port else {
        eprintln!("card-firmware --port PORT [--openpgp | --both]");
        std::process::exit(2);
    };
    let (work, orders) = channel();
    let (answers, answer) = channel();
    let faults = Arc::new(Mutex::new(Faults::default()));
    let played = faults.clone();
    std::thread::spawn(move || card_thread(apps, orders, answers, &played));
    let mut bench = Bench { port, work, answer, faults, reader: None };
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match bench.order(&words) {
            Ok(answer) => println!("ok {answer}"),
            Err(error) => println!("no {error}"),
        }
    }
}

/// The card: its memory belongs to this thread.
fn card_thread(apps: Apps, orders: Receiver<Work>, answers: Sender<Answer>, faults: &Mutex<Faults>) {
    let mut memory = Memory::new(apps);
    for work in orders {
        let answer = match work {
            Work::Key(kind, slot) => memory.powered(|firmware| personal::make_key(firmware, kind, slot)),
            Work::Certificate { slot, der, packed } => {
                let put = |firmware: &mut Firmware| personal::put_certificate(firmware, slot, &der, packed);
                memory.powered(put).map(|()| String::new())
            }
            Work::Pin(old, new) => {
                memory.powered(|firmware| personal::change_pin(firmware, &old, &new)).map(|()| String::new())
            }
            Work::OpenPgpKey { kind, signs } => {
                memory.powered(|firmware| openpgp::make_key(firmware, kind, signs))
            }
            Work::OpenPgpCertificate { place, der } => memory
                .powered(|firmware| openpgp::put_certificate(firmware, place, &der))
                .map(|()| String::new()),
            Work::OpenPgpCode(code) => {
                memory.powered(|firmware| openpgp::set_code(firmware, &code)).map(|()| String::new())
            }
            Work::Serve(stream) => {
                serve(stream, &mut memory, faults);
                Ok(String::new())
            }
        };
        if answers.send(answer).is_err() {
            return;
        }
    }
}

struct Bench {
    port: u16,
    work: Sender<Work>,
    answer: Receiver<Answer>,
    faults: Arc<Mutex<Faults>>,
    reader: Option<TcpStream>,
}

impl Bench {
    fn order(&mut self, words: &[&str]) -> Answer {
        match words {
            ["key", kind, slot] => {
                let kind = if *kind == "rsa" { Kind::Rsa } else { Kind::Ec };
                let slot = byte(slot)?;
                self.outside(Work::Key(kind, slot))
            }
            ["certificate", slot, form, der] => {
                let (slot, der) = (byte(slot)?, bytes(der)?);
                self.outside(Work::Certificate { slot, der, packed: *form == "gzip" })
            }
            ["pin", old, new] => self.outside(Work::Pin((*old).into(), (*new).into())),
            ["openpgp-key", kind, place] => {
                let kind = if *kind == "rsa" { Kind::Rsa } else { Kind::Ec };
                self.outside(Work::OpenPgpKey { kind, signs: *place == "sign" })
            }
            ["openpgp-certificate", place, der] => {
                let place =
                    place.parse().ok().filter(|place| (1..=3).contains(place)).ok_or("no such place")?;
                self.outside(Work::OpenPgpCertificate { place, der: bytes(der)? })
            }
            ["openpgp-code", code] => self.outside(Work::OpenPgpCode((*code).into())),
            ["insert"] => self.insert(),
            ["remove"] => self.remove(),
            ["pull-at", ins, nth] => {
                let nth = nth.parse().map_err(|_| "not a number")?;
                self.fault(|f, ins| f.pull_at = Some((ins, nth)), ins)
            }
            ["gone"] => {
                self.reader.take().ok_or("not in the reader")?;
                self.answer.recv().map_err(|_| "the firmware fell over")?
            }
            ["delay", ins, ms] => {
                let ms = ms.parse().map_err(|_| "not a number")?;
                self.fault(|f, ins| f.delay = Some((ins, Duration::from_millis(ms))), ins)
            }
            ["mute"] => self.fault(|f, _| f.mute = true, "0"),
            ["sound"] => self.fault(|f, _| *f = Faults::default(), "0"),
            _ => Err("what?".into()),
        }
    }

    fn fault(&self, change: impl FnOnce(&mut Faults, u8), ins: &str) -> Answer {
        change(&mut self.faults.lock().unwrap(), byte(ins)?);
        Ok(String::new())
    }

    /// Work on a card that is in no reader.
    fn outside(&mut self, work: Work) -> Answer {
        if self.reader.is_some() {
            return Err("the card is in the reader".into());
        }
        self.work.send(work).map_err(|e| e.to_string())?;
        self.answer.recv().map_err(|_| "the firmware fell over")?
    }

    fn insert(&mut self) -> Answer {
        self.remove()?;
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).map_err(|e| e.to_string())?;
        stream.set_nodelay(true).map_err(|e| e.to_string())?;
        self.reader = Some(stream.try_clone().map_err(|e| e.to_string())?);
        self.work.send(Work::Serve(stream)).map_err(|e| e.to_string())?;
        Ok(String::new())
    }

    fn remove(&mut self) -> Answer {
        let Some(stream) = self.reader.take() else { return Ok(String::new()) };
        // A card that was pulled at an instruction is out already.
        let _ = stream.shutdown(Shutdown::Both);
        self.answer.recv().map_err(|_| "the firmware fell over")?
    }
}

/// Until the card is out of the reader.
fn serve(stream: TcpStream, memory: &mut Memory, faults: &Mutex<Faults>) {
    let quick = stream.try_clone().expect("a socket can be cloned");
    let mut reader = vpicc::Connection::from(stream);
    let mut inside = true;
    while inside {
        inside = memory.powered(|firmware| {
            let transport = Transport::default();
            let mut card = Card { firmware, transport, faults, stream: &quick, reset: false };
            while !card.reset {
                // The reader sends length and APDU apart: a delayed ACK would cost 40 ms each.
                let _ = rustix::net::sockopt::set_tcp_quickack(&quick, true);
                if reader.poll(&mut card).is_err() {
                    return false;
                }
            }
            true
        });
    }
}

struct Card<'a, 'f> {
    firmware: &'a mut Firmware<'f>,
    transport: Transport,
    faults: &'a Mutex<Faults>,
    stream: &'a TcpStream,
    reset: bool,
}

impl vpicc::VSmartCard for Card<'_, '_> {
    fn atr(&self) -> &[u8] {
        if self.faults.lock().unwrap().mute { &[0xFF; 40] } else { vpicc::DEFAULT_ATR }
    }

    fn power_off(&mut self) {
        self.reset = true;
    }

    fn reset(&mut self) {
        self.reset = true;
    }

    fn execute(&mut self, apdu: &[u8]) -> Vec<u8> {
        let mut faults = self.faults.lock().unwrap();
        let instruction = apdu.get(1).copied();
        if let Some((ins, nth)) = &mut faults.pull_at
            && Some(*ins) == instruction
        {
            *nth -= 1;
            if *nth == 0 {
                faults.pull_at = None;
                let _ = self.stream.shutdown(Shutdown::Both);
                return vec![];
            }
        }
        let delay = faults.delay;
        drop(faults);
        if let Some((ins, time)) = delay
            && Some(ins) == instruction
        {
            std::thread::sleep(time);
        }
        self.transport.execute(self.firmware, apdu)
    }
}

fn byte(text: &str) -> Result<u8, String> {
    u8::from_str_radix(text, 16).map_err(|_| format!("{text} is no byte"))
}

fn bytes(text: &str) -> Result<Vec<u8>, String> {
    (0..text.len() / 2).map(|i| byte(text.get(2 * i..2 * i + 2).unwrap_or_default())).collect()
}
