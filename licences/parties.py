"""Whom a cell of the business register names as representative or shareholder: persons and organisations."""

import re

from licences.names import has_legal_form

_DELEGATE = re.compile(r"[(（]\s*(?:委派代表|执行事务合伙人委派代表|委派)\s*[:：]?\s*([^)）]{2,20})[)）]")
_TITLE = re.compile(r"[(（][^)）]{0,20}[)）]\s*$")
_ORGANISATION = re.compile(
    "公司|合伙|企业|中心|基金|银行|集团|厂$|店$|社$|院$|所$|会$|局$|委员|政府|大学|学校|信托|计划|工会"
)
#: Code points of a cell that are read: the longest registered names have about 60.
_READ = 200


def parties_in(cell: str) -> tuple[tuple[str, bool], ...]:
    """The names in a cell, each with whether it is a natural person's.

    A managing partner and its delegate are two: 星河管理有限公司（委派代表：张三）. A title behind
    a person's name is left out: 张三（董事长）.
    """
    name, delegates = cell[:_READ].strip(), []
    if delegate := _DELEGATE.search(name):
        delegates.append((delegate[1].strip(), True))
        name = name[: delegate.start()].strip()
    person = not (has_legal_form(name) or _ORGANISATION.search(name))
    if person:
        name = _TITLE.sub("", name).strip()
    return ((name, person), *delegates) if name else tuple(delegates)
