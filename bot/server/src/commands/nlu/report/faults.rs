//! What is wrong with the sentences themselves, subject by subject.

use nlu::eval::{LessonFault, Placed};

use super::sheet::{Sheet, escape};

/// Faults told; the command lists all.
const MAX_TOLD: usize = 60;
/// Sentences quoted for one fault.
const MAX_QUOTED: usize = 6;

/// Writes the faults.
pub(super) fn list(sheet: &mut Sheet, faults: &[LessonFault]) {
    if faults.is_empty() {
        return;
    }
    sheet.section("Phrases à revoir", "Sentences to look at");
    sheet.say(
        "Ces phrases peuvent tromper le guichet. Toutes ne sont pas des erreurs : c'est à vous de juger.",
        "These sentences may mislead the counter. Not all are mistakes: you are the judge.",
    );
    sheet.put(format_args!("<ol class=\"faults\">\n"));
    for fault in faults.iter().take(MAX_TOLD) {
        sheet.put(format_args!("<li>"));
        one(sheet, fault);
        sheet.put(format_args!("</li>\n"));
    }
    sheet.put(format_args!("</ol>\n"));
    if faults.len() > MAX_TOLD {
        let words = sheet
            .pick(
                "La commande « guichet nlu train --check » les donne toutes.",
                "The command \"guichet nlu train --check\" lists them all.",
            )
            .to_owned();
        let n_more = faults.len() - MAX_TOLD;
        sheet.put(format_args!("<p class=\"soft\">… + {n_more}. {words}</p>\n"));
    }
    sheet.end_section();
}

fn one(sheet: &mut Sheet, fault: &LessonFault) {
    match fault {
        LessonFault::Twice { places } => {
            lead(
                sheet,
                "La même phrase est dans plusieurs sujets. Gardez-la dans un seul.",
                "The same sentence is in several subjects. Keep it in one.",
            );
            placed(sheet, places.iter());
        }
        LessonFault::Alike { one, other, .. } => {
            lead(
                sheet,
                "Deux sujets ont presque la même phrase. Chacune est-elle à sa place ?",
                "Two subjects have nearly the same sentence. Is each in its place?",
            );
            placed(sheet, [one, other]);
        }
        LessonFault::Few { intent, lang, n, n_other } => {
            let words = sheet
                .pick(
                    "« {i} » a {n} phrases en {l} et {o} dans l'autre langue. Écrivez-en d'autres.",
                    "\"{i}\" has {n} sentences in {l} and {o} in the other language. Write more.",
                )
                .replace("{n}", &n.to_string())
                .replace("{o}", &n_other.to_string())
                .replace("{l}", &language(sheet, lang.code()))
                .replace("{i}", &escape(&sheet.title(intent)));
            sheet.put(format_args!("{words}"));
        }
        LessonFault::Swallowed { intent, by, n, n_taken, sentences } => {
            let words = sheet
                .pick(
                    "« {b} » avale « {i} » : sur {n} phrases essayées, {t} sont prises pour lui. Réunissez les \
                     deux, ou écrivez des phrases qui les distinguent.",
                    "\"{b}\" swallows \"{i}\": of {n} sentences tried, {t} are taken for it. Make the two one, or \
                     write sentences that tell them apart.",
                )
                .replace("{n}", &n.to_string())
                .replace("{t}", &n_taken.to_string())
                .replace("{b}", &escape(&sheet.title(by)))
                .replace("{i}", &escape(&sheet.title(intent)));
            sheet.put(format_args!("{words}"));
            sheet.quotes(sentences.iter().take(MAX_QUOTED).map(String::as_str));
        }
        LessonFault::Astray { placed: at, nearest, p } => {
            let words = sheet
                .pick(
                    "Cette phrase est dans « {i} », mais ressemble à « {b} » ({p}). Est-elle dans la bonne liste ?",
                    "This sentence is in \"{i}\" but looks like \"{b}\" ({p}). Is it in the right list?",
                )
                .replace("{p}", &sheet.percent(f64::from(*p)))
                .replace("{b}", &escape(&sheet.title(nearest)))
                .replace("{i}", &escape(&sheet.title(&at.intent)));
            sheet.put(format_args!("{words}"));
            sheet.quotes([at.text.as_str()]);
        }
    }
}

/// Names a language inside a sentence.
fn language(sheet: &Sheet, code: &str) -> String {
    let name = sheet.language(code);
    // French writes languages small, English does not.
    sheet.pick(&name.to_lowercase(), &name).to_owned()
}

fn lead(sheet: &mut Sheet, fr: &str, en: &str) {
    let words = sheet.pick(fr, en).to_owned();
    sheet.put(format_args!("{words}"));
}

fn placed<'a>(sheet: &mut Sheet, places: impl IntoIterator<Item = &'a Placed>) {
    let lines: Vec<String> = places
        .into_iter()
        .map(|place| format!("{} : {}", sheet.title(&place.intent), place.text))
        .collect();
    sheet.quotes(lines.iter().map(String::as_str));
}
