"""Detection and textual conditions, on rules of two lines."""

import random
from pathlib import Path
from typing import Any

import pytest

from analyzers.patterns import MAX_HITS, escape, fault_of
from tests.support.rulesets import NORMALISE, fired, rule, tiny

PATTERN = [{"pattern": "保本(?:保息)?"}]
NEGATION = {"negation": ["不", "并非"]}


def conditioned(**conditions: Any) -> dict[str, Any]:
    return rule("a.b", PATTERN, conditions=conditions)


CONDITIONS: list[tuple[str, dict[str, Any], str, list[str]]] = [
    ("the longest match counts", {}, "承诺保本保息", ["保本保息"]),
    ("every place is found", {}, "保本。保本", ["保本", "保本"]),
    ("case is ignored", {}, "ABC", []),
    ("negated before", {"unless_before": [{"lexicon": "negation", "within": 3}]}, "本产品不承诺保本", []),
    ("negation too far", {"unless_before": [{"lexicon": "negation", "within": 1}]}, "不承诺保本", ["保本"]),
    (
        "negation in the sentence before",
        {"unless_before": [{"lexicon": "negation", "within": 9}]},
        "不收费。保本",
        ["保本"],
    ),
    (
        "one of two hits negated",
        {"unless_before": [{"lexicon": "negation", "within": 0}]},
        "不保本,但保本保息",
        ["保本保息"],
    ),
    ("stopped behind", {"unless_after": [{"pattern": "的说法", "within": 2}]}, "保本的说法不可信", []),
    ("stopped in the sentence", {"unless_same_sentence": [{"pattern": "警惕"}]}, "警惕所谓保本", []),
    ("another sentence doesn't stop", {"unless_same_sentence": [{"pattern": "警惕"}]}, "警惕!保本", ["保本"]),
    ("stopped anywhere", {"unless_anywhere": [{"pattern": "法院"}]}, "保本。法院审理", []),
    ("required anywhere and absent", {"requires_anywhere": [{"pattern": "理财"}]}, "保本", []),
    ("required anywhere and there", {"requires_anywhere": [{"pattern": "理财"}]}, "保本。理财", ["保本"]),
    ("required in the sentence", {"requires_same_sentence": [{"pattern": "理财"}]}, "保本。理财", []),
    ("required before", {"requires_before": [{"pattern": "承诺", "within": 2}]}, "承诺您保本", ["保本"]),
    ("required after", {"requires_after": [{"pattern": "理财", "within": 2}]}, "保本的理财", ["保本"]),
    ("required after and too far", {"requires_after": [{"pattern": "理财", "within": 0}]}, "保本的理财", []),
    (
        "a hit is not its own context",
        {"requires_same_sentence": [{"pattern": "保本(?:保息)?"}]},
        "承诺保本",
        [],
    ),
]


@pytest.mark.parametrize(
    ("conditions", "text", "found"), [row[1:] for row in CONDITIONS], ids=[row[0] for row in CONDITIONS]
)
def test_conditions(tmp_path: Path, conditions: dict[str, Any], text: str, found: list[str]) -> None:
    hits = fired(tmp_path, text, conditioned(**conditions), lexicons=NEGATION)
    assert hits.get("a.b", []) == found


NEAR: list[tuple[str, dict[str, Any], str, list[str]]] = [
    ("near", {"within": 4}, "年化收益12%", ["年化收益12%"]),
    ("the other way round", {"within": 4}, "12%的年化", ["12%的年化"]),
    ("ordered, other way round", {"within": 4, "ordered": True}, "12%的年化", []),
    ("too far", {"within": 1}, "年化收益高达12%", []),
    ("across a sentence", {"within": 9}, "年化。有12%", []),
]


@pytest.mark.parametrize(("near", "text", "found"), [row[1:] for row in NEAR], ids=[row[0] for row in NEAR])
def test_near(tmp_path: Path, near: dict[str, Any], text: str, found: list[str]) -> None:
    of = [{"lexicon": "rate"}, {"pattern": r"\d+%"}]
    hits = fired(tmp_path, text, rule("a.b", [{"near": {"of": of, **near}}]), lexicons={"rate": ["年化"]})
    assert hits.get("a.b", []) == found


WORDS = [
    ("a Latin word stands alone", "happy时光", []),
    ("between Chinese characters", "下载app领奖", ["app"]),
    ("a number is not part of one", "编号17145", []),
    ("a number alone", "714高炮", ["714"]),
    ("a word is normalised like the text", "保證收益", ["保证"]),
    ("signs in a word are literal", "c+x与cx", ["c+x"]),
    ("at both edges", "保证", ["保证"]),
]


@pytest.mark.parametrize(("text", "found"), [row[1:] for row in WORDS], ids=[row[0] for row in WORDS])
def test_words(tmp_path: Path, text: str, found: list[str]) -> None:
    words = {"words": ["APP", "714", "保證", "C+X"]}
    assert fired(tmp_path, text, rule("a.b", [{"lexicon": "words"}]), lexicons=words).get("a.b", []) == found


def test_offsets_agree_with_a_plain_search(tmp_path: Path) -> None:
    """Byte offsets become code points, whatever the width of the characters around."""
    from analyzers.scan import Scanner

    scanner = Scanner(
        tiny(tmp_path, rule("a.b", [{"lexicon": "words"}]), lexicons={"words": ["保本"]}), NORMALISE
    )
    rng = random.Random(7)
    for _ in range(50):
        text = "".join(rng.choice(["保本", "a", "é", "息", "𠀀", "\n", "本"]) for _ in range(40))
        expected = [at for at in range(len(text)) if text.startswith("保本", at)]
        assert [start for one in scanner.scan(text) for start, _ in one.spans] == expected


def test_a_deprecated_rule_is_silent(tmp_path: Path) -> None:
    assert fired(tmp_path, "保本", rule("a.b", PATTERN, status="deprecated")) == {}


def test_hits_of_hostile_text_are_bounded(tmp_path: Path) -> None:
    hits = fired(tmp_path, "保本" * (MAX_HITS + 10), rule("a.b", PATTERN))
    assert 0 < len(hits["a.b"]) <= MAX_HITS


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    from analyzers.scan import Scanner

    occupied = tmp_path / "file"
    occupied.write_text("no folder")
    assert Scanner(tiny(tmp_path, rule("a.b", PATTERN)), NORMALISE, occupied).scan("保本")


def test_a_cached_database_finds_the_same(tmp_path: Path) -> None:
    from analyzers.scan import Scanner

    ruleset = tiny(tmp_path, rule("a.b", PATTERN))
    cache = tmp_path / "cache"
    text = "承诺保本保息"
    first = Scanner(ruleset, NORMALISE, cache).scan(text)
    [file] = cache.iterdir()
    again = Scanner(ruleset, NORMALISE, cache).scan(text)
    file.write_bytes(b"broken")
    mended = Scanner(ruleset, NORMALISE, cache).scan(text)
    assert first == again == mended
    assert file.read_bytes() != b"broken"


def test_escape_is_literal() -> None:
    assert escape("a+b") == r"a\x2bb"
    assert fault_of(escape("((.*[")) is None


def test_a_look_ahead_is_refused_with_a_reason() -> None:
    assert fault_of("保本", "保(?!本)")
