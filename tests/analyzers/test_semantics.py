"""The shipped embedding and heads, through the door the judge uses."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.embedding import SentenceTransformerEmbedder, StaticEmbedder, load_embedder
from analyzers.errors import ModelMissing, ModelUnusable
from analyzers.semantics import PASSAGE, Exemplar, Semantics, read_exemplars

MODELS = Path(__file__).parents[2] / "models"

PROMOTION = "星桥财富稳健一号，年化收益12%，保本保息，零风险，100元起投，立即注册领红包！"
SILENT = "本应用提供公交线路查询、到站提醒和换乘方案，支持全国三百个城市。"


@pytest.fixture(scope="module")
def semantics() -> Semantics:
    return Semantics.load(MODELS / "embedding", MODELS / "heads")


def test_an_ad_scores_above_an_everyday_text(semantics: Semantics) -> None:
    ad, everyday = semantics.score([PROMOTION, SILENT])
    assert ad.promotion > 0.8 > 0.2 > everyday.promotion
    assert ad.categories[2] > 0.5 > everyday.categories[2]
    assert set(ad.categories) == set(range(1, 10))


def test_vectors_have_length_one(semantics: Semantics) -> None:
    vectors = semantics.embed([PROMOTION, SILENT])
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert semantics.score([PROMOTION])[0].vector == pytest.approx(vectors[0], abs=1e-5)


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        pytest.param("保本高收益理财产品", "稳赚不赔的理财", "周末去公园看花", id="guarantee"),
        pytest.param("花呗怎么提前还款", "花呗可以提前还清吗", "借呗额度太低", id="question"),
        pytest.param("无抵押贷款当天放款", "不用抵押，借钱立刻到账", "学校今天放假", id="loan"),
    ],
)
def test_near_in_meaning_is_near_in_space(semantics: Semantics, text: str, near: str, far: str) -> None:
    vector, close, distant = semantics.embed([text, near, far])
    assert vector @ close > vector @ distant


def test_the_worst_passage_of_a_long_page_counts(semantics: Semantics) -> None:
    page = (SILENT * (PASSAGE // len(SILENT) + 1))[:PASSAGE] + PROMOTION
    (score,) = semantics.score([page])
    assert score.categories[2] == pytest.approx(semantics.score([PROMOTION])[0].categories[2], abs=0.35)


@pytest.mark.parametrize("text", ["", " \n", "\x00", "\ud800", "💰", "ﷺ" * 100], ids=ascii)
def test_odd_texts_score_without_raising(semantics: Semantics, text: str) -> None:
    (score,) = semantics.score([text])
    assert 0 <= score.promotion <= 1
    assert np.isfinite(score.vector).all()


def test_nothing_gives_nothing(semantics: Semantics) -> None:
    assert semantics.score([]) == []
    assert semantics.embed([]).shape[0] == 0


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.text(max_size=50), max_size=5))
def test_a_batch_scores_as_its_texts_do_alone(semantics: Semantics, texts: list[str]) -> None:
    for text, score in zip(texts, semantics.score(texts), strict=True):
        (alone,) = semantics.score([text])
        assert score.promotion == pytest.approx(alone.promotion, abs=1e-4)
        assert score.vector == pytest.approx(alone.vector, abs=1e-4)


def test_the_nearest_exemplar_explains(semantics: Semantics) -> None:
    own = [
        Exemplar("a", "老师带你抓涨停，加微信领牛股", (8,), True),
        Exemplar("b", "零首付买房，首付贷当天批", (9,), True),
        Exemplar("c", "今天天气不错", (), False),
    ]
    small = Semantics(semantics.embedder, semantics._heads, own)
    first, second = small.nearest(small.embed(["首付贷款，零首付购房"])[0], k=2)
    assert first.exemplar.id == "b"
    assert first.similarity >= second.similarity


def test_no_exemplars_no_neighbours(semantics: Semantics) -> None:
    assert Semantics(semantics.embedder, semantics._heads).nearest(semantics.embed(["甲"])[0]) == []


def test_exemplars_are_read_from_json_lines(tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_text(
        '{"id": "x", "text": "首付贷", "promotion": true, "cats": [9]}\n\n', encoding="utf-8"
    )
    (tmp_path / "README.md").write_text("not samples")
    assert read_exemplars(tmp_path) == [Exemplar("x", "首付贷", (9,), True)]
    assert read_exemplars(tmp_path / "none") == []


@pytest.mark.models
@pytest.mark.slow
def test_equals_sentence_transformers_on_the_same_folder() -> None:
    texts = [PROMOTION, SILENT, "", "ABC 123", "理財產品", "保" * 3000]
    own = load_embedder(MODELS / "embedding")
    other = SentenceTransformerEmbedder(str(MODELS / "embedding"))
    assert isinstance(own, StaticEmbedder)
    # sentence-transformers averages at the half precision of the file; ours at single precision
    assert own.embed(texts) == pytest.approx(other.embed(texts), abs=2e-3)


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        load_embedder(tmp_path / "none")


def test_a_folder_without_a_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        load_embedder(str(tmp_path))


def test_a_broken_model_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text('[{"path": "", "type": "x.StaticEmbedding"}]')
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelUnusable, match="can't be loaded"):
        load_embedder(tmp_path)


def test_the_vocabulary_holds_no_sentence() -> None:
    import json

    pieces = json.loads((MODELS / "embedding" / "tokenizer.json").read_text(encoding="utf-8"))["model"][
        "vocab"
    ]
    assert max(len(piece) for piece, _ in pieces if piece != "<unk>") <= 2


def test_the_weights_stay_under_fifteen_megabytes() -> None:
    folders = (MODELS / "embedding", MODELS / "heads")
    assert sum(file.stat().st_size for folder in folders for file in folder.rglob("*")) < 15_000_000
