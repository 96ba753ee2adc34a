"""The contract of the 0.4 service, as its clients use it, and what it got wrong."""
import concurrent.futures
import datetime
import json
import re

import harness
from harness import HttpCase, Service, quote, unique

QUERY_RULES = {"auto_approval_rules": {"by_action_type": {"query": {"enabled": True}}}}

service = Service(rules=QUERY_RULES)


def setUpModule():
    service.start()


def tearDownModule():
    service.stop()


TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")


class Wire(HttpCase):
    service = service

    def assert_time(self, text):
        self.assertRegex(text, TIME)
        datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Health(Wire):
    def test_health(self):
        a = self.assert_status(service.get("/health"), 200)
        self.assertEqual(a.json, {"status": "healthy",
                                  "version": (harness.ROOT / "VERSION").read_text().strip()})
        self.assertEqual(a.header("Content-Type"), "application/json")

    def test_livez_and_readyz(self):
        for path in ("/livez", "/readyz"):
            a = self.assert_status(service.get(path), 200)
            self.assertEqual(a.header("Content-Type"), "application/health+json")
            self.assertEqual(a.json["status"], "pass")

    def test_probes_never_write(self):
        with self.nothing_changes():
            for path in ("/health", "/livez", "/readyz"):
                service.get(path)

    def test_every_answer_has_a_request_id_of_its_own(self):
        ids = {service.get("/health").header("X-Request-Id") for _ in range(5)}
        self.assertEqual(len(ids), 5)
        self.assertNotIn(None, ids)


class Workflows(Wire):
    def test_create_gives_exactly_the_id(self):
        wf = unique("wf")
        a = service.post("/api/v1/workflows", {"id": wf, "stages": [{"id": "s1"}]})
        self.assert_status(a, 201)
        self.assertEqual(a.json, {"workflow_id": wf})
        self.assertEqual(a.header("Content-Type"), "application/json")

    def test_id_is_generated(self):
        a = self.assert_status(service.post("/api/v1/workflows", {"stages": [{}]}), 201)
        self.assertRegex(a.json["workflow_id"], r"^workflow-[0-9a-f]{8}$")
        b = service.post("/api/v1/workflows", {"stages": [{}]})
        self.assertNotEqual(a.json, b.json)

    def test_stage_ids_are_generated_from_one(self):
        wf = service.publish({"name": "first"}, {"id": "own"}, {})
        stages = service.get(f"/api/v1/workflows/{wf}").json["stages"]
        self.assertEqual([s["id"] for s in stages], [f"{wf}-stage-1", "own", f"{wf}-stage-3"])

    def test_generated_workflow_id_names_its_stages(self):
        a = service.post("/api/v1/workflows", {"stages": [{}]})
        wf = a.json["workflow_id"]
        got = service.get(f"/api/v1/workflows/{wf}").json
        self.assertEqual(got["stages"][0]["id"], f"{wf}-stage-1")
        self.assertEqual(got["workflow"], {"stages": [{}]}, "the definition is as it was posted")

    def test_defaults_of_a_stage(self):
        wf = service.publish({})
        stage = service.get(f"/api/v1/workflows/{wf}").json["stages"][0]
        self.assertEqual(stage["type"], "sequential")
        self.assertIsInstance(stage["position"], int)

    def test_stages_come_in_position_order(self):
        wf = service.publish({"id": "c", "position": 30}, {"id": "a", "position": 10},
                             {"id": "b", "position": 20})
        stages = service.get(f"/api/v1/workflows/{wf}").json["stages"]
        self.assertEqual([s["id"] for s in stages], ["a", "b", "c"])
        rows = service.rows("SELECT id FROM workflow_stages WHERE workflow_id = ?"
                            " ORDER BY position", wf)
        self.assertEqual([r["id"] for r in rows], ["a", "b", "c"])

    def test_definition_is_as_it_was_posted(self):
        body = {"id": unique("wf"), "name": "Grüße 🌍", "version": "2.1", "description": "d\n2",
                "stages": [{"id": "s", "name": "S", "type": "parallel", "approvers": ["a", "b"],
                            "quorum": 2, "sla": {"duration": "1.5h"},
                            "escalations": {"timeout": "2h", "target": "boss"},
                            "auto_rules": {"action_type": "write"}, "somebody_elses": [1, None]}],
                "notifications": {"approval.submitted": [{"channel": "email"}]},
                "analytics": {"track": True}, "created_by": "ops", "unknown": {"x": 1.50}}
        text = json.dumps(body, indent=3, ensure_ascii=False).replace('"x": 1.5', '"x": 1.50')
        self.assert_status(service.post("/api/v1/workflows", text.encode()), 201)
        a = service.get(f"/api/v1/workflows/{body['id']}")
        self.assertEqual(a.json["workflow"], body)
        self.assertEqual(list(a.json["workflow"]), list(body), "members keep their order")
        self.assertIn(b'"x":1.50}', a.body, "numbers are kept as they were sent")
        stage = a.json["stages"][0]
        self.assertEqual({k: stage[k] for k in body["stages"][0]}, body["stages"][0])

    def test_with_and_without_content_type(self):
        for kind in (None, "application/json", "application/json; charset=utf-8",
                     "Application/JSON"):
            with self.subTest(content_type=kind):
                a = service.post("/api/v1/workflows", json.dumps({"stages": [{}]}).encode(),
                                 {"Content-Type": kind})
                self.assert_status(a, 201)

    def test_list_holds_all_of_them(self):
        wanted = [service.publish({}, name=f"n{i}", version=f"{i}.0") for i in range(60)]
        rows = self.assert_status(service.get("/api/v1/workflows"), 200).json
        self.assertIsInstance(rows, list)
        by_id = {r["id"]: r for r in rows}
        self.assertEqual(len(by_id), len(rows))
        self.assertLessEqual(set(wanted), set(by_id))
        row = by_id[wanted[3]]
        self.assertLessEqual({"id", "name", "version", "status", "created_at", "updated_at"},
                             set(row))
        self.assertEqual((row["name"], row["version"], row["status"]), ("n3", "3.0", "active"))
        self.assert_time(row["created_at"])
        self.assert_time(row["updated_at"])

    def test_defaults_of_name_and_version(self):
        wf = service.publish({})
        row = next(r for r in service.get("/api/v1/workflows").json if r["id"] == wf)
        self.assertEqual((row["name"], row["version"]), (wf, "1.0"))

    def test_unknown_workflow(self):
        self.assert_problem(service.get("/api/v1/workflows/nobody"), 404, "Workflow not found")

    def test_id_with_odd_characters_is_found_again(self):
        for name in ("a/b", "50% off?", "ä ö", "#x", "..", "a+b", "x;y=z,w", "'quoted\""):
            with self.subTest(id=name):
                wf = name + unique(" ")
                self.assert_status(service.post("/api/v1/workflows", {"id": wf, "stages": [{}]}),
                                   201)
                a = self.assert_status(service.get(f"/api/v1/workflows/{quote(wf)}"), 200)
                self.assertEqual(a.json["workflow"]["id"], wf)

    def test_same_content_stores_nothing(self):
        body = {"id": unique("wf"), "name": "x", "stages": [{"id": "s", "quorum": 1}]}
        self.assert_status(service.post("/api/v1/workflows", body), 201)
        again = {"stages": [{"quorum": 1, "id": "s"}], "name": "x", "id": body["id"]}
        with self.nothing_changes():
            a = service.post("/api/v1/workflows", json.dumps(again, indent=4).encode())
        self.assert_status(a, 201)
        self.assertEqual(a.json, {"workflow_id": body["id"]})

    def test_posting_again_replaces_the_definition(self):
        wf = service.publish({"id": "old"}, name="one")
        created = next(r for r in service.get("/api/v1/workflows").json if r["id"] == wf)
        service.publish({"id": "new"}, id=wf, name="two")
        got = service.get(f"/api/v1/workflows/{wf}").json
        self.assertEqual(got["workflow"]["name"], "two")
        self.assertEqual([s["id"] for s in got["stages"]], ["new"])
        rows = [r for r in service.get("/api/v1/workflows").json if r["id"] == wf]
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows[0]["name"], "two")
        self.assertEqual(rows[0]["created_at"], created["created_at"])
        self.assertGreater(rows[0]["updated_at"], created["updated_at"])

    def test_one_stage_id_in_many_workflows(self):
        one, two = (service.publish({"id": "same", "approvers": [who]}) for who in ("ann", "bob"))
        first, second = service.submit(one), service.submit(two)
        self.assert_status(service.act(first, "bob", "approve"), 403)
        self.assertEqual(service.act(first, "ann", "approve").json["status"], "approved")
        self.assertEqual(service.act(second, "bob", "approve").json["status"], "approved")

    def test_no_stages(self):
        with self.nothing_changes():
            a = service.post("/api/v1/workflows", {"id": unique("wf"), "stages": []})
        self.assert_problem(a, 400, "Workflow has no stages")

    def test_created_is_audited(self):
        wf = service.publish({}, created_by="ops")
        service.publish({"id": "x"}, id=wf, created_by="dev")
        rows = self.audit(wf)
        self.assertEqual([(r["entity_type"], r["action"], r["actor_id"]) for r in rows][0],
                         ("workflow", "workflow.created", "ops"))
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows[1]["actor_id"], "dev")


class Submissions(Wire):
    def test_answer_and_facts(self):
        wf = service.publish({"id": "s1", "sla": {"duration": "1h"}})
        a = service.post("/api/v1/approvals", {"workflow_id": wf, "target_entity": "order/1",
                                               "payload": {"amount": 12.50},
                                               "requester_id": "rita"})
        self.assert_status(a, 201)
        self.assertEqual(set(a.json), {"approval_id", "status"})
        self.assertEqual(a.json["status"], "pending")
        self.assertTrue(a.json["approval_id"].startswith("appr-"))
        row = self.approval_row(a.json["approval_id"])
        self.assertEqual((row["workflow_id"], row["target_entity"], row["requester_id"],
                          row["status"], row["current_stage_id"], row["workflow_version"]),
                         (wf, "order/1", "rita", "pending", "s1", "1.0"))
        self.assertEqual(json.loads(row["payload"]), {"amount": 12.5})

    def test_without_content_type(self):
        wf = service.publish({})
        body = json.dumps({"workflow_id": wf, "target_entity": "t", "payload": {},
                           "requester_id": "r"}).encode()
        self.assert_status(service.post("/api/v1/approvals", body, {"Content-Type": None}), 201)

    def test_chunked_body(self):
        wf = service.publish({})
        body = json.dumps({"workflow_id": wf, "target_entity": "t", "payload": {"a": "b" * 3000},
                           "requester_id": "r"}).encode()
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in
                          (body[i:i + 700] for i in range(0, len(body), 700)))
        a = service.raw(b"POST /api/v1/approvals HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")
        self.assert_status(a, 201)

    def test_unknown_workflow(self):
        with self.nothing_changes():
            a = service.ask("nobody")
        self.assert_problem(a, 404, "Workflow not found")

    def test_unknown_top_level_members_are_ignored(self):
        wf = service.publish({})
        a = service.post("/api/v1/approvals", {"workflow_id": wf, "target_entity": "t",
                                               "payload": {}, "requester_id": "r", "extra": [1]})
        self.assert_status(a, 201)

    def test_events_and_audit(self):
        appr = service.submit(service.publish({}), "rita")
        self.assertEqual([(e["action"], e["actor_id"]) for e in self.events(appr)],
                         [("submitted", "rita")])
        self.assertEqual([(r["entity_type"], r["action"], r["actor_id"])
                          for r in self.audit(appr)], [("approval", "approval.submitted", "rita")])

    def test_status_is_true_when_approved_at_once(self):
        wf = service.publish({"id": "s", "auto_rules": {"action_type": "query"}})
        a = self.assert_status(service.ask(wf), 201)
        self.assertEqual(a.json["status"], "approved")
        appr = a.json["approval_id"]
        row = self.approval_row(appr)
        self.assertEqual((row["status"], row["current_stage_id"]), ("approved", None))
        submitted, approved = self.events(appr)
        self.assertEqual((submitted["action"], submitted["actor_id"]), ("submitted", "rita"))
        self.assertEqual((approved["action"], approved["actor_id"]), ("approve", "system"))
        self.assertEqual(json.loads(approved["data"])["rule"], "by_action_type.query")

    def test_payload_is_kept_as_sent(self):
        wf = service.publish({})
        payload = (' { "b" : 1.0 ,\n"a":[ -0, 1e400, 0.10, 12345678901234567890123 ],'
                   '"\\u00e9": "\\/ \\u0041 \t"}').replace("\t", "\\t")
        body = ('{"workflow_id":"%s","target_entity":"t","requester_id":"r","payload":%s}'
                % (wf, payload)).encode()
        a = self.assert_status(service.post("/api/v1/approvals", body), 201)
        appr = a.json["approval_id"]
        kept = ('{"b":1.0,"a":[-0,1e400,0.10,12345678901234567890123],'
                '"\\u00e9":"\\/ \\u0041 \\t"}')
        self.assertEqual(self.approval_row(appr)["payload"], kept)
        self.assertIn(b'"payload":' + kept.encode(),
                      service.get(f"/api/v1/approvals/{appr}").body)


class Lists(Wire):
    """Counts on a service of its own only where it says so: other tests submit too."""

    def test_shape(self):
        appr = service.submit(service.publish({"id": "s", "sla": {"duration": "2h"}}))
        row = service.get("/api/v1/approvals").json[0]
        self.assertEqual(set(row), {"id", "workflow_id", "status", "current_stage_id",
                                    "created_at", "updated_at", "sla_due_at"})
        self.assertEqual((row["id"], row["status"], row["current_stage_id"]),
                         (appr, "pending", "s"))
        for name in ("created_at", "updated_at", "sla_due_at"):
            self.assert_time(row[name])

    def test_newest_first_fifty_by_default_and_limit(self):
        wf = service.publish({})
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: service.submit(wf), range(205)))
        last = [service.submit(wf) for _ in range(5)]
        rows = service.get("/api/v1/approvals").json
        self.assertEqual(len(rows), 50)
        self.assertEqual([r["id"] for r in rows[:5]], last[::-1])
        times = [r["created_at"] for r in rows]
        self.assertEqual(times, sorted(times, reverse=True))
        for limit, length in (("1", 1), ("7", 7), ("200", 200), ("201", 200), ("1000000", 200),
                              ("99999999999999999999999", 200)):
            with self.subTest(limit=limit):
                a = self.assert_status(service.get(f"/api/v1/approvals?limit={limit}"), 200)
                self.assertEqual(len(a.json), length)
                self.assertEqual(a.json[0]["id"], last[-1])

    def test_status_filter(self):
        wf = service.publish({})
        ids = {}
        for status, actor, action in (("approved", "ann", "approve"), ("rejected", "ann", "reject"),
                                      ("withdrawn", "rita", "withdraw"), ("pending", "", "")):
            ids[status] = service.submit(wf)
            if action:
                self.assertEqual(service.act(ids[status], actor, action).json["status"], status)
        for status, appr in ids.items():
            with self.subTest(status=status):
                rows = service.get(f"/api/v1/approvals?status_filter={status}").json
                self.assertEqual({r["status"] for r in rows}, {status})
                self.assertIn(appr, [r["id"] for r in rows])
                for other in set(ids.values()) - {appr}:
                    self.assertNotIn(other, [r["id"] for r in rows])
        everything = service.get("/api/v1/approvals?status_filter=&limit=4").json
        self.assertEqual({r["id"] for r in everything}, set(ids.values()))


class Actions(Wire):
    def test_approve(self):
        appr = service.submit(service.publish({"id": "s"}))
        a = self.assert_status(service.act(appr, "ann", "approve"), 200)
        self.assertEqual(a.json, {"approval_id": appr, "status": "approved"})
        self.assertEqual([(e["action"], e["actor_id"], e["stage_id"]) for e in self.events(appr)],
                         [("submitted", "rita", None), ("approve", "ann", "s")])
        self.assertEqual([(r["action"], r["actor_id"]) for r in self.audit(appr)],
                         [("approval.submitted", "rita"), ("approval.approve", "ann")])
        row = self.approval_row(appr)
        self.assertEqual((row["status"], row["current_stage_id"]), ("approved", None))

    def test_reject(self):
        appr = service.submit(service.publish({}, {}))
        a = self.assert_status(service.act(appr, "ann", "reject"), 200)
        self.assertEqual(a.json, {"approval_id": appr, "status": "rejected"})
        self.assertEqual([r["action"] for r in self.audit(appr)],
                         ["approval.submitted", "approval.reject"])

    def test_withdraw(self):
        appr = service.submit(service.publish({}))
        a = self.assert_status(service.act(appr, "rita", "withdraw"), 200)
        self.assertEqual(a.json, {"approval_id": appr, "status": "withdrawn"})
        self.assertEqual([r["action"] for r in self.audit(appr)],
                         ["approval.submitted", "approval.withdraw"])

    def test_next_stage_is_named(self):
        appr = service.submit(service.publish({"id": "one"}, {"id": "two"}))
        a = service.act(appr, "ann", "approve")
        self.assertEqual(a.json, {"approval_id": appr, "status": "pending",
                                  "current_stage_id": "two"})
        a = service.act(appr, "bob", "approve")
        self.assertEqual(a.json, {"approval_id": appr, "status": "approved"})

    def test_delegate_and_reassign_by_metadata(self):
        for action in ("delegate", "reassign"):
            with self.subTest(action=action):
                appr = service.submit(service.publish({"id": "s", "approvers": ["ann"]}))
                a = service.act(appr, "ann", action,
                                metadata={"assignee": "bob", "notes": "on leave"})
                self.assert_status(a, 200)
                self.assertEqual(a.json, {"approval_id": appr, "status": "pending",
                                          "delegated_to": "bob"})
                self.assert_status(service.act(appr, "bob", "approve"), 200)
                event = self.events(appr)[1]
                self.assertEqual((event["action"], event["actor_id"]), (action, "ann"))
                self.assertEqual(json.loads(event["data"])["assignee"], "bob")
                self.assertEqual(json.loads(event["data"])["comment"], "on leave")

    def test_delegate_on_a_stage_that_lists_nobody(self):
        appr = service.submit(service.publish({"id": "s"}))
        a = self.assert_status(service.act(appr, "ann", "delegate", metadata={"assignee": "bob"}),
                               200)
        self.assertEqual(a.json, {"approval_id": appr, "status": "pending", "delegated_to": "bob"})
        self.assertEqual(service.act(appr, "bob", "approve").json["status"], "approved")

    def test_assignee_is_required(self):
        appr = service.submit(service.publish({"approvers": ["ann"]}))
        for action in ("delegate", "reassign"):
            for members in ({}, {"metadata": {}}, {"metadata": {"notes": "x"}}):
                with self.subTest(action=action, members=members):
                    with self.nothing_changes():
                        a = service.act(appr, "ann", action, **members)
                    self.assert_problem(a, 400, "Assignee required for delegation")

    def test_unknown_approval(self):
        with self.nothing_changes():
            self.assert_problem(service.act("appr-nobody", "ann", "approve"), 404,
                                "Approval not found")
            self.assert_problem(service.get("/api/v1/approvals/appr-nobody"), 404,
                                "Approval not found")

    def test_notes_are_kept(self):
        appr = service.submit(service.publish({}))
        service.act(appr, "ann", "approve", metadata={"notes": "fine", "anything": {"else": [1]}})
        self.assertEqual(json.loads(self.events(appr)[1]["data"])["comment"], "fine")

    def test_without_content_type(self):
        appr = service.submit(service.publish({}))
        a = service.post(f"/api/v1/approvals/{appr}/actions",
                         b'{"actor_id":"ann","action":"approve"}', {"Content-Type": None})
        self.assertEqual(a.json, {"approval_id": appr, "status": "approved"})


class Corrections(Wire):
    """What 0.4.0 got wrong and we do right."""

    def test_unknown_action_is_no_approval(self):
        appr = service.submit(service.publish({}))
        with self.nothing_changes():
            body = self.assert_problem(service.act(appr, "ann", "aprove"), 422,
                                       pointers=["/action"])
        for name in ("approve", "reject", "delegate", "reassign", "withdraw"):
            self.assertIn(name, body["errors"][0]["detail"])
        self.assertEqual(service.detail(appr)["status"], "pending")

    def test_decided_is_decided(self):
        for actor, action in (("ann", "approve"), ("ann", "reject"), ("rita", "withdraw")):
            appr = service.submit(service.publish({"approvers": ["ann", "bob"], "quorum": 1}))
            self.assert_status(service.act(appr, actor, action), 200)
            before = self.events(appr)
            for late, what in (("bob", "approve"), ("bob", "reject"), ("rita", "withdraw"),
                               ("ann", "delegate")):
                with self.subTest(first=action, then=what):
                    more = {"assignee": "zoe"} if what == "delegate" else {}
                    with self.nothing_changes("audit_logs"):
                        self.assert_problem(service.act(appr, late, what, **more), 409)
                    entry = self.audit(appr)[-1]
                    self.assertEqual((entry["action"], entry["actor_id"]),
                                     (f"approval.{what}.refused", late))
            self.assertEqual(self.events(appr), before)

    def test_a_person_counts_once(self):
        appr = service.submit(service.publish({"type": "parallel", "quorum": 2}))
        self.assertEqual(service.act(appr, "ann", "approve").json["status"], "pending")
        with self.nothing_changes():
            a = self.assert_status(service.act(appr, "ann", "approve"), 200)
        self.assertEqual(a.json, {"approval_id": appr, "status": "pending"})
        self.assertEqual(service.act(appr, "bob", "approve").json["status"], "approved")

    def test_requester_cannot_decide(self):
        appr = service.submit(service.publish({}), "rita")
        for action in ("approve", "reject"):
            with self.nothing_changes("audit_logs"):
                self.assert_problem(service.act(appr, "rita", action), 403)
        own = service.submit(service.publish({"allow_self_approval": True}), "rita")
        self.assertEqual(service.act(own, "rita", "approve").json["status"], "approved")

    def test_a_retried_decision_does_not_act_on_the_next_stage(self):
        appr = service.submit(service.publish({"id": "one"}, {"id": "two"}))
        service.act(appr, "ann", "approve", stage_id="one", visit=1)
        with self.nothing_changes():
            a = service.act(appr, "ann", "approve", stage_id="one", visit=1)
        self.assert_status(a, 200)
        got = service.detail(appr)
        self.assertEqual((got["status"], got["current_stage_id"]), ("pending", "two"))

    def test_quorum_and_approvers_of_sequential_stages(self):
        appr = service.submit(service.publish({"quorum": 2}))
        self.assertEqual(service.act(appr, "ann", "approve").json["status"], "pending")
        self.assertEqual(service.act(appr, "bob", "approve").json["status"], "approved")
        appr = service.submit(service.publish({"approvers": ["ann"]}))
        self.assert_problem(service.act(appr, "bob", "approve"), 403)
        self.assertEqual(service.act(appr, "ann", "approve").json["status"], "approved")

    def test_one_approval_passes_a_stage_that_says_nothing(self):
        for kind in ("sequential", "parallel"):
            appr = service.submit(service.publish({"type": kind}))
            self.assertEqual(service.act(appr, "ann", "approve").json["status"], "approved")


class Database(Wire):
    def test_audit_ids_have_no_gaps(self):
        appr = service.submit(service.publish({}))
        service.act(appr, "rita", "approve")
        service.act(appr, "ann", "approve")
        row = service.rows("SELECT min(id) AS low, max(id) AS high, count(*) AS n"
                           " FROM audit_logs")[0]
        self.assertEqual((row["low"], row["high"]), (1, row["n"]))

    def test_tables_and_columns_of_0_4(self):
        service.submit(service.publish({}))
        for table, columns in (
                ("workflows", "id, name, version, status, created_at, updated_at"),
                ("workflow_stages", "id, workflow_id, name, stage_type, position, config"),
                ("approvals", "id, workflow_id, workflow_version, target_entity, current_stage_id,"
                 " status, payload, requester_id, created_at, updated_at, sla_due_at"),
                ("approval_events", "approval_id, stage_id, actor_id, action, data, created_at"),
                ("audit_logs", "id, entity_type, entity_id, action, actor_id, payload,"
                 " created_at")):
            with self.subTest(table=table):
                self.assertTrue(service.rows(f"SELECT {columns} FROM {table} LIMIT 1"))

    def test_request_id_is_in_the_audit_entry(self):
        wf = service.publish({})
        a = service.ask(wf)
        entry = self.audit(a.json["approval_id"])[0]
        self.assertEqual(entry["request_id"], a.header("X-Request-Id"))

    def test_outbox_holds_what_is_to_be_told(self):
        appr = service.submit(service.publish({"approvers": ["ann"]}))
        service.act(appr, "ann", "approve")
        rows = service.rows("SELECT * FROM outbox WHERE approval_id = ? ORDER BY id", appr)
        names = [r["event"] for r in rows]
        self.assertIn("approval.submitted", names)
        self.assertIn("task.assigned", names)
        self.assertEqual(names[-1], "approval.approved")
        for r in rows:
            data = json.loads(r["data"])
            self.assertEqual((data["event"], data["approval_id"]), (r["event"], appr))
