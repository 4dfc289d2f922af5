import json
import zlib
from pathlib import Path

from models.corpus import group_of, held_out, rows
from models.train_embedding import halves


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
