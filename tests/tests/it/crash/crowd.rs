//! Residents who report one pothole after the other, until they are sent home.

use bot_core::CaseNumber;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use tests::{Posted, Report, Resident, Way};
use tokio::task::JoinSet;

/// How long the last reports may take once the counter is left alone.
const LAST_REPORTS: Duration = Duration::from_secs(90);

/// What a resident remembers of a report.
#[derive(Debug)]
pub(super) struct Story {
    /// The conversation.
    pub(super) conversation: String,
    /// The number that was told.
    pub(super) number: CaseNumber,
    /// Everything that was said.
    pub(super) said: Vec<Posted>,
}

/// Residents who report at the same time.
pub(super) struct Crowd {
    is_time_to_go: Arc<AtomicBool>,
    residents: JoinSet<Vec<Story>>,
}

impl Crowd {
    pub(super) fn gather(way: &Way, n_residents: u32) -> Self {
        let is_time_to_go = Arc::new(AtomicBool::new(false));
        let n_reports = Arc::new(AtomicU32::new(0));
        let mut residents = JoinSet::new();
        for _ in 0..n_residents {
            let (way, is_time_to_go) = (way.clone(), Arc::clone(&is_time_to_go));
            let n_reports = Arc::clone(&n_reports);
            residents.spawn(async move {
                let mut stories = Vec::new();
                while !is_time_to_go.load(Ordering::SeqCst) {
                    let n = n_reports.fetch_add(1, Ordering::SeqCst);
                    stories.push(report(&way, n).await.unwrap());
                }
                stories
            });
        }
        Self { is_time_to_go, residents }
    }

    /// Waits until everyone has a number, and gives what they remember.
    pub(super) async fn go_home(self) -> Vec<Story> {
        self.is_time_to_go.store(true, Ordering::SeqCst);
        let all = tokio::time::timeout(LAST_REPORTS, self.residents.join_all());
        all.await.expect("every resident has a number by now").into_iter().flatten().collect()
    }
}

async fn report(way: &Way, n: u32) -> anyhow::Result<Story> {
    let mut resident = Resident::arrive(way, "fr").await?;
    let number = Report::nth(n).make(&mut resident).await?;
    let said = resident.transcript().await?;
    Ok(Story { conversation: resident.conversation().to_owned(), number, said })
}
