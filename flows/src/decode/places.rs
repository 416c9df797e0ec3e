//! Reads `places/*.csv`.

use bot_core::place::Point;
use serde::Deserialize;

use super::basics::Cx;
use super::faq::bad_row;
use crate::fault::{Rule, Spot};
use crate::model::city::{PlaceRow, PlaceRowKind};

/// The most rows of one file.
const MAX_ROWS: usize = 200_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRow {
    kind: String,
    name: String,
    name_en: Option<String>,
    from: Option<u32>,
    to: Option<u32>,
    lat: f64,
    lon: f64,
    to_lat: Option<f64>,
    to_lon: Option<f64>,
    sector: Option<String>,
    aliases: Option<String>,
}

/// Reads the rows of one file.
pub(crate) fn places(cx: &mut Cx<'_>, path: &str, text: &str) -> Vec<PlaceRow> {
    let mut rows = Vec::new();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for (index, raw) in reader.deserialize::<RawRow>().enumerate() {
        let line = u32::try_from(index + 2).unwrap_or(u32::MAX);
        let at = Spot { file: path.into(), line, column: 1 };
        if index >= MAX_ROWS {
            cx.faults.add(&at, Rule::Row, format!("more than {MAX_ROWS} rows"), "split the file");
            break;
        }
        match raw {
            Err(error) => bad_row(cx, path, &error),
            Ok(raw) => match row(raw) {
                Ok(row) => rows.push(row),
                Err((what, instead)) => cx.faults.add(&at, Rule::Row, what, instead),
            },
        }
    }
    rows
}

fn row(raw: RawRow) -> Result<PlaceRow, (String, String)> {
    let fault = |what: &str, instead: &str| (what.to_owned(), instead.to_owned());
    let kind = match raw.kind.as_str() {
        "street" => PlaceRowKind::Street,
        "park" => PlaceRowKind::Park,
        "landmark" => PlaceRowKind::Landmark,
        _ => {
            return Err(fault("the kind is not known", "one of: street, park, landmark"));
        }
    };
    if raw.name.trim().is_empty() {
        return Err(fault("the place has no name", "write its official name"));
    }
    let globe = "write degrees: latitude -90 to 90, longitude -180 to 180";
    let at = Point::new(raw.lat, raw.lon)
        .ok_or_else(|| fault("the position is not on the globe", globe))?;
    let to = match (raw.to_lat, raw.to_lon) {
        (Some(lat), Some(lon)) => {
            Some(Point::new(lat, lon).ok_or_else(|| fault("the end is not on the globe", globe))?)
        }
        (None, None) => None,
        _ => {
            return Err(fault("the end has one coordinate", "write to_lat and to_lon, or neither"));
        }
    };
    if kind == PlaceRowKind::Street && to.is_none() {
        return Err(fault("the street has no end", "write to_lat and to_lon"));
    }
    let numbers = match (raw.from, raw.to) {
        (Some(from), Some(to)) if from <= to => Some((from, to)),
        (None, None) => None,
        _ => {
            return Err(fault("the numbers are no range", "write from ≤ to, or neither"));
        }
    };
    let full = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let aliases = full(raw.aliases).unwrap_or_default();
    let aliases = aliases.split('|').map(|alias| alias.trim().to_owned()).filter(|a| !a.is_empty());
    Ok(PlaceRow {
        kind,
        name: raw.name.trim().to_owned(),
        name_en: full(raw.name_en),
        numbers,
        at,
        to,
        sector: full(raw.sector),
        aliases: aliases.collect(),
    })
}
