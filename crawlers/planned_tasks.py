"""The tasks that a plan asks for, and the entry that each came from: pure."""

from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import quote

from crawlers.errors import PlanError
from crawlers.planned import Plan, PlannedSource
from crawlers.sources import Source, UnknownSource, task_url
from findings.model.crawl import Task
from findings.model.errors import Said
from findings.model.ids import task_id
from findings.model.vocabulary import Device


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
    if entry.packages:
        if not source.lookup:
            raise PlanError(plan.title, [_takes(entry.source, "keywords or urls", "packages")])
        return
    takes_urls = any("{url}" in template for template in source.url.values())
    if not entry.keywords and not entry.urls:
        if not source.pages:
            raise PlanError(plan.title, [_names_nothing(entry.source, "urls" if takes_urls else "keywords")])
        return
    if takes_urls and not entry.urls:
        raise PlanError(plan.title, [_takes(entry.source, "urls", "keywords")])
    if entry.urls and not takes_urls:
        raise PlanError(plan.title, [_takes(entry.source, "keywords", "urls")])


def _takes(source: str, wanted: str, given: str) -> Said:
    return Said(
        f"source {source} takes {wanted}, not {given}", zh=f"来源 {source} 需要 {wanted}，而不是 {given}"
    )


def _names_nothing(source: str, wanted: str) -> Said:
    return Said(
        f"source {source} has no pages of its own: give {wanted}",
        zh=f"来源 {source} 没有自带的页面：请给出 {wanted}",
    )


def _tasks(plan: Plan, run_id: str, sources: Mapping[str, Source], day: date) -> Iterator[Task]:
    seen: set[str] = set()
    for entry in plan.sources:
        source = sources[entry.source]
        for url, keyword, device, page in _asked(entry, source):
            for region in plan.places():
                name = task_id(run_id, source.name, url, keyword, device.value, page, region)
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
                    region=region,
                    robots=entry.robots_on(day),
                )


def _asked(entry: PlannedSource, source: Source) -> Iterator[tuple[str, str | None, Device, int]]:
    for device in entry.devices:
        for url in _addresses(entry, source):
            yield url, None, device, 1
        for package in entry.packages:
            assert source.lookup is not None
            yield source.lookup.replace("{package}", quote(package, safe="")), package, device, 1
        # Page by page over all keywords: the same keyword's pages lie far apart in time.
        for page in range(1, entry.pages + 1):
            for keyword in entry.keywords:
                yield task_url(source, keyword, page, device), keyword, device, page


def _addresses(entry: PlannedSource, source: Source) -> tuple[str, ...]:
    """The addresses that an entry asks for: a portal that is named alone is watched on its own channel pages."""
    return entry.urls if entry.urls or entry.keywords or entry.packages else source.pages


def _asks_for(entry: PlannedSource, url: str, source: Source) -> bool:
    """Whether an address is an entry's, or what one of its bare hosts is asked for over http."""
    return url in _addresses(entry, source) or (
        url.startswith("http:") and f"https{url.removeprefix('http')}" in entry.or_http
    )


def planned_by(plan: Plan, task: Task, source: Source) -> PlannedSource | None:
    """The entry of a plan that asks for a task, the first where several do; None where none does.

    An entry's leave to click and its landing devices are for its own tasks: no other entry's will do.
    """
    for entry in plan.sources:
        if entry.source != task.source or task.device not in entry.devices:
            continue
        if task.keyword is None:
            if _asks_for(entry, task.url, source):
                return entry
        elif task.keyword in entry.packages or (task.keyword in entry.keywords and task.page <= entry.pages):
            return entry
    return None
