"""What a report of a year costs: `python benchmarks/report.py FILE.db [--ads 100000]`.

Ads of a year are generated (`search_world.py`) into SQLite, with captures of fifteen sources on every day and batches
handed over; a file that is there already is measured at once. Then `finadwatch report` runs on its own: its figures alone
(`--json`), and with DOCX and HTML. Told are seconds of the clock and of CPU, and the most memory that it held.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from msgspec.structs import replace
from search import fill
from search_world import START, World

from findings.model.handover import BatchRecord, BatchState, Done, HandedItem, Paper, Presence, item_id
from findings.model.records import AdRecord, CaptureBundle
from findings.model.vocabulary import Outcome
from findings.store import FindingStore
from findings.stores import open_store
from tests.support import records as make

#: The days of the report end before those of the ads do: no report is made of days to come.
SOURCES, DAYS, BATCHES, ROWS = 15, 350, 20, 500


class Named(World):
    """The ads of the world, each of one of 5,000 advertisers, some of whom seem to be natural persons."""

    def ads(self, count: int) -> Iterator[AdRecord]:
        """The ads."""
        for ad in super().ads(count):
            number = int(self.draw.paretovariate(0.6)) % 5000
            name = (
                f"张{self.words[number][:2]}"
                if number % 5 == 4
                else f"{self.words[number]}第{number}财富有限公司"
            )
            advertiser = replace(ad.judgement.advertiser, name=name)
            yield replace(ad, judgement=replace(ad.judgement, advertiser=advertiser))


def captures(sources: list[str]) -> Iterator[CaptureBundle]:
    """Two tasks of each source on every day, one in seven of them refused."""
    for day in range(DAYS):
        for number, source in enumerate(sources):
            for page in range(2):
                refused = (day + number + page) % 7 == 0
                yield make.bundle(
                    run=f"r{day}",
                    source=source,
                    page=page,
                    at=START + timedelta(days=day, hours=page),
                    outcome=Outcome.CAPTCHA if refused else Outcome.EMPTY,
                )


def hand_over(store: FindingStore) -> None:
    """Batches sent through the year; of three rows in four the ad is gone within a month."""
    kept = store.handovers()
    for number in range(1, BATCHES + 1):
        at = START + timedelta(days=15 * number)
        done = Done("张三", at)
        batch = BatchRecord(
            id=f"{number:032x}", version=0, paper=Paper.CLOSURE, state=BatchState.SENT, office="虚城局", addressee="虚城通管局",
            year=2026, number=number, mark=f"虚市监网〔2026〕{number}号", case_ids=(), drafted=done, sent=done,
        )  # fmt: skip
        kept.put_batch(batch)
        kept.put_items(
            HandedItem(
                id=item_id(batch.id, row), version=0, batch_id=batch.id, row=row, case_id="c1", ad_ids=(), title="甲",
                advertiser=None, host=None, urls=(), sent_at=at, presence=Presence.GONE if row % 4 else Presence.UP,
                gone_at=at + timedelta(days=row % 30) if row % 4 else None,
            )
            for row in range(1, ROWS + 1)
        )  # fmt: skip


def make_store(file: Path, count: int) -> None:
    """The file with all of it."""
    with open_store(f"sqlite:///{file}") as store:
        store.create()
    world = Named(7)
    fill(file, world, count)
    with open_store(f"sqlite:///{file}") as store:
        store.write_many(captures([f"source{number}" for number in range(1, SOURCES + 1)]))
        hand_over(store)


def measured(name: str, *words: str) -> None:
    """Run `finadwatch report …` and tell what it took."""
    begun = time.perf_counter()
    started = subprocess.Popen(
        [sys.executable, "-m", "finadwatch", "report", *words], stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(started.pid, 0)
    took = time.perf_counter() - begun
    cpu = used.ru_utime + used.ru_stime
    print(f"{name}: {took:.1f} s, {cpu:.1f} s of CPU, {used.ru_maxrss / 1024:.0f} MiB at most, exit {status}")


def main() -> None:
    """Fill and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--ads", type=int, default=100_000)
    given = parser.parse_args()
    if not given.file.exists():
        make_store(given.file, given.ads)
    last = START + timedelta(days=DAYS - 1)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FINADWATCH_HOME"] = folder
        day = ("--from", f"{last:%Y-%m-%d}", "--to", f"{last:%Y-%m-%d}", "--store", f"sqlite:///{given.file}")
        year = (
            "--from",
            f"{START:%Y-%m-%d}",
            "--to",
            f"{last:%Y-%m-%d}",
            "--store",
            f"sqlite:///{given.file}",
        )
        measured("a day, figures", *day, "--json")
        measured("350 days, figures", *year, "--json")
        measured("350 days, DOCX and HTML", *year, "-o", folder)


if __name__ == "__main__":
    main()
