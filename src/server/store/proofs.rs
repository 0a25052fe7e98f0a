//! What proves a letter's signature further: kept beside it, and what is still to be fetched.

use sqlx::Row as _;

use super::{Db, DbError};
use crate::clock::Moment;

/// What is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// How old the word was that the certificate was not revoked; `None`: nobody could say.
    pub checked: Option<Moment>,
    /// It became known later that it was revoked before the registration.
    pub doubt: bool,
    /// The responder's answer.
    pub answer: Option<Vec<u8>>,
    /// The timestamp's token, its time, and whose it is.
    pub stamp: Option<Vec<u8>>,
    pub stamped: Option<Moment>,
    pub authority: String,
    pub tries: u32,
}

const COLUMNS: &str = "checked, doubt, answer, stamp, stamped, authority, tries";

fn proof(row: &sqlx::sqlite::SqliteRow) -> Result<Proof, sqlx::Error> {
    Ok(Proof {
        checked: row.try_get::<Option<i64>, _>("checked")?.map(Moment),
        doubt: row.try_get("doubt")?,
        answer: row.try_get("answer")?,
        stamp: row.try_get("stamp")?,
        stamped: row.try_get::<Option<i64>, _>("stamped")?.map(Moment),
        authority: row.try_get("authority")?,
        tries: row.try_get("tries")?,
    })
}

impl Db {
    /// The lookup ids of letters whose proofs are to be gone on with, the longest waiting first.
    pub async fn to_prove(&self, now: Moment, most: u32) -> Result<Vec<[u8; 16]>, DbError> {
        let query = "SELECT lookup FROM proofs JOIN letters ON letters.id = proofs.letter
                     WHERE again <= ? ORDER BY again LIMIT ?";
        let rows: Vec<Vec<u8>> = sqlx::query_scalar(query).bind(now.0).bind(most).fetch_all(&self.0).await?;
        Ok(rows.into_iter().filter_map(|id| id.try_into().ok()).collect())
    }

    /// A letter of an earlier version has none.
    pub async fn proof(&self, letter: i64) -> Result<Option<Proof>, DbError> {
        let query = format!("SELECT {COLUMNS} FROM proofs WHERE letter = ?");
        let row = sqlx::query(&query).bind(letter).fetch_optional(&self.0).await?;
        Ok(row.as_ref().map(proof).transpose()?)
    }

    /// Keeps what there is by now; `again`: when to go on, if ever.
    pub async fn keep_proof(&self, letter: i64, proof: &Proof, again: Option<Moment>) -> Result<(), DbError> {
        sqlx::query(
            "UPDATE proofs SET checked = ?, doubt = ?, answer = ?, stamp = ?, stamped = ?, authority = ?,
             tries = ?, again = ? WHERE letter = ?",
        )
        .bind(proof.checked.map(|at| at.0))
        .bind(proof.doubt)
        .bind(&proof.answer)
        .bind(&proof.stamp)
        .bind(proof.stamped.map(|at| at.0))
        .bind(&proof.authority)
        .bind(proof.tries)
        .bind(again.map(|at| at.0))
        .bind(letter)
        .execute(&self.0)
        .await?;
        Ok(())
    }
}
