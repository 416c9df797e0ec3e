//! What was understood and measured, as tables for people.

use bot_core::Understanding;
use bot_core::understanding::{Heard, Outcome};
use nlu::eval::{LanguageScore, Report, Scores};

use crate::out;

/// Confusions shown.
const MAX_CONFUSIONS: usize = 25;

/// Prints what was understood of one text.
pub(crate) fn understanding(text: &str, heard: &Understanding) {
    out::line(&format!("> {text}"));
    if let Some(guess) = heard.lang {
        out::line(&format!("  language   {} ({:.2})", guess.lang, guess.p));
    }
    let outcome = match heard.outcome {
        Outcome::Sure => "sure",
        Outcome::Unsure => "unsure",
        Outcome::OutOfScope => "out of scope",
    };
    out::line(&format!("  outcome    {outcome}"));
    for ranked in heard.intents.iter().take(3) {
        out::line(&format!("  intent     {:<28} {:.2}", ranked.intent, ranked.p));
    }
    if let Some(hit) = heard.command {
        out::line(&format!("  command    {:<28} {:.2}", hit.command.name(), hit.p));
    }
    if let Some(hit) = heard.stance {
        out::line(&format!("  stance     {:<28} {:.2}", format!("{:?}", hit.stance), hit.p));
    }
    if let Some(emergency) = &heard.emergency {
        out::line(&format!("  emergency  {emergency}"));
    }
    for entity in &heard.entities {
        let value = match &entity.heard {
            Heard::Value(value) => serde_json::to_string(value).unwrap_or_default(),
            Heard::Refused { refusal, candidates } => {
                format!("{refusal} ({} places)", candidates.len())
            }
        };
        out::line(&format!("  {:<10} {value} ({:.2})", entity.kind.name(), entity.p));
    }
}

/// Prints a report.
pub(crate) fn report(report: &Report) {
    out::line(
        "language       n  accuracy   top 3  macro F1    sure  right when sure   out of scope: n  refused   AUROC  recall at 5 %",
    );
    line("all", &report.all);
    for (lang, scores) in &report.by_language {
        line(lang, scores);
    }
    out::line("\nreliability: probability said, share right");
    for bin in report.reliability.iter().filter(|bin| bin.n > 0) {
        out::line(&format!(
            "  {:.1}-{:.1}  {:6}  said {:.3}  right {:.3}",
            bin.from, bin.to, bin.n, bin.said, bin.right
        ));
    }
    out::line("\nconfusions: meant, said");
    for confusion in report.confusions.iter().take(MAX_CONFUSIONS) {
        out::line(&format!("  {:3}  {:<26} {:<26}", confusion.n, confusion.meant, confusion.said));
        for sentence in confusion.sentences.iter().take(3) {
            out::line(&format!("         {sentence}"));
        }
    }
}

fn line(name: &str, scores: &Scores) {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    out::line(&format!(
        "{name:<8} {:7}  {:>8} {:>7} {:>9} {:>7} {:>16}  {:>16} {:>8} {:>7.3} {:>15}",
        scores.n,
        percent(scores.accuracy),
        percent(scores.top_three),
        percent(scores.macro_f1),
        percent(scores.sure),
        percent(scores.right_when_sure),
        scores.n_out_of_scope,
        percent(scores.refused_rightly),
        scores.auroc,
        percent(scores.recall_at_5),
    ));
}

/// Prints how well the language is told, by the length of the sentence.
pub(crate) fn languages(scores: &[LanguageScore]) {
    if scores.is_empty() {
        return;
    }
    out::line("\nlanguage told, by words:    n   right  silent   wrong");
    for score in scores {
        let words = match (score.from_words, score.to_words) {
            (from, usize::MAX) => format!("{from} and more"),
            (from, to) if from == to => from.to_string(),
            (from, to) => format!("{from} to {to}"),
        };
        let LanguageScore { n, right, silent, wrong, .. } = score;
        out::line(&format!("  {words:<20} {n:6} {right:7} {silent:7} {wrong:7}"));
    }
}
