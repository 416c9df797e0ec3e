//! Days, in figures or in words: "hier", "mardi prochain", "March 3rd", "il y a 3 jours".

mod calendar;

use bot_core::Value;
use bot_core::slot::{Refusal, SlotKind};
use jiff::civil::Date;
use std::ops::Range;

use super::{Context, Found};
use crate::text::numbers::{self, Number};
use crate::text::{Gap, Reading};
use calendar::{Lean, day_of, days_away, lean_of, month, nearest_day, nearest_month_day, weekday};

const P_EXACT: f32 = 0.97;
const P_NEAREST: f32 = 0.85;
const P_BARE_WEEKDAY: f32 = 0.75;
const P_BARE_DAY: f32 = 0.6;
const P_MALFORMED: f32 = 0.8;

/// A day that was read, or that there is none such.
struct Reach {
    end: usize,
    day: Option<Date>,
    p: f32,
}

/// Finds days; one that the calendar does not have is refused.
pub(super) fn find(reading: &Reading, cx: &Context<'_>) -> Vec<Found> {
    let reader = Reader {
        reading,
        today: cx.today,
        asked: cx.is_asked(SlotKind::Date),
        lean: lean_of(reading),
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < reading.words.len() {
        let Some(reach) = reader.at(at) else {
            at += 1;
            continue;
        };
        let words = at..reach.end;
        at = reach.end;
        found.push(date_read(words, &reach));
    }
    found
}

struct Reader<'a> {
    reading: &'a Reading,
    today: Date,
    asked: bool,
    lean: Lean,
}

/// Gives the day that was read, or the refusal of one that no calendar has.
fn date_read(words: Range<usize>, reach: &Reach) -> Found {
    match reach.day {
        Some(day) => Found::value(SlotKind::Date, Value::Date(day), words, reach.p),
        None => Found::refused(SlotKind::Date, Refusal::Malformed, words, P_MALFORMED),
    }
}

impl Reader<'_> {
    fn at(&self, at: usize) -> Option<Reach> {
        self.figures(at)
            .or_else(|| self.with_weekday(at))
            .or_else(|| self.month_and_day(at))
            .or_else(|| self.after_article(at))
            .or_else(|| self.relative(at))
            .or_else(|| self.counted(at))
            .or_else(|| self.weekday(at))
            .or_else(|| self.day_alone(at))
    }

    fn digits(&self, at: usize) -> Option<i16> {
        let word = self.reading.words.get(at).filter(|word| word.is_digits())?;
        word.text.parse().ok()
    }

    /// Reads 2026-03-03, 3/3/2026 and 3/3; the year first, or the day first.
    fn figures(&self, at: usize) -> Option<Reach> {
        let gap = self.reading.gap(at + 1);
        let (first, second) = (self.digits(at)?, self.digits(at + 1)?);
        if !matches!(gap, Gap::Slash | Gap::Hyphen) {
            return None;
        }
        let third = self.digits(at + 2).filter(|_| self.reading.gap(at + 2) == gap);
        let Some(third) = third else {
            let may = gap == Gap::Slash && self.asked && self.reading.text(at).len() <= 2;
            let day = nearest_month_day(self.today, self.lean, second, first)
                .or_else(|| nearest_month_day(self.today, self.lean, first, second));
            return may.then(|| reach(at + 2, day, P_NEAREST));
        };
        let year_first = self.reading.text(at).len() == 4;
        let n_year_digits = self.reading.text(at + 2).len();
        let day = if year_first {
            day_of(first, second, third)
        } else if matches!(n_year_digits, 2 | 4) && self.reading.text(at).len() <= 2 {
            let year = if n_year_digits == 2 { 2_000 + third } else { third };
            day_of(year, second, first).or_else(|| day_of(year, first, second))
        } else {
            return None;
        };
        let plausible = day.is_some() || self.asked;
        plausible.then(|| reach(at + 3, day, P_EXACT))
    }

    /// Reads "mardi le 3 mars": the day counts, not its name.
    fn with_weekday(&self, at: usize) -> Option<Reach> {
        weekday(self.reading.text(at))?;
        let article = matches!(self.reading.text(at + 1), "le" | "the");
        let from = at + 1 + usize::from(article);
        (self.reading.gap(at + 1) < Gap::Stop).then(|| self.month_and_day(from))?
    }

    /// Reads "le 3 mars", "the 3rd of March".
    fn after_article(&self, at: usize) -> Option<Reach> {
        let article = matches!(self.reading.text(at), "le" | "the");
        let near = self.reading.gap(at + 1) < Gap::Stop;
        (article && near).then(|| self.month_and_day(at + 1))?
    }

    /// Reads "3 mars 2026", "le 1er mars", "March 3rd", "the 3rd of March".
    fn month_and_day(&self, at: usize) -> Option<Reach> {
        let number = |at: usize| numbers::at(self.reading, at).filter(is_day_like);
        let (day, month, end) = if let Some(day) = number(at) {
            let link = matches!(self.reading.text(day.words.end), "of" | "de" | "du");
            let at_month = day.words.end + usize::from(link);
            let month = month(self.reading.text(at_month))?;
            (day, month, at_month + 1)
        } else {
            let month = month(self.reading.text(at))?;
            let article = usize::from(self.reading.text(at + 1) == "the");
            let day = number(at + 1 + article)?;
            // "May I", "in March 12 trees fell": a number behind must close the date.
            let end = day.words.end;
            (day, month, end)
        };
        if (at + 1..end).any(|at| self.reading.gap(at) >= Gap::Stop) {
            return None;
        }
        let day_number = i16::try_from(day.value).ok()?;
        if let Some(year) = self.digits(end).filter(|year| (1_900..=2_199).contains(year)) {
            return Some(reach(end + 1, day_of(year, month, day_number), P_EXACT));
        }
        let day = nearest_month_day(self.today, self.lean, month, day_number);
        Some(reach(end, day, P_EXACT))
    }

    /// Reads "hier", "avant-hier", "the day before yesterday", "demain", "ce soir".
    fn relative(&self, at: usize) -> Option<Reach> {
        const RELATIVE: &[(&[&str], i64)] = &[
            (&["the", "day", "before", "yesterday"], -2),
            (&["day", "before", "yesterday"], -2),
            (&["the", "day", "after", "tomorrow"], 2),
            (&["day", "after", "tomorrow"], 2),
            (&["avant", "hier"], -2),
            (&["avanthier"], -2),
            (&["apres", "demain"], 2),
            (&["last", "night"], -1),
            (&["hier", "soir"], -1),
            (&["hier"], -1),
            (&["yesterday"], -1),
            (&["yest"], -1),
            (&["demain"], 1),
            (&["tomorrow"], 1),
            (&["tmrw"], 1),
            (&["tmr"], 1),
            (&["aujourdhui"], 0),
            (&["aujourd", "hui"], 0),
            (&["auj"], 0),
            (&["today"], 0),
            (&["ce", "matin"], 0),
            (&["cet", "avant", "midi"], 0),
            (&["cet", "apres", "midi"], 0),
            (&["ce", "soir"], 0),
            (&["a", "soir"], 0),
            (&["cette", "nuit"], 0),
            (&["this", "morning"], 0),
            (&["this", "afternoon"], 0),
            (&["this", "evening"], 0),
            (&["tonight"], 0),
            (&["right", "now"], 0),
        ];
        let says = |words: &[&str]| {
            let mut told = words.iter().enumerate();
            told.all(|(offset, word)| self.reading.text(at + offset) == *word)
        };
        let (words, days) = RELATIVE.iter().find(|(words, _)| says(words))?;
        let p = if *words == ["right", "now"] { P_BARE_DAY } else { P_EXACT };
        Some(reach(at + words.len(), days_away(self.today, *days), p))
    }

    /// Reads "il y a 3 jours", "2 weeks ago", "dans deux semaines", "in 10 days".
    fn counted(&self, at: usize) -> Option<Reach> {
        let text = |at: usize| self.reading.text(at);
        let (from, sign) = match (text(at), text(at + 1), text(at + 2)) {
            ("il", "y", "a") => (at + 3, -1),
            ("y", "a", _) => (at + 2, -1),
            ("ca", "fait", _) => (at + 2, -1),
            ("ya" | "depuis", ..) => (at + 1, -1),
            ("dans" | "in", ..) => (at + 1, 1),
            _ => (at, 0),
        };
        let (count, after) = self.count(from)?;
        let days = count.checked_mul(unit_days(text(after))?)?;
        let ago = matches!(text(after + 1), "ago" | "passe" | "passes" | "passees" | "passee");
        let (sign, end) = match (sign, ago) {
            (0, true) => (-1, after + 2),
            (0, false) => return None,
            (sign, _) => (sign, after + 1),
        };
        Some(reach(end, days_away(self.today, sign * days), P_NEAREST))
    }

    fn count(&self, at: usize) -> Option<(i64, usize)> {
        let couple = match (self.reading.text(at), self.reading.text(at + 1)) {
            ("a" | "une" | "un", "couple") => Some(2),
            ("couple", _) => Some(1),
            _ => None,
        };
        if let Some(length) = couple {
            let link = matches!(self.reading.text(at + length), "of" | "de");
            return Some((2, at + length + usize::from(link)));
        }
        if matches!(self.reading.text(at), "a" | "an") {
            return Some((1, at + 1));
        }
        let number = numbers::at(self.reading, at).filter(|number| !number.rank)?;
        let count = i64::try_from(number.value).ok().filter(|count| *count <= 1_000)?;
        Some((count, number.words.end))
    }

    /// Reads "lundi dernier", "next Monday", "lundi".
    fn weekday(&self, at: usize) -> Option<Reach> {
        let text = |at: usize| self.reading.text(at);
        let before = match text(at) {
            "last" | "past" => Some(Lean::Past),
            "next" | "coming" => Some(Lean::Future),
            "this" | "ce" => Some(Lean::Soon),
            _ => None,
        };
        let at_day = at + usize::from(before.is_some());
        let day =
            weekday(text(at_day)).or_else(|| before.and_then(|_| short_weekday(text(at_day))))?;
        let after = match text(at_day + 1) {
            "dernier" | "passe" | "derniere" => Some(Lean::Past),
            "prochain" | "suivant" | "prochaine" => Some(Lean::Future),
            _ => None,
        };
        let end = at_day + 1 + usize::from(after.is_some());
        let said = after.or(before);
        let p = if said.is_some() { P_EXACT } else { P_BARE_WEEKDAY };
        let lean = said.unwrap_or(self.lean);
        Some(reach(end, nearest_day(self.today, lean, day, said.is_some()), p))
    }

    /// Reads "le 3" where a day was asked for.
    fn day_alone(&self, at: usize) -> Option<Reach> {
        if !self.asked || !matches!(self.reading.text(at), "le" | "the") {
            return None;
        }
        let day = numbers::at(self.reading, at + 1).filter(is_day_like)?;
        let number = i16::try_from(day.value).ok()?;
        let this = i16::from(self.today.month());
        let near = [this, this % 12 + 1, (this + 10) % 12 + 1];
        let days = near
            .into_iter()
            .filter_map(|month| nearest_month_day(self.today, self.lean, month, number));
        let day_found = days.min_by_key(|day| calendar::distance(self.today, *day));
        Some(reach(day.words.end, day_found, P_BARE_DAY))
    }
}

const fn reach(end: usize, day: Option<Date>, p: f32) -> Reach {
    Reach { end, day, p }
}

/// A day of a month, or a slip for one: "45 mars" is refused, not passed over.
fn is_day_like(number: &Number) -> bool {
    number.value > 0 && number.value < 100 && (!number.is_article())
}

fn unit_days(word: &str) -> Option<i64> {
    match word {
        "jour" | "jours" | "day" | "days" | "journee" | "journees" => Some(1),
        "semaine" | "semaines" | "week" | "weeks" => Some(7),
        "mois" | "month" | "months" => Some(30),
        "an" | "ans" | "annee" | "annees" | "year" | "years" => Some(365),
        _ => None,
    }
}

/// Short names count only behind "last", "next" and "this": "mon" is also "my".
fn short_weekday(word: &str) -> Option<jiff::civil::Weekday> {
    use jiff::civil::Weekday;
    match word {
        "mon" => Some(Weekday::Monday),
        "tue" | "tues" => Some(Weekday::Tuesday),
        "wed" | "weds" => Some(Weekday::Wednesday),
        "thu" | "thur" | "thurs" => Some(Weekday::Thursday),
        "fri" => Some(Weekday::Friday),
        "sat" => Some(Weekday::Saturday),
        "sun" => Some(Weekday::Sunday),
        _ => None,
    }
}
