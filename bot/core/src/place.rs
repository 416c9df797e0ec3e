//! A place in the city, as found in the city's own list of streets, parks and landmarks.

use serde::{Deserialize, Serialize};

use crate::lang::Bilingual;

/// What sort of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// A door number on a street.
    Address,
    /// Two streets that cross.
    Intersection,
    /// A whole street.
    Street,
    /// A park.
    Park,
    /// A building or spot that people know by name.
    Landmark,
    /// A position on the map, with no name of its own.
    Point,
}

/// A position in degrees, WGS 84.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Latitude, north positive.
    pub lat: f64,
    /// Longitude, east positive.
    pub lon: f64,
}

/// Mean radius of the earth, in metres.
const EARTH_RADIUS_METRES: f64 = 6_371_008.8;

impl Point {
    /// Makes a position.
    ///
    /// `None` where a number is not finite or not on the globe.
    #[must_use]
    pub fn new(lat: f64, lon: f64) -> Option<Self> {
        ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon))
            .then_some(Self { lat, lon })
    }

    /// Gives the distance to another position in metres (haversine formula).
    #[must_use]
    pub fn metres_to(self, other: Self) -> f64 {
        let (phi_a, phi_b) = (self.lat.to_radians(), other.lat.to_radians());
        let d_phi = phi_b - phi_a;
        let d_lambda = (other.lon - self.lon).to_radians();
        let h = (d_phi / 2.0).sin().powi(2)
            + phi_a.cos() * phi_b.cos() * (d_lambda / 2.0).sin().powi(2);
        2.0 * EARTH_RADIUS_METRES * h.sqrt().min(1.0).asin()
    }
}

/// A place that the city's list knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// What sort of place it is.
    pub kind: PlaceKind,
    /// How it is written: "12, rue Cartier".
    pub label: Bilingual<String>,
    /// The door number, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// The street's id in the city's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// The crossing street's id, for an intersection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cross: Option<String>,
    /// The sector of the city it lies in, which decides collection days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// Where it is.
    pub at: Point,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_globe() {
        let quebec = Point::new(46.8139, -71.2080).unwrap();
        let montreal = Point::new(45.5019, -73.5674).unwrap();
        let km = quebec.metres_to(montreal) / 1_000.0;
        assert!((km - 233.0).abs() < 2.0, "{km}");
        assert!(quebec.metres_to(quebec) < 0.001);
        assert!(Point::new(f64::NAN, 0.0).is_none());
        assert!(Point::new(91.0, 0.0).is_none());
    }
}
