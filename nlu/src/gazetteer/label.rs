//! Makes the places that the house speaks of: positions, labels, sectors.

use bot_core::place::{Place, PlaceKind, Point};
use bot_core::understanding::MAX_CANDIDATES;
use bot_core::{Bilingual, Language};

use super::Gazetteer;
use super::streets::{Crossing, Street};

/// A park or building.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    pub(super) kind: PlaceKind,
    pub(super) label: Bilingual<String>,
    pub(super) at: Point,
    pub(super) sector: Option<String>,
}

impl Gazetteer {
    /// Makes the place of a door.
    pub(crate) fn door(&self, street: usize, number: u32) -> Option<Place> {
        let street = self.streets.get(street)?;
        let (at, sector) = street.door(number)?;
        Some(Place {
            kind: PlaceKind::Address,
            label: door_label(street, number),
            number: Some(number),
            street: Some(street.id.clone()),
            cross: None,
            sector: sector.map(str::to_owned),
            at,
        })
    }

    /// Makes the place of a crossing.
    pub(crate) fn corner(&self, street: usize, other: usize) -> Option<Place> {
        let first = self.streets.get(street)?;
        let crossing = first.crossing(other)?;
        self.corner_at(first, crossing)
    }

    fn corner_at(&self, first: &Street, crossing: &Crossing) -> Option<Place> {
        let second = self.streets.get(crossing.other)?;
        let label =
            |lang: Language| format!("{} / {}", first.label.get(lang), second.label.get(lang));
        Some(Place {
            kind: PlaceKind::Intersection,
            label: Bilingual::from_fn(label),
            number: None,
            street: Some(first.id.clone()),
            cross: Some(second.id.clone()),
            sector: crossing.sector.clone(),
            at: crossing.at,
        })
    }

    /// Makes the places where a street meets others, in the order of the list, at most
    /// [`MAX_CANDIDATES`] and spread over its length.
    pub(crate) fn corners(&self, street: usize) -> Vec<Place> {
        let Some(street) = self.streets.get(street) else {
            return Vec::new();
        };
        let n_all = street.crossings.len();
        let n_kept = n_all.min(MAX_CANDIDATES);
        let kept = (0..n_kept).filter_map(|at| street.crossings.get(at * n_all / n_kept));
        kept.filter_map(|crossing| self.corner_at(street, crossing)).collect()
    }

    /// Makes the place of a whole street.
    pub(crate) fn street(&self, street: usize) -> Option<Place> {
        let street = self.streets.get(street)?;
        let (at, sector) = street.middle()?;
        Some(Place {
            kind: PlaceKind::Street,
            label: street.label.clone(),
            number: None,
            street: Some(street.id.clone()),
            cross: None,
            sector: sector.map(str::to_owned),
            at,
        })
    }

    /// Makes the place of a park or building.
    pub(crate) fn spot(&self, spot: usize) -> Option<Place> {
        let spot = self.spots.get(spot)?;
        Some(Place {
            kind: spot.kind,
            label: spot.label.clone(),
            number: None,
            street: None,
            cross: None,
            sector: spot.sector.clone(),
            at: spot.at,
        })
    }

    /// Finds a street by its id.
    pub(crate) fn street_of(&self, id: &str) -> Option<usize> {
        self.streets.iter().position(|street| street.id == id)
    }
}

/// Writes "12, rue Cartier" and "12 Rue Cartier".
pub(super) fn door_label(street: &Street, number: u32) -> Bilingual<String> {
    Bilingual {
        fr: format!("{number}, {}", street.label.fr),
        en: format!("{number} {}", street.label.en),
    }
}
