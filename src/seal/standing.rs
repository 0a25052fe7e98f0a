//! The portal's signed word on a certificate by its lists (COSE_Sign1, Ed25519, integer keys), and the
//! question that it answers: about 300 bytes each.

use super::cose::{self, Kind};
use super::keyset::{Keyset, SigningKey};
use super::receipt::{VerifyError, Written, encode, fixed, judge, verified};
use crate::clock::Moment;
use crate::domain::Digest;
use crate::domain::standing::{Asked, List, Standing, State};

/// Bytes of a question or a word.
pub const MAX_STANDING: usize = 4 * 1024;
/// Bytes of a list issuer's name; the rest is left off.
const MAX_NAME: usize = 200;

pub fn write_asked(asked: &Asked) -> Vec<u8> {
    encode(|e| {
        e.map(6)?.u8(1)?.bytes(&asked.issuer)?;
        e.u8(2)?.bytes(&asked.key.0)?;
        e.u8(3)?.bytes(&asked.serial)?;
        e.u8(4)?.bool(asked.authority)?;
        e.u8(5)?.i64(asked.not_after.0)?;
        e.u8(6)?.bytes(&asked.points)?;
        Ok(())
    })
}

/// `None` where the bytes are no question.
pub fn read_asked(bytes: &[u8]) -> Option<Asked> {
    if bytes.len() > MAX_STANDING {
        return None;
    }
    let mut asked = Asked {
        issuer: Vec::new(),
        key: Digest([0; 32]),
        serial: Vec::new(),
        authority: false,
        not_after: Moment(0),
        points: Vec::new(),
    };
    let mut seen = 0u8;
    cose::each(bytes, |key, d| {
        match key {
            1 => asked.issuer = d.bytes()?.to_vec(),
            2 => asked.key = Digest(fixed(d.bytes()?)?),
            3 => asked.serial = d.bytes()?.to_vec(),
            4 => asked.authority = d.bool()?,
            5 => asked.not_after = Moment(d.i64()?),
            6 => asked.points = d.bytes()?.to_vec(),
            _ => return Ok(false),
        }
        seen |= 1 << key;
        Ok(true)
    })
    .ok()?;
    (seen == 0b111_1110).then_some(asked)
}

pub fn sign_standing(standing: &Standing, key: &SigningKey) -> Vec<u8> {
    cose::sign(encode(|e| write(standing, e)), key)
}

/// The word, where a receipt key of `keyset` that was in force when it was made signed it for this question.
pub fn verify_standing(bytes: &[u8], question: &[u8], keyset: &Keyset) -> Result<Standing, VerifyError> {
    let (payload, key) = verified(bytes, MAX_STANDING, keyset, Kind::Standing)?;
    let standing = read(&payload)?;
    judge(key, keyset, standing.made, standing.practice)?;
    if standing.question != Digest::of(question) { Err(VerifyError::Unreadable) } else { Ok(standing) }
}

fn write(s: &Standing, e: &mut minicbor::Encoder<Vec<u8>>) -> Written {
    let (state, since) = match s.state {
        State::Good => (0, None),
        State::Revoked(since) => (1, Some(since)),
        State::Unknown => (2, None),
    };
    let List { by, number, this_update, next_update } = &s.list;
    let more = [since.is_some(), number.is_some(), next_update.is_some()];
    e.map(7 + more.iter().filter(|there| **there).count() as u64)?.u8(0)?.u8(Kind::Standing as u8)?;
    e.u8(1)?.bytes(&s.question.0)?;
    e.u8(2)?.i64(s.made.0)?;
    e.u8(3)?.u8(state)?;
    if let Some(since) = since {
        e.u8(4)?.i64(since.0)?;
    }
    if let Some(number) = number {
        e.u8(5)?.str(number)?;
    }
    e.u8(6)?.i64(this_update.0)?;
    if let Some(next) = next_update {
        e.u8(7)?.i64(next.0)?;
    }
    e.u8(8)?.str(&by[..by.floor_char_boundary(MAX_NAME)])?;
    e.u8(9)?.bool(s.practice)?;
    Ok(())
}

fn read(payload: &[u8]) -> Result<Standing, VerifyError> {
    let mut list = List { by: String::new(), number: None, this_update: Moment(0), next_update: None };
    let (mut question, mut made, mut state, mut since, mut practice) =
        (Digest([0; 32]), Moment(0), 2u8, None, false);
    let mut seen = 0u32;
    cose::each(payload, |key, d| {
        match key {
            1 => question = Digest(fixed(d.bytes()?)?),
            2 => made = Moment(d.i64()?),
            3 => state = d.u8()?,
            4 => since = Some(Moment(d.i64()?)),
            5 => list.number = Some(d.str()?.to_owned()),
            6 => list.this_update = Moment(d.i64()?),
            7 => list.next_update = Some(Moment(d.i64()?)),
            8 => list.by = d.str()?.to_owned(),
            9 => practice = d.bool()?,
            _ => return Ok(false),
        }
        seen |= 1 << key;
        Ok(true)
    })
    .map_err(|_| VerifyError::Unreadable)?;
    const NEEDED: u32 = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 6 | 1 << 8 | 1 << 9;
    let state = match (state, since) {
        (0, None) => State::Good,
        (1, Some(since)) => State::Revoked(since),
        (2, None) => State::Unknown,
        (0..=2, _) => return Err(VerifyError::Unreadable),
        _ => return Err(VerifyError::Newer),
    };
    if seen & NEEDED != NEEDED {
        return Err(VerifyError::Unreadable);
    }
    Ok(Standing { question, made, state, list, practice })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_as_it_was_written() {
        let asked = Asked {
            issuer: vec![0x30, 0],
            key: Digest::of(b"key"),
            serial: vec![2, 1, 7],
            authority: true,
            not_after: Moment(-5),
            points: vec![],
        };
        let bytes = write_asked(&asked);
        assert_eq!(read_asked(&bytes), Some(asked));
        for end in 0..bytes.len() {
            assert_eq!(read_asked(&bytes[..end]), None);
        }
        assert_eq!(read_asked(&vec![0xa0; MAX_STANDING + 1]), None);
    }

    #[test]
    fn a_word_is_read_as_it_was_written_and_states_are_told_apart() {
        let list = List {
            by: "ҰКО".into(),
            number: Some("12".into()),
            this_update: Moment(5),
            next_update: Some(Moment(9)),
        };
        for state in [State::Good, State::Revoked(Moment(3)), State::Unknown] {
            for list in [list.clone(), List { number: None, next_update: None, ..list.clone() }] {
                let question = Digest::of(b"?");
                let standing = Standing { question, made: Moment(6), state, list, practice: false };
                let bytes = encode(|e| write(&standing, e));
                assert_eq!(read(&bytes), Ok(standing));
            }
        }
    }
}
