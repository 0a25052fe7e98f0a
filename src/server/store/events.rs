//! Letters after their registration: their events, in order, and their answers.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{Db, DbError, fixed};
use crate::clock::Moment;
use crate::domain::Digest;
use crate::domain::event::{ASIDE, WITHDRAWN};

/// A registered letter, without its words.
#[derive(Clone)]
pub struct Held {
    pub id: i64,
    pub number: String,
    pub signer: [u8; 32],
    pub statement: Digest,
    pub lookup: [u8; 16],
    pub access_hash: Digest,
    /// The id of the body that it was written to.
    pub body: String,
    pub language: String,
    pub registered: Moment,
    /// `YYYY-MM-DD`, as the receipt names it.
    pub due: String,
    pub rule: String,
    pub receipt: Vec<u8>,
}

/// A letter in its signer's list.
pub struct Own {
    pub held: Held,
    /// The code of the last event that was a step of the letter's own.
    pub state: String,
    /// The due date that holds now.
    pub due: String,
}

/// What is kept of an event.
pub struct NewEvent<'a> {
    pub at: Moment,
    pub kind: &'a str,
    pub due: Option<String>,
    /// CBOR, as in a history.
    pub event: &'a [u8],
    /// With the answer's event: its bytes under the visitor's reply key.
    pub answer: Option<&'a [u8]>,
}

const COLUMNS: &str =
    "letters.id, number, signer, statement, lookup, access_hash, body, language, registered,
    letters.due, rule, receipt";

fn held(row: &SqliteRow) -> Result<Held, sqlx::Error> {
    Ok(Held {
        id: row.try_get("id")?,
        number: row.try_get("number")?,
        signer: fixed(row, "signer")?,
        statement: Digest(fixed(row, "statement")?),
        lookup: fixed(row, "lookup")?,
        access_hash: Digest(fixed(row, "access_hash")?),
        body: row.try_get("body")?,
        language: row.try_get("language")?,
        registered: Moment(row.try_get("registered")?),
        due: row.try_get("due")?,
        rule: row.try_get("rule")?,
        receipt: row.try_get("receipt")?,
    })
}

impl Db {
    /// The letter that this lookup id names.
    pub async fn held(&self, lookup: [u8; 16]) -> Result<Option<Held>, DbError> {
        let query = format!("SELECT {COLUMNS} FROM letters WHERE lookup = ?");
        let row = sqlx::query(&query).bind(&lookup[..]).fetch_optional(&self.0).await?;
        Ok(row.as_ref().map(held).transpose()?)
    }

    /// The numbers of all letters, in the order of their registration.
    pub async fn numbers(&self) -> Result<Vec<String>, DbError> {
        Ok(sqlx::query_scalar("SELECT number FROM letters ORDER BY id").fetch_all(&self.0).await?)
    }

    /// Letters that nobody has answered yet and that are not taken back, the oldest first.
    pub async fn unanswered(&self, most: u32) -> Result<Vec<Held>, DbError> {
        let query = format!(
            "SELECT {COLUMNS} FROM letters WHERE id NOT IN (SELECT letter FROM answers)
             AND id NOT IN (SELECT letter FROM events WHERE kind = ?) ORDER BY id LIMIT ?"
        );
        let rows = sqlx::query(&query).bind(WITHDRAWN).bind(most).fetch_all(&self.0).await?;
        Ok(rows.iter().map(held).collect::<Result<_, _>>()?)
    }

    /// The letters of one signer, the newest first.
    pub async fn of_signer(&self, signer: [u8; 32], most: u32) -> Result<Vec<Own>, DbError> {
        let query = format!(
            "SELECT {COLUMNS},
             (SELECT kind FROM events WHERE letter = letters.id
              AND kind NOT IN ({}) ORDER BY id DESC LIMIT 1) AS state,
             (SELECT due FROM events WHERE letter = letters.id AND due IS NOT NULL ORDER BY id DESC LIMIT 1)
                 AS due_now
             FROM letters WHERE signer = ? ORDER BY letters.id DESC LIMIT ?",
            ASIDE.map(|code| format!("'{code}'")).join(", ")
        );
        let rows = sqlx::query(&query).bind(&signer[..]).bind(most).fetch_all(&self.0);
        let own = |row: &SqliteRow| {
            let held = held(row)?;
            let state: Option<String> = row.try_get("state")?;
            let due: Option<String> = row.try_get("due_now")?;
            let due = due.unwrap_or_else(|| held.due.clone());
            Ok(Own { held, state: state.unwrap_or_else(|| "registered".to_owned()), due })
        };
        Ok(rows.await?.iter().map(own).collect::<Result<_, sqlx::Error>>()?)
    }

    /// Numbers of letters from one kiosk that were answered since then, and when, the newest first.
    pub async fn arrived(
        &self,
        kiosk: u32,
        since: Moment,
        most: u32,
    ) -> Result<Vec<(String, Moment)>, DbError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT number, made FROM answers JOIN letters ON letters.id = answers.letter
             WHERE kiosk = ? AND made >= ? ORDER BY made DESC, letters.id DESC LIMIT ?",
        )
        .bind(kiosk)
        .bind(since.0)
        .bind(most)
        .fetch_all(&self.0)
        .await?;
        Ok(rows.into_iter().map(|(number, made)| (number, Moment(made))).collect())
    }

    /// The events after registration, in order, as CBOR.
    pub async fn events(&self, letter: i64) -> Result<Vec<Vec<u8>>, DbError> {
        let events = sqlx::query_scalar("SELECT event FROM events WHERE letter = ? ORDER BY id");
        Ok(events.bind(letter).fetch_all(&self.0).await?)
    }

    /// Keeps an event, with its answer in one transaction. `after`: how many events there are;
    /// `false` where there are others, or the letter is answered: nothing was kept.
    pub async fn record(&self, letter: i64, after: usize, new: &NewEvent<'_>) -> Result<bool, DbError> {
        let mut change = self.0.begin_with("BEGIN IMMEDIATE").await?;
        let (events, answers): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM events WHERE letter = ?1), (SELECT count(*) FROM answers WHERE letter = ?1)",
        )
        .bind(letter)
        .fetch_one(&mut *change)
        .await?;
        if answers > 0 || usize::try_from(events) != Ok(after) {
            return Ok(false);
        }
        sqlx::query("INSERT INTO events (letter, at, kind, due, event) VALUES (?, ?, ?, ?, ?)")
            .bind(letter)
            .bind(new.at.0)
            .bind(new.kind)
            .bind(&new.due)
            .bind(new.event)
            .execute(&mut *change)
            .await?;
        if new.kind == WITHDRAWN {
            // No answer comes: her number is not kept for one.
            sqlx::query(
                "UPDATE alerts SET state = 'none', number = NULL WHERE letter = ? AND state = 'waiting'",
            )
            .bind(letter)
            .execute(&mut *change)
            .await?;
        }
        if let Some(sealed) = new.answer {
            sqlx::query("INSERT INTO answers VALUES (?, ?, ?)")
                .bind(letter)
                .bind(new.at.0)
                .bind(sealed)
                .execute(&mut *change)
                .await?;
        }
        change.commit().await?;
        Ok(true)
    }

    /// The answer under the visitor's reply key.
    pub async fn answer(&self, letter: i64) -> Result<Option<Vec<u8>>, DbError> {
        let sealed = sqlx::query_scalar("SELECT sealed FROM answers WHERE letter = ?");
        Ok(sealed.bind(letter).fetch_optional(&self.0).await?)
    }
}
