//! A whole report of a pothole, answer by answer, whatever is asked on the way.
//!
//! Never here: how a message gets to the counter.

use anyhow::{Context, bail};
use bot_core::CaseNumber;

use crate::numbers::numbers_in;
use crate::resident::Resident;

/// Turns after which a report has gone astray.
const MAX_TURNS: usize = 20;

/// What is answered to which question.
const ANSWERS: [(&str, &str); 8] = [
    ("Où est le nid-de-poule", "PLACE"),
    ("J'ai compris", "oui"),
    ("Déjà signalé", "non"),
    ("Quelle taille", "petit"),
    ("Une photo", "non"),
    ("Un détail", "non"),
    ("Où vous prévenir", "non"),
    ("J'envoie", "oui"),
];

/// Long streets of the demo city and their highest numbers: residents who report at the same time
/// mostly do not report the same thing.
const STREETS: [(&str, u32); 5] = [
    ("boulevard Laurier", 2_400),
    ("boulevard des Laurentides", 1_500),
    ("avenue Royale", 480),
    ("avenue du Parc", 460),
    ("rue Principale", 420),
];
/// House numbers between two reports on a street.
const GAP: u32 = 37;

/// A report of a pothole at one place.
#[derive(Debug, Clone)]
pub struct Report {
    place: String,
    n_turns: usize,
    number: Option<CaseNumber>,
}

impl Report {
    /// Plans the nth report.
    #[must_use]
    pub fn nth(n: u32) -> Self {
        let (street, highest) = STREETS[n as usize % STREETS.len()];
        let house = 1 + n * GAP % highest;
        Self { place: format!("{house} {street}"), n_turns: 0, number: None }
    }

    /// Gives the address that is reported.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Gives the next answer to the counter; none once the case has its number.
    ///
    /// # Errors
    /// Where the counter asks something that was not expected.
    pub fn next(&mut self, heard: &str) -> anyhow::Result<Option<String>> {
        if self.n_turns == 0 {
            self.n_turns = 1;
            return Ok(Some("il y a un nid-de-poule devant chez nous".to_owned()));
        }
        self.number = numbers_in(heard).first().copied();
        if heard.contains("Merci") && self.number.is_some() {
            return Ok(None);
        }
        if self.n_turns == MAX_TURNS {
            bail!("the report does not come to an end: {heard}");
        }
        self.n_turns += 1;
        let answer = ANSWERS.iter().find(|(question, _)| heard.contains(question));
        let (_, answer) = answer.with_context(|| format!("was not expected: {heard}"))?;
        Ok(Some(answer.replace("PLACE", &self.place)))
    }

    /// Makes the whole report; gives the number of the case.
    ///
    /// # Errors
    /// Where the counter fails or asks something that was not expected.
    pub async fn make(mut self, resident: &mut Resident) -> anyhow::Result<CaseNumber> {
        while let Some(answer) = self.next(&resident.heard_text())? {
            resident.say(&answer).await?;
        }
        self.number.context("the report has no number")
    }
}
