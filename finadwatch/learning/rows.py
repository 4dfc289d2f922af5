"""What is scored, as labelled rows: verdicts kept aside, the check part of the own samples, the rules' samples."""

import zlib
from collections.abc import Iterator, Sequence

from finadwatch.learning.samples import SAMPLES, Sample
from finadwatch.scorecards.rows import Row, read_rows
from finadwatch.scorecards.samples import shipped_samples
from finadwatch.scorecards.split import Split, part
from findings.model.judgement import ScreenInput
from findings.model.vocabulary import Channel, Level
from models.learning_on import PROMOTION, Answer

#: Part of what is hashed: another seed keeps other groups aside.
SEED = "learn-1"
QUESTIONS = range(10)
#: What the rows of the rules' samples give as their file.
RULES = "rules"


def kept_aside(samples: Sequence[Sample], share: float) -> tuple[list[Sample], list[Sample]]:
    """Samples that teach and those that check: a share of the groups, the same groups at every call."""
    teach: list[Sample] = []
    check: list[Sample] = []
    for sample in samples:
        drawn = zlib.crc32(f"{SEED}/{sample.group}".encode("utf-8", "surrogatepass")) / 2**32
        (check if drawn < share else teach).append(sample)
    return teach, check


def row_of(sample: Sample, line: int) -> Row:
    """A sample as a row to score. What nobody said is no question."""
    said = sample.answers
    promotion = said.get(PROMOTION)
    return Row(
        file=SAMPLES,
        line=line,
        id=sample.id,
        group=sample.group,
        kind="learned",
        channel=sample.channel,
        ad=ScreenInput(id=sample.id, text=sample.text, channel=sample.channel),
        # with the question left open it counts neither as an ad nor as a text that must stay silent
        promotion=promotion is not Answer.NO,
        cats=frozenset(category for category in said if category and said[category] is Answer.YES),
        soft=frozenset(category for category in said if category and said[category] is Answer.ARGUABLE),
        unasked=frozenset(question for question in QUESTIONS if question not in said),
    )


def own_check_rows() -> Iterator[Row]:
    """The fifth of the own samples that neither ballast nor lesson contains."""
    return part((row for file in shipped_samples() for row in read_rows(file)), Split.HOLDOUT)


def rule_rows() -> Iterator[Row]:
    """What each clear rule of a category says must and must not fire; it answers for that category alone.

    Verdicts that deny what rules are there for show here, however few samples are like them.
    """
    from analyzers.ruleset import load_ruleset

    line = 0
    for rule in load_ruleset().active:
        if rule.category is None or rule.level is not Level.CLEAR:
            continue
        channel = min(rule.conditions.channels, default=Channel.WEB)
        for listed, cats in ((rule.samples.fire, {rule.category}), (rule.samples.silent, set())):
            for text in listed:
                line += 1
                yield Row(
                    file=RULES,
                    line=line,
                    id=f"{rule.id}-{line}",
                    group=rule.id,
                    kind="rule",
                    channel=channel,
                    ad=ScreenInput(id=rule.id, text=text, channel=channel),
                    promotion=True,
                    cats=frozenset(cats),
                    unasked=frozenset(QUESTIONS) - {rule.category},
                )
