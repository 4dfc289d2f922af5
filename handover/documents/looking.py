"""Looks at evidence files for the record of an extraction: are they as they were, what was cut, whose clock."""

from pathlib import Path

from findings.errors import EvidenceMissing
from findings.model.crawl import EvidenceRef
from findings.model.evidence import EvidenceStore
from handover.documents.taken import FileLook
from handover.manifest import hash_file
from handover.server_clock import server_clock

#: Addresses of cut bodies that are named; records of one traffic file that are read; bytes of a headers file.
MOST_CUT, MOST_RECORDS, MOST_HEADERS = 5, 20_000, 1_000_000

#: WARC's words for why a body is not whole (ISO 28500:2017, 5.13).
_CUT_ZH = {
    "length": "超过保存上限",
    "time": "页面取证结束时仍在传输",
    "disconnect": "连接中断",
    "unspecified": "原因未记录",
}


class Looks:
    """Looks at each file of an evidence store once, however often it is named."""

    def __init__(self, evidence: EvidenceStore) -> None:
        self._evidence = evidence
        self._seen: dict[tuple[str, str], FileLook] = {}

    def __call__(self, ref: EvidenceRef) -> FileLook:
        """What is found. A file that is gone or altered is a fault, no error."""
        key = (ref.role, ref.sha256)
        if key not in self._seen:
            self._seen[key] = self._look(ref)
        return self._seen[key]

    def _look(self, ref: EvidenceRef) -> FileLook:
        try:
            path = self._evidence.path(ref.sha256)
            found, size = hash_file(path)
        except (EvidenceMissing, OSError):
            return FileLook(fault="缺失")
        if found != ref.sha256:
            return FileLook(fault=f"已被改动（现 SHA-256 为 {found}）")
        role = ref.role.removeprefix("landing_")
        if role == "warc":
            return _traffic(path)
        if role == "headers" and size <= MOST_HEADERS:
            return FileLook(ahead_s=server_clock(path.read_bytes())[1])
        return FileLook()


def _traffic(path: Path) -> FileLook:
    """Who wrote a WARC, and whose bodies in it are not whole."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    software, total, number = "", 0, 0
    cut: list[str] = []
    try:
        with path.open("rb") as file:
            for number, record in enumerate(ArchiveIterator(file), 1):
                if number > MOST_RECORDS:
                    break
                if record.format != "warc":  # any line of words is taken for an ARC of old
                    return FileLook(fault="无法按 WARC 读取")
                if record.rec_type == "warcinfo":
                    said = record.content_stream().read(2000).decode("utf-8", "replace")
                    software = next(
                        (one[9:].strip() for one in said.splitlines() if one.startswith("software:")), ""
                    )
                why = record.rec_headers.get_header("WARC-Truncated")
                if why:
                    total += 1
                    if len(cut) < MOST_CUT:
                        url = record.rec_headers.get_header("WARC-Target-URI") or ""
                        cut.append(f"{url}（{_CUT_ZH.get(why, _CUT_ZH['unspecified'])}）")
    except (ArchiveLoadFailed, OSError, ValueError, EOFError) as error:
        return FileLook(fault=f"无法按 WARC 读取（{error}）", software=software)
    if not number:
        return FileLook(fault="无法按 WARC 读取（没有记录）")
    return FileLook(software=software, cut=tuple(cut), cut_total=total)
