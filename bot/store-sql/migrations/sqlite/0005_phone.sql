-- The telephone line with its recordings, and text messages. The PostgreSQL twin of this file has the
-- same name.

CREATE TABLE call_session (
    id BLOB NOT NULL PRIMARY KEY,
    dialect TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    caller TEXT NOT NULL,
    called TEXT NOT NULL,
    conversation BLOB REFERENCES conversation (id) ON DELETE SET NULL,
    lang TEXT NOT NULL,
    state TEXT NOT NULL,
    revision INTEGER NOT NULL,
    begun_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    outcome TEXT,
    seconds INTEGER,
    UNIQUE (dialect, provider_id)
) STRICT;

CREATE INDEX call_session_conversation ON call_session (conversation);
CREATE INDEX call_session_running ON call_session (begun_ms, id) WHERE ended_ms IS NULL;

CREATE TABLE hook_answer (
    request_key TEXT NOT NULL PRIMARY KEY,
    status INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    body TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX hook_answer_at ON hook_answer (at_ms);

CREATE TABLE recording (
    id BLOB NOT NULL PRIMARY KEY,
    dialect TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    call_id BLOB REFERENCES call_session (id) ON DELETE SET NULL,
    conversation BLOB NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    caller TEXT NOT NULL,
    lang TEXT NOT NULL,
    seconds INTEGER,
    at_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    attachment BLOB,
    transcript TEXT,
    understood TEXT,
    case_number TEXT,
    deleted_ms INTEGER,
    reviewed_ms INTEGER,
    reviewed_by TEXT,
    UNIQUE (dialect, provider_id)
) STRICT;

CREATE INDEX recording_at ON recording (at_ms, id);
CREATE INDEX recording_unreviewed ON recording (at_ms, id) WHERE reviewed_ms IS NULL;
CREATE INDEX recording_conversation ON recording (conversation);
CREATE INDEX recording_call ON recording (call_id);

CREATE TABLE delivery (
    id BLOB NOT NULL PRIMARY KEY,
    conversation BLOB NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    provider_id TEXT UNIQUE,
    n_parts INTEGER,
    error TEXT,
    updated_ms INTEGER NOT NULL,
    UNIQUE (conversation, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE silence (
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (channel, address)
) STRICT, WITHOUT ROWID;
