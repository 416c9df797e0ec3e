//! Flows: steps that follow one another, with named ways between them.

use bot_core::understanding::Command;
use bot_core::{Bilingual, Channel};
use std::collections::{BTreeMap, BTreeSet};

use super::expression::{Condition, Expression};
use super::slot::Slot;
use super::text::Text;
use crate::fault::Spot;

/// A step named as the next one.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The step's name.
    pub name: String,
    /// Where it is named.
    pub at: Spot,
    /// The step's place in its flow; set when names are resolved.
    pub step: usize,
}

/// How a flow starts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Start {
    /// The intents that start it.
    pub intents: Vec<(String, Spot)>,
    /// Whether the intents of every category that no other flow takes start it.
    pub services: bool,
    /// Whether the intents of every question that the city answers start it.
    pub faq: bool,
    /// What must hold.
    pub guard: Option<(Condition, Spot)>,
    /// What is said when it does not.
    pub closed: Option<Text>,
    /// Slots filled from the first message: slot to type name.
    pub fill: BTreeMap<String, (String, Spot)>,
}

/// How a flow that was interrupted is taken up again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Resume {
    /// The resident is asked whether to go on.
    #[default]
    Ask,
    /// The open question is asked again.
    Silently,
    /// It is not.
    Never,
}

/// Which flows may interrupt, and how to come back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Interrupt {
    /// The flows that may.
    pub allow: Vec<(String, Spot)>,
    /// How to come back.
    pub resume: Resume,
}

/// What a flow does on a global command instead of the usual.
#[derive(Debug, Clone, PartialEq)]
pub enum Override {
    /// It goes to a step.
    Go(Target),
    /// It says this, then asks its question again.
    Say(Text),
}

/// What happens after a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// The next line.
    Fall,
    /// A named step.
    Go(Target),
    /// The flow ends with this outcome.
    End(String),
}

/// What `confirm` reads out, and `brief` passes on.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A slot.
    Slot(String, Spot),
    /// The answers to the category's questions.
    Questions(Spot),
}

/// A category or a value, for `call` inputs.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// An expression.
    Expression(Expression),
    /// The answers to the category's questions.
    Questions,
}

/// An action's call.
#[derive(Debug, Clone, PartialEq)]
pub struct CallStep {
    /// The action.
    pub action: String,
    /// Its inputs by name.
    pub inputs: BTreeMap<String, (Input, Spot)>,
    /// Variables and the outputs they take.
    pub outs: BTreeMap<String, (String, Spot)>,
    /// Where each result leads.
    pub results: BTreeMap<String, Target>,
    /// Whether it may happen once only for the same inputs.
    pub once: bool,
    /// How long it may take.
    pub limit_ms: u64,
}

/// A subflow's run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunStep {
    /// The flow.
    pub flow: String,
    /// Slots of the subflow that are filled beforehand.
    pub inputs: BTreeMap<String, (Expression, Spot)>,
    /// Variables and the subflow's values they take.
    pub outs: BTreeMap<String, (String, Spot)>,
    /// Where each end leads.
    pub results: BTreeMap<String, Target>,
}

/// A recap.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfirmStep {
    /// What is read out, and may be changed.
    pub items: Vec<Item>,
    /// The words around it.
    pub text: Text,
    /// Where yes leads.
    pub affirm: Target,
    /// Where no leads.
    pub deny: Target,
    /// How often it is asked.
    pub tries: u32,
    /// Where it leads after that.
    pub give_up: Target,
}

/// A handoff to a person.
#[derive(Debug, Clone, PartialEq)]
pub struct HandoffStep {
    /// The queue.
    pub queue: String,
    /// What the agent is told.
    pub brief: Vec<Item>,
    /// The calendar of the queue's hours, where it differs from the queue's own.
    pub hours: Option<String>,
    /// Where it leads when the agent has solved it.
    pub solved: Target,
    /// Where it leads when the agent gives it back.
    pub back_to_bot: Target,
    /// Where it leads when no one comes.
    pub nobody: Target,
}

/// Small things done at once: say, then set, then forget.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DoStep {
    /// What is said.
    pub say: Option<Text>,
    /// What is copied.
    pub set: Vec<(String, Expression, Spot)>,
    /// What is dropped, to be asked again.
    pub forget: Vec<(String, Spot)>,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// Ask for a slot unless it is known.
    Collect {
        /// The slot.
        slot: String,
        /// Whether it may be left out here, though the slot itself says otherwise.
        optional: bool,
        /// Where each answer leads; empty when all lead on.
        answers: BTreeMap<String, Target>,
    },
    /// Ask the category's questions, one by one.
    Questions,
    /// Run an action.
    Call(CallStep),
    /// Run another flow and come back.
    Run(RunStep),
    /// Go where the first condition that holds leads.
    Branch {
        /// Conditions and where they lead.
        arms: Vec<(Condition, Spot, Target)>,
        /// Where it leads when none holds.
        otherwise: Target,
    },
    /// Say, set, forget.
    Do(DoStep),
    /// Read a recap and ask whether it is right.
    Confirm(ConfirmStep),
    /// Hand over to a person.
    Handoff(HandoffStep),
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its name, given or made from what it does.
    pub id: String,
    /// Whether the name was given; a named step is entered only by name.
    pub named: bool,
    /// Where it is written.
    pub at: Spot,
    /// What it does.
    pub kind: StepKind,
    /// What happens then.
    pub next: Next,
}

/// How conversations on an old version go on with this one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Migration {
    /// Old step to new step.
    pub steps: BTreeMap<String, Target>,
    /// Old slot to new slot.
    pub slots: BTreeMap<String, (String, Spot)>,
    /// Where it is written.
    pub at: Option<Spot>,
}

/// One flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub at: Spot,
    /// Its version.
    pub version: u32,
    /// What "did you mean" reads aloud.
    pub title: Bilingual<String>,
    /// The channels it serves.
    pub channels: BTreeSet<Channel>,
    /// How it starts.
    pub start: Start,
    /// Who may interrupt it.
    pub interrupt: Interrupt,
    /// What it does on global commands instead of the usual.
    pub commands: BTreeMap<Command, Override>,
    /// Its slots.
    pub slots: BTreeMap<String, Slot>,
    /// Its steps in the order written.
    pub steps: Vec<Step>,
    /// How conversations on old versions go on.
    pub migrate: BTreeMap<u32, Migration>,
    /// Hash of steps, slots and ways between them: what a conversation in progress stands on.
    pub structure_hash: String,
    /// Hash of the texts, which may change under a conversation in progress.
    pub text_hash: String,
}

impl Flow {
    /// Finds a step's place by its name.
    #[must_use]
    pub fn find_step(&self, id: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.id == id)
    }

    /// Lists the outcomes that its steps end with.
    #[must_use]
    pub fn outcomes(&self) -> BTreeSet<&str> {
        self.steps
            .iter()
            .filter_map(|step| match &step.next {
                Next::End(outcome) => Some(outcome.as_str()),
                Next::Fall | Next::Go(_) => None,
            })
            .collect()
    }
}
