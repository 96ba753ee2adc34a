"""Starting and stopping: copies side by side, and every way a start is refused."""
import json
import os
import shutil
import signal
import socket
import subprocess
import unittest

from harness import HttpCase, Service, free_port, process_table, wait_for

service = Service()
START_SECONDS = 30


def setUpModule():
    service.start()


def tearDownModule():
    service.stop()


class Refusal(HttpCase):
    service = service

    def assert_no_start(self, *words, other=None, **environment):
        """A start with this environment ends by itself, says all of the words, leaves nothing."""
        other = other or Service()
        other.folder = other.folder or service.folder
        other.port = other.port or free_port()
        other.db_path = getattr(other, "db_path", service.folder / "second" / "approvals.db")
        other.rules_path = getattr(other, "rules_path", service.rules_path)
        process = subprocess.Popen(other.command(), env=other.environment(**environment),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, start_new_session=True)
        other.process = process
        try:
            said, _ = process.communicate(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            process.terminate()
            said, _ = process.communicate(timeout=START_SECONDS)
            self.fail(f"it did not end within {START_SECONDS} s:\n{said[-3000:]}")
        self.assertNotEqual(process.returncode, 0, said)
        for word in words:
            self.assertIn(word, said)
        self.assert_still_serving()
        return said

    def assert_still_serving(self):
        self.assertEqual(service.fresh("GET", "/health").status, 200)

    def tearDown(self):
        shutil.rmtree(service.folder / "second", ignore_errors=True)

    def test_on_the_same_data(self):
        other = Service()
        other.db_path = service.db_path
        said = self.assert_no_start("already running", str(service.db_path), other=other)
        self.assertLess(len(said.splitlines()), 20)
        self.assert_still_serving()

    def test_on_a_port_in_use(self):
        for listener in (service.port, None):
            with socket.socket() as s:
                s.bind(("127.0.0.1", 0))
                s.listen()
                port = listener or s.getsockname()[1]
                said = self.assert_no_start(str(port), "in use", PORT=port)
                self.assertIn("PORT=", said)

    def test_bad_settings_are_named(self):
        for name, value in (("PORT", "http"), ("PORT", "0"), ("PORT", "70000"),
                            ("APPROVAL_AUTH", "maybe"), ("APPROVAL_PROCESSES", "many"),
                            ("APPROVAL_PROCESSES", "0"), ("APPROVAL_THREADS", "1000"),
                            ("APPROVAL_MAX_BODY", "1MB"), ("LOG_LEVEL", "loud"),
                            ("ASSISTANTS_BASE", "assistants"), ("APPROVAL_JWT_SECRET", "short"),
                            ("APPROVAL_TOKEN_EXPIRE_MINUTES", "-1"),
                            ("APPROVAL_AUDIT_KEY", "short"),
                            ("APPROVAL_PUBLIC_URL", "approvals.example"),
                            ("APPROVAL_OIDC_ISSUER", "http://login.example"),
                            ("APPROVAL_TRUSTED_PROXIES", "everybody"),
                            ("APPROVAL_TRUSTED_USER_HEADER", "X-Remote-User"),
                            ("APPROVAL_TLS_KEY", "/nowhere/key.pem"),
                            ("APPROVAL_LISTEN", "127.0.0.1; evil")):
            with self.subTest(name=name, value=value):
                self.assert_no_start(name, **{name: value})

    def test_secrets_are_not_shown(self):
        self.assertNotIn("short-secret",
                         self.assert_no_start("APPROVAL_JWT_SECRET",
                                              APPROVAL_JWT_SECRET="short-secret"))

    def test_a_secret_that_others_can_read(self):
        folder = service.folder / "second" / "secrets"
        folder.mkdir(parents=True)
        (folder / "jwt").write_text("x" * 40)
        (folder / "jwt").chmod(0o644)
        said = self.assert_no_start("APPROVAL_JWT_SECRET", "chmod 600", str(folder / "jwt"))
        self.assertNotIn("xxxx", said)

    def test_a_certificate_that_is_not_there(self):
        self.assert_no_start("APPROVAL_TLS_CERTIFICATE", "/nowhere/cert.pem",
                             APPROVAL_TLS_CERTIFICATE="/nowhere/cert.pem",
                             APPROVAL_TLS_KEY="/nowhere/key.pem",
                             APPROVAL_PUBLIC_URL="https://approvals.example")

    def test_folder_that_cannot_be_made(self):
        other = Service()
        other.db_path = service.rules_path.with_name("file") / "data" / "a.db"
        service.rules_path.with_name("file").write_text("")
        self.assert_no_start("APPROVAL_DB_PATH", other=other)

    def test_database_that_is_none(self):
        other = Service()
        folder = service.folder / "second"
        folder.mkdir()
        other.db_path = folder / "a.db"
        other.db_path.write_bytes(b"this is no database, whatever its name says " * 100)
        said = self.assert_no_start(str(other.db_path), other=other)
        self.assertTrue(other.db_path.read_bytes().startswith(b"this is no database"), said)


class SideBySide(unittest.TestCase):
    def setUp(self):
        self.other = Service()
        self.addCleanup(self.other.stop)

    def test_two_copies_know_nothing_of_each_other(self):
        self.other.start()
        self.assertNotEqual(self.other.port, service.port)
        mine, theirs = service.publish({"id": "s"}), self.other.publish({"id": "s"})
        self.assertEqual(service.get(f"/api/v1/workflows/{theirs}").status, 404)
        self.assertEqual(self.other.get(f"/api/v1/workflows/{mine}").status, 404)
        self.assertEqual(self.other.ask(theirs).status, 201)
        self.assertFalse(set(service.processes()) & set(self.other.processes()))

    def test_one_stops_and_the_other_goes_on(self):
        self.other.start()
        self.assertEqual(self.other.stop_process(), 0)
        self.assertEqual(service.fresh("GET", "/health").status, 200)
        self.assertEqual(len(service.workers()), 2)

    def test_secrets_are_made_once(self):
        self.other.start()
        folder = self.other.db_path.parent / "secrets"
        self.assertEqual(folder.stat().st_mode & 0o777, 0o700)
        self.assertEqual(sorted(p.name for p in folder.iterdir()), ["audit", "jwt"])
        made = {p.name: p.read_text() for p in folder.iterdir()}
        self.assertEqual(self.other.log_text().count("made "), 2)
        self.other.restart()
        self.assertEqual(self.other.log_text().count("made "), 2)
        self.assertEqual({p.name: p.read_text() for p in folder.iterdir()}, made)
        for p in folder.iterdir():
            self.assertEqual(p.stat().st_mode & 0o777, 0o600)
            self.assertRegex(made[p.name], r"\A[A-Za-z0-9_-]{43}\n\Z")
            self.assertNotIn(made[p.name].strip(), self.other.log_text())
        self.assertNotEqual(made["jwt"], made["audit"])

    def test_secrets_that_are_set_are_not_made(self):
        key = self.other.settings["APPROVAL_AUDIT_KEY"] = "an audit key that is long enough to be one"
        self.other.start()
        self.assertEqual([p.name for p in (self.other.db_path.parent / "secrets").iterdir()],
                         ["jwt"])
        self.assertNotIn(key, self.other.log_text())

    def test_off_is_loud(self):
        self.other.start()
        self.assertIn("***", self.other.log_text())
        self.assertIn("APPROVAL_AUTH is off", self.other.log_text())

    def test_unknown_setting_is_a_warning(self):
        self.other.settings["APPROVAL_DBPATH"] = "typo"
        self.other.start()
        warned = [e for e in self.other.log_entries() if e.get("event") == "settings.unknown"]
        self.assertTrue(warned)
        self.assertEqual({e["level"] for e in warned}, {"warn"})
        self.assertIn("APPROVAL_DBPATH", warned[0]["message"])

    def test_number_of_processes(self):
        self.other.settings["APPROVAL_PROCESSES"] = 3
        self.other.start()
        wait_for("three workers", lambda: len(self.other.workers()) == 3)

    def test_log_level(self):
        self.other.settings["LOG_LEVEL"] = "warn"
        self.other.start()
        self.other.publish({})
        self.assertFalse([e for e in self.other.log_entries() if e.get("event") == "request"])

    def test_odd_folder_name(self):
        self.other.start()
        self.other.stop_process()
        odd = self.other.folder / "with space & ä|b's"
        odd.mkdir()
        self.other.db_path = odd / "a.db"
        self.other.start()
        self.assertEqual(self.other.ask(self.other.publish({})).status, 201)
        self.assertTrue(self.other.db_path.exists())


class Stopping(unittest.TestCase):
    def stopped(self, how, group):
        other = Service()
        self.addCleanup(other.stop)
        other.start()
        other.publish({})
        processes = other.processes()
        self.assertGreaterEqual(len(processes), 5, "run.sh, multiwatch, two workers, nginx")
        code = other.stop_process(how, group)
        self.assertEqual(code, 0, other.log_text()[-2000:])
        self.assertEqual(other.left_over, [])
        self.assertFalse([p for p in processes if Service.lives(p)])
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.1", other.port), timeout=2).close()
        left = [n for n in os.listdir(other.db_path.parent / "run")
                if n.endswith((".sock", ".pid"))]
        self.assertEqual(left, [])
        return other

    def test_ctrl_c(self):
        self.stopped(signal.SIGINT, group=True)

    def test_terminate(self):
        self.stopped(signal.SIGTERM, group=False)

    def test_nothing_stays_when_it_is_killed(self):
        other = Service()
        self.addCleanup(other.stop)
        other.start()
        processes = other.processes()
        os.kill(other.process.pid, signal.SIGKILL)
        other.process.wait()
        wait_for("everything is gone",
                 lambda: not [p for p in processes if Service.lives(p)], seconds=20)
        other.start()
        self.assertEqual(other.ask(other.publish({})).status, 201)


    def test_a_part_that_dies_ends_all_of_it(self):
        for part in ("multiwatch", "nginx"):
            with self.subTest(part=part):
                other = Service()
                self.addCleanup(other.stop)
                other.start()
                processes, table = other.processes(), process_table()
                victim = min(p for p in processes if p in table and table[p][3] == part)
                os.kill(victim, signal.SIGKILL)
                self.assertEqual(other.process.wait(30), 1)
                wait_for("everything is gone",
                         lambda: not [p for p in processes if Service.lives(p)], seconds=10)
                self.assertIn("unexpectedly", other.log_text())
                other.start()
                self.assertEqual(other.ask(other.publish({})).status, 201)


class Logs(HttpCase):
    service = service

    def test_every_line_of_the_programs_is_json(self):
        service.publish({})
        lines = [li for li in service.log_text().splitlines() if li.startswith("{")]
        self.assertTrue(lines)
        for line in lines:
            entry = json.loads(line)
            self.assertLessEqual({"time", "level", "program", "event"}, set(entry))

    def test_one_line_for_a_request(self):
        wf = service.publish({})
        a = service.ask(wf)
        request_id, appr = a.header("X-Request-Id"), a.json["approval_id"]

        def mine():
            return [e for e in service.log_entries()
                    if e.get("event") == "request" and e.get("request_id") == request_id]
        entry = wait_for("the line", mine)[0]
        self.assertEqual(len(mine()), 1)
        self.assertEqual((entry["method"], entry["route"], entry["path"], entry["status"]),
                         ("POST", "/api/v1/approvals", "/api/v1/approvals", 201))
        self.assertEqual((entry["approval_id"], entry["actor"]), (appr, "rita"))
        self.assertEqual(entry["bytes"], len(a.body))
        self.assertIsInstance(entry["ms"], float)

    def test_hostile_text_makes_no_line_of_its_own(self):
        a = service.fresh("GET", '/nothing%0a{"level":"error"}')
        self.assertEqual(a.status, 404)
        service.act("appr-x\n{}", 'eve"}\n{"x":1', "approve")
        for line in service.log_text().splitlines():
            if line.startswith("{"):
                self.assertIn("event", json.loads(line))

    def test_nothing_was_wrong(self):
        self.assertFalse([e for e in service.log_entries() if e.get("level") == "error"])
