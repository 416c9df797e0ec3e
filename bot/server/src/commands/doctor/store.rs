//! The checks of the store and of the work that waits in it.

use bot_core::UnixMs;
use bot_store::cases::CaseFilter;
use bot_store::jobs::JobState;
use bot_store::upkeep::JobCount;
use bot_store::{Error, Page, Store, Tx};
use bot_store_sql::Exam;
use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

use super::clock::Times;
use super::finding::{Check, Finding};
use super::folder;
use crate::settings::{Settings, redacted};

/// How long a server may take to answer; a file is read to its end, however long that takes.
const SERVER_LIMIT: Duration = Duration::from_secs(15);
/// How long a job may wait where a worker is at work.
const MAX_WAIT: Duration = Duration::from_mins(1);

/// What was seen of the store.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) findings: Vec<Finding>,
    pub(super) times: Times,
}

impl Seen {
    fn only(finding: Finding) -> Self {
        Self { findings: vec![finding], times: Times::default() }
    }
}

/// Looks at the store that the settings name.
pub(super) async fn look(settings: &Settings, now: UnixMs) -> Seen {
    let store = bot_store_sql::Settings::new(&settings.store.url);
    let shown = redacted(&settings.store.url);
    let file = match store.file() {
        Ok(file) => file,
        Err(error) => return Seen::only(failed(&shown, &error)),
    };
    let looked = match &file {
        Some(file) => {
            let folder = file.parent().unwrap_or(Path::new(""));
            if let Err(why) = folder::try_writing(folder) {
                let mend = "let this user write there, or name another place in store.url";
                return Seen::only(Finding::fail(Check::Store, why, mend));
            }
            inside(&store, &shown, now).await
        }
        None => match tokio::time::timeout(SERVER_LIMIT, inside(&store, &shown, now)).await {
            Ok(looked) => looked,
            Err(_) => Err(Error::Unavailable(bot_store::error::cause("it does not answer"))),
        },
    };
    looked.unwrap_or_else(|error| Seen::only(failed(&shown, &error)))
}

async fn inside(store: &bot_store_sql::Settings, shown: &str, now: UnixMs) -> Result<Seen, Error> {
    let Some(exam) = bot_store_sql::examine(store).await? else {
        let found = format!("{shown} is not there yet; the first start makes it");
        return Ok(Seen::only(Finding::ok(Check::Store, found)));
    };
    let apart = exam.now.map(|theirs| theirs.since(now).max(now.since(theirs)));
    if let Some(finding) = unfit(shown, &exam) {
        let times = Times { apart, newest: None };
        return Ok(Seen { findings: vec![finding], times });
    }
    // Nothing is pending, so opening takes no step.
    let opened = bot_store_sql::open(store).await?;
    let looked = work(opened.as_ref()).await;
    opened.close().await;
    let (counts, newest) = looked?;
    let found = format!("{shown} answers, can be written to, and is up to date");
    let findings = vec![Finding::ok(Check::Store, found), jobs(&counts, now)];
    Ok(Seen { findings, times: Times { newest, apart } })
}

/// Tells why a database cannot be used as it is.
fn unfit(shown: &str, exam: &Exam) -> Option<Finding> {
    if let Some(first) = exam.damage.first() {
        let found = format!("{shown} is damaged: {first}");
        let mend = "stop the counter, set the file aside and put the last backup in its place";
        return Some(Finding::fail(Check::Store, found, mend));
    }
    let n_steps = exam.pending.len();
    let last = exam.pending.last()?;
    let found =
        format!("the tables of {shown} are older than version {} of this program", last.version);
    let mend =
        format!("make a backup; guichet migrate will run {n_steps}, and so does the next start");
    Some(Finding::warn(Check::Store, found, mend))
}

/// Tries to write, and reads what there is to do and when something last happened.
async fn work(store: &dyn Store) -> Result<(Vec<JobCount>, Option<UnixMs>), Error> {
    let mut tx = store.begin().await?;
    // A write that finds no row: only a database that cannot be written to refuses it.
    tx.upkeep().purge_jobs(UnixMs(0), 1).await?;
    drop(tx);
    let mut tx = store.read().await?;
    let counts = tx.upkeep().job_counts().await?;
    Ok((counts, newest(tx.as_mut()).await?))
}

async fn newest(tx: &mut dyn Tx) -> Result<Option<UnixMs>, Error> {
    let last = tx.desk().last_id().await?;
    let events = tx.desk().list_after(last.saturating_sub(1), 1).await?;
    let cases = tx.cases().list(&CaseFilter::default(), Page::first(1)).await?;
    let events = events.iter().map(|event| event.event.at);
    Ok(events.chain(cases.iter().map(|case| case.created)).max())
}

fn jobs(counts: &[JobCount], now: UnixMs) -> Finding {
    let n_of = |state| -> u64 {
        counts.iter().filter(|count| count.state == state).map(|count| count.n_jobs).sum()
    };
    let (n_ready, n_dead) = (n_of(JobState::Ready), n_of(JobState::Dead));
    let ready = counts.iter().filter(|count| count.state == JobState::Ready);
    let waited = ready.map(|count| now.since(count.oldest)).max().unwrap_or_default();
    let mut found = format!("{n_ready} wait, {n_dead} were given up");
    let mut mend = Vec::new();
    if waited > MAX_WAIT {
        found.extend([", the oldest for ", &waited.as_secs().to_string(), " s"]);
        mend.push("is a worker running? guichet serve --role worker, or --role all");
    }
    if n_dead > 0 {
        mend.push("why a job was given up is in the log and in last_error of its row");
    }
    if mend.is_empty() {
        Finding::ok(Check::Jobs, found)
    } else {
        Finding::warn(Check::Jobs, found, mend.join("; "))
    }
}

/// Tells why the store cannot be used at all.
fn failed(shown: &str, error: &Error) -> Finding {
    // The words of the error itself hold a hint, for those who get no other.
    let why = match (error, error.source()) {
        (Error::Newer { found, known }, _) => {
            format!("its tables are of version {found}, this program knows {known}")
        }
        (_, Some(cause)) => cause.to_string(),
        (_, None) => error.to_string(),
    };
    Finding::fail(Check::Store, format!("{shown}: {why}"), mend(error))
}

const fn mend(error: &Error) -> &'static str {
    match error {
        Error::Busy(_) | Error::Conflict(_) => {
            "another program keeps the database busy: see which, and try again"
        }
        Error::Unavailable(_) => "see that it runs and that this machine and user reach it",
        Error::Full(_) => "make room on its disk",
        Error::ReadOnly(_) => {
            "let this user write to the file and its folder, and take mode=ro out of store.url"
        }
        Error::Newer { .. } => "install the newer program, or put the backup made before it back",
        Error::Settings(_) => {
            "write store.url as sqlite:data/guichet.db or postgres://user@host/database"
        }
        Error::Snapshot | Error::TooLarge { .. } | Error::Row { .. } | Error::Fault(_) => {
            "see that store.url names a database of guichet; if it does, put the last backup back"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bot_store::jobs::Queue;
    use bot_store_sql::Pending;
    use expect_test::expect;

    const NOW: UnixMs = UnixMs(1_777_896_000_000);

    fn count(state: JobState, n_jobs: u64, waited_s: u64) -> JobCount {
        let oldest = NOW.minus(Duration::from_secs(waited_s));
        JobCount { queue: Queue::Turn, state, n_jobs, oldest }
    }

    #[test]
    fn jobs_that_wait_or_were_given_up_are_told() {
        let lines = [
            jobs(&[], NOW),
            jobs(&[count(JobState::Ready, 3, 60), count(JobState::Running, 1, 900)], NOW),
            jobs(&[count(JobState::Ready, 3, 61), count(JobState::Ready, 1, 5)], NOW),
            jobs(&[count(JobState::Dead, 2, 900)], NOW),
            jobs(&[count(JobState::Dead, 2, 900), count(JobState::Ready, 1, 400)], NOW),
        ]
        .map(|finding| finding.line());
        expect![[r#"
            ok    jobs           0 wait, 0 were given up
            ok    jobs           3 wait, 0 were given up
            warn  jobs           4 wait, 0 were given up, the oldest for 61 s; is a worker running? guichet serve --role worker, or --role all
            warn  jobs           0 wait, 2 were given up; why a job was given up is in the log and in last_error of its row
            warn  jobs           1 wait, 2 were given up, the oldest for 400 s; is a worker running? guichet serve --role worker, or --role all; why a job was given up is in the log and in last_error of its row"#]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn a_store_that_is_unfit_is_told() {
        let step = Pending { version: 2, name: "callback".to_owned() };
        let exam = |damage: &[&str], pending: &[Pending]| Exam {
            damage: damage.iter().map(|&line| line.to_owned()).collect(),
            pending: pending.to_vec(),
            now: None,
        };
        assert_eq!(unfit("sqlite:x.db", &exam(&[], &[])), None);
        let lines = [
            unfit("sqlite:x.db", &exam(&["Tree 4 page 4: btreeInitPage() error", "more"], &[])),
            unfit("sqlite:x.db", &exam(&[], &[step])),
        ]
        .map(|finding| finding.unwrap().line());
        expect![[r#"
            FAIL  store          sqlite:x.db is damaged: Tree 4 page 4: btreeInitPage() error; stop the counter, set the file aside and put the last backup in its place
            warn  store          the tables of sqlite:x.db are older than version 2 of this program; make a backup; guichet migrate will run 1, and so does the next start"#]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn a_store_that_fails_is_told_with_its_cause() {
        let cause = || bot_store::error::cause("connection refused (os error 111)");
        let lines = [
            Error::Newer { found: 9_999, known: 2 },
            Error::Unavailable(cause()),
            Error::Settings("the address of the store starts with sqlite: or postgres:".to_owned()),
            Error::ReadOnly(cause()),
        ]
        .map(|error| failed("postgres://city@db/guichet", &error).line());
        expect![[r#"
            FAIL  store          postgres://city@db/guichet: its tables are of version 9999, this program knows 2; install the newer program, or put the backup made before it back
            FAIL  store          postgres://city@db/guichet: connection refused (os error 111); see that it runs and that this machine and user reach it
            FAIL  store          postgres://city@db/guichet: the store's settings are wrong: the address of the store starts with sqlite: or postgres:; write store.url as sqlite:data/guichet.db or postgres://user@host/database
            FAIL  store          postgres://city@db/guichet: connection refused (os error 111); let this user write to the file and its folder, and take mode=ro out of store.url"#]]
        .assert_eq(&lines.join("\n"));
    }
}
