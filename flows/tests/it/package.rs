//! Reads a package from a folder.

use flows::Package;
use std::path::{Path, PathBuf};

/// Gives the demo city's folder.
pub(crate) fn demo_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sainte-aurore")
}

/// Reads every file below a folder.
pub(crate) fn read(folder: &Path) -> Package {
    let mut package = Package::default();
    read_into(folder, folder, &mut package);
    package
}

fn read_into(root: &Path, folder: &Path, package: &mut Package) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_into(root, &path, package);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            package.files.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}
