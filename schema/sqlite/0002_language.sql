-- oldest: 2
-- The whole workflow language: people and groups, business calendars, the path of an approval
-- through its stages, what falls due, and the payloads it had before.

-- Kept when somebody is removed (removed_at), so that his id is never taken for a stranger's.
CREATE TABLE users (
    id          TEXT    NOT NULL PRIMARY KEY,
    name        TEXT,
    email       TEXT,
    phone       TEXT,
    manager     TEXT,
    owner       TEXT,    -- of an agent: who answers for it
    time_zone   TEXT,
    absent_from INTEGER, -- half open: from <= t < to
    absent_to   INTEGER,
    deputy      TEXT,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    removed_at  INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE user_roles (
    user_id TEXT NOT NULL REFERENCES users (id),
    role    TEXT NOT NULL,
    PRIMARY KEY (user_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_roles_by_role ON user_roles (role);

CREATE TABLE groups (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE group_members (
    group_id TEXT NOT NULL REFERENCES groups (id),
    user_id  TEXT NOT NULL, -- may be somebody who is not registered
    PRIMARY KEY (group_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_members_by_user ON group_members (user_id);

CREATE TABLE calendars (
    id         TEXT    NOT NULL PRIMARY KEY,
    updated_at INTEGER NOT NULL,
    definition TEXT    NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

-- Switches that hold for every process at once, such as manual_only.
CREATE TABLE switches (
    name       TEXT    NOT NULL PRIMARY KEY,
    value      INTEGER NOT NULL,
    changed_by TEXT    NOT NULL,
    changed_at INTEGER NOT NULL,
    reason     TEXT
) STRICT, WITHOUT ROWID;

ALTER TABLE approvals ADD COLUMN round        INTEGER NOT NULL DEFAULT 1; -- of the payload
ALTER TABLE approvals ADD COLUMN fallback     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE approvals ADD COLUMN believed     INTEGER NOT NULL DEFAULT 1;
ALTER TABLE approvals ADD COLUMN owner_id     TEXT;
ALTER TABLE approvals ADD COLUMN title        TEXT;
ALTER TABLE approvals ADD COLUMN links        TEXT; -- JSON
ALTER TABLE approvals ADD COLUMN fault        TEXT;
ALTER TABLE approvals ADD COLUMN carried      TEXT; -- ids of stages, a line each
ALTER TABLE approvals ADD COLUMN valid_for_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE approvals ADD COLUMN valid_until  INTEGER;
ALTER TABLE approvals ADD COLUMN consumed_at  INTEGER;

-- The payload stays the last column.
ALTER TABLE approvals RENAME COLUMN payload TO payload_before;
ALTER TABLE approvals ADD COLUMN payload TEXT NOT NULL DEFAULT '';
UPDATE approvals SET payload = payload_before;
ALTER TABLE approvals DROP COLUMN payload_before;

-- A slate that could not decide was opened to administrators.
UPDATE approvals SET fallback = 1 WHERE status = 'pending' AND slate_role = 'admin';

ALTER TABLE approval_tasks ADD COLUMN via        TEXT    NOT NULL DEFAULT '';
ALTER TABLE approval_tasks ADD COLUMN consult    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE approval_tasks ADD COLUMN claimed_at INTEGER;
-- Who has how much to do, and since when has he had nothing. With the state in it, the first index
-- answers without a look at the rows.
CREATE INDEX approval_tasks_open ON approval_tasks (user_id, state) WHERE state = 'open';
CREATE INDEX approval_tasks_ended ON approval_tasks (user_id, ended_at) WHERE state = 'answered';
-- Who is to be asked later, and with whose standing others act. The state is in it for the same
-- reason.
CREATE INDEX approval_tasks_kept ON approval_tasks (user_id, approval_id, state)
    WHERE state IN ('waiting', 'handed_on', 'relieved');

-- The path of an approval: the stages it entered or passed over, in order.
CREATE TABLE approval_visits (
    approval_id TEXT    NOT NULL REFERENCES approvals (id),
    no          INTEGER NOT NULL,
    stage_id    TEXT    NOT NULL,
    visit       INTEGER NOT NULL,
    round       INTEGER NOT NULL,
    outcome     TEXT    NOT NULL,
    entered_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    PRIMARY KEY (approval_id, no)
) STRICT, WITHOUT ROWID;

-- What falls due while an approval, or its open stage, is open.
CREATE TABLE timers (
    approval_id TEXT    NOT NULL REFERENCES approvals (id),
    kind        TEXT    NOT NULL,
    level       INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    PRIMARY KEY (approval_id, kind, level)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_by_due ON timers (due_at);

-- The payloads of earlier rounds; the present one is in approvals.
CREATE TABLE approval_payloads (
    approval_id TEXT    NOT NULL REFERENCES approvals (id),
    round       INTEGER NOT NULL,
    sha256      TEXT    NOT NULL,
    payload     TEXT    NOT NULL,
    PRIMARY KEY (approval_id, round)
) STRICT, WITHOUT ROWID;

-- Running approvals of a workflow, for moving them to another version.
CREATE INDEX approvals_running ON approvals (workflow_id)
    WHERE status IN ('pending', 'returned', 'error');

-- The path so far of approvals that are there already, from their events: every event names the
-- stage it happened in, and nothing led back to a stage. A stage that was entered last may have
-- none yet.
INSERT INTO approval_visits
    (approval_id, no, stage_id, visit, round, outcome, entered_at, ended_at)
WITH steps AS (
    SELECT approval_id, stage_id, visit, min(seq) AS first, max(created_at) AS last_at,
           max(action = 'approve' AND actor_id = 'system') AS by_rules
    FROM approval_events
    WHERE stage_id IS NOT NULL
    GROUP BY approval_id, stage_id, visit
    UNION ALL
    SELECT id, current_stage_id, visit, seq + 1, updated_at, 0
    FROM approvals AS a
    WHERE current_stage_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM approval_events AS e
        WHERE e.approval_id = a.id AND e.stage_id = a.current_stage_id AND e.visit = a.visit)
)
SELECT a.id, row_number() OVER path, s.stage_id, s.visit, 1,
       CASE
           WHEN s.stage_id = a.current_stage_id AND s.visit = a.visit THEN 'open'
           WHEN s.by_rules THEN 'auto'
           WHEN lead(s.stage_id) OVER path IS NOT NULL THEN 'approved'
           WHEN a.status IN ('approved', 'rejected') THEN a.status
           ELSE 'left'
       END,
       coalesce(lag(s.last_at) OVER path, a.created_at),
       CASE WHEN s.stage_id = a.current_stage_id AND s.visit = a.visit THEN NULL ELSE s.last_at END
FROM steps AS s JOIN approvals AS a ON a.id = s.approval_id
WINDOW path AS (PARTITION BY a.id ORDER BY s.first);

INSERT INTO timers (approval_id, kind, level, due_at)
SELECT id, 'sla', 0, sla_due_at FROM approvals
WHERE status = 'pending' AND sla_due_at IS NOT NULL;
