//! Names of the rules in notes that others than people read.

/// A step was passed: `flow.step`.
pub const STEP: &str = "step";
/// The resident wants this intent.
pub const INTENT: &str = "intent";
/// Which of these intents is meant was asked; their names, with spaces between them.
pub const DID_YOU_MEAN: &str = "did you mean";
/// None of what was on offer is meant.
pub const NONE_OF_THESE: &str = "none of these";
/// The message means nothing where the conversation stands.
pub const NOT_UNDERSTOOD: &str = "not understood";
/// A command that works everywhere was obeyed.
pub const COMMAND: &str = "command";
/// The flow is broken.
pub const FAULT: &str = "fault";
