"""approvalctl by itself, on a database of its own; and an issuer of keys to fetch from."""
import contextlib
import http.server
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import threading

import harness
from access import AUDIT_KEY, SECRET

WITHIN = 60  # seconds, for a command
SLOW = 40  # seconds that a slow page takes: longer than anybody should wait


class Ctl:
    """settings: environment variables; None takes one away."""

    def __init__(self, **settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="approval-ctl-"))
        self.db_path = self.folder / "approvals.db"
        self.settings = settings
        self.good("migrate")

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self, **more):
        clean = {k: v for k, v in os.environ.items()
                 if not k.startswith("APPROVAL_") and not k.lower().endswith("_proxy")
                 and k not in ("PORT", "LOG_LEVEL")}
        clean.update({
            "APPROVAL_DB_PATH": str(self.db_path), "APPROVAL_AUDIT_KEY": AUDIT_KEY,
            "APPROVAL_JWT_SECRET": SECRET, "APPROVAL_RULES_PATH": "none",
            "ASAN_OPTIONS": "abort_on_error=0:detect_leaks=1", **self.settings, **more})
        return {k: str(v) for k, v in clean.items() if v is not None}

    def start(self, *words, **more):
        return subprocess.Popen([str(harness.build / "approvalctl"), *words],
                                env=self.environment(**more), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                preexec_fn=harness.default_sigint)

    def run(self, *words, **more):
        """Code, stdout and stderr."""
        with self.start(*words, **more) as p:
            try:
                out, err = p.communicate(timeout=WITHIN)
            except subprocess.TimeoutExpired:
                p.kill()
                raise
        if harness.SANITIZER.search(out + err):
            raise AssertionError(f"{words}: a sanitizer's report:\n{out}{err}")
        return p.returncode, out, err

    def good(self, *words, **more):
        """stdout of a command that must succeed."""
        code, out, err = self.run(*words, **more)
        if code:
            raise AssertionError(f"{words} exits {code}: {out}{err}")
        return out

    def rows(self, sql, *values):
        with contextlib.closing(sqlite3.connect(self.db_path, timeout=10)) as db, db:
            return db.execute(sql, values).fetchall()

    def holds(self, text):
        """Whether the text is anywhere in the database's files."""
        return any(text.encode() in f.read_bytes() for f in self.folder.iterdir() if f.is_file())


class Issuer:
    """An OpenID Connect issuer on loopback. pages: {path: (status, headers, body)}, or what makes
    that; asked: the paths that were asked for. tls: an SSLContext."""

    def __init__(self, tls=None):
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                page = issuer.pages.get(self.path, (404, {}, b"nothing here"))
                status, headers, body = page() if callable(page) else page
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                """Clients that go are what is tested here."""

        self.asked = []
        self.server = Server(("127.0.0.1", 0), Handler)
        self.scheme = "https" if tls else "http"
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{self.scheme}://127.0.0.1:{self.server.server_port}"
        self.closed = threading.Event()  # ends what is slow
        self.pages = {}
        self.serve({"keys": []})
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def serve(self, keys, **document):
        """A good document, with more said over it, and these keys (or text as it is)."""
        said = {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **document}
        body = keys.encode() if isinstance(keys, str) else json.dumps(keys).encode()
        self.pages["/.well-known/openid-configuration"] = (200, {}, json.dumps(said).encode())
        self.pages["/keys"] = (200, {}, body)

    def slow(self):
        self.closed.wait(SLOW)
        return 200, {}, b"{}"

    def stop(self):
        self.closed.set()
        self.server.shutdown()
        self.server.server_close()
