//! Words as every dialect can hold them: cleaned, cut into pieces, and the names of languages.

use bot_core::Language;

use crate::script::{Line, MAX_HINTS, MAX_LINE_CHARS, Sound};

/// Characters of one hint for a recogniser, as providers bound it.
const MAX_HINT_CHARS: usize = 100;

/// Gives the language of a recogniser.
pub(super) const fn heard(lang: Language) -> &'static str {
    match lang {
        Language::Fr => "fr-CA",
        Language::En => "en-CA",
    }
}

/// Gives the language of a voice where the provider has no Canadian one for English.
pub(super) const fn spoken(lang: Language) -> &'static str {
    match lang {
        Language::Fr => "fr-CA",
        Language::En => "en-US",
    }
}

/// Takes out what no document holds or no voice says: control characters and what Unicode promises
/// never to be a character; other white space becomes one space.
pub(super) fn clean(text: &str) -> String {
    let is_said = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let spaced: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(is_said).collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Cuts a line into pieces that a provider takes, each at the end of a sentence, else between words,
/// else anywhere. Nothing is said of a line without words.
pub(super) fn pieces(line: &Line) -> Vec<String> {
    cut(&clean(&line.text), MAX_LINE_CHARS)
}

/// Cuts cleaned text into pieces of at most so many characters.
pub(super) fn cut(text: &str, max_chars: usize) -> Vec<String> {
    let mut rest: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    while rest.len() > max_chars {
        let after = rest.split_off(end_of_piece(&rest, max_chars));
        pieces.push(rest.into_iter().collect::<String>().trim().to_owned());
        rest = after;
    }
    pieces.push(rest.into_iter().collect::<String>().trim().to_owned());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Finds where a piece ends, in characters: at least one, at most `max_chars`, which is less than
/// there are.
fn end_of_piece(text: &[char], max_chars: usize) -> usize {
    let is_space = |n: &usize| text.get(*n) == Some(&' ');
    let ends_sentence = |n: &usize| {
        is_space(n) && n.checked_sub(1).and_then(|n| text.get(n)).is_some_and(|c| ends(*c))
    };
    let longest = |is_end: &dyn Fn(&usize) -> bool| (1..=max_chars).rev().find(is_end);
    longest(&ends_sentence).or_else(|| longest(&is_space)).unwrap_or(max_chars.max(1))
}

const fn ends(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…')
}

/// Gives the hints that a recogniser is told: cleaned, bounded, none empty, none twice in a row.
///
/// `TwiML` and Plivo part them by commas, so none holds one.
pub(super) fn hints(all: &[String]) -> Vec<String> {
    let one = |hint: &String| {
        let hint = clean(&hint.replace(',', " "));
        hint.chars().take(MAX_HINT_CHARS).collect::<String>().trim().to_owned()
    };
    let mut hints: Vec<String> = all.iter().map(one).filter(|hint| !hint.is_empty()).collect();
    hints.dedup();
    hints.truncate(MAX_HINTS);
    hints
}

/// Makes one line of those in one language that follow each other, for dialects where only the last
/// sound of a prompt stops when the caller answers.
pub(super) fn merged(sounds: &[Sound]) -> Vec<Sound> {
    let mut merged: Vec<Sound> = Vec::new();
    for sound in sounds {
        match (merged.last_mut(), sound) {
            (Some(Sound::Say(before)), Sound::Say(line)) if before.lang == line.lang => {
                before.text.push(' ');
                before.text.push_str(&line.text);
            }
            _ => merged.push(sound.clone()),
        }
    }
    merged
}

/// Gives a number's digits, for providers that write no `+`.
pub(super) fn bare(number: &str) -> &str {
    number.strip_prefix('+').unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_voice_says_is_taken_out() {
        let text = " Bon\u{0}jour,\t\u{1b}c'est\n\nla ville\u{fffe}. \u{a0} À bientôt ";
        assert_eq!(clean(text), "Bonjour, c'est la ville. À bientôt");
    }

    #[test]
    fn a_long_line_is_cut_where_a_sentence_ends() {
        assert_eq!(cut("Un. Deux trois.", 15), ["Un. Deux trois."]);
        assert_eq!(cut("Un. Deux trois.", 14), ["Un.", "Deux trois."]);
        assert_eq!(cut("Un, deux trois", 10), ["Un, deux", "trois"]);
        assert_eq!(cut("éééééé", 4), ["éééé", "éé"]);
        assert_eq!(cut("1.5 et 2.5 valent 4.", 12), ["1.5 et 2.5", "valent 4."]);
        assert!(cut("", 4).is_empty());
    }

    #[test]
    fn hints_are_bounded() {
        let all = ["nid-de-poule", "", "rue Saint-Denis, Montréal", " \u{7}"].map(str::to_owned);
        assert_eq!(hints(&all), ["nid-de-poule", "rue Saint-Denis Montréal"]);
        let many: Vec<String> = (0..300).map(|n| format!("{n}{}", "x".repeat(200))).collect();
        let told = hints(&many);
        assert_eq!(told.len(), MAX_HINTS);
        assert!(told.iter().all(|hint| hint.chars().count() == MAX_HINT_CHARS));
    }
}
