//! When each token was said: where the heads of the attention looked that follow the sound in time, and
//! the path through it that only goes forward (the reference implementation's `timing.py`).

use super::decoder::Looks;

/// Steps over which a look is smoothed, an odd number.
const SMOOTH: usize = 7;

/// The heads that follow the sound, by layer, in models of the sizes that are known; in others the
/// later half of the layers speaks.
fn heads(n_layers: usize, n_heads: usize) -> Vec<(usize, usize)> {
    const BASE: [(usize, usize); 8] =
        [(3, 1), (4, 2), (4, 3), (4, 7), (5, 1), (5, 2), (5, 4), (5, 6)];
    if (n_layers, n_heads) == (6, 8) {
        return BASE.to_vec();
    }
    (n_layers / 2..n_layers).flat_map(|layer| (0..n_heads).map(move |at| (layer, at))).collect()
}

/// Finds the step at which each row begins, of `n_steps` that hold sound.
pub(super) fn starts(looks: &Looks, n_rows: usize, n_steps: usize) -> Vec<usize> {
    let n_heads = looks.first().map_or(0, Vec::len);
    let mut together = vec![0.0_f32; n_rows * n_steps];
    for (layer, head) in heads(looks.len(), n_heads) {
        let shares = looks.get(layer).and_then(|heads| heads.get(head));
        let Some(shares) = shares else { continue };
        let width = shares.len() / n_rows.max(1);
        let rows = shares.chunks_exact(width.max(1)).flat_map(|row| row.iter().take(n_steps));
        let mut own: Vec<f32> = rows.copied().collect();
        own.resize(together.len(), 0.0);
        even_out(&mut own, n_rows, n_steps);
        for (sum, row) in together.chunks_mut(n_steps.max(1)).zip(own.chunks(n_steps.max(1))) {
            for (sum, cell) in sum.iter_mut().zip(smoothed(row)) {
                *sum += cell;
            }
        }
    }
    path(&together, n_rows, n_steps)
}

/// Brings each step to mean 0 and spread 1 over the rows: what every row looks at says nothing.
fn even_out(cells: &mut [f32], n_rows: usize, n_steps: usize) {
    let share = nlu_kernels::rows::count(n_rows.max(1)).recip();
    for step in 0..n_steps {
        let column = || cells.iter().skip(step).step_by(n_steps.max(1));
        let mean = column().sum::<f32>() * share;
        let spread = column().map(|cell| (cell - mean).powi(2)).sum::<f32>() * share;
        let scale = spread.sqrt().max(1e-9).recip();
        for cell in cells.iter_mut().skip(step).step_by(n_steps.max(1)) {
            *cell = (*cell - mean) * scale;
        }
    }
}

/// Gives the median around each step.
fn smoothed(row: &[f32]) -> impl Iterator<Item = f32> {
    (0..row.len()).map(|at| {
        let from = at.saturating_sub(SMOOTH / 2);
        let around = row.get(from..(at + SMOOTH / 2 + 1).min(row.len())).unwrap_or_default();
        let mut own = [0.0; SMOOTH];
        let own = own.get_mut(..around.len()).unwrap_or_default();
        own.copy_from_slice(around);
        own.sort_unstable_by(f32::total_cmp);
        own.get(own.len() / 2).copied().unwrap_or_default()
    })
}

/// Finds the path through rows and steps that is looked at most, and where it enters each row.
fn path(looked: &[f32], n_rows: usize, n_steps: usize) -> Vec<usize> {
    let at = |row: usize, step: usize| row * (n_steps + 1) + step;
    let mut best = vec![f32::MIN / 4.0; (n_rows + 1) * (n_steps + 1)];
    if let Some(start) = best.first_mut() {
        *start = 0.0;
    }
    // From where each cell is reached: 0 both, 1 the row before, 2 the step before.
    let mut from = vec![0_u8; best.len()];
    for row in 1..=n_rows {
        for step in 1..=n_steps {
            let ways = [at(row - 1, step - 1), at(row - 1, step), at(row, step - 1)];
            let ways = ways.map(|place| best[place]);
            let (mut way, mut most) = (0, ways[0]);
            for (other, value) in [(1, ways[1]), (2, ways[2])] {
                if value > most {
                    (way, most) = (other, value);
                }
            }
            best[at(row, step)] = most + looked[(row - 1) * n_steps + step - 1];
            from[at(row, step)] = way;
        }
    }
    let (mut row, mut step) = (n_rows, n_steps);
    let mut starts = vec![0; n_rows];
    while row > 0 && step > 0 {
        starts[row - 1] = step - 1;
        match from[at(row, step)] {
            0 => (row, step) = (row - 1, step - 1),
            1 => row -= 1,
            _ => step -= 1,
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_follows_what_is_looked_at() {
        // Three tokens over nine steps: 0 to 2, 3 to 6, 7 and 8.
        let row = |from: usize, to: usize| {
            (0..9).map(move |at| if (from..to).contains(&at) { 1.0 } else { -1.0 })
        };
        let looked: Vec<f32> = row(0, 3).chain(row(3, 7)).chain(row(7, 9)).collect();
        assert_eq!(path(&looked, 3, 9), [0, 3, 7]);
    }

    #[test]
    fn nothing_has_no_start() {
        assert!(starts(&Vec::new(), 0, 10).is_empty());
        assert_eq!(starts(&Vec::new(), 2, 0), [0, 0]);
    }
}
