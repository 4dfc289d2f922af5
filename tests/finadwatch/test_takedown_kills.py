"""A batch killed before each write of its sealing and sending: the next call ends it, under the same number."""

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
from findings.stores.sqlite.handovers import SqliteHandovers
from handover.owing import Owing, owe, owed
from tests.support import records as make
from tests.support.inprocess import Office
from tests.support.office import running, until

#: Writes of a first sealing: the number, the batch that has it, the history of keys, its folder, its rows, the batch sealed.
SEAL_WRITES = 6
#: Writes of a sending of two confirmed cases: the note, the batch, its rows, two cases, the note taken away.
SEND_WRITES = 6
NEW = ("takedown", "new", "--json")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with two confirmed cases and one that nobody read, without LibreOffice."""
    monkeypatch.setenv("SOFFICE", "no-such-program")
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


def drafts(office: Office, *actions: str) -> list[Any]:
    """The entries of the trail with these actions."""
    every = (value["draft"] for value in office("audit", "log", "--json").values)
    return [draft for draft in every if draft["action"] in actions]


def handed_over(office: Office) -> list[str]:
    return sorted(draft["case_ids"][0] for draft in drafts(office, "state"))


def approved(office: Office) -> str:
    name: str = office(*NEW, by="沈一").values[0]["id"]
    assert office("takedown", "approve", name, by="钱三").code == 0
    return name


def sealed(office: Office) -> str:
    name = approved(office)
    assert (
        office("takedown", "seal", name, by="沈一").code == 1
    )  # these ads have no evidence kept, which is said
    return name


def folders(office: Office) -> list[str]:
    return sorted(one.name for one in (office.home / "takedown").iterdir() if one.name[0] != ".")


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
            patch.object(SqliteHandovers, "number", counting(SqliteHandovers.number)),
            patch.object(SqliteHandovers, "put_batch", counting(SqliteHandovers.put_batch)),
            patch.object(SqliteHandovers, "put_items", counting(SqliteHandovers.put_items)),
        ):
            run()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.slow
@pytest.mark.parametrize("write", range(SEAL_WRITES))
def test_a_killed_sealing_is_ended_by_the_next_under_the_same_number(office: Office, write: int) -> None:
    name = approved(office)
    assert killed_before(write, lambda: office("takedown", "seal", name, by="沈一"))
    assert (folders(office) if write > 3 else []) == (["2026-0001"] if write > 3 else [])
    (batch,) = office("takedown", "seal", name, "--json", by="陆二").values
    assert folders(office) == [batch["folder_name"]] == [f"{batch['year']}-0001"]
    assert (batch["state"], batch["cases"], len(batch["manifest"])) == ("sealed", 3, 64)
    assert batch["sealed"]["by"] == ("沈一" if write > 3 else "陆二")  # whose files appeared
    assert len(drafts(office, "sealed")) == 1
    with open_store(office.store) as store:
        assert [item.row for item in store.handovers().items(name)] == [1, 2, 3]
    assert office("evidence", "verify", batch["folder"]).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("write", range(SEND_WRITES))
def test_a_killed_sending_is_ended_by_the_next(office: Office, write: int) -> None:
    name = sealed(office)
    send = ("takedown", "send", name, "--way", "机要交换")
    assert killed_before(write, lambda: office(*send, by="沈一"))
    again = office(*send, by="陆二")
    assert again.code == (0 if write < 2 else 1), again.err  # it counted as sent from the second write on
    assert states(office) == {"handed_over": 2, "open": 1}
    assert len(handed_over(office)) == len(set(handed_over(office))) == 2
    assert {draft["actor"] for draft in drafts(office, "state", "sent")} == {"陆二" if write < 2 else "沈一"}
    with open_store(office.store) as store:
        record = store.handovers().batch(name)
        assert record is not None
        assert record.sent is not None
        assert {item.sent_at for item in store.handovers().items(name)} == {record.sent.at}
    assert list((office.home / "takedown").glob(".*.owed")) == []
    assert office("audit", "verify", "--cases").code == 0


def test_a_call_without_a_kill_makes_so_many_writes(office: Office) -> None:
    name = approved(office)
    assert not killed_before(SEAL_WRITES, lambda: office("takedown", "seal", name, by="沈一"))
    send = ("takedown", "send", name, "--way", "机要交换")
    assert not killed_before(SEND_WRITES, lambda: office(*send, by="沈一"))
    assert states(office)["handed_over"] == 2


def test_a_case_that_was_opened_and_confirmed_again_is_not_handed_over_twice(office: Office) -> None:
    name = sealed(office)
    send = ("takedown", "send", name, "--way", "机要交换")
    assert killed_before(5, lambda: office(*send, by="沈一"))
    case = handed_over(office)[0]
    assert office("cases", "state", case, "open", "--note", "重看", by="沈一").code == 0
    assert office("review", case, "--verdict", "confirm", "--note", "属实", by="沈一").code == 0
    office(*send, by="沈一")
    assert handed_over(office).count(case) == 1
    assert states(office)["confirmed"] == 1


def test_a_case_on_another_desk_stays_owed_until_it_is_free(office: Office) -> None:
    confirmed = [case["id"] for case in cases(office) if case["state"] == "confirmed"]
    assert office("cases", "take", confirmed[0], by="陆二").code == 0
    name = sealed(office)
    assert office("takedown", "send", name, "--way", "邮寄", by="沈一").code == 0
    assert states(office)["confirmed"] == 1
    assert office("cases", "return", confirmed[0], by="陆二").code == 0
    assert (
        office("takedown", "send", name, "--way", "邮寄", by="沈一").code == 1
    )  # sent already, and the rest noted
    assert states(office)["handed_over"] == 2


def test_a_note_that_cannot_be_read_is_said(office: Office) -> None:
    name = sealed(office)
    (office.home / "takedown" / ".2026-0009.owed").write_text("{", "utf-8")
    ran = office("takedown", "send", name, "--way", "邮寄", by="沈一")
    assert (ran.code, ran.values) == (1, [])
    assert ".2026-0009.owed" in ran.err


def test_a_note_says_nothing_of_a_batch_whose_files_never_appeared(tmp_path: Path) -> None:
    note = Owing(number="2026-0001", batch="0" * 32, store="sqlite:///x", cases=("c1-0",))
    owe(tmp_path, note)
    assert list(owed(tmp_path)) == []
    (tmp_path / "2026-0001").mkdir()
    owe(tmp_path, replace(note, cases=()))
    assert [one.cases for one in owed(tmp_path)] == [()]


@pytest.fixture
def alone(office: Office) -> Office:
    """The same as an office of one person."""
    (office.home / "config.yaml").write_text("takedown: {one_person: true, office_code: 测市监}\n", "utf-8")
    return office


def test_an_office_of_one_person_goes_on_with_what_was_broken_off(alone: Office) -> None:
    # Killed before the batch is approved: its draft stands.
    assert killed_before(1, lambda: alone(*NEW, "--now", by="沈一"))
    (batch,) = alone(*NEW, "--now", by="沈一").values
    assert (batch["mark"], batch["folder_name"]) == ("测市监〔2026〕1号", "2026-0001")
    assert "一人机构" in batch["approved"]["note"]
    assert len(alone("takedown", "list", "--json").values) == 1


@pytest.mark.slow
def test_a_sealing_killed_among_its_packages_leaves_nothing_numbered_and_no_process(office: Office) -> None:
    """With processes of its own, as real batches have them."""
    with open_store(office.store) as store:
        for page in range(3, 66):
            words = "".join(chr(0x4E00 + (page * 131 + place * 977) % 0x5000) for place in range(60))
            ad = make.ad(words, make.finding(), url=f"https://{page}.example/", advertiser_shown=words[:8])
            store.write(make.bundle(ad, page=page))
    name = approved(office)
    folder = office.home / "takedown"
    with running(office.home, "takedown", "seal", name) as process:
        until(lambda: len(list(folder.glob(".*.part/evidence/*/case.json"))) > 5)
        workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
        process.wait()
    assert workers or os.cpu_count() == 1
    until(lambda: not any(Path(f"/proc/{one}").exists() for one in workers))
    assert folders(office) == []
    (batch,) = office("takedown", "seal", name, "--json", by="陆二").values
    assert (folders(office), batch["cases"]) == (["2026-0001"], 66)
    assert not list(folder.glob(".*.part"))
    assert office("evidence", "verify", batch["folder"]).code == 0
