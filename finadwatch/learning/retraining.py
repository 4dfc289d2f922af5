"""From verdicts to heads: train on one part, judge the other with the heads in use and the new ones."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from shutil import copyfile

import msgspec

from finadwatch.context import Desk, bundled
from finadwatch.learning.compare import Comparison, compare, refusals
from finadwatch.learning.rows import RULES, kept_aside, own_check_rows, row_of, rule_rows
from finadwatch.learning.samples import SAMPLES, Sample
from finadwatch.scorecards.count import Judged
from finadwatch.scorecards.judging import judge_all
from findings.model.errors import Said


class Trained(msgspec.Struct, frozen=True, kw_only=True):
    """New heads and how they do beside those in use.

    `taught` and `checked` are the samples of verdicts on either side, `own` the own samples checked;
    `day` is the day of the law that judged both.
    """

    taught: int
    checked: int
    own: int
    ballast: int
    day: date
    comparison: Comparison

    @property
    def reasons(self) -> list[Said]:
        """Why the new heads are refused; empty where they are not."""
        return refusals(self.comparison)


def retrain(
    samples: Sequence[Sample],
    desk: Desk,
    out: Path,
    *,
    share: float,
    on: date,
    workers: int,
    say: Callable[[str, str], None],
) -> Trained:
    """Write heads.npz and fusion.json into the folder `out` and compare them with the heads in use.

    The fusion stays as the project has it. `say` is told in Chinese and English what begins.
    """
    from models.learning_on import Lesson, ballast_texts, learn_on, load_prior
    from models.train_heads import save_heads

    own, told = list(own_check_rows()), list(rule_rows())
    # sorted: sums of weights depend on the order of the texts, and must not on that of the files
    teach, check = kept_aside(sorted(samples, key=lambda sample: sample.text), share)
    prior = load_prior(bundled("heads") / "heads.npz")
    ballast = ballast_texts()
    say(
        f"学习 {len(teach)} 条核查样本，留出 {len(check)} 条",
        f"learning {len(teach)} reviewed texts, {len(check)} kept aside",
    )
    heads = learn_on(prior, [Lesson(sample.text, sample.answers) for sample in teach], ballast)
    save_heads(out, prior.rarities, heads)
    copyfile(bundled("heads") / "fusion.json", out / "fusion.json")
    rows = [*(row_of(sample, line) for line, sample in enumerate(check, start=1)), *own, *told]
    say(
        f"以现有与新训的权重判定 {len(rows)} 条留出文本",
        f"judging {len(rows)} texts kept aside, with both heads",
    )

    def judged(used: Desk) -> list[Judged]:
        return judge_all(rows, used.judge, on=on, today=on, workers=workers)

    found = compare(judged(desk), judged(_with_heads(desk, out)), learned=SAMPLES, rules=RULES)
    return Trained(
        taught=len(teach),
        checked=len(check),
        own=len(own),
        ballast=len(ballast),
        day=on,
        comparison=found,
    )


def _with_heads(desk: Desk, folder: Path) -> Desk:
    """The same desk with other heads."""
    models = msgspec.structs.replace(desk.config.models, heads=str(folder))
    return Desk(msgspec.structs.replace(desk.config, models=models))
