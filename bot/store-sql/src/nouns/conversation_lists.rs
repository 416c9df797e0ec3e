//! Lists of conversations.

use bot_store::Result;
use bot_store::conversation_state::ConversationState;
use bot_store::conversations::{Conversation, ConversationFilter, Order};
use bot_store::page::Page;

use super::conversations::{conversation_columns, read};
use crate::dialect::Dialect;
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    LIST_WAITING = concat!("SELECT ", conversation_columns!(), "
        FROM conversation
        WHERE state <> 'closed'
        AND (CAST($1 AS TEXT) IS NULL OR state = $1)
        AND (CAST($2 AS TEXT) IS NULL OR queue = $2)
        AND (CAST($3 AS TEXT) IS NULL OR (owner_kind = 'agent' AND owner_name = $3))
        AND (CAST($4 AS UUID) IS NULL OR resident = $4)
        ORDER BY priority DESC, COALESCE(waiting_since_ms, created_ms), id
        LIMIT $5
        OFFSET $6
    ");
    LIST_NEWEST = concat!("SELECT ", conversation_columns!(), "
        FROM conversation
        WHERE (CAST($1 AS TEXT) IS NULL OR state = $1)
        AND (CAST($2 AS TEXT) IS NULL OR queue = $2)
        AND (CAST($3 AS TEXT) IS NULL OR (owner_kind = 'agent' AND owner_name = $3))
        AND (CAST($4 AS UUID) IS NULL OR resident = $4)
        ORDER BY created_ms DESC, id DESC
        LIMIT $5
        OFFSET $6
    ");
    /// As the one before, but found by the resident.
    LIST_THEIRS = concat!("SELECT ", conversation_columns!(), "
        FROM conversation
        WHERE resident = $4
        AND (CAST($1 AS TEXT) IS NULL OR state = $1)
        AND (CAST($2 AS TEXT) IS NULL OR queue = $2)
        AND (CAST($3 AS TEXT) IS NULL OR (owner_kind = 'agent' AND owner_name = $3))
        ORDER BY created_ms DESC, id DESC
        LIMIT $5
        OFFSET $6
    ");
}

impl<D: Dialect> SqlTx<D> {
    /// Lists conversations.
    pub(super) async fn list_conversations(
        &mut self,
        filter: &ConversationFilter,
        order: Order,
        page: Page,
    ) -> Result<Vec<Conversation>> {
        let args = args![
            filter.state.map(ConversationState::name),
            &filter.queue,
            &filter.agent,
            filter.resident.map(|id| id.0),
            page.limit(),
            page.offset()
        ];
        let sql = match (order, filter.resident) {
            (Order::WaitingFirst, _) => LIST_WAITING,
            (Order::NewestFirst, None) => LIST_NEWEST,
            (Order::NewestFirst, Some(_)) => LIST_THEIRS,
        };
        self.list("conversation", sql, args, read).await
    }
}
