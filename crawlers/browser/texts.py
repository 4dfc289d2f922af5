"""What a visible text says about the site behind it: its filing number and owner, how to reach it. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import unquote

from findings.model.codes import ICP_PROVINCES
from findings.model.crawl import Contacts
from findings.model.judgement import Icp

#: Contacts of one kind kept, and the longest text read, in code points.
MAX_CONTACTS = 20
_MAX_TEXT = 250_000
_MAX_ADDRESS = 80

#: ICP filing and licence numbers: province, kind, digits, site (Decree 33 of 2005 of MII; 沪ICP备12345678号-1).
#: The numbers of the public security register (沪公网安备…) bear no ICP.
_ICP = re.compile(
    rf"[{ICP_PROVINCES}]\s?ICP\s?[备证]\s?(?:B2-)?\d{{5,10}}\s?号(?:\s?-\s?\d{{1,4}}[A-Z]?)?",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")

#: A firm's full name in Chinese, with the form of its law at its end.
_FIRM = re.compile(r"[\u4e00-\u9fff（）()·]{2,40}?(?:股份有限公司|有限责任公司|有限公司|合作联社|商业银行)")
#: Words before a name that are no part of it.
_BEFORE_FIRM = re.compile(
    r"^(?:版权所有|版权归属|版权归|版权|主办单位|主办方|运营主体|运营单位|备案主体|由)+"
)
#: What may stand between an owner and its number: rights, years, other numbers, lines; nobody else's doings.
_BETWEEN = re.compile(
    r"(?:\s|[|｜丨/·,，.。:：;；©®\-–—_()（）]|版权所有|保留所有权利|所有|备案号|网站备案|备案|经营许可证|许可证|号"
    r"|copyright|all\s+rights?\s+reserved|(?:19|20)\d\d|ICP|编号)*+",
    re.IGNORECASE,
)
_NOT_OWNER = re.compile(
    r"(?:技术支持|网站建设|建站|制作|设计|合作|推荐|友情链接|托管|存管|担保|支持)[:：\s]*$"
)
_GAP = 60
_NEAR = 120

_PHONES = re.compile(
    r"(?<![\d.\-])(?:"
    r"(?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}"  # mobile
    r"|[48]00(?:[-\s]?\d){7}"  # service numbers at the caller's or the firm's cost
    r"|(?:\(0\d{2,3}\)|（0\d{2,3}）|0\d{2,3})[-\s]?\d{7,8}(?:[-转]\d{1,5})?"  # landline
    r")(?![\d])"
)
#: Short numbers (95588) are told from any other figure by the word before them.
_SHORT = re.compile(r"(?:电话|热线|客服|拨打|致电)[^\d\n]{0,6}(9[56]\d{3,4}|1[02]\d{3})(?!\d)")
_EMAIL = re.compile(
    r"(?<![\w.%+-])[A-Za-z0-9][\w.%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![\w-])", re.ASCII
)
_WECHAT = re.compile(
    r"(?:微信|薇信|V信|weixin|wechat|(?<![A-Za-z])(?:vx|wx))(?:公众号|客服|咨询|号|ID)?\s?[:：]?\s?"
    r"((?<=[:：\s])1[3-9]\d{9}(?!\d)|[A-Za-z][A-Za-z0-9_-]{5,19}(?![\w-]))",
    re.IGNORECASE | re.ASCII,
)
_QQ = re.compile(r"(?:QQ|扣扣)(?:客服|咨询|群|号)*\s?[:：]?\s?([1-9]\d{4,10})(?!\d)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:地\s?址|住所)\s?[:：]\s?([^\n]{6,200})")
_ADDRESS_END = re.compile(
    r"\s{2,}|[|｜;；]|(?:电话|邮编|邮箱|客服|传真|热线|版权|Copyright|©)", re.IGNORECASE
)
_PLACE = re.compile(r"[省市区县镇乡村路街道巷弄号楼层室座厦]")


def icp_in(text: str) -> Icp | None:
    """The last ICP number in a text (it stands at the foot of a page), without spaces, or None.

    `owner` is set where a firm's name stands right beside it, with nothing but rights and years between.
    """
    last = None
    for last in _ICP.finditer(text):  # noqa: B007 (the last one is wanted)
        pass
    if last is None:
        return None
    return Icp(number=_SPACE.sub("", last.group()).upper(), owner=_owner(text, last.start(), last.end()))


def contacts_in(text: str, links: Sequence[str] = ()) -> Contacts:
    """Telephone numbers, mail addresses, WeChat and QQ names and postal addresses, as written, each once.

    `links` are the addresses of `tel:` and `mailto:` links; they come after what the text says.
    """
    text = text[:_MAX_TEXT]
    called = [_after_scheme(link) for link in links if link[:4].lower() == "tel:"]
    written = [_after_scheme(link) for link in links if link[:7].lower() == "mailto:"]
    phones = sorted((*_found(_PHONES, text), *_found(_SHORT, text)))
    return Contacts(
        phones=_once([found for _, found in phones] + [c for c in called if _is_phone(c)], _digits),
        emails=_once(
            [m for _, m in _found(_EMAIL, text)] + [w for w in written if _EMAIL.fullmatch(w)], str.lower
        ),
        wechat=_once([found for _, found in _found(_WECHAT, text)], str.lower),
        qq=_once([found for _, found in _found(_QQ, text)], str),
        addresses=_once(filter(None, (_address(m.group(1)) for m in _ADDRESS.finditer(text))), str),
    )


def _owner(text: str, start: int, end: int) -> str | None:
    """The firm that a footer names as owner of a number; None where there is none, or more than one."""
    before = text[max(0, start - _NEAR) : start]
    firms = [
        name
        for match in _FIRM.finditer(before)
        if len(before) - match.end() <= _GAP
        and _BETWEEN.fullmatch(before, match.end())
        and not _NOT_OWNER.search(before[: match.start()])
        and (name := _firm(match.group()))
    ]
    after = text[end : end + _NEAR]
    behind = _BETWEEN.match(after)
    match = _FIRM.match(after, behind.end()) if behind and behind.end() <= _GAP else None
    if match is not None and (name := _firm(match.group())):
        firms.append(name)
    return firms[0] if len(set(firms)) == 1 else None


def _firm(name: str) -> str | None:
    """A firm's name without words that only lead to it; None where nothing of a name is left or it is another's."""
    bare = _BEFORE_FIRM.sub("", name).strip("（）()·")
    if _NOT_OWNER.search(bare[:4]) or len(bare) < 6 or re.match(r"技术支持|网站建设|合作|友情", bare):
        return None
    return bare


def _found(pattern: re.Pattern[str], text: str) -> list[tuple[int, str]]:
    """Where a pattern matches and what: its first group, if it has one."""
    group = 1 if pattern.groups else 0
    return [(match.start(), match.group(group).strip()) for match in pattern.finditer(text)]


def _once(found: Iterable[str], same: Callable[[str], str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for one in found:
        first.setdefault(same(one), one)
    return tuple(first.values())[:MAX_CONTACTS]


def _after_scheme(link: str) -> str:
    return unquote(link.partition(":")[2].partition("?")[0]).strip()[:100]


def _is_phone(text: str) -> bool:
    return 5 <= len(_digits(text)) <= 16 and re.fullmatch(r"[\d+()（）\s-]+", text) is not None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _address(text: str) -> str | None:
    """A postal address cut where another statement begins; None where it names no place."""
    end = _ADDRESS_END.search(text)
    bare = (text[: end.start()] if end else text)[:_MAX_ADDRESS].strip(" ,，。")
    return bare if len(bare) >= 6 and len(_PLACE.findall(bare)) >= 2 else None
