//! Numbers as they are typed and said.

use super::*;

fn find(text: &str) -> Vec<u64> {
    let numbers = all(&Reading::of(text));
    numbers.into_iter().map(|number| number.value).collect()
}

#[test]
fn numbers_are_read_in_both_languages() {
    for (text, values) in [
        ("12", &[12][..]),
        ("douze", &[12]),
        ("vingt et un", &[21]),
        ("soixante-dix", &[70]),
        ("soixante et onze", &[71]),
        ("quatre-vingts", &[80]),
        ("quatre vingt dix neuf", &[99]),
        ("quatre-vingt-un", &[81]),
        ("cent", &[100]),
        ("cent vingt-trois", &[123]),
        ("deux cent quatre vingt douze", &[292]),
        ("mille deux cent trente-quatre", &[1234]),
        ("deux mille vingt-six", &[2026]),
        ("twenty one", &[21]),
        ("two hundred and five", &[205]),
        ("twelve hundred", &[1200]),
        ("twelve thirty four", &[12, 34]),
        ("three thousand and one", &[3001]),
        ("un deux trois", &[1, 2, 3]),
        ("zéro un", &[0, 1]),
        ("vingt-six zéro zéro un", &[26, 0, 0, 1]),
        ("dix-huit", &[18]),
        ("dix et douze", &[10, 12]),
        ("half a dozen", &[6]),
        ("une demi-douzaine", &[1, 6]),
        ("3e", &[3]),
        ("1 re", &[1]),
        ("3 ième", &[3]),
        ("troisième", &[3]),
        ("twenty-first", &[21]),
        ("cent cent", &[100, 100]),
        ("rien", &[]),
        ("999999999999999999999999", &[]),
    ] {
        assert_eq!(find(text), values, "{text}");
    }
}

#[test]
fn doors_are_read_as_they_are_said() {
    for (text, value) in [
        ("one forty five", Some(145)),
        ("one four five", Some(145)),
        ("one oh five", Some(105)),
        ("twenty one oh four", Some(2104)),
        ("twenty thirty two", Some(2032)),
        ("eleven twenty", Some(1120)),
        ("two eleven", Some(211)),
        ("forty five", None),
        ("cent douze", None),
        ("twenty one two", None),
        ("douze", None),
    ] {
        let reading = Reading::of(text);
        let whole = door(&reading, 0).filter(|door| door.words.end == reading.words.len());
        assert_eq!(whole.map(|door| door.value), value, "{text}");
    }
}

#[test]
fn ranks_and_articles_are_told_apart() {
    let reading = Reading::of("un troisième 12 2nd");
    let numbers = all(&reading);
    let told: Vec<(bool, bool)> = numbers.iter().map(|n| (n.is_article(), n.rank)).collect();
    assert_eq!(told, [(true, false), (false, true), (false, false), (false, true)]);
}
