//! Cases.

use async_trait::async_trait;
use bot_core::case::Case;
use bot_core::case_number::{CaseNumber, MAX_SEQUENCE};
use bot_core::id::{CaseId, ConversationId};
use bot_core::time::UnixMs;
use bot_store::case_change::{CaseEdit, CaseMove};
use bot_store::cases::{CaseFilter, Cases, Filed};
use bot_store::error::cause;
use bot_store::near::{Around, Nearby};
use bot_store::page::Page;
use bot_store::store::{Novelty, Swap};
use bot_store::updates::NewUpdate;
use bot_store::{Error, Result};
use serde_json::to_string as to_json;

use crate::dialect::Dialect;
use crate::row::{Columns, Read, unwritable};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

/// The columns of a case.
macro_rules! case_columns {
    () => {
        "id, number, service, service_version, state, is_open, place, lat, lon, answers,
        description, photos, urgent, queue, channel, lang, conversation, created_ms, updated_ms,
        expected_ms, closed_ms"
    };
}
pub(crate) use case_columns;

statements! {
    /// Whoever comes next waits until this transaction ends.
    NEXT_SEQUENCE = "
        INSERT INTO case_number (year, last_sequence)
        VALUES ($1, 1)
        ON CONFLICT (year) DO UPDATE
        SET last_sequence = case_number.last_sequence + 1
        RETURNING last_sequence
    ";
    INSERT = concat!("INSERT INTO case_file (", case_columns!(), ", once_key)
        VALUES (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
            $11, $12, $13, $14, $15, $16, $17, $18, $19,
            $20, $21, $22
        )
        ON CONFLICT (once_key) DO NOTHING
    ");
    UPDATE = "
        UPDATE case_file
        SET state = $2,
            is_open = $3,
            place = $4,
            lat = $5,
            lon = $6,
            answers = $7,
            description = $8,
            photos = $9,
            urgent = $10,
            queue = $11,
            updated_ms = $12,
            expected_ms = $13,
            closed_ms = $14
        WHERE id = $1
    ";
    FIND_ONCE = concat!("SELECT ", case_columns!(), "
        FROM case_file
        WHERE once_key = $1
    ");
    GET = concat!("SELECT ", case_columns!(), "
        FROM case_file
        WHERE id = $1
    ");
    FIND = concat!("SELECT ", case_columns!(), "
        FROM case_file
        WHERE number = $1
    ");
}

#[async_trait]
impl<D: Dialect> Cases for SqlTx<D> {
    async fn next_number(&mut self, year: u8) -> Result<CaseNumber> {
        loop {
            let year_arg = args![u32::from(year)];
            let sequence = self.write_one("case_number", NEXT_SEQUENCE, year_arg, |row| {
                Ok(u32::try_from(row.int("last_sequence")?)?)
            });
            let sequence = sequence.await?.unwrap_or(u32::MAX);
            if sequence > MAX_SEQUENCE {
                return Err(Error::Full(cause("the year has no case numbers left")));
            }
            // One sequence in eleven has no check digit.
            if let Some(number) = CaseNumber::new(year, sequence) {
                return Ok(number);
            }
        }
    }

    async fn insert(&mut self, case: &Case, once: Option<&str>) -> Result<Filed> {
        let number = case.number.to_string();
        let parts = Parts::of(case)?;
        let args = args![
            case.id.0,
            &number,
            &case.service,
            case.service_version,
            case.state.name(),
            case.state.is_open(),
            &parts.place,
            parts.lat,
            parts.lon,
            &parts.answers,
            &case.description,
            &parts.photos,
            case.urgent,
            &case.queue,
            case.channel.name(),
            case.lang.code(),
            case.conversation.map(|id| id.0),
            case.created,
            case.updated,
            case.expected,
            case.closed,
            once
        ];
        let n_rows = self.write(INSERT, args).await?;
        let first = match once {
            Some(once) if n_rows == 0 => self.find_once(once).await?,
            Some(_) | None => None,
        };
        let novelty = Novelty::from_rows(n_rows);
        Ok(Filed { case: first.unwrap_or_else(|| case.clone()), novelty })
    }

    async fn find_once(&mut self, once: &str) -> Result<Option<Case>> {
        self.find("case_file", FIND_ONCE, args![once], read).await
    }

    async fn get(&mut self, id: CaseId) -> Result<Option<Case>> {
        self.find("case_file", GET, args![id.0], read).await
    }

    async fn find(&mut self, number: CaseNumber) -> Result<Option<Case>> {
        let number = number.to_string();
        self.find("case_file", FIND, args![&number], read).await
    }

    async fn list(&mut self, filter: &CaseFilter, page: Page) -> Result<Vec<Case>> {
        self.list_cases(filter, page).await
    }

    async fn near(&mut self, around: &Around, limit: u32) -> Result<Vec<Nearby>> {
        self.cases_near(around, limit).await
    }

    async fn by_contact(&mut self, contact: &str, limit: u32) -> Result<Vec<Case>> {
        self.cases_by_contact(contact, limit).await
    }

    async fn revise(&mut self, edit: &CaseEdit) -> Result<Swap> {
        let case = self.lock_case(edit.case).await?;
        let Some(mut case) = case.filter(|case| case.updated == edit.seen_updated) else {
            return Ok(Swap::Stale);
        };
        let update = edit.apply(&mut case)?;
        self.update_case(&case, &update).await
    }

    async fn set_state(&mut self, change: &CaseMove) -> Result<Swap> {
        let case = self.lock_case(change.case).await?;
        let Some(mut case) = case.filter(|case| case.state == change.from) else {
            return Ok(Swap::Stale);
        };
        if self.knows_source(change.source.as_deref()).await? {
            return Ok(Swap::Stale);
        }
        let update = change.apply(&mut case);
        self.update_case(&case, &update).await
    }
}

impl<D: Dialect> SqlTx<D> {
    async fn lock_case(&mut self, id: CaseId) -> Result<Option<Case>> {
        self.write_one("case_file", D::LOCKING.case, args![id.0], read).await
    }

    /// Writes a case that is locked, and what the audit keeps of the change.
    async fn update_case(&mut self, case: &Case, update: &NewUpdate) -> Result<Swap> {
        let parts = Parts::of(case)?;
        let args = args![
            case.id.0,
            case.state.name(),
            case.state.is_open(),
            &parts.place,
            parts.lat,
            parts.lon,
            &parts.answers,
            &case.description,
            &parts.photos,
            case.urgent,
            &case.queue,
            case.updated,
            case.expected,
            case.closed
        ];
        self.write(UPDATE, args).await?;
        // A source that came in between breaks the unique rule of its column.
        match self.push_update(update).await? {
            bot_store::updates::Noted::Fresh(_) => Ok(Swap::Done),
            bot_store::updates::Noted::Repeat => {
                Err(Error::Conflict("a source known already".to_owned()))
            }
        }
    }
}

/// The parts of a case that are stored as JSON or twice.
struct Parts {
    place: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    answers: String,
    photos: String,
}

impl Parts {
    fn of(case: &Case) -> Result<Self> {
        let place = case.place.as_ref();
        Ok(Self {
            place: place.map(to_json).transpose().map_err(unwritable)?,
            lat: place.map(|place| place.at.lat),
            lon: place.map(|place| place.at.lon),
            answers: to_json(&case.answers).map_err(unwritable)?,
            photos: to_json(&case.photos).map_err(unwritable)?,
        })
    }
}

/// Reads a case.
pub(super) fn read(row: &impl Columns) -> Read<Case> {
    let place = row.maybe_text("place")?;
    Ok(Case {
        id: CaseId(row.id("id")?),
        number: row.text("number")?.parse()?,
        service: row.text("service")?,
        service_version: u32::try_from(row.int("service_version")?)?,
        state: row.text("state")?.parse()?,
        place: place.map(|place| serde_json::from_str(&place)).transpose()?,
        answers: serde_json::from_str(&row.text("answers")?)?,
        description: row.text("description")?,
        photos: serde_json::from_str(&row.text("photos")?)?,
        urgent: row.int("urgent")? != 0,
        queue: row.text("queue")?,
        channel: row.text("channel")?.parse()?,
        lang: row.text("lang")?.parse()?,
        conversation: row.maybe_id("conversation")?.map(ConversationId),
        created: UnixMs(row.int("created_ms")?),
        updated: UnixMs(row.int("updated_ms")?),
        expected: row.maybe_int("expected_ms")?.map(UnixMs),
        closed: row.maybe_int("closed_ms")?.map(UnixMs),
    })
}
