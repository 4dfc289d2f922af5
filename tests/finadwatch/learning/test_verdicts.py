"""Lines of verdicts: what each teaches, and every line that is none told with its reason."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finadwatch.learning.verdicts import LONG_AGO, Unreadable, Verdict, read_verdicts
from models.learning_on import Answer

YES, ARGUABLE, NO = Answer.YES, Answer.ARGUABLE, Answer.NO


def line(**fields: Any) -> bytes:
    row = {"id": "c1", "text": "月月红，到期多还一份", "verdict": "confirm", **fields}
    return json.dumps(row, ensure_ascii=False).encode()


def read(tmp_path: Path, *lines: bytes) -> list[Verdict | Unreadable]:
    file = tmp_path / "v.jsonl"
    file.write_bytes(b"\n".join(lines))
    return list(read_verdicts(file))


TAUGHT = [
    ("confirmed", {"category": 2}, {0: YES, 2: YES}),
    ("several", {"cats": [2, 5], "soft": [3]}, {0: YES, 2: YES, 3: ARGUABLE, 5: YES}),
    ("excluded-alone", {"verdict": "exclude", "category": 2}, {2: NO}),
    ("excluded-and-an-ad", {"verdict": "exclude", "category": 2, "promotion": True}, {0: YES, 2: NO}),
    ("excluded-whole", {"verdict": "exclude"}, dict.fromkeys(range(1, 10), NO)),
    ("no-ad", {"verdict": "exclude", "promotion": False}, dict.fromkeys(range(10), NO)),
    ("unsure", {"verdict": "unsure", "category": 8}, {8: ARGUABLE}),
    ("an-ad", {"promotion": True}, {0: YES}),
]


@pytest.mark.parametrize(("fields", "answers"), [row[1:] for row in TAUGHT], ids=[row[0] for row in TAUGHT])
def test_a_verdict_teaches_what_it_names(tmp_path: Path, fields: dict[str, Any], answers: Any) -> None:
    (verdict,) = read(tmp_path, line(**fields))
    assert isinstance(verdict, Verdict)
    assert verdict.answers == answers


def test_a_time_without_zone_is_that_of_china(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        line(category=2, at="2026-11-20T10:00:00"),
        line(category=2, at="2026-11-20T02:00:00Z"),
        line(category=2),
    )
    assert [one.at for one in found if isinstance(one, Verdict)] == [
        datetime(2026, 11, 20, 2, tzinfo=UTC),
        datetime(2026, 11, 20, 2, tzinfo=UTC),
        LONG_AGO,
    ]


def test_text_and_note_are_masked_on_the_way_in(tmp_path: Path) -> None:
    (verdict,) = read(tmp_path, line(category=2, text="找13812345678", note="已致电13812345678"))
    assert isinstance(verdict, Verdict)
    assert "1234" not in verdict.text + str(verdict.note)


HOSTILE = [
    ("no-json", b"confirm", "not JSON"),
    ("no-object", b'"confirm"', "root"),
    ("nothing-said", line(), "says nothing"),
    ("unknown-verdict", line(verdict="yes", category=2), "verdict"),
    ("category-10", line(category=10), "category"),
    ("a-fraction", line(category=2.5), "category"),
    ("two-ways", line(category=2, cats=[2]), "category"),
    ("clear-and-arguable", line(category=2, soft=[2]), "soft too"),
    ("no-ad-with-category", line(category=2, promotion=False), "promotes nothing"),
    ("empty-text", line(text=" \n", category=2), "text"),
    ("no-text", b'{"id":1,"verdict":"confirm","category":2}', "text"),
    ("no-time", line(category=2, at="yesterday"), "ISO 8601"),
    ("before-time", line(category=2, at="0001-01-01T00:00:00"), "ISO 8601"),
    ("null-bytes", b"\x00\x00{}", "not JSON"),
    ("no-utf8", b'{"text":"\xff\xfe"}', "not JSON"),
    ("nested", b"[" * 100_000, "not JSON"),
    ("a-megabyte", line(text="a" * 1_000_001, category=2), "longer"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "reason"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_a_line_that_is_none_is_told_with_its_place_and_stops_nothing(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    fault, good = read(tmp_path, data, b"", line(category=2))
    assert isinstance(fault, Unreadable)
    assert isinstance(good, Verdict)
    assert fault.said("en").startswith("v.jsonl:1: ")
    assert reason in fault.reason
    assert fault.reason_zh
    assert len(fault.begins) <= 200


@given(st.binary(max_size=200))
def test_any_bytes_are_verdicts_or_faults(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "v.jsonl"
    file.write_bytes(data)
    assert all(isinstance(one, Verdict | Unreadable) for one in read_verdicts(file))
