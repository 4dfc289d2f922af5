"""Both training scripts, whole, on a small invented corpus."""

import json
from pathlib import Path

import numpy as np
import pytest

from analyzers.fusion import Fusion
from analyzers.heads import Heads
from models import examples, train_embedding, train_heads
from models.corpus import LABELLED, SILENT, UNLABELLED

ADS = {
    2: "{}号产品保本保息，收益稳定，本金有保障",
    8: "{}老师带你抓涨停，加微信领取牛股名单",
    9: "{}小区零首付购房，首付贷三天批下来",
}
PLACES = [f"{a}{b}" for a in "青白红黄黑紫" for b in "山河桥林湖"]


def write(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    data = tmp_path / "shared" / "data"
    for name in (*LABELLED, *SILENT, *UNLABELLED):
        write(data / name, [])
    write(
        data / LABELLED[0],
        [
            {
                "id": f"{place}{category}",
                "text": ad.format(place),
                "promotion": True,
                "cats": [category],
                "soft": [],
            }
            for category, ad in ADS.items()
            for place in PLACES
        ],
    )
    write(
        data / SILENT[0],
        [{"id": f"s{place}", "text": f"{place}公园周末开放，欢迎市民游览"} for place in PLACES],
    )
    write(
        data / "corpus" / "pairs.jsonl",
        [
            {
                "a": f"{place}怎么去",
                "b": f"去{place}怎么走" if same else f"{place}下雨吗",
                "same": same,
                "source": "atec",
            }
            for place in PLACES * 20
            for same in (0, 1)
        ],
    )
    write(
        data / "corpus" / "plain.jsonl",
        [{"text": f"{place}的早晨很安静，湖边有人散步"} for place in PLACES * 20],
    )
    return tmp_path / "shared"


@pytest.mark.slow
def test_heads_learn_what_the_labels_say(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples, "own_samples", list)
    out = tmp_path / "heads"
    train_heads.main(["--shared", str(shared), "--out", str(out)])
    ad, everyday = Heads(out / "heads.npz").read([["绿洲号产品保本保息，本金有保障"], ["绿洲公园欢迎市民"]])
    assert ad.logits[0] > everyday.logits[0]
    assert ad.logits[2] == ad.logits[1:10].max()
    assert set(Fusion.load(out / "fusion.json").categories) == set(range(1, 10))
    scores = json.loads((out / "scores.json").read_text())["cross_validation"]
    assert 0 < scores["landing"]["rows"] < len(ADS) * len(PLACES)  # a fifth is held out
    assert scores["silent"]["firing 2-9"] < 0.5


@pytest.mark.models
@pytest.mark.slow
def test_the_embedding_is_trained_saved_and_the_same_again(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analyzers.embedding import load_embedder

    monkeypatch.setattr(train_embedding, "EPOCHS", 1)
    counted = ["--shared", str(shared), "--new-vocabulary", "--out", str(tmp_path / "one")]
    train_embedding.main(counted)
    kept = ["--shared", str(shared), "--vocabulary", str(tmp_path / "one" / "tokenizer.json")]
    train_embedding.main([*kept, "--out", str(tmp_path / "two")])
    one, two = (
        load_embedder(tmp_path / name).embed(["青山怎么去", "去青山怎么走"]) for name in ("one", "two")
    )
    assert np.array_equal(one, two)
    assert one[0] @ one[1] > 0.5
