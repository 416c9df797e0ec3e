-- The whole counter as it opened. Times are milliseconds since 1970, ids are UUIDs as 16 bytes,
-- lists and records are JSON. The PostgreSQL twin of this file has the same name.

CREATE TABLE resident (
    id BLOB NOT NULL PRIMARY KEY,
    lang TEXT,
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE identity (
    id BLOB NOT NULL PRIMARY KEY,
    resident BLOB NOT NULL REFERENCES resident (id) DEFERRABLE INITIALLY DEFERRED,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    UNIQUE (channel, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversation (
    id BLOB NOT NULL PRIMARY KEY,
    resident BLOB NOT NULL REFERENCES resident (id),
    identity BLOB NOT NULL REFERENCES identity (id),
    channel TEXT NOT NULL,
    lang TEXT NOT NULL,
    state TEXT NOT NULL,
    owner_kind TEXT NOT NULL,
    owner_name TEXT,
    epoch INTEGER NOT NULL,
    queue TEXT,
    priority INTEGER NOT NULL,
    waiting_since_ms INTEGER,
    last_seq INTEGER NOT NULL,
    seen_seq INTEGER NOT NULL,
    release TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    closed_ms INTEGER,
    close_reason TEXT,
    previous BLOB
) STRICT, WITHOUT ROWID;

-- An identity has at most one conversation that is not closed.
CREATE UNIQUE INDEX conversation_open ON conversation (identity) WHERE state <> 'closed';
CREATE INDEX conversation_identity ON conversation (identity, created_ms);
CREATE INDEX conversation_resident ON conversation (resident);
CREATE INDEX conversation_state ON conversation (state, queue) WHERE state <> 'closed';
CREATE INDEX conversation_created ON conversation (created_ms);

CREATE TABLE message (
    conversation BLOB NOT NULL REFERENCES conversation (id),
    seq INTEGER NOT NULL,
    author TEXT NOT NULL,
    agent TEXT,
    lang TEXT NOT NULL,
    content TEXT NOT NULL,
    choices TEXT NOT NULL,
    epoch INTEGER,
    once_key TEXT,
    provider_id TEXT,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX message_once ON message (conversation, once_key) WHERE once_key IS NOT NULL;

CREATE TABLE inbox (
    channel TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    conversation BLOB NOT NULL REFERENCES conversation (id),
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (channel, provider_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX inbox_conversation ON inbox (conversation);

CREATE TABLE session (
    conversation BLOB NOT NULL PRIMARY KEY REFERENCES conversation (id),
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
    conversation BLOB NOT NULL REFERENCES conversation (id),
    n INTEGER NOT NULL,
    event TEXT NOT NULL,
    effects TEXT NOT NULL,
    notes TEXT NOT NULL,
    revision INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (conversation, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE timer (
    conversation BLOB NOT NULL PRIMARY KEY REFERENCES conversation (id),
    timer TEXT NOT NULL,
    token INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX timer_at ON timer (at_ms);

CREATE TABLE job (
    seq INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    queue TEXT NOT NULL,
    lane TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    run_at_ms INTEGER NOT NULL,
    first_run_at_ms INTEGER NOT NULL,
    lease_until_ms INTEGER,
    last_error TEXT,
    trace TEXT,
    finished_ms INTEGER
) STRICT;

CREATE INDEX job_due ON job (queue, COALESCE(lease_until_ms, run_at_ms), seq)
WHERE state IN ('ready', 'running');
CREATE INDEX job_lane ON job (lane, queue, state, seq);
-- In a lane one job runs at a time.
CREATE UNIQUE INDEX job_running ON job (queue, lane) WHERE state = 'running';
CREATE INDEX job_done ON job (finished_ms) WHERE state = 'done';
CREATE INDEX job_dead ON job (seq) WHERE state = 'dead';

CREATE TABLE case_number (
    year INTEGER NOT NULL PRIMARY KEY,
    last_sequence INTEGER NOT NULL
) STRICT;

CREATE TABLE case_file (
    id BLOB NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    service TEXT NOT NULL,
    service_version INTEGER NOT NULL,
    state TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    place TEXT,
    lat REAL,
    lon REAL,
    answers TEXT NOT NULL,
    description TEXT NOT NULL,
    photos TEXT NOT NULL,
    urgent INTEGER NOT NULL,
    queue TEXT NOT NULL,
    channel TEXT NOT NULL,
    lang TEXT NOT NULL,
    conversation BLOB REFERENCES conversation (id),
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    expected_ms INTEGER,
    closed_ms INTEGER,
    once_key TEXT UNIQUE
) STRICT, WITHOUT ROWID;

CREATE INDEX case_file_created ON case_file (created_ms, id);
CREATE INDEX case_file_conversation ON case_file (conversation);
CREATE INDEX case_file_updated ON case_file (updated_ms);
CREATE INDEX case_file_place ON case_file (lat, lon) WHERE lat IS NOT NULL;

CREATE TABLE case_party (
    seq INTEGER NOT NULL PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES case_file (id),
    role TEXT NOT NULL,
    contact TEXT,
    channel TEXT NOT NULL,
    lang TEXT NOT NULL,
    identity BLOB,
    conversation BLOB,
    notify INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    UNIQUE (case_id, role, contact)
) STRICT;

CREATE INDEX case_party_contact ON case_party (contact);
CREATE INDEX case_party_conversation ON case_party (conversation);

CREATE TABLE case_update (
    seq INTEGER NOT NULL PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES case_file (id),
    kind TEXT NOT NULL,
    author TEXT NOT NULL,
    from_value TEXT,
    to_value TEXT,
    text_fr TEXT,
    text_en TEXT,
    source TEXT UNIQUE,
    at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX case_update_case ON case_update (case_id, seq);
CREATE INDEX case_update_at ON case_update (at_ms);

CREATE TABLE attachment (
    id BLOB NOT NULL PRIMARY KEY,
    conversation BLOB,
    kind TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    n_bytes INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

CREATE INDEX attachment_conversation ON attachment (conversation);
CREATE INDEX attachment_orphan ON attachment (at_ms) WHERE conversation IS NULL;

CREATE TABLE city_release (
    hash TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL,
    first_seen_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE secret (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

CREATE TABLE private_text (
    id INTEGER NOT NULL PRIMARY KEY,
    conversation BLOB NOT NULL REFERENCES conversation (id),
    words TEXT NOT NULL,
    due_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX private_text_due ON private_text (due_ms);

-- AUTOINCREMENT: whoever follows the events holds a number, so none may be given twice.
CREATE TABLE desk_event (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    conversation BLOB,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
