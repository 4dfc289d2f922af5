"""A case with real evidence files, and a batch made of it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from findings.evidence import FolderEvidenceStore
from findings.model.handover import BatchRecord, Done, Paper
from findings.model.records import CaseView, Sighting
from findings.model.vocabulary import CaseState
from handover.addressees import load_addressees
from handover.batch import Batch, Making, make_batch
from handover.batch_life import Approvers, approve, draft, numbered
from handover.batch_papers import House
from handover.batch_rows import Task
from handover.signing import Signer
from tests.support import records

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def record(number: int = 1, paper: Paper = Paper.DISTRICT, batch_id: str = "0" * 32) -> BatchRecord:
    """A batch that is ready to be made: drafted, approved by another, numbered."""
    drafted = draft(
        batch_id,
        paper,
        office="测试市市场监督管理局",
        addressee="测试市通信管理局",
        case_ids=("c1-0",),
        query="",
        by=Done(by="张三", at=AT),
    )
    return numbered(approve(drafted, Done(by="李四", at=AT), Approvers()), number, "测市监", None)


def made(
    folder: Path,
    cases: Iterable[CaseView],
    evidence: FolderEvidenceStore,
    signer: Signer,
    of: BatchRecord | None = None,
) -> Batch:
    """The files of a batch of these cases."""
    of = of or record()
    making = Making(
        form=load_addressees().papers[of.paper],
        house=House(sources={"baidu": "百度"}),
        evidence=evidence,
        signer=signer,
        software="finadwatch test",
    )
    tasks = (
        Task(number=number, case=one, sightings=(_seen(one),)) for number, one in enumerate(cases, start=1)
    )
    return make_batch(folder, of, Done(by="张三", at=AT), tasks, making)


def _seen(case: CaseView) -> Sighting:
    """The sighting whose evidence a case has; its capture is no longer in the store."""
    return replace(records.sighting(case.lead, records.task()), evidence=case.evidence)


def case(
    evidence: FolderEvidenceStore, title: str = "=星河理财", text: str = "保本保息，年化12.5%"
) -> CaseView:
    page = evidence.put(b"<html>" + text.encode() + b"</html>", role="html", media_type="text/html")
    shot = evidence.put(b"\x89PNG" + text.encode(), role="page_screenshot", media_type="image/png")
    ad = records.ad(text, records.finding(), records.finding(8, type="非法集资"), title=title)
    return CaseView(
        id=ad.case_id,
        state=CaseState.OPEN,
        ads=(ad,),
        first_seen=AT,
        last_seen=AT,
        runs=1,
        sightings=2,
        evidence=(page, shot),
    )


@pytest.fixture
def evidence(tmp_path: Path) -> FolderEvidenceStore:
    return FolderEvidenceStore(tmp_path / "evidence")


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer.load_or_make(tmp_path / "keys" / "signing.pem")


@pytest.fixture
def no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without LibreOffice: a batch is made all the same, and fast."""
    monkeypatch.setenv("SOFFICE", "no-such-program")


@pytest.fixture
def batch(tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer, no_office: Iterator[None]) -> Batch:
    return made(tmp_path / "out", [case(evidence), case(evidence, "贷款", "无抵押秒批")], evidence, signer)
