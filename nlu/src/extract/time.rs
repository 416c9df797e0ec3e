//! Times of day: 14h30, 2:30 pm, midi, half past two.

use bot_core::Value;
use bot_core::slot::{Refusal, SlotKind};
use jiff::civil::Time;
use std::ops::Range;

use super::{Context, Found};
use crate::text::numbers;
use crate::text::{Gap, Reading, usual};

const P_EXACT: f32 = 0.97;
/// How sure we are where morning or afternoon was not said.
const P_HALF: f32 = 0.8;
const P_BARE: f32 = 0.7;
const P_MALFORMED: f32 = 0.75;
/// Hours that, without more, mean the afternoon: people are awake.
const AFTERNOON_HOURS: std::ops::RangeInclusive<i64> = 1..=6;

/// How the hour was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clock {
    /// Out of 24: 14h30, 02:30.
    Full,
    /// Out of 12: two o'clock, 2:30.
    Half,
}

struct Told {
    end: usize,
    hour: i64,
    minute: i64,
    clock: Clock,
    p: f32,
}

/// Finds times of day.
pub(super) fn find(reading: &Reading, cx: &Context<'_>) -> Vec<Found> {
    let asked = cx.is_asked(SlotKind::Time);
    let mut found = Vec::new();
    let mut at = 0;
    while at < reading.words.len() {
        match told_at(reading, at, asked) {
            Some(told) => {
                let words = at..told.end;
                at = told.end;
                found.extend(settle(reading, words, &told, asked));
            }
            None => at += 1,
        }
    }
    found
}

fn settle(reading: &Reading, words: Range<usize>, told: &Told, asked: bool) -> Option<Found> {
    let part = part_of_day(reading, told.end)
        .or_else(|| half_of_day(reading, told.end).map(|is_late| (told.end, is_late)));
    let (end, hour, p) = match part {
        Some((end, is_late)) if told.hour <= 12 => (end, twelve(told.hour, is_late), P_EXACT),
        Some((end, _)) => (end, told.hour, P_EXACT),
        None if told.clock == Clock::Half && AFTERNOON_HOURS.contains(&told.hour) => {
            (told.end, told.hour + 12, told.p.min(P_HALF))
        }
        None => (told.end, told.hour, told.p),
    };
    let time = Time::new(i8::try_from(hour).ok()?, i8::try_from(told.minute).ok()?, 0, 0);
    let words = words.start..end;
    match time {
        Ok(time) => Some(Found::value(SlotKind::Time, Value::Time(time), words, p)),
        Err(_) if asked => {
            Some(Found::refused(SlotKind::Time, Refusal::Malformed, words, P_MALFORMED))
        }
        Err(_) => None,
    }
}

const fn twelve(hour: i64, is_late: bool) -> i64 {
    match (hour, is_late) {
        (12, false) => 0,
        (12, true) => 12,
        (hour, true) => hour + 12,
        (hour, false) => hour,
    }
}

/// Reads what tells morning from afternoon, and whether it is the later half.
fn part_of_day(reading: &Reading, at: usize) -> Option<(usize, bool)> {
    let text = |offset: usize| reading.text(at + offset);
    if reading.gap(at) >= Gap::Stop {
        return None;
    }
    match (text(0), text(1), text(2), text(3)) {
        ("am", ..) => Some((at + 1, false)),
        ("pm", ..) => Some((at + 1, true)),
        ("a", "m", ..) => Some((at + 2, false)),
        ("p", "m", ..) => Some((at + 2, true)),
        ("du", "matin", ..) => Some((at + 2, false)),
        ("du", "soir", ..) => Some((at + 2, true)),
        ("de", "l", "apres", "midi") => Some((at + 4, true)),
        ("de", "l", "avant", "midi") => Some((at + 4, false)),
        ("in", "the", "morning", _) => Some((at + 3, false)),
        ("in", "the", "afternoon" | "evening", _) => Some((at + 3, true)),
        ("at", "night", ..) => Some((at + 2, true)),
        // The day has a value of its own.
        ("tonight", ..) => Some((at, true)),
        _ => None,
    }
}

/// Reads the day behind a time, where it tells the half: "7h30 ce soir".
fn half_of_day(reading: &Reading, at: usize) -> Option<bool> {
    if reading.gap(at) >= Gap::Stop {
        return None;
    }
    match (reading.text(at), reading.text(at + 1)) {
        ("ce" | "a" | "hier" | "demain", "soir")
        | ("this" | "tomorrow" | "yesterday", "afternoon" | "evening")
        | ("tomorrow" | "last", "night") => Some(true),
        ("ce" | "a" | "hier" | "demain", "matin")
        | ("this" | "tomorrow" | "yesterday", "morning") => Some(false),
        _ => None,
    }
}

fn told_at(reading: &Reading, at: usize, asked: bool) -> Option<Told> {
    named(reading, at)
        .or_else(|| glued(reading, at))
        .or_else(|| with_colon(reading, at))
        .or_else(|| half_past(reading, at))
        .or_else(|| with_unit(reading, at))
        .or_else(|| bare(reading, at, asked))
}

fn told(end: usize, hour: i64, minute: i64, clock: Clock, p: f32) -> Told {
    Told { end, hour, minute, clock, p }
}

/// Reads "midi", "minuit et demi", "noon".
fn named(reading: &Reading, at: usize) -> Option<Told> {
    let hour = match reading.text(at) {
        "midi" | "noon" if !is_afternoon(reading, at) => 12,
        "minuit" | "midnight" => 0,
        _ => return None,
    };
    let (end, minute) = minutes_after(reading, at + 1).unwrap_or((at + 1, 0));
    let (hour, minute) = if minute < 0 { ((hour + 23) % 24, 60 + minute) } else { (hour, minute) };
    Some(told(end, hour, minute, Clock::Full, P_EXACT))
}

/// "après-midi" and "avant-midi" are no noon.
fn is_afternoon(reading: &Reading, at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| matches!(reading.text(before), "apres" | "avant"))
}

/// Reads 14h30, 8h, 2pm, 230pm in one word.
fn glued(reading: &Reading, at: usize) -> Option<Told> {
    let word = reading.text(at);
    let n_digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = word.split_at_checked(n_digits)?;
    let number: i64 = digits.parse().ok()?;
    if let Some(minutes) = rest.strip_prefix('h').filter(|_| n_digits <= 2) {
        let minutes = minutes.strip_suffix("min").unwrap_or(minutes);
        let minute = if minutes.is_empty() { Some(0) } else { minutes.parse().ok() };
        let span = minutes.is_empty() && is_span(reading, at);
        return minute
            .filter(|_| !span)
            .map(|minute| told(at + 1, number, minute, Clock::Full, P_EXACT));
    }
    let late = match rest {
        "am" => false,
        "pm" => true,
        _ => return None,
    };
    let (hour, minute) = if n_digits > 2 { (number / 100, number % 100) } else { (number, 0) };
    (1..=12).contains(&hour).then(|| told(at + 1, twelve(hour, late), minute, Clock::Full, P_EXACT))
}

/// Reads 14:30 and 2:30pm.
fn with_colon(reading: &Reading, at: usize) -> Option<Told> {
    let hour_word = reading.text(at);
    let hour: i64 = hour_word.parse().ok().filter(|_| hour_word.len() <= 2)?;
    if reading.gap(at + 1) != Gap::Colon {
        return None;
    }
    let word = reading.text(at + 1);
    let late = [("am", false), ("pm", true)].into_iter().find(|(end, _)| word.ends_with(end));
    let digits = word.trim_end_matches(char::is_alphabetic);
    let minute: i64 = digits.parse().ok().filter(|_| digits.len() == 2)?;
    if let Some((_, late)) = late.filter(|_| (1..=12).contains(&hour)) {
        return Some(told(at + 2, twelve(hour, late), minute, Clock::Full, P_EXACT));
    }
    let clock = if hour_word.len() == 1 { Clock::Half } else { Clock::Full };
    Some(told(at + 2, hour, minute, clock, P_EXACT))
}

/// Reads "half past two", "quarter to five", "ten past three".
fn half_past(reading: &Reading, at: usize) -> Option<Told> {
    let article = usize::from(reading.text(at) == "a");
    let (minutes, after) = match reading.text(at + article) {
        "half" => (30, at + article + 1),
        "quarter" => (15, at + article + 1),
        _ => {
            let number =
                numbers::at(reading, at).filter(|number| number.value < 60 && !number.rank)?;
            (i64::try_from(number.value).ok()?, number.words.end)
        }
    };
    let sign = match reading.text(after) {
        "past" | "after" => 1,
        "to" | "before" if minutes != 30 => -1,
        _ => return None,
    };
    let hour =
        numbers::at(reading, after + 1).filter(|n| !n.rank && (1..=12).contains(&n.value))?;
    let value = i64::try_from(hour.value).ok()?;
    let (value, minute) = if sign > 0 { (value, minutes) } else { (value - 1, 60 - minutes) };
    Some(told(hour.words.end, value, minute, Clock::Half, P_EXACT))
}

/// Reads "14 h 30", "deux heures et demie", "two o'clock", "2 pm".
fn with_unit(reading: &Reading, at: usize) -> Option<Told> {
    let number = numbers::at(reading, at).filter(|number| !number.rank && number.value <= 24)?;
    let hour = i64::try_from(number.value).ok()?;
    let unit = number.words.end;
    let clock = if number.spelled || hour < 10 { Clock::Half } else { Clock::Full };
    match reading.text(unit) {
        "h" | "hre" | "hres" | "heure" | "heures" | "hrs" if !is_span(reading, at) => {
            let typed = reading.text(unit) == "h";
            let clock = if typed { Clock::Full } else { clock };
            let (end, minute) = minutes_after(reading, unit + 1).unwrap_or((unit + 1, 0));
            let (hour, minute) = if minute < 0 { (hour - 1, 60 + minute) } else { (hour, minute) };
            Some(told(end, hour, minute, clock, P_EXACT))
        }
        "oclock" => Some(told(unit + 1, hour, 0, Clock::Half, P_EXACT)),
        _ => {
            // "two thirty pm", "9 am".
            let minutes = numbers::at(reading, unit)
                .filter(|n| n.spelled == number.spelled && !n.rank && (10..60).contains(&n.value));
            let end = minutes.as_ref().map_or(unit, |minutes| minutes.words.end);
            let minute = minutes.map_or(Some(0), |minutes| i64::try_from(minutes.value).ok())?;
            let marked = part_of_day(reading, end).is_some() && (1..=12).contains(&hour);
            (marked && !number.is_article()).then(|| told(end, hour, minute, Clock::Half, P_EXACT))
        }
    }
}

/// "Depuis 3 heures" is a span of time, not a time of day.
fn is_span(reading: &Reading, at: usize) -> bool {
    let unit = (at..at + 3).find(|at| matches!(reading.text(*at), "h" | "heure" | "heures"));
    if unit.is_some_and(|unit| part_of_day(reading, unit + 1).is_some()) {
        return false;
    }
    let before = |back: usize| at.checked_sub(back).map_or("", |at| reading.text(at));
    matches!(
        before(1),
        "depuis"
            | "pendant"
            | "durant"
            | "ya"
            | "fait"
            | "dans"
            | "for"
            | "in"
            | "environ"
            | "les"
            | "derniers"
            | "dernieres"
    ) || (before(1) == "a" && before(2) == "y")
}

/// Reads "et demie", "et quart", "moins le quart", "trente", "30".
fn minutes_after(reading: &Reading, at: usize) -> Option<(usize, i64)> {
    let text = |offset: usize| reading.text(at + offset);
    if reading.gap(at) > Gap::Hyphen {
        return None;
    }
    let number = |at: usize| {
        let number =
            numbers::at(reading, at).filter(|n| !n.rank && !n.is_article() && n.value < 60)?;
        let typed = number.spelled || reading.text(at).len() == 2;
        typed.then(|| Some((number.words.end, i64::try_from(number.value).ok()?)))?
    };
    match (text(0), text(1), text(2)) {
        ("et", "demie" | "demi", _) => Some((at + 2, 30)),
        ("et", "quart", _) => Some((at + 2, 15)),
        ("moins", "quart", _) => Some((at + 2, -15)),
        ("moins", "le", "quart") => Some((at + 3, -15)),
        ("moins", ..) => number(at + 1).map(|(end, minutes)| (end, -minutes)),
        _ => number(at),
    }
}

/// Reads "14", "1430" and "9 30" where a time was asked for and nothing else was said.
fn bare(reading: &Reading, at: usize, asked: bool) -> Option<Told> {
    let number = numbers::at(reading, at).filter(|number| asked && !number.rank)?;
    let value = i64::try_from(number.value).ok()?;
    let minutes = numbers::at(reading, number.words.end).filter(|n| !n.rank && n.value < 60);
    let end = minutes.as_ref().map_or(number.words.end, |n| n.words.end);
    if !usual::all_small_but(reading, std::slice::from_ref(&(at..end))) {
        return None;
    }
    let minute = minutes.and_then(|n| i64::try_from(n.value).ok());
    match (value, minute) {
        (100..=2359, None) => Some(told(end, value / 100, value % 100, Clock::Full, P_BARE)),
        (0..=24, minute) => {
            let clock = if reading.text(at).starts_with('0') { Clock::Full } else { Clock::Half };
            Some(told(end, value, minute.unwrap_or(0), clock, P_BARE))
        }
        _ => None,
    }
}
