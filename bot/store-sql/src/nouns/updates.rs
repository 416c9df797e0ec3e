//! What has happened to the cases.

use async_trait::async_trait;
use bot_core::id::CaseId;
use bot_core::lang::Bilingual;
use bot_core::time::UnixMs;
use bot_store::Result;
use bot_store::page::{Page, clamp};
use bot_store::updates::{CaseUpdate, NewUpdate, Noted, UpdateKind, Updates};

use crate::dialect::Dialect;
use crate::row::{Columns, Read, known};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

macro_rules! update_columns {
    () => {
        "seq, case_id, kind, author, from_value, to_value, text_fr, text_en, source, at_ms"
    };
}

statements! {
    ADD = "
        INSERT INTO case_update (
            case_id, kind, author, from_value, to_value, text_fr, text_en, source, at_ms
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (source) DO NOTHING
        RETURNING seq
    ";
    TOUCH_CASE = "
        UPDATE case_file
        SET updated_ms = $2
        WHERE id = $1
        AND updated_ms < $2
    ";
    LIST = concat!("SELECT ", update_columns!(), "
        FROM case_update
        WHERE case_id = $1
        AND seq > $2
        ORDER BY seq
        LIMIT $3
    ");
    BETWEEN = concat!("SELECT ", update_columns!(), "
        FROM case_update
        WHERE at_ms >= $1
        AND at_ms < $2
        ORDER BY at_ms, seq
        LIMIT $3
        OFFSET $4
    ");
    KNOWS_SOURCE = "
        SELECT seq
        FROM case_update
        WHERE source = $1
    ";
}

#[async_trait]
impl<D: Dialect> Updates for SqlTx<D> {
    async fn add(&mut self, update: &NewUpdate) -> Result<Noted> {
        let noted = self.push_update(update).await?;
        if noted != Noted::Repeat && update.kind.is_public() {
            self.write(TOUCH_CASE, args![update.case.0, update.at]).await?;
        }
        Ok(noted)
    }

    async fn list(&mut self, case: CaseId, after: i64, limit: u32) -> Result<Vec<CaseUpdate>> {
        let args = args![case.0, after, clamp(limit)];
        self.list("case_update", LIST, args, read).await
    }

    async fn between(
        &mut self,
        since: UnixMs,
        until: UnixMs,
        page: Page,
    ) -> Result<Vec<CaseUpdate>> {
        let args = args![since, until, page.limit(), page.offset()];
        self.list("case_update", BETWEEN, args, read).await
    }
}

impl<D: Dialect> SqlTx<D> {
    /// Adds an update, unless its source is known.
    pub(super) async fn push_update(&mut self, update: &NewUpdate) -> Result<Noted> {
        let text = update.text.as_ref();
        let args = args![
            update.case.0,
            update.kind.name(),
            &update.author,
            &update.from,
            &update.to,
            text.map(|text| text.fr.as_str()),
            text.map(|text| text.en.as_str()),
            &update.source,
            update.at
        ];
        let seq = self.write_one("case_update", ADD, args, |row| row.int("seq"));
        Ok(seq.await?.map_or(Noted::Repeat, Noted::Fresh))
    }

    /// Tells whether an outside system's update is known.
    pub(super) async fn knows_source(&mut self, source: Option<&str>) -> Result<bool> {
        if source.is_none() {
            return Ok(false);
        }
        let find = args![source];
        let seq = self.find("case_update", KNOWS_SOURCE, find, |row| row.int("seq"));
        Ok(seq.await?.is_some())
    }
}

fn read(row: &impl Columns) -> Read<CaseUpdate> {
    let text = match (row.maybe_text("text_fr")?, row.maybe_text("text_en")?) {
        (Some(fr), Some(en)) => Some(Bilingual { fr, en }),
        _ => None,
    };
    let new = NewUpdate {
        case: CaseId(row.id("case_id")?),
        kind: known(UpdateKind::from_name(&row.text("kind")?), "kind")?,
        author: row.text("author")?,
        from: row.maybe_text("from_value")?,
        to: row.maybe_text("to_value")?,
        text,
        source: row.maybe_text("source")?,
        at: UnixMs(row.int("at_ms")?),
    };
    Ok(CaseUpdate { seq: row.int("seq")?, new })
}
