"""Automatic decisions: which rule speaks, what is recorded, and the rules file as it changes."""
import hashlib
import json
import time
import unittest

import harness
from harness import HttpCase, Service, wait_for

RULES = {
    "auto_approval_rules": {
        "by_action_type": {"read": {"enabled": True}, "query": {"enabled": True},
                           "write": {"enabled": True, "description": "not by its type alone"},
                           "list": {"enabled": False}},
        "by_agent_trust_level": {
            "high": {"enabled": True, "agents": ["faq-bot"]},
            "medium": {"enabled": True, "agents": ["clerk"], "auto_approve_actions": ["reply"]},
            "low": {"enabled": False, "agents": ["intern"], "auto_approve_actions": ["reply"]}},
        "by_risk_score": {"low_risk_threshold": 0.3, "medium_risk_threshold": 0.7,
                          "auto_approve_below": 0.2},
        "by_time_window": {"business_hours": {"enabled": False, "start": "09:00", "end": "17:00",
                                              "timezone": "UTC"},
                           "weekend_override": {"enabled": False}},
        "batch_approval": {"enabled": False, "max_batch_size": 5, "similarity_threshold": 0.9}},
    "escalation_rules": {"high_risk_actions": ["deploy"], "always_manual_approval": ["refund"]},
}

service = Service(rules=RULES)


def setUpModule():
    service.start()


def tearDownModule():
    service.stop()


class Rules(HttpCase):
    service = service

    def ask(self, auto_rules, payload=None, *more_stages):
        """Submits to a stage with those auto_rules; gives status and history."""
        wf = service.publish({"id": "auto", "auto_rules": auto_rules}, *more_stages)
        a = self.assert_status(service.ask(wf, payload=payload), 201)
        got = service.detail(a.json["approval_id"])
        self.assertEqual(got["status"], a.json["status"])
        return got

    def assert_automatic(self, got, rule, value):
        self.assertEqual(got["status"], "approved")
        event = got["events"][-1]
        self.assertEqual((event["action"], event["actor_id"]), ("approve", "system"))
        self.assertEqual((event["data"]["rule"], event["data"]["rule_value"]), (rule, value))
        self.assertEqual(event["data"]["rules_sha256"],
                         hashlib.sha256(service.rules_path.read_bytes()).hexdigest())

    def assert_for_people(self, got, rule=None):
        self.assertEqual(got["status"], "pending")
        self.assertEqual([e["action"] for e in got["events"]], ["submitted"])
        if rule:
            self.assertEqual(got["events"][0]["data"]["rule"], rule)
        self.assertEqual(service.act(got["id"], "ann", "approve").json["status"], "approved")


class Deciding(Rules):
    def test_by_action_type(self):
        for name in ("read", "query"):
            self.assert_automatic(self.ask({"action_type": name}), f"by_action_type.{name}", name)
            self.assert_automatic(self.ask({}, {"action_type": name}), f"by_action_type.{name}",
                                  name)
        self.assert_automatic(self.ask({}), "by_action_type.query", "query")
        for name in ("write", "list", "unheard-of", ""):
            self.assert_for_people(self.ask({}, {"action_type": name}))

    def test_the_stage_goes_before_the_payload(self):
        self.assert_for_people(self.ask({"action_type": "write"}, {"action_type": "query"}))
        self.assert_automatic(self.ask({"action_type": "query"}, {"action_type": "write"}),
                              "by_action_type.query", "query")

    def test_by_trust_level(self):
        got = self.ask({"action_type": "write"}, {"agent": "faq-bot"})
        self.assert_automatic(got, "by_agent_trust_level.high", "faq-bot")
        got = self.ask({"action_type": "reply"}, {"agent": "clerk"})
        self.assert_automatic(got, "by_agent_trust_level.medium", "clerk")
        for action, agent in (("write", "clerk"), ("reply", "intern"), ("reply", "stranger"),
                              ("write", "unknown")):
            with self.subTest(action=action, agent=agent):
                self.assert_for_people(self.ask({"action_type": action}, {"agent": agent}))

    def test_by_risk(self):
        for risk in (0, 0.0, 0.19, 0.19999):
            with self.subTest(risk=risk):
                got = self.ask({"action_type": "write"}, {"risk_score": risk})
                self.assertEqual(got["status"], "approved")
                self.assertEqual(got["events"][-1]["data"]["rule"],
                                 "by_risk_score.auto_approve_below")
        for payload in ({"risk_score": 0.2}, {"risk_score": 1}, {"risk_score": 5}, {}):
            with self.subTest(payload=payload):
                self.assert_for_people(self.ask({"action_type": "write"}, payload))

    def test_always_manual_beats_everything(self):
        tempting = {"agent": "faq-bot", "risk_score": 0}
        self.assert_for_people(self.ask({"action_type": "refund"}, tempting),
                               "always_manual_approval")
        self.assert_for_people(self.ask({}, dict(tempting, action_type="refund")),
                               "always_manual_approval")
        self.assert_for_people(self.ask({"action_type": "query"},
                                        dict(tempting, action_type="refund")),
                               "always_manual_approval")

    def test_high_risk_is_never_automatic(self):
        tempting = {"agent": "faq-bot", "risk_score": 0}
        self.assert_for_people(self.ask({"action_type": "deploy"}, tempting), "high_risk_actions")
        self.assert_for_people(self.ask({"action_type": "query"},
                                        dict(tempting, action_type="deploy")),
                               "high_risk_actions")

    def test_malformed_ratings_go_to_people(self):
        for payload in ({"risk_score": "0"}, {"risk_score": None}, {"risk_score": [0]},
                        {"risk_score": True}, {"risk_score": -1}, {"agent": ["faq-bot"]},
                        {"agent": 1}, {"action_type": 7}, {"action_type": {"query": 1}}):
            with self.subTest(payload=payload):
                got = self.ask({"action_type": "write"}, payload)
                self.assert_for_people(got)
        wf = service.publish({"auto_rules": {"action_type": "write"}})
        body = ('{"workflow_id":"%s","target_entity":"t","requester_id":"r",'
                '"payload":{"risk_score":-1e999}}' % wf).encode()
        a = self.assert_status(service.post("/api/v1/approvals", body), 201)
        self.assertEqual(a.json["status"], "pending")

    def test_a_stage_without_auto_rules_is_for_people(self):
        wf = service.publish({"id": "s"})
        self.assertEqual(service.ask(wf, payload={"risk_score": 0}).json["status"], "pending")


class Cascading(Rules):
    def test_over_all_stages(self):
        wf = service.publish(*[{"id": f"s{i}", "auto_rules": {}} for i in range(4)])
        a = service.ask(wf)
        self.assertEqual(a.json["status"], "approved")
        events = self.events(a.json["approval_id"])
        self.assertEqual([(e["action"], e["actor_id"], e["stage_id"]) for e in events],
                         [("submitted", "rita", None)] +
                         [("approve", "system", f"s{i}") for i in range(4)])

    def test_stops_where_people_decide_and_goes_on_after_them(self):
        wf = service.publish({"id": "a", "auto_rules": {}}, {"id": "b", "approvers": ["ann"]},
                             {"id": "c", "auto_rules": {}}, {"id": "d"}, {"id": "e",
                                                                          "auto_rules": {}})
        a = service.ask(wf)
        appr = a.json["approval_id"]
        self.assertEqual(a.json["status"], "pending")
        self.assertEqual(service.detail(appr)["current_stage_id"], "b")
        a = service.act(appr, "ann", "approve")
        self.assertEqual(a.json, {"approval_id": appr, "status": "pending",
                                  "current_stage_id": "d"})
        a = service.act(appr, "bob", "approve")
        self.assertEqual(a.json, {"approval_id": appr, "status": "approved"})
        self.assertEqual([e["actor_id"] for e in self.events(appr)],
                         ["rita", "system", "ann", "system", "bob", "system"])
        row = self.approval_row(appr)
        self.assertEqual((row["seq"], row["status"]), (6, "approved"))

    def test_the_wrong_hand_stops_nothing_else(self):
        wf = service.publish({"id": "a", "auto_rules": {}},
                             {"id": "b", "auto_rules": {"action_type": "refund"}})
        got = service.detail(service.submit(wf))
        self.assertEqual((got["status"], got["current_stage_id"]), ("pending", "b"))


class File(HttpCase):
    """On a service of its own, because the file changes."""

    @classmethod
    def setUpClass(cls):
        cls.service = Service(rules=RULES).start()
        cls.workflow = cls.service.publish({"id": "s", "auto_rules": {"action_type": "query"}})

    @classmethod
    def tearDownClass(cls):
        cls.service.stop()

    def tearDown(self):
        self.service.write_rules(RULES)
        self.everywhere("approved")

    def everywhere(self, status):
        """Within a few seconds, every process of the pool answers with that status."""
        last = []

        def steady():
            last.append(self.service.ask(self.workflow).json["status"])
            return len(last) >= 12 and set(last[-12:]) == {status}
        wait_for(f"submissions are {status}", steady, seconds=8)

    def readyz(self):
        """What the processes say about the rules: all of these statuses, and the complaints."""
        seen = [self.service.fresh("GET", "/readyz") for _ in range(12)]
        self.assertEqual({a.status for a in seen}, {200})
        rules = [a.json["checks"]["rules"][0] for a in seen]
        return {a.json["status"] for a in seen}, {r.get("output") for r in rules}

    def test_reloaded_when_it_changes(self):
        self.everywhere("approved")
        changed = json.loads(json.dumps(RULES))
        changed["escalation_rules"]["always_manual_approval"].append("query")
        self.service.write_rules(changed)
        self.everywhere("pending")
        self.assertEqual(self.readyz(), ({"pass"}, {None}))

    def test_a_window_that_is_closed_now(self):
        """Three minutes about 12 hours from now, on any day of the week."""
        self.everywhere("approved")
        at = (time.gmtime().tm_hour + 12) % 24
        changed = json.loads(json.dumps(RULES))
        changed["auto_approval_rules"]["by_time_window"] = {
            "business_hours": {"enabled": True, "start": f"{at:02}:30", "end": f"{at:02}:33",
                               "timezone": "UTC"},
            "weekend_override": {"enabled": True}}
        self.service.write_rules(changed)
        self.everywhere("pending")
        got = self.service.detail(self.service.submit(self.workflow))
        self.assertEqual(got["events"][0]["data"]["rule"], "by_time_window.business_hours")
        hours = changed["auto_approval_rules"]["by_time_window"]["business_hours"]
        hours.update(start="00:00", end="24:00")
        self.service.write_rules(changed)
        self.everywhere("approved")
        self.assertEqual(self.readyz(), ({"pass"}, {None}))

    def test_bad_file_is_refused_and_the_last_good_one_stays(self):
        self.everywhere("approved")
        for bad in ("{", "[]", '{"auto_approval_rules": {"by_risk_score":'
                    ' {"auto_approve_below": "high"}}}',
                    '{"auto_approval_rules": {"by_action_type": {"query": {"enabled": "yes"}}}}',
                    '{"escalation_rules": {"always_manual_approval": "query"}}',
                    '{"auto_approval_rules": {"by_time_window": {"business_hours":'
                    ' {"enabled": true, "start": "09:00", "end": "17:00", "timezone": "Mars"}}}}',
                    '{"a":1,"a":2}'):
            with self.subTest(file=bad):
                self.service.write_rules(bad)
                wait_for("readyz warns everywhere", lambda: self.readyz()[0] == {"warn"})
                self.assertNotIn(None, self.readyz()[1])
                self.assertEqual({self.service.ask(self.workflow).json["status"]
                                  for _ in range(8)}, {"approved"})
        refused = [e for e in self.service.log_entries() if e.get("event") == "rules.refused"]
        self.assertTrue(refused)
        self.assertEqual({e["level"] for e in refused}, {"error"})
        self.service.write_rules(RULES)
        wait_for("readyz passes again", lambda: self.readyz() == ({"pass"}, {None}))

    def test_missing_file_means_people(self):
        self.service.rules_path.unlink()
        self.everywhere("pending")
        self.assertEqual(self.service.fresh("GET", "/readyz").status, 200)
        self.service.write_rules(RULES)
        self.everywhere("approved")

    def test_the_pool_forgets_nothing_when_it_is_restarted_beside_a_bad_file(self):
        self.service.write_rules("{")
        self.service.restart_pool()
        self.assertEqual({self.service.ask(self.workflow).json["status"] for _ in range(8)},
                         {"pending"})
        self.assertEqual(self.readyz()[0], {"warn"})


class Shipped(unittest.TestCase):
    def test_the_shipped_file_leaves_windows_off(self):
        rules = json.loads((harness.ROOT / "examples" / "rules.json").read_text())
        window = rules["auto_approval_rules"].get("by_time_window", {})
        self.assertFalse([w for w in window.values() if isinstance(w, dict) and w.get("enabled")])
