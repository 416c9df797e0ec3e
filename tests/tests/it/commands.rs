//! The commands around the service: the terminal chat, cases, the checks of a city.

use serde_json::{Value, json};
use std::process::{Output, Stdio};
use tests::numbers::numbers_in;
use tests::{Setup, city};
use tokio::io::AsyncWriteExt;

const FRENCH: [&str; 6] =
    ["il y a un nid-de-poule au 10 rue Cartier", "petit", "non", "non", "non", "oui"];
const ENGLISH: [&str; 6] =
    ["there is a pothole at 150 Maple Street", "small", "no", "no", "no", "yes"];

#[tokio::test]
async fn a_chat_in_the_terminal_files_a_case_that_the_desk_finds() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap();
    setup.learn().await.unwrap();
    let french = chat(&setup, "fr", &FRENCH).await;
    let english = chat(&setup, "en", &ENGLISH).await;
    assert_ne!(french, english);
    for number in [&french, &english] {
        shows(&setup, number).await;
    }
    let missing = "26-000000-0";
    let output = run(&setup, &["case", "show", missing]).await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    listed(&setup, &[&english, &french]).await;
}

/// Talks in the terminal, a JSON message a line; gives the number of the case.
async fn chat(setup: &Setup, lang: &str, said: &[&str]) -> String {
    let mut command = setup.command(&["chat", "--json", "--lang", lang]);
    let mut process = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut input = process.stdin.take().unwrap();
    for text in said {
        input.write_all(format!("{}\n", json!({ "text": text })).as_bytes()).await.unwrap();
    }
    drop(input);
    let output = process.wait_with_output().await.unwrap();
    assert!(output.status.success(), "{output:?}");
    let heard: Vec<Value> =
        lines(&output).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(heard.len() > said.len(), "a greeting, and an answer to each: {heard:?}");
    for message in &heard {
        assert_eq!((&message["from"], &message["lang"]), (&json!("bot"), &json!(lang)));
    }
    let texts = heard.iter().filter_map(|message| message["text"].as_str());
    let numbers: Vec<_> = texts.flat_map(numbers_in).collect();
    assert_eq!(numbers.len(), 1, "{heard:?}");
    numbers[0].to_string()
}

async fn shows(setup: &Setup, number: &str) {
    let output = run(setup, &["case", "show", number]).await;
    let shown = lines(&output).join("\n");
    assert!(output.status.success() && shown.contains(number) && shown.contains("NDP"), "{shown}");
    let bare = number.replace('-', "");
    let output = run(setup, &["case", "show", &bare, "--json"]).await;
    let case: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&case["number"], &case["service"]), (&json!(number), &json!("NDP")));
}

async fn listed(setup: &Setup, newest_first: &[&str]) {
    let output = run(setup, &["case", "list", "--open", "--json"]).await;
    let numbers: Vec<String> = lines(&output)
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["number"].as_str().unwrap().into())
        .collect();
    assert_eq!(numbers, newest_first);
    assert!(lines(&run(setup, &["case", "list", "--closed"]).await).is_empty());
    let csv = lines(&run(setup, &["case", "export", "--format", "csv"]).await);
    assert_eq!(csv.len(), 1 + newest_first.len());
    assert!(csv[0].starts_with("number,service,"), "{}", csv[0]);
    let json = run(setup, &["case", "export", "--format", "json"]).await.stdout;
    let exported: Vec<Value> = serde_json::from_slice(&json).unwrap();
    let xml = lines(&run(setup, &["case", "export", "--format", "xml"]).await).join("\n");
    for (place, number) in newest_first.iter().enumerate() {
        assert!(csv[1 + place].starts_with(number), "{csv:?}");
        assert_eq!(&exported[place]["number"], number);
        let id = format!("<service_request_id>{number}</service_request_id>");
        assert!(xml.contains(&id), "{xml}");
    }
}

#[tokio::test]
async fn the_checks_of_a_city_tell_where_each_fault_is() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap();
    let output = run(&setup, &["flows", "check"]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(lines(&output).is_empty(), "{output:?}");
    let broken =
        city::changed(folder.path(), "report.flow.yml", "next: look_near", "next: look_neer");
    let setup = setup.in_city(&broken.unwrap());
    let output = run(&setup, &["flows", "check"]).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let faults = lines(&output);
    let fault = faults.iter().find(|fault| fault.contains("look_neer")).unwrap();
    let place: Vec<&str> = fault.splitn(4, ':').collect();
    let text = std::fs::read_to_string(setup.city.join(place[0])).unwrap();
    let (line, column): (usize, usize) = (place[1].parse().unwrap(), place[2].parse().unwrap());
    let line = text.lines().nth(line - 1).unwrap();
    assert!(line.chars().skip(column - 1).collect::<String>().starts_with("look_neer"), "{fault}");
    assert!(!setup.folder.join("guichet.db").exists(), "a check needs no store");
}

async fn run(setup: &Setup, args: &[&str]) -> Output {
    setup.command(args).output().await.unwrap()
}

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8(output.stdout.clone()).unwrap().lines().map(str::to_owned).collect()
}
