//! The flow language: what a clerk writes, read, checked, drawn and compiled.
//!
//! Lives here: the YAML of a city's package to a checked [`City`]; the linter; the formatter, the
//! graphs and the schema; texts with their placeholders. Never here: files, the network, tokio.

mod condition;
mod decode;
pub mod fault;
mod format;
pub mod globals;
pub mod graph;
mod hash;
pub mod intents_file;
mod link;
mod lint;
mod literal;
pub mod model;
mod package;
pub mod rasa;
pub mod render;
mod schema;
pub mod sms;
mod template;
mod types;
mod yaml;

pub use fault::{Fault, Rule, Spot};
pub use format::format;
pub use model::city::City;
pub use package::{Bearing, Loaded, MAX_FILES, Package, load};
pub use schema::schema;
