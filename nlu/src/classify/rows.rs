//! Trained weights, one byte each: a row for each feature, a column for each class.

use serde::{Deserialize, Serialize};

use super::vector::{Matrix, Vector};

/// The largest stored number.
const MAX_CELL: f32 = 127.0;

/// Weights of all classes, rounded; each row has its own scale.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rows {
    cells: Vec<i8>,
    scales: Vec<f32>,
    n_columns: usize,
}

impl Rows {
    /// Rounds trained weights.
    pub(crate) fn of(matrix: &Matrix, n_rows: usize, n_columns: usize) -> Self {
        let mut rows = Self {
            cells: Vec::with_capacity(n_rows * n_columns),
            scales: Vec::with_capacity(n_rows),
            n_columns,
        };
        for at in 0..n_rows {
            let row = matrix.row(at);
            let largest = row.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
            let scale = largest / MAX_CELL;
            rows.scales.push(scale);
            let rounded =
                row.iter().map(|weight| if scale > 0.0 { to_cell(weight / scale) } else { 0 });
            rows.cells.extend(rounded);
        }
        rows
    }

    /// Tells whether the parts fit together, as they do unless the bytes were damaged.
    pub(crate) fn is_whole(&self, n_rows: usize, n_columns: usize) -> bool {
        self.n_columns == n_columns
            && self.scales.len() == n_rows
            && self.cells.len() == n_rows * n_columns
    }

    /// Scores a vector against every class.
    pub(crate) fn scores(&self, vector: &Vector) -> Vec<f32> {
        let mut scores = vec![0.0; self.n_columns];
        for (feature, value) in &vector.0 {
            let at = *feature as usize;
            let start = at * self.n_columns;
            let Some(row) = self.cells.get(start..start + self.n_columns) else {
                continue;
            };
            let step = value * self.scales.get(at).copied().unwrap_or_default();
            for (score, cell) in scores.iter_mut().zip(row) {
                *score += step * f32::from(*cell);
            }
        }
        scores
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the value is within -127 and 127")]
fn to_cell(value: f32) -> i8 {
    value.round().clamp(-MAX_CELL, MAX_CELL) as i8
}
