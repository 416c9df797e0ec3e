//! How messages are cut.

use super::*;

fn cut(text: &str) -> String {
    words_of(text).join("|")
}

#[test]
fn words_are_folded_and_cut_at_french_elisions_only() {
    assert_eq!(cut("L'Hôtel-de-Ville, Œuvre !"), "l|hotel|de|ville|oeuvre");
    assert_eq!(cut("I don't know, it’s fine"), "i|dont|know|its|fine");
    assert_eq!(cut("Qu'est-ce que c'est qu'aujourd'hui"), "qu|est|ce|que|c|est|qu|aujourdhui");
    assert_eq!(cut("26-001234-7 14h30 3e"), "26|001234|7|14h30|3e");
    assert_eq!(cut("🙂 🎉"), "");
    assert_eq!(cut("rock'"), "rock");
}

#[test]
fn gaps_tell_what_stands_between() {
    use Gap::{Colon, Comma, Hyphen, Number, Slash, Space, Stop};
    let gaps: Vec<Gap> =
        Reading::of("12, rue A/B - x. 14:30 #3 a-b").words.iter().map(|word| word.gap).collect();
    assert_eq!(gaps, [Space, Comma, Space, Slash, Comma, Stop, Colon, Number, Space, Hyphen]);
}

#[test]
fn spellings_are_the_messages_own() {
    let reading = Reading::of("au 12, rue de l'ÉGLISE svp");
    assert_eq!(reading.spelling(1..6), "12, rue de l'ÉGLISE");
    assert_eq!(reading.spelling(4..4), "");
    assert_eq!(reading.spelling(6..9), "");
    let at = reading.line.find("eglise").unwrap();
    assert_eq!(reading.words_at(&(at..at + 3)), 5..6);
}

#[test]
fn long_and_odd_messages_are_bounded() {
    assert!(Reading::of(&"a ".repeat(10_000)).words.len() <= MAX_WORDS);
    let long = Reading::of(&"x".repeat(10_000));
    assert_eq!(long.words.len(), 1);
    assert_eq!(long.text(0).len(), MAX_WORD_CHARS);
}
