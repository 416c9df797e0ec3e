//! What the encoders give for real model files.

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod damage;
