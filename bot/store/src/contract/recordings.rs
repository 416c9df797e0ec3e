//! What callers have recorded.

use bot_core::case_number::CaseNumber;
use bot_core::id::{AttachmentId, ConversationId, RecordingId};
use bot_core::lang::Language;
use std::sync::Arc;

use super::lab::{Lab, NOON, after};
use super::{Failure, Outcome, check, same};
use crate::error::Error;
use crate::jobs::MAX_ERROR_CHARS;
use crate::page::Page;
use crate::receive::{MAX_ADDRESS_BYTES, MAX_PROVIDER_ID_BYTES};
use crate::recordings::{
    MAX_TRANSCRIPT_BYTES, MAX_UNDERSTOOD_BYTES, NewRecording, Recording, RecordingFilter,
    RecordingState, Review, Transcribed,
};
use crate::redact::MASK;
use crate::store::{Novelty, Swap, Tx};

const MANY: Page = Page::first(10);
const ALL: RecordingFilter = RecordingFilter { unreviewed_only: false };
const UNREVIEWED: RecordingFilter = RecordingFilter { unreviewed_only: true };

fn told(lab: &Lab, conversation: ConversationId, provider_id: &str, ms: u64) -> NewRecording {
    NewRecording {
        id: RecordingId::new(after(ms), &lab.chance),
        dialect: "twilio".to_owned(),
        provider_id: provider_id.to_owned(),
        call: None,
        conversation,
        caller: "+14185551234".to_owned(),
        lang: Language::Fr,
        seconds: None,
        at: after(ms),
    }
}

fn heard(transcript: &str) -> Transcribed {
    Transcribed {
        state: RecordingState::Transcribed,
        transcript: Some(transcript.to_owned()),
        understood: None,
        lang: Language::Fr,
    }
}

pub(super) async fn old_sounds_are_taken_away(lab: Arc<Lab>) -> Outcome {
    let id = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    let mut sounds = Vec::new();
    for (name, ms) in [("RE1", 0), ("RE2", 1), ("RE3", 2)] {
        let new = told(&lab, id, name, ms);
        let sound = super::files::file(&lab, Some(id), vec![1]);
        tx.attachments().insert(&sound).await?;
        same!(tx.recordings().announce(&new).await?, Novelty::Fresh);
        same!(tx.recordings().keep(new.id, sound.id).await?, Swap::Done);
        sounds.push((new.id, sound.id));
    }
    same!(tx.upkeep().purge_sounds(NOON, 10).await?, 0);
    same!(tx.upkeep().purge_sounds(after(2), 1).await?, 1);
    same!(tx.upkeep().purge_sounds(after(2), 10).await?, 1);
    same!(tx.upkeep().purge_sounds(after(2), 10).await?, 0);
    for (place, (recording, sound)) in sounds.into_iter().enumerate() {
        let is_left = place == 2;
        same!(tx.attachments().bytes(sound).await?.is_some(), is_left);
        let found = tx.recordings().get(recording).await?;
        same!(found.and_then(|found| found.attachment).is_some(), is_left);
    }
    Ok(())
}

/// Announces a recording whose file is in the store.
async fn kept(
    lab: &Lab,
    tx: &mut dyn Tx,
    conversation: ConversationId,
    provider_id: &str,
) -> Result<NewRecording, Failure> {
    let new = told(lab, conversation, provider_id, 0);
    let file = AttachmentId::new(NOON, &lab.chance);
    let is_new = tx.recordings().announce(&new).await?.is_fresh();
    let is_kept = tx.recordings().keep(new.id, file).await?.is_done();
    if is_new && is_kept { Ok(new) } else { Err("the recording was not kept".into()) }
}

async fn get(tx: &mut dyn Tx, id: RecordingId) -> Result<Recording, Failure> {
    let row = tx.recordings().get(id).await?;
    row.ok_or_else(|| "the recording is gone".into())
}

fn names(rows: &[Recording]) -> Vec<&str> {
    rows.iter().map(|row| row.new.provider_id.as_str()).collect()
}

pub(super) async fn recordings_read_back_as_told(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let call = lab.call("CA1", 0);
    let bare = told(&lab, talk, "RE1", 1);
    let full = NewRecording {
        call: Some(call.id),
        lang: Language::En,
        seconds: Some(61),
        ..told(&lab, talk, "RE2", 2)
    };
    let mut tx = lab.begin().await?;
    same!(tx.calls().insert(&call).await?, Novelty::Fresh);
    for new in [&bare, &full] {
        same!(tx.recordings().announce(new).await?, Novelty::Fresh);
    }
    tx.commit().await?;
    let mut tx = lab.read().await?;
    for new in [&bare, &full] {
        let row = Some(Recording::announced(new.clone()));
        same!(tx.recordings().get(new.id).await?, row);
        same!(tx.recordings().find("twilio", &new.provider_id).await?, row);
    }
    same!(tx.recordings().find("telnyx", "RE1").await?, None);
    same!(tx.recordings().get(RecordingId::new(NOON, &lab.chance)).await?, None);
    let refused = tx.recordings().lose(bare.id, "x").await;
    check!(matches!(refused, Err(Error::Snapshot)));
    Ok(())
}

pub(super) async fn a_recording_is_kept_once(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let first = told(&lab, talk, "RE1", 0);
    let mut tx = lab.begin().await?;
    same!(tx.recordings().announce(&first).await?, Novelty::Fresh);
    same!(tx.recordings().announce(&told(&lab, talk, "RE1", 9)).await?, Novelty::Repeat);
    let other = NewRecording { dialect: "plivo".to_owned(), ..told(&lab, talk, "RE1", 9) };
    same!(tx.recordings().announce(&other).await?, Novelty::Fresh);
    same!(tx.recordings().find("twilio", "RE1").await?, Some(Recording::announced(first.clone())));
    let file = AttachmentId::new(NOON, &lab.chance);
    same!(tx.recordings().keep(first.id, file).await?, Swap::Done);
    same!(tx.recordings().keep(first.id, AttachmentId::new(NOON, &lab.chance)).await?, Swap::Stale);
    let unknown = RecordingId::new(NOON, &lab.chance);
    same!(tx.recordings().keep(unknown, file).await?, Swap::Stale);
    let row = get(tx.as_mut(), first.id).await?;
    same!((row.state, row.attachment), (RecordingState::Kept, Some(file)));
    tx.commit().await?;
    let all = lab
        .crowd(4, |_, lab| async move {
            let mut tx = lab.begin().await?;
            let novelty = tx.recordings().announce(&told(&lab, talk, "RE2", 0)).await?;
            tx.commit().await?;
            Ok(novelty)
        })
        .await?;
    same!(all.iter().filter(|novelty| novelty.is_fresh()).count(), 1);
    Ok(())
}

pub(super) async fn a_recording_is_transcribed(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    let early = told(&lab, talk, "RE0", 0);
    same!(tx.recordings().announce(&early).await?, Novelty::Fresh);
    same!(tx.recordings().transcribed(early.id, &heard("{}")).await?, Swap::Stale);
    let new = kept(&lab, tx.as_mut(), talk, "RE1").await?;
    for state in [RecordingState::Announced, RecordingState::Kept, RecordingState::Lost] {
        let odd = Transcribed { state, ..heard("{}") };
        same!(tx.recordings().transcribed(new.id, &odd).await?, Swap::Stale);
    }
    let full = Transcribed {
        understood: Some("{\"p\":0.5}".to_owned()),
        lang: Language::En,
        ..heard("[\"été\"]")
    };
    same!(tx.recordings().transcribed(new.id, &full).await?, Swap::Done);
    same!(tx.recordings().transcribed(new.id, &heard("{}")).await?, Swap::Stale);
    let row = get(tx.as_mut(), new.id).await?;
    same!((row.state, row.new.lang), (RecordingState::Transcribed, Language::En));
    same!((row.transcript, row.understood), (full.transcript, full.understood));
    let silent = kept(&lab, tx.as_mut(), talk, "RE2").await?;
    let nothing =
        Transcribed { state: RecordingState::Speechless, transcript: None, ..heard("{}") };
    same!(tx.recordings().transcribed(silent.id, &nothing).await?, Swap::Done);
    let row = get(tx.as_mut(), silent.id).await?;
    same!((row.state, row.transcript), (RecordingState::Speechless, None));
    let unknown = RecordingId::new(NOON, &lab.chance);
    same!(tx.recordings().transcribed(unknown, &heard("{}")).await?, Swap::Stale);
    Ok(())
}

pub(super) async fn a_recording_is_lost_from_anywhere_but_the_end(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let long = "é".repeat(MAX_ERROR_CHARS + 50);
    let mut tx = lab.begin().await?;
    let never = told(&lab, talk, "RE1", 0);
    same!(tx.recordings().announce(&never).await?, Novelty::Fresh);
    let broken = kept(&lab, tx.as_mut(), talk, "RE2").await?;
    for new in [&never, &broken] {
        same!(tx.recordings().lose(new.id, &long).await?, Swap::Done);
        same!(tx.recordings().lose(new.id, "again").await?, Swap::Stale);
        let row = get(tx.as_mut(), new.id).await?;
        same!(row.state, RecordingState::Lost);
        same!(row.reason.map(|reason| reason.chars().count()), Some(MAX_ERROR_CHARS));
        let file = AttachmentId::new(NOON, &lab.chance);
        same!(tx.recordings().keep(new.id, file).await?, Swap::Stale);
    }
    let done = kept(&lab, tx.as_mut(), talk, "RE3").await?;
    same!(tx.recordings().transcribed(done.id, &heard("{}")).await?, Swap::Done);
    same!(tx.recordings().lose(done.id, "late").await?, Swap::Stale);
    same!(tx.recordings().lose(RecordingId::new(NOON, &lab.chance), "x").await?, Swap::Stale);
    Ok(())
}

pub(super) async fn a_recording_is_settled_once(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let new = told(&lab, talk, "RE1", 0);
    let number = CaseNumber::parse("26-000001-0")?;
    let other = CaseNumber::parse("26-001234-7")?;
    let unknown = RecordingId::new(NOON, &lab.chance);
    let mut tx = lab.begin().await?;
    same!(tx.recordings().announce(&new).await?, Novelty::Fresh);
    same!(tx.recordings().file(new.id, number).await?, Swap::Done);
    same!(tx.recordings().file(new.id, other).await?, Swap::Stale);
    same!(tx.recordings().file(unknown, number).await?, Swap::Stale);
    same!(tx.recordings().mark_deleted(new.id, after(1)).await?, Swap::Done);
    same!(tx.recordings().mark_deleted(new.id, after(2)).await?, Swap::Stale);
    same!(tx.recordings().mark_deleted(unknown, after(1)).await?, Swap::Stale);
    same!(tx.recordings().review(new.id, "marie", after(3)).await?, Swap::Done);
    same!(tx.recordings().review(new.id, "jean", after(4)).await?, Swap::Stale);
    same!(tx.recordings().review(unknown, "jean", after(4)).await?, Swap::Stale);
    let row = Recording {
        case_number: Some(number),
        deleted: Some(after(1)),
        review: Some(Review { by: "marie".to_owned(), at: after(3) }),
        ..Recording::announced(new.clone())
    };
    same!(get(tx.as_mut(), new.id).await?, row);
    Ok(())
}

pub(super) async fn recordings_are_listed(lab: Arc<Lab>) -> Outcome {
    let (talk, other) = (lab.open("a").await?.id, lab.open("b").await?.id);
    let mut tx = lab.begin().await?;
    for (name, ms, conversation) in [("2", 20, talk), ("3", 30, other), ("1", 10, talk)] {
        let new = told(&lab, conversation, name, ms);
        same!(tx.recordings().announce(&new).await?, Novelty::Fresh);
        if name == "2" {
            same!(tx.recordings().review(new.id, "marie", NOON).await?, Swap::Done);
        }
    }
    same!(names(&tx.recordings().list(ALL, MANY).await?), ["3", "2", "1"]);
    same!(names(&tx.recordings().list(ALL, Page::new(1, 1)).await?), ["2"]);
    same!(names(&tx.recordings().list(UNREVIEWED, MANY).await?), ["3", "1"]);
    same!(names(&tx.recordings().list(UNREVIEWED, Page::new(1, 9)).await?), ["1"]);
    same!(names(&tx.recordings().of_conversation(talk, MANY).await?), ["1", "2"]);
    same!(names(&tx.recordings().of_conversation(talk, Page::new(1, 9)).await?), ["2"]);
    let unknown = ConversationId::new(NOON, &lab.chance);
    same!(tx.recordings().of_conversation(unknown, MANY).await?.len(), 0);
    Ok(())
}

pub(super) async fn recordings_have_bounds(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    let new = kept(&lab, tx.as_mut(), talk, "RE1").await?;
    tx.commit().await?;
    let large = [
        NewRecording { caller: "1".repeat(MAX_ADDRESS_BYTES + 1), ..told(&lab, talk, "RE2", 0) },
        told(&lab, talk, &"x".repeat(MAX_PROVIDER_ID_BYTES + 1), 0),
    ];
    for large in large {
        let refused = lab.begin().await?.recordings().announce(&large).await;
        check!(matches!(refused, Err(Error::TooLarge { .. })));
    }
    let just = Transcribed {
        understood: Some("y".repeat(MAX_UNDERSTOOD_BYTES)),
        ..heard(&"x".repeat(MAX_TRANSCRIPT_BYTES))
    };
    let large = [
        Transcribed { understood: Some("y".repeat(MAX_UNDERSTOOD_BYTES + 1)), ..just.clone() },
        Transcribed { transcript: Some("x".repeat(MAX_TRANSCRIPT_BYTES + 1)), ..just.clone() },
    ];
    for large in large {
        let refused = lab.begin().await?.recordings().transcribed(new.id, &large).await;
        check!(matches!(refused, Err(Error::TooLarge { .. })));
    }
    same!(lab.begin().await?.recordings().transcribed(new.id, &just).await?, Swap::Done);
    Ok(())
}

pub(super) async fn a_recording_is_hidden(lab: Arc<Lab>) -> Outcome {
    let (talk, other) = (lab.open("a").await?.id, lab.open("b").await?.id);
    let said = Transcribed {
        understood: Some("{\"phone\":\"(418) 555-1234\",\"p\":0.5}".to_owned()),
        ..heard("{\"text\":\"au 418 555-1234\",\"n\":4185551234}")
    };
    let mut tx = lab.begin().await?;
    let own = kept(&lab, tx.as_mut(), talk, "RE1").await?;
    let theirs = kept(&lab, tx.as_mut(), other, "RE2").await?;
    for new in [&own, &theirs] {
        same!(tx.recordings().transcribed(new.id, &said).await?, Swap::Done);
    }
    let lost = NewRecording { caller: "anonymous".to_owned(), ..told(&lab, talk, "RE3", 9) };
    same!(tx.recordings().announce(&lost).await?, Novelty::Fresh);
    same!(tx.recordings().lose(lost.id, "418-555-1234.wav is empty").await?, Swap::Done);
    let before = get(tx.as_mut(), theirs.id).await?;
    same!(tx.private().redact(talk, "418-555-1234").await?, 2);
    same!(tx.private().redact(talk, "418-555-1234").await?, 0);
    let row = get(tx.as_mut(), own.id).await?;
    same!(row.new.caller, MASK);
    same!(row.transcript.as_deref(), Some("{\"text\":\"au •••\",\"n\":4185551234}"));
    same!(row.understood.as_deref(), Some("{\"phone\":\"•••\",\"p\":0.5}"));
    same!(row.state, RecordingState::Transcribed);
    let row = get(tx.as_mut(), lost.id).await?;
    same!(row.reason.as_deref(), Some("•••.wav is empty"));
    same!(row.new.caller, "anonymous");
    same!(get(tx.as_mut(), theirs.id).await?, before);
    Ok(())
}

pub(super) async fn a_transcript_is_hidden_word_by_word(lab: Arc<Lab>) -> Outcome {
    let talk = lab.open("a").await?.id;
    let mut tx = lab.begin().await?;
    let new = kept(&lab, tx.as_mut(), talk, "RE1").await?;
    let said = heard(
        "{\"words\":[[\"Marie\",0.9],[\"Roy,\",0.4],[\"au\",0.9],[\"418\",0.8],[\"555-1234\",1]]}",
    );
    same!(tx.recordings().transcribed(new.id, &said).await?, Swap::Done);
    same!(tx.private().redact(talk, "Marie Roy").await?, 1);
    same!(tx.private().redact(talk, "418-555-1234").await?, 1);
    let hidden = "{\"words\":[[\"•••\",0.9],[\"•••\",0.4],[\"au\",0.9],[\"•••\",0.8],[\"•••\",1]]}";
    same!(get(tx.as_mut(), new.id).await?.transcript.as_deref(), Some(hidden));
    Ok(())
}
