//! Hashes: of a package, of a flow's structure, of its texts.
//!
//! A conversation in progress stands on a flow's structure; texts may change under it.

use bot_core::text;
use sha2::{Digest, Sha256};

use crate::model::flow::{Flow, Item, Next, Step, StepKind};
use crate::model::slot::{GiveUp, Slot};
use crate::model::text::{Text, Wording};
use crate::package::Package;

/// Hexadecimal digits kept of a hash.
const N_DIGITS: usize = 32;

/// Gives the hash of a package's files.
#[must_use]
pub(crate) fn of_package(package: &Package) -> String {
    let mut hasher = Sha256::new();
    for (path, text) in &package.files {
        for part in [path, text] {
            hasher.update(part.len().to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    hex(&hasher.finalize())
}

/// Computes a flow's two hashes and keeps them in it.
pub(crate) fn seal(flow: &mut Flow) {
    flow.structure_hash = of_text(&structure(flow));
    flow.text_hash = of_text(&texts(flow));
}

fn of_text(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    text::hex(bytes.get(..N_DIGITS / 2).unwrap_or(bytes))
}

/// Describes steps, slots and ways, a line each, without a word of text.
fn structure(flow: &Flow) -> String {
    let mut lines = vec![format!("{} {:?}", flow.name, flow.channels)];
    lines.extend(flow.slots.values().map(slot_line));
    lines.extend(flow.steps.iter().map(step_line));
    lines.join("\n")
}

fn slot_line(slot: &Slot) -> String {
    let options: Vec<&str> = slot.options.iter().map(|o| o.item.key.as_str()).collect();
    let give_up = match &slot.give_up {
        None => "-",
        Some(GiveUp::Skip) => "skip",
        Some(GiveUp::Step(target)) => &target.name,
    };
    format!(
        "slot {} {} {options:?} {:?} {give_up} {} {} {:?} {:?}",
        slot.name,
        slot.kind,
        slot.options_from,
        slot.optional,
        slot.unknown_ok,
        slot.only_on,
        slot.from,
    )
}

fn step_line(step: &Step) -> String {
    let next = match &step.next {
        Next::Fall => "next",
        Next::Go(target) => &target.name,
        Next::End(outcome) => outcome,
    };
    format!("step {} {} then {next}", step.id, kind_line(&step.kind))
}

fn kind_line(kind: &StepKind) -> String {
    match kind {
        StepKind::Collect { slot, optional, answers } => {
            let ways: Vec<_> = answers.iter().map(|(key, to)| (key, &to.name)).collect();
            format!("collect {slot} {optional} {ways:?}")
        }
        StepKind::Questions => "questions".to_owned(),
        StepKind::Call(call) => {
            let inputs: Vec<_> =
                call.inputs.iter().map(|(name, (input, _))| (name, input)).collect();
            let outs: Vec<_> = call.outs.iter().map(|(name, (out, _))| (name, out)).collect();
            let ways: Vec<_> = call.results.iter().map(|(key, to)| (key, &to.name)).collect();
            format!("call {} {inputs:?} {outs:?} {ways:?} {}", call.action, call.once)
        }
        StepKind::Run(run) => {
            let inputs: Vec<_> = run.inputs.iter().map(|(name, (e, _))| (name, e)).collect();
            let outs: Vec<_> = run.outs.iter().map(|(name, (out, _))| (name, out)).collect();
            let ways: Vec<_> = run.results.iter().map(|(key, to)| (key, &to.name)).collect();
            format!("run {} {inputs:?} {outs:?} {ways:?}", run.flow)
        }
        StepKind::Branch { arms, otherwise } => {
            let ways: Vec<_> = arms.iter().map(|(when, _, to)| (when, &to.name)).collect();
            format!("branch {ways:?} {}", otherwise.name)
        }
        StepKind::Do(small) => {
            let set: Vec<_> = small.set.iter().map(|(name, e, _)| (name, e)).collect();
            let forget: Vec<_> = small.forget.iter().map(|(name, _)| name).collect();
            format!("do {} {set:?} {forget:?}", small.say.is_some())
        }
        StepKind::Confirm(confirm) => {
            let items: Vec<_> = confirm.items.iter().map(item_name).collect();
            let (yes, no) = (&confirm.affirm.name, &confirm.deny.name);
            format!("confirm {items:?} {yes} {no} {}", confirm.give_up.name)
        }
        StepKind::Handoff(handoff) => {
            let ways = [&handoff.solved, &handoff.back_to_bot, &handoff.nobody].map(|t| &t.name);
            format!("handoff {} {:?} {ways:?}", handoff.queue, handoff.hours)
        }
    }
}

fn item_name(item: &Item) -> &str {
    match item {
        Item::Slot(name, _) => name,
        Item::Questions(_) => "service.questions",
    }
}

fn texts(flow: &Flow) -> String {
    let mut lines = vec![format!("{:?}", flow.title)];
    let mut add = |text: &Text| lines.push(wording_line(&text.wording));
    for slot in flow.slots.values() {
        slot.ask.iter().chain(slot.again.values()).chain(&slot.why).for_each(&mut add);
    }
    for step in &flow.steps {
        match &step.kind {
            StepKind::Do(small) => small.say.iter().for_each(&mut add),
            StepKind::Confirm(confirm) => add(&confirm.text),
            StepKind::Collect { .. }
            | StepKind::Questions
            | StepKind::Call(_)
            | StepKind::Run(_)
            | StepKind::Branch { .. }
            | StepKind::Handoff(_) => {}
        }
    }
    lines.join("\n")
}

fn wording_line(wording: &Wording) -> String {
    format!("{:?}", wording.variants().collect::<Vec<_>>())
}
