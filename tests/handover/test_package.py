"""A package holds what was captured, says what is missing, and can be checked without us."""

import json
import random
import shutil
import struct
import subprocess
import sys
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from PIL import Image

from findings.evidence import FolderEvidenceStore
from findings.model.crawl import Hop
from findings.model.judgement import Box, Span
from handover.errors import BatchBroken
from handover.guide import Tokens
from handover.manifest import Manifest
from handover.package.facts import Package
from handover.package.marking import PictureUnreadable, framed
from handover.package.words import locate, read_rendered
from handover.package.write import write_package
from handover.sealing import seal
from handover.signing import Signer
from handover.timestamps.checking import ask, check_token
from handover.verify import verify
from tests.support import packaged, records
from tests.support.timestamp_authority import Certified


@pytest.fixture
def packed(tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer) -> Package:
    """A package with a time stamp."""
    case, _, _ = packaged.whole(evidence)
    hashes = frozenset(ref.sha256 for ref in case.evidence)
    stamped = packaged.stamp(evidence, hashes, Certified(tmp_path / "tsa"))
    return packaged.write(tmp_path / "package", evidence, signer, stamped)


def said(package: Package) -> Any:
    return json.loads((package.folder / "case.json").read_text("utf-8"))


def test_a_package_holds_what_was_captured_untouched_under_names_that_say_what_it_is(
    packed: Package, evidence: FolderEvidenceStore
) -> None:
    here = {entry.path for entry in packed.files}
    page = {
        "page.png",
        "page.html.txt",
        "page-text.jsonl",
        "hops.json",
        "headers.json",
        "certificate.pem",
        "traffic.warc.gz",
    }
    assert {f"captures/01/{name}" for name in page} | {
        "captures/01/capture.wacz", "captures/01/ad-01.png", "captures/01/landing-01-1/page.png", "VERIFY.md", "SHA256SUMS",
        "captures/01/landing-01-1/traffic.warc.gz", "case.json", "signing-key.pub.pem", "manifest.json", "manifest.json.sig",
    } <= here  # fmt: skip
    kept = [file for capture in said(packed)["captures"] for file in capture["files"]]
    assert len(kept) == 14
    for file in kept:
        assert (packed.folder / file["file"]).read_bytes() == evidence.get(file["sha256"])


def test_quoted_words_are_framed_where_they_stand_and_only_in_the_ad(packed: Package) -> None:
    (page, own, landing) = said(packed)["marked"]
    assert [word["boxes"] for word in page["words"]] == [
        [{"x": 40, "y": 154, "width": 400, "height": 20}],
        [{"x": 40, "y": 154, "width": 400, "height": 20}],
    ]
    assert own["words"][0]["boxes"] == [{"x": 0, "y": 34, "width": 400, "height": 20}]
    assert len(landing["words"][0]["boxes"]) == 2
    with Image.open(packed.folder / page["copies"][0]) as image:
        red, green, blue = image.convert("RGB").getpixel((38, 170 - page["parts"][0]["y"]))
    assert red > 150 > max(green, blue)


@pytest.mark.parametrize(
    ("again", "framed_on"),
    [
        pytest.param(False, ["captures/01/ad-01.png"], id="the-picture-that-was-read"),
        pytest.param(True, [], id="a-later-picture"),
    ],
)
def test_words_read_in_a_picture_are_framed_on_that_picture_alone(
    tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer, again: bool, framed_on: list[str]
) -> None:
    case, sightings, captures = packaged.whole(evidence)
    span = Span("image", 0, 4, "保本保息", Box(10, 10, 60, 20))
    first = packaged.AT - timedelta(days=1) if again else packaged.AT
    judged = records.judgement(records.finding(spans=(span,)))
    ad = replace(case.lead, judgement=judged, landing=None, first_seen=first)
    made = write_package(
        replace(case, ads=(ad,)), sightings, captures, evidence, (), tmp_path / "p", packaged.FACTS, signer
    )
    assert [one["picture"] for one in said(made)["marked"] if one["copies"]] == framed_on
    assert said(made)["unframed"] == ([] if framed_on else ["保本保息"])


@pytest.mark.slow
def test_a_wacz_is_one_for_the_library_that_defines_it(packed: Package) -> None:
    command = [
        sys.executable,
        "-m",
        "wacz",
        "validate",
        "-f",
        str(packed.folder / "captures/01/capture.wacz"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "is valid" in done.stdout) == (0, True), done.stdout + done.stderr


def test_facts_are_masked_and_evidence_is_not(packed: Package) -> None:
    text = (packed.folder / "case.json").read_text("utf-8")
    assert "13800138000" not in text
    assert "王小明" not in text
    assert "13800138000" in (packed.folder / "captures/01/page.html.txt").read_text("utf-8")
    basis = said(packed)["ads"][0]["judgement"]["findings"][0]["basis"][0]
    assert (basis["law"], basis["article"]) == ("广告法", "25(1)")


def test_times_are_told_with_their_clocks(packed: Package) -> None:
    facts = said(packed)
    page = facts["captures"][0]
    assert (page["server_date"], page["clock_difference_s"]) == ("Fri, 20 Nov 2026 03:59:58 GMT", 2.0)
    token, gap = facts["stamps"]
    assert (token["authority"], token["late"], token["covers"]) == ("甲时间戳", True, 12)
    assert (gap["authority"], gap["gap_zh"]) == ("乙时间戳", "尚未请求")
    assert facts["unstamped"] == 0


def test_the_same_case_gives_the_same_bytes_but_for_the_time_of_writing(
    packed: Package, tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer
) -> None:
    again, later = (
        packaged.write(tmp_path / name, evidence, signer, facts=facts)
        for name, facts in [
            ("again", packaged.FACTS),
            ("later", replace(packaged.FACTS, at=packaged.FACTS.at + timedelta(days=1))),
        ]
    )
    third = packaged.write(tmp_path / "third", evidence, signer)
    assert again.files == third.files
    changed = {one.path for one in set(again.files) ^ set(later.files)}
    assert changed == {"case.json", "SHA256SUMS", "manifest.json", "manifest.json.sig"}


def test_what_the_store_lost_or_altered_is_named_and_the_package_made(
    tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer
) -> None:
    case, sightings, captures = packaged.whole(evidence)
    gone, changed = case.evidence[0].sha256, case.evidence[2].sha256
    evidence.path(gone).unlink()
    evidence.path(changed).chmod(0o600)
    evidence.path(changed).write_bytes(b"other")
    made = write_package(case, sightings, captures, evidence, (), tmp_path / "p", packaged.FACTS, signer)
    assert [any(sha256 in line for line in made.missing) for sha256 in (gone, changed)] == [True, True]
    assert said(made)["missing"] == list(made.missing)
    assert verify(made.folder).sound


def test_a_capture_that_the_store_has_no_more_leaves_its_files(
    tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer
) -> None:
    case, sightings, _ = packaged.whole(evidence)
    made = write_package(case, sightings, {}, evidence, (), tmp_path / "p", packaged.FACTS, signer)
    names = {entry.path for entry in made.files}
    assert {"captures/01/page.png", "captures/01/behind-page.png", "captures/01/capture.wacz"} <= names


def _bomb() -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 1)
    data = b"IDAT" + zlib.compress(bytes(1000))
    chunks = b"".join(
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (head, data, b"IEND")
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(
    ("role", "data", "outcome"),
    [
        pytest.param("page_screenshot", _bomb(), "too large", id="picture-bomb"),
        pytest.param("page_screenshot", b"\x89PNG\r\n\x1a\n nothing", "can't be read", id="broken-picture"),
        pytest.param("page_screenshot", packaged.picture()[:2000], "can't be read", id="cut-picture"),
        pytest.param("rendered", b'{"text": \n[[[[\n' + packaged.rendered(), "2 lines", id="broken-rendered"),
        pytest.param("rendered", b"", "not found", id="empty-rendered"),
        pytest.param("warc", b"", "holds no answer", id="empty-warc"),
        pytest.param("warc", packaged.traffic("https://baidu.example/s")[:-150], "breaks off", id="cut-warc"),
        pytest.param("warc", b"no warc at all", "the WARC can't be read", id="no-warc"),
        pytest.param("headers", b'{"headers": [["date", 5]], "at": "never"}', "server_date\": null", id="headers"),
    ],
)  # fmt: skip
def test_hostile_evidence_has_its_outcome_and_the_package_is_made(
    tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer, role: str, data: bytes, outcome: str
) -> None:
    made = packaged.write(tmp_path / "p", evidence, signer, **{role: data})
    assert outcome in (made.folder / "case.json").read_text("utf-8")
    assert verify(made.folder).sound


def test_hostile_words_reach_no_file_name(
    tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer
) -> None:
    case, sightings, captures = packaged.whole(
        evidence, name="../../\u202egnp.exe\u2066", url="https://x.example/" + "a" * 10_000
    )
    (task, capture), *_ = captures.items()
    odd = evidence.put(b"x", role="../../../etc/\u202e", media_type="text/x-shellscript")
    hops = tuple(Hop("https://y.example/" + "b" * 10_000, 302, "http", packaged.AT) for _ in range(20))
    captures = {task: replace(capture, evidence=(*capture.evidence, odd), hops=hops)}
    made = write_package(case, sightings, captures, evidence, (), tmp_path / "p", packaged.FACTS, signer)
    assert {path.name for path in tmp_path.iterdir()} == {"p", "evidence", "keys"}
    assert all(entry.path.isascii() and ".." not in entry.path for entry in made.files)
    assert packaged.by_hand(made.folder) == []


@pytest.mark.slow
def test_each_kind_of_file_with_one_bit_turned_is_named_by_us_and_by_the_page(packed: Package) -> None:
    assert verify(packed.folder).faults == ()
    assert packaged.by_hand(packed.folder) == []
    chance = random.Random(8)
    for name in (
        "manifest.json", "manifest.json.sig", "signing-key.pub.pem", "SHA256SUMS", "VERIFY.md", "case.json", "stamps/01-1.tsr",
        "stamps/01.txt", "stamps/01-1-roots.pem", "captures/01/page.png", "captures/01/capture.wacz",
        "captures/01/traffic.warc.gz",
    ):  # fmt: skip
        path = packed.folder / name
        page = shutil.copyfile(packed.folder / "VERIFY.md", packed.folder.parent / "VERIFY.md").read_text(
            "utf-8"
        )
        whole = packaged.flip(path, chance.randrange(path.stat().st_size * 8))
        named = _named(packed.folder)
        signed = {"manifest.json", "manifest.json.sig"}
        assert named & signed if name in signed else name in named, name
        assert packaged.by_hand(packed.folder, page) != [], name
        path.write_bytes(whole)
    assert verify(packed.folder).sound


def _named(folder: Path) -> set[str]:
    try:
        return {fault.path for fault in verify(folder).faults}
    except BatchBroken as broken:  # a manifest that is no manifest any more
        return {"manifest.json"} if "manifest.json" in str(broken) else set()


def test_a_changed_picture_is_all_that_is_named(packed: Package) -> None:
    packaged.flip(packed.folder / "captures/01/page.png", 77)
    report = verify(packed.folder)
    assert [fault.path for fault in report.faults] == ["captures/01/page.png"]
    assert [(seen.authority, seen.at is None) for seen in report.times] == [
        ("甲时间戳", False),
        ("乙时间戳", True),
    ]


def test_a_token_of_another_authority_fails_though_the_office_signed_for_it(
    packed: Package, tmp_path: Path, signer: Signer
) -> None:
    manifest = msgspec.json.decode((packed.folder / "manifest.json").read_bytes(), type=Manifest)
    listing, token, roots = (f"stamps/01{end}" for end in (".txt", "-1.tsr", "-1-roots.pem"))
    facts = check_token(*((packed.folder / name).read_bytes() for name in (token, listing, roots)))
    other = Certified(tmp_path / "other")
    (packed.folder / token).write_bytes(other.reply(ask((packed.folder / listing).read_bytes()).request))
    shown = Tokens(listing=listing, token=token, roots=roots, authority="甲", at=facts.at)
    seal(packed.folder, manifest, signer, tokens=[shown])
    assert [(fault.path, fault.kind) for fault in verify(packed.folder).faults] == [(token, "time")]
    assert len(packaged.by_hand(packed.folder)) == 1


def test_files_too_many_too_few_and_linked_are_named_by_us_and_by_the_page(
    packed: Package, tmp_path: Path
) -> None:
    for change, wanted in (
        (lambda: (packed.folder / "case.json").rename(tmp_path / "gone"), {("case.json", "missing")}),
        (lambda: (packed.folder / "case.json").symlink_to(tmp_path / "gone"), {("case.json", "missing"), ("case.json", "unlisted")}),
        (lambda: (tmp_path / "gone").replace(packed.folder / "case.json"), set()),
        (lambda: (packed.folder / "captures/note\u202e.txt").write_text("?"), {("captures/note\u202e.txt", "unlisted")}),
    ):  # fmt: skip
        change()
        assert {(fault.path, fault.kind) for fault in verify(packed.folder).faults} == wanted
        assert (packaged.by_hand(packed.folder) != []) == bool(wanted)


@pytest.mark.parametrize(
    ("quoted", "within", "boxes", "why"),
    [
        pytest.param("保本 保息", None, 2, None, id="spaces-don't-count"),
        pytest.param("保本保息", packaged.AD_BOX, 1, None, id="in-the-ad"),
        pytest.param("另一家", packaged.AD_BOX, 0, "outside", id="of-another-ad"),
        pytest.param("星河理财保本", None, 2, None, id="over-two-pieces"),
        pytest.param("贷款", None, 0, "not found", id="nowhere"),
        pytest.param("保", None, 0, "too short", id="one-sign"),
    ],
)
def test_words_are_found_in_drawn_text(quoted: str, within: Box | None, boxes: int, why: str | None) -> None:
    (words,) = locate(read_rendered(packaged.rendered()), [quoted], within)
    assert len(words.boxes) == boxes
    assert why in (words.why or "") if why else words.why is None


def test_frames_off_the_picture_draw_nothing_outside() -> None:
    (copy,) = framed(packaged.picture(), [Box(10_000, 1_590, 5, 500)])
    assert copy.part == Box(0, 1_510, 1000, 90)
    with pytest.raises(PictureUnreadable, match="can't be read"):
        framed(b"GIF89a", [Box(0, 0, 5, 5)])
