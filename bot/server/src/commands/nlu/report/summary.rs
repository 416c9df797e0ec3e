//! The head of the page: what was tried, and how it went in a few figures.

use nlu::eval::{Report, Scores};

use super::Content;
use super::sheet::{Sheet, escape};
use crate::commands::nlu::corpus::Corpus;

/// Writes the title, and what was learnt and tried.
pub(super) fn head(sheet: &mut Sheet, corpus: &Corpus, content: &Content<'_>) {
    let title = sheet.pick("Ce que le guichet comprend", "What the counter understands").to_owned();
    let city = match sheet.city() {
        "" => String::new(),
        city => format!(" – {}", escape(city)),
    };
    sheet.put(format_args!("<header><h1>{title}{city}</h1>\n"));
    let n_intents = corpus.lesson.intents.len();
    let texts = corpus.lesson.intents.iter().flat_map(|intent| intent.examples.iter());
    let n_learnt: usize = texts.map(|(_, list)| list.len()).sum();
    let learnt = sheet
        .pick(
            "Le guichet a appris {n} phrases, pour {i} sujets.",
            "The counter has learnt {n} sentences, for {i} subjects.",
        )
        .replace("{n}", &n_learnt.to_string())
        .replace("{i}", &n_intents.to_string());
    sheet.put(format_args!("<p>{learnt}</p>\n"));
    match (&corpus.test, content.report) {
        (_, None) => {}
        (Some(_), Some(_)) => sheet.say(
            "Les phrases essayées ont été écrites à part : le guichet ne les avait jamais vues.",
            "The sentences tried were written apart: the counter had never seen them.",
        ),
        (None, Some(_)) => sheet.say(
            "Chaque phrase apprise a été mise de côté une fois, puis essayée sans être connue. Les mêmes \
             personnes ont écrit ce qui est appris et ce qui est essayé : les vrais résidents parlent \
             autrement, et les chiffres flattent un peu.",
            "Each sentence learnt was put aside once, then tried unknown. The same people wrote what is \
             learnt and what is tried: real residents speak otherwise, and the figures flatter a little.",
        ),
    }
    sheet.put(format_args!("</header>\n"));
}

/// Writes the figures: in large, by language, by voice.
pub(super) fn figures(sheet: &mut Sheet, report: &Report) {
    sheet.section("En bref", "In short");
    let all = &report.all;
    let mut cards = vec![
        (
            all.accuracy,
            sheet.pick(
                "des demandes : le bon sujet vient en premier",
                "of requests: the right subject comes first",
            ),
        ),
        (
            all.refused,
            sheet.pick(
                "des demandes : refusées alors que le guichet sert le sujet",
                "of requests: refused though the counter serves the subject",
            ),
        ),
    ];
    if all.n_out_of_scope > 0 {
        let words = sheet.pick(
            "des phrases hors du champ : refusées, comme il se doit",
            "of sentences out of scope: refused, as they should be",
        );
        cards.push((all.refused_rightly, words));
    }
    let cards: Vec<String> = cards
        .into_iter()
        .map(|(share, words)| format!("<li><strong>{}</strong> {words}</li>", sheet.percent(share)))
        .collect();
    sheet.put(format_args!("<ul class=\"cards\">{}</ul>\n", cards.join("")));
    by_group(sheet, report);
    sheet.end_section();
}

fn by_group(sheet: &mut Sheet, report: &Report) {
    let all = (sheet.pick("Ensemble", "All").to_owned(), &report.all);
    let named = report.by_language.iter().map(|(code, scores)| (sheet.language(code), scores));
    let rows: Vec<Vec<String>> =
        [all].into_iter().chain(named).map(|(name, scores)| row(sheet, name, scores)).collect();
    heading(sheet, "Par langue", "By language");
    table(sheet, ("Langue", "Language"), &rows);
    if report.by_voice.is_empty() {
        return;
    }
    let rows: Vec<Vec<String>> =
        report.by_voice.iter().map(|(voice, scores)| row(sheet, voice.clone(), scores)).collect();
    heading(sheet, "Par façon de parler", "By voice");
    table(sheet, ("Façon de parler", "Voice"), &rows);
}

fn heading(sheet: &mut Sheet, fr: &str, en: &str) {
    let words = sheet.pick(fr, en).to_owned();
    sheet.put(format_args!("<h3>{words}</h3>\n"));
}

fn table(sheet: &mut Sheet, first: (&str, &str), rows: &[Vec<String>]) {
    let heads = [
        first,
        ("Demandes", "Requests"),
        ("Bon sujet en premier", "Right subject first"),
        ("Parmi les trois premiers", "Among the first three"),
        ("Refusées à tort", "Wrongly refused"),
        ("Hors du champ", "Out of scope"),
        ("Refusées à raison", "Rightly refused"),
    ];
    let heads: Vec<&str> = heads.iter().map(|(fr, en)| sheet.pick(fr, en)).collect();
    sheet.table(&heads, rows);
}

fn row(sheet: &Sheet, name: String, scores: &Scores) -> Vec<String> {
    let of = |n: usize, share: f64| if n == 0 { "–".to_owned() } else { sheet.percent(share) };
    vec![
        name,
        scores.n.to_string(),
        of(scores.n, scores.accuracy),
        of(scores.n, scores.top_three),
        of(scores.n, scores.refused),
        scores.n_out_of_scope.to_string(),
        of(scores.n_out_of_scope, scores.refused_rightly),
    ]
}
