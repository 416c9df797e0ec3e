//! A voicemail, as the worker keeps it once it was heard.
//!
//! Never here: how it is heard.

use anyhow::ensure;
use bot_core::id::{AttachmentId, RecordingId};
use bot_core::message::AttachmentKind;
use bot_core::voicemail::{Heard, HeardWord};
use bot_core::{Chance, Channel, Language};
use bot_store::attachments::NewAttachment;
use bot_store::recordings::{NewRecording, RecordingState, Transcribed};
use bot_store::{Opening, Store, Visit, open_conversation};
use std::time::Duration;

use super::city_side::now;

const RATE_HZ: u32 = 8_000;
const N_SECONDS: u32 = 3;

/// Chance that is none: each test has a store of its own.
struct Fixed;

impl Chance for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// Leaves a voicemail whose last word is doubtful.
pub(super) async fn leave(store: &dyn Store, words: &[String]) -> anyhow::Result<()> {
    let visit = Visit {
        now: now(),
        chance: &Fixed,
        burst: Duration::ZERO,
        release: "none",
        lang: Language::Fr,
    };
    let opening =
        Opening { channel: Channel::Phone, address: "+14185550123", lang: Some(Language::Fr) };
    let conversation = open_conversation(store, opening, &visit).await?.conversation.id;
    let sound = NewAttachment {
        id: AttachmentId::new(visit.now, &Fixed),
        conversation: Some(conversation),
        kind: AttachmentKind::Audio,
        media_type: "audio/wav".to_owned(),
        bytes: quiet(),
        at: visit.now,
    };
    let recording = NewRecording {
        id: RecordingId::new(visit.now, &Fixed),
        dialect: "twilio".to_owned(),
        provider_id: "RE1".to_owned(),
        call: None,
        conversation,
        caller: "+14185550123".to_owned(),
        lang: Language::Fr,
        seconds: Some(N_SECONDS.into()),
        at: visit.now,
    };
    let transcribed = Transcribed {
        state: RecordingState::Transcribed,
        transcript: Some(serde_json::to_string(&heard(words))?),
        understood: None,
        lang: Language::Fr,
    };
    let mut tx = store.begin().await?;
    tx.attachments().insert(&sound).await?;
    let is_new = tx.recordings().announce(&recording).await?.is_fresh();
    let is_kept = tx.recordings().keep(recording.id, sound.id).await?.is_done();
    let is_heard = tx.recordings().transcribed(recording.id, &transcribed).await?.is_done();
    ensure!(is_new && is_kept && is_heard, "the voicemail was not kept");
    Ok(tx.commit().await?)
}

/// Words half a second each, one after the other.
fn heard(words: &[String]) -> Heard {
    let last = words.len().saturating_sub(1);
    let word = |(place, text): (usize, &String)| HeardWord {
        text: text.clone(),
        start_ms: place as u64 * 500,
        end_ms: place as u64 * 500 + 450,
        probability: if place == last { 0.2 } else { 0.9 },
        was: None,
    };
    let words = words.iter().enumerate().map(word).collect();
    let model = "whisper-base-q8".to_owned();
    Heard { model, lang: Language::Fr, words, is_cut: false, is_doubtful: false }
}

/// Silence: a WAV file of 16-bit PCM.
fn quiet() -> Vec<u8> {
    let n_bytes = RATE_HZ * N_SECONDS * 2;
    let mut file = b"RIFF".to_vec();
    file.extend((n_bytes + 36).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(RATE_HZ.to_le_bytes());
    file.extend((RATE_HZ * 2).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(n_bytes.to_le_bytes());
    file.resize(file.len() + n_bytes as usize, 0);
    file
}
