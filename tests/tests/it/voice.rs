//! `guichet voice`: recordings transcribed and measured from the command line.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Output;
use tests::Setup;

fn clip(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../voice/testdata")).join(name)
}

async fn run(folder: &Path, args: &[&str]) -> Output {
    let setup = Setup::sqlite(folder).unwrap();
    let setup = setup.with("MODELS__DIR", concat!(env!("CARGO_MANIFEST_DIR"), "/../data/models"));
    setup.command(&[&["voice"], args].concat()).output().await.unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn recordings_are_told_a_line_each_and_one_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.wav");
    std::fs::write(&broken, b"<html>404</html>").unwrap();
    let (english, french) = (clip("en-lbv-0920.wav"), clip("fr-fleurs-005.wav"));
    let files = [&english, &broken, &french].map(|file| file.to_str().unwrap());
    let output = run(folder.path(), &[&["transcribe", "--json"], &files[..]].concat()).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        text(&output.stderr).contains("broken.wav: the recording is in no format"),
        "{output:?}"
    );
    let lines = text(&output.stdout).lines();
    let lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    assert_eq!(lines.iter().map(|line| told(line, "language")).collect::<Vec<_>>(), ["en", "fr"]);
    assert!(told(&lines[0], "text").contains("amiable woman"), "{}", lines[0]);
    assert!(told(&lines[1], "text").contains("perdu le contrôle de sa voiture"), "{}", lines[1]);
    for line in &lines {
        assert!(line["confidence"].as_f64() > Some(0.5) && line["seconds"].as_f64() > Some(6.0));
        assert!(line["words"][0]["end_ms"].as_u64() > Some(0), "{line}");
    }
}

#[tokio::test]
async fn errors_of_transcripts_are_counted_whoever_made_them() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus.tsv");
    std::fs::copy(clip("en-lbv-0920.wav"), folder.path().join("a.wav")).unwrap();
    let said = "had he married a more amiable woman he might have been made still more respectable \
                than he was";
    std::fs::write(&corpus, format!("file\tlanguage\treference\na.wav\ten\t{said}\n")).unwrap();
    let corpus = corpus.to_str().unwrap();
    let output = run(folder.path(), &["eval", "--corpus", corpus, "--json"]).await;
    let figures: Value = serde_json::from_str(text(&output.stdout)).unwrap();
    assert_eq!(figures["groups"][0]["words"], 18);
    assert!(figures["groups"][0]["word_error_rate"].as_f64() < Some(20.0), "{figures}");
    assert!(figures["cpu_s_per_s"].as_f64() > Some(0.0), "{figures}");

    let others = folder.path().join("others.tsv");
    std::fs::write(&others, format!("a.wav\t{}\n", said.replace("amiable", "emil"))).unwrap();
    let others = others.to_str().unwrap();
    let args = ["eval", "--corpus", corpus, "--transcripts", others];
    let output = run(folder.path(), &args).await;
    assert!(text(&output.stdout).contains("5.56"), "{output:?}");
}

#[tokio::test]
async fn a_model_that_is_not_there_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap().with("MODELS__DIR", "none");
    let clip = clip("en-lbv-0920.wav");
    let command = &["voice", "transcribe", clip.to_str().unwrap()];
    let output = setup.command(command).output().await.unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(text(&output.stderr).contains("guichet models fetch whisper-base-q8"), "{output:?}");
}
