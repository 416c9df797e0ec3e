//! One row that looks back at rows kept anywhere in a memory, as a decoder's attention does.

#![expect(
    clippy::inline_always,
    reason = "what is called within a kernel is compiled for the same processor"
)]

use pulp::{Arch, Simd, with_simd};

use crate::rows::{dot, exp};

/// Lets a row look back: `memory` has rows of a key and a value, each as wide as the query, and
/// `history` names those that are seen. The first part of the query looks at the first part of the
/// keys, and so on, `head` numbers each; `out` is written over with what they see.
#[with_simd(recall = Arch::new())]
#[inline(always)]
pub fn recall_with<'a, S: Simd>(
    _simd: S,
    query: &'a [f32],
    memory: &'a [f32],
    history: &'a [usize],
    head: usize,
    out: &'a mut [f32],
) {
    let width = query.len();
    let scale = crate::rows::count(head).sqrt().recip();
    let mut shares = vec![0.0_f32; history.len()];
    for (part, (query, out)) in query.chunks(head).zip(out.chunks_mut(head)).enumerate() {
        let row = |at: usize, which: usize| {
            let from = (2 * at + which) * width + part * head;
            memory.get(from..from + query.len()).unwrap_or_default()
        };
        let mut largest = f32::MIN;
        for (share, at) in shares.iter_mut().zip(history) {
            *share = dot(query, row(*at, 0)) * scale;
            largest = largest.max(*share);
        }
        let mut total = 0.0;
        for share in &mut shares {
            *share = exp(*share - largest);
            total += *share;
        }
        out.fill(0.0);
        for (share, at) in shares.iter().zip(history) {
            for (cell, value) in out.iter_mut().zip(row(*at, 1)) {
                *cell = (share / total).mul_add(*value, *cell);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sees_the_mean_of_what_is_alike_and_the_history_alone() {
        // Keys of zeros are all alike.
        let memory: Vec<f32> =
            (0..4_u8).flat_map(|row| [vec![0.0; 4], vec![f32::from(row); 4]].concat()).collect();
        let mut out = vec![9.0; 4];
        recall(&[1.0, 2.0, 3.0, 4.0], &memory, &[1, 3], 2, &mut out);
        assert_eq!(out, [2.0; 4]);
    }
}
