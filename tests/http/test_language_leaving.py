"""People who were asked and leave: the slates they are on fail closed at once."""
from harness import ApprovalCase, Service, unique, wait_for

service = Service()


def setUpModule():
    service.start()


def tearDownModule():
    service.stop_verified()


class Leaving(ApprovalCase):
    service = service

    def user(self, **members):
        body = dict({"id": unique("user")}, **members)
        self.assert_status(service.post("/api/v1/users", body), 201)
        return body["id"]

    def change(self, group, *members):
        path = "/api/v1/groups/" + group.split(":", 1)[1]
        self.assert_status(service.request("PATCH", path, {"members": members}), 200)

    def slate(self, appr):
        got = service.detail(appr)["slate"]
        return got["role"], got["needed"], got["fallback"], got["users"]

    def test_all_of_a_group_less_one(self):
        group = service.group("ann", "bob")
        appr = self.start({"type": "parallel", "approvers": [group], "quorum": "all"})
        self.change(group, "bob")
        self.assertEqual(self.slate(appr), ("admin", 2, True, ["bob"]))
        self.assertIn(("slate_checked", "system"), self.actions_of(appr))
        self.assert_act(appr, "bob", "approve", "pending")
        self.assert_act(appr, "boss", "approve", "approved")

    def test_enough_are_left(self):
        group = service.group("ann", "bob", "cid")
        appr = self.start({"type": "parallel", "approvers": [group], "quorum": 2})
        self.change(group, "bob", "cid")
        self.assertEqual(self.slate(appr), (None, 2, False, ["bob", "cid"]))
        self.assert_refused(appr, "ann", "approve", 403)

    def test_who_approved_before(self):
        group = service.group("ann", "bob", "cid", "dan", "eve")
        appr = self.start({"type": "parallel", "approvers": [group], "quorum": "majority"})
        self.assert_act(appr, "ann", "approve", "pending")
        self.change(group, "ann", "bob")
        self.assertEqual(self.slate(appr)[:3], ("admin", 3, True))
        self.assert_act(appr, "bob", "approve", "pending")
        self.assert_act(appr, "boss", "approve", "approved")

    def test_the_tree_asks_for_as_many(self):
        role = unique("role")
        chief = self.user(roles=[role])
        appr = self.start({"type": "parallel",
                           "requires": {"all": [{"at_least": 2, "of": ["ann", "bob"]},
                                                f"role:{role}"]}})
        self.assert_act(appr, "ann", "approve", "pending")
        self.assert_act(appr, "bob", "approve", "pending")
        path = f"/api/v1/users/{chief}"
        self.assert_status(service.request("PATCH", path, {"roles": []}), 200)
        self.assertEqual(self.slate(appr), ("admin", 3, True, []))
        for boss in ("one", "two"):
            self.assert_act(appr, boss, "approve", "pending")
        self.assert_act(appr, "three", "approve", "approved")

    def test_on_empty_of_a_user_who_is_removed(self):
        for policy, status in (("reject", "rejected"), ("approve", "approved")):
            with self.subTest(on_empty=policy):
                only = self.user()
                appr = self.start({"approvers": [only], "on_empty": policy})
                self.assert_status(service.request("DELETE", f"/api/v1/users/{only}"), 204)
                self.assertEqual(service.detail(appr)["status"], status)

    def test_the_target_of_the_first_level_comes_first(self):
        only = self.user()
        appr = self.start({"approvers": [only],
                           "escalations": {"timeout": "1h", "target": "lena"}})
        self.assert_status(service.request("DELETE", f"/api/v1/users/{only}"), 204)
        self.assertEqual(self.slate(appr), (None, 1, True, ["lena"]))
        self.assert_act(appr, "lena", "approve", "approved")

    def test_a_delegate_who_leaves_gives_the_place_back(self):
        stand_in = self.user()
        appr = self.start({"approvers": ["ann"]})
        self.assert_act(appr, "ann", "delegate", "pending", assignee=stand_in)
        self.assert_status(service.request("DELETE", f"/api/v1/users/{stand_in}"), 204)
        self.assertEqual(self.open_users(appr), ["ann"])
        self.assert_act(appr, "ann", "approve", "approved")

    def test_who_holds_nothing_disturbs_nobody(self):
        group = service.group("ann", "bob")
        appr = self.start({"type": "parallel", "approvers": ["ann"]})
        seq = service.detail(appr)["seq"]
        self.change(group, "ann")
        self.assertEqual(service.detail(appr)["seq"], seq)


class MovingPastADeadline(ApprovalCase):
    service = service

    def test_is_blocked(self):
        stage = {"id": "a", "approvers": ["ann"],
                 "escalations": {"timeout": "0.0003h", "then": "reject"}}
        wf = service.publish(stage)
        appr = service.submit(wf, "rita")
        service.publish(dict(stage, approvers=["bob"]), id=wf)
        path = f"/api/v1/workflows/{wf}/migrate"

        def blocked():
            a = self.assert_status(service.post(path, {"dry_run": True}), 200)
            return [m for m in a.json["approvals"] if m["result"] == "blocked"]

        found = wait_for("the deadline to pass", blocked)
        self.assertEqual([(m["approval_id"], m["reason"]) for m in found],
                         [(appr, "a deadline that decides has passed")])
        self.assert_status(service.act(appr, "ann", "approve"), 409)
        self.assertEqual(service.detail(appr)["status"], "rejected")
