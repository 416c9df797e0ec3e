//! Reads a city's package from its folder.

use anyhow::{Context, bail};
use flows::{MAX_FILES, Package};
use std::path::Path;

/// The largest file read.
const MAX_FILE_BYTES: u64 = 32 * 1024 * 1024;

/// Reads every file of a folder that may be part of a package.
pub(crate) fn read(folder: &Path) -> anyhow::Result<Package> {
    if !folder.is_dir() {
        bail!(
            "there is no city in {}: name its folder with --city DIR, or set city.dir",
            folder.display()
        );
    }
    let mut package = Package::default();
    read_into(folder, folder, &mut package)?;
    Ok(package)
}

fn read_into(root: &Path, folder: &Path, package: &mut Package) -> anyhow::Result<()> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // Editors and systems leave hidden files; they are not the city's.
        if name.starts_with('.') || name.ends_with('~') {
            continue;
        }
        if path.is_dir() {
            read_into(root, &path, package)?;
        } else {
            read_file(root, &path, package)?;
        }
        if package.files.len() > MAX_FILES {
            bail!("{} has more than {MAX_FILES} files: is it a city's package?", root.display());
        }
    }
    Ok(())
}

fn read_file(root: &Path, path: &Path, package: &mut Package) -> anyhow::Result<()> {
    let size =
        std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?.len();
    if size > MAX_FILE_BYTES {
        bail!("{} has {size} bytes, more than {MAX_FILE_BYTES}", path.display());
    }
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| anyhow::anyhow!("{} is not UTF-8: save it as UTF-8", path.display()))?;
    let name = path.strip_prefix(root).unwrap_or(path);
    let name: Vec<_> = name.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    package.files.insert(name.join("/"), text);
    Ok(())
}
