//! Explores `tests::fuzz::city_package`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tests::fuzz::city_package(bytes));
