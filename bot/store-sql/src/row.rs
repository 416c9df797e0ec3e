//! Reads columns, the same way of either engine.

use bot_store::Error;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

/// What is wrong with a stored row.
#[derive(Debug)]
pub(crate) struct Bad(String);

/// Anything that can be said can be wrong with a row.
impl<E: std::fmt::Display> From<E> for Bad {
    fn from(why: E) -> Self {
        Self(why.to_string())
    }
}

impl Bad {
    /// Says in which table the row is.
    pub(crate) fn of(self, table: &'static str) -> Error {
        Error::row(table, self.0)
    }
}

/// Reads a value from a row.
pub(crate) type Read<T> = std::result::Result<T, Bad>;

/// The columns of a row.
pub(crate) trait Columns {
    fn int(&self, column: &'static str) -> Read<i64>;
    fn maybe_int(&self, column: &'static str) -> Read<Option<i64>>;
    fn maybe_float(&self, column: &'static str) -> Read<Option<f64>>;
    fn text(&self, column: &'static str) -> Read<String>;
    fn maybe_text(&self, column: &'static str) -> Read<Option<String>>;
    fn id(&self, column: &'static str) -> Read<Uuid>;
    fn maybe_id(&self, column: &'static str) -> Read<Option<Uuid>>;
    fn bytes(&self, column: &'static str) -> Read<Vec<u8>>;
}

macro_rules! columns {
    ($row:ty { $($name:ident: $type:ty),+ $(,)? }) => {
        impl Columns for $row {
            $(fn $name(&self, column: &'static str) -> Read<$type> {
                Ok(self.try_get(column)?)
            })+
        }
    };
    ($($row:ty),+) => {$(
        columns!($row {
            int: i64,
            maybe_int: Option<i64>,
            maybe_float: Option<f64>,
            text: String,
            maybe_text: Option<String>,
            id: Uuid,
            maybe_id: Option<Uuid>,
            bytes: Vec<u8>,
        });
    )+};
}

columns!(SqliteRow, PgRow);

/// Takes what a name stands for, or says that it is unknown.
pub(crate) fn known<T>(found: Option<T>, column: &'static str) -> Read<T> {
    found.ok_or_else(|| Bad(format!("{column} has an unknown value")))
}

/// Reads a column of a number that must not be negative.
pub(crate) fn count(row: &impl Columns, column: &'static str) -> Read<u64> {
    Ok(u64::try_from(row.int(column)?)?)
}

/// Sorts the error of a value that cannot be written as JSON.
pub(crate) fn unwritable(why: serde_json::Error) -> Error {
    Error::Fault(std::sync::Arc::new(why))
}
