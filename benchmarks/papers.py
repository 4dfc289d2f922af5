"""What a letter, a list and a record cost as DOCX, and as PDF by LibreOffice: python -m benchmarks.papers"""

import resource
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from findings.model.handover import Paper
from handover.documents.letters import letter_docx, list_docx
from handover.documents.pdf import to_pdf
from handover.documents.record import record_docx
from tests.support import papers

#: Letters that one LibreOffice converts, and times that a DOCX is made.
LETTERS, TIMES = 50, 5


def main() -> None:
    """Print CPU and clock time of each."""
    letter, whole = papers.letter(Paper.CLOSURE, 20), papers.letter(Paper.CLOSURE, 1_000)
    makers = {
        "letter, 20 rows": lambda: letter_docx(letter),
        "list, 1,000 rows": lambda: list_docx(whole),
        "record": lambda: record_docx(papers.extraction()),
    }
    made = {}
    for name, make in makers.items():
        made[name] = make()
        began = process_time()
        for _ in range(TIMES):
            make()
        print(f"DOCX of a {name}: {(process_time() - began) / TIMES * 1000:.0f} ms of CPU")
    for name, document in made.items():
        print(f"PDF of one {name}: {_pdf(document, 1)}")
    print(f"PDF of {LETTERS} letters in one process: {_pdf(made['letter, 20 rows'], LETTERS)}")


def _pdf(document: bytes, count: int) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        files = [Path(scratch) / f"{number}.docx" for number in range(count)]
        for file in files:
            file.write_bytes(document)
        cpu, began = _cpu(), perf_counter()
        to_pdf(files, Path(scratch))
        return f"{_cpu() - cpu:.1f} s of CPU, {perf_counter() - began:.1f} s by the clock"


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
