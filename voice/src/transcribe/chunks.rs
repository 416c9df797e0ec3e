//! Where a long sound is cut: where it is quietest.

use std::ops::Range;

use crate::whisper::SAMPLE_RATE_HZ;

/// What is compared: three tenths of a second.
const QUIET: usize = SAMPLE_RATE_HZ * 3 / 10;
/// How finely it is searched.
const STEP: usize = SAMPLE_RATE_HZ / 50;

/// Cuts a sound into parts of at most so many samples.
pub(super) fn chunks(samples: &[f32], most: usize) -> Vec<Range<usize>> {
    let most = most.max(2 * QUIET);
    let mut parts = Vec::new();
    let mut from = 0;
    while samples.len() - from > most {
        let to = quietest(samples, from + most * 2 / 3..from + most);
        parts.push(from..to);
        from = to;
    }
    parts.push(from..samples.len());
    parts
}

/// Finds the middle of the quietest stretch.
fn quietest(samples: &[f32], within: Range<usize>) -> usize {
    let starts = (within.start..within.end.saturating_sub(QUIET)).step_by(STEP);
    let loud = |start: &usize| -> f32 {
        let stretch = samples.get(*start..*start + QUIET).unwrap_or_default();
        stretch.iter().map(|sample| sample * sample).sum()
    };
    let start = starts.min_by(|a, b| loud(a).total_cmp(&loud(b)));
    start.map_or(within.end, |start| start + QUIET / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sound_is_cut_where_it_is_quiet_and_nothing_is_lost() {
        let second = SAMPLE_RATE_HZ;
        let mut samples = vec![0.5; 60 * second];
        samples[22 * second..22 * second + second / 2].fill(0.001);
        samples[40 * second..40 * second + second / 2].fill(0.0);
        let parts = chunks(&samples, 25 * second);
        assert_eq!((parts[0].start, parts.last().unwrap().end), (0, samples.len()));
        assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
        assert!(parts.iter().all(|part| part.len() <= 25 * second));
        assert!((22 * second..22 * second + second / 2).contains(&parts[0].end));
        assert!((40 * second..40 * second + second / 2).contains(&parts[1].end));
    }

    #[test]
    fn a_short_one_is_not_cut() {
        assert_eq!(chunks(&[0.0; 100], 1_000_000).last(), Some(&(0..100)));
        assert_eq!(chunks(&[], 1_000_000).last(), Some(&(0..0)));
    }
}
