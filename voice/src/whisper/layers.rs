//! What encoder and decoder have in common.

use nlu_kernels::rows::{add, gelu, layer_norm, softmax};
use nlu_kernels::{Blocks, Panels, Room};

use super::file::File;
use crate::ggml::ReadError;

const EPS: f32 = 1e-5;

/// A product and what is added to it.
pub(super) struct Linear {
    pub(super) weights: Panels,
    pub(super) constant: Vec<f32>,
}

/// Brings rows to one scale.
pub(super) struct Norm {
    gains: Vec<f32>,
    shifts: Vec<f32>,
}

/// The second half of a layer.
pub(super) struct Inner {
    norm: Norm,
    wide: Linear,
    narrow: Linear,
}

impl Linear {
    /// Takes matrices of one shape, side by side; those without a constant have zeros.
    pub(super) fn read(
        file: &File<'_>,
        names: &[String],
        n_outputs: usize,
        n_inputs: usize,
    ) -> Result<Self, ReadError> {
        let weights: Vec<String> = names.iter().map(|name| format!("{name}.weight")).collect();
        let mut constant = Vec::new();
        for name in names {
            // The keys have none.
            if name.ends_with(".key") {
                constant.resize(constant.len() + n_outputs, 0.0);
            } else {
                constant.extend(file.numbers(&format!("{name}.bias"), &[n_outputs])?);
            }
        }
        Ok(Self { weights: file.panels(&weights, n_outputs, n_inputs)?, constant })
    }

    pub(super) fn apply(&self, rows: &[f32], room: &mut Room, out: &mut Vec<f32>) {
        self.weights.multiply_into(rows, &self.constant, room, out);
    }
}

impl Norm {
    pub(super) fn read(file: &File<'_>, name: &str, width: usize) -> Result<Self, ReadError> {
        Ok(Self {
            gains: file.numbers(&format!("{name}.weight"), &[width])?,
            shifts: file.numbers(&format!("{name}.bias"), &[width])?,
        })
    }

    /// Brings rows to one scale; they stay what they were.
    pub(super) fn of(&self, rows: &[f32]) -> Vec<f32> {
        let mut rows = rows.to_vec();
        layer_norm(&mut rows, &self.gains, &self.shifts, EPS);
        rows
    }
}

impl Inner {
    pub(super) fn read(file: &File<'_>, block: &str, width: usize) -> Result<Self, ReadError> {
        Ok(Self {
            norm: Norm::read(file, &format!("{block}.mlp_ln"), width)?,
            wide: Linear::read(file, &[format!("{block}.mlp.0")], 4 * width, width)?,
            narrow: Linear::read(file, &[format!("{block}.mlp.2")], width, 4 * width)?,
        })
    }

    pub(super) fn apply(&self, rows: &mut [f32], desk: &mut Desk) {
        self.wide.apply(&self.norm.of(rows), &mut desk.room, &mut desk.wide);
        gelu(&mut desk.wide);
        self.narrow.apply(&desk.wide, &mut desk.room, &mut desk.out);
        add(rows, &desk.out);
    }
}

/// What some rows are looked at for, by one head: laid out once, looked at by many.
pub(super) struct Seen {
    keys: Panels,
    values: Panels,
}

impl Seen {
    /// Takes the keys and values of one head, `width` numbers of each row from `keys_at` and
    /// `values_at` on; the keys are scaled.
    pub(super) fn of(
        rows: &[f32],
        row_width: usize,
        [keys_at, values_at]: [usize; 2],
        width: usize,
        scale: f32,
    ) -> Self {
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        for row in rows.chunks_exact(row_width) {
            keys.extend(row.iter().skip(keys_at).take(width).map(|cell| cell * scale));
            values.extend(row.iter().skip(values_at).take(width));
        }
        let n_rows = rows.len() / row_width;
        Self {
            keys: Panels::of_float_outputs(&[keys], width, n_rows),
            values: Panels::of_inputs(&values, n_rows, width),
        }
    }

    /// Does the same for what is looked at again and again: it is kept in bytes, since then reading it
    /// is what takes the time. The rows and the width are multiples of [`BLOCK`].
    pub(super) fn kept(
        rows: &[f32],
        row_width: usize,
        [keys_at, values_at]: [usize; 2],
        width: usize,
        scale: f32,
    ) -> Self {
        let n_rows = rows.len() / row_width;
        let mut keys = Vec::with_capacity(n_rows * width);
        let mut values = vec![0.0; n_rows * width];
        for (at, row) in rows.chunks_exact(row_width).enumerate() {
            keys.extend(row.iter().skip(keys_at).take(width).map(|cell| cell * scale));
            let places = values.iter_mut().skip(at).step_by(n_rows);
            for (place, cell) in places.zip(row.iter().skip(values_at)) {
                *place = *cell;
            }
        }
        Self {
            keys: Panels::of_outputs(&[Blocks::rounded(&keys)], width, n_rows),
            values: Panels::of_outputs(&[Blocks::rounded(&values)], n_rows, width),
        }
    }

    /// Lets the numbers from `from` on of each of some rows look, and writes what they see to the same
    /// place in the rows of `out`; the desk has the shares that they gave each place.
    pub(super) fn look(
        &self,
        (rows, row_width): (&[f32], usize),
        from: usize,
        desk: &mut Looking,
        (out, out_width): (&mut [f32], usize),
    ) {
        let width = self.keys.n_inputs();
        desk.queries.clear();
        for row in rows.chunks_exact(row_width) {
            desk.queries.extend(row.iter().skip(from).take(width));
        }
        self.keys.multiply_into(&desk.queries, &[], &mut desk.room, &mut desk.shares);
        let n_places = self.values.n_inputs();
        for shares in desk.shares.chunks_exact_mut(n_places.max(1)) {
            softmax(shares);
        }
        self.values.multiply_into(&desk.shares, &[], &mut desk.room, &mut desk.seen);
        for (row, seen) in out.chunks_exact_mut(out_width).zip(desk.seen.chunks_exact(width)) {
            row[from..from + width].copy_from_slice(seen);
        }
    }
}

/// What layers work with, one after the other: as long as the rows are as many, nothing is cleared for
/// the next.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) room: Room,
    /// Queries, keys and values.
    pub(super) all: Vec<f32>,
    pub(super) attended: Vec<f32>,
    /// What is added to the rows.
    pub(super) out: Vec<f32>,
    wide: Vec<f32>,
}

/// What looking works with.
#[derive(Default)]
pub(super) struct Looking {
    room: Room,
    queries: Vec<f32>,
    /// The shares of each row.
    pub(super) shares: Vec<f32>,
    seen: Vec<f32>,
}
