//! The tables of the store in memory.

use bot_core::case::Case;
use bot_core::channel::Channel;
use bot_core::id::{
    AttachmentId, CallId, CallbackId, CaseId, ConversationId, DeliveryId, IdentityId, JobId,
    RecordingId, ResidentId, SuggestionId,
};
use bot_core::time::UnixMs;
use std::collections::BTreeMap;
use std::ops::RangeBounds;
use std::sync::Arc;

use crate::attachments::AttachmentRow;
use crate::callbacks::Callback;
use crate::calls::Call;
use crate::conversations::Conversation;
use crate::deliveries::Delivery;
use crate::desk::DeskEvent;
use crate::hooks::HookAnswer;
use crate::identities::{Identity, Resident};
use crate::inbox::InboxRow;
use crate::jobs::Job;
use crate::log::LogRow;
use crate::messages::Message;
use crate::page::{Page, clamp};
use crate::parties::Party;
use crate::private::PrivateText;
use crate::recordings::Recording;
use crate::sessions::Session;
use crate::suggestions::Suggestion;
use crate::timers::TimerRow;
use crate::updates::CaseUpdate;

/// A table that is cheap to copy until it is written to.
#[derive(Debug, Clone)]
pub(super) struct Table<K, V>(Arc<BTreeMap<K, Arc<V>>>);

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Ord + Clone, V: Clone> Table<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.0.get(key).map(AsRef::as_ref)
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        // Only a hit is worth a copy.
        if !self.0.contains_key(key) {
            return None;
        }
        Arc::make_mut(&mut self.0).get_mut(key).map(Arc::make_mut)
    }

    pub(super) fn contains(&self, key: &K) -> bool {
        self.0.contains_key(key)
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        Arc::make_mut(&mut self.0).insert(key, Arc::new(value));
    }

    pub(super) fn remove(&mut self, key: &K) {
        if self.0.contains_key(key) {
            Arc::make_mut(&mut self.0).remove(key);
        }
    }

    pub(super) fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.0.values().map(AsRef::as_ref)
    }

    pub(super) fn range(
        &self,
        keys: impl RangeBounds<K>,
    ) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.0.range(keys).map(|(key, value)| (key, value.as_ref()))
    }

    /// Lists the keys whose rows fit.
    pub(super) fn keys_where(&self, fits: impl Fn(&V) -> bool) -> Vec<K> {
        let hits = self.0.iter().filter(|(_, value)| fits(value));
        hits.map(|(key, _)| key.clone()).collect()
    }

    /// Gives the key after the last one.
    pub(super) fn next_key(&self) -> i64
    where
        K: Into<i64>,
    {
        self.0.last_key_value().map_or(1, |(last, _)| last.clone().into() + 1)
    }
}

/// A file with its bytes.
#[derive(Debug, Clone)]
pub(super) struct StoredFile {
    pub(super) row: AttachmentRow,
    pub(super) bytes: Arc<[u8]>,
}

/// A job with what only the store needs to know.
#[derive(Debug, Clone)]
pub(super) struct StoredJob {
    pub(super) job: Job,
    pub(super) first_run_at: UnixMs,
    pub(super) finished: Option<UnixMs>,
}

/// Everything.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) inbox: Table<(Channel, String), InboxRow>,
    pub(super) residents: Table<ResidentId, Resident>,
    pub(super) identities: Table<IdentityId, Identity>,
    pub(super) addresses: Table<(Channel, String), IdentityId>,
    pub(super) conversations: Table<ConversationId, Conversation>,
    pub(super) messages: Table<(ConversationId, i64), Message>,
    pub(super) sessions: Table<ConversationId, Session>,
    pub(super) log: Table<(ConversationId, i64), LogRow>,
    pub(super) jobs: Table<i64, StoredJob>,
    pub(super) job_ids: Table<JobId, i64>,
    /// The largest number a job ever had; purged jobs do not give theirs back.
    pub(super) last_job: i64,
    pub(super) timers: Table<ConversationId, TimerRow>,
    pub(super) cases: Table<CaseId, Case>,
    pub(super) once_keys: Table<String, CaseId>,
    pub(super) case_numbers: Table<u8, u32>,
    pub(super) parties: Table<i64, Party>,
    pub(super) updates: Table<i64, CaseUpdate>,
    pub(super) callbacks: Table<CallbackId, Callback>,
    pub(super) files: Table<AttachmentId, StoredFile>,
    pub(super) releases: Table<String, String>,
    pub(super) secrets: Table<String, Vec<u8>>,
    pub(super) private: Table<i64, PrivateText>,
    pub(super) suggestions: Table<SuggestionId, Suggestion>,
    pub(super) calls: Table<CallId, Call>,
    pub(super) hooks: Table<String, HookAnswer>,
    pub(super) recordings: Table<RecordingId, Recording>,
    pub(super) deliveries: Table<DeliveryId, Delivery>,
    pub(super) silences: Table<(Channel, String), UnixMs>,
    pub(super) desk: Table<i64, DeskEvent>,
    pub(super) last_desk: i64,
}

/// Gives a bound as a number of rows to take.
pub(super) fn n_rows(limit: u32) -> usize {
    clamp(limit) as usize
}

/// Takes a page out of rows that are in order.
pub(super) fn part<T>(rows: Vec<T>, page: Page) -> Vec<T> {
    rows.into_iter().skip(page.offset() as usize).take(page.limit() as usize).collect()
}
