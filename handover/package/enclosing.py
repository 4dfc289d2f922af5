"""One capture laid into a package: the page, the ads of the case on it, the pages behind them, a WACZ of all."""

from collections.abc import Sequence

import msgspec

from findings.model.crawl import Capture, Landing, SeenAd
from findings.model.judgement import Box
from findings.model.records import AdRecord, Sighting
from handover.package.facts import Kept, Marked, Visited, Words
from handover.package.files import Files
from handover.package.marking import PictureUnreadable, framed
from handover.package.wacz import WaczPage, write_wacz
from handover.package.words import OTHER_PICTURE, Rendered, locate, read_rendered
from handover.server_clock import server_clock

#: Pages behind one ad, and ads of one capture, that are enclosed.
MOST_LANDINGS = 4
#: Quoted words of one ad that are looked for.
MOST_QUOTED = 60


class Enclosed(msgspec.Struct, frozen=True):
    """What came of a capture: its pages and the marked copies."""

    pages: tuple[Visited, ...]
    marked: tuple[Marked, ...]


class Encloser:
    """Lays captures into one package, one after another. `software` is named in each WACZ."""

    def __init__(self, files: Files, software: str) -> None:
        self._files = files
        self._software = software
        self._rendered: dict[str, Rendered] = {}
        self._copies = 0

    def enclose(
        self, folder: str, capture: Capture | None, seen: Sequence[tuple[Sighting, AdRecord]]
    ) -> Enclosed:
        """Lay a capture and the ads of the case that were seen in it into `folder`.

        Of a capture that the store has no more, the files that the sighting names are enclosed.
        """
        page = self._page(folder, capture, seen[0][0])
        pages, marked = [page], []
        for count, (sighting, ad) in enumerate(seen, 1):
            shown = _shown(capture, sighting, ad) if capture else None
            box = shown.box if shown else None
            marked += self._mark(folder, page.files, (sighting, ad), box)
            if capture is None or shown is None:
                continue
            own = [self._files.keep(folder, ref, f"ad-{count:02d}.png") for ref in shown.evidence]
            marked += self._mark_ad(folder, own, page.files, (sighting, ad), box)
            landings = [one for one in (shown.landing, *shown.landings) if one is not None]
            for number, landing in enumerate(landings[:MOST_LANDINGS], 1):
                behind = self._landing(f"{folder}/landing-{count:02d}-{number}", capture, landing, ad.id)
                pages.append(behind)
                # Of a page that is itself the ad, the picture was marked above.
                if _file(behind.files, "page_screenshot") != _file(page.files, "page_screenshot"):
                    marked += self._mark(behind.folder, behind.files, (sighting, ad), None)
        return Enclosed((self._with_wacz(folder, pages), *pages[1:]), tuple(marked))

    def _page(self, folder: str, capture: Capture | None, sighting: Sighting) -> Visited:
        kept = (
            self._files.page(folder, capture.evidence)
            if capture
            else self._files.page(folder, sighting.evidence, mixed=True)
        )
        date, off = server_clock(self._files.read(_of(kept, "headers")))
        if capture is None:
            return Visited(
                folder=folder,
                behind=None,
                url=sighting.page_url,
                final_url=None,
                outcome="",
                status=None,
                at=sighting.at,
                device=sighting.device,
                ip=None,
                region=sighting.region,
                server_date=date,
                clock_difference_s=off,
                files=kept,
                detail="抓取记录已不在库中 the record of the capture is no longer in the store",
            )
        return Visited(
            folder=folder,
            behind=None,
            url=capture.url,
            final_url=capture.final_url,
            outcome=capture.outcome,
            status=capture.status,
            at=capture.at,
            device=capture.task.device,
            ip=capture.ip,
            proxy=capture.proxy,
            region=capture.task.region,
            hops=capture.hops,
            certificate=capture.certificate,
            server_date=date,
            clock_difference_s=off,
            files=kept,
            detail=capture.detail,
        )

    def _landing(self, folder: str, capture: Capture, landing: Landing, ad_id: str) -> Visited:
        kept = self._files.page(folder, landing.evidence)
        date, off = server_clock(self._files.read(_of(kept, "headers")))
        return Visited(
            folder=folder,
            behind=ad_id,
            url=landing.url,
            final_url=landing.final_url,
            outcome=landing.outcome,
            status=landing.hops[-1].status if landing.hops else None,
            at=landing.hops[-1].at if landing.hops else capture.at,
            device=landing.device,
            ip=landing.ip,
            icp_number=landing.icp.number if landing.icp else None,
            icp_owner=landing.icp.owner if landing.icp else None,
            proxy=capture.proxy,
            region=capture.task.region,
            hops=landing.hops,
            certificate=landing.certificate,
            server_date=date,
            clock_difference_s=off,
            files=kept,
            detail=landing.detail,
        )

    def _mark(
        self, folder: str, kept: Sequence[Kept], seen: tuple[Sighting, AdRecord], box: Box | None
    ) -> list[Marked]:
        """The copies of a page's picture with an ad's words framed."""
        sighting, ad = seen
        picture = _of(kept, "page_screenshot")
        if picture is None or picture.file is None:
            return []
        rendered = self._read(_of(kept, "rendered"))
        words = [*locate(rendered, _quoted(ad), box), *_drawn_words(ad, sighting, picture)]
        return [self._marked(f"{folder}/page-marked", picture.file, words, ad.id, box, rendered.why)]

    def _mark_ad(
        self,
        folder: str,
        own: Sequence[Kept],
        page: Sequence[Kept],
        seen: tuple[Sighting, AdRecord],
        box: Box | None,
    ) -> list[Marked]:
        """The copy of the ad's own picture, whose top left corner is `box`'s on the page's."""
        sighting, ad = seen
        picture = next((one for one in own if one.role == "ad_screenshot" and one.file), None)
        if picture is None or picture.file is None or picture.file == _file(page, "page_screenshot"):
            return []
        words: list[Words] = _drawn_words(ad, sighting, picture)
        if box is not None:
            placed = locate(self._read(_of(page, "rendered")), _quoted(ad), box)
            words += [
                msgspec.structs.replace(
                    one, boxes=tuple(Box(b.x - box.x, b.y - box.y, b.width, b.height) for b in one.boxes)
                )
                for one in placed
            ]
        if not words:
            return []
        return [self._marked(f"{folder}/ad-marked", picture.file, words, ad.id, None, None)]

    def _marked(
        self, name: str, picture: str, words: Sequence[Words], ad_id: str, box: Box | None, why: str | None
    ) -> Marked:
        copies = []
        try:
            copies = framed(self._files.bytes_of(picture), [at for one in words for at in one.boxes], box)
        except PictureUnreadable as error:
            why = str(error)
        paths = []
        for copy in copies:
            self._copies += 1
            paths.append(f"{name}-{self._copies:02d}.jpg")
            self._files.write(paths[-1], copy.data)
        return Marked(
            ad_id=ad_id,
            picture=picture,
            copies=tuple(paths),
            parts=tuple(copy.part for copy in copies),
            words=tuple(words),
            why=why,
        )

    def _read(self, kept: Kept | None) -> Rendered:
        """A record of drawn text, read once though several ads stand on the page."""
        if kept is None or kept.file is None:
            return read_rendered(None)
        if kept.sha256 not in self._rendered:
            self._rendered[kept.sha256] = read_rendered(self._files.read(kept))
        return self._rendered[kept.sha256]

    def _with_wacz(self, folder: str, pages: Sequence[Visited]) -> Visited:
        """The first page, with a WACZ of the traffic of all, or why there is none."""
        warcs: dict[str, WaczPage] = {}
        for page in pages:
            if file := _file(page.files, "warc"):
                warcs.setdefault(file, WaczPage(url=(page.final_url or page.url)[:8000], at=page.at))
        if not warcs:
            return msgspec.structs.replace(pages[0], wacz_why="没有 WARC there is no WARC")
        path = f"{folder}/capture.wacz"
        root = self._files.root
        made = write_wacz(
            root / path, [(root / file, shown) for file, shown in warcs.items()], self._software
        )
        self._files.missing += [f"{folder}: WACZ: {fault}" for fault in made.faults]
        return msgspec.structs.replace(
            pages[0], wacz=path if made.written else None, wacz_why="；".join(made.faults) or None
        )


def _of(kept: Sequence[Kept], role: str) -> Kept | None:
    """The file of a role that is there, of the page itself before that of one behind it."""
    behind = "landing_" + role.removeprefix("page_")
    return next((one for name in (role, behind) for one in kept if one.role == name and one.file), None)


def _file(kept: Sequence[Kept], role: str) -> str | None:
    found = _of(kept, role)
    return found.file if found else None


def _shown(capture: Capture, sighting: Sighting, ad: AdRecord) -> SeenAd | None:
    """The ad among those of a capture: by its place, which is one ad's, or else by its words."""
    there = [one for one in capture.ads if (one.slot, one.position) == (sighting.slot, sighting.position)]
    return next((one for one in [*there, *capture.ads] if one.title == ad.title), there[0] if there else None)


def _quoted(ad: AdRecord) -> list[str]:
    """The words of an ad that findings quote from its text, each once."""
    spans = [span for found in ad.judgement.findings for span in found.spans if span.field != "image"]
    return list(dict.fromkeys(span.text for span in spans))[:MOST_QUOTED]


def _drawn_words(ad: AdRecord, sighting: Sighting, picture: Kept) -> list[Words]:
    """The words that were read in a picture, if this is the one: the landing page's as the judged ad has it, else the
    ad's own of its first sighting. Places in one picture say nothing of another."""
    spans = [span for found in ad.judgement.findings for span in found.spans if span.box is not None]
    read = [ref for ref in ad.landing.evidence if ref.role == "landing_screenshot"] if ad.landing else []
    if read:
        same = any(ref.sha256 == picture.sha256 for ref in read)
    else:
        same = picture.role == "ad_screenshot" and sighting.at == ad.first_seen
    return [
        Words(text=span.text, boxes=(span.box,)) if same else Words(text=span.text, why=OTHER_PICTURE)
        for span in spans[:MOST_QUOTED]
        if span.box is not None
    ]
