"""Bad input of every kind: a clear problem, and nothing half done."""
import json
import socket

from harness import HttpCase, Service, unique, wait_for

MAX_BODY = 65536

service = Service(APPROVAL_MAX_BODY=MAX_BODY)


def setUpModule():
    service.start()


def tearDownModule():
    service.stop()


class Errors(HttpCase):
    service = service

    def setUp(self):
        self.workflow = service.publish({"id": "s"})

    def submission(self, **members):
        body = {"workflow_id": self.workflow, "target_entity": "t", "payload": {},
                "requester_id": "rita"}
        body.update(members)
        return body

    def raw_submission(self, body, *header_lines, method=b"POST", path=b"/api/v1/approvals"):
        head = b"%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" % (method, path)
        return service.raw(head + b"".join(h + b"\r\n" for h in header_lines) +
                           b"Content-Length: %d\r\n\r\n%s" % (len(body), body))


class Routing(Errors):
    def test_unknown_paths(self):
        for path in ("/nothing", "/api", "/api/v1", "/api/v1/", "/api/v2/workflows", "/health/",
                     "//health", "/api/v1/workflows/", "/api/v1/workflows/a/b",
                     "/api/v1/approvals/x/actions/y", "/HEALTH", "/api/v1/../../etc/passwd",
                     "/.nginx/400", "/.git/config", "/a/%2e%2e/health", "/health%2f",
                     "/index.html"):
            with self.subTest(path=path):
                self.assert_problem(service.get(path), 404)

    def test_method_not_allowed(self):
        for path, allowed, refused in (
                ("/health", {"GET", "HEAD", "OPTIONS"}, ("POST", "PUT", "DELETE", "PATCH")),
                ("/api/v1/workflows", {"GET", "HEAD", "POST", "OPTIONS"}, ("PUT", "DELETE")),
                ("/api/v1/approvals/x", {"GET", "HEAD", "OPTIONS"}, ("POST", "DELETE")),
                ("/api/v1/approvals/x/actions", {"POST", "OPTIONS"}, ("GET", "PUT", "HEAD"))):
            for method in refused:
                with self.subTest(path=path, method=method):
                    a = service.fresh(method, path, {} if method in ("POST", "PUT") else None)
                    self.assertEqual({m.strip() for m in a.header("Allow").split(",")}, allowed)
                    if method == "HEAD":
                        self.assert_status(a, 405)
                    else:
                        self.assert_problem(a, 405)

    def test_unknown_method(self):
        for method in ("FROB", "PROPFIND", "LINK"):
            with self.subTest(method=method):
                self.assert_problem(service.fresh(method, "/health"), 405)

    def test_head_is_get_without_the_body(self):
        for path in ("/health", "/livez", "/readyz", "/", "/api/v1/workflows",
                     f"/api/v1/workflows/{self.workflow}", "/api/v1/approvals?limit=1"):
            with self.subTest(path=path):
                get, head = service.fresh("GET", path), service.fresh("HEAD", path)
                self.assert_status(head, 200)
                self.assertEqual(head.body, b"")
                self.assertEqual(head.header("Content-Type"), get.header("Content-Type"))
        self.assert_status(service.fresh("HEAD", "/api/v1/workflows/nobody"), 404)

    def test_options(self):
        a = self.assert_status(service.fresh("OPTIONS", "/api/v1/workflows"), 204)
        self.assertEqual({m.strip() for m in a.header("Allow").split(",")},
                         {"GET", "HEAD", "POST", "OPTIONS"})
        self.assertEqual(a.body, b"")
        self.assertIsNone(a.header("Access-Control-Allow-Origin"))
        self.assert_problem(service.fresh("OPTIONS", "/nothing"), 404)

    def test_malformed_targets(self):
        for path in ("/api/v1/workflows/%zz", "/api/v1/workflows/%", "/api/v1/workflows/%4",
                     "/api/v1/workflows/a%00b", "/api/v1/workflows/%ff%fe",
                     "/api/v1/workflows/%c0%af", "/api/v1/workflows/%ed%a0%80",
                     "/api/v1/approvals?status_filter=%zz", "/api/v1/approvals?status_filter=%00",
                     "/api/v1/approvals?limit=%ff"):
            with self.subTest(path=path):
                self.assert_problem(service.get(path), 400)

    def test_raw_bytes_in_the_target(self):
        for target in (b"/api/v1/workflows/\xff", b"/api/v1/workflows/\xc3\xa4",
                       b"/api/v1/workflows/<script>"):
            a = service.raw(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            self.assertIn(a.status, (400, 404))
            self.assert_problem(a, a.status)

    def test_requests_that_are_none(self):
        for text in (b"nonsense\r\n\r\n", b"GET /health HTTP/9.9\r\nHost: x\r\n\r\n",
                     b"GET /health HTTP/1.1\r\n\r\n",
                     b"GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                     b"POST /api/v1/approvals HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                     b"Content-Length: 3\r\n\r\n{}",
                     b"POST /api/v1/approvals HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}",
                     b"POST /api/v1/approvals HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                     b"POST /api/v1/approvals HTTP/1.1\r\nHost: x\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"):
            with self.subTest(text=text), self.nothing_changes():
                a = service.raw(text)
                self.assertTrue(a is None or 400 <= a.status < 600, repr(a))
                self.assertNotEqual(a and a.status, 500)
        self.assert_status(service.get("/health"), 200)

    def test_long_target_and_headers(self):
        a = service.fresh("GET", "/api/v1/workflows/" + "x" * 40000)
        self.assert_problem(a, 414)
        a = service.fresh("GET", "/health", headers={"X-Long": "y" * 40000})
        self.assert_problem(a, 400)

    def test_over_long_id_in_the_path(self):
        self.assert_problem(service.get("/api/v1/workflows/" + "x" * 3000), 404,
                            "Workflow not found")
        self.assert_problem(service.get("/api/v1/approvals/" + "x" * 3000), 404,
                            "Approval not found")


class Headers(Errors):
    def test_headers_that_may_come_once(self):
        body = json.dumps(self.submission()).encode()
        for line in (b"Idempotency-Key: k1", b"Content-Type: application/json"):
            other = line.replace(b"k1", b"k2")
            with self.subTest(line=line), self.nothing_changes():
                self.assert_problem(self.raw_submission(body, line, other), 400)

    def test_media_type(self):
        body = json.dumps(self.submission()).encode()
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml",
                     "application/jsonx", "application/json; charset=latin-1", "json", "*/*"):
            with self.subTest(kind=kind), self.nothing_changes():
                self.assert_problem(service.post("/api/v1/approvals", body, {"Content-Type": kind}),
                                    415)

    def test_request_id_of_the_client(self):
        a = service.fresh("GET", "/health", headers={"X-Request-Id": "evil\tid \"x\""})
        self.assertNotIn("evil", a.header("X-Request-Id"))
        a = service.fresh("GET", "/nothing", headers={"X-Request-Id": "mine-1.2_3"})
        self.assert_problem(a, 404)
        self.assertEqual(a.header("X-Request-Id"), "mine-1.2_3")

    def test_old_clients(self):
        a = service.raw(b"GET /health HTTP/1.0\r\n\r\n")
        self.assert_status(a, 200)
        a = service.raw(b"GET /health?a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        b"Content-Length: 2\r\n\r\n{}")
        self.assert_status(a, 200)

    def test_two_requests_in_one_write(self):
        one = b"GET /health HTTP/1.1\r\nHost: x\r\n"
        with socket.create_connection(("127.0.0.1", service.port), timeout=20) as s:
            s.sendall(one + b"\r\n" + one + b"Connection: close\r\n\r\n")
            text = b"".join(iter(lambda: s.recv(65536), b""))
        self.assertEqual(text.count(b"HTTP/1.1 200"), 2)


class Bodies(Errors):
    def test_missing_length(self):
        with self.nothing_changes():
            a = service.raw(b"POST /api/v1/approvals HTTP/1.1\r\nHost: x\r\n"
                            b"Connection: close\r\n\r\n")
            self.assert_problem(a, 411)

    def test_a_client_that_leaves_is_served_all_the_same(self):
        target = unique("left")
        body = json.dumps(self.submission(target_entity=target)).encode()
        with socket.create_connection(("127.0.0.1", service.port)) as s:
            s.sendall(b"POST /api/v1/approvals HTTP/1.1\r\nHost: x\r\n"
                      b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        wait_for("the approval", lambda: service.one(
            "SELECT count(*) FROM approvals WHERE target_entity = ?", target))

    def test_too_large(self):
        fits = self.submission(payload={"x": ""})
        room = MAX_BODY - len(json.dumps(fits).encode())
        fits["payload"]["x"] = "y" * room
        self.assert_status(service.post("/api/v1/approvals", fits), 201)
        with self.nothing_changes():
            for more in (1, 1000, 200000, 3000000):
                with self.subTest(more=more):
                    fits["payload"]["x"] = "y" * (room + more)
                    try:
                        a = service.fresh("POST", "/api/v1/approvals", fits)
                    except (BrokenPipeError, ConnectionResetError):
                        a = self.announce(MAX_BODY + more)
                    self.assert_problem(a, 413)

    def announce(self, length):
        """Says that so much will come, and sends nothing of it."""
        return service.raw(b"POST /api/v1/approvals HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                           b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % length)

    def test_too_large_in_chunks(self):
        chunk = b"1000\r\n" + b" " * 0x1000 + b"\r\n"
        with self.nothing_changes():
            a = service.raw(b"POST /api/v1/approvals HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                            b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 20 + b"0\r\n\r\n")
        self.assert_problem(a, 413)

    def test_body_that_breaks_off(self):
        with self.nothing_changes():
            with socket.create_connection(("127.0.0.1", service.port)) as s:
                s.sendall(b"POST /api/v1/approvals HTTP/1.1\r\nHost: x\r\n"
                          b"Content-Length: 1000\r\n\r\n{\"workflow_id\":")
        self.assert_status(service.get("/health"), 200)

    def test_not_json(self):
        for body in (b"", b" ", b"{", b"nonsense", b"{'a':1}", b"{\"a\":1,}", b"\xff\xfe{}",
                     b"\xef\xbb\xbf{}", b"{\"a\":NaN}", b"{\"a\":\"\x01\"}", b"{}{}", b"a=1&b=2",
                     b"{\"a\":\"\xc3\"}", b"\x00", b"{}\x00", b"{\"a\":1}//x"):
            for path in ("/api/v1/approvals", "/api/v1/workflows", "/api/v1/approvals/x/actions"):
                with self.subTest(body=body, path=path), self.nothing_changes():
                    self.assert_problem(service.post(path, body), 422)

    def test_no_object(self):
        for body in (b"[]", b"1", b"\"text\"", b"null", b"true"):
            for path in ("/api/v1/approvals", "/api/v1/workflows", "/api/v1/approvals/x/actions"):
                with self.subTest(body=body, path=path), self.nothing_changes():
                    self.assert_problem(service.post(path, body), 422)

    def test_duplicate_keys(self):
        body = json.dumps(self.submission())
        for bad in (body[:-1] + ', "requester_id": "x"}',
                    body.replace('"payload": {}', '"payload": {"a": 1, "b": {"c": 1, "c": 1}}'),
                    body.replace('"payload": {}', '"payload": {"a": 1, "\\u0061": 2}')):
            with self.subTest(body=bad), self.nothing_changes():
                self.assert_problem(service.post("/api/v1/approvals", bad.encode()), 422)

    def test_depth(self):
        def nested(levels):
            deep = "[" * (levels - 2) + "]" * (levels - 2)
            return json.dumps(self.submission()).replace(
                '"payload": {}', '"payload": {"d": %s}' % deep).encode()
        self.assert_status(service.post("/api/v1/approvals", nested(64)), 201)
        with self.nothing_changes():
            self.assert_problem(service.post("/api/v1/approvals", nested(65)), 422)
            self.assert_problem(service.post("/api/v1/approvals", nested(5000)), 422)


class Fields(Errors):
    def test_all_bad_fields_at_once(self):
        every = ["/workflow_id", "/target_entity", "/payload", "/requester_id"]
        bad = {"workflow_id": 1, "target_entity": "", "payload": [], "requester_id": None}
        with self.nothing_changes():
            self.assert_problem(service.post("/api/v1/approvals", {}), 422, pointers=every)
            self.assert_problem(service.post("/api/v1/approvals", bad), 422, pointers=every)

    def test_texts_that_do_not_fit(self):
        for name, value in (("workflow_id", "x" * 201), ("requester_id", "ä" * 201),
                            ("target_entity", "x" * 4001), ("requester_id", "a\nb"),
                            ("target_entity", "\u0000"), ("requester_id", "a\u0000b"),
                            ("workflow_id", "a\u0000b"), ("requester_id", "   "),
                            ("target_entity", "\u200b\u3000"), ("requester_id", "\x1b[31m"),
                            ("requester_id", {}), ("payload", "text"), ("payload", None)):
            with self.subTest(field=name, value=value), self.nothing_changes():
                a = service.post("/api/v1/approvals", self.submission(**{name: value}))
                self.assert_problem(a, 422, pointers=["/" + name])

    def test_longest_texts_fit(self):
        a = service.post("/api/v1/approvals", self.submission(requester_id="ä" * 200,
                                                             target_entity="ü" * 4000))
        self.assert_status(a, 201)
        self.assertEqual(service.detail(a.json["approval_id"])["requester_id"], "ä" * 200)

    def test_actions(self):
        appr = service.submit(self.workflow)
        path = f"/api/v1/approvals/{appr}/actions"
        for body, pointers in (
                ({}, ["/actor_id", "/action"]),
                ({"actor_id": "", "action": "fly"}, ["/actor_id", "/action"]),
                ({"actor_id": 1, "action": []}, ["/actor_id", "/action"]),
                ({"actor_id": "x" * 201, "action": "approve"}, ["/actor_id"]),
                ({"actor_id": "a\u0000", "action": "approve"}, ["/actor_id"]),
                ({"actor_id": "a", "action": "approve", "metadata": []}, ["/metadata"]),
                ({"actor_id": "a", "action": "approve", "metadata": {"notes": 1}},
                 ["/metadata/notes"]),
                ({"actor_id": "a", "action": "delegate", "metadata": {"assignee": 7}},
                 ["/metadata/assignee"]),
                ({"actor_id": "a", "action": "approve", "visit": "1", "expected_seq": 1.5,
                  "payload_sha256": "abc", "stage_id": 3},
                 ["/visit", "/expected_seq", "/payload_sha256", "/stage_id"]),
                ({"actor_id": "a", "action": "approve", "expected_seq": 0}, ["/expected_seq"]),
                ({"actor_id": "a", "action": "approve", "expected_seq": 10 ** 30},
                 ["/expected_seq"]),
                ({"actor_id": "a", "action": "approve", "comment": "x" * 4001}, ["/comment"])):
            with self.subTest(body=body), self.nothing_changes():
                self.assert_problem(service.post(path, body), 422, pointers=pointers)

    def test_query_values(self):
        for query, pointers in (
                ("status_filter=open", ["status_filter"]), ("status_filter=Approved",
                                                            ["status_filter"]),
                ("limit=0", ["limit"]), ("limit=-1", ["limit"]), ("limit=ten", ["limit"]),
                ("limit=1.5", ["limit"]), ("limit=", ["limit"]), ("limit=5%20", ["limit"]),
                ("limit=0x10", ["limit"]), ("limit=1&limit=2", ["limit"])):
            with self.subTest(query=query):
                self.assert_problem(service.get(f"/api/v1/approvals?{query}"), 422,
                                    pointers=pointers)
        body = self.assert_problem(service.get("/api/v1/approvals?status_filter=open"), 422)
        for name in ("pending", "returned", "approved", "rejected", "withdrawn", "cancelled",
                     "expired", "error"):
            self.assertIn(name, body["errors"][0]["detail"])


class Definitions(Errors):
    def refused(self, pointers, *stages, **members):
        body = {"id": unique("wf"), "stages": list(stages) or [{}]}
        body.update(members)
        with self.nothing_changes():
            a = service.post("/api/v1/workflows", body)
        return self.assert_problem(a, 422, pointers=pointers)

    def test_every_problem_at_once(self):
        self.refused(["/name", "/version", "/stages/0/type", "/stages/0/quorum",
                      "/stages/1/sla/duration", "/stages/1/approvers/1", "/stages/2/position"],
                     {"type": "circular", "quorum": -1},
                     {"sla": {"duration": "soon"}, "approvers": ["ann", 5]},
                     {"position": "first"}, name=7, version=2)

    def test_members_that_this_version_has_not(self):
        for member, value in (("transitions", [{"to": "$approved"}]), ("weight", 2)):
            with self.subTest(member=member):
                body = self.refused([f"/stages/0/{member}"], {member: value})
                self.assertIn(member, body["errors"][0]["detail"])

    def test_members_of_a_stage(self):
        for member, value, at in (
                ("requires", {"any": ["a"]}, "requires"),  # of a sequential stage
                ("distinct", True, "distinct"), ("reject", "never", "reject"),
                ("reject", 0, "reject"), ("vote_once", "yes", "vote_once"),
                ("on_empty", "ask", "on_empty"), ("skip_repeat", "always", "skip_repeat"),
                ("actions", "approve", "actions"), ("actions", [1], "actions/0"),
                ("covers", ["amount"], "covers/0"), ("conditions", [1], "conditions"),
                ("conditions", {"no such operator": 1}, "conditions/no such operator"),
                ("conditions", {"risk_score_lt": []}, "conditions/risk_score_lt"),
                ("escalations", "soon", "escalations"),
                ("escalations", {"target": "ann"}, "escalations/timeout"),
                ("escalations", [{"timeout": "1h", "then": "wait"}], "escalations/0/then"),
                ("escalations", [{"timeout": "1h", "mode": "swap"}], "escalations/0/mode"),
                ("escalations", [{"timeout": "2h"}, {"timeout": "1h"}], "escalations/1"),
                ("sla", {"duration": "1h", "remind": ["0%"]}, "sla/remind/0"),
                ("sla", {"duration": "1h", "remind": "50%"}, "sla/remind"),
                ("auto_rules", {"trust_payload": 1}, "auto_rules/trust_payload")):
            with self.subTest(member=member, value=value):
                self.refused([f"/stages/0/{at}"], {member: value})

    def test_members_of_a_definition(self):
        stage = {"id": "a"}
        for member, value, pointers in (
                ("transitions", [{"from": "a", "to": "b", "on": "approve"}], ["/transitions/0/to"]),
                ("transitions", [{"from": "x", "to": "$done", "on": "never"}],
                 ["/transitions/0/from", "/transitions/0/to", "/transitions/0/on"]),
                ("transitions", [{"to": "a"}], ["/transitions/0/from", "/transitions/0/on"]),
                ("expires", "soon", ["/expires"]), ("expires", "2bd", ["/expires"]),
                ("max_rounds", 0, ["/max_rounds"]), ("max_visits", "3", ["/max_visits"]),
                ("payload_schema", {"type": "thing"}, ["/payload_schema/type"]),
                ("payload_schema", 5, ["/payload_schema"]),
                ("owners", ["group:"], ["/owners/0"]), ("submit_by", [7], ["/submit_by/0"]),
                ("visible_to", "nobody:x", ["/visible_to"]), ("title", "{{#x}}", ["/title"])):
            with self.subTest(member=member, value=value):
                self.refused(pointers, stage, **{member: value})

    def test_calendars_that_nobody_has(self):
        with self.nothing_changes("audit_logs"):
            a = service.post("/api/v1/workflows", {
                "calendar": "nobody-has-it", "expires": "9bd",
                "stages": [{"sla": {"duration": "4bh"}},
                           {"sla": {"duration": "4bh"}, "calendar": "nor-this"}]})
        self.assert_problem(a, 422, pointers=["/calendar", "/stages/1/calendar"])

    def test_requires(self):
        def stage(tree, **more):
            return dict(more, type="parallel", requires=tree)
        at = "/stages/0/requires"
        self.refused([at], stage({"any": ["a"]}, quorum=1))
        self.refused([f"{at}/all"], stage({"all": []}))
        self.refused([f"{at}/at_least", f"{at}/of"], stage({"at_least": 0}))
        self.refused([at], stage({"any": ["a"], "all": ["b"]}))
        self.refused([f"{at}/any/0"], stage({"any": ["nobody:x"]}))
        body = self.refused([at], stage({"at_least": 2, "of": ["ann"]}))
        self.assertIn("can never be satisfied", body["errors"][0]["detail"])
        self.refused([at], stage({"all": [{"at_least": 2, "of": ["ann", "bob"]}, "ann"]},
                                 distinct=True))
        nested = {"all": [{"any": [{"all": ["a", "b"]}, "c"]}]}
        body = self.refused([f"{at}/all/0"], stage(nested, distinct=True))
        self.assertIn("NP-hard", body["errors"][0]["detail"])
        service.publish(stage(nested))

    def test_quorums(self):
        for quorum in ("60%", "all", "majority", -1, 1.5, 1001, [], True):
            with self.subTest(quorum=quorum):
                self.refused(["/stages/0/quorum"], {"type": "parallel", "quorum": quorum})
        for quorum in ("0%", "101%", "6 %", "1.5%", "%", "some", "", -1, 3):
            with self.subTest(quorum=quorum):
                self.refused(["/stages/0/quorum"],
                             {"type": "parallel", "approvers": ["a", "b"], "quorum": quorum})
        for quorum in ("60%", "all", "majority", 3):
            with self.subTest(quorum=quorum):
                self.refused(["/stages/0/quorum"], {"approvers": ["a", "b"], "quorum": quorum})

    def test_selectors(self):
        for who in ("team:finance", "manager:bob", "manager:requester:0", "manager:requester:11",
                    "manager:requester:x", "payload:owner", "payload:", "payload:/a~2",
                    "least_loaded:finance", "least_loaded:role:cfo", {"group": ""}, {"group": 1},
                    {"group": "a", "role": "b"}, {"manager": "bob"}, {}, 1, None, "", " ", "user:",
                    "group:", "x" * 201, "a\u0000b", "a\nb"):
            with self.subTest(who=who):
                self.refused(["/stages/0/approvers/1"], {"approvers": ["ann", who]})
        self.refused(["/stages/0/quorum"], {"approvers": ["ann", "user:ann"], "quorum": 2})

    def test_approvers_and_actors_are_held_to_the_same(self):
        """Whoever may act can be named, and whoever is named can act."""
        for who in ("ä" * 200, "a b", "☃", "x@example.com"):
            with self.subTest(who=who):
                appr = service.submit(service.publish({"approvers": [who]}))
                self.assert_status(service.act(appr, who, "approve"), 200)
        for who in ("ä" * 201, "\u0085x", "\u3000", "\u200b", "x\u009f"):
            with self.subTest(who=who):
                self.refused(["/stages/0/approvers/0"], {"approvers": [who]})

    def test_durations(self):
        for duration in ("", "h", "4", "4x", "-4h", "0m", "4h30m", "1e3h", " 4h", "4 h", "4bh",
                         "1d ", "NaNh", "99999999999999999999d", "2bd", "1.5bd", 4):
            with self.subTest(duration=duration):
                self.refused(["/stages/0/sla/duration"], {"sla": {"duration": duration}})

    def test_ids(self):
        self.refused(["/stages/1/id"], {"id": "same"}, {"id": "same"})
        self.refused(["/id"], id="x" * 201)
        self.refused(["/id"], id="a\u0000b")
        self.refused(["/id"], id="")
        self.refused(["/stages/0/id"], {"id": "a\nb"})

    def test_stages_that_are_none(self):
        with self.nothing_changes():
            for stages in ({}, "s", 1, None):
                a = service.post("/api/v1/workflows", {"stages": stages})
                self.assert_problem(a, 422, pointers=["/stages"])
            self.assert_problem(service.post("/api/v1/workflows", {}), 422, pointers=["/stages"])
            a = service.post("/api/v1/workflows", {"stages": [1, {}, "x"]})
            self.assert_problem(a, 422, pointers=["/stages/0", "/stages/2"])
            a = service.post("/api/v1/workflows", {"stages": [{}] * 101})
            self.assert_problem(a, 422, pointers=["/stages"])
        wf = service.publish(*[{}] * 100)
        self.assertEqual(len(service.get(f"/api/v1/workflows/{wf}").json["stages"]), 100)

    def test_numbers_that_do_not_fit(self):
        body = b'{"stages":[{"position":%s}]}'
        with self.nothing_changes():
            for number in (b"9223372036854775808", b"1" * 400):
                self.assert_problem(service.post("/api/v1/workflows", body % number), 422)

    def test_empty_members_of_0_4_are_accepted(self):
        service.publish({"id": "s", "conditions": {}, "actions": [], "approvers": [],
                         "sla": {}, "escalations": {}}, transitions=[], notifications={},
                        analytics={})

    def test_null_is_the_same_as_absent(self):
        wf = service.publish({"id": "s", "name": None, "quorum": None, "approvers": None,
                              "sla": None, "auto_rules": None, "conditions": None,
                              "escalations": None, "position": None, "actions": None},
                             name=None, version=None, description=None, created_by=None,
                             notifications=None, analytics=None)
        appr = service.submit(wf)
        a = service.act(appr, "ann", "approve", metadata=None, comment=None, visit=None)
        self.assertEqual(a.json["status"], "approved")


class Refusals(Errors):
    def test_a_refused_decision_leaves_only_its_audit_entry(self):
        appr = service.submit(self.workflow, "rita")
        before, row = self.events(appr), self.approval_row(appr)
        with self.nothing_changes("audit_logs"):
            self.assert_problem(service.act(appr, "rita", "approve"), 403)
            self.assert_problem(service.act(appr, "ann", "withdraw"), 403)
            self.assert_problem(service.act(appr, "ann", "approve", expected_seq=7), 412)
        self.assertEqual(self.events(appr), before)
        self.assertEqual(self.approval_row(appr), row)
        refused = self.audit(appr)[1:]
        self.assertEqual([r["action"] for r in refused],
                         ["approval.approve.refused", "approval.withdraw.refused",
                          "approval.approve.refused"])
        self.assertTrue(all("reason" in json.loads(r["payload"]) for r in refused))
