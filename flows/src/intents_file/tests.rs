//! Sentences come and go, and nothing else changes.

use super::*;
use expect_test::expect;
use proptest::prelude::*;
use std::path::Path;

const FILE: &str = r#"# The clerk's own words.
intent: report_pothole
title: {fr: "Nid-de-poule", en: "Pothole"}
examples:
  fr:
    - "un trou"  # short

    # As people say it.
    - 'un nid-de-poule, "gros"'
    - |
      la rue est
      brisée
  en: ["a hole", "a pothole"]
  not:
    fr: ["un trou dans ma clôture"]
"#;

fn add_example(
    file: &str,
    intent: &str,
    lang: Language,
    sentence: &str,
) -> Result<String, IntentsFileError> {
    add_at(&format!("intents/{intent}.yml"), file, intent, lang, sentence)
}

fn remove_example(
    file: &str,
    intent: &str,
    lang: Language,
    sentence: &str,
) -> Result<String, IntentsFileError> {
    remove_at(&format!("intents/{intent}.yml"), file, intent, lang, sentence)
}

fn add(file: &str, lang: Language, sentence: &str) -> String {
    add_example(file, "report_pothole", lang, sentence).unwrap()
}

/// Adds a sentence, compares the lines that came, and takes it out again.
fn check_added(file: &str, lang: Language, sentence: &str, wanted: &[&str]) {
    let edited = add(file, lang, sentence);
    let old: Vec<&str> = file.lines().collect();
    let new: Vec<&str> = edited.lines().filter(|line| !old.contains(line)).collect();
    assert_eq!(new, wanted);
    assert_eq!(remove_example(&edited, "report_pothole", lang, sentence).unwrap(), file);
}

fn refusal(sentence: &str) -> String {
    add_example(FILE, "report_pothole", Language::Fr, sentence).unwrap_err().to_string()
}

#[test]
fn a_sentence_is_a_line_at_the_end_of_its_list() {
    let (fr, en) = (Language::Fr, Language::En);
    check_added(FILE, fr, "le \"trou\": #1\\2 ", &[r##"    - "le \"trou\": #1\\2""##]);
    check_added(
        FILE,
        fr,
        "un [gros](size:large) trou noir",
        &[r##"    - "un [gros](size:large) trou noir""##],
    );
    check_added(FILE, en, "big hole", &[r##"  en: ["a hole", "a pothole", "big hole"]"##]);
    assert!(add(FILE, fr, "ici").contains("      brisée\n    - \"ici\"\n  en:"));
}

#[test]
fn lists_of_other_layouts_take_sentences_too() {
    let head = "intent: report_pothole\ntitle: {fr: \"a\", en: \"b\"}\nexamples:\n";
    let (fr, en) = (Language::Fr, Language::En);
    let file = |lists: &str| format!("{head}{lists}");
    check_added(&file("  fr: []\n  en: [ ]\n"), fr, "un", &[r##"  fr: ["un"]"##]);
    check_added(
        &file("  fr:\n  - \"un\"\n  en: [\"one\",]"),
        en,
        "two",
        &[r##"  en: ["one", "two",]"##],
    );
    check_added(&file("  en: []\n  fr:\n  - \"un\""), fr, "deux", &[r##"  - "deux""##]);
    let windows = file("  fr:\n    - \"un\"\n  en:\n    - \"one\"\n").replace('\n', "\r\n");
    let edited = add(&windows, fr, "deux");
    assert!(edited.contains("\"un\"\r\n    - \"deux\"\r\n  en:"), "{edited:?}");
    assert_eq!(remove_example(&edited, "report_pothole", fr, "deux").unwrap(), windows);
}

#[test]
fn a_language_without_a_list_gets_one() {
    let head = "intent: report_pothole\ntitle: {fr: \"a\", en: \"b\"}\nexamples:\n";
    let missing = format!("{head}  fr:\n    - \"un\"\n  not: {{fr: [\"x\"]}}\n");
    let edited = add(&missing, Language::En, "one");
    assert_eq!(
        edited,
        format!("{head}  fr:\n    - \"un\"\n  en:\n    - \"one\"\n  not: {{fr: [\"x\"]}}\n")
    );
    let empty = format!("{head}  fr:  # none yet\n  en: []\n");
    let edited = add(&empty, Language::Fr, "un");
    assert_eq!(edited, format!("{head}  fr:  # none yet\n    - \"un\"\n  en: []\n"));
    // Without its only sentence the list is there, and says that it is empty.
    let edited = remove_example(&edited, "report_pothole", Language::Fr, "un").unwrap();
    assert_eq!(edited, format!("{head}  fr: []  # none yet\n  en: []\n"));
}

#[test]
fn the_first_and_a_middle_sentence_go_too() {
    for sentence in ["un trou", "UN NID DE POULE gros", "la rue est brisée"] {
        let edited = remove_example(FILE, "report_pothole", Language::Fr, sentence);
        let edited = edited.unwrap();
        assert_eq!(edited.matches("\n    - ").count(), 2, "{edited}");
        assert!(edited.contains("# As people say it."), "{edited}");
    }
    let edited = remove_example(FILE, "report_pothole", Language::En, "a hole").unwrap();
    assert!(edited.contains("en: [\"a pothole\"]"), "{edited}");
}

#[test]
fn what_may_not_be_added_is_refused_with_its_reason() {
    let refusals: String = [
        "Un TROU !",
        "A hole.",
        "un trou dans ma clôture",
        "deux\nlignes",
        "un [trou]",
        " ?! ",
        &"trou ".repeat(200),
    ]
    .into_iter()
    .map(|sentence| refusal(sentence) + "\n")
    .collect();
    expect![[r#"
        the sentence is at intents/report_pothole.yml:6:7 already, in the intent "report_pothole": keep it in one place
        the sentence is at intents/report_pothole.yml:13:8 already, in the intent "report_pothole": keep it in one place
        the sentence is at intents/report_pothole.yml:15:10 under "not": take it out there first, or leave it
        the sentence has a line break, a tab or another control character: write it on one line
        a [ in the sentence is no annotation: take it out, or write [words](slot)
        the sentence has no words: write it as a resident says it
        the sentence has 999 characters, more than 500: keep the part that shows what is wanted
    "#]].assert_eq(&refusals);
    let other = add_example(FILE, "greet", Language::Fr, "allo").unwrap_err();
    expect![[
        r#"the file holds the intent "report_pothole", not "greet": take that intent's file"#
    ]]
    .assert_eq(&other.to_string());
    let broken = add_example("intent: [", "greet", Language::Fr, "allo").unwrap_err();
    expect![[r#"
        the file cannot be read: intents/greet.yml:1:9: unclosed bracket '[' [yaml]
            put every text in double quotes (French has a space before ? ! and :, which YAML misreads), and indent with spaces; mend it first (guichet flows check lists every fault)"#]].assert_eq(&broken.to_string());
    let missing = remove_example(FILE, "report_pothole", Language::En, "un trou").unwrap_err();
    expect![[r#"the intent "report_pothole" has no such sentence in "en""#]]
        .assert_eq(&missing.to_string());
    let inline = "intent: report_pothole\ntitle: {fr: \"a\", en: \"b\"}\nexamples: {fr: [\"x\"]}\n";
    let odd = add_example(inline, "report_pothole", Language::En, "y").unwrap_err();
    expect![[r#"the sentences in "en" are laid out in a way that is not added to: run guichet flows fmt first"#]].assert_eq(&odd.to_string());
}

#[test]
fn in_a_package_the_file_is_found_and_no_other_intent_has_the_sentence() {
    let package = Package { files: demo_files() };
    let add = |intent, sentence| add_to_package(&package, intent, Language::Fr, sentence);
    let change = add("report_pothole", "y a un cratère dans ma rue").unwrap();
    assert_eq!(change.path, "intents/report_pothole.yml");
    let mut changed = package.clone();
    changed.files.insert(change.path, change.text);
    let back =
        remove_from_package(&changed, "report_pothole", Language::Fr, "y a un cratère dans ma rue");
    assert_eq!(back.unwrap().text, package.files["intents/report_pothole.yml"]);
    let elsewhere = add("report_pothole", "Réceptionniste !").unwrap_err();
    expect![[r#"the sentence is at intents/agent.yml:23:7 already, in the intent "agent": keep it in one place"#]].assert_eq(&elsewhere.to_string());
    let unknown = add("report_potholes", "un trou").unwrap_err();
    expect![[r#"no file in intents/ holds the intent "report_potholes": check the name, or write its file first"#]].assert_eq(&unknown.to_string());
}

/// The demo city's intents by their path.
fn demo_files() -> std::collections::BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sainte-aurore/intents");
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (format!("intents/{name}"), std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the sentence, every file of the demo city takes it, stays formatted, and is itself
    /// again when the sentence goes.
    #[test]
    fn what_was_added_goes_without_a_trace(
        sentence in r#"[a-zà-ü0-9 '"\\#:,{}&*!?|>%@`🙂\u{200d}-]{0,40}zqx[a-z ]{0,10}"#,
        lang in prop_oneof![Just(Language::Fr), Just(Language::En)],
    ) {
        for (path, file) in demo_files() {
            let intent = path.trim_start_matches("intents/").trim_end_matches(".yml").to_owned();
            let edited = add_example(&file, &intent, lang, &sentence).unwrap();
            prop_assert_eq!(edited.lines().count(), file.lines().count() + 1);
            prop_assert_eq!(&crate::format(&path, &edited).unwrap(), &edited);
            prop_assert_eq!(remove_example(&edited, &intent, lang, &sentence).unwrap(), file);
        }
    }

    /// Nothing that a resident may type breaks the file, wherever it is refused.
    #[test]
    fn no_sentence_breaks_a_file(sentence in any::<String>()) {
        for lang in Language::ALL {
            if let Ok(edited) = add_example(FILE, "report_pothole", lang, &sentence) {
                prop_assert_eq!(
                    remove_example(&edited, "report_pothole", lang, &sentence).unwrap(), FILE
                );
            }
        }
    }
}
