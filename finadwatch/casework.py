"""What commands of officers' work share: who acts by which rules, which cases are meant, what became of them."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from finadwatch.commands.options import conditions
from finadwatch.config import Config
from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.labels import severity_label, state_label, verdict_label
from finadwatch.redacting import hidden
from finadwatch.show import emit, safe
from findings.casebook import Casebook, CaseQuery
from findings.errors import CaseMissing
from findings.model.casework import CaseFile
from findings.model.errors import Said
from findings.model.vocabulary import CaseState
from findings.model.zone import CHINA
from findings.review.acting import name_of
from findings.review.calendar import load_calendar
from findings.review.deadlines import Deadlines, Event, rows
from findings.review.house import House
from findings.review.steps import UNREAD, Step
from findings.review.working import CaseOutcome, Hand, Result, carry_out, new_id
from findings.store import FindingStore

#: Most cases of one action, and most characters of a line that names one.
MOST_CASES = 10_000
_LONGEST_LINE = 100_000_000
#: Code points of a title in a line about a case.
_TITLE = 40


def hand(desk: Desk, store: FindingStore, actor: str | None) -> Hand:
    """An officer at work on a store: `--as`, else the configuration's actor, else the system's user.

    Raises BadStep for what is no name, CalendarFaults.
    """
    return Hand(
        book=store.casebook(),
        actor=name_of(actor if actor is not None else desk.actor),
        house=house_of(desk.config),
        deadlines=deadlines_of(desk.config),
        now=desk.now,
    )


def house_of(config: Config) -> House:
    """The office's own rules, as configured."""
    review = config.review
    return House(heads=review.heads, districts=review.districts, second_reader=review.second_reader)


def deadlines_of(config: Config) -> Deadlines:
    """The table of deadlines, counted in the calendar that ships and the office's own file. Raises CalendarFaults."""
    own = config.review.calendar
    return Deadlines(rows(), load_calendar(Path(own).expanduser() if own else None))


def work(
    desk: Desk,
    case_ids: tuple[str, ...],
    step: Step,
    chosen: dict[str, Any],
    actor: str | None,
    store_url: str | None,
    *,
    as_json: bool,
) -> int:
    """Make one step on the cases that a call means, by id or by the options of `case_conditions`; the exit code.

    More than one are one action, marked as such in the trail.
    """
    with desk.store(store_url) as store:
        officer = hand(desk, store, actor)
        ids = meant(officer.book, case_ids, conditions(chosen, limit=1000) if chosen else None)
        single = len(ids) == 1 and case_ids == (ids[0],)
        bulk = None if single else new_id()
        outcomes = carry_out(officer, ids, lambda _: step, bulk=bulk)
        return tell(outcomes, officer, as_json=as_json, bulk=bulk, single=single)


def meant(book: Casebook, named: tuple[str, ...], query: CaseQuery | None) -> list[str]:
    """The ids of the cases that a call means: those named, those on standard input (`-`), or those of a query.

    They are all read before the first is changed, so that a query doesn't change under the work.
    """
    if query is not None and named:
        raise click.UsageError(t("编号与筛选条件只能给一种", "give ids or conditions, not both"))
    if query is not None:
        return list(_matching(book, query))
    ids = [one for name in named for one in (_from_stdin() if name == "-" else (name,))]
    if not ids:
        raise click.UsageError(
            t(
                "请给出案件编号、筛选条件，或用 - 从标准输入读取编号",
                "give ids of cases, conditions, or - for ids on standard input",
            )
        )
    if len(ids) > MOST_CASES:
        raise click.UsageError(t(f"一次最多 {MOST_CASES} 件", f"at most {MOST_CASES} cases at once"))
    return list(dict.fromkeys(ids))


def _matching(book: Casebook, query: CaseQuery) -> Iterator[str]:
    left, cursor = query.limit, query.cursor
    while left > 0:
        page = book.files(replace(query, limit=min(left, 1000), cursor=cursor))
        yield from (file.id for file in page.files)
        left -= len(page.files)
        cursor = page.next_cursor
        if cursor is None:
            return


def _from_stdin() -> Iterator[str]:
    """Ids a line, or the JSON that `cases`, `cases queue` and `search` print."""
    number = 0
    while line := sys.stdin.buffer.readline(_LONGEST_LINE):
        number += 1
        text = line.decode("utf-8-sig", "replace").strip()
        if not text.startswith("{"):
            yield from (text,) if text else ()
            continue
        try:
            found = list(_ids_in(json.loads(text)))
        except (ValueError, RecursionError) as error:
            raise click.UsageError(
                t(f"标准输入第 {number} 行不是 JSON", f"line {number} of standard input is no JSON")
            ) from error
        if not all(isinstance(one, str) for one in found):
            raise click.UsageError(
                t(
                    f"标准输入第 {number} 行没有案件编号",
                    f"line {number} of standard input has no id of a case",
                )
            )
        yield from found


def _ids_in(value: dict[str, Any]) -> Iterator[Any]:
    for several, one in (("files", "id"), ("hits", "case_id")):
        rows = value.get(several)
        if isinstance(rows, list):
            for row in rows:
                inner = row.get("ad", row) if isinstance(row, dict) else {}
                yield inner.get(one) if isinstance(inner, dict) else None
            return
    yield value.get("case_id", value.get("id"))


def tell(
    outcomes: Iterable[CaseOutcome],
    hand: Hand,
    *,
    as_json: bool,
    bulk: str | None = None,
    single: bool = False,
) -> int:
    """Print each outcome as it comes, masked, then how many were done; exit code 1 if some were not.

    A `single` case that does not exist is wrong use: CaseMissing.
    """
    counts = dict.fromkeys(Result, 0)
    for outcome in outcomes:
        if single and outcome.result is Result.REFUSED and outcome.file is None:
            raise CaseMissing(outcome.case_id)
        counts[outcome.result] += 1
        outcome = hidden(outcome)
        if as_json:
            emit(as_value(outcome, bulk))
        else:
            _print(outcome, hand.deadlines, hand.now().astimezone(CHINA).date())
    left = counts[Result.CONFLICT] + counts[Result.REFUSED]
    if not as_json and not single:
        click.echo(
            t(
                f"完成 {counts[Result.DONE]} 件，冲突 {counts[Result.CONFLICT]} 件，未办 {counts[Result.REFUSED]} 件",
                f"{counts[Result.DONE]} done, {counts[Result.CONFLICT]} conflicts, {counts[Result.REFUSED]} refused",
            )
        )
        if bulk and counts[Result.DONE]:
            click.echo(
                t(
                    f"撤销本次批量操作：finadwatch review undo --bulk {bulk}",
                    f"take it all back: finadwatch review undo --bulk {bulk}",
                )
            )
    return 1 if left else 0


def as_value(outcome: CaseOutcome, bulk: str | None) -> dict[str, Any]:
    """An outcome as JSON: the reason in the language of the call."""
    return {
        "case_id": outcome.case_id,
        "result": outcome.result,
        "reason": (outcome.reason_zh if language() == "zh" else outcome.reason) or None,
        "bulk": bulk,
        "file": outcome.file,
        "wanted": outcome.wanted,
    }


def file_line(file: CaseFile, deadlines: Deadlines, today: date) -> str:
    """A case in one line: id, state, severity, title, deadline, whose it is."""
    parts = [
        file.id,
        state_label(file.state),
        severity_label(file.facts.severity),
        safe((file.facts.title or next(iter(file.facts.hosts), "-"))[:_TITLE]),
    ]
    if file.due:
        parts.append(due_line(file.due, deadlines, today))
    if file.assignee or file.district:
        parts.append(safe(" ".join(one for one in (file.district, file.assignee) if one)))
    return "  ".join(parts)


def due_line(due: date, deadlines: Deadlines, today: date) -> str:
    """A deadline, and how many working days are left."""
    left = deadlines.calendar.left(today, due)
    said = (
        t(f"期限 {due}，还有 {left} 个工作日", f"due {due}, {left} working days left")
        if left >= 0
        else t(f"期限 {due}，已逾期 {-left} 个工作日", f"due {due}, {-left} working days overdue")
    )
    reservation = deadlines.calendar.counted(min(today, due), max(today, due)).said
    return f"{said}（{_in(reservation)}）" if reservation else said


def standing_lines(file: CaseFile, deadlines: Deadlines, today: date) -> Iterator[str]:
    """Whose a case is, what is owed by when and by which article, and what keeps it quiet."""
    whose = "  ".join(safe(one) for one in (file.district, file.assignee) if one)
    if whose:
        yield f"{t('承办', 'assigned to')} {whose}"
    if file.given:
        until = f"{file.given.until.astimezone(CHINA):%Y-%m-%d %H:%M}"
        yield t(f"{safe(file.given.to)} 领取至 {until}", f"with {safe(file.given.to)} until {until}")
    if file.due:
        yield due_line(file.due, deadlines, today)
        row = deadlines.row(Event(file.owed), today) if file.owed else None
        if row:
            yield _in(row.said) + (t("；已延期一次", "; put off once") if file.extended else "")
    if file.exclusion:
        until = f"{file.exclusion.until.astimezone(CHINA):%Y-%m-%d %H:%M}" if file.exclusion.until else ""
        yield t(
            f"排除{f'至 {until}' if until else '，不限期'}：广告内容、落地页或规则（{file.exclusion.ruleset}）变更时恢复待核",
            f"excluded{f' until {until}' if until else ' without end'}: comes back when creative, landing page or "
            f"rules ({file.exclusion.ruleset}) change",
        )


def readings_lines(file: CaseFile) -> list[str]:
    """Every reading of a case: when, who, what, why."""
    return [
        f"    {reading.at.astimezone(CHINA):%Y-%m-%d %H:%M} {safe(reading.by)} "
        f"{verdict_label(reading.verdict)}：{safe(reading.note)}"
        for reading in file.readings
    ]


def _print(outcome: CaseOutcome, deadlines: Deadlines, today: date) -> None:
    file = outcome.file
    if outcome.result is Result.REFUSED:
        reason = outcome.reason_zh if language() == "zh" else outcome.reason
        click.echo(f"✗ {safe(outcome.case_id)}  {safe(reason)}")
        return
    if file is None:
        return
    if outcome.result is Result.DONE:
        click.echo(f"✓ {file_line(file, deadlines, today)}")
        if file.readings and file.state in UNREAD - {CaseState.UNSURE}:
            click.echo(t("    待另一名人员复核", "    waits for another officer to read it"))
        return
    click.echo(
        t(
            f"✗ {file.id}  冲突：他人已先行变更，未作改动",
            f"✗ {file.id}  conflict: somebody else changed it first, nothing was overwritten",
        )
    )
    stands = t(f"现为第 {file.version} 版", f"version {file.version} stands")
    click.echo(f"  {stands}: {state_label(file.state)}")
    for line in readings_lines(file):
        click.echo(line)
    if outcome.wanted:
        click.echo(f"  {t('您要改为', 'wanted')}: {state_label(outcome.wanted.state)}")
        for line in readings_lines(outcome.wanted)[-1:]:
            click.echo(line)


def _in(said: Said) -> str:
    return said.said(language())
