//! `guichet case`: list, show, export.

mod export;

use anyhow::{Context, bail};
use bot_core::{Case, CaseNumber, Language};
use bot_store::cases::CaseFilter;
use bot_store::{Page, Tx};
use flows::City;
use std::process::ExitCode;

use crate::cli::{CaseArgs, CaseCommand};
use crate::commands::serve::with_store;
use crate::commands::town;
use crate::out;
use crate::settings::Settings;

/// Cases read at once.
const PAGE: u32 = 500;
/// Updates shown of a case.
const MAX_UPDATES: u32 = 200;

/// Runs the command.
pub(crate) fn run(settings: &Settings, args: &CaseArgs) -> anyhow::Result<ExitCode> {
    with_store(settings, async |store| {
        let mut tx = store.read().await?;
        match &args.command {
            CaseCommand::List { service, open, closed, limit, json } => {
                let filter = CaseFilter {
                    services: service.iter().cloned().collect(),
                    open: if *open { Some(true) } else { closed.then_some(false) },
                    ..CaseFilter::default()
                };
                list(tx.as_mut(), &filter, *limit, *json).await
            }
            CaseCommand::Show { number, json } => show(settings, tx.as_mut(), number, *json).await,
            CaseCommand::Export { format } => {
                let (_, city) = town::load(&settings.city.dir)?;
                export::run(tx.as_mut(), &city, *format).await
            }
        }
    })
}

async fn list(
    tx: &mut dyn Tx,
    filter: &CaseFilter,
    limit: u32,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let cases = tx.cases().list(filter, Page::first(limit.min(PAGE))).await?;
    for case in &cases {
        out::line(&if json { serde_json::to_string(case)? } else { one_line(case) });
    }
    out::tell(&format!("{} cases", cases.len()));
    Ok(ExitCode::SUCCESS)
}

fn one_line(case: &Case) -> String {
    let place = case.place.as_ref().map(|place| place.label.fr.clone()).unwrap_or_default();
    let urgent = if case.urgent { "!" } else { " " };
    let day = case.created.timestamp().to_string();
    let day: String = day.chars().take(10).collect();
    format!("{} {urgent} {:<8} {:<14} {day}  {place}", case.number, case.service, case.state.name())
}

async fn show(
    settings: &Settings,
    tx: &mut dyn Tx,
    number: &str,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let number =
        CaseNumber::parse(number).with_context(|| format!("\"{number}\" is no case number"))?;
    let Some(case) = tx.cases().find(number).await? else { bail!("there is no case {number}") };
    let updates = tx.updates().list(case.id, 0, MAX_UPDATES).await?;
    if json {
        out::line(&serde_json::to_string_pretty(&case)?);
        return Ok(ExitCode::SUCCESS);
    }
    let (_, city) = town::load(&settings.city.dir)?;
    for (name, value) in described(&city, &case) {
        out::line(&format!("{name:<12} {value}"));
    }
    for party in tx.parties().list(case.id).await? {
        let told = if party.notify { "to be told" } else { "not to be told" };
        out::line(&format!("{:<12} by {}, {told}", party.role.name(), party.channel));
    }
    for update in updates {
        let change =
            [update.new.from, update.new.to].into_iter().flatten().collect::<Vec<_>>().join(" -> ");
        out::line(&format!(
            "{:<12} {} {} {change}",
            update.new.kind.name(),
            update.new.at.timestamp(),
            update.new.author
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Lists what a case says, by name.
fn described(city: &City, case: &Case) -> Vec<(String, String)> {
    let lang = Language::Fr;
    let service = city.services.get(&case.service).map(|s| s.name.get(lang).clone());
    let place = case.place.as_ref().map(|place| flows::render::place(place, lang));
    let mut lines = vec![
        ("number".to_owned(), case.number.to_string()),
        ("category".to_owned(), format!("{} {}", case.service, service.unwrap_or_default())),
        (
            "state".to_owned(),
            format!("{}{}", case.state.name(), if case.urgent { ", urgent" } else { "" }),
        ),
        ("place".to_owned(), place.unwrap_or_default()),
    ];
    let voice = flows::render::Voice { lang, channel: case.channel };
    for (name, value) in &case.answers {
        let question = city.question(&case.service, name);
        let label = question.and_then(|q| q.label.as_ref()).map_or(name, |label| label.get(lang));
        let option = question.zip(value_key(value)).and_then(|(q, key)| q.option(key));
        let words = option.map_or_else(
            || flows::render::print(city, value, None, voice),
            |option| option.item.label.get(lang).clone(),
        );
        lines.push((label.clone(), words));
    }
    lines.push(("details".to_owned(), case.description.clone()));
    lines.push(("photos".to_owned(), case.photos.len().to_string()));
    lines.push(("queue".to_owned(), case.queue.clone()));
    lines.push((
        "filed".to_owned(),
        format!("{} by {} in {}", case.created.timestamp(), case.channel, case.lang),
    ));
    if let Some(expected) = case.expected {
        lines.push(("expected".to_owned(), expected.timestamp().to_string()));
    }
    lines
}

fn value_key(value: &bot_core::Value) -> Option<&str> {
    if let bot_core::Value::Choice(key) = value { Some(key) } else { None }
}
