//! Numbers in French as in Québec: soixante-dix, quatre-vingts, quatre-vingt-dix.

use super::named;

const SMALL: [&str; 17] = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
    "douze", "treize", "quatorze", "quinze", "seize",
];
/// From 20 on, by tens; the seventies and the nineties count on from the ten before.
const TENS: [&str; 5] = ["vingt", "trente", "quarante", "cinquante", "soixante"];

/// What comes after a number below a thousand: "quatre vingts" and "deux cents" lose their s
/// before more of the number, "mille" too, but not before "millions", which is a noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Mille,
    NounOrNothing,
}

/// Gives the words of a number below a thousand million.
pub(super) fn cardinal(number: u32) -> Vec<&'static str> {
    if number == 0 {
        return named(&SMALL, 0).into_iter().collect();
    }
    let mut words = Vec::new();
    let (millions, thousands, rest) = (number / 1_000_000, number / 1_000 % 1_000, number % 1_000);
    if millions > 0 {
        push_group(&mut words, millions, Before::NounOrNothing);
        words.push(if millions == 1 { "million" } else { "millions" });
    }
    if thousands > 1 {
        push_group(&mut words, thousands, Before::Mille);
    }
    if thousands > 0 {
        words.push("mille");
    }
    push_group(&mut words, rest, Before::NounOrNothing);
    words
}

/// Adds a number from 0 to 999; nothing for 0.
fn push_group(words: &mut Vec<&'static str>, number: u32, before: Before) {
    let (hundreds, rest) = (number / 100, number % 100);
    if hundreds > 1 {
        words.extend(named(&SMALL, hundreds));
    }
    if hundreds > 0 {
        let many = hundreds > 1 && rest == 0 && before == Before::NounOrNothing;
        words.push(if many { "cents" } else { "cent" });
    }
    match rest {
        0 => (),
        80 if before == Before::NounOrNothing => words.extend(["quatre", "vingts"]),
        80..=99 => {
            words.extend(["quatre", "vingt"]);
            push_small(words, rest - 80);
        }
        20..=79 => {
            let ten = if rest < 60 { rest / 10 * 10 } else { 60 };
            words.extend(named(&TENS, ten / 10 - 2));
            if matches!(rest - ten, 1 | 11) {
                words.push("et");
            }
            push_small(words, rest - ten);
        }
        _ => push_small(words, rest),
    }
}

/// Adds a number from 0 to 19; nothing for 0.
fn push_small(words: &mut Vec<&'static str>, number: u32) {
    match number {
        0 => (),
        17..=19 => {
            words.extend(named(&SMALL, 10));
            words.extend(named(&SMALL, number - 10));
        }
        _ => words.extend(named(&SMALL, number)),
    }
}

/// Makes the last word of a number the last word of a rank.
pub(super) fn rank(word: &str) -> String {
    let stem = match word {
        "cinq" => "cinqu",
        "neuf" => "neuv",
        "vingts" => "vingt",
        "cents" => "cent",
        _ => word.strip_suffix('e').unwrap_or(word),
    };
    format!("{stem}ième")
}
