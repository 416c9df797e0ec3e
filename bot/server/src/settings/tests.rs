//! Settings: what is read from where, and what no one knows is refused.

use super::*;
use expect_test::expect_file;
use nlu_backends::Backend;
use understanding::BackendSetting;

#[test]
fn the_committed_schema_is_this_one() {
    let schema = schemars::schema_for!(Settings);
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    expect_file!["../../../../docs/config.schema.json"].assert_eq(&text);
}

#[test]
fn a_variable_may_hold_a_list() {
    let values = [
        ("GUICHET__LIMITS__TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("GUICHET__LIMITS__MESSAGES_PER_MINUTE", "0"),
        ("GUICHET__WEB__EMBED_ORIGINS", "https://www.ville.qc.ca"),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let sources = variables().source(Some(values.into()));
    let read = config::Config::builder().add_source(sources).build().unwrap();
    let settings: Settings = read.try_deserialize().unwrap();
    assert_eq!(settings.embed().unwrap().origins(), ["https://www.ville.qc.ca"]);
    assert_eq!(settings.limits.trusted_proxies.len(), 2);
    assert!(settings.proxies().is_ok());
    assert_eq!(settings.limits().messages_per_minute, 0);
}

#[test]
fn what_is_no_origin_and_no_network_is_named() {
    let mut settings = Settings::default();
    settings.web.embed_origins = vec!["www.ville.qc.ca".to_owned()];
    settings.limits.trusted_proxies = vec!["proxy.local".to_owned()];
    let text = |error: anyhow::Error| format!("{error:#}");
    let origin = settings.embed().map(|_| ()).map_err(text).unwrap_err();
    assert!(origin.starts_with("web.embed_origins: \"www.ville.qc.ca\" is no origin"), "{origin}");
    let proxy = settings.proxies().map(|_| ()).map_err(text).unwrap_err();
    assert!(proxy.starts_with("limits.trusted_proxies: \"proxy.local\" is no"), "{proxy}");
}

#[test]
fn passwords_are_not_shown() {
    assert_eq!(redacted("postgres://city:s3cret@db/guichet"), "postgres://city@db/guichet");
    assert_eq!(redacted("sqlite:data/guichet.db"), "sqlite:data/guichet.db");
    let settings =
        StoreSettings { url: "postgres://a:b@c/d".to_owned(), ..StoreSettings::default() };
    assert!(!format!("{settings:?}").contains(":b@"));
    let index_url = Some("https://pip:b@host/simple".to_owned());
    let settings = ModelSettings { index_url, ..ModelSettings::default() };
    assert!(!format!("{settings:?}").contains(":b@"));
    let quoted = "2 | url = \"postgres://city:s3cret@db/x\n  |     ^\n";
    assert_eq!(hidden(quoted), "2 | url = \"postgres://city@db/x\n  |     ^\n");
}

#[test]
fn an_unknown_name_gets_the_nearest_known_one() {
    let toml = config::Config::builder()
        .add_source(config::File::from_str("[store]\nurls = \"x\"\n", config::FileFormat::Toml))
        .build()
        .unwrap();
    let error = toml.try_deserialize::<Settings>().unwrap_err().to_string();
    assert_eq!(with_nearest(&error), "the settings have no \"urls\": did you mean \"url\"?");
}

#[test]
fn a_backend_that_is_not_built_names_its_feature() {
    let all = [
        BackendSetting::Own,
        BackendSetting::Candle,
        BackendSetting::Ort,
        BackendSetting::RustBert,
    ];
    for (backend, known) in all.into_iter().zip(Backend::ALL) {
        let settings = NluSettings { backend, ..NluSettings::default() };
        match settings.backend() {
            Ok(found) => assert!(found == known && known.is_built()),
            Err(error) => {
                let words = format!("--features {}", known.name());
                assert!(!known.is_built() && error.to_string().contains(&words), "{error}");
            }
        }
    }
}
