"""What the embedded store does with files, and the law that it gives back what it was given."""

import itertools
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from findings.casebook import CaseQuery
from findings.errors import QueryValueError, StoreAway, StoreDamaged, WriteRefused
from findings.model.judgement import Box, FormFinding, Span
from findings.model.records import AdRecord, CaptureBundle
from findings.model.vocabulary import FormDuty, Level, Severity
from findings.query import SearchQuery, TaskCounts
from findings.search.cursor import micros
from findings.search.fold import fold
from findings.store import FindingStore
from findings.stores import open_store
from findings.stores.sqlite import database
from findings.stores.sqlite.database import SCHEMA_VERSION
from tests.support import handed
from tests.support import records as make


def file_of(store: FindingStore) -> Path:
    return Path(store.url.removeprefix("sqlite:///"))


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/new/findings.db") as store:
        assert store.create() == [
            "ad_categories", "ad_duties", "ad_facts", "ad_keys", "ad_kinds", "ad_letters", "ad_names", "ad_signs", "ad_terms", "ad_vectors", "ads",
            "audit", "audit_cases", "batch_numbers", "batches", "captures", "case_files", "handed_items", "plans", "rescreen_slices", "rescreens", "runs", "searches", "sightings", "tasks", "terms",
        ]  # fmt: skip
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new" / "findings.db").stat().st_mode) == 0o600


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("not a database " * 100)
    with open_store(f"sqlite:///{file}") as store:
        for call in (store.create, store.runs):
            with pytest.raises(StoreDamaged) as raised:
                call()
            assert raised.value.exit_code == 1
    assert file.read_text().startswith("not a database")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE runs (id TEXT)")
    with open_store(f"sqlite:///{file}") as store:
        for call in (store.create, store.runs):
            with pytest.raises(StoreDamaged, match="another program"):
                call()


def test_a_layout_of_a_newer_release_is_left_alone(sqlite_store: FindingStore) -> None:
    with closing(sqlite3.connect(file_of(sqlite_store))) as other:
        other.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    for call in (sqlite_store.create, sqlite_store.runs):
        with pytest.raises(StoreDamaged, match="newer release"):
            call()


def test_a_file_held_by_another_process_is_away(
    sqlite_store: FindingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(file_of(sqlite_store), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreAway, match="locked") as raised:
            sqlite_store.write(make.bundle(make.ad()))
    assert raised.value.exit_code == 3
    sqlite_store.write(make.bundle(make.ad()))
    assert sqlite_store.search(SearchQuery()).total == 1


def test_a_full_disk_is_away_and_loses_nothing_of_before(sqlite_store: FindingStore) -> None:
    sqlite_store.write(make.bundle(make.ad("先来的")))
    store_database = sqlite_store._database  # type: ignore[attr-defined]
    with store_database.transaction() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreAway, match="full"):
        sqlite_store.write(make.bundle(make.ad("长" * 100_000), page=2))
    assert [hit.ad.text for hit in sqlite_store.search(SearchQuery()).hits] == ["先来的"]
    assert len(sqlite_store.done_tasks("r1")) == 1


def test_a_refused_bundle_leaves_nothing(sqlite_store: FindingStore) -> None:
    good = make.ad("好的")
    bad = msgspec.structs.replace(make.ad("坏的"), embedding=(float("inf"),))
    with pytest.raises(WriteRefused, match="read again"):
        sqlite_store.write(make.bundle(good, bad))
    assert sqlite_store.search(SearchQuery()).total == 0
    assert sqlite_store.coverage().sources == ()


def test_cases_are_one_view_while_others_write(sqlite_store: FindingStore) -> None:
    sqlite_store.write(make.bundle(*(make.ad(f"{n}", make.finding()) for n in range(3))))
    reading = sqlite_store.cases(SearchQuery())
    first = next(reading)
    sqlite_store.write(make.bundle(*(make.ad(f"新{n}", make.finding()) for n in range(3)), page=2))
    assert len([first, *reading]) == 3


WORKER = """
import sys
from findings.stores import open_store
from tests.support import records as make
with open_store(sys.argv[1]) as store:
    for page in range(20):
        store.write(make.bundle(make.ad(f"{sys.argv[2]}-{page}"), make.ad("都有"), run=sys.argv[2], page=page))
"""


def test_processes_write_at_once(sqlite_store: FindingStore) -> None:
    root = Path(__file__).parents[2]
    workers = [
        subprocess.Popen([sys.executable, "-c", WORKER, sqlite_store.url, f"r{n}"], cwd=root)
        for n in range(3)
    ]
    assert [worker.wait() for worker in workers] == [0, 0, 0]
    assert sqlite_store.search(SearchQuery()).total == 61
    assert len(sqlite_store.sightings(make.ad("都有").id)) == 60


# A text as it comes from the wild: any code point but lone surrogates, odd ones often.
wild = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("保本證１%\0\x1b\u200b\u202e\n \u3000😀'\"*"),
    ),
    max_size=60,
)
spans = st.builds(
    Span,
    field=st.sampled_from(["text", "title", "image"]),
    start=st.integers(0, 10**6),
    end=st.integers(0, 10**6),
    text=wild,
    box=st.none() | st.builds(Box, *[st.integers(-(2**40), 2**40)] * 4),
)
CLOCK = itertools.count()
ads = st.builds(
    lambda text, title, spans, score, vector, host: make.ad(
        text,
        make.finding(spans=tuple(spans), score=score, explanation=title),
        title=title,
        embedding=vector,
        advertiser_shown=host,
    ),
    wild,
    wild,
    st.lists(spans, max_size=4),
    st.floats(0, 1),
    st.none() | st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=8).map(tuple),
    st.none() | wild,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ad=ads, start=st.integers(0, 40), length=st.integers(1, 8))
def test_any_record_comes_back_and_is_found_by_any_part_of_it(
    sqlite_store: FindingStore, ad: AdRecord, start: int, length: int
) -> None:
    # Two examples may share an id (it ignores case and spaces): the later judgement stays.
    ad = msgspec.structs.replace(ad, judged_at=make.minutes(next(CLOCK)))
    sqlite_store.write(make.bundle(ad))
    stored = sqlite_store.ad(ad.id)
    assert stored is not None
    # Of two that are nearly the same the later joins the case of the first.
    assert stored == msgspec.structs.replace(ad, case_id=stored.case_id)
    part = ad.text[start : start + length].strip()
    if fold(part).strip() and not set(part) & set('"“”「」'):
        found = sqlite_store.search(SearchQuery(words=f'"{part}"', limit=1000))
        assert ad.id in {hit.ad.id for hit in found.hits}
        assert all(hit.highlights for hit in found.hits)


def test_an_id_that_is_no_valid_text_is_refused(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/findings.db") as store:
        store.create()
        with pytest.raises(QueryValueError):
            store.case("c1-\udcff")


def first_layout(file: Path) -> CaptureBundle:
    """A database as version 1 made it, with one bundle in it."""
    bundle = make.bundle(make.ad("旧库里的", make.finding()))
    task, capture = bundle.capture.task, bundle.capture
    with closing(sqlite3.connect(file)) as old:
        old.executescript(Path(__file__).with_name("schema_v1.sql").read_text("utf-8"))
        old.execute(f"PRAGMA application_id = {database.APPLICATION_ID}")
        old.execute("PRAGMA user_version = 1")
        old.execute(
            "INSERT INTO runs VALUES (?, ?, ?)",
            (
                "r1",
                micros(make.NOON),
                b'{"id":"r1","plan":"\xe6\x97\xa7","started_at":"2026-11-20T04:00:00Z"}',
            ),
        )
        for number in range(250):
            old.execute(
                "INSERT INTO captures VALUES (?, ?, ?, ?, ?, ?)",
                (f"t1-{number:03}", "r1", task.source, "ok", None, msgspec.json.encode(capture)),
            )
        old.commit()
    return bundle


@pytest.mark.parametrize("by", ["create", "read", "write"])
def test_a_database_of_version_1_is_brought_up_to_date(tmp_path: Path, by: str) -> None:
    file = tmp_path / "findings.db"
    bundle = first_layout(file)
    with open_store(f"sqlite:///{file}") as store:
        if by == "create":
            assert store.create() == [
                    "ad_duties", "ad_facts", "ad_keys", "ad_kinds", "ad_names", "ad_signs", "ad_terms", "ad_vectors", "audit", "audit_cases",
                    "batch_numbers", "batches", "case_files", "handed_items", "plans", "rescreen_slices", "rescreens", "searches", "tasks", "terms",
                ]  # fmt: skip
        elif by == "write":
            store.write(make.bundle(make.ad("新来的"), page=9))
        (run,) = store.runs()
        assert (run.plan, run.tasks, run.queued) == ("旧", None, False)
        assert store.capture("t1-007") == bundle.capture
        (source,) = store.coverage("r1").sources
        assert [(place.device, place.region) for place in source.places] == [("desktop", None)]
        assert store.task_counts("r1") == TaskCounts(done=251 if by == "write" else 250, open=0)
        (day,) = store.source_days(make.NOON.date(), make.minutes(1440).date())
        assert day.outcomes == {"ok": 251 if by == "write" else 250}
        store.put_tasks("r1", [make.task(page=5)])
        assert list(store.open_tasks("r1")) == [make.task(page=5)]
    with closing(sqlite3.connect(file)) as after:
        assert after.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert after.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def layout_of_version_4(file: Path, version: int = 4) -> None:
    """Take away what version 5 added."""
    with closing(sqlite3.connect(file)) as old:
        for table in ("audit_cases", "audit", "case_files", "ad_keys", "ad_signs"):
            old.execute(f"DROP TABLE {table}")
        old.execute("DROP INDEX ads_of_creative")
        old.execute("ALTER TABLE ads DROP COLUMN creative")
        old.execute("CREATE INDEX ads_of_case ON ads (case_id)")
        old.execute(f"PRAGMA user_version = {version}")
        old.commit()


def test_cases_of_version_4_get_their_files(tmp_path: Path) -> None:
    file = tmp_path / "findings.db"
    shared = make.ad("两处都有", make.finding(), case_id="c1-shared")
    with open_store(f"sqlite:///{file}") as store:
        store.create()
        store.write(
            make.bundle(shared, make.ad("另一处", case_id="c1-shared"), make.ad("单独", make.finding()))
        )
        store.write(make.bundle(shared, run="r2", at=make.minutes(9)))
        before = store.casebook().files(CaseQuery())
    layout_of_version_4(file)
    with open_store(f"sqlite:///{file}") as store:
        assert store.casebook().files(CaseQuery()) == before
        store.write(make.bundle(make.ad("第三种", case_id="c1-shared"), run="r3"))
        shared_file = store.casebook().file("c1-shared")
        assert shared_file is not None
        facts = shared_file.facts
        assert (facts.ads, facts.variants, facts.sightings, facts.runs) == (3, 3, 4, 3)


def test_duties_of_version_3_are_found(tmp_path: Path) -> None:
    file = tmp_path / "findings.db"
    missed = FormFinding(FormDuty.LURE, Level.CLEAR, Severity.LOW, (), "假按钮", "改正")
    with open_store(f"sqlite:///{file}") as store:
        store.create()
        luring = make.ad("点", judgement=make.judgement(form=(missed,)))
        store.write(make.bundle(luring, make.ad("领", make.finding())))
    with closing(sqlite3.connect(file)) as old:
        old.execute("DROP TABLE ad_duties")
    layout_of_version_4(file, 3)
    with open_store(f"sqlite:///{file}") as store:
        assert store.coverage().form == {"lure": 1}
        (hit,) = store.search(SearchQuery(duties=(FormDuty.LURE,))).hits
        assert hit.ad.id == luring.id


def test_a_file_of_version_6_takes_what_is_handed_over(tmp_path: Path) -> None:
    file = tmp_path / "findings.db"
    with open_store(f"sqlite:///{file}") as store:
        store.create()
    with closing(sqlite3.connect(file)) as old:
        for table in ("batches", "batch_numbers", "handed_items"):
            old.execute(f"DROP TABLE {table}")
        old.execute("PRAGMA user_version = 6")
    with open_store(f"sqlite:///{file}") as store:
        book = store.handovers()
        assert book.batch("b") is None
        stands = handed.kept(book, handed.batch(1))
        assert (book.number("甲局", 2026, stands.id), list(book.batches())) == (1, [stands])


def test_clear_findings_of_version_5_are_found(tmp_path: Path) -> None:
    file = tmp_path / "findings.db"
    with open_store(f"sqlite:///{file}") as store:
        store.create()
        store.write(
            make.bundle(
                make.ad("明", make.finding(3)),
                make.ad("疑", make.finding(2, level=Level.ARGUABLE), make.finding(3)),
            )
        )
    with closing(sqlite3.connect(file)) as old:
        old.execute("DELETE FROM ad_terms WHERE term IN (SELECT id FROM terms WHERE field = 'clear')")
        old.execute("PRAGMA user_version = 5")
        old.commit()
    with open_store(f"sqlite:///{file}") as store:
        found = {value: store.search(SearchQuery(clear=(value,))).total for value in ("any", "2", "3")}
    assert found == {"any": 2, "2": 0, "3": 2}


def test_a_migration_that_fails_leaves_the_old_layout(tmp_path: Path) -> None:
    file = tmp_path / "findings.db"
    first_layout(file)
    with closing(sqlite3.connect(file)) as old:
        old.execute("UPDATE captures SET record = x'7b' WHERE task_id = 't1-249'")
        old.commit()
    with open_store(f"sqlite:///{file}") as store, pytest.raises(StoreDamaged, match="t1-249"):
        store.runs()
    with closing(sqlite3.connect(file)) as after:
        assert after.execute("PRAGMA user_version").fetchone() == (1,)
        assert "at" not in {row[1] for row in after.execute("PRAGMA table_info(captures)")}


def test_processes_migrate_at_once(tmp_path: Path) -> None:
    file = tmp_path / "findings.db"
    first_layout(file)
    root = Path(__file__).parents[2]
    workers = [
        subprocess.Popen([sys.executable, "-c", WORKER, f"sqlite:///{file}", f"r{n}"], cwd=root)
        for n in range(3)
    ]
    assert [worker.wait() for worker in workers] == [0, 0, 0]
