//! What lies between the reader and the firmware: APDUs in and out, power, and the faults that the
//! tests ask for.

use std::time::Duration;

use iso7816::command::Command;

use crate::platform::{App, Firmware};

/// Room for a certificate in PUT DATA, chained.
type Buffer = heapless::Vec<u8, 4096>;
const AID: [u8; 11] = [0xA0, 0, 0, 3, 8, 0, 0, 0x10, 0, 1, 0];
const OPENPGP: &[u8] = &[0xD2, 0x76, 0, 1, 0x24, 1];
const NOT_FOUND: [u8; 2] = [0x6A, 0x82];

/// Faults to play.
#[derive(Default)]
pub struct Faults {
    /// Pulled when an instruction of this kind arrives for the n-th time: it is never answered.
    pub pull_at: Option<(u8, u32)>,
    /// Answers to this kind of instruction come that much later.
    pub delay: Option<(u8, Duration)>,
    /// There, but with no answer to reset that a reader could take (it is longer than any may be), as
    /// of a card that lies the wrong way round.
    pub mute: bool,
}

/// The transport's memory; ends with a reset.
#[derive(Default)]
pub struct Transport {
    chained: Vec<u8>,
    waiting: Vec<u8>,
}

impl Transport {
    /// The answer to one short APDU from the reader.
    pub fn execute(&mut self, firmware: &mut Firmware, apdu: &[u8]) -> Vec<u8> {
        let Some((header, rest)) = apdu.split_first_chunk::<4>() else { return vec![0x67, 0x00] };
        if header[1] == 0xC0 {
            let waiting = std::mem::take(&mut self.waiting);
            return self.page(waiting, [0x90, 0x00]);
        }
        let data = match rest {
            [lc, data @ ..] if data.len() >= usize::from(*lc) && !data.is_empty() => {
                &data[..usize::from(*lc)]
            }
            _ => &[],
        };
        self.chained.extend_from_slice(data);
        if header[0] & 0x10 != 0 {
            return vec![0x90, 0x00];
        }
        let data = std::mem::take(&mut self.chained);
        let (body, status) = whole(firmware, *header, &data);
        self.page(body, status)
    }

    /// 256 bytes at a time; the reader fetches the rest.
    fn page(&mut self, mut body: Vec<u8>, mut status: [u8; 2]) -> Vec<u8> {
        if body.len() > 256 {
            self.waiting = body.split_off(256);
            status = [0x61, u8::try_from(self.waiting.len()).unwrap_or(0)];
        }
        body.extend(status);
        body
    }
}

impl Firmware<'_> {
    /// SELECT by name: the other application forgets what was verified.
    fn choose(&mut self, name: &[u8]) -> bool {
        let app = match name {
            _ if name.len() >= 5 && AID.starts_with(name) && self.piv.is_some() => App::Piv,
            _ if name.starts_with(OPENPGP) && self.openpgp.is_some() => App::OpenPgp,
            _ => return false,
        };
        if self.chosen.replace(app) != Some(app) {
            self.piv.iter_mut().for_each(|piv| piv.deselect());
            self.openpgp.iter_mut().for_each(|openpgp| openpgp.reset());
        }
        true
    }
}

/// One whole command, as an extended APDU, straight to the application that is chosen.
pub fn whole(firmware: &mut Firmware, header: [u8; 4], data: &[u8]) -> (Vec<u8>, [u8; 2]) {
    let selects = header[1] == 0xA4 && header[2] == 0x04;
    if selects && !firmware.choose(data) {
        return (vec![], NOT_FOUND);
    }
    // A name may be given shortened (ISO 7816-4 §11.2.2); the PIV firmware wants it whole.
    let data = if selects && firmware.chosen == Some(App::Piv) { &AID[..] } else { data };
    let mut apdu = header.to_vec();
    if !data.is_empty() {
        apdu.push(0);
        apdu.extend((data.len() as u16).to_be_bytes());
        apdu.extend(data);
    }
    let mut reply = Buffer::new();
    let Ok(command) = Command::<4096>::try_from(&apdu) else { return (vec![], [0x67, 0x00]) };
    let result = match (firmware.chosen, &mut firmware.piv, &mut firmware.openpgp) {
        (Some(App::Piv), Some(piv), _) => piv.respond(command.as_view(), &mut reply),
        (Some(App::OpenPgp), _, Some(openpgp)) => openpgp.handle(command.as_view(), &mut reply),
        _ => return (vec![], NOT_FOUND),
    };
    match result {
        Ok(()) => (reply.to_vec(), [0x90, 0x00]),
        Err(status) => (vec![], u16::from(status).to_be_bytes()),
    }
}
