//! Explores `tests::fuzz::conversation`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tests::fuzz::conversation(bytes));
