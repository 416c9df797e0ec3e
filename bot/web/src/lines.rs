//! The city's lines: who may call the hooks, and what calls need to know.

use bot_channels::signature::Verify;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use voice_calls::Dialect;

/// What the door must know of telephone providers.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    /// Where the counter is seen from outside, without a slash at the end; empty where it is not.
    pub public_url: String,
    /// The providers of calls, and how their requests are known.
    pub phones: BTreeMap<Dialect, Arc<dyn Verify>>,
    /// The providers that record messages which we can fetch.
    pub recorders: BTreeSet<Dialect>,
    /// The provider of text messages.
    pub texts: Option<Arc<dyn Verify>>,
    /// The telephones of queues, in E.164 form, by queue.
    pub rings: BTreeMap<String, String>,
    /// Days that recordings are kept, as callers are told.
    pub keep_days: u32,
}
