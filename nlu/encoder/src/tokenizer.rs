//! Cuts a text into the pieces of a unigram model: those that are likeliest together (the Viterbi
//! algorithm over the pieces' scores, as in Kudo 2018).

use crate::error::ReadError;
use crate::normal::Normal;
use crate::pieces::Pieces;
use crate::weights::Weights;

/// How much less likely than the unlikeliest piece an unknown sign is.
const UNKNOWN_BELOW: f32 = 10.0;
/// Bytes of a text that are read.
pub(crate) const MAX_TEXT_BYTES: usize = 1 << 16;

/// A unigram model.
pub struct Tokenizer {
    normal: Normal,
    pieces: Pieces,
    scores: Vec<f32>,
    unknown_score: f32,
    /// The id of what has no piece.
    pub unknown: u32,
    /// The id that begins a text.
    pub begin: u32,
    /// The id that ends it.
    pub end: u32,
}

impl Tokenizer {
    /// Reads the tokenizer of a model file.
    ///
    /// # Errors
    /// [`ReadError`] where a part is missing or the parts do not fit together.
    pub fn read(weights: &Weights<'_>) -> Result<Self, ReadError> {
        let pieces = Pieces::read(weights)?;
        let scores = weights.numbers("tokenizer.scores", &[pieces.len()])?;
        let lowest = scores.iter().copied().fold(f32::INFINITY, f32::min);
        Ok(Self {
            normal: Normal::read(weights)?,
            pieces,
            scores,
            unknown_score: lowest - UNKNOWN_BELOW,
            unknown: weights.number("guichet.unk")?,
            begin: weights.number("guichet.bos")?,
            end: weights.number("guichet.eos")?,
        })
    }

    /// Gives the ids of a text's pieces, without those that begin and end it.
    #[must_use]
    pub fn ids(&self, text: &str) -> Vec<u32> {
        let text = text.get(..text.floor_char_boundary(MAX_TEXT_BYTES)).unwrap_or_default();
        let text = self.normal.of(text);
        let mut ids = self.best_path(&text);
        // Signs without a piece that stand together are one unknown.
        ids.dedup_by(|next, kept| *next == self.unknown && *kept == self.unknown);
        ids
    }

    fn best_path(&self, text: &str) -> Vec<u32> {
        #[derive(Clone, Copy)]
        struct Step {
            score: f32,
            from: usize,
            id: u32,
        }
        let bytes = text.as_bytes();
        let unreached = Step { score: f32::NEG_INFINITY, from: 0, id: self.unknown };
        let mut steps = vec![unreached; bytes.len() + 1];
        if let Some(first) = steps.first_mut() {
            first.score = 0.0;
        }
        for (at, sign) in text.char_indices() {
            let Some(here) = steps.get(at).map(|step| step.score) else { break };
            let mut take = |length: usize, score: f32, id: u32| {
                let score = here + score;
                if let Some(step) = steps.get_mut(at + length)
                    && score > step.score
                {
                    *step = Step { score, from: at, id };
                }
            };
            let mut single = false;
            for (length, id) in self.pieces.starting(bytes.get(at..).unwrap_or_default()) {
                single |= length == sign.len_utf8();
                take(length, self.score(id), id);
            }
            if !single {
                take(sign.len_utf8(), self.unknown_score, self.unknown);
            }
        }
        let mut ids = Vec::new();
        let mut at = bytes.len();
        while at > 0 {
            let Some(step) = steps.get(at) else { break };
            ids.push(step.id);
            at = step.from;
        }
        ids.reverse();
        ids
    }

    fn score(&self, id: u32) -> f32 {
        self.scores.get(id as usize).copied().unwrap_or(self.unknown_score)
    }

    /// Gives the text of a piece; empty where there is none.
    #[must_use]
    pub fn text(&self, id: u32) -> &str {
        self.pieces.text(id)
    }
}
