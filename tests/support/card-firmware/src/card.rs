//! What lies between the reader and the firmware: APDUs in and out, power, and the faults that the
//! tests ask for.

use std::time::Duration;

use iso7816::command::Command;

use crate::platform::Firmware;

/// Room for a certificate in PUT DATA, chained.
type Buffer = heapless::Vec<u8, 4096>;
const AID: [u8; 11] = [0xA0, 0, 0, 3, 8, 0, 0, 0x10, 0, 1, 0];

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

/// One whole command, as an extended APDU, straight to the firmware.
pub fn whole(firmware: &mut Firmware, header: [u8; 4], data: &[u8]) -> (Vec<u8>, [u8; 2]) {
    // A name may be given shortened (ISO 7816-4 §11.2.2); this firmware wants it whole.
    let selects = header[1] == 0xA4 && data.len() >= 5 && AID.starts_with(data);
    let data = if selects { &AID[..] } else { data };
    let mut apdu = header.to_vec();
    if !data.is_empty() {
        apdu.push(0);
        apdu.extend((data.len() as u16).to_be_bytes());
        apdu.extend(data);
    }
    let mut reply = Buffer::new();
    let result = match Command::<4096>::try_from(&apdu) {
        Ok(command) => firmware.respond(command.as_view(), &mut reply),
        Err(_) => return (vec![], [0x67, 0x00]),
    };
    match result {
        Ok(()) => (reply.to_vec(), [0x90, 0x00]),
        Err(status) => (vec![], u16::from(status).to_be_bytes()),
    }
}
