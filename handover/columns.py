"""The columns that a list can have: each says one thing of a row. Which list has which stands in `addressees.yaml`."""

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from findings.model.vocabulary import CATEGORY_ZH, LICENCE_ZH, PRODUCT_ZH
from findings.model.zone import CHINA
from handover.rows import BatchRow

#: Code points of one captured value in a cell; whole it stands in the JSON. A page's address may have no end.
MOST = 400
UNKNOWN = "未知"
_CUT = "…（全文见 JSON）"


class Column(msgspec.Struct, frozen=True):
    """A heading, the width of the column in characters, and what it says of a row."""

    heading: str
    width: int
    cell: Callable[[BatchRow], str]


def reason(row: BatchRow) -> str:
    """Why a row is on the list, in one cell: suspected categories, form leads, what an authority's word asks for."""
    lines = [
        *([f"涉嫌 {named(row.categories)}"] if row.categories else []),
        *([f"可商榷 {named(row.arguable)}"] if row.arguable and not row.categories else []),
        *([f"涉嫌情形 {'、'.join(row.trades)}"] if row.trades else []),
        *row.form,
        *row.notices,
    ]
    return _lines(lines)


def named(categories: Iterable[int]) -> str:
    """Categories by number and name."""
    return "；".join(f"{number} {CATEGORY_ZH[number]}" for number in categories)


def _lines(values: Iterable[str]) -> str:
    return "\n".join(_short(value) for value in values)


def _short(text: str | None, otherwise: str = "") -> str:
    if not text:
        return otherwise
    return text if len(text) <= MOST else text[: MOST - len(_CUT)] + _CUT


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"


def _place(row: BatchRow) -> str:
    facts = row.place
    return facts.province or (f"境外（{facts.abroad}）" if facts.abroad else UNKNOWN)


COLUMNS: dict[str, Column] = {
    "number": Column("序号", 6, lambda row: str(row.number)),
    "case": Column("案件线索编号", 37, lambda row: row.case_id),
    "evidence": Column("证据编号", 37, lambda row: "\n".join((row.case_id, *row.also_cases))),
    "also": Column("同站其他序号", 10, lambda row: "、".join(map(str, row.also))),
    "title": Column("广告标题", 36, lambda row: _short(row.title)),
    "site": Column("网站（应用）名称", 24, lambda row: _short(row.site, UNKNOWN)),
    "app": Column("应用", 20, lambda row: _short(row.app)),
    "advertiser": Column("广告主", 24, lambda row: _short(row.advertiser, UNKNOWN)),
    "uscc": Column("统一社会信用代码", 20, lambda row: _short(row.uscc, UNKNOWN)),
    "product": Column("产品", 12, lambda row: PRODUCT_ZH[row.product]),
    "licence": Column("准入状态", 14, lambda row: LICENCE_ZH[row.licence_status]),
    "licence_as_of": Column(
        "名录日期", 12, lambda row: row.licence_as_of.isoformat() if row.licence_as_of else "无名录"
    ),
    "licence_reason": Column("准入说明", 36, lambda row: _short(row.licence_reason)),
    "url": Column("网址", 44, lambda row: _short(row.url)),
    "urls": Column("全部网址", 44, lambda row: _lines(row.urls)),
    "host": Column("域名", 24, lambda row: _short(row.host, "无")),
    "hops": Column("跳转经过的域名", 24, lambda row: _lines(row.hops)),
    "ip": Column("IP 地址", 16, lambda row: _short(row.ip, UNKNOWN)),
    "icp_number": Column("ICP 备案号", 22, lambda row: _short(row.icp_number, UNKNOWN)),
    "icp_owner": Column("ICP 主体", 24, lambda row: _short(row.icp_owner, UNKNOWN)),
    "place": Column("服务器所在地", 14, _place),
    "registrar": Column("域名注册商", 20, lambda row: _short(row.place.registrar, UNKNOWN)),
    "known_by": Column("所在地、注册商依据", 24, lambda row: _lines(one.zh for one in row.place.by)),
    "categories": Column("涉嫌类别", 24, lambda row: named(row.categories)),
    "arguable": Column("可商榷类别", 24, lambda row: named(row.arguable)),
    "trades": Column("涉嫌情形", 16, lambda row: _lines(row.trades)),
    "form": Column("形式线索", 30, lambda row: _lines(row.form)),
    "notices": Column("通知线索", 36, lambda row: _lines(row.notices)),
    "reason": Column("事由", 40, reason),
    "quoted": Column("引用原文", 44, lambda row: _lines(row.quoted)),
    "basis": Column("依据", 40, lambda row: _lines(row.basis)),
    "route": Column("建议移送", 24, lambda row: "；".join(row.route)),
    "route_why": Column("移送理由", 36, lambda row: _lines(row.route_why)),
    "contacts": Column("页面所留联系方式", 30, lambda row: _lines(row.contacts)),
    "sources": Column("发现来源", 14, lambda row: "；".join(row.sources)),
    "keywords": Column("检索词", 16, lambda row: _lines(row.keywords)),
    "first_seen": Column("首次发现（北京时间）", 20, lambda row: _at(row.first_seen)),
    "last_seen": Column("最近发现（北京时间）", 20, lambda row: _at(row.last_seen)),
    "sightings": Column("出现次数", 8, lambda row: str(row.sightings)),
    "evidence_hash": Column("证据清单 SHA-256", 68, lambda row: row.evidence_hash),
    "evidence_missing": Column("缺失证据文件数", 8, lambda row: str(row.evidence_missing)),
}
