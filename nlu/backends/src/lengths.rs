//! Windows of one length, run together: then no window has to be filled up and masked, and what a
//! window gives does not depend on its neighbours.

use nlu_encoder::EncodeError;
use nlu_encoder::bert::TEXT_WIDTH;

/// Tokens that are run together.
const MAX_BATCH_TOKENS: usize = 512;

/// Gives the mean rows of windows, in their order; `run` is given the tokens of some windows, one
/// after the other, and how many a window has, and gives [`TEXT_WIDTH`] numbers a window.
pub(crate) fn means(
    windows: &[Vec<u32>],
    run: impl Fn(&[u32], usize) -> Result<Vec<f32>, String>,
) -> Result<Vec<Vec<f32>>, EncodeError> {
    let failed = |why: String| EncodeError::Backend(why.into());
    let mut order: Vec<(usize, &Vec<u32>)> = windows.iter().enumerate().collect();
    order.sort_by_key(|(_, window)| window.len());
    let mut means = vec![Vec::new(); windows.len()];
    for equal in order.chunk_by(|(_, a), (_, b)| a.len() == b.len()) {
        let length = equal.first().map_or(0, |(_, window)| window.len());
        for batch in equal.chunks((MAX_BATCH_TOKENS / length.max(1)).max(1)) {
            let tokens: Vec<u32> =
                batch.iter().flat_map(|(_, window)| window.iter().copied()).collect();
            let rows = run(&tokens, length).map_err(failed)?;
            if rows.len() != batch.len() * TEXT_WIDTH {
                let words = format!("{} numbers came for {} windows", rows.len(), batch.len());
                return Err(failed(words));
            }
            for ((at, _), row) in batch.iter().zip(rows.chunks_exact(TEXT_WIDTH)) {
                if let Some(mean) = means.get_mut(*at) {
                    *mean = row.to_vec();
                }
            }
        }
    }
    Ok(means)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_keep_their_order() {
        let windows = [vec![1, 2, 3], vec![4], vec![5, 6, 7], vec![8]];
        let run = |tokens: &[u32], length: usize| {
            let firsts =
                tokens.chunks(length).map(|window| f32::from(u16::try_from(window[0]).unwrap()));
            Ok(firsts.flat_map(|first| vec![first; TEXT_WIDTH]).collect())
        };
        let means = means(&windows, run).unwrap();
        let firsts: Vec<f32> = means.iter().map(|mean| mean[0]).collect();
        assert_eq!(firsts, [1.0, 4.0, 5.0, 8.0]);
    }

    #[test]
    fn a_library_that_gives_too_little_is_found_out() {
        let error = means(&[vec![1]], |_, _| Ok(vec![0.0])).unwrap_err();
        assert!(error.to_string().contains("1 numbers came for 1 windows"), "{error}");
    }
}
