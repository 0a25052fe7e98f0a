//! A PIN typed on the reader's own keys (PC/SC part 10, version 2.02.09): what a reader can, what it is told, and what it
//! answers. The PIN goes from its keys to the card, and never through this program.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use super::CardError;
use super::apdu::{Channel, Command};
use crate::i18n::Lang;

/// Seconds that the reader waits for a PIN to be begun, and to be gone on with.
pub const SECONDS: u8 = 60;

/// FEATURE_VERIFY_PIN_DIRECT and FEATURE_MODIFY_PIN_DIRECT (§2.3).
const VERIFY: u8 = 0x06;
const MODIFY: u8 = 0x07;
/// bmFormatString: counted in bytes, from the data's beginning, at the left, ASCII (§2.5.2).
const FORMAT: u8 = 0x82;
/// bEntryValidationCondition: the green key.
const CONFIRMED: u8 = 0x02;
/// bConfirmPIN: the PIN until now is asked for, and the new one twice (§2.6.2).
const OLD_AND_TWICE: u8 = 0x03;
/// bNumberMessage: as many as the reader itself has for it.
const MESSAGES: u8 = 0xFF;

/// What a control code is sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Which features are there (CM_IOCTL_GET_FEATURE_REQUEST).
    Features,
    /// One of them, by the code that the reader gave.
    Feature(u32),
}

/// What a card's PIN can be typed for on this reader's own keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pad {
    pub verify: bool,
    pub modify: bool,
    /// The code that unblocks, with a new PIN.
    pub unblock: bool,
}

/// For what a new PIN is set on the reader's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modify {
    /// For the PIN until now: CHANGE REFERENCE DATA.
    Pin,
    /// For the code that unblocks: RESET RETRY COUNTER.
    Puk,
}

/// The reader's codes for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    verify: Option<u32>,
    modify: Option<u32>,
}

impl Features {
    /// None for a reader without keys. An error only where card or reader are gone.
    pub fn of(card: &mut Channel) -> Result<Self, CardError> {
        match card.control(Control::Features, &[]) {
            Ok(said) => Ok(Self::parse(&said)),
            Err(CardError::Unsupported | CardError::PadRefused | CardError::Malformed) => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// Tag, length 4, code with its highest byte first (§2.2). What is cut short or of another length is left out.
    fn parse(mut said: &[u8]) -> Self {
        let mut found = Self::default();
        while let [tag, length, rest @ ..] = said {
            let Some((value, after)) = rest.split_at_checked(usize::from(*length)) else { break };
            if let Ok(code) = value.try_into().map(u32::from_be_bytes) {
                match *tag {
                    VERIFY => found.verify = Some(code),
                    MODIFY => found.modify = Some(code),
                    _ => {}
                }
            }
            said = after;
        }
        found
    }

    pub fn pad(&self) -> Pad {
        let modify = self.modify.is_some();
        Pad { verify: self.verify.is_some(), modify, unblock: modify }
    }

    /// The status word of a command that the reader completes with the PIN.
    pub fn verify(&self, card: &mut Channel, what: &Entry, asking: &Asking) -> Result<u16, CardError> {
        ask(card, self.verify, &what.verify_structure(asking.lang()), asking)
    }

    /// The same with what entitles to a new PIN, and the new one.
    pub fn modify(
        &self,
        card: &mut Channel,
        what: &Entry,
        why: Modify,
        asking: &Asking,
    ) -> Result<u16, CardError> {
        ask(card, self.modify, &what.modify_structure(why, asking.lang()), asking)
    }
}

fn ask(card: &mut Channel, code: Option<u32>, told: &[u8], asking: &Asking) -> Result<u16, CardError> {
    let code = code.ok_or(CardError::PadRefused)?;
    asking.begins();
    let answer = card.control(Control::Feature(code), told);
    asking.ends();
    let answer = answer?;
    let [.., high, low] = answer[..] else { return Err(CardError::PadRefused) };
    match u16::from_be_bytes([high, low]) {
        // §2.5.4 and §2.6.4: the reader's own words, before the card was asked anything.
        0x6400 => Err(CardError::PinTimeout),
        0x6401 => Err(CardError::PinCancelled),
        0x6402 => Err(CardError::NewPinsDiffer),
        0x6403 => Err(CardError::PinFormat),
        0x6B80 => Err(CardError::PadRefused),
        status => Ok(status),
    }
}

/// Which command a PIN goes into, and in which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// P2 of VERIFY and CHANGE REFERENCE DATA.
    pub reference: u8,
    pub least: u8,
    pub most: u8,
    /// Bytes of the PIN block, padded with FF; `None` where the PIN is as long as it is.
    pub block: Option<u8>,
}

impl Entry {
    /// PIN_VERIFY_STRUCTURE (§2.5.2).
    fn verify_structure(&self, lang: Lang) -> Vec<u8> {
        let mut told = vec![SECONDS, SECONDS, FORMAT, self.block.unwrap_or(0), 0];
        told.extend([self.most, self.least, CONFIRMED, MESSAGES]);
        told.extend(language(lang).to_le_bytes());
        told.extend([0; 1 + 3]);
        self.append(&mut told, 0x20, 1);
        told
    }

    /// PIN_MODIFY_STRUCTURE (§2.6.2). There is one pair of lengths in it, for a PUK and the new PIN alike.
    fn modify_structure(&self, why: Modify, lang: Lang) -> Vec<u8> {
        let block = self.block.unwrap_or(0);
        let mut told = vec![SECONDS, SECONDS, FORMAT, block, 0];
        told.extend([0, block, self.most, self.least, OLD_AND_TWICE, CONFIRMED, MESSAGES]);
        told.extend(language(lang).to_le_bytes());
        told.extend([0, 1, 2]);
        told.extend([0; 3]);
        let ins = match why {
            Modify::Pin => 0x24,
            Modify::Puk => 0x2C,
        };
        self.append(&mut told, ins, 2);
        told
    }

    /// The command with room for so many PINs, after its length.
    fn append(&self, told: &mut Vec<u8>, ins: u8, pins: u8) {
        let room = self.block.unwrap_or(0) * pins;
        let command = Command { cla: 0, ins, p1: 0, p2: self.reference, data: &[], le: None };
        told.extend((u32::from(room) + 5).to_le_bytes());
        told.extend([command.cla, command.ins, command.p1, command.p2, room]);
        told.extend(std::iter::repeat_n(0xFF, room.into()));
    }
}

/// The language of what a reader may show on a display of its own (wLangId).
fn language(lang: Lang) -> u16 {
    match lang {
        Lang::Kk => 0x043F,
        Lang::Ru => 0x0419,
        Lang::En => 0x0409,
    }
}

/// How far a PIN on the reader is, for who waits before the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The card is being looked at; the reader does not ask yet.
    Before,
    /// The reader asks, for so many seconds more.
    Asks { left: u64 },
    /// The PIN is with the card.
    After,
}

/// A PIN that is to be typed on the reader: the end of whoever works with the card. Cheap to clone.
#[derive(Clone)]
pub struct Asking(Arc<Shared>);

struct Shared {
    lang: Lang,
    /// Nobody wants it any more.
    given_up: Arc<AtomicBool>,
    steps: watch::Sender<Step>,
}

/// Gives the asking up when it is dropped: nothing is signed then, even if the PIN is typed after all.
#[must_use = "the asking is given up when this is dropped"]
pub struct Hold(Arc<AtomicBool>);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The three ends of a PIN that is to be typed on the reader. `lang`: of what the reader may show itself.
pub fn asking(lang: Lang) -> (Asking, watch::Receiver<Step>, Hold) {
    let given_up = Arc::new(AtomicBool::new(false));
    let (steps, seen) = watch::channel(Step::Before);
    (Asking(Arc::new(Shared { lang, given_up: given_up.clone(), steps })), seen, Hold(given_up))
}

impl Asking {
    pub fn lang(&self) -> Lang {
        self.0.lang
    }

    pub(super) fn begins(&self) {
        self.0.steps.send_replace(Step::Asks { left: SECONDS.into() });
    }

    pub(super) fn ends(&self) {
        self.0.steps.send_replace(Step::After);
    }

    pub(super) fn asks(&self) -> bool {
        matches!(*self.0.steps.borrow(), Step::Asks { .. })
    }

    /// Seconds that are left, while it asks.
    pub(super) fn counts(&self, left: u64) {
        self.0.steps.send_if_modified(|step| {
            let counted = Step::Asks { left };
            let changed = matches!(step, Step::Asks { .. }) && *step != counted;
            if changed {
                *step = counted;
            }
            changed
        });
    }

    pub(super) fn given_up(&self) -> &Arc<AtomicBool> {
        &self.0.given_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_read_and_nonsense_is_left_out() {
        let said = [0x06, 4, 0x42, 0, 0x0D, 0x48, 0x12, 4, 0x42, 0, 0x0D, 0x54, 0x07, 4, 0x42, 0, 0x0D, 0x49];
        let found = Features::parse(&said);
        assert_eq!((found.verify, found.modify), (Some(0x4200_0D48), Some(0x4200_0D49)));
        for cut in 0..said.len() {
            let cut = Features::parse(&said[..cut]);
            assert!(cut.verify.is_none_or(|code| code == 0x4200_0D48) && cut.modify.is_none());
        }
        assert_eq!(Features::parse(&[0x06, 2, 1, 2, 0x06, 0, 0x06]), Features::default());
    }

    #[test]
    fn the_structures_are_byte_for_byte_part_10s() {
        let piv = Entry { reference: 0x80, least: 6, most: 8, block: Some(8) };
        let told = hex::encode(piv.verify_structure(Lang::Ru));
        assert_eq!(
            told,
            "3c3c8208000806".to_owned() + "02ff1904" + "00000000" + "0d000000" + "0020008008ffffffffffffffff"
        );
        let openpgp = Entry { reference: 0x81, least: 6, most: 32, block: None };
        let told = hex::encode(openpgp.verify_structure(Lang::En));
        assert_eq!(told, "3c3c8200002006".to_owned() + "02ff0904" + "00000000" + "05000000" + "0020008100");
        let told = hex::encode(piv.modify_structure(Modify::Pin, Lang::Kk));
        let data = "0024008010".to_owned() + &"ff".repeat(16);
        assert_eq!(
            told,
            "3c3c820800".to_owned()
                + "0008"
                + "0806"
                + "0302ff"
                + "3f04"
                + "000102"
                + "000000"
                + "15000000"
                + &data
        );
        let puk = hex::encode(piv.modify_structure(Modify::Puk, Lang::Kk));
        assert_eq!(puk, told.replace("0024008010", "002c008010"));
    }

    #[test]
    fn a_count_after_the_end_is_not_told() {
        let (asking, seen, hold) = asking(Lang::Kk);
        asking.begins();
        asking.counts(12);
        assert_eq!(*seen.borrow(), Step::Asks { left: 12 });
        asking.ends();
        asking.counts(11);
        assert_eq!(*seen.borrow(), Step::After);
        assert!(!asking.given_up().load(Ordering::Relaxed));
        drop(hold);
        assert!(asking.given_up().load(Ordering::Relaxed));
    }
}
