//! What the whole-product tests and the load generator share: the real `guichet` as a process,
//! its HTTP door, and residents who talk to it.
//!
//! Never here: a verdict; that is the tests' own.

pub mod activity;
pub mod binary;
pub mod city;
pub mod client;
pub mod counter;
pub mod figures;
pub mod fuzz;
pub mod numbers;
pub mod report;
pub mod resident;
pub mod setup;
pub mod way;

pub use client::{Client, Failure, Posted};
pub use counter::Counter;
pub use report::Report;
pub use resident::Resident;
pub use setup::{Role, Setup};
pub use way::{Patience, Way};
