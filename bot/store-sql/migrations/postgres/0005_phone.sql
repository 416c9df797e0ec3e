-- The telephone line with its recordings, and text messages. The SQLite twin of this file has the
-- same name.

CREATE TABLE call_session (
    id UUID NOT NULL PRIMARY KEY,
    dialect TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    caller TEXT NOT NULL,
    called TEXT NOT NULL,
    conversation UUID REFERENCES conversation (id) ON DELETE SET NULL,
    lang TEXT NOT NULL,
    state TEXT NOT NULL,
    revision BIGINT NOT NULL,
    begun_ms BIGINT NOT NULL,
    ended_ms BIGINT,
    outcome TEXT,
    seconds BIGINT,
    UNIQUE (dialect, provider_id)
);

CREATE INDEX call_session_conversation ON call_session (conversation);
CREATE INDEX call_session_running ON call_session (begun_ms, id) WHERE ended_ms IS NULL;

CREATE TABLE hook_answer (
    request_key TEXT NOT NULL PRIMARY KEY,
    status BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    body TEXT NOT NULL,
    at_ms BIGINT NOT NULL
);

CREATE INDEX hook_answer_at ON hook_answer (at_ms);

CREATE TABLE recording (
    id UUID NOT NULL PRIMARY KEY,
    dialect TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    call_id UUID REFERENCES call_session (id) ON DELETE SET NULL,
    conversation UUID NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    caller TEXT NOT NULL,
    lang TEXT NOT NULL,
    seconds BIGINT,
    at_ms BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    attachment UUID,
    transcript TEXT,
    understood TEXT,
    case_number TEXT,
    deleted_ms BIGINT,
    reviewed_ms BIGINT,
    reviewed_by TEXT,
    UNIQUE (dialect, provider_id)
);

CREATE INDEX recording_at ON recording (at_ms, id);
CREATE INDEX recording_unreviewed ON recording (at_ms, id) WHERE reviewed_ms IS NULL;
CREATE INDEX recording_conversation ON recording (conversation);
CREATE INDEX recording_call ON recording (call_id);

CREATE TABLE delivery (
    id UUID NOT NULL PRIMARY KEY,
    conversation UUID NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    state TEXT NOT NULL,
    provider_id TEXT UNIQUE,
    n_parts BIGINT,
    error TEXT,
    updated_ms BIGINT NOT NULL,
    UNIQUE (conversation, seq)
);

CREATE TABLE silence (
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (channel, address)
);

-- Rows that change with every key that a caller presses: room for their next version beside them.
ALTER TABLE call_session SET (fillfactor = 80);
