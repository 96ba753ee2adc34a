"""The engine's rules, from outside: order, quorum, who may act, staleness, versions, due times."""
import concurrent.futures
import datetime
import itertools
import json
import random
import threading

from harness import ApprovalCase, Service, unique

service = Service()


def setUpModule():
    service.start()


def tearDownModule():
    service.stop_verified()


def when(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Engine(ApprovalCase):
    service = service


class Sequential(Engine):
    def test_one_after_the_other(self):
        appr = self.start({"approvers": ["ann", "user:bob", "cid"]})
        self.assertEqual(self.open_users(appr), ["ann"])
        self.assert_refused(appr, "bob", "approve", 403)
        self.assert_refused(appr, "cid", "reject", 403)
        self.assert_act(appr, "ann", "approve", "pending")
        self.assertEqual(self.open_users(appr), ["bob"])
        self.assert_refused(appr, "cid", "approve", 403)
        self.assert_act(appr, "bob", "approve", "pending")
        self.assert_act(appr, "cid", "approve", "approved")

    def test_quorum_ends_it_in_order(self):
        appr = self.start({"approvers": ["ann", "bob", "cid"], "quorum": 2})
        self.assert_act(appr, "ann", "approve", "pending")
        self.assert_refused(appr, "cid", "approve", 403)
        self.assert_act(appr, "bob", "approve", "approved")
        states = {t["user"]: t["state"] for t in service.detail(appr)["tasks"]}
        self.assertEqual(states, {"ann": "answered", "bob": "answered", "cid": "closed"})

    def test_a_rejection_ends_it(self):
        appr = self.start({"approvers": ["ann", "bob"]}, {})
        self.assert_act(appr, "ann", "approve", "pending")
        self.assert_act(appr, "bob", "reject", "rejected")

    def test_the_requester_leaves_the_slate(self):
        appr = self.start({"approvers": ["ann", "rita", "bob"]})
        self.assert_act(appr, "ann", "approve", "pending")
        self.assert_refused(appr, "rita", "approve", 403)
        self.assert_act(appr, "bob", "approve", "approved")


class Parallel(Engine):
    def test_all_are_asked_and_one_is_enough(self):
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob", "cid"]})
        self.assertEqual(self.open_users(appr), ["ann", "bob", "cid"])
        self.assert_act(appr, "cid", "approve", "approved")

    def test_quorum_of_distinct_people_in_any_order(self):
        people = ["ann", "bob", "cid", "dan"]
        wf = service.publish({"type": "parallel", "approvers": people, "quorum": 3})
        for order in itertools.islice(itertools.permutations(people, 3), 0, 24, 5):
            with self.subTest(order=order):
                appr = service.submit(wf)
                for who in order[:2]:
                    self.assert_act(appr, who, "approve", "pending")
                    self.assert_repeat(appr, who, "approve", "pending")
                self.assert_act(appr, order[2], "approve", "approved")

    def test_strangers_are_refused(self):
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob"]})
        for action in ("approve", "reject", "delegate"):
            more = {"assignee": "zoe"} if action == "delegate" else {}
            self.assert_refused(appr, "eve", action, 403, **more)

    def test_a_changed_mind_replaces_the_vote(self):
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob", "cid"], "quorum": 2})
        self.assert_act(appr, "ann", "approve", "pending")
        self.assert_act(appr, "ann", "reject", "rejected")
        got = service.detail(appr)
        self.assertEqual([(e["action"], e["actor_id"]) for e in got["events"]],
                         [("submitted", "rita"), ("approve", "ann"), ("reject", "ann")])

    def test_without_approvers(self):
        appr = self.start({"type": "parallel", "quorum": 3})
        self.assertEqual(service.detail(appr)["slate"], {"role": "approver", "needed": 3,
                                                        "fallback": False, "users": []})
        for who in ("ann", "bob"):
            self.assert_act(appr, who, "approve", "pending")
        self.assert_refused(appr, "rita", "approve", 403)
        self.assert_act(appr, "cid", "approve", "approved")

    def test_detail_shows_what_is_needed(self):
        wf = service.publish({"id": "s", "type": "parallel", "approvers": ["ann", "rita", "bob"],
                              "quorum": 2}, version="7")
        appr = service.submit(wf, "rita", {"amount": 5}, "order/1")
        got = service.detail(appr)
        self.assertEqual(got["slate"], {"role": None, "needed": 2, "fallback": False,
                                        "users": ["ann", "bob"]})
        self.assertEqual((got["workflow_version"], got["revision"], got["visit"], got["payload"],
                          got["target_entity"], got["requester_id"]),
                         ("7", 1, 1, {"amount": 5}, "order/1", "rita"))
        self.assertEqual(got["seq"], len(got["events"]))
        service.act(appr, "ann", "approve")
        service.act(appr, "bob", "approve")
        got = service.detail(appr)
        self.assertIsNone(got["slate"])
        self.assertEqual([(t["user"], t["vote"]) for t in got["tasks"]],
                         [("ann", "approve"), ("bob", "approve")])


class SeparationOfDuties(Engine):
    def test_the_requester_may_not_decide(self):
        for stage in ({}, {"type": "parallel", "approvers": ["rita", "ann"]}):
            appr = self.start(stage)
            for action in ("approve", "reject"):
                body = self.assert_refused(appr, "rita", action, 403)
                self.assertIn("rita", body["detail"])
            self.assert_refused(appr, "rita", "delegate", 403, assignee="zoe")

    def test_nor_for_somebody_else(self):
        appr = self.start({"approvers": ["ann"]})
        self.assert_refused(appr, "ann", "delegate", 422, assignee="rita")
        self.assert_refused(appr, "ann", "reassign", 422, assignee="rita")

    def test_unless_the_stage_allows_it(self):
        appr = self.start({"approvers": ["rita"], "allow_self_approval": True}, {"id": "next"})
        self.assert_act(appr, "rita", "approve", "pending", "next")
        self.assert_refused(appr, "rita", "approve", 412, stage_id="other")
        self.assert_refused(appr, "rita", "reject", 403)

    def test_nobody_left_fails_closed(self):
        for stage in ({"approvers": ["rita"]},
                      {"type": "parallel", "approvers": ["rita", "ann"], "quorum": 2}):
            with self.subTest(stage=stage):
                appr = self.start(stage)
                got = service.detail(appr)
                self.assertEqual((got["status"], got["slate"]["role"], got["slate"]["fallback"]),
                                 ("pending", "admin", True))
                self.assertEqual([e["action"] for e in got["events"]], ["submitted", "escalated"])
                self.assertEqual(got["events"][1]["actor_id"], "system")
                self.assertTrue(got["events"][1]["data"]["reason"])
                self.assert_refused(appr, "rita", "approve", 403)

    def test_the_escalated_stage_is_not_stuck(self):
        appr = self.start({"approvers": ["rita"]})
        self.assert_act(appr, "boss", "approve", "approved")
        appr = self.start({"type": "parallel", "approvers": ["rita", "ann"], "quorum": 2})
        self.assert_act(appr, "ann", "approve", "pending")
        self.assert_act(appr, "boss", "approve", "approved")


class Handing(Engine):
    def test_delegate(self):
        appr = self.start({"approvers": ["ann", "bob"]})
        a = self.assert_act(appr, "ann", "delegate", "pending", assignee="dan")
        self.assertEqual(a.json["delegated_to"], "dan")
        self.assert_refused(appr, "ann", "approve", 403)
        self.assert_act(appr, "dan", "approve", "pending")
        self.assert_act(appr, "bob", "approve", "approved")
        task = next(t for t in service.detail(appr)["tasks"] if t["user"] == "dan")
        self.assertEqual((task["for"], task["place"], task["vote"]), ("ann", 1, "approve"))

    def test_who_cannot_be_delegated_to(self):
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob"], "quorum": 2})
        self.assert_refused(appr, "ann", "delegate", 422, assignee="ann")
        self.assert_refused(appr, "ann", "delegate", 422, assignee="bob")
        self.assert_refused(appr, "ann", "delegate", 422, assignee="rita")

    def test_no_cycle_and_at_most_eight(self):
        appr = self.start({"approvers": ["p0"]})
        for i in range(8):
            self.assert_act(appr, f"p{i}", "delegate", "pending", assignee=f"p{i + 1}")
        self.assert_refused(appr, "p8", "delegate", 422, assignee="p9")
        for i in range(8):
            self.assert_refused(appr, "p8", "delegate", 422, assignee=f"p{i}")
        self.assert_act(appr, "p8", "approve", "approved")

    def test_a_delegate_counts_once_in_an_open_stage(self):
        appr = self.start({"quorum": 2})
        self.assert_act(appr, "bob", "approve", "pending")
        self.assert_act(appr, "ann", "delegate", "pending", assignee="bob")
        self.assert_act(appr, "bob", "approve", "pending")
        self.assert_act(appr, "cid", "approve", "approved")

    def test_waiting_place_can_be_handed_on(self):
        appr = self.start({"approvers": ["ann", "bob"]})
        self.assert_act(appr, "bob", "delegate", "pending", assignee="dan")
        self.assert_refused(appr, "dan", "approve", 403)
        self.assert_act(appr, "ann", "approve", "pending")
        self.assert_act(appr, "dan", "approve", "approved")

    def test_reassign(self):
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob"], "quorum": 2})
        self.assert_refused(appr, "boss", "reassign", 422, assignee="dan")
        a = self.assert_act(appr, "boss", "reassign", "pending",
                            metadata={"assignee": "dan", "from": "ann"})
        self.assertEqual(a.json["delegated_to"], "dan")
        self.assert_refused(appr, "ann", "approve", 403)
        self.assert_refused(appr, "boss", "approve", 403)
        self.assert_act(appr, "bob", "approve", "pending")
        self.assert_refused(appr, "boss", "reassign", 422,
                            metadata={"assignee": "eve", "from": "bob"})
        self.assert_act(appr, "dan", "approve", "approved")

    def test_reassign_of_the_only_task(self):
        appr = self.start({"approvers": ["ann", "bob"]})
        self.assert_act(appr, "boss", "reassign", "pending", assignee="dan")
        self.assertEqual(self.open_users(appr), ["dan"])
        event = service.detail(appr)["events"][-1]
        self.assertEqual((event["actor_id"], event["data"]["from"], event["data"]["assignee"]),
                         ("boss", "ann", "dan"))

    def test_top_level_assignee_wins(self):
        appr = self.start({"approvers": ["ann"]})
        a = self.assert_act(appr, "ann", "delegate", "pending", assignee="top",
                            metadata={"assignee": "meta"})
        self.assertEqual(a.json["delegated_to"], "top")


class Withdrawing(Engine):
    def test_the_requester_only(self):
        appr = self.start({"id": "one"}, {"id": "two"})
        self.assert_act(appr, "ann", "approve", "pending", "two")
        self.assert_refused(appr, "ann", "withdraw", 403)
        self.assert_act(appr, "rita", "withdraw", "withdrawn")
        for who, action in (("rita", "withdraw"), ("bob", "approve"), ("bob", "reject")):
            self.assert_refused(appr, who, action, 409)
        got = service.detail(appr)
        self.assertIsNone(got["current_stage_id"])
        self.assertIsNone(got["sla_due_at"])
        self.assertFalse([t for t in got["tasks"] if t["state"] in ("open", "waiting")])


class Repeats(Engine):
    def test_after_the_decision(self):
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob"]})
        self.assert_act(appr, "ann", "approve", "approved")
        self.assert_repeat(appr, "ann", "approve", "approved", expected_seq=1)
        self.assert_refused(appr, "ann", "reject", 409)
        self.assert_refused(appr, "bob", "approve", 409)
        self.assert_refused(appr, "eve", "approve", 409)

    def test_after_a_rejection(self):
        appr = self.start({"id": "s"})
        self.assert_act(appr, "ann", "reject", "rejected")
        self.assert_repeat(appr, "ann", "reject", "rejected", stage_id="s", visit=1)
        self.assert_refused(appr, "ann", "approve", 409)

    def test_naming_the_stage_that_is_over(self):
        appr = self.start({"id": "one"}, {"id": "two"})
        self.assert_act(appr, "ann", "approve", "pending", "two", stage_id="one", visit=1)
        self.assert_repeat(appr, "ann", "approve", "pending", stage_id="one", visit=1)
        self.assert_refused(appr, "bob", "approve", 412, stage_id="one", visit=1)
        self.assert_refused(appr, "ann", "reject", 412, stage_id="one", visit=1)
        self.assert_act(appr, "ann", "approve", "approved", stage_id="two", visit=1)

    def test_naming_none_with_no_place_in_the_open_stage(self):
        appr = self.start({"id": "one", "approvers": ["ann"]}, {"id": "two", "approvers": ["bob"]})
        self.assert_act(appr, "ann", "approve", "pending", "two")
        self.assert_repeat(appr, "ann", "approve", "pending")
        self.assert_refused(appr, "ann", "reject", 403)

    def test_naming_none_with_a_place_is_a_new_vote(self):
        appr = self.start({"id": "one"}, {"id": "two"})
        self.assert_act(appr, "ann", "approve", "pending", "two")
        self.assert_act(appr, "ann", "approve", "approved")


class Staleness(Engine):
    def test_each_mark(self):
        appr = self.start({"id": "s", "type": "parallel", "quorum": 2})
        seen = service.detail(appr)
        for members in ({"stage_id": "t"}, {"visit": 2}, {"stage_id": "s", "visit": 2},
                        {"expected_seq": seen["seq"] + 1}, {"payload_sha256": "0" * 64}):
            with self.subTest(members=members):
                self.assert_refused(appr, "ann", "approve", 412, **members)
        self.assert_act(appr, "ann", "approve", "pending", stage_id="s", visit=seen["visit"],
                        expected_seq=seen["seq"], payload_sha256=seen["payload_sha256"])
        self.assert_refused(appr, "bob", "approve", 412, expected_seq=seen["seq"])
        self.assert_act(appr, "bob", "approve", "approved",
                        expected_seq=service.detail(appr)["seq"])

    def test_for_other_actions_too(self):
        appr = self.start({"approvers": ["ann"]})
        for who, action, more in (("rita", "withdraw", {}), ("ann", "reject", {}),
                                  ("ann", "delegate", {"assignee": "dan"}),
                                  ("boss", "reassign", {"assignee": "dan"})):
            with self.subTest(action=action):
                self.assert_refused(appr, who, action, 412, expected_seq=99, **more)


class Versions(Engine):
    def test_running_approvals_stay_on_their_own(self):
        wf = service.publish({"id": "old", "approvers": ["ann"]}, {"id": "old2"}, version="1")
        first = service.submit(wf)
        service.publish({"id": "new", "approvers": ["bob"]}, id=wf, version="2")
        second = service.submit(wf)
        self.assert_refused(first, "bob", "approve", 403)
        self.assert_act(first, "ann", "approve", "pending", "old2")
        self.assert_act(first, "cid", "approve", "approved")
        self.assert_refused(second, "ann", "approve", 403)
        self.assert_act(second, "bob", "approve", "approved")
        got = [service.detail(a) for a in (first, second)]
        self.assertEqual([(g["workflow_version"], g["revision"]) for g in got],
                         [("1", 1), ("2", 2)])
        rows = service.rows("SELECT revision, version FROM workflow_versions"
                            " WHERE workflow_id = ? ORDER BY revision", wf)
        self.assertEqual([(r["revision"], r["version"]) for r in rows], [(1, "1"), (2, "2")])

    def test_going_back_to_old_content_is_a_new_version(self):
        wf = service.publish({"id": "a"})
        service.publish({"id": "b"}, id=wf)
        service.publish({"id": "a"}, id=wf)
        self.assertEqual(service.one("SELECT count(*) FROM workflow_versions"
                                     " WHERE workflow_id = ?", wf), 3)
        self.assertEqual(service.detail(service.submit(wf))["revision"], 3)


class DueTimes(Engine):
    def test_units_and_fractions(self):
        for text, seconds in (("30m", 1800), ("4h", 14400), ("2d", 172800), ("1.5h", 5400),
                              ("0.5d", 43200), ("0.25m", 15), ("90m", 5400)):
            with self.subTest(duration=text):
                got = service.detail(self.start({"sla": {"duration": text}}))
                passed = when(got["sla_due_at"]) - when(got["created_at"])
                self.assertEqual(passed.total_seconds(), seconds)

    def test_each_stage_has_its_own(self):
        appr = self.start({"sla": {"duration": "1h"}}, {"sla": {"duration": "1d"}}, {})
        service.act(appr, "ann", "approve")
        got = service.detail(appr)
        self.assertEqual((when(got["sla_due_at"]) - when(got["updated_at"])).total_seconds(), 86400)
        service.act(appr, "ann", "approve")
        self.assertIsNone(service.detail(appr)["sla_due_at"])

    def test_none_without_one(self):
        got = service.detail(self.start({}))
        self.assertIsNone(got["sla_due_at"])


class Invariants(Engine):
    def test_random_histories(self):
        """Whatever people do: one end, and no quorum by fewer people."""
        chance = random.Random(2)
        people = ["ann", "bob", "cid", "rita"]
        wf = service.publish({"id": "a", "type": "parallel", "quorum": 2},
                             {"id": "b", "approvers": ["ann", "bob"]})
        for _ in range(25):
            appr = service.submit(wf)
            for _ in range(10):
                action = chance.choice(["approve", "approve", "approve", "reject", "withdraw",
                                        "delegate", "reassign"])
                more = {"assignee": chance.choice(people)} if action in ("delegate",
                                                                         "reassign") else {}
                a = service.act(appr, chance.choice(people), action, **more)
                self.assertIn(a.status, (200, 403, 409, 422), repr(a))
            got = service.detail(appr)
            self.assertEqual(got["seq"], len(got["events"]))
            self.assertEqual([e["seq"] for e in got["events"]],
                             list(range(1, got["seq"] + 1)))
            voters = {e["actor_id"] for e in got["events"]
                      if e["action"] == "approve" and e["stage_id"] == "a"}
            self.assertNotIn("rita", voters)
            if got["status"] == "approved" or got["current_stage_id"] == "b":
                self.assertGreaterEqual(len(voters), 2)
            self.assertEqual(got["status"] == "pending", got["current_stage_id"] is not None)


class Races(Engine):
    def at_once(self, calls):
        """Runs all of them at the same time and gives their answers in order."""
        gate = threading.Barrier(len(calls))

        def run(call):
            gate.wait()
            return call()
        with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(run, calls))

    def vote(self, appr, actor, action, **members):
        return lambda: service.fresh("POST", f"/api/v1/approvals/{appr}/actions",
                                     dict(members, actor_id=actor, action=action))

    def test_exactly_the_quorum_is_counted(self):
        appr = self.start({"type": "parallel", "quorum": 5})
        answers = self.at_once([self.vote(appr, f"p{i}", "approve") for i in range(16)])
        statuses = sorted(a.status for a in answers)
        self.assertEqual(statuses, [200] * 5 + [409] * 11)
        self.assertEqual(sum(a.json["status"] == "approved" for a in answers
                             if a.status == 200), 1)
        self.assertEqual(len(self.events(appr)), 6)

    def test_one_of_two_opposite_decisions(self):
        wf = service.publish({"type": "parallel", "approvers": ["ann", "bob"]})
        for _ in range(10):
            appr = service.submit(wf)
            yes, no, out = self.at_once([self.vote(appr, "ann", "approve"),
                                         self.vote(appr, "bob", "reject"),
                                         self.vote(appr, "rita", "withdraw")])
            self.assertEqual(sorted(a.status for a in (yes, no, out)), [200, 409, 409])
            winner = next(a for a in (yes, no, out) if a.status == 200)
            self.assertEqual(service.detail(appr)["status"], winner.json["status"])

    def test_the_same_seq_is_taken_once(self):
        appr = self.start({"type": "parallel", "quorum": 9})
        answers = self.at_once([self.vote(appr, f"p{i}", "approve", expected_seq=1)
                                for i in range(8)])
        self.assertEqual(sorted(a.status for a in answers), [200] + [412] * 7)

    def test_versions_are_numbered_without_gaps(self):
        wf = unique("wf")
        answers = self.at_once([
            lambda i=i: service.fresh("POST", "/api/v1/workflows",
                                      {"id": wf, "stages": [{"id": f"s{i}"}]})
            for i in range(10)])
        self.assertEqual({a.status for a in answers}, {201})
        rows = service.rows("SELECT revision FROM workflow_versions WHERE workflow_id = ?"
                            " ORDER BY revision", wf)
        self.assertEqual([r["revision"] for r in rows], list(range(1, 11)))

    def test_submissions_beside_new_versions(self):
        wf = service.publish({"id": "s0"}, version="0")

        def publish(i):
            return lambda: service.fresh("POST", "/api/v1/workflows", {
                "id": wf, "version": str(i), "stages": [{"id": f"s{i}"}]})

        def submit():
            return service.fresh("POST", "/api/v1/approvals", {
                "workflow_id": wf, "target_entity": "t", "payload": {}, "requester_id": "rita"})
        answers = self.at_once([publish(i) for i in range(1, 7)] + [submit] * 12)
        self.assertEqual({a.status for a in answers}, {201})
        for a in answers[6:]:
            got = service.detail(a.json["approval_id"])
            self.assertEqual(got["current_stage_id"], "s" + got["workflow_version"])


class Size(Engine):
    def test_many_approvers_and_stages(self):
        people = [f"person-{i}" for i in range(200)]
        appr = self.start({"type": "parallel", "approvers": people, "quorum": 3})
        self.assertEqual(len(service.detail(appr)["tasks"]), 200)
        for who in people[:2]:
            self.assert_act(appr, who, "approve", "pending")
        self.assert_act(appr, people[199], "approve", "approved")

    def test_large_payload(self):
        payload = {"text": "ä" * 100000, "list": list(range(20000))}
        appr = service.submit(service.publish({}), payload=payload)
        self.assertEqual(service.detail(appr)["payload"], payload)
        self.assertEqual(json.loads(self.approval_row(appr)["payload"]), payload)

    def test_ids_sort_by_time(self):
        wf = service.publish({"id": unique("s")})
        ids = [service.submit(wf) for _ in range(5)]
        self.assertEqual(len(set(ids)), 5)
