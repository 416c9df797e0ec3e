//! Mermaid text of a graph, for pages and editors that draw it.

use super::{Graph, Place, Sort};

/// Writes a graph.
pub(super) fn write(graph: &Graph) -> String {
    let mut lines = vec!["flowchart TD".to_owned()];
    for (id, place) in graph.places.iter().enumerate() {
        let (open, close) = brackets(place.sort);
        lines.push(format!("  s{id}{open}\"{}\"{close}", label(place)));
    }
    for arrow in &graph.arrows {
        let link = if arrow.label.is_empty() {
            "-->".to_owned()
        } else {
            format!("-->|\"{}\"|", escape(&arrow.label))
        };
        lines.push(format!("  s{} {link} s{}", arrow.from, arrow.to));
    }
    lines.push(String::new());
    lines.join("\n")
}

const fn brackets(sort: Sort) -> (&'static str, &'static str) {
    match sort {
        Sort::Start | Sort::End => ("([", "])"),
        Sort::Ask => ("[/", "/]"),
        Sort::Call => ("[[", "]]"),
        Sort::Run => ("[(", ")]"),
        Sort::Branch => ("{", "}"),
        Sort::Say => ("[", "]"),
        Sort::Recap => ("{{", "}}"),
        Sort::Person => ("((", "))"),
    }
}

fn label(place: &Place) -> String {
    match (place.title.is_empty(), place.text.is_empty()) {
        (false, false) => format!("<b>{}</b><br/>{}", escape(&place.title), escape(&place.text)),
        (false, true) => escape(&place.title),
        (true, false) => escape(&place.text),
        (true, true) => "…".to_owned(),
    }
}

/// Escapes what Mermaid reads as markup.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('#', "&num;")
}
