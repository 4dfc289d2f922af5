"""finadwatch audit: the trail of every change of cases, and whether it is as it was written."""

import re
from itertools import islice
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import example, json_option, office_options, store_option
from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.labels import action_label
from finadwatch.redacting import shown, unmasked_option
from finadwatch.show import emit, safe
from findings.model.zone import CHINA

if TYPE_CHECKING:
    from findings.model.casework import AuditEntry

_HEAD = re.compile(r"([1-9][0-9]{0,11}):([0-9a-f]{64})")


@click.group(
    help=t(
        "审计日志：谁在何时因何对案件做了什么；是否被改动。",
        "The trail: who did what to cases, when and why; was it altered.",
    )
    + "\n\n"
    + example("finadwatch audit log c1-0123…", "finadwatch audit verify"),
)
def command() -> None:
    """Group."""


@command.command(
    help=t(
        "列出审计日志，最早的在前；可只列一件。个人信息以 * 代替，此时摘要与所列文字不符，--unmasked 列出原文。",
        "List the trail, oldest first; of one case where an id is given. Personal data in it is masked, and the "
        "digest is then not of what is printed: --unmasked prints entries as they were written.",
    )
    + "\n\n"
    + example("finadwatch audit log c1-0123…", "finadwatch audit log --after 1000 --limit 50 --json"),
)
@click.argument("case_id", required=False)
@click.option(
    "--after", type=click.IntRange(0), default=0, help=t("从该编号之后列起", "begin behind this number")
)
@click.option("--limit", type=click.IntRange(1), help=t("最多条数", "at most so many"))
@unmasked_option
@office_options
@click.pass_obj
def log(
    desk: Desk,
    case_id: str | None,
    after: int,
    limit: int | None,
    unmasked: bool,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
) -> None:
    """Print entries as they are read."""
    with desk.store(store_url) as store:
        book = store.casebook()
        see = shown(desk, store, actor, f"audit log {case_id or ''}".rstrip(), unmasked=unmasked)
        found = book.trail_of(case_id) if case_id else book.trail(after)
        entries = (entry for entry in found if entry.number > after)
        for entry in map(see, islice(entries, limit)):
            emit(entry) if as_json else _print(entry)


@command.command(
    help=t(
        "校验审计日志的哈希链，指出第一处断裂、缺失或调换。--head 与此前另行记下的链尾核对。",
        "Check the chain of the trail and name the first entry that is broken, missing or swapped. "
        "--head checks it against one noted elsewhere before; --cases looks at the cases too.",
    )
    + "\n\n"
    + example("finadwatch audit verify", "finadwatch audit verify --head 128:3f1c…"),
)
@click.option(
    "--head", metavar="N:SHA256", help=t("此前记下的链尾（编号:摘要）", "number and digest noted before")
)
@click.option(
    "--cases",
    "with_cases",
    is_flag=True,
    help=t("并核对每件案件现状与日志是否一致", "check too that every case stands as the trail left it"),
)
@store_option
@json_option
@click.pass_obj
def verify(desk: Desk, head: str | None, with_cases: bool, store_url: str | None, as_json: bool) -> int:
    """Exit 0 if the trail is as it was written, 1 if not."""
    from findings.review.agreement import disagreements, left_by
    from findings.review.chain import Head
    from findings.review.chain import verify as check

    noted = None
    if head is not None:
        found = _HEAD.fullmatch(head.strip())
        if found is None:
            raise click.UsageError(
                t("--head 应为 编号:64 位十六进制摘要", "--head is a number, a colon and 64 hex digits")
            )
        noted = Head(int(found[1]), found[2])
    with desk.store(store_url) as store:
        book = store.casebook()
        checked = check(book.trail(), noted)
        wrong = list(disagreements(book, left_by(book.trail()))) if with_cases else []
    last = f"{checked.head.number}:{checked.head.digest}" if checked.head else None
    if as_json:
        fault = checked.fault
        emit(
            {
                "sound": checked.sound and not wrong,
                "entries": checked.entries,
                "head": last,
                "fault": {
                    "number": fault.number,
                    "kind": fault.kind,
                    "entry_id": fault.entry_id,
                    "message": fault.said.said(language()),
                }
                if fault
                else None,
                "cases": [{"case_id": one.case_id, "message": one.said.said(language())} for one in wrong]
                if with_cases
                else None,
            }
        )
        return 0 if checked.sound and not wrong else 1
    if checked.fault:
        click.echo(f"✗ {checked.fault.said.said(language())}")
        click.echo(t(f"此前 {checked.entries} 条完好", f"the {checked.entries} entries before it are sound"))
    else:
        click.echo(
            t(f"{checked.entries} 条，链完整", f"{checked.entries} entries, the chain is whole")
            if last
            else t("日志为空", "the trail is empty")
        )
        if last:
            click.echo(t(f"链尾（请另行记下）：{last}", f"head, to be noted elsewhere: {last}"))
    for one in wrong:
        click.echo(f"✗ {safe(one.said.said(language()))}")
    if with_cases and not wrong:
        click.echo(t("各案件现状与日志一致", "every case stands as the trail left it"))
    return 0 if checked.sound and not wrong else 1


def _print(entry: "AuditEntry") -> None:
    draft = entry.draft
    at = f"{draft.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    cases = " ".join(draft.case_ids[:3]) + (" …" if len(draft.case_ids) > 3 else "")
    click.echo(f"{entry.number:>6}  {at}  {safe(draft.actor)}  {action_label(draft.action)}  {safe(cases)}")
    for case_id in draft.case_ids[:3]:
        after = draft.after.get(case_id)
        before = draft.before.get(case_id)
        if isinstance(after, dict) and isinstance(before, dict) and "state" in after:
            click.echo(f"        {_state(before['state'])} → {_state(after['state'])}")
    if draft.note:
        click.echo(f"        {safe(draft.note)}")


def _state(value: object) -> str:
    from finadwatch.labels import state_label
    from findings.model.vocabulary import CaseState

    text = str(value)
    return state_label(CaseState(text)) if text in set(CaseState) else safe(text)
