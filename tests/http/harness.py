"""The real nginx and pool in a temporary folder, and what tests ask them.

A test module makes one Service, starts it in setUpModule and stops it in tearDownModule. Nothing is
fixed: folder, port, database and rules file are the service's own.
"""
import atexit
import contextlib
import http.client
import itertools
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUN = ROOT / "conf" / "spawn" / "run.sh"
RESTART = ROOT / "conf" / "spawn" / "restart.sh"
VECTORS = pathlib.Path(os.environ.get("VECTORS_DIR") or ROOT.parent / "shared" / "vectors")
START_SECONDS = 40
STOP_SECONDS = 30
REQUEST_SECONDS = 60

build = ROOT / "build" / "release"  # set by run.py

SANITIZER = re.compile(r"AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:"
                       r"|Assertion .* failed")


def wait_for(what, condition, seconds=10.0, every=0.05):
    """Polls until condition() is true and gives its value; fails after that time."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(every)


numbers = itertools.count(1)


def unique(prefix):
    return f"{prefix}-{next(numbers)}-{secrets.token_hex(3)}"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def quote(segment):
    return urllib.parse.quote(segment, safe="")


class Answer:
    """One HTTP answer. headers is a list of pairs; body is bytes."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def header(self, name):
        values = [v for k, v in self.headers if k.lower() == name.lower()]
        if len(values) > 1:
            raise AssertionError(f"{name} came {len(values)} times: {values}")
        return values[0] if values else None

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:600]!r}"


class Client:
    """One kept connection; opened again after an error. Not for several threads at once."""

    def __init__(self, port):
        self.port = port
        self.connection = None

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def request(self, method, path, body=None, headers=None):
        """body: bytes as they are, anything else as JSON."""
        sent = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
            if sent["Content-Type"] is None:
                del sent["Content-Type"]
        if not self.connection:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                         timeout=REQUEST_SECONDS)
        try:
            self.connection.request(method, path, body=body, headers=sent)
            r = self.connection.getresponse()
            return Answer(r.status, r.getheaders(), r.read())
        except Exception:
            self.close()
            raise


def read_answer(sock):
    """The one answer that is on a socket."""
    r = http.client.HTTPResponse(sock)
    r.begin()
    return Answer(r.status, r.getheaders(), r.read())


def process_table():
    """{pid: (parent, session, state, name)} of everything that runs."""
    table = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        with contextlib.suppress(OSError):
            text = pathlib.Path("/proc", entry, "stat").read_text(errors="replace")
            name = text[text.index("(") + 1:text.rindex(")")]
            fields = text[text.rindex(")") + 2:].split()
            table[int(entry)] = (int(fields[1]), int(fields[3]), fields[0], name)
    return table


def process_environ(pid):
    try:
        return pathlib.Path("/proc", str(pid), "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def default_sigint():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


started = set()  # services that are to be stopped, however this program ends


@atexit.register
def stop_all():
    for one in list(started):
        with contextlib.suppress(Exception):
            one.stop()


class Service:
    """nginx, pool and their data in a folder of their own.

    settings: environment variables. rules: the rules file as an object, text, or None for a file
    that is not there.
    """

    def __init__(self, rules=None, **settings):
        self.settings = settings
        self.first_rules = rules
        self.folder = None
        self.process = None
        self.port = None
        self.local = threading.local()

    # ---- life ------------------------------------------------------------------------------

    def start(self):
        if not self.folder:
            self.folder = pathlib.Path(tempfile.mkdtemp(prefix="approval-http-"))
            started.add(self)
            (self.folder / "data").mkdir()
            self.db_path = self.folder / "data" / "approvals.db"
            self.rules_path = self.folder / "rules.json"
            self.log_path = self.folder / "log"
            if self.first_rules is not None:
                self.write_rules(self.first_rules)
        for attempt in range(5):
            self.port = free_port()
            self.spawn()
            with contextlib.suppress(OSError):
                if self.wait_ready():
                    return self
            text = self.log_text()
            self.stop_process()
            if "in use" not in text.lower():
                break
        self.remove()
        raise AssertionError(f"the service did not start:\n{text[-4000:]}")

    def remove(self):
        started.discard(self)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = None

    def environment(self, **more):
        clean = {k: v for k, v in os.environ.items()
                 if not k.startswith("APPROVAL_") and k not in ("PORT", "LOG_LEVEL")}
        clean.update({
            "PORT": str(self.port),
            "APPROVAL_DB_PATH": str(self.db_path),
            "APPROVAL_AUTH": "off",
            "APPROVAL_SIGN_IN_RATE": "0",
            "APPROVAL_RULES_PATH": str(self.rules_path),
            "ASAN_OPTIONS": "abort_on_error=0:detect_leaks=1",
            "UBSAN_OPTIONS": "print_stacktrace=1",
        })
        clean.update(self.settings)
        clean.update(more)
        return {k: str(v) for k, v in clean.items() if v is not None}

    def command(self):
        return ["sh", str(RUN), "--dev", str(build)]

    def spawn(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command(), cwd=ROOT, env=self.environment(), stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                preexec_fn=default_sigint)

    def answers(self):
        try:
            return self.fresh("GET", "/livez").status == 200
        except OSError:
            return False
        except http.client.HTTPException:
            return False

    def wait_ready(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                return False
            if self.answers():
                return True
            time.sleep(0.05)
        return False

    def stop_process(self, how=signal.SIGTERM, group=False):
        """Asks run.sh to stop (Ctrl-C goes to the group) and gives its exit status."""
        mine = self.processes()
        if self.process.poll() is None:
            if group:
                os.killpg(self.process.pid, how)
            else:
                self.process.send_signal(how)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        # The shell's own "sleep" may outlast it by a moment.
        with contextlib.suppress(AssertionError):
            wait_for("all have ended", lambda: not any(map(self.lives, mine)), seconds=2)
        left = [pid for pid in mine if self.lives(pid)]
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.left_over = left
        return code

    def stop(self):
        """Stops, fails on what a sanitizer found, removes the folder."""
        if not self.folder:
            return
        self.stop_process()
        text = self.log_text()
        self.remove()
        found = SANITIZER.search(text)
        if found:
            at = max(0, found.start() - 500)
            raise AssertionError(f"the log holds a sanitizer's report:\n{text[at:at + 6000]}")
        if self.left_over:
            raise AssertionError(f"processes were left after the stop: {self.left_over}")

    def restart(self):
        """All of it, on the same data."""
        self.stop_process()
        self.local = threading.local()
        return self.start()

    def restart_pool(self):
        """Replaces the pool's processes one after the other."""
        done = subprocess.run(["sh", str(RESTART), str(self.db_path.parent / "run")], cwd=ROOT,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90)
        if done.returncode:
            raise AssertionError(f"restart.sh failed: {done.stdout}{done.stderr}")

    # ---- processes -------------------------------------------------------------------------

    @staticmethod
    def lives(pid):
        entry = process_table().get(pid)
        return entry is not None and entry[2] != "Z"

    def processes(self):
        """Pids of everything that belongs to this service and lives."""
        table = process_table()
        mine = {self.process.pid}
        wanted = b"APPROVAL_DB_PATH=" + os.fsencode(self.db_path)
        for pid, (_, session, _, _) in table.items():
            if session == self.process.pid or wanted in process_environ(pid):
                mine.add(pid)
        grown = True
        while grown:
            more = {pid for pid, (parent, _, _, _) in table.items() if parent in mine} - mine
            grown = bool(more)
            mine |= more
        return sorted(p for p in mine if p in table and table[p][2] != "Z")

    def workers(self):
        """Pids of the pool's processes: children of our multiwatch."""
        table = process_table()
        return [p for p in self.processes()
                if table.get(p, (0, 0, "", ""))[3].startswith("approval-app")]

    # ---- talking to it ---------------------------------------------------------------------

    def request(self, method, path, body=None, headers=None):
        """Over this thread's kept connection."""
        client = getattr(self.local, "client", None)
        if not client or client.port != self.port:
            client = self.local.client = Client(self.port)
        return client.request(method, path, body, headers)

    def fresh(self, method, path, body=None, headers=None):
        """Over a connection of its own."""
        client = Client(self.port)
        try:
            return client.request(method, path, body, headers)
        finally:
            client.close()

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, body, headers=None):
        return self.request("POST", path, body, headers)

    def raw(self, data):
        """Sends these bytes, gives the answer; None when the connection was closed without one."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=REQUEST_SECONDS) as s:
            s.sendall(data)
            try:
                return read_answer(s)
            except (http.client.BadStatusLine, ConnectionError):
                return None

    def publish(self, *stages, **members):
        """Posts a workflow of these stages and gives its id."""
        body = {"id": unique("wf"), "stages": list(stages) or [{}]}
        body.update(members)
        a = self.post("/api/v1/workflows", body)
        if a.status != 201:
            raise AssertionError(f"publishing answered {a}")
        return a.json["workflow_id"]

    def group(self, *members):
        """Creates a group of these people and gives the selector that names it."""
        a = self.post("/api/v1/groups", {"id": unique("group"), "members": members})
        if a.status != 201:
            raise AssertionError(f"creating a group answered {a}")
        return f"group:{a.json['id']}"

    def ask(self, workflow_id, requester="rita", payload=None, target=None, **members):
        body = {"workflow_id": workflow_id, "target_entity": target or unique("target"),
                "payload": {} if payload is None else payload, "requester_id": requester}
        body.update(members)
        return self.post("/api/v1/approvals", body)

    def submit(self, workflow_id, requester="rita", payload=None, target=None, **members):
        a = self.ask(workflow_id, requester, payload, target, **members)
        if a.status != 201:
            raise AssertionError(f"submitting answered {a}")
        return a.json["approval_id"]

    def act(self, approval_id, actor, action, headers=None, **members):
        body = {"actor_id": actor, "action": action}
        body.update(members)
        return self.post(f"/api/v1/approvals/{quote(approval_id)}/actions", body, headers)

    def detail(self, approval_id, actor=None):
        query = f"?actor_id={quote(actor)}" if actor else ""
        a = self.get(f"/api/v1/approvals/{quote(approval_id)}{query}")
        if a.status != 200:
            raise AssertionError(f"GET of {approval_id} answered {a}")
        return a.json

    def ctl(self, *arguments):
        """Runs approvalctl on this service's data."""
        return subprocess.run([str(build / "approvalctl"), *arguments], env=self.environment(),
                              capture_output=True, text=True, timeout=60)

    def stop_verified(self):
        """Runs every recorded history again, fails where it gives something else, and stops."""
        done = self.ctl("verify")
        self.stop()
        if done.returncode or " 0 different, 0 that" not in done.stdout:
            raise AssertionError(f"verify says: {done.stdout[-4000:]}{done.stderr}")

    # ---- rules, log, database --------------------------------------------------------------

    def write_rules(self, rules):
        """Puts the file there in one step, as an editor or a config map does."""
        text = rules if isinstance(rules, str) else json.dumps(rules)
        new = self.folder / "rules.new"
        new.write_text(text)
        os.replace(new, self.rules_path)

    def log_text(self):
        return self.log_path.read_text(errors="replace")

    def log_entries(self):
        """The JSON lines of the log."""
        entries = []
        for line in self.log_text().splitlines():
            with contextlib.suppress(ValueError):
                value = json.loads(line)
                if isinstance(value, dict):
                    entries.append(value)
        return entries

    def rows(self, sql, *values):
        """Reads the database beside the running service, never writing."""
        with contextlib.closing(sqlite3.connect(f"file:{self.db_path}?mode=ro", uri=True,
                                                timeout=10)) as db:
            db.row_factory = sqlite3.Row
            return [dict(r) for r in db.execute(sql, values)]

    def one(self, sql, *values):
        rows = self.rows(sql, *values)
        if len(rows) != 1 or len(rows[0]) != 1:
            raise AssertionError(f"{sql} gave {rows}")
        return next(iter(rows[0].values()))

    TABLES = ("workflows", "workflow_versions", "workflow_stages", "approvals", "approval_tasks",
              "approval_visits", "approval_payloads", "approval_events", "timers", "outbox",
              "idempotency_keys", "audit_logs")

    def counts(self):
        """How many rows each table holds, from one snapshot."""
        columns = ", ".join(f"(SELECT count(*) FROM {t}) AS {t}" for t in self.TABLES)
        return self.rows(f"SELECT {columns}")[0]


class HttpCase(unittest.TestCase):
    """A test with the module's service in `service`."""

    service = None
    maxDiff = 4000

    def assert_status(self, answer, status):
        self.assertEqual(answer.status, status, repr(answer))
        return answer

    def assert_problem(self, answer, status, detail=None, pointers=None):
        """An RFC 9457 problem of that status. detail: the exact text. pointers: exactly those."""
        self.assert_status(answer, status)
        self.assertEqual((answer.header("Content-Type") or "").split(";")[0],
                         "application/problem+json", repr(answer))
        body = answer.json
        self.assertEqual(body["status"], status)
        self.assertIsInstance(body["detail"], str)
        self.assertTrue(body["detail"])
        self.assertIsInstance(body["type"], str)
        self.assertIsInstance(body["title"], str)
        self.assertTrue(answer.header("X-Request-Id"), "no X-Request-Id")
        self.assertEqual(body.get("instance"), answer.header("X-Request-Id"))
        for secret in ("SELECT ", "INSERT ", "sqlite", str(ROOT), "/tmp/"):
            self.assertNotIn(secret, body["detail"])
        if detail is not None:
            self.assertEqual(body["detail"], detail)
        if pointers is not None:
            self.assertEqual({e["pointer"] for e in body["errors"]}, set(pointers), repr(answer))
            for e in body["errors"]:
                self.assertIsInstance(e["detail"], str)
        return body

    @contextlib.contextmanager
    def nothing_changes(self, *but):
        """What runs inside leaves every table as it was, except those named."""
        before = self.service.counts()
        yield
        after = self.service.counts()
        self.assertEqual({k: v for k, v in after.items() if k not in but},
                         {k: v for k, v in before.items() if k not in but})

    def audit(self, entity_id):
        return self.service.rows("SELECT * FROM audit_logs WHERE entity_id = ? ORDER BY id",
                                 entity_id)

    def events(self, approval_id):
        return self.service.rows("SELECT * FROM approval_events WHERE approval_id = ?"
                                 " ORDER BY seq", approval_id)

    def approval_row(self, approval_id):
        rows = self.service.rows("SELECT * FROM approvals WHERE id = ?", approval_id)
        self.assertEqual(len(rows), 1)
        return rows[0]


class ApprovalCase(HttpCase):
    """A test of what people do to approvals."""

    def start(self, *stages, requester="rita", payload=None, **members):
        """Submits to a new workflow of these stages."""
        return self.service.submit(self.service.publish(*stages, **members), requester, payload)

    def assert_act(self, appr, actor, action, status, stage=None, **members):
        """The act is taken, and leaves that status (and open stage)."""
        a = self.assert_status(self.service.act(appr, actor, action, **members), 200)
        self.assertEqual(a.json["status"], status)
        if stage:
            self.assertEqual(self.service.detail(appr)["current_stage_id"], stage)
        return a

    def assert_refused(self, appr, actor, action, status, **members):
        """The act is refused, and only the audit log knows of it."""
        with self.nothing_changes("audit_logs"):
            return self.assert_problem(self.service.act(appr, actor, action, **members), status)

    def assert_repeat(self, appr, actor, action, status, **members):
        with self.nothing_changes():
            return self.assert_act(appr, actor, action, status, **members)

    def open_users(self, appr):
        return [t["user"] for t in self.service.detail(appr)["tasks"] if t["state"] == "open"]

    def actions_of(self, appr):
        """What happened, in order, and by whom."""
        return [(e["action"], e["actor_id"]) for e in self.service.detail(appr)["events"]]

    def path_of(self, appr):
        return [(v["stage_id"], v["visit"], v["outcome"])
                for v in self.service.detail(appr)["path"]]
