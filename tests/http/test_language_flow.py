"""The path of an approval: conditions, transitions, visits, and deadlines that decide."""
import concurrent.futures
import time

from harness import ApprovalCase, Service, unique

service = Service()


def setUpModule():
    service.start()


def tearDownModule():
    service.stop_verified()


class Flow(ApprovalCase):
    service = service


class Conditions(Flow):
    STAGES = ({"id": "small", "conditions": {"amount_lt": 100}},
              {"id": "big", "conditions": {">=": [{"var": "payload.amount"}, 100]}},
              {"id": "huge", "conditions": {"amount_gte": 1000, "currency_in": ["EUR", "CHF"]}})

    def test_what_does_not_hold_is_passed_over(self):
        wf = service.publish(*self.STAGES)
        for payload, stages in (({"amount": 99.99}, ["small"]), ({"amount": 100}, ["big"]),
                                ({"amount": 1000, "currency": "CHF"}, ["big", "huge"]),
                                ({"amount": 1000, "currency": "USD"}, ["big"])):
            with self.subTest(payload=payload):
                appr = service.submit(wf, payload=payload)
                for stage in stages:
                    self.assertEqual(service.detail(appr)["current_stage_id"], stage)
                    service.act(appr, "ann", "approve")
                got = service.detail(appr)
                self.assertEqual(got["status"], "approved")
                self.assertEqual([(v["stage_id"], v["outcome"]) for v in got["path"]],
                                 [(s["id"], "approved" if s["id"] in stages else "skipped")
                                  for s in self.STAGES])
                skipped = [e for e in got["events"] if e["action"] == "skipped"]
                self.assertEqual([(e["stage_id"], e["actor_id"]) for e in skipped],
                                 [(s["id"], "system") for s in self.STAGES
                                  if s["id"] not in stages])
                self.assertTrue(all(e["data"]["reason"] for e in skipped))

    def test_what_they_can_look_at(self):
        holds = {"and": [
            {"==": [{"var": "requester"}, "rita"]}, {"==": [{"var": "target_entity"}, "order/1"]},
            {"==": [{"var": "workflow.name"}, "Name"]}, {"==": [{"var": "workflow.version"}, "7"]},
            {"==": [{"var": "stage.id"}, "second"]}, {"==": [{"var": "stage.visit"}, 1]},
            {"==": [{"var": "approval.round"}, 1]},
            {"in": ["ann", {"var": "approval.approved_by"}]},
            {">": [{"var": "now"}, "2020"]}, {"==": [{"var": "payload.a.0.b"}, "c"]}]}
        wf = service.publish({"id": "first"}, {"id": "second", "conditions": holds},
                             name="Name", version="7")
        appr = service.submit(wf, payload={"a": [{"b": "c"}]}, target="order/1")
        self.assert_act(appr, "ann", "approve", "pending", "second")
        appr = service.submit(wf, payload={"a": [{"b": "c"}]}, target="order/2")
        self.assert_act(appr, "ann", "approve", "approved")

    def test_one_that_cannot_be_evaluated_goes_to_people(self):
        costly = {"all": [{"var": "payload.list"}, {"==": [{"var": ""}, 1]}]}
        appr = self.start({"id": "a", "conditions": costly, "approvers": ["ann"]}, {"id": "b"},
                          payload={"list": [1] * 40000})
        got = service.detail(appr)
        self.assertEqual((got["status"], got["current_stage_id"], got["slate"]["role"]),
                         ("error", "a", "admin"))
        self.assertIn("conditions of stage a", got["error"])
        self.assertEqual(self.actions_of(appr)[-1], ("error", "system"))
        self.assertIn(appr, [x["id"] for x in
                             service.get("/api/v1/approvals?status_filter=error").json])
        self.assert_refused(appr, "rita", "approve", 403)
        self.assert_act(appr, "boss", "approve", "pending", "b")
        self.assertIsNone(service.detail(appr)["error"])
        self.assert_act(appr, "ann", "approve", "approved")


class Errors(Flow):
    """What people do while a condition cannot be evaluated."""
    COSTLY = {"all": [{"var": "payload.list"}, {"==": [{"var": ""}, 1]}]}
    BAD, GOOD = {"list": [1] * 40000}, {"list": [1]}

    def in_error(self, requester="rita", **members):
        stage = {"id": "a", "conditions": self.COSTLY, "approvers": ["ann"],
                 "escalations": {"timeout": "1h", "then": "approve"}}
        stage.update(members.pop("stage", {}))
        wf = service.publish(stage, {"id": "b", "approvers": ["bob"]}, **members)
        appr = service.submit(wf, requester, payload=self.BAD)
        self.assertEqual(service.detail(appr)["status"], "error")
        return appr

    def can(self, appr, actor):
        can = service.detail(appr, actor)["can_act"]
        return sorted(name for name, x in can.items() if x["allowed"])

    def test_withdrawn(self):
        self.assert_act(self.in_error(), "rita", "withdraw", "withdrawn")

    def test_an_edit_mends_it(self):
        appr = self.in_error(expires="1d")
        before = service.detail(appr)
        self.assertEqual([t["kind"] for t in before["timers"]], ["expire"])
        self.assertIn("edit", self.can(appr, "rita"))
        for who in ("ann", "boss"):
            self.assertNotIn("edit", self.can(appr, who))
            self.assert_refused(appr, who, "edit", 403, payload=self.GOOD)
        self.assert_refused(appr, "rita", "resubmit", 409, payload=self.GOOD)
        self.assert_refused(appr, "rita", "edit", 422)
        self.assert_act(appr, "rita", "edit", "pending", "a", payload=self.GOOD)
        got = service.detail(appr)
        self.assertEqual((got["error"], got["round"], got["visit"], got["payload"],
                          got["slate"]["role"], got["slate"]["needed"]),
                         (None, 2, 2, self.GOOD, None, 1))
        self.assertEqual(self.path_of(appr), [("a", 1, "left"), ("a", 2, "open")])
        due = {t["kind"]: t["due_at"] for t in got["timers"]}
        self.assertEqual(set(due), {"escalate", "expire"})
        self.assertEqual(due["expire"], before["timers"][0]["due_at"])
        self.assert_refused(appr, "boss", "approve", 403)
        self.assert_act(appr, "ann", "approve", "pending", "b")

    def test_an_edit_that_does_not(self):
        appr = self.in_error(max_rounds=2)
        old = service.detail(appr)
        again = dict(self.BAD, more=1)
        self.assert_act(appr, "rita", "edit", "error", "a", payload=again)
        got = service.detail(appr)
        self.assertEqual((got["round"], got["visit"], got["slate"]["role"]), (2, 2, "admin"))
        self.assertIn("conditions of stage a", got["error"])
        self.assertEqual(self.actions_of(appr), [("submitted", "rita"), ("error", "system"),
                                                 ("edit", "rita"), ("error", "system")])
        for mark in ({"payload_sha256": old["payload_sha256"]}, {"expected_seq": old["seq"]},
                     {"stage_id": "a", "visit": 1}):
            self.assert_refused(appr, "boss", "approve", 412, **mark)
        self.assert_act(appr, "rita", "edit", "rejected", payload=dict(self.BAD, more=2))
        self.assertIsNone(service.detail(appr)["error"])

    def test_an_edit_must_fit_the_schema_and_the_stage(self):
        schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
        appr = self.in_error(payload_schema=schema)
        body = self.assert_refused(appr, "rita", "edit", 422, payload={"list": [1], "n": "x"})
        self.assertEqual([e["pointer"] for e in body["errors"]], ["/payload/n"])
        self.assertEqual(service.detail(appr)["status"], "error")
        appr = self.in_error(stage={"actions": ["approve", "reject"]})
        self.assert_refused(appr, "rita", "edit", 403, payload=self.GOOD)
        self.assert_act(appr, "boss", "reject", "rejected")

    def test_what_administrators_can_do(self):
        appr = self.in_error()
        self.assertEqual(self.can(appr, "boss"),
                         ["abstain", "add_approver", "approve", "cancel", "claim", "comment",
                          "delegate", "escalate", "reject", "request_changes"])
        decide = {"approve", "reject", "abstain", "request_changes", "delegate", "claim"}
        hers = set(self.can(appr, "rita"))
        self.assertEqual(hers & decide, set())
        self.assertLessEqual({"add_approver", "comment", "edit", "escalate", "withdraw"}, hers)
        for action in ("reassign", "re_resolve"):
            body = self.assert_refused(appr, "boss", action, 409, assignee="dan")
            self.assertIn("in error", body["detail"])
        self.assert_act(appr, "boss", "abstain", "error")
        self.assert_act(appr, "boss", "comment", "error", comment="who wrote this condition?")
        self.assert_act(appr, "boss", "approve", "pending", "b")
        self.assertEqual(self.path_of(appr), [("a", 1, "approved"), ("b", 1, "open")])
        self.assert_act(self.in_error(), "boss", "reject", "rejected")
        self.assert_act(self.in_error(), "boss", "cancel", "cancelled", comment="wrong")

    def test_sent_back(self):
        appr = self.in_error()
        self.assert_act(appr, "boss", "request_changes", "returned", comment="a shorter list")
        got = service.detail(appr)
        self.assertEqual((got["error"], got["current_stage_id"], got["slate"]),
                         (None, None, None))
        self.assert_refused(appr, "rita", "edit", 409, payload=self.GOOD)
        self.assert_act(appr, "rita", "resubmit", "pending", "a", payload=self.GOOD)

    def test_an_administrator_who_made_the_request(self):
        appr = self.in_error(requester="boss")
        for action in ("approve", "reject", "abstain", "request_changes", "delegate"):
            self.assert_refused(appr, "boss", action, 403, assignee="dan")
        self.assert_act(appr, "boss", "edit", "pending", "a", payload=self.GOOD)

    def test_it_expires(self):
        appr = self.in_error(expires="0.002m")
        time.sleep(0.2)
        a = self.assert_problem(service.act(appr, "rita", "edit", payload=self.GOOD), 409)
        self.assertIn("deadline", a["detail"])
        got = service.detail(appr)
        self.assertEqual((got["status"], got["error"], got["round"], got["payload"]),
                         ("expired", None, 1, self.BAD))


class Transitions(Flow):
    def test_the_first_match_wins(self):
        wf = service.publish(
            {"id": "a"}, {"id": "b"}, {"id": "c"},
            transitions=[
                {"from": "a", "on": "approve", "to": "$approved", "condition": {"n_lt": 10}},
                {"from": "a", "on": "approve", "to": "c", "condition": {"n_lt": 100}},
                {"from": "a", "on": "approve", "to": "$rejected", "condition": {"n_gte": 1000}},
                {"from": "a", "on": "reject", "to": "b"},
                {"from": "a", "on": "withdraw", "to": "$returned", "condition": {"n_eq": 3}}])
        for n, action, status, stage in ((5, "approve", "approved", None),
                                         (50, "approve", "pending", "c"),
                                         (500, "approve", "pending", "b"),
                                         (5000, "approve", "rejected", None),
                                         (5, "reject", "pending", "b")):
            with self.subTest(n=n, action=action):
                appr = service.submit(wf, payload={"n": n})
                a = self.assert_act(appr, "ann", action, status)
                self.assertEqual(a.json.get("current_stage_id"), stage)
        for n, status in ((3, "returned"), (4, "withdrawn")):
            self.assert_act(service.submit(wf, payload={"n": n}), "rita", "withdraw", status)

    def test_a_loop_ends(self):
        appr = self.start({"id": "do", "approvers": ["ann"]}, {"id": "check", "approvers": ["bob"]},
                          transitions=[{"from": "check", "on": "reject", "to": "do"}],
                          max_visits=2)
        for visit in (1, 2):
            self.assertEqual(service.detail(appr)["visit"], visit)
            self.assert_act(appr, "ann", "approve", "pending", "check")
            if visit == 1:
                self.assert_act(appr, "bob", "reject", "pending", "do")
        self.assert_refused(appr, "bob", "approve", 412, stage_id="check", visit=1)
        self.assert_act(appr, "bob", "reject", "rejected", stage_id="check", visit=2)
        self.assertEqual(self.path_of(appr),
                         [("do", 1, "approved"), ("check", 1, "rejected"),
                          ("do", 2, "approved"), ("check", 2, "rejected")])
        last = service.detail(appr)["events"][-1]
        self.assertEqual((last["action"], last["data"]["reason"]),
                         ("ended", "stage do would be entered more than 2 times"))

    def test_votes_belong_to_a_visit(self):
        appr = self.start({"id": "do", "type": "parallel", "approvers": ["ann", "bob"],
                           "quorum": 2}, {"id": "check", "approvers": ["cid"]},
                          transitions=[{"from": "check", "on": "reject", "to": "do"}])
        self.assert_act(appr, "ann", "approve", "pending")
        self.assert_act(appr, "bob", "approve", "pending", "check")
        self.assert_act(appr, "cid", "reject", "pending", "do")
        self.assertEqual(self.open_users(appr), ["ann", "bob"])
        self.assert_repeat(appr, "ann", "approve", "pending", stage_id="do", visit=1)
        self.assert_act(appr, "ann", "approve", "pending", stage_id="do", visit=2)
        self.assert_act(appr, "bob", "approve", "pending", "check")
        self.assert_act(appr, "cid", "approve", "approved")

    def test_back_to_the_requester(self):
        appr = self.start({"id": "a", "approvers": ["ann"]}, {"id": "b", "approvers": ["bob"]},
                          transitions=[{"from": "b", "on": "reject", "to": "$returned"}],
                          payload={"n": 1})
        self.assert_act(appr, "ann", "approve", "pending", "b")
        self.assert_act(appr, "bob", "reject", "returned")
        self.assert_repeat(appr, "ann", "approve", "returned")
        self.assert_refused(appr, "ann", "reject", 409)
        self.assert_act(appr, "rita", "resubmit", "pending", "a", payload={"n": 2})
        self.assert_act(appr, "ann", "approve", "pending", "b")
        self.assert_act(appr, "bob", "approve", "approved")

    def test_one_that_cannot_be_evaluated_goes_to_people(self):
        costly = {"all": [{"var": "payload.list"}, {"==": [{"var": ""}, 1]}]}
        appr = self.start({"id": "a", "approvers": ["ann"]}, {"id": "b"},
                          transitions=[{"from": "a", "on": "approve", "to": "$approved",
                                        "condition": costly}], payload={"list": [1] * 40000})
        self.assert_act(appr, "ann", "approve", "error", "a")
        self.assertIn("condition of transition 1", service.detail(appr)["error"])
        self.assert_act(appr, "boss", "approve", "pending", "b")


class Rejecting(Flow):
    def test_as_many_as_are_said(self):
        appr = self.start({"type": "parallel", "approvers": ["a", "b", "c", "d"], "quorum": "75%",
                           "reject": 2})
        self.assert_act(appr, "a", "reject", "pending")
        self.assert_act(appr, "b", "approve", "pending")
        self.assert_act(appr, "c", "reject", "rejected")

    def test_when_it_has_become_impossible(self):
        appr = self.start({"type": "parallel", "approvers": ["a", "b", "c", "d", "e"],
                           "quorum": "majority", "reject": "impossible"})
        self.assertEqual(service.detail(appr)["slate"]["needed"], 3)
        for who in "ab":
            self.assert_act(appr, who, "reject", "pending")
        self.assert_act(appr, "c", "approve", "pending")
        self.assert_act(appr, "d", "reject", "rejected")

    def test_quorums_of_the_slate(self):
        for quorum, needed in (("1%", 1), ("60%", 3), ("61%", 4), ("70%", 4), ("100%", 5),
                               ("majority", 3), ("all", 5), ("any", 1)):
            with self.subTest(quorum=quorum):
                appr = self.start({"type": "parallel", "approvers": ["a", "b", "c", "d", "e"],
                                   "quorum": quorum})
                self.assertEqual(service.detail(appr)["slate"]["needed"], needed)


SOON = "0.002m"  # 120 ms


class Deadlines(Flow):
    def pass_by(self):
        time.sleep(0.2)

    def assert_too_late(self, appr, actor="ann", action="approve", **members):
        """Refused, and what was due comes about in the same transaction."""
        a = self.assert_problem(service.act(appr, actor, action, **members), 409)
        self.assertIn("deadline", a["detail"])
        entries = self.audit(appr)[-2:]
        self.assertEqual([(e["action"], e["actor_id"]) for e in entries],
                         [(f"approval.{action}.refused", actor), ("approval.due", "system")])

    def test_a_vote_past_one_that_decides(self):
        for then, status in (("reject", "rejected"), ("approve", "approved")):
            with self.subTest(then=then):
                appr = self.start({"id": "s", "approvers": ["ann", "bob"], "quorum": 1,
                                   "escalations": {"timeout": SOON, "then": then}})
                self.pass_by()
                self.assertEqual(service.detail(appr)["status"], "pending")
                self.assert_too_late(appr)
                got = service.detail(appr)
                self.assertEqual((got["status"], got["timers"]), (status, []))
                self.assertEqual(self.actions_of(appr), [("submitted", "rita"),
                                                         ("timed_out", "system")])
                self.assertFalse([t for t in got["tasks"] if t["vote"]])
                self.assert_refused(appr, "ann", "approve", 409)

    def test_every_action_is_too_late(self):
        wf = service.publish({"approvers": ["ann", "bob"],
                              "escalations": {"timeout": SOON, "then": "reject"}})
        for who, action in (("ann", "reject"), ("ann", "delegate"), ("ann", "comment"),
                            ("rita", "withdraw"), ("rita", "edit"), ("boss", "cancel"),
                            ("ann", "request_changes")):
            with self.subTest(action=action):
                appr = service.submit(wf)
                self.pass_by()
                self.assert_too_late(appr, who, action, assignee="dan", comment="x", payload={})
                self.assertEqual(service.detail(appr)["status"], "rejected")

    def test_a_transition_on_timeout(self):
        appr = self.start({"id": "a", "approvers": ["ann"],
                           "escalations": {"timeout": SOON, "then": "reject"}},
                          {"id": "b"}, {"id": "c", "approvers": ["cid"]},
                          transitions=[{"from": "a", "on": "timeout", "to": "c"}])
        self.pass_by()
        self.assert_too_late(appr)
        self.assertEqual(self.path_of(appr), [("a", 1, "left"), ("c", 1, "open")])
        self.assert_act(appr, "cid", "approve", "approved")

    def test_expiry(self):
        wf = service.publish({"approvers": ["ann"]}, expires=SOON)
        appr, returned = service.submit(wf), service.submit(wf)
        self.assert_act(returned, "ann", "request_changes", "returned")
        self.pass_by()
        self.assert_too_late(appr)
        self.assert_too_late(returned, "rita", "resubmit")
        for one in (appr, returned):
            got = service.detail(one)
            self.assertEqual((got["status"], got["current_stage_id"]), ("expired", None))
            self.assertEqual(self.actions_of(one)[-1], ("expired", "system"))
            self.assertIn(one, [x["id"] for x in
                                service.get("/api/v1/approvals?status_filter=expired").json])

    def test_expiry_counts_from_the_submission(self):
        """Neither a return, nor a resubmission, nor an edit puts it off."""
        wf = service.publish({"id": "s", "approvers": ["ann"], "sla": {"duration": "4h"}},
                             expires="0.02m")
        appr = service.submit(wf, payload={"n": 1}, valid_for="1h")

        def expires():
            return [t["due_at"] for t in service.detail(appr)["timers"] if t["kind"] == "expire"]
        due = expires()
        self.assertEqual(len(due), 1)
        self.assert_act(appr, "ann", "request_changes", "returned")
        self.assertEqual([t["kind"] for t in service.detail(appr)["timers"]], ["expire"])
        self.assertEqual(expires(), due)
        self.assert_act(appr, "rita", "resubmit", "pending", "s", payload={"n": 2})
        self.assertEqual(expires(), due)
        self.assert_act(appr, "rita", "edit", "pending", "s", payload={"n": 3})
        self.assertEqual(expires(), due)
        time.sleep(1.3)
        can = service.detail(appr, "ann")["can_act"]
        self.assertEqual([name for name, x in can.items() if x["allowed"]], [])
        self.assert_too_late(appr)
        got = service.detail(appr)
        self.assertEqual((got["status"], got["current_stage_id"], got["round"], got["timers"],
                          got["sla_due_at"], got["valid_until"]),
                         ("expired", None, 3, [], None, None))
        self.assertEqual(self.path_of(appr), [("s", 1, "left"), ("s", 2, "left"), ("s", 3, "left")])
        self.assertEqual(self.open_users(appr), [])
        for who, action in (("ann", "approve"), ("rita", "resubmit"), ("rita", "edit"),
                            ("boss", "cancel")):
            self.assert_refused(appr, who, action, 409, payload={"n": 4}, comment="x")

    def test_what_expired_while_it_was_returned_keeps_its_payload(self):
        wf = service.publish({"id": "s", "approvers": ["ann"]}, expires=SOON,
                             title="n {{payload.n}}")
        for who, action in (("rita", "resubmit"), ("rita", "withdraw"), ("boss", "cancel"),
                            ("ann", "comment")):
            with self.subTest(action=action):
                appr = service.submit(wf, payload={"n": 1})
                self.assert_act(appr, "ann", "request_changes", "returned")
                self.pass_by()
                self.assertEqual(service.detail(appr)["status"], "returned")
                self.assert_too_late(appr, who, action, payload={"n": 2}, comment="x")
                got = service.detail(appr)
                self.assertEqual((got["status"], got["payload"], got["title"], got["round"]),
                                 ("expired", {"n": 1}, "n 1", 1))
                self.assertEqual(self.actions_of(appr)[-1], ("expired", "system"))

    def test_what_only_asks_or_tells_does_not_stop_a_vote(self):
        appr = self.start({"approvers": ["ann"], "sla": {"duration": SOON, "remind": ["50%"]},
                           "escalations": [{"timeout": SOON, "target": "lena"}]})
        self.pass_by()
        self.assert_act(appr, "ann", "approve", "approved")

    def test_levels_that_fell_due_before_it_come_first(self):
        appr = self.start({"id": "s", "approvers": ["ann"],
                           "sla": {"duration": "0.001m", "remind": ["50%"]},
                           "escalations": [{"timeout": "0.001m", "target": "lena"},
                                           {"timeout": SOON, "then": "reject"}]})
        self.pass_by()
        self.assert_too_late(appr)
        self.assertEqual([a for a, _ in self.actions_of(appr)],
                         ["submitted", "reminded", "sla_breached", "escalated", "timed_out"])

    def test_each_fires_once(self):
        appr = self.start({"approvers": ["ann"], "escalations": {"timeout": SOON,
                                                                 "then": "reject"}})
        self.pass_by()

        def vote(n):
            return service.fresh("POST", f"/api/v1/approvals/{appr}/actions",
                                 {"actor_id": "ann", "action": "approve"})
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(vote, range(8)))
        self.assertEqual({a.status for a in answers}, {409})
        self.assertEqual([a for a, _ in self.actions_of(appr)], ["submitted", "timed_out"])
        self.assertEqual([r["action"] for r in self.audit(appr)].count("approval.due"), 1)

    def test_a_key_keeps_the_refusal(self):
        appr = self.start({"approvers": ["ann"], "escalations": {"timeout": SOON,
                                                                 "then": "approve"}})
        self.pass_by()
        key = {"Idempotency-Key": unique("key")}
        first = service.act(appr, "ann", "approve", key)
        self.assert_problem(first, 409)
        self.assertEqual(service.detail(appr)["status"], "approved")
        again = service.act(appr, "ann", "approve", key)
        self.assertEqual((again.status, again.body), (409, first.body))


class Times(Flow):
    def test_timers_of_a_stage(self):
        got = service.detail(self.start(
            {"sla": {"duration": "4h", "remind": ["50%", "3h"]},
             "escalations": [{"timeout": "6h", "target": "lena"},
                             {"timeout": "12h", "then": "reject"}]}, expires="30d"))
        due = {(t["kind"], t["level"]): t["due_at"] for t in got["timers"]}
        self.assertEqual(set(due), {("remind", 0), ("remind", 1), ("sla", 0), ("escalate", 0),
                                    ("escalate", 1), ("expire", 0)})
        self.assertEqual(due[("sla", 0)], got["sla_due_at"])

    def test_business_time(self):
        week = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat",
                                                      "sun")}
        name = unique("calendar")
        self.assert_status(service.request("PUT", f"/api/v1/calendars/{name}",
                                           {"time_zone": "UTC", "week": week}), 201)
        got = service.detail(self.start({"sla": {"duration": "4bh"}}, calendar=name))
        again = service.detail(self.start({"sla": {"duration": "4h"}}))

        def hours(d):
            return (time.mktime(time.strptime(d["sla_due_at"][:19], "%Y-%m-%dT%H:%M:%S")) -
                    time.mktime(time.strptime(d["created_at"][:19], "%Y-%m-%dT%H:%M:%S"))) / 3600
        self.assertAlmostEqual(hours(got), hours(again), places=3)
