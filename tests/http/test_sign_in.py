"""Signing in by the API: passwords, API keys, refresh tokens, set-up links, and who is kept out."""
import base64
import concurrent.futures
import hashlib
import json
import statistics
import time
import urllib.parse

from access import bearer, token
from door import FORM, PASSWORD, Door, DoorCase, addresses, form
from harness import quote, unique, wait_for

service = Door(APPROVAL_TOKEN_EXPIRE_MINUTES="7", APPROVAL_REFRESH_DAYS="3")

WRONG = "wrong horse battery"
SECOND = 1_000_000


def setUpModule():
    service.start()
    service.member("ann", "approver", "requester")
    service.made("root", "POST", "/api/v1/users", {"id": "nopass"})


def tearDownModule():
    service.stop_verified()


def parts_of(jwt):
    """The header and the claims."""
    return [json.loads(base64.urlsafe_b64decode(p + "=" * (-len(p) % 4)))
            for p in jwt.split(".")[:2]]


class SignInCase(DoorCase):
    service = service

    def assert_tokens(self, answer, refresh=True):
        self.assert_status(answer, 200)
        self.assertEqual(answer.header("Content-Type"), "application/json")
        self.assertEqual(answer.header("Cache-Control"), "no-store")
        body = answer.json
        wanted = {"access_token", "token_type", "expires_in"} | ({"refresh_token"} if refresh
                                                                 else set())
        self.assertEqual(set(body), wanted)
        self.assertEqual((body["token_type"], body["expires_in"]), ("Bearer", 420))
        self.assert_status(service.me(body["access_token"]), 200)
        return body


class Passwords(SignInCase):
    def test_as_form_and_as_json(self):
        fields = {"grant_type": "password", "username": "ann", "password": PASSWORD}
        for body in (form(**fields), fields):
            with self.subTest(body=body):
                headers = {"Content-Type": FORM} if isinstance(body, bytes) else {}
                got = self.assert_tokens(service.post("/api/v1/auth/token", body, headers))
                header, claims = parts_of(got["access_token"])
                self.assertEqual(header, {"alg": "HS256", "typ": "at+jwt"})
                self.assertEqual(set(claims), {"sub", "iat", "exp", "jti"})
                self.assertEqual((claims["sub"], claims["exp"] - claims["iat"]), ("ann", 420))
                self.assertEqual(service.me(got["access_token"]).json["may"],
                                 ["requester", "approver"])

    def test_what_is_wrong_with_the_request(self):
        password = {"grant_type": "password", "username": "ann", "password": PASSWORD}
        for body, error in (
                ({}, "invalid_request"),
                ({"grant_type": ""}, "invalid_request"),
                ({**password, "username": ""}, "invalid_request"),
                ({**password, "password": ""}, "invalid_request"),
                ({"grant_type": "password", "username": "ann"}, "invalid_request"),
                ({"grant_type": "client_credentials"}, "invalid_request"),
                ({"grant_type": "refresh_token"}, "invalid_request"),
                ({"grant_type": "authorization_code", "code": "x"}, "unsupported_grant_type"),
                ({**password, "grant_type": "PASSWORD"}, "unsupported_grant_type"),
                (form(**password) + b"&username=root", "invalid_request"),
                (b"grant_type=password&username=%00ann&password=x", "invalid_request"),
                (b"grant_type=password&username=%ff&password=x", "invalid_request"),
                (b"&".join([b"a=b"] * 200), "invalid_request")):
            with self.subTest(body=body):
                self.assert_oauth_error(
                    service.post("/api/v1/auth/token",
                                 body if isinstance(body, bytes) else form(**body),
                                 {"Content-Type": FORM}), 400, error)
        for body in (b"{", b"[]", b'{"grant_type":7}', b'{"grant_type":"password","grant_type":"x"}',
                     b'{"grant_type":"password","username":["ann"],"password":"x"}'):
            with self.subTest(body=body):
                a = service.post("/api/v1/auth/token", body)
                self.assert_status(a, 400)
                self.assertEqual(a.json["error"], "invalid_request")
        self.assert_problem(service.post("/api/v1/auth/token", b"x", {"Content-Type": "text/plain"}),
                            415)
        self.assert_problem(service.post("/api/v1/auth/token", b"a=" + b"b" * 20000,
                                         {"Content-Type": FORM}), 413)
        self.assert_problem(service.get("/api/v1/auth/token"), 405)

    def test_no_answer_with_a_secret_is_kept(self):
        for path, body in (("token", {"grant_type": "password", "username": "ann",
                                      "password": PASSWORD}),
                           ("refresh", {"refresh_token": "x"})):
            self.assert_problem(service.post(f"/api/v1/auth/{path}", body,
                                             {"Idempotency-Key": "k"}), 422)

    def test_whoever_cannot_sign_in_gets_the_same_answer(self):
        gone = service.member(unique("gone"))
        service.made("root", "DELETE", f"/api/v1/users/{gone}")
        answers = []
        for name, password in (("ann", WRONG), ("nopass", WRONG), (unique("nobody"), WRONG),
                               (gone, PASSWORD), ("ann", PASSWORD + " "), ("ann", PASSWORD.upper()),
                               ("ANN", PASSWORD), ("ann ", PASSWORD), ("ann", "x" * 2000),
                               ("system", WRONG), ("' OR 1=1 --", WRONG), ("x" * 4000, WRONG)):
            with self.subTest(name=name[:20], password=password[:40]):
                a = service.password_grant(name, password, next(addresses))
                self.assert_oauth_error(a, 400, "invalid_grant")
                answers.append((a.body, [(k, v) for k, v in a.headers
                                         if k not in ("Date", "X-Request-Id")]))
        self.assertEqual([a for a in answers if a != answers[0]], [])

    def test_it_takes_the_same_time(self):
        kinds = {"known": "ann", "unknown": None, "without a password": "nopass"}
        took = {kind: [] for kind in kinds}
        for _ in range(7):
            for kind, name in kinds.items():
                address = next(addresses)
                began = time.perf_counter()
                service.password_grant(name or unique("nobody"), WRONG, address)
                took[kind].append(time.perf_counter() - began)
        medians = {kind: statistics.median(t) for kind, t in took.items()}
        self.assertLess(max(medians.values()), 1.6 * min(medians.values()), medians)

    def test_any_characters(self):
        for password in ("pässwörter & = + % \u2603", "  blanks all around  ", "1234567890 \U0001f511",
                         "x" * 1024):
            with self.subTest(password=password[:30]):
                name = unique("user-é+&=%")
                service.made("root", "POST", "/api/v1/users", {"id": name})
                service.set_password(name, password)
                self.assert_tokens(service.password_grant(name, password))

    def test_it_is_audited_and_no_password_is_kept(self):
        name = service.member(unique("seen"))
        before = len(self.audit(name))
        service.password_grant(name)
        service.password_grant(name, WRONG)
        rows = self.audit(name)[before:]
        self.assertEqual([(r["action"], r["actor_id"]) for r in rows],
                         [("sign_in.succeeded", name), ("sign_in.failed", "anonymous")])
        self.assertEqual({r["client_address"] for r in rows}, {"127.0.0.1"})
        stranger = unique("typed a password here")
        service.password_grant(stranger, WRONG)
        everything = json.dumps(service.rows("SELECT * FROM audit_logs")) + service.log_text()
        for text in (stranger, WRONG, PASSWORD):
            self.assertNotIn(text, everything)
        hashed = service.one("SELECT hash FROM passwords WHERE user_id = ?", name)
        self.assertRegex(hashed, r"^\$argon2id\$v=19\$m=65536,t=2,p=1\$")

    def test_an_authorization_header_does_not_matter(self):
        for headers in (bearer("junk"), bearer(token("root", roles=["admin"]))):
            a = service.grant(None, headers, grant_type="password", username="ann",
                              password=PASSWORD)
            self.assertEqual(parts_of(self.assert_tokens(a)["access_token"])[1]["sub"], "ann")


class ClientCredentials(SignInCase):
    def basic(self, id, secret):
        text = base64.b64encode(f"{id}:{secret}".encode()).decode()
        return {"Authorization": f"Basic {text}"}

    def test_as_form_as_json_and_as_basic(self):
        id = service.key("ann")
        secret = service.tokens[id]
        fields = {"grant_type": "client_credentials", "client_id": id, "client_secret": secret}
        for a in (service.grant(**fields), service.post("/api/v1/auth/token", fields),
                  service.grant(None, self.basic(id, secret), grant_type="client_credentials"),
                  service.post("/api/v1/auth/token", {"grant_type": "client_credentials"},
                               self.basic(id, secret))):
            claims = parts_of(self.assert_tokens(a, refresh=False)["access_token"])[1]
            self.assertEqual((claims["sub"], claims["key"]), ("ann", id))

    def test_wrong_ones(self):
        id, other = service.key("ann"), service.key("ann")
        secret = service.tokens[id]
        for client_id, client_secret in (
                (id, "x"), (id, secret[:-1]), (id, secret + "A"), (id, service.tokens[other]),
                (other, secret), ("ann", secret), ("ann", PASSWORD), (id.upper(), secret),
                (id, secret.replace(id, other)), ("' OR 1=1 --", secret)):
            with self.subTest(client_id=client_id):
                self.assert_oauth_error(service.grant(grant_type="client_credentials",
                                                      client_id=client_id,
                                                      client_secret=client_secret),
                                        401, "invalid_client")
                self.assert_oauth_error(service.grant(None, self.basic(client_id, client_secret),
                                                      grant_type="client_credentials"),
                                        401, "invalid_client")

    def test_malformed_basic(self):
        id = service.key("ann")
        for text in ("", "*", "YQ", base64.b64encode(b"no colon").decode(),
                     base64.b64encode(b"a\0:b").decode()):
            with self.subTest(text=text):
                self.assert_oauth_error(
                    service.grant(None, {"Authorization": f"Basic {text}"},
                                  grant_type="client_credentials"), 400, "invalid_request")
        self.assert_oauth_error(  # RFC 6749, section 2.3: one way in each request
            service.grant(None, self.basic(id, service.tokens[id]), grant_type="client_credentials",
                          client_id=id, client_secret=service.tokens[id]), 400, "invalid_request")

    def test_a_key_is_not_for_the_other_grants(self):
        id = service.key("ann")
        self.assert_oauth_error(service.password_grant("ann", service.tokens[id],
                                                       next(addresses)), 400, "invalid_grant")
        self.assert_oauth_error(service.refresh(service.tokens[id]), 400, "invalid_grant")


class Refreshing(SignInCase):
    def test_each_works_once(self):
        first = service.tokens_of("ann")
        second = self.assert_tokens(service.refresh(first["refresh_token"]))
        third = self.assert_tokens(service.grant(grant_type="refresh_token",
                                                 refresh_token=second["refresh_token"]))
        self.assertEqual(len({t["refresh_token"] for t in (first, second, third)}), 3)
        self.assertEqual(len({t["access_token"] for t in (first, second, third)}), 3)

    def test_reuse_ends_the_family_and_no_other(self):
        name = service.member(unique("reused"))
        first, other = service.tokens_of(name), service.tokens_of(name)
        second = service.refresh(first["refresh_token"]).json
        before = len(self.audit(name))
        for _ in range(2):
            self.assert_oauth_error(service.refresh(first["refresh_token"]), 400, "invalid_grant")
        self.assert_oauth_error(service.refresh(second["refresh_token"]), 400, "invalid_grant")
        self.assertEqual(self.audit_actions(name)[before:], ["refresh.reused"])
        self.assert_tokens(service.refresh(other["refresh_token"]))

    def test_two_at_once(self):
        name = service.member(unique("twice"))
        token = service.tokens_of(name)["refresh_token"]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: service.refresh(token), range(8)))
        good = [a for a in answers if a.status == 200]
        self.assertEqual(len(good), 1)
        self.assert_oauth_error(service.refresh(good[0].json["refresh_token"]), 400,
                                "invalid_grant")

    def test_what_is_none(self):
        got = service.tokens_of("ann")
        link, session = service.setup_link("nopass"), service.cookie_of(service.sign_in("ann"))
        for text in ("x", "apr_", "apr_" + "A" * 43, got["refresh_token"][:-1],
                     got["refresh_token"] + "A", got["access_token"], link, session,
                     "apr_" + session[4:], "' OR 1=1 --"):
            with self.subTest(text=text):
                self.assert_oauth_error(service.refresh(text), 400, "invalid_grant")
        self.assert_oauth_error(service.post("/api/v1/auth/refresh", {}), 400, "invalid_request")
        self.assert_oauth_error(service.post("/api/v1/auth/refresh", {"refresh_token": 7}), 400,
                                "invalid_request")
        self.assert_problem_401(service.me(got["refresh_token"]))
        self.assert_tokens(service.refresh(got["refresh_token"]))

    def test_it_expires(self):
        name = service.member(unique("late"))
        token = service.tokens_of(name)["refresh_token"]
        ends = service.one("SELECT expires_at - created_at FROM tickets"
                           " WHERE user_id = ? AND kind = 'refresh'", name)
        self.assertEqual(ends, 3 * 24 * 3600 * SECOND)
        second = service.refresh(token).json["refresh_token"]
        self.assertEqual(  # a new one does not live longer than the first
            service.one("SELECT count(DISTINCT expires_at) FROM tickets"
                        " WHERE user_id = ? AND kind = 'refresh'", name), 1)
        service.write("UPDATE tickets SET expires_at = 1 WHERE user_id = ?", name)
        self.assert_oauth_error(service.refresh(second), 400, "invalid_grant")

    def test_only_hashes_are_kept(self):
        token = service.tokens_of("ann")["refresh_token"]
        self.assertEqual(service.one("SELECT count(*) FROM tickets WHERE sha256 = ?",
                                     hashlib.sha256(token.encode()).hexdigest()), 1)
        for file in service.db_path.parent.glob("approvals.db*"):
            self.assertNotIn(token.encode(), file.read_bytes(), file)
        self.assertNotIn(token, service.log_text())


class LoggingOut(SignInCase):
    def logout(self, body):
        return service.post("/api/v1/auth/logout", body)

    def test_it_ends_the_family(self):
        name = service.member(unique("out"))
        first, other = service.tokens_of(name), service.tokens_of(name)
        second = service.refresh(first["refresh_token"]).json["refresh_token"]
        before = len(self.audit(name))
        self.assert_status(self.logout({"refresh_token": second}), 204)
        self.assertEqual(self.audit_actions(name)[before:], ["sign_out"])
        self.assert_oauth_error(service.refresh(second), 400, "invalid_grant")
        self.assert_tokens(service.refresh(other["refresh_token"]))

    def test_what_is_unknown_has_ended(self):
        token = service.tokens_of("ann")["refresh_token"]
        for text in ("x", "apr_" + "A" * 43, token, token):
            self.assert_status(self.logout({"refresh_token": text}), 204)
        self.assert_oauth_error(self.logout({}), 400, "invalid_request")

    def test_nothing_but_a_refresh_token_is_ended_by_it(self):
        session = service.cookie_of(service.sign_in("ann"))
        self.assert_status(self.logout({"refresh_token": session}), 204)
        self.assert_status(service.by_cookie(session, "GET", "/api/v1/users/me"), 200)


class Everything:
    """All that somebody can be signed in with."""

    def __init__(self, name):
        # Others' tokens count from the second after the password was set.
        wait_for("that second", lambda: time.time() * SECOND > service.one(
            "SELECT tokens_from FROM users WHERE id = ?", name), every=0.02)
        self.session = service.cookie_of(service.sign_in(name))
        got = service.tokens_of(name)
        self.access, self.refresh_token = got["access_token"], got["refresh_token"]
        self.shared = token(name)
        self.key = service.tokens[service.key(name)]
        self.link = service.setup_link(name)

    def holds(self):
        """What still does."""
        tried = {
            "session": service.by_cookie(self.session, "GET", "/api/v1/users/me"),
            "access": service.me(self.access),
            "shared": service.me(self.shared),
            "key": service.me(self.key),
            "link": service.get(f"/setup?token={self.link}"),
            "refresh": service.refresh(self.refresh_token),
        }
        return {k for k, a in tried.items() if a.status == 200}


class ChangingThePassword(SignInCase):
    def change(self, access, current=PASSWORD, password="another horse battery", **more):
        return service.request("POST", "/api/v1/auth/password",
                               {"current": current, "password": password, **more}, bearer(access))

    def test_it_ends_everything_else(self):
        name = service.member(unique("changed"))
        has = Everything(name)
        stranger = Everything("ann")
        self.assert_status(self.change(has.access), 204)
        self.assertEqual(has.holds(), {"key"})
        self.assertEqual(stranger.holds(),
                         {"session", "access", "shared", "key", "link", "refresh"})
        self.assertIn("password.changed", self.audit_actions(name))
        self.assert_oauth_error(service.password_grant(name), 400, "invalid_grant")
        self.assert_tokens(service.password_grant(name, "another horse battery"))

    def test_what_is_refused(self):
        name = service.member(unique("kept"))
        access = service.tokens_of(name)["access_token"]
        self.assert_problem(self.change(access, WRONG), 403, "The present password is wrong")
        for password in ("short", "x" * 1025, "é" * 11):
            self.assert_problem(self.change(access, password=password), 422,
                                pointers=["/password"])
        self.assert_problem(self.change(access, extra=1), 422, pointers=["/extra"])
        long = unique("a-long-name-of-a-user")
        service.member(long)
        self.assert_problem(self.change(service.tokens_of(long)["access_token"], password=long), 422,
                            pointers=["/password"])
        self.assert_problem_401(service.request("POST", "/api/v1/auth/password", {
            "current": PASSWORD, "password": "another horse battery"}))
        self.assert_tokens(service.password_grant(name))

    def test_a_stolen_token_cannot_try_passwords_for_long(self):
        name = service.member(unique("stolen"))
        access = service.tokens_of(name)["access_token"]
        statuses = {self.change(access, f"{WRONG} {i}").status for i in range(8)}
        self.assertEqual(statuses, {403, 429})


class SettingUp(SignInCase):
    def use(self, link, password=PASSWORD, again=None, **headers):
        return service.send_form("/setup", {"token": link, "password": password,
                                            "again": password if again is None else again},
                                 **headers)

    def test_by_page(self):
        name = unique("new")
        service.made("root", "POST", "/api/v1/users", {"id": name, "roles": ["viewer"]})
        link = service.setup_link(name)
        for _ in range(2):  # looking does not use it up
            page = self.assert_status(service.get(f"/setup?token={link}"), 200)
            self.assertIn(f"<strong>{name}</strong>", page.body.decode())
            self.assertEqual(page.header("Cache-Control"), "no-store")
            self.assertEqual(page.header("Referrer-Policy"), "same-origin")
        self.assert_status(self.use(link, again="not the same one"), 422)
        short = self.assert_status(self.use(link, "short"), 422)
        self.assertIn("must have at least 12 characters", short.body.decode())
        done = self.use(link)
        self.assertEqual((done.status, done.header("Location")), (303, "/"))
        me = service.by_cookie(service.cookie_of(done), "GET", "/api/v1/users/me").json
        self.assertEqual((me["id"], me["may"]), (name, ["viewer"]))
        for a in (service.get(f"/setup?token={link}"), self.use(link, "another horse battery")):
            self.assert_status(a, 404)
        self.assert_tokens(service.password_grant(name))
        self.assertNotIn(link, service.log_text())
        for file in service.db_path.parent.glob("approvals.db*"):
            self.assertNotIn(link.encode(), file.read_bytes(), file)

    def test_a_new_one_ends_the_one_before_and_using_it_all_else(self):
        name = service.member(unique("again"))
        has = Everything(name)
        link = service.setup_link(name)
        self.assertEqual(service.get(f"/setup?token={has.link}").status, 404)
        self.assertEqual(has.holds(), {"session", "access", "shared", "key", "refresh"})
        self.assert_status(self.use(link, "another horse battery"), 303)
        self.assertEqual(has.holds(), {"key"})
        self.assert_oauth_error(service.password_grant(name), 400, "invalid_grant")

    def test_it_expires_and_goes_with_the_user(self):
        for how in ("expired", "removed"):
            name = unique(how)
            service.made("root", "POST", "/api/v1/users", {"id": name})
            link = service.setup_link(name)
            if how == "expired":
                self.assertEqual(service.one("SELECT expires_at - created_at FROM tickets"
                                             " WHERE user_id = ?", name), 24 * 3600 * SECOND)
                service.write("UPDATE tickets SET expires_at = 1 WHERE user_id = ?", name)
            else:
                service.made("root", "DELETE", f"/api/v1/users/{name}")
                self.assert_problem(service.by("root", "POST", f"/api/v1/users/{name}/setup-link"),
                                    404)
            self.assert_status(service.get(f"/setup?token={link}"), 404)
            self.assert_status(self.use(link), 404)

    def test_it_is_used_once_even_at_the_same_time(self):
        name = unique("race")
        service.made("root", "POST", "/api/v1/users", {"id": name})
        link = service.setup_link(name)
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            got = list(pool.map(lambda i: self.use(link, f"{PASSWORD} {i}").status, range(6)))
        self.assertEqual(sorted(got), [303, 404, 404, 404, 404, 404])

    def test_strange_tokens_and_origins(self):
        link = service.setup_link("nopass")
        refresh = service.tokens_of("ann")["refresh_token"]
        for text in ("", "x", "apl_" + "A" * 43, link[:-1], link + "x", refresh,
                     "apl_" + refresh[4:], "<script>alert(1)</script>"):
            with self.subTest(text=text):
                a = service.get(f"/setup?token={urllib.parse.quote(text)}")
                self.assert_status(a, 404)
                self.assertNotIn("<script>", a.body.decode())
                self.assert_status(self.use(text), 404)
        self.assert_status(service.get("/setup"), 404)
        for headers in ({"Origin": "https://evil.example"}, {"Origin": None}, {"Origin": "null"}):
            self.assert_status(self.use(link, **headers), 403)
        self.assert_status(service.get(f"/setup?token={link}"), 200)

    def test_for_whom_there_is_none(self):
        self.assert_problem(service.by("root", "POST", "/api/v1/users/nobody-there/setup-link"), 404)
        self.assert_problem(service.by("root", "POST", "/api/v1/users/ann/setup-link", None,
                                       {"Idempotency-Key": "k"}), 422)


class Lockout(SignInCase):
    def failed(self, name, address, times=1):
        return [service.password_grant(name, WRONG, address) for _ in range(times)]

    def row(self, name, address):
        return service.rows("SELECT * FROM sign_in_attempts WHERE name_sha256 = ? AND address = ?",
                            hashlib.sha256(name.encode()).hexdigest(), address)[0]

    def set(self, name, address, **values):
        sets = ", ".join(f"{k} = {int(v)}" for k, v in values.items())
        service.write(f"UPDATE sign_in_attempts SET {sets} WHERE name_sha256 = ? AND address = ?",
                      hashlib.sha256(name.encode()).hexdigest(), address)

    def assert_waits(self, answer, most):
        self.assert_problem(answer, 429)
        seconds = int(answer.header("Retry-After"))
        self.assertTrue(1 <= seconds <= most, seconds)
        return seconds

    def test_it_slows_and_then_lets_in(self):
        for name in (service.member(unique("slow")), unique("nobody")):
            with self.subTest(name=name):
                address = next(addresses)
                for a in self.failed(name, address, 5):
                    self.assert_oauth_error(a, 400, "invalid_grant")
                row = self.row(name, address)
                self.assertEqual((row["failures"], row["blocked_until"] - row["last_at"]),
                                 (5, SECOND))
                self.set(name, address, failures=9, blocked_until=0)
                self.failed(name, address)
                first = self.assert_waits(service.password_grant(name, PASSWORD, address), 32)
                for a in self.failed(name, address, 3):  # who is refused does not wait longer
                    self.assertLessEqual(self.assert_waits(a, 32), first)
                self.assertEqual(self.row(name, address)["failures"], 10)

    def test_it_lasts_15_minutes_at_most_and_a_success_ends_it(self):
        name, address = service.member(unique("calm")), next(addresses)
        self.failed(name, address)
        self.set(name, address, failures=1_000_000)
        self.failed(name, address)
        self.assertGreater(self.assert_waits(service.password_grant(name, PASSWORD, address), 900),
                           800)
        self.set(name, address, blocked_until=time.time() * SECOND)
        self.assert_tokens(service.password_grant(name, PASSWORD, address))
        for a in self.failed(name, address, 4):
            self.assert_oauth_error(a, 400, "invalid_grant")
        self.assert_tokens(service.password_grant(name, PASSWORD, address))

    def test_others_are_not_kept_out(self):
        name, attacker = service.member(unique("victim")), next(addresses)
        self.failed(name, attacker)
        self.set(name, attacker, failures=50)
        self.failed(name, attacker)
        self.assert_waits(service.password_grant(name, PASSWORD, attacker), 900)
        self.assert_tokens(service.password_grant(name, PASSWORD, next(addresses)))
        self.assert_tokens(service.password_grant("ann", PASSWORD, attacker))

    def test_many_addresses_slow_strangers_only(self):
        name, home = service.member(unique("famous")), next(addresses)
        self.assert_tokens(service.password_grant(name, PASSWORD, home))
        self.failed(name, next(addresses))
        self.set(name, "*", failures=1_000_000, last_at=time.time() * SECOND)
        self.failed(name, next(addresses))
        stranger = next(addresses)
        self.assert_waits(service.password_grant(name, PASSWORD, stranger), 60)
        self.assert_tokens(service.password_grant(name, PASSWORD, home))
        self.set(name, "*", blocked_until=time.time() * SECOND)
        self.assert_tokens(service.password_grant(name, PASSWORD, stranger))

    def test_many_at_once_are_no_way_round(self):
        name, address = service.member(unique("flood")), next(addresses)
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda i: service.password_grant(name, f"{WRONG} {i}", address),
                                    range(24)))
        tried = sum(a.status == 400 for a in answers)
        self.assertLessEqual(tried, 8, [a.status for a in answers])
        self.assertEqual({a.status for a in answers}, {400, 429})

    def test_on_the_page_too(self):
        name = service.member(unique("page"))
        service.sign_in(name, WRONG)
        self.set(name, "127.0.0.1", failures=9, blocked_until=0)
        service.sign_in(name, WRONG)
        a = self.assert_status(service.sign_in(name), 429)
        self.assertTrue(1 <= int(a.header("Retry-After")) <= 32)
        self.assertIn("Too many failed attempts", a.body.decode())
        self.assertIsNone(a.header("Set-Cookie"))


class Removed(SignInCase):
    def test_nothing_of_a_removed_user_holds_even_when_he_comes_back(self):
        name = service.member(unique("gone"), "approver")
        has = Everything(name)
        service.made("root", "DELETE", f"/api/v1/users/{quote(name)}")
        self.assertEqual(has.holds(), set())
        time.sleep(1.1)  # also what is signed later by those who share the secret
        self.assert_problem_401(service.me(token(name, roles=["admin"])))
        service.made("root", "POST", "/api/v1/users", {"id": name})
        self.assertEqual(has.holds(), set())
        self.assert_oauth_error(service.password_grant(name, PASSWORD, next(addresses)), 400,
                                "invalid_grant")
        self.assertEqual(service.me(token(name)).json["may"], [])

    def test_tokens_of_the_same_second_end_too(self):
        """They are issued for the second that comes after a change, and another change may come first."""
        name = service.member(unique("quick"))
        for _ in range(3):
            access = service.tokens_of(name)["access_token"]
            self.assert_status(service.me(access), 200)
            service.made("root", "POST", f"/api/v1/users/{name}/sign-out")
            self.assert_problem_401(service.me(access))

    def test_signed_out_everywhere_by_an_administrator(self):
        name = service.member(unique("ended"))
        has = Everything(name)
        service.made("root", "POST", f"/api/v1/users/{name}/sign-out")
        self.assertEqual(has.holds(), {"key"})
        self.assertIn("tokens.ended", self.audit_actions(name))
        self.assert_tokens(service.password_grant(name))
        self.assert_problem(service.by("root", "POST", "/api/v1/users/nobody-there/sign-out"), 404)
