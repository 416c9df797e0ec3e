//! `guichet nlu suggestions`: list, show, accept, dismiss, undo.

use bot_core::Clock;
use bot_store::suggestions::{Filter, Reason, Shown, State, Suggestion, Verdict};
use bot_store::{Page, Store};
use bot_worker::clerk::{self, Clerk, Lesson, Mode, Written};
use std::process::ExitCode;
use std::sync::Arc;

use crate::cli::{AcceptArgs, ListArgs, SuggestionsCommand};
use crate::commands::serve::with_store;
use crate::commands::teaching::Teacher;
use crate::commands::town;
use crate::out;
use crate::settings::Settings;
use crate::world::OsClock;

/// Runs the command.
pub(super) fn run(settings: &Settings, wish: &SuggestionsCommand) -> anyhow::Result<ExitCode> {
    with_store(settings, async |store| obey(settings, store, wish).await)
}

async fn obey(
    settings: &Settings,
    store: &dyn Store,
    wish: &SuggestionsCommand,
) -> anyhow::Result<ExitCode> {
    let clerk = |by| Clerk { store, folder: &settings.city.dir, by, now: OsClock.now() };
    match wish {
        SuggestionsCommand::List(wish) => list(settings, store, wish).await?,
        SuggestionsCommand::Show { id, json } => show(&clerk("").get(*id).await?, *json)?,
        SuggestionsCommand::Accept(wish) => accept(&clerk(&name(wish.by.as_deref())), wish).await?,
        SuggestionsCommand::Dismiss { id, by } => {
            clerk(&name(by.as_deref())).dismiss(*id).await?;
            out::tell("dismissed; guichet nlu suggestions undo opens it again");
        }
        SuggestionsCommand::Undo { id, dry_run } => {
            let written = clerk("").undo(*id, mode(*dry_run)).await?;
            tell(&written, if *dry_run { "would be open again" } else { "open again" });
        }
    }
    Ok(ExitCode::SUCCESS)
}

const fn mode(dry_run: bool) -> Mode {
    if dry_run { Mode::Dry } else { Mode::Real }
}

/// Gives the name of whoever decides.
fn name(given: Option<&str>) -> String {
    let of_system = || std::env::var("USER").ok().filter(|name| !name.is_empty());
    given.map(str::to_owned).or_else(of_system).unwrap_or_else(|| "command".to_owned())
}

async fn list(settings: &Settings, store: &dyn Store, wish: &ListArgs) -> anyhow::Result<()> {
    let filter = Filter {
        state: State::from_name(&wish.state),
        reason: wish.reason.as_deref().and_then(Reason::from_name),
        lang: wish.lang.map(Into::into),
    };
    let n_all = store.look().await?.suggestions().count(filter).await?;
    let (_, city) = town::load(&settings.city.dir)?;
    let reader = Arc::new(Teacher::new(settings).at_once(&city));
    let page = Page::new(wish.offset, wish.limit);
    let groups = clerk::list(store, reader, filter, page, OsClock.now()).await?;
    for (group, n) in groups.iter().zip(1..) {
        if wish.json {
            for suggestion in group {
                let mut line = serde_json::to_value(Shown::from(suggestion))?;
                line["group"] = serde_json::json!(n);
                out::line(&line.to_string());
            }
        } else {
            show_group(group);
        }
    }
    let n_listed: usize = groups.iter().map(Vec::len).sum();
    out::tell(&format!("{n_listed} of {n_all} suggestions, in {} groups", groups.len()));
    Ok(())
}

fn show_group(group: &[Suggestion]) {
    let Some(first) = group.first() else { return };
    out::line(&format!("{} × {}", group.len(), first.new.text));
    for suggestion in group {
        let new = &suggestion.new;
        let lang = new.lang.map_or("--", bot_core::Language::code);
        let reason = new.reason.name();
        let guess = new.guess.as_ref().map_or_else(String::new, |guess| {
            format!("  taken for {} ({:.0} %)", guess.intent, guess.p * 100.0)
        });
        let chosen = new.chosen.as_ref();
        let chosen = chosen.map_or_else(String::new, |chosen| format!("  then chose {chosen}"));
        let (id, day) = (new.id, day(suggestion));
        let line = format!("    {id}  {lang}  {reason:<11}  {day}{guess}{chosen}");
        out::line(&line);
        if new.text != first.new.text {
            out::line(&format!("        {}", new.text));
        }
    }
}

fn day(suggestion: &Suggestion) -> String {
    suggestion.new.at.timestamp().to_string().chars().take(10).collect()
}

fn show(suggestion: &Suggestion, json: bool) -> anyhow::Result<()> {
    if json {
        out::line(&serde_json::to_string_pretty(&Shown::from(suggestion))?);
        return Ok(());
    }
    show_group(std::slice::from_ref(suggestion));
    let Some(decision) = &suggestion.decision else { return Ok(()) };
    let by = &decision.by;
    match &decision.verdict {
        Verdict::Accepted { intent, taught } => {
            let sentence = taught.as_ref().map(|taught| format!(": \"{}\"", taught.sentence));
            let sentence = sentence.unwrap_or_else(|| ", which had it already".to_owned());
            out::line(&format!("    accepted by {by} for {intent}{sentence}"));
        }
        Verdict::Dismissed => out::line(&format!("    dismissed by {by}")),
    }
    Ok(())
}

async fn accept(clerk: &Clerk<'_>, wish: &AcceptArgs) -> anyhow::Result<()> {
    let lesson = Lesson {
        intent: wish.intent.clone(),
        lang: wish.lang.map(Into::into),
        sentence: wish.sentence.clone(),
    };
    let written = clerk.accept(wish.id, &lesson, mode(wish.dry_run)).await?;
    tell(&written, if wish.dry_run { "nothing was changed" } else { "accepted" });
    Ok(())
}

fn tell(written: &Written, what: &str) {
    if written.diff.is_empty() {
        out::tell(&format!("{what}; no file changes"));
    } else {
        out::line(written.diff.trim_end());
        out::tell(&format!("{what}: {}", written.path));
    }
}
