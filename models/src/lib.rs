//! Model files: where each may be had, how it is fetched, checked and converted.
//!
//! Lives here: the list (`manifest.toml`), fetching, converting, and the folder with what is ready.
//! Never here: inference; what a terminal shows.

pub mod convert;
mod converter;
pub mod fetch;
mod folder;
mod hashes;
pub mod manifest;

pub use converter::Converter;
pub use folder::{Folder, NotReady, State};
pub use manifest::{Manifest, Model, Source};
