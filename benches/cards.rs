//! What the card service adds to the card's own time: a real pcscd, a virtual reader, firmware of another make.
//! The same signature twice: by the service, and by the shortest PC/SC program that can make it.

// The tests' own bench: not every hand of it is needed here.
#[allow(dead_code)]
#[path = "../tests/support/cards/firmware.rs"]
mod firmware;
#[allow(dead_code)]
#[path = "../tests/support/cards/pcscd.rs"]
mod pcscd;

use std::ffi::CString;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pcsc::{Context, Disposition, Protocols, Scope, ShareMode};
use tereze::card::pcsc::Pcsc;
use tereze::card::service::{self, Cards, Options, ToSign};
use tereze::card::{CardInfo, CardStatus};
use tereze::clock::Clock;
use tereze::private::Secret;

use crate::table::{Row, median};
use firmware::{Apps, Card, Kind};
use pcscd::Pcscd;

/// The argument that says: this is the process with the reader.
pub const INSIDE: &str = "cards-inside";
const ROUNDS: usize = 60;
const PIN: &[u8] = b"123456";

/// Runs this program again where the virtual reader's port is nobody else's: libpcsclite reads the
/// name of its socket once, and from the environment.
pub fn rows(_tereze: &Path, scratch: &Path) -> Result<Vec<Row>, String> {
    let folder = scratch.join("cards");
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    pcscd::present();
    firmware::build();
    let out = pcscd::private()
        .arg(std::env::current_exe().map_err(|e| e.to_string())?)
        .arg(INSIDE)
        .arg(&folder)
        .env("PCSCLITE_CSOCK_NAME", folder.join("pcscd.comm"))
        .stdin(Stdio::null())
        .output()
        .map_err(|e| e.to_string())?;
    let complained = String::from_utf8_lossy(&out.stderr);
    if !out.status.success() {
        return Err(format!("{}, {}", out.status, complained.trim()));
    }
    let said = String::from_utf8_lossy(&out.stdout);
    let figures: Vec<[f64; 2]> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let [ec, rsa] = figures[..] else { return Err(format!("no figures: {said}")) };
    let how = format!(
        "median of {ROUNDS} signatures by the card service, less the median of the shortest PC/SC program \
         (connect, SELECT, VERIFY, GENERAL AUTHENTICATE), whose own time stands under others"
    );
    let row = |name: &str, [whole, raw]: [f64; 2]| {
        let row = Row::new(format!("card signature, {name}: what we add"), whole - raw, "ms");
        row.bar(10.0).peer("raw", raw).how(how.clone())
    };
    Ok(vec![row("P-256", ec), row("RSA-2048", rsa)])
}

/// Prints `[service, raw]` in milliseconds, for P-256 and for RSA.
pub fn inside(folder: &Path) -> Result<(), String> {
    let pcscd = Pcscd::start(folder);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| e.to_string())?;
    for kind in [Kind::Ec, Kind::Rsa] {
        let figures = runtime.block_on(measure(folder, &pcscd, kind))?;
        println!("{figures:?}");
    }
    Ok(())
}

async fn measure(folder: &Path, pcscd: &Pcscd, kind: Kind) -> Result<[f64; 2], String> {
    let mut card = Card::new(pcscd.port, Apps::Piv);
    card.personalise(folder, kind);
    card.insert();
    let options = Options { fresh_only: false, ..Options::default() };
    let cards = service::start(Arc::new(Pcsc::default()), Clock::system(), options);
    let mut status = cards.status.clone();
    let ready = status.wait_for(|s| matches!(s, CardStatus::Ready(_))).await.map_err(|e| e.to_string())?;
    let CardStatus::Ready(info) = ready.clone() else { return Err("not ready".into()) };
    drop(ready);
    let (mut whole, mut raw) = (vec![], vec![]);
    for _ in 0..ROUNDS {
        whole.push(by_service(&cards, &info).await?);
        // The service counts the tries after a signature; nobody signs that soon again.
        tokio::time::sleep(Duration::from_millis(100)).await;
        raw.push(by_hand(kind).map_err(|e| e.to_string())?);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok([median(&mut whole), median(&mut raw)])
}

async fn by_service(cards: &Cards, info: &CardInfo) -> Result<f64, String> {
    let what = ToSign(vec![7; 300]);
    let begun = Instant::now();
    let signed = cards.sign(info.clone(), Secret::from_vec(PIN.into()), what, false).await;
    let took = begun.elapsed();
    signed.map_err(|e| e.to_string())?;
    Ok(took.as_secs_f64() * 1_000.0)
}

/// The least that any program does for a signature.
fn by_hand(kind: Kind) -> Result<f64, pcsc::Error> {
    let reader = CString::new(pcscd::READER).unwrap_or_default();
    let begun = Instant::now();
    let context = Context::establish(Scope::User)?;
    let mut card = context.connect(&reader, ShareMode::Shared, Protocols::ANY)?;
    let transaction = card.transaction()?;
    let send = |apdu: &[u8]| {
        let mut answer = [0; 300];
        let answer = transaction.transmit(apdu, &mut answer)?;
        match answer {
            [.., 0x90, 0x00] | [.., 0x61, _] => Ok(answer.len()),
            _ => Err(pcsc::Error::CardUnsupported),
        }
    };
    send(&[0, 0xA4, 4, 0, 9, 0xA0, 0, 0, 3, 8, 0, 0, 0x10, 0, 0])?;
    send(&[&[0, 0x20, 0, 0x80, 8], PIN, &[0xFF, 0xFF]].concat())?;
    match kind {
        Kind::Ec => {
            let template = [&[0x7C, 36, 0x82, 0, 0x81, 32][..], &[7; 32]].concat();
            send(&[&[0, 0x87, 0x11, 0x9C, 38][..], &template, &[0]].concat())?;
        }
        Kind::Rsa => {
            let block = [&[0x00, 0x01][..], &[0xFF; 202], &[0x00], &[7; 51]].concat();
            let template = [&[0x7C, 0x82, 1, 6, 0x82, 0, 0x81, 0x82, 1, 0][..], &block].concat();
            let (first, last) = template.split_at(255);
            send(&[&[0x10, 0x87, 0x07, 0x9C, 255][..], first].concat())?;
            send(&[&[0, 0x87, 0x07, 0x9C, last.len() as u8][..], last, &[0]].concat())?;
            send(&[0, 0xC0, 0, 0, 0])?;
        }
    }
    let took = begun.elapsed();
    transaction.end(Disposition::ResetCard).map_err(|(_, e)| e)?;
    Ok(took.as_secs_f64() * 1_000.0)
}
