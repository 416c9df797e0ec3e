//! Messages on their way to a provider.

use async_trait::async_trait;
use bot_core::id::{ConversationId, DeliveryId};
use bot_core::time::UnixMs;
use bot_store::deliveries::{Deliveries, Delivery, DeliveryState, NewDelivery};
use bot_store::jobs::clip;
use bot_store::receive::MAX_PROVIDER_ID_BYTES;
use bot_store::redact::Redactor;
use bot_store::store::{Novelty, Swap};
use bot_store::{Error, Page, Result};

use super::redaction::Rows;
use crate::dialect::Dialect;
use crate::row::{Columns, Read, known};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

macro_rules! delivery_columns {
    () => {
        "id, conversation, seq, channel, address, at_ms, state, provider_id, n_parts, error, \
         updated_ms"
    };
}

statements! {
    ADD = "
        INSERT INTO delivery (
            id, conversation, seq, channel, address, at_ms, state, updated_ms
        )
        VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $6)
        ON CONFLICT (conversation, seq) DO NOTHING
    ";
    GET = concat!("SELECT ", delivery_columns!(), "
        FROM delivery
        WHERE id = $1
    ");
    OF_MESSAGE = concat!("SELECT ", delivery_columns!(), "
        FROM delivery
        WHERE conversation = $1
        AND seq = $2
    ");
    NAMED = "
        SELECT id
        FROM delivery
        WHERE provider_id = $1
    ";
    SENT = "
        UPDATE delivery
        SET state = 'sent',
            provider_id = $2,
            n_parts = $3,
            updated_ms = $4
        WHERE id = $1
        AND state = 'waiting'
    ";
    STATE = "
        SELECT state
        FROM delivery
        WHERE id = $1
    ";
    ADVANCE = "
        UPDATE delivery
        SET state = $3,
            error = $4,
            updated_ms = $5
        WHERE id = $1
        AND state = $2
    ";
    OF_CONVERSATION = concat!("SELECT ", delivery_columns!(), "
        FROM delivery
        WHERE conversation = $1
        ORDER BY seq
        LIMIT $2
        OFFSET $3
    ");
    /// Changes nothing: whoever changes these rows waits until they are hidden.
    LOCK = "
        UPDATE delivery
        SET state = state
        WHERE conversation = $1
    ";
    HIDE = "
        UPDATE delivery
        SET address = $2,
            error = $3
        WHERE id = $1
    ";
}

#[async_trait]
impl<D: Dialect> Deliveries for SqlTx<D> {
    async fn add(&mut self, delivery: &NewDelivery) -> Result<Novelty> {
        self.check_writable()?;
        delivery.check()?;
        let args = args![
            delivery.id.0,
            delivery.conversation.0,
            delivery.seq,
            delivery.channel.name(),
            &delivery.address,
            delivery.at
        ];
        Ok(Novelty::from_rows(self.write(ADD, args).await?))
    }

    async fn get(&mut self, id: DeliveryId) -> Result<Option<Delivery>> {
        self.find("delivery", GET, args![id.0], read).await
    }

    async fn of_message(
        &mut self,
        conversation: ConversationId,
        seq: i64,
    ) -> Result<Option<Delivery>> {
        self.find("delivery", OF_MESSAGE, args![conversation.0, seq], read).await
    }

    async fn sent(
        &mut self,
        id: DeliveryId,
        provider_id: &str,
        n_parts: Option<u32>,
        at: UnixMs,
    ) -> Result<Swap> {
        self.check_writable()?;
        Error::check_size(provider_id.len(), MAX_PROVIDER_ID_BYTES)?;
        let args = args![id.0, provider_id, n_parts.map(i64::from), at];
        Ok(Swap::from_rows(self.write(SENT, args).await?))
    }

    async fn news(
        &mut self,
        provider_id: &str,
        state: DeliveryState,
        error: Option<&str>,
        at: UnixMs,
    ) -> Result<Swap> {
        self.check_writable()?;
        let id = |row: &D::Row| Ok(DeliveryId(row.id("id")?));
        match self.find("delivery", NAMED, args![provider_id], id).await? {
            Some(id) => self.advance(id, state, error, at).await,
            None => Ok(Swap::Stale),
        }
    }

    async fn fail(&mut self, id: DeliveryId, error: &str, at: UnixMs) -> Result<Swap> {
        self.check_writable()?;
        self.advance(id, DeliveryState::Failed, Some(error), at).await
    }

    async fn of_conversation(
        &mut self,
        conversation: ConversationId,
        page: Page,
    ) -> Result<Vec<Delivery>> {
        let args = args![conversation.0, page.limit(), page.offset()];
        self.list("delivery", OF_CONVERSATION, args, read).await
    }
}

impl<D: Dialect> SqlTx<D> {
    /// Brings a message further, whatever others tell of it at the same time.
    async fn advance(
        &mut self,
        id: DeliveryId,
        state: DeliveryState,
        error: Option<&str>,
        at: UnixMs,
    ) -> Result<Swap> {
        let error = error.map(clip);
        // Whoever is first has brought it further, which can happen once for each state.
        for _ in DeliveryState::ALL {
            let found = self.find("delivery", STATE, args![id.0], read_state).await?;
            let Some(seen) = found.filter(|seen| seen.may_become(state)) else {
                return Ok(Swap::Stale);
            };
            let args = args![id.0, seen.name(), state.name(), &error, at];
            let swap = Swap::from_rows(self.write(ADVANCE, args).await?);
            if swap.is_done() {
                return Ok(swap);
            }
        }
        Ok(Swap::Stale)
    }

    /// Hides a text in a conversation's deliveries; gives the number of rows changed.
    pub(super) async fn hide_deliveries(
        &mut self,
        id: ConversationId,
        redactor: &Redactor,
    ) -> Result<u64> {
        self.write(LOCK, args![id.0]).await?;
        let rows = Rows {
            table: "delivery",
            list: OF_CONVERSATION,
            hide: HIDE,
            read,
            redact: Delivery::redact,
            args: |row| vec![row.new.id.0.into(), (&row.new.address).into(), (&row.error).into()],
        };
        self.hide_rows(id, redactor, &rows).await
    }
}

fn read_state(row: &impl Columns) -> Read<DeliveryState> {
    known(DeliveryState::from_name(&row.text("state")?), "state")
}

fn read(row: &impl Columns) -> Read<Delivery> {
    let new = NewDelivery {
        id: DeliveryId(row.id("id")?),
        conversation: ConversationId(row.id("conversation")?),
        seq: row.int("seq")?,
        channel: row.text("channel")?.parse()?,
        address: row.text("address")?,
        at: UnixMs(row.int("at_ms")?),
    };
    Ok(Delivery {
        new,
        state: read_state(row)?,
        provider_id: row.maybe_text("provider_id")?,
        n_parts: row.maybe_int("n_parts")?.map(u32::try_from).transpose()?,
        error: row.maybe_text("error")?,
        updated: UnixMs(row.int("updated_ms")?),
    })
}
