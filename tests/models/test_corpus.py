import json
import zlib
from pathlib import Path

from models.corpus import group_of, held_out, rows
from models.train_embedding import halves
from models.train_heads import own_samples, quotations


def test_rows_split_at_line_feeds_alone(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(
        json.dumps({"id": 1, "text": "甲\u2028乙"}, ensure_ascii=False) + "\n\n" + '{"id": 2}',
        encoding="utf-8",
    )
    assert [row["id"] for row in rows(path)] == [1, 2]


def test_a_group_stays_on_one_side() -> None:
    members = [{"id": f"m{i}", "group": "g7"} for i in range(20)]
    assert len({held_out(row) for row in members}) == 1
    assert held_out(members[0]) == (zlib.crc32(b"g7") % 5 == 0)


def test_without_a_group_the_id_decides() -> None:
    assert group_of({"id": "m0001", "group": None}) == "m0001"


def test_about_a_fifth_is_held_out() -> None:
    share = sum(held_out({"id": str(i)}) for i in range(2000)) / 2000
    assert 0.15 < share < 0.25


def test_halves_are_cut_at_a_break() -> None:
    assert halves(["第一句在这里。第二句在这里。", "短", "没有标点的一段长文字在这里"]) == [
        ("第一句在这里", "第二句在这里"),
        ("没有标点的一", "段长文字在这里"),
    ]


def test_a_quotation_brings_its_sentence() -> None:
    row = {
        "text": "我们成立于十年前，服务各地的客户。本金保障，收益稳定。欢迎来电咨询办理各项业务。",
        "spans": {"2": "本金保障", "1": ""},
    }
    assert quotations(row) == [(row, 2, "本金保障，收益稳定")]


def test_a_quotation_that_is_the_whole_text_teaches_nothing_new() -> None:
    assert quotations({"text": "本金保障收益稳", "spans": {"2": "本金保障"}}) == []


def test_own_samples_have_what_training_reads() -> None:
    samples = list(own_samples())
    assert samples
    assert all({"id", "text", "promotion", "cats", "soft"} <= set(sample) for sample in samples)
