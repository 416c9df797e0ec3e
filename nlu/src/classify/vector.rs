//! Sparse vectors and the dense rows they meet.

/// A sparse vector: features and their values, in order of feature.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Vector(pub(crate) Vec<(u32, f32)>);

impl Vector {
    /// Gives the square of its length.
    pub(crate) fn norm2(&self) -> f32 {
        self.0.iter().map(|(_, value)| value * value).sum()
    }
}

/// Rows of one value for each class.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Matrix {
    cells: Vec<f32>,
    n_columns: usize,
}

impl Matrix {
    /// Makes rows of zeros.
    pub(crate) fn zeros(n_rows: usize, n_columns: usize) -> Self {
        Self { cells: vec![0.0; n_rows * n_columns], n_columns }
    }

    /// Gives a row; empty where there is none.
    pub(crate) fn row(&self, at: usize) -> &[f32] {
        let start = at * self.n_columns;
        self.cells.get(start..start + self.n_columns).unwrap_or_default()
    }

    /// Gives a row, to change it; empty where there is none.
    pub(crate) fn row_mut(&mut self, at: usize) -> &mut [f32] {
        let start = at * self.n_columns;
        self.cells.get_mut(start..start + self.n_columns).unwrap_or_default()
    }

    /// Scores a vector against every column.
    pub(crate) fn scores(&self, vector: &Vector, scores: &mut [f32]) {
        scores.fill(0.0);
        for (feature, value) in &vector.0 {
            for (score, weight) in scores.iter_mut().zip(self.row(*feature as usize)) {
                *score += value * weight;
            }
        }
    }

    /// Adds a vector to every column, times the column's step.
    pub(crate) fn add(&mut self, vector: &Vector, steps: &[f32]) {
        for (feature, value) in &vector.0 {
            for (weight, step) in self.row_mut(*feature as usize).iter_mut().zip(steps) {
                *weight += value * step;
            }
        }
    }
}
