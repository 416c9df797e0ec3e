//! The arithmetic between the products.
//!
//! Everything is plain loops over arrays of fixed size: `pulp` compiles them for each kind of
//! processor and takes the best that this one has.

#![expect(
    clippy::inline_always,
    clippy::needless_lifetimes,
    reason = "what is called within a kernel is compiled for the same processor"
)]

use pulp::{Arch, Simd, with_simd};

/// Numbers that are worked on side by side.
const WIDE: usize = 16;

/// Brings each row to mean 0 and spread 1, then scales and shifts its columns.
#[with_simd(layer_norm = Arch::new())]
#[inline(always)]
pub fn layer_norm_with<'a, S: Simd>(
    _simd: S,
    rows: &'a mut [f32],
    gains: &'a [f32],
    shifts: &'a [f32],
    eps: f32,
) {
    let width = gains.len().max(1);
    for row in rows.chunks_exact_mut(width) {
        let share = 1.0 / count(width);
        let mean = sum(row) * share;
        for cell in row.iter_mut() {
            *cell -= mean;
        }
        let scale = (dot(row, row) * share + eps).sqrt().recip();
        for ((cell, gain), shift) in row.iter_mut().zip(gains).zip(shifts) {
            *cell = (*cell * scale).mul_add(*gain, *shift);
        }
    }
}

/// Adds numbers to others.
pub fn add(to: &mut [f32], what: &[f32]) {
    for (cell, other) in to.iter_mut().zip(what) {
        *cell += other;
    }
}

/// Replaces what is below 0 by 0.
pub fn relu(cells: &mut [f32]) {
    for cell in cells {
        *cell = cell.max(0.0);
    }
}

/// Applies x/2 · (1 + erf(x/√2)).
#[with_simd(gelu = Arch::new())]
#[inline(always)]
pub fn gelu_with<'a, S: Simd>(_simd: S, cells: &'a mut [f32]) {
    for cell in cells {
        *cell *= 0.5 * (1.0 + erf(*cell * std::f32::consts::FRAC_1_SQRT_2));
    }
}

/// The error function, as a quotient of polynomials between -4 and 4, beyond which it is ±1 to the
/// last bit but one (the coefficients are those of Eigen's single-precision erf).
#[inline(always)]
fn erf(x: f32) -> f32 {
    const ABOVE: [f32; 7] = [
        -2.726_142_4e-10,
        2.770_681_5e-8,
        -2.101_024_1e-6,
        -5.692_506_3e-5,
        -7.349_906_5e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ];
    const BELOW: [f32; 5] =
        [-1.456_607_2e-5, -2.133_740_5e-4, -1.682_827_e-3, -7.373_329_3e-3, -1.426_473_9e-2];
    let x = x.clamp(-4.0, 4.0);
    let square = x * x;
    let mut above = 0.0_f32;
    for coefficient in ABOVE {
        above = above.mul_add(square, coefficient);
    }
    let mut below = 0.0_f32;
    for coefficient in BELOW {
        below = below.mul_add(square, coefficient);
    }
    x * above / below
}

/// The power of e, for what is at most 0; what is below -87 gives what -87 gives, nearly nothing
/// (the polynomial is that of Cephes' `expf`).
#[must_use]
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    const POWERS: [f32; 6] =
        [1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_66, 0.5];
    /// ln 2 in two parts, the first with so few bits that its multiples are exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    /// Added to a number it leaves the nearest whole one, and in its last bits what 2 to the power
    /// of that is made of.
    const ROUND: f32 = 12_582_912.0;
    let x = x.max(-87.0);
    let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUND);
    let whole = shifted - ROUND;
    let rest = LN_2.iter().fold(x, |rest, part| whole.mul_add(-part, rest));
    let mut power = 0.0_f32;
    for coefficient in POWERS {
        power = power.mul_add(rest, coefficient);
    }
    let power = power.mul_add(rest * rest, rest + 1.0);
    power * f32::from_bits(shifted.to_bits().wrapping_add(127) << 23)
}

/// Turns numbers into shares of 1, each the power of e of the number; gives the logarithm of the sum
/// of the powers. Of no number there is none.
#[with_simd(softmax = Arch::new())]
#[inline(always)]
pub fn softmax_with<'a, S: Simd>(_simd: S, cells: &'a mut [f32]) -> f32 {
    let largest = largest(cells);
    let mut sums = [0.0_f32; WIDE];
    let (chunks, rest) = cells.as_chunks_mut::<WIDE>();
    for chunk in chunks {
        for (cell, sum) in chunk.iter_mut().zip(&mut sums) {
            *cell = exp(*cell - largest);
            *sum += *cell;
        }
    }
    let mut total: f32 = sums.iter().sum();
    for cell in rest {
        *cell = exp(*cell - largest);
        total += *cell;
    }
    let share = total.recip();
    for cell in cells {
        *cell *= share;
    }
    largest + total.ln()
}

/// Gives the logarithm of the sum of the powers of e of numbers.
#[with_simd(log_sum_exp = Arch::new())]
#[inline(always)]
pub fn log_sum_exp_with<'a, S: Simd>(_simd: S, cells: &'a [f32]) -> f32 {
    let largest = largest(cells);
    let mut sums = [0.0_f32; WIDE];
    let (chunks, rest) = cells.as_chunks::<WIDE>();
    for chunk in chunks {
        for (cell, sum) in chunk.iter().zip(&mut sums) {
            *sum += exp(*cell - largest);
        }
    }
    let rest: f32 = rest.iter().map(|cell| exp(*cell - largest)).sum();
    largest + (sums.iter().sum::<f32>() + rest).ln()
}

#[inline(always)]
fn largest(cells: &[f32]) -> f32 {
    let mut most = [f32::MIN; WIDE];
    let (chunks, rest) = cells.as_chunks::<WIDE>();
    for chunk in chunks {
        for (most, cell) in most.iter_mut().zip(chunk) {
            *most = most.max(*cell);
        }
    }
    most.iter().chain(rest).copied().fold(f32::MIN, f32::max)
}

/// Multiplies two rows.
#[must_use]
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; WIDE];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<WIDE>(), b.as_chunks::<WIDE>());
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum = a.mul_add(*b, *sum);
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

#[inline(always)]
fn sum(row: &[f32]) -> f32 {
    let mut sums = [0.0_f32; WIDE];
    let (chunks, rest) = row.as_chunks::<WIDE>();
    for chunk in chunks {
        for (sum, cell) in sums.iter_mut().zip(chunk) {
            *sum += cell;
        }
    }
    sums.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

/// Brings a row to length 1.
pub fn to_unit(row: &mut [f32]) {
    let scale = dot(row, row).max(1e-12).sqrt().recip();
    for cell in row {
        *cell *= scale;
    }
}

/// Gives a small count as a number.
#[expect(clippy::cast_precision_loss, reason = "counts of tokens and columns are below 2^24")]
#[must_use]
pub fn count(n: usize) -> f32 {
    n as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_function_is_close() {
        for (x, y) in
            [(0.0, 0.0), (0.5, 0.520_499_9), (1.0, 0.842_700_8), (-2.0, -0.995_322_3), (5.0, 1.0)]
        {
            assert!((erf(x) - y).abs() < 2e-7, "{x}: {} {y}", erf(x));
        }
    }

    #[test]
    fn the_power_of_e_is_close() {
        for step in 0_u16..=8_700 {
            let x = -f32::from(step) / 100.0;
            let exact = f64::from(x).exp();
            assert!((f64::from(exp(x)) / exact - 1.0).abs() < 3e-7, "{x}: {} {exact}", exp(x));
        }
        assert!(exp(-1e9) < 1e-37 && exp(f32::MIN) < 1e-37);
    }

    #[test]
    fn rows_are_brought_to_one_scale() {
        let mut rows = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        layer_norm(&mut rows, &[1.0; 3], &[0.5; 3], 0.0);
        assert!((rows[1] - 0.5).abs() < 1e-6 && (rows[0] - rows[3]).abs() < 1e-6);
        to_unit(&mut rows);
        assert!((dot(&rows, &rows) - 1.0).abs() < 1e-6);
    }
}
