//! The page and its parts, and what operators ask.

use std::sync::atomic::Ordering;

use crate::door::{Answer, Door, plain};
use crate::faulty::Fault;

async fn get(path: &str) -> Answer {
    Door::new().ask(plain("GET", path)).await
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere_and_sits_in_no_frame() {
    let page = get("/").await;
    assert_eq!(
        (page.status, page.header("content-type").as_str()),
        (200, "text/html; charset=utf-8")
    );
    let policy = page.header("content-security-policy");
    for rule in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.split(';').any(|part| part.trim() == rule), "{policy}: {rule}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(!page.header("permissions-policy").contains("geolocation"));
    let html = page.text();
    assert!(html.contains("Sainte-Aurore &#60;&#34;&#38;&#62;") && !html.contains("{{"), "{html}");
    for inline in ["<script>", "style=", "onclick", "http://", "https://", "src=\"//"] {
        assert!(!html.contains(inline), "{inline}");
    }
}

#[tokio::test]
async fn the_page_is_french_unless_its_address_says_otherwise() {
    for (path, lang, form) in [
        ("/", "fr", "/formulaire"),
        ("/?lang=fr", "fr", "/formulaire"),
        ("/?lang=en", "en", "/form"),
        ("/?lang=xx", "fr", "/formulaire"),
        ("/?lang=%22%3E%3Cscript%3E", "fr", "/formulaire"),
        ("/?other=1", "fr", "/formulaire"),
    ] {
        let html = get(path).await.text();
        assert!(html.contains(&format!("<html lang=\"{lang}\">")), "{path}: {html}");
        // Without a script the same is done by a form.
        assert!(html.contains(&format!(
            "<noscript><meta http-equiv=\"refresh\" content=\"0; url={form}\">"
        )));
        assert!(
            html.contains(&format!(
                "<guichet-chat mode=\"page\" lang=\"{lang}\"><a href=\"{form}\">"
            ))
        );
    }
}

#[tokio::test]
async fn what_the_page_names_is_served() {
    let html = get("/").await.text();
    for (path, kind) in [("/widget.js", "text/javascript"), ("/counter.css", "text/css")] {
        assert!(html.contains(&format!("\"{path}\"")), "{path}");
        let part = get(path).await;
        assert_eq!((part.status, part.kind().as_str()), (200, kind));
        assert!(!part.body.is_empty() && !part.text().contains("innerHTML"), "{path}");
    }
    let description = get("/api/openapi.json").await;
    assert_eq!((description.status, &description.json()["openapi"]), (200, &"3.1.0".into()));
}

#[tokio::test]
async fn a_page_is_packed_for_those_who_can_unpack() {
    let mut request = plain("GET", "/widget.js");
    request.headers_mut().insert("accept-encoding", "gzip".parse().unwrap());
    let packed = Door::new().ask(request).await;
    assert_eq!((packed.status, packed.header("content-encoding").as_str()), (200, "gzip"));
    assert!(packed.body.starts_with(&[0x1f, 0x8b]));
}

#[tokio::test]
async fn a_head_request_has_no_body() {
    let answer = Door::new().ask(plain("HEAD", "/healthz")).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
}

#[tokio::test]
async fn alive_and_ready_are_two_things() {
    let door = Door::new();
    let ask = async |path: &str| {
        let answer = door.ask(plain("GET", path)).await;
        (answer.status, answer.text())
    };
    assert_eq!(ask("/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(ask("/readyz").await, (200, "ready\n".to_owned()));
    door.house.is_missing.store(true, Ordering::SeqCst);
    assert_eq!(ask("/readyz").await, (503, "not ready: the classifier\n".to_owned()));
    assert_eq!(ask("/healthz").await.0, 200);
    door.house.is_missing.store(false, Ordering::SeqCst);
    for fault in [Fault::Down, Fault::Broken] {
        door.store.set(Some(fault));
        let told = "not ready: the store does not answer\n".to_owned();
        assert_eq!(ask("/readyz").await, (503, told), "{fault:?}");
        assert_eq!(ask("/healthz").await.0, 200);
    }
    door.store.set(None);
    assert_eq!(ask("/readyz").await.0, 200);
}

#[tokio::test]
async fn counters_are_in_the_text_format_of_prometheus() {
    let answer = get("/metrics").await;
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    assert_eq!((answer.status, answer.header("content-type").as_str()), (200, kind));
    let text = answer.text();
    let (work, door) = text.split_at(text.find("# TYPE guichet_refused").expect("it is there"));
    assert_eq!(work, "# TYPE guichet_turns_total counter\nguichet_turns_total 7\n");
    let mut lines = door.lines();
    assert_eq!(lines.next(), Some("# TYPE guichet_refused_total counter"));
    assert!(
        lines.all(|line| line.starts_with("guichet_refused_total{why=\"") && line.ends_with(" 0"))
    );
}
