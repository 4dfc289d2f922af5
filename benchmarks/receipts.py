"""Seconds that `takedown receipts` needs for a filled form of 5,000 rows: read, matched, stored, kept, noted.

python benchmarks/receipts.py [--rows 5000] [--rounds 3] [--url http://127.0.0.1:9200]

Each round has a store and a batch of its own (SQLite, or an Elasticsearch with a prefix of its own) and runs the
command as a person does, in a process of its own, so that starting counts too. The form is ours, filled by openpyxl:
nine rows in ten are answered in free words drawn from a list, one in ten is left blank. The titles are invented.
"""

import argparse
import random
import secrets
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from findings.model.handover import BatchRecord, BatchState, Done, HandedItem, Paper, item_id
from findings.stores import open_store
from handover.receipts.form import FormRow, receipt_form
from tests.support.cli import run_finadwatch

SAID = (
    "已关闭",
    "已处理",
    "未关闭",
    "无法联系",
    "非本省",
    "拟于近日关闭",
    "已关停，主办者无法联系",
    "见备注",
)
SENT = datetime(2026, 11, 2, 2, tzinfo=UTC)
MARK = "测市监〔2026〕1号"


def sent_batch(url: str, rows: int) -> None:
    """A store with one batch that was sent."""
    done = Done(by="沈一", at=SENT)
    batch = BatchRecord(
        id=secrets.token_hex(16),
        version=0,
        paper=Paper.CLOSURE,
        state=BatchState.SENT,
        office="测试局",
        addressee="测试通信管理局",
        year=2026,
        number=1,
        mark=MARK,
        case_ids=tuple(f"c1-{row:032x}" for row in range(1, rows + 1)),
        drafted=done,
        sent=done,
    )
    with open_store(url) as store:
        store.create()
        store.handovers().put_batch(batch)
        store.handovers().put_items(
            HandedItem(
                id=item_id(batch.id, row),
                version=0,
                batch_id=batch.id,
                row=row,
                case_id=case_id,
                ad_ids=(),
                title=f"示例理财{row}",
                advertiser=None,
                host=f"site{row}.example",
                urls=(f"https://site{row}.example/",),
                sent_at=SENT,
                next_visit=SENT,
            )
            for row, case_id in enumerate(batch.case_ids, start=1)
        )


def filled(rows: int, path: Path) -> None:
    """A form with answers."""
    from openpyxl import load_workbook

    draw = random.Random(7)
    path.write_bytes(
        receipt_form(
            MARK,
            "测试局",
            [
                FormRow(
                    number=row,
                    case_id=f"c1-{row:032x}",
                    title=f"示例理财{row}",
                    host=f"site{row}.example",
                    asked="关闭网站",
                )
                for row in range(1, rows + 1)
            ],
            at=SENT,
        )
    )
    book = load_workbook(path)
    sheet = book.active
    assert sheet is not None
    for row in range(5, rows + 5):
        if draw.random() < 0.9:
            sheet.cell(row, 6, draw.choice(SAID))
            sheet.cell(row, 7, f"2026年11月{draw.randint(3, 20)}日")
    book.save(path)


def timed(folder: Path, url: str | None, rows: int, path: Path) -> float:
    """Seconds of one call."""
    store = f"{url}?prefix=b{secrets.token_hex(6)}" if url else f"sqlite:///{folder / 'finadwatch.db'}"
    sent_batch(store, rows)
    began = time.perf_counter()
    done = run_finadwatch(
        folder, "takedown", "receipts", str(path), "--json", env={"FINADWATCH_STORE": store}
    )
    took = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(done.stderr)
    return took


def main() -> None:
    """Print the seconds of each round and their median."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--url")
    asked = parser.parse_args()
    with TemporaryDirectory() as name:
        path = Path(name) / "回执.xlsx"
        filled(asked.rows, path)
        times = []
        for round_ in range(asked.rounds):
            folder = Path(name) / str(round_)
            folder.mkdir()
            times.append(timed(folder, asked.url, asked.rows, path))
    print(
        f"{asked.rows} rows: {', '.join(f'{one:.2f}' for one in times)} s, median {statistics.median(times):.2f} s"
    )


if __name__ == "__main__":
    main()
