//! Voicemails as a test wants them: told of, kept, heard, or made a request.

use bot_core::case::{Case, CaseState};
use bot_core::id::{AttachmentId, CaseId, ConversationId, RecordingId};
use bot_core::message::AttachmentKind;
use bot_core::place::{Place, PlaceKind, Point};
use bot_core::value::Record;
use bot_core::voicemail::{Draft, Heard, HeardWord, Verdict};
use bot_core::{Bilingual, Channel, Clock as _, Language, Phone};
use bot_store::Store;
use bot_store::attachments::NewAttachment;
use bot_store::recordings::{NewRecording, RecordingState, Transcribed};

use crate::door::Door;
use crate::line::CALLER;

/// The sound, as bytes that tell their place.
pub(crate) fn sound() -> Vec<u8> {
    let rest = "0123456789".repeat(10);
    [b"RIFF", &rest.as_bytes()[4..]].concat()
}

fn word(text: &str, start_ms: u64, probability: f32, was: Option<&str>) -> HeardWord {
    let was = was.map(str::to_owned);
    HeardWord { text: text.to_owned(), start_ms, end_ms: start_ms + 400, probability, was }
}

fn heard() -> Heard {
    let words = vec![
        word("Un", 0, 0.99, None),
        word("<b>nid</b>", 1_250, 0.3, None),
        word("Cartier", 61_004, 0.9, Some("quartier \"x\"")),
    ];
    Heard { model: "base".to_owned(), lang: Language::Fr, words, is_cut: false, is_doubtful: false }
}

fn draft() -> Draft {
    let place = Place {
        kind: PlaceKind::Address,
        label: Bilingual { fr: "12, rue <Cartier>".to_owned(), en: "12 Cartier St".to_owned() },
        number: Some(12),
        street: None,
        cross: None,
        sector: None,
        at: Point::new(46.75, -71.53).unwrap(),
    };
    Draft {
        verdict: Verdict::Sure,
        service: Some(("NDP".to_owned(), 0.934)),
        place: Some((place, 0.8)),
        callback: Some(Phone::parse("418-555-0119").unwrap()),
        answers: Vec::new(),
        emergency: None,
    }
}

/// How far a test's voicemail has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    Announced,
    Kept,
    Heard,
    Speechless,
    Lost,
    Filed,
}

/// Leaves a voicemail that has come so far.
pub(crate) async fn voicemail(door: &Door, n: u8, stand: Stand) -> RecordingId {
    let now = door.clock.now();
    let talk = door.open().await;
    let new = NewRecording {
        id: RecordingId::from_parts(now, &[n; 10]),
        dialect: "twilio".to_owned(),
        provider_id: format!("RE{n}"),
        call: None,
        conversation: talk.id,
        caller: CALLER.to_owned(),
        lang: Language::Fr,
        seconds: Some(9),
        at: now,
    };
    let mut tx = door.store.begin().await.unwrap();
    assert!(tx.recordings().announce(&new).await.unwrap().is_fresh());
    if !matches!(stand, Stand::Announced | Stand::Lost) {
        let file = NewAttachment {
            id: AttachmentId::from_parts(now, &[n; 10]),
            conversation: Some(talk.id),
            kind: AttachmentKind::Audio,
            media_type: "audio/wav".to_owned(),
            bytes: sound(),
            at: now,
        };
        let kept = tx.attachments().insert(&file).await.unwrap();
        assert!(tx.recordings().keep(new.id, kept.id).await.unwrap().is_done());
    }
    let state = match stand {
        Stand::Heard | Stand::Filed => Some(RecordingState::Transcribed),
        Stand::Speechless => Some(RecordingState::Speechless),
        Stand::Announced | Stand::Kept | Stand::Lost => None,
    };
    if let Some(state) = state {
        let words = if state == RecordingState::Speechless { Vec::new() } else { heard().words };
        let heard = Heard { words, ..heard() };
        let transcript = Some(serde_json::to_string(&heard).unwrap());
        let understood = Some(serde_json::to_string(&draft()).unwrap());
        let done = Transcribed { state, transcript, understood, lang: Language::Fr };
        assert!(tx.recordings().transcribed(new.id, &done).await.unwrap().is_done());
    }
    if stand == Stand::Lost {
        assert!(tx.recordings().lose(new.id, "no file").await.unwrap().is_done());
    }
    if stand == Stand::Filed {
        let mut case = case(door, talk.id);
        case.number = tx.cases().next_number(26).await.unwrap();
        tx.cases().insert(&case, None).await.unwrap();
        assert!(tx.recordings().file(new.id, case.number).await.unwrap().is_done());
    }
    tx.commit().await.unwrap();
    new.id
}

fn case(door: &Door, conversation: ConversationId) -> Case {
    let now = door.clock.now();
    Case {
        id: CaseId::from_parts(now, &[5; 10]),
        number: bot_core::CaseNumber::parse("26-001234-7").unwrap(),
        service: "NDP".to_owned(),
        service_version: 1,
        state: CaseState::New,
        place: None,
        answers: Record::new(),
        description: String::new(),
        photos: Vec::new(),
        urgent: false,
        queue: "roads".to_owned(),
        channel: Channel::Phone,
        lang: Language::Fr,
        conversation: Some(conversation),
        created: now,
        updated: now,
        expected: None,
        closed: None,
    }
}
