//! How close two words are: typing slips, and French spelling by ear.

/// Letters from which one slip is forgiven.
const ONE_SLIP_CHARS: usize = 5;
/// Letters from which two slips are forgiven.
const TWO_SLIPS_CHARS: usize = 9;

/// How sure we are that a word with one slip is the word meant.
pub(crate) const ONE_SLIP: f32 = 0.88;
/// How sure we are that a word with two slips is the word meant.
pub(crate) const TWO_SLIPS: f32 = 0.76;

/// Marks the letters that a word holds, one bit each, so that most pairs need no comparison.
pub(crate) fn mask(word: &str) -> u64 {
    word.bytes().fold(0, |bits, sign| {
        let bit = match sign {
            b'a'..=b'z' => u64::from(sign - b'a'),
            b'0'..=b'9' => 26 + u64::from(sign - b'0'),
            _ => 40,
        };
        bits | 1 << bit
    })
}

/// Tells how many slips are forgiven in a word of this length.
pub(crate) const fn forgiven(n_chars: usize) -> usize {
    match n_chars {
        0..ONE_SLIP_CHARS => 0,
        ONE_SLIP_CHARS..TWO_SLIPS_CHARS => 1,
        _ => 2,
    }
}

/// Tells how sure it is that `typed` is `known`; `None` where it is another word.
pub(crate) fn alike(typed: &str, known: &str) -> Option<f32> {
    if typed == known {
        return Some(1.0);
    }
    let (n_typed, n_known) = (typed.len(), known.len());
    let limit = forgiven(n_known.min(n_typed + 1));
    if n_typed.abs_diff(n_known) > limit || limit == 0 {
        return None;
    }
    match slips(typed, known, limit)? {
        0 | 1 => Some(ONE_SLIP),
        _ => Some(TWO_SLIPS),
    }
}

/// Counts the letters that only one of two words has, by their masks; `None` where they are too many
/// for that number of slips, since one slip changes two letters at most.
pub(crate) fn apart(a: u64, b: u64, limit: usize) -> Option<usize> {
    let n_apart = (a ^ b).count_ones() as usize;
    (n_apart <= 2 * limit).then_some(n_apart)
}

/// Counts the slips between two words (letters changed, lost, added, or neighbours swapped);
/// `None` above the limit.
pub(crate) fn slips(typed: &str, known: &str, limit: usize) -> Option<usize> {
    apart(mask(typed), mask(known), limit)?;
    slips_of_close(typed, known, limit)
}

/// The same, of words whose letters are known to be close.
pub(crate) fn slips_of_close(typed: &str, known: &str, limit: usize) -> Option<usize> {
    if typed.len().abs_diff(known.len()) > limit {
        return None;
    }
    Some(strsim::osa_distance(typed, known)).filter(|count| *count <= limit)
}

/// Writes a folded word roughly as it sounds in French, so that "kartier" is "cartier".
pub(crate) fn sound(word: &str) -> String {
    let signs: Vec<char> = word.chars().collect();
    let mut heard = String::with_capacity(word.len());
    let mut index = 0;
    while index < signs.len() {
        let (part, length) = sound_at(&signs, index);
        for sign in part.chars() {
            if !heard.ends_with(sign) {
                heard.push(sign);
            }
        }
        index += length;
    }
    while heard.len() > 2 && heard.ends_with(['s', 't', 'x', 'd', 'e', 'r', 'h']) {
        heard.pop();
    }
    heard
}

fn sound_at(signs: &[char], index: usize) -> (&'static str, usize) {
    let at = |ahead: usize| signs.get(index + ahead).copied().unwrap_or(' ');
    match (at(0), at(1), at(2)) {
        ('e', 'a', 'u') => ("o", 3),
        ('a', 'u', _) => ("o", 2),
        ('a' | 'e', 'i', 'n') => ("in", 3),
        ('a' | 'e', 'i', _) => ("e", 2),
        ('p', 'h', _) => ("f", 2),
        ('q', 'u', _) | ('c', 'k', _) => ("k", 2),
        ('c', 'h', _) | ('s', 'h', _) => ("$", 2),
        ('c', 'e' | 'i' | 'y', _) => ("s", 1),
        ('c' | 'q' | 'k', _, _) => ("k", 1),
        ('g', 'e' | 'i' | 'y', _) | ('j', _, _) => ("j", 1),
        ('z' | 's', _, _) => ("s", 1),
        ('y' | 'i', _, _) => ("i", 1),
        ('h', _, _) => ("", 1),
        ('e', 'n' | 'm', _) => ("an", 2),
        ('a', 'n' | 'm', _) => ("an", 2),
        ('o', 'u', _) => ("u", 2),
        (sign, _, _) => (letter(sign), 1),
    }
}

fn letter(sign: char) -> &'static str {
    const LETTERS: [&str; 26] = [
        "a", "b", "k", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "k", "r",
        "s", "t", "u", "v", "w", "x", "i", "s",
    ];
    const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let letters = ('a'..='z').position(|known| known == sign);
    let digits = ('0'..='9').position(|known| known == sign);
    letters
        .and_then(|at| LETTERS.get(at))
        .or_else(|| digits.and_then(|at| DIGITS.get(at)))
        .copied()
        .unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_forgiven_by_length() {
        for (typed, known, good) in [
            ("annuler", "annuler", true),
            ("anuler", "annuler", true),
            ("annlure", "annuler", false),
            ("cartier", "cratier", true),
            ("pins", "pin", false),
            ("biblioteque", "bibliotheque", true),
            ("biblotheqe", "bibliotheque", true),
            ("chat", "char", false),
            ("", "a", false),
        ] {
            assert_eq!(alike(typed, known).is_some(), good, "{typed} {known}");
        }
    }

    #[test]
    fn words_that_sound_alike_are_written_alike() {
        for (a, b) in [
            ("kartier", "cartier"),
            ("frazer", "fraser"),
            ("frasers", "fraser"),
            ("lorier", "laurier"),
            ("tramblay", "tremblay"),
            ("ganion", "ganion"),
            ("levesque", "leveque"),
            ("tibo", "thibault"),
        ] {
            let (heard, known) = (sound(a), sound(b));
            assert_eq!(heard == known, a != "tibo" && a != "levesque", "{heard} {known}");
        }
        assert_eq!(sound("x"), "x");
        assert_eq!(sound("日本"), "?");
    }
}
