"""Sessions of the pages: cookies, forms and what protects them."""
import hashlib
import html.parser
import time

from access import bearer, token
from door import PASSWORD, Door, DoorCase, form
from harness import unique

service = Door(APPROVAL_SESSION_IDLE_MINUTES="5", APPROVAL_SESSION_HOURS="2")

MINUTE = 60 * 1_000_000
FOREIGN = ("https://evil.example", "http://evil.example", "null", "http://127.0.0.1",
           "http://127.0.0.1:1", "https://127.0.0.1", "http://localhost", "")


def setUpModule():
    service.start()
    service.member("ann", "approver", "requester")
    service.member("boss", "admin")


def tearDownModule():
    service.stop_verified()


class Inputs(html.parser.HTMLParser):
    """The tags of a page, and the values of its inputs by name."""

    def __init__(self, answer):
        super().__init__(convert_charrefs=True)
        self.tags, self.values, self.text = [], {}, ""
        self.feed(answer.body.decode())
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, sorted(name for name, _ in attrs)))
        attrs = dict(attrs)
        if tag == "input":
            self.values[attrs["name"]] = attrs.get("value")

    def handle_data(self, data):
        self.text += data


class SessionCase(DoorCase):
    service = service

    def session(self, name="ann"):
        return service.cookie_of(service.sign_in(name))

    def row(self, cookie):
        return service.rows("SELECT * FROM tickets WHERE sha256 = ?", self.sha256(cookie))[0]

    @staticmethod
    def sha256(cookie):
        return hashlib.sha256(cookie.encode()).hexdigest()

    def holds(self, cookie, **headers):
        return service.by_cookie(cookie, "GET", "/api/v1/users/me", **headers).status == 200


class Forms(SessionCase):
    def test_in_and_out(self):
        self.assertEqual(service.get("/").header("Location"), "/sign-in")
        page = self.assert_status(service.get("/sign-in"), 200)
        self.assertEqual(set(Inputs(page).values), {"username", "password"})
        self.assertEqual(page.header("Cache-Control"), "no-store")
        self.assertIsNone(page.header("Set-Cookie"))
        a = service.sign_in("ann")
        self.assertEqual((a.status, a.header("Location"), a.header("Cache-Control")),
                         (303, "/", "no-store"))
        cookie = service.cookie_of(a)
        home = self.assert_status(service.by_cookie(cookie, "GET", "/"), 200)
        self.assertIn("Signed in as <strong>ann</strong>", home.body.decode())
        self.assertNotIn(cookie, home.body.decode())
        out = service.send_form("/sign-out", {"csrf": service.csrf(cookie)}, cookie)
        self.assertEqual((out.status, out.header("Location")), (303, "/sign-in"))
        self.assertRegex(out.header("Set-Cookie"),
                         r"^approvals=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax$")
        self.assertFalse(self.holds(cookie))
        self.assertEqual(service.by_cookie(cookie, "GET", "/").header("Location"), "/sign-in")

    def test_the_cookie(self):
        self.assertRegex(service.sign_in("ann").header("Set-Cookie"),
                         r"^approvals=aps_[A-Za-z0-9_-]{43}; Path=/; Max-Age=7200; HttpOnly;"
                         r" SameSite=Lax$")
        first, second = self.session(), self.session()
        self.assertNotEqual(first, second)
        self.assertNotEqual(service.csrf(first), service.csrf(second))
        self.assertEqual(service.csrf(first), service.csrf(first))

    def test_a_session_is_never_taken_over_from_before(self):
        brought = self.session("boss")
        a = service.send_form("/sign-in", {"username": "ann", "password": PASSWORD}, brought)
        self.assertNotEqual(service.cookie_of(a), brought)
        self.assertEqual(service.by_cookie(brought, "GET", "/api/v1/users/me").json["id"], "boss")

    def test_only_a_hash_is_kept(self):
        cookie = self.session()
        self.assertEqual(self.row(cookie)["kind"], "session")
        for file in service.db_path.parent.glob("approvals.db*"):
            self.assertNotIn(cookie.encode(), file.read_bytes(), file)
        self.assertNotIn(cookie, service.log_text())

    def test_what_is_wrong(self):
        for name, password, status, text in (
                ("ann", "wrong horse battery", 401, "The user or the password is wrong"),
                (unique("nobody"), PASSWORD, 401, "The user or the password is wrong"),
                ("", PASSWORD, 422, "Both the user and the password are needed"),
                ("ann", "", 422, "Both the user and the password are needed")):
            with self.subTest(name=name, password=password):
                a = self.assert_status(service.sign_in(name, password), status)
                self.assertIsNone(a.header("Set-Cookie"))
                self.assertIn(text, Inputs(a).text)
                self.assertEqual(Inputs(a).values["username"] or "", name)
                self.assertIsNone(Inputs(a).values["password"])
                self.assertNotIn(PASSWORD, a.body.decode())
        for body, status in ((b"username=ann&username=boss&password=x", 400),
                             (b"username=%00&password=x", 400), (b"%", 400),
                             (b"x" * 20_000, 413)):
            self.assert_status(service.send_form("/sign-in", body), status)
        self.assert_status(service.request("POST", "/sign-in",
                                           {"username": "ann", "password": PASSWORD},
                                           {"Origin": service.origin}), 415)

    def test_nothing_of_what_was_typed_runs(self):
        plain = Inputs(service.sign_in("x", "wrong horse battery")).tags
        for name in ('"><script>alert(1)</script>', "'><img src=x onerror=alert(1)>", "</title><svg>",
                     "&quot;&lt;b&gt;", '" autofocus onfocus="alert(1)', "{{7*7}}", "é\u2028\u202e",
                     "javascript:alert(1)"):
            with self.subTest(name=name):
                a = self.assert_status(service.sign_in(name, "wrong horse battery"), 401)
                self.assertEqual(Inputs(a).tags, plain)
                self.assertEqual(Inputs(a).values["username"], name)
                a = self.assert_status(service.sign_in("ann", "", next=f"/{name}"), 422)
                self.assertEqual([t for t in Inputs(a).tags if t[0] in ("script", "img", "svg")], [])
                self.assertIn(Inputs(a).values.get("next"), (None, f"/{name}"))
        self.assertIn("script-src 'self'", service.get("/sign-in").header("Content-Security-Policy"))
        name = unique("<b>&\"'")
        service.member(name)
        home = service.by_cookie(self.session(name), "GET", "/").body.decode()
        self.assertNotIn("<b>", home)
        self.assertIn("&lt;b&gt;&amp;", home)

    def test_next_leads_to_our_own_pages_only(self):
        for path in ("/", "/api/v1/users/me", "/?a=b&c=%20", "/x%2F%2Fy"):
            self.assertEqual(service.sign_in("ann", next=path).header("Location"), path)
            page = service.get("/sign-in?" + form(next=path).decode())
            self.assertEqual(Inputs(page).values["next"], path)
        for path in ("//evil.example", "https://evil.example", "http:evil.example", "/\\evil.example",
                     "\\\\evil.example", "/\t/evil.example", "\t//evil.example", " //evil.example",
                     "/\r\nSet-Cookie: approvals=x", "/\n//evil.example", "javascript:alert(1)",
                     "evil.example", ".evil.example", "@evil.example", "", "//", "///evil.example",
                     "/\u2028/x", "/é", "data:text/html,x", "?x", "#x"):
            with self.subTest(path=path):
                a = service.sign_in("ann", next=path)
                self.assertEqual((a.status, a.header("Location")), (303, "/"))
                page = self.assert_status(service.get("/sign-in?" + form(next=path).decode()), 200)
                self.assertNotIn("next", Inputs(page).values)
        self.assertEqual(service.get("/?a=b").header("Location"), "/sign-in?next=%2F%3Fa%3Db")
        for path in ("//evil.example", "//evil.example/%2e%2e", "/\\evil.example"):
            a = service.get(path)
            self.assertEqual((a.status, a.header("Location")), (404, None))


class Forgery(SessionCase):
    """Requests that other sites make a browser send: the cookie comes along, the rest does not."""

    def setUp(self):
        self.cookie = self.session()
        self.csrf = service.csrf(self.cookie)

    def assert_refused(self, answer, words):
        self.assert_status(answer, 403)
        self.assertIn(words, answer.body.decode())
        self.assertTrue(self.holds(self.cookie))

    def sign_out(self, csrf, **headers):
        fields = {} if csrf is None else {"csrf": csrf}
        return service.send_form("/sign-out", form(**fields) or b"a=b", self.cookie, **headers)

    def test_the_token(self):
        other = service.csrf(self.session())
        another = service.csrf(self.session("boss"))
        for csrf in (None, "", "x", other, another, self.csrf[:-1], self.csrf + "A",
                     self.csrf.swapcase(), self.cookie, "null"):
            with self.subTest(csrf=csrf):
                self.assert_refused(self.sign_out(csrf), "The form is from another session")
                self.assert_refused(self.sign_out(None, X_CSRF_Token=csrf),
                                    "The form is from another session")
        twice = f"csrf={other}&csrf={self.csrf}".encode()
        for body in (twice, twice[::-1], f"csrf={self.csrf}&csrf={self.csrf}".encode(),
                     f"csrf={self.csrf}&a=%00".encode(), f"csrf={self.csrf}%00".encode()):
            self.assert_refused(service.send_form("/sign-out", body, self.cookie), "form")
        self.assert_refused(service.send_form(f"/sign-out?csrf={self.csrf}", b"a=b", self.cookie),
                            "form")
        self.assert_refused(self.sign_out(self.csrf, X_CSRF_Token=other), "form")
        self.assert_status(self.sign_out(None, X_CSRF_Token=self.csrf), 303)

    def test_the_origin(self):
        for origin in (*FOREIGN, service.origin + "/", service.origin + ".evil.example",
                       service.origin.replace("127.0.0.1", "localhost"), f"{service.origin} x"):
            with self.subTest(origin=origin):
                self.assert_refused(self.sign_out(self.csrf, Origin=origin), "does not come from")
                self.assert_refused(
                    self.sign_out(self.csrf, Origin=origin, Sec_Fetch_Site="same-origin"),
                    "does not come from")
        for site in (None, "cross-site", "same-site", "none", "", "Same-Origin"):
            with self.subTest(site=site):
                self.assert_refused(self.sign_out(self.csrf, Origin=None, Sec_Fetch_Site=site),
                                    "does not come from")
        self.assert_status(self.sign_out(self.csrf, Origin=None, Sec_Fetch_Site="same-origin"), 303)

    def test_a_name_that_leads_here(self):
        """DNS rebinding: the browser takes evil.example for this address."""
        for host in ("evil.example", f"evil.example:{service.port}", "127.0.0.1.evil.example"):
            self.assert_refused(self.sign_out(self.csrf, Host=host, Origin=f"http://{host}"),
                                "does not come from")
            self.assert_status(service.send_form("/sign-in", {"username": "ann",
                                                              "password": PASSWORD},
                                                 Host=host, Origin=f"http://{host}"), 403)
        host = f"localhost:{service.port}"
        self.assert_status(self.sign_out(self.csrf, Host=host, Origin=f"http://{host}"), 303)

    def test_signing_somebody_in(self):
        for headers in (*({"Origin": o} for o in FOREIGN), {"Origin": None},
                        {"Origin": None, "Sec_Fetch_Site": "cross-site"}):
            with self.subTest(headers=headers):
                a = service.send_form("/sign-in", {"username": "ann", "password": PASSWORD},
                                      **headers)
                self.assert_status(a, 403)
                self.assertIsNone(a.header("Set-Cookie"))
        a = service.send_form("/sign-in", {"username": "ann", "password": PASSWORD}, Origin=None,
                              Sec_Fetch_Site="same-origin")
        self.assert_status(a, 303)

    def test_reading_never_needs_it(self):
        for method in ("GET", "HEAD"):
            for headers in ({}, {"Origin": "https://evil.example"}, {"Sec_Fetch_Site": "cross-site"}):
                for path in ("/", "/api/v1/users/me", "/api/v1/approvals"):
                    a = service.by_cookie(self.cookie, method, path, **headers)
                    self.assert_status(a, 200)
                    self.assertIsNone(a.header("Access-Control-Allow-Origin"))
        self.assert_status(service.get("/sign-in"), 200)

    def test_the_api_by_cookie(self):
        boss = self.session("boss")
        csrf = service.csrf(boss)
        good = {"Origin": service.origin, "X_CSRF_Token": csrf}
        group, calendar = unique("group"), {"time_zone": "UTC", "week": {"mon": [["09:00", "17:00"]]}}
        calls = (("POST", "/api/v1/groups", {"id": group, "members": []}, 201),
                 ("PATCH", f"/api/v1/groups/{group}", {"name": "n"}, 200),
                 ("PUT", "/api/v1/calendars/office", calendar, 201),
                 ("DELETE", f"/api/v1/groups/{group}", None, 204),
                 ("POST", "/api/v1/auto-rules/evaluate", {"payload": {}}, 200))
        for method, path, body, status in calls:
            with self.subTest(method=method, path=path):
                for headers in ({}, {"Origin": service.origin}, {"X_CSRF_Token": csrf},
                                {**good, "X_CSRF_Token": self.csrf},
                                {**good, "Origin": "https://evil.example"},
                                {"X_CSRF_Token": csrf, "Sec_Fetch_Site": "same-site"}):
                    with self.nothing_changes():
                        self.assert_problem(
                            service.by_cookie(boss, method, path, body, **headers), 403)
                self.assert_status(service.by_cookie(boss, method, path, body, **good), status)
        simple = f"csrf={csrf}&id=x".encode()  # what a foreign form can send without being asked
        for type in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data"):
            a = service.by_cookie(boss, "POST", "/api/v1/groups", simple, Content_Type=type,
                                  Origin=service.origin)
            self.assertIn(a.status, (403, 415))

    def test_who_signs_in_otherwise_needs_none(self):
        a = service.by("root", "POST", "/api/v1/groups", {"id": unique("g"), "members": []},
                       {"Origin": "https://evil.example"})
        self.assert_status(a, 201)


class Lives(SessionCase):
    def test_idle(self):
        for minutes, holds in ((4.5, True), (5.1, False)):
            cookie = self.session()
            service.write("UPDATE tickets SET used_at = ?, created_at = created_at - ?"
                          " WHERE sha256 = ?", int(time.time() * 1e6 - minutes * MINUTE),
                          10 * MINUTE, self.sha256(cookie))
            self.assertEqual(self.holds(cookie), holds)
        self.assert_problem_401(service.by_cookie(cookie, "GET", "/api/v1/users/me"),
                                "Your session has ended")
        a = service.by_cookie(cookie, "GET", "/?a=b")
        self.assertEqual((a.status, a.header("Location")), (303, "/sign-in?next=%2F%3Fa%3Db"))

    def test_use_keeps_it_and_is_noted_once_a_minute(self):
        cookie = self.session()
        at = int(time.time() * 1e6)
        for seconds, noted in ((50, False), (70, True)):
            before = at - seconds * 1_000_000
            service.write("UPDATE tickets SET used_at = ? WHERE sha256 = ?", before,
                          self.sha256(cookie))
            self.assertTrue(self.holds(cookie))
            self.assertEqual(self.row(cookie)["used_at"] > before, noted)

    def test_absolute(self):
        cookie = self.session()
        row = self.row(cookie)
        self.assertEqual(row["expires_at"] - row["created_at"], 120 * MINUTE)
        service.write("UPDATE tickets SET expires_at = ? WHERE sha256 = ?", int(time.time() * 1e6),
                      self.sha256(cookie))
        self.assertFalse(self.holds(cookie))
        self.assertGreater(self.row(cookie)["used_at"], 0)

    def test_with_the_user(self):
        for how in ("removed", "signed out"):
            name = service.member(unique("user"))
            cookie = self.session(name)
            if how == "removed":
                service.made("root", "DELETE", f"/api/v1/users/{name}")
            else:
                service.made("root", "POST", f"/api/v1/users/{name}/sign-out")
            self.assertFalse(self.holds(cookie))

    def test_roles_are_those_of_now(self):
        name = service.member(unique("user"), "auditor")
        cookie = self.session(name)
        self.assert_status(service.by_cookie(cookie, "GET", "/api/v1/audit"), 200)
        service.made("root", "PATCH", f"/api/v1/users/{name}", {"roles": ["requester"]})
        self.assert_problem(service.by_cookie(cookie, "GET", "/api/v1/audit"), 403)

    def test_cookies_that_are_none(self):
        cookie = self.session()
        name = service.cookie_name
        link = service.setup_link("ann")
        refresh = service.tokens_of("ann")["refresh_token"]
        for header in (f"{name}=", f"{name}=x", f"{name}=aps_{'A' * 43}", f"{name}={cookie[:-1]}",
                       f"{name}={cookie}A", f'{name}="{cookie}"', f"{name}={cookie.swapcase()}",
                       f"{name}={cookie}; {name}={cookie}", f"{name}=x; {name}={cookie}",
                       f"{name.upper()}={cookie}", f"__Host-{name}={cookie}", f" ={cookie}", cookie,
                       f"{name}={refresh}", f"{name}={link}", f"{name}={'A' * 5000}",
                       f"{name}={token('ann')}", f"{name}={self.sha256(cookie)}", f"x{name}={cookie}",
                       f"{name}={cookie},x", ";;;", "="):
            with self.subTest(header=header[:40]):
                self.assert_problem_401(service.request("GET", "/api/v1/users/me", None,
                                                        {"Cookie": header}))
        for header in (f"a=b; {name}={cookie}", f"{name}={cookie}; a=b", f"a=b;{name}={cookie};",
                       f"x{name}=y; {name}={cookie}"):
            self.assert_status(service.request("GET", "/api/v1/users/me", None, {"Cookie": header}),
                               200)
        self.assert_problem_401(service.me(cookie))

    def test_an_authorization_header_counts_alone(self):
        cookie = f"{service.cookie_name}={self.session('boss')}"
        a = service.request("GET", "/api/v1/users/me", None, {"Cookie": cookie, **bearer("junk")})
        self.assert_problem_401(a)
        a = service.request("GET", "/api/v1/users/me", None,
                            {"Cookie": cookie, **bearer(token("ann"))})
        self.assertEqual(a.json["id"], "ann")


class Elsewhere(DoorCase):
    """Services that are reached by other addresses."""

    def begin(self, **settings):
        self.service = Door(**settings).start()
        self.addCleanup(self.service.stop)
        self.service.made("root", "POST", "/api/v1/users", {"id": "ann", "roles": ["viewer"]})
        return self.service

    def test_https(self):
        s = self.begin(APPROVAL_PUBLIC_URL="https://approvals.example")
        s.set_password("ann")
        a = s.sign_in("ann")
        self.assertRegex(a.header("Set-Cookie"),
                         r"^__Host-approvals=aps_[A-Za-z0-9_-]{43}; Path=/; Max-Age=43200; HttpOnly;"
                         r" SameSite=Lax; Secure$")
        cookie = s.cookie_of(a)
        self.assert_status(s.by_cookie(cookie, "GET", "/api/v1/users/me"), 200)
        for header in (f"approvals={cookie}", f"__Secure-approvals={cookie}",
                       f"__host-approvals={cookie}"):
            self.assert_problem_401(s.request("GET", "/api/v1/users/me", None, {"Cookie": header}))
        csrf = s.csrf(cookie)
        for origin in ("http://approvals.example", "https://approvals.example:8443",
                       "https://www.approvals.example", f"http://127.0.0.1:{s.port}", None):
            for path, fields in (("/sign-in", {"username": "ann", "password": PASSWORD}),
                                 ("/sign-out", {"csrf": csrf})):
                self.assert_status(s.send_form(path, fields, cookie, Origin=origin), 403)
        out = s.send_form("/sign-out", {"csrf": csrf}, cookie)
        self.assertRegex(out.header("Set-Cookie"), r"^__Host-approvals=; Path=/; Max-Age=0;.*Secure$")

    def test_plain_http_beyond_this_machine(self):
        s = self.begin(APPROVAL_PUBLIC_URL="http://approvals.example")
        reason = "Nobody can sign in to the pages over plain http from other machines"
        page = self.assert_status(s.get("/sign-in"), 200)
        self.assertIn(reason, page.body.decode())
        self.assertEqual(Inputs(page).values, {})
        link = s.setup_link("ann")
        fields = {"token": link, "password": PASSWORD, "again": PASSWORD}
        for a in (s.sign_in("ann"), s.send_form("/setup", fields), s.get(f"/setup?token={link}")):
            self.assert_status(a, 403)
            self.assertIn(reason, a.body.decode())
            self.assertIsNone(a.header("Set-Cookie"))
        self.assert_status(s.by("root", "GET", "/api/v1/users/me"), 200)

    def test_nobody_signs_in(self):
        s = Door(APPROVAL_AUTH="off")
        s.person = lambda name, *roles: None  # there is nobody to make
        self.service = s.start()
        self.addCleanup(s.stop)
        page = self.assert_status(s.get("/sign-in"), 200)
        self.assertIn("Sign-in is off", page.body.decode())
        self.assertEqual(Inputs(page).values, {})
        self.assert_status(s.get("/"), 200)
