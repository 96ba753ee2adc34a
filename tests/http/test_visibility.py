"""What one may not know of is not there; what one may decide is one's own and nothing else."""
import hashlib

from door import Door, DoorCase
from harness import unique

service = Door()

PEOPLE = {"rita": ["requester"], "ron": ["requester"], "alice": ["approver"], "bob": ["approver"],
          "carl": ["approver"], "olga": [], "stranger": [], "gateway": ["service"],
          "viewer": ["viewer"], "auditor": ["auditor"], "root": ["admin"],
          "insider": ["requester"], "seer": ["viewer", "requester"]}
OVERSEE = {"viewer", "seer", "auditor", "root"}
EMPTY = hashlib.sha256(b"{}").hexdigest()


def setUpModule():
    service.start()
    for name, roles in PEOPLE.items():
        service.person(name, *roles)
    service.made("root", "POST", "/api/v1/groups", {"id": "insiders", "members": ["insider", "seer"]})
    service.workflow("named", {"id": "s", "approvers": ["alice"]}, {"id": "t", "approvers": ["bob"]})
    service.workflow("open", {"id": "s"})
    service.workflow("owned", {"id": "s", "approvers": ["alice"]}, owners=["olga"])
    service.workflow("hidden", {"id": "s", "approvers": ["alice"]}, visible_to=["group:insiders"])
    service.workflow("by-role", {"id": "s", "approvers": ["alice"]}, visible_to=["role:service"])
    service.workflow("his", {"id": "s", "approvers": ["insider", "alice"], "type": "parallel"})


def tearDownModule():
    service.stop_verified()


class VisibilityCase(DoorCase):
    service = service

    def hides(self, answer, path, method="GET", body=None):
        """Exactly as what is not there."""
        problem = self.assert_problem(answer, 404)
        del problem["instance"]
        other = self.assert_problem(service.by("root", method, path, body), 404)
        del other["instance"]
        self.assertEqual(problem, other)
        self.assertEqual([k for k, _ in answer.headers if k.lower() == "etag"], [])


class Approvals(VisibilityCase):
    def assert_seen_by(self, approval, *people, unlisted=()):
        """By these and by nobody else, at each door. unlisted: see it, and must know that it is there."""
        for who in PEOPLE:
            sees = who in people
            base = f"/api/v1/approvals/{approval}"
            none = "/api/v1/approvals/appr-that-is-not-there"
            calls = [("GET", "", None), ("GET", "/outlook", None), ("GET", f"?actor_id={who}", None),
                     ("POST", "/actions", {"action": "comment", "comment": "c", "expected_seq": 999}),
                     ("POST", "/consume", {"payload_sha256": EMPTY})]
            for method, path, body in calls:
                with self.subTest(who=who, method=method, path=path):
                    a = service.by(who, method, base + path, body)
                    if sees:
                        self.assertIn(a.status, (200, 403, 409, 412), a)
                    else:
                        self.hides(a, none + path.replace(f"actor_id={who}", "actor_id=root"), method,
                                   body)
            with self.subTest(who=who):
                sees = sees and who not in unlisted
                waits = service.seen_by("root", approval).json["status"] == "pending"
                for query, listed in (("", sees), ("&status_filter=pending", sees and waits)):
                    list = service.made(who, "GET", f"/api/v1/approvals?limit=200{query}")
                    self.assertEqual(approval in [a["id"] for a in list], listed, query)
                home = service.by(who, "GET", "/").body.decode()
                self.assertEqual(approval in home, sees and waits)

    def test_whom_it_concerns(self):
        approval = service.request_of("rita", "named")
        self.assert_seen_by(approval, "rita", "alice", *OVERSEE)
        self.assert_status(service.act_by("alice", approval, "approve"), 200)
        self.assert_seen_by(approval, "rita", "alice", "bob", *OVERSEE)
        self.assert_status(service.act_by("bob", approval, "reject"), 200)
        self.assert_seen_by(approval, "rita", "alice", "bob", *OVERSEE)

    def test_an_open_slate_while_it_is_open(self):
        approval = service.request_of("rita", "open")
        self.assert_seen_by(approval, "rita", "alice", "bob", "carl", *OVERSEE)
        self.assert_status(service.act_by("carl", approval, "approve"), 200)
        self.assert_seen_by(approval, "rita", "carl", *OVERSEE)

    def test_who_sent_it(self):
        approval = service.request_of("gateway", "named", requester_id="ron")
        self.assert_seen_by(approval, "ron", "gateway", "alice", *OVERSEE)

    def test_who_owns_the_workflow(self):
        self.assert_seen_by(service.request_of("rita", "owned"), "rita", "alice", "olga", *OVERSEE,
                            unlisted=["olga"])

    def test_who_was_handed_the_place(self):
        approval = service.request_of("rita", "named")
        self.assert_status(service.act_by("alice", approval, "delegate", assignee="carl"), 200)
        self.assert_seen_by(approval, "rita", "alice", "carl", *OVERSEE)

    def test_of_a_workflow_that_is_limited(self):
        """It limits viewers, not whom a request concerns, nor who answers for all."""
        approval = service.request_of("insider", "hidden")
        self.assert_seen_by(approval, "insider", "alice", "seer", "auditor", "root")
        approval = service.request_of("gateway", "by-role", requester_id="rita")
        self.assert_seen_by(approval, "gateway", "rita", "alice", "auditor", "root")

    def test_a_role_that_is_gone(self):
        for role, workflow in (("viewer", "named"), ("approver", "open"), ("auditor", "named")):
            name = service.person(unique("was"), role)
            approval = service.request_of("rita", workflow)
            self.assert_status(service.seen_by(name, approval), 200)
            service.made("root", "PATCH", f"/api/v1/users/{name}", {"roles": []})
            self.assert_problem(service.seen_by(name, approval), 404)
            self.assertEqual(service.by(name, "GET", "/api/v1/approvals").json, [])


class Workflows(VisibilityCase):
    def test_one_that_is_limited(self):
        allowed = {"hidden": {"insider", "seer", "auditor", "root"},
                   "by-role": {"gateway", "auditor", "root"}}
        submission = {"target_entity": "t", "payload": {}}
        for workflow, people in allowed.items():
            for who, roles in PEOPLE.items():
                with self.subTest(workflow=workflow, who=who):
                    sees = who in people
                    ids = [w["id"] for w in service.by(who, "GET", "/api/v1/workflows").json]
                    self.assertEqual(workflow in ids, sees)
                    home = service.by(who, "GET", "/").body.decode()
                    self.assertEqual(f'/api/v1/workflows/{workflow}"' in home, sees)
                    for path in ("", "/versions", "/versions/1"):
                        a = service.by(who, "GET", f"/api/v1/workflows/{workflow}{path}")
                        if sees:
                            self.assert_status(a, 200)
                        else:
                            self.hides(a, f"/api/v1/workflows/no-such-workflow{path}")
                    a = service.by(who, "POST", "/api/v1/workflows/simulate",
                                   {"workflow_id": workflow, "payload": {}})
                    self.assert_status(a, 200 if sees else 404)
                    if not set(roles) & {"requester", "service", "admin"}:
                        continue
                    a = service.by(who, "POST", "/api/v1/approvals",
                                   {"workflow_id": workflow, **submission})
                    self.assert_status(a, 201 if sees else 404)
                    if not sees:
                        self.hides(a, "/api/v1/approvals", "POST",
                                   {"workflow_id": "no-such-workflow", **submission})

    def test_who_leaves_the_group(self):
        name = service.person(unique("leaver"), "requester")
        members = service.made("root", "GET", "/api/v1/groups/insiders")["members"]
        service.made("root", "PATCH", "/api/v1/groups/insiders", {"members": [*members, name]})
        self.assert_status(service.by(name, "GET", "/api/v1/workflows/hidden"), 200)
        mine = service.request_of(name, "hidden")
        others = service.request_of("insider", "hidden")
        service.made("root", "PATCH", "/api/v1/groups/insiders", {"members": members})
        self.assert_problem(service.by(name, "GET", "/api/v1/workflows/hidden"), 404)
        self.assert_problem(service.seen_by(name, others), 404)
        self.assert_status(service.seen_by(name, mine), 200)

    def test_one_that_becomes_limited(self):
        workflow = service.workflow(unique("wf"), {"id": "s", "approvers": ["alice"]})
        approval = service.request_of("rita", workflow)
        self.assert_status(service.seen_by("viewer", approval), 200)
        service.workflow(workflow, {"id": "s", "approvers": ["alice"]}, visible_to=["user:ron"])
        self.assert_problem(service.by("rita", "GET", f"/api/v1/workflows/{workflow}"), 404)
        self.assert_problem(service.by("rita", "GET", f"/api/v1/workflows/{workflow}/versions/1"), 404)
        self.assert_problem(service.seen_by("viewer", approval), 404)
        self.assert_status(service.seen_by("rita", approval), 200)
        self.assert_status(service.by("ron", "GET", f"/api/v1/workflows/{workflow}"), 200)


class Deciding(VisibilityCase):
    def refused(self, who, approval, status=403, action="approve", **more):
        with self.nothing_changes("audit_logs"):
            return self.assert_problem(service.act_by(who, approval, action, **more), status)

    def test_nobody_decides_his_own(self):
        """Named, by a role, handed on, put in by an administrator, or as one."""
        service.person("lone", "requester", "approver", "admin")
        service.workflow("lone", {"id": "s", "approvers": ["lone", "alice"], "type": "parallel"})
        service.made("root", "POST", "/api/v1/groups", {"id": "lone", "members": ["lone", "alice"]})
        service.workflow("lone-group", {"id": "s", "approvers": ["group:lone"], "type": "parallel",
                                        "quorum": 1})
        for workflow in ("lone", "lone-group", "open", "named"):
            with self.subTest(workflow=workflow):
                approval = service.request_of("lone", workflow)
                for action in ("approve", "reject", "abstain", "request_changes"):
                    self.refused("lone", approval, action=action)
                self.refused("lone", approval, action="reassign", assignee="lone",
                             metadata={"from": "alice"})
                self.refused("lone", approval, action="re_resolve")
                can = service.seen_by("lone", approval).json["can_act"]
                self.assertEqual([k for k in ("approve", "reject", "abstain", "delegate", "reassign",
                                              "re_resolve") if can[k]["allowed"]], [])
                self.assertNotIn("lone", service.seen_by("root", approval).json["slate"]["users"])
                a = service.act_by("alice", approval, "delegate", assignee="lone")
                self.assert_problem(a, 422)
                self.assert_status(service.act_by("alice", approval, "approve"), 200)

    def test_an_approver_decides_what_is_his_and_nothing_else(self):
        approval = service.request_of("rita", "named")
        for who, status in (("bob", 404), ("carl", 404), ("stranger", 404), ("gateway", 404),
                            ("ron", 404), ("rita", 403), ("viewer", 403), ("auditor", 403),
                            ("root", 403)):
            for action in ("approve", "reject", "abstain", "request_changes", "claim"):
                with self.subTest(who=who, action=action):
                    self.refused(who, approval, status, action)
        for action, more in (("cancel", {"comment": "c"}), ("withdraw", {}), ("re_resolve", {}),
                             ("reassign", {"assignee": "carl", "metadata": {"from": "alice"}}),
                             ("edit", {"payload": {"amount": 1}})):
            self.refused("alice", approval, action=action, **more)
        self.assert_status(service.act_by("alice", approval, "approve"), 200)
        self.refused("alice", approval, 403, "reject")
        for who in ("carl", "rita", "root"):
            self.refused(who, approval, 404 if who == "carl" else 403)
        self.assert_status(service.act_by("bob", approval, "approve"), 200)

    def test_names_in_the_body_are_not_believed(self):
        approval = service.request_of("rita", "named")
        for who in ("bob", "rita", "root", "gateway", "auditor", "stranger"):
            self.refused(who, approval, 403, actor_id="alice")
        for actor in ("system", "anonymous", "ALICE", "alice ", "user:alice"):
            with self.nothing_changes("audit_logs"):
                a = service.act_by("root", approval, "approve", actor_id=actor)
                self.assertIn(a.status, (403, 422), a)
        a = service.act_by("alice", approval, "approve", actor_id="alice")
        self.assert_status(a, 200)

    def test_what_is_lost_on_the_way_does_not_decide(self):
        name = service.person(unique("was"), "approver", "cfo")
        service.person(unique("is"), "approver", "cfo")
        workflow = service.workflow(unique("wf"), {"id": "s", "approvers": ["role:cfo"],
                                                   "type": "parallel"})
        approval = service.request_of("rita", workflow)
        opened = service.request_of("rita", "open")
        service.made("root", "PATCH", f"/api/v1/users/{name}", {"roles": ["viewer"]})
        for one in (approval, opened):
            self.refused(name, one)

    def test_only_its_requester_consumes(self):
        approval = service.request_of("rita", "open", valid_for="1h")
        self.assert_status(service.act_by("alice", approval, "approve"), 200)
        path, body = f"/api/v1/approvals/{approval}/consume", {"payload_sha256": EMPTY}
        for who, status in (("alice", 403), ("root", 403), ("viewer", 403), ("bob", 404),
                            ("ron", 404)):
            self.assert_problem(service.by(who, "POST", path, body), status)
            self.assert_problem(service.by(who, "POST", path, {**body, "actor_id": "rita"}), 403)
        self.assert_status(service.by("rita", "POST", path, body), 200)
        self.assert_problem(service.by("rita", "POST", path, body), 409)


class Proof(VisibilityCase):
    def test_the_auditor_proves_the_log_whole(self):
        first = service.made("auditor", "GET", "/api/v1/audit/head")
        kept = f"{first['id']}:{first['mac']}"
        approval = service.request_of("rita", "open")
        service.act_by("rita", approval, "approve")
        service.act_by("alice", approval, "approve")
        count = service.one("SELECT count(*) FROM audit_logs")
        checked = service.made("auditor", "GET", f"/api/v1/audit/verify?head={kept}")
        self.assertTrue(checked["ok"], checked)
        self.assertEqual((checked["entries"], checked["first_bad"], checked["next_from"]),
                         (count, None, None))
        self.assertEqual(checked["head"]["id"], count)
        self.assertEqual(checked["head"]["unsealed"], 0)
        wrong = f"{first['id']}:{'0' * len(first['mac'])}"
        checked = service.made("auditor", "GET", f"/api/v1/audit/verify?head={wrong}")
        self.assertEqual((checked["ok"], checked["first_bad"]["id"]), (False, first["id"]))
        beyond = f"{count + 1000}:{first['mac']}"
        self.assertFalse(service.made("auditor", "GET", f"/api/v1/audit/verify?head={beyond}")["ok"])
        told = service.made("auditor", "GET", f"/api/v1/audit?entity_id={approval}")
        self.assertEqual([(e["action"], e["actor_id"]) for e in reversed(told)],
                         [("approval.submitted", "rita"), ("approval.approve.refused", "rita"),
                          ("approval.approve", "alice")])

    def test_nobody_else_reads_it(self):
        for who in PEOPLE:
            for path in ("", "/head", "/verify"):
                status = 200 if who in ("auditor", "root") else 403
                self.assert_status(service.by(who, "GET", f"/api/v1/audit{path}"), status)

    def test_reading_it_leaves_a_trace(self):
        before = service.one("SELECT max(id) FROM audit_logs")
        service.made("auditor", "GET", "/api/v1/audit?actor_id=rita")
        rows = service.rows("SELECT actor_id, action FROM audit_logs WHERE id > ?", before)
        self.assertEqual(rows, [{"actor_id": "auditor", "action": "audit.read"}])


class Directory(VisibilityCase):
    def test_how_others_can_be_reached_is_for_few(self):
        service.made("root", "POST", "/api/v1/users", {"id": "phone", "email": "p@example.org",
                                                       "phone": "+49 1"})
        for who in PEOPLE:
            seen = service.made(who, "GET", "/api/v1/users/phone")
            listed = next(u for u in service.made(who, "GET", "/api/v1/users?limit=200")
                          if u["id"] == "phone")
            for user in (seen, listed):
                expected = ("p@example.org", "+49 1") if who in ("root", "auditor") else (None, None)
                self.assertEqual((user["email"], user["phone"]), expected)
