-- Sentences kept for whoever looks after the intents. The SQLite twin of this file has the same
-- name.

CREATE TABLE suggestion (
    id UUID NOT NULL PRIMARY KEY,
    conversation UUID NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    reason TEXT NOT NULL,
    lang TEXT,
    words TEXT NOT NULL,
    guess TEXT,
    guess_p DOUBLE PRECISION,
    chosen TEXT,
    at_ms BIGINT NOT NULL,
    state TEXT NOT NULL,
    decided_ms BIGINT,
    decided_by TEXT,
    accepted_intent TEXT,
    taught_lang TEXT,
    taught_words TEXT,
    UNIQUE (conversation, seq, reason)
);

CREATE INDEX suggestion_at ON suggestion (at_ms, id);
CREATE INDEX suggestion_open ON suggestion (at_ms, id) WHERE state = 'open';

-- The last message that an event took in.
ALTER TABLE log ADD COLUMN seq BIGINT;
