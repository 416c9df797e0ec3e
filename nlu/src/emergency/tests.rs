//! What is an emergency and what only sounds like one; more in `tests/data/confusing`.

use super::*;
use bot_core::Bilingual;

fn find(text: &str) -> Option<String> {
    let lesson = Lesson {
        emergencies: vec![
            EmergencyLesson {
                id: "gas".to_owned(),
                words: Bilingual {
                    fr: vec!["odeur de gaz".to_owned(), "il a un fusil".to_owned()],
                    en: vec!["smell of gas".to_owned()],
                },
                unless: Bilingual { fr: vec!["station de gaz".to_owned()], en: Vec::new() },
            },
            EmergencyLesson {
                id: "fire".to_owned(),
                words: Bilingual { fr: vec!["maison est en feu".to_owned()], en: Vec::new() },
                unless: Bilingual::default(),
            },
        ],
        ..Lesson::default()
    };
    Emergencies::new(&lesson).find(&Reading::of(text))
}

#[test]
fn phrases_are_found_with_slips_and_small_gaps() {
    for (text, id) in [
        ("odeur de gaz", Some("gas")),
        ("ODEUR DE GAZ!!!", Some("gas")),
        ("une odeur forte de gaz", Some("gas")),
        ("odeur gaz", Some("gas")),
        ("oddeur de gaz", Some("gas")),
        ("strong smell of gas here", Some("gas")),
        ("la maison est en feu", Some("fire")),
        ("maison en feu", Some("fire")),
        ("odeur. de gaz", None),
        ("odeur de pain et de gaz", None),
        ("odeur pas de gaz", None),
        ("pas d'odeur de gaz", None),
        ("no smell of gas", None),
        ("odeur de gaz à la station de gaz", None),
        ("odeur", None),
        ("gaz", None),
        ("il cherche un fusil", None),
        ("feu", None),
        ("", None),
    ] {
        assert_eq!(find(text).as_deref(), id, "{text}");
    }
}
