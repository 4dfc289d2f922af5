"""How long `finadwatch --help` takes, beside an interpreter that does nothing, in one run.

    python benchmarks/startup.py [--runs 15]

Design §8: under 0.3 s. Prints medians in seconds, whole processes from outside, and their ratio.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence


def seconds(command: Sequence[str]) -> float:
    """Wall time of one run of a command."""
    begun = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def main() -> None:
    """Time both in turn and print one JSON object."""
    parser = argparse.ArgumentParser(description="Time the start of the command line.")
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    bare = [sys.executable, "-c", "pass"]
    helped = [sys.executable, "-m", "finadwatch", "--help"]
    pairs = [(seconds(bare), seconds(helped)) for _ in range(runs + 1)][1:]  # the first run fills caches
    interpreter, help_page = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        json.dumps(
            {
                "runs": runs,
                "python -c pass": round(interpreter, 4),
                "finadwatch --help": round(help_page, 4),
                "ratio": round(help_page / interpreter, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
