//! Explores `tests::fuzz::web_message`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tests::fuzz::web_message(bytes));
