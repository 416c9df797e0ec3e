//! The first head: everything that needs no encoder, put together.
//!
//! Lives here: training, and the order of reading one message. Never here: any finding itself.

mod cache;
mod weigh;

use bot_core::slot::SlotKind;
use bot_core::understanding::{Command, MAX_RANKED, Ranked};
use bot_core::{Understanding, UnixMs};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::ask::{Ask, Understand};
use crate::classify::Classifier;
use crate::command;
use crate::emergency::Emergencies;
use crate::extract::{self, Context, address, cues, named, options, stance};
use crate::gazetteer::Gazetteer;
use crate::language::LanguageModel;
use crate::lesson::Lesson;
use crate::text::Reading;

/// A head trained on one city's lesson.
#[derive(Debug, Clone)]
pub struct FirstHead {
    gazetteer: Gazetteer,
    language: LanguageModel,
    classifier: Classifier,
    emergencies: Emergencies,
    /// The commands that intents mean, in the order of the lesson.
    commands: Vec<(String, Command)>,
    zone: TimeZone,
    fingerprint: [u8; 32],
}

impl FirstHead {
    /// Trains a head; the same lesson gives the same head, to the byte.
    #[must_use]
    pub fn train(lesson: &Lesson) -> Self {
        let gazetteer = Gazetteer::new(lesson);
        let language = LanguageModel::train(lesson, &gazetteer);
        let classifier = Classifier::train(lesson, &gazetteer);
        Self::assemble(lesson, gazetteer, language, classifier)
    }

    fn assemble(
        lesson: &Lesson,
        gazetteer: Gazetteer,
        language: LanguageModel,
        classifier: Classifier,
    ) -> Self {
        let commands = lesson.intents.iter();
        let commands = commands.filter_map(|intent| Some((intent.name.clone(), intent.command?)));
        Self {
            gazetteer,
            language,
            classifier,
            emergencies: Emergencies::new(lesson),
            commands: commands.collect(),
            zone: lesson.zone.clone(),
            fingerprint: lesson.fingerprint(),
        }
    }

    /// Gives the city's places, for map pins and for looking an address up.
    #[must_use]
    pub const fn gazetteer(&self) -> &Gazetteer {
        &self.gazetteer
    }

    /// Ranks every intent for a text, best first: what a second view is added to.
    #[must_use]
    pub fn rank(&self, text: &str) -> Vec<Ranked> {
        let reading = Reading::of(text);
        let streets = self.gazetteer.scan(&reading).street_words();
        let verdict = self.classifier.judge(&reading, &streets);
        self.classifier.ranked(&verdict, usize::MAX)
    }

    fn today(&self, now: UnixMs) -> Date {
        self.zone.to_datetime(now.timestamp()).date()
    }

    /// Gives the command that an intent stands for.
    fn meant(&self, best: Option<&Ranked>) -> Option<Command> {
        let best = best?;
        let known = self.commands.iter().find(|(intent, _)| *intent == best.intent);
        known.map(|(_, command)| *command)
    }
}

impl Understand for FirstHead {
    fn understand(&self, ask: &Ask<'_>) -> Understanding {
        let reading = Reading::of(ask.text);
        let mut understood =
            Understanding { question: cues::is_question(&reading), ..Understanding::default() };
        if reading.words.is_empty() {
            return understood;
        }
        let cx = Context {
            expectation: ask.expectation,
            gazetteer: &self.gazetteer,
            today: self.today(ask.now),
        };
        let scan = self.gazetteer.scan(&reading);
        understood.lang = self.language.guess(&reading, &scan.named_words());
        understood.emergency = self.emergencies.find(&reading);
        let verdict = self.classifier.judge(&reading, &scan.street_words());
        understood.intents = self.classifier.ranked(&verdict, MAX_RANKED);
        understood.outcome = verdict.outcome;
        understood.options = options::find(&reading, ask.expectation, &scan.named_words());
        understood.named = named::find(&reading, ask.expectation);

        let (given, stance) = weigh::settle(command::find(&reading), stance::find(&reading));
        understood.stance = stance.as_ref().map(|shown| shown.hit);
        let cues = weigh::cues(&reading, stance.as_ref());
        let plain = extract::plain(&reading, &cx);
        let mut places = address::find(&reading, &cx, &scan, &plain, !cues.is_empty());
        weigh::drop_mishearings(&mut places, given.as_ref(), stance.as_ref());
        let beside = weigh::beside(&reading, &cues, &places, stance);
        understood.correction = beside.correction;
        let mut found = weigh::together(plain, places);
        let meant = self.meant(understood.best());
        understood.command = weigh::command(given, meant, &found, &understood);
        if found.is_empty() && cx.is_asked(SlotKind::Address) {
            found.extend(weigh::unknown_place(&reading, &understood));
        }
        weigh::aim(&mut found, &understood.named, &cx);
        understood.entities = extract::entities(&reading, found, &beside.words);
        understood.question &= !understood.stance.is_some_and(weigh::is_whole);
        understood
    }
}

#[cfg(test)]
mod tests;
