//! Each subject: how many sentences it has, and how well it is understood; the worst first.

use nlu::Lesson;
use nlu::eval::{IntentScore, Report};

use super::sheet::{Sheet, escape, share};
use super::svg;

/// Subjects shown before the rest is folded away.
const N_SHOWN: usize = 15;

/// Writes the table.
pub(super) fn table(sheet: &mut Sheet, lesson: &Lesson, report: &Report) {
    sheet.section("Sujet par sujet", "Subject by subject");
    sheet.say(
        "Les sujets les moins bien compris d'abord. « Apprises » : combien de phrases le sujet a en français \
         et en anglais.",
        "The subjects least understood first. \"Learnt\": how many sentences the subject has in French and in \
         English.",
    );
    sheet.advise(
        "commencez par le haut. Un sujet mal compris dans une seule langue manque de phrases dans cette langue.",
        "begin at the top. A subject misunderstood in one language only lacks sentences in that language.",
    );
    let mut scores: Vec<&IntentScore> = report.by_intent.iter().collect();
    let right = |score: &IntentScore| share(score.all.right, score.all.n);
    scores.sort_by(|a, b| right(a).total_cmp(&right(b)));
    let (worst, others) = scores.split_at(scores.len().min(N_SHOWN));
    rows(sheet, lesson, worst);
    if !others.is_empty() {
        let words = sheet.pick("Les autres sujets", "The other subjects").to_owned();
        sheet.put(format_args!("<details><summary>{words} ({})</summary>\n", others.len()));
        rows(sheet, lesson, others);
        sheet.put(format_args!("</details>\n"));
    }
    sheet.end_section();
}

fn rows(sheet: &mut Sheet, lesson: &Lesson, scores: &[&IntentScore]) {
    let heads = [
        ("Sujet", "Subject"),
        ("Bien compris", "Understood"),
        ("Français", "French"),
        ("Anglais", "English"),
        ("Refusées", "Refused"),
        ("Essayées", "Tried"),
        ("Apprises, français", "Learnt, French"),
        ("Apprises, anglais", "Learnt, English"),
    ];
    sheet.put(format_args!("<div class=\"wide\" tabindex=\"0\"><table><thead><tr>"));
    for (fr, en) in heads {
        let head = sheet.pick(fr, en).to_owned();
        sheet.put(format_args!("<th scope=\"col\">{head}</th>"));
    }
    sheet.put(format_args!("</tr></thead><tbody>\n"));
    for score in scores {
        row(sheet, lesson, score);
    }
    sheet.put(format_args!("</tbody></table></div>\n"));
}

fn row(sheet: &mut Sheet, lesson: &Lesson, score: &IntentScore) {
    let (name, all) = (escape(&sheet.title(&score.intent)), score.all);
    let right = share(all.right, all.n);
    let cell = sheet.percent(right);
    let bar = svg::bar(right);
    sheet.put(format_args!("<tr><th scope=\"row\">{name}</th><td>{bar} {cell}</td>"));
    for code in ["fr", "en"] {
        let cell = match score.by_language.get(code) {
            Some(tally) => sheet.percent(share(tally.right, tally.n)),
            None => "–".to_owned(),
        };
        sheet.put(format_args!("<td>{cell}</td>"));
    }
    let learnt = lesson.intents.iter().find(|intent| intent.name == score.intent);
    let (n_fr, n_en) =
        learnt.map_or((0, 0), |intent| (intent.examples.fr.len(), intent.examples.en.len()));
    sheet.put(format_args!(
        "<td>{}</td><td>{}</td><td>{n_fr}</td><td>{n_en}</td></tr>\n",
        all.refused, all.n
    ));
}
