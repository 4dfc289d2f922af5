"""Which stamps cover which files: the index against a plain look into every list."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from findings.evidence import FolderEvidenceStore
from handover.timestamps.listing import StampList, stamp_list, written
from handover.timestamps.lookup import StampLookup
from handover.timestamps.model import LIST_ROLE, ListRecord
from handover.timestamps.records import Records, day_of

BEGIN = datetime(2026, 10, 30, tzinfo=UTC)
TIMES = st.integers(0, 60 * 24 * 40).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
HASHES = st.integers(0, 6).map(lambda number: f"{number:064x}")
LISTS = st.builds(
    lambda times, hashes: stamp_list(*sorted(times), hashes),
    st.tuples(TIMES, TIMES),
    st.sets(HASHES, min_size=1),
)


class Shelf:
    """An evidence folder with stamp lists, without any token."""

    def __init__(self, folder: Path) -> None:
        self.evidence = FolderEvidenceStore(folder / "evidence")
        self.records = Records(folder / "evidence" / "timestamps")
        self.cache = folder / "cache"
        self.records.folder.mkdir(parents=True)

    def lookup(self) -> StampLookup:
        return StampLookup(self.records, self.evidence, self.cache)

    def put(self, listed: StampList) -> ListRecord:
        file = self.evidence.put(written(listed), role=LIST_ROLE, media_type="text/plain")
        record = ListRecord(
            listing=file,
            begin=listed.begin,
            end=listed.end,
            made_at=listed.end,
            hashes=len(listed.hashes),
            authorities=("one",),
        )
        self.records.put(record, owed=False)
        return record


def plainly(lists: list[StampList], sha256: str, at: datetime | None) -> datetime | None:
    """When the list ends that says most of a file: the first after its capture, else the last before."""
    ends = sorted(listed.end for listed in lists if sha256 in listed.hashes)
    after = [end for end in ends if at is None or end >= at]
    return (after[0] if after else ends[-1]) if ends else None


@settings(max_examples=15, deadline=None)
@given(
    first=st.lists(LISTS, max_size=4),
    later=st.lists(LISTS, max_size=3),
    asked=st.lists(st.tuples(HASHES, st.none() | TIMES), min_size=1, max_size=6),
)
def test_each_file_is_covered_by_the_list_that_says_most(
    first: list[StampList], later: list[StampList], asked: list[tuple[str, datetime | None]]
) -> None:
    with TemporaryDirectory() as folder:
        shelf = Shelf(Path(folder))
        lookup = shelf.lookup()
        lists: list[StampList] = []
        for more in (first, later):  # the index keeps up with lists that come
            for listed in more:
                shelf.put(listed)
            lists += more
            found = lookup.covering(asked)
            for sha256, at in asked:
                ends = {stamp.record.end for stamp in found if sha256 in stamp.covers}
                assert (plainly(lists, sha256, at) in ends) if ends else plainly(lists, sha256, at) is None


def test_an_index_that_is_broken_or_gone_is_made_anew(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.put(stamp_list(BEGIN, BEGIN, ["ab" * 32]))
    lookup = shelf.lookup()
    assert lookup.covering([("ab" * 32, None)])
    (index,) = shelf.cache.iterdir()
    index.write_bytes(b"no database" * 500)
    assert lookup.covering([("ab" * 32, None)])
    aside = index.rename(shelf.cache / "aside")  # its number is not given to the new one
    assert lookup.covering([("ab" * 32, None)])
    assert aside.exists()


def test_a_list_that_was_altered_covers_nothing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    path = shelf.evidence.path(shelf.put(stamp_list(BEGIN, BEGIN, ["ab" * 32])).listing.sha256)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"ab", b"ac"))
    assert shelf.lookup().covering([("ab" * 32, None), ("ac" * 32, None)]) == []


def test_a_record_tells_of_authorities_that_nobody_came_to_ask(tmp_path: Path) -> None:
    record = Shelf(tmp_path).put(stamp_list(BEGIN, BEGIN, ["ab" * 32]))
    assert [(gap.authority, gap.tries) for gap in record.missing] == [("one", 0)]
    assert day_of(record) == "2026-10-30"
