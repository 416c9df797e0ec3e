//! Suggestions that mean the same stand together.

use bot_core::UnixMs;
use bot_store::suggestions::Suggestion;
use nlu::{Understand, group};
use std::sync::Arc;

/// Puts suggestions of one meaning together: the largest group first. Reads each of them, so it is
/// done beside the turns.
pub(super) async fn by_meaning(
    reader: Arc<dyn Understand>,
    rows: Vec<Suggestion>,
    now: UnixMs,
) -> Vec<Vec<Suggestion>> {
    let texts: Vec<String> = rows.iter().map(|row| row.new.text.clone()).collect();
    let work = move || {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        group::by_meaning(reader.as_ref(), &texts, now)
    };
    // Where reading fails, each stands by itself, and none is hidden.
    let alone = |_| (0..rows.len()).map(|at| vec![at]).collect();
    let groups = tokio::task::spawn_blocking(work).await.unwrap_or_else(alone);
    let mut rows: Vec<Option<Suggestion>> = rows.into_iter().map(Some).collect();
    let mut take = |at: usize| rows.get_mut(at).and_then(Option::take);
    groups.into_iter().map(|group| group.into_iter().filter_map(&mut take).collect()).collect()
}
