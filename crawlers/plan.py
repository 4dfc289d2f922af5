"""What to watch: a plan as a file, as a list of addresses, or as one source with keywords.

A bad plan is refused whole, every fault named with its place. A bad line in a list of
addresses is not: it is kept as a task that ends in the outcome `error`, so that it is seen
in the coverage, and the rest goes on.
"""

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import yaml

from crawlers.errors import PlanError
from crawlers.lists import read_list
from crawlers.planned import (
    Authorisation,
    ClickLeave,
    FaultyLine,
    HostPace,
    LandingBy,
    Limits,
    Missed,
    Plan,
    PlannedSource,
    Region,
    Schedule,
    Unfinished,
)
from crawlers.planned_tasks import plan_tasks, planned_by
from crawlers.sources import Source, load_sources
from crawlers.times import cron_fault, zone_fault
from crawlers.urls import printable
from findings.model.errors import Said
from findings.model.faults import schema_fault
from findings.model.vocabulary import Device

__all__ = [
    "Authorisation",
    "ClickLeave",
    "FaultyLine",
    "HostPace",
    "LandingBy",
    "Limits",
    "Missed",
    "Plan",
    "PlannedSource",
    "Region",
    "Schedule",
    "Unfinished",
    "load_plan",
    "parse_plan",
    "plan_for_source",
    "plan_from_urls",
    "plan_notices",
    "plan_tasks",
    "planned_by",
]

#: Faults named in one message; the rest is counted.
_MOST_FAULTS = 20
_LIST_TITLE = "网址清单"


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
    except ValueError as bad:  # YAML makes dates of what looks like one: `2026-13-31`
        raise PlanError(
            name, [Said(f"a day such as `until` does not exist ({bad})", zh=f"日期不存在（{bad}）")]
        ) from bad
    except RecursionError as bad:
        raise PlanError(name, [Said("its YAML is nested too deep", zh="YAML 嵌套过深")]) from bad
    data = _plain_dates(data)
    validator = jsonschema.Draft202012Validator(_schema())
    errors = sorted(validator.iter_errors(data), key=lambda error: error.json_path)
    faults = [schema_fault(error.json_path, _deepest(error)) for error in errors]
    faults = faults or [*_date_faults(data), *_region_faults(data), *_schedule_faults(data)]
    if faults:
        left = len(faults) - _MOST_FAULTS
        more = [Said(f"and {left} more", zh=f"另有 {left} 处")] if left > 0 else []
        raise PlanError(name, faults[:_MOST_FAULTS] + more)
    schedule = data.get("schedule")
    plain = {
        **data,
        "sources": [_entry(entry) for entry in data["sources"]],
        "schedule": schedule and {**schedule, "cron": _expressions(schedule)},
    }
    return msgspec.convert(plain, Plan)


def _entry(raw: dict[str, Any]) -> dict[str, Any]:
    """An entry as `PlannedSource` has it: what is allowed stands on it directly."""
    robots, clicks = raw.get("robots"), raw.get("clicks")
    return {
        **raw,
        "authorised": robots["authorised"] if isinstance(robots, dict) else None,
        "clicks": clicks["authorised"] if clicks else None,
    }


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
        for key in ("robots", "clicks"):
            leave = entry.get(key)
            if isinstance(leave, dict):
                try:
                    date.fromisoformat(leave["authorised"]["until"])
                except ValueError:
                    place = f"$.sources[{index}].{key}.authorised.until"
                    yield Said(f"{place}: there is no such day", zh=f"{place}：没有这一天")


def _region_faults(data: Any) -> Iterator[Said]:
    names = [region["name"] for region in data.get("regions", ())]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield Said(f"$.regions: {name} is named twice", zh=f"$.regions：{name} 重复")


def _expressions(schedule: dict[str, Any]) -> list[str]:
    """The cron expressions of a schedule, which may name one or several."""
    named = schedule["cron"]
    return [named] if isinstance(named, str) else named


def _schedule_faults(data: Any) -> Iterator[Said]:
    schedule = data.get("schedule")
    if schedule is None:
        return
    if fault := zone_fault(schedule.get("zone", "Asia/Shanghai")):
        yield Said(f"$.schedule.zone: {fault}", zh=f"$.schedule.zone：{fault.zh}")
    for expression in _expressions(schedule):
        if fault := cron_fault(expression):
            yield Said(f"$.schedule.cron: {fault}", zh=f"$.schedule.cron：{fault.zh}")


def plan_proxies(plan: Plan, configured: Container[str]) -> tuple[str, ...]:
    """The names of the proxies that a plan's regions go out by, once each.

    Raises PlanError for those that are not `configured`.
    """
    wanted = {region.proxy: region for region in plan.regions if region.proxy}
    missing = [
        Said(
            f"region {region.name} names the proxy {name}, which the configuration (network.proxies) does not have",
            zh=f"地区 {region.name} 指定的代理 {name} 不在配置 network.proxies 中",
        )
        for name, region in wanted.items()
        if name not in configured
    ]
    if missing:
        raise PlanError(plan.title, missing)
    return tuple(wanted)


def plan_from_urls(
    lines: Iterable[str | bytes],
    source: str = "watchlist",
    title: str = _LIST_TITLE,
    stores: Mapping[str, Source] | None = None,
) -> Plan:
    """A plan over a list (`crawlers.lists`): addresses and domains go to `source`, app packages to
    every store of `stores` (else of those that ship) that can look one up.

    Lines that are neither are named in `faulty` and kept as addresses too: their tasks end in
    `error`. Repetitions are left out and counted. Raises PlanError if there is no line at all.
    """
    known = load_sources() if stores is None else stores
    looking = [store.name for store in known.values() if store.lookup]
    urls: dict[str, bool] = {}
    packages: dict[str, None] = {}
    faulty: list[FaultyLine] = []
    repeated = 0
    for listed in read_list(lines):
        reason = listed.reason
        if listed.package is not None and not looking:
            reason = Said("no source can look up an app package", zh="没有可按包名查询的应用商店来源")
        if reason:
            shown = printable(listed.text)
            bad = FaultyLine(listed.line, shown, str(reason), reason.zh)
            faulty.append(bad)
            urls[bad.address] = False
        elif listed.package is not None:
            repeated += listed.package in packages
            packages[listed.package] = None
        elif listed.url is not None:
            repeated += listed.url in urls
            urls[listed.url] = urls.get(listed.url, True) and listed.or_http
    if not urls and not packages:
        raise PlanError(title, [Said("it holds no address", zh="清单里没有网址")])
    bare = tuple(url for url, or_http in urls.items() if or_http)
    entries = [PlannedSource(source=source, urls=tuple(urls), or_http=bare)] if urls else []
    entries += [PlannedSource(source=name, packages=tuple(packages)) for name in looking if packages]
    return Plan(title=title, sources=tuple(entries), faulty=tuple(faulty), repeated=repeated)


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
    expired += [
        Said(
            f"leave to click ads of source {entry.source} ({entry.clicks.by}, {entry.clicks.document}) "
            f"ended on {entry.clicks.until}: landing addresses are read from attributes only",
            zh=f"来源 {entry.source} 的点击授权（{entry.clicks.by}，{entry.clicks.document}）"
            f"已于 {entry.clicks.until} 到期，落地页地址只从属性读取",
        )
        for entry in plan.sources
        if entry.clicks and entry.landing is LandingBy.CLICK and not entry.clicks_on(on)
    ]
    lines = [
        Said(
            f"line {bad.line} is no address to visit ({bad.reason}): {bad.text}",
            zh=f"第 {bad.line} 行不是可访问的网址（{bad.zh}）：{bad.text}",
        )
        for bad in plan.faulty
    ]
    if plan.repeated:
        count = plan.repeated
        lines.append(
            Said(f"{count} repeated lines are asked for once", zh=f"{count} 行与前文重复，只访问一次")
        )
    return expired + lines
