"""Everything people can do to an approval besides the plain votes and handing on."""
from harness import ApprovalCase, Service, unique

service = Service()


def setUpModule():
    service.start()


def tearDownModule():
    service.stop_verified()


class Actions(ApprovalCase):
    service = service

    def last_event(self, appr):
        return service.detail(appr)["events"][-1]


class Abstaining(Actions):
    def test_is_neither_for_nor_against(self):
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob", "cid"], "quorum": 2})
        self.assert_act(appr, "ann", "abstain", "pending")
        self.assert_repeat(appr, "ann", "abstain", "pending")
        self.assert_act(appr, "bob", "approve", "pending")
        self.assert_act(appr, "cid", "approve", "approved")

    def test_may_make_the_stage_impossible(self):
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob"], "quorum": 2})
        self.assert_act(appr, "ann", "abstain", "rejected")

    def test_may_be_thought_over(self):
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob", "cid"], "quorum": 2})
        self.assert_act(appr, "ann", "abstain", "pending")
        self.assert_act(appr, "ann", "approve", "pending")
        self.assert_act(appr, "bob", "approve", "approved")

    def test_passes_the_turn(self):
        appr = self.start({"approvers": ["ann", "bob", "cid"]})
        self.assert_act(appr, "ann", "abstain", "pending")
        self.assertEqual(self.open_users(appr), ["bob"])
        self.assert_act(appr, "bob", "approve", "pending")
        self.assert_act(appr, "cid", "abstain", "approved")

    def test_at_least_one_must_approve(self):
        appr = self.start({"approvers": ["ann", "bob"]})
        self.assert_act(appr, "ann", "abstain", "pending")
        self.assert_act(appr, "bob", "abstain", "rejected")


class TakingBack(Actions):
    def test_until_he_has_voted(self):
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob"], "quorum": 2})
        self.assert_refused(appr, "ann", "take_back", 403)
        self.assert_act(appr, "ann", "delegate", "pending", assignee="dan")
        self.assert_refused(appr, "bob", "take_back", 403)
        self.assert_act(appr, "ann", "take_back", "pending")
        self.assertEqual(sorted(self.open_users(appr)), ["ann", "bob"])
        self.assertEqual(self.last_event(appr)["data"]["from"], "dan")
        self.assert_refused(appr, "dan", "approve", 403)
        self.assert_act(appr, "ann", "delegate", "pending", assignee="eve")
        self.assert_act(appr, "eve", "approve", "pending")
        self.assert_refused(appr, "ann", "take_back", 409)
        self.assert_act(appr, "bob", "approve", "approved")

    def test_not_when_he_has_handed_it_on(self):
        appr = self.start({"approvers": ["ann"]})
        self.assert_act(appr, "ann", "delegate", "pending", assignee="dan")
        self.assert_act(appr, "dan", "delegate", "pending", assignee="eve")
        self.assert_refused(appr, "ann", "take_back", 409)
        self.assert_act(appr, "dan", "take_back", "pending")
        self.assert_act(appr, "ann", "take_back", "pending")
        self.assert_act(appr, "ann", "approve", "approved")


    def test_not_what_another_gave_away(self):
        appr = self.start({"approvers": ["ann"]})
        self.assert_act(appr, "boss", "reassign", "pending", assignee="dan")
        self.assertEqual(service.detail(appr)["tasks"][0]["state"], "relieved")
        self.assert_refused(appr, "ann", "take_back", 403)
        self.assert_act(appr, "dan", "approve", "approved")


class Claiming(Actions):
    def test_is_a_mark_and_no_lock(self):
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob"]})
        self.assert_refused(appr, "eve", "claim", 403)
        self.assert_act(appr, "ann", "claim", "pending")
        claimed = {t["user"]: t["claimed_at"] for t in service.detail(appr)["tasks"]}
        self.assertTrue(claimed["ann"])
        self.assertIsNone(claimed["bob"])
        self.assert_act(appr, "ann", "unclaim", "pending")
        self.assertEqual([t["claimed_at"] for t in service.detail(appr)["tasks"]], [None, None])
        self.assert_act(appr, "ann", "claim", "pending")
        self.assert_act(appr, "bob", "approve", "approved")

    def test_in_a_stage_that_names_nobody(self):
        appr = self.start({})
        self.assert_refused(appr, "ann", "unclaim", 409)
        self.assert_act(appr, "ann", "claim", "pending")
        self.assertEqual(service.detail(appr)["slate"]["users"], ["ann"])
        self.assert_act(appr, "bob", "approve", "approved")


class Commenting(Actions):
    def test_everybody_whom_it_concerns(self):
        appr = self.start({"approvers": ["ann"]})
        self.assert_refused(appr, "ann", "comment", 422)
        for who in ("rita", "ann"):
            self.assert_act(appr, who, "comment", "pending", comment=f"{who} says so",
                            metadata={"x": [1, 2.50]})
            event = self.last_event(appr)
            self.assertEqual((event["action"], event["actor_id"], event["data"]["comment"],
                              event["data"]["metadata"]),
                             ("comment", who, f"{who} says so", {"x": [1, 2.5]}))

    def test_notes_are_a_comment(self):
        appr = self.start({"approvers": ["ann"]})
        self.assert_act(appr, "ann", "comment", "pending", metadata={"notes": "from 0.4"})
        self.assertEqual(self.last_event(appr)["data"]["comment"], "from 0.4")

    def test_not_after_the_end(self):
        appr = self.start({"approvers": ["ann"]})
        self.assert_act(appr, "ann", "approve", "approved")
        self.assert_refused(appr, "ann", "comment", 409, comment="too late")


class Revising(Actions):
    def test_request_changes_and_resubmit(self):
        appr = self.start({"id": "one", "approvers": ["ann"], "sla": {"duration": "1h"}},
                          {"id": "two", "approvers": ["bob"], "sla": {"duration": "1h"}},
                          expires="30d", payload={"amount": 5})
        before = service.detail(appr)
        self.assert_act(appr, "ann", "approve", "pending", "two")
        self.assert_refused(appr, "ann", "request_changes", 403)
        self.assert_refused(appr, "rita", "resubmit", 409, payload={"amount": 4})
        self.assert_act(appr, "bob", "request_changes", "returned", comment="less")
        got = service.detail(appr)
        self.assertEqual((got["status"], got["current_stage_id"], got["slate"], got["sla_due_at"],
                          got["visit"], got["round"]), ("returned", None, None, None, 0, 1))
        self.assertEqual([t["kind"] for t in got["timers"]], ["expire"])
        self.assert_refused(appr, "bob", "approve", 409)
        self.assert_refused(appr, "bob", "resubmit", 403, payload={"amount": 4})
        self.assert_act(appr, "rita", "resubmit", "pending", "one", payload={"amount": 4})
        got = service.detail(appr)
        self.assertEqual((got["round"], got["payload"]), (2, {"amount": 4}))
        self.assertNotEqual(got["payload_sha256"], before["payload_sha256"])
        self.assertEqual(sorted(t["kind"] for t in got["timers"]), ["expire", "sla"])
        self.assert_act(appr, "ann", "approve", "pending", "two")
        self.assert_act(appr, "bob", "approve", "approved")
        self.assertEqual(self.path_of(appr),
                         [("one", 1, "approved"), ("two", 1, "left"), ("one", 2, "approved"),
                          ("two", 2, "approved")])

    def test_resubmit_as_it_was(self):
        appr = self.start({"approvers": ["ann"]}, payload={"amount": 5})
        self.assert_act(appr, "ann", "request_changes", "returned")
        self.assert_act(appr, "rita", "resubmit", "pending")
        got = service.detail(appr)
        self.assertEqual((got["round"], got["payload"]), (2, {"amount": 5}))
        self.assert_act(appr, "ann", "approve", "approved")

    def test_edit(self):
        appr = self.start({"id": "one"}, {"id": "two"}, payload={"amount": 5})
        self.assert_act(appr, "ann", "approve", "pending", "two")
        self.assert_refused(appr, "ann", "edit", 403, payload={"amount": 6})
        self.assert_refused(appr, "rita", "edit", 422)
        self.assert_act(appr, "rita", "edit", "pending", "one", payload={"amount": 6})
        got = service.detail(appr)
        self.assertEqual((got["round"], got["visit"], got["payload"]), (2, 2, {"amount": 6}))
        self.assert_refused(appr, "bob", "approve", 412, stage_id="one", visit=1)
        self.assert_act(appr, "bob", "approve", "pending", "two", stage_id="one", visit=2)

    def test_too_many_rounds_reject(self):
        appr = self.start({"id": "s"}, max_rounds=2)
        self.assert_act(appr, "rita", "edit", "pending", payload={"n": 2})
        self.assert_act(appr, "rita", "edit", "rejected", payload={"n": 3})
        event = self.last_event(appr)
        self.assertEqual((event["action"], event["actor_id"], event["data"]["reason"]),
                         ("ended", "system", "more than 2 rounds"))

    def test_what_is_covered_and_did_not_change_is_carried(self):
        appr = self.start({"id": "money", "approvers": ["ann"], "covers": ["/amount", "/a~1b"]},
                          {"id": "text", "approvers": ["bob"], "covers": ["/text"]},
                          {"id": "all", "approvers": ["cid"]},
                          payload={"amount": 1.0, "a/b": [1], "text": "x"})
        self.assert_act(appr, "ann", "approve", "pending", "text")
        self.assert_act(appr, "bob", "approve", "pending", "all")
        self.assert_act(appr, "cid", "request_changes", "returned")
        self.assert_act(appr, "rita", "resubmit", "pending", "text",
                        payload={"text": "y", "a/b": [1], "amount": 1.0})
        self.assertEqual(self.path_of(appr)[3:], [("money", 0, "carried"), ("text", 2, "open")])
        self.assertIn(("carried", "system"), self.actions_of(appr))
        self.assert_act(appr, "bob", "approve", "pending", "all")
        self.assert_act(appr, "cid", "approve", "approved")


class Withdrawing(Actions):
    def test_while_it_is_returned(self):
        appr = self.start({"approvers": ["ann"]})
        self.assert_act(appr, "ann", "request_changes", "returned")
        self.assert_refused(appr, "ann", "withdraw", 403)
        self.assert_act(appr, "rita", "withdraw", "withdrawn")
        self.assert_refused(appr, "rita", "resubmit", 409, payload={})


class Escalating(Actions):
    def test_to_the_targets_of_the_next_level(self):
        levels = [{"timeout": "1h", "target": "lena"},
                  {"timeout": "2h", "target": ["max"], "mode": "replace"},
                  {"timeout": "3h", "then": "reject"}]
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob"], "escalations": levels})
        self.assert_act(appr, "ann", "escalate", "pending", comment="I am away")
        self.assertEqual(self.open_users(appr), ["ann", "bob", "lena"])
        self.assert_act(appr, "rita", "escalate", "pending")
        self.assertEqual(self.open_users(appr), ["ann", "bob", "lena", "max"],
                         "nobody gets rid of those who were asked")
        self.assertEqual([t["level"] for t in service.detail(appr)["timers"]], [2])
        self.assert_act(appr, "max", "approve", "approved")

    def test_to_administrators_where_no_level_is_left(self):
        appr = self.start({"approvers": ["ann"]})
        self.assert_act(appr, "rita", "escalate", "pending")
        self.assertEqual(service.detail(appr)["slate"]["role"], "admin")


class Cancelling(Actions):
    def test_needs_a_reason(self):
        appr = self.start({"approvers": ["ann"]})
        self.assert_refused(appr, "boss", "cancel", 422)
        self.assert_act(appr, "boss", "cancel", "cancelled", comment="the order is gone")
        self.assertEqual(self.last_event(appr)["data"]["comment"], "the order is gone")
        for who, action in (("boss", "cancel"), ("ann", "approve"), ("rita", "withdraw")):
            self.assert_refused(appr, who, action, 409, comment="again")

    def test_what_is_returned(self):
        appr = self.start({"approvers": ["ann"]})
        self.assert_act(appr, "ann", "request_changes", "returned")
        self.assert_act(appr, "boss", "cancel", "cancelled", comment="enough")


class Consulting(Actions):
    def test_counts_neither_way(self):
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob"], "quorum": "all"})
        for bad in ("rita", "bob", "system"):
            self.assert_refused(appr, "ann", "add_approver", 422, assignee=bad)
        self.assert_refused(appr, "ann", "add_approver", 400)
        self.assert_act(appr, "ann", "add_approver", "pending", assignee="dan")
        self.assertEqual([t["user"] for t in service.detail(appr)["tasks"] if t["consult"]],
                         ["dan"])
        self.assertEqual(service.detail(appr)["slate"]["needed"], 2)
        self.assert_refused(appr, "dan", "delegate", 403, assignee="eve")
        self.assert_act(appr, "dan", "reject", "pending")
        self.assert_act(appr, "ann", "approve", "pending")
        self.assert_act(appr, "bob", "approve", "approved")

    def test_his_opinion_is_not_waited_for(self):
        appr = self.start({"approvers": ["ann"]})
        self.assert_act(appr, "ann", "add_approver", "pending", assignee="dan")
        self.assert_act(appr, "ann", "approve", "approved")


class ReResolving(Actions):
    def test_memberships_count_as_they_are_now(self):
        group = service.group("ann", "bob")
        appr = self.start({"type": "parallel", "approvers": [group], "quorum": "all"})
        self.assert_act(appr, "ann", "approve", "pending")
        path = "/api/v1/groups/" + group.split(":", 1)[1]
        self.assert_status(service.request("PATCH", path, {"members": ["ann", "bob", "cid"]}), 200)
        self.assert_refused(appr, "cid", "approve", 403)
        self.assert_refused(appr, "rita", "re_resolve", 403)
        self.assert_act(appr, "boss", "re_resolve", "pending")
        got = service.detail(appr)
        self.assertEqual((got["slate"]["needed"], got["slate"]["users"]),
                         (3, ["ann", "bob", "cid"]))
        self.assert_act(appr, "bob", "approve", "pending")
        self.assert_act(appr, "cid", "approve", "approved")


class Limits(Actions):
    def test_actions_of_a_stage(self):
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob"], "quorum": 2,
                           "actions": ["approve", "comment"]})
        for who, action in (("ann", "reject"), ("ann", "abstain"), ("ann", "delegate"),
                            ("boss", "reassign"), ("ann", "claim"), ("ann", "request_changes"),
                            ("rita", "edit"), ("ann", "escalate"), ("ann", "add_approver")):
            with self.subTest(action=action):
                body = self.assert_refused(appr, who, action, 403, assignee="dan", payload={})
                self.assertIn("does not allow", body["detail"])
        self.assert_act(appr, "ann", "comment", "pending", comment="x")
        self.assert_act(appr, "ann", "approve", "pending")
        self.assert_act(appr, "rita", "withdraw", "withdrawn")

    def test_a_vote_that_is_final(self):
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob", "cid"], "quorum": 3,
                           "vote_once": True})
        self.assert_act(appr, "ann", "approve", "pending")
        self.assert_repeat(appr, "ann", "approve", "pending")
        for action in ("reject", "abstain", "request_changes"):
            self.assert_refused(appr, "ann", action, 409)

    def test_system_is_nobody(self):
        appr = self.start({})
        for action in ("approve", "comment", "withdraw", "cancel"):
            self.assert_refused(appr, "system", action, 403, comment="x")

    def test_consume_has_a_route_of_its_own(self):
        appr = self.start({})
        body = self.assert_refused(appr, "rita", "consume", 422)
        self.assertEqual([e["pointer"] for e in body["errors"]], ["/action"])
        self.assertIn("re_resolve", body["errors"][0]["detail"])
        self.assertNotIn("consume,", body["errors"][0]["detail"])


class Staleness(Actions):
    ACTS = (("ann", "approve"), ("ann", "abstain"), ("ann", "delegate"), ("ann", "claim"),
            ("ann", "unclaim"), ("ann", "comment"), ("ann", "request_changes"), ("rita", "edit"),
            ("rita", "withdraw"), ("ann", "escalate"), ("boss", "cancel"),
            ("ann", "add_approver"), ("boss", "reassign"), ("boss", "re_resolve"),
            ("ann", "take_back"))

    def test_each_mark_on_each_action(self):
        appr = self.start({"id": "s", "type": "parallel", "approvers": ["ann", "bob"],
                           "quorum": 2})
        seen = service.detail(appr)
        for who, action in self.ACTS:
            for mark in ({"stage_id": "t"}, {"visit": 2}, {"expected_seq": seen["seq"] + 1},
                         {"payload_sha256": "0" * 64}):
                with self.subTest(action=action, mark=mark):
                    self.assert_refused(appr, who, action, 412, assignee="dan", comment="x",
                                        payload={"a": 1}, **mark)
        self.assertEqual(service.detail(appr)["seq"], seen["seq"])

    def test_when_it_is_returned(self):
        appr = self.start({"approvers": ["ann"]})
        self.assert_act(appr, "ann", "request_changes", "returned")
        seq = service.detail(appr)["seq"]
        self.assert_refused(appr, "rita", "resubmit", 412, expected_seq=seq - 1)
        self.assert_refused(appr, "rita", "resubmit", 412, payload_sha256="1" * 64)
        self.assert_act(appr, "rita", "resubmit", "pending", expected_seq=seq)


class Repeating(Actions):
    def test_a_key_makes_every_action_safe_to_send_again(self):
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob"], "quorum": 2})
        for who, action in (("ann", "claim"), ("ann", "comment"), ("rita", "edit"),
                            ("ann", "add_approver")):
            with self.subTest(action=action):
                key = {"Idempotency-Key": unique("key")}
                first = service.act(appr, who, action, key, comment="x", assignee="dan",
                                    payload={"a": action})
                self.assert_status(first, 200)
                with self.nothing_changes():
                    again = service.act(appr, who, action, key, comment="x", assignee="dan",
                                        payload={"a": action})
                self.assertEqual((again.status, again.body), (first.status, first.body))
                self.assertEqual(again.header("Idempotency-Replayed"), "true")
