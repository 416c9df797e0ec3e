//! Pins on the map, and what the list of places knows by itself.

use super::*;
use crate::fixture;
use bot_core::place::Point;
use std::sync::LazyLock;

static CITY: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::new(&fixture::lesson()));

fn place(text: &str) -> Place {
    match &CITY.find(text)[0].heard {
        Heard::Value(value) => value.as_place().unwrap().clone(),
        Heard::Refused { refusal, .. } => panic!("{text}: {refusal}"),
    }
}

fn pinned(lat: f64, lon: f64) -> Place {
    match CITY.at(Point::new(lat, lon).unwrap()) {
        Heard::Value(value) => value.as_place().unwrap().clone(),
        Heard::Refused { refusal, .. } => panic!("{lat} {lon}: {refusal}"),
    }
}

#[test]
fn doors_lie_in_order_along_their_street() {
    let (low, middle, high) =
        (place("1 rue Cartier"), place("90 rue Cartier"), place("180 rue Cartier"));
    let whole = low.at.metres_to(high.at);
    let half = low.at.metres_to(middle.at);
    assert!((half / whole - 0.5).abs() < 0.02, "{half} of {whole}");
    assert_eq!(middle.street.as_deref(), Some("rue-cartier"));
    assert_eq!(middle.number, Some(90));
    assert!(middle.sector.is_some());
}

#[test]
fn labels_follow_the_language() {
    let door = place("12 rue Cartier");
    assert_eq!(
        (door.label.fr.as_str(), door.label.en.as_str()),
        ("12, rue Cartier", "12 Rue Cartier")
    );
    let main = place("12 Main Street");
    assert_eq!(
        (main.label.fr.as_str(), main.label.en.as_str()),
        ("12, rue Principale", "12 Main Street")
    );
    let corner = place("coin Fraser et Cartier");
    assert_eq!(corner.label.fr, "rue Fraser / rue Cartier");
    assert_eq!(
        (corner.street.as_deref(), corner.cross.as_deref()),
        (Some("rue-fraser"), Some("rue-cartier"))
    );
    let park = place("Birch Park");
    assert_eq!(
        (park.label.fr.as_str(), park.label.en.as_str()),
        ("parc des Bouleaux", "Birch Park")
    );
}

#[test]
fn a_pin_stands_for_the_nearest_door() {
    let door = place("90 rue Cartier");
    let pin = pinned(door.at.lat, door.at.lon);
    assert_eq!(pin.kind, PlaceKind::Address);
    assert_eq!(pin.street.as_deref(), Some("rue-cartier"));
    assert!(pin.number.unwrap().abs_diff(90) <= 1, "{:?}", pin.number);
    assert_eq!(pin.at, door.at);
}

#[test]
fn a_pin_in_a_park_stands_for_the_park() {
    let park = place("parc Lafond");
    let pin = pinned(park.at.lat, park.at.lon);
    assert_eq!((pin.kind, pin.label.fr.as_str()), (PlaceKind::Park, "parc Lafond"));
}

#[test]
fn a_pin_in_the_fields_is_near_something_or_a_position() {
    let pin = pinned(46.790, -71.470);
    assert_eq!(pin.kind, PlaceKind::Point);
    assert_eq!(pin.number, None);
    let door = place("90 rue Cartier");
    // Some 90 metres off.
    let near = pinned(door.at.lat + 0.000_8, door.at.lon);
    assert!(near.label.fr.starts_with("près de") || near.kind != PlaceKind::Point, "{near:?}");
}

#[test]
fn a_pin_out_of_bounds_is_refused() {
    let far = CITY.at(Point::new(45.5, -73.57).unwrap());
    assert_eq!(far, refused(Refusal::Outside, Vec::new()));
}

#[test]
fn crossings_are_mutual() {
    for (at, street) in CITY.streets.iter().enumerate() {
        for crossing in &street.crossings {
            let back = CITY.streets[crossing.other].crossing(at);
            let back = back.unwrap_or_else(|| panic!("{} is not crossed back", street.id));
            assert!(back.at.metres_to(crossing.at) < 1.0);
        }
    }
}

#[test]
fn an_empty_city_knows_no_place() {
    let nowhere = Gazetteer::new(&Lesson::default());
    assert!(matches!(
        nowhere.find("12 rue Cartier").as_slice(),
        [Entity { heard: Heard::Refused { refusal: Refusal::NotFound, .. }, .. }]
    ));
    assert!(nowhere.find("bonjour").is_empty());
    let pin = nowhere.at(Point::new(46.8, -71.2).unwrap());
    assert!(matches!(pin, Heard::Value(_)));
}
