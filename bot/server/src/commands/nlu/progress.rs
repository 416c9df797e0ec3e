//! Tells on standard error that long work goes on.

use indicatif::ProgressBar;
use std::time::Duration;

use crate::out;

/// How often the sign turns.
const TICK: Duration = Duration::from_millis(120);

/// Shows a turning sign while something is done; where there is no terminal, one line.
pub(super) fn busy<T>(words: &str, work: impl FnOnce() -> T) -> T {
    let sign = ProgressBar::new_spinner();
    if sign.is_hidden() {
        out::tell(words);
    }
    sign.set_message(words.to_owned());
    sign.enable_steady_tick(TICK);
    let done = work();
    sign.finish_and_clear();
    done
}

/// Gives a bar for so many steps; where there is no terminal, one line says what is done.
pub(super) fn bar(words: &str, n_steps: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(n_steps).unwrap_or(u64::MAX));
    bar.set_style(out::bar_style("{bar:30} {pos}/{len} {wide_msg}"));
    if bar.is_hidden() {
        out::tell(words);
    }
    bar.set_message(words.to_owned());
    bar.enable_steady_tick(TICK);
    bar
}
