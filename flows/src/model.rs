//! A city's package in memory: what the YAML says, resolved and typed.
//!
//! Plain data with a few look-ups. How it is read is in `decode`, what must hold in `lint`.

pub mod action;
pub mod calendar;
pub mod city;
pub mod expression;
pub mod faq;
pub mod flow;
pub mod intent;
pub mod service;
pub mod slot;
pub mod talk;
pub mod text;
