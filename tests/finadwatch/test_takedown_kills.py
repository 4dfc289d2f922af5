"""`finadwatch takedown new` killed before each of its writes: the next call ends it, and every entry stands once."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from msgspec.structs import replace

from findings.stores import open_store
from findings.stores.sqlite.casebook import SqliteCasebook
from handover.owing import Owing, owe, owed
from tests.support import records as make
from tests.support.inprocess import Office

#: Writes of a call on two confirmed cases: its note put in place, the batch, two cases, the note taken away.
WRITES = 5
NEW = ("takedown", "new", "--json")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with two confirmed cases and one that nobody read."""
    home = tmp_path / "home"
    home.mkdir()
    office = Office(home, f"sqlite:///{home / 'finadwatch.db'}")
    with open_store(office.store) as store:
        store.create()
        for page, word in enumerate(("保本保息，随存随取", "稳赚不赔，带你发财", "零风险高收益产品")):
            store.write(make.bundle(make.ad(word, make.finding(), url=f"https://{page}.example/"), page=page))
    for case in cases(office)[:2]:
        assert office("review", case["id"], "--verdict", "confirm", "--note", "属实", by="沈一").code == 0
    return office


def cases(office: Office) -> list[Any]:
    return sorted(office("cases", "list", "--json").values, key=lambda case: str(case["id"]))


def states(office: Office) -> Counter[str]:
    return Counter(case["state"] for case in cases(office))


def handed_over(office: Office) -> list[str]:
    """The cases of the entries that say so."""
    drafts = [value["draft"] for value in office("audit", "log", "--json").values]
    return sorted(draft["case_ids"][0] for draft in drafts if draft["action"] == "state")


def killed_before(write: int, run: Callable[[], object]) -> bool:
    """Run in a process of its own that gets SIGKILL right before its n-th write, from 0; whether it did."""
    child = os.fork()
    if child == 0:
        left = [write]

        def counting(real: Callable[..., Any]) -> Callable[..., Any]:
            def counted(*given: Any, **named: Any) -> Any:
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left[0] -= 1
                return real(*given, **named)

            return counted

        with (
            patch.object(Path, "rename", counting(Path.rename)),
            patch.object(Path, "unlink", counting(Path.unlink)),
            patch.object(SqliteCasebook, "change", counting(SqliteCasebook.change)),
        ):
            run()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("write", range(WRITES))
def test_a_killed_call_is_ended_by_the_next(office: Office, write: int) -> None:
    assert killed_before(write, lambda: office(*NEW, by="沈一"))
    again = office(*NEW, by="沈一")
    assert again.code == 1, again.err  # these ads have no evidence kept, which is said
    (batch,) = again.values
    assert (states(office)["handed_over"], states(office)["open"]) == (2, 1)
    assert len(handed_over(office)) == len(set(handed_over(office))) == 2
    # Before the batch appeared there was none to end: its number is used up, and the next one is the first.
    folders = sorted(one.name for one in Path(batch["folder"]).parent.iterdir() if one.name[0] != ".")
    assert folders == [batch["number"]] == [f"2026-000{2 if write < 2 else 1}"]
    assert batch["cases"] == 3
    assert office("evidence", "verify", batch["folder"]).code == 0
    assert office("audit", "verify", "--cases").code == 0


def test_a_call_without_a_kill_makes_so_many_writes(office: Office) -> None:
    assert not killed_before(WRITES, lambda: office(*NEW, by="沈一"))
    assert states(office)["handed_over"] == 2


def test_another_call_ends_it_in_the_name_of_who_began_and_writes_its_own(office: Office) -> None:
    assert killed_before(3, lambda: office(*NEW, by="沈一"))
    other = office(*NEW, "--to", "市公安局", by="陆二")
    assert "2026-0001" in other.err
    assert other.values[0]["number"] == "2026-0002"
    drafts = [value["draft"] for value in office("audit", "log", "--json").values]
    assert {draft["actor"] for draft in drafts if draft["action"] == "state"} == {"沈一"}
    assert len(handed_over(office)) == 2


def test_a_case_that_was_opened_and_confirmed_again_is_not_handed_over_twice(office: Office) -> None:
    assert killed_before(4, lambda: office(*NEW, by="沈一"))
    case = handed_over(office)[0]
    assert office("cases", "state", case, "open", "--note", "重看", by="沈一").code == 0
    assert office("review", case, "--verdict", "confirm", "--note", "属实", by="沈一").code == 0
    office(*NEW, by="沈一")
    assert handed_over(office).count(case) == 1
    assert states(office)["confirmed"] == 1


def test_a_case_on_another_desk_stays_owed_until_it_is_free(office: Office) -> None:
    confirmed = [case["id"] for case in cases(office) if case["state"] == "confirmed"]
    assert office("cases", "take", confirmed[0], by="陆二").code == 0
    first = office(*NEW, by="沈一")
    assert states(office)["confirmed"] == 1
    assert office("cases", "return", confirmed[0], by="陆二").code == 0
    second = office(*NEW, by="沈一")
    assert states(office)["handed_over"] == 2
    assert [ran.values[0]["number"] for ran in (first, second)] == ["2026-0001", "2026-0002"]


def test_a_note_that_cannot_be_read_is_said(office: Office) -> None:
    (office.home / "takedown").mkdir()
    (office.home / "takedown" / ".2026-0009.owed").write_text("{", "utf-8")
    ran = office(*NEW, by="沈一")
    assert (ran.code, ran.values) == (1, [])
    assert ".2026-0009.owed" in ran.err


def test_a_note_says_nothing_of_a_batch_that_never_appeared(tmp_path: Path) -> None:
    note = Owing(
        number="2026-0001",
        token="0" * 32,
        request="",
        store="sqlite:///x",
        addressee="市公安局",
        actor="沈一",
        cases=("c1-0",),
        evidence=0,
        missing=(),
    )
    owe(tmp_path, note)
    assert list(owed(tmp_path)) == []
    (tmp_path / "2026-0001").mkdir()
    owe(tmp_path, replace(note, cases=()))
    assert [one.cases for one in owed(tmp_path)] == [()]
