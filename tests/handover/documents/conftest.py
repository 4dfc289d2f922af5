"""Papers converted by the real LibreOffice: one start for all tests of a session."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from findings.model.handover import Paper
from handover.documents.drafting.page import Paper as Drafted
from handover.documents.letters import letter_docx, list_docx
from handover.documents.pdf import to_pdf
from handover.documents.record import record_docx
from tests.support import papers


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """PDF by name: every letter, a list of 200 rows, a record; and a paper with an emoji that nobody spelled."""
    folder = tmp_path_factory.mktemp("papers")
    documents = {paper.value: letter_docx(papers.letter(paper, 25)) for paper in Paper}
    documents["list"] = list_docx(papers.letter(count=200))
    documents["record"] = record_docx(papers.extraction())
    documents["unspelled"] = _unspelled()
    sources = []
    for name, document in documents.items():
        sources.append(folder / f"{name}.docx")
        sources[-1].write_bytes(document)
    return dict(zip(documents, to_pdf(sources, folder / "pdf"), strict=True))


def _unspelled() -> bytes:
    paper = Drafted()
    paper.text("星河🛸")
    return paper.done("")
