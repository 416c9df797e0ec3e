//! Lists of cases.

use bot_core::case::Case;
use bot_store::Result;
use bot_store::cases::CaseFilter;
use bot_store::near::{Around, MAX_NEAR_CANDIDATES, Nearby, nearest};
use bot_store::page::{Page, clamp};

use super::cases::{case_columns, read};
use crate::dialect::Dialect;
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    /// `$1` is the categories wanted, with a comma before and after each.
    LIST = concat!("SELECT ", case_columns!(), "
        FROM case_file
        WHERE (CAST($1 AS TEXT) IS NULL OR REPLACE($1, ',' || service || ',', '') <> $1)
        AND (CAST($2 AS BIGINT) IS NULL OR is_open = $2)
        AND (CAST($3 AS TEXT) IS NULL OR queue = $3)
        AND (CAST($4 AS BIGINT) IS NULL OR created_ms >= $4)
        AND (CAST($5 AS BIGINT) IS NULL OR created_ms < $5)
        AND (CAST($6 AS BIGINT) IS NULL OR updated_ms >= $6)
        ORDER BY created_ms DESC, id DESC
        LIMIT $7
        OFFSET $8
    ");
    /// As the one before, but found by the conversation.
    LIST_FROM = concat!("SELECT ", case_columns!(), "
        FROM case_file
        WHERE conversation = $9
        AND (CAST($1 AS TEXT) IS NULL OR REPLACE($1, ',' || service || ',', '') <> $1)
        AND (CAST($2 AS BIGINT) IS NULL OR is_open = $2)
        AND (CAST($3 AS TEXT) IS NULL OR queue = $3)
        AND (CAST($4 AS BIGINT) IS NULL OR created_ms >= $4)
        AND (CAST($5 AS BIGINT) IS NULL OR created_ms < $5)
        AND (CAST($6 AS BIGINT) IS NULL OR updated_ms >= $6)
        ORDER BY created_ms DESC, id DESC
        LIMIT $7
        OFFSET $8
    ");
    IN_BOX = concat!("SELECT ", case_columns!(), "
        FROM case_file
        WHERE lat BETWEEN $1 AND $2
        AND lon BETWEEN $3 AND $4
        AND created_ms >= $5
        ORDER BY created_ms DESC, id DESC
        LIMIT $6
    ");
    BY_CONTACT = concat!("SELECT ", case_columns!(), "
        FROM case_file
        WHERE id IN (
            SELECT case_id
            FROM case_party
            WHERE contact = $1
        )
        ORDER BY created_ms DESC, id DESC
        LIMIT $2
    ");
}

impl<D: Dialect> SqlTx<D> {
    /// Lists cases, the last filed first.
    pub(super) async fn list_cases(
        &mut self,
        filter: &CaseFilter,
        page: Page,
    ) -> Result<Vec<Case>> {
        let services = (!filter.services.is_empty()).then(|| {
            // Two commas between two, so that taking one away leaves the other's whole.
            format!(",{},", filter.services.join(",,"))
        });
        let args = args![
            &services,
            filter.open,
            &filter.queue,
            filter.since,
            filter.until,
            filter.updated_since,
            page.limit(),
            page.offset()
        ];
        let Some(conversation) = filter.conversation else {
            return self.list("case_file", LIST, args, read).await;
        };
        let args = [&args[..], args![conversation.0]].concat();
        self.list("case_file", LIST_FROM, &args, read).await
    }

    /// Lists the cases around a point, the nearest first.
    pub(super) async fn cases_near(&mut self, around: &Around, limit: u32) -> Result<Vec<Nearby>> {
        let (low, high) = around.corners();
        let args = args![low.lat, high.lat, low.lon, high.lon, around.since, MAX_NEAR_CANDIDATES];
        let candidates = self.list("case_file", IN_BOX, args, read).await?;
        Ok(nearest(candidates.into_iter(), around, limit))
    }

    /// Lists a contact's cases, the last filed first.
    pub(super) async fn cases_by_contact(
        &mut self,
        contact: &str,
        limit: u32,
    ) -> Result<Vec<Case>> {
        let args = args![contact, clamp(limit)];
        self.list("case_file", BY_CONTACT, args, read).await
    }
}
