"""A register of a million entries: making it, opening it, asking it; one process, one core.

    OMP_NUM_THREADS=1 python benchmarks/licences_index.py [--entries 1000000] [--folder PATH]

Names are invented from real parts: places, cores of two or three characters, trades, legal forms. Measured are making and
compiling the list, comparing it with a version in which every hundredth entry differs, opening it in a process of
its own (read whole the first time, believed afterwards), that process's memory, names a second and texts.
Hits are registered names, branches and short names; misses have the same parts and stand in no list; near
names have one character of the core exchanged. The hostile text is made of beginnings of names alone.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from findings.model.codes import uscc_check_character
from findings.model.vocabulary import Product
from licences.differences import Differences
from licences.model import LicenceEntry, ListKind, Register
from licences.names import text_key
from licences.registers import Registers
from licences.resolve import check_name
from licences.staging import Staging, store_version
from licences.versions import read_version

ON = date(2026, 11, 22)
ID = "bench"
PLACES = (  # noqa: SIM905 - reads as prose
    "上海 北京 天津 重庆 深圳 广州 杭州 南京 苏州 武汉 成都 西安 青岛 大连 宁波 厦门 长沙 郑州 济南 合肥 福州 昆明 贵阳 南宁 "
    "海口 太原 沈阳 长春 哈尔滨 石家庄 兰州 西宁 银川 乌鲁木齐 拉萨 呼和浩特 无锡 常州 佛山 东莞"
).split()
CORE = (
    "云岫棠松岭溪澜铭瀚泽恒昌隆鑫裕丰华盛瑞祥安泰和顺通达联信诚德仁义嘉汇融金银宝利源兴旺博雅新远景辉煌卓越创"
)
TRADES = (  # noqa: SIM905
    "小额贷款 融资担保 典当 融资租赁 商业保理 私募基金管理 投资咨询 保险经纪 保险代理 消费金融 支付服务 基金销售 信息科技 "
    "网络科技 资产管理 财务咨询"
).split()
FORMS = ("有限公司", "有限责任公司", "股份有限公司")
NAMES, TEXTS = 5_000, 200
_STEP = 38_654_687  # a prime: shares no factor with the number of names


def made(number: int) -> LicenceEntry:
    """Entry `number`; different numbers have different names."""
    # strewn over all names that the parts allow, so that neighbours of a name are mostly nobody's
    rest = number * _STEP % (len(PLACES) * len(TRADES) * len(CORE) ** 3)
    rest, place = divmod(rest, len(PLACES))
    rest, trade = divmod(rest, len(TRADES))
    core = ""
    for _ in range(3):
        rest, char = divmod(rest, len(CORE))
        core += CORE[char]
    name = f"{PLACES[place]}{core}{TRADES[trade]}"
    first = f"91990000{number:09d}"
    return LicenceEntry(
        id=f"{ID}:{number}",
        name=f"{core}{TRADES[trade]}" if number % 5 == 0 else name + FORMS[number % 3],
        full_name=name + FORMS[number % 3],
        licence_type="small_loan",
        uscc=first + uscc_check_character(first),
        licence_no=f"X{number:014d}",
        domains=(f"f{number}.example",) if number % 3 == 0 else (),
        former_names=(f"{PLACES[-place]}{core}{TRADES[trade]}有限公司",) if number % 10 == 0 else (),
        source="bench.csv",
    )


def entries(count: int) -> Iterator[LicenceEntry]:
    """So many of them."""
    return map(made, range(count))


def register(as_of: date) -> Register:
    """The list that holds them."""
    return Register(
        id=ID,
        title_zh="测速名单",
        kind=ListKind.LICENCE,
        as_of=as_of,
        max_age_days=92,
        source="bench",
        products=(Product.LOAN,),
        complete=True,
    )


def timed(title: str, work: Callable[[], object]) -> None:
    """Print how long some work took."""
    started, spent = time.perf_counter(), time.process_time()
    work()
    print(f"{title:44} {time.perf_counter() - started:8.3f} s, {time.process_time() - spent:8.3f} s of CPU")


def memory(title: str) -> None:
    """Print what the process holds, of its own and of mapped files."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    own, mapped = (int(status[name].split()[0]) // 1024 for name in ("RssAnon", "RssFile"))
    print(f"{title:44} {own:6} MB own, {mapped:6} MB of files")


def rate(title: str, names: Sequence[str], ask: Callable[[str], object]) -> None:
    """Print how many names a second of CPU time are answered, and how many are answered with something."""
    spent = time.process_time()
    found = sum(ask(name) is not None for name in names)
    spent = time.process_time() - spent
    print(f"{title:44} {len(names) / spent:8.0f} names/s, {found / len(names):.3f} found", flush=True)


def build(folder: Path, count: int) -> None:
    """Make two versions and compare them."""
    timed("store and compile", lambda: store_version(folder, register(date(2026, 10, 1)), entries(count), ""))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{'most memory while storing':44} {peak:6} MB")
    with Staging(folder, ID) as staging:
        for number, entry in enumerate(entries(count)):
            if number % 100:
                staging.add(entry)
        new = staging.finish(register(date(2026, 11, 1)))
        old = read_version(folder, ID, staging.older or "")
        timed("compare with the older version", lambda: print(Differences(old, new).gone.size, "gone"))
    for path in sorted((folder / ID).iterdir()):
        print(f"{path.name:44} {path.stat().st_size / 1e6:8.1f} MB")


def ask(folder: Path, count: int) -> None:
    """Open the list and ask it."""
    memory("before")
    loaded: list[Registers] = []
    timed("open", lambda: loaded.append(Registers.load(folder)))
    lists = loaded[0]
    timed("open the index", lambda: lists.index)
    memory("opened")
    index = lists.index
    rng = random.Random(20261122)
    some = [made(rng.randrange(count)) for _ in range(NAMES)]
    full = [entry.full_name or "" for entry in some]
    rate("registered names", full, index.name)
    rate("branches", [name + "徐汇分公司" for name in full], index.name)
    rate("short names", [name.split("有限")[0].removesuffix("股份") for name in full], index.name)
    missing = [made(count + rng.randrange(10 * count)).full_name or "" for _ in range(NAMES)]
    rate("misses", missing, index.name)
    near = [name[:3] + rng.choice(CORE) + name[4:] for name in full]
    rate("near names", near, index.name)
    rate("similar to misses", missing, lambda name: index.near(name) or None)
    rate("similar to near names", near, lambda name: index.near(name) or None)
    rate("verdicts on registered names", full, lambda name: check_name(name, Product.LOAN, ON, lists))
    rate("verdicts on misses", missing, lambda name: check_name(name, Product.LOAN, ON, lists))
    rate("verdicts on near names", near, lambda name: check_name(name, Product.LOAN, ON, lists))

    filler = "本店新到一批茶具欢迎选购周末读书会照常举行请携带水杯"
    for title, text in (
        ("text of 150 characters, one name", filler * 5 + full[0]),
        ("text of 22,000, everyday words", filler * 900),
        ("text of 22,000, names one after the other", "".join(full)),
        ("text of 22,000, beginnings of names", "".join(name[:2] for name in full) * 10),
        ("text of 22,000, names without their ends", "".join(name[:-1] for name in full)),
    ):
        key = text_key(text)[:22_000]
        spent = time.process_time()
        for _ in range(TEXTS if len(key) < 1_000 else 5):
            found = list(index.in_text(key))
        spent = (time.process_time() - spent) / (TEXTS if len(key) < 1_000 else 5)
        print(f"{title:44} {spent * 1000:8.2f} ms, {len(found)} found")
    memory("after all that")


def main() -> None:
    """Make in this process, ask in another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument(
        "--folder", type=Path, help="keep the list here; asked without making it where it lies here"
    )
    parser.add_argument("--ask", action="store_true", help="only ask")
    options = parser.parse_args()
    if options.ask:
        ask(options.folder, options.entries)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        if not (folder / ID).is_dir():
            build(folder, options.entries)
        for note in (folder / ID).glob("*.checked"):
            note.unlink()
        for turn in ("first process: the list is read whole", "second process: it is believed"):
            print(f"-- {turn}", flush=True)
            again = ["--ask", "--folder", str(folder), "--entries", str(options.entries)]
            subprocess.run([sys.executable, __file__, *again], check=True)


if __name__ == "__main__":
    main()
