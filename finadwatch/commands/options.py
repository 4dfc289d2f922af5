"""Options that several commands share."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from finadwatch.i18n import t

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
            "消息队列 redis://主机:6379/0（密码只放在配置或 FINADWATCH_BROKER）",
            "redis://host:6379/0 (a password only in the configuration or FINADWATCH_BROKER)",
        ),
    )(function)


def json_option(function: Function) -> Function:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help=t("输出 JSON", "print JSON"))(function)


def existing_file(**settings: Any) -> click.Path:
    """A file that must be there; `-` is standard input where `allow_dash` is set."""
    return click.Path(exists=True, dir_okay=False, path_type=Path, **settings)


def example(*lines: str) -> str:
    """The example of a command's help, kept as typed."""
    return "\b\n" + t("例：", "Example:") + "\n" + "\n".join(f"  {line}" for line in lines)
