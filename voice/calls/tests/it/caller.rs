//! A call in progress, written down as a talk: `>` what happens, `<` what is heard then.
//!
//! Never here: a story.

use bot_core::Language;
use bot_core::channel::Source;
use bot_core::slot::SlotKind;
use expect_test::Expect;
use voice_calls::event::{Event, Passed};
use voice_calls::line::{Memory, Wish, hear};
use voice_calls::script::{End, Keys, Sound};
use voice_calls::speak::{Doors, News, Scene, Speaker, Standing};
use voice_calls::words::Words;

/// A call in progress, and a counter that says what it is told to.
pub(crate) struct Call {
    pub(crate) memory: Memory,
    pub(crate) heard: String,
    pub(crate) seq: i64,
    pub(crate) last: Option<News>,
    pub(crate) can_record: bool,
}

fn doors() -> Doors {
    let door = |name: &str| format!("/{name}");
    Doors {
        step: door("step"),
        recorded: door("recorded"),
        recording: door("recording"),
        transferred: door("transferred"),
        whisper: door("whisper"),
        music: door("music"),
    }
}

impl Call {
    pub(crate) fn new() -> Self {
        Self {
            memory: Memory::default(),
            heard: String::new(),
            seq: 0,
            last: None,
            can_record: true,
        }
    }

    pub(crate) fn line(&mut self, line: &str) {
        self.heard.push_str(line);
        self.heard.push('\n');
    }

    /// Lets something happen; the counter answers so.
    pub(crate) fn on(
        &mut self,
        event: &Event,
        answers: &[(&str, Option<SlotKind>)],
        standing: Standing,
    ) {
        self.turn(event, answers, standing, true);
    }

    pub(crate) fn turn(
        &mut self,
        event: &Event,
        answers: &[(&str, Option<SlotKind>)],
        standing: Standing,
        is_ready: bool,
    ) {
        self.line(&format!("> {}", of_event(event)));
        let (memory, wishes) = hear(&self.memory, event);
        for wish in &wishes {
            self.line(&format!("  {}", of_wish(wish)));
        }
        let news: Vec<News> = answers.iter().map(|(text, wants)| self.news(text, *wants)).collect();
        self.last = news.last().cloned().or(self.last.take());
        let scene = Scene {
            news,
            last: self.last.clone(),
            standing,
            is_ready,
            hints: Vec::new(),
            asks_person: false,
        };
        let words = |words: Words, lang: Language, n: u32| {
            let n = if words == Words::Position { format!(" {n}") } else { String::new() };
            format!("[{}{n} {lang}]", words.key())
        };
        let languages = [Language::Fr, Language::En];
        let doors = doors();
        let speaker = Speaker {
            doors: &doors,
            languages: &languages,
            can_record: self.can_record,
            words: &words,
        };
        let (memory, script) = speaker.speak(&memory, &scene);
        self.memory = memory;
        let prompt = match &script.end {
            End::Ask(ask) => ask.prompt.as_slice(),
            End::Record(_) | End::Transfer(_) | End::Goto(_) | End::Hangup | End::Join => &[],
        };
        for sound in script.sounds.iter().chain(prompt) {
            self.line(&format!("< {}", of_sound(sound)));
        }
        self.line(&format!("  {}", of_end(&script.end)));
    }

    fn news(&mut self, text: &str, wants: Option<SlotKind>) -> News {
        self.seq += 1;
        let lang = if text.starts_with("en:") { Language::En } else { Language::Fr };
        News { seq: self.seq, text: text.to_owned(), lang, choices: Vec::new(), wants }
    }

    pub(crate) fn is(&self, expected: &Expect) {
        expected.assert_eq(&self.heard);
    }
}

fn of_event(event: &Event) -> String {
    match event {
        Event::Keys(keys) => format!("keys {keys}"),
        Event::Speech { text, .. } => format!("says {text}"),
        Event::Started => "calls".to_owned(),
        Event::NoInput => "nothing".to_owned(),
        Event::Recorded { recording, .. } => {
            format!("recorded {}", recording.as_deref().unwrap_or_default())
        }
        Event::Transferred(Passed::Answered) => "was answered".to_owned(),
        Event::Transferred(Passed::NotAnswered) => "was not answered".to_owned(),
        Event::Recording { .. } | Event::Answering | Event::Status { .. } => "else".to_owned(),
    }
}

fn of_wish(wish: &Wish) -> String {
    match wish {
        Wish::Open => "opens".to_owned(),
        Wish::Tell(content) => {
            let source = content.source.map(Source::name).unwrap_or_default();
            format!("tells \"{}\" by {source}", content.text)
        }
        Wish::News(news) => format!("tells that {news:?}"),
        Wish::Fetch { recording, .. } => format!("fetches {recording}"),
    }
}

fn of_sound(sound: &Sound) -> String {
    match sound {
        Sound::Say(line) => format!("{}: {}", line.lang, line.text),
        Sound::Play(url) => format!("plays {url}"),
        Sound::Pause(seconds) => format!("silence of {seconds} s"),
    }
}

fn of_end(end: &End) -> String {
    match end {
        End::Ask(ask) => {
            let keys = match ask.keys {
                Keys::One => "one key".to_owned(),
                Keys::UpTo(n) => format!("{n} keys"),
            };
            let speech = ask.speech.map(|lang| format!(" or words in {lang}"));
            format!("listens for {keys}{}", speech.unwrap_or_default())
        }
        End::Record(record) => format!("records {} s at most", record.max_s),
        End::Transfer(transfer) => format!("rings at {}", transfer.to),
        End::Goto(url) => format!("goes on at {url}"),
        End::Hangup => "hangs up".to_owned(),
        End::Join => "joins".to_owned(),
    }
}

pub(crate) fn keys(keys: &str) -> Event {
    Event::Keys(keys.to_owned())
}

pub(crate) fn says(text: &str) -> Event {
    Event::Speech { text: text.to_owned(), confidence: Some(0.9) }
}

pub(crate) const ADDRESS: Option<SlotKind> = Some(SlotKind::Address);
pub(crate) const NUMBER: Option<SlotKind> = Some(SlotKind::RequestNumber);
pub(crate) const TEXT: Option<SlotKind> = Some(SlotKind::Text);
