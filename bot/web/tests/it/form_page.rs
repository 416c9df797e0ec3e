//! The counter without a script: pages, and the forms between them.

mod refusals;
mod sheet;

use bot_core::message::Author;
use bot_core::{CaseNumber, Language};
use bot_store::Store;

use crate::door::{Door, plain};
use crate::forms::{TRACE, photo};
use sheet::{
    Attended, Reply, append, close, conversations, open, refused, said, submit, words_said,
};

#[tokio::test]
async fn the_first_page_says_what_it_is_and_keeps_nothing() {
    let door = Door::new();
    for (path, lang, other) in [("/formulaire", "fr", "/form"), ("/form", "en", "/formulaire")] {
        let sheet = open(&door, path).await;
        for key in ["form_title", "form_lead", "form_phone", "form_words", "widget_send"] {
            assert!(sheet.has(&format!("{lang}:{key}")), "{key}: {}", sheet.html);
        }
        assert!(sheet.has(&format!("<html lang=\"{lang}\">")));
        assert!(sheet.has(&format!("{lang}:form_photo mb=12")), "{}", sheet.html);
        assert!(sheet.has(&format!("href=\"{other}\"")));
        assert_eq!(sheet.action(), path);
        assert_eq!((sheet.hidden("token"), sheet.typed()), (None, String::new()));
        assert_ne!(sheet.hidden("page"), open(&door, path).await.hidden("page"));
        for style in ["/page.css", "/form.css"] {
            assert!(sheet.has(&format!("href=\"{style}\"")));
            assert_eq!(door.ask(plain("GET", style)).await.kind(), "text/css");
        }
    }
    assert!(conversations(&door).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_conversation_is_held_by_forms_alone() {
    let replies: &[Reply] = &[
        ("Quelle taille ?", &[("size=small", "Petit (une main)"), ("size=large", "Grand")]),
        ("C'est noté.", &[]),
    ];
    let attended = Attended::new(Language::Fr, replies);
    let door = &attended.door;
    let first = open(door, "/formulaire").await;
    let second = submit(door, first.say("un nid-de-poule")).await;
    assert_eq!(second.status(), 200);
    let place =
        |words: &str| second.html.find(words).unwrap_or_else(|| panic!("{words}: {}", second.html));
    assert!(place("Bienvenue.") < place("un nid-de-poule"));
    assert!(place("un nid-de-poule") < place("id=\"next\""), "the answer is what is next");
    assert!(place("id=\"next\"") < place("Quelle taille ?"));
    let button = "<button name=\"choice\" value=\"size=small\">Petit (une main)</button>";
    assert!(place("Quelle taille ?") < place(button));
    assert!(second.typed().is_empty());
    for author in ["widget_bot", "widget_you"] {
        assert!(second.has(&format!("fr:{author}")));
    }

    // What was typed beside a choice is not lost.
    let choose: [(&str, &[u8]); 3] =
        [("words", b"il est profond"), ("photo", b""), ("choice", b"size=small")];
    let third = submit(door, second.send(&choose)).await;
    assert_eq!(third.status(), 200);
    assert!(third.has("C&#39;est noté.") && !third.has("name=\"choice\""), "{}", third.html);
    assert_eq!(third.typed(), "il est profond");
    let said = said(door).await;
    let content = &said[1].new.content;
    assert_eq!((said.len(), content.text.as_str()), (2, "Petit (une main)"));
    assert_eq!(content.choice.as_deref(), Some("size=small"));
    assert_eq!(conversations(door).await[0].lang, Language::Fr);
}

#[tokio::test(start_paused = true)]
async fn a_form_sent_twice_is_one_message_in_one_conversation() {
    let attended = Attended::new(Language::En, &[("Where?", &[]), ("Thanks.", &[]), ("Hm.", &[])]);
    let door = &attended.door;
    let first = open(door, "/form").await;
    let (one, two) =
        tokio::join!(submit(door, first.say("a pothole")), submit(door, first.say("a pothole")));
    for sheet in [&one, &two] {
        assert_eq!(sheet.status(), 200);
        assert_eq!(sheet.html.matches("a pothole").count(), 1, "{}", sheet.html);
    }
    assert_eq!(words_said(door).await, ["a pothole"]);
    assert_eq!(conversations(door).await.len(), 1);
    for _ in 0..2 {
        let again = submit(door, one.say("10 Cartier Street")).await;
        assert!(again.status() == 200 && again.has("Thanks."));
    }
    assert_eq!(words_said(door).await, ["a pothole", "10 Cartier Street"]);
    // Gone back to the first page and sent something else: it is no repeat, and no new one.
    let other = submit(door, first.say("two potholes")).await;
    assert!(other.status() == 200 && other.has("Hm."));
    assert_eq!(words_said(door).await, ["a pothole", "10 Cartier Street", "two potholes"]);
    assert_eq!(conversations(door).await.len(), 1);

    // A page from long ago.
    close(door).await;
    let late = submit(door, first.say("a pothole")).await;
    assert!(late.status() == 200 && late.has("en:form_closed"), "{}", late.html);
    let late = submit(door, first.say("three potholes")).await;
    assert_eq!((late.status(), late.typed().as_str()), (409, "three potholes"));
    assert_eq!(conversations(door).await.len(), 1);
    assert_eq!(words_said(door).await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_late_is_looked_for_later() {
    let door = Door::new();
    let first = open(&door, "/formulaire").await;
    let second = submit(&door, first.say("bonjour")).await;
    assert_eq!(second.status(), 200);
    assert!(second.has("bonjour") && second.has("fr:form_waiting"), "{}", second.html);
    assert_eq!(words_said(&door).await, ["bonjour"]);

    let look: [(&str, &[u8]); 2] = [("words", b"et puis"), ("look", b"1")];
    let third = submit(&door, second.send(&look)).await;
    assert!(third.has("fr:form_waiting"));
    let id = conversations(&door).await[0].id;
    append(&door, Author::Bot, "Bienvenue. Où ?", &[("skip", "Passer")]).await;
    let mut tx = door.store.begin().await.unwrap();
    assert!(tx.messages().mark_seen(id, 1).await.unwrap().is_done());
    tx.commit().await.unwrap();
    let fourth = submit(&door, third.send(&look)).await;
    assert!(fourth.has("Où ?") && !fourth.has("fr:form_waiting"), "{}", fourth.html);
    assert_eq!(fourth.typed(), "et puis", "what is being written stays");

    // Nothing is waited for any more: an agent may come.
    let fifth = submit(&door, fourth.send(&look)).await;
    assert!(fifth.has("fr:form_nothing_new") && fifth.has("value=\"skip\""));
    append(&door, Author::Agent, "Bonjour, ici Marie.", &[]).await;
    let sixth = submit(&door, fifth.send(&look)).await;
    assert!(sixth.has("fr:widget_agent") && sixth.has("ici Marie"), "{}", sixth.html);
    assert_eq!(words_said(&door).await, ["bonjour"], "looking says nothing");
}

#[tokio::test(start_paused = true)]
async fn nothing_of_what_is_said_is_html() {
    let evil = "<script>alert(1)</script>\" onfocus=\"x";
    let replies: &[Reply] =
        &[("<img src=x onerror=alert(1)>", &[("\"><script>", "</button><script>")])];
    let attended = Attended::new(Language::Fr, replies);
    let door = &attended.door;
    let first = open(door, "/formulaire").await;
    let second = submit(door, first.say(evil)).await;
    assert_eq!(said(door).await[0].new.content.text, evil);
    for raw in ["<script", "<img", "onfocus=\"x", "\"\"><", "</button><script"] {
        assert!(!second.has(raw), "{raw}: {}", second.html);
    }
    assert!(second.has("&#60;script&#62;alert(1)&#60;/script&#62;&#34; onfocus=&#34;x"));
    assert!(second.has("value=\"&#34;&#62;&#60;script&#62;\">&#60;/button&#62;&#60;script&#62;<"));
    let kept = "</textarea><script>";
    let parts: [(&str, &[u8]); 2] = [("words", kept.as_bytes()), ("photo", b"MZ")];
    let third = refused(door, second.send(&parts), 415, "form_wrong_type").await;
    assert_eq!(third.typed(), "&#60;/textarea&#62;&#60;script&#62;");
}

#[tokio::test(start_paused = true)]
async fn photos_come_along_without_their_traces_and_once() {
    let attended = Attended::new(Language::Fr, &[("Merci.", &[])]);
    let door = &attended.door;
    let first = open(door, "/formulaire").await;
    let photo = photo();
    let parts: [(&str, &[u8]); 3] =
        [("words", b"un trou"), ("photo", &photo), ("photo", b"%PDF-1.7")];
    for _ in 0..2 {
        let second = submit(door, first.send(&parts)).await;
        assert_eq!(second.status(), 200);
        assert!(second.has("fr:photos n=1") && second.has("fr:form_files n=1"), "{}", second.html);
    }
    let said = said(door).await;
    assert_eq!((said.len(), said[0].new.content.attachments.len()), (1, 2));
    let mut tx = door.store.read().await.unwrap();
    let id = said[0].new.content.attachments[0].id;
    let bytes = tx.attachments().bytes(id).await.unwrap().unwrap();
    assert!(!bytes.windows(TRACE.len()).any(|part| part == TRACE));

    let alone: [(&str, &[u8]); 2] = [("words", b""), ("photo", &photo)];
    let sheet = submit(door, open(door, "/form").await.send(&alone)).await;
    assert_eq!(sheet.status(), 200, "a photo alone says enough");
}

#[tokio::test(start_paused = true)]
async fn the_number_of_a_case_leads_to_its_page() {
    let door = Door::new();
    let second = submit(&door, open(&door, "/formulaire").await.say("26-001234-7 ?")).await;
    let number = CaseNumber::new(26, 1_234).unwrap();
    append(&door, Author::Bot, &format!("Merci ! Demande {number}."), &[]).await;
    let third = submit(&door, second.send(&[("look", b"1")])).await;
    let link = format!("Demande <a href=\"/suivi/{number}\" target=\"_blank\" rel=\"noopener\">");
    assert!(third.has(&link) && third.html.matches("href=\"/suivi").count() == 1, "{}", third.html);
}

#[tokio::test(start_paused = true)]
async fn the_page_speaks_as_the_counter_does() {
    let attended = Attended::new(Language::En, &[("All right, in English.", &[])]);
    let door = &attended.door;
    // The counter greets in English whoever comes by the French page: the city knows better.
    let second = submit(door, open(door, "/formulaire").await.say("English please")).await;
    assert!(second.has("<html lang=\"en\">") && second.action() == "/form", "{}", second.html);

    let silent = Door::new();
    let second = submit(&silent, open(&silent, "/formulaire").await.say("un trou")).await;
    assert!(second.has("formaction=\"/form#next\"") && !second.has("href=\"/form\""));
    let mut speak = second.send(&[("words", "à garder".as_bytes()), ("speak", b"en")]);
    *speak.uri_mut() = "/form".parse().unwrap();
    let third = submit(&silent, speak).await;
    assert_eq!(words_said(&silent).await, ["un trou", "English"]);
    assert!(third.has("<html lang=\"en\">") && third.has("en:form_waiting"));
    assert_eq!(third.typed(), "à garder");
}

#[tokio::test(start_paused = true)]
async fn a_long_conversation_shows_its_end() {
    let door = Door::new();
    let second = submit(&door, open(&door, "/formulaire").await.say("au tout début")).await;
    for n in 1..=200 {
        append(&door, Author::Agent, &format!("numéro {n}"), &[]).await;
    }
    let third = submit(&door, second.send(&[("look", b"1")])).await;
    assert!(third.has("fr:form_earlier") && third.has(">numéro 200<"), "{}", third.html);
    assert!(third.has(">numéro 1<") && !third.has("au tout début"));
}
