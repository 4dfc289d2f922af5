"""A case as a crawl leaves it, with real pictures, drawn text and traffic, for packages. Everything is invented."""

import io
import json
import re
import subprocess
import textwrap
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace
from PIL import Image, ImageDraw

from findings.model.crawl import Capture, EvidenceRef, Hop, Landing, SeenAd, TextRun
from findings.model.evidence import EvidenceStore
from findings.model.judgement import Box, Icp, Span
from findings.model.records import CaseView, Sighting
from findings.model.vocabulary import CaseState, Outcome, Slot
from handover.package.facts import Package, PackageFacts
from handover.package.write import write_package
from handover.signing import Signer
from handover.timestamps.checking import ask, check_token
from handover.timestamps.listing import stamp_list, written
from handover.timestamps.model import LIST_ROLE, ROOTS_ROLE, TOKEN_ROLE, ListRecord, Stamp, Token
from tests.support import records
from tests.support.timestamp_authority import Certified

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TEXT = "保本保息，年化12.5%，联系人：王小明 13800138000"
AD_BOX = Box(40, 120, 600, 90)
LINES = (
    ("理财 搜索结果", Box(40, 40, 300, 24)),
    ("星河理财", Box(40, 124, 200, 24)),
    ("保本保息，年化 12.5%", Box(40, 154, 400, 20)),
    ("联系人：王小明 13800138000", Box(40, 180, 400, 20)),
    ("另一家的广告：保本保息", Box(40, 400, 400, 20)),
)


@cache
def picture(width: int = 1000, height: int = 1600, seed: int = 1) -> bytes:
    """A page's picture: lines, and a patch of noise that no coding makes smaller."""
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    for top in range(20, height, 24):
        pen.line((40, top, min(width, 40 + (top * 7919 * seed) % 800), top), fill="black", width=9)
    image.paste(
        Image.effect_noise((min(width, 300), min(height, 200)), 64 + seed).convert("RGB"), (width // 2, 60)
    )
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


def rendered(lines: tuple[tuple[str, Box | None], ...] = LINES) -> bytes:
    """The evidence file `rendered`."""
    runs = [TextRun(text=text, size_px=16, contrast=12.0, visible=True, box=box) for text, box in lines]
    return b"".join(msgspec.json.encode(run) + b"\n" for run in runs)


@cache
def traffic(url: str, answers: int = 3) -> bytes:
    """A gzipped WARC of a page and what it loaded, as a crawl writes it."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import BufferWARCWriter

    writer = BufferWARCWriter(gzip=True, warc_version="1.1")
    writer.write_record(writer.create_warcinfo_record("t.warc.gz", {"software": "test"}))
    for count in range(answers):
        at = url if count == 0 else f"{url}/{count}.js"
        head = StatusAndHeaders(
            "200 OK", [("Content-Type", "text/html" if count == 0 else "text/javascript")], "HTTP/1.1"
        )
        body = io.BytesIO(f"<html>保本 {count}".encode())
        writer.write_record(
            writer.create_warc_record(
                at, "response", payload=body, http_headers=head,
                warc_headers_dict={"WARC-Date": "2026-11-20T04:00:00Z", "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{count:012d}>"},
            )
        )  # fmt: skip
    return writer.get_contents()


CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def page_files(
    evidence: EvidenceStore, url: str, *, behind: bool = False, **other: bytes
) -> tuple[EvidenceRef, ...]:
    """The files of one visit, by role; `other` puts its own bytes in a role's place."""
    hops = [{"url": url, "status": 200, "kind": "http", "at": AT.isoformat()}]
    headers = {
        "url": url,
        "status": 200,
        "ip": "192.0.2.9",
        "at": AT.isoformat(),
        "headers": [["Date", "Fri, 20 Nov 2026 03:59:58 GMT"]],
    }
    data = {
        "html": (f"<html><p>{TEXT}".encode(), "text/html; charset=utf-8"),
        "headers": (json.dumps(headers).encode(), "application/json"),
        "page_screenshot": (picture(seed=2 if behind else 1), "image/png"),
        "rendered": (rendered(), "application/x-ndjson"),
        "hops": (json.dumps(hops).encode(), "application/json"),
        "certificate": (CERTIFICATE, "application/x-pem-file"),
        "warc": (traffic(url), "application/warc"),
    }
    data |= {role: (content, data[role][1]) for role, content in other.items()}
    names = {"page_screenshot": "landing_screenshot", "hops": "hops"}
    return tuple(
        evidence.put(
            content, role=names.get(role, f"landing_{role}") if behind else role, media_type=media_type
        )
        for role, (content, media_type) in data.items()
    )


def whole(
    evidence: EvidenceStore, name: str = "星河理财", url: str = "https://licai.example/join", **other: bytes
) -> tuple[CaseView, list[Sighting], dict[str, Capture]]:
    """A case of one ad that was seen twice, its sightings, and the capture of the last one."""
    spans = (Span("text", 0, 4, "保本保息"), Span("text", 5, 12, "年化12.5%"))
    ad = records.ad(TEXT, records.finding(spans=spans), title=name, url=url)
    refs = page_files(evidence, "https://baidu.example/s", **other)
    own = io.BytesIO()
    with Image.open(io.BytesIO(picture())) as page:
        page.crop((AD_BOX.x, AD_BOX.y, AD_BOX.x + AD_BOX.width, AD_BOX.y + AD_BOX.height)).save(own, "PNG")
    shot = evidence.put(own.getvalue(), role="ad_screenshot", media_type="image/png")
    landing = Landing(
        url=url, outcome=Outcome.OK, final_url=url, text="立即加入", ip="192.0.2.10",
        icp=Icp(number="虚ICP备2026000001号"), hops=(Hop(url, 200, "http", AT),),
        evidence=page_files(evidence, url, behind=True),
    )  # fmt: skip
    seen = SeenAd(
        title=name, text=TEXT, slot=Slot.TOP, position=1, mark="广告", landing_url=url, landing=landing, box=AD_BOX,
        evidence=(shot,),
    )  # fmt: skip
    first, last = records.task("r1"), records.task("r2")
    capture = replace(records.capture(last, at=AT), ads=(seen,), evidence=refs, ip="192.0.2.9")
    sightings = [
        records.sighting(ad, first, AT - timedelta(days=1)),
        replace(records.sighting(ad, last, AT), evidence=(*refs, shot, *landing.evidence)),
    ]
    case = CaseView(
        id=ad.case_id, state=CaseState.OPEN, ads=(ad,), first_seen=sightings[0].at, last_seen=AT, runs=2, sightings=2,
        evidence=sightings[1].evidence,
    )  # fmt: skip
    return case, sightings, {last.id: capture}


FACTS = PackageFacts(
    office="测试市市场监督管理局",
    actor="张三",
    software="finadwatch test",
    at=datetime(2026, 11, 22, 8, 30, tzinfo=UTC),
)


def stamp(evidence: EvidenceStore, hashes: frozenset[str], certified: Certified) -> Stamp:
    """A list of these hashes, stamped by a real authority; a second one never answered."""
    data = written(stamp_list(AT, AT, hashes))
    answer = certified.reply(ask(data).request)
    facts = check_token(answer, data, certified.roots.read_bytes())
    token = Token(
        authority="甲时间戳",
        file=evidence.put(answer, role=TOKEN_ROLE, media_type="application/timestamp-reply"),
        roots=evidence.put(
            certified.roots.read_bytes(), role=ROOTS_ROLE, media_type="application/x-pem-file"
        ),
        at=facts.at,
        asked_at=facts.at,
        kept_at=facts.at,
    )
    record = ListRecord(
        listing=evidence.put(data, role=LIST_ROLE, media_type="text/plain"),
        begin=AT,
        end=AT,
        made_at=AT,
        hashes=len(hashes),
        authorities=("甲时间戳", "乙时间戳"),
        tokens=(token,),
    )
    return Stamp(record=record, covers=hashes)


def write(
    folder: Path,
    evidence: EvidenceStore,
    signer: Signer,
    *stamps: Stamp,
    facts: PackageFacts = FACTS,
    **other: Any,
) -> Package:
    """The package of a case (`whole`)."""
    case, sightings, captures = whole(evidence, **other)
    return write_package(case, sightings, captures, evidence, stamps, folder, facts, signer)


def by_hand(folder: Path, page: str | None = None) -> list[str]:
    """The steps of `VERIFY.md` (or of the page given) that fail, run as they stand."""
    text = page or (folder / "VERIFY.md").read_text("utf-8")
    steps = [textwrap.dedent(block) for block in re.findall(r"^ *```sh\n(.*?)^ *```$", text, re.M | re.S)]
    assert len(steps) >= 4
    return [
        step
        for step in steps
        if subprocess.run(["sh", "-c", step], cwd=folder, capture_output=True, timeout=60).returncode != 0
    ]


def flip(path: Path, bit: int) -> bytes:
    """Turn one bit of a file over; return the bytes as they were."""
    whole = path.read_bytes()
    changed = bytearray(whole)
    changed[bit // 8 % len(whole)] ^= 1 << bit % 8
    path.write_bytes(changed)
    return whole
