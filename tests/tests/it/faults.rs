//! What may befall a running counter besides its death, under load: whatever was accepted is
//! answered, once, and every case is filed once.
//!
//! The database goes away and comes back, the disk fills up, the clock is set, a process stands
//! still for longer than its lease. `GUICHET_TEST_ROUNDS` sets how often each of these happens.
//! A fault that fell on nothing fails its test.

mod away;
#[cfg(target_os = "linux")]
mod clock;
#[cfg(target_os = "linux")]
mod full;
mod halted;
#[cfg(target_os = "linux")]
mod small_disk;

/// The shortest lease there is, in seconds.
pub(crate) const LEASE_S: u64 = 5;
