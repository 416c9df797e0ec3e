//! Timers of conversations: those that have run out become turns, in the same queue as messages.

use bot_core::id::JobId;
use bot_store::Topic;
use bot_store::jobs::{NewJob, Queue};

use crate::error::Error;
use crate::fold::to_json;
use crate::shell::Shell;
use crate::turn::{Payload, TIMER_KIND};

/// Timers taken at once.
const MAX_AT_ONCE: u32 = 200;

/// Makes a turn of every timer that has run out; gives how many.
pub(crate) async fn run(shell: &Shell) -> Result<usize, Error> {
    let now = shell.now();
    let mut tx = shell.store.begin().await?;
    let due = tx.timers().take_due(now, MAX_AT_ONCE).await?;
    if due.is_empty() {
        return Ok(0);
    }
    for row in &due {
        let payload = Payload {
            conversation: row.conversation,
            timer: Some((row.timer, row.token)),
            news: None,
        };
        let job = NewJob {
            id: JobId::new(now, shell.chance.as_ref()),
            queue: Queue::Turn,
            lane: row.conversation.to_string(),
            kind: TIMER_KIND.to_owned(),
            payload: to_json("job", &payload)?,
            run_at: now,
            trace: None,
        };
        tx.jobs().add(&job).await?;
    }
    tx.commit().await?;
    shell.store.wake().notify(Topic::Jobs);
    Ok(due.len())
}
