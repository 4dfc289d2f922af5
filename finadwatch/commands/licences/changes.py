"""What a list adds, drops and changes, as lines for a person."""

import json
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from finadwatch.i18n import t
from finadwatch.show import safe

if TYPE_CHECKING:
    from licences.differences import Change
    from licences.reports import Counts

SHOWN = 20  # of each kind, unless asked for more


def _value(value: Any) -> str:
    if value is None:
        return t("（空）", "(nothing)")
    return safe(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def print_changes(
    added: Iterable[str],
    gone: Iterable[str],
    changed: Iterable["Change"],
    counts: "Counts",
    limit: int = SHOWN,
) -> None:
    """At most `limit` lines of each kind, and how many there are beyond."""
    for mark, names, count in (("+", added, counts.added), ("-", gone, counts.gone)):
        for name in islice(names, limit):
            click.echo(f"{mark} {safe(name)}")
        _more(mark, count - limit)
    for change in islice(changed, limit):
        click.echo(f"~ {safe(change.name)}  {change.id}")
        for field in change.fields:
            click.echo(f"    {field.field}: {_value(field.old)} → {_value(field.new)}")
    _more("~", counts.changed - limit)


def _more(mark: str, count: int) -> None:
    if count > 0:
        click.echo(f"{mark} {t(f'……另有 {count} 条', f'… {count} more')}")
