//! Addresses that asked for no more messages.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::time::UnixMs;
use bot_store::receive::MAX_ADDRESS_BYTES;
use bot_store::silences::Silences;
use bot_store::store::{Novelty, Swap};
use bot_store::{Error, Result};

use crate::dialect::Dialect;
use crate::row::Columns;
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    ADD = "
        INSERT INTO silence (channel, address, at_ms)
        VALUES ($1, $2, $3)
        ON CONFLICT (channel, address) DO NOTHING
    ";
    LIFT = "
        DELETE FROM silence
        WHERE channel = $1
        AND address = $2
    ";
    FIND = "
        SELECT at_ms
        FROM silence
        WHERE channel = $1
        AND address = $2
    ";
}

#[async_trait]
impl<D: Dialect> Silences for SqlTx<D> {
    async fn add(&mut self, channel: Channel, address: &str, at: UnixMs) -> Result<Novelty> {
        self.check_writable()?;
        Error::check_size(address.len(), MAX_ADDRESS_BYTES)?;
        Ok(Novelty::from_rows(self.write(ADD, args![channel.name(), address, at]).await?))
    }

    async fn lift(&mut self, channel: Channel, address: &str) -> Result<Swap> {
        Ok(Swap::from_rows(self.write(LIFT, args![channel.name(), address]).await?))
    }

    async fn is_silent(&mut self, channel: Channel, address: &str) -> Result<bool> {
        let since = |row: &D::Row| row.int("at_ms");
        let found = self.find("silence", FIND, args![channel.name(), address], since).await?;
        Ok(found.is_some())
    }
}
