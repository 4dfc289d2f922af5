"""finadwatch evidence: check what was kept and what was handed over."""

from pathlib import Path

import click

from finadwatch.commands.evidence_record import record
from finadwatch.commands.options import example, json_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import emit, safe


@click.group(
    help=t("校验证据。", "Check evidence.")
    + "\n\n"
    + example("finadwatch evidence verify takedown/2026-0001")
)
def command() -> None:
    """Group."""


command.add_command(record)


@command.command(
    help=t(
        "离线校验一个批次（签名与每个文件）；不给路径则校验整个证据库。",
        "Check a batch offline (signature and every file); without a path, the whole evidence store.",
    )
)
@click.argument("package", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--key", "trusted_key", help=t("发出机关公钥指纹（SHA-256）", "fingerprint of the sender's key")
)
@json_option
@click.pass_obj
def verify(desk: Desk, package: Path | None, trusted_key: str | None, as_json: bool) -> int:
    """Exit 0 if all is sound, 1 if a file, the signature or the key fails; each is named."""
    if package is None:
        return _verify_store(desk, as_json)
    from handover.verify import verify as check

    report = check(package, trusted_key=trusted_key)
    if as_json:
        emit(report)
        return 0 if report.sound else 1
    for fault in report.faults:
        click.echo(f"✗ {safe(fault.path)}: {safe(fault.detail)}")
    click.echo(
        t(
            f"批次 {report.number}：{report.files} 个文件，{'全部一致' if report.sound else f'{len(report.faults)} 处不符'}；签名公钥 {report.key}",
            f"batch {report.number}: {report.files} files, {'sound' if report.sound else f'{len(report.faults)} faults'}; key {report.key}",
        )
    )
    click.echo(report.not_proven)
    return 0 if report.sound else 1


def _verify_store(desk: Desk, as_json: bool) -> int:
    from findings.errors import EvidenceAltered, EvidenceMissing

    evidence = desk.evidence()
    files, faults = 0, []
    for sha256 in evidence:
        files += 1
        try:
            evidence.get(sha256)
        except (EvidenceAltered, EvidenceMissing) as error:
            faults.append(str(error))
    if as_json:
        emit({"files": files, "faults": faults})
    else:
        for fault in faults:
            click.echo(f"✗ {fault}")
        click.echo(t(f"证据库 {files} 个文件，{len(faults)} 个不符", f"{files} files, {len(faults)} faults"))
    return 1 if faults else 0
