//! A file of Whisper's weights, as whisper.cpp writes it: sides, mel filters, vocabulary, tensors.

use nlu_kernels::{BLOCK, Panels};
use std::cell::RefCell;

use crate::ggml::{Bytes, MAX_SIDE, ReadError, Tensor, Tensors, floats, panels};

/// Frequencies of a spectrum.
pub(super) const N_FREQUENCIES: usize = 201;
/// Bytes of the longest token.
const MAX_TOKEN_BYTES: usize = 1_024;

/// The sides of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sides {
    /// Tokens.
    pub n_tokens: usize,
    /// Steps of sound that the encoder takes at most, 50 a second.
    pub n_steps: usize,
    /// Numbers of a vector.
    pub width: usize,
    /// Heads of the attention.
    pub n_heads: usize,
    /// Layers of the encoder.
    pub n_encoder_layers: usize,
    /// Places of text.
    pub n_places: usize,
    /// Layers of the decoder.
    pub n_decoder_layers: usize,
    /// Bands of the spectrum.
    pub n_bands: usize,
}

/// A file, taken apart.
pub(super) struct File<'a> {
    pub(super) sides: Sides,
    /// The bands, each a row of [`N_FREQUENCIES`].
    pub(super) filters: Vec<f32>,
    /// The bytes of each token of text.
    pub(super) tokens: Vec<&'a [u8]>,
    /// Those that no part of the model has taken.
    tensors: RefCell<Tensors<'a>>,
}

impl<'a> File<'a> {
    /// Takes a file apart.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let mut bytes = Bytes::open(bytes)?;
        let sides = sides(&mut bytes)?;
        bytes.enter("mel filters");
        let (n_bands, n_frequencies) = (bytes.count(MAX_SIDE)?, bytes.count(MAX_SIDE)?);
        if n_bands != sides.n_bands || n_frequencies != N_FREQUENCIES {
            let words = format!("its filters are {n_bands} by {n_frequencies}");
            return Err(ReadError::Other(words));
        }
        let filters = floats(bytes.take(n_bands * n_frequencies * 4)?).collect();
        bytes.enter("vocabulary");
        let n_words = bytes.count(sides.n_tokens)?;
        let mut tokens = Vec::with_capacity(n_words);
        for _ in 0..n_words {
            let n_bytes = bytes.count(MAX_TOKEN_BYTES)?;
            tokens.push(bytes.take(n_bytes)?);
        }
        let tensors = RefCell::new(Tensors::read(bytes)?);
        Ok(Self { sides, filters, tokens, tensors })
    }

    fn tensor(&self, name: &str, shape: &[usize]) -> Result<Tensor<'a>, ReadError> {
        self.tensors.borrow_mut().take(name, shape)
    }

    /// Gives the numbers of a tensor, row by row.
    pub(super) fn numbers(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ReadError> {
        self.tensor(name, shape)?.numbers()
    }

    /// Gives some rows of a matrix as one in bytes.
    pub(super) fn chosen(
        &self,
        name: &str,
        shape: [usize; 2],
        rows: &[usize],
    ) -> Result<Panels, ReadError> {
        let tensor = self.tensor(name, &shape)?;
        let rows: Vec<_> = rows.iter().map(|row| (&tensor, *row)).collect();
        panels(&rows, shape[1])
    }

    /// Gives matrices of one shape side by side, in bytes.
    pub(super) fn panels(
        &self,
        names: &[String],
        n_outputs: usize,
        n_inputs: usize,
    ) -> Result<Panels, ReadError> {
        let tensors = names.iter().map(|name| self.tensor(name, &[n_outputs, n_inputs]));
        let tensors: Vec<Tensor<'_>> = tensors.collect::<Result<_, ReadError>>()?;
        let rows = tensors.iter().flat_map(|tensor| (0..n_outputs).map(move |row| (tensor, row)));
        panels(&rows.collect::<Vec<_>>(), n_inputs)
    }

    /// Refuses a file that has more than what was taken.
    pub(super) fn expect_none(self) -> Result<(), ReadError> {
        self.tensors.into_inner().expect_none()
    }
}

fn sides(bytes: &mut Bytes<'_>) -> Result<Sides, ReadError> {
    let mut numbers = [0; 10];
    for number in &mut numbers {
        *number = bytes.count(MAX_SIDE)?;
    }
    // How most tensors are written; each says it again.
    bytes.u32()?;
    let [n_tokens, n_steps, width, n_heads, n_encoder_layers, rest @ ..] = numbers;
    let [n_places, text_width, n_text_heads, n_decoder_layers, n_bands] = rest;
    let is_even = n_heads > 0 && width.is_multiple_of(n_heads * BLOCK);
    if !is_even || (text_width, n_text_heads) != (width, n_heads) {
        return Err(ReadError::Other(format!("{n_heads} heads share {width} numbers")));
    }
    Ok(Sides {
        n_tokens,
        n_steps,
        width,
        n_heads,
        n_encoder_layers,
        n_places,
        n_decoder_layers,
        n_bands,
    })
}
