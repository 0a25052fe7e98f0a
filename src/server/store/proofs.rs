//! What proves a letter's signature further: kept beside it, and what is still to be fetched.

use sqlx::{Row as _, SqliteConnection};

use super::{Db, DbError};
use crate::clock::Moment;
use crate::domain::Digest;
use crate::sign::material::{Material, Piece};

/// What is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// How old the word was that the certificate was not revoked; `None`: nobody could say.
    pub checked: Option<Moment>,
    /// It became known later that it was revoked before the registration.
    pub doubt: bool,
    /// The timestamp's token, its time, and whose it is.
    pub stamp: Option<Vec<u8>>,
    pub stamped: Option<Moment>,
    pub authority: String,
    /// Whoever checks the letter need ask nobody any more.
    pub whole: bool,
    pub tries: u32,
}

const COLUMNS: &str = "checked, doubt, stamp, stamped, authority, whole, tries";

fn proof(row: &sqlx::sqlite::SqliteRow) -> Result<Proof, sqlx::Error> {
    Ok(Proof {
        checked: row.try_get::<Option<i64>, _>("checked")?.map(Moment),
        doubt: row.try_get("doubt")?,
        stamp: row.try_get("stamp")?,
        stamped: row.try_get::<Option<i64>, _>("stamped")?.map(Moment),
        authority: row.try_get("authority")?,
        whole: row.try_get("whole")?,
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
            "UPDATE proofs SET checked = ?, doubt = ?, stamp = ?, stamped = ?, authority = ?, whole = ?,
             tries = ?, again = ? WHERE letter = ?",
        )
        .bind(proof.checked.map(|at| at.0))
        .bind(proof.doubt)
        .bind(&proof.stamp)
        .bind(proof.stamped.map(|at| at.0))
        .bind(&proof.authority)
        .bind(proof.whole)
        .bind(proof.tries)
        .bind(again.map(|at| at.0))
        .bind(letter)
        .execute(&self.0)
        .await?;
        Ok(())
    }

    /// What the letter's signature is checked by when nobody can be asked.
    pub async fn material(&self, letter: i64) -> Result<Material, DbError> {
        let rows = sqlx::query(
            "SELECT kind, bytes FROM letter_material JOIN material USING (digest) WHERE letter = ?1
             UNION ALL SELECT 'answer', answer FROM proofs WHERE letter = ?1 AND answer IS NOT NULL",
        )
        .bind(letter)
        .fetch_all(&self.0)
        .await?;
        let mut found = Material::default();
        for row in rows {
            let bytes = row.try_get("bytes")?;
            match row.try_get("kind")? {
                "certificate" => found.add(Piece::Certificate(bytes)),
                "list" => found.add(Piece::List(bytes)),
                _ => found.add(Piece::Answer(bytes)),
            }
        }
        Ok(found)
    }

    /// Keeps this in the place of what there was.
    pub async fn keep_material(&self, letter: i64, material: &Material) -> Result<(), DbError> {
        let mut change = self.0.begin_with("BEGIN IMMEDIATE").await?;
        let before: Vec<Vec<u8>> =
            sqlx::query_scalar("DELETE FROM letter_material WHERE letter = ? RETURNING digest")
                .bind(letter)
                .fetch_all(&mut *change)
                .await?;
        insert_material(&mut change, letter, material).await?;
        for digest in before {
            sqlx::query(
                "DELETE FROM material WHERE digest = ?1
                 AND NOT EXISTS (SELECT 1 FROM letter_material WHERE digest = ?1)",
            )
            .bind(digest)
            .execute(&mut *change)
            .await?;
        }
        change.commit().await?;
        Ok(())
    }

    /// Whether the letter's history tells this already.
    pub async fn is_told(&self, letter: i64, kind: &str) -> Result<bool, DbError> {
        let query = "SELECT count(*) FROM events WHERE letter = ? AND kind = ?";
        let told: i64 = sqlx::query_scalar(query).bind(letter).bind(kind).fetch_one(&self.0).await?;
        Ok(told > 0)
    }
}

pub(super) async fn insert_material(
    change: &mut SqliteConnection,
    letter: i64,
    material: &Material,
) -> Result<(), sqlx::Error> {
    for piece in material.pieces() {
        let (kind, bytes) = match piece {
            Piece::Certificate(der) => ("certificate", der),
            Piece::List(der) => ("list", der),
            Piece::Answer(der) => ("answer", der),
        };
        let digest = Digest::of(bytes);
        sqlx::query("INSERT INTO material VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING")
            .bind(&digest.0[..])
            .bind(kind)
            .bind(bytes)
            .execute(&mut *change)
            .await?;
        sqlx::query("INSERT INTO letter_material VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(letter)
            .bind(&digest.0[..])
            .execute(&mut *change)
            .await?;
    }
    Ok(())
}
