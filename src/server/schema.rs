//! The portal's tables and how older ones become them.

use sqlx::{Connection as _, SqliteConnection};

/// The newest schema this program knows; the number in the data folder's `FORMAT`.
pub const KNOWN: u32 = 6;

/// Step n makes schema n out of schema n - 1. A step that shipped is never edited.
const STEPS: [&str; KNOWN as usize] = [V1, V2, V3, V4, V5, V6];

const V1: &str = "
CREATE TABLE kiosks (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    credential BLOB NOT NULL,          -- SHA-256
    enrolled INTEGER NOT NULL,         -- seconds since 1970, here and below
    revoked INTEGER
) STRICT;

CREATE TABLE enrolments (
    code BLOB PRIMARY KEY,             -- SHA-256 of the one-time code
    expires INTEGER NOT NULL,
    kiosk INTEGER REFERENCES kiosks(id)
) STRICT;

CREATE TABLE numbers (
    year INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;

CREATE TABLE letters (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    signer BLOB NOT NULL,              -- HMAC-SHA-256 of the IIN under this portal's own key
    submission BLOB NOT NULL,
    statement BLOB NOT NULL,           -- SHA-256 of the canonical bytes
    lookup BLOB NOT NULL UNIQUE,
    access_hash BLOB NOT NULL,
    code_hash BLOB NOT NULL,
    body TEXT NOT NULL,
    form TEXT NOT NULL,
    form_version INTEGER NOT NULL,
    language TEXT NOT NULL,
    registered INTEGER NOT NULL,
    due TEXT NOT NULL,                 -- YYYY-MM-DD, UTC+5
    rule TEXT NOT NULL,
    kiosk INTEGER NOT NULL REFERENCES kiosks(id),
    receipt BLOB NOT NULL,
    UNIQUE (signer, submission)
) STRICT;

-- A letter that was sealed twice has two digests; the bytes of the first are kept, sealed.
CREATE TABLE envelopes (
    digest BLOB PRIMARY KEY,
    letter INTEGER NOT NULL REFERENCES letters(id),
    bytes BLOB
) STRICT;

CREATE TABLE notices (
    envelope BLOB PRIMARY KEY,
    submission BLOB NOT NULL,
    lookup BLOB NOT NULL,
    access_hash BLOB NOT NULL,
    made INTEGER NOT NULL,
    reason TEXT NOT NULL,
    notice BLOB NOT NULL
) STRICT;
CREATE INDEX notices_by_lookup ON notices (lookup);
";

/// What happens to a letter after its registration, and its answer.
const V2: &str = "
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    letter INTEGER NOT NULL REFERENCES letters(id),
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,                -- the code of domain::event::Kind
    due TEXT,                          -- YYYY-MM-DD where the event sets another due date
    event BLOB NOT NULL                -- CBOR, as it stands in a signed history
) STRICT;
CREATE INDEX events_by_letter ON events (letter, id);

-- An answer speaks of the visitor's matter: it is kept under the reply key, which only the sealed
-- envelope and the visitor's paper hold.
CREATE TABLE answers (
    letter INTEGER PRIMARY KEY REFERENCES letters(id),
    made INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
";

/// What comes back to a portal that was restored from an older copy.
const V3: &str = "
-- The portal's own receipt or notice, brought by a kiosk: the envelope that it speaks of follows.
CREATE TABLE returns (
    envelope BLOB PRIMARY KEY,
    registered INTEGER NOT NULL,       -- 1: a receipt, 0: a notice
    signed BLOB NOT NULL,
    brought INTEGER NOT NULL
) STRICT;

-- Numbers on the papers of letters that had to get another one.
CREATE TABLE former_numbers (
    number TEXT NOT NULL,
    letter INTEGER NOT NULL REFERENCES letters(id),
    PRIMARY KEY (number, letter)
) STRICT;
";

/// Whom to tell when an answer comes.
const V4: &str = "
CREATE TABLE alerts (
    letter INTEGER PRIMARY KEY REFERENCES letters(id),
    request BLOB NOT NULL,             -- SHA-256 of what asked for it: the same again changes nothing
    message BLOB NOT NULL,             -- by these 16 bytes a gateway knows what it was given before
    state TEXT NOT NULL,               -- portal::wire::AlertState
    number BLOB,                       -- sealed to the portal's own key; only while it waits
    asked INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next INTEGER NOT NULL              -- not before this moment
) STRICT;
";

/// What proves a letter's signature beyond its certificate's term.
const V5: &str = "
CREATE TABLE proofs (
    letter INTEGER PRIMARY KEY REFERENCES letters(id),
    checked INTEGER,                   -- how old the word was that its certificate was not revoked
    doubt INTEGER NOT NULL DEFAULT 0,  -- 1: it became known later that it was
    answer BLOB,                       -- that word, where a responder gave it (RFC 6960)
    stamp BLOB,                        -- a timestamp token over the signature (RFC 3161)
    stamped INTEGER,
    authority TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0,
    again INTEGER                      -- when to try next; NULL: nothing is left to do
) STRICT;
CREATE INDEX proofs_by_time ON proofs (again);
";

/// What a letter's signature is checked by when nobody can be asked any more.
const V6: &str = "
-- One list of revoked certificates speaks for many letters: it is kept once.
CREATE TABLE material (
    digest BLOB PRIMARY KEY,           -- SHA-256
    kind TEXT NOT NULL,                -- certificate, list, answer
    bytes BLOB NOT NULL                -- DER
) STRICT;
CREATE TABLE letter_material (
    letter INTEGER NOT NULL REFERENCES letters(id),
    digest BLOB NOT NULL REFERENCES material(digest),
    PRIMARY KEY (letter, digest)
) STRICT;
CREATE INDEX letters_by_material ON letter_material (digest);
ALTER TABLE proofs ADD COLUMN whole INTEGER NOT NULL DEFAULT 0;  -- 1: all of it is there
-- What a responder said of earlier letters stays in proofs.answer. They are looked at once more.
UPDATE proofs SET again = 0 WHERE again IS NULL;
";

/// Applies what is missing; returns the schema found before. A newer one is left untouched.
pub async fn migrate(connection: &mut SqliteConnection, now: i64) -> Result<u32, sqlx::Error> {
    sqlx::raw_sql(
        "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, applied INTEGER NOT NULL) STRICT",
    )
    .execute(&mut *connection)
    .await?;
    let found: i64 = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM migrations")
        .fetch_one(&mut *connection)
        .await?;
    let found = u32::try_from(found).unwrap_or(u32::MAX);
    for (step, version) in STEPS.iter().zip(1u32..).skip(found as usize) {
        let mut change = connection.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::raw_sql(step).execute(&mut *change).await?;
        sqlx::query("INSERT INTO migrations VALUES (?, ?)")
            .bind(version)
            .bind(now)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
    }
    Ok(found)
}
