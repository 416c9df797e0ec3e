//! What only upkeep and people ask for.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::id::JobId;
use bot_core::time::UnixMs;
use bot_store::Result;
use bot_store::conversations::Conversation;
use bot_store::jobs::{Job, JobState, Queue};
use bot_store::page::{Page, clamp};
use bot_store::store::Swap;
use bot_store::upkeep::{JobCount, Tally, Upkeep};
use std::collections::BTreeMap;

use super::conversations::{conversation_columns, read as read_conversation};
use super::jobs::{job_columns, read};
use crate::dialect::Dialect;
use crate::row::{Columns, Read, count, known};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    IDLE = concat!("SELECT ", conversation_columns!(), "
        FROM conversation
        WHERE owner_kind = 'bot'
        AND state <> 'closed'
        AND updated_ms < $1
        ORDER BY updated_ms, id
        LIMIT $2
    ");
    /// In two parts, so that each finds its rows by an index and those that are done are left out.
    JOB_COUNTS = "
        SELECT queue, state, COUNT(*) AS n_jobs, MIN(run_at_ms) AS oldest_ms
        FROM job
        WHERE state IN ('ready', 'running')
        GROUP BY queue, state
        UNION ALL
        SELECT queue, state, COUNT(*) AS n_jobs, MIN(run_at_ms) AS oldest_ms
        FROM job
        WHERE state = 'dead'
        GROUP BY queue, state
    ";
    DEAD_JOBS = concat!("SELECT ", job_columns!(), "
        FROM job
        WHERE state = 'dead'
        ORDER BY seq DESC
        LIMIT $1
        OFFSET $2
    ");
    REVIVE_JOB = "
        UPDATE job
        SET state = 'ready',
            run_at_ms = $2,
            first_run_at_ms = $2,
            finished_ms = NULL
        WHERE id = $1
        AND state = 'dead'
    ";
    PURGE_JOBS = "
        DELETE FROM job
        WHERE seq IN (
            SELECT seq
            FROM job
            WHERE state = 'done'
            AND finished_ms < $1
            ORDER BY finished_ms
            LIMIT $2
        )
    ";
    /// Looks at the oldest rows only, so it needs no index.
    PURGE_DESK = "
        DELETE FROM desk_event
        WHERE id IN (
            SELECT id
            FROM (
                SELECT id, at_ms
                FROM desk_event
                ORDER BY id
                LIMIT $2
            ) AS oldest
            WHERE at_ms < $1
        )
    ";
    PURGE_ATTACHMENTS = "
        DELETE FROM attachment
        WHERE id IN (
            SELECT id
            FROM attachment
            WHERE conversation IS NULL
            AND at_ms < $1
            ORDER BY at_ms
            LIMIT $2
        )
    ";
    PURGE_SOUNDS = "
        DELETE FROM attachment
        WHERE id IN (
            SELECT attachment
            FROM recording
            WHERE attachment IS NOT NULL
            AND at_ms < $1
            ORDER BY at_ms, id
            LIMIT $2
        )
    ";
    FORGET_SOUNDS = "
        UPDATE recording
        SET attachment = NULL
        WHERE attachment IS NOT NULL
        AND at_ms < $1
        AND NOT EXISTS (
            SELECT 1
            FROM attachment
            WHERE attachment.id = recording.attachment
        )
    ";
    PURGE_HOOKS = "
        DELETE FROM hook_answer
        WHERE request_key IN (
            SELECT request_key
            FROM hook_answer
            WHERE at_ms < $1
            ORDER BY at_ms
            LIMIT $2
        )
    ";
    /// A cross join, since SQLite keeps to its order: first the few conversations that have changed.
    TALLY_INBOX = "
        SELECT conversation.channel AS channel, COUNT(*) AS n_rows
        FROM conversation
        CROSS JOIN inbox
        WHERE conversation.updated_ms >= $1
        AND inbox.conversation = conversation.id
        AND inbox.at_ms >= $1
        GROUP BY conversation.channel
    ";
    /// As the one before.
    TALLY_MESSAGES = "
        SELECT conversation.channel AS channel, COUNT(*) AS n_rows
        FROM conversation
        CROSS JOIN message
        WHERE conversation.updated_ms >= $1
        AND message.conversation = conversation.id
        AND message.at_ms >= $1
        AND message.author = 'resident'
        GROUP BY conversation.channel
    ";
}

#[async_trait]
impl<D: Dialect> Upkeep for SqlTx<D> {
    async fn job_counts(&mut self) -> Result<Vec<JobCount>> {
        let counts = self.list("job", JOB_COUNTS, &[], |row| {
            Ok(JobCount {
                queue: known(Queue::from_name(&row.text("queue")?), "queue")?,
                state: known(JobState::from_name(&row.text("state")?), "state")?,
                n_jobs: count(row, "n_jobs")?,
                oldest: UnixMs(row.int("oldest_ms")?),
            })
        });
        let mut counts = counts.await?;
        counts.sort_by_key(|count| (count.queue, count.state));
        Ok(counts)
    }

    async fn dead_jobs(&mut self, page: Page) -> Result<Vec<Job>> {
        let args = args![page.limit(), page.offset()];
        self.list("job", DEAD_JOBS, args, read).await
    }

    async fn revive_job(&mut self, id: JobId, run_at: UnixMs) -> Result<Swap> {
        let n_rows = self.write(REVIVE_JOB, args![id.0, run_at]).await?;
        Ok(Swap::from_rows(n_rows))
    }

    async fn purge_jobs(&mut self, before: UnixMs, limit: u32) -> Result<u64> {
        self.write(PURGE_JOBS, args![before, clamp(limit)]).await
    }

    async fn purge_desk(&mut self, before: UnixMs, limit: u32) -> Result<u64> {
        self.write(PURGE_DESK, args![before, clamp(limit)]).await
    }

    async fn purge_attachments(&mut self, before: UnixMs, limit: u32) -> Result<u64> {
        let args = args![before, clamp(limit)];
        self.write(PURGE_ATTACHMENTS, args).await
    }

    async fn purge_sounds(&mut self, before: UnixMs, limit: u32) -> Result<u64> {
        let n_sounds = self.write(PURGE_SOUNDS, args![before, clamp(limit)]).await?;
        // A recording whose file upkeep had taken away before counts no more either.
        self.write(FORGET_SOUNDS, args![before]).await?;
        Ok(n_sounds)
    }

    async fn purge_hooks(&mut self, before: UnixMs, limit: u32) -> Result<u64> {
        self.write(PURGE_HOOKS, args![before, clamp(limit)]).await
    }

    async fn idle_conversations(
        &mut self,
        before: UnixMs,
        limit: u32,
    ) -> Result<Vec<Conversation>> {
        let args = args![before, clamp(limit)];
        self.list("conversation", IDLE, args, read_conversation).await
    }

    async fn tally(&mut self, since: UnixMs) -> Result<Vec<Tally>> {
        let args = args![since];
        let mut tallies: BTreeMap<Channel, (u64, u64)> = BTreeMap::new();
        for (channel, n_rows) in self.list("inbox", TALLY_INBOX, args, read_channel_count).await? {
            tallies.entry(channel).or_default().0 = n_rows;
        }
        for (channel, n_rows) in
            self.list("message", TALLY_MESSAGES, args, read_channel_count).await?
        {
            tallies.entry(channel).or_default().1 = n_rows;
        }
        let tally = |(channel, (n_inbox, n_messages))| Tally { channel, n_inbox, n_messages };
        Ok(tallies.into_iter().map(tally).collect())
    }
}

fn read_channel_count(row: &impl Columns) -> Read<(Channel, u64)> {
    Ok((row.text("channel")?.parse()?, count(row, "n_rows")?))
}
