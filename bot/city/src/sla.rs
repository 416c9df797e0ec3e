//! When a promise falls due, counted in the open days and hours of a calendar.

use bot_core::UnixMs;
use flows::model::calendar::Calendar;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use std::time::Duration;

/// Days looked ahead; a calendar without an open day in all that time counts plain time.
const MAX_DAYS_AHEAD: i64 = 800;
const DAY_MS: u64 = 86_400_000;
const MINUTE_MS: u64 = 60_000;

/// Tells when a span of time from `from` is over.
///
/// Whole days are open days: "10d" from a Monday ends at closing time two weeks later, holidays
/// left out. Shorter spans run while it is open.
#[must_use]
pub fn due(calendar: &Calendar, zone: &TimeZone, from: UnixMs, span_ms: u64) -> UnixMs {
    let local = zone.to_datetime(from.timestamp());
    let found = if span_ms.is_multiple_of(DAY_MS) && span_ms > 0 {
        after_days(calendar, local, span_ms / DAY_MS)
    } else {
        after_minutes(calendar, local, span_ms / MINUTE_MS)
    };
    found
        .and_then(|(day, minute)| instant(zone, day, minute))
        .unwrap_or_else(|| from.plus(Duration::from_millis(span_ms)))
}

fn days_from(day: Date) -> impl Iterator<Item = Date> {
    (0..MAX_DAYS_AHEAD).filter_map(move |ahead| day.checked_add(jiff::Span::new().days(ahead)).ok())
}

/// The closing time of the n-th open day after the present one.
fn after_days(calendar: &Calendar, from: DateTime, n_days: u64) -> Option<(Date, u16)> {
    let n_days = usize::try_from(n_days).ok()?;
    let mut open = days_from(from.date())
        .skip(1)
        .filter_map(|day| calendar.hours_on(day).last().map(|span| (day, span.to_minute)));
    open.nth(n_days.checked_sub(1)?)
}

/// The minute at which so many open minutes have passed.
fn after_minutes(calendar: &Calendar, from: DateTime, n_minutes: u64) -> Option<(Date, u16)> {
    let mut left = n_minutes;
    let mut now = minute_of(from.time());
    for day in days_from(from.date()) {
        for span in calendar.hours_on(day) {
            let start = span.from_minute.max(now);
            let open = u64::from(span.to_minute.saturating_sub(start));
            if open >= left && span.to_minute > start {
                return Some((day, start + u16::try_from(left).ok()?));
            }
            left -= open;
        }
        now = 0;
    }
    None
}

fn minute_of(time: Time) -> u16 {
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

fn instant(zone: &TimeZone, day: Date, minute: u16) -> Option<UnixMs> {
    let midnight = zone.to_timestamp(day.at(0, 0, 0, 0)).ok()?;
    let (hour, of_hour) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    match Time::new(hour, of_hour, 0, 0) {
        Ok(time) => zone.to_timestamp(day.to_datetime(time)).ok().map(UnixMs::from),
        // 24:00 is the next midnight.
        Err(_) => Some(UnixMs::from(midnight).plus(Duration::from_millis(DAY_MS))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bot_core::Bilingual;
    use flows::Spot;
    use flows::model::calendar::{Holidays, Hours};
    use std::collections::{BTreeMap, BTreeSet};

    fn office() -> Calendar {
        let day = vec![
            Hours { from_minute: 510, to_minute: 720 },
            Hours { from_minute: 780, to_minute: 990 },
        ];
        let mut week: [Vec<Hours>; 7] = std::array::from_fn(|_| day.clone());
        week[5].clear();
        week[6].clear();
        Calendar {
            at: Spot::start_of("hours.yml"),
            name: Bilingual::same("bureau"),
            week,
            holidays: Holidays::Quebec,
            closed: BTreeSet::new(),
            special: BTreeMap::new(),
        }
    }

    fn check(from: &str, span_ms: u64, wanted: &str) {
        let zone = TimeZone::get("America/Toronto").unwrap();
        let at = |text: &str| UnixMs::from(zone.to_timestamp(text.parse().unwrap()).unwrap());
        let due = due(&office(), &zone, at(from), span_ms);
        assert_eq!(zone.to_datetime(due.timestamp()).to_string(), wanted);
    }

    #[test]
    fn days_are_open_days() {
        check("2026-05-12T10:00", DAY_MS, "2026-05-13T16:30:00");
        check("2026-05-15T10:00", DAY_MS, "2026-05-19T16:30:00");
        check("2026-05-12T10:00", 10 * DAY_MS, "2026-05-27T16:30:00");
    }

    #[test]
    fn hours_run_while_it_is_open() {
        let hour = 60 * MINUTE_MS;
        check("2026-05-12T10:00", hour, "2026-05-12T11:00:00");
        check("2026-05-12T11:30", hour, "2026-05-12T13:30:00");
        check("2026-05-15T16:00", hour, "2026-05-19T09:00:00");
    }
}
