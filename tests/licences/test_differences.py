from hypothesis import given
from hypothesis import strategies as st

from licences.differences import Differences
from licences.model import LicenceEntry
from licences.stored import StoredList
from tests.support.licence_lists import entry, whitelist

LIST = st.dictionaries(st.integers(0, 12), st.sampled_from(["上海", "北京", ""]), max_size=10)


def _list(regions: dict[int, str]) -> StoredList:
    entries: list[LicenceEntry] = [
        entry(f"云岫{key}", id=f"{key}", region=region or None, source=f"{len(regions)}.csv")
        for key, region in regions.items()
    ]
    return StoredList.of(whitelist().register, entries)


@given(LIST, LIST)
def test_they_are_what_comparing_all_entries_gives(old: dict[int, str], new: dict[int, str]) -> None:
    found = Differences(_list(old), _list(new))
    assert list(found.added_names()) == [f"云岫{key}" for key in new if key not in old]
    assert list(found.gone_names()) == [f"云岫{key}" for key in old if key not in new]
    differing = {f"{key}" for key in old.keys() & new.keys() if old[key] != new[key]}
    assert {change.id for change in found.changes()} == differing
    assert found.changed == len(differing)
    assert bool(found) == (list(old.items()) != list(new.items()) and dict(old) != dict(new))


def test_the_first_list_is_all_new() -> None:
    found = Differences(None, _list({1: "", 2: ""}))
    assert (list(found.added_names()), list(found.gone_names()), found.changed) == (["云岫1", "云岫2"], [], 0)
