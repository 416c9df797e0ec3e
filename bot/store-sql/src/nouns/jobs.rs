//! Durable work: rows that workers claim for a time and settle.

use async_trait::async_trait;
use bot_core::id::JobId;
use bot_core::time::UnixMs;
use bot_store::Result;
use bot_store::jobs::{Job, JobState, Jobs, NewJob, Queue, clip};
use bot_store::page::clamp;
use bot_store::store::{Novelty, Swap};
use std::time::Duration;

use crate::dialect::Dialect;
use crate::row::{Columns, Read, known};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

/// The columns of a job.
macro_rules! job_columns {
    () => {
        "seq, id, queue, lane, kind, payload, state, attempt, run_at_ms, lease_until_ms,
        last_error, trace"
    };
}
pub(crate) use job_columns;

statements! {
    ADD = "
        INSERT INTO job (
            id, queue, lane, kind, payload, state, attempt, run_at_ms, first_run_at_ms, trace
        )
        VALUES ($1, $2, $3, $4, $5, 'ready', 0, $6, $6, $7)
    ";
    /// Moves the time of a job that is ready on to `$4`, at most `$5` after its first one.
    JOIN_READY = "
        UPDATE job
        SET run_at_ms = CASE
                WHEN $4 <= run_at_ms THEN run_at_ms
                WHEN $4 <= first_run_at_ms + $5 THEN $4
                WHEN run_at_ms <= first_run_at_ms + $5 THEN first_run_at_ms + $5
                ELSE run_at_ms
            END
        WHERE seq = (
            SELECT seq
            FROM job
            WHERE lane = $1
            AND queue = $2
            AND state = 'ready'
            AND kind = $3
            ORDER BY seq
            LIMIT 1
        )
        AND state = 'ready'
    ";
    FINISH = "
        UPDATE job
        SET state = 'done',
            lease_until_ms = NULL,
            finished_ms = $3
        WHERE id = $1
        AND attempt = $2
        AND state = 'running'
    ";
    RETRY = "
        UPDATE job
        SET state = 'ready',
            lease_until_ms = NULL,
            run_at_ms = $3,
            last_error = $4
        WHERE id = $1
        AND attempt = $2
        AND state = 'running'
    ";
    BURY = "
        UPDATE job
        SET state = 'dead',
            lease_until_ms = NULL,
            finished_ms = $3,
            last_error = $4
        WHERE id = $1
        AND attempt = $2
        AND state = 'running'
    ";
    EXTEND = "
        UPDATE job
        SET lease_until_ms = $3
        WHERE id = $1
        AND attempt = $2
        AND state = 'running'
    ";
    /// A lease is there exactly while the job runs.
    BRING_FORWARD = "
        UPDATE job
        SET run_at_ms = CASE WHEN state = 'ready' THEN $3 ELSE run_at_ms END,
            first_run_at_ms = CASE WHEN state = 'ready' THEN $3 ELSE first_run_at_ms END,
            lease_until_ms = CASE WHEN state = 'running' THEN $3 ELSE lease_until_ms END
        WHERE queue = $1
        AND state IN ('ready', 'running')
        AND COALESCE(lease_until_ms, run_at_ms) > $2
    ";
    NEXT_DUE = "
        SELECT COALESCE(candidate.lease_until_ms, candidate.run_at_ms) AS due_ms
        FROM job AS candidate
        WHERE candidate.queue = $1
        AND candidate.state IN ('ready', 'running')
        AND (
            candidate.state = 'running'
            OR (
                NOT EXISTS (
                    SELECT 1
                    FROM job AS other
                    WHERE other.lane = candidate.lane
                    AND other.queue = candidate.queue
                    AND other.state = 'running'
                )
                AND NOT EXISTS (
                    SELECT 1
                    FROM job AS other
                    WHERE other.lane = candidate.lane
                    AND other.queue = candidate.queue
                    AND other.state = 'ready'
                    AND other.seq < candidate.seq
                )
            )
        )
        ORDER BY COALESCE(candidate.lease_until_ms, candidate.run_at_ms)
        LIMIT 1
    ";
    GET = concat!("SELECT ", job_columns!(), "
        FROM job
        WHERE id = $1
    ");
}

#[async_trait]
impl<D: Dialect> Jobs for SqlTx<D> {
    async fn add(&mut self, job: &NewJob) -> Result<()> {
        let args = args![
            job.id.0,
            job.queue.name(),
            &job.lane,
            &job.kind,
            &job.payload,
            job.run_at,
            &job.trace
        ];
        self.write(ADD, args).await?;
        Ok(())
    }

    async fn add_unless_ready(&mut self, job: &NewJob, burst: Duration) -> Result<Novelty> {
        let burst_ms = i64::try_from(burst.as_millis()).unwrap_or(i64::MAX / 2);
        let args = args![&job.lane, job.queue.name(), &job.kind, job.run_at, burst_ms];
        if self.write(JOIN_READY, args).await? > 0 {
            return Ok(Novelty::Repeat);
        }
        self.add(job).await?;
        Ok(Novelty::Fresh)
    }

    async fn claim(
        &mut self,
        queues: &[Queue],
        limit: u32,
        now: UnixMs,
        lease: Duration,
    ) -> Result<Vec<Job>> {
        self.check_writable()?;
        let limit = clamp(limit);
        let mut jobs = Vec::new();
        for queue in queues {
            let n_more = limit.saturating_sub(u32::try_from(jobs.len()).unwrap_or(limit));
            if n_more == 0 {
                break;
            }
            let args = args![now.plus(lease), queue.name(), now, n_more];
            let mut claimed = self.list("job", D::LOCKING.claim, args, read).await?;
            claimed.sort_by_key(|job| (job.new.run_at, job.seq));
            jobs.append(&mut claimed);
        }
        Ok(jobs)
    }

    async fn finish(&mut self, id: JobId, attempt: i64, at: UnixMs) -> Result<Swap> {
        let n_rows = self.write(FINISH, args![id.0, attempt, at]).await?;
        Ok(Swap::from_rows(n_rows))
    }

    async fn retry(
        &mut self,
        id: JobId,
        attempt: i64,
        run_at: UnixMs,
        error: &str,
    ) -> Result<Swap> {
        let error = clip(error);
        let args = args![id.0, attempt, run_at, &error];
        Ok(Swap::from_rows(self.write(RETRY, args).await?))
    }

    async fn bury(&mut self, id: JobId, attempt: i64, error: &str, at: UnixMs) -> Result<Swap> {
        let error = clip(error);
        let args = args![id.0, attempt, at, &error];
        Ok(Swap::from_rows(self.write(BURY, args).await?))
    }

    async fn extend(&mut self, id: JobId, attempt: i64, lease_until: UnixMs) -> Result<Swap> {
        let n_rows = self.write(EXTEND, args![id.0, attempt, lease_until]).await?;
        Ok(Swap::from_rows(n_rows))
    }

    async fn bring_forward(&mut self, queue: Queue, latest: UnixMs, now: UnixMs) -> Result<u64> {
        self.write(BRING_FORWARD, args![queue.name(), latest, now]).await
    }

    async fn next_due(&mut self, queue: Queue) -> Result<Option<UnixMs>> {
        let due = |row: &D::Row| Ok(UnixMs(row.int("due_ms")?));
        self.find("job", NEXT_DUE, args![queue.name()], due).await
    }

    async fn get(&mut self, id: JobId) -> Result<Option<Job>> {
        self.find("job", GET, args![id.0], read).await
    }
}

/// Reads a job.
pub(super) fn read(row: &impl Columns) -> Read<Job> {
    let new = NewJob {
        id: JobId(row.id("id")?),
        queue: known(Queue::from_name(&row.text("queue")?), "queue")?,
        lane: row.text("lane")?,
        kind: row.text("kind")?,
        payload: row.text("payload")?,
        run_at: UnixMs(row.int("run_at_ms")?),
        trace: row.maybe_text("trace")?,
    };
    Ok(Job {
        seq: row.int("seq")?,
        new,
        state: known(JobState::from_name(&row.text("state")?), "state")?,
        attempt: row.int("attempt")?,
        lease_until: row.maybe_int("lease_until_ms")?.map(UnixMs),
        last_error: row.maybe_text("last_error")?,
    })
}
