//! Residents who report one pothole after the other, until they are sent home.

use bot_core::CaseNumber;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use tests::{Posted, Report, Resident, Way};
use tokio::task::JoinSet;

/// How long the last reports may take once the counter is left alone.
const LAST_REPORTS: Duration = Duration::from_secs(90);

/// Of so many residents, one takes another door for each request.
const ONE_HOPS_OF: u32 = 4;

/// What a resident remembers of a report.
#[derive(Debug)]
pub(crate) struct Story {
    /// The conversation.
    pub(crate) conversation: String,
    /// The number that was told.
    pub(crate) number: CaseNumber,
    /// Everything that was said.
    pub(crate) said: Vec<Posted>,
}

/// Residents who report at the same time.
pub(crate) struct Crowd {
    is_time_to_go: Arc<AtomicBool>,
    residents: JoinSet<Vec<Story>>,
}

impl Crowd {
    pub(crate) fn gather(way: &Way, n_residents: u32) -> Self {
        let is_time_to_go = Arc::new(AtomicBool::new(false));
        let n_reports = Arc::new(AtomicU32::new(0));
        let mut residents = JoinSet::new();
        for n in 0..n_residents {
            // Where there are several doors, residents are spread over them, and some hop.
            let way = way.clone().at_door(n as usize);
            let way = if n % ONE_HOPS_OF == 0 { way.hopping() } else { way };
            let is_time_to_go = Arc::clone(&is_time_to_go);
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
    pub(crate) async fn go_home(self) -> Vec<Story> {
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
