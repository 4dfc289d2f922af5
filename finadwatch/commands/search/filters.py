"""The filters of a search as options, and the query that they make."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, TypeVar

import click

from finadwatch.commands.options import Day
from finadwatch.i18n import t
from findings.model.vocabulary import (
    CATEGORY_ZH,
    CaseState,
    Channel,
    Device,
    FormDuty,
    LicenceStatus,
    Product,
    Severity,
)
from findings.model.zone import CHINA
from findings.query import Facet, SearchQuery, SortOrder
from findings.search.fields import ANY_CLEAR

_F = TypeVar("_F", bound=Callable[..., Any])
_E = TypeVar("_E", bound=StrEnum)


def _values(kind: type[StrEnum]) -> click.Choice[str]:
    return click.Choice([value.value for value in kind])


def _many(name: str, target: str, kind: Any, chinese: str, english: str) -> Callable[[_F], _F]:
    return click.option(f"--{name}", target, type=kind, multiple=True, help=t(chinese, english))


_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    _many("category", "categories", click.IntRange(1, 9), "类别 1–9", "category 1–9"),
    _many(
        "clear",
        "clear",
        click.Choice([ANY_CLEAR, *map(str, CATEGORY_ZH)]),
        "有明确线索的类别 1–9，any 为任一类",
        "category 1–9 with a clear finding, or any",
    ),
    _many("duty", "duties", _values(FormDuty), "形式义务（形式线索）", "form duty that an ad seems to miss"),
    _many("rule", "rules", str, "规则编号", "id of a rule"),
    _many("severity", "severities", _values(Severity), "严重程度", "severity"),
    click.option(
        "--score", "min_score", type=float, help=t("最高评分不低于（0–1）", "highest score at least (0–1)")
    ),
    _many("licence", "licence_status", _values(LicenceStatus), "准入状态", "licence status"),
    _many("product", "products", _values(Product), "产品", "product"),
    _many("state", "states", _values(CaseState), "案件状态", "state of the case"),
    _many("source", "sources", str, "来源", "source"),
    _many("channel", "channels", _values(Channel), "渠道", "channel"),
    _many("device", "devices", _values(Device), "设备", "device"),
    _many("region", "regions", str, "监测地区", "region where it was seen"),
    _many(
        "province", "provinces", str, "管辖或注册省份（上海）", "province whose authorities handle it (上海)"
    ),
    _many("keyword", "keywords", str, "搜索关键词", "keyword that was searched for"),
    _many("advertiser", "advertisers", str, "广告主名称的一部分", "part of a name of the advertiser"),
    _many("domain", "domains", str, "域名，含其子域名", "domain and all below it"),
    _many("host", "hosts", str, "落地页主机，须全同", "landing host, exactly"),
    _many("icp", "icp_numbers", str, "ICP 备案号", "ICP filing number"),
    _many("app", "app_packages", str, "应用包名", "package name of an app"),
    click.option("--case", "case_id", help=t("案件线索编号", "id of a case")),
    click.option("--run", "run_id", help=t("监测编号", "id of a run")),
    click.option("--since", type=Day(), help=t("首次发现不早于", "first seen on or after")),
    click.option("--until", type=Day(), help=t("首次发现不晚于", "first seen on or before")),
    click.option("--seen-since", type=Day(), help=t("最近发现不早于", "last seen on or after")),
    click.option("--seen-until", type=Day(), help=t("最近发现不晚于", "last seen on or before")),
    click.option("--findings-only", is_flag=True, help=t("只要有线索的广告", "only ads with a finding")),
)
#: How a page is put together.
_PAGE: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--sort",
        type=click.Choice([order.value for order in SortOrder if order is not SortOrder.STORED]),
        default=SortOrder.NEWEST.value,
        show_default=True,
        help=t("排序：新发现、最近出现、由重到轻", "newest, last seen or worst first"),
    ),
    _many(
        "facet",
        "facets",
        _values(Facet),
        "按此项计数（可多项）",
        "count by this (may be given several times)",
    ),
    click.option(
        "--exact", is_flag=True, help=t("机构简称不扩展为全称", "don't look for the full names of short ones")
    ),
    click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True),
)


def conditions(function: _F) -> _F:
    """The filters alone."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def filters(function: _F) -> _F:
    """The filters, and how a page is put together."""
    for option in reversed((*_OPTIONS, *_PAGE)):
        function = option(function)
    return function


def query_of(words: tuple[str, ...], given: dict[str, Any]) -> SearchQuery:
    """The query of a call; days are those of China. Takes its values out of `given`."""
    asked: dict[str, Any] = {name: _midnight(given.pop(name), 0) for name in ("since", "seen_since")}
    asked |= {name: _midnight(given.pop(name), 1) for name in ("until", "seen_until")}
    kinds: dict[str, type[StrEnum]] = {
        "duties": FormDuty,
        "severities": Severity,
        "licence_status": LicenceStatus,
        "products": Product,
        "states": CaseState,
        "channels": Channel,
        "devices": Device,
        "facets": Facet,
    }
    asked |= {name: _chosen(kind, given.pop(name)) for name, kind in kinds.items() if name in given}
    if not asked.get("facets"):
        asked.pop("facets", None)
    asked["sort"] = SortOrder(given.pop("sort", SortOrder.NEWEST.value))
    asked |= {name: given.pop(name) for name in SearchQuery.__struct_fields__ if name in given}
    return SearchQuery(words=" ".join(words), **asked)


def _chosen(kind: type[_E], values: Iterable[str]) -> tuple[_E, ...]:
    return tuple(kind(value) for value in values)


def _midnight(day: date | None, later: int) -> datetime | None:
    return datetime.combine(day + timedelta(days=later), time.min, CHINA) if day else None
