"""Users, groups, calendars and the kill switch over HTTP."""
import concurrent.futures
import json
import re
import subprocess
import threading

import harness
from harness import HttpCase, Service, quote, unique

USERS = "/api/v1/users"
GROUPS = "/api/v1/groups"
CALENDARS = "/api/v1/calendars"
MANUAL_ONLY = "/api/v1/auto-rules/manual-only"

WEEK = {"mon": [["09:00", "12:00"], ["13:00", "17:00"]], "tue": [["09:00", "17:00"]]}

service = Service()
service.TABLES = Service.TABLES + ("users", "user_roles", "groups", "group_members", "calendars",
                                   "switches")


def setUpModule():
    service.start()


def tearDownModule():
    service.stop()


def user(id, **members):
    """What the API shows of a user of whom only these are known."""
    return {"id": id, "name": None, "email": None, "phone": None, "roles": [], "manager": None,
            "owner": None, "time_zone": None, "absence": None, **members}


class Directory(HttpCase):
    service = service

    def create(self, path, **members):
        return self.assert_status(service.post(path, members), 201)

    def change(self, path, id, /, **members):
        return service.request("PATCH", f"{path}/{quote(id)}", members)

    def remove(self, path, id):
        return service.request("DELETE", f"{path}/{quote(id)}")

    def one(self, path, id):
        return service.get(f"{path}/{quote(id)}")

    def actions(self, entity_id):
        return [row["action"] for row in self.audit(entity_id)]

    def last_audit(self, entity_id):
        """Without the digests."""
        payload = json.loads(self.audit(entity_id)[-1]["payload"])
        return {k: v for k, v in payload.items() if not k.endswith("_sha256")}

    def follow(self, path, of=service):
        """The ids of a list, and in how many pages they come."""
        ids, pages = [], 0
        while path:
            a = self.assert_status(of.get(path), 200)
            ids += [row["id"] for row in a.json]
            link = a.header("Link")
            found = re.fullmatch(r'<([^>]*)>; rel="next"', link) if link else None
            self.assertEqual(bool(link), bool(found), link)
            path = found.group(1) if found else None
            pages += 1
        return ids, pages


class Users(Directory):
    def test_life(self):
        id = unique("ann")
        whole = user(id, name="Ann Ä", email="ann@example.org", phone="+49 1", roles=["approver"],
                     manager="mia", owner="otto", time_zone="Europe/Berlin",
                     absence={"from": "2026-01-02T00:00:00.000000Z",
                              "to": "2026-01-09T12:30:00.500000Z", "deputy": "dora"})
        a = self.create(USERS, **whole)
        self.assertEqual(a.json, whole)
        self.assertEqual(self.assert_status(self.one(USERS, id), 200).json, whole)

        changed = self.change(USERS, id, name=None, roles=["cfo", "approver", "cfo"],
                              absence={"to": "2026-02-01T00:00:00Z"})
        whole.update(name=None, roles=["approver", "cfo"])
        whole["absence"]["to"] = "2026-02-01T00:00:00.000000Z"
        self.assertEqual(self.assert_status(changed, 200).json, whole)
        # What the API shows can be sent back.
        with self.nothing_changes():
            self.assert_status(self.change(USERS, id, **whole), 200)

        gone = self.remove(USERS, id)
        self.assert_status(gone, 204)
        self.assertEqual(gone.body, b"")
        self.assertIsNone(gone.header("Content-Type"))
        self.assert_problem(self.one(USERS, id), 404, "User not found")
        self.assert_problem(self.remove(USERS, id), 404, "User not found")
        self.assert_problem(self.change(USERS, id, name="X"), 404, "User not found")
        self.assertNotIn(id, self.follow(USERS)[0])

        self.assertEqual(self.create(USERS, id=id, name="Back").json, user(id, name="Back"))
        self.assertEqual(self.actions(id),
                         ["user.created", "user.updated", "user.removed", "user.created"])
        self.assertEqual(self.last_audit(id), {"changed": ["name"], "revived": True})

    def test_audit_holds_no_personal_values(self):
        id = unique("secret")
        self.create(USERS, id=id, name="Mr. Secret", email="se@cr.et", phone="0451 secret",
                    time_zone="Europe/Berlin")
        self.change(USERS, id, phone="0452 secret", roles=["cfo"])
        texts = [row["payload"] for row in self.audit(id)]
        said = [json.loads(t) for t in texts]
        first, last = said[0].pop("after_sha256"), said[1].pop("after_sha256")
        self.assertRegex(first + last, "^[0-9a-f]{128}$")
        self.assertNotEqual(first, last)
        self.assertEqual(said[1].pop("before_sha256"), first)
        self.assertEqual(said, [{"changed": ["name", "email", "phone", "time_zone"]},
                                {"changed": ["phone", "roles"],
                                 "roles": {"added": ["cfo"], "removed": []}}])

    def test_exists(self):
        id = unique("bob")
        self.create(USERS, id=id, name="B")
        self.assert_problem(service.post(USERS, {"id": id}), 409, f"There is a user {id} already")
        self.assertEqual(self.one(USERS, id).json["name"], "B")

    def test_twenty_at_once_make_one(self):
        id, gate = unique("race"), threading.Barrier(20)

        def create(_):
            gate.wait()
            return service.fresh("POST", USERS, {"id": id}).status
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            statuses = sorted(pool.map(create, range(20)))
        self.assertEqual(statuses, [201] + [409] * 19)

    def test_ids_of_all_kinds(self):
        for text in ("a b", "ä/ö", "x?y=1&z", "%41", "..", "<i>", "😀", "a" * 200):
            id = unique("") + text[:180]
            with self.subTest(id=id):
                self.create(USERS, id=id)
                self.assertEqual(self.one(USERS, id).json["id"], id)
                self.assert_status(self.change(USERS, id, name="N"), 200)
                self.assert_status(self.remove(USERS, id), 204)

    def test_all_bad_fields_at_once(self):
        body = {"id": "system", "name": 7, "email": "", "phone": "1" * 51, "roles": ["ok", ""],
                "manager": " ", "owner": "system", "time_zone": "Middle/Earth", "colour": "red",
                "absence": {"from": "soon", "to": "2026-01-01T00:00:00+01:00", "for": "x"}}
        with self.nothing_changes():
            a = service.post(USERS, body)
        self.assert_problem(a, 422, pointers=[
            "/id", "/name", "/email", "/phone", "/roles/1", "/manager", "/owner", "/time_zone",
            "/colour", "/absence/from", "/absence/to", "/absence/for", "/absence/deputy"])

    def test_not_oneself(self):
        id = unique("solo")
        window = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", "deputy": id}
        a = service.post(USERS, {"id": id, "manager": id, "owner": id, "absence": window})
        self.assert_problem(a, 422, pointers=["/manager", "/owner", "/absence/deputy"])
        self.create(USERS, id=id)
        for member in ("manager", "owner"):
            self.assert_problem(self.change(USERS, id, **{member: id}), 422,
                                pointers=["/" + member])

    def test_managers_form_no_circle(self):
        a, b, c = (unique(x) for x in "abc")
        self.create(USERS, id=a, manager=b)
        self.create(USERS, id=b, manager=c)
        self.create(USERS, id=c)
        problem = self.assert_problem(self.change(USERS, c, manager=a), 422, pointers=["/manager"])
        self.assertIn(f"{c} -> {a} -> {b} -> {c}", problem["detail"])
        self.assertEqual(self.actions(c), ["user.created", "user.updated.refused"])
        self.assert_problem(self.change(USERS, c, manager=a, phone=1), 422,
                            pointers=["/manager", "/phone"])

    def test_circles_do_not_come_of_races(self):
        for _ in range(5):
            a, b = unique("a"), unique("b")
            self.create(USERS, id=a)
            self.create(USERS, id=b)
            gate = threading.Barrier(2)

            def change(pair):
                gate.wait()
                return service.fresh("PATCH", f"{USERS}/{pair[0]}", {"manager": pair[1]}).status
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                statuses = sorted(pool.map(change, ((a, b), (b, a))))
            self.assertEqual(statuses, [200, 422])

    def test_absence(self):
        id = unique("away")
        self.create(USERS, id=id)
        self.assert_problem(self.change(USERS, id, absence={"deputy": "d"}), 422,
                            pointers=["/absence/from", "/absence/to"])
        window = {"from": "2026-01-02T00:00:00Z", "to": "2026-01-02T00:00:00Z", "deputy": "d"}
        self.assert_problem(self.change(USERS, id, absence=window), 422, pointers=["/absence/to"])
        window["to"] = "2026-01-02T00:00:00.000001Z"
        self.assert_status(self.change(USERS, id, absence=window), 200)
        self.assertIsNone(self.change(USERS, id, absence=None).json["absence"])

    def test_bodies_that_are_none(self):
        id = unique("body")
        self.create(USERS, id=id)
        path = f"{USERS}/{id}"
        for method, where in (("POST", USERS), ("PATCH", path)):
            with self.subTest(method=method), self.nothing_changes():
                self.assert_problem(service.request(method, where, []), 422)
                self.assert_problem(service.request(method, where, b"{"), 422)
                self.assert_problem(service.request(method, where, b'{"id":"a","id":"b"}'), 422)
                self.assert_problem(service.request(method, where, b"{}",
                                                    {"Content-Type": "text/plain"}), 415)
        with self.nothing_changes():
            self.assert_problem(service.request("DELETE", path, {"id": id}), 400)
            a = service.raw(f"PATCH {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .encode())
            self.assert_problem(a, 411)
        self.assert_status(self.change(USERS, id), 200)

    def test_idempotency_key(self):
        id, key = unique("key"), unique("k")
        first = service.post(USERS, {"id": id}, {"Idempotency-Key": key})
        again = service.post(USERS, {"id": id}, {"Idempotency-Key": key})
        self.assert_status(first, 201)
        self.assertEqual((again.status, again.body), (201, first.body))
        self.assertEqual(again.header("Idempotency-Replayed"), "true")
        self.assert_problem(service.post(USERS, {"id": unique("x")}, {"Idempotency-Key": key}), 422)
        self.assertEqual(self.actions(id)[0], "user.created")

    def test_methods(self):
        for path, allowed in ((USERS, {"GET", "HEAD", "POST", "OPTIONS"}),
                              (USERS + "/x", {"GET", "HEAD", "PATCH", "DELETE", "OPTIONS"}),
                              (GROUPS + "/x", {"GET", "HEAD", "PATCH", "DELETE", "OPTIONS"}),
                              (CALENDARS + "/x", {"GET", "HEAD", "PUT", "OPTIONS"}),
                              (MANUAL_ONLY, {"GET", "HEAD", "PUT", "OPTIONS"})):
            with self.subTest(path=path):
                a = service.fresh("OPTIONS", path)
                self.assert_status(a, 204)
                self.assertEqual({m.strip() for m in a.header("Allow").split(",")}, allowed)


class Pages(Directory):
    """In a service of its own, whose lists hold nothing else."""

    @classmethod
    def setUpClass(cls):
        cls.own = Service().start()
        cls.ids = sorted((f"u {i:03}&ü" for i in range(205)), key=str.encode)
        for id in reversed(cls.ids):
            cls.own.post(USERS, {"id": id})

    @classmethod
    def tearDownClass(cls):
        cls.own.stop()

    def test_pages(self):
        for query, pages in (("?limit=100", 3), ("?limit=200", 2), ("?limit=205", 2),
                             ("?limit=9999", 2), ("", 5), ("?limit=41", 5)):
            with self.subTest(query=query):
                self.assertEqual(self.follow(USERS + query, self.own), (self.ids, pages))
        after = USERS + "?limit=3&after=" + quote(self.ids[100])
        self.assertEqual([u["id"] for u in self.own.get(after).json], self.ids[101:104])
        self.assertEqual(self.own.get(USERS + "?after=zzz").json, [])

    def test_a_page_stays_right_while_the_list_changes(self):
        first = self.own.get(USERS + "?limit=2")
        self.own.request("DELETE", f"{USERS}/{quote(self.ids[1])}")
        link = re.fullmatch(r'<([^>]*)>; rel="next"', first.header("Link")).group(1)
        self.assertEqual([u["id"] for u in self.own.get(link).json], self.ids[2:4])
        self.own.post(USERS, {"id": self.ids[1]})

    def test_bad_queries(self):
        for query, pointer in (("limit=0", "limit"), ("limit=x", "limit"), ("limit=-1", "limit"),
                               ("limit=1&limit=2", "limit"), ("after=a&after=b", "after")):
            with self.subTest(query=query):
                self.assert_problem(self.own.get(f"{USERS}?{query}"), 422, pointers=[pointer])

    def test_empty_lists(self):
        a = self.assert_status(self.own.get(GROUPS), 200)
        self.assertEqual(a.json, [])
        self.assertIsNone(a.header("Link"))
        self.assertEqual(self.own.get(CALENDARS).json, [])


class Groups(Directory):
    def test_life(self):
        id = unique("fin")
        a = self.create(GROUPS, id=id, name="Finance", members=["bob", "ann", "bob"])
        whole = {"id": id, "name": "Finance", "members": ["ann", "bob"]}
        self.assertEqual(a.json, whole)
        self.assertEqual(self.one(GROUPS, id).json, whole)
        self.assertIn(whole, service.get(GROUPS + "?limit=200").json)
        self.assert_problem(service.post(GROUPS, {"id": id}), 409)
        with self.nothing_changes():
            self.assert_status(self.change(GROUPS, id, **whole), 200)

        self.assertEqual(self.change(GROUPS, id, members=["cid", "ann"]).json,
                         {"id": id, "name": "Finance", "members": ["ann", "cid"]})
        self.assertEqual(self.last_audit(id),
                         {"changed": ["members"],
                          "members": {"added": ["cid"], "removed": ["bob"]}})
        self.assertEqual(self.change(GROUPS, id, name=None, members=None).json,
                         {"id": id, "name": None, "members": []})

        self.assert_status(self.remove(GROUPS, id), 204)
        for a in (self.one(GROUPS, id), self.remove(GROUPS, id), self.change(GROUPS, id, name="x")):
            self.assert_problem(a, 404, "Group not found")
        self.assertEqual(self.actions(id), ["group.created", "group.created.refused",
                                            "group.updated", "group.updated", "group.removed"])

    def test_all_bad_fields_at_once(self):
        body = {"id": 1, "name": "", "members": ["ok", 2, "system"], "owner": "x"}
        with self.nothing_changes():
            a = service.post(GROUPS, body)
        self.assert_problem(a, 422, pointers=["/id", "/name", "/members/1", "/members/2", "/owner"])
        self.create(GROUPS, id=unique("g"), members=["m%d" % i for i in range(1000)])
        a = service.post(GROUPS, {"id": unique("g"), "members": ["m%d" % i for i in range(1001)]})
        self.assert_problem(a, 422, pointers=["/members"])


class Calendars(Directory):
    def put(self, id, body):
        return service.request("PUT", f"{CALENDARS}/{quote(id)}", body)

    def test_life(self):
        id = unique("office")
        body = {"name": "Office", "time_zone": "Europe/Berlin", "week": WEEK,
                "holidays": ["2026-12-25"]}
        a = self.assert_status(self.put(id, body), 201)
        self.assertEqual(a.json, {"id": id, **body})
        with self.nothing_changes():
            self.assert_status(self.put(id, {"id": id, **body}), 200)
        body["time_zone"] = "UTC"
        self.assert_status(self.put(id, body), 200)
        self.assertEqual(self.assert_status(service.get(f"{CALENDARS}/{id}"), 200).json,
                         {"id": id, **body})
        self.assertIn({"id": id, **body}, service.get(CALENDARS).json)
        self.assertEqual(self.actions(id), ["calendar.updated"] * 2)
        self.assert_problem(service.get(f"{CALENDARS}/none"), 404, "Calendar not found")

    def test_what_is_no_calendar(self):
        id = unique("bad")
        with self.nothing_changes():
            a = self.put(id, {"id": "other", "time_zone": "Middle/Earth", "week": WEEK, "x": 1})
            self.assert_problem(a, 422, pointers=["/id", "/time_zone", "/x"])
            self.assert_problem(self.put(id, {"time_zone": "UTC", "week": {}}), 422)
            self.assert_problem(self.put(id, {}), 422)
        self.assert_problem(service.get(f"{CALENDARS}/{id}"), 404)


class ManualOnly(Directory):
    def put(self, **members):
        return service.request("PUT", MANUAL_ONLY, members)

    def ctl(self, *arguments):
        return subprocess.run([str(harness.build / "approvalctl"), "rules", *arguments],
                              env=service.environment(), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)

    def tearDown(self):
        self.put(manual_only=False)

    def test_switch(self):
        a = self.assert_status(self.put(manual_only=True, reason="an incident"), 200)
        self.assertEqual((a.json["manual_only"], a.json["reason"], a.json["changed_by"]),
                         (True, "an incident", "anonymous"))
        self.assertEqual(service.get(MANUAL_ONLY).json, a.json)
        self.assertEqual(self.last_audit("manual_only"),
                         {"manual_only": True, "reason": "an incident"})
        with self.nothing_changes():
            self.assertEqual(self.put(manual_only=True, reason="an incident").json, a.json)
        a = self.put(manual_only=False)
        self.assertEqual((a.json["manual_only"], a.json["reason"]), (False, None))
        self.assertEqual(self.actions("manual_only")[-2:], ["rules.manual_only"] * 2)

    def test_bad_bodies(self):
        with self.nothing_changes():
            self.assert_problem(self.put(), 422, pointers=["/manual_only"])
            self.assert_problem(self.put(manual_only="on", reason="", until="x"), 422,
                                pointers=["/manual_only", "/reason", "/until"])

    def test_command(self):
        done = self.ctl("manual-only", "on", "from the console")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("manual-only is on", done.stdout)
        shown = service.get(MANUAL_ONLY).json
        self.assertEqual((shown["manual_only"], shown["reason"], shown["changed_by"]),
                         (True, "from the console", "approvalctl"))
        self.assertIn("from the console", self.ctl("manual-only").stdout)
        self.assertEqual(self.ctl("manual-only", "off").returncode, 0)
        self.assertFalse(service.get(MANUAL_ONLY).json["manual_only"])

    def test_command_that_makes_no_sense(self):
        with self.nothing_changes():
            for arguments in ((), ("all",), ("manual-only", "maybe"),
                              ("manual-only", "on", "a\nb"), ("manual-only", "on", "a", "b")):
                with self.subTest(arguments=arguments):
                    self.assertEqual(self.ctl(*arguments).returncode, 2)
