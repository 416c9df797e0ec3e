//! Cuts a text into the pieces of a unigram model: those that are likeliest together (the Viterbi
//! algorithm over the pieces' scores, as in Kudo 2018).

use crate::error::ReadError;
use crate::normal::Normal;
use crate::weights::Weights;

/// How much less likely than the unlikeliest piece an unknown sign is.
const UNKNOWN_BELOW: f32 = 10.0;
/// The most pieces that a file may hold.
const MAX_PIECES: usize = 1 << 20;
/// Bytes of the longest piece that is looked for.
const MAX_PIECE_BYTES: usize = 96;
/// Bytes of a text that are read.
const MAX_TEXT_BYTES: usize = 1 << 16;
/// The kinds of pieces that stand for text, by sentencepiece's own numbers: normal, user's own.
const TEXT_KINDS: [u8; 2] = [1, 4];

/// A unigram model.
pub struct Tokenizer {
    normal: Normal,
    pieces: Vec<u8>,
    offsets: Vec<u32>,
    scores: Vec<f32>,
    /// Where a piece is found by the hash of its bytes: its id and one, or 0.
    slots: Vec<u32>,
    longest: usize,
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
        let damaged = |what: &str| ReadError::Damaged(format!("tokenizer.{what} does not fit"));
        let offsets = weights.whole_numbers("tokenizer.offsets")?;
        let n_pieces = offsets.len().saturating_sub(1);
        let scores = weights.numbers("tokenizer.scores", &[n_pieces])?;
        let kinds = weights.bytes("tokenizer.kinds")?;
        let pieces = weights.bytes("tokenizer.pieces")?.to_vec();
        if kinds.len() != n_pieces || n_pieces == 0 || n_pieces > MAX_PIECES {
            return Err(damaged("kinds"));
        }
        let last = offsets.last().map(|end| usize::try_from(*end).unwrap_or(usize::MAX));
        if last != Some(pieces.len()) || !offsets.is_sorted() {
            return Err(damaged("offsets"));
        }
        let lowest = scores.iter().copied().fold(f32::INFINITY, f32::min);
        let mut tokenizer = Self {
            normal: Normal::read(weights)?,
            pieces,
            offsets,
            scores,
            slots: vec![0; (2 * n_pieces).next_power_of_two()],
            longest: 0,
            unknown_score: lowest - UNKNOWN_BELOW,
            unknown: weights.number("guichet.unk")?,
            begin: weights.number("guichet.bos")?,
            end: weights.number("guichet.eos")?,
        };
        for (id, kind) in (0_u32..).zip(kinds) {
            if TEXT_KINDS.contains(kind) {
                tokenizer.index(id);
            }
        }
        Ok(tokenizer)
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
            let mut hash = SEED;
            let mut single = false;
            let window = bytes.get(at..).unwrap_or_default();
            for (place, byte) in window.iter().enumerate().take(self.longest) {
                hash = hashed(hash, *byte);
                let length = place + 1;
                if text.is_char_boundary(at + length)
                    && let Some(id) = self.find(window.get(..length).unwrap_or_default(), hash)
                {
                    single |= length == sign.len_utf8();
                    take(length, self.score(id), id);
                }
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
        std::str::from_utf8(self.piece(id)).unwrap_or_default()
    }

    fn piece(&self, id: u32) -> &[u8] {
        let at = |index: usize| self.offsets.get(index).map_or(0, |offset| *offset as usize);
        self.pieces.get(at(id as usize)..at(id as usize + 1)).unwrap_or_default()
    }

    fn index(&mut self, id: u32) {
        let piece = self.piece(id);
        if piece.is_empty() || piece.len() > MAX_PIECE_BYTES {
            return;
        }
        let length = piece.len();
        let hash = piece.iter().fold(SEED, |hash, byte| hashed(hash, *byte));
        self.longest = self.longest.max(length);
        let mask = self.slots.len() - 1;
        let mut slot = slot_of(hash) & mask;
        while self.slots.get(slot).is_some_and(|taken| *taken != 0) {
            slot = (slot + 1) & mask;
        }
        if let Some(free) = self.slots.get_mut(slot) {
            *free = id + 1;
        }
    }

    fn find(&self, piece: &[u8], hash: u64) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut slot = slot_of(hash) & mask;
        loop {
            // Half of the slots are free: the search ends.
            let id = self.slots.get(slot)?.checked_sub(1)?;
            if self.piece(id) == piece {
                return Some(id);
            }
            slot = (slot + 1) & mask;
        }
    }
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;

const fn hashed(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(0x0100_0000_01b3)
}

#[expect(clippy::cast_possible_truncation, reason = "a hash has enough bits left")]
const fn slot_of(hash: u64) -> usize {
    (hash ^ (hash >> 29)) as usize
}
