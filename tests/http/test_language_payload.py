"""What a request brings: payload, title, links, and an approval that is used once."""
import concurrent.futures
import time

from harness import ApprovalCase, Service, quote, unique

service = Service()


def setUpModule():
    service.start()


def tearDownModule():
    service.stop_verified()


SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["amount", "vendor"],
    "properties": {
        "amount": {"type": "number", "exclusiveMinimum": 0, "maximum": 5000},
        "vendor": {"$ref": "#/$defs/vendor"},
        "lines": {"type": "array", "maxItems": 2, "items": {"type": "object", "properties": {
            "text": {"type": "string", "minLength": 1}}}},
    },
    "additionalProperties": False,
    "$defs": {"vendor": {"enum": ["acme", "initech"]}},
}

GOOD = {"amount": 12.5, "vendor": "acme", "lines": [{"text": "a"}]}

BAD = (
    ({}, ["/payload"]),
    ({"amount": 0, "vendor": "acme"}, ["/payload/amount"]),
    ({"amount": "12", "vendor": "other"}, ["/payload/amount", "/payload/vendor"]),
    (dict(GOOD, extra=1), ["/payload/extra"]),
    (dict(GOOD, lines=[{"text": "a"}, {"text": ""}]), ["/payload/lines/1/text"]),
    (dict(GOOD, lines=[1]), ["/payload/lines/0"]),
    (dict(GOOD, lines=[{}, {}, {}]), ["/payload/lines"]),
)


class Payload(ApprovalCase):
    service = service


class PayloadSchema(Payload):
    def test_at_submission(self):
        wf = service.publish({"approvers": ["ann"]}, payload_schema=SCHEMA)
        for payload, pointers in BAD:
            with self.subTest(payload=payload), self.nothing_changes("audit_logs"):
                self.assert_problem(service.ask(wf, payload=payload), 422, pointers=pointers)
        self.assertEqual(service.detail(service.submit(wf, payload=GOOD))["payload"], GOOD)

    def test_at_resubmit_and_edit(self):
        appr = self.start({"approvers": ["ann"]}, payload_schema=SCHEMA, payload=GOOD)
        for payload, _ in BAD:
            with self.subTest(payload=payload):
                self.assert_refused(appr, "rita", "edit", 422, payload=payload)
        self.assert_act(appr, "ann", "request_changes", "returned")
        for payload, pointers in BAD:
            with self.subTest(payload=payload):
                body = self.assert_refused(appr, "rita", "resubmit", 422, payload=payload)
                self.assertEqual({e["pointer"] for e in body["errors"]}, set(pointers))
        self.assert_act(appr, "rita", "resubmit", "pending", payload=dict(GOOD, amount=4))
        self.assertEqual(service.detail(appr)["payload"]["amount"], 4)

    def test_a_version_asks_for_what_it_says(self):
        wf = service.publish({}, payload_schema={"required": ["old"]})
        running = service.submit(wf, payload={"old": 1})
        service.publish({}, id=wf, payload_schema={"required": ["new"]})
        self.assert_problem(service.ask(wf, payload={"old": 1}), 422)
        service.submit(wf, payload={"new": 1})
        self.assert_refused(running, "rita", "edit", 422, payload={"new": 1})
        self.assert_act(running, "rita", "edit", "pending", payload={"old": 2})

    def test_one_that_nothing_fits(self):
        wf = service.publish({}, payload_schema=False)
        self.assert_problem(service.ask(wf), 422, pointers=["/payload"])


class Title(Payload):
    def test_from_the_template(self):
        wf = service.publish({}, title="Refund {{payload.amount}} for {{target_entity}} by "
                                       "{{requester}} ({{workflow.name}})", name="Refunds")
        appr = service.submit(wf, payload={"amount": 12.50}, target="order/1")
        self.assertEqual(service.detail(appr)["title"], "Refund 12.5 for order/1 by rita (Refunds)")
        self.assert_act(appr, "rita", "edit", "pending", payload={"amount": 3})
        self.assertEqual(service.detail(appr)["title"], "Refund 3 for order/1 by rita (Refunds)")

    def test_is_one_line_and_no_page(self):
        wf = service.publish({}, title="{{payload.text}}")
        appr = service.submit(wf, payload={"text": "<b>\n&\t" + "ä" * 2000})
        title = service.detail(appr)["title"]
        self.assertEqual(len(title), 1000)
        self.assertTrue(title.startswith("<b> & ä"), title[:20])

    def test_of_the_submission(self):
        wf = service.publish({}, title="template")
        self.assertEqual(service.detail(service.submit(wf, title="mine"))["title"], "mine")
        self.assertEqual(service.detail(service.submit(wf, title=None))["title"], "template")
        self.assertIsNone(service.detail(service.submit(service.publish({})))["title"])
        for bad in ("", 5, "x" * 1001):
            with self.nothing_changes():
                self.assert_problem(service.ask(wf, title=bad), 422, pointers=["/title"])


class Links(Payload):
    def test_are_kept(self):
        links = [{"name": "Ticket", "url": "https://tickets.example/1?a=b#c"},
                 {"name": "Log ☃", "url": "http://logs.example/"}]
        wf = service.publish({})
        self.assertEqual(service.detail(service.submit(wf, links=links))["links"], links)
        self.assertIsNone(service.detail(service.submit(wf, links=[]))["links"])

    def test_what_is_refused(self):
        wf = service.publish({})
        good = {"name": "x", "url": "https://x.example/"}
        for links, pointers in (
                ("https://x.example/", ["/links"]), ([good] * 21, ["/links"]), ([1], ["/links/0"]),
                ([good, {"name": "x"}], ["/links/1/url"]),
                ([{"url": "https://x.example/"}], ["/links/0/name"]),
                ([dict(good, more=1)], ["/links/0/more"]),
                ([dict(good, url="javascript:alert(1)")], ["/links/0/url"]),
                ([dict(good, url="ftp://x.example/")], ["/links/0/url"]),
                ([dict(good, url="//x.example/")], ["/links/0/url"]),
                ([dict(good, url="https://x\n")], ["/links/0/url"])):
            with self.subTest(links=links), self.nothing_changes():
                self.assert_problem(service.ask(wf, links=links), 422, pointers=pointers)


class Consuming(Payload):
    def approved(self, valid_for="1h", **more):
        appr = service.submit(service.publish({"approvers": ["ann"]}), payload={"to": "x"},
                              valid_for=valid_for, **more)
        self.assertIsNone(service.detail(appr)["valid_until"])
        self.assert_act(appr, "ann", "approve", "approved")
        return appr, service.detail(appr)["payload_sha256"]

    def consume(self, appr, actor="rita", sha256=None, headers=None, **more):
        body = dict(more, actor_id=actor)
        if sha256:
            body["payload_sha256"] = sha256
        return service.post(f"/api/v1/approvals/{quote(appr)}/consume", body, headers)

    def assert_not_consumed(self, appr, status, *arguments, **members):
        with self.nothing_changes("audit_logs"):
            self.assert_problem(self.consume(appr, *arguments, **members), status)

    def test_exactly_once(self):
        appr, sha256 = self.approved()
        self.assertTrue(service.detail(appr)["valid_until"])
        a = self.assert_status(self.consume(appr, "rita", sha256), 200)
        got = service.detail(appr)
        self.assertEqual(a.json, {"approval_id": appr, "status": "approved",
                                  "payload_sha256": sha256, "consumed_at": got["consumed_at"]})
        self.assertTrue(got["consumed_at"])
        self.assertEqual(self.actions_of(appr)[-1], ("consume", "rita"))
        self.assert_not_consumed(appr, 409, "rita", sha256)

    def test_a_lost_answer_can_be_asked_for_again(self):
        appr, sha256 = self.approved()
        key = {"Idempotency-Key": unique("key")}
        first = self.assert_status(self.consume(appr, "rita", sha256, key), 200)
        again = self.assert_status(self.consume(appr, "rita", sha256, key), 200)
        self.assertEqual((again.body, again.header("Idempotency-Replayed")), (first.body, "true"))

    def test_by_the_requester_for_that_payload(self):
        appr, sha256 = self.approved()
        self.assert_not_consumed(appr, 403, "ann", sha256)
        self.assert_not_consumed(appr, 412, "rita", "0" * 64)
        self.assert_not_consumed(appr, 422, "rita")
        self.assert_not_consumed(appr, 422, "rita", "abc")
        self.assert_status(self.consume(appr, "rita", sha256), 200)

    def test_when_it_has_lapsed(self):
        appr, sha256 = self.approved("0.001m")
        time.sleep(0.1)
        self.assert_not_consumed(appr, 409, "rita", sha256)

    def test_what_was_resubmitted(self):
        """It may be used for as long as was asked from its approval on, with its last payload."""
        wf = service.publish({"approvers": ["ann"]})
        appr = service.submit(wf, payload={"n": 1}, valid_for="0.005m")
        first = service.detail(appr)["payload_sha256"]
        self.assert_act(appr, "ann", "request_changes", "returned")
        self.assert_not_consumed(appr, 409, "rita", first)
        time.sleep(0.4)
        self.assert_act(appr, "rita", "resubmit", "pending", payload={"n": 2})
        second = service.detail(appr)["payload_sha256"]
        self.assertIsNone(service.detail(appr)["valid_until"])
        self.assert_act(appr, "ann", "approve", "approved")
        self.assertTrue(service.detail(appr)["valid_until"])
        self.assert_not_consumed(appr, 412, "rita", first)
        time.sleep(0.4)
        self.assert_not_consumed(appr, 409, "rita", second)
        appr = service.submit(wf, payload={"n": 1}, valid_for="1h")
        self.assert_act(appr, "rita", "edit", "pending", payload={"n": 2})
        self.assert_act(appr, "ann", "approve", "approved")
        self.assert_not_consumed(appr, 412, "rita", first)
        self.assert_status(self.consume(appr, "rita", second), 200)

    def test_only_what_was_approved_for_that(self):
        wf = service.publish({"approvers": ["ann"]})
        appr = service.submit(wf, valid_for="1h")
        sha256 = service.detail(appr)["payload_sha256"]
        self.assert_not_consumed(appr, 409, "rita", sha256)
        self.assert_act(appr, "ann", "reject", "rejected")
        self.assert_not_consumed(appr, 409, "rita", sha256)
        appr = service.submit(wf)
        self.assert_act(appr, "ann", "approve", "approved")
        self.assert_not_consumed(appr, 409, "rita", sha256)
        self.assert_problem(self.consume("appr-nobody", "rita", sha256), 404, "Approval not found")

    def test_durations_that_are_refused(self):
        wf = service.publish({})
        for bad in ("", "soon", "2bh", "1bd", "-1h", "0m", 5):
            with self.subTest(valid_for=bad), self.nothing_changes():
                self.assert_problem(service.ask(wf, valid_for=bad), 422, pointers=["/valid_for"])

    def test_many_at_once_are_one(self):
        appr, sha256 = self.approved()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: service.fresh(
                "POST", f"/api/v1/approvals/{appr}/consume",
                {"actor_id": "rita", "payload_sha256": sha256}), range(8)))
        self.assertEqual(sorted(a.status for a in answers), [200] + [409] * 7)
