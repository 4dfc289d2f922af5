"""A batch is whole or not there, numbered once, and says what its cases say."""

import csv
import hashlib
import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from findings.evidence import FolderEvidenceStore
from findings.model.judgement import Basis, Handler, Span
from findings.model.records import CaseView
from findings.model.vocabulary import Level
from handover.batch import Batch
from handover.columns import COLUMNS
from handover.errors import NumberTaken
from handover.rows import batch_row, cite
from handover.signing import Signer
from handover.verify import verify
from tests.handover.conftest import case, made, record
from tests.support import records


def test_the_three_lists_hold_the_same_cells(batch: Batch) -> None:
    raw = (batch.folder / "移送清单.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    from_csv = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    sheet = openpyxl.load_workbook(batch.folder / "移送清单.xlsx").active
    assert sheet is not None
    from_xlsx = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert from_csv == from_xlsx
    listed = json.loads((batch.folder / "移送清单.json").read_text("utf-8"))
    at = from_csv[0].index("证据编号")
    assert [row["case_id"] for row in listed["cases"]] == [line[at] for line in from_csv[1:]]


def test_a_title_that_looks_like_a_formula_is_text(batch: Batch) -> None:
    sheet = openpyxl.load_workbook(batch.folder / "移送清单.xlsx").active
    assert sheet is not None
    cell = sheet.cell(row=2, column=2)
    assert (cell.value, cell.data_type) == ("'=星河理财", "s")


def test_a_row_says_who_what_why_and_where_the_proof_is(batch: Batch) -> None:
    row = batch.rows[0]
    assert row.categories == (2, 8)
    assert row.quoted[0] == "[2] 保本"
    assert row.basis[0].startswith("《广告法》第25(1)条")
    assert (row.sightings, row.evidence_missing) == (2, 0)
    package = batch.folder / "evidence" / row.case_id
    assert hashlib.sha256((package / "manifest.json").read_bytes()).hexdigest() == row.evidence_hash
    assert verify(package).sound


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        pytest.param(
            Basis("广告法", "25(1)", "58(1)(7)", "L"), "《广告法》第25(1)条（罚则 58(1)(7)）", id="article"
        ),
        pytest.param(
            Basis("银发〔2019〕316号", "风险披露", None, "W"), "银发〔2019〕316号“风险披露”", id="heading"
        ),
    ],
)
def test_a_basis_is_cited_as_officers_write_it(basis: Basis, words: str) -> None:
    assert cite(basis) == words


def test_what_is_arguable_stands_apart(evidence: FolderEvidenceStore) -> None:
    whole = case(evidence)
    doubtful = records.finding(5, level=Level.ARGUABLE, spans=(Span("text", 5, 7, "年化"),))
    judged = replace(whole.lead.judgement, findings=(*whole.lead.judgement.findings, doubtful))
    row = batch_row(1, replace(whole, ads=(replace(whole.lead, judgement=judged),)), "0" * 64, 0)
    assert (row.categories, row.arguable) == ((2, 8), (5,))
    assert "[5] 年化" not in row.quoted


def test_a_row_says_why_each_authority_is_asked(evidence: FolderEvidenceStore) -> None:
    whole = case(evidence)
    owners = (Handler("甲市市场监督管理局", "market", "甲", "广告发布者所在地"),)
    judged = replace(whole.lead.judgement, route=("甲市市场监督管理局",), handlers=owners)
    row = batch_row(1, replace(whole, ads=(replace(whole.lead, judgement=judged),)), "0" * 64, 0)
    assert COLUMNS["route"].cell(row) == "甲市市场监督管理局"
    assert COLUMNS["route_why"].cell(row) == "甲市市场监督管理局：广告发布者所在地"


def test_a_row_names_the_authorities_of_all_ads_of_a_case_the_leads_first(
    evidence: FolderEvidenceStore,
) -> None:
    whole = case(evidence)
    asked = [("乙市市场监督管理局", "甲市市场监督管理局"), ("甲市公安局", "乙市市场监督管理局")]
    ads = tuple(
        replace(
            whole.lead,
            judgement=replace(
                whole.lead.judgement,
                route=names,
                handlers=tuple(Handler(name, "market", "甲", "广告发布者所在地") for name in names),
            ),
        )
        for names in asked
    )
    row = batch_row(1, replace(whole, ads=ads), "0" * 64, 0)
    assert row.route == ("乙市市场监督管理局", "甲市市场监督管理局", "甲市公安局")
    assert [why.split("：")[0] for why in row.route_why] == list(row.route)


def test_a_notice_stands_in_a_cell_of_its_own_with_its_basis(evidence: FolderEvidenceStore) -> None:
    whole = case(evidence)
    judged = replace(whole.lead.judgement, findings=(), notices=(records.notice(),))
    row = batch_row(1, replace(whole, ads=(replace(whole.lead, judgement=judged),)), "0" * 64, 0)
    assert row.categories == ()
    assert COLUMNS["notices"].cell(row) == "停止发布（广告主列入负面清单）：广告主已被列入负面清单"
    assert COLUMNS["basis"].cell(row) == "沪府办〔2016〕46号“附件8四(一)4”"


def test_a_batch_that_breaks_off_never_appears_under_its_number(
    tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer, no_office: None
) -> None:
    def cut_off() -> Iterator[CaseView]:
        yield case(evidence)
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        made(tmp_path / "out", cut_off(), evidence, signer)
    assert [one.name for one in (tmp_path / "out").iterdir()] == [".making.lock"]
    assert made(tmp_path / "out", [case(evidence)], evidence, signer).folder.name == "2026-0001"


def test_what_lies_under_the_number_is_found_and_another_batch_is_never_overwritten(
    batch: Batch, tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer
) -> None:
    again = made(tmp_path / "out", [case(evidence)], evidence, signer)
    assert again.found
    assert (again.rows, again.manifest, again.key) == (batch.rows, batch.manifest, batch.key)
    with pytest.raises(NumberTaken, match="2026-0001"):
        made(tmp_path / "out", [case(evidence)], evidence, signer, record(batch_id="1" * 32))
    (tmp_path / "out" / "2026-0002").mkdir()
    with pytest.raises(NumberTaken, match="2026-0002"):
        made(tmp_path / "out", [case(evidence)], evidence, signer, record(2))


def test_missing_evidence_is_named_and_the_rest_goes(
    tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer, no_office: None
) -> None:
    whole = case(evidence)
    evidence.path(whole.evidence[0].sha256).unlink()
    batch = made(tmp_path / "out", [whole], evidence, signer)
    assert batch.rows[0].evidence_missing == 1
    assert whole.evidence[0].sha256 in batch.header.missing[0]


def test_two_at_once_make_one(
    tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer, no_office: None
) -> None:
    found: list[tuple[bool, str]] = []

    def make(text: str) -> None:
        batch = made(tmp_path / "out", [case(evidence, text=text)], evidence, signer)
        found.append((batch.found, batch.manifest))

    threads = [threading.Thread(target=make, args=(f"保本{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(was for was, _ in found) == [False, True, True]
    assert len({manifest for _, manifest in found}) == 1


def test_without_libreoffice_the_batch_says_so(batch: Batch) -> None:
    assert "no-such-program" in batch.header.pdf_why
    assert {path.name for path in batch.folder.iterdir()} >= {"函.docx", "回执.xlsx", "移送清单.csv"}


def test_the_same_batch_gives_the_same_bytes(
    tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer, no_office: None
) -> None:
    first = made(tmp_path / "one", [case(evidence)], evidence, signer)
    second = made(tmp_path / "two", [case(evidence)], evidence, signer)
    names = sorted(path.relative_to(first.folder) for path in first.folder.rglob("*") if path.is_file())
    assert len(names) > 10
    for name in names:
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes(), name
