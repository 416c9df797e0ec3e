//! How many files and connections the process may have open: as many as the system lets it.
//!
//! Every client that listens is an open connection, and the usual soft limit of 1,024 is for
//! programs of another kind. Never here: how many clients are let in.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the soft limit to the hard one; where that is refused, the process goes on with what it
/// has.
pub(crate) fn raise_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    if let Err(error) = raised {
        tracing::warn!(%error, now = ?limit.current, "the limit of open files cannot be raised");
    }
}
