"""Other people's hostile texts: JSONTestSuite and the list of naughty strings."""
import json
import unicodedata
import unittest

import harness
from harness import HttpCase, Service, unique
from page import Page

JSON_FILES = sorted((harness.VECTORS / "json-parsing").glob("*.json"))
NAUGHTY_FILE = harness.VECTORS / "naughty-strings.json"
# Legal by the grammar, but two readers would understand them differently.
REFUSED = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}

service = Service()


def setUpModule():
    if not harness.VECTORS.is_dir():
        raise unittest.SkipTest(f"no test data in {harness.VECTORS} (VECTORS_DIR)")
    service.start()


def tearDownModule():
    service.stop()


def without_space(text):
    """JSON without the white space between its tokens."""
    out, inside, escaped = bytearray(), False, False
    for c in text:
        if inside:
            inside = escaped or c != ord('"')
            escaped = not escaped and c == ord("\\")
        elif c in b" \t\r\n":
            continue
        elif c == ord('"'):
            inside = True
        out.append(c)
    return bytes(out)


class Json(HttpCase):
    service = service

    def test_there_are_files(self):
        kinds = [f.name[0] for f in JSON_FILES]
        self.assertGreater(min(kinds.count(k) for k in "nyi"), 30)

    def test_as_the_whole_body(self):
        with self.nothing_changes():
            for file in JSON_FILES:
                with self.subTest(file=file.name):
                    a = service.post("/api/v1/approvals", file.read_bytes())
                    self.assert_problem(a, 422)
                    if file.name in REFUSED or file.name[0] == "n":
                        self.assertNotIn("is required", a.json["detail"])

    def test_inside_a_payload(self):
        wf = service.publish({})
        for file in JSON_FILES:
            with self.subTest(file=file.name):
                text = file.read_bytes()
                body = (b'{"workflow_id":"%s","target_entity":"t","requester_id":"r",'
                        b'"payload":{"v":%s}}' % (wf.encode(), text))
                a = service.post("/api/v1/approvals", body)
                if file.name in REFUSED or file.name[0] == "n":
                    self.assert_problem(a, 422)
                elif file.name[0] == "y" or a.status == 201:
                    self.assert_status(a, 201)
                    kept = service.get(f"/api/v1/approvals/{a.json['approval_id']}").body
                    self.assertIn(b'"payload":{"v":' + without_space(text) + b'},', kept)
                else:
                    self.assert_problem(a, 422)

    def test_nothing_crashed(self):
        self.assert_status(service.get("/readyz"), 200)
        self.assertFalse([e for e in service.log_entries() if e.get("level") == "error"])


def needs_no_acceptance(text):
    """An id may be refused when it is empty, shows nothing, or holds control characters."""
    visible = any(unicodedata.category(c)[0] not in "ZC" for c in text)
    return not visible or any(unicodedata.category(c) == "Cc" for c in text)


@unittest.skipUnless(NAUGHTY_FILE.exists(), f"no {NAUGHTY_FILE} (VECTORS_DIR)")
class Naughty(HttpCase):
    service = service

    @classmethod
    def setUpClass(cls):
        cls.strings = json.loads(NAUGHTY_FILE.read_text(encoding="utf-8"))

    def submit(self, wf, target, text):
        return service.post("/api/v1/approvals", json.dumps(
            {"workflow_id": wf, "target_entity": target, "requester_id": "rita",
             "payload": {"s": text, text or "empty": 1}}, ensure_ascii=False).encode())

    def test_stored_and_read_back(self):
        wf = service.publish({})
        self.assertGreater(len(self.strings), 400)
        for text in self.strings:
            with self.subTest(text=text):
                target = text
                a = self.submit(wf, target, text)
                if a.status == 422 and needs_no_acceptance(text):
                    self.assert_problem(a, 422, pointers=["/target_entity"])
                    target = "plain"
                    a = self.submit(wf, target, text)
                self.assert_status(a, 201)
                got = service.detail(a.json["approval_id"])
                self.assertEqual(got["target_entity"], target)
                self.assertEqual(got["payload"], {"s": text, text or "empty": 1})

    def test_as_people_and_comments(self):
        wf = service.publish({})
        for text in self.strings[::5]:
            with self.subTest(text=text):
                appr = service.submit(wf)
                a = service.act(appr, text, "approve", comment=text)
                if a.status == 422 and needs_no_acceptance(text):
                    continue
                if a.status == 422 and len(text) > 200:
                    continue
                self.assert_status(a, 200)
                event = service.detail(appr)["events"][-1]
                self.assertEqual((event["actor_id"], event["data"]["comment"]), (text, text))

    def test_harmless_on_the_page(self):
        plain = Page(service.get("/").body.decode())
        names = []
        for text in self.strings:
            a = service.post("/api/v1/workflows",
                             {"id": unique("wf"), "name": text, "stages": [{}]})
            if a.status == 422 and (needs_no_acceptance(text) or len(text) > 1000):
                continue
            self.assert_status(a, 201)
            names.append(text)
        ids = []
        for text in self.strings[::10]:
            a = service.post("/api/v1/workflows", {"id": text, "stages": [{"id": text}]})
            if a.status == 201:
                ids.append(text)
                service.submit(text)
        a = self.assert_status(service.get("/"), 200)
        page = Page(a.body.decode("utf-8"))
        cells = set(page.cells)
        for text in names + ids[-40:]:
            self.assertIn(text, cells)
        self.assertLessEqual(page.tags, plain.tags | {"table", "caption", "thead", "tbody", "tr",
                                                      "th", "td", "a", "p"})
        self.assertLessEqual(page.attributes, plain.attributes | {"scope", "href"})
        self.assertFalse(page.tags & {"script", "img", "iframe", "svg", "style", "object"})
        for link in page.links:
            if link not in ("/", "/static/style.css"):
                self.assertRegex(link, r"^/api/v1/(workflows|approvals)/[A-Za-z0-9._~%-]+$")
        self.assertEqual(a.header("Content-Type"), "text/html; charset=utf-8")
        self.assertEqual(a.header("X-Content-Type-Options"), "nosniff")
