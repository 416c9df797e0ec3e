//! The city's own words, as a text that a recogniser of speech is told beforehand: names of services and
//! of streets.
//!
//! Never here: the recogniser. What does not fit is left out: the longest streets have the most callers.

use bot_core::{Bilingual, Language};

use crate::gazetteer::Gazetteer;

/// Letters of a text, at most: what a recogniser takes is some 220 tokens, and each costs time.
pub const MAX_CHARS: usize = 600;
/// Letters of the services among them, at most.
const MAX_SERVICE_CHARS: usize = MAX_CHARS / 3;
/// What stands between two names, and behind the last.
const BETWEEN: &str = ", ";

/// Writes a text for each language, of at most [`MAX_CHARS`] letters: services in their order, then the
/// streets with the most doors; numbered streets are heard as numbers.
#[must_use]
pub fn vocabulary(services: &Bilingual<Vec<String>>, gazetteer: &Gazetteer) -> Bilingual<String> {
    let streets = gazetteer.streets_by_size();
    Bilingual::from_fn(|lang: Language| {
        let services = services.get(lang).iter().map(String::as_str);
        let services = listed(services, MAX_SERVICE_CHARS);
        let streets = streets.iter().map(|label| label.get(lang).as_str());
        let streets = streets.filter(|name| !name.starts_with(|sign: char| sign.is_ascii_digit()));
        let n_left = MAX_CHARS - services.chars().count();
        let streets = listed(streets, n_left);
        let parts = [services, streets].into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(" ")
    })
}

/// Writes the names that fit, one after the other, with a full stop and room for a blank behind.
fn listed<'a>(names: impl Iterator<Item = &'a str>, max_chars: usize) -> String {
    let mut n_left = max_chars;
    let fitting = names.filter(|name| {
        let n_chars = name.chars().count() + BETWEEN.len();
        let fits = n_chars <= n_left;
        if fits {
            n_left -= n_chars;
        }
        fits
    });
    let mut text = fitting.collect::<Vec<_>>().join(BETWEEN);
    if !text.is_empty() {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use crate::lesson::Lesson;
    use expect_test::expect;

    fn services() -> Bilingual<Vec<String>> {
        let names = |names: [&str; 2]| names.map(str::to_owned).to_vec();
        Bilingual {
            fr: names(["Nid-de-poule", "Collecte des encombrants"]),
            en: names(["Pothole", "Bulky item pickup"]),
        }
    }

    #[test]
    fn services_come_first_and_then_the_longest_streets() {
        let words = vocabulary(&services(), &Gazetteer::new(&fixture::lesson()));
        let first = |text: &str| text.chars().take(110).collect::<String>();
        expect![[r#"
            Nid-de-poule, Collecte des encombrants. boulevard Laurier, rang Saint-Antoine, chemin du Lac-Perdu, avenue Roy
            Pothole, Bulky item pickup. Boulevard Laurier, Rang Saint-Antoine, Chemin du Lac-Perdu, Avenue Royale, Park Av
        "#]].assert_eq(&format!("{}\n{}\n", first(&words.fr), first(&words.en)));
    }

    #[test]
    fn a_text_has_its_bound() {
        let many: Vec<String> = (0..99).map(|at| format!("Demande numéro {at}")).collect();
        let services = Bilingual { fr: many.clone(), en: many };
        let words = vocabulary(&services, &Gazetteer::new(&fixture::lesson()));
        for text in [&words.fr, &words.en] {
            let n_chars = text.chars().count();
            assert!((500..=MAX_CHARS).contains(&n_chars), "{n_chars}: {text}");
            assert!(!text.contains("1re Avenue"), "{text}");
        }
    }

    #[test]
    fn a_city_without_names_tells_none() {
        let nothing = vocabulary(&Bilingual::default(), &Gazetteer::new(&Lesson::default()));
        assert_eq!(nothing, Bilingual::default());
    }
}
