//! Doors and workers, each a process.

use std::path::Path;
use tests::{Counter, Role, Setup};

use crate::faults::LEASE_S;

/// Doors and workers over one database; those that were lost leave a gap.
pub(super) struct Fleet {
    setup: Setup,
    webs: Vec<Option<(Counter, String)>>,
    workers: Vec<Option<Counter>>,
    n_webs_lost: usize,
    n_workers_lost: usize,
}

impl Fleet {
    /// Starts so many of each; idle workers look for jobs every so many seconds.
    pub(super) async fn start(folder: &Path, url: &str, n_each: usize, poll_s: &str) -> Self {
        let setup = Setup::new(folder, url).unwrap();
        let setup = setup
            .with("WORKER__LEASE_S", &LEASE_S.to_string())
            .with("WORKER__POLL_S", poll_s)
            .with("STORE__MAX_CONNECTIONS", "4");
        let gaps = || (0..n_each).map(|_| None);
        let (webs, workers) =
            (gaps().collect(), std::iter::repeat_with(|| None).take(n_each).collect());
        let mut fleet = Self { setup, webs, workers, n_webs_lost: 0, n_workers_lost: 0 };
        fleet.make_whole().await;
        fleet
    }

    /// Starts whatever was lost.
    pub(super) async fn make_whole(&mut self) {
        let web = self.setup.clone().in_role(Role::Web);
        for gap in self.webs.iter_mut().filter(|web| web.is_none()) {
            *gap = Some(Counter::open(&web).await.unwrap());
        }
        for gap in self.workers.iter_mut().filter(|worker| worker.is_none()) {
            *gap = Some(Counter::hire(&self.setup).await.unwrap());
        }
    }

    /// Kills a door or a worker drawn by lot; where it is the last of its role, all are started
    /// again before.
    pub(super) async fn lose_one(&mut self, lots: &mut fastrand::Rng) {
        let n_left = (self.webs.iter().flatten().count(), self.workers.iter().flatten().count());
        if n_left.0 == 1 || n_left.1 == 1 {
            self.make_whole().await;
        }
        if lots.bool() {
            let (counter, _) = take_one(&mut self.webs, lots);
            counter.kill().await.unwrap();
            self.n_webs_lost += 1;
        } else {
            take_one(&mut self.workers, lots).kill().await.unwrap();
            self.n_workers_lost += 1;
        }
    }

    /// Tells how many were lost.
    pub(super) fn toll(&self) -> String {
        format!("{} doors, {} workers", self.n_webs_lost, self.n_workers_lost)
    }

    /// Gives the addresses of the doors.
    pub(super) fn doors(&self) -> Vec<String> {
        self.webs.iter().flatten().map(|(_, url)| url.clone()).collect()
    }

    /// Gives all that are left.
    pub(super) fn into_processes(self) -> impl Iterator<Item = Counter> {
        let webs = self.webs.into_iter().flatten().map(|(counter, _)| counter);
        webs.chain(self.workers.into_iter().flatten())
    }
}

fn take_one<T>(places: &mut [Option<T>], lots: &mut fastrand::Rng) -> T {
    let filled: Vec<usize> =
        places.iter().enumerate().filter(|(_, place)| place.is_some()).map(|(n, _)| n).collect();
    places[filled[lots.usize(..filled.len())]].take().unwrap()
}
