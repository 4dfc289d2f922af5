"""An excluded ad stays quiet until its creative, its landing page or the rules change, or its time is over."""

from datetime import timedelta

import pytest

from findings.model.casework import Exclusion, Fingerprint
from findings.review.exclusions import MOST_FINGERPRINTS, Waking, exclude, waking
from tests.support.records import NOON, minutes

AD = Fingerprint(who="星河理财有限公司", host="licai.example", simhash="0f" * 8, picture=None, page="p1")
OTHER_WORDS = Fingerprint(who=AD.who, host=AD.host, simhash="f0" * 8, page="p1")
OTHER_PAGE = Fingerprint(who=AD.who, host=AD.host, simhash=AD.simhash, page="p2")
OTHER_PICTURE = Fingerprint(who=AD.who, host=AD.host, simhash=AD.simhash, picture="aa" * 8, page="p1")
OTHER_HOST = Fingerprint(who=AD.who, host="other.example", simhash=AD.simhash, page="p1")


def excluded(**more: object) -> Exclusion:
    return exclude("沈一", NOON, "风险提示齐全", [AD, AD], "2026.11.4", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seen", "ruleset", "why"),
    [
        ([AD], "2026.11.4", None),
        ([], "2026.11.4", None),
        ([AD, AD], "2026.11.4", None),
        ([AD], "2026.12.1", Waking.RULES),
        ([AD, OTHER_WORDS], "2026.11.4", Waking.CREATIVE),
        ([OTHER_PICTURE], "2026.11.4", Waking.CREATIVE),
        ([OTHER_HOST], "2026.11.4", Waking.CREATIVE),
        ([OTHER_PAGE], "2026.11.4", Waking.PAGE),
        ([OTHER_PAGE, OTHER_WORDS], "2026.11.4", Waking.CREATIVE),
    ],
)
def test_what_wakes_it(seen: list[Fingerprint], ruleset: str, why: Waking | None) -> None:
    assert waking(excluded(), seen, ruleset, minutes(60)) is why


def test_it_ends_at_its_time() -> None:
    until = NOON + timedelta(days=30)
    ends = excluded(until=until)
    assert waking(ends, [AD], "2026.11.4", until - timedelta(microseconds=1)) is None
    assert waking(ends, [AD], "2026.11.4", until) is Waking.EXPIRED


def test_it_names_who_why_and_each_creative_once() -> None:
    one = excluded()
    assert (one.by, one.reason, one.fingerprints, one.until) == ("沈一", "风险提示齐全", (AD,), None)


def test_of_more_variants_than_are_kept_the_rest_wakes_it() -> None:
    many = [Fingerprint(simhash=f"{n:016x}") for n in range(MOST_FINGERPRINTS + 1)]
    one = exclude("沈一", NOON, "同一模板", many, "2026.11.4")
    assert len(one.fingerprints) == MOST_FINGERPRINTS
    assert waking(one, many[:-1], "2026.11.4", NOON) is None
    assert waking(one, many, "2026.11.4", NOON) is Waking.CREATIVE


def test_every_reason_has_its_sentence() -> None:
    assert all(why.said and why.said.zh for why in Waking)
