"""Runs stages of the test set, each a target of the Makefile, and adds up.

Every stage runs, also after one that failed. A stage passes when its command
succeeds; the tests it counted are read from the summary lines that the
runners print themselves. A stage of tests that counted none has failed: a
runner that found nothing to run proves nothing. The last line is the sum.
"""

import re
import subprocess
import sys
import time

# Stages that check and do not count.
CHECKS = {"fmt", "clippy"}
# One "--- PASS" a test from go, a line of sums from everyone else.
COUNTED = re.compile(r"(\d+) (passed|failed)\b")
GO_RESULT = re.compile(r"^\s*--- (PASS|FAIL):")
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def count(line):
    """Passed and failed tests that one line of output reports."""
    line = ESCAPES.sub("", line)
    if found := GO_RESULT.match(line):
        return (1, 0) if found[1] == "PASS" else (0, 1)
    sums = {word: int(number) for number, word in COUNTED.findall(line)}
    return sums.get("passed", 0), sums.get("failed", 0)


def run(stage):
    """Runs one stage, its output passed on; returns (ok, passed, failed, seconds)."""
    print(f"== {stage}", flush=True)
    began = time.monotonic()
    process = subprocess.Popen(
        ["make", "--no-print-directory", stage],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    passed = failed = 0
    for line in process.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        more_passed, more_failed = count(line)
        passed += more_passed
        failed += more_failed
    ok = process.wait() == 0 and failed == 0 and (stage in CHECKS or passed > 0)
    return ok, passed, failed, time.monotonic() - began


def main(stages):
    results = [(stage, *run(stage)) for stage in stages]
    print("==")
    for stage, ok, passed, failed, seconds in results:
        counts = "" if stage in CHECKS else f"{passed:6} passed {failed:4} failed"
        print(f"{'ok  ' if ok else 'FAIL'} {stage:10} {seconds:6.0f} s {counts}")
    # A stage that broke without a failed test of its own counts as one failure.
    passed = sum(result[2] for result in results) + sum(
        result[0] in CHECKS and result[1] for result in results
    )
    failed = sum(result[3] or (0 if result[1] else 1) for result in results)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
