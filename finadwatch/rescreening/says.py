"""What a rescreen says of itself: while it works, at its end, as a table and as JSON."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import click

from finadwatch.context import on_terminal
from finadwatch.i18n import t
from finadwatch.labels import category_label, licence_label
from finadwatch.rescreening.beginning import total
from finadwatch.show import progress, safe, table
from findings.model.judgement import to_builtins
from findings.model.vocabulary import LicenceStatus
from findings.rescreening.job import Job, Progress, Tally

#: Seconds between two lines while a person waits.
_TELL_S = 2.0
#: Failed ads that are named on the screen; JSON names all that are kept.
_NAMED = 20


class Teller:
    """Says how far a rescreen is, and at what rate, while a person waits. `clock` counts seconds."""

    def __init__(
        self, job: Job, slices: Iterable[Progress], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._job = job
        self._slices = {one.number: one for one in slices}
        self._clock = clock
        self._before = self.tally.judged
        self._begun = clock()
        self._told = self._begun

    @property
    def tally(self) -> Tally:
        """All slices added up."""
        return total(self._slices.values())

    @property
    def slices(self) -> list[Progress]:
        """Every slice as it was last heard of."""
        return list(self._slices.values())

    @property
    def seconds(self) -> float:
        """Since it began to listen."""
        return self._clock() - self._begun

    @property
    def rate(self) -> float:
        """Ads a second since then."""
        return (self.tally.judged - self._before) / max(self.seconds, 1e-9)

    def __call__(self, now: Progress) -> None:
        """Hear of a part."""
        self._slices[now.number] = now
        if on_terminal() and self._clock() - self._told >= _TELL_S:
            self._told = self._clock()
            self.tell()

    def tell(self) -> None:
        """Say one line."""
        tally = self.tally
        share = 100 * tally.judged // max(self._job.ads, tally.judged, 1)
        progress(
            t(
                f"已重新判定 {tally.judged}/{self._job.ads}（{share}%），{self.rate:.0f} 条/秒；变更 {tally.changed}，失败 {tally.failed}",
                f"{tally.judged}/{self._job.ads} judged anew ({share} %), {self.rate:.0f} a second; {tally.changed} changed, {tally.failed} failed",
            )
        )


def as_json(job: Job, slices: Iterable[Progress], **more: object) -> dict[str, Any]:
    """A rescreen with its counts, as plain values."""
    listed = list(slices)
    tally = total(listed)
    return {
        "job": job.id,
        "begun_at": to_builtins(job.begun_at),
        "ended_at": to_builtins(job.ended_at),
        "by": job.by,
        "versions": to_builtins(job.versions),
        "ads": job.ads,
        "slices": {"of": job.slices, "done": sum(one.done for one in listed)},
        "judged": tally.judged,
        "changed": tally.changed,
        "unchanged": tally.unchanged,
        "failed": tally.failed,
        "categories": {str(number): to_builtins(counts) for number, counts in tally.categories.items()},
        "licence": tally.licence,
        "failures": to_builtins(tally.failures),
        **more,
    }


def print_tally(tally: Tally, *, dry: bool) -> None:
    """What was judged, what changed by category, which ads failed."""
    click.echo(
        t(
            f"重新判定 {tally.judged} 条：{'将变更' if dry else '变更'} {tally.changed}，不变 {tally.unchanged}，失败 {tally.failed}",
            f"{tally.judged} ads judged anew: {tally.changed} {'would change' if dry else 'changed'}, "
            f"{tally.unchanged} unchanged, {tally.failed} failed",
        )
    )
    if tally.categories:
        table(
            t("线索的变化（广告数）", "Findings (ads)"),
            (t("类别", "category"), t("新增", "gained"), t("消失", "lost"), t("改动", "altered")),
            [
                (category_label(number), counts.gained, counts.lost, counts.altered)
                for number, counts in tally.categories.items()
            ],
        )
    for pair, count in tally.licence.items():
        before, after = (licence_label(LicenceStatus(status)) for status in pair.split(">"))
        click.echo(f"  {before} → {after}: {count}")
    for failure in tally.failures[:_NAMED]:
        progress(f"{failure.ad_id}: {safe(failure.reason)}")
    if tally.failed > _NAMED:
        progress(
            t(
                f"共 {tally.failed} 条失败，均保持原状",
                f"{tally.failed} failed in all; they stay as they were",
            )
        )
