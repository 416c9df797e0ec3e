//! The page of what was measured, for whoever writes the sentences: pictures, what each means, and
//! what to do.
//!
//! Lives here: the order of the page. One file, nothing loaded, no script; light or dark as the
//! reader's screen is. Never here: measuring.

mod confusions;
mod faults;
mod intents;
mod pictures;
mod sheet;
mod summary;
mod svg;

use bot_core::Language;
use nlu::eval::{Confusion, CurvePoint, LessonFault, Report, TradeOff};

use super::corpus::Corpus;
use sheet::Sheet;

/// What a page tells; what is empty is left out.
#[derive(Default)]
pub(super) struct Content<'a> {
    /// The figures.
    pub report: Option<&'a Report>,
    /// What refusing more would cost.
    pub trade_off: Option<TradeOff>,
    /// What was taken for another intent.
    pub confused: Vec<Confusion>,
    /// What was refused though an intent serves it.
    pub refused: Vec<Confusion>,
    /// What was answered though nothing serves it.
    pub taken: Vec<Confusion>,
    /// What is wrong with the sentences.
    pub faults: Vec<LessonFault>,
    /// The learning curve.
    pub curve: &'a [CurvePoint],
}

/// Writes the page.
pub(super) fn page(corpus: &Corpus, content: &Content<'_>, lang: Language) -> String {
    let mut sheet = Sheet::new(lang, corpus.city.as_ref());
    summary::head(&mut sheet, corpus, content);
    if let Some(report) = content.report {
        summary::figures(&mut sheet, report);
        confusions::confused(&mut sheet, &content.confused);
        confusions::refused(&mut sheet, &content.refused);
        confusions::taken(&mut sheet, &content.taken);
        intents::table(&mut sheet, &corpus.lesson, report);
        pictures::reliability(&mut sheet, report);
    }
    if let Some(trade_off) = &content.trade_off {
        pictures::trade_off(&mut sheet, trade_off);
    }
    pictures::curve(&mut sheet, content.curve);
    faults::list(&mut sheet, &content.faults);
    sheet.finish()
}
