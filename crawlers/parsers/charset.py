"""Which charset the bytes of a page are in: by what they are where that is plain, else by what is declared. Pure.

Servers declare a charset for whatever they hold, saved pages keep an old `meta`, and many pages of
2012 declare none. Chinese text tells which of its charsets it is in: read in the wrong one it turns
into rare characters.
"""

import re
from functools import cache
from itertools import islice

from w3lib.encoding import html_to_unicode, read_bom

#: Bytes of a page that are weighed.
_SAMPLE = 200_000
#: Characters beyond ASCII that are weighed: enough for certainty.
_WEIGHED = 2_000
#: A character of three or four bytes in UTF-8, and how many make chance unlikely: text in GBK that
#: also reads as UTF-8 is a word or two long (the word 联通 is the known case).
_LEAD = re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2}")
_ENOUGH_UTF8 = 10
_BEYOND = re.compile(r"[^\x00-\x7f]+")
#: Charsets that are tried beside the declared one, the likelier first.
_TRIED = ("utf-8", "gb18030", "big5")
#: What servers and pages declare without knowing; whoever declares another charset (Japanese, Russian)
#: means it. Names are Python's.
_DOUBTED = (
    "utf-8",
    "gb18030",
    "gbk",
    "gb2312",
    "hz",
    "big5",
    "big5hkscs",
    "cp1252",
    "ascii",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
)
#: By how much, of 1, another charset must read better than the declared one.
_MARGIN = 0.25
#: Different characters that prove nothing against a declaration by which they can be read.
_TOO_FEW = 6
#: The characters most used in Chinese, and those of finance, in both scripts.
_FREQUENT = frozenset(
    "的一是在不了有和人这这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处理财投资收益保险贷款利率基金银行证券产品风险"
    "這個國們來時產說會對學發後過種經進電裡實現體機當點從業應開還為與關間條樣數線無題軍總員設見計論運幾區強戰決務則據處財資貸銀證險產貨幣權億萬將長邊級圖統組別農認書車東問結變質氣義報價場環節讓遠際歷專"
)


def decode(body: bytes, content_type: str | None = None) -> str:
    """Text of a body: by byte order mark, else by bytes that are plainly UTF-8, else as declared by
    header or `meta`, unless another Chinese charset reads them far better; without a word, the best."""
    if read_bom(body)[0] is not None:
        return html_to_unicode(content_type, body)[1].removeprefix("\ufeff")
    if _is_utf8(body):
        return body.decode("utf-8", "replace")
    best = "utf-8" if body.isascii() else _best(body)
    try:
        name, text = html_to_unicode(content_type, body, auto_detect_fun=lambda _body: best)
    except (LookupError, ValueError):  # a codec of Python's that is no charset: `undefined`, `idna`
        return body.decode(best, "replace")
    if name == best or name not in _DOUBTED:
        return text
    if "\ufffd" not in text and len(set(_beyond(text))) < _TOO_FEW:
        return text
    better = body.decode(best, "replace")
    return better if _weight(better) > _weight(text) + _MARGIN else text


def _is_utf8(body: bytes) -> bool:
    if len(_LEAD.findall(body[:_SAMPLE])) < _ENOUGH_UTF8:
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as bad:
        return bad.start >= len(body) - 3  # a character that a limit of length cut in two
    return True


def _best(body: bytes) -> str:
    sample = body[:_SAMPLE]
    weights = {name: _weight(sample.decode(name, "replace")) for name in _TRIED}
    return max(_TRIED, key=lambda name: weights[name])


def _weight(text: str) -> float:
    """How much text beyond ASCII looks like what people write: -1 (none of it) to 1 (all in common use)."""
    beyond = _beyond(text)
    if not beyond:
        return 0.0
    common = _common()
    return sum(_value(char, common) for char in beyond) / len(beyond)


def _beyond(text: str) -> str:
    """The first characters beyond ASCII."""
    runs = (run.group()[:_WEIGHED] for run in _BEYOND.finditer(text))
    return "".join(islice(runs, _WEIGHED))[:_WEIGHED]


def _value(char: str, common: frozenset[str]) -> float:
    if char in _FREQUENT:
        return 1.0
    if char in common:
        return 0.5
    # Any letters of other scripts are no fault, but faults, unused and private code points are.
    return -1.0 if char == "\ufffd" or "\x80" <= char <= "\x9f" or "\ue000" <= char <= "\uf8ff" else -0.2


@cache
def _common() -> frozenset[str]:
    """Characters of the first levels of GB 2312 and Big5, which their makers chose by use, and punctuation."""
    found = set("，。、；：？！“”‘’（）《》【】「」—…·％￥　０１２３４５６７８９①②③④⑤⑥⑦⑧⑨⑩▪•｜")
    for lead in range(0xB0, 0xD8):
        found.update(bytes((lead, trail)).decode("gb2312", "ignore") for trail in range(0xA1, 0xFF))
    for lead in range(0xA4, 0xC7):
        trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
        found.update(bytes((lead, trail)).decode("big5", "ignore") for trail in trails)
    found.discard("")
    return frozenset(found)
