//! The features that training has seen, and how much each one tells.

use serde::{Deserialize, Serialize};

use super::features::{Bag, Block};
use super::vector::Vector;

/// Known features in order of hash, with their weight (inverse document frequency).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Vocabulary {
    hashes: Vec<u64>,
    weights: Vec<f32>,
}

impl Vocabulary {
    /// Learns the features of some bags.
    pub(crate) fn learn<'a>(bags: impl Iterator<Item = &'a Bag>) -> Self {
        let mut n_bags = 0_usize;
        let mut seen: Vec<u64> = Vec::new();
        for bag in bags {
            n_bags += 1;
            seen.extend(bag.features.iter().map(|feature| feature.hash));
        }
        seen.sort_unstable();
        let mut vocabulary = Self::default();
        for same in seen.chunk_by(|a, b| a == b) {
            if let Some(hash) = same.first() {
                vocabulary.hashes.push(*hash);
                vocabulary.weights.push(rarity(n_bags, same.len()));
            }
        }
        vocabulary
    }

    /// Counts the features, with the constant one that every message has.
    pub(crate) fn n_features(&self) -> usize {
        self.hashes.len() + 1
    }

    fn index(&self, hash: u64) -> Option<usize> {
        self.hashes.binary_search(&hash).ok()
    }

    /// Weighs a bag: each family has length 1, and a constant is added.
    pub(crate) fn vector(&self, bag: &Bag) -> Vector {
        let mut entries: Vec<(u32, f32, Block)> = Vec::with_capacity(bag.features.len() + 1);
        let mut lengths = [0.0_f32; Block::ALL.len()];
        for feature in &bag.features {
            let Some(at) = self.index(feature.hash) else {
                continue;
            };
            let weight = self.weights.get(at).copied().unwrap_or_default();
            let value = weight * (1.0 + f32::from(feature.count).ln());
            if let Some(length) = lengths.get_mut(feature.block as usize) {
                *length += value * value;
            }
            entries.push((u32::try_from(at).unwrap_or(u32::MAX), value, feature.block));
        }
        let scale = lengths.map(|length| if length > 0.0 { length.sqrt().recip() } else { 0.0 });
        let mut vector = Vector(Vec::with_capacity(entries.len() + 1));
        for (at, value, block) in entries {
            let scale = scale.get(block as usize).copied().unwrap_or_default();
            vector.0.push((at, value * scale * block.share()));
        }
        let constant = u32::try_from(self.hashes.len()).unwrap_or(u32::MAX);
        vector.0.push((constant, 1.0));
        vector
    }

    /// Gives the share of a message's words that are known; 0 for a message without words.
    pub(crate) fn known_share(&self, bag: &Bag) -> f32 {
        let known = bag.words.iter().filter(|hash| self.index(**hash).is_some());
        ratio(known.count(), bag.words.len())
    }
}

/// Gives a share as a number between 0 and 1.
pub(crate) fn ratio(part: usize, whole: usize) -> f32 {
    let small = |count: usize| f32::from(u16::try_from(count).unwrap_or(u16::MAX));
    if whole == 0 { 0.0 } else { small(part) / small(whole) }
}

#[expect(clippy::cast_precision_loss, reason = "counts of sentences are far below 2^24")]
fn rarity(n_bags: usize, n_with: usize) -> f32 {
    ((1 + n_bags) as f32 / (1 + n_with) as f32).ln() + 1.0
}
