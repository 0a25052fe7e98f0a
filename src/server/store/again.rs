//! Letters that come back to a portal that was restored from an older copy of its data.

use sqlx::{Row as _, SqliteConnection};

use super::{Db, DbError, NewLetter, Registered, outcome, register};
use crate::clock::Moment;
use crate::domain::Digest;
use crate::portal::Outcome;

/// How the letter's number came to be another, signed and told.
pub struct Renumbered {
    /// The receipt that names the new number.
    pub receipt: Vec<u8>,
    /// The event that names both, as CBOR, and its kind's code.
    pub event: Vec<u8>,
    pub kind: &'static str,
}

/// A letter whose receipt came back with it.
pub struct Returned<'a> {
    /// With the times that the receipt names.
    pub letter: NewLetter<'a>,
    /// As the receipt names it, and its year and count.
    pub number: &'a str,
    pub year: i32,
    pub count: i64,
    pub receipt: &'a [u8],
    /// The event of a letter that keeps its number, as CBOR, and its kind's code.
    pub event: (&'static str, &'a [u8]),
    /// The event of the letter that this one is about, as CBOR, from this one's number.
    pub told: &'a (dyn Fn(&str) -> Vec<u8> + Sync),
    pub now: Moment,
}

impl Db {
    /// Of these beginnings of envelopes' digests, those that no envelope here has.
    pub async fn missing(&self, known: &[[u8; 8]]) -> Result<Vec<[u8; 8]>, DbError> {
        let mut connection = self.0.acquire().await?;
        let mut missing = vec![];
        for begin in known {
            let (mut from, mut to) = ([0u8; 32], [255u8; 32]);
            from[..8].copy_from_slice(begin);
            to[..8].copy_from_slice(begin);
            let there: i64 = sqlx::query_scalar(
                "SELECT (SELECT count(*) FROM envelopes WHERE digest BETWEEN ?1 AND ?2)
                      + (SELECT count(*) FROM notices WHERE envelope BETWEEN ?1 AND ?2)",
            )
            .bind(&from[..])
            .bind(&to[..])
            .fetch_one(&mut *connection)
            .await?;
            if there == 0 {
                missing.push(*begin);
            }
        }
        Ok(missing)
    }

    /// Keeps the portal's own word about an envelope that is to follow.
    pub async fn bring(&self, envelope: Digest, brought: &Outcome, now: Moment) -> Result<(), DbError> {
        let (registered, signed) = match brought {
            Outcome::Receipt(bytes) => (true, bytes),
            Outcome::Notice(bytes) => (false, bytes),
        };
        sqlx::query("INSERT INTO returns VALUES (?, ?, ?, ?) ON CONFLICT (envelope) DO NOTHING")
            .bind(&envelope.0[..])
            .bind(registered)
            .bind(signed)
            .bind(now.0)
            .execute(&self.0)
            .await?;
        Ok(())
    }

    /// The word that was brought for this envelope.
    pub async fn brought(&self, envelope: Digest) -> Result<Option<Outcome>, DbError> {
        let row = sqlx::query("SELECT registered, signed FROM returns WHERE envelope = ?")
            .bind(&envelope.0[..])
            .fetch_optional(&self.0)
            .await?;
        let read = |row: sqlx::sqlite::SqliteRow| {
            let signed = row.try_get("signed")?;
            let registered: bool = row.try_get("registered")?;
            Ok(if registered { Outcome::Receipt(signed) } else { Outcome::Notice(signed) })
        };
        Ok(row.map(read).transpose().map_err(|e: sqlx::Error| e)?)
    }

    /// Leaves `by` numbers of the year out: they may stand on papers that this copy does not know.
    /// The last number before and after.
    pub async fn skip(&self, year: i32, by: i64) -> Result<(i64, i64), DbError> {
        let last: i64 = sqlx::query_scalar(
            "INSERT INTO numbers VALUES (?1, ?2) ON CONFLICT (year) DO UPDATE SET last = last + ?2 RETURNING last",
        )
        .bind(year)
        .bind(by)
        .fetch_one(&self.0)
        .await?;
        Ok((last - by, last))
    }

    /// Registers a letter again, in one transaction: under its number where that is free, with the very
    /// receipt; else under the year's next, with what `renumbered` signs.
    pub async fn register_again(
        &self,
        back: &Returned<'_>,
        renumbered: impl Fn(i64) -> Result<(String, Renumbered), String> + Send,
    ) -> Result<Registered, DbError> {
        let letter = &back.letter;
        let mut change = self.0.begin_with("BEGIN IMMEDIATE").await?;
        if let Some(Outcome::Receipt(bytes)) = outcome(&mut change, letter.envelope).await? {
            return Ok(Registered::Receipt(bytes));
        }
        if let Some(before) = register::before(&mut change, letter).await? {
            change.commit().await?;
            return Ok(before);
        }
        let taken: i64 = sqlx::query_scalar("SELECT count(*) FROM letters WHERE number = ?")
            .bind(back.number)
            .fetch_one(&mut *change)
            .await?;
        let receipt = if taken == 0 {
            sqlx::query(
                "INSERT INTO numbers VALUES (?1, ?2) ON CONFLICT (year) DO UPDATE SET last = max(last, ?2)",
            )
            .bind(back.year)
            .bind(back.count)
            .execute(&mut *change)
            .await?;
            let id = register::insert(&mut change, letter, back.number, back.receipt).await?;
            told(&mut change, id, back.now, back.event.0, back.event.1).await?;
            register::follow(&mut change, letter, back.now, || (back.told)(back.number)).await?;
            back.receipt.to_vec()
        } else {
            let count = register::next(&mut change, back.year).await?;
            let (number, new) = renumbered(count).map_err(DbError::Receipt)?;
            let id = register::insert(&mut change, letter, &number, &new.receipt).await?;
            sqlx::query("INSERT INTO former_numbers VALUES (?, ?)")
                .bind(back.number)
                .bind(id)
                .execute(&mut *change)
                .await?;
            told(&mut change, id, back.now, new.kind, &new.event).await?;
            register::follow(&mut change, letter, back.now, || (back.told)(&number)).await?;
            new.receipt
        };
        sqlx::query("DELETE FROM returns WHERE envelope = ?")
            .bind(&letter.envelope.0[..])
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(Registered::Receipt(receipt))
    }
}

pub(super) async fn told(
    change: &mut SqliteConnection,
    letter: i64,
    at: Moment,
    kind: &str,
    event: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO events (letter, at, kind, due, event) VALUES (?, ?, ?, NULL, ?)")
        .bind(letter)
        .bind(at.0)
        .bind(kind)
        .bind(event)
        .execute(change)
        .await?;
    Ok(())
}
