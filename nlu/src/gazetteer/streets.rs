//! Streets as stretches on the map: door numbers, crossings, distances.

use bot_core::place::Point;
use bot_core::text::fold;
use bot_core::{Bilingual, Language};
use std::collections::BTreeMap;

use super::sorts::raised;
use crate::lesson::{PlaceRow, PlaceRowKind};

/// How close two stretches must come to count as a crossing.
const CROSSING_METRES: f64 = 15.0;
/// Metres of one degree of latitude.
const DEGREE_METRES: f64 = 111_195.0;

/// A stretch of a street, straight, with its door numbers.
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    pub(super) numbers: Option<(u32, u32)>,
    pub(super) from: Point,
    pub(super) to: Point,
    pub(super) sector: Option<String>,
}

/// Where a street meets another.
#[derive(Debug, Clone)]
pub(super) struct Crossing {
    pub(super) other: usize,
    pub(super) at: Point,
    pub(super) sector: Option<String>,
}

/// A street.
#[derive(Debug, Clone)]
pub(super) struct Street {
    pub(super) id: String,
    pub(super) label: Bilingual<String>,
    pub(super) stretches: Vec<Stretch>,
    pub(super) crossings: Vec<Crossing>,
}

impl Street {
    /// Finds a door: its position and sector.
    pub(super) fn door(&self, number: u32) -> Option<(Point, Option<&str>)> {
        let numbered = self.stretches.iter().any(|s| s.numbers.is_some());
        let stretch = if numbered {
            let holds = |s: &&Stretch| s.numbers.is_some_and(|(a, b)| (a..=b).contains(&number));
            self.stretches.iter().find(holds)?
        } else {
            self.stretches.get(self.stretches.len() / 2)?
        };
        Some((stretch.position(number), stretch.sector.as_deref()))
    }

    /// Gives the middle of the street, and its sector where all of it lies in one.
    pub(super) fn middle(&self) -> Option<(Point, Option<&str>)> {
        let stretch = self.stretches.get(self.stretches.len() / 2)?;
        let sector = stretch.sector.as_deref();
        let one = self.stretches.iter().all(|s| s.sector.as_deref() == sector);
        let middle = between(stretch.from, stretch.to, 0.5);
        Some((middle, sector.filter(|_| one)))
    }

    /// Finds the crossing with another street.
    pub(super) fn crossing(&self, other: usize) -> Option<&Crossing> {
        self.crossings.iter().find(|crossing| crossing.other == other)
    }
}

impl Stretch {
    fn position(&self, number: u32) -> Point {
        let Some((first, last)) = self.numbers else {
            return between(self.from, self.to, 0.5);
        };
        let span = f64::from(last.saturating_sub(first).max(1));
        let share = f64::from(number.saturating_sub(first)) / span;
        between(self.from, self.to, share.clamp(0.0, 1.0))
    }

    /// Gives the number at a share of the way.
    pub(super) fn number_at(&self, share: f64) -> Option<u32> {
        let (first, last) = self.numbers?;
        let steps = (share * f64::from(last - first)).round();
        // The share is within 0 and 1, so the sum stays within the range.
        (first..=last).find(|number| f64::from(number - first) >= steps)
    }
}

/// Gives the point at a share of the way between two points.
pub(super) fn between(from: Point, to: Point, share: f64) -> Point {
    Point {
        lat: (to.lat - from.lat).mul_add(share, from.lat),
        lon: (to.lon - from.lon).mul_add(share, from.lon),
    }
}

/// A flat map in metres around one latitude: good to a few centimetres within a city.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flat {
    lon_metres: f64,
}

impl Flat {
    pub(super) fn around(lat: f64) -> Self {
        Self { lon_metres: DEGREE_METRES * lat.to_radians().cos() }
    }

    fn xy(self, at: Point) -> (f64, f64) {
        (at.lon * self.lon_metres, at.lat * DEGREE_METRES)
    }

    /// Gives how far a point lies from a line between two others, and at which share of the way.
    pub(super) fn off(self, at: Point, from: Point, to: Point) -> (f64, f64) {
        let ((px, py), (ax, ay), (bx, by)) = (self.xy(at), self.xy(from), self.xy(to));
        let (dx, dy) = (bx - ax, by - ay);
        let length2 = dx * dx + dy * dy;
        let share = if length2 > 0.0 {
            (((px - ax) * dx + (py - ay) * dy) / length2).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let (x, y) = (share.mul_add(dx, ax), share.mul_add(dy, ay));
        ((px - x).hypot(py - y), share)
    }

    /// Finds where two stretches cross, or come close enough.
    fn meet(self, a: &Stretch, b: &Stretch) -> Option<Point> {
        if let Some(at) = self.cut(a, b) {
            return Some(at);
        }
        let ends = [(a.from, b), (a.to, b), (b.from, a), (b.to, a)];
        let near = ends.into_iter().map(|(end, other)| {
            let (metres, share) = self.off(end, other.from, other.to);
            (metres, between(other.from, other.to, share))
        });
        near.min_by(|x, y| x.0.total_cmp(&y.0))
            .filter(|(metres, _)| *metres <= CROSSING_METRES)
            .map(|(_, at)| at)
    }

    fn cut(self, a: &Stretch, b: &Stretch) -> Option<Point> {
        let ((ax, ay), (bx, by)) = (self.xy(a.from), self.xy(a.to));
        let ((cx, cy), (dx, dy)) = (self.xy(b.from), self.xy(b.to));
        let (rx, ry, sx, sy) = (bx - ax, by - ay, dx - cx, dy - cy);
        let cross = rx * sy - ry * sx;
        if cross.abs() < f64::EPSILON {
            return None;
        }
        let t = ((cx - ax) * sy - (cy - ay) * sx) / cross;
        let u = ((cx - ax) * ry - (cy - ay) * rx) / cross;
        let on_both = (0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u);
        on_both.then(|| between(a.from, a.to, t))
    }
}

/// Gathers the rows of each street and finds where streets cross.
pub(super) fn build(rows: &[PlaceRow]) -> Vec<Street> {
    let mut streets: Vec<Street> = Vec::new();
    let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.kind == PlaceRowKind::Street) {
        let id = fold(&row.name).replace(' ', "-");
        let at = *by_id.entry(id.clone()).or_insert_with(|| {
            streets.push(Street {
                id,
                label: label(row),
                stretches: Vec::new(),
                crossings: Vec::new(),
            });
            streets.len() - 1
        });
        if let Some(street) = streets.get_mut(at) {
            street.stretches.push(Stretch {
                numbers: row.numbers.filter(|(a, b)| a <= b),
                from: row.at,
                to: row.to.unwrap_or(row.at),
                sector: row.sector.clone(),
            });
        }
    }
    cross(&mut streets);
    streets
}

/// Names a row in both languages; English falls back on the official name.
pub(super) fn label(row: &PlaceRow) -> Bilingual<String> {
    let en = row.name_en.clone();
    Bilingual { fr: row.name.clone(), en: en.unwrap_or_else(|| raised(&row.name, Language::En)) }
}

fn cross(streets: &mut [Street]) {
    let Some(first) = streets.first().and_then(|s| s.stretches.first()) else {
        return;
    };
    let flat = Flat::around(first.from.lat);
    let mut found: Vec<(usize, Crossing)> = Vec::new();
    for (a, street) in streets.iter().enumerate() {
        for (b, other) in streets.iter().enumerate().skip(a + 1) {
            if let Some((at, here, there)) = meeting(flat, street, other) {
                let crossing = |other, sector| Crossing { other, at, sector };
                found.push((a, crossing(b, here)));
                found.push((b, crossing(a, there)));
            }
        }
    }
    for (at, crossing) in found {
        if let Some(street) = streets.get_mut(at) {
            street.crossings.push(crossing);
        }
    }
}

type Meeting = (Point, Option<String>, Option<String>);

fn meeting(flat: Flat, a: &Street, b: &Street) -> Option<Meeting> {
    let pairs = a.stretches.iter().flat_map(|x| b.stretches.iter().map(move |y| (x, y)));
    pairs
        .filter(|(x, y)| boxes_touch(x, y))
        .find_map(|(x, y)| Some((flat.meet(x, y)?, x.sector.clone(), y.sector.clone())))
}

/// Passes over pairs that are far apart, cheaply: most of a city's pairs are.
fn boxes_touch(a: &Stretch, b: &Stretch) -> bool {
    /// About 30 metres of latitude, and 20 of longitude at our latitudes.
    const SLACK_DEGREES: f64 = 0.000_27;
    let apart = |a1: f64, a2: f64, b1: f64, b2: f64| {
        a1.max(a2) + SLACK_DEGREES < b1.min(b2) || b1.max(b2) + SLACK_DEGREES < a1.min(a2)
    };
    !apart(a.from.lat, a.to.lat, b.from.lat, b.to.lat)
        && !apart(a.from.lon, a.to.lon, b.from.lon, b.to.lon)
}
