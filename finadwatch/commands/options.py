"""Options that several commands share."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from finadwatch.i18n import t
from findings.casebook import CaseQuery
from findings.model.vocabulary import CaseState

Function = TypeVar("Function", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a date; click reports a bad one as wrong use (exit 2)."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()
        except ValueError:
            self.fail(
                t(f"{value!r} 不是日期（应为 YYYY-MM-DD）", f"{value!r} is no date (YYYY-MM-DD)"), param, ctx
            )


class Instant(click.ParamType[datetime]):
    """An instant in ISO 8601 with its offset from UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read an instant; click reports a bad one, or one without offset, as wrong use (exit 2)."""
        found: datetime | None = None
        with suppress(ValueError):
            found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        if found is None or found.tzinfo is None:
            self.fail(
                t(
                    f"{value!r} 不是带时区的时间（应如 2026-11-22T02:00:00+08:00）",
                    f"{value!r} is no time with its zone (like 2026-11-22T02:00:00+08:00)",
                ),
                param,
                ctx,
            )
        return found


def store_option(function: Function) -> Function:
    """`--store URL`."""
    return click.option(
        "--store",
        "store_url",
        metavar="URL",
        help=t("存储地址：sqlite:///文件 或 http(s)://主机:9200", "sqlite:///file or http(s)://host:9200"),
    )(function)


def broker_option(function: Function) -> Function:
    """`--broker URL`."""
    return click.option(
        "--broker",
        metavar="URL",
        help=t(
            "消息队列 redis://主机:6379/0 或 amqp://主机:5672//（密码只放在配置或 FINADWATCH_BROKER）",
            "redis://host:6379/0 or amqp://host:5672// (a password only in the configuration or FINADWATCH_BROKER)",
        ),
    )(function)


def json_option(function: Function) -> Function:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help=t("输出 JSON", "print JSON"))(function)


def as_option(function: Function) -> Function:
    """`--as NAME`."""
    return click.option(
        "--as",
        "actor",
        metavar="NAME",
        help=t(
            "操作人（默认取配置 actor 或系统用户名）",
            "who acts (else the configuration's actor, else the system's user)",
        ),
    )(function)


def office_options(function: Function) -> Function:
    """`--as`, `--store`, `--json`: of every command of officers' work on a store."""
    return as_option(store_option(json_option(function)))


def note_option(*, required: bool = False) -> Callable[[Function], Function]:
    """`--note TEXT`."""
    missing: dict[str, Any] = {"required": True} if required else {"default": ""}
    return click.option("--note", help=t("理由，写入审计日志", "the reason, for the trail"), **missing)


def case_conditions(function: Function) -> Function:
    """The options that pick cases by what they are; `conditions` makes a query of them."""
    options = (
        click.option(
            "--state",
            "states",
            type=click.Choice([state.value for state in CaseState]),
            multiple=True,
            help=t("状态", "state"),
        ),
        click.option(
            "--category",
            "categories",
            type=click.IntRange(1, 9),
            multiple=True,
            help=t("类别 1–9", "category 1–9"),
        ),
        click.option("--source", "sources", multiple=True, help=t("来源", "source")),
        click.option("--assignee", "assignees", multiple=True, help=t("承办人", "whose cases")),
        click.option("--district", "districts", multiple=True, help=t("辖区", "district")),
        click.option("--due", "due_by", type=Day(), help=t("期限不晚于", "owed on or before")),
    )
    for option in reversed(options):
        function = option(function)
    return function


def conditions(values: dict[str, Any], **more: Any) -> CaseQuery | None:
    """The query of `case_conditions`, whose values it takes out; None where none of them was given."""
    states = tuple(CaseState(value) for value in values.pop("states"))
    given = {
        "categories": values.pop("categories"),
        "sources": values.pop("sources"),
        "assignees": values.pop("assignees"),
        "districts": values.pop("districts"),
        "due_by": values.pop("due_by"),
    }
    if not states and not any(given.values()):
        return None
    return CaseQuery(states=states, **given, **more)


def existing_file(**settings: Any) -> click.Path:
    """A file that must be there; `-` is standard input where `allow_dash` is set."""
    return click.Path(exists=True, dir_okay=False, path_type=Path, **settings)


def example(*lines: str) -> str:
    """The example of a command's help, kept as typed."""
    return "\b\n" + t("例：", "Example:") + "\n" + "\n".join(f"  {line}" for line in lines)
