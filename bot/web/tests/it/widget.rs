//! The element of a city's page: one file, with the city's words in it.

use axum::http::HeaderValue;
use bot_web::Embed;
use serde_json::{Value, json};

use crate::door::{Answer, Door, plain};

async fn script(door: &Door, known: &str) -> Answer {
    let mut request = plain("GET", "/widget.js");
    if !known.is_empty() {
        request.headers_mut().insert("if-none-match", HeaderValue::from_str(known).unwrap());
    }
    door.ask(request).await
}

/// Reads what the script knows of the city.
fn city(script: &str) -> Value {
    let line = script.lines().find_map(|line| line.strip_prefix("const CITY = "));
    serde_json::from_str(line.unwrap().strip_suffix(';').unwrap()).unwrap()
}

#[tokio::test]
async fn the_script_holds_the_citys_words_and_who_may_embed_it() {
    let door = Door::new();
    let own = script(&door, "").await;
    assert_eq!(
        city(&own.text()),
        json!({
            "name": {"fr": "Sainte-Aurore <\"&>", "en": "City of Sainte-Aurore"},
            "languages": [{"code": "fr", "name": "Français"}, {"code": "en", "name": "English"}],
            "origins": [],
            "texts": {
                "fr": {"widget_hello": "fr:widget_hello"},
                "en": {"widget_hello": "en:widget_hello"},
            },
        })
    );
    let embed = Embed::parse(&["https://www.ville.qc.ca".to_owned()]).unwrap();
    let mut door = Door::new();
    door.web = door.web.embedded_in(embed);
    door.router = bot_web::router(door.web.clone());
    let other = script(&door, "").await;
    assert_eq!(city(&other.text())["origins"], json!(["https://www.ville.qc.ca"]));
    assert_ne!(own.header("etag"), other.header("etag"));
}

#[tokio::test]
async fn a_page_of_another_site_may_load_it_and_keep_it_a_while() {
    let door = Door::new();
    let first = script(&door, "").await;
    assert_eq!(first.header("cache-control"), "public, max-age=300");
    assert_eq!(first.header("access-control-allow-origin"), "*");
    assert_eq!(first.header("cross-origin-resource-policy"), "cross-origin");
    let tag = first.header("etag");
    let again = script(&door, &tag).await;
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tag.clone()));
    assert_eq!(script(&door, &format!("\"x\", {tag}")).await.status, 304);
    assert_eq!(script(&door, "\"x\"").await.status, 200);
}

#[tokio::test]
async fn it_writes_no_html_and_needs_no_inline_style() {
    let text = script(&Door::new(), "").await.text();
    for word in
        ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("]
    {
        assert!(!text.contains(word), "{word}");
    }
}
