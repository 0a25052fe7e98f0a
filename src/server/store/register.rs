//! The one transaction in which a letter gets its number.

use sqlx::{Row as _, SqliteConnection};

use super::{Db, DbError, NewLetter, Registered, fixed, outcome};
use crate::clock::Moment;
use crate::portal::Outcome;

impl Db {
    /// Gives the letter its number and keeps envelope and receipt, in one transaction. `number`
    /// makes the number from year's count; `receipt` signs the receipt that names it; `told` is the event
    /// (CBOR) of the letter that this one is about. The letter that got an event comes back, too.
    pub async fn register(
        &self,
        letter: &NewLetter<'_>,
        year: i32,
        number: impl Fn(i64) -> String + Send,
        receipt: impl Fn(&str) -> Result<Vec<u8>, String> + Send,
        told: impl Fn(&str) -> Vec<u8> + Send,
    ) -> Result<(Registered, Option<i64>), DbError> {
        let mut change = self.0.begin_with("BEGIN IMMEDIATE").await?;
        if let Some(Outcome::Receipt(bytes)) = outcome(&mut change, letter.envelope).await? {
            return Ok((Registered::Receipt(bytes), None));
        }
        if let Some(before) = before(&mut change, letter).await? {
            change.commit().await?;
            return Ok((before, None));
        }
        let number = number(next(&mut change, year).await?);
        let receipt = receipt(&number).map_err(DbError::Receipt)?;
        insert(&mut change, letter, &number, &receipt).await?;
        let earlier = follow(&mut change, letter, letter.registered, || told(&number)).await?;
        change.commit().await?;
        Ok((Registered::Receipt(receipt), earlier))
    }
}

/// Events of one letter that letters about it may add to: the portal's own always have room.
const MOST_FOLLOWING: u32 = 40;

/// Tells in the earlier letter's history that this one is about it, where it is the same signer's.
pub(super) async fn follow(
    change: &mut SqliteConnection,
    letter: &NewLetter<'_>,
    at: Moment,
    told: impl Fn() -> Vec<u8>,
) -> Result<Option<i64>, sqlx::Error> {
    let Some((number, kind)) = letter.about else { return Ok(None) };
    let earlier: Option<i64> = sqlx::query_scalar(
        "SELECT id FROM letters WHERE signer = ?1
         AND (number = ?2 OR id IN (SELECT letter FROM former_numbers WHERE number = ?2))
         AND (SELECT count(*) FROM events WHERE letter = letters.id) < ?3",
    )
    .bind(&letter.signer[..])
    .bind(number)
    .bind(MOST_FOLLOWING)
    .fetch_optional(&mut *change)
    .await?;
    if let Some(earlier) = earlier {
        super::again::told(change, earlier, at, kind, &told()).await?;
    }
    Ok(earlier)
}

/// The letter of this signer's submission, or of this lookup id, where there is one.
pub(super) async fn before(
    change: &mut SqliteConnection,
    letter: &NewLetter<'_>,
) -> Result<Option<Registered>, sqlx::Error> {
    let found = sqlx::query(
        "SELECT id, statement, receipt, signer = ?1 AND submission = ?2 AS same FROM letters
         WHERE (signer = ?1 AND submission = ?2) OR lookup = ?3",
    )
    .bind(&letter.signer[..])
    .bind(&letter.submission.0[..])
    .bind(&letter.lookup[..])
    .fetch_optional(&mut *change)
    .await?;
    let Some(row) = found else { return Ok(None) };
    let same: bool = row.try_get("same")?;
    if !same || fixed::<32>(&row, "statement")? != letter.statement.0 {
        return Ok(Some(Registered::Reused));
    }
    // The same letter sealed again: one number, one receipt.
    sqlx::query("INSERT INTO envelopes (digest, letter) VALUES (?, ?)")
        .bind(&letter.envelope.0[..])
        .bind(row.try_get::<i64, _>("id")?)
        .execute(change)
        .await?;
    Ok(Some(Registered::Receipt(row.try_get("receipt")?)))
}

/// The year's next count.
pub(super) async fn next(change: &mut SqliteConnection, year: i32) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO numbers VALUES (?, 1) ON CONFLICT (year) DO UPDATE SET last = last + 1 RETURNING last",
    )
    .bind(year)
    .fetch_one(change)
    .await
}

/// Keeps letter, receipt and envelope; the letter's id.
pub(super) async fn insert(
    change: &mut SqliteConnection,
    letter: &NewLetter<'_>,
    number: &str,
    receipt: &[u8],
) -> Result<i64, sqlx::Error> {
    let id = sqlx::query(
        "INSERT INTO letters (number, signer, submission, statement, lookup, access_hash, code_hash, body,
         form, form_version, language, registered, due, rule, kiosk, receipt)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(number)
    .bind(&letter.signer[..])
    .bind(&letter.submission.0[..])
    .bind(&letter.statement.0[..])
    .bind(&letter.lookup[..])
    .bind(&letter.access_hash.0[..])
    .bind(&letter.code_hash.0[..])
    .bind(letter.body)
    .bind(letter.form)
    .bind(letter.form_version)
    .bind(letter.language)
    .bind(letter.registered.0)
    .bind(&letter.due)
    .bind(letter.rule)
    .bind(letter.kiosk)
    .bind(receipt)
    .execute(&mut *change)
    .await?
    .last_insert_rowid();
    sqlx::query("INSERT INTO proofs (letter, checked, again) VALUES (?, ?, ?)")
        .bind(id)
        .bind(letter.known.good.map(|at| at.0))
        .bind(letter.registered.0)
        .execute(&mut *change)
        .await?;
    super::proofs::insert_material(&mut *change, id, &letter.known.material).await?;
    sqlx::query("INSERT INTO envelopes VALUES (?, ?, ?)")
        .bind(&letter.envelope.0[..])
        .bind(id)
        .bind(letter.bytes)
        .execute(change)
        .await?;
    Ok(id)
}
