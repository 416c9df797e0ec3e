//! Voice: sound in, transcripts out, and what a phone call says.

pub mod audio;
pub mod detector;
mod ggml;
pub mod transcribe;
pub mod wer;
pub mod whisper;
pub mod words;
