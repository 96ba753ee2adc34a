"""Clients that submit and vote until they are told to stop, and what they were promised."""
import collections
import http.client
import itertools
import threading
import time

from harness import Client, quote, unique


class Load:
    """Each client submits approvals that need two people, votes, and notes what was acknowledged.

    With retries, a request that was not answered is sent again with the same Idempotency-Key.
    """

    def __init__(self, service, workflow, clients=16, retries=False):
        self.service = service
        self.workflow = workflow
        self.retries = retries
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.submitted = {}  # target -> id
        self.votes = []      # (id, actor)
        self.failures = []   # what was not answered as it should be
        self.interrupted = collections.Counter()  # 502, 503, 504, or a broken connection's error
        self.name = unique("load")
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(clients)]

    def __enter__(self):
        for t in self.threads:
            t.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for t in self.threads:
            t.join(120)
        if any(t.is_alive() for t in self.threads):
            raise AssertionError("a client hangs")

    def done(self):
        with self.lock:
            return len(self.votes)

    def wait_for_more(self, n, seconds=30):
        """Until n more votes were acknowledged."""
        wanted, end = self.done() + n, time.monotonic() + seconds
        while self.done() < wanted:
            if time.monotonic() > end:
                raise AssertionError(f"no {n} votes within {seconds} s; failures: "
                                     f"{self.failures[:3]}")
            time.sleep(0.02)

    def send(self, client, path, body, status):
        """The answer; None when it was interrupted and is not tried again."""
        headers = {"Idempotency-Key": unique("key")}
        while True:
            try:
                a = client.request("POST", path, body, headers)
                reason = a.status
            except (OSError, http.client.HTTPException) as error:
                a, reason = None, type(error).__name__
            if a and a.status == status:
                return a
            with self.lock:
                if a and a.status not in (502, 503, 504):
                    self.failures.append(f"{path}: {a!r}")
                    return None
                self.interrupted[reason] += 1
            if not self.retries or self.stopping.is_set():
                return None
            time.sleep(0.05)

    def run(self, number):
        client = Client(self.service.port)
        for round_no in itertools.count():
            if self.stopping.is_set():
                break
            target = f"{self.name}/{number}/{round_no}"
            a = self.send(client, "/api/v1/approvals", {
                "workflow_id": self.workflow, "target_entity": target, "payload": {"n": round_no},
                "requester_id": "rita"}, 201)
            if not a:
                continue
            appr = a.json["approval_id"]
            with self.lock:
                self.submitted[target] = appr
            for actor in ("ann", "bob"):
                a = self.send(client, f"/api/v1/approvals/{quote(appr)}/actions", {
                    "actor_id": actor, "action": "approve", "stage_id": "s", "visit": 1}, 200)
                if a:
                    with self.lock:
                        self.votes.append((appr, actor))
        client.close()


def check_promises(case, service, load):
    """Everything that was acknowledged is there, once; nothing is half there."""
    rows = service.rows("SELECT * FROM approvals WHERE target_entity LIKE ?", load.name + "/%")
    by_id = {r["id"]: r for r in rows}
    case.assertEqual(len({r["target_entity"] for r in rows}), len(rows),
                     "an approval was made twice")
    lost = [t for t, appr in load.submitted.items() if appr not in by_id]
    case.assertEqual(lost, [], "acknowledged submissions were lost")
    events = {}
    for e in service.rows("SELECT * FROM approval_events ORDER BY approval_id, seq"):
        events.setdefault(e["approval_id"], []).append(e)
    lost = [v for v in load.votes if v[1] not in
            [e["actor_id"] for e in events[v[0]] if e["action"] == "approve"]]
    case.assertEqual(lost, [], "acknowledged votes were lost")
    for row in rows:
        check_whole(case, row, events.get(row["id"], []))


def check_whole(case, row, events):
    """One approval's row and history tell the same."""
    about = f"{row} {events}"
    case.assertEqual([e["seq"] for e in events], list(range(1, row["seq"] + 1)), about)
    case.assertEqual((events[0]["action"], events[0]["actor_id"]), ("submitted", "rita"), about)
    voters = [e["actor_id"] for e in events[1:]]
    case.assertEqual(len(set(voters)), len(voters), about)
    case.assertEqual(row["status"], "approved" if len(voters) == 2 else "pending", about)
    case.assertEqual(row["current_stage_id"], None if len(voters) == 2 else "s", about)


def check_database(case, service):
    """Of all that is in it, whoever made it."""
    row = service.rows("SELECT min(id) AS low, max(id) AS high, count(*) AS n FROM audit_logs")[0]
    case.assertEqual((row["low"], row["high"]), (1, row["n"]), "audit ids have gaps")
    for sql in (
            "SELECT id FROM approvals a WHERE seq <> (SELECT count(*) FROM approval_events e"
            " WHERE e.approval_id = a.id)",
            "SELECT id FROM approvals a WHERE seq <> (SELECT max(seq) FROM approval_events e"
            " WHERE e.approval_id = a.id)",
            "SELECT id FROM approvals a WHERE (SELECT count(*) FROM audit_logs l WHERE"
            " l.entity_id = a.id AND l.action = 'approval.submitted') <> 1",
            "SELECT id FROM approvals a WHERE (SELECT count(*) FROM audit_logs l WHERE"
            " l.entity_id = a.id AND l.action = 'approval.approve') <>"
            " (SELECT count(*) FROM approval_events e WHERE e.approval_id = a.id"
            " AND e.action = 'approve' AND e.actor_id <> 'system')",
            "SELECT id FROM approvals a WHERE (SELECT count(*) FROM outbox o WHERE"
            " o.approval_id = a.id AND o.event = 'approval.submitted') <> 1",
            "SELECT id FROM approvals a WHERE status = 'approved' AND (SELECT count(*) FROM"
            " outbox o WHERE o.approval_id = a.id AND o.event = 'approval.approved') <> 1",
            "SELECT id FROM approvals WHERE (status = 'pending') <> (current_stage_id IS NOT NULL)",
            "SELECT approval_id FROM approval_tasks t JOIN approvals a ON a.id = t.approval_id"
            " WHERE a.status <> 'pending' AND t.state IN ('open', 'waiting')",
            "SELECT approval_id FROM approval_events e WHERE NOT EXISTS"
            " (SELECT 1 FROM approvals a WHERE a.id = e.approval_id)"):
        case.assertEqual(service.rows(sql)[:3], [], sql)
    case.assertEqual(service.rows("PRAGMA foreign_key_check"), [])
    case.assertEqual([list(r.values()) for r in service.rows("PRAGMA integrity_check")], [["ok"]])
