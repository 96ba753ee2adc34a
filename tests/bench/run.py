"""The benchmark: every measurement in turn with its reference, several rounds, one table.

run.py BUILD OUT: the product's programs are in BUILD, the references in OUT, where report.json goes.
BENCH_ROUNDS (3), BENCH_SECONDS (4, of each measurement), BENCH_DIR (OUT: where the databases are)."""

import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

import database
import load
import machine
import report
from service import Service, token

# More than can be voted on in a second.
APPROVALS_PER_SECOND = 8000
READ_IDS = 20000

WORKFLOW = {
    "id": "bench",
    "name": "Benchmark",
    "stages": [
        {
            "id": "peers",
            "type": "parallel",
            "approvers": ["alice", "bob"],
            "quorum": 2,
            "sla": {"duration": "4h"},
        },
        {"id": "lead", "type": "sequential", "approvers": ["carol"]},
    ],
}
SUBMISSION = {
    "workflow_id": "bench",
    "target_entity": "order/sample",
    "requester_id": "agent-7",
    "payload": {"amount": 249.9, "currency": "EUR", "reason": "arrived broken", "customer": "c-1"},
}


# Who signs in, with which roles.
PEOPLE = {
    "root": ["admin"],
    "agent-7": ["requester"],
    "alice": ["approver"],
    "bob": ["approver"],
    "carol": ["approver"],
    "vera": ["viewer"],
}


class Bench:
    def __init__(self, build, out, work):
        self.build, self.out, self.work = build, out, work
        self.rounds = int(os.environ.get("BENCH_ROUNDS", "3"))
        self.seconds = max(1, int(os.environ.get("BENCH_SECONDS", "4")))
        self.failures = []
        self.rows = {}  # of a submission, by who wrote it
        self.tokens = {name: token(name, *roles) for name, roles in PEOPLE.items()}

    def path(self, name):
        return os.path.join(self.work, name)

    def fail(self, text):
        self.failures.append(text)
        print(f"  FAILED: {text}", flush=True)

    def prepare(self):
        """One database with a sample that the product wrote and everything that will be voted on or
        read, copied for each of those who write."""
        ours = self.path("ours.db")
        with Service(self.build, ours, self.work) as service:
            for who in self.tokens.values():
                service.call("GET", "/api/v1/users/me", who=who)
            service.call("POST", "/api/v1/workflows", WORKFLOW, self.tokens["root"])
            answer = service.call("POST", "/api/v1/approvals", SUBMISSION, self.tokens["agent-7"])
        if answer["status"] != "pending":
            raise SystemExit(f"bench: the sample should wait for people: {answer}")
        self.sample = answer["approval_id"]
        votes = APPROVALS_PER_SECOND * self.seconds
        load.fill(f"{self.out}/fill", ours, self.sample, max(votes * self.rounds + votes, READ_IDS))
        database.settle(ours)
        ids = database.pending_ids(ours)[1:]
        for i in range(self.rounds + 1):
            self.write_ids(f"votes-{i}", ids[i * votes : (i + 1) * votes])
        self.write_ids("reads", ids[:: math.ceil(len(ids) / READ_IDS)])
        for name in ("bare_loop", "naive_pool", "fair_pool", "echo"):
            database.copy(ours, self.path(f"{name}.db"))
        os.sync()

    def write_ids(self, name, ids):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write("".join(f"{i}\n" for i in ids))

    def http(self, service, what, path, script, label, ids=None, who=None):
        token_text = self.tokens[who] if who else ""
        result = load.wrk(
            service.base + path, script, self.seconds, label, ids and self.path(ids), token_text
        )
        errors = load.wrk_errors(result)
        if errors or not result["requests"]:
            self.fail(f"{what}, round {label}: {errors} of {result['requests']} went wrong: {result}")
        return result

    def loop(self, name):
        path = self.path(f"{name}.db")
        before = database.counts(path)
        result = load.loop(f"{self.out}/{name}", path, self.sample, self.seconds)
        new = database.grown(before, database.counts(path))
        if new["approvals"] != sum(result["commits"]):
            self.fail(f"{name}: {new['approvals']} approvals kept of {sum(result['commits'])}")
        self.check_rows(name, new)
        return result

    def submit(self, service, label):
        before = database.counts(service.database)
        result = self.http(service, "submit", "/api/v1/approvals", "submit.lua", label, who="agent-7")
        time.sleep(0.5)  # for those that were on their way when wrk stopped
        new = database.grown(before, database.counts(service.database))
        if not 0 <= new["approvals"] - result["requests"] <= load.CONNECTIONS:
            self.fail(f"submit: {new['approvals']} approvals kept of {result['requests']} answered")
        self.check_rows("ours", new)
        return result

    def approve(self, service, round_no, label):
        before = database.counts(service.database)
        result = self.http(
            service, "approve", "/", "approve.lua", label, f"votes-{round_no}", "alice"
        )
        time.sleep(0.5)
        new = database.grown(before, database.counts(service.database))
        if not 0 <= new["approval_events"] - result["requests"] <= load.CONNECTIONS:
            self.fail(f"approve: {new['approval_events']} votes kept of {result['requests']} answered")
        return result

    def check_rows(self, who, new):
        """A reference that writes less than the product would be no reference."""
        if not new["approvals"]:
            return  # a naive pool may well not get anywhere
        self.rows[who] = database.per_submission(new)
        if self.rows[who] != self.rows.get("ours", self.rows[who]):
            self.fail(f"{who} writes {self.rows[who]} for a submission, ours {self.rows['ours']}")

    def check_answers(self, service):
        """What is measured is what is meant."""
        vera = self.tokens["vera"]
        approval = service.call("GET", f"/api/v1/approvals/{self.sample}", who=vera)
        pending = service.call("GET", "/api/v1/approvals?status_filter=pending", who=vera)
        if approval.get("id") != self.sample or len(pending) != 50:
            self.fail("the answers to be measured are not the ones that were expected")

    def steps(self, service, echo, round_no):
        """What a round measures. What is compared stands close together: machines change their speed
        from one moment to the next."""
        label = f"r{round_no}"
        pending = "/api/v1/approvals?status_filter=pending"
        return (
            ("naive_pool", lambda: self.loop("naive_pool")),
            ("fair_pool", lambda: self.loop("fair_pool")),
            ("approve", lambda: self.approve(service, round_no, label)),
            ("bare_loop", lambda: self.loop("bare_loop")),
            ("submit", lambda: self.submit(service, label)),
            ("list_pending", lambda: self.http(service, "list", pending, "report.lua", label, who="vera")),
            ("echo", lambda: self.http(echo, "echo", "/health", "report.lua", label)),
            ("read_one", lambda: self.http(service, "read", "/", "read_one.lua", label, "reads", "vera")),
            ("health", lambda: self.http(service, "health", "/health", "report.lua", label)),
        )

    def round(self, service, echo, round_no):
        """Every second round goes the other way, so that nothing always comes first."""
        order = 1 if round_no % 2 else -1
        return {name: step() for name, step in self.steps(service, echo, round_no)[::order]}

    def warm_up(self, service, echo):
        seconds, self.seconds = self.seconds, 1
        self.round(service, echo, 0)
        self.seconds = seconds

    def measure(self):
        rounds = []
        with Service(self.build, self.path("ours.db"), self.work) as service, Service(
            f"{self.out}/echo", self.path("echo.db"), self.work
        ) as echo:
            self.check_answers(service)
            self.warm_up(service, echo)
            for i in range(1, self.rounds + 1):
                print(f"round {i} of {self.rounds}", flush=True)
                rounds.append(self.round(service, echo, i))
            return rounds, service.resident_mib()


def evaluate_us(out):
    """Microseconds for one stage of 200 approvers in a tree of 50 nodes; see evaluate.c."""
    done = subprocess.run([f"{out}/evaluate"], capture_output=True, text=True, check=True)
    return float(re.match(r"evaluate: ([0-9.]+) us ", done.stdout).group(1))


def token_us(out):
    """Microseconds to check and to sign an HS256 token, and what was wrong; see token.c."""
    done = subprocess.run([f"{out}/token"], capture_output=True, text=True, check=False)
    found = re.match(r"token: ([0-9.]+) us per check, ([0-9.]+) us per signature", done.stdout)
    if not found:
        raise RuntimeError(f"token: {done.stderr}")
    late = [f"a token check took longer than its bar: {done.stdout}"] if done.returncode else []
    return float(found.group(1)), float(found.group(2)), late


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped
    build, out = sys.argv[1:3]
    where = os.environ.get("BENCH_DIR", out)
    facts = machine.describe(where)
    print(", ".join(f"{key} {value}" for key, value in facts.items()), flush=True)
    with tempfile.TemporaryDirectory(prefix="databases-", dir=where) as work:
        bench = Bench(build, out, os.path.abspath(work))
        bench.prepare()
        rounds, memory = bench.measure()
    facts["load_after"] = round(os.getloadavg()[0], 2)
    facts["echo_fastest_by_slowest"] = round(report.spread(rounds, "echo"), 2)
    check_us, sign_us, late = token_us(out)
    bench.failures += late
    alone = {"evaluate": evaluate_us(out), "token_check": check_us, "token_sign": sign_us}
    rows = report.table(rounds, memory, alone)
    print(report.markdown(rows))
    with open(f"{out}/report.json", "w", encoding="utf-8") as file:
        whole = {
            "machine": facts,
            "connections": load.CONNECTIONS,
            "rows_of_a_submission": bench.rows,
            "table": rows,
            "rounds": rounds,
            "failures": bench.failures,
        }
        json.dump(whole, file, indent=2)
        file.write("\n")
    for text in bench.failures:
        print(f"FAILED: {text}")
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
