//! The demo city is without fault.

use crate::package::{demo_folder, read};

#[test]
fn the_demo_city_has_no_fault() {
    let loaded = flows::load(&read(&demo_folder()));
    let faults: Vec<String> = loaded.faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn the_demo_citys_sentences_go_to_rasa_and_back() {
    let city = flows::load(&read(&demo_folder())).city.unwrap();
    for lang in bot_core::Language::ALL {
        let there = flows::rasa::write(&city, lang);
        let back = flows::rasa::read("nlu.yml", &there).unwrap();
        assert_eq!(back.notes, []);
        assert_eq!(back.intents.len(), city.intents.len());
        let mut n_marked = 0;
        for (name, sentences) in back.intents {
            let examples = city.intents[&name].examples.get(lang);
            let texts: Vec<&str> = sentences.iter().map(|s| s.text.as_str()).collect();
            let wanted: Vec<&str> = examples.iter().map(|e| e.text.as_str()).collect();
            assert_eq!(texts, wanted, "{name}");
            for (sentence, example) in sentences.iter().zip(examples) {
                assert_eq!(sentence.marked.matches("](").count(), example.annotations.len());
                n_marked += example.annotations.len();
            }
        }
        assert!(n_marked > 100, "{n_marked}");
    }
}

/// A file made of what came along is one that the linter reads.
#[test]
fn an_imported_intent_is_read_as_the_citys_own() {
    let mut package = read(&demo_folder());
    let city = flows::load(&package).city.unwrap();
    let imported = bot_core::Bilingual::from_fn(|lang| {
        let there = flows::rasa::write(&city, lang);
        flows::rasa::read("nlu.yml", &there).unwrap().intents
    });
    for name in city.intents.keys() {
        let examples = bot_core::Bilingual::from_fn(|lang| imported.get(lang)[name].clone());
        let path = format!("intents/{name}.yml");
        package.files.insert(path, flows::rasa::intent_file(name, &examples));
    }
    let again = flows::load(&package);
    // Commands are not part of a training file: what starts nothing now is a command's intent.
    for fault in &again.faults {
        assert!(fault.what.ends_with("starts nothing"), "{fault}");
    }
    assert!(!again.faults.is_empty());
}
