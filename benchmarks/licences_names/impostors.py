"""Ads that show a licensed firm's name and are a stranger's: none of them may be cleared."""

import random
from collections.abc import Callable

from benchmarks.licences_names.world import Firm
from findings.model.codes import uscc_check_character
from findings.model.judgement import AdvertiserClues
from findings.model.vocabulary import Channel
from licences.model import LicenceEntry

Impostor = Callable[[random.Random, str, LicenceEntry], AdvertiserClues]
STRANGERS = ("深圳某乙网络科技有限公司", "杭州某丙信息技术有限公司", "海口某丁文化传媒有限公司")
_HOST = "dai-kuan-{}.example"


def shown_names(rng: random.Random, firm: Firm, entry: LicenceEntry) -> list[str]:
    """The registered name, without its form, core and trade, and the firm's brands."""
    return [firm.full, firm.full.removesuffix(firm.form), firm.core + firm.trade.name, *entry.brands]


def _host(rng: random.Random) -> str:
    return _HOST.format(rng.randrange(10**6))


def domain(rng: random.Random, shown: str, entry: LicenceEntry) -> AdvertiserClues:
    """The page lies on another domain."""
    return AdvertiserClues(declared=shown, host=_host(rng))


def icp_owner(rng: random.Random, shown: str, entry: LicenceEntry) -> AdvertiserClues:
    """The page's filing belongs to another firm."""
    return AdvertiserClues(declared=shown, host=_host(rng), icp_owner=rng.choice(STRANGERS))


def phone(rng: random.Random, shown: str, entry: LicenceEntry) -> AdvertiserClues:
    """The number to call is not the firm's, and the page is a stranger's."""
    number = f"1{rng.choice('3589')}{rng.randrange(10**9):09d}"
    return AdvertiserClues(declared=shown, phones=(number,), host=_host(rng), text=f"{shown} 详询 {number}")


def developer(rng: random.Random, shown: str, entry: LicenceEntry) -> AdvertiserClues:
    """An app of that name by another developer."""
    return AdvertiserClues(
        app_name=shown,
        app_developer=rng.choice(STRANGERS),
        app_package=f"com.x{rng.randrange(10**6)}.jie",
        channel=Channel.APP,
    )


def package(rng: random.Random, shown: str, entry: LicenceEntry) -> AdvertiserClues:
    """An app of that name that is not one of the firm's packages."""
    return AdvertiserClues(
        app_name=shown, app_package=f"com.x{rng.randrange(10**6)}.jie", channel=Channel.APP
    )


def code(rng: random.Random, shown: str, entry: LicenceEntry) -> AdvertiserClues:
    """The code shown beside the name is another's."""
    first = f"91440300{rng.randrange(10**9):09d}"
    return AdvertiserClues(declared=shown, uscc=(first + uscc_check_character(first),))


def message(rng: random.Random, shown: str, entry: LicenceEntry) -> AdvertiserClues:
    """A message signed with the name that leads to another domain."""
    host = _host(rng)
    text = rng.choice(
        (
            "【{}】您有一笔备用金待领取,无需审核最快一分钟到账 {} 退订回T",
            "{}官方通知:您的额度已提升至五万元,点击 {} 立即提现",
            "尊敬的客户,{}年终让利,利率低至三厘,详见 {}",
        )
    ).format(shown, host)
    return AdvertiserClues(names=(shown,), host=host, text=text, channel=Channel.SMS)


def partner(rng: random.Random, shown: str, entry: LicenceEntry) -> AdvertiserClues:
    """Another firm's page that only mentions the name."""
    other = rng.choice(STRANGERS)
    text = rng.choice(("{}与{}战略合作,资金安全有保障", "{}平台资金由{}存管", "{}创始团队来自{}")).format(
        other, shown
    )
    return AdvertiserClues(declared=other, names=(other, shown), host=_host(rng), text=text)


KINDS: dict[str, Impostor] = {
    one.__name__: one
    for one in (domain, icp_owner, phone, developer, package, code, message, partner)
}  # fmt: skip
