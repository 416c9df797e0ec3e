//! Conversations: who owns each, and where it stands.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::id::{ConversationId, IdentityId, ResidentId};
use bot_core::lang::Language;
use bot_core::time::UnixMs;
use bot_store::Result;
use bot_store::conversation_state::{CloseReason, ConversationState, Owner};
use bot_store::conversations::{
    Amendment, Conversation, ConversationFilter, Conversations, Move, OpenCount, Order,
};
use bot_store::page::Page;
use bot_store::store::Swap;

use crate::dialect::Dialect;
use crate::row::{Columns, Read, count, known};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

/// The columns of a conversation, in the order of the table.
macro_rules! conversation_columns {
    () => {
        "id, resident, identity, channel, lang, state, owner_kind, owner_name, epoch, queue,
        priority, waiting_since_ms, last_seq, seen_seq, release, created_ms, updated_ms,
        closed_ms, close_reason, previous"
    };
}
pub(crate) use conversation_columns;

statements! {
    GET = concat!("SELECT ", conversation_columns!(), "
        FROM conversation
        WHERE id = $1
    ");
    LATEST = concat!("SELECT ", conversation_columns!(), "
        FROM conversation
        WHERE identity = $1
        ORDER BY (state = 'closed'), created_ms DESC, id DESC
        LIMIT 1
    ");
    INSERT = concat!("INSERT INTO conversation (", conversation_columns!(), ")
        VALUES (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
            $11, $12, $13, $14, $15, $16, $17,
            $18, $19, $20
        )
    ");
    SET_OWNER = "
        UPDATE conversation
        SET owner_kind = $3,
            owner_name = $4,
            state = $5,
            epoch = epoch + 1,
            queue = COALESCE($6, queue),
            waiting_since_ms = $7,
            updated_ms = $8
        WHERE id = $1
        AND epoch = $2
        AND state <> 'closed'
    ";
    PARK = "
        UPDATE conversation
        SET state = 'parked',
            updated_ms = $3
        WHERE id = $1
        AND epoch = $2
        AND state <> 'closed'
    ";
    RESUME = "
        UPDATE conversation
        SET state = CASE owner_kind
                WHEN 'bot' THEN 'bot'
                WHEN 'queue' THEN 'queued'
                ELSE 'human'
            END,
            updated_ms = $3
        WHERE id = $1
        AND epoch = $2
        AND state <> 'closed'
    ";
    CLOSE = "
        UPDATE conversation
        SET state = 'closed',
            owner_kind = 'nobody',
            owner_name = NULL,
            epoch = epoch + 1,
            waiting_since_ms = NULL,
            updated_ms = $3,
            closed_ms = $3,
            close_reason = $4
        WHERE id = $1
        AND epoch = $2
        AND state <> 'closed'
    ";
    AMEND = "
        UPDATE conversation
        SET lang = COALESCE($2, lang),
            priority = COALESCE($3, priority),
            release = COALESCE($4, release),
            updated_ms = $5
        WHERE id = $1
    ";
    COUNT_OPEN = "
        SELECT state, queue, COUNT(*) AS n_conversations
        FROM conversation
        WHERE state <> 'closed'
        GROUP BY state, queue
    ";
}

#[async_trait]
impl<D: Dialect> Conversations for SqlTx<D> {
    async fn get(&mut self, id: ConversationId) -> Result<Option<Conversation>> {
        self.find("conversation", GET, args![id.0], read).await
    }

    async fn lock(&mut self, id: ConversationId) -> Result<Option<Conversation>> {
        self.write_one("conversation", D::LOCKING.conversation, args![id.0], read).await
    }

    async fn lock_open(&mut self, channel: Channel, address: &str) -> Result<Option<Conversation>> {
        let args = args![channel.name(), address];
        self.write_one("conversation", D::LOCKING.open_conversation, args, read).await
    }

    async fn latest(&mut self, identity: IdentityId) -> Result<Option<Conversation>> {
        self.find("conversation", LATEST, args![identity.0], read).await
    }

    async fn insert(&mut self, row: &Conversation) -> Result<()> {
        let args = args![
            row.id.0,
            row.resident.0,
            row.identity.0,
            row.channel.name(),
            row.lang.code(),
            row.state.name(),
            row.owner.kind(),
            row.owner.name(),
            row.epoch,
            &row.queue,
            row.priority,
            row.waiting_since,
            row.last_seq,
            row.seen_seq,
            &row.release,
            row.created,
            row.updated,
            row.closed,
            row.close_reason.map(CloseReason::name),
            row.previous.map(|id| id.0)
        ];
        self.write(INSERT, args).await?;
        Ok(())
    }

    async fn set_owner(
        &mut self,
        id: ConversationId,
        seen_epoch: i64,
        owner: &Owner,
        at: UnixMs,
    ) -> Result<Swap> {
        let queue = match owner {
            Owner::Queue(queue) => Some(queue.as_str()),
            Owner::Bot | Owner::Agent(_) | Owner::Nobody => None,
        };
        let args = args![
            id.0,
            seen_epoch,
            owner.kind(),
            owner.name(),
            owner.state().name(),
            queue,
            queue.map(|_| at.0),
            at
        ];
        Ok(Swap::from_rows(self.write(SET_OWNER, args).await?))
    }

    async fn set_state(
        &mut self,
        id: ConversationId,
        seen_epoch: i64,
        change: Move,
        at: UnixMs,
    ) -> Result<Swap> {
        let args = args![id.0, seen_epoch, at];
        let n_rows = match change {
            Move::Park => self.write(PARK, args).await?,
            Move::Resume => self.write(RESUME, args).await?,
            Move::Close(reason) => {
                let args = args![id.0, seen_epoch, at, reason.name()];
                self.write(CLOSE, args).await?
            }
        };
        Ok(Swap::from_rows(n_rows))
    }

    async fn amend(
        &mut self,
        id: ConversationId,
        amendment: &Amendment,
        at: UnixMs,
    ) -> Result<Swap> {
        let args = args![
            id.0,
            amendment.lang.map(Language::code),
            amendment.priority,
            &amendment.release,
            at
        ];
        Ok(Swap::from_rows(self.write(AMEND, args).await?))
    }

    async fn list(
        &mut self,
        filter: &ConversationFilter,
        order: Order,
        page: Page,
    ) -> Result<Vec<Conversation>> {
        self.list_conversations(filter, order, page).await
    }

    async fn count_open(&mut self) -> Result<Vec<OpenCount>> {
        self.list("conversation", COUNT_OPEN, &[], |row| {
            Ok(OpenCount {
                state: known(ConversationState::from_name(&row.text("state")?), "state")?,
                queue: row.maybe_text("queue")?,
                n_conversations: count(row, "n_conversations")?,
            })
        })
        .await
    }
}

/// Reads a conversation.
pub(super) fn read(row: &impl Columns) -> Read<Conversation> {
    let owner = Owner::from_parts(&row.text("owner_kind")?, row.maybe_text("owner_name")?);
    let reason = row.maybe_text("close_reason")?;
    let reason = reason.map(|name| known(CloseReason::from_name(&name), "close_reason"));
    Ok(Conversation {
        id: ConversationId(row.id("id")?),
        resident: ResidentId(row.id("resident")?),
        identity: IdentityId(row.id("identity")?),
        channel: row.text("channel")?.parse()?,
        lang: row.text("lang")?.parse()?,
        state: known(ConversationState::from_name(&row.text("state")?), "state")?,
        owner: known(owner, "owner_kind")?,
        epoch: row.int("epoch")?,
        queue: row.maybe_text("queue")?,
        priority: row.int("priority")?,
        waiting_since: row.maybe_int("waiting_since_ms")?.map(UnixMs),
        last_seq: row.int("last_seq")?,
        seen_seq: row.int("seen_seq")?,
        release: row.text("release")?,
        created: UnixMs(row.int("created_ms")?),
        updated: UnixMs(row.int("updated_ms")?),
        closed: row.maybe_int("closed_ms")?.map(UnixMs),
        close_reason: reason.transpose()?,
        previous: row.maybe_id("previous")?.map(ConversationId),
    })
}
