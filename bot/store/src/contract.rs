//! The suite that every store passes: one case for each promise of the traits.
//!
//! A store's tests call [`contract!`](crate::contract!) with a way to make an empty store. Never
//! here: anything that only one store does.

mod callbacks;
mod calls;
mod cases;
mod conversations;
mod deliveries;
mod desk;
mod files;
mod filing;
mod hooks;
mod intake;
mod jobs;
mod lab;
mod lanes;
mod messages;
mod news;
mod private;
mod recordings;
mod refusals;
mod sessions;
mod silences;
mod suggestions;
mod transactions;

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::store::Store;
use lab::Lab;

/// An empty store, and whatever must live as long as it does.
pub struct Fixture {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Dropped after the case, and after the store is closed.
    pub guard: Box<dyn Any + Send>,
}

impl Fixture {
    /// Makes a fixture of a store that needs nothing else.
    #[must_use]
    pub fn of(store: Arc<dyn Store>) -> Self {
        Self { store, guard: Box::new(()) }
    }
}

/// What a case found wrong.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
/// How a case ends.
pub(crate) type Outcome = Result<(), Failure>;

type Body = fn(Arc<Lab>) -> Pin<Box<dyn Future<Output = Outcome> + Send>>;

struct Case {
    name: &'static str,
    body: Body,
}

macro_rules! cases {
    ($($module:ident { $($case:ident),+ $(,)? })+) => {
        vec![$($(Case {
            name: concat!(stringify!($module), "::", stringify!($case)),
            body: |lab| Box::pin($module::$case(lab)),
        }),+),+]
    };
}

fn all() -> Vec<Case> {
    let mut all = counter();
    all.extend(phone_line());
    all
}

#[rustfmt::skip]
fn counter() -> Vec<Case> {
    cases! {
        transactions {
            rollback_leaves_nothing, snapshots_cannot_write, snapshots_see_one_state,
            a_dropped_writer_frees_the_line, writers_at_once_all_succeed, a_commit_can_be_heard,
        }
        intake {
            a_message_is_kept_with_all_it_carries, a_repeat_gets_the_same_answer,
            repeats_at_once_are_one, places_have_no_gap_under_writers_at_once,
            first_messages_at_once_open_one_conversation, a_closed_conversation_is_followed_by_a_new,
            a_parked_conversation_is_taken_up_again, a_burst_is_one_turn, a_burst_has_a_bound,
            opening_twice_gives_the_same, news_of_a_handoff_is_a_turn,
        }
        refusals {
            a_named_conversation_must_be_theirs, a_named_conversation_must_be_open,
            ids_count_within_a_named_conversation, too_many_unanswered_are_refused,
            odd_messages_are_refused, files_of_others_are_refused,
        }
        conversations {
            an_identity_has_one_open_conversation, an_owner_changes_with_the_epoch,
            owners_at_once_one_wins, parking_and_closing, idle_ones_are_found, amendments, queues_are_listed_in_order,
            open_ones_are_counted, addresses_and_residents,
        }
        messages {
            messages_read_back_as_written, a_key_counts_once, an_old_epoch_is_refused,
            seen_marks_only_rise, what_no_turn_takes_in_waits_for_nobody, pages_of_messages,
        }
        sessions {
            an_old_revision_is_refused, saves_at_once_one_wins, the_log_only_grows,
            one_timer_each, timers_at_once_are_taken_once,
        }
        jobs {
            jobs_read_back_as_written, a_lease_ends_and_the_old_worker_is_refused,
            a_retry_holds_its_lane, a_buried_job_leaves_its_lane, a_revived_job_is_never_second,
            claims_have_bounds, a_lease_can_be_extended, counts_and_next_due,
            what_a_clock_set_back_has_left_is_brought_forward,
            only_old_done_jobs_are_purged, unless_ready_joins_only_its_like,
        }
        lanes { lanes_run_one_by_one_and_in_order, claims_at_once_give_each_job_once }
        filing {
            numbers_are_valid_and_rise, numbers_at_once_differ, once_is_once,
            once_at_once_is_one_case, a_number_of_nothing_is_given_again,
        }
        cases {
            cases_read_back_as_written, cases_are_listed_by_filter, near_is_near,
            an_edit_keeps_what_was, a_state_changes_once,
        }
        news { parties_have_each_role_once, updates_are_listed }
        files {
            a_file_reads_back, a_file_has_a_bound, a_file_belongs_to_one, orphans_are_purged,
            releases_in_use, secrets_are_kept,
        }
        callbacks { callbacks_read_back_and_are_answered_once, a_callback_is_left_once, a_callback_is_hidden }
        suggestions {
            suggestions_read_back_as_written, a_message_is_kept_once_for_each_reason,
            the_oldest_open_ones_fall_out, suggestions_are_listed_by_filter,
            a_suggestion_is_decided_once_and_opened_again, old_suggestions_are_forgotten,
            a_suggestion_is_hidden,
        }
        private {
            due_texts, a_text_is_hidden_everywhere, a_contact_is_taken_away,
        }
        desk { events_come_in_order, the_tally_agrees, the_cursor_reads_all }
    }
}

#[rustfmt::skip]
fn phone_line() -> Vec<Case> {
    cases! {
        calls {
            calls_read_back_as_written, a_call_is_kept_once, an_old_revision_of_a_call_is_refused,
            a_call_ends_once, calls_that_go_on_are_listed, calls_of_a_conversation, calls_have_bounds,
            a_call_is_hidden,
        }
        hooks { the_first_answer_stays, answers_at_once_are_one, answers_have_bounds, old_answers_are_purged }
        recordings {
            recordings_read_back_as_told, old_sounds_are_taken_away, a_recording_is_kept_once, a_recording_is_transcribed,
            a_recording_is_lost_from_anywhere_but_the_end, a_recording_is_settled_once,
            recordings_are_listed, recordings_have_bounds, a_recording_is_hidden,
            a_transcript_is_hidden_word_by_word,
        }
        deliveries {
            deliveries_read_back_as_written, a_message_is_sent_once, the_furthest_news_stays,
            news_at_once_keeps_the_furthest, what_failed_may_still_arrive, deliveries_of_a_conversation,
            deliveries_have_bounds, a_delivery_is_hidden,
        }
        silences { an_address_is_silent_until_it_is_lifted }
    }
}

/// How a case ended.
struct Line {
    name: &'static str,
    took: Duration,
    failure: Option<String>,
}

/// How each case ended.
pub struct Report {
    store: String,
    lines: Vec<Line>,
}

impl Report {
    /// Tells whether every case ended well.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.lines.iter().all(|line| line.failure.is_none())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bad = self.lines.iter().filter(|line| line.failure.is_some());
        let n_bad = bad.count();
        let n_cases = self.lines.len();
        writeln!(out, "{}: {n_bad} of {n_cases} cases failed", self.store)?;
        for line in &self.lines {
            let (name, took_ms) = (line.name, line.took.as_millis());
            match &line.failure {
                None => writeln!(out, "  ok   {took_ms:>6} ms  {name}")?,
                Some(why) => writeln!(out, "  FAIL {took_ms:>6} ms  {name}: {why}")?,
            }
        }
        Ok(())
    }
}

/// Runs every case on a store of its own.
///
/// # Errors
/// Where a runtime cannot be started.
pub fn run<F, R>(name: &str, make: F) -> std::io::Result<Report>
where
    F: Fn() -> R,
    R: Future<Output = Fixture>,
{
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build()?;
    let lines = runtime.block_on(async {
        let mut lines = Vec::new();
        for case in all() {
            let fixture = make().await;
            let started = Instant::now();
            let outcome = run_case(&case, fixture).await;
            lines.push(Line {
                name: case.name,
                took: started.elapsed(),
                failure: outcome.err().map(|why| explain(why.as_ref())),
            });
        }
        lines
    });
    Ok(Report { store: name.to_owned(), lines })
}

async fn run_case(case: &Case, fixture: Fixture) -> Outcome {
    let lab = Arc::new(Lab::new(Arc::clone(&fixture.store)));
    let outcome = (case.body)(lab).await;
    fixture.store.close().await;
    drop(fixture);
    outcome
}

/// Writes an error with all that lies underneath.
fn explain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        text = format!("{text}: {cause}");
        below = cause.source();
    }
    text
}

/// Writes a test that runs the suite: `contract!(name, async { Fixture::of(store) })`.
#[macro_export]
macro_rules! contract {
    ($name:ident, $make:expr) => {
        #[test]
        fn $name() {
            let report = $crate::contract::run(stringify!($name), || $make).expect("a runtime");
            println!("{report}");
            assert!(report.is_good(), "{report}");
        }
    };
}

/// Ends a case where a condition does not hold.
macro_rules! check {
    ($condition:expr) => {
        if !$condition {
            return Err(
                format!("{}:{}: not so: {}", file!(), line!(), stringify!($condition)).into()
            );
        }
    };
}

/// Ends a case where two values differ.
macro_rules! same {
    ($left:expr, $right:expr $(,)?) => {
        match (&$left, &$right) {
            (left, right) => {
                if left != right {
                    return Err(format!(
                        "{}:{}: {} is {left:?}, not {right:?}",
                        file!(),
                        line!(),
                        stringify!($left),
                    )
                    .into());
                }
            }
        }
    };
}

#[cfg(test)]
pub(crate) use lab::Counted;
pub(crate) use {check, same};

#[cfg(test)]
mod tests {
    use super::Fixture;
    use crate::memory::MemoryStore;
    use std::sync::Arc;

    crate::contract!(memory, async { Fixture::of(Arc::new(MemoryStore::new())) });
}
