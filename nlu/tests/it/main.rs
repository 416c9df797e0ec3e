//! The understanding as a whole, on a small lesson.

#[cfg(test)]
mod cases;
