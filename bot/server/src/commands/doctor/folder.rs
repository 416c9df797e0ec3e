//! Whether a folder can be written to, now or once it is made.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Gives the folder itself or, where it is still to be made, the nearest one above it that is there.
pub(super) fn nearest(folder: &Path) -> PathBuf {
    let there = folder.ancestors().find(|path| path.exists());
    // The last ancestor of a relative path is empty: the working folder.
    there.map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// Tries to write a file there, and takes it away again.
pub(super) fn try_writing(folder: &Path) -> Result<(), String> {
    let there = nearest(folder);
    if !there.is_dir() {
        return Err(format!("{} is no folder", there.display()));
    }
    // Of this process alone: nobody's file is written over.
    let file = there.join(format!(".guichet-doctor-{}", std::process::id()));
    let opened = OpenOptions::new().write(true).create_new(true).open(&file);
    let written = opened.and_then(|mut opened| opened.write_all(b"guichet doctor\n"));
    let told = |why| format!("nothing can be written in {}: {why}", there.display());
    let removed = std::fs::remove_file(&file);
    written.and(removed).map_err(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_is_there() {
        assert_eq!(nearest(Path::new("src")), Path::new("src"));
        assert_eq!(nearest(Path::new("src/no/such")), Path::new("src"));
        assert_eq!(nearest(Path::new("no/such")), Path::new("."));
        assert_eq!(nearest(Path::new("")), Path::new("."));
        assert_eq!(nearest(Path::new("/no/such")), Path::new("/"));
    }

    #[test]
    fn a_file_is_no_folder() {
        let refused = try_writing(Path::new("Cargo.toml/data"));
        assert_eq!(refused, Err("Cargo.toml is no folder".to_owned()));
    }
}
