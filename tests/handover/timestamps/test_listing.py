"""The stamp list: one way to write each, and no other bytes are read as one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handover.timestamps.errors import ListBroken
from handover.timestamps.listing import read, stamp_list, written

HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
TIMES = st.datetimes(timezones=st.just(UTC))
LISTS = st.builds(
    lambda times, hashes: stamp_list(*sorted(times), hashes),
    st.tuples(TIMES, TIMES),
    st.lists(HASHES, min_size=1, max_size=20),
)
ONE = written(
    stamp_list(
        datetime(2026, 11, 23, 2, 0, 1, tzinfo=UTC),
        datetime(2026, 11, 23, 2, 4, 59, tzinfo=UTC),
        ["ab" * 32, "0f" * 32, "ab" * 32],
    )
)


def test_a_list_is_lines_that_grep_finds() -> None:
    assert ONE.decode() == (
        "finadwatch-stamp-list 1\ncaptured 2026-11-23T02:00:01.000000Z 2026-11-23T02:04:59.000000Z\nsha256 2\n"
        + f"{'0f' * 32}\n{'ab' * 32}\n"
    )


@given(LISTS)
def test_what_is_written_is_read_again(listed: object) -> None:
    assert read(written(listed)) == listed  # type: ignore[arg-type]


@given(at=st.integers(0, len(ONE) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_gives_no_list_or_another_one(at: int, bit: int) -> None:
    changed = bytearray(ONE)
    changed[at] ^= 1 << bit
    try:
        listed = read(bytes(changed))
    except ListBroken:
        return
    assert written(listed) == bytes(changed) != ONE


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(ONE[:-1], id="cut off"),
        pytest.param(ONE + b"\n", id="a line too many"),
        pytest.param(ONE.replace(b"sha256 2", b"sha256 3"), id="a wrong count"),
        pytest.param(ONE.replace(b"sha256 2", b"sha256 999999"), id="more than a list holds"),
        pytest.param(ONE.replace(b"\n", b"\r\n"), id="other ends of lines"),
        pytest.param(ONE.replace(b"02:04:59", b"01:04:59"), id="ends before it begins"),
        pytest.param(ONE.replace(b"11-23", b"13-23"), id="no such day"),
        pytest.param("时间戳".encode(), id="not plain text"),
    ],
)
def test_other_bytes_are_no_list(data: bytes) -> None:
    with pytest.raises(ListBroken):
        read(data)
