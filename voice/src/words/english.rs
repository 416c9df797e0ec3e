//! Numbers in English, without "and".

use super::named;

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
/// From 20 on, by tens.
const TENS: [&str; 8] =
    ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// Gives the words of a number below a thousand million.
pub(super) fn cardinal(number: u32) -> Vec<&'static str> {
    if number == 0 {
        return named(&SMALL, 0).into_iter().collect();
    }
    let mut words = Vec::new();
    let groups = [(1_000_000, Some("million")), (1_000, Some("thousand")), (1, None)];
    for (scale, name) in groups {
        let group = number / scale % 1_000;
        if group > 0 {
            push_group(&mut words, group);
            words.extend(name);
        }
    }
    words
}

/// Adds a number from 1 to 999.
fn push_group(words: &mut Vec<&'static str>, number: u32) {
    if number >= 100 {
        words.extend(named(&SMALL, number / 100));
        words.push("hundred");
    }
    let rest = number % 100;
    if rest >= 20 {
        words.extend(named(&TENS, rest / 10 - 2));
    }
    let unit = if rest >= 20 { rest % 10 } else { rest };
    if unit > 0 {
        words.extend(named(&SMALL, unit));
    }
}

/// Makes the last word of a number the last word of a rank.
pub(super) fn rank(word: &str) -> String {
    match word {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        _ => match word.strip_suffix('y') {
            Some(stem) => format!("{stem}ieth"),
            None => format!("{word}th"),
        },
    }
}
