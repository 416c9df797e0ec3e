//! One resident's whole story over HTTP, through a stop and a start of the counter; and two
//! residents who talk at the same time.

use bot_store_sql::cluster::{Cluster, Disk};
use std::time::Duration;
use tests::numbers::numbers_in;
use tests::{Counter, Report, Resident, Setup, Way};

/// How long a stop may take when nothing is in progress.
const PROMPTLY: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resident_reports_corrects_digresses_and_finds_the_case_again_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    whole_story(&Setup::sqlite(folder.path()).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resident_reports_corrects_digresses_and_finds_the_case_again_on_postgres() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(Disk::Skipped).unwrap();
    let database = cluster.database().await.unwrap();
    whole_story(&Setup::new(folder.path(), &database.url()).unwrap()).await;
}

async fn whole_story(setup: &Setup) {
    let (counter, url) = Counter::open(setup).await.unwrap();
    let mut resident = Resident::arrive(&Way::to(&url), "fr").await.unwrap();
    hears(&resident, "Bonjour !", &["l'assistant automatique", "Sainte-Aurore"]);
    tells(&mut resident, "bonjour, il y a un gros nid-de-poule au 10 rue Cartier", &["photo ?"])
        .await;
    tells(&mut resident, "non", &["Un détail"]).await;
    resident.pick("Passer").await.unwrap();
    hears(&resident, "Passer", &["Où vous prévenir"]);
    tells(&mut resident, "non", &["10, rue Cartier", "Grand (un pneu)", "C'est bon ?"]).await;
    let corrected = ["C'est corrigé. Lieu : 12, rue Cartier.", "Lieu : 12, rue Cartier", "bon ?"];
    tells(&mut resident, "en fait c'est le 12", &corrected).await;

    stops_well(counter).await;
    let (counter, url) = Counter::open(setup).await.unwrap();
    resident.take(&Way::to(&url));

    let switched = ["we go on in English", "Place: 12 Rue Cartier", "Is that right?"];
    tells(&mut resident, "English please", &switched).await;
    tells(&mut resident, "when is the recycling collected?", &["At which address?"]).await;
    let answered = ["Recycling at 12 Rue Cartier", "next collection on", "Shall we go on with"];
    tells(&mut resident, "12 Cartier Street", &answered).await;
    tells(&mut resident, "yes", &["I will send: Place: 12 Rue Cartier; Size: Large"]).await;
    tells(&mut resident, "yes", &["Thank you! Request"]).await;
    let number = numbers_in(&resident.heard_text())[0].to_string();

    stops_well(counter).await;
    let (counter, url) = Counter::open(setup).await.unwrap();
    let mut later = Resident::arrive(&Way::to(&url), "en").await.unwrap();
    assert_ne!(later.conversation(), resident.conversation());
    let found = [number.as_str(), "(Pothole)", "expected by", "Tell you when it changes?"];
    tells(&mut later, &format!("where is my request {number}?"), &found).await;
    let mut other = Resident::arrive(&Way::to(&url), "fr").await.unwrap();
    tells(&mut other, "il y a un nid-de-poule au 12 rue Cartier", &["Déjà signalé", "12"]).await;
    stops_well(counter).await;
}

async fn stops_well(counter: Counter) {
    let (status, took) = counter.stop().await.unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(took < PROMPTLY, "the stop took {took:?}");
}

/// Says something and checks what is answered.
async fn tells(resident: &mut Resident, text: &str, words: &[&str]) {
    resident.say(text).await.unwrap();
    hears(resident, text, words);
}

fn hears(resident: &Resident, after: &str, words: &[&str]) {
    let heard = resident.heard_text();
    for word in words {
        assert!(heard.contains(word), "after \"{after}\", \"{word}\" is not in:\n{heard}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn residents_who_talk_at_the_same_time_do_not_mix() {
    let folder = tempfile::tempdir().unwrap();
    let (counter, url) = Counter::open(&Setup::sqlite(folder.path()).unwrap()).await.unwrap();
    let way = Way::to(&url);
    let mut reporter = Resident::arrive(&way, "fr").await.unwrap();
    let mut asker = Resident::arrive(&way, "en").await.unwrap();
    let report = Report::nth(3);
    let place = report.place().to_owned();
    let (number, ()) = tokio::join!(async { report.make(&mut reporter).await.unwrap() }, async {
        for street in ["20 Main Street", "9 Maple Street", "40 Church Street"] {
            tells(&mut asker, "when is the garbage collected?", &["At which address?"]).await;
            tells(&mut asker, street, &["Garbage at", "next collection on"]).await;
        }
    });
    let told = reporter.transcript().await.unwrap();
    let answers = asker.transcript().await.unwrap();
    assert!(told.iter().all(|posted| posted.lang == "fr"), "{told:?}");
    assert!(answers.iter().all(|posted| posted.lang == "en"), "{answers:?}");
    let all = answers.iter().map(|posted| posted.text.as_str()).collect::<Vec<_>>().join("\n");
    assert!(!all.contains(&place) && !all.contains(&number.to_string()), "{all}");
    for one in [&told, &answers] {
        let seqs: Vec<i64> = one.iter().map(|posted| posted.seq).collect();
        assert_eq!(seqs, (1..=i64::try_from(one.len()).unwrap()).collect::<Vec<_>>());
    }
    stops_well(counter).await;
}
