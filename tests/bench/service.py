"""Starting nginx and a pool as `make run` does, with ours or with the echo inside."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

START_SECONDS = 20
STOP_SECONDS = 20


SECRET = "benchmark-benchmark-benchmark-secret"
AUDIT_KEY = "benchmark-benchmark-benchmark-audit"


def token(subject, *roles):
    """An access token that lasts as long as the benchmark; the first one makes the user."""
    now = int(time.time())
    claims = {"sub": subject, "iat": now, "exp": now + 36000, "roles": roles}
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": "HS256", "typ": "JWT"}, claims)
    ]
    mac = hmac.new(SECRET.encode(), b".".join(parts), hashlib.sha256).digest()
    return b".".join([*parts, base64.urlsafe_b64encode(mac).rstrip(b"=")]).decode()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Service:
    """nginx and a pool of the programs in folder, on a database; a context manager."""

    def __init__(self, folder, database, work):
        self.folder = folder
        self.database = database
        self.work = work
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        # Not in work: the path of a unix socket must be short.
        self.run_dir = tempfile.TemporaryDirectory(prefix="bench-")
        self.log = open(os.path.join(self.work, f"{self.port}.log"), "wb")
        env = dict(
            os.environ,
            PORT=str(self.port),
            APPROVAL_LISTEN="127.0.0.1",
            APPROVAL_DB_PATH=self.database,
            APPROVAL_RUN_DIR=self.run_dir.name,
            APPROVAL_AUTH="on",
            APPROVAL_JWT_SECRET=SECRET,
            APPROVAL_AUDIT_KEY=AUDIT_KEY,
            APPROVAL_SIGN_IN_RATE="0",
        )
        self.process = subprocess.Popen(
            ["sh", "conf/spawn/run.sh", self.folder],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        try:
            self.wait_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()
        self.run_dir.cleanup()

    def wait_ready(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError, urllib.error.HTTPError):
                self.call("GET", "/health")
                return
            time.sleep(0.05)
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            raise SystemExit(f"bench: {self.folder} did not start:\n{log.read()[-4000:]}")

    def call(self, method, path, body=None, who=None):
        """The answer's JSON; raises unless it is a 2xx. who: a token."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if who:
            headers["Authorization"] = f"Bearer {who}"
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def processes(self):
        """Ids of the pool's processes: those that run the program and use our run directory."""
        program = os.path.realpath(os.path.join(self.folder, "approval-app"))
        mark = f"APPROVAL_DB_PATH={self.database}".encode()
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{pid}/exe") == program:
                    with open(f"/proc/{pid}/environ", "rb") as env:
                        if mark in env.read().split(b"\0"):
                            yield int(pid)

    def resident_mib(self):
        """VmRSS of the largest process of the pool."""
        sizes = []
        for pid in self.processes():
            with contextlib.suppress(OSError), open(f"/proc/{pid}/status", encoding="ascii") as f:
                sizes += [int(line.split()[1]) for line in f if line.startswith("VmRSS:")]
        return max(sizes, default=0) / 1024
