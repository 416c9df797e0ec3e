//! The public page of a request: what everyone may know, and nothing else.

use bot_core::case::{Case, CaseState};
use bot_core::id::{AttachmentId, CaseId};
use bot_core::place::{Place, PlaceKind, Point};
use bot_core::value::{Record, Value};
use bot_core::{Bilingual, CaseNumber, Channel, Clock as _, Language};
use bot_store::Store;
use bot_store::case_change::CaseMove;
use std::time::Duration;

use crate::door::{Answer, Door, plain};

const DAY: Duration = Duration::from_hours(24);

/// Files a case with all that nobody else may see.
async fn file(door: &Door, service: &str) -> Case {
    let now = door.clock.now();
    let secret = Value::Text("le chien du voisin <b>".to_owned());
    let mut tx = door.store.begin().await.unwrap();
    let case = Case {
        id: CaseId::from_parts(now, &[5; 10]),
        number: tx.cases().next_number(26).await.unwrap(),
        service: service.to_owned(),
        service_version: 1,
        state: CaseState::New,
        place: Some(Place {
            kind: PlaceKind::Address,
            label: Bilingual { fr: "12, rue <Cartier>".to_owned(), en: "12 Cartier St".to_owned() },
            number: Some(12),
            street: Some("rue-cartier".to_owned()),
            cross: None,
            sector: None,
            at: Point::new(46.75, -71.53).unwrap(),
        }),
        answers: Record::from([("what".to_owned(), secret)]),
        description: "rappelez-moi au 418-555-1234".to_owned(),
        photos: vec![AttachmentId::from_parts(now, &[6; 10])],
        urgent: true,
        queue: "roads".to_owned(),
        channel: Channel::Web,
        lang: Language::Fr,
        conversation: None,
        created: now,
        updated: now,
        expected: Some(now.plus(DAY * 3)),
        closed: None,
    };
    tx.cases().insert(&case, None).await.unwrap();
    tx.commit().await.unwrap();
    case
}

async fn moved(door: &Door, case: &Case, from: CaseState, to: CaseState, text: Option<&str>) {
    let change = CaseMove {
        case: case.id,
        from,
        to,
        author: "marie.tremblay".to_owned(),
        text: text.map(|text| Bilingual { fr: format!("fr {text}"), en: format!("en {text}") }),
        source: None,
        at: door.clock.now(),
    };
    let mut tx = door.store.begin().await.unwrap();
    assert!(tx.cases().set_state(&change).await.unwrap().is_done());
    tx.commit().await.unwrap();
}

async fn look(door: &Door, path: &str) -> Answer {
    let answer = door.ask(plain("GET", path)).await;
    assert_eq!(answer.kind(), "text/html", "{path}");
    answer
}

fn has(html: &str, wanted: &[&str]) {
    for words in wanted {
        assert!(html.contains(words), "{words} is not in:\n{html}");
    }
}

#[tokio::test]
async fn everyone_may_know_where_a_request_stands() {
    let door = Door::new();
    let case = file(&door, "NDP").await;
    let path = format!("/suivi/{}", case.number);
    let page = look(&door, &path).await;
    assert_eq!(page.status, 200);
    let today = format!("fr:day-{}", case.created.0 / 86_400_000);
    let title = format!("fr:case_title number={}", case.number);
    has(
        &page.text(),
        &["lang=\"fr\"", &title, "fr:case_new", "fr:pothole", "rue &#60;Cartier&#62;", &today],
    );
    has(&page.text(), &["fr:case_expected", &format!("href=\"/track/{}\"", case.number)]);
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert!(!page.text().contains("<script"), "no script is needed");

    let digits: String = case.number.to_string().replace('-', "");
    let english = look(&door, &format!("/track/{digits}")).await;
    has(&english.text(), &["lang=\"en\"", "en:pothole", "Cartier St", "href=\"/suivi/26-"]);
}

#[tokio::test]
async fn nobody_learns_who_reported_it_or_what_they_wrote() {
    let door = Door::new();
    let case = file(&door, "NDP").await;
    moved(&door, &case, CaseState::New, CaseState::Triaged, None).await;
    for path in [format!("/suivi/{}", case.number), format!("/track/{}", case.number)] {
        let html = look(&door, &path).await.text();
        for private in ["418", "voisin", ">12", "46.75", "roads", "marie", "urgent"] {
            assert!(!html.contains(private), "{private} is in:\n{html}");
        }
        assert!(
            !html.contains(&case.photos[0].to_string()) && !html.contains(&case.id.to_string())
        );
    }
}

#[tokio::test]
async fn what_has_happened_is_told_the_last_first() {
    let door = Door::new();
    let case = file(&door, "OLD").await;
    door.clock.advance(DAY);
    moved(&door, &case, CaseState::New, CaseState::InProgress, Some("l'équipe <part>")).await;
    door.clock.advance(DAY);
    moved(&door, &case, CaseState::InProgress, CaseState::Resolved, None).await;
    let html = look(&door, &format!("/suivi/{}", case.number)).await.text();
    let (_, history) = html.split_once("fr:case_history").unwrap();
    let place = |words: &str| history.find(words).unwrap_or_else(|| panic!("{words}:\n{html}"));
    assert!(
        place("fr:case_resolved") < place("fr:case_in_progress. fr l&#39;équipe &#60;part&#62;")
    );
    assert!(place("fr:case_in_progress") < place("fr:case_new"));
    // The category is one that the city no longer has, and what is done is expected no more.
    has(&html, &["<dd>OLD</dd>", "state done"]);
    assert!(!html.contains("fr:case_expected"));
}

#[tokio::test]
async fn a_number_that_no_request_has_gets_a_page_that_says_so() {
    let door = Door::new();
    file(&door, "NDP").await;
    let unknown = CaseNumber::parse("26-001234-7").unwrap();
    for path in [format!("/suivi/{unknown}"), "/suivi/<script>".to_owned(), "/suivi/%FF".to_owned()]
    {
        let path = path.replace('<', "%3C").replace('>', "%3E");
        let page = look(&door, &path).await;
        assert_eq!(page.status, 404, "{path}");
        has(&page.text(), &["fr:case_unknown", "fr:case_counter"]);
        assert!(!page.text().contains("script"), "{path}");
    }
}
