//! Public numbers of cases, typed or said, with or without dashes.

use bot_core::Value;
use bot_core::case_number::{CaseNumber, CaseNumberError, N_DIGITS};
use bot_core::slot::{Refusal, SlotKind};

use super::{Context, Found};
use crate::text::digits::{Run, runs};
use crate::text::{Gap, Reading};

const P_ASKED: f32 = 0.98;
const P_CUED: f32 = 0.93;
const P_MALFORMED: f32 = 0.8;
/// Words between "dossier" and the number.
const MAX_AHEAD: usize = 4;
/// Digits of the shortest run that was meant as a case number, where one was asked for.
const MIN_MEANT_DIGITS: usize = 4;

/// Finds case numbers: where one was asked for, written with its dashes, or announced.
pub(super) fn find(reading: &Reading, cx: &Context<'_>) -> Vec<Found> {
    let asked = cx.is_asked(SlotKind::RequestNumber);
    let all = runs(reading, MIN_MEANT_DIGITS);
    all.iter().filter_map(|run| read(reading, run, asked)).collect()
}

fn read(reading: &Reading, run: &Run, asked: bool) -> Option<Found> {
    let announced = is_announced(reading, run.words.start);
    let cued = announced || (run.dashed && run.groups == [2, 6, 1]);
    let is_phone = matches!(run.digits.len(), 10 | 11);
    if !asked && (!cued || run.digits.len() != N_DIGITS) {
        return None;
    }
    let words = run.words.clone();
    let refused = |p| Found::refused(SlotKind::RequestNumber, Refusal::Malformed, words.clone(), p);
    match CaseNumber::parse(&run.digits) {
        Ok(number) => {
            let p = if asked { P_ASKED } else { P_CUED };
            Some(Found::value(SlotKind::RequestNumber, Value::CaseNumber(number), words, p))
        }
        Err(CaseNumberError::Check) => Some(refused(P_ASKED)),
        Err(CaseNumberError::Shape) => (asked && !is_phone).then(|| refused(P_MALFORMED)),
    }
}

fn is_announced(reading: &Reading, start: usize) -> bool {
    let mut at = start;
    while at > 0 && start - at < MAX_AHEAD && reading.gap(at) < Gap::Stop {
        at -= 1;
        if is_cue(reading.text(at)) {
            return true;
        }
    }
    false
}

fn is_cue(word: &str) -> bool {
    matches!(
        word,
        "demande"
            | "demandes"
            | "dossier"
            | "requete"
            | "suivi"
            | "billet"
            | "signalement"
            | "numero"
            | "no"
            | "num"
            | "reference"
            | "plainte"
            | "case"
            | "request"
            | "file"
            | "ticket"
            | "number"
            | "tracking"
            | "report"
            | "ref"
            | "claim"
            | "complaint"
    )
}
