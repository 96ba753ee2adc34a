"""Tokens of others: signed with private keys by openssl, RS256 and ES256."""
import json
import pathlib
import shutil
import subprocess
import time

from access import base64url

available = shutil.which("openssl") is not None
GENERATE = {"RS256": ("RSA", "rsa_keygen_bits:2048"), "ES256": ("EC", "ec_paramgen_curve:P-256")}


def openssl(*words, stdin=None):
    return subprocess.run(["openssl", *map(str, words)], input=stdin, capture_output=True,
                          check=True, timeout=60).stdout


def raw_signature(der):
    """r and s of an ECDSA signature, 32 bytes each: SEQUENCE of two INTEGERs."""
    numbers, at = [], 2
    for _ in range(2):
        length = der[at + 1]
        numbers.append(int.from_bytes(der[at + 2:at + 2 + length], "big").to_bytes(32, "big"))
        at += 2 + length
    return b"".join(numbers)


class Signer:
    """A key pair in a folder. alg: RS256 or ES256."""

    def __init__(self, folder, name, alg, kid=None):
        self.alg, self.kid = alg, kid
        self.private = pathlib.Path(folder) / f"{name}.key"
        algorithm, option = GENERATE[alg]
        openssl("genpkey", "-algorithm", algorithm, "-pkeyopt", option, "-out", self.private)
        self.pem = openssl("pkey", "-in", self.private, "-pubout").decode()

    def jwk(self, **more):
        key = {"use": "sig", "alg": self.alg, **({"kid": self.kid} if self.kid else {})}
        if self.alg == "RS256":
            modulus = openssl("rsa", "-in", self.private, "-noout", "-modulus").decode()
            n = bytes.fromhex(modulus.strip().split("=")[1])
            key.update(kty="RSA", n=base64url(n), e="AQAB")
        else:
            der = openssl("pkey", "-in", self.private, "-pubout", "-outform", "DER")
            key.update(kty="EC", crv="P-256", x=base64url(der[-64:-32]), y=base64url(der[-32:]))
        return {**key, **more}

    def signature(self, text):
        made = openssl("dgst", "-sha256", "-sign", self.private, stdin=text.encode())
        return made if self.alg == "RS256" else raw_signature(made)

    def encode(self, header, claims):
        """A signed token of exactly these parts."""
        text = ".".join(base64url(json.dumps(p).encode()) for p in (header, claims))
        return f"{text}.{base64url(self.signature(text))}"

    def token(self, subject, issuer, seconds=3600, header=None, **claims):
        """None takes a claim or a parameter of the header away."""
        now = int(time.time())
        parameters = {"alg": self.alg, "typ": "JWT", "kid": self.kid, **(header or {})}
        body = {"iss": issuer, "sub": subject, "iat": now, "exp": now + seconds, **claims}
        return self.encode(*({k: v for k, v in part.items() if v is not None}
                             for part in (parameters, body)))
