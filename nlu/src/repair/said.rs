//! Numbers and codes that are said sign by sign or in groups, written as they are dialled and posted.

use bot_core::Phone;
use std::ops::Range;

use super::RepairKind;
use super::line::{Cut, Line};
use crate::extract::postal::{N_SIGNS, code};
use crate::gazetteer::Gazetteer;
use crate::gazetteer::heard::Listed;
use crate::text::digits::runs;
use crate::text::{Gap, Reading, numbers};

/// Digits of a telephone number, without the country's.
const N_DIGITS: usize = 10;
/// The largest door number.
const MAX_DOOR: u32 = 99_000;
/// A number less likely than this shows no street.
const GUESSED: f32 = 0.3;
/// Names of letters as a recogniser writes them.
const LETTERS: [(&str, &str); 17] = [
    ("be", "b"),
    ("ce", "c"),
    ("ge", "g"),
    ("ji", "j"),
    ("ka", "k"),
    ("pe", "p"),
    ("te", "t"),
    ("ve", "v"),
    ("hache", "h"),
    ("bee", "b"),
    ("see", "c"),
    ("gee", "g"),
    ("jay", "j"),
    ("kay", "k"),
    ("pee", "p"),
    ("tee", "t"),
    ("vee", "v"),
];

/// Writes telephone numbers that were said or heard in groups.
pub(super) fn put_phones(line: &mut Line) {
    let cut = line.cut();
    // From the last to the first: what stands before stays where it is.
    for run in runs(&cut.reading, N_DIGITS).iter().rev() {
        let odd = matches!(run.groups.as_slice(), [4, 6] | [5, 5] | [2, 8] | [8, 2]);
        let is_one = run.groups.len() > 1 && (run.spelled || !odd);
        let phone = Phone::parse(&run.digits).ok().filter(|_| is_one);
        if let (Some(phone), Some(slots)) = (phone, cut.slots(&run.words)) {
            line.put(slots, &phone.readable(), RepairKind::Phone);
        }
    }
}

/// Writes postal codes that were said sign by sign.
pub(super) fn put_postal_codes(line: &mut Line) {
    let cut = line.cut();
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    let mut at = 0;
    while at < cut.reading.words.len() {
        let code = code_at(&cut.reading, at);
        at = code.as_ref().map_or(at + 1, |(words, _)| words.end);
        found.extend(code);
    }
    for (words, code) in found.iter().rev() {
        if let Some(slots) = cut.slots(words) {
            line.put(slots, code, RepairKind::PostalCode);
        }
    }
}

/// Writes door numbers in digits, before a street that has such a door.
pub(super) fn put_doors(line: &mut Line, gazetteer: &Gazetteer) {
    let cut = line.cut();
    for known in gazetteer.known(&cut.reading).iter().rev() {
        let Some(door) = &known.door else { continue };
        let Some(slots) = cut.slots(&door.words) else { continue };
        let is_there = |number: u32| {
            let mut streets = door.streets.iter();
            streets.any(|street| gazetteer.has_door(Listed::Street(*street), number))
        };
        if is_there(door.number) {
            if door.is_spelled {
                line.put(slots, &door.number.to_string(), RepairKind::Number);
            }
        } else if let Some((start, more)) = more_before(line, slots.start, door.number)
            && is_there(more + door.number)
        {
            let number = more + door.number;
            line.put(start..slots.end, &number.to_string(), RepairKind::Number);
        }
    }
}

/// Finds what belongs to a number that was torn: "2,100 and 36". Gives its first slot.
fn more_before(line: &Line, slot: usize, rest: u32) -> Option<(usize, u32)> {
    let text = |slot: usize| line.slots.get(slot).map_or("", |slot| slot.text.as_str());
    let mut at = slot.checked_sub(1)?;
    if matches!(text(at), "and" | "et") {
        at = at.checked_sub(1)?;
    }
    let digits: String = text(at).chars().filter(|sign| *sign != ',').collect();
    let more: u32 = digits.parse().ok().filter(|more| (100..=MAX_DOOR).contains(more))?;
    let is_torn =
        rest < 100 && more.is_multiple_of(100) || rest < 1_000 && more.is_multiple_of(1_000);
    is_torn.then_some((at, more))
}

/// Reads the door number that ends right before a slot, in digits or in words; where it may be torn, the
/// whole one too. One that was as good as guessed is none.
pub(super) fn doors_before(line: &Line, cut: &Cut, slot: usize) -> Vec<u32> {
    const FURTHEST: usize = 8;
    let end = cut.words(slot).start;
    let found = (end.saturating_sub(FURTHEST)..end).find_map(|at| {
        let said = [numbers::door(&cut.reading, at), numbers::at(&cut.reading, at)];
        said.into_iter().flatten().find(|number| number.words.end >= end)
    });
    let is_door =
        |number: &numbers::Number| number.words.end == end && !number.rank && !number.is_article();
    let found = found.filter(|number| is_door(number) && cut.reading.gap(end) <= Gap::Comma);
    let Some(slots) = found.as_ref().and_then(|number| cut.slots(&number.words)) else {
        return Vec::new();
    };
    let own = line.slots.get(slots.clone()).unwrap_or_default();
    if own.iter().any(|slot| slot.probability < GUESSED) {
        return Vec::new();
    }
    let door = found.and_then(|number| u32::try_from(number.value).ok());
    let more = door.and_then(|door| Some(more_before(line, slots.start, door)?.1 + door));
    door.into_iter().chain(more).collect()
}

fn code_at(reading: &Reading, from: usize) -> Option<(Range<usize>, String)> {
    let mut signs: Vec<String> = Vec::with_capacity(N_SIGNS);
    let mut at = from;
    while signs.len() < N_SIGNS {
        if at > from && !matches!(reading.gap(at), Gap::Space | Gap::Hyphen | Gap::Comma) {
            return None;
        }
        let word = reading.text(at);
        let letter = LETTERS.iter().find(|(name, _)| *name == word).map(|(_, letter)| *letter);
        let wants_letter = signs.len().is_multiple_of(2);
        let number = numbers::at(reading, at).filter(|number| number.spelled && !number.rank);
        if let Some(letter) = letter.filter(|_| wants_letter) {
            signs.push(letter.to_owned());
            at += 1;
        } else if let Some(number) = number.filter(|number| !wants_letter && number.value < 10) {
            signs.push(number.value.to_string());
            at = number.words.end;
        } else {
            let fits = (1..=N_SIGNS - signs.len()).contains(&word.len());
            signs.extend(word.chars().filter(|_| fits).map(String::from));
            at += 1;
            if !fits {
                return None;
            }
        }
    }
    let is_digit = |sign: &String| sign.bytes().all(|sign| sign.is_ascii_digit());
    let alternate = signs.iter().enumerate().all(|(at, sign)| is_digit(sign) == (at % 2 == 1));
    let signs: Vec<&str> = signs.iter().map(String::as_str).collect();
    let signs: &[&str; N_SIGNS] = signs.as_slice().try_into().ok()?;
    Some((from..at, code(signs).filter(|_| alternate)?))
}
