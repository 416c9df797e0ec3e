//! A tokenizer's pieces, as every converted file holds them.

use safetensors::Dtype;

use super::tensors::Tensors;
use super::{ConvertError, Vocabulary};

/// What a piece is, in sentencepiece's own numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
}

/// The bytes that a piece may have at most.
const MAX_PIECE_BYTES: usize = 1_024;

/// Pieces in the order of their ids.
pub(super) struct Pieces {
    text: Vec<u8>,
    offsets: Vec<u32>,
    scores: Vec<f32>,
    kinds: Vec<Kind>,
}

impl Pieces {
    pub(super) fn new() -> Self {
        Self { text: Vec::new(), offsets: vec![0], scores: Vec::new(), kinds: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Adds the next piece.
    pub(super) fn push(
        &mut self,
        piece: &[u8],
        score: f32,
        kind: Kind,
    ) -> Result<(), ConvertError> {
        let id = self.len();
        if piece.is_empty() || piece.len() > MAX_PIECE_BYTES || std::str::from_utf8(piece).is_err()
        {
            return Err(ConvertError::strange(format!("piece {id} of its tokenizer is no text")));
        }
        if !score.is_finite() {
            return Err(ConvertError::strange(format!("piece {id} of its tokenizer has no score")));
        }
        self.text.extend(piece);
        let end = u32::try_from(self.text.len());
        self.offsets.push(end.map_err(|_| ConvertError::strange("its tokenizer is too large"))?);
        self.scores.push(score);
        self.kinds.push(kind);
        Ok(())
    }

    pub(super) fn kind(&self, id: usize) -> Option<Kind> {
        self.kinds.get(id).copied()
    }

    pub(super) fn score(&self, id: usize) -> f32 {
        self.scores.get(id).copied().unwrap_or(f32::NEG_INFINITY)
    }

    pub(super) fn piece(&self, id: usize) -> &[u8] {
        let ends = self.offsets.get(id).zip(self.offsets.get(id + 1));
        let range = ends.map(|(start, end)| *start as usize..*end as usize);
        range.and_then(|range| self.text.get(range)).unwrap_or_default()
    }

    /// Finds a piece by its text.
    pub(super) fn id(&self, piece: &str) -> Result<usize, ConvertError> {
        let found = (0..self.len()).find(|id| self.piece(*id) == piece.as_bytes());
        found.ok_or_else(|| ConvertError::strange(format!("its tokenizer has no piece {piece}")))
    }

    /// Keeps the pieces of a vocabulary, in their order.
    pub(super) fn kept(&self, vocabulary: &Vocabulary) -> Result<Self, ConvertError> {
        let mut kept = Self::new();
        for id in vocabulary.ids() {
            let kind = self.kind(id).unwrap_or(Kind::Normal);
            kept.push(self.piece(id), self.score(id), kind)?;
        }
        Ok(kept)
    }

    /// Writes the pieces into a file.
    pub(super) fn write(self, file: &mut Tensors) -> Result<(), ConvertError> {
        let n = self.len();
        let offsets = self.offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect();
        let scores = self.scores.iter().flat_map(|score| score.to_le_bytes()).collect();
        let kinds = self.kinds.iter().map(|kind| *kind as u8).collect();
        file.add("tokenizer.pieces", Dtype::U8, &[self.text.len()], self.text)?;
        file.add("tokenizer.offsets", Dtype::U32, &[n + 1], offsets)?;
        file.add("tokenizer.scores", Dtype::F32, &[n], scores)?;
        file.add("tokenizer.kinds", Dtype::U8, &[n], kinds)
    }
}
