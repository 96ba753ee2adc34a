"""Black-box tests of the service through the real nginx and the real pool.

python3 tests/http/run.py --build build/asan [--filter NAME]
"""
import argparse
import pathlib
import signal
import sys
import time
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import harness  # noqa: E402


class Report(unittest.TestResult):
    """One line per test as it ends."""

    def __init__(self):
        super().__init__()
        self.passed = 0
        self.bad = 0

    def line(self, word, test, text=""):
        print(f"{word:7} {test.id()}", flush=True)
        if text:
            print("        " + text.strip().replace("\n", "\n        "), flush=True)

    def addSuccess(self, test):
        self.passed += 1
        self.line("ok", test)

    def failed(self, test, err):
        self.bad += 1
        self.line("FAILED", test, self._exc_info_to_string(err, test))

    def addFailure(self, test, err):
        self.failed(test, err)

    def addError(self, test, err):
        self.failed(test, err)

    def addSkip(self, test, reason):
        self.line("skipped", test, reason)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.sub_failed = True
            self.line("FAILED", subtest, self._exc_info_to_string(err, test))

    def startTest(self, test):
        self.sub_failed = False
        super().startTest(test)

    def stopTest(self, test):
        if self.sub_failed:
            self.bad += 1
        super().stopTest(test)


def each_test(suite):
    for part in suite:
        if isinstance(part, unittest.TestSuite):
            yield from each_test(part)
        else:
            yield part


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/release", help="folder with the programs")
    parser.add_argument("--filter", default="", help="only tests whose name holds this")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    harness.build = pathlib.Path(options.build).resolve()
    for needed in (harness.build / "approval-app", harness.RUN):
        if not needed.exists():
            print(f"{needed} is not there: run make BUILD={harness.build.name} programs first")
            return 2

    found = unittest.TestLoader().discover(str(HERE), pattern="test_*.py")
    chosen = unittest.TestSuite(t for t in each_test(found) if options.filter in t.id())
    report = Report()
    began = time.monotonic()
    try:
        chosen.run(report)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        return 130
    print(f"http tests: {time.monotonic() - began:.0f} s", flush=True)
    print(f"{report.passed} passed, {report.bad} failed", flush=True)
    return 0 if report.passed and not report.bad else 1


if __name__ == "__main__":
    sys.exit(main())
