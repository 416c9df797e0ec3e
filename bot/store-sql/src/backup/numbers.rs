//! Numbers that may have been given after the copy was made: they are passed over, so that no two
//! residents get the same.
//!
//! A case's number is on paper and in people's heads; an event's id is with whoever follows the desk.

use bot_core::UnixMs;
use bot_core::case_number::MAX_SEQUENCE;
use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

/// Ids of desk events passed over: more than any city has in the days between two backups.
const N_EVENTS: i64 = 1_000_000_000;

const GIVEN: &str = "
    SELECT year, last_sequence
    FROM case_number
";
/// A year of which the copy knows nothing may have begun since.
const BEGIN_YEAR: &str = "
    INSERT INTO case_number (year, last_sequence)
    VALUES ($1, 0)
    ON CONFLICT (year) DO NOTHING
";
const SKIP: &str = "
    UPDATE case_number
    SET last_sequence = MIN(last_sequence + $2, $3)
    WHERE year >= $1
";
const GO_ON: &str = "
    INSERT INTO case_number (year, last_sequence)
    VALUES ($1, $2)
    ON CONFLICT (year) DO UPDATE
    SET last_sequence = MAX(last_sequence, excluded.last_sequence)
";
const SKIP_EVENTS: &str = "
    UPDATE sqlite_sequence
    SET seq = seq + $1
    WHERE name = 'desk_event'
";

/// The last number that was given in each year.
pub(super) type Given = Vec<(i64, i64)>;

pub(super) async fn given(connection: &mut SqliteConnection) -> sqlx::Result<Given> {
    let rows = sqlx::query(GIVEN).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.try_get("year")?, row.try_get("last_sequence")?))).collect()
}

/// Passes over so many numbers of the copy's last year and later, and over all that the store had
/// given that is being replaced.
pub(super) async fn skip(
    connection: &mut SqliteConnection,
    n_numbers: u32,
    before: &Given,
    now: UnixMs,
) -> sqlx::Result<()> {
    let this_year = now.timestamp().strftime("%y").to_string().parse().unwrap_or(0);
    let last_year = given(connection).await?.into_iter().map(|(year, _)| year).max();
    let last_year = last_year.unwrap_or(this_year).min(this_year);
    for year in last_year..=this_year {
        sqlx::query(BEGIN_YEAR).bind(year).execute(&mut *connection).await?;
    }
    let skip = sqlx::query(SKIP).bind(last_year).bind(n_numbers).bind(MAX_SEQUENCE);
    skip.execute(&mut *connection).await?;
    for (year, last) in before {
        sqlx::query(GO_ON).bind(year).bind(last).execute(&mut *connection).await?;
    }
    sqlx::query(SKIP_EVENTS).bind(N_EVENTS).execute(connection).await?;
    Ok(())
}
