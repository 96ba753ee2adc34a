"""The databases of a run, looked at from outside."""

import shutil
import sqlite3

# Where the rows of a submission go.
TABLES = (
    "approvals",
    "approval_tasks",
    "approval_visits",
    "timers",
    "approval_events",
    "outbox",
    "audit_logs",
)


def settle(path):
    """Moves the log into the database, so that the file alone can be copied. Only while nobody else
    has it open: closing the last connection checkpoints."""
    db = sqlite3.connect(path)
    db.execute("SELECT count(*) FROM approvals").fetchone()
    db.close()


def copy(source, target):
    shutil.copyfile(source, target)


def counts(path):
    """Rows of each table of TABLES, in one snapshot."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    try:
        row = db.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM {t})" for t in TABLES))
        return dict(zip(TABLES, row.fetchone()))
    finally:
        db.close()


def grown(before, after):
    return {table: after[table] - before[table] for table in TABLES}


def per_submission(new):
    """Rows in each table for one submission."""
    n = new["approvals"]
    return {table: new[table] / n for table in TABLES} if n else {}


def pending_ids(path):
    """All that wait, in the order they were written in."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        rows = db.execute("SELECT id FROM approvals WHERE status = 'pending' ORDER BY no")
        return [row[0] for row in rows]
    finally:
        db.close()
