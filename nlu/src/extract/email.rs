//! E-mail addresses, typed or said: "marie point roy arobase exemple point ca".

use bot_core::slot::{Refusal, SlotKind};
use bot_core::{Email, Value};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

use super::{Context, Found};
use crate::text::{Gap, Reading};

const P_TYPED: f32 = 0.99;
const P_SAID: f32 = 0.85;
const P_MALFORMED: f32 = 0.8;
/// Words of one side of a said address.
const MAX_SIDE_WORDS: usize = 12;
/// Words of a host said in pieces: "hot mail".
const MAX_HOST_WORDS: usize = 3;

static TYPED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[a-z0-9._%+-]+ ?@ ?[a-z0-9-]+(?:\.[a-z0-9-]+)*").expect("the tests use it")
});

/// Finds e-mail addresses.
pub(super) fn find(reading: &Reading, cx: &Context<'_>) -> Vec<Found> {
    let mut found: Vec<Found> = TYPED
        .find_iter(&reading.line)
        .filter_map(|hit| {
            let text = hit.as_str().replace(' ', "");
            let words = reading.words_at(&hit.range());
            match Email::parse(text.trim_end_matches(['.', '-'])) {
                Ok(email) => Some(made(email, words, P_TYPED)),
                Err(_) if cx.is_asked(SlotKind::Email) => Some(malformed(words)),
                Err(_) => None,
            }
        })
        .collect();
    if found.is_empty() {
        let signs = (0..reading.words.len()).filter_map(|at| Some((at, at_sign(reading, at)?)));
        for (at, length) in signs {
            match said(reading, at, length) {
                Some(hit) => found.push(hit),
                None if cx.is_asked(SlotKind::Email) && reading.text(at) != "at" => {
                    found.push(malformed(0..reading.words.len()));
                }
                None => {}
            }
        }
    }
    found
}

fn made(email: Email, words: Range<usize>, p: f32) -> Found {
    Found::value(SlotKind::Email, Value::Email(email), words, p)
}

fn malformed(words: Range<usize>) -> Found {
    Found::refused(SlotKind::Email, Refusal::Malformed, words, P_MALFORMED)
}

/// Tells whether a word stands for "@", and how many words it takes.
fn at_sign(reading: &Reading, at: usize) -> Option<usize> {
    match (reading.text(at), reading.text(at + 1)) {
        ("arobase" | "arobas" | "arrobas" | "arrobase" | "arobace" | "at", _) => Some(1),
        ("a", "commercial" | "commercialement") => Some(2),
        _ => None,
    }
}

/// Gives the sign that a word stands for within an address.
fn sign(word: &str) -> Option<char> {
    match word {
        "point" | "dot" | "period" | "poin" => Some('.'),
        "tiret" | "dash" | "hyphen" | "trait" => Some('-'),
        "souligne" | "underscore" | "soulignement" => Some('_'),
        _ => None,
    }
}

fn said(reading: &Reading, at: usize, length: usize) -> Option<Found> {
    let (start, name) = name_before(reading, at)?;
    let (end, host) = host_after(reading, at + length)?;
    let email = Email::parse(&format!("{name}@{host}")).ok()?;
    Some(made(email, start..end, P_SAID))
}

/// Reads the part before "@" backwards: words joined by signs, or letters said one by one.
fn name_before(reading: &Reading, at: usize) -> Option<(usize, String)> {
    let mut parts: Vec<String> = Vec::new();
    let mut start = at;
    let mut joined = true;
    while start > 0 && at - start < MAX_SIDE_WORDS && reading.gap(start) < Gap::Comma {
        let word = reading.text(start - 1);
        let low = word == "bas" && start > 1 && reading.text(start - 2) == "tiret";
        if let Some(sign) = if low { Some('_') } else { sign(word) } {
            parts.push(sign.to_string());
            joined = true;
            start -= usize::from(low);
        } else if joined || is_letter(word) {
            parts.push(word.to_owned());
            joined = is_letter(word) && is_letter(reading.text(start.wrapping_sub(2)));
        } else {
            break;
        }
        start -= 1;
    }
    parts.reverse();
    (!parts.is_empty()).then(|| (start, parts.concat()))
}

fn is_letter(word: &str) -> bool {
    word.len() == 1
}

/// Reads the part behind "@": a host, which may be said in pieces, and at least one dotted part.
fn host_after(reading: &Reading, from: usize) -> Option<(usize, String)> {
    let mut host = String::new();
    let mut at = from;
    let mut end = None;
    let mut n_words = 0;
    while at < from + MAX_SIDE_WORDS && at < reading.words.len() {
        if at > from && reading.gap(at) >= Gap::Comma && !host.ends_with('.') {
            break;
        }
        let word = reading.text(at);
        match sign(word) {
            Some(sign) => {
                host.push(sign);
                n_words = 0;
            }
            None if n_words > 0 && (end.is_some() || n_words >= MAX_HOST_WORDS) => break,
            None => {
                host.push_str(word);
                n_words += 1;
                if host.contains('.') {
                    end = Some((at + 1, host.clone()));
                }
            }
        }
        at += 1;
    }
    end
}
