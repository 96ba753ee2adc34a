"""What nginx does for security in front of the pool: headers, limits, TLS, whom it believes.

Most of it is looked at through a stand-in for the pool (fcgi_echo.py) that tells what it was handed.
Clients come from addresses of their own, 127.x.y.z, so that limits of one test are not those of another.
"""
import http.client
import itertools
import json
import shutil
import socket
import ssl
import subprocess
import warnings

import harness
from harness import Answer, Client, HttpCase, Service, read_answer, unique

PROXY, OTHER_PROXY, STRANGER = "127.0.0.2", "127.0.3.77", "127.0.0.1"
USER = "X-Remote-User"
STRICT = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
BURST = 20

addresses = (f"127.9.{n // 250}.{n % 250 + 1}" for n in itertools.count())


class Front(Service):
    """nginx as run.sh configures it, in front of the stand-in."""

    scheme = "http"

    def command(self):
        programs = self.folder / "programs"
        if not programs.exists():
            programs.mkdir()
            (programs / "approvalctl").symlink_to(harness.build / "approvalctl")
            echo = programs / "approval-app"
            shutil.copy(harness.ROOT / "tests" / "http" / "fcgi_echo.py", echo)
            echo.chmod(0o755)
        return ["sh", str(harness.RUN), str(programs)]

    def connect(self, source):
        return socket.create_connection(("127.0.0.1", self.port), timeout=harness.REQUEST_SECONDS,
                                        source_address=(source, 0))

    def send(self, path, *lines, source=STRANGER, method="GET", version="1.1"):
        """These header lines as they are, from that address. Gives the answer."""
        head = [f"{method} {path} HTTP/{version}", *lines, "Connection: close"]
        if not any(li.lower().startswith("host:") for li in lines):
            head.insert(1, f"Host: localhost:{self.port}")
        with self.connect(source) as s:
            s.sendall("\r\n".join(head + ["", ""]).encode())
            return read_answer(s)

    def seen(self, path, *lines, **how):
        """The pairs of parameters that such a request reaches the pool with."""
        a = self.send(path, *lines, **how)
        if a.status != 200:
            raise AssertionError(repr(a))
        return [tuple(p) for p in a.json["params"]]


def values(params, name):
    return [v for k, v in params if k == name]


class TlsClient(Client):
    def request(self, method, path, body=None, headers=None):
        self.connection = self.connection or http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=harness.REQUEST_SECONDS, context=context())
        return super().request(method, path, body, headers)


def context(**attributes):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname = False
    c.verify_mode = ssl.CERT_NONE
    for name, value in attributes.items():
        setattr(c, name, value)
    return c


class TlsFront(Front):
    scheme = "https"

    def command(self):
        if not (self.folder / "cert.pem").exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                            "/CN=localhost", "-keyout", "key.pem", "-out", "cert.pem"],
                           cwd=self.folder, check=True, capture_output=True, timeout=60)
        self.settings.update(APPROVAL_TLS_CERTIFICATE=self.folder / "cert.pem",
                             APPROVAL_TLS_KEY=self.folder / "key.pem",
                             APPROVAL_PUBLIC_URL=f"https://localhost:{self.port}")
        return super().command()

    def fresh(self, method, path, body=None, headers=None):
        client = TlsClient(self.port)
        try:
            return client.request(method, path, body, headers)
        finally:
            client.close()


front = Front(APPROVAL_TRUSTED_PROXIES=f"{PROXY} 127.0.3.0/24", APPROVAL_TRUSTED_USER_HEADER=USER,
              APPROVAL_SIGN_IN_RATE=1, APPROVAL_MAX_BODY=1024)
plain = Front()
tls = TlsFront()
service = Service()


def setUpModule():
    for one in (front, plain, tls, service):
        one.start()


def tearDownModule():
    for one in (service, tls, plain, front):
        one.stop()


class Handed(HttpCase):
    """Parameters that reach the pool."""

    def test_authorization_reaches_it(self):
        for header in ("Bearer abc.def.ghi", "Basic Ym9iOng="):
            params = front.seen("/x", f"Authorization: {header}")
            self.assertEqual(values(params, "HTTP_AUTHORIZATION"), [header])
            self.assertEqual(values(params, "REMOTE_USER"), [])
        a = front.send("/x", "Authorization: Bearer a", "Authorization: Bearer b")
        self.assert_problem(a, 400)

    def test_only_headers_begin_with_http(self):
        params = front.seen("/x", "Remote-Addr: 10.1.1.1", "Request-Uri: /y", "Cookie: a=b")
        own = {k for k, _ in params if not k.startswith("HTTP_")}
        self.assertEqual(own, {"QUERY_STRING", "REQUEST_METHOD", "REQUEST_URI", "CONTENT_TYPE",
                               "CONTENT_LENGTH", "SERVER_PROTOCOL", "REMOTE_ADDR",
                               "APPROVAL_REMOTE_USER"})
        self.assertEqual(len(params), len(dict(params)))
        self.assertEqual(values(params, "REMOTE_ADDR"), [STRANGER])
        self.assertEqual(values(params, "REQUEST_URI"), ["/x"])

    def test_proxy_is_no_environment_variable(self):
        self.assertEqual(values(front.seen("/x", "Proxy: http://evil"), "HTTP_PROXY"), [])

    def test_host(self):
        for host in (f"localhost:{front.port}", "approvals.example", "[::1]:8003",
                     "APPROVALS.example:1"):
            self.assertEqual(values(front.seen("/x", f"Host: {host}"), "HTTP_HOST"), [host])
        params = front.seen("http://one.example/x", "Host: other.example:99")
        self.assertEqual(values(params, "HTTP_HOST"), ["one.example"])
        self.assertEqual(values(params, "REQUEST_URI"), ["/x"])
        params = front.seen("http://one.example/x", "Host: evil|one.example")
        self.assertEqual(values(params, "HTTP_HOST"), ["one.example"])

    def test_body(self):
        a = service_post(front, "/x", b"a" * 70000)
        self.assert_problem(a, 413)
        a = service_post(front, "/x", b"hello")
        self.assertEqual(a.json["body"], "hello")


def service_post(one, path, body):
    client = Client(one.port)
    try:
        return client.request("POST", path, body)
    finally:
        client.close()


class TrustedUser(HttpCase):
    """The header in which a proxy names the user."""

    def names(self, *lines, path="/x", one=front, **how):
        """What APPROVAL_REMOTE_USER and the header itself say, in what reached the pool."""
        params = one.seen(path, *lines, **how)
        return values(params, "APPROVAL_REMOTE_USER"), values(params, "HTTP_X_REMOTE_USER")

    def test_from_a_trusted_proxy(self):
        for source in (PROXY, OTHER_PROXY):
            for path in ("/x", "/", "/api/v1/approvals?x=1", "/health"):
                got = self.names(f"{USER}: rita", source=source, path=path)
                self.assertEqual(got, (["rita"], ["rita"]))
            self.assertEqual(self.names(source=source), ([""], []))

    def test_from_anybody_else(self):
        for source in (STRANGER, "127.0.0.3", "127.0.4.1"):
            for spelling in (USER, USER.lower(), USER.upper()):
                got = self.names(f"{spelling}: admin", source=source)
                self.assertEqual(got, ([""], []))

    def test_other_spellings(self):
        for source in (STRANGER, PROXY):
            for spelling in ("X_Remote_User", "X-Remote_User", "x_remote-user", "X.Remote.User",
                             "X Remote-User"):
                a = front.send("/x", f"{spelling}: admin", source=source)
                if a.status == 400:
                    continue
                text = json.dumps(self.assert_status(a, 200).json)
                self.assertNotIn("admin", text, spelling)

    def test_twice(self):
        params = front.seen("/x", f"{USER}: admin", f"{USER}: rita", source=PROXY)
        self.assertEqual(values(params, "HTTP_X_REMOTE_USER"), ["admin", "rita"])
        self.assertEqual(values(params, "APPROVAL_USER_HEADER"), ["x-remote-user"],
                         "so that the application can refuse")
        self.assertEqual(self.names(f"{USER}: admin", f"{USER}: rita"), ([""], []))

    def test_no_header_becomes_the_variable(self):
        for name in ("APPROVAL_REMOTE_USER", "Approval-Remote-User", "HTTP-Approval-Remote-User",
                     "HTTP_APPROVAL_REMOTE_USER"):
            for one, source in ((front, STRANGER), (front, PROXY), (plain, STRANGER)):
                params = one.seen("/x", f"{name}: admin", source=source)
                self.assertEqual(values(params, "APPROVAL_REMOTE_USER"), [""])

    def test_a_forwarded_address_is_no_proxy(self):
        for address in (PROXY, OTHER_PROXY, f"{PROXY}, {PROXY}"):
            params = front.seen("/x", f"X-Forwarded-For: {address}", f"{USER}: admin")
            self.assertEqual(values(params, "APPROVAL_REMOTE_USER"), [""])
            self.assertEqual(values(params, "REMOTE_ADDR"), [STRANGER])
        params = front.seen("/x", f"X-Real-IP: {PROXY}", f"Forwarded: for={PROXY}")
        self.assertEqual(values(params, "REMOTE_ADDR"), [STRANGER])

    def test_address_of_the_client(self):
        for forwarded, client in (("192.0.2.7", "192.0.2.7"), ("10.9.9.9, 192.0.2.7", "192.0.2.7"),
                                  (f"192.0.2.7, {OTHER_PROXY}", "192.0.2.7"),
                                  ("2001:db8::1", "2001:db8::1"), ("nonsense", PROXY)):
            params = front.seen("/x", f"X-Forwarded-For: {forwarded}", f"{USER}: rita", source=PROXY)
            self.assertEqual(values(params, "REMOTE_ADDR"), [client], forwarded)
            self.assertEqual(values(params, "APPROVAL_REMOTE_USER"), ["rita"])

    def test_path_stays_as_it_was_sent(self):
        for path in ("/a%2Fb?x=%31&y", "/a//b", "/%61/../c", "/.proxied-x"):
            for source in (STRANGER, PROXY):
                params = front.seen(path, source=source)
                self.assertEqual(values(params, "REQUEST_URI"), [path])

    def test_internal_path(self):
        for path in ("/.proxied", "/.proxied/", "/.proxied/x", "/%2eproxied/x", "//.proxied/x"):
            for source in (STRANGER, PROXY):
                self.assert_problem(front.send(path, f"{USER}: admin", source=source), 404)

    def test_without_settings_nobody_is_believed(self):
        params = plain.seen("/x", f"{USER}: admin", "X-Forwarded-For: 192.0.2.7")
        self.assertEqual(values(params, "APPROVAL_REMOTE_USER"), [""])
        self.assertEqual(values(params, "REMOTE_ADDR"), [STRANGER])


class Limits(HttpCase):
    """One request a minute, and BURST at once."""

    def use_up(self, paths, *lines, source):
        for _, path in zip(range(BURST + 1), itertools.cycle(paths)):
            self.assert_status(front.send(path, *lines, source=source), 200)

    def assert_limited(self, path, *lines, source):
        a = front.send(path, *lines, source=source)
        self.assert_problem(a, 429)
        self.assertEqual(a.header("Retry-After"), "60")
        self.assertEqual(a.header("Cache-Control"), "no-store")

    def test_signing_in_is_limited(self):
        paths = ("/api/v1/auth/token", "/sign-in", "/setup", "/setup/abc", "/sign-in?next=%2F")
        source = next(addresses)
        self.use_up(paths, source=source)
        for path in paths + ("/api/v1/%61uth/token", "/api/v1//auth/refresh", "/x/../sign-in",
                             "/sign%2din"):
            self.assert_limited(path, source=source)

    def test_each_address_has_its_own(self):
        source, other = next(addresses), next(addresses)
        self.use_up(["/sign-in"], source=source)
        self.assert_limited("/sign-in", source=source)
        self.assert_limited("/sign-in", f"X-Forwarded-For: {other}", source=source)
        self.assert_status(front.send("/sign-in", source=other), 200)

    def test_behind_a_proxy_it_is_the_clients(self):
        client = "X-Forwarded-For: 198.51.100.1"
        self.use_up(["/api/v1/auth/token"], client, source=PROXY)
        self.assert_limited("/api/v1/auth/token", client, source=PROXY)
        self.assert_limited("/sign-in", client, f"{USER}: rita", source=OTHER_PROXY)
        other = "X-Forwarded-For: 198.51.100.2"
        self.assert_status(front.send("/api/v1/auth/token", other, source=PROXY), 200)

    def test_nothing_else_is_limited(self):
        source = next(addresses)
        for _ in range(BURST * 3):
            for path in ("/api/v1/approvals", "/sign-in-x", "/setups", "/api/v1/author"):
                self.assert_status(front.send(path, source=source), 200)

    def test_no_limit_where_it_is_off(self):
        for _ in range(BURST * 3):
            self.assert_status(plain.send("/api/v1/auth/token", source=STRANGER), 200)

    def test_the_real_service_answers_its_sign_in(self):
        self.assertNotEqual(service.fresh("POST", "/api/v1/auth/token", b"x").status, 429)


class HeadersCase(HttpCase):
    def assert_headers(self, a, policy=STRICT, hsts=None):
        for name, value in (("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
                            ("Referrer-Policy", "same-origin"), ("Content-Security-Policy", policy),
                            ("Cache-Control", "no-store"), ("Strict-Transport-Security", hsts)):
            self.assertEqual(a.header(name), value, f"{name}: {a!r}")
        self.assertIn("camera=()", a.header("Permissions-Policy"))
        self.assertEqual(a.header("Server"), "nginx")
        return a


class Headers(HeadersCase):
    """On every kind of answer, each once."""

    def errors_of(self, one):
        """An answer of each kind that nginx makes itself, by its status."""
        long = "y" * 40000
        yield 400, one.send("/x", f"X-Long: {long}")
        yield 400, one.send("/x", "Host: a", "Host: b")
        yield 404, one.send("/.nginx/400")
        yield 413, service_post(one, "/x", b"a" * 70000)
        yield 414, one.send("/" + long)
        yield 501, one.send("/x", "Transfer-Encoding: gzip", method="POST")
        yield 503, one.send("/x?close=1")

    def test_on_what_nginx_answers_itself(self):
        for status, a in self.errors_of(front):
            with self.subTest(status=status):
                self.assert_problem(a, status)
                self.assert_headers(a)
        source = next(addresses)
        last = [front.send("/sign-in", source=source) for _ in range(BURST + 2)][-1]
        self.assert_problem(last, 429)
        self.assert_headers(last)

    def test_on_what_the_service_answers(self):
        for method, path in (("GET", "/health"), ("GET", "/nothing"), ("POST", "/health"),
                             ("POST", "/api/v1/approvals"), ("OPTIONS", "/api/v1/workflows"),
                             ("GET", "/api/v1/workflows"), ("HEAD", "/health")):
            with self.subTest(method=method, path=path):
                self.assert_headers(service.fresh(method, path, b"{}" if method == "POST" else None))

    def test_on_pages(self):
        for a in (service.fresh("GET", "/"), front.send("/x?type=text/html;charset=utf-8")):
            policy = a.header("Content-Security-Policy")
            for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'",
                         "form-action 'self'"):
                self.assertIn(part, policy)
            self.assertNotIn("unsafe", policy)

    def test_a_policy_of_the_application_is_the_only_one(self):
        own = "default-src 'none'; style-src 'sha256-abc'; frame-ancestors 'none'"
        a = front.send("/x?type=text/html&header=Content-Security-Policy:%20" +
                       harness.quote(own) + "&header=Cache-Control:%20no-store")
        self.assert_headers(a, policy=own)

    def test_headers_of_the_application_do_not_come_twice(self):
        more = "&".join("header=" + harness.quote(h) for h in (
            "X-Content-Type-Options: nosniff", "X-Frame-Options: SAMEORIGIN",
            "Referrer-Policy: unsafe-url", "Permissions-Policy: camera=*",
            "Cache-Control: no-store"))
        self.assert_headers(front.send("/x?" + more))

    def test_caching_is_the_applications(self):
        a = front.send("/x?header=Cache-Control:%20max-age=60")
        self.assertEqual(a.header("Cache-Control"), "max-age=60")


class Smuggling(HttpCase):
    def test_one_request_stays_one(self):
        """Whatever a second one hides in does not reach the pool as a request of its own."""
        inner = b"GET /inner HTTP/1.1\r\nHost: x\r\n\r\n"
        for lines in (b"Content-Length: %d\r\nTransfer-Encoding: chunked" % len(inner),
                      b"Transfer-Encoding: chunked\r\nContent-Length: 4",
                      b"Transfer-Encoding : chunked", b"Transfer-Encoding: xchunked",
                      b"Transfer-Encoding: chunked, identity", b"Transfer-Encoding: \x0bchunked",
                      b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                      b"Content-Length: 0\r\nContent-Length: %d" % len(inner),
                      b"Content-Length: +%d" % len(inner), b"Content-Length: 0x10",
                      b"X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: %d" % len(inner)):
            with self.subTest(lines=lines), front.connect(next(addresses)) as s:
                s.sendall(b"POST /outer HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n%s" % (lines, inner))
                s.shutdown(socket.SHUT_WR)
                text = b"".join(iter(lambda: s.recv(65536), b""))
                self.assertNotIn(b'"/inner"', text)


class Tls(HeadersCase):
    def handshake(self, **attributes):
        with socket.create_connection(("127.0.0.1", tls.port), timeout=20) as s, \
                context(**attributes).wrap_socket(s) as secured:
            return secured.version(), secured.cipher()[0], secured.selected_alpn_protocol()

    def test_versions(self):
        v = ssl.TLSVersion
        for version, name in ((v.TLSv1_2, "TLSv1.2"), (v.TLSv1_3, "TLSv1.3")):
            got = self.handshake(minimum_version=version, maximum_version=version)
            self.assertEqual(got[0], name)
            self.assertRegex(got[1], "GCM|CHACHA20")

    def refused(self, minimum, maximum, ciphers):
        c = context()
        c.set_ciphers(ciphers)
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            c.minimum_version, c.maximum_version = minimum, maximum
        with socket.create_connection(("127.0.0.1", tls.port), timeout=20) as s:
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                c.wrap_socket(s).close()

    def test_old_versions_and_ciphers_are_refused(self):
        v = ssl.TLSVersion
        for version in (v.TLSv1, v.TLSv1_1):
            self.refused(version, version, "ALL:@SECLEVEL=0")
        for ciphers in ("AES128-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA",
                        "ECDHE-ECDSA-AES256-SHA384"):
            self.refused(v.TLSv1_2, v.TLSv1_2, ciphers + ":@SECLEVEL=0")

    def test_hsts_here_only(self):
        a = tls.fresh("GET", "/x")
        self.assert_headers(a_with_no_store(a), hsts="max-age=63072000")
        self.assertEqual(dict(map(tuple, a.json["params"]))["HTTPS"], "on")
        self.assert_headers(tls.fresh("GET", "/.nginx/404"), hsts="max-age=63072000")
        self.assertIsNone(plain.send("/x").header("Strict-Transport-Security"))
        self.assertNotIn("HTTPS", dict(plain.seen("/x")))

    def test_without_tls_on_that_port(self):
        a = tls.send("/x")
        self.assertIn("HTTPS", self.assert_problem(a, 400)["detail"])

    def test_http2(self):
        c = context()
        c.set_alpn_protocols(["h2", "http/1.1"])
        with socket.create_connection(("127.0.0.1", tls.port), timeout=20) as s, \
                c.wrap_socket(s) as secured:
            self.assertEqual(secured.selected_alpn_protocol(), "h2")
        done = subprocess.run(["curl", "-sSk", "--http2", "-w", "%{http_version}", "-H",
                               f"{USER}: admin", "-H", "Proxy: x",
                               f"https://127.0.0.1:{tls.port}/x"],
                              capture_output=True, text=True, timeout=60, check=True)
        text, version = done.stdout[:-1], done.stdout[-1:]
        self.assertEqual(version, "2", done.stdout)
        params = [tuple(p) for p in json.loads(text)["params"]]
        self.assertEqual(values(params, "HTTP_HOST"), [f"127.0.0.1:{tls.port}"])
        self.assertEqual(values(params, "APPROVAL_REMOTE_USER"), [""])
        self.assertEqual(values(params, "HTTP_PROXY"), [])

    def test_secrets_were_made_for_their_owner_alone(self):
        folder = tls.db_path.parent / "secrets"
        self.assertEqual(folder.stat().st_mode & 0o777, 0o700)
        for name in ("jwt", "audit"):
            self.assertEqual((folder / name).stat().st_mode & 0o777, 0o600)
            self.assertNotIn((folder / name).read_text().strip(), tls.log_text())


def a_with_no_store(a):
    """The stand-in says nothing of caching, as the application always does."""
    return Answer(a.status, a.headers + [("Cache-Control", "no-store")], a.body)
