//! Whom to tell when the answer comes. The number is sealed to the portal's own key and goes with the text; what
//! stays says that a text was sent, and for which letter.

use sqlx::Row as _;

use super::{Db, DbError, fixed};
use crate::clock::Moment;
use crate::domain::Digest;
use crate::domain::event::WITHDRAWN;
use crate::portal::wire::AlertState;

/// A wish to be told, whose letter has its answer.
pub struct DueAlert {
    pub letter: i64,
    /// By this the gateway knows a text that it was given before.
    pub message: [u8; 16],
    /// A `seal::alert` without the key.
    pub sealed: Vec<u8>,
    /// Of the letter.
    pub language: String,
    /// When the answer came.
    pub answered: Moment,
    /// How often a gateway that answered did not take it.
    pub attempts: u32,
}

impl Db {
    /// Keeps the wish. The same request again changes nothing, and after the text was sent no other does; of a
    /// letter that was withdrawn nobody is told.
    pub async fn ask_alert(
        &self,
        letter: i64,
        request: Digest,
        message: [u8; 16],
        sealed: &[u8],
        now: Moment,
    ) -> Result<(), DbError> {
        sqlx::query(
            "INSERT INTO alerts SELECT ?1, ?2, ?3, 'waiting', ?4, ?5, 0, 0
             WHERE NOT EXISTS (SELECT 1 FROM events WHERE letter = ?1 AND kind = ?6)
             ON CONFLICT (letter) DO UPDATE SET request = ?2, message = ?3, state = 'waiting', number = ?4,
                 asked = ?5, attempts = 0, next = 0
             WHERE request <> ?2 AND state <> 'sent'",
        )
        .bind(letter)
        .bind(&request.0[..])
        .bind(&message[..])
        .bind(sealed)
        .bind(now.0)
        .bind(WITHDRAWN)
        .execute(&self.0)
        .await?;
        Ok(())
    }

    /// Wipes the number of one that waits, and says why it does no more.
    pub async fn end_alert(&self, letter: i64, state: AlertState) -> Result<bool, DbError> {
        let done =
            sqlx::query("UPDATE alerts SET state = ?, number = NULL WHERE letter = ? AND state = 'waiting'")
                .bind(state.word())
                .bind(letter)
                .execute(&self.0)
                .await?;
        Ok(done.rows_affected() > 0)
    }

    /// The same for one text: another may have been asked for since.
    pub async fn end_message(
        &self,
        letter: i64,
        message: [u8; 16],
        state: AlertState,
    ) -> Result<bool, DbError> {
        let done = sqlx::query(
            "UPDATE alerts SET state = ?, number = NULL WHERE letter = ? AND message = ? AND state = 'waiting'",
        )
        .bind(state.word())
        .bind(letter)
        .bind(&message[..])
        .execute(&self.0)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Puts a text off.
    pub async fn put_off_alert(&self, letter: i64, until: Moment) -> Result<(), DbError> {
        sqlx::query("UPDATE alerts SET attempts = attempts + 1, next = ? WHERE letter = ?")
            .bind(until.0)
            .bind(letter)
            .execute(&self.0)
            .await?;
        Ok(())
    }

    pub async fn alert_state(&self, letter: i64) -> Result<AlertState, DbError> {
        let state: Option<String> = sqlx::query_scalar("SELECT state FROM alerts WHERE letter = ?")
            .bind(letter)
            .fetch_optional(&self.0)
            .await?;
        Ok(state.and_then(|word| AlertState::from_word(&word)).unwrap_or(AlertState::None))
    }

    /// Texts whose time has come, the longest waiting first. One that was put off past `latest` was put off by a
    /// clock that was wrong.
    pub async fn due_alerts(&self, now: Moment, latest: Moment, most: u32) -> Result<Vec<DueAlert>, DbError> {
        let rows = sqlx::query(
            "SELECT alerts.letter, message, alerts.number AS number, language, made, attempts FROM alerts
             JOIN answers ON answers.letter = alerts.letter JOIN letters ON letters.id = alerts.letter
             WHERE state = 'waiting' AND alerts.number IS NOT NULL AND (next <= ?1 OR next > ?2)
             ORDER BY next, made LIMIT ?3",
        )
        .bind(now.0)
        .bind(latest.0)
        .bind(most)
        .fetch_all(&self.0)
        .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            Ok(DueAlert {
                letter: row.try_get("letter")?,
                message: fixed(row, "message")?,
                sealed: row.try_get("number")?,
                language: row.try_get("language")?,
                answered: Moment(row.try_get("made")?),
                attempts: row.try_get("attempts")?,
            })
        };
        Ok(rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?)
    }

    /// Wipes numbers that were given before this moment and never used: no answer came.
    pub async fn forget_alerts(&self, before: Moment) -> Result<u64, DbError> {
        let gone = sqlx::query("DELETE FROM alerts WHERE state = 'waiting' AND asked < ?").bind(before.0);
        Ok(gone.execute(&self.0).await?.rows_affected())
    }
}
