//! The list of models: the shipped one is whole, another with faults is refused.

use expect_test::expect;
use models::Manifest;

#[test]
fn the_shipped_list_is_read() {
    let list = Manifest::shipped();
    let lines: Vec<String> = list
        .models()
        .iter()
        .map(|model| {
            let sources = model.sources.iter().map(|source| source.converter.to_string());
            let sources: Vec<String> = sources.collect();
            format!("{} {} {}", model.name, model.licence.name, sources.join(" "))
        })
        .collect();
    expect![[r#"
        use-m3 Apache-2.0 use-m3-wheel
        e5-small MIT e5-hub e5-q4-wheel
        words-fr-en MIT words-wheel
        minilm Apache-2.0 minilm-wheel
        whisper-base MIT as-is whisper-wheels
        whisper-base-q8 MIT as-is whisper-wheels-q8
        silero-vad MIT silero-vad-wheel
        whisper-small MIT as-is
        whisper-small-q8 MIT as-is
        whisper-medium MIT as-is
        whisper-medium-q5 MIT as-is
        whisper-large-v3-turbo MIT as-is
        whisper-large-v3-turbo-q5 MIT as-is
        onnxruntime MIT onnxruntime-wheel onnxruntime-wheel"#]]
    .assert_eq(&lines.join("\n"));
    let by_default = list.models().iter().filter(|model| model.by_default);
    let by_default: Vec<&str> = by_default.map(|model| model.name.as_str()).collect();
    assert_eq!(by_default, ["use-m3", "e5-small", "words-fr-en", "whisper-base-q8", "silero-vad"]);
    assert!(list.model("e5-large").is_none());
}

/// A list of one model.
const LIST: &str = r#"format = 1
[[model]]
name = "m"
file = "m.bin"
purpose = "p"
languages = ["fr"]
by_default = true
licence = { name = "MIT", url = "https://licence.example" }
[[model.source]]
converter = "as-is"
[[model.source.file]]
name = "f.bin"
from = { index = { project = "p" } }
bytes = 3
sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
"#;

fn refused(from: &str, to: &str) -> String {
    let text = LIST.replace(from, to);
    assert_ne!(text, LIST, "{from} is in the list");
    let error = Manifest::parse(&text).err().unwrap_or_else(|| panic!("{to} is refused"));
    let cause = std::error::Error::source(&error);
    cause
        .map_or_else(|| error.to_string(), |cause| format!("{error}: {}", cause.to_string().trim()))
}

/// Gives a source that names its result by a SHA-1, too.
fn with_sha1(sha1: &str) -> String {
    let sha256 = "0".repeat(64);
    let result = format!("{{ bytes = 3, sha256 = \"{sha256}\", sha1 = \"{sha1}\" }}");
    format!("\"as-is\"\nresult = {result}")
}

#[test]
fn what_a_list_cannot_say_is_refused() {
    assert_eq!(Manifest::parse(LIST).unwrap().models().len(), 1);
    let twice = format!("{LIST}{}", LIST.replace("format = 1\n", ""));
    let twice = Manifest::parse(&twice).unwrap_err().to_string();
    let faults = [
        refused("format = 1", "format = 2"),
        refused("purpose", "purpoze"),
        refused("project = \"p\"", "project = \"p\", version = \"1\""),
        refused("index =", "disk ="),
        refused("as-is", "as-was"),
        refused("as-is", "e5-hub"),
        refused("ba7816bf", "BA7816BF"),
        refused("\"as-is\"", &with_sha1("BA7816BF")),
        refused("bytes = 3", "bytes = 0"),
        refused("name = \"f.bin\"", "name = \"../f.bin\""),
        refused("file = \"m.bin\"", "file = \".lock\""),
        twice,
    ];
    let last_lines: Vec<&str> =
        faults.iter().map(|fault| fault.lines().last().unwrap_or_default()).collect();
    expect![[r#"
        the list of models: it is of format 2, this program reads 1
        unknown field `purpoze`, expected one of `name`, `file`, `purpose`, `languages`, `by_default`, `licence`, `source`
        unknown field `version`, expected `project`
        unknown variant `disk`, expected `hub` or `index`
        unknown variant `as-was`, expected one of `as-is`, `use-m3-wheel`, `e5-hub`, `e5-q4-wheel`, `words-wheel`, `minilm-wheel`, `onnxruntime-wheel`, `whisper-wheels`, `whisper-wheels-q8`, `silero-vad-wheel`
        the list of models: m: e5-hub takes 2 files
        "BA7816BF8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" is no SHA-256 of 64 lower-case hexadecimal digits
        "BA7816BF" is no SHA-1 of 40 lower-case hexadecimal digits
        the list of models: m: f.bin cannot have 0 bytes
        the list of models: m: ../f.bin is no name of a file
        the list of models: m: a name is letters, digits, dots, dashes and underscores
        the list of models: m is there twice"#]].assert_eq(&last_lines.join("\n"));
}
