//! Cases in memory.

use async_trait::async_trait;
use bot_core::case::Case;
use bot_core::case_number::{CaseNumber, MAX_SEQUENCE};
use bot_core::id::CaseId;

use super::MemoryTx;
use super::state::{State, n_rows};
use super::updates::{knows_source, push};
use crate::case_change::{CaseEdit, CaseMove};
use crate::cases::{CaseFilter, Cases, Filed};
use crate::error::{Error, Result, cause};
use crate::near::{Around, MAX_NEAR_CANDIDATES, Nearby, nearest};
use crate::page::Page;
use crate::store::{Novelty, Swap};

#[async_trait]
impl Cases for MemoryTx {
    async fn next_number(&mut self, year: u8) -> Result<CaseNumber> {
        let numbers = &mut self.write()?.case_numbers;
        let last = numbers.get(&year).copied().unwrap_or(0);
        for sequence in last + 1..=MAX_SEQUENCE {
            if let Some(number) = CaseNumber::new(year, sequence) {
                numbers.insert(year, sequence);
                return Ok(number);
            }
        }
        Err(Error::Full(cause("the year has no case numbers left")))
    }

    async fn insert(&mut self, case: &Case, once: Option<&str>) -> Result<Filed> {
        let state = self.write()?;
        if let Some(case) = once.and_then(|once| filed_once(state, once)) {
            return Ok(Filed { case: case.clone(), novelty: Novelty::Repeat });
        }
        let is_taken = state.cases.values().any(|row| row.number == case.number);
        if is_taken || state.cases.contains(&case.id) {
            return Err(Error::Conflict("a second case with one number".to_owned()));
        }
        state.cases.insert(case.id, case.clone());
        if let Some(once) = once {
            state.once_keys.insert(once.to_owned(), case.id);
        }
        Ok(Filed { case: case.clone(), novelty: Novelty::Fresh })
    }

    async fn find_once(&mut self, once: &str) -> Result<Option<Case>> {
        Ok(filed_once(&self.state, once).cloned())
    }

    async fn get(&mut self, id: CaseId) -> Result<Option<Case>> {
        Ok(self.state.cases.get(&id).cloned())
    }

    async fn find(&mut self, number: CaseNumber) -> Result<Option<Case>> {
        let mut all = self.state.cases.values();
        Ok(all.find(|case| case.number == number).cloned())
    }

    async fn list(&mut self, filter: &CaseFilter, page: Page) -> Result<Vec<Case>> {
        let rows = newest_first(&self.state, |case| fits(case, filter));
        let part = rows.into_iter().skip(page.offset() as usize);
        Ok(part.take(page.limit() as usize).cloned().collect())
    }

    async fn near(&mut self, around: &Around, limit: u32) -> Result<Vec<Nearby>> {
        let (south_west, north_east) = around.corners();
        let rows = newest_first(&self.state, |case| {
            case.created >= around.since
                && case.place.as_ref().is_some_and(|place| {
                    (south_west.lat..=north_east.lat).contains(&place.at.lat)
                        && (south_west.lon..=north_east.lon).contains(&place.at.lon)
                })
        });
        let candidates = rows.into_iter().take(MAX_NEAR_CANDIDATES as usize);
        Ok(nearest(candidates.cloned(), around, limit))
    }

    async fn by_contact(&mut self, contact: &str, limit: u32) -> Result<Vec<Case>> {
        let state = &self.state;
        let rows = newest_first(state, |case| {
            state
                .parties
                .values()
                .any(|party| party.case == case.id && party.contact.as_deref() == Some(contact))
        });
        Ok(rows.into_iter().take(n_rows(limit)).cloned().collect())
    }

    async fn revise(&mut self, edit: &CaseEdit) -> Result<Swap> {
        let state = self.write()?;
        let Some(case) = state.cases.get_mut(&edit.case) else {
            return Ok(Swap::Stale);
        };
        if case.updated != edit.seen_updated {
            return Ok(Swap::Stale);
        }
        let update = edit.apply(case)?;
        push(state, update);
        Ok(Swap::Done)
    }

    async fn set_state(&mut self, change: &CaseMove) -> Result<Swap> {
        let state = self.write()?;
        if knows_source(state, change.source.as_deref()) {
            return Ok(Swap::Stale);
        }
        let case = state.cases.get_mut(&change.case);
        let Some(case) = case.filter(|case| case.state == change.from) else {
            return Ok(Swap::Stale);
        };
        let update = change.apply(case);
        push(state, update);
        Ok(Swap::Done)
    }
}

fn filed_once<'a>(state: &'a State, once: &str) -> Option<&'a Case> {
    let id = state.once_keys.get(&once.to_owned())?;
    state.cases.get(id)
}

fn newest_first(state: &State, fits: impl Fn(&Case) -> bool) -> Vec<&Case> {
    let mut rows: Vec<_> = state.cases.values().filter(|case| fits(case)).collect();
    rows.sort_by_key(|case| std::cmp::Reverse((case.created, case.id)));
    rows
}

fn fits(case: &Case, filter: &CaseFilter) -> bool {
    (filter.services.is_empty() || filter.services.contains(&case.service))
        && filter.open.is_none_or(|open| case.state.is_open() == open)
        && filter.queue.as_ref().is_none_or(|queue| case.queue == *queue)
        && (filter.conversation.is_none() || case.conversation == filter.conversation)
        && filter.since.is_none_or(|since| case.created >= since)
        && filter.until.is_none_or(|until| case.created < until)
        && filter.updated_since.is_none_or(|since| case.updated >= since)
}
