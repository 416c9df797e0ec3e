//! The converter of the word lists' wheel, on a made-up one.

use flate2::Compression;
use flate2::bufread::GzEncoder;
use models::convert::{Origin, words};
use std::io::{Cursor, Read};

use crate::made::zipped;
use crate::places::with_causes;

/// A list of 50,000 words, each counted once, and some more.
fn list(more: &[(&str, u64)]) -> Vec<u8> {
    let letter = |n: u32| char::from_digit(10 + n % 26, 36).unwrap_or('a');
    let filler = (0..50_000_u32).map(|n| {
        let word: String = [n, n / 26, n / 676, n / 17_576].map(letter).iter().collect();
        format!("\"zz{word}\": 1")
    });
    let more = more.iter().map(|(word, count)| format!("\"{word}\": {count}"));
    format!("{{{}}}", filler.chain(more).collect::<Vec<_>>().join(", ")).into_bytes()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(bytes, Compression::fast());
    let mut small = Vec::new();
    packer.read_to_end(&mut small).expect("memory can be read");
    small
}

fn wheel(french: Vec<u8>, english: Vec<u8>) -> Vec<u8> {
    zipped(&[
        ("spellchecker/resources/fr.json.gz".to_owned(), french),
        ("spellchecker/resources/en.json.gz".to_owned(), english),
    ])
}

fn converted(wheel: &[u8]) -> Result<String, String> {
    let origin = Origin { sha256: "ab".repeat(32), licence: "MIT".to_owned() };
    let table = words(Cursor::new(wheel), &origin).map_err(|error| with_causes(&error))?;
    String::from_utf8(table).map_err(|error| error.to_string())
}

#[test]
fn counts_become_shares_of_each_language() {
    // Words counted a ten-millionth as often as the first one are left out.
    let french =
        list(&[("rue", 10_000_000_000), ("trou", 2_000_000_000), ("page2", 9_000_000_000)]);
    let english = list(&[("hole", 30_000), ("trou", 20_000)]);
    let table = converted(&wheel(packed(&french), packed(&english))).unwrap();
    let rows: Vec<&str> =
        table.lines().filter(|row| !row.starts_with('#') && !row.starts_with("zz")).collect();
    assert_eq!(rows, ["hole\t0\t300000000", "rue\t476189342\t0", "trou\t95237868\t200000000"]);
    let words = table.lines().filter(|row| row.starts_with("zz"));
    assert_eq!(words.take(1).collect::<Vec<_>>(), ["zzaaaa\t0\t10000"]);
    assert!(table.starts_with("# guichet.model words-fr-en\n# guichet.format 1\n"), "{table:.99}");
}

#[test]
fn another_wheel_is_refused_in_words() {
    let whole = || packed(&list(&[]));
    let mut cut = whole();
    cut.truncate(cut.len() / 2);
    let faults = [
        converted(&wheel(whole(), cut)),
        converted(&wheel(whole(), packed(b"{\"a\": 1}"))),
        converted(&wheel(whole(), packed(b"[1]"))),
        converted(&zipped(&[("spellchecker/resources/fr.json.gz".to_owned(), whole())])),
        converted(&wheel(packed(&vec![b' '; (16 << 20) + 1]), whole())),
    ];
    let told: Vec<String> = faults.into_iter().map(Result::unwrap_err).collect();
    expect_test::expect![[r#"
        the file cannot be read: incomplete deflate stream
        the file is not the one expected: spellchecker/resources/en.json.gz has only 1 words
        the file is not the one expected: spellchecker/resources/en.json.gz is no list: invalid type: sequence, expected a map at line 1 column 0
        the file has no spellchecker/resources/en.json.gz in it
        the file is not the one expected: spellchecker/resources/fr.json.gz is larger than 16777216 bytes"#]].assert_eq(&told.join("\n"));
}
