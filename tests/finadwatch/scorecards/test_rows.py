"""Labelled files are read as they are found, and refused with the line where they can't be."""

import json
from pathlib import Path
from typing import Any

import pytest

from finadwatch.errors import InputMissing, LabelsRefused
from finadwatch.scorecards.rows import channel_of, read_rows
from findings.model.vocabulary import Channel


def written(folder: Path, *lines: dict[str, Any] | bytes, name: str = "set.jsonl") -> Path:
    file = folder / name
    made = [one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode() for one in lines]
    file.write_bytes(b"\n".join(made))
    return file


LABELS = {"promotion": True, "cats": [2], "soft": [5]}


def test_a_labelled_row_keeps_its_labels_and_its_place(tmp_path: Path) -> None:
    file = written(
        tmp_path, b"", {"id": "x", "text": "保本", "kind": "sms", "group": 7, **LABELS, "more": [1]}
    )
    (row,) = read_rows(file)
    assert (row.file, row.line, row.id, row.group) == ("set.jsonl", 2, "x", "7")
    assert (row.promotion, row.cats, row.soft, row.silent) == (True, {2}, {5}, False)
    assert (row.kind, row.channel, row.ad.channel) == ("sms", Channel.SMS, Channel.SMS)


def test_a_row_with_a_label_of_topic_only_is_silent_and_named_after_its_file(tmp_path: Path) -> None:
    (row,) = read_rows(
        written(tmp_path, {"id": 5, "text": "公交查询", "label": "出行"}, name="apps_other.jsonl")
    )
    assert row.silent
    assert (row.id, row.kind, row.channel, row.cats) == ("5", "apps_other", Channel.APP, frozenset())


def test_a_row_without_an_id_is_named_by_its_line(tmp_path: Path) -> None:
    assert [row.id for row in read_rows(written(tmp_path, {"text": "a"}, {"text": "b"}))] == [
        "set:1",
        "set:2",
    ]


def test_the_channel_of_a_call_is_above_that_of_a_row_and_that_above_its_kind(tmp_path: Path) -> None:
    file = written(tmp_path, {"text": "a", "channel": "live", "kind": "sms"})
    assert read_rows(file)[0].channel is Channel.LIVE
    assert read_rows(file, Channel.IM)[0].ad.channel is Channel.IM


def test_lines_end_with_a_line_feed_only_and_a_bom_is_taken_off(tmp_path: Path) -> None:
    text = "甲\u2028乙\x85丙"
    file = written(
        tmp_path, b"\xef\xbb\xbf" + json.dumps({"text": text}, ensure_ascii=False).encode() + b"\r", b"  "
    )
    assert [row.text for row in read_rows(file)] == [text]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"not json", id="not-json"),
        pytest.param(b'{"text":"\xff"}', id="not-utf8"),
        pytest.param(b"[" * 100_000, id="too-deep"),
        pytest.param({"id": "x"}, id="no-text"),
        pytest.param({"text": "x", "cats": [2]}, id="categories-without-promotion"),
        pytest.param({"text": "x", "promotion": True}, id="promotion-without-categories"),
        pytest.param({"text": "x", "promotion": True, "cats": [10]}, id="no-such-category"),
        pytest.param({"text": "x", "promotion": True, "cats": [2], "soft": [2]}, id="clear-and-arguable"),
        pytest.param({"text": "x", "channel": "fax"}, id="no-such-channel"),
    ],
)
def test_a_line_that_is_no_labelled_text_is_refused_with_its_number(
    tmp_path: Path, line: dict[str, Any] | bytes
) -> None:
    file = written(tmp_path, {"text": "fine"}, line)
    with pytest.raises(LabelsRefused) as refused:
        read_rows(file)
    assert refused.value.line == 2
    assert refused.value.exit_code == 2


def test_a_missing_file_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(InputMissing):
        read_rows(tmp_path / "nowhere.jsonl")


@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        ("sms", "sms"),
        ("sms_other", "sms"),
        ("app", "app"),
        ("apps_other", "app"),
        ("landing", "web"),
        ("", "web"),
    ],
)
def test_the_channel_follows_the_kind(kind: str, channel: str) -> None:
    assert channel_of(kind) == channel
