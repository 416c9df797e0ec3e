//! The word error rate: how far a transcript is from what was said.
//!
//! Lives here: the normaliser, which is the same for reference and transcript, and the count of
//! words that were put in place of others, left out or added. Never here: sound, or whose
//! transcript it is.
//!
//! # What [`normal`] does, in this order
//!
//! 1. Letters become lower case and are composed (NFC); accents are kept. Typographic apostrophes
//!    become plain ones.
//! 2. What stands in `[..]`, then in `(..)`, then in `*..*` is dropped, up to the first sign that
//!    closes it. What is never closed is kept.
//! 3. The text is cut into words (letters), numbers (the digits 0 to 9) and signs. Everything that
//!    is no letter or digit separates words, apostrophes and hyphens too: "l'eau" is "l", "eau".
//!    Letters and digits are apart also where nothing stands between them: "14h30" is "quatorze",
//!    "h", "trente".
//! 4. Titles are spelt out. English: "mr", "mrs", "dr" are "mister", "missus", "doctor", with a
//!    point or without. French: "mme" is "madame"; "m" is "monsieur" where a point, a blank and a
//!    word follow and no number stands before it; "st" and "ste" are "saint" and "sainte" where a
//!    hyphen and a word follow directly.
//! 5. Numbers are spelt out as [`crate::words`] does, in the masculine and without "and", those
//!    around a colon, a hyphen, a decimal comma or a decimal point one by one: "3:2" is "three",
//!    "two". A number that begins with 0 or has more than nine digits is spelt digit by digit.
//! 6. Groups of three digits are one number where the whole run is such: the first group has one to
//!    three digits and begins with no 0, all others have three, and there are nine digits at most.
//!    Between groups stands a comma in English, blanks in French: "1,000", "1 000".
//! 7. Ordinals from 1 to 999 are spelt out where the ending follows directly. English: st, nd, rd,
//!    th. French: er, re, ère, ere, e, ème, eme, ième, ieme; "1er" is "premier", any other ending
//!    makes 1 "première".
//! 8. The signs $, € and ¢ are words that come after their whole number: "$5" is "five dollars",
//!    "5,50 $" is "cinq dollars cinquante". A sign belongs to the number that it directly precedes,
//!    else to the one before it, else to the one after a blank. The word is singular after 1, in
//!    French after 0 too, and plural where no number stands at the sign.
//! 9. The sign % is "percent", in French "pour", "cent".

mod money;
mod normal;
mod token;

use std::iter::Sum;
use std::ops::Add;

pub use normal::normal;

/// Words of either text that are aligned as well as can be; words beyond are compared place by
/// place, which may count more errors but never fewer.
pub const MAX_WORDS: usize = 2_000;

/// How a transcript differs from its reference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Errors {
    /// Words that the transcript has in place of others.
    pub substituted: u32,
    /// Words of the reference that the transcript lacks.
    pub deleted: u32,
    /// Words of the transcript that the reference lacks.
    pub inserted: u32,
    /// Words of the reference.
    pub n_words: u32,
}

impl Errors {
    /// Gives the number of errors of any kind.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.substituted.saturating_add(self.gaps())
    }

    /// Gives the errors for each word of the reference; above 1 where many words were added.
    ///
    /// `None` where the reference has no word.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        (self.n_words > 0).then(|| f64::from(self.total()) / f64::from(self.n_words))
    }

    const fn gaps(&self) -> u32 {
        self.deleted.saturating_add(self.inserted)
    }

    const fn with_substituted(self, n_words: u32) -> Self {
        Self { substituted: self.substituted.saturating_add(n_words), ..self }
    }

    const fn with_deleted(self, n_words: u32) -> Self {
        Self { deleted: self.deleted.saturating_add(n_words), ..self }
    }

    const fn with_inserted(self, n_words: u32) -> Self {
        Self { inserted: self.inserted.saturating_add(n_words), ..self }
    }
}

impl Add for Errors {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            n_words: self.n_words.saturating_add(other.n_words),
            ..self
                .with_substituted(other.substituted)
                .with_deleted(other.deleted)
                .with_inserted(other.inserted)
        }
    }
}

impl Sum for Errors {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

/// Counts the fewest errors that lead from one list of words to the other.
///
/// Of several ways with as few errors, the one that substitutes most counts: so that with the
/// texts exchanged, what was deleted is inserted and the rest stays.
#[must_use]
pub fn errors(reference: &[String], transcript: &[String]) -> Errors {
    let (near, far) = reference.split_at(reference.len().min(MAX_WORDS));
    let (near_said, far_said) = transcript.split_at(transcript.len().min(MAX_WORDS));
    let n_words = count(reference.len());
    Errors { n_words, ..aligned(near, near_said) + by_place(far, far_said) }
}

/// Levenshtein's distance, with its errors told apart, in two rows of his table.
fn aligned(reference: &[String], transcript: &[String]) -> Errors {
    let none = Errors::default();
    let mut above: Vec<Errors> =
        (0..=transcript.len()).map(|n| none.with_inserted(count(n))).collect();
    for (n, word) in reference.iter().enumerate() {
        let mut left = none.with_deleted(count(n + 1));
        let mut row = Vec::with_capacity(above.len());
        row.push(left);
        for (said, pair) in transcript.iter().zip(above.windows(2)) {
            let [corner, up] = *pair else { continue };
            let along = corner.with_substituted(u32::from(word != said));
            left = better(along, better(up.with_deleted(1), left.with_inserted(1)));
            row.push(left);
        }
        above = row;
    }
    above.last().copied().unwrap_or_default()
}

fn better(one: Errors, other: Errors) -> Errors {
    let cost = |errors: Errors| (errors.total(), errors.gaps());
    if cost(other) < cost(one) { other } else { one }
}

fn by_place(reference: &[String], transcript: &[String]) -> Errors {
    let n_other = reference.iter().zip(transcript).filter(|(word, said)| word != said).count();
    Errors::default()
        .with_substituted(count(n_other))
        .with_deleted(count(reference.len().saturating_sub(transcript.len())))
        .with_inserted(count(transcript.len().saturating_sub(reference.len())))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
