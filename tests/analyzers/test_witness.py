"""The words and the example behind the model's word, with the shipped models."""

from importlib.resources import files
from pathlib import Path

import pytest

from analyzers.analyzer import Analyzer, AnalyzerOptions
from findings.model.judgement import ScreenInput
from tests.support.cache import patterns
from tests.support.readings import DAY, resolution

MODELS = Path(str(files("models")))


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    options = AnalyzerOptions(
        embedding=str(MODELS / "embedding"),
        heads=MODELS / "heads" / "heads.npz",
        ocr=False,
        cache=patterns(),
    )
    return Analyzer.load(options)


@pytest.mark.models
@pytest.mark.parametrize(
    "padding", ["", "今天天气很好，适合出门散步，记得带好雨伞和水杯。" * 100], ids=["short", "page"]
)
def test_the_quotation_is_the_clause_that_speaks(analyzer: Analyzer, padding: str) -> None:
    from analyzers.witness import Witness

    text = padding + "今天天气很好。存款保本保息，稳赚不赔，零风险！请带好雨伞。" + padding
    reading = analyzer.read(ScreenInput(text=text))
    assert isinstance(analyzer._witness, Witness)
    assert reading.scores is not None
    span = analyzer._witness.quotation(2, reading.fields, reading.scores)
    assert span is not None
    assert text[span.start : span.end] == span.text
    assert len(span.text) <= 40
    assert any(claim in span.text for claim in ("保本保息", "稳赚不赔", "零风险"))


@pytest.mark.models
def test_the_example_is_of_the_category_and_near(analyzer: Analyzer) -> None:
    from analyzers.witness import Witness

    assert isinstance(analyzer._witness, Witness)
    example = analyzer._witness.example(9, "零首付买房，首付我们垫，当天批")
    assert example is not None
    assert "首付" in example
    assert analyzer._witness.example(9, "qwertz uiop") is None


@pytest.mark.models
def test_a_judgement_names_the_model(analyzer: Analyzer) -> None:
    reading = analyzer.read(ScreenInput(text="理财产品保本保息，年化12%，立即申购"))
    judgement = analyzer.judge(reading, resolution(), DAY)
    assert judgement.model.startswith("embedding-")
    finding = judgement.finding(2)
    assert finding is not None
    assert 0 < finding.score < 1


@pytest.mark.models
def test_every_span_is_text_of_the_ad(analyzer: Analyzer) -> None:
    text = "【岚川金服】您有8万額度待领，凭身份证秒批，不看征信，加薇信 abc12 办理，退订回T"
    judgement = analyzer.judge(analyzer.read(ScreenInput(text=text)), resolution(), DAY)
    assert judgement.promotion
    assert judgement.findings
    for finding in judgement.findings:
        for span in finding.spans:
            assert text[span.start : span.end] == span.text
