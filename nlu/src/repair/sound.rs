//! How words sound, roughly, and how far two sounds are apart.
//!
//! Never here: places. A recogniser writes what it does not know as words that sound alike.

use bot_core::Language;

/// Signs of a sound that is compared, at most.
pub(super) const MAX_SIGNS: usize = 40;
/// What it costs to hear one sign for another that is like it.
const LIKE: f32 = 0.5;
/// Sounds that a telephone hardly tells apart. `N` is a vowel through the nose, `$` is "ch".
const ALIKE: [&str; 12] = ["pb", "td", "kg", "fv", "$j", "mn", "lr", "ei", "ou", "ea", "aN", "oN"];
/// Groups of letters and their sounds, the longest first.
const FRENCH: &[(&str, &str)] = &[
    ("eau", "o"),
    ("ain", "N"),
    ("ein", "N"),
    ("ien", "iN"),
    ("oin", "uN"),
    ("ill", "i"),
    ("au", "o"),
    ("ai", "e"),
    ("ei", "e"),
    ("ay", "e"),
    ("oi", "ua"),
    ("ou", "u"),
    ("oo", "u"),
    ("eu", "e"),
    ("ph", "f"),
    ("ch", "$"),
    ("sh", "$"),
    ("gn", "ni"),
    ("qu", "k"),
    ("ck", "k"),
    ("th", "t"),
];
const ENGLISH: &[(&str, &str)] = &[
    ("igh", "i"),
    ("ee", "i"),
    ("ea", "i"),
    ("ie", "i"),
    ("oo", "u"),
    ("ou", "u"),
    ("ow", "u"),
    ("au", "o"),
    ("ay", "e"),
    ("ai", "e"),
    ("ei", "e"),
    ("ey", "e"),
    ("ph", "f"),
    ("ch", "$"),
    ("sh", "$"),
    ("th", "t"),
    ("gh", ""),
    ("qu", "k"),
    ("ck", "k"),
];

/// Writes a word as it sounds; signs that are no letters and no digits are left out.
pub(super) fn sound(word: &str, lang: Language) -> String {
    let mut word: String =
        word.to_lowercase().chars().filter(|sign| sign.is_alphanumeric()).collect();
    without_mute_end(&mut word, lang);
    let mut heard = String::with_capacity(word.len());
    let mut rest = word.as_str();
    while let Some(sign) = rest.chars().next() {
        let (part, n_bytes) = first_sound(rest, sign, lang);
        for sign in part.chars() {
            if !heard.ends_with(sign) {
                heard.push(sign);
            }
        }
        rest = rest.get(n_bytes..).unwrap_or_default();
    }
    heard
}

/// Tells how alike two sounds are, from 0 to 1.
pub(super) fn likeness(a: &str, b: &str) -> f32 {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.chars().take(MAX_SIGNS).collect(), b.chars().take(MAX_SIGNS).collect());
    let longest = a.len().max(b.len());
    if longest == 0 {
        return 0.0;
    }
    let mut costs: Vec<f32> = (0..=b.len()).map(count).collect();
    for (row, x) in a.iter().enumerate() {
        let mut corner = count(row);
        let mut last = count(row + 1);
        if let Some(first) = costs.first_mut() {
            *first = last;
        }
        for (y, cost) in b.iter().zip(costs.iter_mut().skip(1)) {
            let best = (corner + instead(*x, *y)).min(*cost + 1.0).min(last + 1.0);
            corner = *cost;
            *cost = best;
            last = best;
        }
    }
    1.0 - costs.last().copied().unwrap_or_default() / count(longest)
}

/// Gives the first sound of a rest, and the bytes that it is made of.
fn first_sound(rest: &str, sign: char, lang: Language) -> (&'static str, usize) {
    let groups = match lang {
        Language::Fr => FRENCH,
        Language::En => ENGLISH,
    };
    if let Some((letters, part)) = groups.iter().find(|(letters, _)| rest.starts_with(letters)) {
        return (part, letters.len());
    }
    let mut ahead = rest.chars().skip(1);
    let (next, after) = (ahead.next(), ahead.next());
    let is_vowel =
        |sign: Option<char>| sign.is_some_and(|sign| "aeiouyàâéèêëîïôöùûü".contains(sign));
    let through_nose = lang == Language::Fr
        && is_vowel(Some(sign))
        && matches!(next, Some('n' | 'm'))
        && !is_vowel(after)
        && !matches!(after, Some('n' | 'm'));
    if through_nose {
        return ("N", sign.len_utf8() + 1);
    }
    let is_soft = next.is_some_and(|next| "eiyéèêî".contains(next));
    (letter(sign, is_soft), sign.len_utf8())
}

const fn letter(sign: char, is_soft: bool) -> &'static str {
    match sign {
        'a' | 'à' | 'â' | 'ä' => "a",
        'e' | 'é' | 'è' | 'ê' | 'ë' => "e",
        'i' | 'î' | 'ï' | 'y' => "i",
        'o' | 'ô' | 'ö' | 'œ' => "o",
        'u' | 'ù' | 'û' | 'ü' => "u",
        'b' => "b",
        'c' if is_soft => "s",
        'c' | 'k' | 'q' => "k",
        'ç' | 's' | 'z' => "s",
        'd' => "d",
        'f' => "f",
        'g' if is_soft => "j",
        'g' => "g",
        'j' => "j",
        'l' => "l",
        'm' => "m",
        'n' => "n",
        'p' => "p",
        'r' => "r",
        't' => "t",
        'v' | 'w' => "v",
        'x' => "ks",
        '0' => "0",
        '1' => "1",
        '2' => "2",
        '3' => "3",
        '4' => "4",
        '5' => "5",
        '6' => "6",
        '7' => "7",
        '8' => "8",
        '9' => "9",
        _ => "",
    }
}

/// Takes off the letters at a word's end that are not heard.
fn without_mute_end(word: &mut String, lang: Language) {
    /// Letters from which on an end may be mute.
    const MIN_LETTERS: usize = 3;
    let is_long = |word: &str| word.chars().count() > MIN_LETTERS;
    if is_long(word) && word.ends_with(['s', 'x']) {
        word.pop();
    }
    if lang == Language::Fr && is_long(word) {
        if word.ends_with("er") || word.ends_with("ez") || word.ends_with("et") {
            word.pop();
            word.pop();
            word.push('é');
        } else if word.ends_with(['t', 'd', 'p', 's']) {
            let is_silent = word.ends_with("ault");
            word.pop();
            if is_silent {
                word.pop();
            }
        }
    }
    if word.chars().count() >= MIN_LETTERS && word.ends_with('e') {
        word.pop();
    }
}

fn instead(x: char, y: char) -> f32 {
    if x == y {
        return 0.0;
    }
    let is_like = ALIKE.iter().any(|pair| pair.contains(x) && pair.contains(y));
    if is_like { LIKE } else { 1.0 }
}

#[expect(clippy::cast_precision_loss, reason = "signs of a few words")]
const fn count(n: usize) -> f32 {
    n as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sounds_alike_is_written_alike() {
        for (a, b) in [
            ("Cartier", "cartié"),
            ("Gagnon", "ganions"),
            ("Tremblay", "tremblés"),
            ("Bouleaux", "boulots"),
            ("Thibault", "tibo"),
            ("l'Église", "leglise"),
        ] {
            assert_eq!(sound(a, Language::Fr), sound(b, Language::Fr));
        }
        assert_eq!(sound("日本!", Language::Fr), "");
    }

    #[test]
    fn likeness_is_that_of_the_longer() {
        assert!((likeness("rukartie", "rekartie") - 0.875).abs() < 1e-6);
        assert!((likeness("pin", "bin") - 5.0 / 6.0).abs() < 1e-6);
        assert!(likeness("", "abc").abs() < 1e-6 && likeness("", "").abs() < 1e-6);
    }
}
