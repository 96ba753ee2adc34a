"""The examples do what the file beside each of them says."""
import json
import re

import harness
from harness import HttpCase, Service

EXAMPLES = harness.ROOT / "examples"

service = Service(APPROVAL_RULES_PATH=EXAMPLES / "rules.json")


def setUpModule():
    service.start()


def tearDownModule():
    service.stop()


def filled(value, names):
    """{name} in any text becomes what was saved under it."""
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda m: names.get(m.group(1), m.group(0)), value)
    if isinstance(value, list):
        return [filled(v, names) for v in value]
    if isinstance(value, dict):
        return {k: filled(v, names) for k, v in value.items()}
    return value


class Examples(HttpCase):
    service = service

    def assert_holds(self, got, expected, where):
        """got has at least what expected has."""
        if isinstance(expected, dict):
            self.assertIsInstance(got, dict, where)
            for key, value in expected.items():
                self.assertIn(key, got, where)
                self.assert_holds(got[key], value, f"{where}/{key}")
        elif isinstance(expected, list):
            self.assertEqual(len(got), len(expected), where)
            for i, value in enumerate(expected):
                self.assert_holds(got[i], value, f"{where}/{i}")
        else:
            self.assertEqual(got, expected, where)

    def test_there_are_seven_with_a_run_each(self):
        names = {p.name.split(".")[0] for p in EXAMPLES.glob("*.workflow.json")}
        self.assertGreaterEqual(len(names), 7)
        self.assertEqual(names, {p.name.split(".")[0] for p in EXAMPLES.glob("*.run.json")})

    def test_each_run(self):
        for path in sorted(EXAMPLES.glob("*.workflow.json")):
            with self.subTest(example=path.name):
                beside = path.with_name(path.name.replace(".workflow.", ".run."))
                run = json.loads(beside.read_text())
                self.assertTrue(run["steps"])
                names = {}
                self.run_steps(path.name, "before", run.get("before", []), names)
                a = service.post("/api/v1/workflows", path.read_bytes())
                self.assert_status(a, 201)
                self.assertNotIn("warnings", a.json)
                self.run_steps(path.name, "steps", run["steps"], names)

    def run_steps(self, example, part, steps, names):
        """Each step is a request, the status it is answered with, what the answer has at least, and
        members of it whose values later steps name."""
        for i, step in enumerate(steps):
            self.assertLessEqual(set(step), {"request", "status", "expect", "save"})
            request = filled(step["request"], names)
            a = service.request(request["method"], request["path"], request.get("body"))
            where = f"{example}, {part} {i + 1}: {a!r}"
            self.assertEqual(a.status, step["status"], where)
            self.assert_holds(a.json, filled(step.get("expect", {}), names), where)
            names.update({name: a.json[member] for name, member in step.get("save", {}).items()})

    def test_the_readme_names_them(self):
        readme = (harness.ROOT / "README.md").read_text()
        for path in EXAMPLES.glob("*.workflow.json"):
            self.assertIn(path.name, readme)


class Schema(HttpCase):
    service = service

    def test_the_schema_of_definitions_is_served(self):
        a = self.assert_status(service.get("/schemas/workflow.json"), 200)
        self.assertEqual(a.header("Content-Type"), "application/schema+json")
        self.assertEqual(a.body, (harness.ROOT / "schema" / "workflow.schema.json").read_bytes())
