//! The flow language on real packages.

#[cfg(test)]
mod demo_city;
#[cfg(test)]
mod package;
#[cfg(test)]
mod pictures;
