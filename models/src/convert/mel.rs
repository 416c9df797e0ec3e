//! The filters through which Whisper hears: how much each frequency of a spectrum counts in each of
//! 80 bands, which are as wide as the ear finds them (Slaney's scale of mels).
//!
//! The model was trained with a table of them that its weights do not hold. Computed here as that
//! one was, with its roundings, every number is the same.

/// Bands.
pub(super) const N_BANDS: usize = 80;
/// Frequencies of the spectrum: 400 samples at 16 kHz give one every 40 Hz, up to 8 kHz.
pub(super) const N_FREQUENCIES: usize = 201;
const HERTZ_A_FREQUENCY: f64 = 40.0;
const MAX_HERTZ: f64 = 8_000.0;
/// Below the break the scale goes by hertz, above it by the logarithm: 27 mels are a factor of 6.4.
const HERTZ_A_MEL: f64 = 200.0 / 3.0;
const BREAK_HERTZ: f64 = 1_000.0;
const BREAK_MELS: f64 = BREAK_HERTZ / HERTZ_A_MEL;
const FACTOR: f64 = 6.4;
const FACTOR_MELS: f64 = 27.0;

/// Computes the table, a band a row.
pub(super) fn filters() -> Vec<f32> {
    let edges = edges();
    let mut table = Vec::with_capacity(N_BANDS * N_FREQUENCIES);
    for edge in edges.windows(3) {
        let &[low, middle, high] = edge else { continue };
        // A wider band is lower: all have the same area.
        let height = 2.0 / (high - low);
        let mut hertz = 0.0;
        for _ in 0..N_FREQUENCIES {
            let (up, down) = ((hertz - low) / (middle - low), (high - hertz) / (high - middle));
            // Never -0, which `max` might give: the table has none.
            let inside = up.min(down);
            let inside = if inside > 0.0 { inside } else { 0.0 };
            table.push(rounded(f64::from(rounded(inside)) * height));
            hertz += HERTZ_A_FREQUENCY;
        }
    }
    table
}

/// Lists where bands begin and end, in hertz: evenly spaced on the scale.
fn edges() -> Vec<f64> {
    let log_step = FACTOR.ln() / FACTOR_MELS;
    let max_mels = BREAK_MELS + (MAX_HERTZ / BREAK_HERTZ).ln() / log_step;
    let n_steps = u32::try_from(N_BANDS + 1).unwrap_or(u32::MAX);
    let step = max_mels / f64::from(n_steps);
    let hertz = |mels: f64| {
        if mels < BREAK_MELS {
            HERTZ_A_MEL * mels
        } else {
            BREAK_HERTZ * (log_step * (mels - BREAK_MELS)).exp()
        }
    };
    (0..n_steps).map(|n| hertz(f64::from(n) * step)).chain([hertz(max_mels)]).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "the table is of this precision")]
const fn rounded(value: f64) -> f32 {
    value as f32
}
