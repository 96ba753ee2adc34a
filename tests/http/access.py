"""People who sign in: tokens made as another program that shares the secret would make them."""
import base64
import hashlib
import hmac
import json
import re
import time

from harness import ROOT, Service

SECRET = "0123456789abcdef0123456789abcdef-test"
AUDIT_KEY = "audit-audit-audit-audit-audit-audit-test"
ROLES = ("viewer", "requester", "approver", "auditor", "service", "admin")


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def encode(header, claims, secret=SECRET):
    """A signed token of exactly these parts (objects, or text as it is)."""
    parts = [base64url((p if isinstance(p, str) else json.dumps(p)).encode())
             for p in (header, claims)]
    mac = hmac.new(secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, base64url(mac)])


def token(subject, seconds=3600, **claims):
    now = int(time.time())
    body = {"sub": subject, "iat": now, "exp": now + seconds, **claims}
    return encode({"alg": "HS256", "typ": "JWT"}, {k: v for k, v in body.items() if v is not None})


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


class SignedIn(Service):
    """A service with authentication on."""

    def __init__(self, rules=None, **settings):
        super().__init__(rules, **{
            "APPROVAL_AUTH": "on", "APPROVAL_JWT_SECRET": SECRET, "APPROVAL_AUDIT_KEY": AUDIT_KEY,
            **settings})

    def start(self):
        super().start()
        self.tokens = {}
        return self

    def person(self, name, *roles):
        """Somebody with exactly these roles, who can be named in `by`."""
        self.tokens[name] = token(name, roles=list(roles))
        a = self.by(name, "GET", "/api/v1/users/me")
        if a.status != 200 or sorted(a.json["roles"]) != sorted(roles):
            raise AssertionError(f"{name} could not be made: {a}")
        return name

    def by(self, who, method, path, body=None, headers=None):
        """who: a person's name, or None for nobody."""
        sent = dict(headers or {})
        if who is not None:
            sent.update(bearer(self.tokens[who]))
        return self.request(method, path, body, sent)


def route_table():
    """{(method, path)} of the program's route tables, as they are written in its source."""
    rows = set()
    for name in ("api", "pages"):
        text = (ROOT / "fcgi-app" / name / "routes.c").read_text()
        found = re.findall(r"\{HTTP_([A-Z]+),\s*\"([^\"]+)\"", text)
        if len(found) != len(re.findall(r"\{HTTP_", text)):
            raise AssertionError(f"a row of {name}/routes.c is not understood")
        rows.update(found)
    return rows
