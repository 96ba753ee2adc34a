"""Every route for everybody: who gets what, of his own and of others'.

The rows here are those of the route tables: a route without a row fails.
"""
import hashlib
import itertools
import unittest

from access import ROLES, SignedIn, route_table
from harness import quote, unique

service = SignedIn()

NOBODY, STRANGER = "nobody", "stranger"  # not signed in; signed in without any role
EVERYBODY = (NOBODY, STRANGER, *ROLES)
SIGNED_IN = (STRANGER, *ROLES)
OVERSEE = ("viewer", "auditor", "admin")

OWN, OTHERS = "own", "other's"


def setUpModule():
    service.start()
    for who in SIGNED_IN:
        service.person(who, *(() if who == STRANGER else (who,)))
    service.person("root", "admin")
    service.person("gateway", "service", "requester")
    service.person("decider")
    service.person("somebody", "requester")
    made("root", "POST", "/api/v1/workflows",
         {"id": "named", "stages": [{"id": "s", "approvers": ["decider"]}]})
    made("root", "PUT", "/api/v1/calendars/office", CALENDAR)
    made("root", "POST", "/api/v1/groups", {"id": "team", "members": ["decider"]})


def tearDownModule():
    service.stop_verified()


CALENDAR = {"time_zone": "UTC", "week": {"mon": [["09:00", "17:00"]]}}


def made(who, method, path, body=None):
    a = service.by(who, method, path, body)
    if a.status not in (200, 201):
        raise AssertionError(f"{method} {path} answered {a}")
    return a.json


def approval(who, whose):
    """An approval that waits for the decider; the gateway asks for whoever it is."""
    requester = who if whose == OWN else "somebody"
    return made("gateway", "POST", "/api/v1/approvals",
                {"workflow_id": "named", "target_entity": "t", "payload": {},
                 "requester_id": requester})["approval_id"]


def user(who, whose):
    return who if whose == OWN else "somebody"


def fresh_user(who, whose):
    return made("root", "POST", "/api/v1/users", {"id": unique("u")})["id"]


def fresh_group(who, whose):
    return made("root", "POST", "/api/v1/groups", {"id": unique("g"), "members": []})["id"]


def fresh_key(who, whose):
    return made("root", "POST", "/api/v1/api-keys", {"user_id": "somebody", "name": "k"})["id"]


def everybody(status):
    return lambda who, whose: status


def only(status, *may):
    """Nobody is asked to sign in, who may not is refused."""
    return lambda who, whose: 401 if who == NOBODY else status if who in may else 403


def signed_in(status):
    return only(status, *SIGNED_IN)


def seen(status, refused=None):
    """What concerns one approval: one's own, and others' for those who see all of them."""
    def expected(who, whose):
        if who == NOBODY:
            return 401
        if whose == OTHERS and who not in OVERSEE:
            return 404
        return refused if whose == OTHERS and refused else status
    return expected


def page(status):
    """Pages lead those who are not signed in to where they can."""
    return lambda who, whose: 303 if who == NOBODY else status


class Row:
    """make: gives the id for the path. body: the request's, or a function of the caller."""

    def __init__(self, expected, make=None, body=None, twice=False):
        self.expected, self.make, self.body = expected, make, body
        self.kinds = (OWN, OTHERS) if twice else (OTHERS,)


def submission(who, whose):
    return {"workflow_id": "named", "target_entity": "t", "payload": {},
            "requester_id": who if whose == OWN else "somebody"}


def submits(who, whose):
    if who == NOBODY:
        return 401
    if who not in ("requester", "service", "admin"):
        return 403
    return 201 if whose == OWN or who == "service" else 403


def simulates(who, whose):
    if who == NOBODY:
        return 401
    return 200 if whose == OWN or who in (*OVERSEE, "service") else 403


def simulation(who, whose):
    return {"workflow_id": "named", "payload": {},
            "requester_id": who if whose == OWN else "somebody"}




def wrong_password(who, whose):
    return f"username={unique('nobody')}&password=wrong-wrong-wrong".encode()


DEFINITION = {"stages": [{"id": "s", "approvers": ["decider"]}]}

ROWS = {
    ("GET", "/health"): Row(everybody(200)),
    ("GET", "/livez"): Row(everybody(200)),
    ("GET", "/readyz"): Row(everybody(200)),
    ("GET", "/schemas/workflow.json"): Row(everybody(200)),
    ("GET", "/.well-known/jwks.json"): Row(everybody(200)),
    ("POST", "/api/v1/auth/token"): Row(everybody(400), body={"grant_type": "password"}),
    ("POST", "/api/v1/auth/refresh"): Row(everybody(400), body={"refresh_token": "apr_unknown"}),
    ("POST", "/api/v1/auth/logout"): Row(everybody(204), body={"refresh_token": "apr_unknown"}),
    ("POST", "/api/v1/auth/password"): Row(
        only(403), body={"current": "wrong", "password": "correct horse battery"}),
    ("GET", "/api/v1/workflows"): Row(signed_in(200)),
    ("POST", "/api/v1/workflows"): Row(
        only(201, "admin"), body=lambda who, whose: {"id": unique("wf"), **DEFINITION}),
    ("POST", "/api/v1/workflows/validate"): Row(signed_in(200), body=DEFINITION),
    ("POST", "/api/v1/workflows/simulate"): Row(simulates, body=simulation, twice=True),
    ("GET", "/api/v1/workflows/{id}"): Row(signed_in(200), lambda who, whose: "named"),
    ("PATCH", "/api/v1/workflows/{id}"): Row(
        only(200, "admin"), lambda who, whose: "named", {"status": "active"}),
    ("GET", "/api/v1/workflows/{id}/versions"): Row(signed_in(200), lambda who, whose: "named"),
    ("GET", "/api/v1/workflows/{id}/versions/{revision}"): Row(
        signed_in(200), lambda who, whose: "named"),
    ("POST", "/api/v1/workflows/{id}/migrate"): Row(
        only(200, "admin"), lambda who, whose: "named", {"dry_run": True}),
    ("GET", "/api/v1/approvals"): Row(signed_in(200)),
    ("POST", "/api/v1/approvals"): Row(submits, body=submission, twice=True),
    ("GET", "/api/v1/approvals/{id}"): Row(seen(200), approval, twice=True),
    ("GET", "/api/v1/approvals/{id}/outlook"): Row(seen(200), approval, twice=True),
    ("POST", "/api/v1/approvals/{id}/actions"): Row(
        seen(403), approval, {"action": "approve"}, twice=True),
    ("POST", "/api/v1/approvals/{id}/consume"): Row(
        seen(409), approval, {"payload_sha256": hashlib.sha256(b"{}").hexdigest()}, twice=True),
    ("GET", "/api/v1/users/me"): Row(signed_in(200)),
    ("PUT", "/api/v1/users/me/absence"): Row(signed_in(200), body={"absence": None}),
    ("GET", "/api/v1/users"): Row(signed_in(200)),
    ("POST", "/api/v1/users"): Row(
        only(201, "admin"), body=lambda who, whose: {"id": unique("u")}),
    ("GET", "/api/v1/users/{id}"): Row(signed_in(200), user, twice=True),
    ("PATCH", "/api/v1/users/{id}"): Row(only(200, "admin"), user, {}, twice=True),
    ("DELETE", "/api/v1/users/{id}"): Row(only(204, "admin"), fresh_user),
    ("POST", "/api/v1/users/{id}/setup-link"): Row(only(201, "admin"), fresh_user),
    ("POST", "/api/v1/users/{id}/sign-out"): Row(only(204, "admin"), fresh_user),
    ("GET", "/api/v1/roles"): Row(signed_in(200)),
    ("GET", "/api/v1/groups"): Row(signed_in(200)),
    ("POST", "/api/v1/groups"): Row(
        only(201, "admin"), body=lambda who, whose: {"id": unique("g"), "members": []}),
    ("GET", "/api/v1/groups/{id}"): Row(signed_in(200), lambda who, whose: "team"),
    ("PATCH", "/api/v1/groups/{id}"): Row(only(200, "admin"), lambda who, whose: "team", {}),
    ("DELETE", "/api/v1/groups/{id}"): Row(only(204, "admin"), fresh_group),
    ("GET", "/api/v1/api-keys"): Row(only(200, "admin")),
    ("POST", "/api/v1/api-keys"): Row(
        only(201, "admin"), body={"user_id": "somebody", "name": "k"}),
    ("GET", "/api/v1/api-keys/{id}"): Row(only(200, "admin"), fresh_key),
    ("DELETE", "/api/v1/api-keys/{id}"): Row(only(204, "admin"), fresh_key),
    ("GET", "/api/v1/audit"): Row(only(200, "auditor", "admin")),
    ("GET", "/api/v1/audit/head"): Row(only(200, "auditor", "admin")),
    ("GET", "/api/v1/audit/verify"): Row(only(200, "auditor", "admin")),
    ("GET", "/api/v1/calendars"): Row(signed_in(200)),
    ("GET", "/api/v1/calendars/{id}"): Row(signed_in(200), lambda who, whose: "office"),
    ("PUT", "/api/v1/calendars/{id}"): Row(
        only(200, "admin"), lambda who, whose: "office", CALENDAR),
    ("POST", "/api/v1/auto-rules/evaluate"): Row(signed_in(200), body={"payload": {}}),
    ("GET", "/api/v1/auto-rules/manual-only"): Row(signed_in(200)),
    ("PUT", "/api/v1/auto-rules/manual-only"): Row(
        only(200, "admin"), body={"manual_only": False}),
    ("GET", "/"): Row(page(200)),
    ("GET", "/sign-in"): Row(everybody(200)),
    ("POST", "/sign-in"): Row(everybody(401), body=wrong_password),
    ("POST", "/sign-out"): Row(page(303), body=b"a=b"),
    ("GET", "/setup"): Row(everybody(404)),
    ("POST", "/setup"): Row(everybody(404), body=b"token=apl_unknown&password=a&again=a"),
    ("GET", "/static/style.css"): Row(everybody(200)),
}


def send(method, path, row, who, whose):
    target = path.replace("{revision}", "1")
    if row.make:
        target = target.replace("{id}", quote(row.make("somebody" if who == NOBODY else who, whose)))
    body = row.body(who, whose) if callable(row.body) else row.body
    headers = {}
    if isinstance(body, bytes):
        headers = {"Content-Type": "application/x-www-form-urlencoded",
                   "Origin": f"http://127.0.0.1:{service.port}"}
    elif method == "POST" and body is None:
        headers = {"Content-Length": "0"}
    return service.by(None if who == NOBODY else who, method, target, body, headers)


class Matrix(unittest.TestCase):
    def test_every_route_has_a_row(self):
        self.assertEqual(route_table(), set(ROWS))

    def test_everybody_on_every_route(self):
        for (method, path), row in ROWS.items():
            for who, whose in itertools.product(EVERYBODY, row.kinds):
                with self.subTest(route=f"{method} {path}", who=who, whose=whose):
                    a = send(method, path, row, who, whose)
                    self.assertEqual(a.status, row.expected(who, whose), a)
                    if a.status == 401 and path.startswith("/api/") and who == NOBODY:
                        self.assertTrue(a.header("WWW-Authenticate"))

    def test_nothing_answers_without_credentials_but_what_must(self):
        open_to_all = {path for (method, path), row in ROWS.items()
                       if row.expected(NOBODY, OTHERS) not in (401, 303)}
        self.assertEqual(open_to_all, {
            "/health", "/livez", "/readyz", "/schemas/workflow.json", "/.well-known/jwks.json",
            "/api/v1/auth/token", "/api/v1/auth/refresh", "/api/v1/auth/logout", "/sign-in",
            "/setup", "/static/style.css"})
