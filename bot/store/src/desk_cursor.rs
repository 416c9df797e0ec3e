//! Reads the desk's events in order without losing any.
//!
//! PostgreSQL gives numbers out before the commit, so a smaller one may turn up after a larger one.
//! The cursor remembers the numbers that are missing and looks for them for a while.

use bot_core::time::UnixMs;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::desk::{Desk, DeskEvent};
use crate::error::Result;
use crate::page::MAX_PAGE_ROWS;

/// How long a missing number is looked for. Numbers of transactions that left nothing behind never
/// come.
pub const HOLE_MS: u64 = 10_000;
/// The most missing numbers that are looked for.
pub const MAX_HOLES: usize = 512;
/// How many events come again to someone who resumes: some before theirs may have been late.
pub const RESUME_OVERLAP: i64 = 64;

/// A place in the stream of the desk's events.
#[derive(Debug, Clone)]
pub struct DeskCursor {
    last: i64,
    holes: BTreeMap<i64, UnixMs>,
}

impl DeskCursor {
    /// Starts after an event that was read just now.
    #[must_use]
    pub const fn after(id: i64) -> Self {
        Self { last: id, holes: BTreeMap::new() }
    }

    /// Starts again after an event that was read some time ago; the last few come once more.
    #[must_use]
    pub fn resume(id: i64) -> Self {
        Self::after((id - RESUME_OVERLAP).max(0))
    }

    /// Reads the events that have come since, oldest first; late ones come late.
    ///
    /// # Errors
    /// As the store's.
    pub async fn read(
        &mut self,
        desk: &mut dyn Desk,
        now: UnixMs,
        limit: u32,
    ) -> Result<Vec<DeskEvent>> {
        self.forget_old_holes(now);
        let from = self.holes.keys().next().map_or(self.last, |hole| hole - 1);
        let n_known = u32::try_from(self.last - from).unwrap_or(MAX_PAGE_ROWS);
        let events = desk.list_after(from, limit.saturating_add(n_known)).await?;
        let news = events.into_iter().filter(|event| self.take(event.id, now));
        Ok(news.take(limit as usize).collect())
    }

    /// Notes that an event was read; `false` where it had been read before.
    fn take(&mut self, id: i64, now: UnixMs) -> bool {
        if id <= self.last {
            return self.holes.remove(&id).is_some();
        }
        let n_room = MAX_HOLES.saturating_sub(self.holes.len());
        let missing = (self.last + 1..id).rev().take(n_room);
        self.holes.extend(missing.map(|hole| (hole, now)));
        self.last = id;
        true
    }

    /// Drops the holes that are too old, or so far back that a page would not reach the end.
    fn forget_old_holes(&mut self, now: UnixMs) {
        let last = self.last;
        self.holes.retain(|hole, since| {
            now.since(*since) <= Duration::from_millis(HOLE_MS)
                && last - hole < i64::from(MAX_PAGE_ROWS / 2)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{DeskKind, NewDeskEvent};
    use async_trait::async_trait;
    use std::collections::BTreeSet;

    /// A desk whose numbers are committed in any order.
    struct Late(BTreeSet<i64>);

    #[async_trait]
    impl Desk for Late {
        async fn append(&mut self, _: &NewDeskEvent) -> Result<i64> {
            Ok(0)
        }

        async fn list_after(&mut self, id: i64, limit: u32) -> Result<Vec<DeskEvent>> {
            let event = |id: &i64| DeskEvent {
                id: *id,
                event: NewDeskEvent {
                    conversation: None,
                    kind: DeskKind::Message,
                    body: String::new(),
                    at: UnixMs(0),
                },
            };
            let limit = usize::try_from(limit).unwrap();
            Ok(self.0.range(id + 1..).take(limit).map(event).collect())
        }

        async fn last_id(&mut self) -> Result<i64> {
            Ok(0)
        }
    }

    async fn ids(cursor: &mut DeskCursor, desk: &mut Late, now: i64) -> Vec<i64> {
        let events = cursor.read(desk, UnixMs(now), 3).await.unwrap();
        events.iter().map(|event| event.id).collect()
    }

    #[test]
    fn late_numbers_are_waited_for_and_nothing_comes_twice() {
        let body = async {
            let mut desk = Late(BTreeSet::from([1, 2, 5]));
            let mut cursor = DeskCursor::after(0);
            assert_eq!(ids(&mut cursor, &mut desk, 0).await, [1, 2, 5]);
            assert_eq!(ids(&mut cursor, &mut desk, 1).await, [0; 0]);
            desk.0.extend([4, 6, 7, 8, 9]);
            assert_eq!(ids(&mut cursor, &mut desk, 2).await, [4, 6, 7]);
            desk.0.insert(3);
            assert_eq!(ids(&mut cursor, &mut desk, 3).await, [3, 8, 9]);
            desk.0.extend([11, 12]);
            assert_eq!(ids(&mut cursor, &mut desk, 4).await, [11, 12]);
            desk.0.insert(10);
            let late = 5 + i64::try_from(HOLE_MS).unwrap();
            assert_eq!(ids(&mut cursor, &mut desk, late).await, [0; 0]);
        };
        block_on(body);
    }

    /// Runs a future that never really waits.
    fn block_on(body: impl Future<Output = ()>) {
        let mut body = std::pin::pin!(body);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(body.as_mut().poll(&mut context).is_ready());
    }
}
