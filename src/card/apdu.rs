//! Commands and responses of ISO/IEC 7816-4: short APDUs, command chaining (CLA bit 5), GET RESPONSE
//! (61xx) and the corrected Le (6Cxx), with caps on what a card may answer.

use std::sync::atomic::{AtomicBool, Ordering};

use zeroize::Zeroizing;

use super::pinpad::Control;
use super::{CardError, Transaction};

/// More than any PIV object (SP 800-73-4 part 1, table 7: a certificate is up to 1,905 bytes there,
/// national ones up to 3 KB).
pub const MAX_RESPONSE: usize = 16 * 1024;
/// Parts that one answer may come in: twice what [`MAX_RESPONSE`] needs at 256 bytes a part. Some readers
/// hand on fewer at a time; a card that gives a byte at a time would hold the visitor up for minutes.
pub const MAX_PARTS: usize = 128;
/// Longest answer to one short APDU: 256 bytes and the status word.
pub const MAX_SHORT: usize = 258;
const MAX_CHUNK: usize = 255;
const CHAINED: u8 = 0x10;

pub const OK: u16 = 0x9000;

/// One command; `le` is the expected length, 0 for "up to 256", `None` where no data is awaited.
pub struct Command<'a> {
    pub cla: u8,
    pub ins: u8,
    pub p1: u8,
    pub p2: u8,
    pub data: &'a [u8],
    pub le: Option<u8>,
}

pub struct Response {
    pub data: Zeroizing<Vec<u8>>,
    pub status: u16,
}

/// Sends whole commands over a transaction.
pub struct Channel<'t> {
    transaction: &'t mut dyn Transaction,
    abandoned: Option<&'t AtomicBool>,
}

impl<'t> Channel<'t> {
    /// `abandoned`: once true, no further APDU goes out and [`CardError::Slow`] comes back.
    pub fn new(transaction: &'t mut dyn Transaction, abandoned: Option<&'t AtomicBool>) -> Self {
        Self { transaction, abandoned }
    }

    /// The response to the whole command: chained where it is longer than 255 bytes, fetched where
    /// the card holds its answer back. A card's refusal is a [`Response`], not an error.
    pub fn send(&mut self, command: &Command) -> Result<Response, CardError> {
        let mut chunks = command.data.chunks(MAX_CHUNK).peekable();
        let last = loop {
            let chunk = chunks.next().unwrap_or_default();
            if chunks.peek().is_none() {
                break chunk;
            }
            let part = self.exchange(&encode(command, command.cla | CHAINED, chunk, None))?;
            if part.status != OK {
                return Ok(part);
            }
        };
        let mut response = self.exchange(&encode(command, command.cla, last, command.le))?;
        if let 0x6C00..=0x6CFF = response.status {
            let le = Some(response.status as u8);
            response = self.exchange(&encode(command, command.cla, last, le))?;
        }
        self.collect(command.cla, response)
    }

    /// GET RESPONSE (7816-4 §11.7.1) for as long as the card says that more is waiting.
    fn collect(&mut self, cla: u8, first: Response) -> Result<Response, CardError> {
        let Response { mut data, mut status } = first;
        let mut parts = 1;
        while let 0x6100..=0x61FF = status {
            parts += 1;
            if parts > MAX_PARTS {
                return Err(CardError::Malformed);
            }
            let get = Command { cla, ins: 0xC0, p1: 0, p2: 0, data: &[], le: Some(status as u8) };
            let mut more = self.exchange(&encode(&get, cla, &[], get.le))?;
            if let 0x6C00..=0x6CFF = more.status {
                more = self.exchange(&encode(&get, cla, &[], Some(more.status as u8)))?;
            }
            // A card that promises more and gives nothing would be asked for ever.
            let stuck = more.data.is_empty() && more.status & 0xFF00 == 0x6100;
            if stuck || data.len() + more.data.len() > MAX_RESPONSE {
                return Err(CardError::Malformed);
            }
            data.extend_from_slice(&more.data);
            status = more.status;
        }
        Ok(Response { data, status })
    }

    /// Not for the card: for the reader itself.
    pub fn control(&mut self, code: Control, data: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
        if self.abandoned.is_some_and(|a| a.load(Ordering::Relaxed)) {
            return Err(CardError::Slow);
        }
        self.transaction.control(code, data)
    }

    fn exchange(&mut self, apdu: &[u8]) -> Result<Response, CardError> {
        if self.abandoned.is_some_and(|a| a.load(Ordering::Relaxed)) {
            return Err(CardError::Slow);
        }
        let mut data = self.transaction.transmit(apdu)?;
        let status = match data[..] {
            // A card pulled within an APDU: PC/SC reports success with nothing in it.
            [] => return Err(CardError::Pulled),
            [.., high, low] if data.len() <= MAX_SHORT => u16::from_be_bytes([high, low]),
            _ => return Err(CardError::Malformed),
        };
        let length = data.len() - 2;
        data.truncate(length);
        Ok(Response { data, status })
    }
}

/// The bytes of one short APDU; sized beforehand, so that no copy of a PIN stays behind.
fn encode(command: &Command, cla: u8, data: &[u8], le: Option<u8>) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(6 + data.len()));
    out.extend_from_slice(&[cla, command.ins, command.p1, command.p2]);
    if !data.is_empty() {
        out.push(data.len() as u8);
        out.extend_from_slice(data);
    }
    out.extend(le);
    out
}

#[cfg(test)]
mod tests {
    use super::super::scripted::Script;
    use super::*;

    fn get(data: &[u8]) -> Command<'_> {
        Command { cla: 0, ins: 0xCB, p1: 0x3F, p2: 0xFF, data, le: Some(0) }
    }

    fn sent(script: &mut Script, command: &Command) -> Result<(Vec<u8>, u16), CardError> {
        let response = Channel::new(script, None).send(command)?;
        Ok((response.data.to_vec(), response.status))
    }

    #[test]
    fn a_long_command_is_chained_and_a_long_answer_fetched() {
        let data = [7u8; 300];
        let mut first = vec![0x10, 0xCB, 0x3F, 0xFF, 255];
        first.extend([7; 255]);
        let mut last = vec![0x00, 0xCB, 0x3F, 0xFF, 45];
        last.extend([7; 45]);
        last.push(0);
        let mut script = Script::new([
            (first, Ok(vec![0x90, 0])),
            (last, Ok(vec![1, 2, 0x61, 3])),
            (vec![0, 0xC0, 0, 0, 3], Ok(vec![0x6C, 2])),
            (vec![0, 0xC0, 0, 0, 2], Ok(vec![3, 4, 0x90, 0])),
        ]);
        assert_eq!(sent(&mut script, &get(&data)), Ok((vec![1, 2, 3, 4], OK)));
        script.finished();
    }

    #[test]
    fn a_wrong_length_is_asked_again_with_the_cards() {
        let mut script = Script::new([
            (vec![0, 0xCB, 0x3F, 0xFF, 1, 9, 0], Ok(vec![0x6C, 5])),
            (vec![0, 0xCB, 0x3F, 0xFF, 1, 9, 5], Ok(vec![1, 2, 3, 4, 5, 0x90, 0])),
        ]);
        assert_eq!(sent(&mut script, &get(&[9])), Ok((vec![1, 2, 3, 4, 5], OK)));
    }

    #[test]
    fn a_refused_part_of_a_chain_ends_it() {
        let mut script = Script::any([Ok(vec![0x68, 0x84])]);
        assert_eq!(sent(&mut script, &get(&[0; 600])), Ok((vec![], 0x6884)));
        script.finished();
    }

    #[test]
    fn answers_that_cannot_be_are_errors() {
        let long = [vec![0; 300], vec![0x90, 0]].concat();
        for (answer, error) in
            [(vec![], CardError::Pulled), (vec![0x90], CardError::Malformed), (long, CardError::Malformed)]
        {
            assert_eq!(sent(&mut Script::any([Ok(answer)]), &get(&[])), Err(error));
        }
    }

    #[test]
    fn a_card_cannot_answer_for_ever() {
        let mut endless = Script::any(vec![Ok([vec![0; 200], vec![0x61, 0]].concat()); 200]);
        assert_eq!(sent(&mut endless, &get(&[])), Err(CardError::Malformed));
        let mut drops = Script::any(vec![Ok(vec![7, 0x61, 1]); 1 + MAX_PARTS]);
        assert_eq!(sent(&mut drops, &get(&[])), Err(CardError::Malformed));
        assert_eq!(drops.left(), 1, "asked no more than {MAX_PARTS} times");
        let mut empty = Script::any(vec![Ok(vec![0x61, 0]); 200]);
        assert_eq!(sent(&mut empty, &get(&[])), Err(CardError::Malformed));
    }

    #[test]
    fn an_abandoned_channel_sends_nothing() {
        let abandoned = AtomicBool::new(true);
        let mut script = Script::any([]);
        let refused = Channel::new(&mut script, Some(&abandoned)).send(&get(&[])).err();
        assert_eq!(refused, Some(CardError::Slow));
    }
}
