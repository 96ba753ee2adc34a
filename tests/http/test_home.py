"""The page `/`."""
from harness import HttpCase, Service
from page import Page

service = Service()


def setUpModule():
    service.start()


def tearDownModule():
    service.stop()


class Home(HttpCase):
    service = service

    def test_lists_workflows_and_pending_approvals(self):
        wf = service.publish({"id": "the-stage"}, name="Some name")
        pending, decided = service.submit(wf), service.submit(wf)
        service.act(decided, "ann", "approve")
        cells = Page(service.get("/").body.decode()).cells
        for text in (wf, "Some name", "the-stage", pending):
            self.assertIn(text, cells)
        self.assertNotIn(decided, cells)

    def test_nothing_foreign_runs_in_it(self):
        self.assertIn("default-src 'none'", service.get("/").header("Content-Security-Policy"))

    def test_says_that_sign_in_is_off(self):
        self.assertIn("Sign-in is off", service.get("/").body.decode())
