//! Residents who talk while something is done to the counter: how every test of a fault begins and
//! ends.

use bot_store::Store;
use std::sync::Arc;
use std::time::Duration;
use tests::activity::{Activity, Met};
use tests::{Client, Counter, Failure, Patience, Way};
use tokio::sync::watch;

use crate::crash::crowd::Crowd;
use crate::crash::{n_unfinished, nothing_is_left, verdict};

/// Residents at the same time.
const N_RESIDENTS: u32 = 16;
/// So many answers more show that everybody is being answered.
const LIVELY: usize = 48;
/// How long that may take, longer than any lease or wait of a worker.
const LIVELY_LIMIT: Duration = Duration::from_mins(1);
/// How long it may take until the counter can store nothing more.
const REFUSED_LIMIT: Duration = Duration::from_mins(1);

/// Residents who talk.
pub(crate) struct Scene {
    /// Where the doors are.
    pub(crate) doors: watch::Sender<Vec<String>>,
    /// What the residents are doing.
    pub(crate) activity: Arc<Activity>,
    crowd: Crowd,
}

impl Scene {
    pub(crate) fn begin(doors: Vec<String>) -> Self {
        let doors = watch::Sender::new(doors);
        let way = Way::following(doors.subscribe(), Patience::STUBBORN);
        let crowd = Crowd::gather(&way, N_RESIDENTS);
        Self { doors, activity: way.activity, crowd }
    }

    /// Waits until residents are answered.
    pub(crate) async fn is_lively(&self) {
        let lively = tokio::time::timeout(LIVELY_LIMIT, self.activity.more_answers(LIVELY)).await;
        assert!(lively.is_ok(), "residents are not answered: {:?}", self.met());
    }

    pub(crate) fn met(&self) -> Met {
        self.activity.met()
    }

    /// Waits until somebody waits for an answer, which a fault then falls on.
    pub(crate) async fn someone_waits(&self) {
        while self.activity.n_waiting() == 0 {
            self.activity.next_message().await;
        }
    }

    /// Tries to come in until that is refused as it is to be: for now, with 503. What the counter
    /// can still store, it may take.
    pub(crate) async fn newcomers_are_refused(&self, url: &str) {
        let client = Client::default();
        let refused = async {
            loop {
                match client.open(url, "fr").await {
                    Ok(_) => {}
                    Err(Failure::Refused { status, .. }) => return status.as_u16(),
                    Err(failure) => panic!("{failure}"),
                }
            }
        };
        let refused = tokio::time::timeout(REFUSED_LIMIT, refused).await;
        assert_eq!(refused.expect("a newcomer is refused"), 503);
        assert_eq!(client.status(url, "/healthz").await.unwrap(), 200, "the process is alive");
    }

    /// Waits until everyone has a number, then reads what the store holds.
    pub(crate) async fn end(self, row: Row<'_>) -> Ended {
        let stories = self.crowd.go_home().await;
        let met = self.activity.met();
        row.print(stories.len(), self.activity.n_answers(), met);
        Ended { stories, met }
    }
}

/// Residents who have gone home.
pub(crate) struct Ended {
    stories: Vec<crate::crash::crowd::Story>,
    /// What they met with.
    pub(crate) met: Met,
}

impl Ended {
    /// Waits until all work is done, then stops every process, which is to end well.
    pub(crate) async fn close(
        &self,
        store: &dyn Store,
        processes: impl IntoIterator<Item = Counter>,
    ) {
        nothing_is_left(async || n_unfinished(store).await).await;
        for process in processes {
            let (status, _) = process.stop().await.unwrap();
            assert!(status.success(), "{status}");
        }
    }

    /// Reads what the store holds: every accepted message answered once, every case filed once.
    pub(crate) async fn judge(&self, store: &dyn Store) {
        verdict::pass(store, &self.stories).await;
    }
}

/// A line of the table that `make test-faults` shows.
pub(crate) struct Row<'a> {
    /// What was done to the counter.
    pub(crate) fault: &'a str,
    /// Its store.
    pub(crate) store: &'a str,
    /// How often.
    pub(crate) n_rounds: u32,
    /// What it fell on.
    pub(crate) hits: String,
}

impl Row<'_> {
    pub(crate) fn print(&self, n_reports: usize, n_answers: usize, met: Met) {
        let Self { fault, store, n_rounds, hits } = self;
        let (n_unavailable, n_away) = (met.n_unavailable, met.n_away);
        let longest_s = met.longest.as_secs_f64();
        println!(
            "| {fault} | {store} | {n_rounds} | {hits} | {n_reports} | {n_answers} | \
             {n_unavailable} | {n_away} | {longest_s:.1} s |"
        );
    }
}

/// How often a fault is to happen: as said, or as the campaign says.
pub(crate) fn rounds(n_least: u32) -> u32 {
    crate::crash::number("GUICHET_TEST_ROUNDS").map_or(n_least, |n| n_least.max(n))
}
