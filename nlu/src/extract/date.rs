//! Days, in figures or in words: "hier", "mardi prochain", "March 3rd", "il y a 3 jours".

mod calendar;
mod phrases;
mod spans;

use bot_core::Value;
use bot_core::slot::{Refusal, SlotKind};
use jiff::civil::Date;
use std::ops::Range;

use super::{Context, Found};
use crate::text::digits;
use crate::text::numbers::{self, Number};
use crate::text::{Gap, Reading};
use calendar::{
    Lean, Unit, day_of, day_of_week, days_away, is_short_month, lean_of, month, nearest_day,
    nearest_month_day, short_weekday, weekday,
};
use phrases::{AT_ONCE, HOLIDAYS, RELATIVE, said};

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
        wanted: cx.is_wanted(SlotKind::Date),
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
        let month = reach.day.map(|day| i16::from(day.month()));
        found.push(date_read(words, &reach));
        if let Some((words, last)) = month.and_then(|month| reader.range_end(at, month)) {
            at = words.end;
            found.push(date_read(words, &last));
        }
    }
    drop_denied(reading, &mut found);
    found
}

/// "Pas demain, vendredi" names one day.
fn drop_denied(reading: &Reading, found: &mut Vec<Found>) {
    let denied = |found: &Found| {
        let before = found.words.start.checked_sub(1).map_or("", |at| reading.text(at));
        matches!(before, "pas" | "not")
    };
    if !found.iter().all(denied) {
        found.retain(|one| !denied(one));
    }
}

struct Reader<'a> {
    reading: &'a Reading,
    today: Date,
    asked: bool,
    /// Whether any slot in play is a day.
    wanted: bool,
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
            .or_else(|| self.range_start(at))
            .or_else(|| self.week_from(at))
            .or_else(|| self.relative(at))
            .or_else(|| self.day_beside(at))
            .or_else(|| self.counted(at))
            .or_else(|| self.weekday(at))
            .or_else(|| self.holiday(at))
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
        let dotted = (at + 1..at + 3).all(|at| digits::is_dotted(self.reading, at));
        if !matches!(gap, Gap::Slash | Gap::Hyphen) && !dotted {
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

    /// Reads "mardi le 3 mars", "mardi le 3": the day counts, not its name.
    fn with_weekday(&self, at: usize) -> Option<Reach> {
        let name = weekday(self.reading.text(at))?;
        if self.reading.gap(at + 1) >= Gap::Stop {
            return None;
        }
        let article = matches!(self.reading.text(at + 1), "le" | "the");
        let from = at + 1 + usize::from(article);
        self.month_and_day(from).or_else(|| {
            let day = numbers::at(self.reading, from).filter(|day| article && is_day_like(day))?;
            let days = self.days_near(i16::try_from(day.value).ok()?);
            let named = days.iter().copied().find(|day| day.weekday() == name);
            Some(reach(day.words.end, named.or_else(|| days.first().copied()), P_EXACT))
        })
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
        let day_first = || {
            let day = number(at)?;
            let link = matches!(self.reading.text(day.words.end), "of" | "de" | "du");
            let at_month = day.words.end + usize::from(link);
            let month = month(self.reading.text(at_month))?;
            Some((day, month, at_month + 1))
        };
        let month_first = || {
            let month = month(self.reading.text(at))?;
            let article = usize::from(self.reading.text(at + 1) == "the");
            let day = number(at + 1 + article)?;
            // "Sept" is seven, too: "sept deux" is no second of September.
            let seven = self.reading.text(at) == "sept" && day.spelled;
            // "May I", "in March 12 trees fell": a number behind must close the date.
            let end = day.words.end;
            (!seven).then_some((day, month, end))
        };
        let (day, month, end) = day_first().or_else(month_first)?;
        let stops = |at: usize| self.reading.gap(at) >= Gap::Stop && !self.after_short_month(at);
        if (at + 1..end).any(stops) {
            return None;
        }
        let day_number = i16::try_from(day.value).ok()?;
        if let Some(year) = self.digits(end).filter(|year| (1_900..=2_199).contains(year)) {
            return Some(reach(end + 1, day_of(year, month, day_number), P_EXACT));
        }
        let day = nearest_month_day(self.today, self.lean, month, day_number);
        Some(reach(end, day, P_EXACT))
    }

    /// The point of "Sept. 2" ends no sentence.
    fn after_short_month(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|before| is_short_month(self.reading.text(before)))
    }

    /// Reads "hier", "avant-hier", "the day before yesterday", "demain", "ce soir".
    fn relative(&self, at: usize) -> Option<Reach> {
        let named = said(self.reading, RELATIVE, at).map(|named| (named, P_EXACT));
        let at_once = || said(self.reading, AT_ONCE, at).map(|named| (named, P_BARE_DAY));
        let ((n_words, days), p) = named.or_else(at_once)?;
        Some(reach(at + n_words, days_away(self.today, days), p))
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
        let about = matches!(text(from), "environ" | "about" | "presque" | "almost" | "around");
        let (count, after) = self.count(from + usize::from(about && sign != 0))?;
        let unit = Unit::of(text(after))?;
        let ago = matches!(text(after + 1), "ago" | "passe" | "passes" | "passees" | "passee");
        let (sign, end) = match (sign, ago) {
            (0, true) => (-1, after + 2),
            (0, false) => return None,
            (sign, _) => (sign, after + 1),
        };
        // "Ça fait 20 ans" names no day, unless a day was asked for.
        let may = unit != Unit::Year || self.asked;
        may.then(|| reach(end, unit.away(self.today, sign * count), P_NEAREST))
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
        let led = at.checked_sub(1).map_or("", |at| text(at));
        let short = before.is_some() || matches!(led, "on" | "since" | "until" | "by");
        let day =
            weekday(text(at_day)).or_else(|| short.then(|| short_weekday(text(at_day)))?)?;
        let (after, n_words, weeks) = match (text(at_day + 1), text(at_day + 2)) {
            ("dernier" | "passe" | "derniere", _) => (Some(Lean::Past), 1, 0),
            ("prochain" | "suivant" | "prochaine", _) => (Some(Lean::Future), 1, 0),
            ("en", "huit") => (Some(Lean::Future), 2, 1),
            ("en", "quinze") => (Some(Lean::Future), 2, 2),
            ("week", _) if before.is_none() => (Some(Lean::Future), 1, 1),
            _ => (None, 0, 0),
        };
        if let Some((end, weeks)) = self.week_named(at_day + 1) {
            return Some(reach(end, day_of_week(self.today, day, weeks), P_EXACT));
        }
        let said = after.or(before);
        if said.is_none() && self.is_every_week(at_day) {
            return None;
        }
        let p = if said.is_some() { P_EXACT } else { P_BARE_WEEKDAY };
        let lean = said.unwrap_or(self.lean);
        let day = nearest_day(self.today, lean, day, said.is_some());
        let day = day.and_then(|day| days_away(day, 7 * weeks));
        Some(reach(at_day + 1 + n_words, day, p))
    }

    /// "Le lundi" and "on Mondays" are days of every week, where no day is wanted.
    fn is_every_week(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map_or("", |at| self.reading.text(at));
        // "Thurs" and "tues" are no plurals.
        let name = self.reading.text(at);
        let plural = name.ends_with('s') && short_weekday(name).is_none();
        plural || (!self.wanted && matches!(before, "le" | "les" | "chaque" | "every"))
    }

    /// Reads "Noël" or "Canada Day" where a day was asked for.
    fn holiday(&self, at: usize) -> Option<Reach> {
        let (n_words, (month, day)) = said(self.reading, HOLIDAYS, at).filter(|_| self.asked)?;
        let day = nearest_month_day(self.today, self.lean, month, day);
        Some(reach(at + n_words, day, P_NEAREST))
    }

    /// Reads "le 3" where a day was asked for.
    fn day_alone(&self, at: usize) -> Option<Reach> {
        if !self.asked || !matches!(self.reading.text(at), "le" | "the") {
            return None;
        }
        let day = numbers::at(self.reading, at + 1).filter(is_day_like)?;
        let days = self.days_near(i16::try_from(day.value).ok()?);
        Some(reach(day.words.end, days.first().copied(), P_BARE_DAY))
    }

    /// Gives that day of this month, the next and the last, the nearest first.
    fn days_near(&self, number: i16) -> Vec<Date> {
        let this = i16::from(self.today.month());
        let near = [this, this % 12 + 1, (this + 10) % 12 + 1];
        let days = near
            .into_iter()
            .filter_map(|month| nearest_month_day(self.today, self.lean, month, number));
        let mut days: Vec<Date> = days.collect();
        days.sort_by_key(|day| calendar::distance(self.today, *day));
        days
    }
}

const fn reach(end: usize, day: Option<Date>, p: f32) -> Reach {
    Reach { end, day, p }
}

/// A day of a month, or a slip for one: "45 mars" is refused, not passed over.
fn is_day_like(number: &Number) -> bool {
    number.value > 0 && number.value < 100 && (!number.is_article())
}
