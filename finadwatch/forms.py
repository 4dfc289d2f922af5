"""What a capture shows of an ad's form, gathered for the judge of form duties."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from finadwatch.judging import Shown
from findings.model.crawl import Capture, Landing, Overlay, SeenAd
from findings.model.judgement import Box
from findings.model.vocabulary import Channel

if TYPE_CHECKING:
    from analyzers.absence import DrawnWarnings
    from analyzers.form import FormFacts

#: The part of an ad that must lie within a layer for the ad to be in it.
_INSIDE = 0.8
#: Marks of what no one paid for: pages of an address list, apps in their natural order.
_LISTED = "listed"


def form_facts(capture: Capture, seen: SeenAd) -> "FormFacts":
    """The mark, the layers and the words of one ad, and the search it was found by.

    Of a listed page the words are those of its layers alone: its text is the landing page's.
    """
    from analyzers.form import FormFacts

    paid = seen.mark != _LISTED
    return FormFacts(
        channel=capture.task.channel,
        paid=paid,
        label=seen.label,
        mark=seen.mark,
        none_read=capture.task.channel is Channel.SEARCH and not any(map(_marked, capture.ads)),
        keyword=capture.task.keyword,
        layers=_layers(capture, seen),
        words=f"{seen.title}\n{seen.text}" if paid else seen.title,
    )


def drawn_warnings(seen: SeenAd) -> "DrawnWarnings | None":
    """How the landing page's risk warnings were drawn, on every device; None where nobody saw it drawn.

    In what is judged (`intake.judged_text`) the creative's words come first, then the pages'.
    """
    creative, page = seen.text.strip(), seen.landing.text.strip() if seen.landing else ""
    return drawn_from(pages_behind(seen), 0 if creative in ("", page) else len(creative) + 1)


def drawn_from(pages: Sequence[Landing], begin: int) -> "DrawnWarnings | None":
    """How the risk warnings of pages were drawn whose words begin at a place of the judged text."""
    from analyzers.absence import DrawnWarnings

    warnings = tuple(run for landing in pages for run in landing.warnings)
    return DrawnWarnings(warnings, begin) if warnings else None


def shown(seen: SeenAd) -> Shown:
    """What the pages behind an ad show beside their words, on every device."""
    return shown_on(pages_behind(seen), drawn_warnings(seen))


def shown_on(pages: Sequence[Landing], drawn: "DrawnWarnings | None") -> Shown:
    """What pages show beside their words.

    A number counts where the page gives it as its own contact. Whom a footer names is what the page says of itself:
    a store's word on the owner of an app (`SeenAd.icp`) stands in the ad and is none of this.
    """
    phones = [phone for page in pages if page.contacts for phone in page.contacts.phones]
    owner = next((page.icp.owner for page in pages if page.icp and page.icp.owner), None)
    return Shown(drawn, tuple(dict.fromkeys(phones)), owner)


def _marked(seen: SeenAd) -> bool:
    return seen.label is not None and seen.label.by != "none"


def _layers(capture: Capture, seen: SeenAd) -> tuple[Overlay, ...]:
    """The layers over the pages behind the ad, on every device, and those over its own page that hold it."""
    layers = [layer for landing in pages_behind(seen) for layer in landing.overlays]
    layers += [layer for layer in capture.overlays if _holds(layer.box, seen.box)]
    return tuple(layers)


def _holds(outer: Box | None, inner: Box | None) -> bool:
    if outer is None or inner is None:
        return False
    width = min(outer.x + outer.width, inner.x + inner.width) - max(outer.x, inner.x)
    height = min(outer.y + outer.height, inner.y + inner.height) - max(outer.y, inner.y)
    area = inner.width * inner.height
    return area > 0 and max(width, 0) * max(height, 0) >= _INSIDE * area


def pages_behind(seen: SeenAd) -> list[Landing]:
    """The pages behind an ad, that of the task's own device first."""
    return [*([seen.landing] if seen.landing else []), *seen.landings]
