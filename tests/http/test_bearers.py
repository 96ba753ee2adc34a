"""Tokens that must not be believed, through the real door: the list of RFC 8725, and what surrounds it."""
import hashlib
import hmac
import itertools
import json
import pathlib
import shutil
import tempfile
import time
import unittest

import signing
from access import SECRET, base64url, bearer, encode, token
from door import Door, DoorCase
from harness import unique, wait_for

ISSUER, AUDIENCE, OTHERS = "https://approvals.example", "approvals", "https://login.example"

service = None
folder = None
rsa = ec = attacker = None


def setUpModule():
    global service, folder, rsa, ec, attacker
    if not signing.available:
        raise unittest.SkipTest("openssl makes the keys")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="approval-keys-"))
    rsa, ec = (signing.Signer(folder, alg, alg, f"key-{alg}") for alg in ("RS256", "ES256"))
    attacker = signing.Signer(folder, "attacker", "RS256", "key-RS256")
    file = folder / "keys.json"
    file.write_text(json.dumps({"keys": [rsa.jwk(), ec.jwk()]}))
    service = Guarded(APPROVAL_JWT_ISSUER=ISSUER, APPROVAL_JWT_AUDIENCE=AUDIENCE,
                      APPROVAL_JWT_PUBLIC_KEYS=str(file))
    service.start()


def tearDownModule():
    shutil.rmtree(folder, ignore_errors=True)
    if service:
        service.stop()


class Guarded(Door):
    def person(self, name, *roles):
        self.tokens[name] = ours(name, roles=list(roles))
        return name


def ours(subject="ann", **claims):
    return token(subject, **{"iss": ISSUER, "aud": AUDIENCE, **claims})


def theirs(signer, subject="rose", **more):
    return signer.token(subject, more.pop("iss", OTHERS), **{"aud": AUDIENCE, **more})


def claims(**more):
    now = int(time.time())
    body = {"iss": ISSUER, "aud": AUDIENCE, "sub": "root", "iat": now, "exp": now + 600, **more}
    return {k: v for k, v in body.items() if v is not None}


def with_header(**header):
    """Signed with our secret."""
    return encode({k: v for k, v in {"alg": "HS256", "typ": "JWT", **header}.items()
                   if v is not None}, claims())


def with_claims(text):
    """Claims as they are written, signed with our secret."""
    return encode({"alg": "HS256", "typ": "JWT"}, text)


def signed(header, body, signature):
    parts = [base64url(json.dumps(p).encode()) for p in (header, body)]
    return ".".join([*parts, base64url(signature(".".join(parts).encode()))])


def with_secret(secret, digest=hashlib.sha256):
    return lambda text: hmac.new(secret, text, digest).digest()


class Bearers(DoorCase):
    def setUp(self):
        self.service = service

    def assert_refused(self, text, words=""):
        self.assertEqual(service.fresh("GET", "/livez").status, 200)
        a = service.fresh("GET", "/api/v1/users/me", None, bearer(text))
        self.assert_problem_401(a, words)
        self.assertEqual(a.header("WWW-Authenticate").split()[0], "Bearer")
        for part in text.split("."):
            if len(part) > 8:
                self.assertNotIn(part.encode(), a.body)
        return a

    def assert_all_refused(self, tokens):
        """Pairs of a name and a token, or tokens."""
        for n, one in enumerate(tokens):
            name, text = one if isinstance(one, tuple) else (n, one)
            with self.subTest(name=name, token=text[:60]):
                self.assert_refused(text)

    def test_good_ones(self):
        for text, who in ((ours("ann"), "ann"), (theirs(rsa), "rose"), (theirs(ec), "rose"),
                          (theirs(rsa, header={"typ": "at+jwt"}), "rose"),
                          (with_header(typ="at+JWT"), "root"), (with_header(typ=None), "root"),
                          (ours("ann", aud=["x", AUDIENCE]), "ann"),
                          (ours("ann", nbf=int(time.time()) + 30), "ann"),
                          (ours("ann", iat=int(time.time()) + 30), "ann"),
                          (ours("ann", seconds=-30), "ann")):
            a = self.assert_status(service.me(text), 200)
            self.assertEqual(a.json["id"], who)
        for scheme in ("bearer", "BEARER", "bEaReR"):
            a = service.request("GET", "/api/v1/users/me", None,
                                {"Authorization": f"{scheme} {ours('ann')}"})
            self.assert_status(a, 200)

    def test_one_that_was_good_before(self):
        """What was found good is remembered: for that token only, and no longer than it is good."""
        text = ours("ann", seconds=-57)
        for _ in range(6):
            self.assert_status(service.fresh("GET", "/api/v1/users/me", None, bearer(text)), 200)
            self.assert_refused(text[:-1] + ("A" if text[-1] != "A" else "B"))
        self.assert_refused(text + "A")
        wait_for("it to expire", lambda: service.me(text).status == 401, seconds=6)
        for _ in range(6):
            self.assert_refused(text, "expired")

    def test_none_in_any_spelling(self):
        for alg, end in itertools.product(
                ("none", "None", "NONE", "nOnE", "", None, "none ", "null", 0, ["none"]),
                ("", "AA")):
            with self.subTest(alg=alg, end=end):
                header = {"typ": "JWT", **({} if alg is None else {"alg": alg})}
                parts = [base64url(json.dumps(p).encode()) for p in (header, claims())]
                self.assert_refused(".".join([*parts, end]))
        self.assert_refused(with_header(alg="none"))

    def test_a_public_key_as_the_secret(self):
        header = {"alg": "HS256", "typ": "JWT"}
        der = signing.openssl("pkey", "-in", rsa.private, "-pubout", "-outform", "DER")
        for secret in (rsa.pem.encode(), rsa.pem.strip().encode(), rsa.pem[:-1].encode(), der,
                       ec.pem.encode(), json.dumps(rsa.jwk()).encode(), b"", b"\0", b"secret",
                       SECRET[:-1].encode(), SECRET.encode() + b"\n"):
            for more in ({}, {"kid": "key-RS256"}):
                with self.subTest(secret=secret[:30], more=more):
                    self.assert_refused(signed({**header, **more}, claims(), with_secret(secret)))
                    self.assert_refused(signed({**header, **more}, claims(iss=OTHERS),
                                               with_secret(secret)))

    def test_another_algorithm_than_the_keys(self):
        mac = with_secret(SECRET.encode())
        self.assert_all_refused([
            *((f"{alg} with our secret", signed({"alg": alg, "typ": "JWT", "kid": kid}, claims(), mac))
              for alg in ("RS256", "ES256") for kid in ("key-RS256", "key-ES256")),
            ("HS384", signed({"alg": "HS384"}, claims(), with_secret(SECRET.encode(),
                                                                     hashlib.sha384))),
            ("HS512", signed({"alg": "HS512"}, claims(), with_secret(SECRET.encode(),
                                                                     hashlib.sha512))),
            *((alg, with_header(alg=alg)) for alg in ("hs256", "HS256 ", "PS256", "RS512", "EdDSA",
                                                      "HS256\0", "dir")),
            ("RS256 by the key of ES256", theirs(rsa, header={"kid": "key-ES256"})),
            ("ES256 by the key of RS256", theirs(ec, header={"kid": "key-RS256"})),
            ("ES256 said, RS256 signed", theirs(rsa, header={"alg": "ES256", "kid": "key-ES256"}))])

    def test_keys_that_the_token_brings(self):
        own = attacker.jwk()
        pem = "".join(attacker.pem.splitlines()[1:-1])
        self.assert_all_refused([
            ("of another", theirs(attacker)),
            *((name, theirs(attacker, header={"kid": kid, name: value}))
              for kid in ("key-RS256", None, "mine")
              for name, value in (("jwk", own), ("jku", "https://evil.example/keys"),
                                  ("x5u", "https://evil.example/cert"), ("x5c", [pem])))])

    def test_kids(self):
        for kid in ("", "unknown", "../../../../dev/null", "/dev/null", "' OR 1=1 --", "key-RS256\0",
                    "key-RS256 ", "KEY-RS256", "key-RS25", "%00", "x" * 4000, 7, True, ["key-RS256"],
                    {"a": 1}):
            with self.subTest(kid=kid if not isinstance(kid, str) else kid[:30]):
                self.assert_refused(theirs(rsa, header={"kid": kid}))
                self.assert_refused(with_header(kid=kid))
                self.assert_refused(signed({"alg": "HS256", "kid": kid}, claims(),
                                           with_secret(b"")))

    def test_what_the_header_asks_for(self):
        self.assert_all_refused([
            ("crit", with_header(crit=["exp"], exp=1)), ("crit empty", with_header(crit=[])),
            ("b64", with_header(b64=False, crit=["b64"])), ("b64 alone", with_header(b64=True)),
            ("nested", with_header(cty="JWT", typ="JOSE")), ("zip", with_header(typ="DEF")),
            *((typ, with_header(typ=typ)) for typ in ("secevent+jwt", "dpop+jwt", "id+jwt", "", 7,
                                                      "text/JWT", "JWT ")),
            ("two algs", encode('{"alg":"none","alg":"HS256"}', claims())),
            ("list", encode('[{"alg":"HS256"}]', claims())), ("text", encode('"HS256"', claims())),
            ("comment", encode('{"alg":"HS256"/**/}', claims())),
            ("quotes", encode("{'alg':'HS256'}", claims())),
            ("BOM", encode('\ufeff{"alg":"HS256"}', claims())),
            ("more", encode('{"alg":"HS256"} {}', claims())),
            ("deep", encode('{"alg":"HS256","a":' + "[" * 200 + "]" * 200 + "}", claims()))])

    def test_times(self):
        now = int(time.time())
        self.assert_all_refused([
            ("no exp", encode({"alg": "HS256"}, claims(exp=None))),
            *((f"exp {v!r}", encode({"alg": "HS256"}, claims(exp=v)))
              for v in (now - 70, 0, -1, "never", str(now + 600), True, [now + 600], 1e300,
                        99999999999999, -1.5)),
            *((f"{name} {v!r}", encode({"alg": "HS256"}, claims(**{name: v})))
              for name in ("nbf", "iat") for v in (now + 70, now + 10 ** 7, "now", True, -5, [1])),
            *((v, with_claims(f'{{"iss":"{ISSUER}","aud":"{AUDIENCE}","sub":"root","exp":{v}}}'))
              for v in ("NaN", "Infinity", "1e999", "1" * 400, "0x7fffffff", "+9999999999", ""))])

    def test_names(self):
        self.assert_all_refused([
            ("no sub", encode({"alg": "HS256"}, claims(sub=None))),
            *((f"sub {v!r}"[:40], encode({"alg": "HS256"}, claims(sub=v)))
              for v in ("", 7, True, ["root"], {"id": "root"}, "root\0", "ro\not", "root\x7f", "\x85x",
                        "x" * 5000, "system", "me")),
            ("two subs", with_claims(json.dumps(claims()).replace('"sub"', '"sub":"ann","sub"'))),
            *((f"iss {v!r}", encode({"alg": "HS256"}, claims(iss=v)))
              for v in (None, "", OTHERS, ISSUER + "/", ISSUER.upper(), 7, [ISSUER])),
            *((f"aud {v!r}", encode({"alg": "HS256"}, claims(aud=v)))
              for v in (None, "", "other", AUDIENCE + " ", AUDIENCE.upper(), [], ["other"], 7,
                        {AUDIENCE: 1}, [AUDIENCE, 7])),
            *((f"aud of others {v!r}", theirs(rsa, aud=v)) for v in (None, "other", [])),
            ("no iss", theirs(rsa, "root", iss=None)), ("empty iss", theirs(rsa, "root", iss="")),
            ("our iss, their key", theirs(rsa, "root", iss=ISSUER, aud="other"))])
        a = service.me(theirs(rsa, "root", iss=ISSUER))  # their key makes no user of ours
        self.assert_problem(a, 403)

    def test_texts_that_are_no_token(self):
        good = ours("ann")
        header, body, signature = good.split(".")
        swapped = ours("root").split(".")[1]
        other = signature[:-1] + ("A" if signature[-1] != "A" else "B")
        self.assert_all_refused([
            "x", ".", "..", "...", "a.b.c", header, f"{header}.{body}", f"{header}.{body}.",
            f"{header}..{signature}", f".{body}.{signature}", good + ".", good + ".x", "." + good,
            f"{good}=", f"{header}=.{body}.{signature}", good + "A", good[:-1], good[:-4], good + "%",
            f"{header}.{swapped}.{signature}", f"{header}.{body}.{other}",
            f"{header}.{body}.{signature[::-1]}", f"{header}.{body}.{'A' * 43}",
            good.replace(".", "%2e"), good.replace(".", ",", 1), f'"{good}"', f"{good}, {good}",
            f"{good} {good}", f"{header}+.{body}.{signature}", f"{header[:10]} {header[10:]}.x.y",
            base64url(good.encode()), f"{header}.{body}.{signature}".swapcase(), "null",
            "undefined", "apk_", "apr_" + "A" * 43, "aps_" + "A" * 43, "apl_" + "A" * 43])
        self.assert_all_refused([with_claims(text) for text in (
            "{}", "[]", "null", "{", '{"sub":"root"', json.dumps(claims()) + "x", "\ud83d".encode(
                "utf-8", "replace").decode(), json.dumps(claims()).replace('"', "'"))])
        text = json.dumps(claims()).encode().replace(b'"root"', b'"ro\xff\xfet"')
        parts = [base64url(b'{"alg":"HS256"}'), base64url(text)]
        mac = with_secret(SECRET.encode())(".".join(parts).encode())
        self.assert_refused(".".join([*parts, base64url(mac)]))

    def test_signatures_of_others_that_are_not_exact(self):
        for signer in (rsa, ec):
            header, body, signature = theirs(signer).split(".")
            text = f"{header}.{body}"
            made = signer.signature(text)
            other = signing.openssl("dgst", "-sha256", "-sign", signer.private, stdin=text.encode())
            self.assert_status(service.me(f"{text}.{base64url(made)}"), 200)
            for bad in (made[:-1], made + b"\0", b"\0" + made, b"\0" * len(made), b"\xff" * len(made),
                        made[::-1], made[:10] + b"\0" + made[11:], b"\x01", made * 2,
                        *([other] if signer is ec else [])):
                with self.subTest(alg=signer.alg, length=len(bad)):
                    self.assert_refused(f"{text}.{base64url(bad)}")
            for junk in ("-_-_", "=", "\t", "%"):  # libjwt would pass over some
                self.assert_refused(f"{text}.{signature[:20]}{junk}{signature[20:]}")

    def test_sizes(self):
        long = ours("ann", padding="x" * 6000)
        self.assertGreater(len(long), 8100)
        padded = ours("ann", padding="x" * (6000 + (8192 - len(long)) // 4 * 3 - 30))
        self.assertLess(len(padded), 8192 - len("Authorization: Bearer "))
        self.assert_status(service.fresh("GET", "/api/v1/users/me", None, bearer(padded)), 200)
        for n in (8192, 20_000, 60_000):
            a = service.fresh("GET", "/api/v1/users/me", None, bearer("A" * n))
            self.assert_problem(a, 400)
        many = {f"X-{i}": "x" * 7000 for i in range(10)}
        self.assert_problem(service.fresh("GET", "/api/v1/users/me", None, many), 400)
        self.assert_refused("A" * 8000)

    def test_headers(self):
        good = ours("ann")
        for text in ("", " ", "Bearer", "Bearer ", "Basic " + base64url(b"ann:x"), "Token " + good,
                     good, "Bearer:" + good, "Bearer\t" + good, "Digest username=ann",
                     "Bearer Bearer " + good, f"Bearer {good},", f"Bearer token={good}",
                     f"Basic x, Bearer {good}"):
            with self.subTest(text=text[:40]):
                self.assert_problem_401(service.fresh("GET", "/api/v1/users/me", None,
                                                      {"Authorization": text}))
        host = f"Host: 127.0.0.1:{service.port}\r\n".encode()
        line = f"Authorization: Bearer {good}\r\n".encode()
        start = b"GET /api/v1/users/me HTTP/1.1\r\nConnection: close\r\n" + host
        self.assertEqual(service.raw(start + line + b"\r\n").status, 200)
        root = f"Authorization: Bearer {service.tokens['root']}\r\n".encode()
        for lines in (line + line, line + root, root + line,
                      line.replace(b"Bearer", b"Bearer\0"), line.replace(b"Bearer ", b"Bearer\n "),
                      line.replace(b"Authorization", b"Authorization ")):
            with self.subTest(lines=lines[:30]):
                a = service.raw(start + lines + b"\r\n")
                self.assertTrue(a is None or a.status in (400, 401), a)
        for name in (b"authorization_", b"X-Authorization", b"Proxy-Authorization",
                     b"Authorization_", b"HTTP_AUTHORIZATION"):
            self.assertEqual(service.raw(start + line.replace(b"Authorization", name)
                                         + b"\r\n").status, 401)
        for path in (f"/api/v1/users/me?access_token={good}", f"/api/v1/users/me?token={good}"):
            self.assert_problem_401(service.fresh("GET", path))

    def test_nothing_is_made_of_what_is_refused(self):
        name = unique("ghost")
        with self.nothing_changes():
            self.assert_refused(token(name, iss=OTHERS, aud=AUDIENCE, roles=["admin"]))
            self.assert_refused(theirs(attacker, name, roles=["admin"]))
        self.assertEqual(service.rows("SELECT id FROM users WHERE id = ?", name), [])
        self.assertEqual(service.rows("SELECT * FROM identities WHERE subject = ?", name), [])
        self.assertNotIn(ours("ann").split(".")[0] + ".", service.log_text())
