-- oldest: 3
-- Who may do what, and proof of what was done: signing in, and an audit log that nothing can be
-- taken from or changed in unseen.

-- Tokens that were issued before this are no longer taken.
ALTER TABLE users ADD COLUMN tokens_from INTEGER NOT NULL DEFAULT 0;
-- When an administrator gave them their roles: what an older token says of roles does not count.
ALTER TABLE users ADD COLUMN roles_at INTEGER NOT NULL DEFAULT 0;

CREATE TABLE passwords (
    user_id    TEXT    NOT NULL PRIMARY KEY REFERENCES users (id),
    hash       TEXT    NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_in_attempts (
    name_sha256   TEXT    NOT NULL,
    address       TEXT    NOT NULL, -- '*': from anywhere
    failures      INTEGER NOT NULL,
    last_at       INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL,
    succeeded_at  INTEGER NOT NULL,
    PRIMARY KEY (name_sha256, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_attempts_by_time ON sign_in_attempts (last_at);

-- Sessions, refresh tokens, set-up links.
CREATE TABLE tickets (
    sha256     TEXT    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL,
    user_id    TEXT    NOT NULL REFERENCES users (id),
    family     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tickets_by_user ON tickets (user_id, kind);
CREATE INDEX tickets_by_family ON tickets (family);
CREATE INDEX tickets_by_end ON tickets (expires_at);

CREATE TABLE api_keys (
    id         TEXT    NOT NULL PRIMARY KEY,
    sha256     TEXT    NOT NULL,
    user_id    TEXT    NOT NULL REFERENCES users (id),
    name       TEXT    NOT NULL,
    roles      TEXT    NOT NULL, -- lists are JSON arrays
    workflows  TEXT    NOT NULL,
    act_as     TEXT    NOT NULL,
    created_by TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, -- 0: never
    used_at    INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE identities (
    issuer     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    user_id    TEXT    NOT NULL REFERENCES users (id),
    claims_at  INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE key_sets (
    issuer     TEXT    NOT NULL PRIMARY KEY,
    keys       TEXT    NOT NULL,
    fetched_at INTEGER NOT NULL,
    wanted_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Selectors that a workflow is limited to, a line each; NULL: it is not. A definition names one or a
-- list of them, each as "group:leads", {"group": "leads"} or a plain user id.
ALTER TABLE workflows ADD COLUMN visible_to TEXT;
UPDATE workflows SET visible_to = (
    SELECT group_concat(
        CASE
            WHEN s.type = 'object'
                THEN (SELECT m.key || ':' || m.value FROM json_each(s.value) AS m LIMIT 1)
            WHEN instr(s.value, ':') > 1
                AND substr(s.value, 1, instr(s.value, ':') - 1) NOT GLOB '*[^a-z_]*'
                THEN s.value
            ELSE 'user:' || s.value
        END, char(10))
    FROM workflow_versions AS v, json_each(
        CASE json_type(v.definition, '$.visible_to')
            WHEN 'array' THEN json_extract(v.definition, '$.visible_to')
            ELSE '[' || json_quote(json_extract(v.definition, '$.visible_to')) || ']'
        END) AS s
    WHERE v.workflow_id = workflows.id AND v.revision = workflows.revision
        AND s.type IN ('text', 'object'));
CREATE INDEX workflows_limited ON workflows (id, visible_to) WHERE visible_to IS NOT NULL;

-- Who sent it, where that is not the requester.
ALTER TABLE approvals ADD COLUMN submitted_by TEXT;

-- The payload stays the last column.
ALTER TABLE approvals RENAME COLUMN payload TO payload_before;
ALTER TABLE approvals ADD COLUMN payload TEXT NOT NULL DEFAULT '';
UPDATE approvals SET payload = payload_before;
ALTER TABLE approvals DROP COLUMN payload_before;

-- What somebody has to do with. With the status in it, the index of open slates answers without a
-- look at the rows.
CREATE INDEX approvals_by_requester ON approvals (requester_id);
CREATE INDEX approvals_by_submitter ON approvals (submitted_by) WHERE submitted_by IS NOT NULL;
CREATE INDEX approvals_by_owner ON approvals (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX approvals_open_slates ON approvals (slate_role, status)
    WHERE status = 'pending' AND slate_role IS NOT NULL;
CREATE INDEX approval_tasks_by_user ON approval_tasks (user_id, approval_id);

-- The chain: mac is the HMAC-SHA-256 of the entry before and of this one, under the key of key_id.
-- Entries from before there was a key have none, and are sealed by the first one that has.
ALTER TABLE audit_logs ADD COLUMN acting_for     TEXT;
ALTER TABLE audit_logs ADD COLUMN client_address TEXT;
ALTER TABLE audit_logs ADD COLUMN key_id         TEXT;
ALTER TABLE audit_logs ADD COLUMN mac            TEXT;
CREATE INDEX audit_logs_by_actor ON audit_logs (actor_id);
CREATE INDEX audit_logs_by_acting_for ON audit_logs (acting_for) WHERE acting_for IS NOT NULL;

-- Replacing a row deletes the old one without the trigger for DELETE, except where a connection asks
-- for recursive triggers. An entry that has to be the next one replaces none.
CREATE TRIGGER audit_logs_in_order BEFORE INSERT ON audit_logs
WHEN new.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM audit_logs)
BEGIN
    SELECT raise(ABORT, 'audit_logs is append-only and numbered without gaps');
END;
CREATE TRIGGER audit_logs_no_update BEFORE UPDATE ON audit_logs
BEGIN
    SELECT raise(ABORT, 'audit_logs is append-only');
END;
CREATE TRIGGER audit_logs_no_delete BEFORE DELETE ON audit_logs
BEGIN
    SELECT raise(ABORT, 'audit_logs is append-only');
END;
