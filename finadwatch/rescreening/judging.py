"""A batch of an archive judged: questions, answers in batches of the models, and what changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from analyzers.errors import ImageTooLarge, ImageUnreadable, ModelUnusable
from finadwatch.i18n import language
from finadwatch.intake import BATCH
from finadwatch.judging import Judge
from finadwatch.rescreening.asking import Question, question
from findings.errors import EvidenceMissing
from findings.model.errors import FinAdWatchError, ServiceAway, UsageError
from findings.model.evidence import EvidenceStore
from findings.model.judgement import Judgement
from findings.rescreening.change import change_of
from findings.rescreening.job import Archived, Batch, Failure, Part, Progress, Rejudged, part_of

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Bench:
    """What judges an archive in one process."""

    judge: Judge
    evidence: EvidenceStore
    as_of: date | None

    def part(self, progress: Progress, batch: Batch) -> Part:
        """What a batch of a slice comes to. Raises UsageError, ServiceAway: a missing model is no fault of an ad."""
        changed: list[Rejudged] = []
        failures = list(batch.unreadable)
        unchanged = 0
        for ad, answer in self._answers(batch.ads):
            if isinstance(answer, Failure):
                failures.append(answer)
            elif (change := change_of(ad.ad.judgement, answer)) is None:
                unchanged += 1
            else:
                before = ad.ad.judged_at
                changed.append(
                    Rejudged(
                        ad_id=ad.ad.id,
                        instead_of=before,
                        judged_at=max(datetime.now(UTC), before + _TICK),
                        judgement=answer,
                        change=change,
                    )
                )
        return part_of(progress, batch, changed, unchanged, failures)

    def _answers(self, ads: Sequence[Archived]) -> Iterator[tuple[Archived, Judgement | Failure]]:
        asked: list[tuple[Archived, Question]] = []
        for ad in ads:
            try:
                asked.append((ad, question(ad, self.evidence, self.as_of)))
            except EvidenceMissing as error:
                yield ad, Failure.of(ad.ad.id, error.said(language()))
        drawn = [one for one in asked if one[1].image is not None]
        written = [one for one in asked if one[1].image is None]
        for start in range(0, len(written), BATCH):
            yield from self._together(written[start : start + BATCH])
        for one in drawn:
            yield from self._together([one])

    def _together(
        self, asked: Sequence[tuple[Archived, Question]]
    ) -> Iterator[tuple[Archived, Judgement | Failure]]:
        """Judged together, and one by one where one of them can't be. An error costs the ad that met it, no other."""
        try:
            answers = self._judged([one for _, one in asked])
        except (ModelUnusable, UsageError, ServiceAway):
            raise
        except Exception as error:
            if len(asked) > 1:
                for one in asked:
                    yield from self._together([one])
                return
            said = error.said(language()) if isinstance(error, FinAdWatchError) else repr(error)
            yield asked[0][0], Failure.of(asked[0][0].ad.id, said)
            return
        for (ad, _), answer in zip(asked, answers, strict=True):
            yield ad, answer

    def _judged(self, asked: Sequence[Question]) -> list[Judgement]:
        found = self._read(asked)
        return [
            self.judge.with_duties(judgement, one.record.judgement.form, one.on, one.ad)
            if one.record.judgement.form
            else judgement
            for one, judgement in zip(asked, found, strict=True)
        ]

    def _read(self, asked: Sequence[Question]) -> list[Judgement]:
        days, shown = [one.on for one in asked], [one.shown for one in asked]
        ads = [one.ad for one in asked]
        if len(asked) > 1 or asked[0].image is None:
            return self.judge.judge_many(ads, days, shown=shown)
        try:
            return self.judge.judge_many(ads, days, asked[0].image.parent, shown)
        except (ImageUnreadable, ImageTooLarge):  # as when it was crawled: the words still can
            return self.judge.judge_many([replace(ads[0], image=None)], days, shown=shown)
