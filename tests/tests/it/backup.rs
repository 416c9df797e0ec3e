//! Backup and restore with the real program: while residents report, and killed in the middle.

use bot_core::id::AttachmentId;
use bot_core::message::AttachmentKind;
use bot_core::{CaseNumber, UnixMs};
use bot_store::attachments::NewAttachment;
use bot_store::cases::CaseFilter;
use bot_store::desk::{DeskKind, NewDeskEvent};
use bot_store::jobs::JobState;
use bot_store::{Page, Store};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};
use tests::{Counter, Report, Resident, Setup, Way};

use super::crash::crowd::Crowd;
use super::crash::{open, verdict};

/// Residents who report while copies are made.
const N_RESIDENTS: u32 = 8;
/// Copies made meanwhile.
const N_COPIES: usize = 5;
/// Cases filed from one copy to the next, at least.
const N_BETWEEN: usize = 4;
/// How long a counter may take to do what was left when the copy was made.
const REST_LIMIT: Duration = Duration::from_mins(1);
/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(20);

/// Bytes of a photo: with enough of them a copy takes long enough to be killed in the middle.
const N_PHOTO_BYTES: usize = 1 << 20;
const N_PHOTOS: u8 = 40;
/// Kills of a backup, and of a restore.
const N_KILLS: u32 = 12;

/// Runs a command that succeeds; gives what it said on standard output.
async fn run(setup: &Setup, args: &[&str]) -> String {
    let output = setup.command(args).output().await.unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command that fails with a code and these words, in one line.
async fn fails(setup: &Setup, args: &[&str], code: i32, words: &[&str]) {
    let Output { status, stderr, stdout } = setup.command(args).output().await.unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(code), "{args:?}: {said}");
    assert!(stdout.is_empty() && words.iter().all(|word| said.contains(word)), "{args:?}: {said}");
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_under_load_is_a_counter_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap();
    let (counter, door) = Counter::open(&setup).await.unwrap();
    let way = Way::to(&door);
    let (mut old, mut report) = (Resident::arrive(&way, "fr").await.unwrap(), Report::nth(7));
    let first = report.next("").unwrap().unwrap();
    old.say(&first).await.unwrap();
    let crowd = Crowd::gather(&way, N_RESIDENTS);
    let mut copies = Vec::new();
    let store = open(&setup.url).await;
    for n in 0..N_COPIES {
        wait_for_cases(store.as_ref(), n * N_BETWEEN).await;
        let copy = folder.path().join(format!("copy-{n}.db"));
        let told = run(&setup, &["backup", copy.to_str().unwrap()]).await;
        assert!(told.contains(" conversations, ") && told.contains(" messages, "), "{told}");
        copies.push(copy);
    }
    store.close().await;
    let mut young = Resident::arrive(&way, "fr").await.unwrap();
    let stories = crowd.go_home().await;
    let last = copies[N_COPIES - 1].to_str().unwrap();
    fails(&setup, &["restore", last], 2, &["guichet.db is in use", "stop the counter"]).await;
    fails(&setup, &["restore", "--dry-run", last], 2, &["is in use"]).await;
    // Killed, so that its newest rows are in the log.
    counter.kill().await.unwrap();
    let mut told = Vec::new();
    for copy in &copies {
        told.push(told_once_served(&setup, copy).await);
    }
    let sizes: Vec<usize> = told.iter().map(BTreeSet::len).collect();
    println!("{} reports, {sizes:?} of which are in the copies", stories.len());
    assert!(told.windows(2).all(|pair| pair[0].is_subset(&pair[1])), "{told:?}");
    let n_last = told[N_COPIES - 1].len();
    assert!((1..stories.len()).contains(&n_last), "a copy too early or too late: {sizes:?}");
    run(&setup, &["restore", last]).await;
    let (counter, door) = Counter::open(&setup).await.unwrap();
    old.take(&Way::to(&door));
    let number = report.make(&mut old).await.unwrap();
    let given: BTreeSet<CaseNumber> = stories.iter().map(|story| story.number).collect();
    assert!(!given.contains(&number), "{number} is a stranger's already");
    // Whoever came after the copy is told so, and opens another conversation.
    young.take(&Way::to(&door));
    let told = young.say("bonjour").await.unwrap_err().to_string();
    assert!(told.contains("404"), "{told}");
    assert!(counter.stop().await.unwrap().0.success());
    undone(&setup, folder.path(), &given).await;
}

/// Waits until so many cases are filed.
async fn wait_for_cases(store: &dyn Store, n: usize) {
    let began = Instant::now();
    let page = Page::first(u32::try_from(N_COPIES * N_BETWEEN).unwrap());
    loop {
        let mut tx = store.read().await.unwrap();
        if tx.cases().list(&CaseFilter::default(), page).await.unwrap().len() >= n {
            return;
        }
        drop(tx);
        assert!(began.elapsed() < REST_LIMIT, "nobody files {n} cases");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Serves a copy of the copy until what was in progress is done; it holds whatever a counter that
/// was killed in that moment would. Gives the numbers that it told.
async fn told_once_served(setup: &Setup, copy: &Path) -> BTreeSet<CaseNumber> {
    let folder = tempfile::tempdir_in(&setup.folder).unwrap();
    let file = folder.path().join("guichet.db");
    std::fs::copy(copy, &file).unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap();
    let (counter, _) = Counter::open(&setup).await.unwrap();
    let store = open(&setup.url).await;
    let began = Instant::now();
    while is_at_work(store.as_ref()).await {
        assert!(began.elapsed() < REST_LIMIT, "the copy's work does not end");
        tokio::time::sleep(PAUSE).await;
    }
    assert!(counter.stop().await.unwrap().0.success());
    let told = verdict::alone(store.as_ref()).await;
    store.close().await;
    told.into_values().collect()
}

async fn is_at_work(store: &dyn Store) -> bool {
    let mut tx = store.read().await.unwrap();
    let counts = tx.upkeep().job_counts().await.unwrap();
    let is_waiting = |state| matches!(state, JobState::Ready | JobState::Running);
    counts.iter().any(|count| is_waiting(count.state))
}

/// The store that was replaced is whole, with all that the killed counter had in its log.
async fn undone(setup: &Setup, folder: &Path, given: &BTreeSet<CaseNumber>) {
    let is_kept = |path: &PathBuf| path.to_string_lossy().contains(".before-restore-");
    let kept: Vec<PathBuf> = entries(folder).into_iter().filter(is_kept).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    run(setup, &["restore", kept[0].to_str().unwrap()]).await;
    let listed = run(setup, &["case", "list", "--json", "--limit", "500"]).await;
    for number in given {
        assert!(listed.contains(&number.to_string()), "{number} is gone");
    }
}

#[tokio::test]
async fn copies_with_the_time_in_their_names_are_thinned_out() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap();
    open(&setup.url).await.close().await;
    let copies = folder.path().join("copies");
    let target = format!("{}/", copies.display());
    run(&setup, &["backup", &target]).await;
    let first = entries(&copies);
    assert_eq!(first.len(), 1, "{first:?}");
    // From the future, as where the clock was moved back; another store's; and by hand.
    let others = ["guichet-20990101T000000Z.db", "a-20200101T000000Z.db", "guichet-upgrade.db"];
    for name in others.iter().chain(&["guichet-20200101T000000Z.db"]) {
        std::fs::write(copies.join(name), "").unwrap();
    }
    let told = run(&setup, &["backup", &target, "--force", "--keep", "2"]).await;
    let made = PathBuf::from(told.split("  ").next().unwrap());
    let mut wanted: Vec<PathBuf> = others.iter().map(|name| copies.join(name)).collect();
    wanted.push(made);
    wanted.sort();
    assert_eq!(entries(&copies), wanted);
}

#[tokio::test]
async fn wrong_use_is_told_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap();
    fails(&setup, &["backup", "copy.db"], 2, &["there is no store", "store.url"]).await;
    open(&setup.url).await.close().await;
    run(&setup, &["backup", "copy.db"]).await;
    fails(&setup, &["backup", "copy.db"], 2, &["copy.db is there already", "--force"]).await;
    run(&setup, &["backup", "copy.db", "--force"]).await;
    fails(&setup, &["backup", "copy.db", "--keep", "3"], 2, &["--keep goes with a folder"]).await;
    fails(&setup, &["backup", "copies/", "--keep", "0"], 2, &["--keep"]).await;
    fails(&setup, &["restore", "nothing.db"], 2, &["there is no file nothing.db"]).await;
    fails(&setup, &["restore", "guichet.db"], 2, &["is the store itself"]).await;
    std::fs::write(folder.path().join("notes.db"), "notes\n".repeat(999)).unwrap();
    fails(&setup, &["restore", "notes.db"], 2, &["notes.db is not an SQLite database"]).await;
    let copy = std::fs::read(folder.path().join("copy.db")).unwrap();
    std::fs::write(folder.path().join("half.db"), &copy[..copy.len() / 2]).unwrap();
    fails(&setup, &["restore", "half.db"], 1, &["half.db is damaged"]).await;
    fails(&setup, &["restore", "half.db", "--dry-run"], 1, &["half.db is damaged"]).await;
    let told = run(&setup, &["restore", "copy.db", "--dry-run"]).await;
    assert!(told.starts_with("copy.db  0 conversations, 0 cases, 0 messages, "), "{told}");
    std::fs::write(folder.path().join("guichet.db"), &copy[..copy.len() / 2]).unwrap();
    fails(&setup, &["backup", "new.db"], 1, &["guichet.db is damaged"]).await;
    assert!(!folder.path().join("new.db").exists());
    let server = Setup::new(folder.path(), "postgres://city:s3cret@db/guichet").unwrap();
    let words = ["pg_dump --format=custom", "'postgres://city@db/guichet'"];
    fails(&server, &["backup", "copy.db"], 2, &words).await;
    let words = ["pg_restore --clean", "'postgres://city@db/guichet'"];
    fails(&server, &["restore", "copy.db"], 2, &words).await;
}

/// Makes a store that takes a while to be copied.
async fn heavy_store(setup: &Setup) {
    let store = open(&setup.url).await;
    let mut tx = store.begin().await.unwrap();
    for n in 0..N_PHOTOS {
        let photo = NewAttachment {
            id: AttachmentId::from_parts(UnixMs(0), &[n; bot_core::id::N_RANDOM_BYTES]),
            conversation: None,
            kind: AttachmentKind::Image,
            media_type: "image/jpeg".to_owned(),
            bytes: vec![n; N_PHOTO_BYTES],
            at: UnixMs(0),
        };
        tx.attachments().insert(&photo).await.unwrap();
    }
    tx.commit().await.unwrap();
    store.close().await;
}

/// Runs a command as often as it is to be killed, and kills it each time later after it began to
/// write a file, the last time when it should be done; tells each time whether it had ended.
async fn kill_each_time_later(
    setup: &Setup,
    args: &[&str],
    part: &Path,
    mut look: impl AsyncFnMut(bool),
) {
    let began = Instant::now();
    run(setup, args).await;
    let whole = began.elapsed();
    look(true).await;
    for n in 0..N_KILLS {
        let written = || std::fs::metadata(part).and_then(|part| part.modified()).ok();
        let before = written();
        let mut process = setup.command(args).spawn().unwrap();
        while written() == before && process.try_wait().unwrap().is_none() {
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(whole * n / (N_KILLS - 1)).await;
        let has_ended = process.try_wait().unwrap().is_some();
        process.kill().await.unwrap();
        look(has_ended).await;
    }
}

#[tokio::test]
async fn a_backup_that_is_killed_leaves_no_copy() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap();
    heavy_store(&setup).await;
    let (copy, part) = (folder.path().join("copy.db"), folder.path().join("copy.db.part"));
    let mut n_cut = 0;
    let look = async |has_ended: bool| {
        if copy.exists() {
            run(&setup, &["restore", "--dry-run", "copy.db"]).await;
            std::fs::remove_file(&copy).unwrap();
        } else {
            assert!(!has_ended, "a backup that ended has made no copy");
            n_cut += 1;
        }
    };
    kill_each_time_later(&setup, &["backup", "copy.db"], &part, look).await;
    println!("{n_cut} of {N_KILLS} kills fell before the copy was there");
    assert!(n_cut > 0, "no kill fell in the middle");
    run(&setup, &["backup", "copy.db"]).await;
    assert!(!part.exists());
}

/// Tells how many events the store has, once it is found whole.
async fn n_events(setup: &Setup) -> usize {
    run(setup, &["backup", "check.db", "--force"]).await;
    let store = open(&setup.url).await;
    let mut tx = store.read().await.unwrap();
    let n = tx.desk().list_after(0, 10).await.unwrap().len();
    drop(tx);
    store.close().await;
    n
}

#[tokio::test]
async fn a_restore_that_is_killed_leaves_the_old_store_or_the_new() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap();
    heavy_store(&setup).await;
    run(&setup, &["backup", "empty.db"]).await;
    let store = open(&setup.url).await;
    let event = NewDeskEvent {
        conversation: None,
        kind: DeskKind::Agent,
        body: "{}".to_owned(),
        at: UnixMs(0),
    };
    let mut tx = store.begin().await.unwrap();
    tx.desk().append(&event).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    run(&setup, &["backup", "one.db"]).await;
    let mut n_old = 0;
    let look = async |has_ended: bool| {
        let is_old = n_events(&setup).await == 1;
        assert!(!(is_old && has_ended), "a restore that ended has done nothing");
        n_old += u32::from(is_old);
        if !is_old {
            run(&setup, &["restore", "one.db"]).await;
            assert_eq!(n_events(&setup).await, 1);
        }
        for kept in entries(folder.path()) {
            if kept.to_string_lossy().contains(".before-restore-") {
                std::fs::remove_file(kept).unwrap();
            }
        }
    };
    let part = folder.path().join("guichet.db.restore.part");
    kill_each_time_later(&setup, &["restore", "empty.db"], &part, look).await;
    println!("{n_old} of {N_KILLS} kills left the old store, the others the new one");
    assert!(n_old > 0, "no kill fell in the middle");
}
