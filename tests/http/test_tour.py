"""The README's five minutes, in its own words, on a service as `make run` starts it."""
import json
import re
import subprocess

import harness
from harness import HttpCase, Service, wait_for

WITHIN = 120  # seconds, for all of it
PASSWORD = "correct horse battery"
STATUSES = {"pending", "approved", "rejected"}

# Sign-in is on, and the keys are those that the first start makes.
service = Service(APPROVAL_AUTH="on", APPROVAL_RULES_PATH=harness.ROOT / "examples" / "rules.json")


def setUpModule():
    service.start()
    # The first administrator is made when the service answers already.
    wait_for("the link is printed", lambda: "/setup?token=" in service.log_text())


def tearDownModule():
    service.stop()


def blocks():
    """What is written between ```sh and ``` from the tour's beginning to its end."""
    text = (harness.ROOT / "README.md").read_text()
    tour = text[text.index("## Five minutes with curl"):text.index("## How it is built")]
    return re.findall(r"```sh\n(.*?)```", tour, re.S)


def adapted(block):
    """What the reader does himself: which service it is, the id he keeps, the link he opens."""
    block = re.sub(r"^PATH=\$PWD/build/release:", f"PATH={harness.build}:", block, flags=re.M)
    block = re.sub(r"^BASE=\S+", f"BASE=http://127.0.0.1:{service.port}", block, flags=re.M)
    block = block.replace("make smoke BASE=http://127.0.0.1:8003", "sh tests/smoke.sh $BASE")
    block = re.sub(
        r"^approvalctl setup-link (\w+).*$",
        r"LINK=$(approvalctl setup-link \1); curl -s $BASE/setup -H "
        r'"Origin: $BASE" --data-urlencode "token=${LINK#*token=}" '
        rf"--data-urlencode 'password={PASSWORD}' --data-urlencode 'again={PASSWORD}'",
        block, flags=re.M)
    block = block.replace("password=…", f"password={PASSWORD}")
    if "$ID" in block:
        block = "ID=${ID:-$(as erin $BASE/api/v1/approvals | jq -r '.[0].id')}\n" + block
    return block


def expected(block):
    """What its comments say that comes out, as patterns, in order."""
    patterns = []
    for line in block.splitlines():
        command, mark, said = line.partition("# ") if line.startswith("# ") else \
            line.partition(" # ")
        word = re.match(r"\w*", said.strip())[0]
        if not mark:
            continue
        if word.isdigit():
            patterns.append(rf'"status":{word}\b')
        elif word in STATUSES:
            patterns.append(rf'"status":"{word}"')
        elif not command:
            pattern = re.escape(said.strip()).replace("…", ".*")
            patterns.append(re.sub(r"\d{2,}", r"\\d+", pattern))
    return patterns


class Tour(HttpCase):
    service = service

    def run_all(self, tour):
        script = "".join(f"printf '\\n=== {i}\\n'\n{adapted(b)}\n" for i, b in enumerate(tour))
        done = subprocess.run(["sh", "-c", script], cwd=harness.ROOT, stdin=subprocess.DEVNULL,
                              env=service.environment(SMOKE_DB=service.db_path),
                              capture_output=True, text=True, timeout=WITHIN)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotRegex(done.stderr, r"not found|[Ss]yntax|approvalctl:")
        return re.split(r"^=== \d+\n", done.stdout, flags=re.M)[1:]

    def test_the_tour_does_what_it_says(self):
        tour = blocks()
        outputs = self.run_all(tour)
        self.assertEqual(len(outputs), len(tour))
        found = 0
        for block, output in zip(tour, outputs):
            at = 0
            for pattern in expected(block):
                with self.subTest(pattern=pattern):
                    match = re.compile(pattern).search(output, at)
                    self.assertIsNotNone(match, f"{block}\n{output[at:]}")
                    at = match.end()
                    found += 1
        self.assertGreaterEqual(found, 15)
        self.assertIn("smoke: all is well", outputs[-1])
        asked = next(o for b, o in zip(tour, outputs) if "Idempotency-Key" in b).split("\n")
        answers = [json.loads(line) for line in asked if line.strip()]
        self.assertEqual(len(answers), 2)
        self.assertEqual(answers[0], answers[1])
