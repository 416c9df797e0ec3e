//! What was answered to the requests of providers.

use async_trait::async_trait;
use bot_core::time::UnixMs;
use bot_store::Result;
use bot_store::hooks::{HookAnswer, Hooks};
use bot_store::store::Novelty;

use crate::dialect::Dialect;
use crate::row::{Columns, Read};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    FIND = "
        SELECT request_key, status, media_type, body, at_ms
        FROM hook_answer
        WHERE request_key = $1
    ";
    KEEP = "
        INSERT INTO hook_answer (request_key, status, media_type, body, at_ms)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (request_key) DO NOTHING
    ";
}

#[async_trait]
impl<D: Dialect> Hooks for SqlTx<D> {
    async fn find(&mut self, key: &str) -> Result<Option<HookAnswer>> {
        self.find("hook_answer", FIND, args![key], read).await
    }

    async fn keep(&mut self, answer: &HookAnswer) -> Result<Novelty> {
        self.check_writable()?;
        answer.check()?;
        let args = args![
            &answer.key,
            u32::from(answer.status),
            &answer.media_type,
            &answer.body,
            answer.at
        ];
        Ok(Novelty::from_rows(self.write(KEEP, args).await?))
    }
}

fn read(row: &impl Columns) -> Read<HookAnswer> {
    Ok(HookAnswer {
        key: row.text("request_key")?,
        status: u16::try_from(row.int("status")?)?,
        media_type: row.text("media_type")?,
        body: row.text("body")?,
        at: UnixMs(row.int("at_ms")?),
    })
}
