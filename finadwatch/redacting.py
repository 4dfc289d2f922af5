"""Who sees personal data: masked for everybody, unless an officer whom the configuration names asks for it."""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from finadwatch.context import Desk
from finadwatch.errors import UnmaskedRefused
from finadwatch.i18n import t

if TYPE_CHECKING:
    from findings.store import FindingStore

_T = TypeVar("_T")
_F = TypeVar("_F", bound=Callable[..., object])


def unmasked_option(function: _F) -> _F:
    """`--unmasked`."""
    return click.option(
        "--unmasked",
        is_flag=True,
        help=t(
            "显示个人信息（须在配置 redaction.unmasked 中，记入审计日志）",
            "show personal data (for whom redaction.unmasked names; the trail records it)",
        ),
    )(function)


def hidden(record: _T) -> _T:
    """A record as everybody sees it, of its type: where nobody can ask for more, and before `shown` gives more."""
    from findings.redaction import masked_record

    return masked_record(record)


def shown(
    desk: Desk, store: "FindingStore", actor: str | None, what: str, *, unmasked: bool
) -> "Callable[[_T], _T]":
    """What a record goes through before it is shown. `what` tells the trail what was asked for.

    The trail has its entry before anything is shown. Raises UnmaskedRefused.
    """
    if not unmasked:
        return hidden
    name = actor or desk.actor
    if name not in desk.config.redaction.unmasked:
        raise UnmaskedRefused(name)
    from findings.model.casework import AuditAction, AuditDraft

    store.casebook().note(
        AuditDraft(
            id=secrets.token_hex(16),
            at=desk.now(),
            actor=name,
            action=AuditAction.UNMASKED,
            case_ids=(),
            note=what[:1000],
        )
    )
    return lambda record: record
