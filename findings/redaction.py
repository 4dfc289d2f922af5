"""Personal data of natural persons in captured text: found by form and check digits, masked in place.

Each masked code point becomes one `*`, so that spans into a text stay right. What firms show of themselves
(400 and 95xxx numbers, landlines, mailboxes of an office) is no personal data and stays. Purposes and law:
docs/redaction.md. Names are found by what stands before or behind them (`联系人：`, `经理`): the
words kept with an ad bear no tags, so a name in running text is not found.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, TypeVar

import msgspec
import yaml

MASK = "*"

_T = TypeVar("_T")


class Personal(StrEnum):
    """Kinds of personal data."""

    MOBILE = "mobile"
    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    EMAIL = "email"
    WECHAT = "wechat"
    QQ = "qq"
    NAME = "name"


class Found(msgspec.Struct, frozen=True):
    """A place in a text, in code points."""

    kind: Personal
    start: int
    end: int


#: What people put between digits so that programs don't find them.
_GAP = r"[\s\-‐-―_.·•~/|\u200b-\u200f\ufeff]{0,3}"
_HAN = "\u4e00-\u9fff"
_MOBILE = re.compile(rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)")
_ID = re.compile(rf"(?<!\d)[1-8](?:{_GAP}\d){{16}}{_GAP}[\dx](?![\da-z])")
_OLD_ID = re.compile(rf"(?<!\d)[1-8](?:{_GAP}\d){{14}}(?!\d)")
_CARD = re.compile(rf"(?<!\d)[3-69](?:{_GAP}\d){{14,18}}(?!\d)")
_EMAIL = re.compile(r"(?<![a-z0-9])([a-z0-9][a-z0-9._%+-]{0,63})@(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,20}")
_QQ = re.compile(rf"(?:qq|扣扣|企鹅)(?:号码?|群)?[:\s是为加]{{0,5}}([1-9](?:{_GAP}\d){{4,11}})(?!\d)")
_WECHAT = re.compile(
    r"(?:微信|薇信|威信|v信|weixin|wechat|(?<![a-z])vx|加v|加微)(?:号码?|id)?[:\s是为加]{0,5}([a-z][a-z0-9_-]{5,19})"
)
#: An id or a digest of the program's own: digits in it name nobody.
_OWN_ID = re.compile(r"(?<![0-9a-z])(?:[a-z]\d-)?(?:[0-9a-f]{64}|[0-9a-f]{32})(?![0-9a-z])")
#: Mailboxes of an office, not of a person.
_OFFICE = re.compile(
    r"(?:info|service|services|support|contact|kefu|hr|admin|sales|office|tousu|jubao|market|marketing|webmaster|noreply)\d{0,3}"
)
_FIRM = rf"(?![{_HAN}()]{{0,30}}(?:公司|银行|銀行|基金|事务所|事務所|中心|集团|集團|合作社|支行|厂|廠))"
#: What begins with a surname and is no name: kinds of managers and advisers.
_NO_NAME = "(?!高级|高級|金牌|万能|萬能|白金|金融|向(?:经理|經理|老师|老師|顾问|顧問|老板|老闆))"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10x98765432"
#: First two digits of an ID number (GB/T 2260).
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)

#: Keys of records whose values are made by the program (hashes, ids, versions): digits in them name nobody;
#: and those that name an officer or a district: who did what is what the trail is for.
_OWN_KEYS = frozenset(
    [
        "id",
        "ad_id",
        "case_id",
        "case_ids",
        "merged_into",
        "undoes",
        "bulk",
        "run_id",
        "task_id",
        "draft_id",
        "sha256",
        "digest",
        "previous",
        "simhash",
        "picture",
        "embedding",
        "ruleset",
        "model",
        "list_version",
        "lists",
        "next_cursor",
        "rules",
        "law",
        "article",
        "penalty",
        "at",
        "first_seen",
        "last_seen",
        "judged_at",
        "uscc",
        "number",
        "page",
        "actor",
        "by",
        "to",
        "assignee",
        "district",
    ]
)
#: Keys whose values are a person's account whatever their form.
_ACCOUNT_KEYS = frozenset({"wechat", "qq"})


def personal(text: str) -> list[Found]:
    """The personal data of a text, in order; places may overlap."""
    plain = _plain(text)
    found = [Found(Personal.ID_NUMBER, *m.span()) for m in _ID.finditer(plain) if _is_id(_digits(m[0]))]
    found += [
        Found(Personal.ID_NUMBER, *m.span()) for m in _OLD_ID.finditer(plain) if _is_old_id(_digits(m[0]))
    ]
    found += [Found(Personal.BANK_CARD, *m.span()) for m in _CARD.finditer(plain) if _is_card(_digits(m[0]))]
    found += [Found(Personal.MOBILE, *m.span()) for m in _MOBILE.finditer(plain)]
    if found and (own := [m.span() for m in _OWN_ID.finditer(plain)]):
        found = [one for one in found if not any(start <= one.start and one.end <= end for start, end in own)]
    found += [Found(Personal.EMAIL, *m.span()) for m in _EMAIL.finditer(plain) if not _OFFICE.fullmatch(m[1])]
    labelled, called = _names()
    for kind, pattern in (
        (Personal.QQ, _QQ),
        (Personal.WECHAT, _WECHAT),
        (Personal.NAME, labelled),
        (Personal.NAME, called),
    ):
        found += [Found(kind, *m.span(1)) for m in pattern.finditer(plain)]
    return sorted(found, key=lambda one: (one.start, one.end))


def masked(text: str) -> str:
    """The text with personal data as `*`, each code point of it; as long as before, and nothing is found in it."""
    while found := personal(text):
        letters = list(text)
        for one in found:
            letters[one.start : one.end] = MASK * (one.end - one.start)
        text = "".join(letters)
    return text


def masked_record(value: _T) -> _T:
    """A record of the model, of its type, with all captured text masked.

    What a span quotes is cut anew from the masked title or text. The words kept for the index go: pieces of
    a number would be told by them.
    """
    plain = msgspec.to_builtins(value, builtin_types=_KEPT)
    return msgspec.convert(_walk(plain, "", {}), type(value), builtin_types=_KEPT)


def masked_value(value: Any) -> Any:
    """The same of anything that is printed as JSON, as plain values."""
    return _walk(msgspec.to_builtins(value), "", {})


_KEPT = (date,)


def _walk(value: Any, key: str, texts: dict[str, str]) -> Any:
    if isinstance(value, str):
        if key in _ACCOUNT_KEYS:
            return MASK * len(value)
        return value if key in _OWN_KEYS else masked(value)
    if isinstance(value, list | tuple):
        return (
            []
            if key == "tokens"
            else value
            if key == "embedding"
            else [_walk(one, key, texts) for one in value]
        )
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("title"), str) and isinstance(value.get("text"), str):
        texts = _texts(value)
    if {"field", "start", "end", "text"} <= value.keys() and value["field"] in texts:
        return value | {"text": texts[value["field"]][value["start"] : value["end"]]}
    if "ad" in value and isinstance(value["ad"], dict):  # a hit: its marks stand beside the ad
        texts = _texts(value["ad"])
    return _keyed((name, _walk(one, name, texts)) for name, one in value.items())


def _texts(ad: dict[str, Any]) -> dict[str, str]:
    """What spans of an ad are cut from, masked, by the name that a span gives its field: a span alone may
    hold half a number that the whole text shows to be one."""
    whole = {"title": ad.get("title"), "text": ad.get("text"), "image": ad.get("picture_text")}
    return {name: masked(text) for name, text in whole.items() if isinstance(text, str)}


def _keyed(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """A mapping whose keys are masked too: those of facets are captured text. Counts of keys that become
    one are added."""
    new: dict[Any, Any] = {}
    for name, value in pairs:
        key = _masked_key(name) if isinstance(name, str) else name
        new[key] = new[key] + value if isinstance(value, int) and key in new else value
    return new


@lru_cache(maxsize=4096)
def _masked_key(name: str) -> str:
    return masked(name)


@cache
def _names() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds a name behind a label, and one before a title (`surnames.yaml`): there only with a frequent surname,
    for the rarer ones are everyday words."""
    listed = yaml.safe_load(files("findings").joinpath("surnames.yaml").read_text("utf-8"))
    both = (listed, listed["traditional"])
    compound = "|".join(name for some in both for name in some["compound"])
    common = "".join("".join(some["common"].split()) for some in both)
    classic = "".join("".join(some["classic"].split()) for some in both)
    labelled = re.compile(
        "(?:姓名|联系人|聯繫人|聯絡人|法定代表人|法人代表|负责人|負責人|经办人|經辦人|收款人|户名|戶名|客户经理|客戶經理"
        "|理财师|理財師|投资顾问|投資顧問|信贷员|信貸員|业务员|業務員)[:\\s]{1,3}"
        rf"({_FIRM}(?:{compound}|[{common}]|(?:(?<=:)|(?<=:\s))[{classic}])"
        rf"(?:[{_HAN}]{{1,3}}?(?=电话|電話|手机|手機|微信|联系|聯繫|先生|女士|经理|經理|老师|老師|[^{_HAN}]|$)"
        rf"|[{_HAN}]{{1,2}}))"
    )
    called = re.compile(
        rf"(?:(?<![{_HAN}])|(?<=联系)|(?<=聯繫)|(?<=[找加请請])){_NO_NAME}"
        rf"((?:{compound}|[{common}])[{_HAN}]{{0,2}}?)"
        "(?=先生|女士|小姐|经理|經理|老师|老師|顾问|顧問|老板|老闆)"
    )
    return labelled, called


def _plain(text: str) -> str:
    """The text with every code point in its plain form, one for one: full width, circled, other scripts' digits."""
    if text.isascii():
        return text.lower()
    return "".join(_plain_one(char) for char in text)


def _plain_one(char: str) -> str:
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    folded = unicodedata.normalize("NFKC", char).lower()
    return folded if len(folded) == 1 else char


def _digits(text: str) -> str:
    return "".join(char for char in text if char in "0123456789x")


def _is_id(number: str) -> bool:
    """GB 11643-1999: province, day of birth, check character (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return number[:2] in _PROVINCES and _is_day(number[6:14]) and _CHECKS[total % 11] == number[17]


def _is_old_id(number: str) -> bool:
    return number[:2] in _PROVINCES and _is_day("19" + number[6:12])


def _is_day(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return born.year >= 1900


def _is_card(number: str) -> bool:
    """Luhn (ISO/IEC 7812-1), and not one digit over and over."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0 and len(set(number)) > 1
