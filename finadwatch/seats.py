"""Where publisher and advertiser of an ad have their seats: the registers asked, the signs on the page read.

Only a register says where a firm is now. The figures in its code say where it was FIRST registered, the
place in its name and a filing number where it was then: each seat says how it is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from findings.model.ids import landing_host
from findings.model.judgement import Advertiser, Icp, ScreenInput
from findings.model.places import PLACES, Place, place_of_icp, place_of_name, place_of_uscc
from findings.model.seats import HOME, Seat, Seats
from findings.model.vocabulary import Channel
from licences.model import OwnerNature
from licences.names import full_key, has_legal_form

if TYPE_CHECKING:
    from analyzers.publishers import Publisher, Publishers
    from licences.index import FilingHit, FirmHit

#: Sources that show pages themselves, not ads that lead to pages: what is judged stands on the page named.
_PAGES = (None, "watchlist")
#: Channels whose texts no medium publishes: a message comes from who sent it.
_SENT = (Channel.SMS, Channel.IM)
#: Code points of a filing number in a reason; one from a page may have no end.
_NUMBER = 40


class Directory(Protocol):
    """What the registers know of firms and sites."""

    def firm_of(self, name_or_code: str) -> "Sequence[FirmHit]":
        """The firms of the business register with this code or name."""
        ...

    def filing_of_host(self, host: str) -> "Sequence[FilingHit]":
        """The filings of a host."""
        ...


@dataclass(frozen=True)
class SeatFinder:
    """Finds the seats of one ad. `home` is the place of the bureau that looks."""

    publishers: "Publishers"
    directory: Directory
    home: str = HOME

    def seats(self, ad: ScreenInput, advertiser: Advertiser, on: date) -> Seats:
        """The seats of an ad's publisher, advertiser and landing site, as far as they are known on a day."""
        host = landing_host(ad.url)
        site = self._site(host, ad.icp, on)
        firm = self._advertiser(ad, advertiser, site, on)
        page = ad.source in _PAGES and ad.channel is Channel.WEB
        publisher = None if ad.channel in _SENT else self._publisher(ad.source, host if page else None, on)
        own = page and publisher is None and self._same(site, firm, advertiser)
        if page and publisher is None and not own:
            publisher = site  # a page of somebody else's site: who runs it publishes on it
        return Seats(publisher=publisher, advertiser=firm, site=site, own=own, home=self.home)

    def _publisher(self, source: str | None, host: str | None, on: date) -> Seat | None:
        row = self.publishers.of_source(source, on) if source else None
        if row is None and host:
            row = self.publishers.of_host(host, on)
        return self._listed(row, on) if row else None

    def _listed(self, row: "Publisher", on: date) -> Seat | None:
        if row.province is None:
            seats = (self._filed(host, on) for host in row.hosts)
            return next((seat for seat in seats if seat is not None), None)
        if row.icp:
            how, how_en = f"页脚备案号{row.icp}", f"filing number {row.icp} in its footer"
        else:
            how, how_en = "发布者表", "table of publishers"
        if row.basis == "M":
            how, how_en = f"{how}，凭记忆，待核", f"{how_en}, from memory, to be checked"
        return Seat(place=row.province, how=how, how_en=how_en, who=row.firm or row.title)

    def _site(self, host: str | None, icp: Icp | None, on: date) -> Seat | None:
        """Where the filing of a site was made: as the filings list says, else by the number on the page."""
        if host and (filed := self._filed(host, on)):
            return filed
        place = place_of_icp(icp.number) if icp and icp.number else None
        if icp is None or place is None:
            return None
        number = _shown(icp.number)
        return Seat(
            place=place.short,
            how=f"页面备案号{number}",
            how_en=f"filing number {number} on the page",
            who=icp.owner,
        )

    def _filed(self, host: str, on: date) -> Seat | None:
        for hit in self.directory.filing_of_host(host):
            place = place_of_icp(hit.entry.number)
            if place is None:
                continue
            number, as_of = _shown(hit.entry.number), hit.register.as_of
            stale, stale_en = ("，已过期", ", stale") if hit.register.stale(on) else ("", "")
            person, person_en = "", ""
            if hit.entry.nature is OwnerNature.PERSON:
                person = "，备案主体为个人，以实际经营地或户籍地为准"
                person_en = ", filed by a natural person: where they do business or live counts"
            return Seat(
                place=place.short,
                how=f"备案名录{as_of}{stale}：{number}{person}",
                how_en=f"filings list of {as_of}{stale_en}: {number}{person_en}",
                who=hit.entry.owner,
            )
        return None

    def _advertiser(
        self, ad: ScreenInput, advertiser: Advertiser, site: Seat | None, on: date
    ) -> Seat | None:
        """The advertiser's seat: the business register, its own filing, then name and code."""
        developer = ad.app.developer if ad.app else None
        name = advertiser.name or ad.advertiser or developer
        code = advertiser.uscc or ad.uscc
        for asked in (code, name):
            if asked and (found := self._registered(asked, on)):
                return found
        if name and site and site.who and full_key(site.who) == full_key(name):
            return site
        return _by_signs(name, code)

    def _registered(self, asked: str, on: date) -> Seat | None:
        hits = [hit for hit in self.directory.firm_of(asked) if hit.entry.seat in PLACES]
        if len({hit.entry.seat for hit in hits}) != 1:  # two firms of one name: the register decides nothing
            return None
        entry, register = hits[0].entry, hits[0].register
        stale, stale_en = ("，已过期", ", stale") if register.stale(on) else ("", "")
        return Seat(
            place=city_of(entry.seat or "", entry.address or "", entry.uscc),
            how=f"企业登记名录{register.as_of}{stale}",
            how_en=f"business register of {register.as_of}{stale_en}",
            who=entry.name,
        )

    def _same(self, site: Seat | None, firm: Seat | None, advertiser: Advertiser) -> bool:
        """Whether a page's site is the advertiser's own, as far as anything says who runs it."""
        if site is None or site is firm:
            return True
        if site.who and advertiser.name:
            return full_key(site.who) == full_key(advertiser.name)
        return site.who is None and (firm is None or firm.place == site.place)


def _by_signs(name: str | None, code: str | None) -> Seat | None:
    """A seat by the place in a registered name and the region in a code; where they differ, the name's."""
    named = place_of_name(name) if name and has_legal_form(name) else None
    first = place_of_uscc(code) if code else None
    if named and first and named.short != first.short:
        if named.short == first.parent:
            named = first
        elif first.short != named.parent:
            return Seat(
                place=named.short,
                how=f"名称冠以{named.short}；信用代码为{first.short}（首次登记地）",
                how_en=f"{named.en} in its name; its code says {first.en}, where it was first registered",
                who=name,
            )
    if named:
        return Seat(
            place=named.short, how=f"名称冠以{named.short}", how_en=f"{named.en} in its name", who=name
        )
    if first:
        return Seat(
            place=first.short,
            how=f"信用代码为{first.short}（首次登记地，未必是现住所）",
            how_en=f"its code says {first.en}, where it was first registered, maybe not where it is now",
            who=name,
        )
    return None


def city_of(seat: str, address: str, code: str | None) -> str:
    """The city of its own planning within a province, if an address or a code lies in one."""
    inside = [place for place in PLACES.values() if place.parent == seat]
    first: Place | None = place_of_uscc(code) if code and not address else None
    for city in inside:
        if city.full in address[:30] or city is first:
            return city.short
    return seat


def _shown(number: str | None) -> str:
    return "".join(char for char in number or "" if char.isprintable())[:_NUMBER]
