"""Who is asked and who may act: selectors, requires, can_act, outlook, absences."""
import datetime

from harness import ApprovalCase, Service, quote, unique

service = Service()


def setUpModule():
    service.start()


def tearDownModule():
    service.stop_verified()


def at(**delta):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**delta)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class People(ApprovalCase):
    service = service

    def user(self, **members):
        """Registers somebody of an id that nobody has, and gives the id."""
        body = dict({"id": unique("user")}, **members)
        self.assert_status(service.post("/api/v1/users", body), 201)
        return body["id"]

    def set_members(self, group, *members):
        path = "/api/v1/groups/" + group.split(":", 1)[1]
        self.assert_status(service.request("PATCH", path, {"members": members}), 200)

    def slate(self, appr):
        return service.detail(appr)["slate"]

    def outlook(self, appr):
        a = self.assert_status(service.get(f"/api/v1/approvals/{appr}/outlook"), 200)
        return a.json


class Selectors(People):
    def test_each_kind(self):
        chief = self.user()
        boss = self.user(manager=chief)
        worker = self.user(manager=boss)
        role = unique("role")
        holder = self.user(roles=[role])
        group = service.group("ann", "bob", worker)
        for selector, users in (
                ("ann", ["ann"]), ("user:ann", ["ann"]), ({"user": "ann"}, ["ann"]),
                (group, ["ann", "bob"]), ({"group": group[6:]}, ["ann", "bob"]),
                (f"role:{role}", [holder]), ({"role": role}, [holder]),
                ("manager:requester", [boss]), ("manager:requester:2", [chief]),
                ({"manager": "requester", "steps": 2}, [chief]),
                ("payload:/owner/0", ["olga"]), ({"payload": "/owner/0"}, ["olga"])):
            with self.subTest(selector=selector):
                wf = service.publish({"type": "parallel", "approvers": [selector]})
                appr = service.submit(wf, worker, {"owner": ["olga"]})
                self.assertEqual(self.slate(appr)["users"], users)

    def test_the_one_with_the_fewest_tasks(self):
        people = [unique("p") for _ in range(3)]
        group = service.group(*people)
        self.start({"type": "parallel", "approvers": people[:2]})
        self.assertEqual(self.slate(self.start({"approvers": [f"least_loaded:{group}"]}))["users"],
                         [people[2]])

    def test_through_which_he_was_asked(self):
        group = service.group("ann", "bob")
        appr = self.start({"type": "parallel", "approvers": ["ann", group, "user:ann"]})
        via = {t["user"]: t["via"] for t in service.detail(appr)["tasks"]}
        self.assertEqual(via, {"ann": ["user:ann", group], "bob": [group]})

    def test_who_left_the_group_cannot_decide(self):
        group = service.group("ann", "bob")
        appr = self.start({"type": "parallel", "approvers": [group], "quorum": 1})
        self.set_members(group, "bob", "cid")
        self.assert_refused(appr, "ann", "approve", 403)
        self.assert_refused(appr, "cid", "approve", 403)
        self.assert_act(appr, "bob", "approve", "approved")

    def test_a_stage_that_the_people_left(self):
        group = service.group("ann", "bob")
        appr = self.start({"type": "parallel", "approvers": [group], "quorum": 2,
                           "escalations": {"timeout": "1d", "target": "lena"}})
        self.set_members(group, "bob")
        got = service.detail(appr)
        self.assertEqual((got["status"], got["slate"]["fallback"]), ("pending", True))
        self.assertIn("lena", got["slate"]["users"])
        self.assertIn(("escalated", "system"), self.actions_of(appr))

    def test_nobody_to_ask(self):
        empty = service.group()
        for on_empty, status in (("escalate", "pending"), ("reject", "rejected"),
                                 ("approve", "approved"), (None, "pending")):
            with self.subTest(on_empty=on_empty):
                appr = self.start({"approvers": [empty], "on_empty": on_empty})
                got = service.detail(appr)
                self.assertEqual(got["status"], status)
                if status == "pending":
                    self.assertEqual(got["slate"], {"role": "admin", "needed": 1,
                                                    "fallback": True, "users": []})

    def test_who_may_submit(self):
        group = service.group("rita")
        wf = service.publish({}, submit_by=[group, "user:sue"])
        service.submit(wf, "rita")
        service.submit(wf, "sue")
        with self.nothing_changes("audit_logs"):
            self.assert_problem(service.ask(wf, "tom"), 403)

    def test_the_owner_of_an_agent_cannot_decide(self):
        agent = self.user(owner="olga")
        wf = service.publish({"type": "parallel", "approvers": ["olga", "ann"]})
        appr = service.submit(wf, agent)
        self.assertEqual(self.slate(appr)["users"], ["ann"])
        self.assert_refused(appr, "olga", "approve", 403)
        self.assert_refused(appr, "ann", "delegate", 422, assignee="olga")
        self.assert_act(appr, "ann", "approve", "approved")

    def test_removed_people_cannot_act(self):
        gone = self.user()
        appr = self.start({"type": "parallel", "approvers": ["ann", "bob"], "quorum": 1})
        self.assert_status(service.request("DELETE", f"/api/v1/users/{quote(gone)}"), 204)
        self.assert_refused(appr, "ann", "delegate", 422, assignee=gone)
        self.assert_refused(self.start({}), gone, "approve", 403)


class SkippingRepeats(People):
    def test_an_earlier_approval_carries(self):
        for mode, ends in (("off", "pending"), ("consecutive", "pending"), ("any", "approved")):
            with self.subTest(mode=mode):
                appr = self.start({"id": "a", "approvers": ["ann"]},
                                  {"id": "b", "approvers": ["bob"]},
                                  {"id": "c", "approvers": ["ann"], "skip_repeat": mode})
                self.assert_act(appr, "ann", "approve", "pending", "b")
                self.assert_act(appr, "bob", "approve", ends)
        appr = self.start({"id": "a", "approvers": ["ann"]},
                          {"id": "b", "approvers": ["ann", "bob"], "skip_repeat": "consecutive"})
        self.assert_act(appr, "ann", "approve", "pending", "b")
        self.assertEqual(self.open_users(appr), ["bob"])
        self.assertEqual(self.actions_of(appr)[-1], ("repeated", "ann"))
        self.assert_act(appr, "bob", "approve", "approved")


class Requires(People):
    def setUp(self):
        self.finance = service.group("ann", "bob", "cid")
        self.board = service.group("cid", "dan")

    def stage(self, tree, **more):
        return dict({"id": "s", "type": "parallel", "requires": tree}, **more)

    def test_people_of_several_groups(self):
        tree = {"all": [{"at_least": 2, "of": self.finance}, {"any": [self.board, "eve"]}]}
        wf = service.publish(self.stage(tree))
        for order, ends in ((("ann", "bob", "eve"), 3), (("cid", "ann"), 2),
                            (("dan", "eve", "ann", "bob"), 4)):
            with self.subTest(order=order):
                appr = service.submit(wf)
                self.assertIsNone(self.slate(appr)["needed"])
                for i, who in enumerate(order, 1):
                    self.assert_act(appr, who, "approve", "approved" if i == ends else "pending")

    def test_distinct_places(self):
        tree = {"all": [{"at_least": 2, "of": self.finance}, self.board]}
        appr = self.start(self.stage(tree, distinct=True))
        self.assert_act(appr, "cid", "approve", "pending")
        self.assert_act(appr, "ann", "approve", "pending")
        self.assert_act(appr, "bob", "approve", "approved")
        appr = self.start(self.stage(tree, distinct=False))
        self.assert_act(appr, "cid", "approve", "pending")
        self.assert_act(appr, "ann", "approve", "approved")

    def test_a_delegate_has_the_standing_of_whom_he_acts_for(self):
        tree = {"all": [{"at_least": 1, "of": self.finance}, {"at_least": 1, "of": self.board}]}
        appr = self.start(self.stage(tree))
        self.assert_act(appr, "cid", "delegate", "pending", assignee="zoe")
        task = service.detail(appr)["tasks"][-1]
        self.assertEqual((task["user"], task["for"]), ("zoe", "cid"))
        self.assert_act(appr, "zoe", "approve", "approved")

    def test_impossible_ends_it(self):
        tree = {"all": [{"at_least": 3, "of": self.finance}, self.board]}
        appr = self.start(self.stage(tree, reject="impossible"))
        self.assert_act(appr, "dan", "reject", "pending")
        self.assert_act(appr, "ann", "abstain", "rejected")

    def test_one_that_todays_members_cannot_satisfy(self):
        a = service.post("/api/v1/workflows", {
            "stages": [self.stage({"at_least": 4, "of": self.finance})]})
        self.assert_status(a, 201)
        self.assertEqual([w["pointer"] for w in a.json["warnings"]], ["/stages/0"])
        got = service.detail(service.submit(a.json["workflow_id"]))
        self.assertEqual((got["slate"]["role"], got["slate"]["fallback"], got["slate"]["needed"]),
                         ("admin", True, 4))


class Absent(People):
    def test_tasks_go_to_the_deputy(self):
        deputy = unique("deputy")
        away = self.user(absence={"from": at(hours=-1), "to": at(hours=1), "deputy": deputy})
        back = self.user(absence={"from": at(hours=-2), "to": at(hours=-1), "deputy": deputy})
        appr = self.start({"approvers": [away, back]})
        got = service.detail(appr)
        self.assertEqual([(t["user"], t["for"], t["state"]) for t in got["tasks"]],
                         [(away, None, "handed_on"), (back, None, "waiting"),
                          (deputy, away, "open")])
        self.assertIn(("deputized", "system"), self.actions_of(appr))
        self.assert_refused(appr, away, "approve", 403)
        self.assert_act(appr, deputy, "approve", "pending")
        self.assert_act(appr, back, "approve", "approved")

    def test_chains_of_deputies(self):
        window = {"from": at(hours=-1), "to": at(hours=1)}
        last = unique("last")
        second = self.user(absence=dict(window, deputy=last))
        first = self.user(absence=dict(window, deputy=second))
        self.assertEqual(self.open_users(self.start({"approvers": [first]})), [last])

    def test_the_deputy_may_be_barred(self):
        away = self.user(absence={"from": at(hours=-1), "to": at(hours=1), "deputy": "rita"})
        self.assertEqual(self.open_users(self.start({"approvers": [away]})), [away])


class CanAct(People):
    ALL = {"approve", "reject", "abstain", "delegate", "take_back", "reassign", "claim", "unclaim",
           "comment", "request_changes", "edit", "resubmit", "withdraw", "escalate", "cancel",
           "add_approver", "re_resolve", "consume"}

    def can(self, appr, actor):
        with self.nothing_changes():
            answer = service.detail(appr, actor)["can_act"]
        self.assertEqual(set(answer), self.ALL)
        for one in answer.values():
            self.assertEqual(set(one), {"allowed"} if one["allowed"] else {"allowed", "reason"})
            self.assertTrue(one["allowed"] or one["reason"])
        return {action for action, one in answer.items() if one["allowed"]}

    def test_only_where_somebody_is_named(self):
        self.assertNotIn("can_act", service.detail(self.start({})))

    def test_of_each(self):
        votes = {"approve", "reject", "abstain", "request_changes"}
        appr = self.start({"id": "s", "approvers": ["ann", "bob"], "actions": []})
        self.assertLessEqual(votes | {"delegate", "claim", "comment", "add_approver"},
                             self.can(appr, "ann"))
        self.assertFalse(votes & self.can(appr, "bob"))
        self.assertFalse(votes & self.can(appr, "eve"))
        rita = self.can(appr, "rita")
        self.assertLessEqual({"edit", "withdraw", "comment"}, rita)
        self.assertFalse((votes | {"delegate", "reassign", "re_resolve", "resubmit", "consume"})
                         & rita)
        self.assertIn("not yet the turn",
                      service.detail(appr, "bob")["can_act"]["approve"]["reason"])

    def test_is_what_is_done(self):
        """What is said to be refused is refused, with the same words."""
        group = service.group("ann", "bob")
        appr = self.start({"id": "s", "type": "parallel", "approvers": [group, "cid"],
                           "quorum": 3, "actions": ["approve", "comment", "claim", "delegate"]})
        self.set_members(group, "bob")
        for who in ("ann", "bob", "cid", "rita", "eve"):
            answer = service.detail(appr, who)["can_act"]
            for action in sorted(self.ALL - {"consume"}):
                if answer[action]["allowed"]:
                    continue
                with self.subTest(who=who, action=action):
                    a = service.act(appr, who, action, assignee="zoe", comment="x", payload={})
                    self.assertIn(a.status, (403, 409))
                    self.assertEqual(a.json["detail"], answer[action]["reason"])

    def test_when_it_is_over(self):
        appr = self.start({})
        self.assert_act(appr, "ann", "reject", "rejected")
        self.assertEqual(self.can(appr, "ann") | self.can(appr, "rita"), set())

    def test_when_it_is_returned(self):
        appr = self.start({"approvers": ["ann"]})
        self.assert_act(appr, "ann", "request_changes", "returned")
        self.assertEqual(self.can(appr, "rita") - {"cancel"}, {"comment", "resubmit", "withdraw"})
        self.assertEqual(self.can(appr, "ann") - {"cancel"}, {"comment"})


class Outlook(People):
    def test_who_can_finish_it(self):
        appr = self.start({"id": "s", "type": "parallel", "approvers": ["ann", "bob", "cid"],
                           "quorum": 2})
        got = self.outlook(appr)
        self.assertEqual(got, {
            "approval_id": appr, "status": "pending", "stage_id": "s", "visit": 1, "seq": 1,
            "role": None, "still_needed": 2, "complete": True, "reason": None, "absent": [],
            "sets": [["ann", "bob"], ["ann", "cid"], ["bob", "cid"]]})
        self.assert_act(appr, "bob", "approve", "pending")
        got = self.outlook(appr)
        self.assertEqual((got["still_needed"], got["sets"]), (1, [["ann"], ["cid"]]))
        self.assert_act(appr, "cid", "approve", "approved")
        got = self.outlook(appr)
        self.assertEqual((got["status"], got["stage_id"], got["sets"], got["complete"]),
                         ("approved", None, [], True))
        self.assertTrue(got["reason"])

    def test_of_a_tree(self):
        finance, board = service.group("ann", "bob"), service.group("bob", "dan")
        tree = {"all": [finance, board]}
        appr = self.start({"type": "parallel", "requires": tree})
        self.assertEqual(self.outlook(appr)["sets"], [["bob"], ["ann", "dan"]])
        appr = self.start({"type": "parallel", "requires": tree, "distinct": True})
        self.assertEqual({tuple(s) for s in self.outlook(appr)["sets"]},
                         {("ann", "bob"), ("ann", "dan"), ("bob", "dan")})

    def test_in_order(self):
        appr = self.start({"approvers": ["ann", "bob", "cid"]})
        self.assert_act(appr, "ann", "abstain", "pending")
        self.assertEqual(self.outlook(appr)["sets"], [["bob", "cid"]])

    def test_at_most_twenty(self):
        people = [f"p{i}" for i in range(12)]
        got = self.outlook(self.start({"type": "parallel", "approvers": people, "quorum": 6}))
        self.assertEqual((len(got["sets"]), got["complete"]), (20, False))
        self.assertTrue(all(len(s) == 6 for s in got["sets"]))

    def test_where_a_role_decides(self):
        got = self.outlook(self.start({"quorum": 2, "type": "parallel"}))
        self.assertEqual((got["role"], got["still_needed"], got["reason"]), ("approver", 2, None))

    def test_people_who_are_away(self):
        away = self.user(absence={"from": at(hours=-1), "to": at(hours=1), "deputy": "rita"})
        appr = self.start({"type": "parallel", "approvers": [away, "ann"], "quorum": 2})
        got = self.outlook(appr)
        self.assertEqual((got["absent"], got["sets"]), ([away], []))
        self.assertTrue(got["reason"])

    def test_unknown(self):
        self.assert_problem(service.get("/api/v1/approvals/nobody/outlook"), 404,
                            "Approval not found")
