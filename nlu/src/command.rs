//! Words that work everywhere: cancel, repeat, a person please.

use bot_core::understanding::{Command, CommandHit, Extent};
use std::ops::Range;
use std::sync::LazyLock;

use crate::tables;
use crate::text::lexicon::{Found, Lexicon};
use crate::text::{Gap, Reading, table, usual};

const P_WHOLE: f32 = 0.97;
const P_PART: f32 = 0.7;
/// Words from which a phrase counts within a longer message.
const PART_WORDS: usize = 3;

static COMMANDS: LazyLock<Lexicon<Command>> = LazyLock::new(|| {
    let named = |(name, _, phrase)| Some((phrase, Command::from_name(name)?));
    Lexicon::new(table::all(tables::COMMANDS).into_iter().filter_map(named))
});

/// A command and the words that give it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Given {
    pub(crate) hit: CommandHit,
    pub(crate) words: Range<usize>,
}

/// Finds a command in a message; within a longer message a word or two are none.
pub(crate) fn find(reading: &Reading) -> Option<Given> {
    let found = COMMANDS.all(reading);
    let best = found.iter().fold(None, |best: Option<&Found<Command>>, next| match best {
        Some(known) if known.words.len() >= next.words.len() => Some(known),
        _ => Some(next),
    })?;
    let same: Vec<Range<usize>> =
        found.iter().filter(|hit| hit.value == best.value).map(|hit| hit.words.clone()).collect();
    if best.value == Command::Agent && asks_who_we_are(reading) {
        return None;
    }
    let whole = usual::all_small_but(reading, &same);
    let apart = best.words.start == 0 && reading.gap(best.words.end) >= Gap::Comma;
    let clear = best.words.len() >= PART_WORDS || (apart && best.words.len() > 1);
    let (p, extent) = match (whole, clear) {
        (true, _) => (P_WHOLE, Extent::Whole),
        (false, true) => (P_PART, Extent::Part),
        (false, false) => return None,
    };
    Some(Given {
        hit: CommandHit { command: best.value, p: p * best.p, extent },
        words: best.words.clone(),
    })
}

/// "Are you human?" asks who we are, and for no one else.
fn asks_who_we_are(reading: &Reading) -> bool {
    reading.words.windows(2).any(|pair| match pair {
        [a, b] => matches!(
            (a.text.as_str(), b.text.as_str()),
            ("are", "you")
                | ("you", "are")
                | ("es", "tu")
                | ("tu", "es")
                | ("t", "es")
                | ("etes", "vous")
                | ("vous", "etes")
        ),
        _ => false,
    })
}
