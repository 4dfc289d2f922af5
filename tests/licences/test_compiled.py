from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.compiled import MAX_WORDS, Compiler, Tables, merged
from licences.hashing import hash_key
from licences.keys import KeyKind, keys_of
from licences.model import LicenceEntry
from tests.support.licence_lists import entry

NAMES = st.lists(st.text("云岫海棠", min_size=1, max_size=5), max_size=20)


def _entries(names: list[str]) -> list[LicenceEntry]:
    return [entry(name, id=f"{number}", brands=(name[::-1],)) for number, name in enumerate(names)]


def _compiled(entries: list[LicenceEntry]) -> Tables:
    compiler = Compiler()
    for one in entries:
        compiler.add(one, 10)
    return compiler.tables()


def _numbers(tables: Tables, kind: KeyKind, key: str) -> list[int]:
    return tables.find(hash_key(kind, key), 1_000)


@given(NAMES)
def test_every_key_leads_to_all_its_entries_in_their_order(names: list[str]) -> None:
    entries = _entries(names)
    tables = _compiled(entries)
    for kind, key in {pair for one in entries for pair in keys_of(one)}:
        assert _numbers(tables, kind, key) == [
            number for number, one in enumerate(entries) if (kind, key) in keys_of(one)
        ]
    assert _numbers(tables, KeyKind.SHORT, "松石") == []


@given(NAMES, NAMES)
def test_merged_tables_number_on(some: list[str], others: list[str]) -> None:
    one, other = _entries(some), _entries(others)
    both, whole = merged([_compiled(one), _compiled(other)]), _compiled([*one, *other])
    assert both.hashes.tolist() == whole.hashes.tolist()
    assert both.numbers.tolist() == whole.numbers.tolist()
    assert both.text.hashes.tolist() == whole.text.hashes.tolist()


def test_no_more_are_found_than_asked_for() -> None:
    tables = _compiled([entry("云岫", id=f"{number}") for number in range(50)])
    assert tables.find(hash_key(KeyKind.SHORT, "云岫"), 7) == list(range(7))


@pytest.mark.slow
def test_more_keys_than_are_hashed_together() -> None:
    names = [f"云岫{number}小贷" for number in range(30_000)]
    tables = _compiled(_entries(names))
    assert _numbers(tables, KeyKind.SHORT, names[-1]) == [29_999]
    view = tables.hashes.tolist()
    assert view == sorted(view)
    assert bisect_left(view, view[-1]) <= len(view) - 1


def test_places_of_lines_follow_their_lengths() -> None:
    assert _compiled(_entries(["云岫", "海棠"])).offsets.tolist() == [0, 10, 20]


def test_the_file_an_entry_came_from_is_no_part_of_what_it_says() -> None:
    one, same, other = (
        _compiled([entry("云岫", **fields)])
        for fields in ({"source": "a.csv"}, {"source": "b.csv"}, {"region": "上海"})
    )
    assert one.digests.tolist() == same.digests.tolist()
    assert one.digests.tolist() != other.digests.tolist()


@pytest.mark.slow
def test_a_list_gives_a_segmenter_no_more_words_than_it_can_take() -> None:
    tables = _compiled([entry(f"云岫{number}") for number in range(MAX_WORDS + 5)])
    assert len(tables.words.tobytes().split(b"\n")) == MAX_WORDS
