"""finadwatch licences diff: what changed between two stored versions of a list."""

from itertools import islice
from typing import TYPE_CHECKING

import click

from finadwatch.commands.licences.changes import SHOWN, print_changes
from finadwatch.commands.options import example, json_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import emit
from findings.model.errors import UsageError

if TYPE_CHECKING:
    from licences.differences import Differences


def _chosen(kept: list[str], register: str, old: str | None, new: str | None) -> tuple[str, str]:
    """The two versions that are compared. Raises UsageError."""
    if not kept:
        raise UsageError(
            f"no list of {register} was imported; see finadwatch licences status",
            zh=f"没有导入过 {register} 名录：请用 finadwatch licences status 查看",
        )
    for version in filter(None, (old, new)):
        if version not in kept:
            raise UsageError(
                f"{register} has no version {version}; it has {', '.join(kept)}",
                zh=f"{register} 没有版本 {version}，现有：{'、'.join(kept)}",
            )
    newer = new or kept[-1]
    if old is not None:
        return old, newer
    before = kept[: kept.index(newer)]
    if not before:
        raise UsageError(
            f"{register} has one version only ({newer}): there is nothing to compare",
            zh=f"{register} 只有一个版本（{newer}），无可比较",
        )
    return before[-1], newer


@click.command(
    help=t(
        "比较某名录的两个版本：新增、减少、变更（逐项列出旧值与新值）。默认比较最近两版。",
        "Compare two versions of a list: added, gone, changed with old and new values; the last two by default.",
    )
    + "\n\n"
    + example("finadwatch licences diff nfra", "finadwatch licences diff nfra 2026-06-30-0f1e2d3c --json")
)
@click.argument("register")
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    help=t(
        f"每类最多列出多少条（默认 {SHOWN}，--json 时不限；0 为不限）",
        f"how many of each kind to list ({SHOWN}, with --json all; 0 = all)",
    ),
)
@json_option
@click.pass_obj
def diff(
    desk: Desk, register: str, old: str | None, new: str | None, limit: int | None, as_json: bool
) -> None:
    """Compare two stored versions."""
    from licences.differences import Differences
    from licences.reports import Counts
    from licences.versions import kept_versions, read_version

    folder = desk.config.licences_folder
    older, newer = _chosen(kept_versions(folder, register), register, old, new)
    found = Differences(
        read_version(folder, register, older, proven=True), read_version(folder, register, newer, proven=True)
    )
    if as_json:
        _emit(found, limit or None)
        return
    counts = Counts(added=len(found.added), gone=len(found.gone), changed=found.changed, refused=0, notes=0)
    print_changes(
        found.added_names(),
        found.gone_names(),
        found.changes(),
        counts,
        SHOWN if limit is None else limit or counts.added + counts.gone + counts.changed,
    )
    click.echo(
        t(
            f"{register} {older} → {newer}：新增 {counts.added}，变更 {counts.changed}，减少 {counts.gone}",
            f"{register} {older} → {newer}: {counts.added} added, {counts.changed} changed, {counts.gone} gone",
        )
    )


def _emit(found: "Differences", limit: int | None) -> None:
    """A line of JSON for each difference."""
    for name in islice(found.added_names(), limit):
        emit({"change": "added", "name": name})
    for name in islice(found.gone_names(), limit):
        emit({"change": "gone", "name": name})
    for change in islice(found.changes(), limit):
        emit({"change": "changed", "id": change.id, "name": change.name, "fields": change.fields})
