//! Opening hours: several spans a day, Québec's holidays, days that differ.

use bot_core::{Bilingual, UnixMs};
use jiff::civil::{Date, Time, Weekday};
use std::collections::{BTreeMap, BTreeSet};

use crate::fault::Spot;

/// Days looked ahead for the next opening.
const MAX_DAYS_AHEAD: i64 = 30;

/// A span of a day; `to` is where it closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hours {
    /// The first minute, counted from midnight.
    pub from_minute: u16,
    /// The minute it closes, at most 1,440.
    pub to_minute: u16,
}

/// Which public holidays close it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Holidays {
    /// None.
    #[default]
    None,
    /// The statutory holidays of Québec and those that cities add to them.
    Quebec,
}

/// Opening hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// Where they are written.
    pub at: Spot,
    /// What they are the hours of.
    pub name: Bilingual<String>,
    /// Spans of each day, Monday first.
    pub week: [Vec<Hours>; 7],
    /// Which public holidays close it.
    pub holidays: Holidays,
    /// Other days on which it is closed.
    pub closed: BTreeSet<Date>,
    /// Days with hours of their own.
    pub special: BTreeMap<Date, Vec<Hours>>,
}

impl Calendar {
    /// Gives the spans of a day.
    #[must_use]
    pub fn hours_on(&self, day: Date) -> &[Hours] {
        if let Some(hours) = self.special.get(&day) {
            return hours;
        }
        let holiday = self.holidays == Holidays::Quebec && is_quebec_holiday(day);
        if holiday || self.closed.contains(&day) {
            return &[];
        }
        &self.week[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())]
    }

    /// Tells whether it is open at an instant.
    #[must_use]
    pub fn is_open(&self, at: UnixMs, zone: &jiff::tz::TimeZone) -> bool {
        let local = zone.to_datetime(at.timestamp());
        let minute = minute_of(local.time());
        self.hours_on(local.date())
            .iter()
            .any(|span| (span.from_minute..span.to_minute).contains(&minute))
    }

    /// Gives the next opening after an instant: the day and the minute of that day.
    ///
    /// `None` where there is none within thirty days.
    #[must_use]
    pub fn next_opening(&self, at: UnixMs, zone: &jiff::tz::TimeZone) -> Option<(Date, u16)> {
        let local = zone.to_datetime(at.timestamp());
        let now = minute_of(local.time());
        (0..=MAX_DAYS_AHEAD).find_map(|ahead| {
            let day = local.date().checked_add(jiff::Span::new().days(ahead)).ok()?;
            self.hours_on(day)
                .iter()
                .map(|span| span.from_minute)
                .find(|from| ahead > 0 || *from > now)
                .map(|from| (day, from))
        })
    }
}

fn minute_of(time: Time) -> u16 {
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

/// Tells whether a day is a holiday in Québec: the statutory ones of the Act respecting labour
/// standards (s. 60) and of the National Holiday Act, with Good Friday and Easter Monday both, and
/// Boxing Day and the second of January, as municipal collective agreements usually have them.
#[must_use]
pub fn is_quebec_holiday(day: Date) -> bool {
    let (month, of_month, weekday) = (day.month(), day.day(), day.weekday());
    let monday = weekday == Weekday::Monday;
    let fixed = matches!((month, of_month), (1, 1 | 2) | (6, 24) | (7, 1) | (12, 25 | 26));
    let patriots_day = monday && month == 5 && (18..=24).contains(&of_month);
    let labour_day = monday && month == 9 && of_month <= 7;
    let thanksgiving = monday && month == 10 && (8..=14).contains(&of_month);
    fixed || patriots_day || labour_day || thanksgiving || is_easter_holiday(day)
}

fn is_easter_holiday(day: Date) -> bool {
    let easter = easter_sunday(day.year());
    let days_after = |n: i64| easter.checked_add(jiff::Span::new().days(n)).ok();
    Some(day) == days_after(-2) || Some(day) == days_after(1)
}

/// Gives Easter Sunday (Spencer Jones's form of the anonymous computus of Nature, 1876).
fn easter_sunday(year: i16) -> Date {
    let year_n = i32::from(year);
    let (golden, century, of_century) = (year_n % 19, year_n / 100, year_n % 100);
    let correction = century / 4 + (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - correction + 15) % 30;
    let to_sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * to_sunday) / 451;
    let sum = epact + to_sunday - 7 * late + 114;
    let part = |n: i32| i8::try_from(n).unwrap_or(1);
    Date::new(year, part(sum / 31), part(sum % 31 + 1)).unwrap_or(Date::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn holidays_fall_where_quebec_has_them() {
        for day in [
            date(2026, 4, 3),
            date(2026, 4, 6),
            date(2026, 5, 18),
            date(2026, 6, 24),
            date(2026, 9, 7),
            date(2026, 10, 12),
            date(2027, 3, 26),
        ] {
            assert!(is_quebec_holiday(day), "{day}");
        }
        for day in [date(2026, 4, 5), date(2026, 5, 25), date(2026, 11, 11), date(2026, 8, 3)] {
            assert!(!is_quebec_holiday(day), "{day}");
        }
    }

    #[test]
    fn a_lunch_break_and_a_weekend_are_closed() {
        let day = vec![
            Hours { from_minute: 510, to_minute: 720 },
            Hours { from_minute: 780, to_minute: 990 },
        ];
        let mut week: [Vec<Hours>; 7] = std::array::from_fn(|_| day.clone());
        week[5].clear();
        week[6].clear();
        let calendar = Calendar {
            at: Spot::start_of("hours.yml"),
            name: Bilingual::same("x"),
            week,
            holidays: Holidays::Quebec,
            closed: BTreeSet::new(),
            special: BTreeMap::new(),
        };
        let zone = jiff::tz::TimeZone::get("America/Toronto").unwrap();
        let at = |text: &str| {
            let local: jiff::civil::DateTime = text.parse().unwrap();
            UnixMs::from(zone.to_timestamp(local).unwrap())
        };
        assert!(calendar.is_open(at("2026-05-12T08:30"), &zone));
        assert!(!calendar.is_open(at("2026-05-12T12:00"), &zone));
        assert!(!calendar.is_open(at("2026-05-18T10:00"), &zone));
        let friday_evening = at("2026-05-15T17:00");
        assert_eq!(calendar.next_opening(friday_evening, &zone), Some((date(2026, 5, 19), 510)));
        assert_eq!(
            calendar.next_opening(at("2026-05-12T12:10"), &zone),
            Some((date(2026, 5, 12), 780))
        );
    }
}
