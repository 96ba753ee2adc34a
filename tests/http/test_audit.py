"""The audit log: the chain edited by hand, the command, the API."""
import contextlib
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import harness
from harness import ROOT, ApprovalCase, Service, quote, unique

KEY = "the key of the audit log, only for tests"
OTHER_KEY = "another key of the audit log, only for tests"

service = Service(APPROVAL_AUDIT_KEY=KEY)
folder = None


def setUpModule():
    global folder
    folder = pathlib.Path(tempfile.mkdtemp(prefix="approval-audit-"))
    service.start()
    fill(8)


def tearDownModule():
    shutil.rmtree(folder, ignore_errors=True)
    service.stop()


def fill(approvals):
    workflow = service.publish({"id": "s", "approvers": ["ann"]})
    for _ in range(approvals):
        id = service.submit(workflow)
        service.act(id, "bob", "approve")  # who may not: that is an entry, too
        service.act(id, "ann", "approve")


class Copy:
    """A copy of the service's database, which somebody can write to who has no key."""

    def __init__(self, key=KEY, old_keys=None):
        self.path = folder / unique("copy") / "approvals.db"
        self.path.parent.mkdir()
        self.key, self.old_keys = key, old_keys
        with contextlib.closing(sqlite3.connect(service.db_path)) as source, \
                contextlib.closing(sqlite3.connect(self.path)) as target:
            source.backup(target)

    def sql(self, *statements, keep_triggers=False):
        """Gives the rows of the last one."""
        with contextlib.closing(sqlite3.connect(self.path)) as db:
            names = [] if keep_triggers else [name for name, in db.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'audit_logs'")]
            for name in names:
                db.execute(f"DROP TRIGGER {name}")
            rows = []
            for statement in statements:
                rows = db.execute(statement).fetchall()
            db.commit()
            return rows

    def ctl(self, *arguments):
        environment = service.environment(APPROVAL_DB_PATH=self.path, APPROVAL_AUDIT_KEY=self.key,
                                          APPROVAL_AUDIT_OLD_KEYS=self.old_keys)
        return subprocess.run([str(harness.build / "approvalctl"), *arguments], env=environment,
                              capture_output=True, text=True, timeout=60)

    def audit(self, *arguments):
        return self.ctl("audit", *arguments)

    def newest(self):
        return self.sql("SELECT max(id) FROM audit_logs")[0][0]

    def head(self):
        done = self.audit("head")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


class AuditCase(unittest.TestCase):
    def good(self, copy, *arguments):
        done = copy.audit("verify", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        return done.stdout

    def bad(self, copy, id, *arguments):
        """The entry is named; gives the sentence."""
        done = copy.audit("verify", *arguments)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done)
        self.assertRegex(done.stderr, rf"^approvalctl: the audit log is not whole: "
                                      rf"(entry|entries) {id}\b.*\n$")
        return done.stderr

    def refused(self, done, *words):
        self.assertEqual(done.returncode, 1, done)
        for word in words:
            self.assertIn(word, done.stderr)


class Edited(AuditCase):
    """Each as an attacker would do it: the triggers dropped, then by hand."""
    AT = 9

    def setUp(self):
        self.copy = Copy()

    def test_untouched(self):
        newest = self.copy.newest()
        self.assertIn(f"{newest} entries were checked; its head is {newest}:", self.good(self.copy))

    def test_triggers(self):
        for statement in ("UPDATE audit_logs SET payload = '{}' WHERE id = 3",
                          "DELETE FROM audit_logs WHERE id = 3", "DELETE FROM audit_logs",
                          "INSERT INTO audit_logs SELECT 1000, entity_type, entity_id, action,"
                          " actor_id, request_id, created_at, payload, acting_for, client_address,"
                          " key_id, mac FROM audit_logs WHERE id = 3"):
            with self.subTest(statement=statement), self.assertRaises(sqlite3.IntegrityError):
                self.copy.sql(statement, keep_triggers=True)
        self.good(self.copy)

    def test_every_column(self):
        columns = [row[1] for row in self.copy.sql("PRAGMA table_info(audit_logs)")]
        self.assertEqual(len(columns), 12)
        changes = [f"{c} = 'x'" for c in columns if c not in ("id", "created_at")]
        changes += [f"{c} = coalesce({c}, '') || ' '" for c in columns
                    if c not in ("id", "created_at")]
        changes += [f"{c} = {c} || char(0) || 'x'" for c in
                    ("entity_type", "entity_id", "action", "actor_id", "payload", "mac", "key_id")]
        changes += [f"{c} = NULL" for c in ("actor_id", "request_id", "client_address", "mac",
                                            "key_id")]
        changes += ["created_at = created_at + 1", "created_at = -created_at", "acting_for = ''",
                    "entity_type = entity_type || substr(entity_id, 1, 1),"
                    " entity_id = substr(entity_id, 2)",
                    "mac = upper(mac)", "mac = NULL, key_id = NULL"]
        for change in changes:
            with self.subTest(change=change):
                copy = Copy()
                copy.sql(f"UPDATE audit_logs SET {change} WHERE id = {self.AT}")
                self.bad(copy, self.AT)

    def test_first_and_last(self):
        for id in (1, self.copy.newest()):
            with self.subTest(id=id):
                copy = Copy()
                copy.sql(f"UPDATE audit_logs SET actor_id = 'x' WHERE id = {id}")
                self.bad(copy, id)

    def test_two_changes(self):
        self.copy.sql("UPDATE audit_logs SET actor_id = 'x' WHERE id IN (5, 7)")
        self.bad(self.copy, 5)
        self.bad(self.copy, 7, "--from", "5")
        self.good(self.copy, "--from", "7")

    def test_removed(self):
        self.copy.sql(f"DELETE FROM audit_logs WHERE id = {self.AT}")
        self.assertIn("removed", self.bad(self.copy, self.AT))

    def test_several_removed(self):
        self.copy.sql("DELETE FROM audit_logs WHERE id BETWEEN 4 AND 6")
        self.bad(self.copy, 4)

    def test_removed_at_the_start(self):
        self.copy.sql("DELETE FROM audit_logs WHERE id < 3")
        self.bad(self.copy, 1)

    def test_removed_and_numbered_anew(self):
        self.copy.sql(f"DELETE FROM audit_logs WHERE id = {self.AT}",
                      f"UPDATE audit_logs SET id = -id WHERE id > {self.AT}",
                      "UPDATE audit_logs SET id = -id - 1 WHERE id < 0")
        self.bad(self.copy, self.AT)

    def test_start_removed_and_numbered_anew(self):
        self.copy.sql("DELETE FROM audit_logs WHERE id = 1",
                      "UPDATE audit_logs SET id = -id", "UPDATE audit_logs SET id = -id - 1")
        self.bad(self.copy, 1)

    def insert(self, copy, id, change=""):
        """A copy of an entry in front of that one, those from there on numbered anew."""
        copy.sql(f"UPDATE audit_logs SET id = -id WHERE id >= {id}",
                 "UPDATE audit_logs SET id = -id + 1 WHERE id < 0",
                 "CREATE TEMP TABLE one AS SELECT * FROM audit_logs WHERE id = 3",
                 f"UPDATE one SET id = {id}{change}",
                 "INSERT INTO audit_logs SELECT * FROM one")

    def test_inserted(self):
        for id in (1, self.AT, self.copy.newest() + 1):
            for change in ("", ", actor_id = 'x'", ", mac = NULL", ", mac = NULL, key_id = NULL"):
                with self.subTest(id=id, change=change):
                    copy = Copy()
                    self.insert(copy, id, change)
                    # At the start it looks like one from before there was a key, and the next
                    # one is no seal.
                    unsealed = id == 1 and change.endswith("key_id = NULL")
                    self.bad(copy, 2 if unsealed else id)

    def test_inserted_below_one(self):
        for id in (0, -7):
            for change in ("", ", mac = NULL, key_id = NULL"):
                with self.subTest(id=id, change=change):
                    copy = Copy()
                    copy.sql("CREATE TEMP TABLE one AS SELECT * FROM audit_logs WHERE id = 2",
                             f"UPDATE one SET id = {id}{change}",
                             "INSERT INTO audit_logs SELECT * FROM one")
                    # Without a mac, the next one is what should have been its seal.
                    self.bad(copy, id if not change else 1)

    def test_swapped(self):
        for one, other in ((self.AT, self.AT + 1), (1, 2), (4, self.AT)):
            with self.subTest(one=one, other=other):
                copy = Copy()
                copy.sql(f"UPDATE audit_logs SET id = 0 WHERE id = {one}",
                         f"UPDATE audit_logs SET id = {one} WHERE id = {other}",
                         f"UPDATE audit_logs SET id = {other} WHERE id = 0")
                self.bad(copy, one)

    def test_macs_swapped(self):
        self.copy.sql("UPDATE audit_logs SET mac = (SELECT a.mac FROM audit_logs AS a"
                      f" WHERE a.id = 3) WHERE id = {self.AT}")
        self.bad(self.copy, self.AT)

    def test_all_macs_replaced(self):
        self.copy.sql("UPDATE audit_logs SET mac = lower(hex(randomblob(32)))")
        self.bad(self.copy, 1)

    def test_cut_off(self):
        kept, newest = self.copy.head(), self.copy.newest()
        self.good(self.copy, "--head", kept)
        self.copy.sql(f"DELETE FROM audit_logs WHERE id > {newest - 3}")
        self.good(self.copy)  # which alone does not show it
        self.bad(self.copy, newest - 2, "--head", kept)
        self.bad(self.copy, newest - 2, "--head", kept, "--from", "5")
        self.copy.sql("DELETE FROM audit_logs")
        self.bad(self.copy, 1, "--head", kept)

    def test_cut_off_and_written_on(self):
        kept, newest = self.copy.head(), self.copy.newest()
        self.copy.sql(f"DELETE FROM audit_logs WHERE id > {newest - 1}")
        self.assertEqual(self.copy.ctl("rules", "manual-only", "on").returncode, 0)
        self.good(self.copy)
        self.assertIn("written anew", self.bad(self.copy, newest, "--head", kept))

    def test_entry_by_hand_stops_the_service(self):
        newest = self.copy.newest()
        self.insert(self.copy, newest + 1, ", mac = NULL, key_id = NULL")
        self.refused(self.copy.ctl("rules", "manual-only", "on"), f"entry {newest + 1}")
        self.refused(self.copy.ctl("migrate"), "verify")
        self.bad(self.copy, newest + 1)


class Sealed(AuditCase):
    """Entries from before there was a key."""

    def setUp(self):
        self.copy = Copy()
        self.copy.sql("UPDATE audit_logs SET mac = NULL, key_id = NULL")
        self.seal = self.copy.newest() + 1

    def sealed(self):
        done = self.copy.ctl("migrate")
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(self.copy.newest(), self.seal)
        self.assertEqual(self.copy.ctl("rules", "manual-only", "on").returncode, 0)

    def test_not_sealed_yet(self):
        self.assertIn("nothing seals", self.bad(self.copy, 1))
        self.refused(self.copy.audit("head"), "migrate")
        self.refused(self.copy.ctl("rules", "manual-only", "on"), "sealed")

    def test_sealed(self):
        self.sealed()
        self.good(self.copy)
        self.copy.ctl("migrate")
        self.assertEqual(self.copy.newest(), self.seal + 1)  # once
        self.good(self.copy, "--from", str(self.seal))
        self.refused(self.copy.audit("verify", "--from", "3"), "entry 3 has no mac")

    def test_changed(self):
        self.sealed()
        for id in (1, 9, self.seal - 1):
            self.copy.sql(f"UPDATE audit_logs SET actor_id = actor_id || 'x' WHERE id = {id}")
            sentence = self.bad(self.copy, self.seal)
            self.assertIn(f"1 to {self.seal - 1}", sentence)
            self.copy.sql("UPDATE audit_logs SET actor_id = substr(actor_id, 1,"
                          f" length(actor_id) - 1) WHERE id = {id}")
            self.good(self.copy)

    def test_removed(self):
        for first, last in ((1, 1), (5, 6), (self.seal - 1, self.seal - 1), (1, self.seal - 1)):
            with self.subTest(first=first, last=last):
                self.setUp()
                self.sealed()
                self.copy.sql(f"DELETE FROM audit_logs WHERE id BETWEEN {first} AND {last}")
                self.bad(self.copy, first)

    def test_swapped(self):
        self.sealed()
        self.copy.sql("UPDATE audit_logs SET id = 0 WHERE id = 3",
                      "UPDATE audit_logs SET id = 3 WHERE id = 4",
                      "UPDATE audit_logs SET id = 4 WHERE id = 0")
        self.bad(self.copy, self.seal)

    def test_seal_forged(self):
        self.sealed()
        self.copy.sql("UPDATE audit_logs SET payload = replace(payload, '\"sha256\":\"', "
                      f"'\"sha256\":\"0') WHERE id = {self.seal}")
        self.bad(self.copy, self.seal)

    def test_seal_removed(self):
        self.sealed()
        self.copy.sql(f"DELETE FROM audit_logs WHERE id = {self.seal}")
        self.bad(self.copy, self.seal + 1)

    def test_gap_from_before(self):
        """What was removed before anybody could prove anything stays removed."""
        self.copy.sql("DELETE FROM audit_logs WHERE id = 4")
        self.sealed()
        self.good(self.copy)


class Keys(AuditCase):
    def rotated(self):
        copy = Copy(key=OTHER_KEY, old_keys=KEY)
        self.at = copy.newest() + 1
        done = copy.ctl("migrate")
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(copy.ctl("rules", "manual-only", "on").returncode, 0)
        self.assertEqual(copy.newest(), self.at + 1)
        return copy

    def test_rotation(self):
        before = Copy().head()
        copy = self.rotated()
        self.good(copy)
        self.good(copy, "--head", before)
        action, payload = copy.sql(f"SELECT action, payload FROM audit_logs WHERE id = {self.at}")[0]
        self.assertEqual(action, "audit.key_changed")
        ids = [id for id, in copy.sql("SELECT DISTINCT key_id FROM audit_logs ORDER BY id")]
        self.assertEqual(json.loads(payload), {"from": ids[0], "to": ids[1]})

    def test_before_anything_was_started(self):
        copy = Copy(key=OTHER_KEY, old_keys=KEY)
        self.bad(copy, copy.newest())

    def test_present_key_alone(self):
        copy = self.rotated()
        copy.old_keys = None
        self.bad(copy, 1)
        self.good(copy, "--from", str(self.at - 1))

    def test_old_key_adds_nothing(self):
        copy = self.rotated()
        copy.key, copy.old_keys = KEY, None
        self.refused(copy.ctl("rules", "manual-only", "off"), "audit log goes on", "started again")
        self.refused(copy.ctl("migrate"), "APPROVAL_AUDIT_OLD_KEYS")
        self.bad(copy, self.at)

    def test_key_does_not_come_back(self):
        copy = self.rotated()
        copy.key, copy.old_keys = KEY, OTHER_KEY
        self.refused(copy.ctl("migrate"), f"replaced by entry {self.at}")
        copy.key, copy.old_keys = OTHER_KEY, KEY
        self.good(copy)

    def test_end_replaced_under_the_old_key(self):
        copy = self.rotated()
        copy.sql(f"DELETE FROM audit_logs WHERE id >= {self.at}")
        copy.key, copy.old_keys = KEY, None
        self.assertEqual(copy.ctl("rules", "manual-only", "off").returncode, 0)
        self.assertEqual(copy.newest(), self.at)
        copy.key, copy.old_keys = OTHER_KEY, KEY
        self.assertIn("removed", self.bad(copy, self.at))

    def test_key_id_of_the_old_key(self):
        copy = self.rotated()
        copy.sql("UPDATE audit_logs SET key_id = (SELECT key_id FROM audit_logs WHERE id = 1)"
                 f" WHERE id = {self.at}")
        self.bad(copy, self.at)

    def test_lost(self):
        copy = Copy(key=OTHER_KEY)
        last = copy.newest()
        self.refused(copy.ctl("migrate"), "audit rekey")
        self.assertEqual(copy.audit("rekey").returncode, 0)
        self.assertEqual(copy.ctl("rules", "manual-only", "on").returncode, 0)
        self.bad(copy, 1)
        self.good(copy, "--from", str(last))

    def test_no_key(self):
        copy = Copy(key=None)
        self.refused(copy.audit("verify"), "APPROVAL_AUDIT_KEY")


class Command(AuditCase):
    def test_head(self):
        copy = Copy()
        id, mac = copy.sql("SELECT id, mac FROM audit_logs ORDER BY id DESC LIMIT 1")[0]
        self.assertEqual(copy.head(), f"{id}:{mac}")
        copy.sql("DELETE FROM audit_logs")
        self.refused(copy.audit("head"), "no entry")
        self.good(copy)

    def test_export(self):
        copy = Copy()
        lines = [json.loads(line) for line in copy.audit("export").stdout.splitlines()]
        rows = copy.sql("SELECT id, actor_id, payload, mac, created_at FROM audit_logs ORDER BY id")
        self.assertEqual([(e["id"], e["actor_id"], e["payload"], e["mac"], e["created_us"])
                          for e in lines], rows)
        rest = copy.audit("export", "--after", "5").stdout.splitlines()
        self.assertEqual([json.loads(line) for line in rest], lines[5:])

    def test_documented_check(self):
        """The program in docs/audit.md says the same of an export as we do."""
        text = (ROOT / "docs" / "audit.md").read_text()
        program = re.search(r"(?:^    .*\n|^\n)+\Z", text[text.index("    #!/usr/bin"):], re.M)
        script, keys = folder / "check.py", folder / "keys"
        script.write_text("".join(line[4:] if line.strip() else line
                                  for line in program.group().splitlines(keepends=True)))
        keys.write_text(f"{OTHER_KEY}\n{KEY}\n")

        def check(copy):
            return subprocess.run([sys.executable, str(script), str(keys)], text=True, timeout=60,
                                  input=copy.audit("export").stdout, capture_output=True)
        copy = Copy()
        copy.sql("UPDATE audit_logs SET mac = NULL, key_id = NULL, payload = '{\"ä\":1}'")
        copy.ctl("migrate")
        copy.key, copy.old_keys = OTHER_KEY, KEY
        copy.ctl("migrate")
        for one in (Copy(), copy):
            self.assertEqual(check(one).stdout, f"good; the head is {one.head()}\n", check(one))
            one.sql("UPDATE audit_logs SET request_id = 'x' WHERE id = 4")
            self.assertEqual(check(one).returncode, 1)
            self.assertRegex(check(one).stderr, "entry [0-9]+ is not")

    def test_calls_that_make_no_sense(self):
        copy = Copy()
        for arguments in ((), ("check",), ("verify", "--from"), ("verify", "--from", "x"),
                          ("verify", "--from", "-1"), ("verify", "--after", "1"),
                          ("head", "--from", "1"), ("export", "--head", "1:x"), ("rekey", "now"),
                          ("verify", "--from", "99999999999999999999")):
            with self.subTest(arguments=arguments):
                self.assertEqual(copy.audit(*arguments).returncode, 2)
        self.refused(copy.audit("verify", "--head", "12"), "a head is")
        self.bad(copy, 5000, "--from", "5000")


class Api(ApprovalCase):
    service = service

    def entries(self, query=""):
        a = service.get(f"/api/v1/audit{query}")
        self.assertEqual(a.status, 200, a)
        return a

    def test_list(self):
        id = service.submit(service.publish({"id": "s", "approvers": ["ann"]}), requester="rita")
        service.act(id, "bob", "approve")
        service.act(id, "ann", "approve")
        found = self.entries(f"?entity_type=approval&entity_id={quote(id)}").json
        self.assertEqual([(e["actor_id"], e["action"]) for e in found],
                         [("ann", "approval.approve"), ("bob", "approval.approve.refused"),
                          ("rita", "approval.submitted")])
        for e in found:
            self.assertEqual(set(e), {"id", "created_at", "actor_id", "acting_for",
                                      "client_address", "request_id", "entity_type", "entity_id",
                                      "action", "payload", "key_id", "mac"})
            self.assertEqual((e["client_address"], e["acting_for"]), ("127.0.0.1", None))
            self.assertRegex(e["mac"], "^[0-9a-f]{64}$")
        self.assertEqual(found[1]["payload"]["kind"], "forbidden")
        only = self.entries(f"?entity_id={quote(id)}&actor_id=bob&action=approval.approve.refused")
        self.assertEqual(only.json, found[1:2])
        some = self.entries(f"?entity_id={quote(id)}&created_after={found[1]['created_at']}"
                            f"&created_before={found[0]['created_at']}")
        self.assertEqual(some.json, found[1:2])

    def test_pages(self):
        path, seen, pages = "?entity_type=approval&limit=7", [], 0
        while path:
            a = self.entries(path)
            seen += [e["id"] for e in a.json]
            pages += 1
            link = a.header("Link")
            if link:
                path = re.fullmatch(r'</api/v1/audit(\?[^>]*)>; rel="next"', link).group(1)
                self.assertIn("entity_type=approval", path)
            else:
                path = None
        self.assertGreater(pages, 3)
        self.assertEqual(seen, sorted(set(seen), reverse=True))
        self.assertEqual(len(seen), len(self.entries("?entity_type=approval&limit=1000").json))

    def test_reading_is_an_entry(self):
        self.entries("?actor_id=ann&limit=3")
        newest = self.entries("?entity_type=audit&limit=1").json[0]
        self.assertEqual((newest["action"], newest["entity_id"], newest["payload"]),
                         ("audit.read", "list", {"actor_id": "ann"}))

    def test_bad_queries(self):
        for query, names in (("limit=0", ["limit"]), ("cursor=0", ["cursor"]), ("cursor=x", ["cursor"]),
                             ("created_after=now", ["created_after"]),
                             ("created_before=1969-01-01T00:00:00Z", ["created_before"]),
                             ("actor_id=&action=" + 201 * "x", ["actor_id", "action"]),
                             ("limit=x&cursor=y", ["limit", "cursor"])):
            with self.subTest(query=query):
                a = service.get(f"/api/v1/audit?{query}")
                self.assertEqual(a.status, 422, a)
                self.assertEqual([p["pointer"] for p in a.json["errors"]], names)
        for query in ("from=-1", "from=x", "head=12", "head=1:x"):
            with self.subTest(query=query):
                self.assertEqual(service.get(f"/api/v1/audit/verify?{query}").status, 422)

    def test_head_and_verify(self):
        head = service.get("/api/v1/audit/head").json
        self.assertEqual(set(head), {"id", "mac", "unsealed"})
        self.assertEqual(head["unsealed"], 0)
        found = service.get(f"/api/v1/audit/verify?head={head['id']}:{head['mac']}").json
        self.assertEqual(found, {"ok": True, "entries": head["id"], "first_bad": None,
                                 "next_from": None, "head": head})
        found = service.get("/api/v1/audit/verify?from=3").json
        self.assertEqual((found["ok"], found["entries"]), (True, head["id"] - 3))
        found = service.get(f"/api/v1/audit/verify?head={head['id'] + 1}:{head['mac']}").json
        self.assertEqual((found["ok"], found["first_bad"]["id"]), (False, head["id"] + 1))
        self.assertIn(f"entry {head['id'] + 1}", found["first_bad"]["reason"])
