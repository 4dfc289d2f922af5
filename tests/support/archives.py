"""Stored archives of judged ads, for tests that judge them anew. Every firm and sentence is invented."""

from pathlib import Path

from msgspec.structs import replace

from analyzers.analyzer import Analyzer, AnalyzerOptions
from finadwatch.judging import Judge
from finadwatch.rescreening.judging import Bench
from findings.evidence import FolderEvidenceStore
from findings.model.records import AdRecord
from findings.rescreening.job import Archived, Batch, Progress
from findings.store import FindingStore
from licences.registers import Registers
from tests.support import records as make
from tests.support.cache import share_patterns

CLAIMS = ("保本保息，年化12%，立即购买本理财产品，零风险稳赚不赔，名额有限", "周末带孩子去河边放风筝")


def fill(store: FindingStore, count: int, judge: Judge) -> list[AdRecord]:
    """So many ads as this judge judges them, but that of each other one, a lead, the findings are missing."""
    store.create()
    ads = [
        make.ad(f"第{n}期：{CLAIMS[n % 2]}。" + "天气转凉，请及时添衣。" * 6, url=f"https://s{n}.example/")
        for n in range(count)
    ]
    bench = Bench(judge, FolderEvidenceStore(Path()), None)
    for at in range(0, count, 10):
        some = tuple(Archived(ad, None) for ad in ads[at : at + 10])
        part = bench.part(Progress(number=0), Batch(ads=some, cursor="", end=False))
        right = {one.ad_id: one.judgement for one in part.changed}
        judged = [replace(one.ad, judgement=right[one.ad.id]) for one in some]
        judged[::2] = [replace(ad, judgement=replace(ad.judgement, findings=())) for ad in judged[::2]]
        ads[at : at + 10] = judged
        store.write(make.bundle(*ads[at : at + 10], page=at))
    return ads


def rules(folder: Path) -> Judge:
    """A judge by the rules alone; its compiled patterns are kept below a folder."""
    share_patterns(folder)
    return Judge(Analyzer.load(AnalyzerOptions(cache=folder / "cache")), Registers.load(None))
