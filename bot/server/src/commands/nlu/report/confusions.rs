//! What is taken for something else: a map of the subjects most confused, and the sentences.

use nlu::eval::Confusion;

use super::sheet::{Sheet, escape};
use super::svg::{self, Picture};

/// Subjects on the map.
const MAX_ON_MAP: usize = 12;
/// Confusions told with their sentences.
const MAX_TOLD: usize = 20;

/// Writes what was taken for another intent.
pub(super) fn confused(sheet: &mut Sheet, list: &[Confusion]) {
    sheet.section("Sujets confondus", "Subjects confused");
    if list.is_empty() {
        sheet.say(
            "Aucune phrase n'a été prise pour un autre sujet.",
            "No sentence was taken for another subject.",
        );
        sheet.end_section();
        return;
    }
    sheet.say(
        "Chaque ligne est ce que la personne voulait ; chaque colonne, ce que le guichet a compris. Plus la \
         couleur d'une case est forte, plus c'est fréquent. Les numéros sont ceux de la liste.",
        "Each row is what the person wanted; each column is what the counter understood. The stronger the \
         colour of a cell, the more often. The numbers are those of the list.",
    );
    map(sheet, list);
    sheet.advise(
        "lisez les phrases ci-dessous. Si elles sont claires pour vous, ajoutez au bon sujet des phrases \
         semblables. Si deux sujets se ressemblent vraiment, mettez les phrases trompeuses dans « not: », \
         ou réunissez les deux sujets.",
        "read the sentences below. Where they are clear to you, add others like them to the right subject. \
         Where two subjects are truly alike, put the misleading sentences under \"not:\", or make the two one.",
    );
    told(sheet, list);
    sheet.end_section();
}

/// Chooses the subjects of the commonest confusions.
fn on_map(list: &[Confusion]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for confusion in list {
        let news: Vec<&str> = [confusion.meant.as_str(), confusion.said.as_str()]
            .into_iter()
            .filter(|name| !names.contains(name))
            .collect();
        if names.len() + news.len() <= MAX_ON_MAP {
            names.extend(news);
        }
    }
    names
}

fn map(sheet: &mut Sheet, list: &[Confusion]) {
    let names = on_map(list);
    let count = |meant: &str, said: &str| {
        let found = list.iter().find(|one| one.meant == meant && one.said == said);
        found.map_or(0, |one| one.n)
    };
    let counts: Vec<Vec<usize>> =
        names.iter().map(|meant| names.iter().map(|said| count(meant, said)).collect()).collect();
    let titles: Vec<String> = names.iter().map(|name| sheet.title(name)).collect();
    let title_of = |at: usize| titles.get(at).map_or("", String::as_str);
    let arrow = |row: usize, column: usize| format!("{} → {}", title_of(row), title_of(column));
    let picture = Picture {
        id: "map",
        title: sheet.pick("Carte des sujets confondus", "Map of the subjects confused"),
        desc: sheet.pick(
            "Une grille : en ligne le sujet voulu, en colonne le sujet compris, dans la case combien de fois.",
            "A grid: the subject wanted by row, the subject understood by column, how often in the cell.",
        ),
    };
    let drawn = svg::heat(&picture, &counts, &arrow);
    sheet.put(format_args!("<div class=\"side\">{drawn}<ol>"));
    for title in &titles {
        sheet.put(format_args!("<li>{}</li>", escape(title)));
    }
    sheet.put(format_args!("</ol></div>\n"));
    let rows: Vec<Vec<String>> = list
        .iter()
        .map(|one| vec![sheet.title(&one.meant), sheet.title(&one.said), one.n.to_string()])
        .collect();
    let heads = [
        sheet.pick("Voulu", "Wanted"),
        sheet.pick("Compris", "Understood"),
        sheet.pick("Fois", "Times"),
    ];
    sheet.behind(&heads, &rows);
}

fn told(sheet: &mut Sheet, list: &[Confusion]) {
    for (at, confusion) in list.iter().take(MAX_TOLD).enumerate() {
        let (meant, said) = (sheet.title(&confusion.meant), sheet.title(&confusion.said));
        let open = if at < 3 { " open" } else { "" };
        sheet.put(format_args!(
            "<details{open}><summary>{} → {} ({})</summary>",
            escape(&meant),
            escape(&said),
            confusion.n
        ));
        sheet.quotes(confusion.sentences.iter().map(String::as_str));
        sheet.put(format_args!("</details>\n"));
    }
    rest(sheet, list.len());
}

fn rest(sheet: &mut Sheet, n: usize) {
    if n > MAX_TOLD {
        let words = sheet.pick(
            "La commande « guichet nlu confusions » les donne toutes.",
            "The command \"guichet nlu confusions\" lists them all.",
        );
        let words = words.to_owned();
        sheet.put(format_args!("<p class=\"soft\">… + {}. {words}</p>\n", n - MAX_TOLD));
    }
}

/// Writes what was refused though an intent serves it.
pub(super) fn refused(sheet: &mut Sheet, list: &[Confusion]) {
    if list.is_empty() {
        return;
    }
    sheet.section("Refusées à tort", "Wrongly refused");
    sheet.say(
        "À ces phrases, le guichet a répondu qu'il ne comprend pas, alors qu'il sert le sujet.",
        "To these sentences the counter answered that it does not understand, though it serves the subject.",
    );
    sheet.advise(
        "ajoutez au sujet des phrases qui emploient les mêmes mots.",
        "add sentences to the subject that use the same words.",
    );
    by(sheet, list, |confusion| &confusion.meant);
    sheet.end_section();
}

/// Writes what was answered though nothing serves it.
pub(super) fn taken(sheet: &mut Sheet, list: &[Confusion]) {
    if list.is_empty() {
        return;
    }
    sheet.section("Acceptées à tort", "Wrongly accepted");
    sheet.say(
        "Rien ne sert ces phrases, et le guichet les a prises pour un sujet.",
        "Nothing serves these sentences, and the counter took them for a subject.",
    );
    sheet.advise(
        "ajoutez des phrases semblables à « out_of_scope.yml ».",
        "add sentences like them to \"out_of_scope.yml\".",
    );
    by(sheet, list, |confusion| &confusion.said);
    sheet.end_section();
}

fn by(sheet: &mut Sheet, list: &[Confusion], side: fn(&Confusion) -> &String) {
    for confusion in list.iter().take(MAX_TOLD) {
        let title = sheet.title(side(confusion));
        sheet.put(format_args!("<details><summary>{} ({})</summary>", escape(&title), confusion.n));
        sheet.quotes(confusion.sentences.iter().map(String::as_str));
        sheet.put(format_args!("</details>\n"));
    }
    rest(sheet, list.len());
}
