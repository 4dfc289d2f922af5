"""The comparable form of a firm's name.

Comparison is by equality of keys, never by similarity: 上海浦发 and 上海普发 are two firms.
"""

import re
import unicodedata
from functools import cache, lru_cache

from licences.forms import Forms, forms

#: A branch's own part before its last word: 虚城经济技术开发区云岫路 fits, a sentence doesn't.
MAX_BRANCH = 24
_DROPPED = re.compile(r"[\W_]+")
#: Shorter texts are names, and one name is asked for again and again while its entry is read, judged or compiled.
_REMEMBERED_LENGTH = 100
_REMEMBERED = 4_096  # names
_ENGLISH_END = re.compile(
    "(?:company|co)?(?:limited|ltd)$|(?:incorporated|corporation|corp|company|inc|plc|llc)$"
)


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
    return _name_key(text) if len(text) <= _REMEMBERED_LENGTH else _text_key(text)


def _text_key(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).translate(_to_simplified()).casefold()
    return _DROPPED.sub("", folded)


_name_key = lru_cache(_REMEMBERED)(_text_key)


def full_of(key: str) -> str:
    """The full key that a text key stands for: one spelling for each legal form."""
    for spelling, form in forms().same:
        if key.endswith(spelling):
            return key[: -len(spelling)] + form
    return key


def short_of(key: str) -> str:
    """A text key without its legal form: what a short name is compared with."""
    end = legal_end(key) or _english_end(key)
    return key[: len(key) - len(end)] or key


@lru_cache(_REMEMBERED)
def legal_end(key: str) -> str:
    """The legal form that a text key ends with, or ""."""
    known = forms()
    if not key.endswith(known.legal):
        return ""
    return next(form for form in known.legal if key.endswith(form))


def _english_end(key: str) -> str:
    found = _ENGLISH_END.search(key) if key.isascii() else None
    return found.group() if found else ""


def full_key(name: str) -> str:
    """The key that two spellings of one registered name share."""
    return full_of(text_key(name))


def has_legal_form(name: str) -> bool:
    """Whether a name is written in full, with its legal form (…有限公司)."""
    return bool(legal_end(text_key(name)))


def split_branch(key: str) -> tuple[str, str]:
    """A text key as its head office's part and the branch's own; the second is "" without a branch.

    After a legal form or a word of trade (银行) anything short may name the branch; without
    them it has to begin with a unit's own name (招行信用卡中心). What names a second company
    before its last word is no branch of the first: that would lend its name to a stranger.
    """
    known = forms()
    if not key.endswith(known.units) and not key.endswith(known.branches):
        return key, ""
    end = next((word for word in known.units if key.endswith(word)), "")
    unit = bool(end)
    if not end:
        end = next(word for word in known.branches if key.endswith(word))
    if len(end) >= len(key):
        return key, ""
    stop = len(key) - len(end)
    at = _head_end(key, stop, known)
    if at == 0:
        return (key[:stop], end) if unit and stop > 1 else (key, "")
    own = key[at:stop]
    if len(own) > MAX_BRANCH or "公司" in own or "合伙" in own:
        return key, ""
    return key[:at], key[at:]


def _head_end(key: str, stop: int, known: Forms) -> int:
    """Where the head office's part of a branch's key ends; 0 where nothing shows it."""
    ends = [at + len(form) for form in known.legal if form != "公司" and 0 < (at := key.find(form)) < stop]
    if ends:
        return min(ends)
    end = min((at + len(word) for word in known.branching if 0 < (at := key.find(word)) < stop), default=0)
    while more := next((word for word in known.branching if end and key.startswith(word, end)), ""):
        end += len(more)  # 人寿 + 保险
    return end if end <= stop else 0


def head_office_of(key: str) -> str | None:
    """The key of the head office that a branch's text key begins with, or None.

    银行股份有限公司…分行 keeps the legal form before the branch part and gives a full key;
    某某银行上海分行 gives the short name of the bank instead.
    """
    head, branch = split_branch(key)
    if not branch or not (legal_end(head) or head.endswith(forms().branching)):
        return None
    return full_of(head)
