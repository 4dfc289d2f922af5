"""Texts made to hurt, through all models: judged in bounded time and memory, and alike in any company."""

import json
import random
import resource
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzers.analyzer import MAX_JUDGED, Analyzer, AnalyzerOptions, Reading
from finadwatch.judging import Judge
from finadwatch.screening import answers, numbered
from findings.model.judgement import ScreenInput
from licences.registers import Registers
from models.evasions import evade
from models.examples import own_samples
from tests.support.cache import patterns

DAY = date(2026, 11, 22)
AD = "枫桥财富投资有限公司理财产品，保本保息，年化12%，立即申购"
MODELS = Path(__file__).parents[2] / "models"
WORDS = random.Random(1).choices(
    "保本稳赚理财贷款微信年化收益投资股票涨停的是在了一不有人我他这中大来上", k=1_000
)
#: About so many characters of each; a share of `n` for what repeats.
HOSTILE: dict[str, Callable[[int], str]] = {
    "one line": lambda n: "".join(WORDS) * (n // 1_000),
    "one sentence": lambda n: "保本," * (n // 3),
    "emoji": lambda n: "💰🔥🐮😀" * (n // 4),
    "right to left": lambda n: "\u202e赔不\u202c" * (n // 4),
    "right to left without end": lambda n: "\u202e" + "赔不" * (n // 2),
    "direction marks": lambda n: "\u202e\u202d" * (n // 2),
    "quotes": lambda n: "“" * (n // 2) + "保本" + "”" * (n // 2),
    "brackets": lambda n: "【(" * (n // 4) + "保" + ")】" * (n // 4),
    "brackets with noise": lambda n: "[*" * (n // 4) + "保" + "*]" * (n // 4),
    "signatures": lambda n: "【某某" * (n // 3),
    "nulls": lambda n: "保\0本\0" * (n // 4),
    "letters": lambda n: "a" * n,
    "one character": lambda n: "保" * n,
    "figures": lambda n: "1" * n,
    "figures and letters": lambda n: "1.o." * (n // 4),
    "half a claim": lambda n: "年化" * (n // 2),
    "claims": lambda n: "加微信稳赚不赔年化20%," * (n // 13),
    "firms": lambda n: "a有限公司" * (n // 5),
    "addresses": lambda n: "http://a.cn/" * (n // 12),
    "line breaks": lambda n: "\n" * n,
    "written downwards": lambda n: "保\n" * (n // 2),
    "combining marks": lambda n: "保" + "\u0336" * n,
    "percentages": lambda n: "百分之" * (n // 3),
    "formal figures": lambda n: "壹点" * (n // 2),
    "expansions": lambda n: "⑾" * n,
    "long expansions": lambda n: "ﷺ" * n,
    "every sign": lambda n: "".join(chr(0x20 + at % 0xD7E0) for at in range(n)),
    "blanks": lambda n: " " * n,
}


@pytest.fixture(scope="module")
def judge(hanlp: Path) -> Judge:
    options = AnalyzerOptions(
        hanlp=str(hanlp),
        embedding=str(MODELS / "embedding"),
        heads=MODELS / "heads",
        ocr=False,
        cache=patterns(),
    )
    made = Judge(Analyzer.load(options), Registers.load(None))
    made.judge(ScreenInput(text=AD), DAY)  # every model is loaded
    return made


def judged(judge: Judge, text: str) -> bytes:
    found = judge.judge(ScreenInput(id="x", text=text), DAY)
    for finding in found.findings:
        for span in finding.spans:
            assert text[span.start : span.end] == span.text
    return msgspec.json.encode(found)


@pytest.mark.models
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_short_hostile_text_is_judged(judge: Judge, text: Callable[[int], str]) -> None:
    judged(judge, text(4_000))
    judged(judge, AD + text(2_000))


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_long_hostile_text_takes_linear_time_and_little_memory(
    judge: Judge, text: Callable[[int], str]
) -> None:
    def seconds(size: int) -> float:
        began = time.process_time()
        judged(judge, text(size))
        return time.process_time() - began

    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    judged(judge, AD + text(1_000_000))
    whole = min(seconds(MAX_JUDGED) for _ in range(2))
    half = min(seconds(MAX_JUDGED // 2) for _ in range(2))
    assert whole < 5
    assert whole < max(2.5 * half, 0.5)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < 300 * 1024  # KiB


LINES = {
    "a lone surrogate": b'{"id":"x","text":"\\ud800\xe4\xbf\x9d\xe6\x9c\xac"}',
    "a null": b'{"id":"x","text":"\\u0000\xe4\xbf\x9d\xe6\x9c\xac"}',
    "no UTF-8": b'{"id":"x","text":"\xff\xfe"}',
    "nested deep": b'{"id":"x","text":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "an endless number": b'{"id":' + b"1" * 100_000 + b',"text":"x"}',
    "a null byte": b'{"id":"x","text":"\x00"}',
    "nothing but quotes": b'"' * 100_000,
}


@pytest.mark.models
@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_a_hostile_line_costs_no_other_its_answer(judge: Judge, line: bytes) -> None:
    good = json.dumps({"id": "good", "text": AD}).encode()
    alone = answers(list(numbered([good])), judge, DAY, DAY, Path())[0].json
    among = answers(list(numbered([good, line, good])), judge, DAY, DAY, Path())
    assert len(among) == 3
    assert among[0].json == among[2].json == alone
    json.loads(among[1].json)


TEXTS = [row["text"] for row in own_samples()][::20]


def bits(reading: Reading) -> tuple[object, ...]:
    assert reading.scores is not None
    return (
        reading.scores.logits.tobytes(),
        reading.scores.passage_logits.tobytes(),
        reading.gate,
        reading.product,
        reading.clues,
    )


@pytest.mark.models
@given(
    st.lists(st.sampled_from(TEXTS) | st.text(max_size=30) | st.just(""), min_size=1, max_size=12),
    st.data(),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_split_gives_the_same_bits(judge: Judge, texts: Sequence[str], data: st.DataObject) -> None:
    ads = [ScreenInput(id=str(at), text=text) for at, text in enumerate(texts)]
    alone = {ad.id: bits(judge.analyzer.read(ad)) for ad in ads}
    order = data.draw(st.permutations(ads))
    cut = data.draw(st.integers(0, len(ads)))
    for part in (order[:cut], order[cut:]):
        for reading in judge.analyzer.read_many(part):
            assert bits(reading) == alone[reading.ad.id]


@pytest.mark.models
@given(st.sampled_from(TEXTS), st.integers(0, 2**32))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_disguised_ad_is_quoted_as_it_stands(judge: Judge, text: str, seed: int) -> None:
    judged(judge, evade(text, seed))


@pytest.mark.models
def test_vectors_do_not_depend_on_the_batch(judge: Judge) -> None:
    embed = judge.analyzer._semantics.embed  # type: ignore[union-attr]  # the batch is not seen from outside
    together = embed(TEXTS[:64])
    for at, text in enumerate(TEXTS[:64]):
        assert np.array_equal(embed([text])[0], together[at])
