//! Which steps of the city's flows the tests pass.

use flows::City;
use std::collections::BTreeSet;

/// What is covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Steps that at least one run passed.
    pub n_covered: usize,
    /// All steps.
    pub n_steps: usize,
    /// Steps that no run passed: `flow.step`.
    pub missed: Vec<String>,
}

impl Coverage {
    /// Gives the share covered, in percent.
    #[must_use]
    pub fn percent(&self) -> f64 {
        let as_f64 = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        if self.n_steps == 0 {
            100.0
        } else {
            100.0 * as_f64(self.n_covered) / as_f64(self.n_steps)
        }
    }
}

/// Measures the steps passed against all there are.
#[must_use]
pub fn coverage<'s>(city: &City, passed: impl Iterator<Item = &'s String>) -> Coverage {
    let passed: BTreeSet<&String> = passed.collect();
    let all: BTreeSet<String> = city
        .flows
        .values()
        .flat_map(|flow| flow.steps.iter().map(|step| format!("{}.{}", flow.name, step.id)))
        .collect();
    let missed: Vec<String> = all.iter().filter(|step| !passed.contains(step)).cloned().collect();
    Coverage { n_covered: all.len() - missed.len(), n_steps: all.len(), missed }
}
