"""Lists and forms as LibreOffice opens them: every word is there, no row hides a part of its text."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from findings.evidence import FolderEvidenceStore
from findings.model.handover import Paper
from handover.addressees import load_addressees
from handover.documents.pdf import soffice
from handover.receipts.form import FormRow, receipt_form
from handover.rows import batch_row
from handover.sheets import xlsx_bytes
from tests.handover.conftest import case

pytestmark = pytest.mark.slow
AT = datetime(2026, 11, 22, tzinfo=UTC)


def test_lists_and_forms_open_in_libreoffice(tmp_path: Path, evidence: FolderEvidenceStore) -> None:
    text = "保本保息，年化12.5%，随存随取" * 4 + "末尾可见"
    row = batch_row(1, case(evidence, title=text, text=text), "0" * 64, 0)
    columns = load_addressees().papers[Paper.STOP].columns
    (tmp_path / "list.xlsx").write_bytes(xlsx_bytes([row], columns, title="停止发布清单", at=AT))
    asked = FormRow(number=1, case_id=row.case_id, title=text, host="x.example", asked="停止发布")
    form = receipt_form("测〔2026〕1号", "测试局", [asked], at=AT)
    (tmp_path / "form.xlsx").write_bytes(form)
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(
        [soffice(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "list.xlsx", "form.xlsx"],
        cwd=tmp_path, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    for name in ("list.pdf", "form.pdf"):
        with PdfDocument(tmp_path / name) as document:
            words = "".join(page.get_textpage().get_text_bounded() for page in document).split()
        assert "末尾可见" in "".join(words), name
