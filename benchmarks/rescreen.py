"""What a rescreen costs beside the bare judgement of the same texts, and what a second process brings.

    OMP_NUM_THREADS=1 python benchmarks/rescreen.py [--ads 4000] [--changed 0.02] [--rounds 3] [--workers] [--store URL]

An archive is made of texts of about 150 characters, 30 % of them finance (as `screening.py` makes them), each
judged by the models that are configured; of a share of the ads one finding is taken away, so that a rescreen
changes them. Then, in turns in one process: the bare judgement (`Judge.judge_many`, batches of 32) of all texts, and
a whole rescreen (read, judge, compare, write, progress, cases). Without --store the archive is a SQLite file, copied
for each round; with the address of an Elasticsearch it goes under names of its own, removed afterwards; the server's
own CPU is not in ours then. `--workers` measures two processes against one: the models' loading is left out by
counting from the moment at which a fifth is judged.
"""

import argparse
import random
import secrets
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from msgspec.structs import replace
from outbox import remove
from screening import texts

from finadwatch.context import Desk
from finadwatch.intake import BATCH
from finadwatch.judging import Judge
from finadwatch.rescreening.asking import Question, question
from finadwatch.rescreening.beginning import begin, end_if_done, total, wanted_job
from finadwatch.rescreening.local import Writing, work
from findings.model.judgement import Judgement
from findings.model.records import AdRecord
from findings.query import SearchQuery
from findings.rescreening.job import Archived, Job, Progress
from findings.store import FindingStore
from findings.stores import open_store
from tests.support import records as make

Cost = tuple[float, float]


def archive(judge: Judge, desk: Desk, count: int, changed: float) -> list[AdRecord]:
    """Judged ads, of a share of which a finding is missing; of the others one that was never there is added."""
    rng = random.Random(7)
    ads = []
    for number, text in enumerate(texts(judge.analyzer, count, 0.3)):
        ad = make.ad(
            f"{text}{number}",
            title=f"第{number}则",
            url=f"https://s{number % 977}.example/{number}",
            embedding=tuple(rng.gauss(0, 0.06) for _ in range(256)),
            tokens=tuple(text[at : at + 2] for at in range(0, len(text), 2)),
            first_seen=make.NOON + timedelta(seconds=number),
        )
        ads.append(ad)
    found = [judgement for part in judged(judge, questions(desk, ads)) for judgement in part]
    wrong = set(rng.sample(range(count), round(count * changed)))
    return [
        replace(
            ad,
            judgement=replace(
                judgement, findings=_other(judgement.findings) if n in wrong else judgement.findings
            ),
        )
        for n, (ad, judgement) in enumerate(zip(ads, found, strict=True))
    ]


def _other(findings: tuple) -> tuple:  # type: ignore[type-arg]
    return findings[1:] if findings else (make.finding(9),)


def questions(desk: Desk, ads: list[AdRecord]) -> list[Question]:
    """What the judge is asked about ads."""
    evidence = desk.evidence()
    return [question(Archived(ad, None), evidence, None) for ad in ads]


def judged(judge: Judge, asked: list[Question]) -> Iterator[list[Judgement]]:
    """The bare judgement."""
    for at in range(0, len(asked), BATCH):
        some = asked[at : at + BATCH]
        yield judge.judge_many(
            [one.ad for one in some], [one.on for one in some], shown=[one.shown for one in some]
        )


@contextmanager
def clock(cost: list[Cost]) -> Iterator[None]:
    """Note seconds of the clock and of this process's CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    cost.append((time.perf_counter() - wall, time.process_time() - cpu))


def new_job(desk: Desk, store: FindingStore, judge: Judge) -> Job:
    """The next rescreen of everything."""
    return begin(store, wanted_job(desk, store, judge, SearchQuery(), None, "benchmark", anew=True))


def rescreened(
    desk: Desk, store: FindingStore, judge: Judge, workers: int
) -> tuple[Job, list[tuple[float, int]]]:
    """A whole rescreen; when how many ads were through."""
    job, heard, through = new_job(desk, store, judge), [], {}  # type: ignore[var-annotated]

    def tell(now: Progress) -> None:
        through[now.number] = now.tally.judged
        heard.append((time.perf_counter(), sum(through.values())))

    keeper = Writing(store, store.rescreens(), job)
    work(desk, store, judge, job, keeper, tell, workers=workers)
    return end_if_done(desk, store, job), heard


@contextmanager
def fresh(asked: argparse.Namespace, folder: Path, ads: list[AdRecord]) -> Iterator[FindingStore]:
    """A store that holds the archive as it was before any rescreen."""
    if asked.store:
        url = f"{asked.store}?prefix=r{secrets.token_hex(6)}"
        with open_store(url) as store:
            store.create()
            try:
                fill(store, ads)
                yield store
            finally:
                remove(asked.store, url.partition("?prefix=")[2])
        return
    whole, copy = folder / "whole.db", folder / f"{secrets.token_hex(4)}.db"
    if not whole.exists():
        with open_store(f"sqlite:///{whole}") as store:
            store.create()
            fill(store, ads)
    shutil.copy(whole, copy)
    with open_store(f"sqlite:///{copy}") as store:
        yield store
    copy.unlink()


def fill(store: FindingStore, ads: list[AdRecord]) -> None:
    """Ten ads a capture."""
    store.write_many(make.bundle(*ads[at : at + 10], page=at) for at in range(0, len(ads), 10))


def overhead(asked: argparse.Namespace, desk: Desk, judge: Judge, folder: Path, ads: list[AdRecord]) -> None:
    """Bare judgement and rescreen in turns, in this process."""
    bare: list[Cost] = []
    whole: list[Cost] = []
    tally = None
    # In the order of ids, as the archive is read: what a batch holds has a part in what it costs.
    ordered = questions(desk, sorted(ads, key=lambda ad: ad.id))
    for number in range(asked.rounds):
        with fresh(asked, folder, ads) as store:
            for turn in range(2):
                if (turn + number) % 2:
                    with clock(bare):
                        for _ in judged(judge, ordered):
                            pass
                else:
                    with clock(whole):
                        job, _ = rescreened(desk, store, judge, 1)
                    tally = total(store.rescreens().progress(job))
    assert tally is not None
    print(f"judged {tally.judged}, changed {tally.changed}, failed {tally.failed}")
    for name, at in (("clock", 0), ("CPU", 1)):
        ratios = [(w[at] - b[at]) / b[at] for w, b in zip(whole, bare, strict=True)]
        mine, theirs = (statistics.median(cost[at] for cost in some) for some in (whole, bare))
        print(
            f"{name}: bare {1000 * theirs / len(ads):.3f} ms an ad, rescreen {1000 * mine / len(ads):.3f} ms; overhead "
            f"{100 * statistics.median(ratios):+.1f} % ({100 * min(ratios):+.1f} to {100 * max(ratios):+.1f})"
        )


def two_against_one(
    asked: argparse.Namespace, desk: Desk, judge: Judge, folder: Path, ads: list[AdRecord]
) -> None:
    """Rates of one process and of two, in turns."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    for number in range(asked.rounds):
        for workers in (1, 2) if number % 2 == 0 else (2, 1):
            with fresh(asked, folder, ads) as store:
                _, heard = rescreened(desk, store, judge, workers)
            begun, done = next(one for one in heard if one[1] * 5 >= len(ads))
            rates[workers].append((heard[-1][1] - done) / (heard[-1][0] - begun))
    for workers, found in rates.items():
        print(
            f"{workers} process(es): {statistics.median(found):.0f} ads a second ({min(found):.0f} to {max(found):.0f})"
        )
    ratios = [two / one for one, two in zip(rates[1], rates[2], strict=True)]
    print(f"two against one: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--ads", type=int, default=4000)
    parser.add_argument("--changed", type=float, default=0.02)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", action="store_true")
    parser.add_argument("--store")
    asked = parser.parse_args()
    desk = Desk.open(None, "zh")
    judge = desk.judge()
    ads = archive(judge, desk, asked.ads, asked.changed)
    with tempfile.TemporaryDirectory() as folder:
        measure = two_against_one if asked.workers else overhead
        measure(asked, desk, judge, Path(folder), ads)


if __name__ == "__main__":
    main()
