//! A call written as a talk: `>` what happens, `<` what is heard then.

use bot_core::Language;
use bot_core::channel::Source;
use bot_core::event::HandoffNews;
use bot_core::slot::SlotKind;
use expect_test::{Expect, expect};
use voice_calls::event::{Event, Passed};
use voice_calls::line::{Memory, Wish, hear};
use voice_calls::script::{End, Keys, Sound};
use voice_calls::speak::{Doors, News, Scene, Speaker, Standing, Words};

/// A call in progress, and a counter that says what it is told to.
struct Call {
    memory: Memory,
    heard: String,
    seq: i64,
    last: Option<News>,
    can_record: bool,
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
    fn new() -> Self {
        Self {
            memory: Memory::default(),
            heard: String::new(),
            seq: 0,
            last: None,
            can_record: true,
        }
    }

    fn line(&mut self, line: &str) {
        self.heard.push_str(line);
        self.heard.push('\n');
    }

    /// Lets something happen; the counter answers so.
    fn on(&mut self, event: &Event, answers: &[(&str, Option<SlotKind>)], standing: Standing) {
        self.turn(event, answers, standing, true);
    }

    fn turn(
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

    fn is(&self, expected: &Expect) {
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

fn keys(keys: &str) -> Event {
    Event::Keys(keys.to_owned())
}

fn says(text: &str) -> Event {
    Event::Speech { text: text.to_owned(), confidence: Some(0.9) }
}

const ADDRESS: Option<SlotKind> = Some(SlotKind::Address);
const NUMBER: Option<SlotKind> = Some(SlotKind::RequestNumber);
const TEXT: Option<SlotKind> = Some(SlotKind::Text);

#[test]
fn french_is_greeted_first_and_then_english_is_offered() {
    let mut call = Call::new();
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&keys("2"), &[("en:Say what you need.", None)], Standing::Bot);
    call.on(&says("check a request"), &[("en:Which number?", NUMBER)], Standing::Bot);
    call.on(&keys("260012347"), &[("en:26-001234-7 is open.", None)], Standing::Bot);
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > keys 2
          opens
        < en: en:Say what you need.
        < en: [phone_more en]
          listens for one key or words in en
        > says check a request
          tells "check a request" by voice
        < en: en:Which number?
          listens for 9 keys or words in en
        > keys 260012347
          tells "260012347" by keypad
        < en: en:2 6, 0 0 1, 2 3 4, 7 is open.
        < en: [phone_more en]
          listens for one key or words in en
    "#]]);
}

#[test]
fn silence_is_asked_again_twice_and_then_a_message_is_taken() {
    let mut call = Call::new();
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&Event::NoInput, &[("À quel endroit ?", ADDRESS)], Standing::Bot);
    call.on(&Event::NoInput, &[], Standing::Bot);
    call.on(&Event::NoInput, &[], Standing::Bot);
    call.on(&Event::NoInput, &[], Standing::Bot);
    call.on(&Event::NoInput, &[], Standing::Bot);
    let recorded =
        Event::Recorded { recording: Some("RE1".to_owned()), seconds: Some(9), hung_up: false };
    call.on(&recorded, &[], Standing::Bot);
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > nothing
          opens
        < fr: À quel endroit ?
          listens for one key or words in fr
        > nothing
        < fr: [phone_silent fr]
        < fr: À quel endroit ?
          listens for one key or words in fr
        > nothing
        < fr: [phone_silent fr]
        < fr: À quel endroit ?
          listens for one key or words in fr
        > nothing
        < fr: [phone_silent fr]
        < fr: [phone_announce fr]
          listens for one key
        > nothing
          records 180 s at most
        > recorded RE1
          fetches RE1
        < fr: [phone_thanks fr]
          hangs up
    "#]]);
}

#[test]
fn nothing_recorded_is_asked_once_more_and_then_it_is_over() {
    let mut call = Call::new();
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&keys("0"), &[("Personne n'est là.", None), ("Un message ?", TEXT)], Standing::Bot);
    for _ in 0..4 {
        call.on(&Event::NoInput, &[], Standing::Bot);
    }
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > keys 0
          opens
          tells "0" by keypad
        < fr: Personne n'est là.
        < fr: [phone_announce fr]
          listens for one key
        > nothing
          records 180 s at most
        > nothing
        < fr: [phone_announce fr]
          listens for one key
        > nothing
          records 180 s at most
        > nothing
        < fr: [phone_goodbye fr]
          hangs up
    "#]]);
}

#[test]
fn whoever_does_not_want_to_be_recorded_goes_on_by_words() {
    let mut call = Call::new();
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&keys("0"), &[("Personne n'est là.", None), ("Un message ?", TEXT)], Standing::Bot);
    call.on(&keys("1"), &[], Standing::Bot);
    call.on(&says("la rue est bloquée"), &[("C'est noté.", None)], Standing::Bot);
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > keys 0
          opens
          tells "0" by keypad
        < fr: Personne n'est là.
        < fr: [phone_announce fr]
          listens for one key
        > keys 1
        < fr: Un message ?
          listens for one key or words in fr
        > says la rue est bloquée
          tells "la rue est bloquée" by voice
        < fr: C'est noté.
        < fr: [phone_more fr]
          listens for one key or words in fr
    "#]]);
}

#[test]
fn a_person_is_waited_for_rung_twice_and_then_a_message_is_taken() {
    let mut call = Call::new();
    let queued = || Standing::Queued { n_before: 1, ring: Some("+14185550190".to_owned()) };
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&keys("0"), &[("Je vous passe une personne.", None)], queued());
    call.on(&Event::Transferred(Passed::NotAnswered), &[], queued());
    call.on(&Event::NoInput, &[], queued());
    let nobody = [("Personne n'a pu répondre.", None), ("Un message ?", TEXT)];
    call.on(&Event::Transferred(Passed::NotAnswered), &nobody, Standing::Bot);
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > keys 0
          opens
          tells "0" by keypad
        < fr: Je vous passe une personne.
        < fr: [phone_ringing fr]
          rings at +14185550190
        > was not answered
        < fr: [phone_position 2 fr]
        < fr: [phone_hold fr]
        < plays /music
          listens for one key
        > nothing
        < fr: [phone_ringing fr]
          rings at +14185550190
        > was not answered
          tells that Nobody
        < fr: Personne n'a pu répondre.
        < fr: [phone_announce fr]
          listens for one key
    "#]]);
}

#[test]
fn whoever_waits_may_leave_a_message_instead_or_hears_the_person_who_writes() {
    let mut call = Call::new();
    let queued = |n_before| Standing::Queued { n_before, ring: None };
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&keys("0"), &[("Je vous passe une personne.", None)], queued(2));
    call.on(&Event::NoInput, &[], queued(0));
    call.on(&Event::NoInput, &[("Une personne est avec vous.", None)], Standing::Human);
    let mut other = Call::new();
    other.on(&keys("0"), &[("Je vous passe une personne.", None)], queued(2));
    other.on(&keys("1"), &[("Un message ?", TEXT)], Standing::Bot);
    call.heard.push_str(&other.heard);
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > keys 0
          opens
          tells "0" by keypad
        < fr: Je vous passe une personne.
        < fr: [phone_position 3 fr]
        < fr: [phone_hold fr]
        < plays /music
          listens for one key
        > nothing
        < fr: [phone_position 1 fr]
        < fr: [phone_hold fr]
        < plays /music
          listens for one key
        > nothing
        < fr: Une personne est avec vous.
          listens for one key or words in fr
        > keys 0
          opens
          tells "0" by keypad
        < fr: Je vous passe une personne.
        < fr: [phone_position 3 fr]
        < fr: [phone_hold fr]
        < plays /music
          listens for one key
        > keys 1
          tells that Nobody
        < fr: [phone_announce fr]
          listens for one key
    "#]]);
}

#[test]
fn a_counter_that_is_late_is_waited_for_and_then_a_message_is_taken() {
    let mut call = Call::new();
    call.on(&Event::Started, &[], Standing::Bot);
    call.turn(&says("bonjour"), &[], Standing::Bot, false);
    call.turn(&Event::NoInput, &[], Standing::Bot, false);
    call.on(&Event::NoInput, &[("Bonjour.", None)], Standing::Bot);
    call.turn(&says("allô"), &[], Standing::Bot, false);
    // The caller who waits as told is not silent.
    for _ in 0..8 {
        call.turn(&Event::NoInput, &[], Standing::Bot, false);
    }
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > says bonjour
          opens
          tells "bonjour" by voice
        < fr: [phone_wait fr]
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < fr: Bonjour.
        < fr: [phone_more fr]
          listens for one key or words in fr
        > says allô
          tells "allô" by voice
        < fr: [phone_wait fr]
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < fr: [phone_announce fr]
          listens for one key
    "#]]);
}

#[test]
fn where_nothing_can_be_recorded_the_words_are_taken_as_they_are_recognised() {
    let mut call = Call { can_record: false, ..Call::new() };
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&keys("0"), &[("Personne n'est là.", None), ("Un message ?", TEXT)], Standing::Bot);
    for _ in 0..3 {
        call.on(&Event::NoInput, &[], Standing::Bot);
    }
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > keys 0
          opens
          tells "0" by keypad
        < fr: Personne n'est là.
        < fr: Un message ?
          listens for one key or words in fr
        > nothing
        < fr: [phone_silent fr]
        < fr: Un message ?
          listens for one key or words in fr
        > nothing
        < fr: [phone_silent fr]
        < fr: Un message ?
          listens for one key or words in fr
        > nothing
        < fr: [phone_goodbye fr]
          hangs up
    "#]]);
}

#[test]
fn nobody_is_rung_a_third_time_while_the_counter_is_late() {
    let mut call = Call::new();
    let queued = || Standing::Queued { n_before: 0, ring: Some("+14185550190".to_owned()) };
    call.memory.n_rings = 1;
    call.on(&Event::Transferred(Passed::NotAnswered), &[], queued());
    call.on(&Event::NoInput, &[], queued());
    call.is(&expect![[r#"
        > was not answered
          tells that Nobody
        < fr: [phone_position 1 fr]
        < fr: [phone_hold fr]
        < plays /music
          listens for one key
        > nothing
        < fr: [phone_position 1 fr]
        < fr: [phone_hold fr]
        < plays /music
          listens for one key
    "#]]);
}

#[test]
fn a_person_who_answered_ends_the_call() {
    let (_, wishes) = hear(&Memory::default(), &Event::Transferred(Passed::Answered));
    assert_eq!(wishes, [Wish::News(HandoffNews::Solved)]);
}

#[test]
fn what_was_hardly_heard_is_silence() {
    let mut call = Call::new();
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&Event::NoInput, &[("À quel endroit ?", ADDRESS)], Standing::Bot);
    let murmur = Event::Speech { text: "euh".to_owned(), confidence: Some(0.05) };
    call.on(&murmur, &[], Standing::Bot);
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > nothing
          opens
        < fr: À quel endroit ?
          listens for one key or words in fr
        > says euh
        < fr: [phone_silent fr]
        < fr: À quel endroit ?
          listens for one key or words in fr
    "#]]);
}
