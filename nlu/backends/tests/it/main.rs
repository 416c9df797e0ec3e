//! What the backends give for real model files.

#[cfg(test)]
mod agreement;
