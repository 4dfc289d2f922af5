"""What it takes to seal a batch: documents and packages of so many cases, on so many processes.

    OMP_NUM_THREADS=1 python benchmarks/handover.py [--cases 1000] [--workers 2] [--folder PATH] [--no-pdf]

Each case has one capture as a crawl leaves it: pictures of the page with the ad and of the page behind it (1,000 × 1,600
pixels), the ad's own, drawn text, headers, hops, HTML of 60 kB and gzipped traffic of some 300 kB for each page. Firms and
words are invented (tests/support/packaged.py). Making them is not counted. `--folder` keeps them for another run.
Seconds are of the clock from the approved draft to the sealed batch; CPU is of this process, of those it
started, and of LibreOffice; memory is the most that one of them held.
"""

import argparse
import io
import os
import random
import resource
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from msgspec.structs import replace

from finadwatch.config import Config, TakedownConfig
from finadwatch.context import Desk
from finadwatch.handing_over import sealing
from finadwatch.handing_over.counter import Counter
from finadwatch.handing_over.drafting import Wanted, approve_batch, draft_batch
from findings.evidence import FolderEvidenceStore
from findings.model.handover import Paper
from findings.model.records import CaptureBundle
from findings.query import SearchQuery
from findings.stores import open_store
from handover.verify import verify
from tests.support import packaged, records

#: Bytes of a page and of what it loads, and how many different ones there are.
PAGE, ASSETS, KINDS = 60_000, (25_000,) * 12, 12


@cache
def traffic(url: str, kind: int) -> bytes:
    """The gzipped traffic of one visit: a page and what it loaded, most of it incompressible like pictures."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import BufferWARCWriter

    noise = random.Random(kind)
    writer = BufferWARCWriter(gzip=True, warc_version="1.1")
    writer.write_record(writer.create_warcinfo_record("t.warc.gz", {"software": "benchmark"}))
    for count, size in enumerate((PAGE, *ASSETS)):
        head = StatusAndHeaders(
            "200 OK", [("Content-Type", "text/html" if count == 0 else "image/png")], "HTTP/1.1"
        )
        body = ("<p>保本保息" * (size // 15)).encode() if count == 0 else noise.randbytes(size)
        at = url if count == 0 else f"{url}/{count}.png"
        writer.write_record(
            writer.create_warc_record(at, "response", payload=io.BytesIO(body), http_headers=head)
        )
    return bytes(writer.get_contents())


def bundle(evidence: FolderEvidenceStore, number: int) -> CaptureBundle:
    """One case's ad as one task brought it."""
    url = f"https://s{number}.example/join"
    html = f"<html><title>示例理财{number}</title>".encode() + "<p>保本保息，年化12.5%".encode() * 2000
    case, _, captures = packaged.whole(
        evidence, f"示例理财{number}", url, html=html, warc=traffic("https://baidu.example/s", number % KINDS)
    )
    words = random.Random(number)
    told = packaged.TEXT + "".join(chr(words.randrange(0x4E00, 0x9000)) for _ in range(80))
    ad = records.ad(
        told,
        *case.lead.judgement.findings,
        title=f"{told[-6:]}理财",
        url=url,
        advertiser_shown=f"{told[-8:]}有限公司",
    )
    (capture,) = captures.values()
    task = records.task("r2", page=number + 1)
    sighting = replace(records.sighting(ad, task, packaged.AT), evidence=case.evidence)
    seen = replace(capture.ads[0], title=ad.title, text=ad.text)
    return CaptureBundle(capture=replace(capture, task=task, ads=(seen,)), ads=(ad,), sightings=(sighting,))


def filled(folder: Path, cases: int) -> Desk:
    """A home with so many cases."""
    desk = Desk(
        Config(home=folder, actor="甲", takedown=TakedownConfig(one_person=True, office_code="测市监"))
    )
    with open_store(desk.config.store_url) as store:
        store.create()
        if len(store.done_tasks("r2")) < cases:
            evidence = desk.evidence()
            store.write_many(bundle(evidence, number) for number in range(cases))
    return desk


def main() -> None:
    """Print the seconds of one sealing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--no-pdf", action="store_true")
    given = parser.parse_args()
    if given.no_pdf:
        os.environ["SOFFICE"] = "no-such-program"
    os.cpu_count = lambda: given.workers  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as scratch:
        desk = filled(given.folder or Path(scratch), given.cases)
        with desk.store() as store:
            counter = Counter.open(desk, store, None)
            wanted = Wanted(Paper.CLOSURE, "测试通信管理局", query=SearchQuery(), limit=given.cases)
            begun = time.perf_counter()
            record = approve_batch(counter, draft_batch(counter, wanted))
            drafted = time.perf_counter()
            record, batch = sealing.seal_batch(counter, record)
            sealed = time.perf_counter()
        own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        files = [path for path in batch.folder.rglob("*") if path.is_file()]
        print(
            f"{len(batch.rows)} cases, {len(files)} files, {sum(p.stat().st_size for p in files) / 1e6:.0f} MB"
        )
        print(f"drafted and approved in {drafted - begun:.1f} s, sealed in {sealed - drafted:.1f} s")
        print(
            f"CPU {own.ru_utime + own.ru_stime:.1f} s here, {others.ru_utime + others.ru_stime:.1f} s in others; "
            f"memory {own.ru_maxrss / 1024:.0f} MB here, {others.ru_maxrss / 1024:.0f} MB at most in another"
        )
        print(f"missing: {len(batch.header.missing)}, PDF: {batch.header.pdf_why or 'yes'}")
        begun = time.perf_counter()
        print(f"sound: {verify(batch.folder).sound}, checked in {time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()
