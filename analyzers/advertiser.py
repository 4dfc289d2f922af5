"""Who an ad says is behind it: names, codes, numbers, the landing host.

Names come from company forms (…有限公司, …银行) bounded by HanLP's words where it ran, from its
organisations, and from the bracket that signs a text message. A firm named as partner,
custodian or guarantor is only mentioned: it comes after the advertiser's own names.
"""

import re
from collections.abc import Iterable, Sequence

from analyzers.codes import icp_in, licence_numbers_in, phones_in, uscc_in
from analyzers.evidence import Field
from analyzers.segment import Token, entities
from findings.model.ids import landing_host
from findings.model.judgement import AdvertiserClues, ScreenInput

_HAN = r"\u4e00-\u9fff"
_FULL_FORM = re.compile(r"(?:有限|股份|集团|责任)公司|合伙企业")
_LEGAL = "股份有限公司|有限责任公司|有限公司|股份公司|集团公司"
_CANDIDATE = re.compile(
    rf"[{_HAN}a-z0-9()·]{{2,28}}?(?:(?:{_LEGAL})|合伙企业|信用合作联社|信用社|银行(?:{_LEGAL})?)"
    rf"(?:信用卡中心|[{_HAN}]{{2,6}}?[支分]行)?"
)
#: Words of the trade that the network now and then takes for a firm.
_GENERIC = re.compile(
    "(?:投资|理财|贷款|金融|基金|证券|保险|银行|信用卡|股票|期货|外汇|信托|平台|公司|财富|小贷|网贷|借款|交易所?)+"
)
#: Words that hint that a sentence names a firm; only such sentences are segmented.
WORTH_SEGMENTING = re.compile(
    "公司|银行|集团|基金|证券|保险|人寿|信托|期货|金融|财富|资本|资产|理财|小贷|担保|投资|平台|科技|交易所|控股|金服|普惠"
)
_SIGNATURE = re.compile(
    rf"(?:^|\n|(?<=[。!?;]))\s*[\[【〔]([{_HAN}a-z0-9()·]{{2,20}})[\]】〕]|[\[【〔]([{_HAN}a-z0-9()·]{{2,20}})[\]】〕]\s*$"
)
_MENTION = re.compile(
    "合作|托管|存管|承保|担保|监管|合资|战略|股东|注资|投资方|旗下|隶属|支持|对接|包括|等银行|资金方|通过"
)
#: How far before a name, in code points, a word makes it a mention only.
_MENTION_REACH = 8
#: What may stand before a name without being part of it, where no segmentation tells.
_LEAD = re.compile(
    r".*(?:版权所有|运营主体|主办单位|公司名称|开发商|开发者|发布者|服务商|出品方|广告主|委托|选择|来自|关于|我司|就找|尽在|认准"
    r"|联合|携手|加入|下载|通过|成立于|以及|由|与|和|及|是|为|在|找|向|让|到|:|、)"
)
_NAME_TAGS = (
    "ORG",
    "LOC",
    "PER",
    "n",
    "nz",
    "nw",
    "nr",
    "ns",
    "nt",
    "vn",
    "an",
    "m",
    "f",
    "s",
    "xc",
    "a",
    "",
)
MAX_NAMES = 20


def sentences_to_segment(
    field: Field, sentences: Sequence[tuple[int, int]], limit: int
) -> list[tuple[int, int]]:
    """The sentences of a field that may name a firm, the first `limit` of them."""
    text = field.normalised.text
    worth = (span for span in sentences if WORTH_SEGMENTING.search(text, *span))
    return [span for span, _ in zip(worth, range(limit), strict=False)]


def names_in(text: str, tokens: Sequence[Token] | None = None) -> list[tuple[int, str]]:
    """Firms that a normalised sentence names: (place, name) in order; legal forms win over parts of them."""
    found: dict[tuple[int, int], str] = {}
    for match in _CANDIDATE.finditer(text):
        start, end = _bounded(text, match.start(), match.end(), tokens)
        if end - start > 3 or (end - start > 2 and text[start:end].endswith("银行")):
            found[start, end] = text[start:end]
    for token in entities(tokens or (), "ORG"):
        if len(token.text) < 2 or _GENERIC.fullmatch(token.text):
            continue
        if not any(start < token.end and token.start < end for start, end in found):
            found[token.start, token.end] = token.text
    return [(start, name) for (start, _), name in sorted(found.items())]


def _bounded(text: str, start: int, end: int, tokens: Sequence[Token] | None) -> tuple[int, int]:
    if tokens:
        covering = [token for token in tokens if token.start < end and token.end > start]
        left = end
        for token in reversed(covering):
            if token.tag not in _NAME_TAGS and token.end < end and not _in_name(token):
                break
            left = token.start
        start = max(start, left)
    lead = _LEAD.match(text[start : end - 2])
    if lead and not tokens:
        start += lead.end()
    return start + len(text[start:end]) - len(text[start:end].lstrip(")·(")), end


def _in_name(token: Token) -> bool:
    return token.text in "()·" or (token.text.isascii() and token.text.isalnum())


def signatures_in(text: str) -> list[str]:
    """What brackets at the beginning or end of a message sign it with."""
    return [match[1] or match[2] for match in _SIGNATURE.finditer(text)]


def is_mention(text: str, place: int, length: int = 0) -> bool:
    """Whether a name at a place is a partner, custodian, guarantor…, or one of a list of firms."""
    end = place + length
    listed = text[place - 1 : place] == "、" or (length > 0 and text[end : end + 1] in ("、", "等"))
    return listed or _MENTION.search(text, max(0, place - _MENTION_REACH), place) is not None


def clues(
    ad: ScreenInput, fields: Sequence[Field], segmented: Iterable[tuple[str, Sequence[Token]]]
) -> AdvertiserClues:
    """All that an ad says about who stands behind it.

    `segmented` are its sentences that may name a firm, with their words.
    """
    own: list[str] = []
    mentioned: list[str] = []
    text = "\n".join(field.normalised.text for field in fields)
    if len(text) < 1_000:
        own += signatures_in(text)
    for sentence, tokens in segmented:
        for place, name in names_in(sentence, tokens):
            (mentioned if is_mention(sentence, place, len(name)) else own).append(name)
    own.sort(key=lambda name: _FULL_FORM.search(name) is None)
    app, icp = ad.app, ad.icp
    uscc = uscc_in(text)
    return AdvertiserClues(
        declared=ad.advertiser or (app.developer if app else None),
        names=tuple(dict.fromkeys([*own, *mentioned]))[:MAX_NAMES],
        uscc=tuple(dict.fromkeys([ad.uscc.strip().upper(), *uscc])) if ad.uscc else uscc,
        licence_numbers=licence_numbers_in(text),
        phones=tuple(dict.fromkeys([*([ad.phone] if ad.phone else []), *phones_in(text)])),
        icp_number=icp.number if icp and icp.number else icp_in(text),
        icp_owner=icp.owner if icp else None,
        app_name=app.name if app else None,
        app_package=app.package if app else None,
        app_developer=app.developer if app else None,
        host=landing_host(ad.url),
        channel=ad.channel,
        region=ad.region,
        text=text,
    )
