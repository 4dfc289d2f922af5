"""Reading the training texts, and keeping the held-out ones out.

The folder is given by its path (`--shared ../shared`); none of its sentences may be committed.
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

LABELLED = ("labelled_dev.jsonl", "labelled_cases.jsonl", "labelled_landing.jsonl", "samples_own.jsonl")
SILENT = ("apps_other.jsonl", "sms_other.jsonl", "news_about_finance_crime.jsonl", "headlines_finance.jsonl")
UNLABELLED = ("apps_finance.jsonl", "sms_finance.jsonl")

Row = Mapping[str, Any]


def rows(path: Path) -> Iterator[Row]:
    """Read one JSON object a line. Splits at line feeds alone: texts hold U+2028 and the like."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def group_of(row: Row) -> str:
    """Near-duplicates share a group and stay on one side of every split."""
    return str(row.get("group") or row["id"])


def held_out(row: Row) -> bool:
    """Say whether a row belongs to the fifth that is never trained on, only scored once at the end."""
    return zlib.crc32(group_of(row).encode()) % 5 == 0
