"""The segmenter with the default HanLP component, really loaded."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzers.errors import ModelMissing, ModelUnusable
from analyzers.segment import Segmenter, entities
from models.build import build_hanlp

pytestmark = pytest.mark.models

COMPONENT = Path(__file__).parents[2] / ".cache" / "tests" / "hanlp"


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter.load(build_hanlp(COMPONENT), brands=["鑫禾贷"])


def test_words_tags_and_offsets(segmenter: Segmenter) -> None:
    text = "中国工商银行在上海市发行理财产品，王小明昨天买了。"
    (tokens,) = segmenter.segment([text])
    assert [token.text for token in entities(tokens, "ORG")] == ["中国工商银行"]
    assert [token.text for token in entities(tokens, "LOC")] == ["上海市"]
    assert [token.text for token in entities(tokens, "PER")] == ["王小明"]
    assert [token.text for token in entities(tokens, "TIME")] == ["昨天"]
    assert "".join(token.text for token in tokens) == text


def test_a_brand_is_an_organisation(segmenter: Segmenter) -> None:
    (tokens,) = segmenter.segment(["鑫禾贷，三分钟到账"])
    assert [token.text for token in entities(tokens, "ORG")] == ["鑫禾贷"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("   \n\t", id="white-space"),
        pytest.param("💰💰💰保本", id="emoji-beyond-the-basic-plane"),
        pytest.param("保\x00本", id="nul"),
        pytest.param("\ud800保本\udfff", id="lone-surrogates"),
        pytest.param("ＡＢＣ１２３％", id="full-width"),
        pytest.param("保" * 100_000, id="one-hundred-thousand-characters"),
        pytest.param("理財產品穩賺不賠", id="traditional"),
    ],
)
def test_odd_texts_keep_every_character(segmenter: Segmenter, text: str) -> None:
    (tokens,) = segmenter.segment([text])
    assert "".join(token.text for token in tokens) == text
    assert all(text[token.start : token.end] == token.text for token in tokens)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=60), max_size=8))
def test_any_texts_come_back_whole_and_in_order(segmenter: Segmenter, texts: list[str]) -> None:
    assert ["".join(token.text for token in tokens) for tokens in segmenter.segment(texts)] == texts


def test_a_batch_gives_what_each_text_gives_alone(segmenter: Segmenter) -> None:
    texts = [
        "年化收益6%，保本保息",
        "",
        "北京银行",
        "本产品由岚川信托有限公司发行，过往业绩不代表未来表现。" * 3,
    ]
    assert segmenter.segment(texts) == [segmenter.segment([text])[0] for text in texts]


def test_a_missing_folder_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="finadwatch models build"):
        Segmenter.load(tmp_path / "none")


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        Segmenter.load(str(tmp_path))


def test_a_broken_component_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"classpath": "no.such.Component"}')
    with pytest.raises(ModelUnusable, match="can't be loaded"):
        Segmenter.load(tmp_path)


def test_a_folder_in_the_home_of_the_user_is_a_folder() -> None:
    with pytest.raises(ModelMissing):
        Segmenter.load("~/no-such-model")


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(
            "from analyzers.segment import Segmenter\n"
            "assert Segmenter.load({hanlp!r}).segment(['北京银行发行理财产品'])[0][0].tag == 'ORG'",
            id="segmenting",
        ),
        pytest.param(
            "from datetime import date\n"
            "from pathlib import Path\n"
            "from analyzers.analyzer import Analyzer, AnalyzerOptions\n"
            "from findings.model.judgement import Advertiser, LicenceView, Resolution, ScreenInput\n"
            "from findings.model.vocabulary import LicenceStatus\n"
            "models = Path({models!r})\n"
            "analyzer = Analyzer.load(AnalyzerOptions(\n"
            "    hanlp={hanlp!r}, embedding=str(models / 'embedding'), heads=models / 'heads' / 'heads.npz'))\n"
            "view = LicenceView(LicenceStatus.UNKNOWN, None, False, None, 'test')\n"
            "reading = analyzer.read(ScreenInput(text='岚川财富稳健一号，保本保息，年化收益12%，扫码认购'))\n"
            "judged = analyzer.judge(reading, Resolution(Advertiser(None, None, None), view), date(2026, 11, 22))\n"
            "assert judged.findings and analyzer.embed(['申购'])[0]",
            id="judging",
        ),
    ],
)
def test_no_torch_is_imported(code: str) -> None:
    # Half a gigabyte and two seconds in every process that judges.
    models = Path(__file__).parents[2] / "models"
    whole = code.format(hanlp=str(build_hanlp(COMPONENT)), models=str(models))
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys\n{whole}\nassert 'torch' not in sys.modules"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_a_component_of_another_version_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"classpath": "models.hanlp_lac.tagger.LacTagger", "crf": true}')
    with pytest.raises(ModelUnusable, match=r"another version.*finadwatch models build") as raised:
        Segmenter.load(tmp_path)
    assert "由 FinAdWatch 的其他版本装配" in raised.value.zh
