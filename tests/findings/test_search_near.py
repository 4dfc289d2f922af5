"""Ads like another one, in words and in meaning, on both stores."""

import random

import pytest
from msgspec.structs import replace

from findings.errors import QueryValueError
from findings.query import SearchQuery
from findings.search.near import MAX_BITS, Near, nearest_marks
from findings.search.vectors import DIMENSIONS, direction
from findings.store import FindingStore
from tests.support import records as make

CREATIVE = "云岫理财推出新手专享产品，保本保息，预期年化收益百分之十二，随存随取，加客服微信立即领取红包，名额有限先到先得"


def near_texts(found: list[Near]) -> list[str]:
    return [one.ad.text for one in found]


def test_creatives_of_nearly_the_same_words(store: FindingStore) -> None:
    """Of other advertisers too; the nearest first; the ad itself is not told."""
    ad = make.ad(CREATIVE)
    digits = make.ad(CREATIVE.replace("百分之十二", "百分之十一"), url="https://b.example/", source="portal")
    longer = make.ad(CREATIVE + "，咨询热线全天开通", url="https://c.example/")
    other = make.ad("海棠消费金融提供小额贷款服务，利率以合同为准，请理性借贷，详情咨询各营业网点工作人员")
    store.write(make.bundle(ad, digits, longer, other))
    found = store.alike(ad, SearchQuery())
    assert set(near_texts(found)) == {digits.text, longer.text}
    assert [one.nearness for one in found] == sorted((one.nearness for one in found), reverse=True)
    assert near_texts(store.alike(ad, SearchQuery(sources=("portal",)))) == [digits.text]
    assert len(store.alike(ad, SearchQuery(limit=1))) == 1
    assert store.alike(make.ad("，。！", title=""), SearchQuery()) == []


def test_the_same_creative_is_nearest(store: FindingStore) -> None:
    ad = make.ad(CREATIVE)
    same = make.ad(CREATIVE, url="https://elsewhere.example/")
    store.write(make.bundle(ad, same))
    (found,) = store.alike(ad, SearchQuery())
    assert (found.ad.id, found.nearness) == (same.id, 1.0)


def test_signatures_by_distance() -> None:
    others = [
        ("far", (1 << MAX_BITS + 1) - 1),
        ("b", 0b1),
        ("a", 0b10),
        ("same", 0),
        ("edge", (1 << MAX_BITS) - 1),
    ]
    assert [name for name, _ in nearest_marks(0, others, 9)] == ["same", "a", "b", "edge"]
    assert nearest_marks(0, others, 2) == [("same", 1.0), ("a", 1 - 1 / 64)]


def vector(seed: int) -> tuple[float, ...]:
    draw = random.Random(seed)
    return tuple(draw.gauss(0, 1) for _ in range(DIMENSIONS))


def between(one: int, other: int, share: float) -> tuple[float, ...]:
    """A vector that has so much of another."""
    return tuple(a * (1 - share) + b * share for a, b in zip(vector(one), vector(other), strict=True))


def test_meaning(store: FindingStore) -> None:
    """Nearest first and exactly as near as it is; what has no vector is never found."""
    ads = [
        make.ad(f"第{n}则", embedding=between(1, 2, n / 10), url=f"https://h{n}.example/") for n in range(10)
    ]
    ads += [
        make.ad("无向量"),
        make.ad("零向量", embedding=(0.0,) * DIMENSIONS),
        make.ad("别的长度", embedding=(1.0,) * 8),
    ]
    store.write(make.bundle(*ads))
    found = store.meaning(vector(1), SearchQuery(limit=4))
    assert near_texts(found) == [f"第{n}则" for n in range(4)]
    wanted, there = direction(vector(1)), direction(ads[3].embedding)
    assert wanted is not None
    assert there is not None
    assert found[3].nearness == pytest.approx((1 + sum(map(float.__mul__, wanted, there))) / 2, abs=1e-6)
    few = store.meaning(vector(1), SearchQuery(domains=("h7.example", "h9.example", "h5.example"), limit=2))
    assert near_texts(few) == ["第5则", "第7则"]
    assert len(store.meaning(vector(1), SearchQuery(limit=100))) == 10


@pytest.mark.parametrize("bad", [(), (1.0,), (0.0,) * DIMENSIONS, (float("nan"),) * DIMENSIONS])
def test_a_vector_without_direction_is_refused(store: FindingStore, bad: tuple[float, ...]) -> None:
    with pytest.raises(QueryValueError):
        store.meaning(bad, SearchQuery())


def test_a_vector_goes_with_its_ad(store: FindingStore) -> None:
    ad = make.ad("甲", embedding=vector(1))
    store.write(make.bundle(ad))
    store.write(make.bundle(replace(ad, embedding=vector(2), judged_at=make.minutes(1)), page=2))
    (found,) = store.meaning(vector(2), SearchQuery())
    assert found.nearness == pytest.approx(1, abs=1e-6)
