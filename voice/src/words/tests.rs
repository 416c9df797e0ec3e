//! Numbers in words: tables of each language, and every number read back.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[test]
fn french_numbers() {
    for (number, words) in [
        (0, "zéro"),
        (1, "un"),
        (16, "seize"),
        (17, "dix sept"),
        (20, "vingt"),
        (21, "vingt et un"),
        (22, "vingt deux"),
        (61, "soixante et un"),
        (69, "soixante neuf"),
        (70, "soixante dix"),
        (71, "soixante et onze"),
        (72, "soixante douze"),
        (77, "soixante dix sept"),
        (80, "quatre vingts"),
        (81, "quatre vingt un"),
        (90, "quatre vingt dix"),
        (91, "quatre vingt onze"),
        (99, "quatre vingt dix neuf"),
        (100, "cent"),
        (101, "cent un"),
        (180, "cent quatre vingts"),
        (200, "deux cents"),
        (201, "deux cent un"),
        (311, "trois cent onze"),
        (1_000, "mille"),
        (1_001, "mille un"),
        (2_000, "deux mille"),
        (2_026, "deux mille vingt six"),
        (80_000, "quatre vingt mille"),
        (200_000, "deux cent mille"),
        (1_000_000, "un million"),
        (80_000_000, "quatre vingts millions"),
        (200_001_000, "deux cents millions mille"),
        (
            999_999_999,
            "neuf cent quatre vingt dix neuf millions neuf cent quatre vingt dix neuf mille neuf \
             cent quatre vingt dix neuf",
        ),
    ] {
        assert_eq!(cardinal(number, Language::Fr).as_deref(), Some(words), "{number}");
    }
}

#[test]
fn english_numbers() {
    for (number, words) in [
        (0, "zero"),
        (12, "twelve"),
        (19, "nineteen"),
        (20, "twenty"),
        (21, "twenty one"),
        (40, "forty"),
        (99, "ninety nine"),
        (100, "one hundred"),
        (105, "one hundred five"),
        (123, "one hundred twenty three"),
        (1_000, "one thousand"),
        (1_015, "one thousand fifteen"),
        (200_000, "two hundred thousand"),
        (1_000_000, "one million"),
        (3_000_007, "three million seven"),
        (
            999_999_999,
            "nine hundred ninety nine million nine hundred ninety nine thousand nine hundred \
             ninety nine",
        ),
    ] {
        assert_eq!(cardinal(number, Language::En).as_deref(), Some(words), "{number}");
    }
}

#[test]
fn french_ranks() {
    for (number, words) in [
        (1, "premier"),
        (2, "deuxième"),
        (4, "quatrième"),
        (5, "cinquième"),
        (9, "neuvième"),
        (11, "onzième"),
        (17, "dix septième"),
        (20, "vingtième"),
        (21, "vingt et unième"),
        (30, "trentième"),
        (71, "soixante et onzième"),
        (80, "quatre vingtième"),
        (81, "quatre vingt unième"),
        (100, "centième"),
        (101, "cent unième"),
        (200, "deux centième"),
        (999, "neuf cent quatre vingt dix neuvième"),
    ] {
        let said = ordinal(number, Gender::Masculine, Language::Fr);
        assert_eq!(said.as_deref(), Some(words), "{number}");
        if number > 1 {
            assert_eq!(said, ordinal(number, Gender::Feminine, Language::Fr));
        }
    }
    let first = ordinal(1, Gender::Feminine, Language::Fr);
    assert_eq!(first.as_deref(), Some("première"));
}

#[test]
fn english_ranks() {
    for (number, words) in [
        (1, "first"),
        (2, "second"),
        (3, "third"),
        (4, "fourth"),
        (5, "fifth"),
        (8, "eighth"),
        (9, "ninth"),
        (11, "eleventh"),
        (12, "twelfth"),
        (20, "twentieth"),
        (23, "twenty third"),
        (100, "one hundredth"),
        (112, "one hundred twelfth"),
        (999, "nine hundred ninety ninth"),
    ] {
        for gender in [Gender::Masculine, Gender::Feminine] {
            assert_eq!(ordinal(number, gender, Language::En).as_deref(), Some(words), "{number}");
        }
    }
}

#[test]
fn outside_the_bounds_there_are_no_words() {
    for language in Language::ALL {
        assert_eq!(cardinal(MAX_CARDINAL + 1, language), None);
        assert_eq!(cardinal(u32::MAX, language), None);
        for number in [0, MAX_ORDINAL + 1, u32::MAX] {
            assert_eq!(ordinal(number, Gender::Masculine, language), None);
        }
    }
}

#[test]
fn every_rank_has_words_of_its_own() {
    for language in Language::ALL {
        let ranks: BTreeSet<_> =
            (1..=MAX_ORDINAL).filter_map(|n| ordinal(n, Gender::Feminine, language)).collect();
        assert_eq!(ranks.len(), 999);
    }
}

#[test]
fn small_numbers_are_read_back() {
    for language in Language::ALL {
        for number in 0..=12_000 {
            assert_eq!(read_back(number, language), number);
        }
    }
}

proptest! {
    #[test]
    fn any_number_is_read_back(number in 0..=MAX_CARDINAL) {
        for language in Language::ALL {
            prop_assert_eq!(read_back(number, language), number);
        }
    }
}

/// Reads the words of a number again, by another way than they were made.
fn read_back(number: u32, language: Language) -> u32 {
    let (mut total, mut group) = (0, 0);
    for word in cardinal(number, language).unwrap_or_default().split(' ') {
        match word {
            "et" => (),
            "million" | "millions" => (total, group) = (total + group * 1_000_000, 0),
            "mille" | "thousand" => (total, group) = (total + group.max(1) * 1_000, 0),
            "cent" | "cents" | "hundred" => group = group.max(1) * 100,
            "vingt" | "vingts" if group % 100 == 4 => group += 76,
            _ => group += value(word),
        }
    }
    total + group
}

/// What a single word is worth; a word that is unknown spoils the sum.
fn value(word: &str) -> u32 {
    const VALUES: &str = "zéro=0 un=1 deux=2 trois=3 quatre=4 cinq=5 sept=7 huit=8 neuf=9 dix=10 \
        onze=11 douze=12 treize=13 quatorze=14 quinze=15 seize=16 vingt=20 trente=30 quarante=40 \
        cinquante=50 soixante=60 zero=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 \
        nine=9 ten=10 eleven=11 twelve=12 thirteen=13 fourteen=14 fifteen=15 sixteen=16 \
        seventeen=17 eighteen=18 nineteen=19 twenty=20 thirty=30 forty=40 fifty=50 sixty=60 \
        seventy=70 eighty=80 ninety=90";
    VALUES
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| *name == word)
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(7_777)
}
