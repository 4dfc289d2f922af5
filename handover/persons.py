"""Whether the name of an advertiser seems to be that of a natural person, and how it is then shown. Pure.

Who is masked for nothing is a firm without a number or an entry in a register; who is not masked, a person:
so in doubt a name is masked.
"""

import re
from functools import cache
from importlib.resources import files

import yaml

from findings.model.records import AdRecord
from findings.redaction import MASK, masked

#: Longest name shown, in code points.
MAX_NAME = 60
_HAN = re.compile("[\u4e00-\u9fff·•]{2,}")
_TITLES = re.compile("(?:先生|女士|小姐|老师|个人|[(（]个人[)）])$")
#: Surnames as apps stores write those of their developers.
_LATIN = re.compile(
    r"(?:Bai|Cai|Cao|Chen|Cheng|Deng|Ding|Dong|Du|Fan|Fang|Feng|Fu|Gao|Gu|Guo|Han|He|Hou|Hu|Huang|Jia|Jiang|Jin|Li|"
    r"Liang|Liao|Lin|Liu|Lu|Luo|Lv|Ma|Meng|Pan|Peng|Qian|Qin|Qiu|Ren|Shao|Shen|Shi|Song|Su|Sun|Tan|Tang|Tao|Tian|"
    r"Wan|Wang|Wei|Wu|Xia|Xiao|Xie|Xiong|Xu|Xue|Yan|Yang|Yao|Ye|Yin|Yu|Yuan|Zeng|Zhang|Zhao|Zheng|Zhong|Zhou|Zhu|Zou)",
    re.IGNORECASE,
)


def name_of(ad: AdRecord) -> str | None:
    """The name of who stands behind an ad: as it was recognised, else as the page shows it."""
    name = ad.judgement.advertiser.name or ad.advertiser_shown
    return " ".join(name.split())[:200] or None if name else None


def is_person(ad: AdRecord, name: str) -> bool:
    """Whether that name must not be shown: no code or register says that it is a firm's, and it looks like a person's;
    or it holds personal data."""
    advertiser = ad.judgement.advertiser
    if masked(name) != name:
        return True
    known = advertiser.uscc or (advertiser.name and ad.judgement.licence.entry)
    return not (known and name == " ".join((advertiser.name or "").split())[:200]) and seems_a_person(name)


def seems_a_person(name: str) -> bool:
    """Two or three characters of which the first is a surname (four with a compound one, or with a middle dot);
    the same in Latin letters, of two or three words."""
    plain = _TITLES.sub("", name.strip())
    if _HAN.fullmatch(plain):
        surnames, compound = _surnames()
        if any(dot in plain for dot in "·•"):
            return len(plain) <= 12
        if plain[:2] in compound:
            return len(plain) <= 4
        return len(plain) <= 3 and plain[0] in surnames
    words = plain.split()
    return 2 <= len(words) <= 3 and any(_LATIN.fullmatch(word) for word in (words[0], words[-1]))


def shown(name: str, *, person: bool) -> str:
    """The name as a report prints it: of a person the first character alone."""
    if person:
        return name[:1] + MASK * 2
    plain = masked(name)
    return plain if len(plain) <= MAX_NAME else plain[:MAX_NAME] + "…"


@cache
def _surnames() -> tuple[frozenset[str], frozenset[str]]:
    listed = yaml.safe_load(files("findings").joinpath("surnames.yaml").read_text("utf-8"))
    both = (listed, listed["traditional"])
    single = "".join(some[kind] for some in both for kind in ("common", "classic"))
    return frozenset("".join(single.split())), frozenset(name for some in both for name in some["compound"])
