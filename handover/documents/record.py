"""电子数据提取笔录: the record of how the evidence of a case was taken, made from its captures.

Its fields follow what is publicly said of 市场监督管理行政执法电子数据取证暂行规定 (in force 2024-04-07); what could
not be checked against its text is told in docs/papers.md. Nothing is stated that nobody recorded: such fields are
blank for a person to fill.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from findings.model.crawl import Hop
from findings.model.records import CaseView
from findings.model.vocabulary import CATEGORY_ZH, DEVICE_ZH, OUTCOME_ZH, Level, Outcome
from findings.redaction import masked
from handover.documents.filling import fill
from handover.documents.taken import FileTaken, PageTaken
from handover.documents.templates import RECORD, load
from handover.documents.words import BLANK, UNKNOWN, address, instant, line

#: Lines of one list of the record, and files in its table: the rest are counted.
MOST_LINES, MOST_FILES = 200, 1000
#: Hops of one page that are told.
MOST_HOPS = 12
#: A difference between this machine's clock and a server's that is worth a line, in seconds.
CLOCK_S = 60.0
#: People whose names are put in.
MOST_OFFICERS = 6

_HOP_ZH = {"http": "服务器重定向", "meta": "页面自动跳转", "script": "脚本跳转"}
_ROLE_ZH = {
    "html": "网页源代码",
    "headers": "响应头及服务器地址",
    "page_screenshot": "整页截图",
    "screenshot": "整页截图",
    "ad_screenshot": "广告截图",
    "body": "响应正文或页内框架",
    "hops": "跳转链",
    "rendered": "页面显示文字",
    "warc": "网络通信存档（WARC）",
    "certificate": "TLS 证书",
    "capture": "抓取记录",
}


class People(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes the record: names, each with the number of the officer's certificate after a space, where given.
    What is empty stays blank."""

    office: str
    officers: tuple[str, ...] = ()
    witness: str = ""
    holder: str = ""
    place: str = ""


class Extraction(msgspec.Struct, frozen=True, kw_only=True):
    """One record: the case, its pages as they were taken, and when (UTC), by whom and with which software it is
    made."""

    case: CaseView
    pages: tuple[PageTaken, ...]
    people: People
    software: str
    at: datetime


def record_docx(extraction: Extraction, templates: Path | None = None) -> bytes:
    """The record as DOCX, from the office's template in `templates` where it has one. Raises TemplateFault, TemplatesMissing."""
    values = variables(extraction)
    return fill(
        load(RECORD, templates),
        RECORD,
        values,
        title=f"电子数据提取笔录 {extraction.case.id}",
        at=extraction.at,
    )


def variables(extraction: Extraction) -> dict[str, object]:
    """What the record's template may use (docs/papers.md lists them)."""
    case, pages, people = extraction.case, extraction.pages, extraction.people
    times = [at for page in pages for at in (page.at, *(hop.at for hop in page.hops)) if at is not None]
    files = [(number, file) for number, page in enumerate(pages, 1) for file in page.files]
    return {
        "执法机关": line(people.office, 80),
        "案件编号": line(case.id, 80),
        "案由": _matter(case),
        "广告标题": line(masked(case.lead.title or case.lead.text[:60]), 80),
        "广告主": line(masked(case.lead.judgement.advertiser.name or case.lead.advertiser_shown or ""), 80),
        "执法人员": _officers(people.officers),
        "见证人": line(people.witness, 60) if people.witness else BLANK,
        "持有人": line(people.holder, 80) if people.holder else BLANK,
        "地点": line(people.place, 120) if people.place else BLANK,
        "开始时间": instant(min(times)) if times else BLANK,
        "结束时间": instant(max(times)) if times else BLANK,
        "制作时间": instant(extraction.at),
        "网络环境": _network(pages),
        "工具": _tools(extraction),
        "时钟": _clock(pages),
        "对象": _some([f"{_label(number, page)}：{_url(page.url)}" for number, page in enumerate(pages, 1)]),
        "步骤": _some(_steps(pages, extraction.at)),
        "文件": [_file(number, *one) for number, one in enumerate(files[:MOST_FILES], 1)],
        "文件总数": len(files),
        "文件未列": max(0, len(files) - MOST_FILES),
        "异常": anomalies(pages) or ["未发现抓取结果异常、文件缺失或改动、响应正文不完整或明显的时间差异"],
    }


def _matter(case: CaseView) -> str:
    found = sorted({f.category for ad in case.ads for f in ad.judgement.findings if f.level is Level.CLEAR})
    suspected = "、".join(CATEGORY_ZH[number] for number in found)
    return f"涉嫌发布违法金融广告（线索类别：{suspected}）" if suspected else "涉嫌发布违法金融广告（线索）"


def _officers(names: Sequence[str]) -> list[dict[str, str]]:
    """At least two: administrative law enforcement is done by no fewer."""
    people = []
    for given in (*names[:MOST_OFFICERS], *[""] * (2 - len(names))):
        name, _, number = given.strip().partition(" ")
        people.append(
            {"姓名": line(name, 40) if name else BLANK, "证号": line(number, 40) if number else BLANK}
        )
    return people


def _network(pages: Sequence[PageTaken]) -> list[str]:
    ways = {(page.device, page.region, page.proxy): None for page in pages}
    told = [
        f"以{DEVICE_ZH[device]}形态访问，地区：{line(region, 40) if region else '未指定'}，"
        f"{f'出口代理：{line(proxy, 60)}' if proxy else '未经代理'}"
        for device, region, proxy in ways
    ]
    return _some([*told, f"抓取主机的公网地址及网络接入方式：{BLANK}"])


def _tools(extraction: Extraction) -> list[str]:
    judged = [ad.judgement for ad in extraction.case.ads]
    wrote = {file.look.software for page in extraction.pages for file in page.files if file.look.software}
    return [
        f"抓取：{'、'.join(line(one, 100) for one in sorted(wrote)) or '抓取软件版本未作记录'}；"
        "浏览器为 Chromium，其版本见网络通信存档中请求头的 User-Agent",
        f"线索判定：规则库 {_versions(one.ruleset for one in judged)}，模型 {_versions(one.model for one in judged)}",
        f"本笔录生成及校验：{line(extraction.software, 100)}；校验算法 SHA-256",
    ]


def _versions(values: Iterable[str]) -> str:
    return "、".join(line(one, 60) for one in sorted(set(values))) or UNKNOWN


def _clock(pages: Sequence[PageTaken]) -> str:
    known = [file.look.ahead_s for page in pages for file in page.files if file.look.ahead_s is not None]
    against = (
        f"与所访问服务器响应头中的时间相差 {min(known):g} 至 {max(known):g} 秒（正数为抓取主机偏快；服务器时间未经核实，仅供参考）"
        if known
        else "响应头中没有可供比对的服务器时间"
    )
    return f"抓取主机系统时钟，换算为北京时间；是否与标准时间源同步：{BLANK}；{against}"


def _label(number: int, page: PageTaken) -> str:
    return f"第 {number} 页（{'广告链接到达页' if page.behind else '广告所在页'}）"


def _steps(pages: Sequence[PageTaken], at: datetime) -> list[str]:
    """What was done, in order, as the captures record it; then the check that was made with this record."""
    steps = []
    for number, page in enumerate(pages, 1):
        how = "点击广告后到达" if page.clicked else "按广告所示链接访问" if page.behind else "访问"
        source = f"（来源 {line(page.source, 40)}{f'，检索词“{line(masked(page.keyword), 40)}”' if page.keyword else ''}）"
        steps.append(
            f"监测系统以{DEVICE_ZH[page.device]}形态{how}{_label(number, page)}{'' if page.behind else source}：{_url(page.url)}"
        )
        steps += [_hop(count, hop) for count, hop in enumerate(page.hops[:MOST_HOPS])]
        if len(page.hops) > MOST_HOPS:
            steps.append(f"其后另有 {len(page.hops) - MOST_HOPS} 次跳转，见跳转链文件")
        if page.lost:
            continue
        reached = (
            f"，最终地址 {_url(page.final_url)}" if page.final_url and page.final_url != page.url else ""
        )
        outcome = OUTCOME_ZH[page.outcome] if page.outcome else UNKNOWN
        certificate = f"，TLS 证书 SHA-256 为 {page.certificate.sha256}" if page.certificate else ""
        steps.append(
            f"{_label(number, page)}抓取结果：{outcome}{reached}，服务器 IP 地址 {line(page.ip, 45)}{certificate}"
        )
        shots = sum("screenshot" in file.ref.role for file in page.files)
        if page.files:
            taken = f"{instant(page.at)}，" if page.at and not page.behind else ""
            steps.append(
                f"{taken}固定{_label(number, page)}：保存 {len(page.files)} 个文件（其中截图 {shots} 张），保存时即按内容计算 "
                "SHA-256，并以该值命名存入证据库"
            )
    every = [file for page in pages for file in page.files]
    sound = sum(not file.look.fault for file in every)
    steps.append(
        f"{instant(at)}，制作本笔录时对上述 {len(every)} 个文件重新计算 SHA-256：{sound} 个与保存时一致，"
        f"{len(every) - sound} 个不一致、缺失或无法读取"
    )
    return steps


def _hop(count: int, hop: Hop) -> str:
    """One answer on the way: a hop's kind says how its address was reached, its time when it answered."""
    way = "请求" if count == 0 else f"经{_HOP_ZH.get(hop.kind, '跳转')}转到"
    answer = f"，应答状态码 {hop.status}" if hop.status is not None else "，未记录应答状态"
    return f"{instant(hop.at)}，{way} {_url(hop.url)}{answer}"


def _file(number: int, page: int, file: FileTaken) -> dict[str, object]:
    ref = file.ref
    return {
        "序号": number,
        "页": page,
        "类别": _role(file),
        "格式": line(ref.media_type.partition(";")[0], 40),
        "大小": f"{ref.size:,}",
        "哈希": line(ref.sha256, 64),
        "核验": line(file.look.fault, 100) if file.look.fault else "一致",
    }


def _role(file: FileTaken) -> str:
    return _ROLE_ZH.get(file.ref.role.removeprefix("landing_"), line(file.ref.role, 30))


def anomalies(pages: Sequence[PageTaken]) -> list[str]:
    """What a reader must know that does not fit: outcomes, lost files and records, cut bodies, clocks."""
    told = []
    for number, page in enumerate(pages, 1):
        label = _label(number, page)
        if page.lost:
            told.append(f"{label}：抓取记录已不在库中，仅有出现记录及证据文件")
        elif page.outcome is not Outcome.OK:
            why = f"（{line(masked(page.detail), 160)}）" if page.detail else ""
            told.append(f"{label}：抓取结果为“{OUTCOME_ZH[page.outcome] if page.outcome else UNKNOWN}”{why}")
        elif page.detail:
            told.append(f"{label}：{line(masked(page.detail), 160)}")
        if not page.files:
            told.append(f"{label}：没有保存证据文件")
        for file in page.files:
            if file.look.fault:
                told.append(f"{label}：{_role(file)} {file.ref.sha256[:16]}…：{line(file.look.fault, 120)}")
            if file.look.cut_total:
                named = "；".join(_url(url) for url in file.look.cut)
                told.append(f"{label}：网络通信存档中有 {file.look.cut_total} 个响应正文不完整：{named}")
            if file.look.ahead_s is not None and abs(file.look.ahead_s) > CLOCK_S:
                told.append(
                    f"{label}：抓取主机时钟与服务器响应头时间相差 {timedelta(seconds=abs(file.look.ahead_s))}"
                    f"（抓取主机{'偏快' if file.look.ahead_s > 0 else '偏慢'}）"
                )
    return _some(told)


def _url(url: str) -> str:
    return address(url, 500, "证据文件")


def _some(lines: Sequence[str]) -> list[str]:
    """No more than a record holds; what is left out is counted."""
    if len(lines) <= MOST_LINES:
        return list(lines)
    return [*lines[: MOST_LINES - 1], f"另有 {len(lines) - MOST_LINES + 1} 项，见证据文件"]
