//! Names of days and months, and which of several days is meant.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::extract::cues;
use crate::text::Reading;
use crate::text::slip::alike;

/// Letters from which a slip in a day's or month's name is forgiven.
const SLIP_CHARS: usize = 4;
/// Letters of the longest short name of a month.
const SHORT_CHARS: usize = 4;

/// Which way a day without a year, or a weekday alone, is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lean {
    /// The last one.
    Past,
    /// The next one.
    Future,
    /// The next one, today included.
    Soon,
    /// The nearest one.
    Nearest,
}

/// Tells from the words around whether something has happened or is to come.
pub(super) fn lean_of(reading: &Reading) -> Lean {
    const PAST: &[&str] = &[
        "depuis", "etait", "etaient", "ont", "avait", "dernier", "passe", "passes", "passee",
        "ete", "since", "was", "were", "didnt", "wasnt", "missed", "last", "happened", "arrive",
        "had", "hasnt", "did", "devait", "devaient", "supposed", "came",
    ];
    const FUTURE: &[&str] = &[
        "prochain",
        "prochaine",
        "sera",
        "seront",
        "vais",
        "va",
        "vont",
        "voudrais",
        "veux",
        "pour",
        "will",
        "next",
        "want",
        "going",
        "gonna",
        "would",
        "schedule",
        "book",
        "reserver",
        "demenage",
    ];
    // "Is it open Sunday?" asks of a day to come.
    let asks = cues::is_question(reading);
    let says = |list: &[&str]| reading.words.iter().any(|word| list.contains(&word.text.as_str()));
    match (says(PAST), says(FUTURE) || asks) {
        (true, false) => Lean::Past,
        (false, true) => Lean::Soon,
        (true, true) | (false, false) => Lean::Nearest,
    }
}

const WEEKDAYS: [(&str, Weekday); 17] = [
    ("wensday", Weekday::Wednesday),
    ("wendsday", Weekday::Wednesday),
    ("thurday", Weekday::Thursday),
    ("lundi", Weekday::Monday),
    ("mardi", Weekday::Tuesday),
    ("mercredi", Weekday::Wednesday),
    ("jeudi", Weekday::Thursday),
    ("vendredi", Weekday::Friday),
    ("samedi", Weekday::Saturday),
    ("dimanche", Weekday::Sunday),
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// Reads the name of a day of the week.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    // "Mari" is no misspelt "mardi".
    named(&WEEKDAYS, word).filter(|_| word.len() > SLIP_CHARS)
}

const MONTHS: [(&str, i16); 38] = [
    ("janvier", 1),
    ("fevrier", 2),
    ("mars", 3),
    ("avril", 4),
    ("mai", 5),
    ("juin", 6),
    ("juillet", 7),
    ("aout", 8),
    ("septembre", 9),
    ("octobre", 10),
    ("novembre", 11),
    ("decembre", 12),
    ("january", 1),
    ("february", 2),
    ("march", 3),
    ("april", 4),
    ("may", 5),
    ("june", 6),
    ("july", 7),
    ("august", 8),
    ("september", 9),
    ("october", 10),
    ("november", 11),
    ("december", 12),
    ("janv", 1),
    ("jan", 1),
    ("fev", 2),
    ("feb", 2),
    ("avr", 4),
    ("apr", 4),
    ("juil", 7),
    ("jul", 7),
    ("aug", 8),
    ("sept", 9),
    ("sep", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
];

/// Short names count only behind "last", "next", "this", "on" and the like: "mon" is also "my".
pub(super) fn short_weekday(word: &str) -> Option<Weekday> {
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

/// Reads the name of a month.
pub(super) fn month(word: &str) -> Option<i16> {
    named(&MONTHS, word)
}

/// Tells whether a word is a month's name cut short, behind which a point may stand.
pub(super) fn is_short_month(word: &str) -> bool {
    word.len() <= SHORT_CHARS
        && MONTHS.iter().any(|(name, _)| *name == word)
        && !matches!(word, "mars" | "mai" | "juin" | "aout" | "may" | "june" | "july")
}

/// What time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months of the calendar.
    Month,
    /// Years of the calendar.
    Year,
}

impl Unit {
    /// Reads the name of a unit.
    pub(super) fn of(word: &str) -> Option<Self> {
        match word {
            "jour" | "jours" | "day" | "days" | "journee" | "journees" => Some(Self::Day),
            "semaine" | "semaines" | "week" | "weeks" => Some(Self::Week),
            "mois" | "month" | "months" => Some(Self::Month),
            "an" | "ans" | "annee" | "annees" | "year" | "years" => Some(Self::Year),
            _ => None,
        }
    }

    /// Gives its length in days; `None` where months differ.
    pub(super) const fn days(self) -> Option<i64> {
        match self {
            Self::Day => Some(1),
            Self::Week => Some(7),
            Self::Month | Self::Year => None,
        }
    }

    /// Gives the day so many units away; the last of a month that is too short.
    pub(super) fn away(self, today: Date, count: i64) -> Option<Date> {
        let span = jiff::Span::new();
        let span = match self {
            Self::Day => span.try_days(count),
            Self::Week => span.try_weeks(count),
            Self::Month => span.try_months(count),
            Self::Year => span.try_years(count),
        };
        today.checked_add(span.ok()?).ok()
    }
}

fn named<T: Copy>(names: &[(&str, T)], word: &str) -> Option<T> {
    let exact = names.iter().find(|(name, _)| *name == word);
    let close = |(name, _): &&(&str, T)| {
        name.len() > SLIP_CHARS
            && name.chars().next() == word.chars().next()
            && alike(word, name).is_some()
    };
    exact.or_else(|| names.iter().find(close)).map(|(_, value)| *value)
}

/// Makes a day; `None` where the calendar has none such.
pub(super) fn day_of(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Gives the day that lies so many days away.
pub(super) fn days_away(today: Date, days: i64) -> Option<Date> {
    today.checked_add(days.days()).ok()
}

/// Counts the days between two days.
pub(super) fn distance(a: Date, b: Date) -> i32 {
    b.since(a).map_or(i32::MAX, |span| span.get_days().abs())
}

/// Finds the day of a month, without a year, that is meant.
pub(super) fn nearest_month_day(today: Date, lean: Lean, month: i16, day: i16) -> Option<Date> {
    let year = today.year();
    let days = (year - 1..=year + 1).filter_map(|year| day_of(year, month, day));
    let days: Vec<Date> = days.collect();
    let fitting = days.iter().copied().filter(|day| match lean {
        Lean::Past => *day <= today,
        Lean::Future | Lean::Soon => *day >= today,
        Lean::Nearest => true,
    });
    let nearest = fitting.min_by_key(|day| distance(today, *day));
    // The 29th of February may have no year that fits.
    nearest.or_else(|| days.into_iter().min_by_key(|day| distance(today, *day)))
}

/// Gives a weekday of the week, Monday first, that is so many weeks away.
pub(super) fn day_of_week(today: Date, day: Weekday, weeks: i64) -> Option<Date> {
    let since_monday = i64::from(today.weekday().to_monday_zero_offset());
    let ahead = i64::from(day.to_monday_zero_offset());
    days_away(today, 7 * weeks - since_monday + ahead)
}

/// Finds the weekday that is meant; one that was said to be last or next is never today.
pub(super) fn nearest_day(today: Date, lean: Lean, day: Weekday, said: bool) -> Option<Date> {
    let ahead = i64::from(today.weekday().until(day));
    let behind = i64::from(today.weekday().since(day));
    let days = match (lean, ahead) {
        (Lean::Past, 0) if said => -7,
        (Lean::Future, 0) => 7,
        (_, 0) => 0,
        (Lean::Past, _) => -behind,
        (Lean::Future | Lean::Soon, _) => ahead,
        (Lean::Nearest, _) if ahead < behind => ahead,
        (Lean::Nearest, _) => -behind,
    };
    days_away(today, days)
}
