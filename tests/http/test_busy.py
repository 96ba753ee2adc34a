"""When nobody can write: the answer is a 503 that says so, and nothing of it is kept."""
import concurrent.futures
import fcntl
import time

from harness import HttpCase, Service, unique

PATIENCE = 5  # seconds a write waits for its turn
service = Service()


def setUpModule():
    service.start()


def tearDownModule():
    service.stop()


class Busy(HttpCase):
    service = service

    def post_timed(self, body, key):
        began = time.monotonic()
        a = service.post("/api/v1/approvals", body, headers={"Idempotency-Key": key})
        return a, time.monotonic() - began

    def test_writers_that_cannot_get_the_lock(self):
        wf, target = service.publish({}), unique("busy")
        body = {"workflow_id": wf, "target_entity": target, "requester_id": "rita", "payload": {}}
        keys = [unique("key") for _ in range(8)]
        with open(f"{service.db_path}.lock", "r+b") as lock, \
                concurrent.futures.ThreadPoolExecutor(len(keys)) as pool:
            fcntl.flock(lock, fcntl.LOCK_EX)
            waiting = [pool.submit(self.post_timed, body, key) for key in keys]
            self.assert_status(service.get(f"/api/v1/workflows/{wf}"), 200)
            refused = [w.result() for w in waiting]
            fcntl.flock(lock, fcntl.LOCK_UN)
        for a, seconds in refused:
            self.assert_problem(a, 503)
            self.assertEqual(a.header("Retry-After"), "1")
            self.assertGreaterEqual(seconds, PATIENCE - 0.5)
        count = "select count(*) from approvals where target_entity = ?"
        self.assertEqual(service.one(count, target), 0)

        for key in keys:
            for again in (False, True):
                a, _ = self.post_timed(body, key)
                self.assert_status(a, 201)
                self.assertEqual(a.header("Idempotency-Replayed"), "true" if again else None)
        self.assertEqual(service.one(count, target), len(keys))
