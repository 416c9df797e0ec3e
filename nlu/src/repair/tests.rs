//! What is put right in transcripts and what is left, with the demo city's places.

use super::*;
use crate::fixture;
use crate::lesson::{Lesson, PlaceRow, PlaceRowKind};
use bot_core::place::Point;
use proptest::prelude::*;
use std::sync::LazyLock;

static CITY: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::new(&lesson()));

/// The sentences of the small city and the places of the demo city.
fn lesson() -> Lesson {
    let streets = include_str!("../../../flows/sainte-aurore/places/streets.csv");
    let places = include_str!("../../../flows/sainte-aurore/places/places.csv");
    let rows = [streets, places].into_iter().flat_map(|file| file.lines().skip(1));
    Lesson { places: rows.map(row).collect(), ..fixture::lesson() }
}

fn row(line: &str) -> PlaceRow {
    let cells: Vec<&str> = line.split(',').collect();
    let [kind, name, name_en, from, to, lat, lon, to_lat, to_lon, sector, aliases] = cells[..]
    else {
        panic!("{line}");
    };
    let point = |lat: &str, lon: &str| Point::new(lat.parse().ok()?, lon.parse().ok()?);
    let text = |cell: &str| Some(cell.to_owned()).filter(|cell| !cell.is_empty());
    PlaceRow {
        kind: match kind {
            "street" => PlaceRowKind::Street,
            "park" => PlaceRowKind::Park,
            "landmark" => PlaceRowKind::Landmark,
            _ => panic!("{line}"),
        },
        name: name.to_owned(),
        name_en: text(name_en),
        numbers: from.parse().ok().zip(to.parse().ok()),
        at: point(lat, lon).unwrap(),
        to: point(to_lat, to_lon),
        sector: text(sector),
        aliases: aliases.split('|').filter_map(text).collect(),
    }
}

/// Reads a transcript, in which ‹words› were heard with doubt, and ‹‹words›› guessed.
fn heard(text: &str) -> Vec<HeardWord<'_>> {
    let word = |text| match str::strip_prefix(text, "‹‹").and_then(|text| text.strip_suffix("››"))
    {
        Some(text) => HeardWord { text, probability: 0.1 },
        None => doubted(text),
    };
    text.split(' ').map(word).collect()
}

fn doubted(text: &str) -> HeardWord<'_> {
    match str::strip_prefix(text, '‹').and_then(|text| text.strip_suffix('›')) {
        Some(text) => HeardWord { text, probability: 0.4 },
        None => HeardWord { text, probability: 0.95 },
    }
}

fn check(lang: Language, cases: &[(&str, &str)]) {
    let faults = cases.iter().filter_map(|(text, wanted)| {
        let words = heard(text);
        let found = repaired(&words, &repair(&words, lang, &CITY));
        let plain = repaired(&words, &[]);
        let wanted = if wanted.is_empty() { &plain } else { *wanted };
        (found != wanted).then(|| format!("{text}\n  gives  {found}\n  wanted {wanted}"))
    });
    let faults: Vec<String> = faults.collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn french_is_put_right() {
    check(
        Language::Fr,
        &[
            ("un trou dans la rue cartié", "un trou dans la rue Cartier"),
            ("c'est sur la rue ‹fraisée.›", "c'est sur la rue Fraser."),
            ("devant le douze ‹recartier.›", "devant le 12 rue Cartier."),
            ("c'est le 54 ‹ruganions,› merci", "c'est le 54 rue Gagnon, merci"),
            ("j'habite au numéro 8, ‹Rubensko.›", "j'habite au numéro 8, rue Bonsecours."),
            ("le 2116 ‹bruit› ‹paquette›", "le 2116 rue Paquette"),
            ("au 1142 rue des ‹lillas.›", "au 1142 rue des Lilas."),
            ("le boulevard ‹Loriet› est bloqué", "le boulevard Laurier est bloqué"),
            ("avenue ‹tremblés›", "avenue Tremblay"),
            ("sur l'avenue des ‹érable›", "sur l'avenue des Érables"),
            ("la balançoire du parc des ‹pionnié›", "la balançoire du parc des Pionniers"),
            ("au ‹par› des ‹pionniers.›", "au parc des Pionniers."),
            ("de la vitre au ‹parla› ‹fond.›", "de la vitre au parc Lafond."),
            ("à la bibliothèque ‹Marie-Gérain›", "à la bibliothèque Marie-Gérin"),
            ("au 67 rue de ‹leglis›", "au 67 rue de l'Église"),
            ("devant le neuf ‹fre› de l'église.", "devant le 9 rue de l'Église."),
            ("au cent vingt-trois rue Saint-Jean", "au 123 rue Saint-Jean"),
            ("deux mille cent dix-huit, rue Pelletier", "2118, rue Pelletier"),
            ("le douze, rue Cartier.", "le 12, rue Cartier."),
            ("mon code est g un a deux b trois.", "mon code est G1A 2B3."),
            ("c'est G, un, A, deux, B, trois", "c'est G1A 2B3"),
            ("g1a 2b3", "G1A 2B3"),
            ("gé un a deux bé trois", "G1A 2B3"),
            (
                "rappelez-moi au quatre un huit, cinq cinq cinq, zéro un un neuf.",
                "rappelez-moi au 418-555-0119.",
            ),
            ("mon numéro, 418, 555, 01 19, merci", "mon numéro, 418-555-0119, merci"),
            ("quatre cent dix-huit cinq cent cinquante-cinq zéro cent dix-neuf", "418-555-0119"),
        ],
    );
}

#[test]
fn english_is_put_right() {
    check(
        Language::En,
        &[
            ("a pothole on ‹Freezer› Street", "a pothole on Fraser Street"),
            ("at 45 ‹Frasier› Street.", "at 45 Fraser Street."),
            ("in front of twelve rue Cartier", "in front of 12 rue Cartier"),
            ("twenty one eighteen rue Pelletier", "2118 rue Pelletier"),
            ("the 2,100 and 36 ‹Tybald› Street.", "the 2136 Thibault Street."),
            ("at 2000, 118 rue Pelletier", "at 2118 rue Pelletier"),
            ("snow at 14 ‹mil› ‹mode.›", "snow at 14 Mill Road."),
            ("the swing at ‹Pioneer› Park", "the swing at Pioneers Park"),
            ("in ‹Lafon› Park.", "in Lafond Park."),
            ("on ‹Gannon› Street", "on Gagnon Street"),
            ("at 22 ‹Tremblé› Avenue", "at 22 Tremblay Avenue"),
            ("my code is gee one a two bee three", "my code is G1A 2B3"),
            ("call four one eight, five five five, oh one one nine", "call 418-555-0119"),
            ("four one eight, triple five, zero one one nine.", "418-555-0119."),
        ],
    );
}

#[test]
fn what_is_right_or_doubtful_stays() {
    check(
        Language::Fr,
        &[
            ("la rue est fermée", ""),
            ("la rue est barrée depuis hier", ""),
            ("il y a un trou dans la rue", ""),
            ("une rue sombre et un trottoir glissant", ""),
            ("12, rue Cartier", ""),
            ("devant le 45 rue Fraser.", ""),
            ("au parc Lafond", ""),
            ("le parc de la ville est sale", ""),
            ("le parc est fermé", ""),
            ("j'ai douze arbres devant chez moi", ""),
            ("il est huit heures et quart", ""),
            ("le 418-555-0119", ""),
            ("un deux trois quatre", ""),
            ("ma place de stationnement est prise", ""),
            ("la collecte du 12 ‹septembre›", ""),
            ("trois ‹bruyants› voisins", ""),
            ("ramassé aux 100 ans de ‹‹3›› ‹Russes› ‹agents.›", ""),
            ("les 200 et 12 rue Cartier", ""),
            ("l'école est proche", ""),
            ("le boulevard est bloqué par la neige", ""),
            ("au bord de la route", ""),
            ("le dossier vingt-six zéro zéro un deux trois quatre sept", ""),
        ],
    );
    check(
        Language::En,
        &[
            ("the street is closed", ""),
            ("the park is dirty and the street light is out", ""),
            ("there are twelve trees on my street", ""),
            ("a dog in the street", ""),
            ("45 Fraser Street", ""),
            ("at eight o'clock on Monday", ""),
            ("the main road is blocked", ""),
            ("on the road to the airport", ""),
            ("call 418-555-0119 please", ""),
        ],
    );
}

#[test]
fn repairs_tell_their_words_and_their_kind() {
    let words = heard("le douze ‹recartier,› ou le parc ‹Lafon.› Appelez 418, 555, 0119");
    let repairs = repair(&words, Language::Fr, &CITY);
    let told: Vec<_> = repairs.iter().map(|one| (one.words.clone(), one.kind)).collect();
    assert_eq!(
        told,
        [
            (1..2, RepairKind::Number),
            (2..3, RepairKind::Street),
            (6..7, RepairKind::Place),
            (8..11, RepairKind::Phone),
        ]
    );
}

#[test]
fn a_city_without_places_repairs_numbers_alone() {
    let nowhere = Gazetteer::new(&Lesson::default());
    let words = heard("le douze ‹recartier,› g un a deux b trois");
    let repairs = repair(&words, Language::Fr, &nowhere);
    assert_eq!(repaired(&words, &repairs), "le douze recartier, G1A 2B3");
    assert!(repair(&[], Language::Fr, &nowhere).is_empty());
}

#[test]
fn a_long_message_is_put_right_to_its_end() {
    let text = vec!["il fait froid"; 200].join(" ") + " au douze ‹recartier.›";
    let words = heard(&text);
    let found = repaired(&words, &repair(&words, Language::Fr, &CITY));
    assert!(found.ends_with("froid au 12 rue Cartier."), "{found}");
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "rue",
            "street",
            "parc",
            "douze",
            "12",
            "cartié",
            "‹pionnié›",
            "des",
            "l'église,",
            "au",
            "g",
            "un",
            "a",
            "deux",
            "b",
            "trois.",
            "quatre",
            "huit",
            "418",
            "555-0119",
            "Saint-Jean",
            "park",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,6}",
    ]
}

proptest! {
    #[test]
    fn repairs_are_in_order_and_leave_the_rest(
        words in prop::collection::vec((word(), 0.0_f32..1.0), 0..24),
        is_french in any::<bool>(),
    ) {
        let heard: Vec<HeardWord<'_>> =
            words.iter().map(|(text, probability)| HeardWord { text, probability: *probability }).collect();
        let lang = if is_french { Language::Fr } else { Language::En };
        let repairs = repair(&heard, lang, &CITY);
        let mut from = 0;
        let mut wanted = Vec::new();
        for repair in &repairs {
            prop_assert!(from <= repair.words.start && repair.words.start < repair.words.end);
            prop_assert!(repair.words.end <= heard.len() && !repair.text.is_empty());
            wanted.extend(heard[from..repair.words.start].iter().map(|word| word.text));
            wanted.push(&repair.text);
            from = repair.words.end;
        }
        wanted.extend(heard[from..].iter().map(|word| word.text));
        prop_assert_eq!(repaired(&heard, &repairs), wanted.join(" "));
    }
}
