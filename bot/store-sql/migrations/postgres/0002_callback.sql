-- Messages left for the people of a queue. The SQLite twin of this file has the same name.

CREATE TABLE callback (
    id UUID NOT NULL PRIMARY KEY,
    conversation UUID NOT NULL REFERENCES conversation (id),
    queue TEXT NOT NULL,
    lang TEXT NOT NULL,
    message TEXT NOT NULL,
    contact TEXT,
    once_key TEXT UNIQUE,
    at_ms BIGINT NOT NULL,
    answered_ms BIGINT
);

CREATE INDEX callback_waiting ON callback (at_ms, id) WHERE answered_ms IS NULL;
CREATE INDEX callback_conversation ON callback (conversation);

-- Conversations in which nothing happens any more are looked for from time to time.
CREATE INDEX conversation_updated ON conversation (updated_ms, id) WHERE state <> 'closed';
