"""approvalctl issuer: fetching the keys of an OpenID Connect issuer, and keeping the last good ones."""
import json
import shutil
import signal
import ssl
import subprocess
import time
import unittest

from ctl import Ctl, Issuer
from harness import wait_for


def key(kid, **more):
    """On P-256, from RFC 7517 and RFC 7515."""
    points = {"a": ("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
                    "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"),
              "b": ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                    "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")}
    x, y = points[kid]
    return {"kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y, **more}


def keys(*kids):
    return {"keys": [key(k) for k in kids] + [{"kty": "oct", "k": "AAAA"}]}


DOCUMENT = "/.well-known/openid-configuration"


class IssuerCase(unittest.TestCase):
    def setUp(self):
        self.issuer = Issuer()
        self.addCleanup(self.issuer.stop)
        self.ctl = Ctl(APPROVAL_OIDC_ISSUER=self.issuer.url)
        self.addCleanup(self.ctl.remove)

    def kids(self):
        rows = [line.split("\t") for line in self.ctl.good("issuer", "show").splitlines()]
        self.assertEqual(rows[0], ["issuer", self.ctl.settings["APPROVAL_OIDC_ISSUER"]])
        return [row[2] for row in rows if row[0] == "key"]


class Fetching(IssuerCase):
    def fails(self, says, **settings):
        """And what was kept before stays."""
        before = self.ctl.rows("SELECT keys, fetched_at FROM key_sets")
        code, out, err = self.ctl.run("issuer", "fetch", **settings)
        self.assertEqual((code, out), (1, ""), err)
        self.assertIn(says, err)
        self.assertEqual(self.ctl.rows("SELECT keys, fetched_at FROM key_sets"), before)

    def test_keys_that_rotate(self):
        self.assertEqual(self.kids(), [])
        self.assertIn("fetched\t-\n", self.ctl.good("issuer", "show"))
        self.issuer.serve(keys("a"))
        self.assertEqual(self.ctl.good("issuer", "fetch"), f"1 key of {self.issuer.url}\n")
        self.assertEqual(self.issuer.asked, [DOCUMENT, "/keys"])
        self.assertEqual(self.kids(), ["a"])
        self.assertRegex(self.ctl.good("issuer", "show"), r"(?m)^fetched\t\d{4}-")
        self.assertRegex(self.ctl.good("issuer", "show"), r"(?m)^key\tES256\ta$")
        self.issuer.serve(keys("b", "a"))
        self.assertEqual(self.ctl.good("issuer", "fetch"), f"2 keys of {self.issuer.url}\n")
        self.issuer.serve(keys("b"))
        self.ctl.good("issuer", "fetch")
        self.assertEqual(self.kids(), ["b"])
        self.assertEqual(self.ctl.rows("SELECT action, count(*) FROM audit_logs GROUP BY action"),
                         [("issuer.keys_changed", 3)])
        self.ctl.good("audit", "verify")

    def test_whatever_goes_wrong_the_last_good_set_stays(self):
        self.issuer.serve(keys("a"))
        self.ctl.good("issuer", "fetch")
        here = self.issuer.url
        for pages, says in (
                ({DOCUMENT: (500, {}, b"")}, f"{here}{DOCUMENT}: it was answered with status 500"),
                ({DOCUMENT: (200, {}, b"<html>")}, "is no JSON"),
                ({DOCUMENT: (200, {}, b"")}, "is no JSON"),
                ({DOCUMENT: (200, {}, b"[]")}, "names nobody as its issuer"),
                ({DOCUMENT: (200, {}, b"{\0}")}, "is no text"),
                ({DOCUMENT: (200, {}, b" " * (2 << 20))}, "larger than"),
                ({DOCUMENT: (302, {"Location": "file:///etc/passwd"}, b"")}, "file"),
                ({DOCUMENT: (302, {"Location": "http://198.51.100.1/"}, b"")}, "https"),
                ({"/keys": (404, {}, b"")}, f"{here}/keys: it was answered with status 404"),
                ({"/keys": (200, {}, b"<html>")}, "no set of keys"),
                ({"/keys": (200, {}, b'{"keys":7}')}, "no set of keys"),
                ({"/keys": (200, {}, b'{"keys":[]}')}, "has no key for RS256"),
                ({"/keys": (200, {}, json.dumps(keys()).encode())}, "has no key for RS256"),
                ({"/keys": (200, {}, json.dumps({"keys": [key("b", use="enc")]}).encode())},
                 "has no key for RS256")):
            with self.subTest(says=says):
                self.issuer.serve(keys("b"))
                self.issuer.pages.update(pages)
                self.fails(says)
        for document, says in (
                ({"issuer": f"{here}/"}, f"names {here}/ as its issuer"),
                ({"issuer": here.replace("127.0.0.1", "localhost")}, "not exactly"),
                ({"issuer": 7}, "names nobody"),
                ({"jwks_uri": None}, "jwks_uri"),
                ({"jwks_uri": "/keys"}, "is not taken"),
                ({"jwks_uri": "http://login.example/keys"}, "must be https"),
                ({"jwks_uri": "file:///etc/passwd"}, "must be https"),
                ({"jwks_uri": here.replace("//", "//user:word@") + "/keys"}, "user")):
            with self.subTest(document=document):
                self.issuer.serve(keys("b"), **document)
                self.fails(says)
        self.assertEqual(self.kids(), ["a"])

    def test_an_issuer_that_is_down(self):
        self.issuer.serve(keys("a"))
        self.ctl.good("issuer", "fetch")
        self.issuer.stop()
        self.fails(self.issuer.url)
        self.assertEqual(self.kids(), ["a"])

    def test_an_issuer_that_is_slow(self):
        self.issuer.pages[DOCUMENT] = self.issuer.slow
        began = time.monotonic()
        self.fails("no complete answer in time")
        self.assertLess(time.monotonic() - began, 20)

    def test_an_issuer_with_a_path(self):
        for path in ("/realms/main", "/realms/main/"):
            with self.subTest(path=path):
                url = self.issuer.url + path
                self.issuer.serve(keys("a"), issuer=url)
                self.issuer.pages["/realms/main" + DOCUMENT] = self.issuer.pages.pop(DOCUMENT)
                self.ctl.good("issuer", "fetch", APPROVAL_OIDC_ISSUER=url)
                self.assertEqual(self.ctl.rows("SELECT count(*) FROM key_sets WHERE issuer = ?",
                                               url), [(1,)])

    def test_keys_that_have_moved(self):
        self.issuer.serve(keys("a"))
        self.issuer.pages["/new"] = self.issuer.pages["/keys"]
        self.issuer.pages["/keys"] = (307, {"Location": "/new"}, b"")
        self.ctl.good("issuer", "fetch")
        self.assertEqual(self.kids(), ["a"])

    def test_no_issuer(self):
        for verb in ("fetch", "watch", "show"):
            code, _, err = self.ctl.run("issuer", verb, APPROVAL_OIDC_ISSUER=None)
            self.assertEqual(code, 1)
            self.assertIn("APPROVAL_OIDC_ISSUER is not set", err)


@unittest.skipUnless(shutil.which("openssl"), "openssl makes the certificate")
class Certificates(unittest.TestCase):
    def test_one_that_nobody_vouches_for(self):
        ctl = Ctl()
        self.addCleanup(ctl.remove)
        made = [str(ctl.folder / name) for name in ("key.pem", "certificate.pem")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", made[0], "-out",
                        made[1]], check=True, capture_output=True, timeout=60)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(made[1], made[0])
        issuer = Issuer(tls)
        self.addCleanup(issuer.stop)
        issuer.serve(keys("a"))
        code, _, err = ctl.run("issuer", "fetch", APPROVAL_OIDC_ISSUER=issuer.url)
        self.assertEqual(code, 1)
        self.assertIn("certificate", err)
        self.assertEqual(issuer.asked, [])


class Watching(IssuerCase):
    def watch(self):
        process = self.ctl.start("issuer", "watch")
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def stop(self, process, how=signal.SIGTERM):
        """Its log, after it has ended as it should."""
        began = time.monotonic()
        process.send_signal(how)
        out, err = process.communicate(timeout=30)
        self.assertEqual((process.returncode, err), (0, ""))
        self.assertLess(time.monotonic() - began, 8)
        return [json.loads(line) for line in out.splitlines()]

    def test_fetches_at_once_and_ends_when_told(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(how=how):
                self.ctl.rows("DELETE FROM key_sets")
                self.issuer.serve(keys("a"))
                process = self.watch()
                wait_for("keys", lambda: self.kids() == ["a"], seconds=20)
                log = self.stop(process, how)
                self.assertEqual([(e["event"], e["level"]) for e in log],
                                 [("issuer.fetched", "info")])

    def test_fetches_at_most_once_a_minute(self):
        self.issuer.serve(keys("a"))
        process = self.watch()
        wait_for("keys", lambda: self.kids() == ["a"], seconds=20)
        self.ctl.rows("UPDATE key_sets SET fetched_at = 1, wanted_at = 2")
        time.sleep(3.5)
        self.stop(process)
        self.assertEqual(self.issuer.asked, [DOCUMENT, "/keys"])

    def test_fetches_nothing_that_is_fresh(self):
        self.issuer.serve(keys("a"))
        self.ctl.good("issuer", "fetch")
        process = self.watch()
        time.sleep(2.5)
        self.assertEqual(self.stop(process), [])
        self.assertEqual(len(self.issuer.asked), 2)

    def test_fetches_what_has_become_due(self):
        self.issuer.serve(keys("a"))
        self.ctl.good("issuer", "fetch")
        process = self.watch()
        time.sleep(1.5)
        self.issuer.serve(keys("b"))
        self.ctl.rows("UPDATE key_sets SET fetched_at = fetched_at - 61000000,"
                      " wanted_at = fetched_at")
        wait_for("the new keys", lambda: self.kids() == ["b"], seconds=20)
        self.stop(process)

    def test_goes_on_when_the_issuer_is_down(self):
        self.issuer.serve(keys("a"))
        self.ctl.good("issuer", "fetch")
        self.ctl.rows("UPDATE key_sets SET fetched_at = 1")
        self.issuer.pages[DOCUMENT] = (503, {}, b"")
        process = self.watch()
        wait_for("a request", lambda: len(self.issuer.asked) == 3, seconds=20)
        time.sleep(2.5)
        self.assertIsNone(process.poll())
        log = self.stop(process)
        self.assertEqual([(e["event"], e["level"]) for e in log], [("issuer.failed", "error")])
        self.assertIn("status 503", json.dumps(log))
        self.assertEqual(self.kids(), ["a"])

    def test_ends_while_an_answer_does_not_come(self):
        self.issuer.pages[DOCUMENT] = self.issuer.slow
        process = self.watch()
        wait_for("a request", lambda: self.issuer.asked, seconds=20)
        self.assertEqual(self.stop(process), [])
