"""The pool restarted and killed under load: no request fails, no acknowledged write is lost."""
import contextlib
import os
import random
import signal
import time

from harness import HttpCase, Service, wait_for
from load import Load, check_database, check_promises

service = Service(APPROVAL_PROCESSES=2, APPROVAL_THREADS=16, LOG_LEVEL="warn")


def setUpModule():
    service.start()


def tearDownModule():
    service.stop()


class Restart(HttpCase):
    service = service

    def setUp(self):
        self.workflow = service.publish({"id": "s", "type": "parallel",
                                         "approvers": ["ann", "bob"], "quorum": 2})

    def kill(self, *pids):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def wait_for_workers(self, n, but=()):
        """Until the pool has n processes again, none of them of `but`."""
        def there():
            now = service.workers()
            return now if len(now) == n and not set(now) & set(but) else None
        return wait_for(f"{n} workers", there, seconds=20)

    def test_graceful_restarts_fail_no_request(self):
        before = set(service.workers())
        self.assertEqual(len(before), 2)
        with Load(service, self.workflow) as load:
            load.wait_for_more(50)
            for _ in range(3):
                service.restart_pool()
                load.wait_for_more(50)
        self.assertEqual(load.failures, [])
        self.assertEqual(load.interrupted, {})
        self.assertFalse(before & set(service.workers()), "the processes were not replaced")
        self.assertEqual(len(load.votes), 2 * len(load.submitted))
        check_promises(self, service, load)
        check_database(self, service)

    def test_killed_workers_lose_nothing_that_was_acknowledged(self):
        chance = random.Random(1)
        with Load(service, self.workflow) as load:
            load.wait_for_more(30)
            for _ in range(4):
                victim = chance.choice(self.wait_for_workers(2))
                self.kill(victim)
                self.wait_for_workers(2, but=[victim])
                load.wait_for_more(20)
        self.assertEqual(load.failures, [])
        check_promises(self, service, load)
        check_database(self, service)

    def test_all_workers_killed_while_writes_queue(self):
        with Load(service, self.workflow, clients=32) as load:
            load.wait_for_more(30)
            for _ in range(2):
                victims = self.wait_for_workers(2)
                self.kill(*victims)
                self.wait_for_workers(2, but=victims)
                load.wait_for_more(20)
        self.assertEqual(load.failures, [])
        self.assertTrue(load.interrupted, "nothing was in flight: the test tested nothing")
        check_promises(self, service, load)
        check_database(self, service)

    def test_repeating_with_the_same_key_is_safe(self):
        """Who asks again after a 502 gets the one answer, whether or not it was done before."""
        with Load(service, self.workflow, retries=True) as load:
            load.wait_for_more(20)
            for _ in range(2):
                victims = self.wait_for_workers(2)
                self.kill(*victims)
                self.wait_for_workers(2, but=victims)
                load.wait_for_more(20)
        self.assertEqual(load.failures, [])
        check_promises(self, service, load)
        made = service.one("SELECT count(*) FROM approvals WHERE target_entity LIKE ?",
                           load.name + "/%")
        # Only the last request of each client may have gone unanswered.
        self.assertLessEqual(made - len(load.submitted), len(load.threads))
        self.assertLessEqual(2 * len(load.submitted) - len(load.votes), 2 * len(load.threads))

    def test_a_killed_worker_holds_up_nobody(self):
        victims = self.wait_for_workers(2)
        self.kill(victims[0])
        began = time.monotonic()
        answers = [service.fresh("GET", "/health") for _ in range(20)]
        self.assertLessEqual({a.status for a in answers}, {200, 502, 503})
        self.assertLess(time.monotonic() - began, 10)
        self.wait_for_workers(2, but=victims[:1])
        self.assertEqual({service.fresh("GET", "/health").status for _ in range(10)}, {200})


class Whole(HttpCase):
    """A service of its own, stopped and started on the same data."""

    @classmethod
    def setUpClass(cls):
        cls.service = Service().start()

    @classmethod
    def tearDownClass(cls):
        cls.service.stop()

    def test_the_data_is_there_after_a_stop_and_a_start(self):
        wf = self.service.publish({"id": "s", "approvers": ["ann", "bob"]})
        appr = self.service.submit(wf)
        self.service.act(appr, "ann", "approve")
        before = self.service.detail(appr)
        self.service.restart()
        self.assertEqual(self.service.detail(appr), before)
        self.assertEqual(self.service.act(appr, "bob", "approve").json["status"], "approved")
        check_database(self, self.service)

    def test_a_stop_finishes_the_requests_in_hand(self):
        wf = self.service.publish({"id": "s", "type": "parallel", "approvers": ["ann", "bob"],
                                   "quorum": 2})
        with Load(self.service, wf) as load:
            load.wait_for_more(30)
            code = self.service.stop_process()
            load.stopping.set()
        self.assertEqual(code, 0)
        self.assertEqual(load.failures, [])
        answered = [k for k in load.interrupted if isinstance(k, int)]
        self.assertEqual(answered, [], "what was accepted was also done")
        self.service.restart()
        check_promises(self, self.service, load)

    def test_everything_killed_at_once(self):
        """As when the machine's power fails, as far as processes can tell."""
        wf = self.service.publish({"id": "s", "type": "parallel", "approvers": ["ann", "bob"],
                                   "quorum": 2})
        with Load(self.service, wf) as load:
            load.wait_for_more(30)
            for pid in self.service.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            load.stopping.set()
        self.assertEqual(load.failures, [])
        self.service.restart()
        check_promises(self, self.service, load)
        check_database(self, self.service)
        self.assertEqual(self.service.ask(wf).status, 201)
