//! Another number of samples a second.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::audioadapter_buffers::owned::InterleavedOwned;
use rubato::{
    Async, FixedAsync, Resampler, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};

use super::Sound;

/// Samples on each side that one is made of, together.
const SINC_LENGTH: usize = 64;
/// Places between two samples that the filter is computed for.
const N_PLACES: usize = 256;
/// Samples that are made at once.
const CHUNK: usize = 1_024;

/// Gives a sound with another number of samples a second; what a lower number cannot carry is filtered
/// out.
#[must_use]
pub fn at_rate(sound: &Sound, rate_hz: f64) -> Vec<f32> {
    let ratio = rate_hz / f64::from(sound.rate_hz);
    if (ratio - 1.0).abs() < 1e-9 {
        return sound.samples.clone();
    }
    let parameters = SincInterpolationParameters {
        sinc_len: SINC_LENGTH,
        f_cutoff: None,
        oversampling_factor: N_PLACES,
        interpolation: SincInterpolationType::Linear,
        window: WindowFunction::BlackmanHarris2,
    };
    let n = sound.samples.len();
    let made = Async::<f32>::new_sinc(ratio, 1.0, &parameters, CHUNK, 1, FixedAsync::Input);
    let samples = made.ok().and_then(|mut resampler| {
        let samples = InterleavedSlice::new(&sound.samples, 1, n).ok()?;
        resampler.process_all(&samples, n, None).ok()
    });
    samples.map(InterleavedOwned::take_data).unwrap_or_default()
}
