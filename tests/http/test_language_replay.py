"""Recorded histories, run again by approvalctl verify."""
import contextlib
import random
import sqlite3
import time

from harness import ApprovalCase, Service, quote, unique

RULES = {"auto_approval_rules": {"by_risk_score": {"auto_approve_below": 0.2,
                                                   "low_risk_threshold": 0.3,
                                                   "medium_risk_threshold": 0.6}}}

service = Service(rules=RULES)


def setUpModule():
    service.start()


def tearDownModule():
    service.stop()


class Replay(ApprovalCase):
    service = service
    PEOPLE = ("ann", "bob", "cid", "dan", "rita")
    ACTIONS = ("approve", "approve", "approve", "approve", "reject", "abstain", "delegate",
               "take_back", "reassign", "claim", "unclaim", "comment", "request_changes", "edit",
               "resubmit", "resubmit", "withdraw", "escalate", "cancel", "add_approver",
               "re_resolve")

    def verify(self, *arguments):
        done = service.ctl("verify", *arguments)
        return done.returncode, done.stdout

    def assert_all_the_same(self):
        code, text = self.verify()
        self.assertEqual((code, text.splitlines()[-1]),
                         (0, f"{service.one('SELECT count(*) FROM approvals')} the same,"
                             " 0 different, 0 that cannot be told"), text)
        return text

    @contextlib.contextmanager
    def edited(self, sql, *values):
        """A row is changed by hand, and put back as it was afterwards."""
        table, column, where = sql
        with contextlib.closing(sqlite3.connect(service.db_path, timeout=10)) as db:
            old = db.execute(f"SELECT {column} FROM {table} WHERE {where}", values[1:]).fetchall()
            self.assertEqual(len(old), 1)
            change = f"UPDATE {table} SET {column} = ? WHERE {where}"
            with db:
                db.execute(change, values)
            try:
                yield
            finally:
                with db:
                    db.execute(change, (old[0][0],) + values[1:])

    def workflows(self):
        finance, board = service.group("ann", "bob", "cid"), service.group("cid", "dan")
        self.group = finance
        yield service.publish(
            {"id": "a", "approvers": ["ann", "bob"], "sla": {"duration": "4h", "remind": ["50%"]},
             "covers": ["/n"]},
            {"id": "b", "type": "parallel", "approvers": [finance], "quorum": "60%",
             "escalations": [{"timeout": "1h", "target": board}, {"timeout": "2h", "then": "reject",
                                                                  "mode": "replace"}]},
            {"id": "c", "type": "parallel", "conditions": {"n_gt": 2}, "skip_repeat": "any",
             "requires": {"all": [{"at_least": 2, "of": finance}, board]}},
            transitions=[{"from": "b", "on": "reject", "to": "a"},
                         {"from": "c", "on": "reject", "to": "$returned"}],
            expires="30d", max_visits=3, max_rounds=4, title="n is {{payload.n}}")
        yield service.publish(
            {"id": "rules", "auto_rules": {}}, {"id": "open", "type": "parallel", "quorum": 2},
            {"id": "least", "approvers": [f"least_loaded:{finance}"], "allow_self_approval": True})
        yield service.publish(
            {"id": "s", "type": "parallel", "approvers": [finance, board, "payload:/owner"],
             "quorum": "majority", "reject": "impossible", "vote_once": True},
            {"id": "none", "approvers": [service.group()], "on_empty": "approve"})

    def act_at_random(self, chance, appr, done):
        action, actor = chance.choice(self.ACTIONS), chance.choice(self.PEOPLE)
        if self.delegated and chance.random() < 0.5:
            action, actor = "take_back", self.delegated
        if action == "cancel" and chance.random() < 0.8:
            action = "approve"
        more = {"assignee": chance.choice(self.PEOPLE), "comment": "why", "metadata": {"m": [1]}}
        if action in ("edit", "resubmit"):
            more["payload"] = {"n": chance.randrange(5), "owner": chance.choice(self.PEOPLE),
                               "risk_score": chance.random()}
        a = service.act(appr, actor, action, **more)
        self.assertIn(a.status, (200, 403, 409, 422), repr(a))
        self.delegated = actor if action == "delegate" and a.status == 200 else None
        if a.status == 200:
            done.add(action)

    def test_whatever_people_do(self):
        chance = random.Random(5)
        done = set()
        self.delegated = None
        for wf in self.workflows():
            for n in range(25):
                payload = {"n": n % 5, "owner": chance.choice(self.PEOPLE),
                           "risk_score": chance.random()}
                appr = service.submit(wf, payload=payload, valid_for="1h")
                for _ in range(15):
                    self.act_at_random(chance, appr, done)
                if n % 8 == 0:
                    path = "/api/v1/groups/" + self.group[6:]
                    members = chance.sample(["ann", "bob", "cid", "eve"], 2)
                    service.request("PATCH", path, {"members": members})
        self.assertEqual(set(self.ACTIONS), done)
        self.assert_all_the_same()

    def test_deadlines_and_versions_and_use(self):
        wf = service.publish({"id": "s", "approvers": ["ann"],
                              "escalations": {"timeout": "0.002m", "then": "reject"}})
        late = service.submit(wf)
        time.sleep(0.2)
        self.assert_problem(service.act(late, "ann", "approve"), 409)
        wf = service.publish({"id": "s", "approvers": ["ann"]})
        moved, used = service.submit(wf), service.submit(wf, valid_for="1h")
        self.assert_act(used, "ann", "approve", "approved")
        self.assert_status(service.post(f"/api/v1/approvals/{used}/consume", {
            "actor_id": "rita", "payload_sha256": service.detail(used)["payload_sha256"]}), 200)
        service.publish({"id": "s", "approvers": ["ann", "bob"]}, id=wf)
        self.assert_status(service.post(f"/api/v1/workflows/{wf}/migrate", {}), 200)
        self.assert_act(moved, "ann", "approve", "pending")
        self.assert_all_the_same()

    def test_business_time(self):
        calendar = unique("calendar")
        self.assert_status(service.request("PUT", f"/api/v1/calendars/{calendar}", {
            "time_zone": "Europe/Berlin", "week": {"mon": [["09:00", "17:00"]]}}), 201)
        appr = self.start({"sla": {"duration": "4bh"}, "approvers": ["ann"]}, calendar=calendar,
                          expires="3bd")
        self.assert_status(service.request("PUT", f"/api/v1/calendars/{calendar}", {
            "time_zone": "UTC", "week": {"tue": [["09:00", "17:00"]]}}), 200)
        self.assertEqual(self.verify(appr), (0, f"{appr}: the same\n"))
        self.assert_act(appr, "rita", "edit", "pending", payload={"n": 1})
        self.assertEqual(self.verify(appr), (0, f"{appr}: the same\n"))

    def test_what_was_edited_by_hand_is_found(self):
        appr = self.start({"id": "a", "type": "parallel", "approvers": ["ann", "bob"], "quorum": 2,
                           "sla": {"duration": "1h"}}, {"id": "b"})
        self.assert_act(appr, "ann", "approve", "pending")
        self.assert_act(appr, "rita", "edit", "pending", payload={"n": 2})
        self.assert_act(appr, "ann", "approve", "pending")
        self.assertEqual(self.verify(appr)[0], 0)
        mine = "approval_id = ?"
        for sql, values, word in (
                (("approvals", "status", "id = ?"), ("approved", appr), "the status"),
                (("approvals", "needed", "id = ?"), (1, appr), "what is needed"),
                (("approvals", "round", "id = ?"), (1, appr), "the round"),
                (("approval_tasks", "vote", f"{mine} AND no = 4"), ("approve", appr), "the tasks"),
                (("approval_tasks", "user_id", f"{mine} AND no = 4"), ("eve", appr), "the tasks"),
                (("approval_visits", "outcome", f"{mine} AND no = 1"), ("approved", appr),
                 "the path"),
                (("timers", "due_at", f"{mine} AND kind = 'sla'"), (1, appr), "the timers"),
                (("approval_events", "actor_id", f"{mine} AND seq = 2"), ("eve", appr), "event 2"),
                (("approval_events", "action", f"{mine} AND seq = 4"), ("reject", appr), None)):
            with self.subTest(what=sql):
                with self.edited(sql, *values):
                    code, text = self.verify(appr)
                    self.assertEqual(code, 1, text)
                    self.assertTrue(text.startswith(f"{appr}: different: "), text)
                    self.assertIn(word or "", text)
                self.assertEqual(self.verify(appr)[0], 0)
        with self.edited(("approvals", "status", "id = ?"), "approved", appr):
            code, text = self.verify()
            self.assertEqual((code, " 1 different," in text), (1, True), text)
            self.assertEqual([line.split(":")[0] for line in text.splitlines()[:-1]], [appr])

    def test_one_that_is_not_there(self):
        done = service.ctl("verify", "appr-nobody")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("Approval not found", done.stderr)
        self.assertEqual(service.ctl("verify", "a", "b").returncode, 2)
