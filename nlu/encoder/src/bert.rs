//! Encoders of the BERT kind (Devlin et al. 2018): which there are, how a text is cut for them, and
//! how its vector is made of the layers' last rows.
//!
//! Lives here: all that is the same however the layers are run. They are behind the trait [`Pass`]:
//! `layers.rs` runs them with this crate's own kernels, the crate `nlu-backends` with others.
//!
//! The vector of a text is the mean over its tokens of the last layer, and beside it that of the
//! layer before, which keeps more of the words (adr/0016); each half counts the same, and together
//! they have length 1.

mod layers;

use sha2::{Digest, Sha256};

use crate::Encoder;
use crate::error::{EncodeError, ReadError};
use crate::tokenizer::Tokenizer;
use crate::weights::Weights;
use crate::word_pieces::WordPieces;
use nlu_kernels::rows::{count, to_unit};

/// Coordinates of a token's vector.
pub const WIDTH: usize = 384;
/// Coordinates of a text's vector: those of the last layer, then those of the layer before.
pub const TEXT_WIDTH: usize = 2 * WIDTH;
/// Coordinates within a layer's second half.
pub const INNER: usize = 1_536;
/// Parts of a vector that look at the other tokens each by itself.
pub const N_HEADS: usize = 12;
/// Places that a token can have.
pub const N_PLACES: usize = 512;
/// Types of text that a token can be of; all are of the first.
pub const N_TYPES: usize = 2;
/// Keeps a row of equal numbers from being divided by nothing.
pub const EPS: f32 = 1e-12;
/// The tables of the pieces, of the places and of the types.
pub const TABLES: [&str; 3] = [
    "embeddings.word_embeddings.weight",
    "embeddings.position_embeddings.weight",
    "embeddings.token_type_embeddings.weight",
];
/// Windows of a text that are read.
const MAX_WINDOWS: usize = 4;

/// multilingual-e5-small (Wang et al. 2024), encoder B.
pub const E5_SMALL: Model = Model {
    name: "e5-small",
    n_layers: 12,
    prefix: "query: ",
    window_tokens: N_PLACES - 2,
    cut: Cut::Unigram,
    is_exact: false,
    only: None,
};

/// all-MiniLM-L6-v2 (Wang et al. 2020, Reimers and Gurevych 2019), encoder C: English alone.
pub const MINILM: Model = Model {
    name: "minilm",
    n_layers: 6,
    prefix: "",
    // What it was trained on is not longer.
    window_tokens: 254,
    cut: Cut::WordPieces,
    // In bytes its vectors would be off by 0.0005 (as a cosine).
    is_exact: true,
    only: Some("en"),
};

/// A model of the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model {
    /// Its name, as its file has it.
    pub name: &'static str,
    /// Its layers.
    pub n_layers: usize,
    /// What it was trained to see before a text that is compared with others.
    prefix: &'static str,
    /// Tokens of one window, without those that begin and end it; a longer text is cut into
    /// several.
    window_tokens: usize,
    cut: Cut,
    /// Whether its matrices are multiplied as floats, instead of being rounded to bytes.
    is_exact: bool,
    /// The one language that it knows, by its code; without it, all that the counter speaks.
    only: Option<&'static str>,
}

/// How a model's texts are cut into pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Unigram,
    WordPieces,
}

/// What cuts them.
enum Cutter {
    Unigram(Tokenizer),
    WordPieces(WordPieces),
}

/// Runs a model's layers.
pub trait Pass: Send + Sync {
    /// Names what runs them and how; another name for other arithmetic.
    fn name(&self) -> &str;
    /// Gives for each window of tokens the mean of the last layer's rows, then that of the layer
    /// before: [`TEXT_WIDTH`] numbers.
    ///
    /// # Errors
    /// [`EncodeError::Backend`] where the library beneath fails.
    fn means(&self, windows: &[Vec<u32>]) -> Result<Vec<Vec<f32>>, EncodeError>;
}

/// Makes a pass of a model's weights.
pub type MakePass<'a> = &'a dyn Fn(&Weights<'_>, Model) -> Result<Box<dyn Pass>, ReadError>;

/// An encoder of the kind.
pub struct Bert {
    model: Model,
    cutter: Cutter,
    pass: Box<dyn Pass>,
    fingerprint: [u8; 32],
}

impl Model {
    /// Reads the model's file; the layers are run by this crate's own kernels.
    ///
    /// # Errors
    /// [`ReadError`] says what is wrong with the file.
    pub fn read(self, bytes: &[u8]) -> Result<Bert, ReadError> {
        self.read_for(bytes, &|weights, model| {
            Ok(Box::new(layers::OwnKernels::read(weights, model)?))
        })
    }

    /// Reads the model's file for another pass.
    ///
    /// # Errors
    /// [`ReadError`] says what is wrong with the file, or with what shall run it.
    pub fn read_for(self, bytes: &[u8], make: MakePass<'_>) -> Result<Bert, ReadError> {
        let weights = Weights::read(bytes, self.name)?;
        let cutter = match self.cut {
            Cut::Unigram => Cutter::Unigram(Tokenizer::read(&weights)?),
            Cut::WordPieces => Cutter::WordPieces(WordPieces::read(&weights)?),
        };
        let pass = make(&weights, self)?;
        let hasher = Sha256::new().chain_update(weights.fingerprint()).chain_update(pass.name());
        Ok(Bert { model: self, cutter, pass, fingerprint: hasher.finalize().into() })
    }

    /// Lists the weights' names and shapes, as a file with so many pieces has them.
    #[must_use]
    pub fn parts(self, n_pieces: usize) -> Vec<(String, Vec<usize>)> {
        let rows = [n_pieces, N_PLACES, N_TYPES];
        let mut parts: Vec<(String, Vec<usize>)> =
            TABLES.iter().zip(rows).map(|(name, n)| ((*name).to_owned(), vec![n, WIDTH])).collect();
        let mut add = |name: &str, shape: &[usize]| {
            parts.push((format!("{name}.weight"), shape.to_vec()));
            parts.push((format!("{name}.bias"), shape.iter().take(1).copied().collect()));
        };
        add("embeddings.LayerNorm", &[WIDTH]);
        for layer in 0..self.n_layers {
            let mut add = |name: &str, shape: &[usize]| {
                add(&format!("encoder.layer.{layer}.{name}"), shape);
            };
            for head in ["query", "key", "value"] {
                add(&format!("attention.self.{head}"), &[WIDTH, WIDTH]);
            }
            add("attention.output.dense", &[WIDTH, WIDTH]);
            add("attention.output.LayerNorm", &[WIDTH]);
            add("intermediate.dense", &[INNER, WIDTH]);
            add("output.dense", &[WIDTH, INNER]);
            add("output.LayerNorm", &[WIDTH]);
        }
        parts
    }
}

impl Bert {
    /// Gives the tokens of a text: one window, or a few where it is long.
    #[must_use]
    pub fn windows(&self, text: &str) -> Vec<Vec<u32>> {
        let text = [self.model.prefix, text].concat();
        let (ids, begin, end) = match &self.cutter {
            Cutter::Unigram(tokenizer) => (tokenizer.ids(&text), tokenizer.begin, tokenizer.end),
            Cutter::WordPieces(pieces) => (pieces.ids(&text), pieces.begin, pieces.end),
        };
        let window = |ids: &[u32]| {
            let ids = ids.iter().copied();
            [begin].into_iter().chain(ids).chain([end]).collect()
        };
        // A text without a token has one window all the same.
        let n_windows = ids.len().div_ceil(self.model.window_tokens).clamp(1, MAX_WINDOWS);
        let cut = |at: usize| {
            let from = ids.get(at * self.model.window_tokens..).unwrap_or_default();
            window(from.get(..self.model.window_tokens).unwrap_or(from))
        };
        (0..n_windows).map(cut).collect()
    }

    /// Gives the text of a piece; empty where there is none.
    #[must_use]
    pub fn piece(&self, id: u32) -> &str {
        match &self.cutter {
            Cutter::Unigram(tokenizer) => tokenizer.text(id),
            Cutter::WordPieces(pieces) => pieces.text(id),
        }
    }
}

impl Encoder for Bert {
    fn name(&self) -> &str {
        self.model.name
    }

    fn width(&self) -> usize {
        TEXT_WIDTH
    }

    fn knows(&self, language: &str) -> bool {
        self.model.only.is_none_or(|only| only == language)
    }

    fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    fn encode(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EncodeError> {
        let cut: Vec<Vec<Vec<u32>>> = texts.iter().map(|text| self.windows(text)).collect();
        let counts: Vec<usize> = cut.iter().map(Vec::len).collect();
        let windows: Vec<Vec<u32>> = cut.into_iter().flatten().collect();
        let means = self.pass.means(&windows)?;
        let mut parts = means.into_iter().zip(&windows);
        let vector = |n_windows: &usize| {
            let mut vector = vec![0.0; TEXT_WIDTH];
            for (mean, window) in parts.by_ref().take(*n_windows) {
                for (cell, part) in vector.iter_mut().zip(mean) {
                    *cell += part * count(window.len());
                }
            }
            for half in vector.chunks_exact_mut(WIDTH) {
                to_unit(half);
            }
            to_unit(&mut vector);
            vector
        };
        Ok(counts.iter().map(vector).collect())
    }
}
