"""A case with real evidence files, and a batch made of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from findings.evidence import FolderEvidenceStore
from findings.model.records import CaseView
from findings.model.vocabulary import CaseState
from handover.batch import Batch, BatchPlan, new_batch
from handover.signing import Signer
from tests.support import records

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def plan(**more: str) -> BatchPlan:
    values = {
        "office": "测试市市场监督管理局",
        "addressee": "测试市通信管理局",
        "actor": "张三",
        "software": "finadwatch test",
    }
    return BatchPlan(**(values | more), at=AT)


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
def batch(tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer) -> Batch:
    return new_batch(
        [case(evidence), case(evidence, "贷款", "无抵押秒批")], evidence, tmp_path / "out", plan(), signer
    )
