//! A letter's life, signed by the portal's receipt key (COSE_Sign1): the whole of it for the screen,
//! and an extract small enough for a QR code, for paper.

use minicbor::decode::Error as CborError;
use minicbor::{Decoder, Encoder};
use time::Date;

use super::cose::{self, Kind as Said};
use super::keyset::{Keyset, SigningKey};
use super::receipt::{
    EPOCH_JULIAN, MAX_RECEIPT, TooLong, VerifyError, Written, date, encode, fixed, judge, verified,
};
use crate::clock::Moment;
use crate::domain::event::{Event, History, Kind, NamedBody, Official};
use crate::domain::{Digest, Names};

/// Bytes of a signed history.
pub const MAX_HISTORY: usize = 64 * 1024;
/// Events of one letter.
pub const MAX_EVENTS: usize = 100;
/// Events that an extract's QR carries; of a longer life the latest.
pub const MAX_EXTRACT_EVENTS: usize = 20;

/// The short form: what happened and when, without the names of officials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extract {
    pub number: String,
    pub made: Moment,
    /// SHA-256 of the letter's canonical statement.
    pub statement: Digest,
    /// The id of the body that holds the letter.
    pub body: String,
    /// The due date that holds now.
    pub due: Date,
    pub practice: bool,
    /// Codes of kinds and their times.
    pub events: Vec<(String, Moment)>,
}

impl Extract {
    pub fn of(history: &History) -> Self {
        let skip = history.events.len().saturating_sub(MAX_EXTRACT_EVENTS);
        let events = history.events.iter().skip(skip).map(|e| (e.kind.code().to_owned(), e.at)).collect();
        Self {
            number: history.number.clone(),
            made: history.made,
            statement: history.statement,
            body: history.holder().id.clone(),
            due: history.due_now(),
            practice: history.practice,
            events,
        }
    }
}

pub fn sign_history(history: &History, key: &SigningKey) -> Result<Vec<u8>, TooLong> {
    if history.events.len() > MAX_EVENTS {
        return Err(TooLong);
    }
    let bytes = cose::sign(encode(|e| write_history(history, e)), key);
    if bytes.len() > MAX_HISTORY { Err(TooLong) } else { Ok(bytes) }
}

/// The history, where a receipt key of `keyset` that was in force when it was made signed it.
pub fn verify_history(bytes: &[u8], keyset: &Keyset) -> Result<History, VerifyError> {
    let (payload, key) = verified(bytes, MAX_HISTORY, keyset, Said::History)?;
    let history = read_history(&payload)?;
    judge(key, keyset, history.made, history.practice)?;
    Ok(history)
}

pub fn sign_extract(extract: &Extract, key: &SigningKey) -> Result<Vec<u8>, TooLong> {
    let bytes = cose::sign(encode(|e| write_extract(extract, e)), key);
    if bytes.len() > MAX_RECEIPT { Err(TooLong) } else { Ok(bytes) }
}

/// As [`verify_history`]. Its QR text is a receipt's: `seal::receipt::proof_qr_text`.
pub fn verify_extract(bytes: &[u8], keyset: &Keyset) -> Result<Extract, VerifyError> {
    let (payload, key) = verified(bytes, MAX_RECEIPT, keyset, Said::Extract)?;
    let extract = read_extract(&payload)?;
    judge(key, keyset, extract.made, extract.practice)?;
    Ok(extract)
}

/// One event as it stands in a history: the portal keeps it in this form.
pub fn write_event(event: &Event) -> Vec<u8> {
    encode(|e| put_event(event, e))
}

pub fn read_event(bytes: &[u8]) -> Result<Event, VerifyError> {
    let mut d = Decoder::new(bytes);
    get_event(&mut d).map_err(|_| VerifyError::Unreadable)
}

type Pen = Encoder<Vec<u8>>;

fn days(date: Date) -> i32 {
    date.to_julian_day() - EPOCH_JULIAN
}

fn put_names(names: &Names, e: &mut Pen) -> Written {
    e.array(3)?.str(&names.kk)?.str(&names.ru)?.str(&names.en)?;
    Ok(())
}

fn get_names(d: &mut Decoder<'_>) -> Result<Names, CborError> {
    if d.array()? != Some(3) {
        return Err(CborError::message("three languages"));
    }
    Ok(Names { kk: d.str()?.to_owned(), ru: d.str()?.to_owned(), en: d.str()?.to_owned() })
}

fn put_event(event: &Event, e: &mut Pen) -> Written {
    let more = match &event.kind {
        Kind::Redirected { .. } => 3,
        Kind::Extended { .. } => 2,
        Kind::Other { .. } => 1,
        _ => 0,
    };
    e.map(4 + more)?.u8(0)?.str(event.kind.code())?;
    e.u8(1)?.i64(event.at.0)?;
    e.u8(2)?.str(&event.official.name)?;
    put_names(&event.official.post, e.u8(3)?)?;
    match &event.kind {
        Kind::Redirected { body, due } => {
            e.u8(4)?.str(&body.id)?;
            put_names(&body.name, e.u8(5)?)?;
            e.u8(6)?.i32(days(*due))?;
        }
        Kind::Extended { due, reason } => {
            e.u8(6)?.i32(days(*due))?;
            put_names(reason, e.u8(7)?)?;
        }
        Kind::Other { title, .. } => put_names(title, e.u8(8)?)?,
        _ => {}
    }
    Ok(())
}

fn get_event(d: &mut Decoder<'_>) -> Result<Event, CborError> {
    let (mut code, mut at, mut name, mut post) = (None, None, None, None);
    let (mut body, mut body_name, mut due, mut reason, mut title) = (None, None, None, None, None);
    cose::walk(d, &mut |key, d| {
        match key {
            0 => code = Some(d.str()?.to_owned()),
            1 => at = Some(Moment(d.i64()?)),
            2 => name = Some(d.str()?.to_owned()),
            3 => post = Some(get_names(d)?),
            4 => body = Some(d.str()?.to_owned()),
            5 => body_name = Some(get_names(d)?),
            6 => due = Some(date(d.i32()?)?),
            7 => reason = Some(get_names(d)?),
            8 => title = Some(get_names(d)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let missing = || CborError::message("a member is missing");
    let code = code.ok_or_else(missing)?;
    let kind = match code.as_str() {
        "registered" => Kind::Registered,
        "review" => Kind::Review,
        "assigned" => Kind::Assigned,
        "answered" => Kind::Answered,
        "redirected" => Kind::Redirected {
            body: NamedBody { id: body.ok_or_else(missing)?, name: body_name.ok_or_else(missing)? },
            due: due.ok_or_else(missing)?,
        },
        "extended" => Kind::Extended { due: due.ok_or_else(missing)?, reason: reason.ok_or_else(missing)? },
        _ => Kind::Other { title: title.ok_or_else(missing)?, code },
    };
    let official = Official { name: name.ok_or_else(missing)?, post: post.ok_or_else(missing)? };
    Ok(Event { at: at.ok_or_else(missing)?, official, kind })
}

fn write_history(h: &History, e: &mut Pen) -> Written {
    e.map(11)?.u8(0)?.u8(Said::History as u8)?;
    e.u8(1)?.str(&h.number)?;
    e.u8(2)?.i64(h.made.0)?;
    e.u8(4)?.bytes(&h.statement.0)?;
    e.u8(6)?.str(&h.body.id)?;
    put_names(&h.body.name, e.u8(7)?)?;
    e.u8(9)?.i32(days(h.due))?;
    e.u8(10)?.str(&h.rule)?;
    e.u8(11)?.bool(h.practice)?;
    e.u8(12)?.str(&h.language)?;
    e.u8(14)?.array(h.events.len() as u64)?;
    h.events.iter().try_for_each(|event| put_event(event, e))
}

/// Reads a list of at most `most` items.
fn list<'b, T>(
    d: &mut Decoder<'b>,
    most: usize,
    mut item: impl FnMut(&mut Decoder<'b>) -> Result<T, CborError>,
) -> Result<Vec<T>, CborError> {
    match d.array()? {
        Some(n) if n <= most as u64 => (0..n).map(|_| item(d)).collect(),
        _ => Err(CborError::message("a list of another length")),
    }
}

fn read_history(payload: &[u8]) -> Result<History, VerifyError> {
    let mut seen = 0u32;
    let empty = || Names { kk: String::new(), ru: String::new(), en: String::new() };
    let mut h = History {
        number: String::new(),
        made: Moment(0),
        statement: Digest([0; 32]),
        body: NamedBody { id: String::new(), name: empty() },
        due: Date::MIN,
        rule: String::new(),
        practice: false,
        language: String::new(),
        events: vec![],
    };
    cose::each(payload, |key, d| {
        match key {
            1 => h.number = d.str()?.to_owned(),
            2 => h.made = Moment(d.i64()?),
            4 => h.statement = Digest(fixed(d.bytes()?)?),
            6 => h.body.id = d.str()?.to_owned(),
            7 => h.body.name = get_names(d)?,
            9 => h.due = date(d.i32()?)?,
            10 => h.rule = d.str()?.to_owned(),
            11 => h.practice = d.bool()?,
            12 => h.language = d.str()?.to_owned(),
            14 => h.events = list(d, MAX_EVENTS, get_event)?,
            _ => return Ok(false),
        }
        seen |= 1 << key;
        Ok(true)
    })
    .map_err(|_| VerifyError::Unreadable)?;
    let all = [1, 2, 4, 6, 7, 9, 10, 11, 12, 14].iter().fold(0, |bits, key| bits | 1 << key);
    if seen == all { Ok(h) } else { Err(VerifyError::Unreadable) }
}

fn write_extract(x: &Extract, e: &mut Pen) -> Written {
    e.map(8)?.u8(0)?.u8(Said::Extract as u8)?;
    e.u8(1)?.str(&x.number)?;
    e.u8(2)?.i64(x.made.0)?;
    e.u8(4)?.bytes(&x.statement.0)?;
    e.u8(6)?.str(&x.body)?;
    e.u8(9)?.i32(days(x.due))?;
    e.u8(11)?.bool(x.practice)?;
    e.u8(15)?.array(x.events.len() as u64)?;
    for (code, at) in &x.events {
        e.array(2)?.str(code)?.i64(at.0)?;
    }
    Ok(())
}

fn read_extract(payload: &[u8]) -> Result<Extract, VerifyError> {
    let mut seen = 0u32;
    let mut x = Extract {
        number: String::new(),
        made: Moment(0),
        statement: Digest([0; 32]),
        body: String::new(),
        due: Date::MIN,
        practice: false,
        events: vec![],
    };
    let pair = |d: &mut Decoder<'_>| {
        if d.array()? != Some(2) {
            return Err(CborError::message("a kind and its time"));
        }
        Ok((d.str()?.to_owned(), Moment(d.i64()?)))
    };
    cose::each(payload, |key, d| {
        match key {
            1 => x.number = d.str()?.to_owned(),
            2 => x.made = Moment(d.i64()?),
            4 => x.statement = Digest(fixed(d.bytes()?)?),
            6 => x.body = d.str()?.to_owned(),
            9 => x.due = date(d.i32()?)?,
            11 => x.practice = d.bool()?,
            15 => x.events = list(d, MAX_EVENTS, pair)?,
            _ => return Ok(false),
        }
        seen |= 1 << key;
        Ok(true)
    })
    .map_err(|_| VerifyError::Unreadable)?;
    let all = [1, 2, 4, 6, 9, 11, 15].iter().fold(0, |bits, key| bits | 1 << key);
    if seen == all { Ok(x) } else { Err(VerifyError::Unreadable) }
}

#[cfg(test)]
mod tests;
