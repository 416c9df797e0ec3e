//! The timer of a conversation.

use async_trait::async_trait;
use bot_core::event::Timer;
use bot_core::id::ConversationId;
use bot_core::time::UnixMs;
use bot_store::Result;
use bot_store::page::clamp;
use bot_store::timers::{TimerRow, Timers};

use crate::dialect::Dialect;
use crate::row::{Columns, Read, known};
use crate::statement::{args, statements};
use crate::tx::SqlTx;

statements! {
    SET = "
        INSERT INTO timer (conversation, timer, token, at_ms)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (conversation) DO UPDATE
        SET timer = excluded.timer,
            token = excluded.token,
            at_ms = excluded.at_ms
    ";
    CLEAR = "
        DELETE FROM timer
        WHERE conversation = $1
    ";
    FIND = "
        SELECT conversation, timer, token, at_ms
        FROM timer
        WHERE conversation = $1
    ";
}

#[async_trait]
impl<D: Dialect> Timers for SqlTx<D> {
    async fn set(&mut self, row: &TimerRow) -> Result<()> {
        let args = args![row.conversation.0, name(row.timer), row.token, row.at];
        self.write(SET, args).await?;
        Ok(())
    }

    async fn clear(&mut self, conversation: ConversationId) -> Result<()> {
        self.write(CLEAR, args![conversation.0]).await?;
        Ok(())
    }

    async fn find(&mut self, conversation: ConversationId) -> Result<Option<TimerRow>> {
        self.find("timer", FIND, args![conversation.0], read).await
    }

    async fn take_due(&mut self, now: UnixMs, limit: u32) -> Result<Vec<TimerRow>> {
        self.check_writable()?;
        let args = args![now, clamp(limit)];
        let mut due = self.list("timer", D::LOCKING.due_timers, args, read).await?;
        due.sort_by_key(|row| (row.at, row.conversation));
        Ok(due)
    }
}

fn read(row: &impl Columns) -> Read<TimerRow> {
    Ok(TimerRow {
        conversation: ConversationId(row.id("conversation")?),
        timer: known(from_name(&row.text("timer")?), "timer")?,
        token: u32::try_from(row.int("token")?)?,
        at: UnixMs(row.int("at_ms")?),
    })
}

const fn name(timer: Timer) -> &'static str {
    match timer {
        Timer::Remind => "remind",
        Timer::Park => "park",
        Timer::Handoff => "handoff",
    }
}

fn from_name(raw: &str) -> Option<Timer> {
    [Timer::Remind, Timer::Park, Timer::Handoff].into_iter().find(|timer| name(*timer) == raw)
}
