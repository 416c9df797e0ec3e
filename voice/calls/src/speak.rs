//! What the line says: the counter's news, and its own words about the call, as a script.

use bot_core::Language;
use bot_core::slot::SlotKind;

use crate::line::{MAX_SILENT, MAX_WAITS, Memory, Stage};
use crate::script::{Ask, End, Keys, Line, Record, Script, Sound, Transfer};
use crate::spoken::aloud;
use crate::words::Words;

/// Seconds of silence that count as no answer.
const ANSWER_S: u8 = 6;
/// Seconds to press a key that is only offered.
const OFFER_S: u8 = 2;
/// Seconds before the line looks again whether the counter is ready.
const WAIT_S: u8 = 1;
/// Keys of a request's number.
const NUMBER_KEYS: u8 = 9;
/// Keys of a telephone number.
const PHONE_KEYS: u8 = 10;
/// Keys of any other figure.
const MAX_FIGURE_KEYS: u8 = 16;
/// Seconds of the longest message.
pub const MAX_MESSAGE_S: u16 = 180;
/// Seconds of silence that end a message.
const MESSAGE_SILENCE_S: u8 = 5;
/// Seconds that it rings at a person's telephone.
const RING_S: u8 = 25;

/// A message of the conversation, as the line needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Its place in the conversation.
    pub seq: i64,
    /// What it says.
    pub text: String,
    /// In which language.
    pub lang: Language,
    /// Answers on offer, as they are said; they are in the text already.
    pub choices: Vec<String>,
    /// What sort of answer it asks for, if any.
    pub wants: Option<SlotKind>,
}

impl News {
    /// Tells whether it asks something.
    fn asks(&self) -> bool {
        self.wants.is_some() || !self.choices.is_empty()
    }
}

/// Who has the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The automated agent.
    Bot,
    /// A queue: how many wait before the caller, and whom to ring, if anybody.
    Queued {
        /// How many wait before the caller.
        n_before: u32,
        /// The number of the queue's telephone, in E.164 form.
        ring: Option<String>,
    },
    /// A person, who writes.
    Human,
    /// Nobody: it is over.
    Closed,
}

/// Where the conversation stands once the counter has done what was wished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// What was not said yet.
    pub news: Vec<News>,
    /// What was said last, for when it must be said again.
    pub last: Option<News>,
    /// Who has it.
    pub standing: Standing,
    /// Whether the counter has taken in all that the caller said.
    pub is_ready: bool,
    /// Phrases that the caller is likely to say.
    pub hints: Vec<String>,
    /// Whether the caller's last words asked for a person.
    pub asks_person: bool,
}

/// Where a call goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doors {
    /// After a question, a wait, or silence.
    pub step: String,
    /// After a recording.
    pub recorded: String,
    /// Where a recording's file is announced.
    pub recording: String,
    /// After a call was passed on.
    pub transferred: String,
    /// What a person hears before the caller.
    pub whisper: String,
    /// The music that is played to those who wait.
    pub music: String,
}

/// What the line speaks with.
pub struct Speaker<'a> {
    /// Where the call goes on.
    pub doors: &'a Doors,
    /// The languages of the city, the first one spoken first.
    pub languages: &'a [Language],
    /// Whether a message can be recorded, and had from the provider; where it cannot, the caller's
    /// words are taken as its recogniser hears them.
    pub can_record: bool,
    /// Writes one of the line's own texts; the number fills its hole `{n}`.
    pub words: &'a dyn Fn(Words, Language, u32) -> String,
}

impl Speaker<'_> {
    /// Says what comes next in a call.
    #[must_use]
    pub fn speak(&self, memory: &Memory, scene: &Scene) -> (Memory, Script) {
        let mut next = memory.clone();
        if next.stage == Stage::Greeting {
            let script = self.greeting(&next);
            return (next, script);
        }
        if !scene.is_ready && matches!(next.stage, Stage::Talking | Stage::Held | Stage::Ringing) {
            return self.waiting(next);
        }
        next.n_waits = 0;
        settle(&mut next, scene);
        if next.stage == Stage::Announcing && !self.can_record {
            next.stage = if next.n_silent >= MAX_SILENT { Stage::Over } else { Stage::Talking };
        }
        let script = match next.stage {
            Stage::Greeting | Stage::Talking => self.talking(&mut next, scene),
            Stage::Held => self.held(&mut next, scene),
            Stage::Ringing => self.ringing(&mut next, scene),
            Stage::Announcing => self.announcing(&mut next, scene),
            Stage::Recording => self.recording(&next),
            Stage::Over => self.over(&mut next, scene),
        };
        (next, script)
    }

    fn say(&self, words: Words, lang: Language) -> Sound {
        self.count(words, lang, 0)
    }

    fn count(&self, words: Words, lang: Language, n: u32) -> Sound {
        Sound::Say(Line::new(lang, aloud(&(self.words)(words, lang, n), lang)))
    }

    /// The city's first language is heard whole before another is offered.
    fn greeting(&self, memory: &Memory) -> Script {
        let other = memory.lang.other();
        let sounds = vec![self.say(Words::Greeting, memory.lang)];
        let step = self.doors.step.clone();
        if !self.languages.contains(&other) {
            return Script { sounds, end: End::Goto(step) };
        }
        let prompt = vec![self.say(Words::OtherLanguage, other)];
        Script { sounds, end: self.ask(prompt, Keys::One, OFFER_S, None, &[]) }
    }

    fn waiting(&self, mut next: Memory) -> (Memory, Script) {
        let lang = next.lang;
        let is_first = next.n_waits == 0;
        next.n_waits += 1;
        if next.n_waits > MAX_WAITS && !self.can_record {
            let sounds = vec![self.say(Words::Goodbye, lang)];
            next.stage = Stage::Over;
            return (next, Script { sounds, end: End::Hangup });
        }
        if next.n_waits > MAX_WAITS {
            next.stage = Stage::Announcing;
            next.n_waits = 0;
            let script = self.announce(&next, Vec::new());
            return (next, script);
        }
        let mut sounds: Vec<Sound> =
            is_first.then(|| self.say(Words::Wait, lang)).into_iter().collect();
        sounds.push(Sound::Pause(WAIT_S));
        (next, Script { sounds, end: End::Goto(self.doors.step.clone()) })
    }

    fn talking(&self, next: &mut Memory, scene: &Scene) -> Script {
        let mut prompt = Vec::new();
        let said = if scene.news.is_empty() {
            if next.n_silent > 0 {
                prompt.push(self.say(Words::Silent, next.lang));
            }
            scene.last.as_slice()
        } else {
            scene.news.as_slice()
        };
        prompt.extend(told(next, said));
        let question = said.last().filter(|news| news.asks());
        if question.is_none() && scene.standing != Standing::Human {
            prompt.push(self.say(Words::More, next.lang));
        }
        let keys = question.and_then(|news| news.wants).map_or(Keys::One, keys_of);
        let choices = question.map(|news| news.choices.as_slice()).unwrap_or_default();
        let hints: Vec<String> = choices.iter().chain(&scene.hints).cloned().collect();
        Script {
            sounds: Vec::new(),
            end: self.ask(prompt, keys, ANSWER_S, Some(next.lang), &hints),
        }
    }

    fn held(&self, next: &mut Memory, scene: &Scene) -> Script {
        let mut prompt = told(next, &scene.news);
        let Standing::Queued { n_before, .. } = scene.standing else {
            return self.talking(next, scene);
        };
        prompt.push(self.count(Words::Position, next.lang, n_before + 1));
        prompt.push(self.say(Words::Hold, next.lang));
        prompt.push(Sound::Play(self.doors.music.clone()));
        let end = self.ask(prompt, Keys::One, OFFER_S, None, &[]);
        Script { sounds: Vec::new(), end }
    }

    fn ringing(&self, next: &mut Memory, scene: &Scene) -> Script {
        let Standing::Queued { ring: Some(to), .. } = &scene.standing else {
            return self.held(next, scene);
        };
        let mut sounds = told(next, &scene.news);
        sounds.push(self.say(Words::Ringing, next.lang));
        let transfer = Transfer {
            to: to.clone(),
            caller_id: None,
            timeout_s: RING_S,
            whisper: Some(self.doors.whisper.clone()),
            then: self.doors.transferred.clone(),
        };
        Script { sounds, end: End::Transfer(transfer) }
    }

    fn announcing(&self, next: &mut Memory, scene: &Scene) -> Script {
        // The question for a message is what the recording answers.
        let is_for_message = |news: &&News| news.wants != Some(SlotKind::Text);
        let sounds: Vec<News> = scene.news.iter().filter(is_for_message).cloned().collect();
        let mut said = told(next, &sounds);
        if let Some(last) = scene.news.last() {
            next.told = next.told.max(last.seq);
        }
        if next.n_silent > 0 && next.n_beeps == 0 {
            said.push(self.say(Words::Silent, next.lang));
        }
        self.announce(next, said)
    }

    fn announce(&self, next: &Memory, sounds: Vec<Sound>) -> Script {
        let prompt = vec![self.say(Words::Announce, next.lang)];
        Script { sounds, end: self.ask(prompt, Keys::One, OFFER_S, None, &[]) }
    }

    fn recording(&self, next: &Memory) -> Script {
        let record = Record {
            lang: next.lang,
            max_s: MAX_MESSAGE_S,
            silence_s: MESSAGE_SILENCE_S,
            then: self.doors.recorded.clone(),
            ready: self.doors.recording.clone(),
            silence: self.doors.step.clone(),
        };
        Script { sounds: Vec::new(), end: End::Record(record) }
    }

    fn over(&self, next: &mut Memory, scene: &Scene) -> Script {
        let mut sounds = told(next, &scene.news);
        let words = if next.n_beeps > 0 { Words::Thanks } else { Words::Goodbye };
        sounds.push(self.say(words, next.lang));
        Script { sounds, end: End::Hangup }
    }

    fn ask(
        &self,
        prompt: Vec<Sound>,
        keys: Keys,
        timeout_s: u8,
        speech: Option<Language>,
        hints: &[String],
    ) -> End {
        let (then, silence) = (self.doors.step.clone(), self.doors.step.clone());
        End::Ask(Ask { prompt, keys, speech, hints: hints.to_vec(), timeout_s, then, silence })
    }
}

/// Brings the call to where the conversation stands.
fn settle(next: &mut Memory, scene: &Scene) {
    next.seeks_person |= scene.asks_person;
    let asks_message = scene.news.last().is_some_and(|news| news.wants == Some(SlotKind::Text));
    next.stage = match (next.stage, &scene.standing) {
        (Stage::Talking | Stage::Held | Stage::Ringing, Standing::Closed) => Stage::Over,
        // Whoever asked for a person, and is offered to leave a message, speaks it.
        (Stage::Talking | Stage::Held | Stage::Ringing, Standing::Bot)
            if next.seeks_person && asks_message =>
        {
            Stage::Announcing
        }
        (Stage::Talking, Standing::Queued { ring: Some(_), .. }) => Stage::Ringing,
        (Stage::Talking, Standing::Queued { ring: None, .. }) => Stage::Held,
        (Stage::Ringing, Standing::Queued { ring: None, .. }) => Stage::Held,
        // Whoever waits for a person's words may well be silent.
        (Stage::Held | Stage::Ringing, Standing::Bot)
        | (Stage::Held | Stage::Ringing | Stage::Announcing, Standing::Human) => Stage::Talking,
        (stage, _) => stage,
    };
    if matches!(scene.standing, Standing::Queued { .. }) {
        next.seeks_person = true;
    }
}

/// Says messages aloud, and remembers that they were said.
fn told(next: &mut Memory, news: &[News]) -> Vec<Sound> {
    let said = news.iter().filter(|news| !news.text.is_empty());
    let sounds = said.map(|news| Sound::Say(Line::new(news.lang, aloud(&news.text, news.lang))));
    let sounds = sounds.collect();
    if let Some(last) = news.last() {
        next.told = next.told.max(last.seq);
        next.lang = last.lang;
    }
    sounds
}

/// Gives how many keys an answer of this type takes.
const fn keys_of(kind: SlotKind) -> Keys {
    match kind {
        SlotKind::RequestNumber => Keys::UpTo(NUMBER_KEYS),
        SlotKind::Phone | SlotKind::Contact => Keys::UpTo(PHONE_KEYS),
        SlotKind::PostalCode | SlotKind::Number => Keys::UpTo(MAX_FIGURE_KEYS),
        SlotKind::Address
        | SlotKind::AffirmDeny
        | SlotKind::Choice
        | SlotKind::Text
        | SlotKind::Image
        | SlotKind::Email
        | SlotKind::Date
        | SlotKind::Time
        | SlotKind::Service
        | SlotKind::Faq => Keys::One,
    }
}
