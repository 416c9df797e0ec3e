//! Who has to do with a case.

use async_trait::async_trait;
use bot_core::id::{CaseId, ConversationId, IdentityId};
use bot_core::time::UnixMs;
use bot_store::Result;
use bot_store::parties::{Parties, Party, Role};
use bot_store::store::Novelty;

use crate::dialect::Dialect;
use crate::row::{Columns, Read, known};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    ADD = "
        INSERT INTO case_party (
            case_id, role, contact, channel, lang, identity, conversation, notify, at_ms
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (case_id, role, contact) DO NOTHING
    ";
    LIST = "
        SELECT case_id, role, contact, channel, lang, identity, conversation, notify, at_ms
        FROM case_party
        WHERE case_id = $1
        ORDER BY seq
    ";
    SET_NOTIFY = "
        UPDATE case_party
        SET notify = $3
        WHERE case_id = $1
        AND contact = $2
    ";
}

#[async_trait]
impl<D: Dialect> Parties for SqlTx<D> {
    async fn add(&mut self, party: &Party) -> Result<Novelty> {
        let args = args![
            party.case.0,
            party.role.name(),
            &party.contact,
            party.channel.name(),
            party.lang.code(),
            party.identity.map(|id| id.0),
            party.conversation.map(|id| id.0),
            party.notify,
            party.at
        ];
        Ok(Novelty::from_rows(self.write(ADD, args).await?))
    }

    async fn list(&mut self, case: CaseId) -> Result<Vec<Party>> {
        self.list("case_party", LIST, args![case.0], read).await
    }

    async fn set_notify(&mut self, case: CaseId, contact: &str, notify: bool) -> Result<u64> {
        self.write(SET_NOTIFY, args![case.0, contact, notify]).await
    }
}

fn read(row: &impl Columns) -> Read<Party> {
    Ok(Party {
        case: CaseId(row.id("case_id")?),
        role: known(Role::from_name(&row.text("role")?), "role")?,
        contact: row.maybe_text("contact")?,
        channel: row.text("channel")?.parse()?,
        lang: row.text("lang")?.parse()?,
        identity: row.maybe_id("identity")?.map(IdentityId),
        conversation: row.maybe_id("conversation")?.map(ConversationId),
        notify: row.int("notify")? != 0,
        at: UnixMs(row.int("at_ms")?),
    })
}
