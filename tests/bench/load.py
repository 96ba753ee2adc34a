"""Running wrk, and the reference loops."""

import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
CONNECTIONS = 64
# One thread of wrk sends several times what the rest of two cores can answer.
WRK_THREADS = 1


def wrk(url, script, seconds, label, ids=None, token=""):
    """What report.lua prints, and per_second. token: of who signs in; "" for nobody."""
    env = dict(
        os.environ,
        BENCH_LUA=HERE,
        BENCH_ROUND=label,
        BENCH_WRK_THREADS=str(WRK_THREADS),
        BENCH_IDS=ids or "/dev/null",
        BENCH_TOKEN=token,
    )
    command = ["wrk", f"-t{WRK_THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s"]
    done = subprocess.run(
        command + ["-s", os.path.join(HERE, script), url],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if done.returncode or not lines:
        raise SystemExit(f"bench: wrk failed on {url}:\n{done.stdout}{done.stderr}")
    result = json.loads(lines[-1].removeprefix("RESULT "))
    result["per_second"] = result["requests"] / result["seconds"]
    return result


def wrk_errors(result):
    return result["status_errors"] + result["socket_errors"] + result["timeouts"]


def loop(program, database, sample, seconds):
    """Commits of each process of a reference loop, and per_second of all."""
    done = subprocess.run(
        [program, database, sample, str(seconds)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"bench: {program} failed:\n{done.stdout}{done.stderr}")
    result = json.loads(done.stdout.splitlines()[-1])
    commits = result["commits"]
    result["per_second"] = sum(commits) / result["seconds"]
    result["slowest_by_fastest"] = min(commits) / max(max(commits), 1)
    result["max_ms"] = max(result["longest_us"]) / 1000
    return result


def fill(program, database, sample, count):
    subprocess.run([program, database, sample, str(count)], check=True)
