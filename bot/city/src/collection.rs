//! When a collection next passes at an address.

use bot_core::Value;
use bot_core::value::Record;
use flows::City;
use jiff::civil::{Date, Weekday};
use std::collections::BTreeMap;

use crate::actions::{CallContext, ERROR, Returned};
use crate::inputs::Inputs;

/// The table of collections: a row for each sector, stream and weekday.
const TABLE: &str = "collection";

/// `collection.next`: the next day on which a stream is collected at a place.
pub(crate) fn next(context: &CallContext<'_>, inputs: &Record) -> Returned {
    let inputs = Inputs(inputs);
    let (Some(place), Some(stream)) = (inputs.place(), inputs.choice("stream")) else {
        return Returned::plain(ERROR);
    };
    let Some(sector) = &place.sector else { return Returned::plain("no_sector") };
    let Some(table) = context.city.tables.get(TABLE) else { return Returned::plain(ERROR) };
    let today = context.city.info.zone.to_datetime(context.now.timestamp()).date();
    let mut rows = table.rows.iter().filter(|row| row.get("sector") == Some(sector)).peekable();
    if rows.peek().is_none() {
        return Returned::plain("no_sector");
    }
    let found = rows
        .filter(|row| row.get("stream").map(String::as_str) == Some(stream))
        .filter_map(|row| next_day(row, today).map(|day| (day, row)))
        .min_by_key(|(day, _)| *day);
    match found {
        None => Returned::plain("out_of_season"),
        Some((day, row)) => {
            Returned::with("found", "next", record(context, context.city, day, row))
        }
    }
}

fn record(
    context: &CallContext<'_>,
    city: &City,
    day: Date,
    row: &BTreeMap<String, String>,
) -> Value {
    let mut record = Record::from([("day".to_owned(), Value::Date(day))]);
    let note = row.get(&format!("note_{}", context.lang)).filter(|note| !note.is_empty());
    record.extend(note.map(|note| ("note".to_owned(), Value::Text(note.clone()))));
    let source = city.tables.get(TABLE).map(|table| table.source.title.get(context.lang).clone());
    record.insert("source".to_owned(), Value::Text(source.unwrap_or_default()));
    Value::Record(record)
}

/// Finds the first day of a row's round on or after a day.
fn next_day(row: &BTreeMap<String, String>, today: Date) -> Option<Date> {
    let first: Date = row.get("first")?.parse().ok()?;
    let last: Date = row.get("last")?.parse().ok()?;
    let weeks: i64 =
        row.get("every_weeks")?.parse().ok().filter(|weeks| (1..=52).contains(weeks))?;
    let weekday = weekday(row.get("weekday")?)?;
    let start = first
        .checked_add(jiff::Span::new().days(i64::from(first.weekday().until(weekday))))
        .ok()?;
    let passed = (today - start).get_days();
    let round = 7 * weeks;
    let rounds = if passed <= 0 { 0 } else { (i64::from(passed) + round - 1) / round };
    let day = start.checked_add(jiff::Span::new().days(rounds * round)).ok()?;
    (day <= last).then_some(day)
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn row(weekday: &str, weeks: &str) -> BTreeMap<String, String> {
        [
            ("first", "2026-01-05"),
            ("last", "2026-12-31"),
            ("every_weeks", weeks),
            ("weekday", weekday),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
    }

    #[test]
    fn rounds_are_counted_from_the_first_day() {
        let weekly = row("tue", "1");
        assert_eq!(next_day(&weekly, date(2026, 1, 1)), Some(date(2026, 1, 6)));
        assert_eq!(next_day(&weekly, date(2026, 5, 12)), Some(date(2026, 5, 12)));
        assert_eq!(next_day(&weekly, date(2026, 5, 13)), Some(date(2026, 5, 19)));
        let fortnightly = row("mon", "2");
        assert_eq!(next_day(&fortnightly, date(2026, 1, 6)), Some(date(2026, 1, 19)));
        assert_eq!(next_day(&fortnightly, date(2026, 12, 31)), None);
        assert_eq!(next_day(&row("xyz", "1"), date(2026, 5, 12)), None);
    }
}
