//! City packages and secrets.

use async_trait::async_trait;
use bot_core::time::UnixMs;
use bot_store::releases::{MAX_RELEASE_BYTES, Releases};
use bot_store::secrets::{MAX_SECRET_BYTES, Secrets};
use bot_store::store::Novelty;
use bot_store::{Error, Result};

use crate::dialect::Dialect;
use crate::row::Columns;
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    KEEP_RELEASE = "
        INSERT INTO city_release (hash, body, first_seen_ms)
        VALUES ($1, $2, $3)
        ON CONFLICT (hash) DO NOTHING
    ";
    GET_RELEASE = "
        SELECT body
        FROM city_release
        WHERE hash = $1
    ";
    RELEASES_IN_USE = "
        SELECT DISTINCT release
        FROM conversation
        WHERE state <> 'closed'
        ORDER BY release
    ";
    KEEP_SECRET = "
        INSERT INTO secret (name, value)
        VALUES ($1, $2)
        ON CONFLICT (name) DO NOTHING
    ";
    GET_SECRET = "
        SELECT value
        FROM secret
        WHERE name = $1
    ";
}

#[async_trait]
impl<D: Dialect> Releases for SqlTx<D> {
    async fn keep(&mut self, hash: &str, body: &str, at: UnixMs) -> Result<Novelty> {
        self.check_writable()?;
        Error::check_size(body.len(), MAX_RELEASE_BYTES)?;
        let n_rows = self.write(KEEP_RELEASE, args![hash, body, at]).await?;
        Ok(Novelty::from_rows(n_rows))
    }

    async fn get(&mut self, hash: &str) -> Result<Option<String>> {
        let body = |row: &D::Row| row.text("body");
        self.find("city_release", GET_RELEASE, args![hash], body).await
    }

    async fn in_use(&mut self) -> Result<Vec<String>> {
        let release = |row: &D::Row| row.text("release");
        self.list("conversation", RELEASES_IN_USE, &[], release).await
    }
}

#[async_trait]
impl<D: Dialect> Secrets for SqlTx<D> {
    async fn get_or_insert(&mut self, name: &str, fresh: &[u8]) -> Result<Vec<u8>> {
        self.check_writable()?;
        Error::check_size(fresh.len(), MAX_SECRET_BYTES)?;
        self.write(KEEP_SECRET, args![name, fresh]).await?;
        let value = |row: &D::Row| row.bytes("value");
        let kept = self.find("secret", GET_SECRET, args![name], value).await?;
        Ok(kept.unwrap_or_else(|| fresh.to_vec()))
    }
}
