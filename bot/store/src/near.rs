//! Looks for cases around a point: a box first, then the distance.
//!
//! Never here: whether two cases are the same. That is for the flow to ask.

use bot_core::case::Case;
use bot_core::place::Point;
use bot_core::time::UnixMs;

use crate::page::clamp;

/// The most cases that a search around a point looks at, the last filed first.
pub const MAX_NEAR_CANDIDATES: u32 = 1_000;
/// Metres of one degree of latitude; a little too few, so that the box is a little too large.
const METRES_A_DEGREE: f64 = 110_500.0;
/// The smallest share of a degree of latitude that a degree of longitude is taken for.
const MIN_LON_SHARE: f64 = 0.01;

/// Where to look for cases that may be the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Around {
    /// Of these categories; empty stands for any.
    pub services: Vec<String>,
    /// Around this point.
    pub at: Point,
    /// No further away than this.
    pub metres: f64,
    /// Filed at this time or later.
    pub since: UnixMs,
}

/// A case and how far away it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearby {
    /// The case.
    pub case: Case,
    /// The distance.
    pub metres: f64,
}

impl Around {
    /// Gives the south-western and the north-eastern corner of the box that holds every case near
    /// enough.
    #[must_use]
    pub fn corners(&self) -> (Point, Point) {
        let lat = self.metres / METRES_A_DEGREE;
        let farthest_lat = (self.at.lat.abs() + lat).min(90.0);
        let lon = lat / farthest_lat.to_radians().cos().max(MIN_LON_SHARE);
        let corner =
            |sign: f64| Point { lat: self.at.lat + sign * lat, lon: self.at.lon + sign * lon };
        (corner(-1.0), corner(1.0))
    }

    fn nearby(&self, case: Case) -> Option<Nearby> {
        let metres = case.place.as_ref()?.at.metres_to(self.at);
        let is_wanted = self.services.is_empty() || self.services.contains(&case.service);
        (is_wanted && metres <= self.metres).then_some(Nearby { case, metres })
    }
}

/// Picks the cases that are near enough and of the categories wanted, the nearest first.
#[must_use]
pub fn nearest(candidates: impl Iterator<Item = Case>, around: &Around, limit: u32) -> Vec<Nearby> {
    let mut hits: Vec<_> = candidates.filter_map(|case| around.nearby(case)).collect();
    hits.sort_by(|a, b| a.metres.total_cmp(&b.metres).then(a.case.id.cmp(&b.case.id)));
    hits.truncate(clamp(limit) as usize);
    hits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_holds_the_circle() {
        let centre = Point::new(46.8139, -71.2080).unwrap();
        let around = Around { services: Vec::new(), at: centre, metres: 250.0, since: UnixMs(0) };
        let (low, high) = around.corners();
        for edge in [
            Point::new(low.lat, centre.lon),
            Point::new(high.lat, centre.lon),
            Point::new(centre.lat, low.lon),
            Point::new(centre.lat, high.lon),
        ] {
            let metres = centre.metres_to(edge.unwrap());
            assert!((250.0..255.0).contains(&metres), "{metres}");
        }
    }
}
