//! What a voicemail is about: subject, place, number, urgency, and how surely each was understood.

use bot_core::contact::Contact;
use bot_core::understanding::{Heard as HeardValue, Outcome, Understanding};
use bot_core::voicemail::{Draft, Heard, Verdict};
use bot_core::{Channel, Phone, Place, UnixMs, Value};
use bot_engine::Session;
use flows::City;
use flows::model::service::PlaceNeed;

use crate::town::Town;
use crate::turn::understood;

/// A place below it is asked again.
const SURE_PLACE_P: f32 = 0.75;
/// An option of a question below it is left out.
const SURE_OPTION_P: f32 = 0.8;
/// A number below it is not believed: the caller's own is called back.
const SURE_NUMBER_P: f32 = 0.75;
/// Of all words, so many may be doubtful for the rest to be believed.
const MAX_DOUBTFUL_SHARE: f64 = 0.25;

/// Reads what was heard.
pub(super) fn draft(town: &Town, heard: &Heard, caller: &str, now: UnixMs) -> Draft {
    // A caller says the whole thing at once, as nobody has asked anything yet.
    let session = Session::new(Channel::Phone, heard.lang);
    let understanding = understood(town, &session, &heard.text(), now);
    let service = service(&town.city, &understanding);
    let place = place(&understanding);
    let answers = service.as_ref().map(|(code, _)| answers(&town.city, code, &understanding));
    let mut draft = Draft {
        verdict: Verdict::Unsure,
        service,
        place,
        callback: said_number(&understanding).or_else(|| Phone::parse(caller).ok()),
        answers: answers.unwrap_or_default(),
        emergency: understanding.emergency.clone(),
    };
    draft.verdict = verdict(&town.city, heard, understanding.outcome, &draft);
    draft
}

fn service(city: &City, understanding: &Understanding) -> Option<(String, f32)> {
    let best = understanding.best()?;
    let service = city.started_by(&best.intent)?.service?;
    Some((service.code.clone(), best.p))
}

fn place(understanding: &Understanding) -> Option<(Place, f32)> {
    let of_entity = |entity: &bot_core::understanding::Entity| match &entity.heard {
        HeardValue::Value(Value::Address(place)) => Some((place.as_ref().clone(), entity.p)),
        HeardValue::Value(_) | HeardValue::Refused { .. } => None,
    };
    let places = understanding.entities.iter().filter_map(of_entity);
    places.max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Finds a number that the caller has said.
fn said_number(understanding: &Understanding) -> Option<Phone> {
    let mut sure = understanding.entities.iter().filter(|entity| entity.p >= SURE_NUMBER_P);
    sure.find_map(|entity| match &entity.heard {
        HeardValue::Value(Value::Phone(phone) | Value::Contact(Contact::Phone(phone))) => {
            Some(phone.clone())
        }
        HeardValue::Value(_) | HeardValue::Refused { .. } => None,
    })
}

/// Lists the options of a category's questions that were named.
fn answers(city: &City, service: &str, understanding: &Understanding) -> Vec<(String, String)> {
    let sure = understanding.options.iter().filter(|option| option.p >= SURE_OPTION_P);
    sure.filter_map(|option| {
        let question = city.question(service, option.slot.as_deref()?)?;
        question.option(&option.key).map(|_| (question.name.clone(), option.key.clone()))
    })
    .collect()
}

fn verdict(city: &City, heard: &Heard, outcome: Outcome, draft: &Draft) -> Verdict {
    if draft.emergency.is_some() {
        return Verdict::Emergency;
    }
    let service = draft.service.as_ref().and_then(|(code, _)| city.services.get(code));
    let is_clear = outcome == Outcome::Sure
        && !heard.is_doubtful
        && !heard.is_cut
        && heard.doubtful_share() <= MAX_DOUBTFUL_SHARE;
    let Some(service) = service.filter(|service| is_clear && !service.retired) else {
        return Verdict::Unsure;
    };
    let has_place = draft.place.as_ref().is_some_and(|(_, p)| *p >= SURE_PLACE_P);
    if service.place == PlaceNeed::Required && !has_place {
        return Verdict::Partly;
    }
    Verdict::Sure
}
