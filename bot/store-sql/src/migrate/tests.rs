//! Old databases still open: each step's samples are loaded, brought up to date and read.

mod phone;

use bot_core::case::{Case, CaseState};
use bot_core::channel::Channel;
use bot_core::id::{AttachmentId, CallbackId, ConversationId, JobId, SuggestionId};
use bot_core::lang::Language;
use bot_core::slot::SlotKind;
use bot_core::time::UnixMs;
use bot_core::value::Value;
use bot_store::conversation_state::{CloseReason, ConversationState, Owner};
use bot_store::conversations::Conversation;
use bot_store::jobs::{JobState, Queue};
use bot_store::store::Novelty;
use bot_store::suggestions::{
    Decision, Filter, Guess, NewSuggestion, Reason, Suggestion, Taught, Verdict,
};
use bot_store::{Page, Store, Tx};
use sqlx::ConnectOptions as _;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

use super::{POSTGRES, SQLITE};
use crate::cluster::{Cluster, Disk};
use crate::{Settings, open};

/// The steps that were released, with the beginning of their checksums: they never change again.
/// A new step is added here with samples of what it brings.
const RELEASED: &[Step] = &[
    Step {
        version: 1,
        sqlite_checksum: "0b5cf944837c8cc3",
        postgres_checksum: "b975b32e46f73d3d",
        sqlite_sample: include_str!("../../tests/upgrade/sqlite/0001.sql"),
        postgres_sample: include_str!("../../tests/upgrade/postgres/0001.sql"),
    },
    Step {
        version: 2,
        sqlite_checksum: "39b5c90342db6636",
        postgres_checksum: "eca497d2a4d6df9c",
        sqlite_sample: include_str!("../../tests/upgrade/sqlite/0002.sql"),
        postgres_sample: include_str!("../../tests/upgrade/postgres/0002.sql"),
    },
    Step {
        version: 3,
        sqlite_checksum: "7ffe6c65db427a2c",
        postgres_checksum: "e7f23a5415d323b1",
        sqlite_sample: include_str!("../../tests/upgrade/sqlite/0003.sql"),
        postgres_sample: include_str!("../../tests/upgrade/postgres/0003.sql"),
    },
    Step {
        version: 4,
        sqlite_checksum: "9594c5d1327ee829",
        postgres_checksum: "e60d4039e68be6c7",
        sqlite_sample: include_str!("../../tests/upgrade/sqlite/0004.sql"),
        postgres_sample: include_str!("../../tests/upgrade/postgres/0004.sql"),
    },
    Step {
        version: 5,
        sqlite_checksum: "6c8f87d40e4d5070",
        postgres_checksum: "67225f118dd6df17",
        sqlite_sample: include_str!("../../tests/upgrade/sqlite/0005.sql"),
        postgres_sample: include_str!("../../tests/upgrade/postgres/0005.sql"),
    },
];

struct Step {
    version: i64,
    sqlite_checksum: &'static str,
    postgres_checksum: &'static str,
    sqlite_sample: &'static str,
    postgres_sample: &'static str,
}

const NOON: UnixMs = UnixMs(1_777_896_000_000);

/// Gives the samples' id of a number.
fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x019d_f2dc_0a00_7000_8000_0000_0000_0000 + n)
}

#[test]
fn released_steps_never_change() {
    let hex = |bytes: &[u8]| {
        let pairs = bytes.iter().take(8).map(|byte| format!("{byte:02x}"));
        pairs.collect::<String>()
    };
    for (migrator, expected) in [
        (&SQLITE, RELEASED.iter().map(|step| step.sqlite_checksum).collect::<Vec<_>>()),
        (&POSTGRES, RELEASED.iter().map(|step| step.postgres_checksum).collect()),
    ] {
        let found: Vec<_> = migrator.iter().map(|step| hex(&step.checksum)).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn the_two_folders_have_equal_names() {
    let names = |engine: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
        let files = std::fs::read_dir(folder).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.collect::<BTreeSet<_>>()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert_eq!(names("sqlite").len(), RELEASED.len());
}

#[tokio::test]
async fn old_sqlite_databases_still_open() {
    for (n, last) in RELEASED.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("guichet.db");
        let settings = Settings::new(&format!("sqlite:{}", file.display()));
        let mut connection = settings.sqlite().unwrap().connect().await.unwrap();
        for step in &RELEASED[..=n] {
            SQLITE.run_to(step.version, &mut connection).await.unwrap();
            sqlx::raw_sql(step.sqlite_sample).execute(&mut connection).await.unwrap();
        }
        drop(connection);
        check(open(&settings).await.unwrap().as_ref(), last.version).await;
    }
}

#[tokio::test]
async fn old_postgres_databases_still_open() {
    let cluster = Cluster::start(Disk::Skipped).unwrap();
    for (n, last) in RELEASED.iter().enumerate() {
        let database = cluster.database().await.unwrap();
        let settings = Settings::new(&database.url());
        let mut connection = settings.postgres().unwrap().connect().await.unwrap();
        for step in &RELEASED[..=n] {
            POSTGRES.run_to(step.version, &mut connection).await.unwrap();
            sqlx::raw_sql(step.postgres_sample).execute(&mut connection).await.unwrap();
        }
        drop(connection);
        let store = open(&settings).await.unwrap();
        check(store.as_ref(), last.version).await;
        store.close().await;
    }
}

/// Reads the samples of every step up to a version, and goes on from them.
async fn check(store: &dyn Store, version: i64) {
    let mut tx = store.begin().await.unwrap();
    check_talk(tx.as_mut(), version).await;
    check_case(tx.as_mut()).await;
    check_jobs(tx.as_mut()).await;
    check_callbacks(tx.as_mut(), version).await;
    check_suggestions(tx.as_mut(), version).await;
    phone::check(tx.as_mut(), version).await;
    check_rest(tx.as_mut()).await;
    tx.commit().await.unwrap();
}

async fn check_talk(tx: &mut dyn Tx, version: i64) {
    let talk = ConversationId(id(4));
    let found = tx.conversations().lock_open(Channel::Sms, "+14185551234");
    let conversation = found.await.unwrap().unwrap();
    let expected = Conversation {
        id: talk,
        resident: bot_core::id::ResidentId(id(3)),
        identity: bot_core::id::IdentityId(id(2)),
        channel: Channel::Sms,
        lang: Language::En,
        state: ConversationState::Human,
        owner: Owner::Agent("marie".to_owned()),
        epoch: 3,
        queue: Some("voirie".to_owned()),
        priority: 0,
        waiting_since: None,
        last_seq: 2,
        seen_seq: 1,
        release: "release-1".to_owned(),
        created: NOON,
        updated: NOON,
        closed: None,
        close_reason: None,
        previous: None,
    };
    assert_eq!(conversation, expected);
    let closed = tx.conversations().get(ConversationId(id(12))).await.unwrap();
    assert_eq!(closed.unwrap().close_reason, Some(CloseReason::Idle));
    let messages = tx.messages().list_after(talk, 0, 10).await.unwrap();
    assert_eq!(messages.len(), 2);
    let content = &messages[0].new.content;
    assert_eq!(content.text, "l'été: \"nid-de-poule\" ☀");
    assert_eq!(content.attachments[0].id, AttachmentId(id(1)));
    assert_eq!(messages[1].new.choices[0].label, "Oui");
    assert_eq!(messages[1].new.provider_id.as_deref(), Some("SM2"));
    assert_eq!(messages[1].new.wants, (version >= 3).then_some(SlotKind::Address));
    let row = tx.inbox().find(Channel::Sms, "SM1").await.unwrap().unwrap();
    assert_eq!((row.conversation, row.seq), (talk, 1));
    let session = tx.sessions().find(talk).await.unwrap().unwrap();
    assert_eq!((session.revision, session.body.as_str()), (1, "{\"turn\":1}"));
    assert_eq!(tx.log().list(talk, 0, 10).await.unwrap().len(), 1);
    assert_eq!(tx.timers().take_due(NOON, 10).await.unwrap()[0].token, 7);
}

async fn check_case(tx: &mut dyn Tx) {
    let case = tx.cases().find_once("once-1").await.unwrap().unwrap();
    let Case { number, state, urgent, .. } = case;
    assert_eq!(number.to_string(), "26-000001-0");
    assert_eq!((state, urgent), (CaseState::Resolved, true));
    assert_eq!(case.answers["danger"], Value::Bool(true));
    assert_eq!(case.place.unwrap().number, Some(12));
    let theirs = tx.cases().by_contact("+14185551234", 10).await.unwrap();
    assert_eq!(theirs.len(), 1);
    let updates = tx.updates().list(case.id, 0, 10).await.unwrap();
    assert_eq!(updates.len(), 2);
    let next = tx.cases().next_number(26).await.unwrap();
    assert_eq!(next.sequence(), 2);
}

async fn check_jobs(tx: &mut dyn Tx) {
    let state = async |tx: &mut dyn Tx, n| {
        let job = tx.jobs().get(JobId(id(n))).await.unwrap();
        job.unwrap().state
    };
    assert_eq!(state(tx, 7).await, JobState::Done);
    assert_eq!(state(tx, 8).await, JobState::Dead);
    assert_eq!(state(tx, 9).await, JobState::Running);
    let dead = tx.upkeep().dead_jobs(Page::first(10)).await.unwrap();
    assert_eq!(dead[0].last_error.as_deref(), Some("no such number"));
    let late = NOON.plus(Duration::from_mins(1));
    let lease = Duration::from_secs(1);
    let jobs = tx.jobs().claim(&Queue::ALL, 10, late, lease).await.unwrap();
    assert_eq!(jobs.len(), 3);
}

async fn check_callbacks(tx: &mut dyn Tx, version: i64) {
    let waiting = tx.callbacks().waiting(Some("voirie"), Page::first(10)).await.unwrap();
    if version < 2 {
        assert!(waiting.is_empty());
        return;
    }
    assert_eq!(waiting[0].new.id, CallbackId(id(32)));
    assert_eq!(waiting[0].new.message, "call me, l'été ☀");
    assert_eq!(tx.callbacks().add(&waiting[0].new).await.unwrap(), Novelty::Repeat);
}

async fn check_suggestions(tx: &mut dyn Tx, version: i64) {
    let said = tx.log().latest_said(ConversationId(id(4)), 10).await.unwrap();
    let rows = tx.suggestions().list(Filter::default(), Page::first(10)).await.unwrap();
    if version < 4 {
        assert!(said.is_empty() && rows.is_empty());
        return;
    }
    assert_eq!(said[0].entry.seq, Some(1));
    let new = NewSuggestion {
        id: SuggestionId(id(33)),
        conversation: ConversationId(id(4)),
        seq: 1,
        reason: Reason::Corrected,
        lang: Some(Language::Fr),
        text: "l'asphalte est fendu au [address] ☀".to_owned(),
        guess: Some(Guess { intent: "report_sidewalk".to_owned(), p: 0.25 }),
        chosen: Some("report_pothole".to_owned()),
        at: NOON,
    };
    let taught = Taught { lang: Language::Fr, sentence: "l'asphalte est fendu ☀".to_owned() };
    let verdict = Verdict::Accepted { intent: "report_pothole".to_owned(), taught: Some(taught) };
    let decision = Decision { verdict, by: "marie".to_owned(), at: NOON };
    assert_eq!(rows[0], Suggestion { new, decision: Some(decision) });
    assert!(!tx.suggestions().keep(&rows[0].new, 10).await.unwrap().is_fresh());
}

async fn check_rest(tx: &mut dyn Tx) {
    let bytes = tx.attachments().bytes(AttachmentId(id(1))).await.unwrap();
    assert_eq!(bytes.as_deref(), Some(&[0, 1, 2, 255][..]));
    let body = tx.releases().get("release-1").await.unwrap();
    assert_eq!(body.as_deref(), Some("flows: []"));
    let secret = tx.secrets().get_or_insert("token", b"other").await.unwrap();
    assert_eq!(secret, b"secret");
    let due = tx.private().due(NOON, 10).await.unwrap();
    assert_eq!(due[0].text, "nid-de-poule");
    let hidden = tx.private().redact(due[0].conversation, &due[0].text);
    assert_eq!(hidden.await.unwrap(), 2);
    let events = tx.desk().list_after(0, 10).await.unwrap();
    assert_eq!(events.len(), 4);
    assert!(tx.desk().append(&events[0].event).await.unwrap() > events[3].id);
    let tally = tx.upkeep().tally(NOON).await.unwrap();
    assert_eq!((tally[0].n_inbox, tally[0].n_messages), (2, 2));
}
