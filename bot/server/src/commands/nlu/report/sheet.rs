//! The paper the page is written on: escaped text in one of two languages, sections, tables.

use bot_core::{Bilingual, Language};
use flows::City;
use nlu::eval::OUT_OF_SCOPE;
use std::collections::BTreeMap;
use std::fmt::{Arguments, Write};

const STYLE: &str = include_str!("style.css");

/// A page being written.
pub(super) struct Sheet {
    lang: Language,
    html: String,
    titles: BTreeMap<String, Bilingual<String>>,
    city: String,
}

impl Sheet {
    /// Takes a new sheet; intents are called by the titles of the city, if there is one.
    pub(super) fn new(lang: Language, city: Option<&City>) -> Self {
        let named = |city: &City| {
            let title = |(name, intent): (&String, &flows::model::intent::Intent)| {
                (name.clone(), intent.title.clone())
            };
            city.intents.iter().map(title).collect()
        };
        let mut titles: BTreeMap<_, _> = city.map(named).unwrap_or_default();
        titles.insert(OUT_OF_SCOPE.to_owned(), Bilingual::of("Hors du champ", "Out of scope"));
        let city = city.map(|city| city.info.name.get(lang).clone()).unwrap_or_default();
        Self { lang, html: String::new(), titles, city }
    }

    /// Gives the city's name; nothing where there is no city.
    pub(super) fn city(&self) -> &str {
        &self.city
    }

    /// Chooses the words of the page's language.
    pub(super) const fn pick<'a>(&self, fr: &'a str, en: &'a str) -> &'a str {
        match self.lang {
            Language::Fr => fr,
            Language::En => en,
        }
    }

    /// Writes markup; what it holds of others' text must be escaped.
    pub(super) fn put(&mut self, markup: Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ok = self.html.write_fmt(markup);
    }

    /// Begins a part of the page.
    pub(super) fn section(&mut self, fr: &str, en: &str) {
        let title = self.pick(fr, en).to_owned();
        self.put(format_args!("<section><h2>{title}</h2>\n"));
    }

    /// Ends it.
    pub(super) fn end_section(&mut self) {
        self.put(format_args!("</section>\n"));
    }

    /// Writes a paragraph of our own words.
    pub(super) fn say(&mut self, fr: &str, en: &str) {
        let words = self.pick(fr, en).to_owned();
        self.put(format_args!("<p>{words}</p>\n"));
    }

    /// Writes what to do about it.
    pub(super) fn advise(&mut self, fr: &str, en: &str) {
        let lead = self.pick("À faire :", "What to do:").to_owned();
        let words = self.pick(fr, en).to_owned();
        self.put(format_args!("<p class=\"do\"><strong>{lead}</strong> {words}</p>\n"));
    }

    /// Writes a table; cells are escaped, and all but the first of a row are figures.
    pub(super) fn table(&mut self, heads: &[&str], rows: &[Vec<String>]) {
        self.put(format_args!("<div class=\"wide\" tabindex=\"0\"><table><thead><tr>"));
        for head in heads {
            self.put(format_args!("<th scope=\"col\">{}</th>", escape(head)));
        }
        self.put(format_args!("</tr></thead><tbody>\n"));
        for row in rows {
            self.put(format_args!("<tr>"));
            for (at, cell) in row.iter().enumerate() {
                let cell = escape(cell);
                match at {
                    0 => self.put(format_args!("<th scope=\"row\">{cell}</th>")),
                    _ => self.put(format_args!("<td>{cell}</td>")),
                }
            }
            self.put(format_args!("</tr>\n"));
        }
        self.put(format_args!("</tbody></table></div>\n"));
    }

    /// Writes the table behind a picture, folded away.
    pub(super) fn behind(&mut self, heads: &[&str], rows: &[Vec<String>]) {
        let words =
            self.pick("Les chiffres de cette image", "The figures of this picture").to_owned();
        self.put(format_args!("<details><summary>{words}</summary>\n"));
        self.table(heads, rows);
        self.put(format_args!("</details>\n"));
    }

    /// Writes sentences as a list.
    pub(super) fn quotes<'a>(&mut self, sentences: impl IntoIterator<Item = &'a str>) {
        self.put(format_args!("<ul class=\"quotes\">"));
        for sentence in sentences {
            self.put(format_args!("<li>{}</li>", escape(sentence)));
        }
        self.put(format_args!("</ul>\n"));
    }

    /// Calls an intent by its title, or by its name where it has none.
    pub(super) fn title(&self, intent: &str) -> String {
        self.titles
            .get(intent)
            .map_or_else(|| intent.to_owned(), |both| both.get(self.lang).clone())
    }

    /// Names a language of the counter.
    pub(super) fn language(&self, code: &str) -> String {
        match code {
            "fr" => self.pick("Français", "French").to_owned(),
            "en" => self.pick("Anglais", "English").to_owned(),
            other => other.to_owned(),
        }
    }

    /// Writes a share in percent, as the language does.
    pub(super) fn percent(&self, share: f64) -> String {
        match self.lang {
            Language::Fr => format!("{:.1}\u{a0}%", share * 100.0).replace('.', ","),
            Language::En => format!("{:.1}%", share * 100.0),
        }
    }

    /// Writes a share in whole percent, as the language does.
    pub(super) fn round_percent(&self, share: f64) -> String {
        match self.lang {
            Language::Fr => format!("{:.0}\u{a0}%", share * 100.0),
            Language::En => format!("{:.0}%", share * 100.0),
        }
    }

    /// Closes the page and gives it.
    pub(super) fn finish(mut self) -> String {
        if self.lang == Language::Fr {
            // A line must not begin with one of these signs, nor end with the first.
            for (loose, tied) in [
                ("« ", "«\u{a0}"),
                (" »", "\u{a0}»"),
                (" :", "\u{a0}:"),
                (" ?", "\u{a0}?"),
                (" ;", "\u{a0};"),
            ] {
                self.html = self.html.replace(loose, tied);
            }
        }
        let title = self.pick("Compréhension du guichet", "The counter's understanding");
        format!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title>\
             <style>\n{STYLE}</style></head>\n<body><main>\n{}</main></body></html>\n",
            self.lang, self.html
        )
    }
}

/// Makes a text safe inside markup and attributes.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Makes a count a number to reckon with.
pub(super) fn exact(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Gives a part of a whole as a share; 0 of nothing.
pub(super) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { exact(part) / exact(whole) }
}
