//! What the normaliser makes of texts, a table per language, and what the errors hold to.

use super::*;
use bot_core::Language;
use proptest::prelude::*;

fn check(language: Language, table: &[(&str, &str)]) {
    for (text, words) in table {
        assert_eq!(normal(text, language).join(" "), *words, "{text:?}");
    }
}

#[test]
fn english_texts() {
    check(
        Language::En,
        &[
            ("", ""),
            ("  ... -- ' ", ""),
            ("There's a HOLE, on Main-Street!", "there s a hole on main street"),
            ("it\u{2019}s, it\u{2bc}s", "it s it s"),
            ("Mr. Roy, Mrs Roy and DR. Roy", "mister roy missus roy and doctor roy"),
            ("m. roy, st-jean", "m roy st jean"),
            ("[noise] so (laughs) it *cough* is", "so it is"),
            ("a[b]c (d e", "a c d e"),
            ("**bold**", "bold"),
            ("the 15th, 1st, 22nd and 3rd", "the fifteenth first twenty second and third"),
            ("1000th 0th 15 th", "one thousand th zero th fifteen th"),
            ("3:2, 6-6, 10:45", "three two six six ten forty five"),
            ("3.14 and 2,5", "three fourteen and two five"),
            ("14pm h2o", "fourteen pm h two o"),
            (
                "1,000 12,345,678",
                "one thousand twelve million three hundred forty five thousand \
              six hundred seventy eight",
            ),
            ("1,00 1,0000 1,2,300", "one zero zero one zero zero zero zero one two three hundred"),
            (
                "1,234,567,890",
                "one two hundred thirty four five hundred sixty seven eight hundred \
              ninety",
            ),
            ("514 872 311", "five hundred fourteen eight hundred seventy two three hundred eleven"),
            ("007, 5145550123", "zero zero seven five one four five five five zero one two three"),
            ("0 00", "zero zero zero"),
            ("$5, 5 $, $ 5, 5$", "five dollars five dollars five dollars five dollars"),
            ("$1 $1.50 $0", "one dollar one dollar fifty zero dollars"),
            ("5 $6 5$6", "five six dollars five six dollars"),
            ("$1,200.50", "one thousand two hundred dollars fifty"),
            ("$, 7¢ 1¢ €2", "dollars seven cents one cent two euros"),
            ("$5%", "five dollars percent"),
            ("7%, 2.5 %", "seven percent two five percent"),
            ("½ m² 24°C ٣", "m twenty four c"),
        ],
    );
}

#[test]
fn french_texts() {
    check(
        Language::Fr,
        &[
            ("L'eau, l\u{2019}EAU; c'est-à-dire", "l eau l eau c est à dire"),
            ("De\u{301}ja\u{300} vu à l'île", "déjà vu à l île"),
            ("M. Roy et Mme Roy", "monsieur roy et madame roy"),
            ("M. 5; 5 m. de long; point m.", "m cinq cinq m de long point m"),
            ("St-Jean, Ste-Anne, ville-st-pierre", "saint jean sainte anne ville saint pierre"),
            ("st jean st- jean mr dr", "st jean st jean mr dr"),
            (
                "Le 1er, la 1re, la 1ère, la 21e",
                "le premier la première la première la vingt et unième",
            ),
            (
                "80e 5ème 999e 1000e",
                "quatre vingtième cinquième neuf cent quatre vingt dix \
              neuvième mille e",
            ),
            (
                "à 14h30, 14 h 30 ou 14:30",
                "à quatorze h trente quatorze h trente ou quatorze trente",
            ),
            ("3,5 et 2.5", "trois cinq et deux cinq"),
            (
                "10 000, 1\u{202f}234\u{a0}567",
                "dix mille un million deux cent trente quatre mille \
              cinq cent soixante sept",
            ),
            ("514 872 0311", "cinq cent quatorze huit cent soixante douze zéro trois un un"),
            ("5 15 200 000", "cinq quinze deux cents zéro zéro zéro"),
            ("1,000", "un zéro zéro zéro"),
            ("5 $, $5, 1 $, 0 $", "cinq dollars cinq dollars un dollar zéro dollar"),
            ("5,50 $ ou 10 000 $", "cinq dollars cinquante ou dix mille dollars"),
            ("3,5 % et 80%", "trois cinq pour cent et quatre vingts pour cent"),
            ("(rires) oui [bruit]", "oui"),
        ],
    );
}

#[test]
fn errors_by_kind() {
    let table = [
        // reference, transcript, substituted, deleted, inserted
        ("", "", (0, 0, 0)),
        ("a b c", "a b c", (0, 0, 0)),
        ("a b c", "a x c", (1, 0, 0)),
        ("a b c", "a c", (0, 1, 0)),
        ("a c", "a b c", (0, 0, 1)),
        ("a b c", "", (0, 3, 0)),
        ("", "a b", (0, 0, 2)),
        // A substitution is preferred to a word deleted and another inserted.
        ("a b", "b c", (2, 0, 0)),
        ("a b c d", "b c d e", (0, 1, 1)),
        ("the hole in the road", "hole on the road now", (1, 1, 1)),
    ];
    for (reference, transcript, (substituted, deleted, inserted)) in table {
        let found = scored(reference, transcript);
        let n_words = u32::try_from(reference.split_whitespace().count()).unwrap();
        let meant = Errors { substituted, deleted, inserted, n_words };
        assert_eq!(found, meant, "{reference:?} {transcript:?}");
    }
}

#[test]
fn rates_and_sums() {
    assert_eq!(Errors::default().rate(), None);
    assert_eq!(scored("", "a").rate(), None);
    assert_eq!(scored("a b c d", "a b x d").rate(), Some(0.25));
    assert_eq!(scored("a", "b c d").rate(), Some(3.0));
    let sum: Errors = [scored("a b", "a"), scored("c", "x y"), scored("", "z")].into_iter().sum();
    assert_eq!(sum, Errors { substituted: 1, deleted: 1, inserted: 2, n_words: 3 });
    assert_eq!(sum.total(), 4);
    let most = Errors { substituted: u32::MAX, ..sum } + sum;
    assert_eq!((most.substituted, most.total()), (u32::MAX, u32::MAX));
}

#[test]
fn beyond_the_bound_words_are_compared_place_by_place() {
    let long: Vec<String> = (0..MAX_WORDS + 10).map(|n| n.to_string()).collect();
    let mut other = long.clone();
    let last = other.last_mut().unwrap();
    "x".clone_into(last);
    assert_eq!(errors(&long, &long).total(), 0);
    assert_eq!(errors(&long, &other).substituted, 1);
    let cut = long.get(..MAX_WORDS).unwrap_or_default();
    assert_eq!(errors(&long, cut).deleted, 10);
    assert_eq!(errors(cut, &long).inserted, 10);
}

#[test]
fn a_text_of_many_open_brackets_ends() {
    for text in ["(", "[(*", "1 ", "1,000,", "$", "m. "] {
        let long = text.repeat(100_000);
        for language in Language::ALL {
            assert!(normal(&long, language).len() < 2_000_000);
        }
    }
}

fn scored(reference: &str, transcript: &str) -> Errors {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    errors(&words(reference), &words(transcript))
}

/// Texts made of what the rules look for.
fn pieces() -> impl Strategy<Value = String> {
    const PIECES: [&str; 36] = [
        "0", "1", "12", "000", "345", "9999", " ", " ", "\u{a0}", ",", ".", ":", "-", "'", "’",
        "$", "€", "%", "(", ")", "[", "]", "*", "m", "M.", "mr", "st", "ste-", "e", "er", "th",
        "É", "e\u{301}", "İ", "\u{345}", "Σ",
    ];
    let piece = (0..PIECES.len()).prop_map(|n| PIECES.get(n).copied().unwrap_or_default());
    prop::collection::vec(piece, 0..24).prop_map(|list| list.concat())
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), pieces()]
}

fn word_lists() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-c]", 0..12)
}

proptest! {
    #[test]
    fn what_is_normal_stays_as_it_is(text in texts()) {
        for language in Language::ALL {
            let words = normal(&text, language);
            prop_assert_eq!(&normal(&words.join(" "), language), &words);
            prop_assert!(words.iter().all(|word| word.chars().all(char::is_alphabetic)));
            prop_assert!(!words.iter().any(String::is_empty));
            prop_assert_eq!(errors(&words, &words).total(), 0);
        }
    }

    #[test]
    fn exchanged_texts_exchange_their_errors(one in word_lists(), other in word_lists()) {
        let (there, back) = (errors(&one, &other), errors(&other, &one));
        prop_assert_eq!(there.substituted, back.substituted);
        prop_assert_eq!(there.deleted, back.inserted);
        prop_assert_eq!(there.inserted, back.deleted);
        prop_assert_eq!(there.total() == 0, one == other);
    }

    #[test]
    fn errors_account_for_every_word(one in word_lists(), other in word_lists()) {
        let found = errors(&one, &other);
        let (n_one, n_other) = (count(one.len()), count(other.len()));
        prop_assert_eq!(found.n_words, n_one);
        prop_assert_eq!(n_one - found.deleted + found.inserted, n_other);
        prop_assert!(found.total() <= n_one.max(n_other));
        prop_assert!(found.total() >= n_one.abs_diff(n_other));
    }

    #[test]
    fn a_detour_never_has_fewer_errors(a in word_lists(), b in word_lists(), c in word_lists()) {
        prop_assert!(errors(&a, &c).total() <= errors(&a, &b).total() + errors(&b, &c).total());
    }
}
