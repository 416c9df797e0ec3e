//! What a person decides about a suggestion changes one line of the city's files, and can be undone.

use bot_core::Language;
use bot_core::id::SuggestionId;
use bot_store::Page;
use bot_store::suggestions::{Filter, Guess, NewSuggestion, Reason, State, Verdict};
use bot_worker::clerk::{self, Clerk, ClerkError, Lesson, Mode};
use bot_worker::package;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

use crate::lab::{Lab, TOWN};

const FILE: &str = "intents/report_pothole.yml";

/// A clerk's desk: the demo city in a folder of its own, and a few suggestions.
struct Desk {
    lab: Lab,
    folder: TempDir,
    n_kept: i64,
}

impl Desk {
    async fn new() -> Self {
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../flows/sainte-aurore");
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in package::read(&demo).unwrap().files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self { lab: Lab::new().await, folder, n_kept: 0 }
    }

    fn clerk(&self) -> Clerk<'_> {
        let store = self.lab.shell.store.as_ref();
        Clerk { store, folder: self.folder.path(), by: "marie", now: self.lab.shell.now() }
    }

    fn file(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(FILE)).unwrap()
    }

    async fn kept(&mut self, text: &str, lang: Option<Language>) -> SuggestionId {
        self.n_kept += 1;
        let shell = &self.lab.shell;
        let id = SuggestionId::new(shell.now(), shell.chance.as_ref());
        let new = NewSuggestion {
            id,
            conversation: self.lab.talk,
            seq: self.n_kept,
            reason: Reason::Refused,
            lang,
            text: text.to_owned(),
            guess: Some(Guess { intent: "report_sign".to_owned(), p: 0.2 }),
            chosen: None,
            at: shell.now(),
        };
        let mut tx = shell.store.begin().await.unwrap();
        assert!(tx.suggestions().keep(&new, 100).await.unwrap().is_fresh());
        tx.commit().await.unwrap();
        id
    }
}

fn lesson(intent: &str) -> Lesson {
    Lesson { intent: intent.to_owned(), lang: None, sentence: None }
}

#[tokio::test(start_paused = true)]
async fn an_accepted_sentence_is_one_line_of_the_intents_file_until_it_is_undone() {
    let mut desk = Desk::new().await;
    let before = desk.file();
    let id = desk.kept("la garnotte revole au [address], fait [number]", Some(Language::Fr)).await;
    let pothole = lesson("report_pothole");
    let planned = desk.clerk().accept(id, &pothole, Mode::Dry).await.unwrap();
    assert_eq!(desk.file(), before, "a dry run writes nothing");
    let written = desk.clerk().accept(id, &pothole, Mode::Real).await.unwrap();
    assert_eq!(written, planned);
    assert_eq!(written.path, FILE);
    let line = "    - \"la garnotte revole au 1 rue des Pins, fait 12345\"";
    let added: Vec<_> = written.diff.lines().filter(|line| line.starts_with('+')).collect();
    assert_eq!(added, [format!("+++ b/{FILE}"), format!("+{line}")]);
    assert_eq!(desk.file().replace(&format!("{line}\n"), ""), before);
    let row = desk.clerk().get(id).await.unwrap();
    assert_eq!((row.state(), row.decision.unwrap().by.as_str()), (State::Accepted, "marie"));
    let again = desk.clerk().accept(id, &pothole, Mode::Real).await;
    assert!(matches!(again, Err(ClerkError::Decided(State::Accepted))));
    desk.clerk().undo(id, Mode::Dry).await.unwrap();
    assert_ne!(desk.file(), before, "a dry run takes nothing out");
    let undone = desk.clerk().undo(id, Mode::Real).await.unwrap();
    assert!(undone.diff.contains(&format!("\n-{line}\n")), "{}", undone.diff);
    assert_eq!(desk.file(), before);
    assert_eq!(desk.clerk().get(id).await.unwrap().state(), State::Open);
    assert!(matches!(desk.clerk().undo(id, Mode::Real).await, Err(ClerkError::Open)));
}

#[tokio::test(start_paused = true)]
async fn a_sentence_that_is_there_already_stays_when_it_is_undone() {
    let mut desk = Desk::new().await;
    let before = desk.file();
    let id = desk.kept("ya un trou dvt chez nous", Some(Language::Fr)).await;
    let written = desk.clerk().accept(id, &lesson("report_pothole"), Mode::Real).await.unwrap();
    assert_eq!((written.path.as_str(), written.diff.as_str()), ("", ""));
    let verdict = desk.clerk().get(id).await.unwrap().decision.unwrap().verdict;
    assert!(matches!(verdict, Verdict::Accepted { taught: None, .. }));
    desk.clerk().undo(id, Mode::Real).await.unwrap();
    assert_eq!(desk.file(), before);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_accepted_changes_nothing_and_says_what_to_do() {
    let mut desk = Desk::new().await;
    let before = desk.file();
    let unknown = SuggestionId::from_parts(desk.lab.shell.now(), &[9; 10]);
    let id = desk.kept("la garnotte revole", None).await;
    let pothole = lesson("report_pothole");
    let elsewhere =
        Lesson { sentence: Some("une pancarte arrachée".to_owned()), ..pothole.clone() };
    let french = |lesson: &Lesson| Lesson { lang: Some(Language::Fr), ..lesson.clone() };
    let empty = Lesson { sentence: Some("?!".to_owned()), ..pothole.clone() };
    for (id, lesson, why) in [
        (unknown, &pothole, "there is no suggestion"),
        (id, &lesson("report_pothol"), "did you mean \"report_pothole\"?"),
        (id, &pothole, "name one, fr or en"),
        (id, &french(&empty), "the sentence has no words"),
    ] {
        let refused = desk.clerk().accept(id, lesson, Mode::Real).await.unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
    assert_eq!(desk.file(), before);
    assert_eq!(desk.clerk().get(id).await.unwrap().state(), State::Open);
    // A sentence of the clerk's own is taken where it is good.
    desk.clerk().accept(id, &french(&elsewhere), Mode::Real).await.unwrap();
    assert!(desk.file().contains("une pancarte arrachée"));
}

#[tokio::test(start_paused = true)]
async fn a_package_that_someone_else_changes_is_left_alone() {
    let mut desk = Desk::new().await;
    let id = desk.kept("la garnotte revole", Some(Language::Fr)).await;
    let held = std::fs::File::open(desk.folder.path()).unwrap();
    held.lock().unwrap();
    let busy = desk.clerk().accept(id, &lesson("report_pothole"), Mode::Real).await;
    assert!(matches!(busy, Err(ClerkError::Busy)));
    drop(held);
    desk.clerk().accept(id, &lesson("report_pothole"), Mode::Real).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_dismissed_one_is_out_of_the_list_until_it_is_undone() {
    let mut desk = Desk::new().await;
    let id = desk.kept("la garnotte revole", Some(Language::Fr)).await;
    for text in ["mon perroquet chante", "Mon perroquet chante!"] {
        desk.kept(text, Some(Language::Fr)).await;
    }
    let open = Filter { state: Some(State::Open), ..Filter::default() };
    let sizes = async |desk: &Desk| {
        let store = desk.lab.shell.store.as_ref();
        let (reader, now) = (Arc::clone(&TOWN.reader), desk.lab.shell.now());
        let groups = clerk::list(store, reader, open, Page::first(10), now).await.unwrap();
        groups.iter().map(Vec::len).collect::<Vec<_>>()
    };
    assert_eq!(sizes(&desk).await, [2, 1]);
    desk.clerk().dismiss(id).await.unwrap();
    assert!(matches!(desk.clerk().dismiss(id).await, Err(ClerkError::Decided(State::Dismissed))));
    assert_eq!(sizes(&desk).await, [2]);
    desk.clerk().undo(id, Mode::Real).await.unwrap();
    assert_eq!(sizes(&desk).await, [2, 1]);
}
