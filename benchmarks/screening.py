"""How fast whole judgements are made: read, resolve against nothing, judge; one process, one core.

    OMP_NUM_THREADS=1 python benchmarks/screening.py [--texts 4000] [--hanlp PATH --embedding PATH --heads PATH]

Texts are made from the samples of the shipped rules (finance) and from invented everyday sentences,
about 150 characters each. Design: at least 800 texts a second at 30 % finance. One thread, as the
command line sets it: a core a process.
"""

import argparse
import random
import time
from datetime import date
from pathlib import Path

from analyzers.analyzer import Analyzer, AnalyzerOptions
from findings.model.judgement import Advertiser, LicenceView, Resolution, ScreenInput
from findings.model.vocabulary import LicenceStatus

EVERYDAY = (  # noqa: SIM905 - reads as prose
    "周末带孩子去河边放风筝，午饭在草地上吃。新开的书店离地铁站不远，二楼可以喝茶。这款软件支持离线地图与公交换乘，"
    "更新后修复了若干问题。菜谱里的番茄要先去皮，小火慢炖半小时。本季球队赢了七场，主教练说年轻球员进步很快。"
    "相册可以按日期整理，照片自动备份到电脑。课程表、作业与考勤都在首页，家长随时查看。天气转凉，请及时添衣。"
    "游戏新增两张地图和三名角色，登录即送装扮。家用净水器滤芯每半年更换一次，上门安装免费。"
).split("。")
LENGTH = 150
UNKNOWN = Resolution(
    Advertiser(None, None, None), LicenceView(LicenceStatus.UNKNOWN, None, False, None, "benchmark")
)


def made(sentences: list[str], rng: random.Random) -> str:
    """Sentences up to a length around `LENGTH` code points."""
    wanted = rng.randint(LENGTH // 2, LENGTH * 3 // 2)
    text = ""
    while len(text) < wanted:
        text += rng.choice(sentences) + "。"
    return text


def texts(analyzer: Analyzer, count: int, share: float) -> list[str]:
    """A stream in which a share of the texts is finance."""
    rng = random.Random(20261122)
    rules = analyzer.ruleset.active
    finance = [sample for rule in rules for sample in (*rule.samples.fire, *rule.samples.silent)]
    everyday = [sentence for sentence in EVERYDAY if sentence]
    mixed = [*finance, *everyday]
    return [made(mixed if rng.random() < share else everyday, rng) for _ in range(count)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--texts", type=int, default=4000)
    parser.add_argument("--share", type=float, default=0.3)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--hanlp")
    parser.add_argument("--embedding")
    parser.add_argument("--heads", type=Path)
    options = parser.parse_args()
    began = time.perf_counter()
    analyzer = Analyzer.load(
        AnalyzerOptions(hanlp=options.hanlp, embedding=options.embedding, heads=options.heads, ocr=False)
    )
    stream = texts(analyzer, options.texts, options.share)
    analyzer.read_many([ScreenInput(text=text) for text in stream[:64]])
    print(f"load {time.perf_counter() - began:.2f} s")
    today = date(2026, 11, 22)
    wall, cpu = time.perf_counter(), time.process_time()
    findings = promotions = 0
    for at in range(0, len(stream), options.batch):
        ads = [ScreenInput(text=text) for text in stream[at : at + options.batch]]
        for reading in analyzer.read_many(ads):
            judgement = analyzer.judge(reading, UNKNOWN, today)
            findings += len(judgement.findings)
            promotions += judgement.promotion
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    characters = sum(map(len, stream))
    print(
        f"{len(stream)} texts, {characters / len(stream):.0f} characters each, {promotions} promotions, {findings} findings"
    )
    print(f"{len(stream) / wall:,.0f} texts/s of wall time, {len(stream) / cpu:,.0f} of CPU time")


if __name__ == "__main__":
    main()
