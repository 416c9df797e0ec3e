-- Sentences kept for whoever looks after the intents. The PostgreSQL twin of this file has the same
-- name.

CREATE TABLE suggestion (
    id BLOB NOT NULL PRIMARY KEY,
    conversation BLOB NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    reason TEXT NOT NULL,
    lang TEXT,
    words TEXT NOT NULL,
    guess TEXT,
    guess_p REAL,
    chosen TEXT,
    at_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    decided_ms INTEGER,
    decided_by TEXT,
    accepted_intent TEXT,
    taught_lang TEXT,
    taught_words TEXT,
    UNIQUE (conversation, seq, reason)
) STRICT, WITHOUT ROWID;

CREATE INDEX suggestion_at ON suggestion (at_ms, id);
CREATE INDEX suggestion_open ON suggestion (at_ms, id) WHERE state = 'open';

-- The last message that an event took in.
ALTER TABLE log ADD COLUMN seq INTEGER;
