//! Resolves names: steps, intents, flows, actions, queues, calendars, tables.

use bot_core::expectation::MenuItem;
use bot_core::slot::SlotKind;
use bot_core::text;
use std::collections::BTreeMap;

use crate::fault::{Faults, Rule, Spot, suggest};
use crate::hash;
use crate::model::city::City;
use crate::model::flow::{Flow, Next, Override, StepKind, Target};
use crate::model::intent::Intent;
use crate::model::slot::{GiveUp, OptionDef, Slot};

/// Resolves every name of the city.
pub(crate) fn resolve(city: &mut City, faults: &mut Faults) {
    let tries = city.info.limits.tries;
    for flow in city.flows.values_mut() {
        targets(flow, faults);
        set_tries(flow, tries);
        hash::seal(flow);
    }
    for slot in city.services.values_mut().flat_map(|service| &mut service.questions) {
        if slot.tries == 0 {
            slot.tries = tries;
        }
    }
    learn_synonyms(city);
    Names { city, faults }.check();
}

fn set_tries(flow: &mut Flow, tries: u32) {
    for slot in flow.slots.values_mut().filter(|slot| slot.tries == 0) {
        slot.tries = tries;
    }
    for step in &mut flow.steps {
        if let StepKind::Confirm(confirm) = &mut step.kind
            && confirm.tries == 0
        {
            confirm.tries = tries;
        }
    }
}

/// Resolves the steps that a flow names.
pub(crate) fn targets(flow: &mut Flow, faults: &mut Faults) {
    let places: BTreeMap<String, usize> = flow
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| step.named)
        .map(|(place, step)| (step.id.clone(), place))
        .collect();
    for target in all_targets(flow) {
        match places.get(&target.name) {
            Some(place) => target.step = *place,
            None => {
                let hint = suggest(&target.name, places.keys().map(String::as_str));
                let what = format!("there is no step \"{}\"", target.name);
                faults.add(&target.at, Rule::Target, what, hint);
            }
        }
    }
}

fn all_targets(flow: &mut Flow) -> Vec<&mut Target> {
    let mut all: Vec<&mut Target> = Vec::new();
    for slot in flow.slots.values_mut() {
        if let Some(GiveUp::Step(target)) = &mut slot.give_up {
            all.push(target);
        }
    }
    for command in flow.commands.values_mut() {
        if let Override::Go(target) = command {
            all.push(target);
        }
    }
    for migration in flow.migrate.values_mut() {
        all.extend(migration.steps.values_mut());
    }
    for step in &mut flow.steps {
        if let Next::Go(target) = &mut step.next {
            all.push(target);
        }
        match &mut step.kind {
            StepKind::Collect { answers, .. } => all.extend(answers.values_mut()),
            StepKind::Call(call) => all.extend(call.results.values_mut()),
            StepKind::Run(run) => all.extend(run.results.values_mut()),
            StepKind::Branch { arms, otherwise } => {
                all.extend(arms.iter_mut().map(|(_, _, target)| target));
                all.push(otherwise);
            }
            StepKind::Confirm(confirm) => {
                all.extend([&mut confirm.affirm, &mut confirm.deny, &mut confirm.give_up]);
            }
            StepKind::Handoff(handoff) => {
                all.extend([&mut handoff.solved, &mut handoff.back_to_bot, &mut handoff.nobody]);
            }
            StepKind::Questions | StepKind::Do(_) => {}
        }
    }
    all
}

/// Takes `[gros](size:large)` in a sentence as another name of the option `large`.
fn learn_synonyms(city: &mut City) {
    let lessons: Vec<(String, &'static str, String, String, String)> =
        city.intents.values().flat_map(lessons_of).collect();
    for (intent, lang, slot, option, words) in lessons {
        let flows = city
            .flows
            .values_mut()
            .filter(|flow| flow.start.intents.iter().any(|(name, _)| *name == intent))
            .filter_map(|flow| flow.slots.get_mut(&slot));
        let questions = city
            .services
            .values_mut()
            .filter(|service| service.intents.iter().any(|(name, _)| *name == intent))
            .flat_map(|service| &mut service.questions)
            .filter(|question| question.name == slot);
        for slot in flows.chain(questions) {
            add_synonym(slot, lang, &option, &words);
        }
    }
}

fn lessons_of(intent: &Intent) -> Vec<(String, &'static str, String, String, String)> {
    intent
        .examples
        .iter()
        .flat_map(|(lang, list)| list.iter().map(move |example| (lang, example)))
        .flat_map(|(lang, example)| example.annotations.iter().map(move |a| (lang, a)))
        .filter_map(|(lang, a)| {
            let option = a.value.clone()?;
            Some((intent.name.clone(), lang.code(), a.slot.clone(), option, a.words.clone()))
        })
        .collect()
}

fn add_synonym(slot: &mut Slot, lang: &str, option: &str, words: &str) {
    let Some(OptionDef { item: MenuItem { also, .. }, .. }) =
        slot.options.iter_mut().find(|o| o.item.key == option)
    else {
        return;
    };
    let list = if lang == "fr" { &mut also.fr } else { &mut also.en };
    if !list.iter().any(|other| text::fold(other) == text::fold(words)) {
        list.push(words.to_owned());
    }
}

/// Checks that what is named exists.
struct Names<'a> {
    city: &'a City,
    faults: &'a mut Faults,
}

impl Names<'_> {
    fn check(mut self) {
        let city = self.city;
        for flow in city.flows.values() {
            self.flow(flow);
        }
        for service in city.services.values() {
            for (intent, at) in &service.intents {
                self.intent(intent, at);
            }
            self.queue(&service.queue, &service.at);
            self.calendar(&service.sla.calendar, &service.at);
        }
        for entry in city.faq.values() {
            for (intent, at) in &entry.intents {
                self.intent(intent, at);
            }
            if let Some((table, at)) = &entry.table {
                self.known("table", table, at, city.tables.keys());
            }
        }
        for (intent, at) in &city.info.starters {
            self.intent(intent, at);
        }
        let at = Spot::start_of("city.yml");
        self.queue(&city.info.default_queue, &at);
        for queue in city.info.queues.values() {
            self.calendar(&queue.hours, &at);
        }
        for action in city.actions.values() {
            for (table, at) in &action.tables {
                self.known("table", table, at, city.tables.keys());
            }
            if let Some(update) = &action.update {
                self.known("action", update, &action.at, city.actions.keys());
            }
        }
    }

    fn flow(&mut self, flow: &Flow) {
        let city = self.city;
        for (intent, at) in &flow.start.intents {
            self.intent(intent, at);
        }
        for (other, at) in &flow.interrupt.allow {
            self.known("flow", other, at, city.flows.keys());
        }
        for (slot, (kind, at)) in &flow.start.fill {
            self.known("slot", slot, at, flow.slots.keys());
            if SlotKind::from_name(kind).is_none() {
                let hint = suggest(kind, SlotKind::ALL.map(SlotKind::name));
                self.faults.add(at, Rule::Unknown, format!("no type \"{kind}\""), hint);
            }
        }
        for step in &flow.steps {
            match &step.kind {
                StepKind::Collect { slot, .. } => {
                    self.known("slot", slot, &step.at, flow.slots.keys());
                }
                StepKind::Call(call) => {
                    self.known("action", &call.action, &step.at, city.actions.keys());
                }
                StepKind::Run(run) => self.known("flow", &run.flow, &step.at, city.flows.keys()),
                StepKind::Handoff(handoff) => {
                    self.queue(&handoff.queue, &step.at);
                    if let Some(calendar) = &handoff.hours {
                        self.calendar(calendar, &step.at);
                    }
                }
                StepKind::Questions
                | StepKind::Branch { .. }
                | StepKind::Do(_)
                | StepKind::Confirm(_) => {}
            }
        }
    }

    fn intent(&mut self, name: &str, at: &Spot) {
        self.known("intent", name, at, self.city.intents.keys());
    }

    fn queue(&mut self, name: &str, at: &Spot) {
        self.known("queue", name, at, self.city.info.queues.keys());
    }

    fn calendar(&mut self, name: &str, at: &Spot) {
        self.known("calendar", name, at, self.city.calendars.keys());
    }

    fn known<'k>(
        &mut self,
        what: &str,
        name: &str,
        at: &Spot,
        all: impl Iterator<Item = &'k String> + Clone,
    ) {
        if !all.clone().any(|known| known == name) {
            let hint = suggest(name, all.map(String::as_str));
            self.faults.add(at, Rule::Unknown, format!("there is no {what} \"{name}\""), hint);
        }
    }
}
