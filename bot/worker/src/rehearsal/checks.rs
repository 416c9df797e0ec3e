//! Compares a turn with what its test wants.

use bot_core::Language;
use bot_core::text::fold;
use flows::model::talk::TalkTurn;

use super::stage::Stage;

/// Lists what is otherwise than wanted.
pub(super) fn failures(stage: &Stage, turn: &TalkTurn, lang: Language) -> Vec<String> {
    let wanted = &turn.checks;
    let mut failures = Vec::new();
    let until = turn.repeat_until.as_ref();
    for name in wanted.asked.iter().chain(until) {
        if !stage.asks(name) {
            failures.push(format!(
                "wanted to be asked {name}, and was asked {}",
                stage.asked().join(" or ")
            ));
        }
    }
    let spoken: Vec<String> = stage.said.iter().map(|m| fold(&m.new.content.text)).collect();
    let says = |words: &str| spoken.iter().any(|text| text.contains(&fold(words)));
    // The words may be wanted in the language spoken by now.
    let in_lang = wanted.lang.unwrap_or(lang);
    for words in &wanted.said {
        if !says(words.get(in_lang)) {
            failures.push(format!("wanted to hear \"{}\"", words.get(in_lang)));
        }
    }
    for words in &wanted.not_said {
        if says(words.get(in_lang)) {
            failures.push(format!("did not want to hear \"{}\"", words.get(in_lang)));
        }
    }
    for (path, text) in &wanted.slots {
        let found = stage.slot_text(path);
        if found.as_ref() != Some(text) {
            failures.push(format!("wanted {path} to be {text}, and it is {found:?}"));
        }
    }
    let calls = stage.calls();
    for (action, n) in &wanted.calls {
        let found = calls.get(action).copied().unwrap_or(0);
        if found != *n {
            failures.push(format!("wanted {n} calls of {action} so far, and there were {found}"));
        }
    }
    failures.extend(others(stage, turn));
    failures
}

fn others(stage: &Stage, turn: &TalkTurn) -> Vec<String> {
    let wanted = &turn.checks;
    let mut failures = Vec::new();
    let offered = stage.offered();
    for id in &wanted.offered {
        let ending = format!("={id}");
        if !offered.iter().any(|other| other == id || other.ends_with(&ending)) {
            failures.push(format!("wanted {id} on offer, and there was {}", offered.join(", ")));
        }
    }
    if let Some(outcome) = &wanted.ended
        && !stage.ended.contains(outcome)
    {
        failures
            .push(format!("wanted the end {outcome}, and came to [{}]", stage.ended.join(", ")));
    }
    let flow = stage.session.top().map(|frame| frame.flow.clone());
    if wanted.flow.is_some() && wanted.flow != flow {
        failures.push(format!("wanted to be in {:?}, and is in {flow:?}", wanted.flow));
    }
    if let Some(lang) = wanted.lang
        && lang != stage.session.lang
    {
        failures.push(format!("wanted {lang} to be spoken, and it is {}", stage.session.lang));
    }
    if wanted.queue.is_some() && wanted.queue != stage.queue {
        failures.push(format!("wanted the queue {:?}, and it is {:?}", wanted.queue, stage.queue));
    }
    failures
}
