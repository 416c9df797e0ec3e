//! Days told by other days: "du 15 au 20 juin", "a week from Saturday", "le lendemain de Noël".

use std::ops::Range;

use super::calendar::{Lean, Unit, days_away, month, nearest_day, nearest_month_day, weekday};
use super::{P_EXACT, Reach, Reader, is_day_like, reach};
use crate::text::{Gap, numbers};

impl Reader<'_> {
    /// Reads "du 15" of "du 15 au 20 juin": the month comes only once.
    pub(super) fn range_start(&self, at: usize) -> Option<Reach> {
        let text = |at: usize| self.reading.text(at);
        let led = matches!(text(at), "du" | "from" | "entre" | "between");
        let from = at + usize::from(led) + usize::from(led && matches!(text(at + 1), "le" | "the"));
        let first = numbers::at(self.reading, from).filter(is_day_like)?;
        let link = first.words.end;
        let linked = matches!(text(link), "au" | "to" | "et" | "and" | "until")
            && (led || matches!(text(link), "au" | "to" | "until"));
        let second = numbers::at(self.reading, link + 1).filter(|n| linked && is_day_like(n))?;
        let of = usize::from(matches!(text(second.words.end), "of" | "de"));
        let month = month(text(second.words.end + of))?;
        let day = nearest_month_day(self.today, self.lean, month, i16::try_from(first.value).ok()?);
        Some(reach(link, day, P_EXACT))
    }

    /// Reads the "20" of "June 15 to 20", where it ends its clause.
    pub(super) fn range_end(&self, at: usize, month: i16) -> Option<(Range<usize>, Reach)> {
        if !matches!(self.reading.text(at), "to" | "until" | "through" | "au") {
            return None;
        }
        let day = numbers::at(self.reading, at + 1).filter(is_day_like)?;
        let ends = self.reading.gap(day.words.end) >= Gap::Comma;
        let value = i16::try_from(day.value).ok().filter(|_| ends)?;
        let date = nearest_month_day(self.today, self.lean, month, value);
        let end = day.words.end;
        Some((day.words, reach(end, date, P_EXACT)))
    }

    /// Reads "a week from Saturday", "two weeks from tomorrow".
    pub(super) fn week_from(&self, at: usize) -> Option<Reach> {
        let (count, unit) = self.count(at)?;
        let days = count.checked_mul(Unit::of(self.reading.text(unit))?.days()?)?;
        if self.reading.text(unit + 1) != "from" {
            return None;
        }
        let from = unit + 2;
        let (start, end) = match self.reading.text(from) {
            "now" | "today" => (self.today, from + 1),
            "tomorrow" => (days_away(self.today, 1)?, from + 1),
            name => (nearest_day(self.today, Lean::Future, weekday(name)?, true)?, from + 1),
        };
        Some(reach(end, days_away(start, days), P_EXACT))
    }

    /// Reads "de la semaine passée", "of next week": how many weeks away it is.
    pub(super) fn week_named(&self, at: usize) -> Option<(usize, i64)> {
        let text = |offset: usize| self.reading.text(at + offset);
        match (text(0), text(1), text(2), text(3)) {
            ("de", "la", "semaine", "passee" | "derniere") => Some((at + 4, -1)),
            ("de", "la", "semaine", "prochaine") => Some((at + 4, 1)),
            ("de", "cette", "semaine", _) | ("of", "this", "week", _) => Some((at + 3, 0)),
            ("of", "last", "week", _) => Some((at + 3, -1)),
            ("of", "next", "week", _) => Some((at + 3, 1)),
            _ => None,
        }
    }

    /// Reads "le lendemain de Noël", "the day before July 1st".
    pub(super) fn day_beside(&self, at: usize) -> Option<Reach> {
        let text = |offset: usize| self.reading.text(at + offset);
        let (days, length) = match (text(0), text(1), text(2)) {
            ("le", "lendemain", _) => (1, 2),
            ("la", "veille", _) => (-1, 2),
            ("the", "day", "after") => (1, 3),
            ("the", "day", "before") => (-1, 3),
            _ => return None,
        };
        let mut from = at + length;
        while matches!(self.reading.text(from), "de" | "la" | "l" | "du" | "d" | "le") {
            from += 1;
        }
        let beside = self.month_and_day(from).or_else(|| self.holiday(from))?;
        Some(reach(beside.end, days_away(beside.day?, days), beside.p))
    }
}
