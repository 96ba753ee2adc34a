"""API keys: what they reach, for whom they act, and who is believed."""
import datetime
import hashlib
import time

from access import token
from door import Door, DoorCase
from harness import quote, unique, wait_for

RULES = {"auto_approval_rules": {"by_risk_score": {
    "low_risk_threshold": 0.3, "medium_risk_threshold": 0.7, "auto_approve_below": 0.2}}}
MEMBERS = {"id", "name", "user_id", "roles", "workflows", "act_as", "created_by", "created_at",
           "expires_at", "last_used_at", "revoked_at"}

service = Door(rules=RULES)


def setUpModule():
    service.start()
    for name, *roles in (("ann", "approver"), ("bob", "approver"), ("rita", "requester"),
                         ("kate", "requester", "approver"), ("gateway", "service"),
                         ("spare", "requester", "viewer")):
        service.person(name, *roles)
    service.workflow("ann", {"id": "s", "approvers": ["ann"]})
    service.workflow("kate", {"id": "s", "approvers": ["kate", "ann"], "type": "parallel"})
    service.workflow("open", {"id": "s"})


def tearDownModule():
    service.stop_verified()


def moment(seconds):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class KeyCase(DoorCase):
    service = service

    def by_credentials(self, key):
        """Signs in with the key, and gives whom a token for it is named by in `by`."""
        a = service.grant(grant_type="client_credentials", client_id=key,
                          client_secret=service.tokens[key])
        name = f"token of {key}"
        service.tokens[name] = self.assert_status(a, 200).json["access_token"]
        return name

    def both(self, user, **members):
        """A key, and a token for it: the same limits hold for both."""
        key = service.key(user, **members)
        return key, self.by_credentials(key)

    def status(self, who, method, path, body=None):
        return service.by(who, method, path, body).status

    def detail_of(self, key):
        return service.made("root", "GET", f"/api/v1/api-keys/{key}")


class Making(KeyCase):
    def test_it_is_shown_once(self):
        at = moment(3600)
        made = service.made("root", "POST", "/api/v1/api-keys", {
            "user_id": "kate", "name": "a key", "roles": ["requester"], "workflows": ["ann", "kate"],
            "act_as": ["rita"], "expires_at": at})
        self.assertEqual(set(made), MEMBERS | {"key"})
        self.assertRegex(made["key"], rf"^apk_{made['id']}_[A-Za-z0-9_-]{{43}}$")
        self.assertEqual({k: made[k] for k in ("user_id", "name", "roles", "workflows", "act_as",
                                               "created_by", "last_used_at", "revoked_at")},
                         {"user_id": "kate", "name": "a key", "roles": ["requester"],
                          "workflows": ["ann", "kate"], "act_as": ["rita"], "created_by": "root",
                          "last_used_at": None, "revoked_at": None})
        self.assertEqual(made["expires_at"], at)
        key = made.pop("key")
        self.assertEqual(self.detail_of(made["id"]), made)
        self.assertIn(made, service.made("root", "GET", "/api/v1/api-keys?limit=200"))
        self.assertEqual(service.one("SELECT sha256 FROM api_keys WHERE id = ?", made["id"]),
                         hashlib.sha256(key.encode()).hexdigest())
        for file in service.db_path.parent.glob("approvals.db*"):
            self.assertNotIn(key.encode(), file.read_bytes(), file)
        self.assertNotIn(key, service.log_text())
        self.assertEqual([(r["action"], r["actor_id"]) for r in self.audit(made["id"])],
                         [("api_key.created", "root")])

    def test_what_does_not_fit(self):
        good = {"user_id": "kate", "name": "k"}
        for body, pointers in (
                ({}, ["/user_id", "/name"]),
                ({**good, "user_id": "nobody-there"}, ["/user_id"]),
                ({**good, "roles": ["admin"]}, ["/roles/0"]),
                ({**good, "roles": ["requester", "admin", "auditor"]}, ["/roles/1", "/roles/2"]),
                ({**good, "roles": "requester"}, ["/roles"]),
                ({**good, "workflows": ["no-such"]}, ["/workflows/0"]),
                ({**good, "workflows": []}, ["/workflows"]),
                ({**good, "act_as": ["rita", "nobody-there"]}, ["/act_as/1"]),
                ({**good, "act_as": [7]}, ["/act_as/0"]),
                ({**good, "expires_at": moment(-1)}, ["/expires_at"]),
                ({**good, "expires_at": "tomorrow"}, ["/expires_at"]),
                ({**good, "key": "apk_mine"}, ["/key"])):
            with self.subTest(body=body), self.nothing_changes():
                self.assert_problem(service.by("root", "POST", "/api/v1/api-keys", body), 422,
                                    pointers=pointers)
        self.assert_problem(service.by("root", "POST", "/api/v1/api-keys", good,
                                       {"Idempotency-Key": "k"}), 422)
        self.assert_problem(service.by("root", "GET", "/api/v1/api-keys/nosuchkey000"), 404)
        self.assert_problem(service.by("root", "DELETE", "/api/v1/api-keys/nosuchkey000"), 404)

    def test_texts_that_are_none(self):
        one, two = service.key("kate"), service.key("kate")
        key = service.tokens[one]
        for text in (key[:-1], key + "A", key.upper(), key.replace(one, two), key[4:], f"apk_{one}",
                     f"apk_{one}_", f"apk_{one}_{'A' * 43}", key.replace("apk_", "apr_"),
                     self.detail_of(one)["id"],
                     service.one("SELECT sha256 FROM api_keys WHERE id = ?", one)):
            with self.subTest(text=text):
                self.assert_problem_401(service.me(text))
        self.assert_status(service.me(key), 200)


class Reaching(KeyCase):
    def test_roles_are_those_of_the_key_and_of_the_user(self):
        service.made("root", "POST", "/api/v1/users", {"id": "second-root", "roles": [
            "admin", "auditor", "requester"]})
        for who in self.both("second-root", roles=["auditor"]):
            self.assertEqual(service.by(who, "GET", "/api/v1/users/me").json["may"], ["auditor"])
            self.assertEqual(self.status(who, "GET", "/api/v1/audit"), 200)
            self.assertEqual(self.status(who, "GET", "/api/v1/api-keys"), 403)
            self.assertEqual(self.status(who, "POST", "/api/v1/groups",
                                         {"id": unique("g"), "members": []}), 403)
            self.assertEqual(self.status(who, "POST", "/api/v1/approvals", {
                "workflow_id": "ann", "target_entity": "t", "payload": {}}), 403)
        whole, none = service.key("second-root"), self.both("second-root", roles=[])
        service.made("root", "PATCH", "/api/v1/users/second-root", {"roles": ["auditor", "viewer"]})
        self.assertEqual(service.by(whole, "GET", "/api/v1/users/me").json["may"], ["auditor"])
        for who in none:
            self.assertEqual(service.by(who, "GET", "/api/v1/users/me").json["may"], [])
            self.assertEqual(self.status(who, "GET", "/api/v1/audit"), 403)

    def test_a_role_that_the_key_does_not_carry_decides_nothing(self):
        approval = service.request_of("rita", "open")
        for who in self.both("ann", roles=[]):
            self.assert_problem(service.seen_by(who, approval), 404)
            self.assert_problem(service.act_by(who, approval, "approve"), 404)
        for who in self.both("spare", roles=["requester"]):  # whose owner is a viewer
            self.assert_problem(service.seen_by(who, approval), 404)
        self.assert_status(service.act_by(service.key("ann"), approval, "approve"), 200)

    def test_an_administrators_key_without_the_role_is_none(self):
        approval = service.request_of("rita", "ann")
        service.made("root", "POST", "/api/v1/users", {"id": "third-root", "roles": [
            "admin", "viewer"]})
        for who in self.both("third-root", roles=["viewer"]):
            self.assert_problem(service.act_by(who, approval, "cancel", comment="c"), 403)
        self.assert_status(service.act_by(service.key("third-root"), approval, "cancel",
                                          comment="c"), 200)

    def test_workflows(self):
        mine, other = (service.request_of("kate", w) for w in ("ann", "open"))
        for who in self.both("kate", workflows=["ann"]):
            with self.subTest(who=who):
                self.assertEqual([w["id"] for w in service.by(who, "GET", "/api/v1/workflows").json],
                                 ["ann"])
                self.assertEqual({a["workflow_id"] for a in service.by(
                    who, "GET", "/api/v1/approvals").json}, {"ann"})
                self.assertEqual(service.seen_by(who, mine).status, 200)
                for method, path, body in (
                        ("GET", "/api/v1/workflows/open", None),
                        ("GET", "/api/v1/workflows/open/versions", None),
                        ("GET", "/api/v1/workflows/open/versions/1", None),
                        ("GET", f"/api/v1/approvals/{other}", None),
                        ("GET", f"/api/v1/approvals/{other}/outlook", None),
                        ("POST", f"/api/v1/approvals/{other}/actions", {"action": "withdraw"}),
                        ("POST", f"/api/v1/approvals/{other}/consume", {"payload_sha256": "0" * 64}),
                        ("POST", "/api/v1/workflows/simulate", {"workflow_id": "open",
                                                                "payload": {}}),
                        ("POST", "/api/v1/approvals", {"workflow_id": "open", "target_entity": "t",
                                                       "payload": {}})):
                    self.assert_problem(service.by(who, method, path, body), 404)
        self.assert_status(service.act_by("kate", other, "withdraw"), 200)

    def test_an_administrators_key_for_one_workflow(self):
        other = service.request_of("rita", "open")
        for who in self.both("root", workflows=["ann"]):
            self.assert_problem(service.seen_by(who, other), 404)
            self.assert_problem(service.act_by(who, other, "cancel", comment="c"), 404)


class ActingFor(KeyCase):
    def both_names(self, approval, action, actor, through, status="approved"):
        event = next(e for e in reversed(service.seen_by("root", approval).json["events"])
                     if e["action"] == action)
        self.assertEqual((event["actor_id"], event["data"]["through"]), (actor, through))
        row = self.audit(approval)[-1]
        self.assertEqual((row["action"], row["actor_id"], row["acting_for"]),
                         (f"approval.{action}", through, actor))
        entry = service.made("root", "GET", f"/api/v1/audit?entity_id={approval}&limit=1")[0]
        self.assertEqual((entry["actor_id"], entry["acting_for"]), (through, actor))

    def test_both_names_are_recorded(self):
        for who in self.both("gateway", act_as=["ann"]):
            approval = service.request_of("rita", "ann")
            a = service.act_by(who, approval, "approve", actor_id="ann")
            self.assertEqual(self.assert_status(a, 200).json["status"], "approved")
            self.both_names(approval, "approve", "ann", "gateway")

    def test_only_for_whom_the_key_names(self):
        approval = service.request_of("rita", "ann")
        named, plain = self.both("gateway", act_as=["bob"]), self.both("gateway")
        for who in (*named, *plain, "gateway", "root", "bob", "rita"):
            for target in (approval, "appr-that-is-not-there"):  # before anything is looked up
                with self.subTest(who=who, target=target), self.nothing_changes("audit_logs"):
                    self.assert_problem(service.act_by(who, target, "approve", actor_id="ann"), 403)
                    self.assert_problem(service.by(
                        who, "POST", f"/api/v1/approvals/{target}/consume",
                        {"actor_id": "ann", "payload_sha256": "0" * 64}), 403)
        self.assert_problem(service.seen_by(named[0], approval, "?actor_id=ann"), 403)
        self.assert_problem(service.act_by(named[0], approval, "approve", actor_id="bob"), 404)
        forged = token("gateway", act_as=["ann"], key={"act_as": ["ann"]})
        self.assert_problem(service.request("POST", f"/api/v1/approvals/{approval}/actions",
                                            {"action": "approve", "actor_id": "ann"},
                                            {"Authorization": f"Bearer {forged}"}), 403)

    def test_only_in_the_workflows_of_the_key(self):
        approval = service.request_of("rita", "ann")
        for who in self.both("gateway", act_as=["ann"], workflows=["open"]):
            self.assert_problem(service.act_by(who, approval, "approve", actor_id="ann"), 404)

    def test_what_the_other_may_and_no_more(self):
        approval = service.request_of("rita", "ann")
        service.made("root", "POST", "/api/v1/users", {"id": "fourth-root", "roles": ["admin"]})
        for who in self.both("gateway", act_as=["bob", "fourth-root"]):
            self.assert_problem(service.act_by(who, approval, "approve", actor_id="bob"), 404)
            for action, more in (("cancel", {"comment": "c"}), ("approve", {}),
                                 ("reassign", {"assignee": "bob", "metadata": {"from": "ann"}})):
                self.assert_problem(service.act_by(who, approval, action, actor_id="fourth-root",
                                                   **more), 403)
        who = service.key("root", act_as=["bob"])  # an administrator's standing is not lent
        self.assert_problem(service.act_by(who, approval, "cancel", actor_id="bob", comment="c"), 404)
        opened = service.request_of("rita", "open")
        self.assert_problem(service.act_by(who, opened, "cancel", actor_id="bob", comment="c"), 403)

    def test_separation_of_duties_for_both(self):
        key = service.key("kate", act_as=["ann", "rita"])
        other = service.key("ann", act_as=["kate"])
        hers = service.request_of("kate", "kate")
        self.assert_problem(service.act_by(key, hers, "approve", actor_id="ann"), 403)
        self.assert_problem(service.act_by(other, hers, "approve", actor_id="kate"), 403)
        sent = service.request_of(key, "kate", requester_id="rita")
        for who, actor in (("kate", None), (key, "kate"), (key, "ann"), (other, "kate")):
            a = service.act_by(who, sent, "approve", **({"actor_id": actor} if actor else {}))
            self.assert_problem(a, 403)
        can = service.seen_by("kate", sent).json["can_act"]
        self.assertFalse(can["approve"]["allowed"])
        self.assert_status(service.act_by("ann", sent, "approve"), 200)
        self.assert_status(service.act_by("ann", hers, "approve"), 200)

    def test_who_writes_what_is_asked_for_does_not_decide(self):
        key = service.key("kate", act_as=["rita"])
        approval = service.request_of("rita", "kate", payload={"amount": 1})
        a = service.act_by(key, approval, "edit", actor_id="rita", payload={"amount": 1000})
        self.assert_problem(a, 403, "kate did not send this request for rita and cannot edit it")
        self.assert_status(service.act_by("kate", approval, "request_changes"), 200)
        a = service.act_by(key, approval, "resubmit", actor_id="rita", payload={"amount": 1000})
        self.assert_problem(a, 403)
        self.assert_status(service.act_by("rita", approval, "resubmit", payload={"amount": 2}), 200)
        self.assert_status(service.act_by("kate", approval, "approve"), 200)
        sent = service.request_of(key, "kate", requester_id="rita", payload={"amount": 1})
        a = service.act_by(key, sent, "edit", actor_id="rita", payload={"amount": 1000})
        self.assert_status(a, 200)
        self.both_names(sent, "edit", "rita", "kate")
        self.assert_problem(service.act_by("kate", sent, "approve"), 403)

    def test_what_the_other_could_do_is_told(self):
        approval = service.request_of("rita", "ann")
        key = service.key("gateway", act_as=["ann", "bob"])
        self.assert_problem(service.seen_by(key, approval), 404)
        for query, status in (("?actor_id=rita", 403), ("?actor_id=nobody-there", 403)):
            self.assert_problem(service.seen_by(key, approval, query), status)
        can = service.seen_by("root", approval, "?actor_id=ann").json["can_act"]
        self.assertTrue(can["approve"]["allowed"])

    def test_a_refusal_names_both(self):
        key = service.key("kate", act_as=["ann"])
        approval = service.request_of("kate", "kate")
        self.assert_problem(service.act_by(key, approval, "approve", actor_id="ann"), 403)
        row = self.audit(approval)[-1]
        self.assertEqual((row["action"], row["actor_id"], row["acting_for"]),
                         ("approval.approve.refused", "kate", "ann"))

    def test_an_answer_that_is_kept_is_the_callers(self):
        """The same Idempotency-Key of another caller, or for another, is another request."""
        approval = service.request_of("rita", "ann")
        header = {"Idempotency-Key": unique("key")}
        path = f"/api/v1/approvals/{approval}/actions"
        self.assert_status(service.by("ann", "POST", path, {"action": "comment", "comment": "c"},
                                      header), 200)
        a = service.by("bob", "POST", path, {"action": "comment", "comment": "c"}, header)
        self.assert_problem(a, 404)
        self.assertIsNone(a.header("Idempotency-Replayed"))


class Ending(KeyCase):
    def test_it_expires(self):
        who, by_token = self.both("kate", expires_at=moment(2))
        self.assertEqual(self.status(who, "GET", "/api/v1/users/me"), 200)
        wait_for("the key to expire", lambda: self.status(who, "GET", "/api/v1/users/me") == 401,
                 seconds=5)
        self.assert_problem_401(service.by(by_token, "GET", "/api/v1/users/me"))
        self.assert_oauth_error(service.grant(grant_type="client_credentials", client_id=who,
                                              client_secret=service.tokens[who]),
                                401, "invalid_client")

    def test_it_is_revoked(self):
        who, by_token = self.both("kate")
        other = service.key("kate")
        self.assert_status(service.by("root", "DELETE", f"/api/v1/api-keys/{who}"), 204)
        for name in (who, by_token):
            self.assert_problem_401(service.by(name, "GET", "/api/v1/users/me"))
        self.assert_status(service.by("root", "DELETE", f"/api/v1/api-keys/{who}"), 204)
        self.assertEqual(self.audit_actions(who), ["api_key.created", "api_key.revoked"])
        self.assertTrue(self.detail_of(who)["revoked_at"])
        self.assertEqual(self.status(other, "GET", "/api/v1/users/me"), 200)

    def test_with_its_user(self):
        name = unique("user")
        service.made("root", "POST", "/api/v1/users", {"id": name, "roles": ["viewer"]})
        who, by_token = self.both(name)
        service.made("root", "DELETE", f"/api/v1/users/{quote(name)}")
        for one in (who, by_token):
            self.assert_problem_401(service.by(one, "GET", "/api/v1/users/me"))
        service.made("root", "POST", "/api/v1/users", {"id": name, "roles": ["viewer"]})
        for one in (who, by_token):
            self.assert_problem_401(service.by(one, "GET", "/api/v1/users/me"))

    def test_tokens_for_a_key_end_with_the_others_and_the_key_does_not(self):
        who, by_token = self.both("spare")
        service.made("root", "POST", "/api/v1/users/spare/sign-out")
        self.assert_problem_401(service.by(by_token, "GET", "/api/v1/users/me"))
        self.assertEqual(self.status(who, "GET", "/api/v1/users/me"), 200)

    def test_last_used_is_noted_once_a_minute(self):
        who = service.key("kate")
        self.assertIsNone(self.detail_of(who)["last_used_at"])
        self.assertEqual(self.status(who, "GET", "/api/v1/users/me"), 200)
        first = self.detail_of(who)["last_used_at"]
        self.assertTrue(first)
        self.assertEqual(self.status(who, "GET", "/api/v1/users/me"), 200)
        self.assertEqual(self.detail_of(who)["last_used_at"], first)
        service.write("UPDATE api_keys SET used_at = ? WHERE id = ?",
                      int((time.time() - 61) * 1e6), who)
        self.assertEqual(self.status(who, "GET", "/api/v1/users/me"), 200)
        self.assertGreater(self.detail_of(who)["last_used_at"], first)


class Services(KeyCase):
    def test_who_may_ask_for_whom(self):
        body = {"workflow_id": "ann", "target_entity": "t", "payload": {}}
        for who, requester, status in (
                ("gateway", "rita", 201), ("gateway", None, 201), ("rita", None, 201),
                ("rita", "rita", 201), ("rita", "kate", 403), ("root", "rita", 403),
                ("kate", "rita", 403), ("ann", None, 403)):
            with self.subTest(who=who, requester=requester):
                a = service.by(who, "POST", "/api/v1/approvals",
                               {**body, **({"requester_id": requester} if requester else {})})
                self.assert_status(a, status)
                if status == 201:
                    got = service.seen_by("root", a.json["approval_id"]).json
                    self.assertEqual(got["requester_id"], requester or who)
        for who in self.both("kate", act_as=["rita"]):
            self.assert_status(service.by(who, "POST", "/api/v1/approvals",
                                          {**body, "requester_id": "rita"}), 201)
            self.assert_problem(service.by(who, "POST", "/api/v1/approvals",
                                           {**body, "requester_id": "ann"}), 403)
        self.assert_problem(service.by("rita", "POST", "/api/v1/approvals", {
            **body, "workflow_id": "no-such", "requester_id": "ann"}), 403)

    def test_both_names_and_who_sent_it_does_not_decide(self):
        service.made("root", "PATCH", "/api/v1/users/gateway", {"roles": ["service", "approver"]})
        service.workflow("gateway", {"id": "s", "type": "parallel", "approvers": ["gateway", "ann"]})
        for workflow in ("gateway", "open"):
            approval = service.request_of("gateway", workflow, requester_id="rita")
            row = self.audit(approval)[0]
            self.assertEqual((row["action"], row["actor_id"], row["acting_for"]),
                             ("approval.submitted", "gateway", "rita"))
            event = service.seen_by("root", approval).json["events"][0]
            self.assertEqual((event["actor_id"], event["data"]["through"]), ("rita", "gateway"))
            self.assert_status(service.seen_by("gateway", approval), 200)
            for who in ("gateway", "rita"):
                self.assert_problem(service.act_by(who, approval, "approve"), 403)
            self.assert_problem(service.act_by(service.key("gateway", act_as=["ann"]), approval,
                                               "approve", actor_id="ann"), 403)
            self.assert_status(service.act_by("ann", approval, "approve"), 200)

    def test_ratings_are_believed_from_a_service_only(self):
        service.workflow("rated", {"id": "s", "approvers": ["ann"], "auto_rules": {}})
        service.workflow("trusting", {"id": "s", "approvers": ["ann"], "auto_rules": {
            "trust_payload": True}})
        rating = {"risk_score": 0.1, "agent": "bot", "action_type": "x"}
        service.made("root", "POST", "/api/v1/users", {"id": "both", "roles": [
            "service", "requester"]})
        limited = service.key("both", roles=["requester"])
        for who, workflow, status in (("gateway", "rated", "approved"), ("rita", "rated", "pending"),
                                      ("kate", "rated", "pending"), (limited, "rated", "pending"),
                                      (service.key("both"), "rated", "approved"),
                                      ("rita", "trusting", "approved")):
            with self.subTest(who=who, workflow=workflow):
                approval = service.request_of(who, workflow, payload=rating)
                self.assertEqual(service.seen_by("root", approval).json["status"], status)
        approval = service.request_of("gateway", "rated", payload=rating, requester_id="rita")
        self.assertEqual(service.seen_by("rita", approval).json["status"], "approved")
        approval = service.request_of("gateway", "rated", payload={**rating, "risk_score": 0.9},
                                      requester_id="rita")
        a = service.act_by("rita", approval, "edit", payload=rating)  # nobody rates his own risk
        self.assertEqual(self.assert_status(a, 200).json["status"], "pending")
