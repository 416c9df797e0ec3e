//! The demo city's package, and copies of it with one thing changed.

use anyhow::ensure;
use std::path::{Path, PathBuf};

/// Gives the demo city's package.
#[must_use]
pub fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../flows/sainte-aurore")
}

/// Copies the demo city into a folder; gives the copy.
///
/// # Errors
/// Where it cannot be written.
pub fn copied(folder: &Path) -> anyhow::Result<PathBuf> {
    let copy = folder.join("city");
    copy_folder(&demo(), &copy)?;
    Ok(copy)
}

/// Changes some words of one file of a city, where they stand first.
///
/// # Errors
/// Where the file does not have these words.
pub fn edit(city: &Path, file: &str, words: &str, by: &str) -> anyhow::Result<()> {
    let path = city.join(file);
    let text = std::fs::read_to_string(&path)?;
    ensure!(text.contains(words), "{file} has no \"{words}\"");
    Ok(std::fs::write(&path, text.replacen(words, by, 1))?)
}

/// Copies the demo city into a folder and changes some words of one file; gives the copy.
///
/// # Errors
/// Where the file does not have these words.
pub fn changed(folder: &Path, file: &str, words: &str, by: &str) -> anyhow::Result<PathBuf> {
    let copy = copied(folder)?;
    edit(&copy, file, words, by)?;
    Ok(copy)
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let copy = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &copy)?;
        } else {
            std::fs::copy(entry.path(), copy)?;
        }
    }
    Ok(())
}
