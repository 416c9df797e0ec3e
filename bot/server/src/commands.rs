//! The commands, one file each.
pub(crate) mod backup;
mod cache;
pub(crate) mod case;
pub(crate) mod chat;
pub(crate) mod doctor;
pub(crate) mod flows;
pub(crate) mod health;
mod knock;
pub(crate) mod live;
pub(crate) mod migrate;
pub(crate) mod models;
pub(crate) mod nlu;
mod office;
pub(crate) mod restore;
pub(crate) mod retraining;
pub(crate) mod serve;
pub(crate) mod teaching;
pub(crate) mod town;
