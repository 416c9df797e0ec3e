//! `guichet case export`: every case as CSV, JSON, or the XML of Open311 GeoReport v2.

use bot_core::{Case, Language};
use bot_store::cases::CaseFilter;
use bot_store::{Page, Tx};
use flows::City;
use flows::render;
use std::process::ExitCode;

use super::PAGE;
use crate::cli::Format;
use crate::out;

/// Runs the command.
pub(crate) async fn run(tx: &mut dyn Tx, city: &City, format: Format) -> anyhow::Result<ExitCode> {
    let mut n_cases: u32 = 0;
    begin(format);
    loop {
        let page = Page::new(n_cases, PAGE);
        let cases = tx.cases().list(&CaseFilter::default(), page).await?;
        for case in &cases {
            one(city, case, format, n_cases == 0 && case.id == cases[0].id)?;
        }
        let n = u32::try_from(cases.len())?;
        n_cases += n;
        if n < PAGE {
            break;
        }
    }
    end(format);
    out::tell(&format!("{n_cases} cases"));
    Ok(ExitCode::SUCCESS)
}

fn begin(format: Format) {
    match format {
        Format::Csv => out::line(
            "number,service,service_name,state,urgent,place,lat,lon,description,channel,lang,created,updated,expected,closed",
        ),
        Format::Json => out::line("["),
        Format::Xml => out::line("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<service_requests>"),
    }
}

fn end(format: Format) {
    match format {
        Format::Csv => {}
        Format::Json => out::line("]"),
        Format::Xml => out::line("</service_requests>"),
    }
}

fn one(city: &City, case: &Case, format: Format, first: bool) -> anyhow::Result<()> {
    match format {
        Format::Csv => out::line(&csv_row(city, case)),
        Format::Json => {
            let comma = if first { "" } else { "," };
            out::line(&format!("{comma}{}", serde_json::to_string(case)?));
        }
        Format::Xml => out::line(&xml(city, case)),
    }
    Ok(())
}

fn service_name(city: &City, case: &Case) -> String {
    city.services.get(&case.service).map(|s| s.name.fr.clone()).unwrap_or_default()
}

fn csv_row(city: &City, case: &Case) -> String {
    let place = case.place.as_ref();
    let time =
        |at: Option<bot_core::UnixMs>| at.map(|at| at.timestamp().to_string()).unwrap_or_default();
    let cells = [
        case.number.to_string(),
        case.service.clone(),
        service_name(city, case),
        case.state.name().to_owned(),
        case.urgent.to_string(),
        place.map(|place| render::place(place, Language::Fr)).unwrap_or_default(),
        place.map(|place| place.at.lat.to_string()).unwrap_or_default(),
        place.map(|place| place.at.lon.to_string()).unwrap_or_default(),
        case.description.clone(),
        case.channel.to_string(),
        case.lang.to_string(),
        time(Some(case.created)),
        time(Some(case.updated)),
        time(case.expected),
        time(case.closed),
    ];
    cells.map(|cell| csv_cell(&cell)).join(",")
}

/// Quotes a cell (RFC 4180); one that a spreadsheet would run as a formula gets an apostrophe.
fn csv_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '@', '\t', '\r'])
        || (text.starts_with('-') && text.parse::<f64>().is_err());
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn xml(city: &City, case: &Case) -> String {
    let place = case.place.as_ref();
    let fields = [
        ("service_request_id", case.number.to_string()),
        ("status", if case.state.is_open() { "open" } else { "closed" }.to_owned()),
        ("service_name", service_name(city, case)),
        ("service_code", case.service.clone()),
        ("description", case.description.clone()),
        ("requested_datetime", case.created.timestamp().to_string()),
        ("updated_datetime", case.updated.timestamp().to_string()),
        (
            "expected_datetime",
            case.expected.map(|at| at.timestamp().to_string()).unwrap_or_default(),
        ),
        ("address", place.map(|place| render::place(place, Language::Fr)).unwrap_or_default()),
        ("address_id", String::new()),
        ("zipcode", String::new()),
        ("lat", place.map(|place| place.at.lat.to_string()).unwrap_or_default()),
        ("long", place.map(|place| place.at.lon.to_string()).unwrap_or_default()),
        ("media_url", String::new()),
    ];
    let mut xml = "<request>".to_owned();
    for (name, text) in &fields {
        let text = escape(text);
        xml.extend(["<", name, ">", &text, "</", name, ">"]);
    }
    xml + "</request>"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_disarmed() {
        assert_eq!(csv_cell("a,b"), "\"a,b\"");
        assert_eq!(csv_cell("say \"hi\""), "\"say \"\"hi\"\"\"");
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("-71.53"), "-71.53");
        assert_eq!(csv_cell("-cmd"), "'-cmd");
    }
}
