//! `guichet flows graph`: Mermaid on standard output, or pictures and a page with all of them.

use anyhow::{Context, bail};
use bot_core::Language;
use flows::model::city::City;
use flows::model::flow::Flow;
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use crate::commands::town;
use crate::out;

/// Runs the command.
pub(crate) fn run(
    folder: &Path,
    name: Option<&str>,
    lang: Language,
    to: Option<&Path>,
) -> anyhow::Result<ExitCode> {
    let (_, city) = town::load(folder)?;
    let chosen: Vec<&Flow> =
        city.flows.values().filter(|flow| name.is_none_or(|name| flow.name == name)).collect();
    if chosen.is_empty() {
        let wanted = name.unwrap_or_default();
        let known = city.flows.keys().map(String::as_str);
        bail!("there is no flow \"{wanted}\": {}", flows::fault::suggest(wanted, known));
    }
    match to {
        None => {
            for flow in chosen {
                out::line(&format!("%% {} ({})", flow.title.get(lang), flow.name));
                out::line(&flows::graph::mermaid(&city, flow, lang));
            }
        }
        Some(to) => write_all(&city, &chosen, to)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn write_all(city: &City, chosen: &[&Flow], to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    let write = |name: &str, text: &str| {
        let file = to.join(name);
        std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))
    };
    let mut page = String::from(
        "<!doctype html><html lang=\"fr\"><meta charset=\"utf-8\"><title>Flows</title>\
         <style>body{font:16px system-ui;margin:2rem}img{max-width:100%}section{margin-bottom:3rem}</style>",
    );
    for flow in chosen {
        write!(page, "<section><h2 id=\"{0}\">{0}</h2>", flow.name)?;
        for lang in Language::ALL {
            let name = format!("{}.{lang}.svg", flow.name);
            write(&name, &flows::graph::svg(city, flow, lang))?;
            write!(
                page,
                "<p><img src=\"{name}\" alt=\"{}\" lang=\"{lang}\"></p>",
                flow.title.get(lang).replace('"', "&quot;")
            )?;
        }
        page.push_str("</section>");
    }
    write("index.html", &(page + "</html>\n"))?;
    out::tell(&format!("{} flows drawn: open {}", chosen.len(), to.join("index.html").display()));
    Ok(())
}
