//! What was understood and measured, as tables for people.

use bot_core::Understanding;
use bot_core::understanding::{Heard, Outcome};
use nlu::eval::{Confusion, CurvePoint, LanguageScore, Report, Scores};

use super::bench::{Figures, Times};
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
    for (name, scores) in report.by_language.iter().chain(&report.by_voice) {
        line(name, scores);
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

/// Prints one list of confusions with all its sentences.
pub(crate) fn confusions(title: &str, list: &[Confusion]) {
    let n: usize = list.iter().map(|confusion| confusion.n).sum();
    out::line(&format!("{title}: {n}"));
    for confusion in list {
        out::line(&format!("  {:3}  {:<28} {:<28}", confusion.n, confusion.meant, confusion.said));
        for sentence in &confusion.sentences {
            out::line(&format!("         {sentence}"));
        }
    }
    out::line("");
}

/// Prints a learning curve.
pub(crate) fn curve(points: &[CurvePoint]) {
    out::line(
        "each   learnt  draws  language      n  accuracy  macro F1  refused   out of scope: n  refused",
    );
    for point in points {
        let each = point.each.map_or_else(|| "all".to_owned(), |each| each.to_string());
        let all = ("all".to_owned(), point.all.clone());
        for (at, (lang, scores)) in [all].iter().chain(&by_language(point)).enumerate() {
            let lead = match at {
                0 => format!("{each:<5} {:7.0} {:6}", point.n_learnt, point.n_draws),
                _ => " ".repeat(20),
            };
            out::line(&format!(
                "{lead}  {lang:<8} {:6} {:>9} {:>9} {:>8} {:>17} {:>8}",
                scores.n,
                percent(scores.accuracy),
                percent(scores.macro_f1),
                percent(scores.refused),
                scores.n_out_of_scope,
                percent(scores.refused_rightly),
            ));
        }
    }
}

fn by_language(point: &CurvePoint) -> Vec<(String, Scores)> {
    point.by_language.iter().map(|(lang, scores)| (lang.clone(), scores.clone())).collect()
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// Prints time and memory.
pub(crate) fn bench(figures: &Figures) {
    out::line(&format!("learning {} sentences   {:.2} s", figures.n_sentences, figures.train_s));
    out::line(&format!("reading back             {:.2} s", figures.load_s));
    let told = |bytes: Option<u64>| {
        let told = bytes.map(|bytes| indicatif::HumanBytes(bytes).to_string());
        told.unwrap_or_else(|| "not told by this system".to_owned())
    };
    out::line(&format!("memory                   {}", told(figures.memory_bytes)));
    out::line(&format!("memory, while learning   {}", told(figures.most_memory_bytes)));
    out::line("\nwords  views    messages   p50 ms   p95 ms   p99 ms");
    for speed in &figures.lengths {
        out::line(&format!("{:5}    all {}", speed.n_words, timed(&speed.all)));
        for part in &speed.by_views {
            out::line(&format!("{:12} {}", part.n_views, timed(&part.times)));
        }
    }
}

fn timed(times: &Times) -> String {
    format!("{:11} {:8.3} {:8.3} {:8.3}", times.n, times.p50_ms, times.p95_ms, times.p99_ms)
}
