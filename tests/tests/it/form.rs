//! The counter without a script, as a browser without one uses it: pages are read, their forms are
//! filled in and sent, and a case is filed. In both languages.

use reqwest::{Client, StatusCode, Url};
use tests::numbers::numbers_in;
use tests::{Counter, Setup};

/// Forms after which a report has gone astray.
const MAX_PAGES: usize = 12;
const BOUNDARY: &str = "what-no-resident-writes";
/// A picture of one dot.
const PICTURE: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 13, b'I', b'D', b'A', b'T',
    0x78, 0x9c, 0x63, 0xf8, 0xcf, 0xc0, 0xf0, 0x1f, 0, 5, 0, 1, 0xff, 0x89, 0x99, 0x3d, 0x1d, 0, 0,
    0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

/// What a resident answers.
enum Answer {
    Words(&'static str),
    /// The button that reads so.
    Button(&'static str),
    Photo,
}

/// A page as a browser without scripts has it.
struct Page {
    http: Client,
    url: Url,
    html: String,
}

impl Page {
    async fn open(url: &str) -> Self {
        let http = Client::new();
        let answer = http.get(url).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{url}");
        let url = answer.url().clone();
        Self { http, url, html: answer.text().await.unwrap() }
    }

    /// Gives what stands between two texts.
    fn between(&self, before: &str, after: &str) -> Option<String> {
        let (_, rest) = self.html.split_once(before)?;
        Some(rest.split(after).next().unwrap().to_owned())
    }

    /// Gives the words of the last message, as they are read.
    fn last_words(&self) -> String {
        let (_, rest) = self.html.rsplit_once("<p class=\"words\">").unwrap();
        let words = rest.split("</p>").next().unwrap();
        let mut plain =
            words.split('<').map(|part| part.split_once('>').map_or(part, |part| part.1));
        let first = plain.next().unwrap().to_owned();
        plain.fold(first, |all, part| all + part).replace("&#39;", "'")
    }

    fn part(name: &str, head: &str, bytes: &[u8]) -> Vec<u8> {
        let line = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{head}\r\n\r\n"
        );
        [line.as_bytes(), bytes, b"\r\n"].concat()
    }

    /// Fills the form in and sends it; the browser shows what comes back.
    async fn answer(&mut self, answer: &Answer) {
        let mut body = Vec::new();
        for name in ["token", "page", "seen"] {
            if let Some(value) = self.between(&format!("name=\"{name}\" value=\""), "\"") {
                body.extend(Self::part(name, "", value.as_bytes()));
            }
        }
        let (words, photo) = match answer {
            Answer::Words(words) => (*words, &[][..]),
            Answer::Button(label) => {
                let (before, _) = self.html.split_once(&format!("\">{label}</button>")).unwrap();
                let (_, id) = before.rsplit_once("name=\"choice\" value=\"").unwrap();
                body.extend(Self::part("choice", "", id.as_bytes()));
                ("", &[][..])
            }
            Answer::Photo => ("", PICTURE),
        };
        let name = if photo.is_empty() { "" } else { "trou.png" };
        body.extend(Self::part("words", "", words.as_bytes()));
        body.extend(Self::part("photo", &format!("; filename=\"{name}\""), photo));
        body.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
        let action = self.between("<form id=\"message\" method=\"post\" action=\"", "\"").unwrap();
        let url = self.url.join(&action).unwrap();
        let request = self
            .http
            .post(url.clone())
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
            .header("origin", url.origin().ascii_serialization());
        let answer = request.body(body).send().await.unwrap();
        let status = answer.status();
        self.url = url;
        self.html = answer.text().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{}", self.html);
    }
}

/// Files a case by forms, and opens its page; gives what the page says.
async fn file(url: &str, first: &'static str, answers: &[(&str, Answer)], case: &str) -> String {
    let mut page = Page::open(url).await;
    page.answer(&Answer::Words(first)).await;
    for _ in 0..MAX_PAGES {
        let heard = page.last_words();
        if let Some(number) = numbers_in(&heard).first() {
            let link = format!("{case}/{number}");
            assert!(page.html.contains(&format!("<a href=\"{link}\"")), "{}", page.html);
            let shown = page.url.join(&link).unwrap();
            return Page::open(shown.as_str()).await.html;
        }
        let known = answers.iter().find(|(question, _)| heard.contains(question));
        let (_, answer) = known.unwrap_or_else(|| panic!("was not expected: {heard}"));
        page.answer(answer).await;
    }
    panic!("the report does not come to an end: {}", page.html);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_is_filed_without_a_script_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let (counter, url) = Counter::open(&Setup::sqlite(folder.path()).unwrap()).await.unwrap();
    let french = [
        ("Une photo", Answer::Photo),
        ("Un détail", Answer::Button("Passer")),
        ("Où vous prévenir", Answer::Words("non")),
        ("J'envoie", Answer::Button("Oui")),
    ];
    let words = "il y a un gros nid-de-poule devant le 10 rue Cartier";
    let page = file(&format!("{url}/formulaire"), words, &french, "/suivi").await;
    assert!(page.contains("Nid-de-poule") && page.contains("rue Cartier"), "{page}");

    let english = [
        ("photo", Answer::Button("Skip")),
        ("Anything the crew", Answer::Button("Skip")),
        ("Where can we tell you", Answer::Words("no")),
        ("I will send", Answer::Button("Yes")),
    ];
    let words = "there is a big pothole in front of 300 Avenue du Parc";
    let page = file(&format!("{url}/form"), words, &english, "/track").await;
    assert!(page.contains("Pothole") && page.contains("Park Avenue"), "{page}");

    let (status, _) = counter.stop().await.unwrap();
    assert_eq!(status.code(), Some(0));
}
