//! Work dealt to all processors.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does `n_jobs` jobs, each thread the next one that no other has begun; gives what they gave, in
/// their order.
pub fn map<T: Send>(n_jobs: usize, job: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let work = || -> Vec<(usize, T)> {
        let mine = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        mine.take_while(|at| *at < n_jobs).map(|at| (at, job(at))).collect()
    };
    let n_threads = std::thread::available_parallelism().map_or(1, NonZero::get).min(n_jobs);
    let mut done: Vec<(usize, T)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(work)).collect();
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.flat_map(|done| done.unwrap_or_else(|why| resume_unwind(why))).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, given)| given).collect()
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn every_job_is_done_once_and_in_its_place() {
        for n in [0, 1, 2, 97] {
            let wanted: Vec<usize> = (0..n).map(|at| at * at).collect();
            assert_eq!(map(n, |at| at * at), wanted);
        }
    }
}
