//! What the parts of voice give together.

#[cfg(test)]
mod audio;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod detector;
#[cfg(test)]
mod files;
#[cfg(test)]
mod noises;
#[cfg(test)]
mod transcripts;
