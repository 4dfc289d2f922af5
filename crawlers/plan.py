"""What to watch: a plan as a file, as a list of addresses, or as one source with keywords.

A bad plan is refused whole, every fault named with its place. A bad line in a list of
addresses is not: it is kept as a task that ends in the outcome `error`, so that it is seen
in the coverage, and the rest goes on.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import yaml

from crawlers.errors import PlanError
from crawlers.sources import Source, UnknownSource, task_url
from crawlers.urls import fault, printable
from findings.model.crawl import Task
from findings.model.errors import Said
from findings.model.faults import schema_fault
from findings.model.ids import task_id
from findings.model.vocabulary import Device

#: Faults named in one message; the rest is counted.
_MOST_FAULTS = 20
_LIST_TITLE = "网址清单"


class Authorisation(msgspec.Struct, frozen=True, kw_only=True):
    """Who allowed a source to be read against its robots.txt, by what document, until when (inclusive)."""

    by: str
    document: str
    until: date


class PlannedSource(msgspec.Struct, frozen=True, kw_only=True):
    """One source of a plan: keywords for a search, or addresses for a list or a portal."""

    source: str
    keywords: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    devices: tuple[Device, ...] = (Device.DESKTOP,)
    pages: int = 1
    visit_landing: bool = True
    authorised: Authorisation | None = None

    def robots_on(self, day: date) -> str:
        """`authorised` while the authorisation lasts, else `obey`."""
        return "authorised" if self.authorised and day <= self.authorised.until else "obey"


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one run: tasks in all, ads kept from one page."""

    tasks: int = 1_000_000
    ads_per_page: int = 60


class FaultyLine(msgspec.Struct, frozen=True):
    """A line of a list that is no address: its number from 1, its text made printable, and why in both languages."""

    line: int
    text: str
    reason: str
    zh: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Which sources, keywords, addresses, devices and pages one run asks for."""

    title: str
    sources: tuple[PlannedSource, ...]
    region: str | None = None
    limits: Limits = Limits()
    faulty: tuple[FaultyLine, ...] = ()

    def planned(self, source: str) -> PlannedSource | None:
        """The first entry of a source, or None."""
        return next((entry for entry in self.sources if entry.source == source), None)


@cache
def _schema() -> Any:
    return json.loads(files("crawlers").joinpath("plan.schema.json").read_text("utf-8"))


def load_plan(path: Path) -> Plan:
    """The plan in a YAML file. Raises PlanError, which names every fault with its place."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError as missing:
        raise PlanError(str(path), [Said("there is no such file", zh="文件不存在")]) from missing
    except UnicodeDecodeError as bad:
        place = bad.start + 1
        fault = Said(f"it is not UTF-8 text (byte {place})", zh=f"不是 UTF-8 文本（第 {place} 字节）")
        raise PlanError(str(path), [fault]) from bad
    except OSError as bad:
        fault = Said(f"it can't be read ({bad.strerror})", zh=f"无法读取（{bad.strerror}）")
        raise PlanError(str(path), [fault]) from bad
    return parse_plan(text, str(path))


def parse_plan(text: str, name: str) -> Plan:
    """The plan in a YAML text; `name` is what messages call it. Raises PlanError."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as bad:
        raise PlanError(name, [_no_yaml(bad)]) from bad
    except RecursionError as bad:
        raise PlanError(name, [Said("its YAML is nested too deep", zh="YAML 嵌套过深")]) from bad
    data = _plain_dates(data)
    validator = jsonschema.Draft202012Validator(_schema())
    errors = sorted(validator.iter_errors(data), key=lambda error: error.json_path)
    faults = [schema_fault(error.json_path, _deepest(error)) for error in errors]
    faults = faults or [*_date_faults(data)]
    if faults:
        left = len(faults) - _MOST_FAULTS
        more = [Said(f"and {left} more", zh=f"另有 {left} 处")] if left > 0 else []
        raise PlanError(name, faults[:_MOST_FAULTS] + more)
    entries = [
        {
            **entry,
            "authorised": entry["robots"]["authorised"] if isinstance(entry.get("robots"), dict) else None,
        }
        for entry in data["sources"]
    ]
    return msgspec.convert({**data, "sources": entries}, Plan)


def _no_yaml(error: yaml.YAMLError) -> Said:
    mark = getattr(error, "problem_mark", None)
    why = getattr(error, "problem", None) or error
    if mark is None:
        return Said(f"it is no YAML ({why})", zh=f"不是合法的 YAML（{why}）")
    line, column = mark.line + 1, mark.column + 1
    return Said(
        f"line {line}, column {column} is no YAML ({why})",
        zh=f"第 {line} 行第 {column} 列不是合法的 YAML（{why}）",
    )


def _plain_dates(value: Any) -> Any:
    """YAML reads 2026-12-31 as a date; the schema, like JSON, knows text only."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain_dates(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain_dates(inner) for inner in value]
    return value


def _deepest(error: jsonschema.ValidationError) -> jsonschema.ValidationError:
    """Of a failed `oneOf` the branch that came furthest says what is wrong."""
    return jsonschema.exceptions.best_match([error]) if error.context else error


def _date_faults(data: Any) -> Iterator[Said]:
    for index, entry in enumerate(data["sources"]):
        robots = entry.get("robots")
        if isinstance(robots, dict):
            try:
                date.fromisoformat(robots["authorised"]["until"])
            except ValueError:
                place = f"$.sources[{index}].robots.authorised.until"
                yield Said(f"{place}: there is no such day", zh=f"{place}：没有这一天")


def plan_from_urls(lines: Iterable[str | bytes], source: str = "watchlist", title: str = _LIST_TITLE) -> Plan:
    """A plan over a list of addresses, one a line; `#` begins a comment, blank lines are skipped.

    Lines that are no address or not UTF-8 are named in `faulty` and kept as addresses too:
    their tasks end in `error`. Raises PlanError if there is no line at all.
    """
    urls: list[str] = []
    faulty: list[FaultyLine] = []
    for number, raw in enumerate(lines, start=1):
        text, reason = _decoded(raw)
        text = text.lstrip("\ufeff").strip()
        if not text or text.startswith("#"):
            continue
        reason = reason or fault(text)
        if reason:
            shown = printable(text)
            faulty.append(FaultyLine(number, shown, str(reason), reason.zh))
            # The line number keeps the tasks of two faulty lines apart.
            text = f"line {number}: {shown}"
        urls.append(text)
    if not urls:
        raise PlanError(title, [Said("it holds no address", zh="清单里没有网址")])
    entry = PlannedSource(source=source, urls=tuple(urls))
    return Plan(title=title, sources=(entry,), faulty=tuple(faulty))


def _decoded(raw: str | bytes) -> tuple[str, Said | None]:
    if isinstance(raw, str):
        return raw, None
    try:
        return raw.decode("utf-8"), None
    except UnicodeDecodeError:
        # A comment in another encoding harms nobody, so `#` is looked for before the fault counts.
        return raw.decode("ascii", "backslashreplace"), Said("not UTF-8", zh="不是 UTF-8 文本")


def plan_for_source(name: str, keywords: Sequence[str], device: Device = Device.DESKTOP) -> Plan:
    """A plan of one source with keywords on one device. Raises PlanError without a keyword."""
    words = tuple(word.strip() for word in keywords if word.strip())
    if not words:
        raise PlanError(name, [Said("no keyword was given", zh="没有关键词")])
    return Plan(
        title=f"{name}：{'、'.join(words)}"[:200],
        sources=(PlannedSource(source=name, keywords=words, devices=(device,)),),
    )


def plan_notices(plan: Plan, on: date) -> list[Said]:
    """What a person should know before the run: expired authorisations, lines that are no address."""
    expired = [
        Said(
            f"leave to read source {entry.source} against its robots.txt ({entry.authorised.by}, "
            f"{entry.authorised.document}) ended on {entry.authorised.until}: robots.txt is obeyed",
            zh=f"来源 {entry.source} 的 robots 授权（{entry.authorised.by}，{entry.authorised.document}）"
            f"已于 {entry.authorised.until} 到期，改为遵守 robots.txt",
        )
        for entry in plan.sources
        if entry.authorised and entry.robots_on(on) == "obey"
    ]
    lines = [
        Said(
            f"line {bad.line} is no address to visit ({bad.reason}): {bad.text}",
            zh=f"第 {bad.line} 行不是可访问的网址（{bad.zh}）：{bad.text}",
        )
        for bad in plan.faulty
    ]
    return expired + lines


def plan_tasks(plan: Plan, run_id: str, sources: Mapping[str, Source], on: date) -> Iterator[Task]:
    """The tasks of a plan in its order, each once, at most `limits.tasks`.

    `on`, the day of the run, decides whether authorisations still hold. Raises PlanError for a
    source nobody defined, and for keywords where a source takes addresses or the reverse.
    """
    for entry in plan.sources:
        if entry.source not in sources:
            raise UnknownSource(entry.source, sorted(sources))
        _require_fitting(plan, entry, sources[entry.source])
    return _tasks(plan, run_id, sources, on)


def _require_fitting(plan: Plan, entry: PlannedSource, source: Source) -> None:
    takes_urls = any("{url}" in template for template in source.url.values())
    if takes_urls and not entry.urls:
        raise PlanError(plan.title, [_takes(entry.source, "urls", "keywords")])
    if entry.urls and not takes_urls:
        raise PlanError(plan.title, [_takes(entry.source, "keywords", "urls")])


def _takes(source: str, wanted: str, given: str) -> Said:
    return Said(
        f"source {source} takes {wanted}, not {given}", zh=f"来源 {source} 需要 {wanted}，而不是 {given}"
    )


def _tasks(plan: Plan, run_id: str, sources: Mapping[str, Source], day: date) -> Iterator[Task]:
    seen: set[str] = set()
    for entry in plan.sources:
        source = sources[entry.source]
        for url, keyword, device, page in _asked(entry, source):
            name = task_id(run_id, source.name, url, keyword, device.value, page, plan.region)
            if name in seen:
                continue
            if len(seen) >= plan.limits.tasks:
                return
            seen.add(name)
            yield Task(
                id=name,
                run_id=run_id,
                source=source.name,
                url=url,
                channel=source.channel,
                keyword=keyword,
                device=device,
                page=page,
                region=plan.region,
                robots=entry.robots_on(day),
            )


def _asked(entry: PlannedSource, source: Source) -> Iterator[tuple[str, str | None, Device, int]]:
    for device in entry.devices:
        for url in entry.urls:
            yield url, None, device, 1
        # Page by page over all keywords: the same keyword's pages lie far apart in time.
        for page in range(1, entry.pages + 1):
            for keyword in entry.keywords:
                yield task_url(source, keyword, page, device), keyword, device, page
