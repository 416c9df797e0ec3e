//! A pin on the map: what stands nearest.

use bot_core::place::{Place, PlaceKind, Point};
use bot_core::slot::Refusal;
use bot_core::understanding::Heard;
use bot_core::{Bilingual, Value};

use super::Gazetteer;
use super::label::door_label;
use super::streets::{Flat, Street, Stretch};

/// Up to here a pin stands for the door nearest to it.
const DOOR_METRES: f64 = 40.0;
/// Up to here a pin stands for the park or building nearest to it, if no door is nearer.
const SPOT_METRES: f64 = 60.0;
/// Beyond this from every street, a pin is described by its position alone.
const NEAR_METRES: f64 = 1_500.0;

impl Gazetteer {
    /// Reads a pin on the map: the nearest door, park or building, or a refusal where it lies
    /// outside the city.
    #[must_use]
    pub fn at(&self, point: Point) -> Heard {
        if self.bounds.is_some_and(|bounds| !bounds.holds(point)) {
            return Heard::Refused { refusal: Refusal::Outside, candidates: Vec::new() };
        }
        Heard::Value(Value::Address(Box::new(self.pinned(point))))
    }

    fn pinned(&self, point: Point) -> Place {
        let street = self.nearest_street(point);
        let spot = self.nearest_spot(point);
        let door_metres = street.as_ref().map_or(f64::MAX, |near| near.metres);
        if let Some((metres, place)) = spot
            && metres <= SPOT_METRES
            && metres < door_metres
        {
            return Place { at: point, ..place };
        }
        match street.filter(|near| near.metres <= NEAR_METRES) {
            Some(near) => near.place(point),
            None => Place {
                kind: PlaceKind::Point,
                label: Bilingual::same(&format!("{:.5}, {:.5}", point.lat, point.lon)),
                number: None,
                street: None,
                cross: None,
                sector: None,
                at: point,
            },
        }
    }

    fn nearest_street(&self, point: Point) -> Option<Near<'_>> {
        let flat = Flat::around(point.lat);
        let stretches = self
            .streets
            .iter()
            .flat_map(|street| street.stretches.iter().map(move |stretch| (street, stretch)));
        let near = stretches.map(|(street, stretch)| {
            let (metres, share) = flat.off(point, stretch.from, stretch.to);
            Near { street, stretch, metres, share }
        });
        near.min_by(|a, b| a.metres.total_cmp(&b.metres))
    }

    fn nearest_spot(&self, point: Point) -> Option<(f64, Place)> {
        let metres = |at: usize| self.spots.get(at).map(|spot| spot.at.metres_to(point));
        let near = (0..self.spots.len()).filter_map(|at| Some((metres(at)?, at)));
        let (metres, at) = near.min_by(|a, b| a.0.total_cmp(&b.0))?;
        Some((metres, self.spot(at)?))
    }
}

struct Near<'a> {
    street: &'a Street,
    stretch: &'a Stretch,
    metres: f64,
    share: f64,
}

impl Near<'_> {
    fn place(&self, point: Point) -> Place {
        let number = self.stretch.number_at(self.share);
        let exact = self.metres <= DOOR_METRES;
        let label = number
            .map_or_else(|| self.street.label.clone(), |number| door_label(self.street, number));
        let near =
            Bilingual { fr: format!("près de : {}", label.fr), en: format!("near {}", label.en) };
        Place {
            kind: match (exact, number) {
                (true, Some(_)) => PlaceKind::Address,
                (true, None) => PlaceKind::Street,
                (false, _) => PlaceKind::Point,
            },
            label: if exact { label } else { near },
            number: number.filter(|_| exact),
            street: Some(self.street.id.clone()),
            cross: None,
            sector: self.stretch.sector.clone(),
            at: point,
        }
    }
}
