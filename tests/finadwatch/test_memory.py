"""Freed memory goes back to the system once a process keeps lean."""

import subprocess
import sys

#: Takes 200 MB in blocks of 100 kB from a thread's arena, frees all but one small piece behind them.
_SCRIPT = """
import sys, threading
from pathlib import Path
if sys.argv[1] == "lean":
    from finadwatch.memory import keep_lean
    keep_lean()

def held():
    line = next(l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith("RssAnon"))
    return int(line.split()[1]) // 1024

big = bytearray(20_000_000); del big  # raises glibc's thresholds to this size
before = held()
blocks = []

def work():
    blocks.extend(bytearray(100_000) for _ in range(2000))
    kept.append(b"x" * 600)
    blocks.clear()

kept = []
thread = threading.Thread(target=work)
thread.start()
thread.join()
print(held() - before)
"""


def kept_mb(how: str) -> int:
    ran = subprocess.run([sys.executable, "-c", _SCRIPT, how], capture_output=True, text=True, check=True)
    return int(ran.stdout)


def test_what_was_freed_is_given_back() -> None:
    assert kept_mb("lean") < 5  # without: 11
