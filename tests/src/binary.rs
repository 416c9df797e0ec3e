//! Where the `guichet` that is tried and what it has learnt lie.
//!
//! Never here: building it. Cargo has done that before.

use anyhow::{Context, bail};
use std::path::PathBuf;

/// Names another `guichet` to try.
pub const VARIABLE: &str = "GUICHET_BIN";
const NAME: &str = "guichet";
/// A test lies in `PROFILE/deps`, a program in `PROFILE`.
const MAX_FOLDERS_UP: usize = 2;

/// Finds the `guichet` to try: the one of the same profile as this program, or the one named.
///
/// # Errors
/// Says how to build it.
pub fn guichet() -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE).map(PathBuf::from) {
        if !named.is_file() {
            bail!("{VARIABLE} names {}, which is no file", named.display());
        }
        return named.canonicalize().context("the file cannot be found");
    }
    let own = std::env::current_exe().context("this program has no path")?;
    let beside = own.ancestors().skip(1).take(MAX_FOLDERS_UP).map(|folder| folder.join(NAME));
    beside.into_iter().find(|path| path.is_file()).with_context(|| {
        format!(
            "there is no {NAME} beside {}: run `cargo build -p bot-server` (with --release for a \
             release), or name one with {VARIABLE}",
            own.display()
        )
    })
}

/// Gives the folder beside `guichet` that keeps what was learnt of the city, from run to run.
///
/// # Errors
/// As [`guichet`].
pub fn cache_folder() -> anyhow::Result<PathBuf> {
    Ok(guichet()?.with_file_name("guichet-learnt"))
}
