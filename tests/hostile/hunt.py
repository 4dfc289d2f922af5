"""Crawls hostile pages with the real command line, part by part, and says what came of each.

All state lies in one folder: a hunt that is interrupted goes on where it was, within a part by
the crawl's own `--resume`.
"""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from findings.errors import IndexMissing
from findings.model.crawl import Capture
from findings.model.records import Run
from findings.model.vocabulary import Outcome
from findings.stores import open_store
from tests.hostile.cases import ANSWER, SEARCH, Case, number_in
from tests.hostile.internet import Internet, public
from tests.hostile.memory import Looking, Peaks
from tests.support.cache import share_patterns

#: Seconds after which a part hangs: no page may hold a crawl.
_PART_S = 3600.0
#: A detail that bears the name of a Python exception is a fault of ours that ended up as an outcome.
_OWN_FAULT = re.compile(r"^\w*(Error|Exception|Failure|Interrupt|Exit): ")
#: What a person's terminal must never be sent, be it in JSON.
_STEERING = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


class Part(msgspec.Struct):
    """What came of one part: how many pages by kind and outcome, memory, and all that must not be."""

    pages: int
    seconds: float
    outcomes: dict[str, dict[str, int]]
    peaks: Peaks
    faults: list[str]


class State(msgspec.Struct):
    """Where a hunt stands: the parts that are done, by their first number."""

    parts: dict[str, Part] = {}
    temporary: str = ""


class Hunt:
    """Crawls `cases` in parts of `size`."""

    def __init__(self, folder: Path, hanlp: Path, cases: Sequence[Case], size: int = 250) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._hanlp = hanlp
        self._parts = [cases[at : at + size] for at in range(0, len(cases), size)]
        self._note = folder / "state.json"
        self.state = (
            msgspec.json.decode(self._note.read_bytes(), type=State) if self._note.exists() else State()
        )
        # Not below `folder`: the path of Chromium's socket may have 107 bytes.
        self._temporary = Path(self.state.temporary or tempfile.mkdtemp(prefix="fadh-"))
        self._temporary.mkdir(exist_ok=True)
        self.state.temporary = str(self._temporary)
        self._keep()

    def _keep(self) -> None:
        new = self._note.with_suffix(".new")
        new.write_bytes(msgspec.json.encode(self.state))
        new.replace(self._note)

    def go(self, say: Callable[[str], None] = lambda _line: None, parts: int | None = None) -> None:
        """Do what is left, at most `parts` parts now."""
        for cases in self._parts:
            name = str(cases[0].number)
            if name in self.state.parts:
                continue
            if parts is not None and parts <= 0:
                return
            parts = None if parts is None else parts - 1
            part = self._part(name, cases)
            self.state.parts[name] = part
            self._keep()
            shutil.rmtree(self._folder / name)
            done = sum(one.pages for one in self.state.parts.values())
            say(
                f"{done}/{sum(map(len, self._parts))} pages, {part.pages / part.seconds:.1f} a second, "
                f"crawl {part.peaks.crawl >> 20} MB, browser {part.peaks.browser >> 20} MB, {len(part.faults)} faults"
            )
        shutil.rmtree(self._temporary, ignore_errors=True)

    # -- one part ------------------------------------------------------------------------------

    def _part(self, name: str, cases: Sequence[Case]) -> Part:
        home = self._folder / name
        began = time.monotonic()
        with Internet(home / "ca") as internet:
            self._configure(home, internet, cases)
            peaks, faults = self._crawl(home)
            if internet.trapped:
                faults.append(f"a forbidden address was reached: {internet.trapped[:3]}")
            if not public(internet.asked):
                faults.append(f"a private address was asked for: {sorted(internet.asked)}")
        seconds = time.monotonic() - began
        captures = self._captures(home)
        faults += self._left_behind() + self._shown(home, cases)
        counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for case in cases:
            brought = captures.get(case.number, [])
            if len(brought) != 1:
                faults.append(f"{case.mark} {case.kind.name}: {len(brought)} captures")
            for capture in brought:
                counted[f"{case.kind.name} ({case.way})"][capture.outcome.value] += 1
                faults += [
                    f"{case.mark} {case.kind.name} ({case.way}): {fault}" for fault in _faults(capture)
                ]
        return Part(len(cases), seconds, {key: dict(value) for key, value in counted.items()}, peaks, faults)

    def _configure(self, home: Path, internet: Internet, cases: Sequence[Case]) -> None:
        share_patterns(home)
        (home / "filters.txt").write_text("##.advert\n", "utf-8")
        config = {
            "models": {"hanlp": str(self._hanlp)},
            "crawl": {"pace": 0, "navigation_timeout_s": 4, "filter_list": str(home / "filters.txt")},
            "network": {
                "ca_file": str(internet.authority),
                "proxies": {"internet": {"url": f"http://127.0.0.1:{internet.port}"}},
            },
        }
        (home / "config.yaml").write_text(json.dumps(config), "utf-8")
        (home / "plan.yaml").write_text(plan_of(cases), "utf-8")

    def _environment(self, home: Path) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("FINADWATCH_")}
        named = {
            "FINADWATCH_HOME": str(home),
            "TMPDIR": str(self._temporary),
        }
        return {**clean, **named, **Internet.environment()}

    def _crawl(self, home: Path) -> tuple[Peaks, list[str]]:
        run = self._run(home)
        words = ["--resume", run.id] if run else [str(home / "plan.yaml")]
        peaks = Peaks()
        if run is None or run.ended_at is None:
            with (home / "said.log").open("ab") as said:
                process = subprocess.Popen(
                    [sys.executable, "-m", "finadwatch", "crawl", *words, "--json"],
                    env=self._environment(home),
                    stdout=said,
                    stderr=said,
                    start_new_session=True,
                )
                try:
                    with Looking(process.pid, self._temporary) as looking:
                        code = process.wait(_PART_S)
                    peaks = looking.peaks
                finally:
                    if process.poll() is None:  # this hunt was interrupted
                        os.killpg(process.pid, signal.SIGKILL)
                        process.wait()
        else:
            code = 0
        said_text = (home / "said.log").read_text("utf-8", "replace")
        faults = [] if code in (0, 1) else [f"the crawl ended with {code}: {said_text[-1500:]}"]
        if "Traceback" in said_text:
            at = said_text.index("Traceback")
            faults.append(f"a traceback: {said_text[max(0, at - 300) : at + 500]} … {said_text[at:][-1500:]}")
        return peaks, faults

    def _run(self, home: Path) -> Run | None:
        if not (home / "finadwatch.db").exists():
            return None
        with open_store(f"sqlite:///{home}/finadwatch.db") as store:
            try:
                return next(iter(store.runs()), None)
            except IndexMissing:
                return None

    # -- what must hold ------------------------------------------------------------------------

    def _captures(self, home: Path) -> dict[int, list[Capture]]:
        """Every capture of the part's run, by the number of its case."""
        with closing(sqlite3.connect(home / "finadwatch.db")) as plain:
            assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            rows = plain.execute("SELECT count(*) FROM captures").fetchone()[0]
        found: defaultdict[int, list[Capture]] = defaultdict(list)
        run = self._run(home)
        assert run is not None
        with open_store(f"sqlite:///{home}/finadwatch.db") as store:
            for task in store.done_tasks(run.id):
                capture = store.capture(task)
                assert capture is not None
                number = number_in(capture.task.keyword or capture.task.url)
                assert number is not None
                found[number].append(capture)
        assert rows == sum(map(len, found.values()))
        return found

    def _left_behind(self) -> list[str]:
        return [f"left behind: {path.name}" for path in self._temporary.iterdir()]

    def _shown(self, home: Path, cases: Sequence[Case]) -> list[str]:
        """Faults of what a person is shown of the part."""
        faults = []
        for words in (["search", "--limit", "1000"], ["search", "--limit", "1000", "--json"], ["cases", "--limit", "1000"],
                      ["cases", "--limit", "1000", "--json"], ["runs"]):  # fmt: skip
            said = subprocess.run(
                [sys.executable, "-m", "finadwatch", *words],
                env=self._environment(home),
                capture_output=True,
                timeout=300,
                check=False,
            )
            text = said.stdout.decode("utf-8", "backslashreplace")
            steering = sorted(
                {
                    f"U+{ord(char):04X}"
                    for char in text
                    if char != "\n" and unicodedata.category(char) in _STEERING
                }
            )
            if said.returncode or steering:
                faults.append(
                    f"finadwatch {' '.join(words)}: {said.returncode} {steering} {said.stderr.decode()[-500:]}"
                )
            if "--json" in words:
                faults += [
                    f"finadwatch {' '.join(words)}: no JSON: {line[:80]}"
                    for line in text.splitlines()
                    if not _is_json(line)
                ]
        return faults

    # -- figures -------------------------------------------------------------------------------

    @property
    def faults(self) -> list[str]:
        """All that must not be, over all parts."""
        return [fault for part in self.state.parts.values() for fault in part.faults]

    def figures(self) -> dict[str, Any]:
        """Pages by outcome, the largest memory, seconds."""
        parts = self.state.parts.values()
        peaks = Peaks()
        outcomes: Counter[str] = Counter()
        for part in parts:
            peaks = peaks.most(part.peaks)
            for counted in part.outcomes.values():
                outcomes.update(counted)
        return {
            "pages": sum(part.pages for part in parts),
            "outcomes": dict(outcomes.most_common()),
            "seconds": round(sum(part.seconds for part in parts)),
            "crawl_mb": peaks.crawl >> 20,
            "guard_mb": peaks.guard >> 20,
            "browser_mb": peaks.browser >> 20,
            "faults": len(self.faults),
        }

    def table(self) -> str:
        """Pages by kind and outcome."""
        rows: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for part in self.state.parts.values():
            for kind, counted in part.outcomes.items():
                rows[kind].update(counted)
        names = [outcome.value for outcome in Outcome]
        lines = [f"{'kind':40}" + "".join(f"{name[:11]:>12}" for name in names)]
        lines += [
            f"{kind[:40]:40}" + "".join(f"{counted[name] or '':>12}" for name in names)
            for kind, counted in sorted(rows.items())
        ]
        return "\n".join(lines)


def plan_of(cases: Sequence[Case]) -> str:
    """A plan that asks for these cases, by the proxy that is their internet."""
    asked: defaultdict[str, list[str]] = defaultdict(list)
    for case in cases:
        asked[case.source].append(case.keyword if case.way in (ANSWER, SEARCH) else case.url)
    plan = {
        "title": "恶意网页",
        "regions": [{"name": "试验网", "proxy": "internet"}],
        "sources": [
            {"source": source, "urls" if source in ("watchlist", "portal") else "keywords": what}
            for source, what in asked.items()
        ],
    }
    return json.dumps(plan, ensure_ascii=False)


def _faults(capture: Capture) -> list[str]:
    """What is wrong with one capture."""
    told = [(capture.outcome, capture.detail)]
    told += [(ad.landing.outcome, ad.landing.detail) for ad in capture.ads if ad.landing is not None]
    faults = []
    for outcome, detail in told:
        if outcome is not Outcome.OK and not detail:
            faults.append(f"{outcome.value} without a detail")
        if detail and _OWN_FAULT.match(detail):
            faults.append(f"{outcome.value}: {detail}")
        if detail and (len(detail) > 1000 or any(unicodedata.category(char) in _STEERING for char in detail)):
            faults.append(f"{outcome.value}: a detail that is no sentence: {detail[:200]!r}")
    return faults


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
