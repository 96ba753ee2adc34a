"""approvalctl: people, groups, keys, tokens, the first link."""
import base64
import hashlib
import hmac
import json
import re
import unittest

from access import SECRET
from ctl import Ctl

KEY = re.compile(r"apk_[0-9a-z]{12}_[A-Za-z0-9_-]{43}")
LINK = re.compile(r"http://127\.0\.0\.1:8003/setup\?token=(apl_[A-Za-z0-9_-]{43})")


def claims(token):
    """Of an access token that must be signed with our secret."""
    head, body, mac = token.split(".")
    wanted = hmac.new(SECRET.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    if base64.urlsafe_b64decode(mac + "==") != wanted:
        raise AssertionError("the signature is another")
    return json.loads(base64.urlsafe_b64decode(body + "=="))


class CtlCase(unittest.TestCase):
    def setUp(self):
        self.ctl = Ctl()
        self.addCleanup(self.ctl.remove)
        self.good = self.ctl.good

    def refused(self, code, *words, says=""):
        got, out, err = self.ctl.run(*words)
        self.assertEqual((got, out), (code, ""), err)
        self.assertIn(says, err)
        return err

    def audited(self, entity):
        rows = self.ctl.rows("SELECT action, actor_id FROM audit_logs WHERE entity_id = ?"
                             " ORDER BY id", entity)
        self.assertLessEqual({actor for _, actor in rows}, {"approvalctl"})
        return [action for action, _ in rows]


class Calls(CtlCase):
    def test_help_names_every_command(self):
        text = self.good("help")
        for name in ("group", "issuer", "key", "setup-link", "token", "user"):
            self.assertRegex(text, rf"(?m)^  {name} ")

    def test_what_makes_no_sense(self):
        for words, says in (
                (["user"], "user takes add, list, show, roles, remove, link or setup-link"),
                (["user", "ad", "ann"], "user takes add"),
                (["user", "add"], "usage: approvalctl user add ID"),
                (["user", "add", "ann", "bob"], "usage: approvalctl user add ID"),
                (["user", "add", "ann", "--nmae", "A"], "user add: there is no option '--nmae'"),
                (["user", "add", "ann", "--days", "1"], "there is no option '--days'"),
                (["user", "add", "ann", "--name"], "--name lacks its value"),
                (["user", "add", "ann", "--name", "A", "--name=B"], "--name was given twice"),
                (["user", "list", "all"], "usage: approvalctl user list\n"),
                (["user", "roles", "ann"], "or --none"),
                (["user", "roles", "ann", "viewer", "--none"], "or --none"),
                (["user", "roles", "ann", "--none=1"], "--none takes no value"),
                (["group", "members", "ops"], "or --none"),
                (["group", "add"], "usage: approvalctl group add ID"),
                (["key", "create", "bot"], "key create needs --name"),
                (["key", "create", "bot", "--name", "n", "--days", "0"], "--days takes a whole"),
                (["key", "create", "bot", "--name", "n", "--days", "4000"], "--days takes a whole"),
                (["key", "create", "bot", "--name", "n", "--days", "1d"], "--days takes a whole"),
                (["key", "revoke"], "usage: approvalctl key revoke ID"),
                (["token", "issue"], "usage: approvalctl token issue USER [--minutes N]"),
                (["token", "issue", "ann", "--minutes", "-1"], "--minutes takes a whole"),
                (["setup-link"], "setup-link takes the user"),
                (["setup-link", "a", "b"], "usage: approvalctl setup-link [--first] [USER]"),
                (["issuer", "get"], "issuer takes fetch, watch or show"),
                (["user", "add", b"\xff"], "argument 1 is not UTF-8")):
            with self.subTest(words=words):
                self.refused(2, *words, says=says)
        self.assertEqual(self.good("user", "list"), "")

    def test_without_a_key_nothing_is_done(self):
        code, out, err = self.ctl.run("user", "add", "ann", APPROVAL_AUDIT_KEY=None)
        self.assertEqual((code, out), (1, ""))
        self.assertIn("APPROVAL_AUDIT_KEY", err)


class People(CtlCase):
    def test_a_user_from_beginning_to_end(self):
        self.assertEqual(self.good("user", "add", "ann", "--name", "Ann A.", "--email=a@b.example",
                                   "--role", "viewer", "--role", "approver"), "ann is added\n")
        self.good("user", "add", "bob")
        self.good("user", "add", "--", "--role")
        self.assertEqual(self.good("user", "list"),
                         "--role\t-\t-\t-\n"
                         "ann\tapprover,viewer\tAnn A.\ta@b.example\nbob\t-\t-\t-\n")
        shown = json.loads(self.good("user", "show", "ann"))
        self.assertEqual((shown["roles"], shown["email"]), (["approver", "viewer"], "a@b.example"))
        self.good("user", "roles", "ann", "admin")
        self.assertEqual(json.loads(self.good("user", "show", "ann"))["roles"], ["admin"])
        self.good("user", "roles", "ann", "--none")
        self.assertEqual(json.loads(self.good("user", "show", "ann"))["roles"], [])
        self.good("user", "remove", "ann")
        self.refused(1, "user", "show", "ann", says="User not found")
        self.refused(1, "user", "remove", "ann", says="User not found")
        self.refused(1, "user", "roles", "ann", "admin", says="User not found")
        self.assertEqual(self.audited("ann"),
                         ["user.created", "user.updated", "user.updated", "user.removed"])

    def test_every_problem_is_said(self):
        err = self.refused(1, "user", "add", "system", "--name", " ", "--role", "")
        for pointer in ("/id: ", "/name: ", "/roles/0: "):
            self.assertEqual(err.count(pointer), 1, err)
        self.refused(1, "group", "add", " ", says="/id: ")

    def test_a_role_that_is_none_of_ours_is_taken_with_a_note(self):
        code, out, err = self.ctl.run("user", "add", "ann", "--role", "amdin", "--role", "viewer")
        self.assertEqual((code, out), (0, "ann is added\n"))
        self.assertIn("'amdin'", err)
        self.assertNotIn("'viewer'", err)
        self.assertEqual(self.ctl.run("user", "roles", "ann", "auditor")[2], "")

    def test_many_pages(self):
        many = [f"u{i:04}" for i in range(450)]
        self.ctl.rows("INSERT INTO users (id, created_at, updated_at)"
                      " SELECT value, 1, 1 FROM json_each(?)", json.dumps(many))
        self.assertEqual([line.split("\t")[0] for line in self.good("user", "list").splitlines()],
                         many)

    def test_groups(self):
        self.good("group", "add", "ops", "ann", "bob", "--name", "Operators")
        self.good("group", "add", "empty")
        self.assertEqual(self.good("group", "list"),
                         "empty\t-\t-\nops\tann,bob\tOperators\n")
        self.good("group", "members", "ops", "cid")
        self.assertEqual(json.loads(self.good("group", "show", "ops")),
                         {"id": "ops", "name": "Operators", "members": ["cid"]})
        self.good("group", "members", "ops", "--none")
        self.good("group", "remove", "ops")
        self.refused(1, "group", "show", "ops", says="Group not found")
        self.refused(1, "group", "remove", "ops", says="Group not found")
        self.assertEqual(self.audited("ops"), ["group.created", "group.updated", "group.updated",
                                               "group.removed"])

    def test_somebody_of_another_issuer(self):
        self.good("user", "add", "ann")
        self.good("user", "link", "ann", "https://login.example", "0815")
        self.assertEqual(self.ctl.rows("SELECT issuer, subject, user_id FROM identities"),
                         [("https://login.example", "0815", "ann")])
        self.refused(1, "user", "link", "eve", "https://login.example", "4711")


class Keys(CtlCase):
    def test_a_key_from_beginning_to_end(self):
        self.good("user", "add", "bot", "--role", "service", "--role", "requester")
        self.good("user", "add", "ann")
        code, out, err = self.ctl.run("key", "create", "bot", "--name", "ci", "--role", "service",
                                      "--act-as", "ann", "--days", "30")
        self.assertEqual(code, 0, err)
        self.assertRegex(out, rf"\A{KEY.pattern}\n\Z")
        self.assertNotRegex(err, KEY.pattern)
        key = out.strip()
        key_id = key.split("_")[1]
        self.assertIn(key_id, err)
        self.assertFalse(self.ctl.holds(key))
        (sha256, created, expires), = self.ctl.rows(
            "SELECT sha256, created_at, expires_at FROM api_keys WHERE id = ?", key_id)
        self.assertEqual(sha256, hashlib.sha256(key.encode()).hexdigest())
        self.assertLess(abs(expires - created - 30 * 86400 * 10**6), 60 * 10**6)
        header, row = [line.split("\t") for line in self.good("key", "list").splitlines()]
        self.assertEqual(len(header), len(row))
        self.assertEqual(row[:6], [key_id, "bot", "ci", "service", "-", "ann"])
        self.assertRegex(row[6], r"^\d{4}-\d\d-\d\dT")
        self.assertEqual(row[7:], ["-", "-"])
        self.good("key", "revoke", key_id)
        self.good("key", "revoke", key_id)
        self.assertRegex(self.good("key", "list").splitlines()[1].split("\t")[8], r"^\d{4}-")
        self.assertEqual(self.audited(key_id), ["api_key.created", "api_key.revoked"])

    def test_what_a_key_cannot_be(self):
        self.good("user", "add", "bot", "--role", "service")
        err = self.refused(1, "key", "create", "bot", "--name", "n", "--role", "admin",
                           "--workflow", "nothing", "--act-as", "eve")
        for pointer in ("/roles/0: ", "/workflows/0: ", "/act_as/0: "):
            self.assertIn(pointer, err)
        self.refused(1, "key", "create", "eve", "--name", "n", says="/user_id: ")
        self.refused(1, "key", "revoke", "nothing", says="API key not found")
        self.assertEqual(len(self.good("key", "list").splitlines()), 1)


class Tokens(CtlCase):
    def test_a_token_alone_on_stdout(self):
        self.good("user", "add", "ann")
        code, out, err = self.ctl.run("token", "issue", "ann", "--minutes", "5")
        self.assertEqual(code, 0, err)
        self.assertRegex(out, r"\A[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\n\Z")
        self.assertNotIn(out.strip(), err)
        said = claims(out.strip())
        self.assertEqual((said["sub"], said["exp"] - said["iat"]), ("ann", 300))
        said = claims(self.good("token", "issue", "ann",
                                APPROVAL_TOKEN_EXPIRE_MINUTES="7").strip())
        self.assertEqual(said["exp"] - said["iat"], 420)

    def test_for_nobody(self):
        self.refused(1, "token", "issue", "eve")
        self.refused(1, "token", "revoke", "eve")

    def test_revoking(self):
        self.good("user", "add", "ann")
        self.good("token", "issue", "ann")
        self.assertEqual(self.ctl.rows("SELECT tokens_from FROM users"), [(0,)])
        self.good("token", "revoke", "ann")
        self.assertGreater(self.ctl.rows("SELECT tokens_from FROM users")[0][0], 0)


class Links(CtlCase):
    def has_password(self, user):
        self.ctl.rows("INSERT INTO passwords VALUES (?, 'unreadable', 1)", user)

    def test_the_first_administrator(self):
        code, out, err = self.ctl.run("setup-link", "--first")
        self.assertEqual(code, 0, err)
        self.assertRegex(out, rf"\A{LINK.pattern}\n\Z")
        self.assertNotIn("apl_", err)
        for said in ("24 hours", "once", "approvalctl token issue admin"):
            self.assertIn(said, err)
        self.assertFalse(self.ctl.holds(LINK.search(out)[1]))
        self.assertEqual(json.loads(self.good("user", "show", "admin"))["roles"], ["admin"])
        # Nobody has used it: there is another one, and only one that holds.
        again = self.good("setup-link", "--first")
        self.assertNotEqual(again, out)
        self.assertEqual(self.ctl.rows("SELECT count(*) FROM tickets WHERE ended_at = 0"), [(1,)])
        # The token that is spoken of can be had.
        self.assertEqual(claims(self.good("token", "issue", "admin").strip())["sub"], "admin")

    def test_somebody_can_sign_in(self):
        self.good("user", "add", "ann")
        self.has_password("ann")
        self.assertEqual(self.ctl.run("setup-link", "--first"), (0, "", ""))
        self.assertEqual(self.good("user", "list").split("\t")[0], "ann")

    def test_the_first_is_somebody_who_is_there(self):
        self.good("user", "add", "ann", "--role", "viewer")
        self.assertRegex(self.good("setup-link", "--first", "ann"), LINK.pattern)
        self.assertEqual(json.loads(self.good("user", "show", "ann"))["roles"], ["admin", "viewer"])

    def test_for_a_user(self):
        self.good("user", "add", "ann")
        self.assertRegex(self.good("setup-link", "ann"), rf"\A{LINK.pattern}\n\Z")
        self.assertRegex(self.good("user", "setup-link", "ann"), rf"\A{LINK.pattern}\n\Z")
        self.refused(1, "setup-link", "eve")
        self.refused(1, "user", "setup-link", "eve")

    def test_where_users_reach_the_service(self):
        self.good("user", "add", "ann")
        self.assertRegex(self.good("setup-link", "ann",
                                   APPROVAL_PUBLIC_URL="https://approvals.example"),
                         r"\Ahttps://approvals\.example/setup\?token=apl_\S+\n\Z")
        self.assertRegex(self.good("setup-link", "ann", PORT="8123"),
                         r"\Ahttp://127\.0\.0\.1:8123/setup\?token=apl_\S+\n\Z")
        code, out, err = self.ctl.run("setup-link", "ann",
                                      APPROVAL_PUBLIC_URL="http://approvals.example")
        self.assertEqual(code, 0)
        self.assertIn("https", err)


class Proof(CtlCase):
    def test_all_of_it_is_in_the_chain(self):
        self.good("user", "add", "ann", "--role", "service")
        self.good("group", "add", "ops", "ann")
        self.good("key", "create", "ann", "--name", "n")
        self.good("setup-link", "--first")
        self.good("token", "issue", "ann")
        self.good("token", "revoke", "ann")
        self.good("audit", "verify")
        actions = {a for a, in self.ctl.rows("SELECT action FROM audit_logs")}
        self.assertLessEqual({"user.created", "group.created", "api_key.created"}, actions)
