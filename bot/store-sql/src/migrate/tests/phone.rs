//! What the telephone line and text messages brought.

use bot_core::channel::Channel;
use bot_core::id::{AttachmentId, CallId, ConversationId, DeliveryId, RecordingId};
use bot_core::lang::Language;
use bot_store::calls::{Call, Ending, NewCall};
use bot_store::deliveries::{Delivery, DeliveryState, NewDelivery};
use bot_store::hooks::HookAnswer;
use bot_store::recordings::{NewRecording, Recording, RecordingState, Review};
use bot_store::store::Tx;

use super::{NOON, id};

/// Reads the samples, where the version brought them.
pub(super) async fn check(tx: &mut dyn Tx, version: i64) {
    let found = tx.calls().find("twilio", "CA1").await.unwrap();
    assert_eq!(found, (version >= 5).then(call));
    let found = tx.recordings().find("twilio", "RE1").await.unwrap();
    assert_eq!(found, (version >= 5).then(recording));
    let found = tx.deliveries().of_message(ConversationId(id(4)), 2).await.unwrap();
    assert_eq!(found, (version >= 5).then(delivery));
    let found = tx.hooks().find("token-1").await.unwrap();
    assert_eq!(found, (version >= 5).then(answer));
    let is_silent = tx.silences().is_silent(Channel::Sms, "+14185559999").await.unwrap();
    assert_eq!(is_silent, version >= 5);
}

fn call() -> Call {
    let new = NewCall {
        id: CallId(id(34)),
        dialect: "twilio".to_owned(),
        provider_id: "CA1".to_owned(),
        caller: "+14185551234".to_owned(),
        called: "+14185550311".to_owned(),
        conversation: Some(ConversationId(id(4))),
        lang: Language::En,
        state: "{\"étape\":\"menu\"}".to_owned(),
        begun: NOON,
    };
    let ending = Ending { outcome: "completed".to_owned(), seconds: Some(61), at: NOON };
    Call { new, revision: 3, ending: Some(ending) }
}

fn recording() -> Recording {
    let new = NewRecording {
        id: RecordingId(id(35)),
        dialect: "twilio".to_owned(),
        provider_id: "RE1".to_owned(),
        call: Some(CallId(id(34))),
        conversation: ConversationId(id(4)),
        caller: "+14185551234".to_owned(),
        lang: Language::En,
        seconds: Some(12),
        at: NOON,
    };
    Recording {
        state: RecordingState::Transcribed,
        attachment: Some(AttachmentId(id(1))),
        transcript: Some("[\"l'été ☀\"]".to_owned()),
        understood: Some("{\"p\":0.5}".to_owned()),
        case_number: "26-000001-0".parse().ok(),
        deleted: Some(NOON),
        review: Some(Review { by: "marie".to_owned(), at: NOON }),
        ..Recording::announced(new)
    }
}

fn delivery() -> Delivery {
    let new = NewDelivery {
        id: DeliveryId(id(36)),
        conversation: ConversationId(id(4)),
        seq: 2,
        channel: Channel::Sms,
        address: "+14185551234".to_owned(),
        at: NOON,
    };
    Delivery {
        new,
        state: DeliveryState::Failed,
        provider_id: Some("SM2".to_owned()),
        n_parts: Some(2),
        error: Some("no such number".to_owned()),
        updated: NOON,
    }
}

fn answer() -> HookAnswer {
    HookAnswer {
        key: "token-1".to_owned(),
        status: 200,
        media_type: "text/xml".to_owned(),
        body: "<Say>l'été ☀</Say>".to_owned(),
        at: NOON,
    }
}
