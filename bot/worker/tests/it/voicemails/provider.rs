//! What a provider does wrong with a recording, and how long it is waited for.

use bot_channels::provider::ProviderError;
use bot_store::recordings::RecordingState;
use std::time::Duration;

use super::{A_WHILE, SURE, after, callbacks, get, leave, n_cases, n_troubles};
use crate::lab::Lab;
use crate::outside::Elsewhere;
use crate::texts::CALLER;

const HOUR: Duration = Duration::from_hours(1);

fn away() -> ProviderError {
    ProviderError::Away("status 500".to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_has_it_later_is_asked_again() {
    let busy = ProviderError::Busy { after: Some(Duration::from_mins(5)) };
    for faults in [
        vec![ProviderError::Missing],
        vec![ProviderError::Missing; 6],
        vec![ProviderError::Locked { status: 401 }, busy.clone(), away()],
        vec![away(); 12],
    ] {
        let elsewhere = Elsewhere::hearing(SURE);
        elsewhere.fetches.lock().unwrap().extend(faults.clone());
        let lab = Lab::reaching(elsewhere.all()).await;
        let id = leave(&lab, 1, CALLER).await;
        lab.wait(HOUR * 3).await;
        assert!(get(&lab, id).await.case_number.is_some(), "{faults:?}");
        assert_eq!(elsewhere.asked("fetch ").len(), faults.len() + 1);
        assert_eq!((elsewhere.asked("send ").len(), n_cases(&lab).await), (1, 1));
        let asked: Vec<_> = elsewhere.journal().into_iter().map(|entry| entry.at).collect();
        if let Some(place) = faults.iter().position(|fault| *fault == busy) {
            let gap = asked[place + 1].duration_since(asked[place]);
            assert!(gap >= Duration::from_mins(5), "{gap:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_recording_that_never_comes_is_given_up_aloud() {
    let elsewhere = Elsewhere::hearing(SURE);
    *elsewhere.never.lock().unwrap() = Some(ProviderError::Missing);
    let lab = Lab::reaching(elsewhere.all()).await;
    let id = leave(&lab, 1, CALLER).await;
    lab.wait(HOUR * 2).await;
    let recording = get(&lab, id).await;
    assert_eq!(recording.state, RecordingState::Lost);
    assert!(recording.reason.unwrap().contains("404"));
    let n_tried = elsewhere.asked("fetch ").len();
    assert!((8..15).contains(&n_tried), "{n_tried}");
    let [callback] = callbacks(&lab).await.try_into().unwrap();
    assert_eq!(
        (callback.new.message.as_str(), callback.new.contact.as_deref()),
        ("", Some(CALLER))
    );
    assert_eq!(n_troubles(&lab).await, 1);
    assert!(elsewhere.asked("delete ").is_empty());
    lab.wait(HOUR * 24).await;
    assert_eq!(elsewhere.asked("fetch ").len(), n_tried, "and not asked for again");
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_was_away_for_long_may_still_have_it_a_moment_later() {
    let elsewhere = Elsewhere::hearing(SURE);
    let faults = [vec![away(); 14], vec![ProviderError::Missing]].concat();
    elsewhere.fetches.lock().unwrap().extend(faults);
    let lab = Lab::reaching(elsewhere.all()).await;
    let id = leave(&lab, 1, CALLER).await;
    lab.wait(HOUR * 12).await;
    assert!(get(&lab, id).await.case_number.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_locks_us_out_is_waited_for_within_a_day() {
    let elsewhere = Elsewhere::hearing(SURE);
    *elsewhere.never.lock().unwrap() = Some(ProviderError::Locked { status: 401 });
    let lab = Lab::reaching(elsewhere.all()).await;
    let id = leave(&lab, 1, CALLER).await;
    lab.wait(HOUR * 9).await;
    assert_eq!(get(&lab, id).await.state, RecordingState::Announced);
    lab.wait(HOUR * 15).await;
    assert_eq!(get(&lab, id).await.state, RecordingState::Lost);
    assert_eq!((callbacks(&lab).await.len(), n_troubles(&lab).await), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn the_providers_copy_is_deleted_once_ours_is_kept_and_never_before() {
    let elsewhere = Elsewhere::hearing(SURE);
    elsewhere.fetches.lock().unwrap().push_back(away());
    elsewhere.deletes.lock().unwrap().extend([away(), ProviderError::Locked { status: 401 }]);
    let (lab, recording) = after(&elsewhere, CALLER).await;
    let asked: Vec<_> = elsewhere.journal().into_iter().map(|entry| entry.what).collect();
    let place = |what: &str| asked.iter().position(|asked| asked == what).unwrap();
    assert!(asked.iter().filter(|asked| *asked == "fetch RE1").count() == 2, "{asked:?}");
    assert!(place("delete RE1") > place("fetch RE1") + 1, "{asked:?}");
    lab.wait(HOUR).await;
    assert_eq!(elsewhere.asked("delete ").len(), 3);
    let id = recording.new.id;
    assert!(get(&lab, id).await.deleted.is_some());
    lab.wait(HOUR * 24).await;
    assert_eq!(elsewhere.asked("delete ").len(), 3, "once is enough");
    assert_eq!(n_troubles(&lab).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_the_provider_will_not_delete_is_told_to_people() {
    let elsewhere = Elsewhere::hearing(SURE);
    let refused = ProviderError::Refused { status: 409, code: 0 };
    elsewhere.deletes.lock().unwrap().push_back(refused);
    let (lab, recording) = after(&elsewhere, CALLER).await;
    assert!(recording.case_number.is_some(), "the request does not depend on it");
    assert_eq!((recording.state, recording.deleted), (RecordingState::Transcribed, None));
    assert_eq!((n_troubles(&lab).await, callbacks(&lab).await.len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_recording_of_a_provider_that_is_not_set_up_waits_for_it() {
    let elsewhere = Elsewhere::hearing(SURE);
    let mut lab = Lab::reaching(bot_worker::Outside::default()).await;
    let id = leave(&lab, 1, CALLER).await;
    lab.wait(HOUR).await;
    assert_eq!(get(&lab, id).await.state, RecordingState::Announced);
    lab.kill().await;
    lab.shell.outside = std::sync::Arc::new(elsewhere.all());
    lab.hire();
    lab.wait(HOUR + A_WHILE).await;
    assert!(get(&lab, id).await.case_number.is_some());
}
