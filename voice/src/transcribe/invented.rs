//! What Whisper writes of itself: subtitles' thanks and credits, and noises in brackets.

use crate::whisper::Word;

/// How lines begin that nobody says to a city; without signs and small.
const LINES: [&str; 9] = [
    "sous titres",
    "sous titrage",
    "soustitreur",
    "merci d avoir regarde",
    "amara org",
    "thanks for watching",
    "thank you for watching",
    "subtitles by",
    "transcription by",
];

/// Gives the words that somebody said.
pub(super) fn without(words: Vec<Word>) -> Vec<Word> {
    let mut kept: Vec<Word> = Vec::with_capacity(words.len());
    let mut open: Option<char> = None;
    for word in words {
        let opens = word.text.chars().next().and_then(closing);
        if let Some(end) = open.or(opens) {
            open = (!word.text.trim_end_matches(['.', ',']).ends_with(end)).then_some(end);
            continue;
        }
        if word.text.chars().any(char::is_alphanumeric) {
            kept.push(word);
        }
    }
    let text: Vec<String> = kept.iter().map(|word| plain(&word.text)).collect();
    let text = text.join(" ");
    if LINES.iter().any(|line| text.starts_with(line)) { Vec::new() } else { kept }
}

const fn closing(sign: char) -> Option<char> {
    match sign {
        '[' => Some(']'),
        '(' => Some(')'),
        '*' => Some('*'),
        _ => None,
    }
}

fn plain(text: &str) -> String {
    let plain = text.to_lowercase().replace(['é', 'è'], "e");
    let words = plain.split(|sign: char| !sign.is_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str) -> String {
        let words = text.split(' ').map(|text| Word { text: text.to_owned(), ..Word::default() });
        let kept = without(words.collect());
        kept.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn noises_and_credits_go_and_speech_stays() {
        for (written, said) in [
            ("Il y a un trou.", "Il y a un trou."),
            ("[Musique]", ""),
            ("Bonjour (bruit de pas) madame", "Bonjour madame"),
            ("*Bruit de la chanson*", ""),
            ("...", ""),
            ("Sous-titres réalisés par la communauté d'Amara.org", ""),
            ("Merci d'avoir regardé cette vidéo !", ""),
            ("Thanks for watching!", ""),
            ("Merci de me rappeler.", "Merci de me rappeler."),
        ] {
            assert_eq!(left(written), said, "{written}");
        }
    }
}
