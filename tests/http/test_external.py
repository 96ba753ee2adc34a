"""People whom others vouch for: keys from a file or of an issuer, who is who, and claims."""
import concurrent.futures
import json
import pathlib
import shutil
import tempfile
import time
import unittest

import signing
from access import base64url, bearer, token
from ctl import Issuer
from door import Door, DoorCase
from harness import unique

HERE, THERE = "https://login.example", "https://other.example/realm"

service = None
folder = None
rsa = ec = None


def setUpModule():
    global service, folder, rsa, ec
    if not signing.available:
        raise unittest.SkipTest("openssl makes the keys")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="approval-keys-"))
    rsa, ec = (signing.Signer(folder, alg, alg) for alg in ("RS256", "ES256"))
    (folder / "keys.pem").write_text(f"These are keys.\n{rsa.pem}\n{ec.pem}")
    service = Door(APPROVAL_JWT_PUBLIC_KEYS=str(folder / "keys.pem"),
                   APPROVAL_DEFAULT_ROLES="requester viewer")
    service.start()
    service.person("local", "approver")
    service.person("rita", "requester")


def tearDownModule():
    try:
        if service:
            service.stop_verified()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class ExternalCase(DoorCase):
    def setUp(self):
        self.service = service

    def me(self, subject, issuer=HERE, signer=None, **claims):
        return service.me((signer or rsa).token(subject, issuer, **claims))

    def seen(self, subject, **more):
        return self.assert_status(self.me(subject, **more), 200).json

    def identities(self, subject):
        return service.rows("SELECT issuer, user_id FROM identities WHERE subject = ?"
                            " ORDER BY issuer", subject)

    @staticmethod
    def later(seconds):
        return {"iat": int(time.time()) + seconds}


class Mapping(ExternalCase):
    def test_at_first_sight(self):
        for signer in (rsa, ec):
            name = unique("mia@example.org")
            got = self.seen(name, signer=signer, name="Mia Müller", email="mia@example.org",
                            picture="https://x")
            self.assertEqual((got["id"], got["name"], got["email"], got["roles"], got["may"]),
                             (name, "Mia Müller", "mia@example.org", ["requester", "viewer"],
                              ["viewer", "requester"]))
            self.assertEqual(self.identities(name), [{"issuer": HERE, "user_id": name}])
            self.assertEqual([(r["action"], r["actor_id"]) for r in self.audit(name)],
                             [("user.created", name)])
            with self.nothing_changes():  # he is known by now
                self.seen(name, signer=signer, name="Another")
            self.assertEqual(self.seen(name)["name"], "Mia Müller")

    def test_a_name_that_is_taken(self):
        """By a user of ours, or by another issuer's."""
        name = unique("mia")
        self.seen(name)
        for taken, issuer in (("local", HERE), ("root", HERE), (name, THERE)):
            with self.subTest(taken=taken), self.nothing_changes():
                a = self.me(taken, issuer, roles=["admin"])
                self.assert_problem(a, 403, f"There is a user {taken} already; an administrator must"
                                            f" link {taken} of {issuer} to a user")
        self.assertEqual(service.by("local", "GET", "/api/v1/users/me").json["may"], ["approver"])
        gone = unique("gone")
        service.made("root", "POST", "/api/v1/users", {"id": gone})
        service.made("root", "DELETE", f"/api/v1/users/{gone}")
        self.assertEqual(self.me(gone).status, 403)  # nor one who was removed

    def test_a_local_token_does_not_become_anothers(self):
        """A program that shares the secret may say an iss: the user is ours by his id all the same."""
        name = unique("mia")
        self.seen(name)
        a = service.me(token(name, iss=THERE))
        self.assertEqual(self.assert_status(a, 200).json["id"], name)
        self.assertEqual(self.identities(name), [{"issuer": HERE, "user_id": name}])

    def test_linking(self):
        subject, user = unique("sub|0815"), unique("user")
        service.made("root", "POST", "/api/v1/users", {"id": user, "roles": ["auditor"]})
        for issuer in (HERE, THERE):
            done = service.ctl("user", "link", user, issuer, subject)
            self.assertEqual(done.returncode, 0, done)
        for issuer in (HERE, THERE):
            got = self.seen(subject, issuer=issuer)
            self.assertEqual((got["id"], got["roles"]), (user, ["auditor"]))
        self.assertEqual(service.rows("SELECT id FROM users WHERE id = ?", subject), [])
        self.assertEqual(self.audit_actions(user).count("user.linked"), 2)
        self.assertNotEqual(service.ctl("user", "link", "nobody-there", HERE, subject).returncode, 0)
        service.made("root", "DELETE", f"/api/v1/users/{user}")
        self.assert_problem_401(self.me(subject), "removed")

    def test_who_cannot_be_a_user(self):
        for subject in ("system", "me", " x", "x ", "a\nb", "x" * 300, "\u202eevil", "a\u200bb"):
            with self.subTest(subject=subject[:20]):
                a = self.me(subject)
                if a.status == 200:  # a strange name, which is what it says
                    self.assertEqual(a.json["id"], subject)
                else:
                    self.assert_problem_401(a)
        for subject in ("system", "me", "a\nb", "x" * 300):
            self.assert_problem_401(self.me(subject))

    def test_no_issuer(self):
        for subject in ("root", unique("mia")):
            self.assert_problem_401(self.me(subject, None), "iss")
        self.assert_problem_401(self.me("root", None, key="k"), "iss")

    def test_a_removed_user_stays_out(self):
        name = unique("mia")
        self.seen(name)
        service.made("root", "DELETE", f"/api/v1/users/{name}")
        self.assert_problem_401(self.me(name, **self.later(30)), "removed")

    def test_signed_out_everywhere(self):
        name = unique("mia")
        self.seen(name)
        service.made("root", "POST", f"/api/v1/users/{name}/sign-out")
        self.assert_problem_401(self.me(name))
        for roles in (["admin"], ["auditor"]):  # what has ended says nothing any more
            self.assert_problem_401(self.me(name, roles=roles, **self.later(-10)))
        self.assertEqual(self.seen(name, **self.later(5))["roles"], ["requester", "viewer"])

    def test_a_claim_of_ours_is_no_claim_of_theirs(self):
        """`key` names an API key in our tokens."""
        key = service.key("root")
        name = unique("mia")
        self.assertEqual(self.seen(name, key=key)["id"], name)


class Claims(ExternalCase):
    def test_roles_follow_the_newest(self):
        name = unique("mia")
        self.assertEqual(self.seen(name, roles=["cfo", "approver", "cfo"])["roles"],
                         ["approver", "cfo"])
        self.assertEqual(self.seen(name, roles=["auditor"], **self.later(10))["may"], ["auditor"])
        for old in (self.later(9), self.later(10), self.later(-1000), {"iat": None}):
            self.assertEqual(self.seen(name, roles=["admin"], **old)["may"], ["auditor"])
        self.assertEqual(self.seen(name, **self.later(20))["may"], ["auditor"])
        self.assertEqual(self.seen(name, roles=[], **self.later(20))["may"], [])
        self.assertEqual(self.audit_actions(name), ["user.created"] + ["user.updated"] * 3)

    def test_forms(self):
        for said, roles in ((["a", "b"], ["a", "b"]), ("b a", ["a", "b"]), ("", []), ([], []),
                            ("one", ["one"]), (None, ["requester", "viewer"]),
                            (7, ["requester", "viewer"]), ({"a": 1}, ["requester", "viewer"]),
                            (["a", 7], ["requester", "viewer"]), ([""], ["requester", "viewer"]),
                            (["a\nb"], ["requester", "viewer"]), (["x" * 300], ["requester",
                                                                               "viewer"]),
                            ([f"r{i}" for i in range(101)], ["requester", "viewer"])):
            with self.subTest(said=str(said)[:40]):
                self.assertEqual(self.seen(unique("mia"), roles=said)["roles"], roles)

    def test_groups_follow_too(self):
        name, one, two, local = (unique(p) for p in ("mia", "one", "two", "local"))
        service.made("root", "POST", "/api/v1/groups", {"id": local, "members": ["local"]})
        self.assertEqual(self.seen(name, groups=[one, local])["groups"], sorted([one, local]))
        self.assertEqual(service.made("root", "GET", f"/api/v1/groups/{local}")["members"],
                         sorted(["local", name]))
        self.assertEqual(self.seen(name, groups=[two], **self.later(5))["groups"], [two])
        self.assertEqual(service.made("root", "GET", f"/api/v1/groups/{local}")["members"], ["local"])
        self.assertEqual(self.seen(name, **self.later(9))["groups"], [two])
        self.assertEqual(self.seen(name, groups=[one], **self.later(1))["groups"], [two])
        self.assertEqual([(r["action"], r["actor_id"]) for r in self.audit(two)],
                         [("group.created", name)])

    def test_who_came_before_does_not_keep_others_out_or_in(self):
        """A token that was issued before somebody else joined, and is seen after it."""
        first, second, group = unique("first"), unique("second"), unique("group")
        early = rsa.token(second, HERE, groups=[group], **self.later(-50))
        self.assertEqual(self.seen(first, groups=[group])["groups"], [group])
        self.assertEqual(self.assert_status(service.me(early), 200).json["groups"], [group])
        leaves = rsa.token(second, HERE, groups=[], **self.later(-20))
        self.seen(unique("third"), groups=[group])
        self.assertEqual(service.me(leaves).json["groups"], [])

    def test_whoever_shares_the_secret_says_roles_too(self):
        name = unique("ann")
        for claims, may in (({"roles": ["auditor"]}, ["auditor"]),
                            ({"roles": ["viewer"], **self.later(5)}, ["viewer"]),
                            ({"roles": ["admin"], **self.later(4)}, ["viewer"])):
            self.assertEqual(service.me(token(name, **claims)).json["may"], may)

    def test_what_an_administrator_said_since_stays(self):
        name, group = unique("mia"), unique("group")
        self.seen(name, roles=["cfo"], groups=[group], **self.later(-50))
        service.made("root", "PATCH", f"/api/v1/users/{name}", {"roles": ["viewer"]})
        service.made("root", "PATCH", f"/api/v1/groups/{group}", {"members": []})
        got = self.seen(name, roles=["cfo"], groups=[group], **self.later(-20))
        self.assertEqual((got["roles"], got["groups"]), (["viewer"], []))
        got = self.seen(name, roles=["cfo"], groups=[group], **self.later(5))
        self.assertEqual((got["roles"], got["groups"]), (["cfo"], [group]))

    def test_nobody_keeps_a_role_by_what_he_changes_of_himself(self):
        name = unique("mia")
        old = rsa.token(name, HERE, roles=["cfo"], **self.later(-50))
        self.assert_status(service.me(old), 200)
        absence = {"absence": {"from": "2099-01-01T00:00:00Z", "to": "2099-01-02T00:00:00Z",
                               "deputy": "local"}}
        self.assert_status(service.request("PUT", "/api/v1/users/me/absence", absence, bearer(old)),
                           200)
        self.assertEqual(self.seen(name, roles=[], **self.later(-20))["roles"], [])

    def test_roles_of_now_not_of_the_token(self):
        name = unique("mia")
        text = rsa.token(name, HERE, roles=["auditor"])
        self.assertEqual(service.me(text).json["may"], ["auditor"])
        service.made("root", "PATCH", f"/api/v1/users/{name}", {"roles": ["viewer"]})
        self.assertEqual(service.me(text).json["may"], ["viewer"])
        self.assertEqual(service.request("GET", "/api/v1/audit", None, bearer(text)).status, 403)

    def test_many_at_once_are_one_user(self):
        name = unique("mia")
        texts = [rsa.token(name, HERE, roles=["auditor"]) for _ in range(3)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda i: service.me(texts[i % 3]), range(16)))
        self.assertEqual({a.status for a in answers}, {200})
        self.assertEqual(self.audit_actions(name).count("user.created"), 1)


class Slates(ExternalCase):
    def tasks(self, approval):
        return {t["user"]: t["state"] for t in service.seen_by("root", approval).json["tasks"]}

    def act(self, subject, approval, action, **claims):
        return service.request("POST", f"/api/v1/approvals/{approval}/actions", {"action": action},
                               bearer(rsa.token(subject, HERE, **claims)))

    def test_who_loses_the_role_or_the_group_is_taken_off(self):
        for claim, kind in (("roles", "role"), ("groups", "group")):
            stays, goes, asked = unique("stays"), unique("goes"), unique("asked")
            for name in (stays, goes):
                self.seen(name, **{claim: [asked]})
            workflow = service.workflow(unique("wf"), {"id": "s", "approvers": [f"{kind}:{asked}"],
                                                       "type": "parallel"})
            approval = service.request_of("rita", workflow)
            self.assertEqual(self.tasks(approval), {stays: "open", goes: "open"})
            self.seen(goes, **{claim: ["another"]}, **self.later(5))
            states = self.tasks(approval)
            self.assertEqual(states[stays], "open")
            self.assertNotIn(states[goes], ("open", "waiting", "answered"))
            self.assert_problem(self.act(goes, approval, "approve", **self.later(5)), 403)
            self.assert_status(self.act(stays, approval, "approve"), 200)

    def test_with_the_token_that_takes_the_role_he_cannot_decide_any_more(self):
        name, role = unique("mia"), unique("cfo")
        self.seen(name, roles=[role])
        workflow = service.workflow(unique("wf"), {"id": "s", "approvers": [f"role:{role}"]})
        approval = service.request_of("rita", workflow)
        self.assertEqual(self.tasks(approval), {name: "open"})
        a = self.act(name, approval, "approve", roles=[], **self.later(5))
        self.assertIn(a.status, (403, 404), a)
        got = service.seen_by("root", approval).json
        self.assertEqual((got["status"], got["slate"]["role"]), ("pending", "admin"))


class AnIssuer(DoorCase):
    """With APPROVAL_OIDC_ISSUER, whose keys approvalctl fetches."""

    def test_keys_that_are_fetched(self):
        issuer = Issuer()
        self.addCleanup(issuer.stop)
        first, second, file = (signing.Signer(folder, unique("k"), alg, kid) for alg, kid in (
            ("RS256", "first"), ("ES256", "second"), ("RS256", "file")))
        (folder / "set.json").write_text(json.dumps({"keys": [file.jwk()]}))
        s = self.service = Door(APPROVAL_OIDC_ISSUER=issuer.url, APPROVAL_ROLES_CLAIM="realm_roles",
                                APPROVAL_JWT_PUBLIC_KEYS=str(folder / "set.json"),
                                APPROVAL_GROUPS_CLAIM="none-of-them")
        s.person = lambda *_: None
        s.start()
        self.addCleanup(s.stop)

        def me(signer, iss=issuer.url, **more):
            return s.me(signer.token("mia", iss, realm_roles=["auditor"], roles=["admin"], **more))

        self.assert_problem_401(me(first))
        issuer.serve({"keys": [first.jwk(), {"kty": "oct", "kid": "oct", "k": base64url(b"x" * 32)}]})
        self.assertEqual(s.ctl("issuer", "fetch").returncode, 0)
        self.assertEqual(self.assert_status(me(first), 200).json["may"], ["auditor"])
        self.assert_status(me(file), 200)  # keys of the file hold for that issuer only
        for iss in (THERE, issuer.url + "/", None):
            self.assert_problem_401(me(first, iss))
            self.assert_problem_401(me(file, iss))
        s.write("UPDATE key_sets SET wanted_at = 0")
        s.restart_pool()  # it says so once a minute
        self.assert_problem_401(me(second))  # a kid that is not known: the set is wanted again
        self.assertGreater(s.one("SELECT wanted_at FROM key_sets"), 0)
        issuer.serve({"keys": [second.jwk()]})
        self.assertEqual(s.ctl("issuer", "fetch").returncode, 0)
        self.assert_status(me(second), 200)
        self.assert_problem_401(me(first))
        issuer.stop()
        self.assertNotEqual(s.ctl("issuer", "fetch").returncode, 0)
        self.assert_status(me(second), 200)  # the last good set stays while the issuer is down


class Files(DoorCase):
    def test_one_that_cannot_be_used_refuses_the_start(self):
        for name, text in (("empty", ""), ("private", rsa.private.read_text()), ("json", '{"keys":[]}'),
                           ("junk", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")):
            path = folder / f"bad-{name}"
            path.write_text(text)
            with self.subTest(name=name), self.assertRaises(AssertionError) as caught:
                Door(APPROVAL_JWT_PUBLIC_KEYS=str(path)).start()
            self.assertIn("APPROVAL_JWT_PUBLIC_KEYS", str(caught.exception))
            self.assertNotIn("PRIVATE", str(caught.exception))
