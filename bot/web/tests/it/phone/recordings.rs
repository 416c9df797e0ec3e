//! What the provider tells of recordings, in whatever order.

use bot_store::Store;
use bot_store::jobs::Queue;
use bot_store::recordings::RecordingState;

use super::answers;
use crate::counter::{Counter, conversations, n_jobs, recordings};
use crate::door::Door;
use crate::line::{Call, lined};

/// The two requests that tell of one recording.
#[derive(Debug, Clone, Copy)]
enum Telling {
    /// The call goes on after it.
    Recorded,
    /// Its file is there.
    Ready,
    /// Its file will never come.
    Absent,
    /// It goes on.
    InProgress,
}

async fn tell(call: &Call<'_>, telling: Telling) -> u16 {
    let (recorded, ready) = (
        call.script.door("Record", "action"),
        call.script.door("Record", "recordingStatusCallback"),
    );
    let id = ("RecordingSid", "RE1");
    let answer = match telling {
        Telling::Recorded => call.post(&recorded, &[id, ("RecordingDuration", "9")]).await,
        Telling::Ready => call.post(&ready, &[id, ("RecordingStatus", "completed")]).await,
        Telling::Absent => call.post(&ready, &[id, ("RecordingStatus", "absent")]).await,
        Telling::InProgress => call.post(&ready, &[id, ("RecordingStatus", "in-progress")]).await,
    };
    answer.status
}

async fn at_the_beep(door: &Door) -> Call<'_> {
    let mut call = Call::begin(door, 1).await;
    for _ in 0..5 {
        call.silent().await;
    }
    call
}

#[tokio::test(start_paused = true)]
async fn whichever_tells_of_a_recording_first_there_is_one_and_one_job() {
    use Telling::{Absent, InProgress, Ready, Recorded};
    for (tellings, state, n_kept) in [
        (&[Recorded, Ready][..], Some(RecordingState::Announced), 1),
        (&[Ready, Recorded], Some(RecordingState::Announced), 1),
        (&[Ready, Ready, Recorded, Recorded], Some(RecordingState::Announced), 1),
        (&[InProgress], None, 0),
        (&[Absent], None, 0),
        (&[Recorded, Absent], Some(RecordingState::Lost), 1),
        (&[Ready, Absent], Some(RecordingState::Lost), 1),
    ] {
        let door = lined();
        let _counter = Counter::at(&door, answers);
        let call = at_the_beep(&door).await;
        for telling in tellings {
            let wanted = if matches!(telling, Recorded) { 200 } else { 204 };
            assert_eq!(tell(&call, *telling).await, wanted, "{tellings:?}");
        }
        let found = recordings(&door).await;
        assert_eq!(found.first().map(|recording| recording.state), state, "{tellings:?}");
        let n_hearings = n_jobs(&door, Queue::Transcribe).await;
        assert_eq!((found.len(), n_hearings), (n_kept, n_kept as u64), "{tellings:?}");
        let talks = conversations(&door).await;
        assert!(found.iter().all(|recording| recording.new.conversation == talks[0].id));
    }
}

#[tokio::test(start_paused = true)]
async fn both_at_once_make_one_recording() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    let call = at_the_beep(&door).await;
    tokio::join!(tell(&call, Telling::Recorded), tell(&call, Telling::Ready));
    assert_eq!((recordings(&door).await.len(), n_jobs(&door, Queue::Transcribe).await), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hangs_up_at_the_beep_has_left_a_message() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    let call = at_the_beep(&door).await;
    let recorded = call.script.door("Record", "action");
    let fields = [("RecordingSid", "RE1"), ("RecordingDuration", "31"), ("Digits", "hangup")];
    call.post(&recorded, &fields).await;
    call.post("/hooks/phone/twilio/status", &[("CallStatus", "completed")]).await;
    assert_eq!(recordings(&door).await[0].new.seconds, Some(31));
}

#[tokio::test(start_paused = true)]
async fn nothing_said_at_the_beep_is_asked_once_more() {
    let door = lined();
    let _counter = Counter::at(&door, answers);
    let mut call = at_the_beep(&door).await;
    assert_eq!(call.silent().await, "[dtmf: fr:phone_announce] go");
    assert_eq!(call.silent().await, "record go");
    assert_eq!(call.silent().await, "fr:phone_goodbye hang up");
    assert!(recordings(&door).await.is_empty());
}

#[tokio::test]
async fn a_recording_of_a_call_that_is_not_ours_is_nobodys() {
    let door = lined();
    let mut call = Call::begin(&door, 1).await;
    call.sid = format!("CA{:032x}", 7);
    let fields = [("RecordingSid", "RE1"), ("RecordingStatus", "completed")];
    let answer = call.post("/hooks/phone/twilio/recording", &fields).await;
    assert_eq!(answer.problem(), "404 not-found");
    assert!(recordings(&door).await.is_empty());
    let mut tx = door.store.read().await.unwrap();
    assert!(tx.upkeep().job_counts().await.unwrap().is_empty());
}
