//! Actions on stage: what a test says they answer, and the real register for the rest.

use async_trait::async_trait;
use bot_city::{Actions, CallContext, Register, Returned};
use bot_core::effect::Call;
use bot_store::{Result, Tx};
use flows::model::talk::Stub;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The answers of a test, and how often each action ran.
pub(super) struct Stubs {
    answers: BTreeMap<String, Vec<Stub>>,
    calls: Mutex<BTreeMap<String, u32>>,
    register: Register,
}

impl Stubs {
    pub(super) fn new(answers: &BTreeMap<String, Vec<Stub>>) -> Self {
        let calls = Mutex::new(BTreeMap::new());
        Self { answers: answers.clone(), calls, register: Register }
    }

    pub(super) fn calls(&self) -> BTreeMap<String, u32> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self, action: &str) -> usize {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let n_calls = calls.entry(action.to_owned()).or_default();
        *n_calls += 1;
        usize::try_from(*n_calls).unwrap_or(usize::MAX)
    }
}

#[async_trait]
impl Actions for Stubs {
    fn knows(&self, action: &str) -> bool {
        self.answers.contains_key(action) || self.register.knows(action)
    }

    async fn run(
        &self,
        tx: &mut dyn Tx,
        context: &CallContext<'_>,
        call: &Call,
    ) -> Result<Returned> {
        let n_calls = self.count(&call.action);
        let answers = self.answers.get(&call.action).map(Vec::as_slice).unwrap_or_default();
        // The last answer is repeated.
        match answers.get(n_calls - 1).or(answers.last()) {
            Some(stub) => {
                Ok(Returned { result: stub.result.clone().into(), outputs: stub.outputs.clone() })
            }
            None => self.register.run(tx, context, call).await,
        }
    }
}
