//! Which pieces of a large vocabulary a city of two languages keeps.
//!
//! The list is made by `models/tools/vocabulary.py`, which says how.

use super::ConvertError;

/// The pieces of multilingual-e5-small.
pub(super) const E5_N_PIECES: usize = 250_002;
/// Its pieces that French and English need, a bit a piece.
const E5_FRENCH_ENGLISH: &[u8] = include_bytes!("../../data/e5-fr-en.bits");

/// A choice among numbered pieces.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    ids: Vec<usize>,
    n_before: usize,
}

impl Vocabulary {
    /// Gives the pieces of multilingual-e5-small that French and English need.
    ///
    /// # Errors
    ///
    /// Fails when the list in this program is not a list of that many pieces.
    pub fn e5_french_english() -> Result<Self, ConvertError> {
        Self::from_bits(E5_FRENCH_ENGLISH, E5_N_PIECES)
    }

    /// Reads a choice: bit n of byte n / 8, the lowest first, says whether piece n stays.
    ///
    /// # Errors
    ///
    /// Fails when there are not as many bits as pieces, or none is set.
    pub fn from_bits(bits: &[u8], n_pieces: usize) -> Result<Self, ConvertError> {
        if bits.len() != n_pieces.div_ceil(8) {
            return Err(ConvertError::strange(format!(
                "the list of kept pieces has {} bytes, which are not {n_pieces} bits",
                bits.len()
            )));
        }
        let is_kept = |id: &usize| bits[id / 8] >> (id % 8) & 1 == 1;
        let ids: Vec<usize> = (0..n_pieces).filter(is_kept).collect();
        if ids.is_empty() {
            return Err(ConvertError::strange("the list of kept pieces is empty"));
        }
        Ok(Self { ids, n_before: n_pieces })
    }

    /// Lists the kept pieces by their old numbers, in order.
    #[must_use]
    pub fn ids(&self) -> impl ExactSizeIterator<Item = usize> {
        self.ids.iter().copied()
    }

    /// Counts the pieces before the cut.
    #[must_use]
    pub const fn n_before(&self) -> usize {
        self.n_before
    }

    /// Counts the kept pieces.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// Never true: an empty choice is refused.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Gives the new number of a piece.
    #[must_use]
    pub fn new_id(&self, old: usize) -> Option<usize> {
        self.ids.binary_search(&old).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_list_is_the_one_that_the_script_wrote() {
        let hash = crate::hashes::hex(&Sha256::digest(E5_FRENCH_ENGLISH));
        assert_eq!(hash, "bd8c8a57d2d009fc4ec9dbf8e4ef9b4dd658f69c2c8ef91ed2394d072c04eb75");
        let vocabulary = Vocabulary::e5_french_english().unwrap();
        assert_eq!(vocabulary.len(), 45_415);
        assert_eq!(vocabulary.ids().take(5).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_list_of_another_length_is_refused() {
        assert!(Vocabulary::from_bits(&[255, 255], 17).is_err());
        assert!(Vocabulary::from_bits(&[0, 0], 16).is_err());
        let kept = Vocabulary::from_bits(&[0b1000_0001, 0b10], 10).unwrap();
        assert_eq!(kept.ids().collect::<Vec<_>>(), [0, 7, 9]);
        assert_eq!((kept.new_id(9), kept.new_id(8)), (Some(2), None));
    }
}
