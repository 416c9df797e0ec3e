//! What is done from time to time: private words are hidden, what is old is taken away.

use bot_core::UnixMs;
use bot_store::conversation_state::CloseReason;
use bot_store::conversations::Move;
use std::time::Duration;

use crate::error::Error;
use crate::shell::Shell;

/// Rows taken away at once, so that no transaction gets long.
const MAX_AT_ONCE: u32 = 500;
const DAY: Duration = Duration::from_hours(24);
/// How long finished jobs are kept.
const KEEP_JOBS: Duration = DAY;
/// How long events for screens are kept.
const KEEP_DESK: Duration = Duration::from_hours(72);
/// How long a conversation of the bot may be silent before it is closed.
const KEEP_IDLE: Duration = Duration::from_hours(30 * 24);
/// How long a file is kept that no message has claimed.
const KEEP_LOOSE_FILES: Duration = Duration::from_hours(24);
/// How long what was answered to a provider is kept, to be answered again.
const KEEP_HOOKS: Duration = DAY;

/// Does one round; gives how many rows were changed.
pub(crate) async fn run(shell: &Shell) -> Result<u64, Error> {
    let now = shell.now();
    Ok(hide(shell, now).await? + close_idle(shell, now).await? + purge(shell, now).await?)
}

/// Closes conversations that nobody has come back to, so that whoever writes again begins anew,
/// and old packages need not be kept in use for them.
async fn close_idle(shell: &Shell, now: UnixMs) -> Result<u64, Error> {
    let mut tx = shell.store.begin().await?;
    let mut n_closed = 0;
    for found in tx.upkeep().idle_conversations(now.minus(KEEP_IDLE), MAX_AT_ONCE).await? {
        let close = Move::Close(CloseReason::Idle);
        if tx.conversations().set_state(found.id, found.epoch, close, now).await?.is_done() {
            tx.timers().clear(found.id).await?;
            n_closed += 1;
        }
    }
    tx.commit().await?;
    Ok(n_closed)
}

/// Hides private words whose time has come.
async fn hide(shell: &Shell, now: UnixMs) -> Result<u64, Error> {
    let mut n_rows = 0;
    let mut tx = shell.store.begin().await?;
    for text in tx.private().due(now, MAX_AT_ONCE).await? {
        n_rows += tx.private().redact(text.conversation, &text.text).await?;
        tx.private().forget(text.id).await?;
    }
    tx.commit().await?;
    Ok(n_rows)
}

async fn purge(shell: &Shell, now: UnixMs) -> Result<u64, Error> {
    let mut tx = shell.store.begin().await?;
    let mut n_rows = tx.upkeep().purge_jobs(now.minus(KEEP_JOBS), MAX_AT_ONCE).await?;
    n_rows += tx.upkeep().purge_desk(now.minus(KEEP_DESK), MAX_AT_ONCE).await?;
    n_rows += tx.upkeep().purge_attachments(now.minus(KEEP_LOOSE_FILES), MAX_AT_ONCE).await?;
    n_rows += tx.upkeep().purge_hooks(now.minus(KEEP_HOOKS), MAX_AT_ONCE).await?;
    let keep_sounds = DAY * shell.outside.keep_days;
    n_rows += tx.upkeep().purge_sounds(now.minus(keep_sounds), MAX_AT_ONCE).await?;
    let keep_suggestions = DAY * shell.learning.keep_days;
    n_rows += tx.suggestions().forget(now.minus(keep_suggestions), MAX_AT_ONCE).await?;
    tx.commit().await?;
    Ok(n_rows)
}
