//! A tokenizer's pieces: by their ids, and found by their bytes.

use crate::error::ReadError;
use crate::weights::Weights;

/// The most pieces that a file may hold.
const MAX_PIECES: usize = 1 << 20;
/// Bytes of the longest piece that is looked for.
const MAX_PIECE_BYTES: usize = 96;
/// The kinds of pieces that stand for text, by sentencepiece's own numbers: normal, user's own.
const TEXT_KINDS: [u8; 2] = [1, 4];

/// The pieces of a model file.
pub(crate) struct Pieces {
    bytes: Vec<u8>,
    offsets: Vec<u32>,
    /// Where a piece is found by the hash of its bytes: its id and one, or 0.
    slots: Vec<u32>,
    longest: usize,
}

impl Pieces {
    /// Reads the pieces of a model file.
    pub(crate) fn read(weights: &Weights<'_>) -> Result<Self, ReadError> {
        let damaged = |what: &str| ReadError::Damaged(format!("tokenizer.{what} does not fit"));
        let offsets = weights.whole_numbers("tokenizer.offsets")?;
        let n_pieces = offsets.len().saturating_sub(1);
        let kinds = weights.bytes("tokenizer.kinds")?;
        let bytes = weights.bytes("tokenizer.pieces")?.to_vec();
        if kinds.len() != n_pieces || n_pieces == 0 || n_pieces > MAX_PIECES {
            return Err(damaged("kinds"));
        }
        let last = offsets.last().map(|end| usize::try_from(*end).unwrap_or(usize::MAX));
        if last != Some(bytes.len()) || !offsets.is_sorted() {
            return Err(damaged("offsets"));
        }
        let slots = vec![0; (2 * n_pieces).next_power_of_two()];
        let mut pieces = Self { bytes, offsets, slots, longest: 0 };
        for (id, kind) in (0_u32..).zip(kinds) {
            if TEXT_KINDS.contains(kind) {
                pieces.index(id);
            }
        }
        Ok(pieces)
    }

    /// Counts them.
    pub(crate) fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Gives the text of a piece; empty where there is none.
    pub(crate) fn text(&self, id: u32) -> &str {
        std::str::from_utf8(self.piece(id)).unwrap_or_default()
    }

    /// Lists the pieces that some bytes begin with, the shortest first: their lengths and ids.
    pub(crate) fn starting(&self, bytes: &[u8]) -> impl Iterator<Item = (usize, u32)> {
        let mut hash = SEED;
        let places = bytes.iter().enumerate().take(self.longest);
        places.filter_map(move |(place, byte)| {
            hash = hashed(hash, *byte);
            let length = place + 1;
            Some((length, self.find(bytes.get(..length)?, hash)?))
        })
    }

    fn piece(&self, id: u32) -> &[u8] {
        let at = |index: usize| self.offsets.get(index).map_or(0, |offset| *offset as usize);
        self.bytes.get(at(id as usize)..at(id as usize + 1)).unwrap_or_default()
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
