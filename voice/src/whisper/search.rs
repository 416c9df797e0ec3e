//! The search for the likeliest text: several beginnings are kept and grown side by side.

use nlu_kernels::rows::log_sum_exp;

use super::decoder::{Decoder, Heard, Memory, Row};
use super::tokens::Tokens;

/// Tokens that are at most said again in a row, all repeats together.
const LONGEST_REPEAT: usize = 10;

/// How a text is searched for.
pub(super) struct Plan<'a> {
    /// Beginnings that are kept.
    pub(super) n_beams: usize,
    /// Tokens of a text at most.
    pub(super) max_tokens: usize,
    /// Asked before each token; when it says no, the best so far is the text.
    pub(super) go_on: &'a dyn Fn() -> bool,
}

/// A text, or its beginning.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    pub(super) tokens: Vec<usize>,
    /// The logarithm of the probability of each token.
    pub(super) logs: Vec<f32>,
    /// The same of the end behind it.
    pub(super) end_log: f32,
    sum: f32,
    history: Vec<usize>,
}

impl Text {
    /// Gives the mean logarithm of a token's probability, the end's too.
    pub(super) fn mean_log(&self) -> f32 {
        (self.sum + self.end_log) / nlu_kernels::rows::count(self.tokens.len() + 1)
    }

    fn and(&self, token: usize, log: f32) -> Self {
        let mut next = self.clone();
        next.tokens.push(token);
        next.logs.push(log);
        next.sum += log;
        next
    }
}

/// One token behind a beginning.
struct Step {
    beam: usize,
    token: usize,
    log: f32,
    sum: f32,
}

/// Reads what stands before the text; gives the last row.
pub(super) fn begin(
    decoder: &Decoder,
    heard: &Heard,
    memory: &mut Memory,
    tokens: &[usize],
) -> Vec<f32> {
    let rows = Row::one_after_the_other(0, tokens);
    let mut seen = decoder.take(&rows, heard, memory, None);
    seen.split_off(seen.len().saturating_sub(decoder.width()))
}

/// Searches for the text behind `before`, which comes to stand first in the memory.
pub(super) fn search(
    decoder: &Decoder,
    tokens: &Tokens,
    heard: &Heard,
    before: &[usize],
    plan: &Plan<'_>,
    memory: &mut Memory,
) -> Text {
    let mut seen = begin(decoder, heard, memory, before);
    let start = Text { history: (0..before.len()).collect(), ..Text::default() };
    let (mut beams, mut ended) = (vec![start], Vec::<Text>::new());
    for place in before.len()..before.len() + plan.max_tokens {
        let steps = steps(decoder, tokens, &seen, &beams, plan, place == before.len());
        let mut grown = Vec::with_capacity(plan.n_beams);
        for step in steps {
            let beam = &beams[step.beam];
            if step.token == tokens.end() {
                ended.push(Text { end_log: step.log, ..beam.clone() });
            } else {
                let next = beam.and(step.token, step.log);
                if !turns_in_a_circle(&next.tokens) {
                    grown.push(next);
                }
            }
            if grown.len() == plan.n_beams {
                break;
            }
        }
        beams = grown;
        let is_over = ended.len() >= plan.n_beams || is_decided(&ended, &beams);
        if is_over || beams.is_empty() || !(plan.go_on)() {
            break;
        }
        let n_rows = memory.n_rows(decoder.width());
        let rows = beams.iter_mut().enumerate().filter_map(|(at, beam)| {
            beam.history.push(n_rows + at);
            let token = *beam.tokens.last()?;
            Some(Row { token, place, history: beam.history.clone() })
        });
        let rows: Vec<Row> = rows.collect();
        seen = decoder.take(&rows, heard, memory, None);
    }
    ended.extend(if ended.is_empty() { beams } else { Vec::new() });
    let best = ended.into_iter().max_by(|a, b| a.mean_log().total_cmp(&b.mean_log()));
    best.unwrap_or_default()
}

/// Tells whether a text that has ended is likelier than every beginning: those only get less likely.
fn is_decided(ended: &[Text], beams: &[Text]) -> bool {
    let most = |logs: &mut dyn Iterator<Item = f32>| logs.reduce(f32::max);
    let best = most(&mut ended.iter().map(|text| text.sum + text.end_log));
    let hope = most(&mut beams.iter().map(|text| text.sum));
    best.zip(hope).is_some_and(|(best, hope)| best > hope)
}

/// Tells whether a text says the same twice in a row, which a model does that has lost the thread: a
/// phrase twice, or a few tokens several times. Nobody says a number that often.
fn turns_in_a_circle(tokens: &[usize]) -> bool {
    let said = |length: usize| {
        let mut phrases = tokens.rchunks_exact(length);
        let last = phrases.next();
        1 + phrases.take_while(|phrase| Some(*phrase) == last).count()
    };
    let is_phrase = |length: usize| said(length) * length > LONGEST_REPEAT && said(length) > 1;
    (1..=tokens.len() / 2).any(is_phrase)
}

/// Lists what may come next, the likeliest text first.
fn steps(
    decoder: &Decoder,
    tokens: &Tokens,
    seen: &[f32],
    beams: &[Text],
    plan: &Plan<'_>,
    is_first: bool,
) -> Vec<Step> {
    let mut scores = decoder.scores(seen);
    let n_tokens = scores.len() / beams.len().max(1);
    let mut steps = Vec::new();
    for (at, (scores, beam)) in scores.chunks_exact_mut(n_tokens.max(1)).zip(beams).enumerate() {
        // Behind the end stand tokens that are no text.
        let Some(scores) = scores.get_mut(..=tokens.end()) else { continue };
        let never = tokens.suppressed.iter().copied();
        let never = never.chain(tokens.blank().filter(|_| is_first));
        for token in never.chain(is_first.then_some(tokens.end())) {
            scores[token] = f32::MIN;
        }
        let total = log_sum_exp(scores);
        for (token, score) in largest(scores, plan.n_beams + 1) {
            let log = score - total;
            steps.push(Step { beam: at, token, log, sum: beam.sum + log });
        }
    }
    steps.sort_by(|a, b| b.sum.total_cmp(&a.sum));
    steps
}

/// Finds the `n` largest numbers and their places, the largest first.
fn largest(numbers: &[f32], n: usize) -> Vec<(usize, f32)> {
    let mut most: Vec<(usize, f32)> = Vec::with_capacity(n + 1);
    let mut least = f32::MIN;
    for (at, number) in numbers.iter().enumerate() {
        if *number > least {
            let place = most.partition_point(|(_, other)| other >= number);
            most.insert(place, (at, *number));
            most.truncate(n);
            if most.len() == n {
                least = most.last().map_or(f32::MIN, |(_, number)| *number);
            }
        }
    }
    most
}
