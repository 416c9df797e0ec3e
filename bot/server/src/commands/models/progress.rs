//! What a person sees while a model is fetched.

use indicatif::ProgressBar;
use models::fetch::News;

use crate::out;
use crate::settings::hidden;

const KB: u64 = 1_000;
const MB: u64 = 1_000 * KB;

/// Shows what happens to one model.
pub(super) struct Progress {
    model: String,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(super) fn new(model: &str) -> Self {
        Self { model: model.to_owned(), bar: None }
    }

    /// Shows a piece of news.
    pub(super) fn hear(&mut self, news: &News<'_>) {
        match news {
            News::Waiting => self.tell("another guichet fetches models; waiting for it"),
            News::Begins { file, n_there, n_bytes } => {
                self.end();
                let bar = bytes(&format!("{}: fetching {file}", self.model), *n_bytes);
                bar.set_position(*n_there);
                // What was there already says nothing of how fast the rest comes.
                bar.reset_eta();
                self.bar = Some(bar);
            }
            News::Came(n_bytes) => {
                if let Some(bar) = &self.bar {
                    bar.inc(*n_bytes);
                }
            }
            News::TriesAgain { file, why } => {
                self.tell(&format!("{file}: {}; trying again", out::with_causes(why)));
            }
            News::GivesUp { source, why } => {
                self.tell(&format!("{} is no source: {}", source.converter, out::with_causes(why)));
            }
            News::Converts => self.tell("converting"),
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn tell(&mut self, words: &str) {
        self.end();
        out::tell(&hidden(&format!("{}: {words}", self.model)));
    }
}

/// Gives a bar for so many bytes; where there is no terminal, one line says what is done.
pub(super) fn bytes(words: &str, n_bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(n_bytes);
    bar.set_style(out::bar_style(
        "{wide_msg} {bar:24} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} {eta}",
    ));
    if bar.is_hidden() {
        out::tell(&format!("{words} ({})", size(n_bytes)));
    }
    bar.set_message(words.to_owned());
    bar
}

/// Writes a size with one decimal.
pub(super) fn size(n_bytes: u64) -> String {
    format!("{}.{} MB", n_bytes / MB, n_bytes % MB / (100 * KB))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_one_decimal() {
        assert_eq!([0, 99_999, 81_611_021].map(size), ["0.0 MB", "0.0 MB", "81.6 MB"]);
    }
}
