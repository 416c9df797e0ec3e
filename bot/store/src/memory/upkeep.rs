//! Upkeep in memory.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::id::JobId;
use bot_core::message::Author;
use bot_core::time::UnixMs;
use std::collections::BTreeMap;

use super::MemoryTx;
use super::state::n_rows;
use crate::conversation_state::Owner;
use crate::conversations::Conversation;
use crate::error::Result;
use crate::jobs::{Job, JobState};
use crate::page::Page;
use crate::store::Swap;
use crate::upkeep::{JobCount, Tally, Upkeep};

#[async_trait]
impl Upkeep for MemoryTx {
    async fn job_counts(&mut self) -> Result<Vec<JobCount>> {
        let mut counts: BTreeMap<_, (u64, UnixMs)> = BTreeMap::new();
        let jobs = self.state.jobs.values().map(|stored| &stored.job);
        for job in jobs.filter(|job| job.state != JobState::Done) {
            let key = (job.new.queue, job.state);
            let (n_jobs, oldest) = counts.entry(key).or_insert((0, job.new.run_at));
            *n_jobs += 1;
            *oldest = job.new.run_at.min(*oldest);
        }
        let count = |((queue, state), (n_jobs, oldest))| JobCount { queue, state, n_jobs, oldest };
        Ok(counts.into_iter().map(count).collect())
    }

    async fn dead_jobs(&mut self, page: Page) -> Result<Vec<Job>> {
        let jobs = self.state.jobs.values().rev().map(|stored| &stored.job);
        let dead = jobs.filter(|job| job.state == JobState::Dead);
        let part = dead.skip(page.offset() as usize).take(page.limit() as usize);
        Ok(part.cloned().collect())
    }

    async fn revive_job(&mut self, id: JobId, run_at: UnixMs) -> Result<Swap> {
        let state = self.write()?;
        let Some(seq) = state.job_ids.get(&id).copied() else {
            return Ok(Swap::Stale);
        };
        let stored = state.jobs.get_mut(&seq);
        let Some(stored) = stored.filter(|stored| stored.job.state == JobState::Dead) else {
            return Ok(Swap::Stale);
        };
        stored.job.state = JobState::Ready;
        stored.job.new.run_at = run_at;
        stored.first_run_at = run_at;
        stored.finished = None;
        Ok(Swap::Done)
    }

    async fn purge_jobs(&mut self, before: UnixMs, limit: u32) -> Result<u64> {
        let state = self.write()?;
        let mut old = state.jobs.keys_where(|stored| {
            stored.job.state == JobState::Done && stored.finished.is_some_and(|at| at < before)
        });
        old.truncate(n_rows(limit));
        for seq in &old {
            if let Some(stored) = state.jobs.get(seq) {
                let id = stored.job.new.id;
                state.job_ids.remove(&id);
            }
            state.jobs.remove(seq);
        }
        Ok(old.len() as u64)
    }

    async fn purge_desk(&mut self, before: UnixMs, limit: u32) -> Result<u64> {
        let desk = &mut self.write()?.desk;
        let mut old = desk.keys_where(|row| row.event.at < before);
        old.truncate(n_rows(limit));
        for id in &old {
            desk.remove(id);
        }
        Ok(old.len() as u64)
    }

    async fn purge_attachments(&mut self, before: UnixMs, limit: u32) -> Result<u64> {
        let files = &mut self.write()?.files;
        let mut old =
            files.keys_where(|file| file.row.conversation.is_none() && file.row.at < before);
        old.truncate(n_rows(limit));
        for id in &old {
            files.remove(id);
        }
        Ok(old.len() as u64)
    }

    async fn purge_sounds(&mut self, before: UnixMs, limit: u32) -> Result<u64> {
        let state = self.write()?;
        let mut old = state
            .recordings
            .keys_where(|recording| recording.attachment.is_some() && recording.new.at < before);
        old.truncate(n_rows(limit));
        for id in &old {
            let sound = state.recordings.get_mut(id).and_then(|row| row.attachment.take());
            if let Some(sound) = sound {
                state.files.remove(&sound);
            }
        }
        Ok(old.len() as u64)
    }

    async fn purge_hooks(&mut self, before: UnixMs, limit: u32) -> Result<u64> {
        let hooks = &mut self.write()?.hooks;
        let mut old = hooks.keys_where(|answer| answer.at < before);
        old.truncate(n_rows(limit));
        for key in &old {
            hooks.remove(key);
        }
        Ok(old.len() as u64)
    }

    async fn idle_conversations(
        &mut self,
        before: UnixMs,
        limit: u32,
    ) -> Result<Vec<Conversation>> {
        let all = self.state.conversations.values();
        let is_idle = |row: &&Conversation| row.owner == Owner::Bot && row.updated < before;
        let mut rows: Vec<_> = all.filter(is_idle).cloned().collect();
        rows.sort_by_key(|row| (row.updated, row.id));
        rows.truncate(n_rows(limit));
        Ok(rows)
    }

    async fn tally(&mut self, since: UnixMs) -> Result<Vec<Tally>> {
        let mut tallies: BTreeMap<Channel, (u64, u64)> = BTreeMap::new();
        for row in self.state.inbox.values().filter(|row| row.at >= since) {
            tallies.entry(row.channel).or_default().0 += 1;
        }
        for row in self.state.messages.values() {
            let conversation = self.state.conversations.get(&row.new.conversation);
            if let Some(conversation) = conversation
                && row.new.author == Author::Resident
                && row.new.at >= since
            {
                tallies.entry(conversation.channel).or_default().1 += 1;
            }
        }
        let tally = |(channel, (n_inbox, n_messages))| Tally { channel, n_inbox, n_messages };
        Ok(tallies.into_iter().map(tally).collect())
    }
}
