//! A transaction of either engine: the doors to every noun, and the few ways to run a statement.

use async_trait::async_trait;
use bot_store::{Error, Result, Tx};
use std::marker::PhantomData;

use crate::dialect::Dialect;
use crate::fault::fault;
use crate::row::Read;
use crate::statement::Arg;

/// Whether a transaction may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Read,
    Write,
}

/// A transaction.
pub(crate) struct SqlTx<D: Dialect> {
    scope: D::Scope,
    mode: Mode,
    dialect: PhantomData<fn() -> D>,
}

impl<D: Dialect> SqlTx<D> {
    pub(crate) fn boxed(scope: D::Scope, mode: Mode) -> Box<dyn Tx> {
        Box::new(Self { scope, mode, dialect: PhantomData })
    }

    /// Refuses to write through a snapshot.
    pub(crate) fn check_writable(&self) -> Result<()> {
        match self.mode {
            Mode::Write => Ok(()),
            Mode::Read => Err(Error::Snapshot),
        }
    }

    /// Sorts an error and takes note of it.
    fn fail(&mut self, error: sqlx::Error) -> Error {
        let error = fault(error, D::sort);
        D::spoil(&mut self.scope, &error);
        error
    }

    /// Writes, and gives the number of rows written.
    pub(crate) async fn write(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64> {
        self.check_writable()?;
        let n_rows = D::execute(&mut self.scope, sql, args).await;
        n_rows.map_err(|error| self.fail(error))
    }

    /// Finds a row of a table.
    pub(crate) async fn find<T>(
        &mut self,
        table: &'static str,
        sql: &'static str,
        args: &[Arg<'_>],
        read: impl FnOnce(&D::Row) -> Read<T> + Send,
    ) -> Result<Option<T>> {
        let row = D::fetch_one(&mut self.scope, sql, args).await;
        let row = row.map_err(|error| self.fail(error))?;
        row.map(|row| read(&row).map_err(|bad| bad.of(table))).transpose()
    }

    /// Lists rows of a table.
    pub(crate) async fn list<T>(
        &mut self,
        table: &'static str,
        sql: &'static str,
        args: &[Arg<'_>],
        read: impl Fn(&D::Row) -> Read<T> + Send,
    ) -> Result<Vec<T>> {
        let rows = D::fetch_all(&mut self.scope, sql, args).await;
        let rows = rows.map_err(|error| self.fail(error))?;
        rows.iter().map(|row| read(row).map_err(|bad| bad.of(table))).collect()
    }

    /// Writes, and gives the row that comes back, if one does.
    pub(crate) async fn write_one<T>(
        &mut self,
        table: &'static str,
        sql: &'static str,
        args: &[Arg<'_>],
        read: impl FnOnce(&D::Row) -> Read<T> + Send,
    ) -> Result<Option<T>> {
        self.check_writable()?;
        self.find(table, sql, args, read).await
    }
}

macro_rules! doors {
    ($($noun:ident: $trait:path),+ $(,)?) => {$(
        fn $noun(&mut self) -> &mut dyn $trait {
            self
        }
    )+};
}

#[async_trait]
impl<D: Dialect> Tx for SqlTx<D> {
    doors! {
        inbox: bot_store::inbox::Inbox,
        identities: bot_store::identities::Identities,
        conversations: bot_store::conversations::Conversations,
        messages: bot_store::messages::Messages,
        sessions: bot_store::sessions::Sessions,
        log: bot_store::log::Log,
        jobs: bot_store::jobs::Jobs,
        timers: bot_store::timers::Timers,
        cases: bot_store::cases::Cases,
        parties: bot_store::parties::Parties,
        updates: bot_store::updates::Updates,
        callbacks: bot_store::callbacks::Callbacks,
        attachments: bot_store::attachments::Attachments,
        releases: bot_store::releases::Releases,
        secrets: bot_store::secrets::Secrets,
        private: bot_store::private::Private,
        suggestions: bot_store::suggestions::Suggestions,
        calls: bot_store::calls::Calls,
        hooks: bot_store::hooks::Hooks,
        recordings: bot_store::recordings::Recordings,
        deliveries: bot_store::deliveries::Deliveries,
        silences: bot_store::silences::Silences,
        desk: bot_store::desk::Desk,
        upkeep: bot_store::upkeep::Upkeep,
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        D::commit(self.scope).await
    }
}
