//! Residents, and the addresses they are known by.

use async_trait::async_trait;
use bot_core::channel::Channel;
use bot_core::id::{IdentityId, ResidentId};
use bot_core::lang::Language;
use bot_core::time::UnixMs;
use bot_store::Result;
use bot_store::identities::{Identities, Identity, Resident};
use bot_store::store::{Novelty, Swap};

use crate::dialect::Dialect;
use crate::row::{Columns, Read};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    /// Writes the address over itself, so that others wait for this transaction.
    UPSERT = "
        INSERT INTO identity (id, resident, channel, address, created_ms)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (channel, address) DO UPDATE
        SET address = excluded.address
        RETURNING id, resident, channel, address, created_ms
    ";
    ADD_RESIDENT = "
        INSERT INTO resident (id, lang, created_ms)
        VALUES ($1, NULL, $2)
    ";
    GET = "
        SELECT id, resident, channel, address, created_ms
        FROM identity
        WHERE id = $1
    ";
    FIND = "
        SELECT id, resident, channel, address, created_ms
        FROM identity
        WHERE channel = $1
        AND address = $2
    ";
    RESIDENT = "
        SELECT id, lang, created_ms
        FROM resident
        WHERE id = $1
    ";
    SET_LANG = "
        UPDATE resident
        SET lang = $2
        WHERE id = $1
    ";
}

#[async_trait]
impl<D: Dialect> Identities for SqlTx<D> {
    async fn upsert(&mut self, identity: &Identity) -> Result<(Identity, Novelty)> {
        let args = args![
            identity.id.0,
            identity.resident.0,
            identity.channel.name(),
            &identity.address,
            identity.created
        ];
        let kept = self.write_one("identity", UPSERT, args, read).await?;
        let kept = kept.unwrap_or_else(|| identity.clone());
        if kept.id != identity.id {
            return Ok((kept, Novelty::Repeat));
        }
        let args = args![identity.resident.0, identity.created];
        self.write(ADD_RESIDENT, args).await?;
        Ok((kept, Novelty::Fresh))
    }

    async fn get(&mut self, id: IdentityId) -> Result<Option<Identity>> {
        self.find("identity", GET, args![id.0], read).await
    }

    async fn find(&mut self, channel: Channel, address: &str) -> Result<Option<Identity>> {
        let args = args![channel.name(), address];
        self.find("identity", FIND, args, read).await
    }

    async fn resident(&mut self, id: ResidentId) -> Result<Option<Resident>> {
        self.find("resident", RESIDENT, args![id.0], read_resident).await
    }

    async fn set_lang(&mut self, id: ResidentId, lang: Language) -> Result<Swap> {
        let n_rows = self.write(SET_LANG, args![id.0, lang.code()]).await?;
        Ok(Swap::from_rows(n_rows))
    }
}

fn read(row: &impl Columns) -> Read<Identity> {
    Ok(Identity {
        id: IdentityId(row.id("id")?),
        resident: ResidentId(row.id("resident")?),
        channel: row.text("channel")?.parse()?,
        address: row.text("address")?,
        created: UnixMs(row.int("created_ms")?),
    })
}

fn read_resident(row: &impl Columns) -> Read<Resident> {
    let lang = row.maybe_text("lang")?;
    Ok(Resident {
        id: ResidentId(row.id("id")?),
        lang: lang.map(|lang| lang.parse()).transpose()?,
        created: UnixMs(row.int("created_ms")?),
    })
}
