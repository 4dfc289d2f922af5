"""finadwatch evidence verify: check a package, batch or ZIP offline, or the whole evidence store."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import example, json_option
from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.show import emit, safe

if TYPE_CHECKING:
    from handover.times import TimeSeen


_FINGERPRINT = re.compile("[0-9a-fA-F]{64}")


@click.command(
    "verify",
    help=t(
        "离线校验证据包、移送批次（文件夹或 ZIP）：签名、每个文件、每个时间戳，不符的逐一列出；不给路径则校验整个证据库。",
        "Check a package or batch (folder or ZIP) offline: signature, every file, every time stamp; what fails is named. "
        "Without a path, the whole evidence store.",
    )
    + "\n\n"
    + example(
        "finadwatch evidence verify takedown/2026-0001",
        "finadwatch evidence verify c1-0123….zip --key 3f:2a:…",
    ),
)
@click.argument("package", required=False, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--key", "trusted_key", help=t("发出机关公钥指纹（SHA-256）", "fingerprint of the sender's key")
)
@json_option
@click.pass_obj
def verify(desk: Desk, package: Path | None, trusted_key: str | None, as_json: bool) -> int:
    """Exit 0 if all is sound, 1 if a file, the signature, the key or a time fails; each is named."""
    if package is None:
        return _verify_store(desk, as_json)
    from finadwatch.packaging import key_ring, known_roots
    from handover.manifest import NOT_PROVEN_EN, NOT_PROVEN_ZH
    from handover.verify import verify as check

    if trusted_key is not None and not _FINGERPRINT.fullmatch(trusted_key.replace(":", "")):
        raise click.UsageError(
            t(
                "--key 应为 64 位十六进制指纹",
                "--key is a fingerprint of 64 hex digits, with or without colons",
            )
        )
    report = check(package, trusted_key=trusted_key, whose=key_ring(desk).standing, roots=known_roots(desk))
    if as_json:
        emit(report)
        return 0 if report.sound else 1
    for fault in report.faults:
        click.echo(f"✗ {safe(fault.path)}: {safe(fault.said(language()))}")
    for seen in report.times:
        click.echo(_time_line(seen))
    if not report.times:
        click.echo(
            t(
                "○ 没有时间戳：抓取时间仅以抓取主机时钟为据",
                "○ no time stamps: only the capturing machine's clock speaks for the times of capture",
            )
        )
    whose = report.standing.zh if language() == "zh" else report.standing.text
    click.echo(
        t(
            f"{'批次' if report.kind == 'batch' else '证据包'} {safe(report.number[:200])}（{safe(report.office[:200])}，"
            f"{report.created_at:%Y-%m-%dT%H:%M:%SZ} 签出）：{report.files} 个文件，"
            f"{'全部一致' if report.sound else f'{len(report.faults)} 处不符'}",
            f"{report.kind} {safe(report.number[:200])} ({safe(report.office[:200])}, signed {report.created_at:%Y-%m-%dT%H:%M:%SZ}): "
            f"{report.files} files, {'sound' if report.sound else f'{len(report.faults)} faults'}",
        )
    )
    click.echo(
        t(
            f"签名公钥 {report.key or '不可读'}：{safe(whose)}",
            f"key {report.key or 'unreadable'}: {safe(whose)}",
        )
    )
    click.echo(t(NOT_PROVEN_ZH, NOT_PROVEN_EN))
    return 0 if report.sound else 1


def _time_line(seen: "TimeSeen") -> str:
    name = safe(seen.authority)
    where = f"{safe(seen.package)}: " if seen.package else ""
    if seen.gap is not None:
        why = (seen.gap_zh if language() == "zh" else seen.gap) or ""
        return t(
            f"○ {where}没有 {name} 的时间戳：{safe(why)}", f"○ {where}no time stamp of {name}: {safe(why)}"
        )
    if seen.at is None:
        return t(f"✗ {where}{name} 的时间戳无法核验", f"✗ {where}the time stamp of {name} can't be checked")
    minutes = t("分钟", "min")
    delay = "" if seen.delay_s is None else f"{seen.delay_s / 60:+.1f} {minutes}"
    late = t("，晚于抓取十分钟", ", later than ten minutes") if seen.late else ""
    known = (
        ""
        if seen.known
        else t(
            "；其根证书本机未配置，仅与随附证书相符",
            "; its root certificate is not configured here, it only fits the one enclosed",
        )
    )
    return t(
        f"✓ {where}{name} {seen.at:%Y-%m-%dT%H:%M:%SZ} 时间戳，{seen.covers} 个文件，距抓取 {delay}{late}{known}",
        f"✓ {where}time stamp of {name} {seen.at:%Y-%m-%dT%H:%M:%SZ}, {seen.covers} files, {delay} from capture{late}{known}",
    )


def _verify_store(desk: Desk, as_json: bool) -> int:
    from finadwatch.stamping import stamps_folder
    from findings.errors import EvidenceAltered, EvidenceMissing
    from handover.timestamps.audit import audit
    from handover.timestamps.records import Records

    evidence = desk.evidence()
    files, stamps, faults = 0, 0, []
    for sha256 in evidence:
        files += 1
        try:
            evidence.get(sha256)
        except (EvidenceAltered, EvidenceMissing) as error:
            faults.append(error.said(language()))
    for checked in audit(Records(stamps_folder(desk)), evidence):
        stamps += 1
        faults += [fault.said(language()) for fault in checked.faults]
    if as_json:
        emit({"files": files, "stamps": stamps, "faults": faults})
    else:
        for fault in faults:
            click.echo(f"✗ {safe(fault)}")
        click.echo(
            t(
                f"证据库 {files} 个文件，时间戳清单 {stamps} 份，{len(faults)} 处不符",
                f"{files} files, {stamps} stamp lists, {len(faults)} faults",
            )
        )
    return 1 if faults else 0
