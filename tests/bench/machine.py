"""What the numbers depend on: the machine, its disk, and who else keeps it busy."""

import os
import platform
import sqlite3
import statistics
import tempfile
import time

FSYNCS = 300


def file_system(path):
    """Type of the file system that path is on."""
    path = os.path.realpath(path)
    best = ("", "")
    with open("/proc/mounts", encoding="utf-8") as mounts:
        for line in mounts:
            _, where, kind = line.split()[:3]
            inside = path == where or path.startswith(where.rstrip("/") + "/")
            if inside and len(where) >= len(best[0]):
                best = (where, kind)
    return best[1]


def fsync_ms(folder):
    """Median time of appending a page to a file in folder and waiting until it is on disk."""
    took = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for _ in range(FSYNCS):
            start = time.perf_counter()
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - start)
    return statistics.median(took) * 1000


def cpu_model():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def describe(folder):
    """Refuses a folder that is not on a disk: an fsync there costs nothing and means nothing."""
    kind = file_system(folder)
    if kind in ("tmpfs", "ramfs"):
        raise SystemExit(f"bench: {folder} is on {kind}, not on a disk; set BENCH_DIR to one that is")
    return {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "sqlite": sqlite3.sqlite_version,
        "file_system": kind,
        "fsync_ms": round(fsync_ms(folder), 3),
        "load_before": round(os.getloadavg()[0], 2),
    }
