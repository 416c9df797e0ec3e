//! The understanding as a whole, on a small lesson.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod odd;
