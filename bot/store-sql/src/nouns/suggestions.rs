//! Sentences kept for whoever looks after the intents.

use async_trait::async_trait;
use bot_core::id::{ConversationId, SuggestionId};
use bot_core::time::UnixMs;
use bot_store::page::clamp;
use bot_store::redact::Redactor;
use bot_store::store::{Novelty, Swap};
use bot_store::suggestions::{
    Decision, Filter, Guess, NewSuggestion, Reason, State, Suggestion, Suggestions, Taught, Verdict,
};
use bot_store::{Page, Result};

use super::redaction::Rows;
use crate::dialect::Dialect;
use crate::row::{Columns, Read, count, known};
use crate::statement::{Arg, args, statements};
use crate::tx::SqlTx;

/// Open suggestions that fall out at once.
const MAX_FALL_OUT: u32 = 100;

macro_rules! suggestion_columns {
    () => {
        "id, conversation, seq, reason, lang, words, guess, guess_p, chosen, at_ms, state, \
         decided_ms, decided_by, accepted_intent, taught_lang, taught_words"
    };
}

macro_rules! filtered {
    () => {
        "WHERE (CAST($1 AS TEXT) IS NULL OR state = $1)
        AND (CAST($2 AS TEXT) IS NULL OR reason = $2)
        AND (CAST($3 AS TEXT) IS NULL OR lang = $3)"
    };
}

statements! {
    KEEP = "
        INSERT INTO suggestion (
            id, conversation, seq, reason, lang, words, guess, guess_p, chosen, at_ms, state
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open')
        ON CONFLICT (conversation, seq, reason) DO NOTHING
    ";
    FALL_OUT = "
        DELETE FROM suggestion
        WHERE id IN (
            SELECT id
            FROM suggestion
            WHERE state = 'open'
            ORDER BY at_ms DESC, id DESC
            LIMIT $1
            OFFSET $2
        )
    ";
    GET = concat!("SELECT ", suggestion_columns!(), "
        FROM suggestion
        WHERE id = $1
    ");
    LIST = concat!("SELECT ", suggestion_columns!(), "
        FROM suggestion
        ", filtered!(), "
        ORDER BY at_ms DESC, id DESC
        LIMIT $4
        OFFSET $5
    ");
    COUNT = concat!("
        SELECT COUNT(*) AS n_rows
        FROM suggestion
        ", filtered!());
    DECIDE = "
        UPDATE suggestion
        SET state = $2,
            decided_ms = $3,
            decided_by = $4,
            accepted_intent = $5,
            taught_lang = $6,
            taught_words = $7
        WHERE id = $1
        AND state = 'open'
    ";
    REOPEN = "
        UPDATE suggestion
        SET state = 'open',
            decided_ms = NULL,
            decided_by = NULL,
            accepted_intent = NULL,
            taught_lang = NULL,
            taught_words = NULL
        WHERE id = $1
        AND state <> 'open'
    ";
    FORGET = "
        DELETE FROM suggestion
        WHERE id IN (
            SELECT id
            FROM suggestion
            WHERE at_ms < $1
            ORDER BY at_ms
            LIMIT $2
        )
    ";
    OF_CONVERSATION = concat!("SELECT ", suggestion_columns!(), "
        FROM suggestion
        WHERE conversation = $1
        ORDER BY at_ms, id
        LIMIT $2
        OFFSET $3
    ");
    HIDE = "
        UPDATE suggestion
        SET words = $2
        WHERE id = $1
    ";
}

#[async_trait]
impl<D: Dialect> Suggestions for SqlTx<D> {
    async fn keep(&mut self, suggestion: &NewSuggestion, max_open: u32) -> Result<Novelty> {
        let guess = suggestion.guess.as_ref();
        let args = args![
            suggestion.id.0,
            suggestion.conversation.0,
            suggestion.seq,
            suggestion.reason.name(),
            suggestion.lang.map(bot_core::Language::code),
            &suggestion.text,
            guess.map(|guess| guess.intent.as_str()),
            guess.map(|guess| f64::from(guess.p)),
            &suggestion.chosen,
            suggestion.at
        ];
        let novelty = Novelty::from_rows(self.write(KEEP, args).await?);
        if novelty.is_fresh() {
            self.write(FALL_OUT, args![MAX_FALL_OUT, max_open]).await?;
        }
        Ok(novelty)
    }

    async fn get(&mut self, id: SuggestionId) -> Result<Option<Suggestion>> {
        self.find("suggestion", GET, args![id.0], read).await
    }

    async fn list(&mut self, filter: Filter, page: Page) -> Result<Vec<Suggestion>> {
        let [state, reason, lang] = of_filter(filter);
        let args = [state, reason, lang, page.limit().into(), page.offset().into()];
        self.list("suggestion", LIST, &args, read).await
    }

    async fn count(&mut self, filter: Filter) -> Result<u64> {
        let n_rows = |row: &D::Row| count(row, "n_rows");
        let found = self.find("suggestion", COUNT, &of_filter(filter), n_rows).await?;
        Ok(found.unwrap_or(0))
    }

    async fn decide(&mut self, id: SuggestionId, decision: &Decision) -> Result<Swap> {
        let (state, intent, taught) = match &decision.verdict {
            Verdict::Accepted { intent, taught } => {
                (State::Accepted, Some(intent.as_str()), taught.as_ref())
            }
            Verdict::Dismissed => (State::Dismissed, None, None),
        };
        let args = args![
            id.0,
            state.name(),
            decision.at,
            &decision.by,
            intent,
            taught.map(|taught| taught.lang.code()),
            taught.map(|taught| taught.sentence.as_str())
        ];
        Ok(Swap::from_rows(self.write(DECIDE, args).await?))
    }

    async fn reopen(&mut self, id: SuggestionId) -> Result<Swap> {
        Ok(Swap::from_rows(self.write(REOPEN, args![id.0]).await?))
    }

    async fn forget(&mut self, before: UnixMs, limit: u32) -> Result<u64> {
        self.write(FORGET, args![before, clamp(limit)]).await
    }
}

impl<D: Dialect> SqlTx<D> {
    /// Hides a text in what was kept of a conversation; gives the number of rows changed.
    pub(super) async fn hide_suggestions(
        &mut self,
        id: ConversationId,
        redactor: &Redactor,
    ) -> Result<u64> {
        let rows = Rows {
            table: "suggestion",
            list: OF_CONVERSATION,
            hide: HIDE,
            read,
            redact: |row, redactor| row.new.redact(redactor),
            args: |row| vec![row.new.id.0.into(), (&row.new.text).into()],
        };
        self.hide_rows(id, redactor, &rows).await
    }
}

fn of_filter(filter: Filter) -> [Arg<'static>; 3] {
    [
        filter.state.map(State::name).into(),
        filter.reason.map(Reason::name).into(),
        filter.lang.map(bot_core::Language::code).into(),
    ]
}

fn read(row: &impl Columns) -> Read<Suggestion> {
    let guess = row.maybe_text("guess")?.zip(row.maybe_float("guess_p")?);
    #[expect(clippy::cast_possible_truncation, reason = "it was written from such a number")]
    let guess = guess.map(|(intent, p)| Guess { intent, p: p as f32 });
    let new = NewSuggestion {
        id: SuggestionId(row.id("id")?),
        conversation: ConversationId(row.id("conversation")?),
        seq: row.int("seq")?,
        reason: known(Reason::from_name(&row.text("reason")?), "reason")?,
        lang: row.maybe_text("lang")?.map(|lang| lang.parse()).transpose()?,
        text: row.text("words")?,
        guess,
        chosen: row.maybe_text("chosen")?,
        at: UnixMs(row.int("at_ms")?),
    };
    Ok(Suggestion { new, decision: read_decision(row)? })
}

fn read_decision(row: &impl Columns) -> Read<Option<Decision>> {
    let verdict = match known(State::from_name(&row.text("state")?), "state")? {
        State::Open => return Ok(None),
        State::Accepted => {
            let lang = row.maybe_text("taught_lang")?.map(|lang| lang.parse()).transpose()?;
            let taught = lang.zip(row.maybe_text("taught_words")?);
            let taught = taught.map(|(lang, sentence)| Taught { lang, sentence });
            Verdict::Accepted { intent: row.text("accepted_intent")?, taught }
        }
        State::Dismissed => Verdict::Dismissed,
    };
    let (by, at) = (row.text("decided_by")?, UnixMs(row.int("decided_ms")?));
    Ok(Some(Decision { verdict, by, at }))
}
