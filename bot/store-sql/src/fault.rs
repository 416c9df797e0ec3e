//! Sorts the databases' errors by what a caller does next.

use bot_store::Error;
use sqlx::error::DatabaseError;
use std::sync::Arc;

/// Sorts an error of an address or of options.
pub(crate) fn settings_fault(error: &sqlx::Error) -> Error {
    Error::Settings(error.to_string())
}

/// Sorts any error of sqlx.
pub(crate) fn fault(error: sqlx::Error, sort: fn(&dyn DatabaseError) -> Sort) -> Error {
    let is_away = matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
    );
    let sort = if let sqlx::Error::Database(error) = &error {
        sort(error.as_ref())
    } else if matches!(error, sqlx::Error::PoolTimedOut) {
        Sort::Busy
    } else if matches!(error, sqlx::Error::Configuration(_)) {
        Sort::Settings
    } else if is_away {
        Sort::Unavailable
    } else {
        Sort::Fault
    };
    match sort {
        Sort::Busy => Error::Busy(Arc::new(error)),
        Sort::Unavailable => Error::Unavailable(Arc::new(error)),
        Sort::Full => Error::Full(Arc::new(error)),
        Sort::ReadOnly => Error::ReadOnly(Arc::new(error)),
        Sort::Conflict => Error::Conflict(error.to_string()),
        Sort::Settings => Error::Settings(error.to_string()),
        Sort::Fault => Error::Fault(Arc::new(error)),
    }
}

/// The sorts of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Busy,
    Unavailable,
    Full,
    ReadOnly,
    Conflict,
    Settings,
    Fault,
}

/// Sorts an error by SQLite's result code: <https://www.sqlite.org/rescode.html>.
pub(crate) fn sqlite_sort(error: &dyn DatabaseError) -> Sort {
    let code = error.code().and_then(|code| code.parse::<u32>().ok());
    // The last byte is the primary code.
    match code.map(|code| code & 0xff) {
        // BUSY, LOCKED, PROTOCOL
        Some(5 | 6 | 15) => Sort::Busy,
        // IOERR, CANTOPEN
        Some(10 | 14) => Sort::Unavailable,
        // FULL
        Some(13) => Sort::Full,
        // PERM, READONLY
        Some(3 | 8) => Sort::ReadOnly,
        // CONSTRAINT
        Some(19) => Sort::Conflict,
        Some(_) | None => Sort::Fault,
    }
}

/// Sorts an error by SQLSTATE: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
pub(crate) fn postgres_sort(error: &dyn DatabaseError) -> Sort {
    let code = error.code().unwrap_or_default();
    match code.as_ref() {
        // disk_full
        "53100" => Sort::Full,
        // read_only_sql_transaction
        "25006" => Sort::ReadOnly,
        // serialization_failure, deadlock_detected
        "40001" | "40P01" => Sort::Conflict,
        // too_many_connections, lock_not_available, query_canceled
        "53300" | "55P03" | "57014" => Sort::Busy,
        // invalid_catalog_name
        "3D000" => Sort::Settings,
        code => match code.get(..2) {
            // Integrity constraint violation.
            Some("23") => Sort::Conflict,
            // Connection, resources, operator intervention, system error.
            Some("08" | "53" | "57" | "58") => Sort::Unavailable,
            // Authorization.
            Some("28") => Sort::Settings,
            Some(_) | None => Sort::Fault,
        },
    }
}
