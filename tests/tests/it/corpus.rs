//! The fuzzers' corpus, replayed, and what is a few bytes away from it.

use fastrand::Rng;
use std::path::Path;
use tests::fuzz;

/// Mutants made of each file.
const N_MUTANTS: usize = 60;
/// Bytes of a mutant.
const MAX_BYTES: usize = 16 * 1024;

fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 3, "{name} has a corpus");
    let corpus: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    let mut dice = Rng::with_seed(311);
    for bytes in &corpus {
        target(bytes);
        for _ in 0..N_MUTANTS {
            target(&mutant(bytes, &corpus, &mut dice));
        }
    }
}

/// Changes a few places: bytes, cuts, repeats, and pieces of the other files.
fn mutant(bytes: &[u8], corpus: &[Vec<u8>], dice: &mut Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..dice.usize(1..6) {
        let at = dice.usize(0..=bytes.len());
        let end = (at + dice.usize(0..40)).min(bytes.len());
        match dice.u8(0..5) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.insert(at, dice.u8(..)),
            2 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            3 => bytes[at..end].iter_mut().for_each(|byte| *byte ^= 1 << dice.u8(0..8)),
            _ => {
                let other = &corpus[dice.usize(0..corpus.len())];
                let from = dice.usize(0..=other.len());
                let to = (from + dice.usize(0..200)).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
        }
    }
    bytes.truncate(MAX_BYTES);
    bytes
}

#[test]
fn conversations_hold() {
    replay("conversation", fuzz::conversation);
}

#[test]
fn packages_hold() {
    replay("city_package", fuzz::city_package);
}

#[test]
fn web_messages_hold() {
    replay("web_message", fuzz::web_message);
}
