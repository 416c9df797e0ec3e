//! What a city's package teaches its understanding.

use bot_core::Bilingual;
use flows::City;
use flows::model::city::PlaceRowKind;
use flows::model::intent::{Example, OUT_OF_SCOPE};
use nlu::{EmergencyLesson, IntentLesson, Lesson, PlaceRow};

/// Gives a city's lesson.
#[must_use]
pub fn of_city(city: &City) -> Lesson {
    let texts = |list: &Vec<Example>| list.iter().map(|example| example.text.clone()).collect();
    let pair = |examples: &Bilingual<Vec<Example>>| Bilingual {
        fr: texts(&examples.fr),
        en: texts(&examples.en),
    };
    let (stray, useful): (Vec<_>, Vec<_>) =
        city.intents.values().partition(|intent| intent.name == OUT_OF_SCOPE);
    Lesson {
        intents: useful
            .into_iter()
            .map(|intent| IntentLesson {
                name: intent.name.clone(),
                command: intent.command,
                examples: with_title(pair(&intent.examples), &intent.title),
                not: pair(&intent.not),
            })
            .collect(),
        out_of_scope: stray.first().map(|intent| pair(&intent.examples)).unwrap_or_default(),
        emergencies: city
            .info
            .emergencies
            .iter()
            .map(|emergency| EmergencyLesson {
                id: emergency.id.clone(),
                words: emergency.words.clone(),
                unless: emergency.unless.clone(),
            })
            .collect(),
        places: city.places.iter().map(place).collect(),
        outside: city.info.neighbours.clone(),
        bounds: city.info.bounds.map(|b| nlu::Bounds {
            south: b.south,
            west: b.west,
            north: b.north,
            east: b.east,
        }),
        zone: city.info.zone.clone(),
    }
}

/// What stands on a button is also typed, and said on the phone.
fn with_title(
    mut examples: Bilingual<Vec<String>>,
    title: &Bilingual<String>,
) -> Bilingual<Vec<String>> {
    let Bilingual { fr, en } = &mut examples;
    for (list, title) in [(fr, &title.fr), (en, &title.en)] {
        if !list.contains(title) {
            list.push(title.clone());
        }
    }
    examples
}

fn place(row: &flows::model::city::PlaceRow) -> PlaceRow {
    PlaceRow {
        kind: match row.kind {
            PlaceRowKind::Street => nlu::PlaceRowKind::Street,
            PlaceRowKind::Park => nlu::PlaceRowKind::Park,
            PlaceRowKind::Landmark => nlu::PlaceRowKind::Landmark,
        },
        name: row.name.clone(),
        name_en: row.name_en.clone(),
        numbers: row.numbers,
        at: row.at,
        to: row.to,
        sector: row.sector.clone(),
        aliases: row.aliases.clone(),
    }
}
