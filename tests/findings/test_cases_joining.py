"""Which ads are one case: signatures and keys (pure), then on every store; and how well it does."""

import itertools
import random
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from findings.casebook import CaseQuery
from findings.cases.fingerprint import (
    DISTANCE,
    SHORT,
    bands,
    differing,
    domain,
    fingerprint,
    kept,
    simhash,
    simhashes,
)
from findings.cases.joining import Known, chosen, signs_of
from findings.model.judgement import Advertiser
from findings.model.records import AdRecord
from findings.store import FindingStore
from tests.support import records as make
from tests.support.creatives import TOLD_OF, changed, creative
from tests.support.stores import again

LONG = "资金周转找我们，额度最高20万元，日息低至万分之二，最快5分钟到账，随借随还，全程线上办理"
OTHER = "让闲钱动起来，每日开放申购赎回，一千元起投，银行存管资金安全，专业投研团队打理"


# -- signatures -----------------------------------------------------------------------------------


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=DISTANCE))
def test_signatures_that_differ_in_few_bits_share_a_band(signature: int, flipped: set[int]) -> None:
    other = signature
    for bit in flipped:
        other ^= 1 << bit
    assert differing(signature, other) == len(flipped)
    assert set(bands(signature)) & set(bands(other))


@given(st.text(max_size=200))
def test_a_signature_has_64_bits_and_is_of_the_kept_letters_alone(text: str) -> None:
    assert 0 <= simhash(text) < 2**64
    assert simhash(text) == simhash(kept(text)) == simhash(f" {text}！…")


def _by_the_book(plain: str) -> int:
    """The signature, bit by bit."""
    runs = {plain.ljust(3, "\0")[at : at + 3] for at in range(max(1, len(plain) - 2))} if plain else set()
    counts = [0] * 64
    for run in runs:
        first, second, third = map(ord, run)
        mixed = ((first << 42 | second << 21 | third) + 0x9E3779B97F4A7C15) % 2**64
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB % 2**64
        mixed ^= mixed >> 31
        counts = [count + (mixed >> bit & 1) for bit, count in enumerate(counts)]
    return sum(1 << bit for bit, count in enumerate(counts) if count * 2 > len(runs))


@settings(max_examples=30)
@given(st.lists(st.text(max_size=40).map(kept) | st.sampled_from(["", "一", LONG * 2]), max_size=8))
def test_signatures_of_many_are_those_of_each(plains: list[str]) -> None:
    long = "".join(chr(0x4E00 + number * 7 % 3000) for number in range(600))  # over 255 runs, all different
    for some in (plains, [*plains, long, long[:257], *plains]):
        assert simhashes(some) == [_by_the_book(plain) for plain in some]


@pytest.mark.parametrize(
    "other",
    [
        LONG.replace("20", "50").replace("5分", "3分"),
        LONG.replace("，", " ★ "),
        LONG.replace("额", "額").replace("资", "資"),
        "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in LONG),
    ],
    ids=["digits", "signs", "traditional", "wide"],
)
def test_small_changes_leave_the_signature(other: str) -> None:
    assert simhash(other) == simhash(LONG)


def test_a_creative_of_two_megabytes_or_of_nothing() -> None:
    assert simhash("利滚利" * 700_000) == simhash("利滚利" * 10_000)
    assert simhash("") == simhash("…★") == 0
    assert signs_of(make.ad("", title="", creative="…★")).keys == ()


DOMAINS = [
    ("www.licai.com.cn", "licai.com.cn"),
    ("a.b.licai.example", "licai.example"),
    ("licai.example.", "licai.example"),
    ("127.0.0.1", "127.0.0.1"),
    ("localhost", "localhost"),
    (None, None),
    ("", None),
]


@pytest.mark.parametrize(("host", "expected"), DOMAINS)
def test_the_domain_that_one_owner_registers(host: str | None, expected: str | None) -> None:
    assert domain(host) == expected


def test_a_fingerprint_says_who_where_and_what() -> None:
    ad = make.ad(LONG, url="https://www.licai.com.cn/join?from=1")
    named = make.judgement(advertiser=Advertiser(name="星河 理财有限公司", uscc=None, matched=None))
    print_ = fingerprint(make.ad(LONG, url="https://www.licai.com.cn/x", judgement=named))
    assert print_ == fingerprint(ad)
    assert (print_.who, print_.host) == ("name:星河理财有限公司", "licai.com.cn")
    assert len(print_.simhash) == len(print_.page) == 16


# -- which ad decides -----------------------------------------------------------------------------


def test_the_oldest_near_one_is_chosen() -> None:
    signs = signs_of(make.ad(LONG))
    near, far = signs.simhash ^ 1, signs.simhash ^ (2 ** (DISTANCE + 1) - 1)
    stored = [Known(3, "a1-c", near), Known(2, "a1-b", near), Known(1, "a1-a", far)]
    for order in itertools.permutations(stored):
        found = chosen(signs, order)
        assert found is not None
        assert found.ad == "a1-b"
    assert chosen(signs, []) is None


def test_a_watched_page_joins_by_its_address_alone() -> None:
    assert signs_of(make.ad(LONG, source="watchlist")).keys == ()


# -- on every store -------------------------------------------------------------------------------


def _cases(store: FindingStore) -> int:
    return store.casebook().files(CaseQuery()).total


def _variant(text: str, **more: object) -> AdRecord:
    """An ad with an address and a name of its own unless given."""
    values: dict[str, object] = {
        "title": "",
        "url": "https://a.licai.example/1",
        "advertiser_shown": "甲公司",
    }
    return make.ad(text, make.finding(), **(values | more))  # type: ignore[arg-type]


def test_variants_of_one_domain_or_advertiser_are_one_case(store: FindingStore) -> None:
    first = _variant(LONG)
    digits = _variant(
        LONG.replace("20", "80"), source="sogou", url="https://b.licai.example/2", advertiser_shown="乙"
    )
    elsewhere = _variant(LONG.replace("，", "。"), url="https://jie.example/", advertiser_shown="甲 公司")
    assert len({first.case_id, digits.case_id, elsewhere.case_id}) == 3
    for page, ad in enumerate((first, digits, elsewhere)):
        store.write(make.bundle(ad, page=page, run=f"r{page}"))
    assert _cases(store) == 1
    case = store.case(first.case_id)
    assert case is not None
    assert {ad.id for ad in case.ads} == {first.id, digits.id, elsewhere.id}
    assert (case.sightings, case.runs) == (3, 3)
    file = store.casebook().file(first.case_id)
    assert file is not None
    assert (file.facts.variants, file.facts.sources, file.facts.hosts) == (
        3, ("baidu", "sogou"), ("a.licai.example", "b.licai.example", "jie.example"),
    )  # fmt: skip


def test_the_same_words_of_another_firm_elsewhere_are_another_case(store: FindingStore) -> None:
    store.write(make.bundle(_variant(LONG)))
    store.write(make.bundle(_variant(LONG, url="https://jie.example/", advertiser_shown="丙公司"), page=2))
    assert _cases(store) == 2


def test_another_ad_of_the_same_firm_is_another_case(store: FindingStore) -> None:
    store.write(make.bundle(_variant(LONG), _variant(OTHER)))
    assert _cases(store) == 2


def test_short_creatives_join_only_by_equality(store: FindingStore) -> None:
    texts = ["保本理财一号", "保本理财二号", "保本 理财★一号", "保本理财1号", "保本理财2号"]
    assert all(len(kept(text)) < SHORT for text in texts)
    store.write(
        make.bundle(*(_variant(text, url=f"https://licai.example/{n}") for n, text in enumerate(texts)))
    )
    assert _cases(store) == 4


def test_variants_in_one_batch_join_each_other(store: FindingStore) -> None:
    chance = random.Random(7)
    base = [
        make.bundle(_variant(_signed(LONG, chance), url=f"https://{n}.licai.example/"), page=n)
        for n in range(30)
    ]
    assert store.write_many(base) == 30
    assert _cases(store) == 1
    (file,) = store.casebook().files(CaseQuery()).files
    assert (file.facts.ads, file.facts.sightings) == (30, 30)


def _signed(text: str, chance: random.Random) -> str:
    at = chance.randint(0, len(text))
    return text[:at] + chance.choice("！★ ~") + text[at:]


def test_any_order_gives_the_same_groups(store: FindingStore) -> None:
    chance = random.Random(11)
    ads = [
        _variant(_signed(text, chance), url=f"https://{firm}{n}.example/", advertiser_shown=firm)
        for firm in ("jia", "yi")
        for text in (LONG, OTHER, "短语")
        for n in range(3)
    ]
    chance.shuffle(ads)
    for page, ad in enumerate(ads):
        store.write(make.bundle(ad, page=page))
    groups = {frozenset(ad.id for ad in view.ads) for view in _views(store)}
    expected: dict[tuple[str | None, str], set[str]] = {}
    for ad in ads:
        expected.setdefault((ad.advertiser_shown, kept(ad.creative)), set()).add(ad.id)
    assert groups == {frozenset(ids) for ids in expected.values()}


def _views(store: FindingStore) -> list[object]:
    from findings.query import SearchQuery

    return list(store.cases(SearchQuery()))


def test_workers_that_write_variants_at_once_lose_nothing(store: FindingStore) -> None:
    """Two that meet at the same moment may make two cases of it; every ad and sighting is in one of them."""
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with again(store.url) as own:
                for page in range(3):
                    url = f"https://{number}-{page}.licai.example/"
                    own.write(make.bundle(_variant(LONG, url=url), page=page, run=f"r{number}"))
        except BaseException as error:  # a thread's error must reach the test
            failed.append(error)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    files = store.casebook().files(CaseQuery()).files
    assert sum(file.facts.ads for file in files) == 12
    assert sum(file.facts.sightings for file in files) == 12
    store.write(make.bundle(_variant(LONG, url="https://last.licai.example/"), run="r9"))
    assert store.casebook().files(CaseQuery()).total == len(files)


# -- how well it does -----------------------------------------------------------------------------


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_an_ad_changed_in_signs_and_digits_alone_is_always_found(seed: int) -> None:
    chance = random.Random(seed)
    text = creative(TOLD_OF, chance)
    again = "".join(chance.choice("123456789") if c.isdigit() else c for c in _signed(text, chance))
    assert simhash(again) == simhash(text)


def test_recall_and_precision_on_words_that_no_threshold_was_chosen_on() -> None:
    """A floor below the figures of benchmarks/README.md."""
    chance = random.Random(20261122)
    found = wrong = 0
    for _ in range(400):
        text = creative(TOLD_OF, chance)
        found += differing(simhash(text), simhash(changed(text, TOLD_OF, chance))) <= DISTANCE
        wrong += differing(simhash(text), simhash(creative(TOLD_OF, chance))) <= DISTANCE
    assert found >= 280
    assert wrong <= 2
