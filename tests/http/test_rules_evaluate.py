"""What the rules would say to a payload: the same as at a submission, with how they came to it."""
import contextlib
import hashlib

from harness import HttpCase, Service, wait_for

URL = "/api/v1/auto-rules/evaluate"
SWITCH = "/api/v1/auto-rules/manual-only"
INSIDE, OUTSIDE, SATURDAY = "2026-01-08T12:00:00Z", "2026-01-08T07:59:59Z", "2026-01-10T12:00:00Z"

RULES = {
    "auto_approval_rules": {
        "by_action_type": {"read": {"enabled": True}, "query": {"enabled": True}},
        "by_agent_trust_level": {
            "high": {"enabled": True, "agents": ["faq-bot"]},
            "medium": {"enabled": False, "agents": ["clerk"], "auto_approve_actions": ["reply"]}},
        "by_risk_score": {"low_risk_threshold": 0.3, "medium_risk_threshold": 0.7,
                          "auto_approve_below": 0.2}},
    "escalation_rules": {"high_risk_actions": ["deploy"], "always_manual_approval": ["refund"]},
}
WINDOW = {"business_hours": {"enabled": True, "start": "09:00", "end": "17:00",
                             "timezone": "Europe/Berlin"},
          "approve_in_window": True}


def windowed(window):
    approval = dict(RULES["auto_approval_rules"], by_time_window=window)
    return dict(RULES, auto_approval_rules=approval)


plain = Service(rules=RULES)
office = Service(rules=windowed(WINDOW))
bare = Service()


def setUpModule():
    for one in (plain, office, bare):
        one.start()


def tearDownModule():
    for one in (plain, office, bare):
        one.stop()


class Evaluate(HttpCase):
    service = plain

    def evaluate(self, payload=None, **members):
        body = {"payload": {} if payload is None else payload}
        body.update(members)
        got = self.assert_status(self.service.post(URL, body), 200).json
        last = got["explanation"][-1]
        self.assertEqual((last["rule"], last["value"]), (got["rule"], got["value"]))
        self.assertEqual({step["effect"] for step in got["explanation"][:-1]} - {"no"}, set())
        self.assertEqual(last["effect"] == "approve", got["decision"] == "approve")
        return got

    def assert_says(self, got, decision, rule, value):
        self.assertEqual((got["decision"], got["rule"], got["value"]), (decision, rule, value))


class Verdicts(Evaluate):
    def test_each_rule(self):
        for action_type, payload, decision, rule, value in (
                (None, {}, "approve", "by_action_type.query", "query"),
                ("read", {}, "approve", "by_action_type.read", "read"),
                ("write", {"agent": "faq-bot"}, "approve", "by_agent_trust_level.high", "faq-bot"),
                ("reply", {"agent": "clerk"}, "manual", "none", ""),
                ("write", {"risk_score": 0.1}, "approve", "by_risk_score.auto_approve_below",
                 "0.1"),
                ("write", {"risk_score": 0.2}, "manual", "none", ""),
                ("refund", {"risk_score": 0}, "manual", "always_manual_approval", "refund"),
                (None, {"action_type": "deploy"}, "manual", "high_risk_actions", "deploy"),
                (None, {"risk_score": "low"}, "manual", "malformed", "")):
            with self.subTest(action_type=action_type, payload=payload):
                got = self.evaluate(payload, action_type=action_type)
                self.assert_says(got, decision, rule, value)
                self.assertEqual(got["alarm"], rule == "high_risk_actions")
                self.assertEqual(got["rules_sha256"],
                                 hashlib.sha256(plain.rules_path.read_bytes()).hexdigest())

    def test_a_submission_gets_the_same(self):
        for action_type, payload in ((None, {}), ("write", {}), ("write", {"agent": "faq-bot"}),
                                     (None, {"action_type": "deploy"}), ("refund", {}),
                                     ("write", {"risk_score": 0.19}), ("read", {"agent": 1})):
            with self.subTest(action_type=action_type, payload=payload):
                said = self.evaluate(payload, action_type=action_type)
                stage = {"auto_rules": {"action_type": action_type} if action_type else {}}
                got = plain.detail(plain.submit(plain.publish(stage), payload=payload))
                self.assertEqual(got["status"] == "approved", said["decision"] == "approve")
                data = got["events"][-1]["data"]
                self.assertEqual((data["rule"], data["rule_value"], data["rules_sha256"]),
                                 (said["rule"], said["value"], said["rules_sha256"]))

    def test_the_explanation_is_in_the_order_of_looking(self):
        steps = self.evaluate({"risk_score": 0.5, "agent": "clerk"},
                              action_type="reply")["explanation"]
        self.assertEqual([(s["rule"], s["value"], s["matched"], s["effect"]) for s in steps], [
            ("always_manual_approval", "reply", False, "no"),
            ("high_risk_actions", "reply", False, "no"),
            ("manual_only", "off", False, "no"),
            ("malformed", "", False, "no"),
            ("by_action_type.read", "reply", False, "no"),
            ("by_action_type.query", "reply", False, "no"),
            ("by_agent_trust_level.high", "clerk", False, "no"),
            ("by_risk_score.auto_approve_below", "0.5", False, "no"),
            ("none", "", True, "manual")])

    def test_changes_nothing(self):
        with self.nothing_changes():
            self.evaluate({"action_type": "deploy"}, requester_id="rita")
            self.evaluate()

    def test_the_kill_switch(self):
        with contextlib.ExitStack() as off:
            off.callback(plain.request, "PUT", SWITCH, {"manual_only": False})
            self.assert_status(plain.request("PUT", SWITCH, {"manual_only": True}), 200)
            self.assert_says(self.evaluate(), "manual", "manual_only", "on")
            self.assert_says(self.evaluate(action_type="refund"), "manual",
                             "always_manual_approval", "refund")
        self.assert_says(self.evaluate(), "approve", "by_action_type.query", "query")


class Windows(Evaluate):
    service = office

    def test_inside(self):
        got = self.evaluate({"risk_score": 0.5}, action_type="write", at=INSIDE)
        self.assert_says(got, "approve", "by_time_window.approve_in_window", "0.5")
        self.assertIn({"rule": "by_time_window.business_hours",
                       "value": "Thursday 13:00 Europe/Berlin", "matched": True, "effect": "no"},
                      got["explanation"])
        self.assert_says(self.evaluate(at=INSIDE), "approve", "by_action_type.query", "query")

    def test_outside(self):
        got = self.evaluate(at=OUTSIDE)
        self.assert_says(got, "manual", "by_time_window.business_hours",
                         "Thursday 08:59 Europe/Berlin")
        self.assertEqual(got["explanation"][-1]["effect"], "restricts")

    def test_on_a_weekend(self):
        self.assert_says(self.evaluate(at=SATURDAY), "manual", "by_time_window.weekend_override",
                         "Saturday 13:00 Europe/Berlin")

    def test_now_when_nothing_is_said(self):
        """Either answer, but of the same moment as a submission's."""
        rule = self.evaluate()["rule"]
        self.assertIn(rule, ("by_action_type.query", "by_time_window.business_hours",
                             "by_time_window.weekend_override"))


class WithoutRules(Evaluate):
    service = bare

    def test_people_decide(self):
        got = self.evaluate()
        self.assert_says(got, "manual", "no_rules", "")
        self.assertIsNone(got["rules_sha256"])

    def test_a_new_file_is_seen(self):
        bare.write_rules(RULES)
        try:
            wait_for("every process has it", lambda: all(
                bare.fresh("POST", URL, {"payload": {}}).json["decision"] == "approve"
                for _ in range(8)))
        finally:
            bare.rules_path.unlink()
        wait_for("it is gone everywhere", lambda: all(
            bare.fresh("POST", URL, {"payload": {}}).json["rule"] == "no_rules"
            for _ in range(8)))


class BadBodies(Evaluate):
    def test_what_does_not_fit(self):
        for body, pointers in (
                ({}, {"/payload"}),
                ({"payload": []}, {"/payload"}),
                ({"payload": {}, "action_type": 7}, {"/action_type"}),
                ({"payload": {}, "requester_id": ""}, {"/requester_id"}),
                ({"payload": {}, "at": "tomorrow"}, {"/at"}),
                ({"payload": {}, "at": "2026-02-30T00:00:00Z"}, {"/at"}),
                ({"payload": {}, "at": 7}, {"/at"}),
                ({"payload": {}, "action": "read"}, {"/action"}),
                ({"payload": 1, "at": "x", "stage": {}}, {"/payload", "/at", "/stage"})):
            with self.subTest(body=body):
                self.assert_problem(plain.post(URL, body), 422, pointers=pointers)
        self.assert_problem(plain.post(URL, b"{"), 422)

    def test_only_posted(self):
        a = plain.get(URL)
        self.assert_problem(a, 405)
        self.assertIn("POST", a.header("Allow"))
