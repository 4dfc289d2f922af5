"""The shipped embedding and heads, through the door the judge uses."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.embedding import SentenceTransformerEmbedder, StaticEmbedder, load_embedder
from analyzers.errors import ModelMissing, ModelUnusable
from analyzers.heads import clear
from analyzers.semantics import Exemplar, Semantics, read_exemplars

MODELS = Path(__file__).parents[2] / "models"

PROMOTION = "星桥财富稳健一号，年化收益12%，保本保息，零风险，100元起投，立即注册领红包！"
SILENT = "本应用提供公交线路查询、到站提醒和换乘方案，支持全国三百个城市。"


@pytest.fixture(scope="module")
def semantics() -> Semantics:
    return Semantics.load(MODELS / "embedding", MODELS / "heads")


def test_an_ad_scores_above_an_everyday_text(semantics: Semantics) -> None:
    ad, everyday = semantics.read([[PROMOTION], [SILENT]])
    assert ad.logits[0] > 1 > -1 > everyday.logits[0]
    assert ad.logits[clear(2)] > 0 > everyday.logits[clear(2)]


def test_vectors_have_length_one(semantics: Semantics) -> None:
    vectors = semantics.embed([PROMOTION, SILENT])
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)


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


def test_a_claim_is_found_in_a_long_page(semantics: Semantics) -> None:
    page = SILENT * 120 + PROMOTION + SILENT * 120
    long, short = semantics.read([[page], [SILENT]])
    best = int(np.argmax(long.passage_logits[:, clear(2)]))
    place = long.places[best]
    assert "保本保息" in page[place.start : place.end]
    assert long.logits[clear(2)] > short.logits[clear(2)]


@pytest.mark.parametrize("text", ["", " \n", "\x00", "\ud800", "💰", "ﷺ" * 100], ids=ascii)
def test_odd_texts_score_without_raising(semantics: Semantics, text: str) -> None:
    (score,) = semantics.read([[text]])
    assert np.isfinite(score.logits).all()
    assert np.isfinite(semantics.embed([text])).all()


def test_nothing_gives_nothing(semantics: Semantics) -> None:
    assert semantics.read([]) == []
    assert semantics.embed([]).shape[0] == 0


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.text(max_size=50), max_size=5))
def test_a_batch_scores_as_its_texts_do_alone(semantics: Semantics, texts: list[str]) -> None:
    for text, score in zip(texts, semantics.read([[text] for text in texts]), strict=True):
        (alone,) = semantics.read([[text]])
        assert score.places == alone.places
        assert score.logits == pytest.approx(alone.logits, abs=1e-4)


def test_the_nearest_exemplar_of_a_category_explains(semantics: Semantics) -> None:
    own = [
        Exemplar("a", "老师带你抓涨停，加微信领牛股", (8,)),
        Exemplar("b", "零首付买房，首付贷当天批", (9,)),
        Exemplar("c", "买房首付不够，找我们垫", (9,)),
    ]
    small = Semantics(semantics.embedder, semantics._heads, semantics.fusion, own)
    vector = small.embed(["首付贷款，零首付购房"])[0]
    best, other = small.nearest(vector, 9), small.nearest(vector, 8)
    assert best is not None
    assert other is not None
    assert (best.exemplar.id, other.exemplar.id) == ("b", "a")
    assert best.similarity > other.similarity
    assert small.nearest(vector, 4) is None


def test_no_exemplars_no_neighbours(semantics: Semantics) -> None:
    bare = Semantics(semantics.embedder, semantics._heads, semantics.fusion)
    assert bare.nearest(bare.embed(["甲"])[0], 2) is None


def test_exemplars_are_read_from_json_lines(tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_text(
        '{"id": "x", "text": "首付贷", "cats": [9]}\n\n'
        '{"id": "y", "text": "晴天", "cats": []}\n'
        '{"id": "z", "text": "' + "长" * 121 + '", "cats": [2]}\n',
        encoding="utf-8",
    )
    (tmp_path / "README.md").write_text("not samples")
    assert read_exemplars(tmp_path) == [Exemplar("x", "首付贷", (9,))]
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
