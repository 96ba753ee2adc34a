-- Times are microseconds since 1970-01-01T00:00:00Z: datetime(created_at / 1000000, 'unixepoch').
-- Keys named "no" order rows as they were written; ids are what everything else refers to.

CREATE TABLE workflows (
    no         INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    version    TEXT    NOT NULL, -- the author's, of the newest revision
    revision   INTEGER NOT NULL, -- the newest
    status     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Immutable: every approval is pinned to the revision it was submitted on.
CREATE TABLE workflow_versions (
    workflow_id TEXT    NOT NULL REFERENCES workflows (id),
    revision    INTEGER NOT NULL,
    version     TEXT    NOT NULL,
    sha256      TEXT    NOT NULL, -- of the canonical form
    created_by  TEXT,
    created_at  INTEGER NOT NULL,
    definition  TEXT    NOT NULL, -- as it was posted
    PRIMARY KEY (workflow_id, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE workflow_stages (
    workflow_id TEXT    NOT NULL,
    revision    INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    id          TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    stage_type  TEXT    NOT NULL,
    config      TEXT    NOT NULL,
    PRIMARY KEY (workflow_id, revision, position),
    UNIQUE (workflow_id, revision, id),
    FOREIGN KEY (workflow_id, revision) REFERENCES workflow_versions (workflow_id, revision)
) STRICT, WITHOUT ROWID;

-- The payload comes last: a long one overflows at the end of its row, where lists do not read.
CREATE TABLE approvals (
    no               INTEGER PRIMARY KEY,
    id               TEXT    NOT NULL UNIQUE,
    workflow_id      TEXT    NOT NULL,
    revision         INTEGER NOT NULL,
    workflow_version TEXT    NOT NULL,
    current_stage_id TEXT,             -- NULL once ended
    status           TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    sla_due_at       INTEGER,          -- of the current stage
    seq              INTEGER NOT NULL, -- counts what happened
    visit            INTEGER NOT NULL, -- of the current stage
    needed           INTEGER NOT NULL, -- approvals that satisfy the current stage
    slate_role       TEXT,
    requester_id     TEXT    NOT NULL,
    target_entity    TEXT    NOT NULL,
    payload_sha256   TEXT    NOT NULL,
    payload          TEXT    NOT NULL,
    FOREIGN KEY (workflow_id, revision) REFERENCES workflow_versions (workflow_id, revision)
) STRICT;

-- Answers lists of one status, and by a merge over all statuses the list of everything.
CREATE INDEX approvals_by_status ON approvals (status, created_at);

CREATE TABLE approval_tasks (
    approval_id TEXT    NOT NULL REFERENCES approvals (id),
    no          INTEGER NOT NULL,
    stage_id    TEXT    NOT NULL,
    visit       INTEGER NOT NULL,
    place       INTEGER NOT NULL,
    parent      INTEGER, -- the task this one was handed on from
    user_id     TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    vote        TEXT    NOT NULL,
    opened_at   INTEGER,
    ended_at    INTEGER,
    PRIMARY KEY (approval_id, no)
) STRICT, WITHOUT ROWID;

CREATE TABLE approval_events (
    approval_id TEXT    NOT NULL REFERENCES approvals (id),
    seq         INTEGER NOT NULL,
    action      TEXT    NOT NULL,
    stage_id    TEXT,
    visit       INTEGER NOT NULL,
    actor_id    TEXT,
    created_at  INTEGER NOT NULL,
    data        TEXT    NOT NULL,
    PRIMARY KEY (approval_id, seq)
) STRICT, WITHOUT ROWID;

-- Rows are only ever added, in one transaction at a time, so that ids have no gaps.
CREATE TABLE audit_logs (
    id          INTEGER PRIMARY KEY,
    entity_type TEXT    NOT NULL,
    entity_id   TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    actor_id    TEXT,
    request_id  TEXT,
    created_at  INTEGER NOT NULL,
    payload     TEXT    NOT NULL
) STRICT;

CREATE INDEX audit_logs_by_entity ON audit_logs (entity_id);

-- What is to be told to others. Whoever removes delivered rows leaves the newest one, so that no
-- id is given twice.
CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY,
    event       TEXT    NOT NULL,
    approval_id TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    data        TEXT    NOT NULL
) STRICT;

-- In the order of writing, so that the expired ones are the first.
CREATE TABLE idempotency_keys (
    no             INTEGER PRIMARY KEY,
    caller         TEXT    NOT NULL,
    key            TEXT    NOT NULL,
    request_sha256 TEXT    NOT NULL,
    status         INTEGER NOT NULL,
    content_type   TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    body           TEXT    NOT NULL,
    UNIQUE (caller, key)
) STRICT;
