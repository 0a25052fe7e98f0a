//! What the portal keeps, in SQLite (WAL, synchronous=FULL): a letter is registered whole or not
//! at all, and asking twice gives the same bytes.

pub mod again;
pub mod alerts;
pub mod events;
pub mod proofs;
mod register;

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Row as _, SqliteConnection};

use super::schema;
use super::standing::Known;
use crate::clock::Moment;
use crate::domain::{Digest, SubmissionId};
use crate::fault::{Code, Coded};
use crate::portal::Outcome;

#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error("the database: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("the database has schema {found}; this program knows {}", schema::KNOWN)]
    Newer { found: u32 },
    #[error("a receipt could not be made: {0}")]
    Receipt(String),
}

impl Coded for DbError {
    fn code(&self) -> Code {
        Code(match self {
            DbError::Newer { .. } => "store.newer",
            // SQLITE_FULL
            DbError::Sql(sqlx::Error::Database(e)) if e.code().as_deref() == Some("13") => "store.full",
            DbError::Sql(_) | DbError::Receipt(_) => "store.unusable",
        })
    }
}

#[derive(Clone)]
pub struct Db(SqlitePool);

/// A letter that has passed every check and waits for its number.
pub struct NewLetter<'a> {
    pub envelope: Digest,
    pub bytes: &'a [u8],
    pub signer: [u8; 32],
    pub submission: SubmissionId,
    pub statement: Digest,
    pub lookup: [u8; 16],
    pub access_hash: Digest,
    pub code_hash: Digest,
    pub body: &'a str,
    pub form: &'a str,
    pub form_version: u32,
    pub language: &'a str,
    pub registered: Moment,
    pub due: String,
    pub rule: &'a str,
    pub kiosk: u32,
    /// The number of the letter that this one is about, and the code of the event that tells it there.
    pub about: Option<(&'a str, &'static str)>,
    pub known: &'a Known,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Registered {
    /// The stored receipt, new or from before.
    Receipt(Vec<u8>),
    /// The signer's submission id, or the lookup id, belongs to another letter.
    Reused,
}

/// A notice to be kept.
pub struct NewNotice<'a> {
    pub envelope: Digest,
    pub submission: SubmissionId,
    pub lookup: [u8; 16],
    pub access_hash: Digest,
    pub made: Moment,
    pub reason: &'a str,
    pub notice: &'a [u8],
}

/// What a number and a paper code are held against.
pub struct LetterStatus {
    pub lookup: [u8; 16],
    pub code_hash: Digest,
}

fn fixed<const N: usize>(row: &sqlx::sqlite::SqliteRow, column: &str) -> Result<[u8; N], sqlx::Error> {
    let bytes: Vec<u8> = row.try_get(column)?;
    bytes.try_into().map_err(|_| sqlx::Error::ColumnNotFound(column.to_owned()))
}

impl Db {
    /// `None`: in memory, for practice.
    pub async fn open(file: Option<&Path>, now: Moment) -> Result<Self, DbError> {
        let options = match file {
            Some(file) => SqliteConnectOptions::new().filename(file).journal_mode(SqliteJournalMode::Wal),
            None => SqliteConnectOptions::new().in_memory(true),
        };
        let options = options
            .create_if_missing(true)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(20))
            .pragma("secure_delete", "ON");
        // No `min_connections`: sqlx would open a second one beside the first, and SQLite answers a file's
        // turn to WAL with "locked" at once, without waiting, while another connection reads it.
        let pool = SqlitePoolOptions::new()
            .max_connections(if file.is_some() { 4 } else { 1 })
            // A memory database lives as long as its one connection.
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options)
            .await?;
        let mut connection = pool.acquire().await?;
        let found = schema::migrate(&mut connection, now.0).await?;
        drop(connection);
        if found > schema::KNOWN {
            return Err(DbError::Newer { found });
        }
        Ok(Self(pool))
    }

    pub async fn close(&self) {
        self.0.close().await;
    }

    /// What became of this envelope, if it came before.
    pub async fn outcome(&self, envelope: Digest) -> Result<Option<Outcome>, DbError> {
        let mut connection = self.0.acquire().await?;
        Ok(outcome(&mut connection, envelope).await?)
    }

    /// Keeps a notice; the bytes kept first win.
    pub async fn refuse(&self, new: &NewNotice<'_>) -> Result<Vec<u8>, DbError> {
        let mut change = self.0.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("INSERT INTO notices VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (envelope) DO NOTHING")
            .bind(&new.envelope.0[..])
            .bind(&new.submission.0[..])
            .bind(&new.lookup[..])
            .bind(&new.access_hash.0[..])
            .bind(new.made.0)
            .bind(new.reason)
            .bind(new.notice)
            .execute(&mut *change)
            .await?;
        let kept = sqlx::query_scalar("SELECT notice FROM notices WHERE envelope = ?")
            .bind(&new.envelope.0[..])
            .fetch_one(&mut *change)
            .await?;
        change.commit().await?;
        Ok(kept)
    }

    /// Receipts before notices: every outcome under a lookup id, with the hash of its access key.
    pub async fn by_lookup(&self, lookup: [u8; 16]) -> Result<Vec<(Digest, Outcome)>, DbError> {
        let rows = sqlx::query(
            "SELECT access_hash, receipt AS signed, 1 AS registered FROM letters WHERE lookup = ?1
             UNION ALL
             SELECT access_hash, notice, 0 FROM (SELECT * FROM notices WHERE lookup = ?1 ORDER BY made DESC)",
        )
        .bind(&lookup[..])
        .fetch_all(&self.0)
        .await?;
        rows.iter()
            .map(|row| {
                let signed: Vec<u8> = row.try_get("signed")?;
                let registered: bool = row.try_get("registered")?;
                let outcome = if registered { Outcome::Receipt(signed) } else { Outcome::Notice(signed) };
                Ok((Digest(fixed(row, "access_hash")?), outcome))
            })
            .collect()
    }

    /// The letters whose paper names this number: whose it is, then whose it was before the portal was
    /// restored from a copy. The paper's code tells them apart.
    pub async fn by_number(&self, number: &str) -> Result<Vec<LetterStatus>, DbError> {
        let rows = sqlx::query(
            "SELECT lookup, code_hash FROM letters WHERE number = ?1
             UNION ALL
             SELECT lookup, code_hash FROM former_numbers JOIN letters ON letters.id = letter
             WHERE former_numbers.number = ?1",
        )
        .bind(number)
        .fetch_all(&self.0)
        .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            Ok(LetterStatus { lookup: fixed(row, "lookup")?, code_hash: Digest(fixed(row, "code_hash")?) })
        };
        Ok(rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?)
    }

    /// The sealed bytes of a registered letter.
    pub async fn envelope(&self, number: &str) -> Result<Option<Vec<u8>>, DbError> {
        Ok(sqlx::query_scalar(
            "SELECT bytes FROM envelopes JOIN letters ON letters.id = letter
             WHERE number = ? AND bytes IS NOT NULL",
        )
        .bind(number)
        .fetch_optional(&self.0)
        .await?)
    }

    /// Letters and notices kept.
    pub async fn counts(&self) -> Result<(i64, i64), DbError> {
        let letters = sqlx::query_scalar("SELECT count(*) FROM letters").fetch_one(&self.0).await?;
        let notices = sqlx::query_scalar("SELECT count(*) FROM notices").fetch_one(&self.0).await?;
        Ok((letters, notices))
    }

    /// Keeps the hash of a one-time code.
    pub async fn invite(&self, code: Digest, expires: Moment) -> Result<(), DbError> {
        sqlx::query("INSERT INTO enrolments (code, expires) VALUES (?, ?)")
            .bind(&code.0[..])
            .bind(expires.0)
            .execute(&self.0)
            .await?;
        Ok(())
    }

    /// Uses the code up; `None` where it is unknown, used or over.
    pub async fn enrol(
        &self,
        code: Digest,
        name: &str,
        credential: Digest,
        now: Moment,
    ) -> Result<Option<u32>, DbError> {
        let mut change = self.0.begin_with("BEGIN IMMEDIATE").await?;
        let open: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM enrolments WHERE code = ? AND kiosk IS NULL AND expires > ?",
        )
        .bind(&code.0[..])
        .bind(now.0)
        .fetch_one(&mut *change)
        .await?;
        if open == 0 {
            return Ok(None);
        }
        let id: u32 = sqlx::query_scalar(
            "INSERT INTO kiosks (name, credential, enrolled) VALUES (?, ?, ?) RETURNING id",
        )
        .bind(name)
        .bind(&credential.0[..])
        .bind(now.0)
        .fetch_one(&mut *change)
        .await?;
        sqlx::query("UPDATE enrolments SET kiosk = ? WHERE code = ?")
            .bind(id)
            .bind(&code.0[..])
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(Some(id))
    }

    /// The name that a kiosk was enrolled under.
    pub async fn kiosk_name(&self, kiosk: u32) -> Result<Option<String>, DbError> {
        Ok(sqlx::query_scalar("SELECT name FROM kiosks WHERE id = ?")
            .bind(kiosk)
            .fetch_optional(&self.0)
            .await?)
    }

    /// The hash of a kiosk's credential, unless it was revoked.
    pub async fn credential(&self, kiosk: u32) -> Result<Option<Digest>, DbError> {
        let row = sqlx::query("SELECT credential FROM kiosks WHERE id = ? AND revoked IS NULL")
            .bind(kiosk)
            .fetch_optional(&self.0)
            .await?;
        Ok(row.map(|row| fixed(&row, "credential").map(Digest)).transpose()?)
    }
}

async fn outcome(
    connection: &mut SqliteConnection,
    envelope: Digest,
) -> Result<Option<Outcome>, sqlx::Error> {
    let receipt: Option<Vec<u8>> = sqlx::query_scalar(
        "SELECT receipt FROM envelopes JOIN letters ON letters.id = letter WHERE digest = ?",
    )
    .bind(&envelope.0[..])
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(bytes) = receipt {
        return Ok(Some(Outcome::Receipt(bytes)));
    }
    let notice: Option<Vec<u8>> = sqlx::query_scalar("SELECT notice FROM notices WHERE envelope = ?")
        .bind(&envelope.0[..])
        .fetch_optional(connection)
        .await?;
    Ok(notice.map(Outcome::Notice))
}
