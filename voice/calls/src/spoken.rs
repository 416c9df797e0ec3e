//! How written words are said aloud: figures in groups, times, amounts, abbreviations, addresses of
//! mail and pages.
//!
//! The answer is plain text that any provider's voice reads well, so that no dialect needs markup.
//! Never here: what is said.

use bot_core::Language;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// A pattern, and what is said in its place.
struct Rule {
    pattern: Regex,
    say: fn(&Captures<'_>) -> String,
}

impl Rule {
    #[expect(clippy::expect_used, reason = "every pattern is written here and tried by the tests")]
    fn new(pattern: &str, say: fn(&Captures<'_>) -> String) -> Self {
        Self { pattern: Regex::new(pattern).expect("the pattern is written here"), say }
    }
}

/// Writes a text as it is to be read aloud.
#[must_use]
pub fn aloud(text: &str, lang: Language) -> String {
    let own = match lang {
        Language::Fr => &*FRENCH,
        Language::En => &*ENGLISH,
    };
    let said = BOTH.iter().chain(own).fold(text.to_owned(), |said, rule| {
        rule.pattern.replace_all(&said, |found: &Captures<'_>| (rule.say)(found)).into_owned()
    });
    tidy(&said)
}

/// Takes out what no voice can read, and spaces that are left over.
fn tidy(text: &str) -> String {
    let readable = |sign: &char| {
        sign.is_alphanumeric()
            || sign.is_ascii_punctuation() && !matches!(sign, '<' | '>' | '{' | '}' | '|' | '\\')
            || matches!(sign, '’' | '…' | '–' | '°' | '$')
    };
    let swap = |sign: char| match sign {
        '’' => '\'',
        '–' | '—' => ',',
        '•' | '«' | '»' | '“' | '”' | '"' => ' ',
        '\n' => '.',
        sign if readable(&sign) => sign,
        _ => ' ',
    };
    let words: String = text.chars().map(swap).collect();
    let spaced = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let stops = [(" ,", ","), (" .", "."), (",.", "."), (":.", "."), ("..", "."), (" :", ":")];
    stops.iter().fold(spaced, |text, (from, to)| text.replace(from, to))
}

/// Says figures one by one: "0 0 1".
fn apart(figures: &str) -> String {
    let signs = figures.chars().filter(|sign| sign.is_alphanumeric()).map(String::from);
    signs.collect::<Vec<_>>().join(" ")
}

/// Says the groups that a pattern found, figure by figure, with a pause after each.
fn groups(found: &Captures<'_>) -> String {
    let said = found.iter().skip(1).flatten().map(|group| apart(group.as_str()));
    said.filter(|group| !group.is_empty()).collect::<Vec<_>>().join(", ")
}

fn group<'a>(found: &'a Captures<'_>, n: usize) -> &'a str {
    found.get(n).map_or("", |group| group.as_str())
}

static BOTH: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    vec![
        Rule::new(r"https?://\S+", |_| String::new()),
        // A request's number: year, two threes, check digit.
        Rule::new(r"\b(\d{2})-(\d{3})(\d{3})-(\d)\b", groups),
        // Telephone numbers, with or without the 1 in front.
        Rule::new(r"(?:\+?\b(1)[ -])?\b(\d{3})[ -](\d{3})[ -](\d{4})\b", groups),
        // 911, 311 and their like.
        Rule::new(r"\b([2-9]11|988)\b", groups),
        // Postal codes.
        Rule::new(r"\b([A-Z]\d[A-Z]) ?(\d[A-Z]\d)\b", groups),
    ]
});

static FRENCH: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    vec![
        Rule::new(r"(\w)@(\w)", |m| format!("{} arobase {}", group(m, 1), group(m, 2))),
        Rule::new(r"(arobase \S+)\.(\w+)\b", |m| format!("{} point {}", group(m, 1), group(m, 2))),
        Rule::new(r"\b(\d{1,2}) ?h(?: ?(\d{2}))?\b", |m| {
            let (hour, minute) = (group(m, 1), group(m, 2).trim_start_matches('0'));
            let hour = match hour {
                "0" | "00" => "minuit".to_owned(),
                "1" | "01" => "une heure".to_owned(),
                "12" => "midi".to_owned(),
                hour => format!("{} heures", hour.trim_start_matches('0')),
            };
            format!("{hour} {minute}").trim_end().to_owned()
        }),
        Rule::new(r"\b(\d[\d ]*)(?:,(\d{2}))? ?\$", |m| {
            let cents = group(m, 2).trim_start_matches('0');
            let (dollars, and) = (group(m, 1).trim(), " et ");
            amount(dollars, "dollar", cents, "cent", and)
        }),
        Rule::new(r" ?%", |_| " pour cent".to_owned()),
        Rule::new(r"\b1er\b", |_| "premier".to_owned()),
        Rule::new(r"\b[nN]o?°? (\d)", |m| format!("numéro {}", group(m, 1))),
        Rule::new(r"\b(S)te?-([A-ZÉÈ])", |m| {
            let end =
                if m.get(0).is_some_and(|all| all.as_str().starts_with("Ste")) { "e" } else { "" };
            format!("Saint{end}-{}", group(m, 2))
        }),
        Rule::new(r"\b(?i:boul)\.", |_| "boulevard".to_owned()),
        Rule::new(r"\b(?i:av)\.", |_| "avenue".to_owned()),
        Rule::new(r"\b(?i:ch)\. ", |_| "chemin ".to_owned()),
        // "Lieu : 12, rue Cartier" is said "le 12, rue Cartier".
        Rule::new(
            r"(^|: |« ?|; )(\d{1,5}), (rue|avenue|boulevard|chemin|rang|place|route|allée|côte|impasse|montée)\b",
            |m| format!("{}le {}, {}", group(m, 1), group(m, 2), group(m, 3)),
        ),
    ]
});

static ENGLISH: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    vec![
        Rule::new(r"(\w)@(\w)", |m| format!("{} at {}", group(m, 1), group(m, 2))),
        Rule::new(r"( at \S+)\.(\w+)\b", |m| format!("{} dot {}", group(m, 1), group(m, 2))),
        Rule::new(r"\b12(?::00)? a\.m\.", |_| "midnight".to_owned()),
        Rule::new(r"\b12(?::00)? p\.m\.", |_| "noon".to_owned()),
        Rule::new(r"\b(\d{1,2}):(\d{2}) ([ap])\.m\.", |m| {
            let minute = match group(m, 2) {
                "00" => String::new(),
                minute if minute.starts_with('0') => {
                    format!(" oh {}", minute.trim_start_matches('0'))
                }
                minute => format!(" {minute}"),
            };
            format!("{}{minute} {} m", group(m, 1), group(m, 3))
        }),
        Rule::new(r"\b(\d{1,2}) ([ap])\.m\.", |m| format!("{} {} m", group(m, 1), group(m, 2))),
        Rule::new(r"\$ ?(\d+(?:,\d{3})*)(?:\.(\d{2}))?", |m| {
            let cents = group(m, 2).trim_start_matches('0');
            amount(group(m, 1), "dollar", cents, "cent", " and ")
        }),
        Rule::new(r" ?%", |_| " percent".to_owned()),
        Rule::new(r"\bNo\. (\d)", |m| format!("number {}", group(m, 1))),
        Rule::new(r"\bBlvd\.?", |_| "Boulevard".to_owned()),
        Rule::new(r"\bAve\.?\b", |_| "Avenue".to_owned()),
        Rule::new(r"\bRd\.?\b", |_| "Road".to_owned()),
    ]
});

/// Says an amount of money; no cents where there are none.
fn amount(whole: &str, unit: &str, cents: &str, part: &str, and: &str) -> String {
    let plural = |n: &str| if matches!(n, "0" | "1") { "" } else { "s" };
    let dollars = format!("{whole} {unit}{}", plural(whole));
    if cents.is_empty() {
        return dollars;
    }
    format!("{dollars}{and}{cents} {part}{}", plural(cents))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lang: Language, cases: &[(&str, &str)]) {
        for (written, said) in cases {
            assert_eq!(aloud(written, lang), *said, "{written}");
        }
    }

    #[test]
    fn french_figures_are_said_as_people_say_them() {
        check(
            Language::Fr,
            &[
                (
                    "Votre demande porte le numéro 26-001234-7.",
                    "Votre demande porte le numéro 2 6, 0 0 1, 2 3 4, 7.",
                ),
                ("Appelez le 418 555-0119.", "Appelez le 4 1 8, 5 5 5, 0 1 1 9."),
                ("Au 1 866 277-3553", "Au 1, 8 6 6, 2 7 7, 3 5 5 3"),
                ("Composez le 911.", "Composez le 9 1 1."),
                ("lundi 1er mars, 8 h 30", "lundi premier mars, 8 heures 30"),
                ("de 8 h à 12 h", "de 8 heures à midi"),
                ("à 0 h 05 ou 1 h", "à minuit 5 ou une heure"),
                ("20 $ ou 12,50 $ ou 1 $", "20 dollars ou 12 dollars et 50 cents ou 1 dollar"),
                (
                    "Lieu : 12, rue Cartier ; Taille : Grand",
                    "Lieu: le 12, rue Cartier ; Taille: Grand",
                ),
                ("G1A 1B2", "G 1 A, 1 B 2"),
                ("marie.roy@exemple.ca", "marie.roy arobase exemple point ca"),
                ("boul. Laurier, Ste-Foy", "boulevard Laurier, Sainte-Foy"),
                ("Dites « agent »", "Dites agent"),
                ("Voyez https://ville.qc.ca/x 🙂", "Voyez"),
                ("30 % de moins", "30 pour cent de moins"),
            ],
        );
    }

    #[test]
    fn english_figures_are_said_as_people_say_them() {
        check(
            Language::En,
            &[
                ("Request 26-001234-7", "Request 2 6, 0 0 1, 2 3 4, 7"),
                ("Opens: Monday, March 2, 8:30 a.m.", "Opens: Monday, March 2, 8 30 a m"),
                ("at 12 p.m. or 12 a.m. or 9:05 p.m.", "at noon or midnight or 9 oh 5 p m"),
                ("$20, $1.50", "20 dollars, 1 dollar and 50 cents"),
                ("a.b@example.ca", "a.b at example dot ca"),
                ("Call 311 or 418-555-0119", "Call 3 1 1 or 4 1 8, 5 5 5, 0 1 1 9"),
            ],
        );
    }
}
