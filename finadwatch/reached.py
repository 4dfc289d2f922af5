"""Where an ad says that it leads, and where it led: a hint for an officer, never a finding."""

from finadwatch.i18n import t
from findings.model.crawl import Landing
from findings.model.ids import landing_host
from findings.model.records import AdRecord
from findings.model.vocabulary import Device, Outcome


def hints(ad: AdRecord) -> list[str]:
    """One sentence where the page reached belongs to another owner than the host declared, and one where
    devices reached pages of different owners. Only pages that were read count; text is as captured."""
    from crawlers.declared import leads_elsewhere

    reached = {landing.device: host for landing in _pages(ad) if (host := _host(landing))}
    found = [
        t(
            f"广告所示网址 {ad.declared_host}，实际到达 {host}（可能为跳转伪装，请核实）",
            f"the ad names {ad.declared_host} and led to {host} (possibly a disguised redirect: check)",
        )
        for host in dict.fromkeys(reached.values())
        if leads_elsewhere(ad.declared_host, host)
    ]
    desktop, mobile = reached.get(Device.DESKTOP), reached.get(Device.MOBILE)
    if leads_elsewhere(desktop, mobile):
        found.append(
            t(
                f"电脑到达 {desktop}，手机到达 {mobile}（不同设备落地页不同，请核实）",
                f"a desktop reached {desktop}, a mobile {mobile} (different pages by device: check)",
            )
        )
    return found


def _pages(ad: AdRecord) -> list[Landing]:
    return [*([ad.landing] if ad.landing else []), *ad.landings]


def _host(landing: Landing) -> str | None:
    return landing_host(landing.final_url) if landing.outcome is Outcome.OK else None
