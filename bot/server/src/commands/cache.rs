//! Files in `city.cache_dir`: what was learnt, and what is live.

use anyhow::Context;
use std::path::Path;

/// Writes a file; whoever reads meanwhile finds the old one or the new one, whole.
pub(crate) fn write(bytes: &[u8], file: &Path) -> anyhow::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
    }
    // Another process may be writing the same at this moment: each writes a file of its own.
    let part = file.with_extension(format!("{}.part", std::process::id()));
    std::fs::write(&part, bytes).with_context(|| format!("cannot write {}", part.display()))?;
    std::fs::rename(&part, file).with_context(|| format!("cannot write {}", file.display()))
}
