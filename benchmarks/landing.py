"""Landing pages in Chromium, each kept whole: how many a second, and what a visit costs.

    python benchmarks/landing.py --hanlp PATH [--pages 200] [--latency 0.03 0.1]

The whole command `finadwatch crawl --urls` visits pages of a replica on loopback (`landing_replica.py`,
each page on a host of its own): robots.txt, redirects, full-page screenshot, WARC, drawn text, pop-ups tried,
judgement, SQLite. Counting begins after a tenth of the visits. Prints visits a second up to the end of the
run and CPU seconds a visit, in all and by program (crawl with its models, guard, Chromium, its driver).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import landing_replica
from spent import Spent

from findings.stores import open_store

HERE = Path(__file__).parent
#: Share of the visits after which models are loaded, Chromium runs, and counting begins.
WARM = 0.1


def main() -> None:
    """Measure once and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--hanlp", type=Path, default=Path("~/.finadwatch/models/hanlp-lac").expanduser())
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--latency", type=float, nargs=2, default=(0.03, 0.1))
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    command = [sys.executable, str(HERE / "landing_replica.py"), "--latency", *map(str, options.latency)]
    with (
        tempfile.TemporaryDirectory() as temporary,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as replica,
    ):
        assert replica.stdin is not None
        assert replica.stdout is not None
        port = json.loads(replica.stdout.readline())["port"]
        home = options.home or Path(temporary)
        config = {
            "models": {"hanlp": str(options.hanlp)},
            "crawl": {"pace": 0},
            "network": {
                "hosts": {landing_replica.host(n): "127.0.0.1" for n in range(options.pages)},
                "ports": {"80": port},
            },
        }
        (home / "config.yaml").write_text(json.dumps(config), "utf-8")
        listed = "\n".join(landing_replica.url(n) for n in range(options.pages))
        (home / "urls.txt").write_text(listed, "utf-8")
        clean = {key: value for key, value in os.environ.items() if not key.startswith("FINADWATCH_")}
        crawl = [sys.executable, "-m", "finadwatch", "crawl", "--urls", str(home / "urls.txt"), "--json"]
        with (home / "said.log").open("wb") as said:
            process = subprocess.Popen(
                crawl, env={**clean, "FINADWATCH_HOME": str(home)}, stdout=said, stderr=said
            )
            spent, warm = Spent(process.pid), None
            while process.poll() is None:
                begun = _begun(replica)
                used = spent.by_program()
                if warm is None and begun >= WARM * options.pages:
                    warm = (begun, time.time(), used)
                time.sleep(0.3)
        assert process.returncode == 0, (home / "said.log").read_text("utf-8")[-2000:]
        assert warm is not None
        replica.stdin.close()
        with open_store(f"sqlite:///{home}/finadwatch.db") as store:
            (run,) = store.runs()
            outcomes = dict(store.coverage(run.id).sources[0].outcomes)
        assert run.ended_at is not None
        visits = options.pages - warm[0]
        used.subtract(warm[2])
        figures = {
            "pages": options.pages,
            "outcomes": outcomes,
            "visits_per_s": round(visits / (run.ended_at.timestamp() - warm[1]), 2),
            "cpu_s_per_visit": round(used.total() / visits, 3),
            "of_it": {program: round(seconds / visits, 3) for program, seconds in used.most_common()},
            "load": round(os.getloadavg()[0], 1),
        }
        print(json.dumps(figures))


def _begun(replica: "subprocess.Popen[str]") -> int:
    """Visits begun so far."""
    assert replica.stdin is not None
    assert replica.stdout is not None
    replica.stdin.write("\n")
    replica.stdin.flush()
    return int(json.loads(replica.stdout.readline())["visits"])


if __name__ == "__main__":
    main()
