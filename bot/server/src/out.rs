//! Results on standard output, talk on standard error.

use indicatif::{ProgressBar, ProgressStyle};
use std::error::Error;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

/// How often a turning sign turns.
const TICK: Duration = Duration::from_millis(120);
/// Exit code: faults were found.
pub(crate) const FOUND_FAULTS: u8 = 1;
/// Exit code: wrong use, or what is needed is not there.
pub(crate) const WRONG_USE: u8 = 2;

/// Writes a line of result.
///
/// A reader that has gone (`| head`) ends the program quietly.
pub(crate) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{text}").is_err() {
        std::process::exit(0);
    }
}

/// Writes a line of talk.
pub(crate) fn tell(text: &str) {
    let mut err = std::io::stderr().lock();
    // Nobody is left to tell when this fails.
    writeln!(err, "{text}").ok();
}

/// Gives a bar's look; a template that is wrong gives the usual one, which is no worse.
pub(crate) fn bar_style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Moves a bar to where long work stands.
pub(crate) fn advance(bar: &ProgressBar, done: usize, of: usize) {
    bar.set_length(u64::try_from(of).unwrap_or(u64::MAX));
    bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
}

/// Gives the exit code: 1 where faults were found.
pub(crate) fn code(found_faults: bool) -> ExitCode {
    if found_faults { ExitCode::from(FOUND_FAULTS) } else { ExitCode::SUCCESS }
}

/// Writes an error and its causes in one line; a cause that the words before it hold already is
/// left out.
pub(crate) fn explained(error: &anyhow::Error) -> String {
    with_causes(error.as_ref())
}

/// Writes any error and its causes like that.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut line = String::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        let words = cause.to_string();
        if line.is_empty() {
            line = words;
        } else if !line.contains(&words) {
            line.extend([": ", &words]);
        }
        next = cause.source();
    }
    line
}

/// Gives a bar for so many steps; where there is no terminal, one line says what is done.
pub(crate) fn bar(words: &str, n_steps: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(n_steps).unwrap_or(u64::MAX));
    bar.set_style(bar_style("{bar:30} {pos}/{len} {wide_msg}"));
    if bar.is_hidden() {
        tell(words);
    }
    bar.set_message(words.to_owned());
    bar.enable_steady_tick(TICK);
    bar
}

/// Shows a turning sign while something is done; where there is no terminal, one line.
pub(crate) fn busy<T>(words: &str, work: impl FnOnce() -> T) -> T {
    let sign = ProgressBar::new_spinner();
    if sign.is_hidden() {
        tell(words);
    }
    sign.set_message(words.to_owned());
    sign.enable_steady_tick(TICK);
    let done = work();
    sign.finish_and_clear();
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let error = anyhow::anyhow!("refused (os error 111)")
            .context("cannot connect: refused (os error 111)")
            .context("cannot open the store");
        let line = "cannot open the store: cannot connect: refused (os error 111)";
        assert_eq!(explained(&error), line);
    }
}
