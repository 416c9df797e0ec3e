//! How the cells of a matrix lie: slabs of inputs, in each the panels, in each its inputs; outputs that
//! are missing are zeros.
//!
//! Whole rows are laid at once: a model has tens of millions of cells, and is waited for. Never here:
//! products.

use std::ops::Range;

use super::WIDE;

/// The sides of what is laid out.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) n_inputs: usize,
    pub(super) n_outputs: usize,
    /// Inputs of a slab.
    pub(super) deep: usize,
}

impl Layout {
    pub(super) const fn n_panels(self) -> usize {
        self.n_outputs.div_ceil(WIDE)
    }

    /// Gives cells that are all zeros.
    pub(super) fn empty<T: Copy + Default>(self) -> Vec<[T; WIDE]> {
        vec![[T::default(); WIDE]; self.n_inputs * self.n_panels()]
    }

    /// Gives the inputs of each slab.
    fn slabs(self) -> impl Iterator<Item = Range<usize>> {
        (0..self.n_inputs)
            .step_by(self.deep)
            .map(move |from| from..(from + self.deep).min(self.n_inputs))
    }

    /// Gives where a panel's part of a slab lies.
    #[inline]
    pub(super) const fn place(self, slab: &Range<usize>, panel: usize) -> Range<usize> {
        let start = slab.start * self.n_panels() + panel * (slab.end - slab.start);
        start..start + slab.end - slab.start
    }

    /// Lays the outputs of one panel, each a row of its inputs.
    pub(super) fn lay<'a, T: Copy + 'a>(
        self,
        laid_out: &mut [[T; WIDE]],
        panel: usize,
        outputs: &(impl Iterator<Item = &'a [T]> + Clone),
    ) {
        for slab in self.slabs() {
            let Some(part) = laid_out.get_mut(self.place(&slab, panel)) else { continue };
            for (lane, output) in outputs.clone().take(WIDE).enumerate() {
                let cells = output.get(slab.clone()).unwrap_or_default();
                for (inputs, cell) in part.iter_mut().zip(cells) {
                    inputs[lane] = *cell;
                }
            }
        }
    }

    /// Lays a matrix out that is given input by input, each a row of its outputs.
    pub(super) fn of_inputs<T: Copy + Default>(self, numbers: &[T]) -> Vec<[T; WIDE]> {
        let mut laid_out = self.empty();
        let mut inputs = numbers.chunks_exact(self.n_outputs.max(1));
        for slab in self.slabs() {
            for (at, input) in inputs.by_ref().take(slab.len()).enumerate() {
                for (panel, cells) in input.chunks(WIDE).enumerate() {
                    let place = self.place(&slab, panel).start + at;
                    if let Some(outputs) = laid_out.get_mut(place) {
                        outputs[..cells.len()].copy_from_slice(cells);
                    }
                }
            }
        }
        laid_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lays a matrix out cell by cell, as its description says.
    fn cell_by_cell(layout: Layout, cell: impl Fn(usize, usize) -> i32) -> Vec<[i32; WIDE]> {
        let mut laid_out = Vec::new();
        for from in (0..layout.n_inputs).step_by(layout.deep) {
            for panel in 0..layout.n_panels() {
                for input in from..(from + layout.deep).min(layout.n_inputs) {
                    let mut row = [0; WIDE];
                    for (output, out) in (panel * WIDE..layout.n_outputs).zip(&mut row) {
                        *out = cell(input, output);
                    }
                    laid_out.push(row);
                }
            }
        }
        laid_out
    }

    #[test]
    fn rows_come_to_lie_where_their_cells_would() {
        for n_inputs in [0, 1, 3, 4, 5, 8, 13] {
            for n_outputs in [0, 1, 15, 16, 17, 40] {
                let layout = Layout { n_inputs, n_outputs, deep: 4 };
                let number = |input: usize, output: usize| {
                    i32::try_from(input * 1_000 + output + 1).unwrap()
                };
                let wanted = cell_by_cell(layout, number);
                let of_inputs: Vec<i32> = (0..n_inputs)
                    .flat_map(|input| (0..n_outputs).map(move |output| number(input, output)))
                    .collect();
                assert_eq!(layout.of_inputs(&of_inputs), wanted);
                let outputs: Vec<Vec<i32>> = (0..n_outputs)
                    .map(|output| (0..n_inputs).map(|input| number(input, output)).collect())
                    .collect();
                let mut laid_out = layout.empty();
                for (panel, outputs) in outputs.chunks(WIDE).enumerate() {
                    layout.lay(&mut laid_out, panel, &outputs.iter().map(Vec::as_slice));
                }
                assert_eq!(laid_out, wanted);
            }
        }
    }

    #[test]
    fn what_is_missing_is_zeros() {
        let layout = Layout { n_inputs: 3, n_outputs: 2, deep: 4 };
        let wanted = cell_by_cell(layout, |input, output| i32::from(input * 2 + output < 4));
        assert_eq!(layout.of_inputs(&[1; 5]), wanted);
    }
}
