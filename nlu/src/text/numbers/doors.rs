//! Door numbers said in parts: "one forty five", "twenty one oh four".

use super::{Number, at, made, spelled};
use crate::text::{Gap, Reading};

/// Parts of the longest door said in parts: "one two three four five".
const MAX_DOOR_PARTS: usize = 5;

/// Finds every number as [`super::all`] does, with doors as they are said read as one: "one forty five".
pub(crate) fn all_as_doors(reading: &Reading) -> Vec<Number> {
    let mut numbers: Vec<Number> = Vec::new();
    let mut index = 0;
    while index < reading.words.len() {
        match door(reading, index).or_else(|| at(reading, index)) {
            Some(number) => {
                index = number.words.end;
                numbers.push(number);
            }
            None => index += 1,
        }
    }
    numbers
}

/// Reads a door said in parts: "one forty five", "twenty one oh four", "one four five".
pub(crate) fn door(reading: &Reading, index: usize) -> Option<Number> {
    let mut parts: Vec<u64> = Vec::new();
    let mut end = index;
    while parts.len() < MAX_DOOR_PARTS && (end == index || reading.gap(end) <= Gap::Hyphen) {
        let oh = end > index && matches!(reading.text(end), "oh" | "o");
        let part = if oh {
            made(end..end + 1, 0, false)
        } else {
            match spelled(reading, end).filter(|part| !part.rank && part.value < 100) {
                Some(part) => part,
                None => break,
            }
        };
        parts.push(part.value);
        end = part.words.end;
    }
    let value = match parts.as_slice() {
        [first, second] if *first > 0 && *second >= 10 => first * 100 + second,
        [first, 0, second @ 1..10] if *first >= 10 => first * 100 + second,
        [1..10, _, ..] if parts.iter().all(|part| *part < 10) => {
            parts.iter().fold(0, |value, part| value * 10 + part)
        }
        _ => return None,
    };
    Some(made(index..end, value, false))
}
