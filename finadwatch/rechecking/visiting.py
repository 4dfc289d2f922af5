"""A round of visits: the rows that are owed one, crawled like any plan, each stored as soon as all of it is in.

What a visit brings is kept like any capture, and where an ad was seen that is a sighting of it: so a case that was
closed relapses as it does when a crawl sees its ad. A call that was killed left the rows that it did not come to owed.
"""

import hashlib
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
from msgspec.structs import replace

from finadwatch.captured import files_of, with_record
from finadwatch.config import RecheckConfig
from finadwatch.context import Desk
from finadwatch.crawling import settings
from finadwatch.i18n import language
from finadwatch.rechecking.targets import PAGES, Sought, Target, plan_of, sought, target_of
from finadwatch.show import progress
from finadwatch.stamping import noted, stamped
from findings.handovers import Handovers, Stale
from findings.model.casework import SYSTEM
from findings.model.crawl import Capture, Task
from findings.model.evidence import EvidenceStore
from findings.model.handover import HandedItem, Paper, Presence, Visit
from findings.model.ids import RECHECK_RUN, landing_host, landing_key, sighting_id
from findings.model.records import CaptureBundle, Run, Sighting
from findings.model.vocabulary import CaseState, Outcome, Slot
from findings.model.zone import CHINA
from findings.review.steps import Relapse
from findings.review.working import Hand, Result, carry_out
from findings.store import FindingStore
from handover.recheck.schedule import Schedule, visited
from handover.recheck.telling import (
    Fetched,
    Probe,
    Told,
    closed_words,
    one_visit,
    page_tells,
    source_tells,
)

if TYPE_CHECKING:
    from crawlers.plan import Plan, Region
    from crawlers.sources import Source

#: How often a row or a case that others are changing is tried.
_TRIES = 20
#: Characters of a page's text that are compared.
_MOST_TEXT = 20_000
#: What a store is held by while rows are visited: two rounds would ask each page twice.
HOLD = "recheck"


class Visited(msgspec.Struct, frozen=True):
    """A row after its visits, what they were, and whether its case relapsed by them."""

    item: HandedItem
    visits: tuple[Visit, ...]
    relapsed: bool


def schedule_of(config: RecheckConfig) -> Schedule:
    """The schedule that an office configured."""
    return Schedule(
        days=tuple(sorted(config.days)),
        every_days=config.every_days,
        after_gone_days=config.after_gone_days,
        confirm_hours=config.confirm_hours,
        retry_hours=config.retry_hours,
    )


def recheck(
    desk: Desk,
    store: FindingStore,
    officer: Hand,
    rows: Iterable[tuple[HandedItem, Paper]],
    regions: "Sequence[Region]",
    told: Callable[[Visited], None],
    *,
    allow_private: bool,
) -> None:
    """Visit rows from the regions named (none: from here), and tell of each as soon as it is stored.

    Raises what a crawl raises, and RunTaken while another call visits.
    """
    sources = desk.sources()
    with store.hold(HOLD) as hold:
        wanted = [sought(item, paper, store, sources) for item, paper in rows]
        for one in [one for one in wanted if not one.targets]:
            told(_settle(desk, store, officer, one.item, [_nothing_to_visit(desk, one.item)]))
        wanted = [one for one in wanted if one.targets]
        if not wanted:
            return
        now = desk.now()
        plan = plan_of(
            (target for one in wanted for target in one.targets),
            f"复查 {now.astimezone(CHINA):%Y-%m-%d %H:%M}",
            regions,
        )
        run = Run(id=f"{RECHECK_RUN}{uuid4().hex}", plan=plan.title, started_at=now)
        store.put_run(run)
        try:
            _crawl(
                desk,
                store,
                officer,
                plan,
                run,
                wanted,
                sources,
                hold.confirm,
                told,
                allow_private=allow_private,
            )
        finally:
            store.put_run(replace(run, ended_at=desk.now(), exit=0))


def _crawl(
    desk: Desk,
    store: FindingStore,
    officer: Hand,
    plan: "Plan",
    run: Run,
    wanted: Sequence[Sought],
    sources: "Mapping[str, Source]",
    confirm: Callable[[], None],
    told: Callable[[Visited], None],
    *,
    allow_private: bool,
) -> None:
    from crawlers.plan import plan_tasks
    from crawlers.run import crawl

    evidence = desk.evidence()
    tasks = list(plan_tasks(plan, run.id, sources, desk.today()))
    round_ = Round(plan, wanted, tasks, sources, evidence, desk.config.network.hosts)
    with stamped(desk), noted(desk) as note:

        def sink(capture: Capture) -> None:
            confirm()
            capture = with_record(capture, evidence)
            note(capture.at, files_of(capture))
            store.write(round_.bundle(capture))
            for done, visits in round_.take(capture):
                told(_settle(desk, store, officer, done.item, visits))

        stopped = crawl(plan, tasks, settings(desk, plan, allow_private=allow_private), evidence, sink)
    if stopped is not None:
        progress(stopped.said(language()))


class Round:
    """What the captures of a round tell of its rows. A row is done when all that was asked for it is in."""

    def __init__(
        self,
        plan: "Plan",
        wanted: Sequence[Sought],
        tasks: Sequence[Task],
        sources: "Mapping[str, Source]",
        evidence: EvidenceStore,
        hosts: Mapping[str, str],
    ) -> None:
        self._plan = plan
        self._sources = sources
        self._evidence = evidence
        self._hosts = hosts
        self._by_target: dict[Target, list[Sought]] = {}
        for one in wanted:
            for target in one.targets:
                self._by_target.setdefault(target, []).append(one)
        self._open: dict[str, set[str]] = {one.item.id: set() for one in wanted}
        for task in tasks:
            for one in self._by_target.get(target_of(task, sources), ()):
                self._open[one.item.id].add(task.id)
        self._probes: dict[str, list[Probe]] = {}
        self._told: dict[tuple[str, str], Told] = {}

    def bundle(self, capture: Capture) -> CaptureBundle:
        """A capture as it is stored: where it shows an ad of a row, with a sighting of that."""
        task = capture.task
        target = target_of(task, self._sources)
        sightings: dict[str, Sighting] = {}
        for one in self._by_target.get(target, ()):
            told = self._tell(one, target, capture)
            self._told[one.item.id, task.id] = told
            for ad in one.ads if told.there else ():
                if (
                    target.url is not None
                    and target.source == PAGES
                    and landing_key(ad.landing_url) != landing_key(target.url)
                ):
                    continue  # another ad of the case, which leads elsewhere
                seen = _sighting(ad.id, capture)
                sightings[seen.id] = seen
        return CaptureBundle(capture=capture, ads=(), sightings=tuple(sightings.values()))

    def take(self, capture: Capture) -> Iterator[tuple[Sought, list[Visit]]]:
        """The rows that are done by a capture that was stored, with a visit from each region."""
        task = capture.task
        target = target_of(task, self._sources)
        for one in self._by_target.get(target, ()):
            name = one.item.id
            probe = Probe(
                told=self._told.pop((name, task.id)),
                decides=target in one.decides,
                url=capture.url[:2000],
                outcome=capture.outcome,
                at=capture.at,
                region=task.region,
                device=task.device,
                evidence=capture.evidence,
            )
            self._probes.setdefault(name, []).append(probe)
            self._open[name].discard(task.id)
            if not self._open[name]:
                yield one, _visits(self._probes.pop(name))

    def _tell(self, one: Sought, target: Target, capture: Capture) -> Told:
        if target.source != PAGES:
            return source_tells(one.known, one.item.urls, capture.outcome, capture.ads)
        return page_tells(one.known, self._fetched(capture), closed_words())

    def _fetched(self, capture: Capture) -> Fetched:
        page = capture.ads[0].landing if capture.ads else None
        title, text = (page.title or "", page.text) if page else _words(capture, self._evidence)
        return Fetched(
            outcome=capture.outcome,
            status=capture.status,
            title=title,
            text=text,
            unresolved=capture.outcome is Outcome.UNREACHABLE
            and self._plan.proxy(capture.task.region) is None
            and _unresolved(landing_host(capture.task.url), self._hosts),
        )


def _visits(probes: Sequence[Probe]) -> list[Visit]:
    regions = dict.fromkeys(probe.region for probe in probes)
    return [one_visit([probe for probe in probes if probe.region == region]) for region in regions]


def _words(capture: Capture, evidence: EvidenceStore) -> tuple[str, str]:
    """Title and visible text of a page that turned the visitor away, as it was kept."""
    from crawlers.parsers.document import read_page, visible_text

    html = next((ref for ref in capture.evidence if ref.role == "html"), None)
    if html is None:
        return "", ""
    page = read_page(evidence.get(html.sha256), capture.url)
    return page.title, visible_text(page.tree, limit=_MOST_TEXT)


def _unresolved(host: str | None, hosts: Mapping[str, str]) -> bool:
    """Whether the system's resolver says twice that a name does not exist; a resolver that is away says nothing."""
    if not host or host in hosts:
        return False
    for _ in range(2):
        try:
            socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            if error.errno not in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
                return False
            continue
        except (OSError, UnicodeError):
            return False
        return False
    return True


def _sighting(ad_id: str, capture: Capture) -> Sighting:
    task = capture.task
    return Sighting(
        id=sighting_id(ad_id, task.id),
        ad_id=ad_id,
        run_id=task.run_id,
        task_id=task.id,
        source=task.source,
        at=capture.at,
        device=task.device,
        region=task.region,
        keyword=task.keyword,
        slot=Slot.SLOT,
        position=1,
        mark="recheck",
        page_url=capture.final_url or capture.url,
        evidence=capture.evidence,
    )


def _nothing_to_visit(desk: Desk, item: HandedItem) -> Visit:
    return Visit(
        at=desk.now(),
        url=item.urls[0] if item.urls else "",
        outcome=Outcome.SKIPPED,
        there=None,
        why="没有可访问的网址，也没有可再次查询的来源，须人工核实",
    )


def _settle(
    desk: Desk, store: FindingStore, officer: Hand, item: HandedItem, visits: Sequence[Visit]
) -> Visited:
    """Store a row with its new visits, on top of whatever others changed of it, and let its case relapse if the ad is
    back."""
    schedule = schedule_of(desk.config.takedown.recheck)
    handovers: Handovers = store.handovers()
    stands, before = item, item.presence
    for _ in range(_TRIES):
        (result,) = handovers.put_items([visited(stands, visits, schedule)])
        if not isinstance(result, Stale):
            stands = result
            break
        if not isinstance(result.stands, HandedItem):
            break
        stands, before = result.stands, result.stands.presence
    relapsed = stands.presence is Presence.BACK and relapse(officer, stands)
    return Visited(stands, tuple(visits), relapsed and before is not Presence.BACK)


def relapse(officer: Hand, item: HandedItem) -> bool:
    """Let the case of an ad that was gone and is back relapse, if it is still handed over; one that was closed did so when
    its sighting was stored. Once for each return: what officers decide afterwards stays. Whether it did so now."""
    program = replace(officer, actor=SYSTEM)
    entry = hashlib.sha256(f"back\x1f{item.id}\x1f{item.back_at}".encode()).hexdigest()[:32]
    case_id = item.case_id
    for _ in range(_TRIES):
        file = officer.book.file(case_id)
        if file is None:
            return False
        if file.merged_into is not None:
            case_id = file.merged_into
            continue
        if file.state is CaseState.RELAPSED:
            return True
        if file.state is not CaseState.HANDED_OVER or any(
            known.draft.id == entry for known in officer.book.trail_of(case_id)
        ):
            return False
        (outcome,) = carry_out(program, [case_id], lambda _: Relapse(), entry=entry)
        if outcome.result is not Result.CONFLICT:
            return outcome.result is Result.DONE
    return False
