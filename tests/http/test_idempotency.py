"""Idempotency-Key: the same request again is answered again, and done once."""
import concurrent.futures
import json
import threading

from harness import HttpCase, Service, unique

service = Service()


def setUpModule():
    service.start()


def tearDownModule():
    service.stop()


class Idempotency(HttpCase):
    service = service

    def setUp(self):
        self.workflow = service.publish({"id": "s", "approvers": ["ann", "bob"]})
        self.target = unique("target")
        self.key = unique("key")

    def body(self, **members):
        body = {"workflow_id": self.workflow, "target_entity": self.target, "payload": {"n": 1},
                "requester_id": "rita"}
        body.update(members)
        return body

    def post(self, body=None, key=None, path="/api/v1/approvals"):
        return service.post(path, body or self.body(), {"Idempotency-Key": key or self.key})

    def approvals(self):
        return service.one("SELECT count(*) FROM approvals WHERE target_entity = ?", self.target)

    def assert_replay(self, answer, first):
        self.assertEqual(answer.status, first.status)
        self.assertEqual(answer.body, first.body, "byte for byte")
        self.assertEqual(answer.header("Content-Type"), first.header("Content-Type"))
        self.assertIsNone(first.header("Idempotency-Replayed"))
        self.assertEqual(answer.header("Idempotency-Replayed"), "true")

    def test_submission(self):
        first = self.assert_status(self.post(), 201)
        with self.nothing_changes():
            for _ in range(3):
                self.assert_replay(self.post(), first)
        self.assertEqual(self.approvals(), 1)

    def test_without_a_key_each_is_its_own(self):
        for _ in range(2):
            a = service.post("/api/v1/approvals", self.body())
            self.assertIsNone(a.header("Idempotency-Replayed"))
        self.assertEqual(self.approvals(), 2)

    def test_other_body(self):
        self.post()
        with self.nothing_changes("audit_logs"):
            self.assert_problem(self.post(self.body(payload={"n": 2})), 422)
        self.assertEqual(self.approvals(), 1)

    def test_other_path(self):
        first = self.post()
        path = f"/api/v1/approvals/{first.json['approval_id']}/actions"
        with self.nothing_changes("audit_logs"):
            self.assert_problem(self.post({"actor_id": "ann", "action": "approve"}, path=path), 422)
            self.assert_problem(self.post({"stages": [{}]}, path="/api/v1/workflows"), 422)

    def test_quoted_and_unquoted_are_one(self):
        first = self.assert_status(self.post(key=f'"{self.key}"'), 201)
        self.assert_replay(self.post(key=self.key), first)
        self.assert_replay(self.post(key=f'"{self.key}"'), first)

    def test_keys_are_told_apart_exactly(self):
        ids = {self.post(key=k).json["approval_id"]
               for k in (self.key, self.key + "x", self.key.upper(), f"{self.key}'--")}
        self.assertEqual(len(ids), 4)

    def test_keys_that_are_none(self):
        for key in ("", '""', "a b", "x" * 256, "k\u00e9"):
            with self.subTest(key=key), self.nothing_changes():
                a = service.post("/api/v1/approvals", self.body(), {"Idempotency-Key": key})
                if key == "":
                    self.assertIn(a.status, (400, 422))
                self.assert_problem(a, 422)
        self.assert_status(self.post(key="x" * 249 + unique("")[-6:]), 201)

    def test_an_action(self):
        appr = self.post().json["approval_id"]
        path = f"/api/v1/approvals/{appr}/actions"
        first = self.post({"actor_id": "ann", "action": "approve"}, unique("key"), path)
        self.assert_status(first, 200)
        key = unique("key")
        second = self.post({"actor_id": "bob", "action": "approve"}, key, path)
        self.assertEqual(second.json["status"], "approved")
        with self.nothing_changes():
            self.assert_replay(self.post({"actor_id": "bob", "action": "approve"}, key, path),
                               second)

    def test_an_answer_is_replayed_as_it_was_then(self):
        appr = self.post().json["approval_id"]
        path = f"/api/v1/approvals/{appr}/actions"
        first = self.post({"actor_id": "ann", "action": "approve"}, "k" + self.key, path)
        self.assertEqual(first.json["status"], "pending")
        service.act(appr, "bob", "approve")
        again = self.post({"actor_id": "ann", "action": "approve"}, "k" + self.key, path)
        self.assert_replay(again, first)

    def test_a_workflow(self):
        body = {"stages": [{"id": "s"}]}
        first = self.assert_status(self.post(body, path="/api/v1/workflows"), 201)
        with self.nothing_changes():
            self.assert_replay(self.post(body, path="/api/v1/workflows"), first)

    def test_refusals_too(self):
        appr = self.post().json["approval_id"]
        path = f"/api/v1/approvals/{appr}/actions"
        for body, status in (({"actor_id": "rita", "action": "approve"}, 403),
                             ({"actor_id": "ann", "action": "approve", "expected_seq": 9}, 412),
                             ({"actor_id": "ann", "action": "delegate", "assignee": "rita"}, 422)):
            with self.subTest(status=status):
                key = unique("key")
                first = self.assert_problem_answer(self.post(body, key, path), status)
                with self.nothing_changes():
                    self.assert_replay(self.post(body, key, path), first)
        service.act(appr, "rita", "withdraw")
        key = unique("key")
        first = self.assert_problem_answer(
            self.post({"actor_id": "ann", "action": "approve"}, key, path), 409)
        self.assert_replay(self.post({"actor_id": "ann", "action": "approve"}, key, path), first)

    def assert_problem_answer(self, answer, status):
        self.assert_problem(answer, status)
        return answer

    def test_a_refusal_stays_even_when_it_would_be_taken_now(self):
        appr = self.post().json["approval_id"]
        path = f"/api/v1/approvals/{appr}/actions"
        body, key = {"actor_id": "bob", "action": "approve"}, unique("key")
        first = self.assert_problem_answer(self.post(body, key, path), 403)
        service.act(appr, "ann", "approve")
        self.assert_replay(self.post(body, key, path), first)
        self.assertEqual(self.post(body, unique("key"), path).json["status"], "approved")

    def test_what_was_never_tried_may_be_mended(self):
        """A body that does not fit is no request yet: the key is still free."""
        self.assert_problem(self.post({"workflow_id": self.workflow}), 422)
        self.assert_status(self.post(), 201)

    def test_what_was_not_found_is_not_kept(self):
        wf = unique("later")
        self.assert_problem(self.post(self.body(workflow_id=wf)), 404)
        service.publish({}, id=wf)
        a = self.assert_status(self.post(self.body(workflow_id=wf)), 201)
        self.assertIsNone(a.header("Idempotency-Replayed"))

    def test_twenty_at_once_make_one(self):
        gate = threading.Barrier(20)
        body = json.dumps(self.body()).encode()

        def submit(_):
            gate.wait()
            return service.fresh("POST", "/api/v1/approvals", body, {"Idempotency-Key": self.key})
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(submit, range(20)))
        self.assertEqual({a.status for a in answers}, {201})
        self.assertEqual(len({a.body for a in answers}), 1)
        self.assertEqual(sum(a.header("Idempotency-Replayed") is None for a in answers), 1)
        self.assertEqual(self.approvals(), 1)

    def test_twenty_votes_at_once_are_one(self):
        appr = self.post().json["approval_id"]
        gate = threading.Barrier(20)
        path = f"/api/v1/approvals/{appr}/actions"
        body = {"actor_id": "ann", "action": "approve"}

        def vote(_):
            gate.wait()
            return service.fresh("POST", path, body, {"Idempotency-Key": "v" + self.key})
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(vote, range(20)))
        self.assertEqual({(a.status, a.body) for a in answers}, {(200, answers[0].body)})
        self.assertEqual([e["action"] for e in self.events(appr)], ["submitted", "approve"])

    def test_survives_a_restart_of_the_pool(self):
        first = self.post()
        service.restart_pool()
        self.assert_replay(self.post(), first)
