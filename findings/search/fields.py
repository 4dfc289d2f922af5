"""The fields that a search may name, in Chinese and English, and how what is typed behind one is read.

One table for the query language (`domain:x.example`, `域名：x.example`) and for the filters of `SearchQuery`.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache

import msgspec

from findings.model.errors import Said
from findings.model.places import PLACES
from findings.model.vocabulary import (
    CASE_STATE_ZH,
    CATEGORY_ZH,
    CHANNEL_ZH,
    DEVICE_ZH,
    DUTY_ZH,
    LICENCE_ZH,
    PRODUCT_ZH,
    SEVERITY_ZH,
    Severity,
)
from findings.model.zone import CHINA
from findings.search.cursor import micros
from findings.search.expression import AtLeast, Below, Expression, Is, Phrase
from findings.search.fold import fold

#: Longest value of a field: host names end at 253, codes and ids far before.
MAX_VALUE = 300
_LETTERS = re.compile(r"[a-z_]+")


class BadFieldValue(Exception):
    """What stands behind a field can't be its value; `said` says what can."""

    def __init__(self, said: Said) -> None:
        super().__init__(str(said))
        self.said = said


class Field(msgspec.Struct, frozen=True):
    """One field: its English name, its Chinese names (that of the help first), what is looked for in it."""

    name: str
    chinese: tuple[str, ...]
    read: Callable[[str], Expression]


def _phrase(name: str) -> Callable[[str], Expression]:
    def read(value: str) -> Expression:
        term = fold(value)
        if not term.strip():
            raise BadFieldValue(Said("it has no letters to look for", zh="没有可检索的文字"))
        return Phrase(name, term)

    return read


def _exact(name: str, form: Callable[[str], str] = str) -> Callable[[str], Expression]:
    def read(value: str) -> Expression:
        if len(value) > MAX_VALUE:
            raise BadFieldValue(
                Said(f"it is longer than {MAX_VALUE} characters", zh=f"超过 {MAX_VALUE} 个字符")
            )
        return Is(name, form(value.strip()))

    return read


def _choice(name: str, chinese: Iterable[tuple[str | int, str]]) -> Callable[[str], Expression]:
    listed = [(value if isinstance(value, int) else str(value), label) for value, label in chinese]

    @cache
    def words() -> dict[str, str | int]:
        # Only when a query asks: folding loads a table that most commands never need.
        return {fold(word): value for value, label in listed for word in (str(value), label)}

    def read(value: str) -> Expression:
        found = words().get(fold(value).strip())
        if found is None:
            english = ", ".join(str(value) for value, _ in listed)
            both = "、".join(f"{value} {label}" for value, label in listed)
            raise BadFieldValue(Said(f"give one of {english}", zh=f"可用：{both}"))
        return Is(name, found)

    return read


def _severity(value: str) -> Expression:
    found = _choice("severity", SEVERITY_ZH.items())(value)
    assert isinstance(found, Is)
    return Is("severity", Severity(str(found.value)).rank)


def _score(value: str) -> Expression:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise BadFieldValue(Said("give a number from 0 to 1", zh="应为 0 至 1 的数"))
    return AtLeast("score", number)


def _from_day(name: str) -> Callable[[str], Expression]:
    return lambda value: AtLeast(name, _midnight(value, 0))


def _to_day(name: str) -> Callable[[str], Expression]:
    return lambda value: Below(name, _midnight(value, 1))


def _midnight(value: str, days: int) -> int:
    try:
        day = date.fromisoformat(fold(value).strip())
    except ValueError as error:
        raise BadFieldValue(Said("give a day as YYYY-MM-DD", zh="应为 YYYY-MM-DD 格式的日期")) from error
    return day_begins(
        day + min(timedelta(days=days), date.max - day)
    )  # "no end" is often typed as 9999-12-31


def day_begins(day: date) -> int:
    """Microseconds since 1970 at which a day begins in China."""
    return micros(datetime.combine(day, time.min, CHINA))


def plain_host(value: str) -> str:
    """A host as stores keep it: folded, without the point at its end; an address is cut to its host."""
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", fold(value).strip())
    host = re.split(r"[/?#]", host, maxsplit=1)[0]
    return re.sub(r"(?<!:):\d*$", "", host).strip(".")


def plain_icp(value: str) -> str:
    """A filing number as stores keep it: folded, without spaces and without the number of one site (-1) behind it."""
    return re.sub(r"号(-\d+)?$", "号", fold(value).replace(" ", ""))


def _province(value: str) -> Expression:
    """A province by its short name, its full one or the character of its filings: 上海, 上海市, 沪."""
    plain = fold(value).strip()
    for place in PLACES.values():
        if plain in map(fold, (place.short, place.full, *place.icp)):
            return Is("province", place.short)
    both = "、".join(PLACES)
    raise BadFieldValue(Said(f"give one of {both}", zh=f"可用：{both}"))


def plain_app(value: str) -> str:
    """A package name as stores keep it."""
    return fold(value).strip()


#: Whether an ad has a clear finding (`Level.CLEAR`): of any category, or of one.
ANY_CLEAR = "any"
_CLEAR: dict[str, str] = {ANY_CLEAR: "任一"} | {str(number): name for number, name in CATEGORY_ZH.items()}

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("title", ("标题",), _phrase("title")),
        Field("text", ("正文", "内容"), _phrase("text")),
        Field("advertiser", ("广告主", "主体"), _phrase("advertiser")),
        Field("domain", ("域名", "网站"), _exact("domain", plain_host)),
        Field("category", ("类别",), _choice("category", CATEGORY_ZH.items())),
        Field("clear", ("明确",), _choice("clear", _CLEAR.items())),
        Field("rule", ("规则",), _exact("rule")),
        Field("duty", ("形式", "形式义务"), _choice("duty", DUTY_ZH.items())),
        Field("severity", ("程度", "严重程度"), _severity),
        Field("score", ("评分", "分数"), _score),
        Field("licence", ("准入", "准入状态", "许可"), _choice("licence_status", LICENCE_ZH.items())),
        Field("product", ("产品", "业务"), _choice("product", PRODUCT_ZH.items())),
        Field("channel", ("渠道",), _choice("channel", CHANNEL_ZH.items())),
        Field("source", ("来源",), _exact("source")),
        Field("keyword", ("关键词",), _exact("keyword")),
        Field("device", ("设备", "终端"), _choice("device", DEVICE_ZH.items())),
        Field("region", ("地区",), _exact("region")),
        Field("province", ("省份", "省"), _province),
        Field("icp", ("备案", "备案号"), _exact("icp", plain_icp)),
        Field("app", ("应用", "包名"), _exact("app", plain_app)),
        Field("state", ("状态",), _choice("state", CASE_STATE_ZH.items())),
        Field("case", ("案件",), _exact("case")),
        Field("run", ("监测", "批次"), _exact("run")),
        Field("since", ("首次发现起", "起"), _from_day("first_seen")),
        Field("until", ("首次发现止", "止"), _to_day("first_seen")),
        Field("seen_since", ("最近发现起",), _from_day("last_seen")),
        Field("seen_until", ("最近发现止",), _to_day("last_seen")),
    )
}
_BY_NAME = {name: field for field in FIELDS.values() for name in (field.name, *field.chinese)}


def field_named(name: str) -> Field | None:
    """The field of a Chinese or English name, whatever its width and case."""
    return _BY_NAME.get(fold(name).strip())


def field_meant(name: str) -> Field | None:
    """The field of which an English name is most likely a slip: `advertizer`. What an ad may well say
    before a colon (QQ:, VX:) is text."""
    plain = fold(name).strip()
    if len(plain) < 4 or not _LETTERS.fullmatch(plain):
        return None
    near = get_close_matches(plain, FIELDS, n=1, cutoff=0.75)
    return FIELDS[near[0]] if near else None


def names_of_fields() -> Iterable[str]:
    """All names, for the help and for printing."""
    return _BY_NAME
