"""The comparable form of a firm's name.

Comparison is by equality of keys, never by similarity: 上海浦发 and 上海普发 are two firms.
"""

import re
import unicodedata
from functools import cache

#: Registered names end in one of these. Longest first.
LEGAL_FORMS = (
    "集团股份有限公司", "股份有限责任公司", "集团有限责任公司", "股份有限公司", "有限责任公司",
    "集团有限公司", "合伙企业有限合伙", "合伙企业普通合伙", "股份公司", "集团公司", "有限公司",
    "有限合伙", "合伙企业", "总公司", "公司",
)  # fmt: skip
_LEGAL_END = re.compile("(?:" + "|".join(LEGAL_FORMS) + ")$")
_BRANCH_END = re.compile(
    r"(?:[\u4e00-\u9fff]{0,24}?(?:分行|支行|分公司|支公司|营业部|分理处|营业网点)|信用卡中心|总行)$"
)
_DROPPED = re.compile(r"[\W_]+")
#: The same form in two spellings, seen in one and the same list.
_SAME_FORM = (("股份有限责任公司", "股份有限公司"), ("有限责任公司", "有限公司"))
_SHORT_SHARES = re.compile("股份公司$")


@cache
def _to_simplified() -> dict[int, str]:
    """Traditional characters and their simplified ones, one by one.

    Asked of OpenCC once (about 40 ms); a table keeps both sides of a comparison alike and
    costs a microsecond a name afterwards.
    """
    from opencc import OpenCC  # loads its dictionaries: only when the first name is compared

    chars = [chr(point) for point in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    simple = str(OpenCC("t2s").convert("\n".join(chars))).split("\n")
    table = dict(zip(chars, simple, strict=True))
    # a few characters go two steps (薴 → 苧 → 苎): take them at once, so that keys are stable
    return {ord(old): table.get(new, new) for old, new in table.items() if old != new}


def text_key(text: str) -> str:
    """Half width, simplified, lower case, letters and digits only."""
    folded = unicodedata.normalize("NFKC", text).translate(_to_simplified()).casefold()
    return _DROPPED.sub("", folded)


def full_of(key: str) -> str:
    """The full key that a text key stands for: one spelling for each legal form."""
    for spelling, form in _SAME_FORM:
        if key.endswith(spelling):
            return key[: -len(spelling)] + form
    return _SHORT_SHARES.sub("股份有限公司", key)


def short_of(key: str) -> str:
    """A text key without its legal form: what a short name is compared with."""
    return _LEGAL_END.sub("", key) or key


def full_key(name: str) -> str:
    """The key that two spellings of one registered name share."""
    return full_of(text_key(name))


def has_legal_form(name: str) -> bool:
    """Whether a name is written in full, with its legal form (…有限公司)."""
    return bool(_LEGAL_END.search(text_key(name)))


def head_office_of(key: str) -> str | None:
    """The key of the head office that a branch's text key begins with, or None.

    银行股份有限公司…分行 keeps the legal form before the branch part and gives a full key;
    某某银行上海分行 gives the short name of the bank instead.
    """
    if not _BRANCH_END.search(key):
        return None
    for form in ("股份有限公司", "有限责任公司", "有限公司", "股份公司"):
        at = key.find(form)
        if 0 < at < len(key) - len(form):
            return full_of(key[: at + len(form)])
    at = key.find("银行")
    return key[: at + 2] if at > 0 else None
