//! The conversation on the page: who said what, where to read on, what may be answered.
//!
//! Never here: the form, and HTML.

use bot_core::message::{AttachmentKind, Author, Choice};
use bot_core::{CaseNumber, Language};
use bot_store::messages::Message;

use crate::case_page;

/// Characters of a case's number, with its dashes.
const NUMBER_CHARS: usize = 11;

/// A message as the page shows it.
#[derive(Debug)]
pub(super) struct Bubble {
    pub(super) author: Author,
    pub(super) lang: Language,
    /// Whether this is where to read on.
    pub(super) is_next: bool,
    /// Where the numbers in it lead.
    pub(super) path: &'static str,
    pub(super) pieces: Vec<Piece>,
    pub(super) n_photos: usize,
    pub(super) n_files: usize,
}

/// Some words; those that are a case's number lead to its page.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) words: String,
    pub(super) is_number: bool,
}

/// Finds the message from which to read on: the first new one that is not the resident's own.
pub(super) fn next(messages: &[Message], seen: i64) -> Option<i64> {
    let is_own = |message: &&Message| message.new.author == Author::Resident;
    let last_own = messages.iter().rev().find(is_own).map_or(0, |message| message.seq);
    // On the first page the greeting is new as well, and less so than the answer.
    let after = if seen == 0 { last_own } else { seen };
    let new = messages.iter().filter(|message| message.seq > after);
    new.filter(|message| !is_own(message)).map(|message| message.seq).next()
}

/// Gives the answers on offer: those of the last message that has some and is not answered yet.
pub(super) fn offered(messages: &[Message]) -> Vec<Choice> {
    let unanswered =
        messages.iter().rev().take_while(|message| message.new.author != Author::Resident);
    let mut offers = unanswered.map(|message| &message.new.choices);
    offers.find(|choices| !choices.is_empty()).cloned().unwrap_or_default()
}

/// Makes a message ready to be shown.
pub(super) fn bubble(message: &Message, next: Option<i64>) -> Bubble {
    let files = &message.new.content.attachments;
    let n_photos = files.iter().filter(|file| file.kind == AttachmentKind::Image).count();
    let text = &message.new.content.text;
    let pieces = match message.new.author {
        Author::Resident => vec![Piece { words: text.clone(), is_number: false }],
        Author::Bot | Author::Agent | Author::System => pieces(text),
    };
    Bubble {
        author: message.new.author,
        lang: message.new.lang,
        path: case_page::path_of(message.new.lang),
        is_next: next == Some(message.seq),
        pieces,
        n_photos,
        n_files: files.len() - n_photos,
    }
}

/// Splits words at the numbers of cases.
fn pieces(text: &str) -> Vec<Piece> {
    let is_part = |sign: char| sign.is_ascii_digit() || sign == '-';
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, run) = rest.split_at(start);
        let (run, after) = run.split_at(run.find(|sign| !is_part(sign)).unwrap_or(run.len()));
        plain.push_str(before);
        if run.len() == NUMBER_CHARS && CaseNumber::parse(run).is_ok_and(|n| n.to_string() == run) {
            pieces.push(Piece { words: std::mem::take(&mut plain), is_number: false });
            pieces.push(Piece { words: run.to_owned(), is_number: true });
        } else {
            plain.push_str(run);
        }
        rest = after;
    }
    plain.push_str(rest);
    pieces.push(Piece { words: plain, is_number: false });
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_case_is_a_piece_of_its_own() {
        let number = CaseNumber::new(26, 1_234).unwrap();
        let split = |text: &str| {
            let pieces = pieces(text).into_iter().filter(|piece| !piece.words.is_empty());
            pieces.map(|piece| (piece.words, piece.is_number)).collect::<Vec<_>>()
        };
        let text = format!("Merci ! Demande {number}. Le 2026-11-24, {number}-1.");
        let after = format!(". Le 2026-11-24, {number}-1.");
        let wanted = [("Merci ! Demande ", false), (&number.to_string(), true), (&after, false)]
            .map(|(words, is_number)| (words.to_owned(), is_number));
        assert_eq!(split(&text), wanted);
        assert_eq!(split("26-001234-8"), [("26-001234-8".to_owned(), false)], "no such number");
        assert!(split("").is_empty());
    }
}
