//! One head: everything that is found in a message, put together.
//!
//! Lives here: training, and the order of reading one message. Never here: any finding itself.

mod cache;
mod weigh;

use bot_core::slot::SlotKind;
use bot_core::understanding::{Command, MAX_RANKED, Outcome, Ranked};
use bot_core::{Language, Understanding, UnixMs};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::ops::Range;

use crate::ask::{Ask, Understand};
use crate::classify::{Classifier, Verdict};
use crate::command;
use crate::emergency::Emergencies;
use crate::error::NluError;
use crate::extract::{self, Context, address, cues, named, options, stance};
use crate::gazetteer::{Gazetteer, Scan};
use crate::language::LanguageModel;
use crate::lesson::Lesson;
use crate::text::{Reading, Word};
use crate::tools::{Tell, Tools, Vectors};

/// What is asked of the classifier about a message.
type Question<T> = fn(&Classifier, &Reading, &[Range<usize>], Option<Language>, &Tools) -> T;

/// A message's words, and the places found in them.
struct Scanned<'a> {
    reading: &'a Reading,
    scan: &'a Scan<'a>,
    lang: Option<Language>,
}

/// A head trained on one city's lesson.
#[derive(Debug, Clone)]
pub struct FirstHead {
    gazetteer: Gazetteer,
    language: LanguageModel,
    classifier: Classifier,
    emergencies: Emergencies,
    /// The commands that intents mean, in the order of the lesson.
    commands: Vec<(String, Command)>,
    /// Intents whose own sentences deny something.
    denials: BTreeSet<String>,
    zone: TimeZone,
    fingerprint: [u8; 32],
    tools: Tools,
}

impl FirstHead {
    /// Trains a head on words alone; the same lesson gives the same head, to the byte.
    ///
    /// # Panics
    /// Never: only encoders can fail, and there are none.
    #[must_use]
    pub fn train(lesson: &Lesson) -> Self {
        let trained = Self::learn(lesson, &Tools::default(), &mut Vectors::default(), &|_, _| {});
        trained.expect("nothing can fail without encoders")
    }

    /// Trains a head with the tools at hand; sentences whose vectors were made before cost nothing.
    ///
    /// # Errors
    /// [`NluError::Encode`] where an encoder fails.
    pub(crate) fn learn(
        lesson: &Lesson,
        tools: &Tools,
        vectors: &mut Vectors,
        tell: Tell<'_>,
    ) -> Result<Self, NluError> {
        let gazetteer = Gazetteer::new(lesson);
        let language = LanguageModel::train(lesson, &gazetteer);
        let classifier = Classifier::train(lesson, &gazetteer, tools, vectors, tell)?;
        Ok(Self::assemble(lesson, gazetteer, language, classifier, tools.clone()))
    }

    fn assemble(
        lesson: &Lesson,
        gazetteer: Gazetteer,
        language: LanguageModel,
        classifier: Classifier,
        tools: Tools,
    ) -> Self {
        let commands = lesson.intents.iter();
        let commands = commands.filter_map(|intent| Some((intent.name.clone(), intent.command?)));
        Self {
            gazetteer,
            language,
            classifier,
            emergencies: Emergencies::new(lesson),
            commands: commands.collect(),
            denials: denials(lesson),
            zone: lesson.zone.clone(),
            fingerprint: lesson.fingerprint(),
            tools,
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
        let verdict = self.judge(text);
        self.classifier.ranked(&verdict, usize::MAX)
    }

    /// Judges a text by itself.
    pub(crate) fn judge(&self, text: &str) -> Verdict {
        self.classified(text, Classifier::judge)
    }

    /// Hands a text to the classifier, with its streets and its language.
    fn classified<T>(&self, text: &str, ask: Question<T>) -> T {
        let reading = Reading::of(text);
        let scan = self.gazetteer.scan(&reading);
        let lang = self.language.guess(&reading, &scan.named_words()).map(|guess| guess.lang);
        ask(&self.classifier, &reading, &scan.street_words(), lang, &self.tools)
    }

    /// Names the likeliest intents of a verdict, best first.
    pub(crate) fn ranked(&self, verdict: &Verdict, n_kept: usize) -> Vec<Ranked> {
        self.classifier.ranked(verdict, n_kept)
    }

    /// Finds everything in a message; `judge` tells what it is about.
    fn put_together(
        &self,
        ask: &Ask<'_>,
        judge: impl FnOnce(Scanned<'_>) -> (Vec<Ranked>, Outcome),
    ) -> Understanding {
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
        let lang = understood.lang.map(|guess| guess.lang);
        (understood.intents, understood.outcome) =
            judge(Scanned { reading: &reading, scan: &scan, lang });
        understood.options = options::find(&reading, ask.expectation, &scan.named_words());
        understood.named = named::find(&reading, ask.expectation);

        let (given, stance) = weigh::settle(command::find(&reading), stance::find(&reading));
        understood.stance = stance.as_ref().map(|shown| shown.hit);
        let cues = weigh::cues(&reading, stance.as_ref());
        let plain = extract::plain(&reading, &cx);
        let mut places = address::find(&reading, &cx, &scan, &plain, !cues.is_empty());
        weigh::drop_mishearings(&mut places, given.as_ref(), stance.as_ref());
        if stance.as_ref().is_some_and(|shown| weigh::is_whole(shown.hit)) {
            // Whoever only says "skip" wants none of the services.
            understood.outcome = Outcome::OutOfScope;
        }
        let beside = weigh::beside(&reading, &cues, &places, stance);
        understood.correction = beside.correction;
        let only_place = weigh::is_only_place(&reading, &places);
        let mut found = weigh::together(plain, places);
        let reversed = cues::is_reversal(&reading);
        let doubtful = reversed || only_place || self.denies_best(&reading, &understood);
        if understood.outcome == Outcome::Sure && doubtful {
            understood.outcome = Outcome::Unsure;
        } else if reading.words.iter().all(Word::is_digits) && !weigh::has_case_number(&found) {
            // A bare number answers a question or is a slip; by itself it wishes for nothing.
            understood.outcome = Outcome::OutOfScope;
        }
        let meant = self.meant(understood.best());
        understood.command =
            weigh::command(given, meant, &found, &understood).filter(|_| !reversed);
        if found.is_empty() && !reversed && cx.is_asked(SlotKind::Address) {
            found.extend(weigh::unknown_place(&reading, &understood));
        }
        weigh::aim(&mut found, &understood.named, &cx);
        understood.entities = extract::entities(&reading, found, &beside.words);
        understood.question &= !understood.stance.is_some_and(weigh::is_whole);
        understood
    }

    fn today(&self, now: UnixMs) -> Date {
        self.zone.to_datetime(now.timestamp()).date()
    }

    /// Tells whether the words deny what the likeliest intent wishes for. Where its own sentences
    /// deny something ("I don't want to go on"), they mean it.
    fn denies_best(&self, reading: &Reading, understood: &Understanding) -> bool {
        let best = understood.best();
        best.is_some_and(|best| !self.denials.contains(&best.intent)) && cues::is_denial(reading)
    }

    /// Gives the command that an intent stands for.
    fn meant(&self, best: Option<&Ranked>) -> Option<Command> {
        let best = best?;
        let known = self.commands.iter().find(|(intent, _)| *intent == best.intent);
        known.map(|(_, command)| *command)
    }
}

/// Finds the intents whose own sentences deny something.
fn denials(lesson: &Lesson) -> BTreeSet<String> {
    let denies = |text: &String| cues::is_denial(&Reading::of(text));
    let intents = lesson.intents.iter();
    let found = intents.filter(|intent| intent.examples.iter().any(|(_, l)| l.iter().any(denies)));
    found.map(|intent| intent.name.clone()).collect()
}

impl Understand for FirstHead {
    fn understand(&self, ask: &Ask<'_>) -> Understanding {
        self.put_together(ask, |scanned| {
            let keep = scanned.scan.street_words();
            let verdict = self.classifier.judge(scanned.reading, &keep, scanned.lang, &self.tools);
            (self.classifier.ranked(&verdict, MAX_RANKED), verdict.outcome)
        })
    }

    fn again(&self, ask: &Ask<'_>, first: &Understanding) -> Understanding {
        self.put_together(ask, |_| (first.intents.clone(), first.outcome))
    }

    fn vector(&self, text: &str) -> Option<Vec<f32>> {
        let encoder = self.tools.encoders.first()?;
        let plain = self.classified(text, Classifier::plain_text);
        encoder.encode(&[&plain]).ok()?.into_iter().next()
    }
}

#[cfg(test)]
mod tests;
