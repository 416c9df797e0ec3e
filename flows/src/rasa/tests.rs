//! Sentences come along with their entities, there and back.

use super::*;
use expect_test::{Expect, expect};

fn check(text: &str, wanted: &Expect) {
    let told = match read("nlu.yml", text) {
        Ok(found) => {
            let mut told = String::new();
            for (name, sentences) in &found.intents {
                let _ok = writeln!(told, "{name}");
                for sentence in sentences {
                    let _ok = writeln!(told, "  {}\n  = {}", sentence.marked, sentence.text);
                }
            }
            for note in &found.notes {
                let _ok = writeln!(told, "{note}");
            }
            told
        }
        Err(faults) => {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            faults.join("\n") + "\n"
        }
    };
    wanted.assert_eq(&told);
}

#[test]
fn the_ways_of_rasa_are_read() {
    check(
        r#"version: "3.1"
nlu:
- intent: report_pothole
  examples: |
    - un [gros](size:large) trou au [12 rue Cartier](place)
    - a [huge]{"entity": "size", "value": "Très gros", "role": "x"} hole # not a comment
    - trou [ici] et [là]
    - [Cartier][{"entity": "place"}, {"entity": "street"}] est finie : trou
    - trou [ici] et [là]
    no dash

    -
- intent: faq/Ask Hours
  examples:
  - text: |
      - quand ouvrez-vous
    metadata: {sentiment: neutral}
  - "à quelle heure"
- synonym: large
  examples: |
    - gros
    - énorme
- regex: zip
  examples: |
    - \d{5}
- lookup: place
  examples: |
    - Cartier
rules: []
"#,
        &expect![[r#"
            faq_ask_hours
              quand ouvrez-vous
              = quand ouvrez-vous
              à quelle heure
              = à quelle heure
            report_pothole
              un [gros](size:large) trou au [12 rue Cartier](place)
              = un gros trou au 12 rue Cartier
              a [huge](size:tres_gros) hole # not a comment
              = a huge hole # not a comment
              trou (ici) et (là)
              = trou (ici) et (là)
              [Cartier](place) est finie : trou
              = Cartier est finie : trou
            nlu.yml:6:5: the value "Très gros" of size is named tres_gros
            nlu.yml:10:5: "no dash" has no - in front, left out
            nlu.yml:15:5: the intent "faq/Ask Hours" is named faq_ask_hours
            nlu.yml:19:3: synonym "large" is left out (gros, énorme): its place is also: of the slot's options
            nlu.yml:23:3: regex "zip" is left out (\d{5}): its place is a slot's type
            nlu.yml:26:3: lookup "place" is left out (Cartier): its place is also: of the slot's options
            nlu.yml:29:1: rules: holds no sentences, left out
        "#]],
    );
}

#[test]
fn what_is_no_training_data_is_refused_with_its_place() {
    check(
        "version: \"3.1\"\nstories: []\n",
        &expect![[r#"
        nlu.yml:1:1: the file has no nlu: [missing-key]
            give the file of Rasa 3 that has version: and nlu:
    "#]],
    );
    check(
        "nlu: 3\n",
        &expect![[r#"
        nlu.yml:1:6: nlu: is a single value [shape]
            it is a list of intents
    "#]],
    );
    check(
        "nlu:\n- intent: a\n- story: b\n",
        &expect![[r#"
        nlu.yml:2:3: this is no intent, synonym, regex or lookup with its examples [shape]
            write intent: NAME and examples: | with a line of - for each sentence
        nlu.yml:3:3: this is no intent, synonym, regex or lookup with its examples [shape]
            write intent: NAME and examples: | with a line of - for each sentence
    "#]],
    );
    check(
        "nlu: [\n",
        &expect![[r#"
        nlu.yml:1:6: unclosed bracket '[' [yaml]
            put every text in double quotes (French has a space before ? ! and :, which YAML misreads), and indent with spaces
    "#]],
    );
}

#[test]
fn an_intent_file_is_in_the_one_layout() {
    let sentence = |marked: &str| Sentence { text: String::new(), marked: marked.to_owned() };
    let fr = vec![sentence("un [trou](x) \"gros\" \\ là"), sentence("nid-de-poule : où ?")];
    let text = intent_file("report_pothole", &Bilingual { fr, en: Vec::new() });
    assert_eq!(crate::format("a.yml", &text).unwrap(), text);
    expect![[r#"
        intent: report_pothole
        # Made of the name: say here what "did you mean" reads aloud.
        title: {fr: "Report pothole", en: "Report pothole"}
        examples:
          fr:
            - "un [trou](x) \"gros\" \\ là"
            - "nid-de-poule : où ?"
          en: []
    "#]]
    .assert_eq(&text);
}

proptest::proptest! {
    /// Whatever a sentence holds, it is read, and the file made of it is one that is read again.
    #[test]
    fn any_sentence_comes_along(sentence in r#"([a-zé ]|\[|\]|\(|\)|\{|\}|:|"|entity|\\|,|\PC){0,40}"#) {
        let quoted = serde_json::Value::from(sentence);
        let text = format!("nlu:\n- intent: a\n  examples:\n  - text: {quoted}\n");
        let found = read("nlu.yml", &text).unwrap();
        let fr = found.intents["a"].clone();
        let file = intent_file("a", &Bilingual { fr: fr.clone(), en: Vec::new() });
        assert_eq!(crate::format("a.yml", &file).unwrap(), file);
        for sentence in fr {
            // Every bracket that is left opens an annotation of ours.
            let n_open = sentence.marked.matches('[').count();
            assert_eq!(n_open, sentence.marked.matches("](").count(), "{}", sentence.marked);
            assert!(!sentence.text.contains('['));
        }
    }
}
