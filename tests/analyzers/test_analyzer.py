"""The analyzers as one object."""

import time
from pathlib import Path

import pytest

from analyzers.analyzer import MAX_JUDGED, Analyzer, AnalyzerOptions
from analyzers.errors import ImageUnreadable, ModelMissing
from analyzers.rules import Ruleset
from findings.model.errors import UsageError
from findings.model.judgement import ScreenInput
from findings.model.vocabulary import Product
from tests.support.readings import DAY, resolution
from tests.support.rulesets import NORMALISE, rule, tiny


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    return tiny(
        tmp_path_factory.mktemp("analyzer"),
        rule("promo.act", [{"pattern": "申购"}], role="promotion", signal="action", weight=0.9),
        rule("product.fund", [{"pattern": "基金"}], role="product", product="fund"),
        rule("guarantee.principal", [{"pattern": "保本"}]),
    )


@pytest.fixture(scope="module")
def analyzer(ruleset: Ruleset) -> Analyzer:
    return Analyzer(AnalyzerOptions(), ruleset, NORMALISE)


def test_the_text_is_judged_and_the_page_only_without_one(analyzer: Analyzer) -> None:
    page = "<p>申购保本基金</p>"
    assert analyzer.read(ScreenInput(text="天气", html=page)).promotion is False
    reading = analyzer.read(ScreenInput(html=page))
    assert reading.promotion is True
    assert reading.text == "申购保本基金"


def test_an_ad_without_any_text(analyzer: Analyzer) -> None:
    reading = analyzer.read(ScreenInput(id="7"))
    judgement = analyzer.judge(reading, resolution(), DAY)
    assert (judgement.id, judgement.promotion, judgement.findings) == ("7", False, ())


def test_many_at_once_are_read_as_one_by_one(analyzer: Analyzer) -> None:
    ads = [
        ScreenInput(text=text) for text in ["申购基金", "", "青禾科技有限公司申购保本基金", "天气", "保本"]
    ]
    together = analyzer.read_many(ads)
    apart = [analyzer.read(ad) for ad in ads]
    assert [(one.promotion, one.product, one.clues) for one in together] == [
        (one.promotion, one.product, one.clues) for one in apart
    ]
    assert together[2].clues.names == ("青禾科技有限公司",)


def test_a_promotion_without_a_known_product_is_other(analyzer: Analyzer) -> None:
    assert analyzer.read(ScreenInput(text="申购保本")).product is Product.OTHER


def test_a_megabyte_line_is_judged_in_bounded_time(analyzer: Analyzer) -> None:
    text = "申购保*本基金" * 150_000
    began = time.process_time()
    reading = analyzer.read(ScreenInput(text=text))
    judgement = analyzer.judge(reading, resolution(), DAY)
    assert time.process_time() - began < 20
    finding = judgement.finding(2)
    assert finding is not None
    assert finding.spans[0].end <= MAX_JUDGED


@pytest.mark.parametrize("text", ["\ud800\ud800", "\0" * 50, "保\0本", "‮保本", "{}%s{0}", "<script>"])
def test_odd_texts_are_judged(analyzer: Analyzer, text: str) -> None:
    reading = analyzer.read(ScreenInput(text=text))
    for finding in analyzer.judge(reading, resolution(), DAY).findings:
        for span in finding.spans:
            assert text[span.start : span.end] == span.text


@pytest.mark.parametrize("name", ["../secret.png", "/etc/hostname", "a/../../b.png"])
def test_an_image_outside_the_folder_is_refused(analyzer: Analyzer, tmp_path: Path, name: str) -> None:
    with pytest.raises(ImageUnreadable, match="outside the folder"):
        analyzer.read(ScreenInput(image=name), tmp_path)


def test_without_ocr_an_image_is_not_read(ruleset: Ruleset, tmp_path: Path) -> None:
    analyzer = Analyzer(AnalyzerOptions(ocr=False), ruleset, NORMALISE)
    assert analyzer.read(ScreenInput(image="none.png"), tmp_path).fields == ()


@pytest.mark.parametrize("option", ["hanlp", "embedding"])
def test_a_missing_model_is_wrong_use(tmp_path: Path, ruleset: Ruleset, option: str) -> None:
    options = AnalyzerOptions(**{option: str(tmp_path / "none")})  # type: ignore[arg-type]
    with pytest.raises(ModelMissing, match="finadwatch models build") as raised:
        Analyzer.load(options, ruleset)
    assert isinstance(raised.value, UsageError)


def test_missing_heads_are_wrong_use(tmp_path: Path, ruleset: Ruleset) -> None:
    options = AnalyzerOptions(embedding=str(tmp_path), heads=tmp_path / "none.npz")
    with pytest.raises(ModelMissing):
        Analyzer.load(options, ruleset)


def test_without_models_words_are_what_blanks_part(analyzer: Analyzer) -> None:
    assert analyzer.tokens(["申购 基金", "甲"]) == [("申购", "基金"), ("甲",)]
    assert analyzer.embed(["申购"]) == [()]


def test_the_package_loads_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys, analyzers.analyzer\n"
        "heavy = {'torch', 'hanlp', 'hyperscan', 'sentence_transformers', 'cv2', 'opencc', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
