"""The service's doors as people and attackers use them: forms, cookies, links, keys, addresses."""
import contextlib
import http.client
import itertools
import re
import sqlite3
import urllib.parse

from access import SignedIn, bearer
from harness import REQUEST_SECONDS, Answer, HttpCase, quote

FORM = "application/x-www-form-urlencoded"
PASSWORD = "correct horse battery"

# Clients from addresses of their own, so that failures of one test are not those of another.
addresses = (f"127.7.{n // 250}.{n % 250 + 1}" for n in itertools.count())


def form(**fields):
    return urllib.parse.urlencode(fields).encode()


class Door(SignedIn):
    """A service with authentication on, and a person "root" who is an administrator."""

    def start(self):
        super().start()
        self.person("root", "admin")
        return self

    @property
    def origin(self):
        return self.settings.get("APPROVAL_PUBLIC_URL") or f"http://127.0.0.1:{self.port}"

    @property
    def cookie_name(self):
        return "__Host-approvals" if self.origin.startswith("https:") else "approvals"

    def made(self, who, method, path, body=None):
        a = self.by(who, method, path, body)
        if a.status not in (200, 201, 204):
            raise AssertionError(f"{method} {path} answered {a}")
        return a.json if a.body else None

    # ---- signing in ------------------------------------------------------------------------

    def send_form(self, path, body, cookie=None, **headers):
        """body: fields, or bytes. Headers by their names with "_" for "-"; None takes one away."""
        sent = {"Content-Type": FORM, "Origin": self.origin}
        if cookie:
            sent["Cookie"] = f"{self.cookie_name}={cookie}"
        sent.update({k.replace("_", "-"): v for k, v in headers.items()})
        return self.request("POST", path, body if isinstance(body, bytes) else form(**body),
                            {k: v for k, v in sent.items() if v is not None})

    def by_cookie(self, cookie, method, path, body=None, **headers):
        sent = {"Cookie": f"{self.cookie_name}={cookie}"}
        sent.update({k.replace("_", "-"): v for k, v in headers.items()})
        return self.request(method, path, body, sent)

    def cookie_of(self, answer):
        """The session that an answer begins."""
        text = answer.header("Set-Cookie") or ""
        if answer.status != 303 or not text.startswith(self.cookie_name + "="):
            raise AssertionError(f"no session: {answer} {text}")
        return text.split(";")[0].split("=", 1)[1]

    def csrf(self, cookie):
        page = self.by_cookie(cookie, "GET", "/").body.decode()
        return re.search(r'name="csrf" value="([^"]+)"', page)[1]

    def setup_link(self, user, by="root"):
        """The token of a new one."""
        link = self.made(by, "POST", f"/api/v1/users/{quote(user)}/setup-link")["link"]
        if not link.startswith(self.origin + "/setup?token="):
            raise AssertionError(f"a strange link: {link}")
        return link.split("=", 1)[1]

    def set_password(self, user, password=PASSWORD):
        """Gives the session that comes of it."""
        return self.cookie_of(self.send_form(
            "/setup", {"token": self.setup_link(user), "password": password, "again": password}))

    def member(self, name, *roles, password=PASSWORD):
        """Somebody with these roles who has a password."""
        self.made("root", "POST", "/api/v1/users", {"id": name, "roles": list(roles)})
        self.set_password(name, password)
        return name

    def sign_in(self, user, password=PASSWORD, **more):
        return self.send_form("/sign-in", {"username": user, "password": password, **more})

    def grant(self, address=None, headers=None, **fields):
        """Asks the token endpoint, from that address."""
        sent = {"Content-Type": FORM, **(headers or {})}
        if address:
            return self.request_from(address, "POST", "/api/v1/auth/token", form(**fields), sent)
        return self.request("POST", "/api/v1/auth/token", form(**fields), sent)

    def password_grant(self, user, password=PASSWORD, address=None):
        return self.grant(address, grant_type="password", username=user, password=password)

    def tokens_of(self, user, password=PASSWORD):
        """From an address of its own."""
        a = self.password_grant(user, password, next(addresses))
        if a.status != 200:
            raise AssertionError(f"{user} could not sign in: {a}")
        return a.json

    def refresh(self, token):
        return self.request("POST", "/api/v1/auth/refresh", {"refresh_token": token})

    def me(self, token):
        return self.request("GET", "/api/v1/users/me", None, bearer(token))

    def request_from(self, address, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=REQUEST_SECONDS,
                                                source_address=(address, 0))
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            r = connection.getresponse()
            return Answer(r.status, r.getheaders(), r.read())

    # ---- keys, workflows, approvals --------------------------------------------------------

    def key(self, user, **members):
        """A new API key: its id; who acts by it is named by that id in `by`."""
        made = self.made("root", "POST", "/api/v1/api-keys",
                         {"user_id": user, "name": "for a test", **members})
        self.tokens[made["id"]] = made["key"]
        return made["id"]

    def workflow(self, id, *stages, **members):
        return self.made("root", "POST", "/api/v1/workflows",
                         {"id": id, "stages": list(stages), **members})["workflow_id"]

    def request_of(self, who, workflow, **members):
        """Submits; gives the approval's id."""
        return self.made(who, "POST", "/api/v1/approvals", {
            "workflow_id": workflow, "target_entity": "t", "payload": {}, **members})["approval_id"]

    def act_by(self, who, approval, action, **members):
        return self.by(who, "POST", f"/api/v1/approvals/{quote(approval)}/actions",
                       {"action": action, **members})

    def seen_by(self, who, approval, query=""):
        return self.by(who, "GET", f"/api/v1/approvals/{quote(approval)}{query}")

    # ---- the database ----------------------------------------------------------------------

    def write(self, sql, *values):
        """Changes the database beside the running service: what only time would bring about."""
        with contextlib.closing(sqlite3.connect(self.db_path, timeout=10)) as db:
            db.execute("PRAGMA wal_autocheckpoint = 0")
            with db:
                changed = db.execute(sql, values).rowcount
        if not changed:
            raise AssertionError(f"nothing was changed: {sql}")


class DoorCase(HttpCase):
    def assert_problem_401(self, answer, words=""):
        body = self.assert_problem(answer, 401)
        self.assertTrue(answer.header("WWW-Authenticate"), repr(answer))
        self.assertIn(words, body["detail"])

    def assert_oauth_error(self, answer, status, error):
        """RFC 6749, section 5.2."""
        self.assert_status(answer, status)
        self.assertEqual(answer.header("Content-Type"), "application/json")
        self.assertEqual(answer.header("Cache-Control"), "no-store")
        self.assertEqual(set(answer.json), {"error", "error_description"}, repr(answer))
        self.assertEqual(answer.json["error"], error, repr(answer))
        self.assertNotRegex(answer.json["error_description"], r'[^\x20-\x7e]|["\\]')
        self.assertEqual(answer.header("WWW-Authenticate") is not None, status == 401)

    def audit_actions(self, entity_id):
        return [r["action"] for r in self.audit(entity_id)]
