"""Workflows as such: statuses, versions, validate, simulate, migrate."""
import datetime

from harness import ApprovalCase, Service, quote, unique

service = Service()
WORKFLOWS = "/api/v1/workflows"


def setUpModule():
    service.start()


def tearDownModule():
    service.stop_verified()


class Workflows(ApprovalCase):
    service = service

    def patch(self, wf, body, headers=None):
        return service.request("PATCH", f"{WORKFLOWS}/{quote(wf)}", body, headers)

    def listed(self):
        return {w["id"]: w["status"] for w in service.get(WORKFLOWS).json}


class Status(Workflows):
    def set_status(self, wf, status):
        a = self.assert_status(self.patch(wf, {"status": status}), 200)
        self.assertEqual((a.json["id"], a.json["status"]), (wf, status))
        return a.json

    def test_inactive_takes_no_submissions(self):
        wf = service.publish({"approvers": ["ann"]})
        running = service.submit(wf)
        self.set_status(wf, "inactive")
        self.assertEqual(self.listed()[wf], "inactive")
        with self.nothing_changes("audit_logs"):
            body = self.assert_problem(service.ask(wf), 409)
        self.assertIn("inactive", body["detail"])
        self.assert_act(running, "ann", "approve", "approved")
        self.set_status(wf, "active")
        service.submit(wf)

    def test_archived_is_hidden_too(self):
        wf = service.publish({})
        running = service.submit(wf)
        self.set_status(wf, "archived")
        self.assertNotIn(wf, self.listed())
        self.assert_problem(service.ask(wf), 409)
        self.assert_status(service.get(f"{WORKFLOWS}/{wf}"), 200)
        self.assert_act(running, "ann", "approve", "approved")

    def test_a_new_version_does_not_wake_it(self):
        wf = service.publish({"id": "a"})
        self.set_status(wf, "inactive")
        service.publish({"id": "b"}, id=wf)
        self.assertEqual(self.listed()[wf], "inactive")
        self.assert_problem(service.ask(wf), 409)

    def test_is_audited_once(self):
        wf = service.publish({})
        self.set_status(wf, "inactive")
        with self.nothing_changes():
            self.set_status(wf, "inactive")
        self.assertEqual([r["action"] for r in self.audit(wf)],
                         ["workflow.created", "workflow.status"])

    def test_what_is_refused(self):
        wf = service.publish({})
        with self.nothing_changes():
            for body, pointers in (({}, ["/status"]), ({"status": "gone"}, ["/status"]),
                                   ({"status": None}, ["/status"]),
                                   ({"status": "active", "name": "x"}, ["/name"])):
                self.assert_problem(self.patch(wf, body), 422, pointers=pointers)
            self.assert_problem(self.patch("nobody", {"status": "active"}), 404,
                                "Workflow not found")


class Versions(Workflows):
    def test_all_of_them_and_one(self):
        wf = service.publish({"id": "a"}, version="1", created_by="ops")
        service.publish({"id": "b"}, id=wf, version="2")
        service.publish({"id": "b"}, id=wf, version="2")
        versions = self.assert_status(service.get(f"{WORKFLOWS}/{wf}/versions"), 200).json
        self.assertEqual([(v["revision"], v["version"], v["created_by"]) for v in versions],
                         [(2, "2", None), (1, "1", "ops")])
        self.assertNotEqual(versions[0]["sha256"], versions[1]["sha256"])
        for version, stage in zip(versions, "ba"):
            one = self.assert_status(
                service.get(f"{WORKFLOWS}/{wf}/versions/{version['revision']}"), 200).json
            self.assertEqual((one["revision"], one["sha256"], one["workflow"]["version"]),
                             (version["revision"], version["sha256"], version["version"]))
            self.assertEqual([s["id"] for s in one["stages"]], [stage])
        self.assertEqual(service.get(f"{WORKFLOWS}/{wf}").json["revision"], 2)

    def test_what_is_not_there(self):
        wf = service.publish({})
        for path in ("nobody/versions", "nobody/versions/1", f"{wf}/versions/2",
                     f"{wf}/versions/0", f"{wf}/versions/-1", f"{wf}/versions/one",
                     f"{wf}/versions/1.0", f"{wf}/versions/99999999999999999999"):
            with self.subTest(path=path):
                self.assert_problem(service.get(f"{WORKFLOWS}/{path}"), 404, "Workflow not found")


class Validate(Workflows):
    def report(self, definition):
        with self.nothing_changes():
            a = self.assert_status(service.post(f"{WORKFLOWS}/validate", definition), 200)
        self.assertEqual(a.json["valid"], not a.json["errors"])
        return a.json

    def pointers(self, definition, what):
        return {e["pointer"] for e in self.report(definition)[what]}

    def test_a_good_one(self):
        self.assertEqual(self.report({"stages": [{}]}),
                         {"valid": True, "errors": [], "warnings": []})

    def test_errors_are_those_of_publishing(self):
        for definition in ({}, {"stages": {}}, {"stages": [{"type": "x", "quorum": "0%"}]},
                           {"id": "", "title": "{{", "stages": [{"id": "a"}, {"id": "a"}]},
                           {"calendar": "nobody-has-it", "stages": [{}]}):
            with self.subTest(definition=definition):
                errors = self.report(definition)["errors"]
                a = self.assert_problem(service.post(WORKFLOWS, definition), 422)
                self.assertEqual(errors, a["errors"])
        self.assertEqual(self.report({"stages": []})["errors"],
                         [{"pointer": "/stages", "detail": "Workflow has no stages"}])

    def test_warnings(self):
        self.assertEqual(self.pointers(
            {"stage": 1, "stages": [
                {"qourum": 2, "actions": ["approve", "fly"], "escalations": {"timeout": "1h"}},
                {"approvers": [service.group()]}]}, "warnings"),
            {"/stage", "/stages/0/qourum", "/stages/0/actions/1", "/stages/0/escalations",
             "/stages/1"})

    def test_bodies_that_are_none(self):
        for body in (b"[]", b"{", b"1"):
            self.assert_problem(service.post(f"{WORKFLOWS}/validate", body), 422)


class Simulate(Workflows):
    DEFINITION = {"stages": [
        {"id": "a", "approvers": ["ann", "rita", "bob"], "sla": {"duration": "1h"}},
        {"id": "b", "conditions": {"risk_gt": 1}},
        {"id": "c", "type": "parallel", "quorum": 2}]}

    def simulate(self, **body):
        body = dict({"payload": {}, "requester_id": "rita"}, **body)
        with self.nothing_changes():
            return self.assert_status(service.post(f"{WORKFLOWS}/simulate", body), 200).json

    def test_everybody_approves(self):
        got = self.simulate(definition=self.DEFINITION)
        self.assertEqual((got["outcome"], got["error"], got["refused"]), ("approved", None, []))
        self.assertEqual(
            [(s["stage"], s["visit"], s["outcome"], s["asked"], s["role"], s["needed"],
              s["because"]) for s in got["path"]],
            [("a", 1, "approved", ["ann", "bob"], None, 2, "it is the first stage"),
             ("b", 0, "skipped", [], None, None, "its conditions do not hold"),
             ("c", 1, "approved", [], "approver", 2, "stage b was skipped")])
        due = [datetime.datetime.fromisoformat(got["path"][0][k].replace("Z", "+00:00"))
               for k in ("entered", "due_at")]
        self.assertEqual(due[1] - due[0], datetime.timedelta(hours=1))
        got = self.simulate(definition=self.DEFINITION, payload={"risk": 2})
        self.assertEqual([s["outcome"] for s in got["path"]], ["approved"] * 3)

    def test_a_stored_one(self):
        wf = service.publish(*self.DEFINITION["stages"])
        self.assertEqual([s["stage"] for s in self.simulate(workflow_id=wf)["path"]],
                         ["a", "b", "c"])
        self.assert_status(self.patch(wf, {"status": "inactive"}), 200)
        self.assertEqual(self.simulate(workflow_id=wf)["outcome"], "approved")

    def test_votes(self):
        def vote(who, stage, action):
            return {"actor_id": who, "stage": stage, "action": action}
        got = self.simulate(definition=self.DEFINITION, votes=[])
        self.assertEqual((got["outcome"], [s["outcome"] for s in got["path"]]),
                         ("pending", ["open"]))
        got = self.simulate(definition=self.DEFINITION, votes=[
            vote("bob", "a", "approve"), vote("ann", "a", "abstain"), vote("eve", "a", "approve"),
            vote("bob", "a", "approve"), vote("rita", "c", "approve"), vote("zoe", "c", "reject"),
            vote("zoe", "c", "approve")])
        self.assertEqual((got["outcome"], [s["outcome"] for s in got["path"]]),
                         ("rejected", ["approved", "skipped", "rejected"]))
        self.assertEqual(len(got["refused"]), 4)
        for text, refused in zip(("not yet the turn", "not among those asked", "made this request",
                                  "already rejected"), got["refused"]):
            self.assertIn(text, refused)

    def test_a_loop_ends(self):
        definition = {"max_visits": 3, "stages": [{"id": "a"}],
                      "transitions": [{"from": "a", "on": "approve", "to": "a"}]}
        got = self.simulate(definition=definition)
        self.assertEqual((got["outcome"], [s["visit"] for s in got["path"]]),
                         ("rejected", [1, 2, 3]))

    def test_that_nothing_is_stored_of_a_group(self):
        group = service.group("ann", "bob")
        got = self.simulate(definition={"stages": [{"type": "parallel", "approvers": [group],
                                                    "quorum": "all"}]})
        self.assertEqual(got["path"][0]["asked"], ["ann", "bob"])

    def test_what_is_refused(self):
        wf = service.publish({}, payload_schema={"required": ["n"]}, submit_by=["sue"])
        good = {"workflow_id": wf, "payload": {"n": 1}, "requester_id": "sue"}
        self.simulate(**good)
        vote = {"actor_id": "ann", "stage": "s", "action": "approve"}
        with self.nothing_changes():
            for more, status, pointers in (
                    ({"payload": {}}, 422, ["/payload"]),
                    ({"requester_id": "rita"}, 403, None),
                    ({"workflow_id": "nobody"}, 404, None),
                    ({"workflow_id": None}, 422, [""]),
                    ({"definition": {"stages": [{}]}}, 422, [""]),
                    ({"workflow_id": None, "definition": {"stages": [{"type": "x"}]}}, 422,
                     ["/stages/0/type"]),
                    ({"payload": None, "requester_id": 5}, 422, ["/payload", "/requester_id"]),
                    ({"extra": 1}, 422, ["/extra"]),
                    ({"votes": [vote, dict(vote, action="withdraw"), dict(vote, more=1), 5]}, 422,
                     ["/votes/1/action", "/votes/2/more", "/votes/3"]),
                    ({"votes": [vote] * 201}, 422, ["/votes"])):
                with self.subTest(more=more):
                    a = service.post(f"{WORKFLOWS}/simulate", dict(good, **more))
                    self.assert_problem(a, status, pointers=pointers)


class Migrate(Workflows):
    def migrate(self, wf, **body):
        return service.post(f"{WORKFLOWS}/{quote(wf)}/migrate", body)

    def results(self, answer):
        self.assert_status(answer, 200)
        return {m["approval_id"]: m["result"] for m in answer.json["approvals"]}

    def setUp(self):
        """Three that run: in a stage that stays, in one that is changed, in one that is gone."""
        self.wf = service.publish({"id": "same", "approvers": ["ann"]},
                                  {"id": "changed", "approvers": ["bob"]},
                                  {"id": "gone", "approvers": ["cid"]}, version="1")
        self.same, self.changed, self.gone, self.done, self.returned = (
            service.submit(self.wf) for _ in range(5))
        for appr, people in ((self.changed, ["ann"]), (self.gone, ["ann", "bob"]),
                             (self.done, ["ann", "bob", "cid"])):
            for who in people:
                self.assert_status(service.act(appr, who, "approve"), 200)
        self.assert_act(self.returned, "ann", "request_changes", "returned")
        service.publish({"id": "same", "approvers": ["ann"]},
                        {"id": "changed", "approvers": ["bob", "dan"]}, id=self.wf, version="2")

    def revisions(self):
        return [service.detail(a)["revision"] for a in (self.same, self.changed, self.gone,
                                                        self.done, self.returned)]

    WHAT = ("stays", "enters_again", "blocked", "stays")

    def expected(self):
        return dict(zip((self.same, self.changed, self.gone, self.returned), self.WHAT))

    def test_a_dry_run_changes_nothing(self):
        with self.nothing_changes():
            a = self.migrate(self.wf, dry_run=True)
        self.assertEqual(self.results(a), self.expected())
        self.assertEqual((a.json["workflow_id"], a.json["revision"], a.json["dry_run"],
                          a.json["next"]), (self.wf, 2, True, None))
        for m in a.json["approvals"]:
            self.assertEqual(m["from_revision"], 1)
            self.assertEqual(m["reason"] is not None, m["result"] == "blocked")
        self.assertEqual(self.revisions(), [1] * 5)

    def test_each_is_moved_as_was_said(self):
        a = self.migrate(self.wf)
        self.assertEqual(self.results(a), self.expected())
        self.assertEqual(self.revisions(), [2, 2, 1, 1, 2])
        self.assertEqual(self.path_of(self.same), [("same", 1, "open")])
        self.assertEqual(self.path_of(self.changed),
                         [("same", 1, "approved"), ("changed", 1, "left"), ("changed", 2, "open")])
        event = [e for e in service.detail(self.changed)["events"] if e["action"] == "migrated"][0]
        self.assertEqual((event["data"]["from_revision"], event["data"]["revision"]), (1, 2))
        self.assertIn("approval.migrated", [r["action"] for r in self.audit(self.changed)])
        self.assert_act(self.changed, "bob", "approve", "pending", "changed")
        self.assert_act(self.changed, "dan", "approve", "approved")
        self.assert_act(self.same, "ann", "approve", "pending", "changed")
        self.assert_act(self.gone, "cid", "approve", "approved")
        self.assert_act(self.returned, "rita", "resubmit", "pending", "same")
        self.assertEqual(service.detail(self.same)["workflow_version"], "2")

    def test_again_and_back(self):
        self.migrate(self.wf)
        self.assertEqual(self.results(self.migrate(self.wf)), {self.gone: "blocked"})
        self.assertEqual(self.results(self.migrate(self.wf, revision=1)),
                         {self.same: "stays", self.changed: "enters_again",
                          self.returned: "stays"})
        self.assertEqual(self.revisions(), [1] * 5)

    def test_approvals_of_a_stage_that_was_changed_are_not_carried(self):
        def stages(*people):
            return ({"id": "legal", "approvers": people, "covers": ["/terms"]},
                    {"id": "risk", "approvers": ["bob"], "covers": ["/terms"]},
                    {"id": "pay", "approvers": ["cid"]})
        wf = service.publish(*stages("ann"))
        appr = service.submit(wf, payload={"terms": "net", "n": 1})
        self.assert_act(appr, "ann", "approve", "pending", "risk")
        self.assert_act(appr, "bob", "approve", "pending", "pay")
        service.publish(*stages("ann", "lea"), id=wf)
        with self.nothing_changes():
            self.assertEqual(self.results(self.migrate(wf, dry_run=True)), {appr: "stays"})
        self.assertEqual(self.results(self.migrate(wf)), {appr: "stays"})
        self.assertEqual(self.path_of(appr), [("legal", 1, "outdated"), ("risk", 1, "approved"),
                                              ("pay", 1, "open")])
        self.assert_act(appr, "cid", "request_changes", "returned")
        self.assert_act(appr, "rita", "resubmit", "pending", "legal",
                        payload={"terms": "net", "n": 2})
        self.assert_act(appr, "ann", "approve", "pending", "legal")
        self.assert_act(appr, "lea", "approve", "pending", "pay")
        self.assertEqual(self.path_of(appr)[3:], [("legal", 2, "approved"), ("risk", 0, "carried"),
                                                  ("pay", 2, "open")])
        self.assertEqual(self.results(self.migrate(wf, revision=1)), {appr: "stays"})
        self.assert_act(appr, "rita", "edit", "pending", "legal", payload={"terms": "net", "n": 3})
        self.assertEqual(self.open_users(appr), ["ann"])

    def test_in_pages(self):
        wf = service.publish({"id": "a"})
        ids = [service.submit(wf) for _ in range(103)]
        service.publish({"id": "a"}, id=wf, version="2")
        a = self.migrate(wf)
        self.assertEqual((len(a.json["approvals"]), a.json["next"]), (100, ids[99]))
        b = self.migrate(wf, after=a.json["next"])
        self.assertEqual([m["approval_id"] for m in b.json["approvals"]], ids[100:])
        self.assertIsNone(b.json["next"])
        self.assertEqual(service.one("SELECT count(*) FROM approvals WHERE workflow_id = ?"
                                     " AND revision = 2", wf), 103)

    def test_what_is_refused(self):
        with self.nothing_changes("audit_logs"):
            self.assert_problem(self.migrate("nobody"), 404, "Workflow not found")
            self.assert_problem(self.migrate(self.wf, revision=3), 404)
            for body, pointer in (({"revision": 0}, "/revision"), ({"revision": "2"}, "/revision"),
                                  ({"dry_run": 1}, "/dry_run"), ({"all": True}, "/all"),
                                  ({"after": ""}, "/after")):
                self.assert_problem(self.migrate(self.wf, **body), 422, pointers=[pointer])

    def test_with_a_key(self):
        key = {"Idempotency-Key": unique("key")}
        path = f"{WORKFLOWS}/{self.wf}/migrate"
        first = self.assert_status(service.post(path, {}, key), 200)
        with self.nothing_changes():
            again = service.post(path, {}, key)
        self.assertEqual((again.body, again.header("Idempotency-Replayed")), (first.body, "true"))
