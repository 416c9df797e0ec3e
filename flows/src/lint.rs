//! What must hold before a city goes live: rules over the whole package.
//!
//! The rules are those of section 4 of the flow language; each file holds those of one subject.

mod assigned;
mod channels;
mod graph;
mod intents;
mod migrations;
mod outcomes;
mod services;
mod talks;
mod texts;
mod typing;
mod usage;
mod ways;

pub(crate) use graph::{To, edges};

use crate::fault::Faults;
use crate::model::city::City;

/// Checks every rule.
pub(crate) fn check(city: &City, faults: &mut Faults) {
    for flow in city.flows.values() {
        outcomes::check(city, flow, faults);
        channels::check(flow, faults);
        typing::check(city, flow, faults);
        migrations::check(city, flow, faults);
    }
    ways::check(city, faults);
    assigned::check(city, faults);
    services::check(city, faults);
    intents::check(city, faults);
    texts::check(city, faults);
    talks::check(city, faults);
    usage::check(city, faults);
}
