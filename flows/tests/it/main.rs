//! The flow language on real packages.

#[cfg(test)]
mod demo_city;
#[cfg(test)]
mod package;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod seeding;
#[cfg(test)]
mod sown;
#[cfg(test)]
mod tree;
