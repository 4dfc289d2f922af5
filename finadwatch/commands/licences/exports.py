"""Tables for a spreadsheet program: UTF-8 with a mark, and no cell that could run as a formula."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from finadwatch.errors import OutputRefused
from handover.cells import harmless


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write rows as they come; returns how many. Raises OutputRefused."""
    count = 0
    try:
        with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            for row in rows:
                writer.writerow([harmless("" if cell is None else str(cell)) for cell in row])
                count += 1
    except OSError as error:
        raise OutputRefused(path, error.strerror or str(error)) from error
    return count
