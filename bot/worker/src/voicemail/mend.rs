//! Words that were misheard, put right by the city's own list; what was heard stays beside them.

use bot_core::voicemail::{Heard, HeardWord};
use nlu::Gazetteer;
use nlu::repair::{HeardWord as Word, Repair, repair};

/// Puts right what the city's list can vouch for.
pub(super) fn mend(heard: Heard, gazetteer: &Gazetteer) -> Heard {
    let words: Vec<Word<'_>> = heard
        .words
        .iter()
        .map(|word| Word { text: &word.text, probability: word.probability })
        .collect();
    let repairs = repair(&words, heard.lang, gazetteer);
    let words = mended(&heard.words, &repairs);
    Heard { words, ..heard }
}

fn mended(words: &[HeardWord], repairs: &[Repair]) -> Vec<HeardWord> {
    let mut mended = Vec::with_capacity(words.len());
    let mut from = 0;
    for repair in repairs {
        let (Some(before), Some(part)) =
            (words.get(from..repair.words.start), words.get(repair.words.clone()))
        else {
            continue;
        };
        mended.extend(before.iter().cloned());
        mended.extend(one(part, &repair.text));
        from = repair.words.end;
    }
    mended.extend(words.iter().skip(from).cloned());
    mended
}

/// Makes one word of those that are put right: it lasts as long, and is as sure as the least of
/// them.
fn one(part: &[HeardWord], text: &str) -> Option<HeardWord> {
    let (first, last) = (part.first()?, part.last()?);
    let was: Vec<&str> = part.iter().map(|word| word.text.as_str()).collect();
    Some(HeardWord {
        text: text.to_owned(),
        start_ms: first.start_ms,
        end_ms: last.end_ms,
        probability: part.iter().map(|word| word.probability).fold(1.0, f32::min),
        was: Some(was.join(" ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nlu::repair::RepairKind;

    fn words(text: &str) -> Vec<HeardWord> {
        let word = |(place, text): (u64, &str)| HeardWord {
            text: text.to_owned(),
            start_ms: place * 100,
            end_ms: place * 100 + 90,
            probability: 0.9 - f32::from(u8::try_from(place).unwrap_or(0)) / 100.0,
            was: None,
        };
        (0..).zip(text.split(' ')).map(word).collect()
    }

    #[test]
    fn what_is_put_right_says_what_was_heard_and_when() {
        let repair =
            Repair { words: 2..4, text: "rue Cartier.".to_owned(), kind: RepairKind::Street };
        let mended = mended(&words("au 12 rue cartié. Merci"), &[repair]);
        let texts: Vec<&str> = mended.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["au", "12", "rue Cartier.", "Merci"]);
        let street = &mended[2];
        assert_eq!((street.start_ms, street.end_ms), (200, 390));
        assert_eq!(street.was.as_deref(), Some("rue cartié."));
        assert!(mended[3].was.is_none());
    }
}
