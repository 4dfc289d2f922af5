"""finadwatch evidence package CASE: the evidence of a case as a signed folder."""

from pathlib import Path

import click

from finadwatch.commands.options import example, office_options
from finadwatch.context import Desk
from finadwatch.errors import SomeFailed
from finadwatch.i18n import t
from finadwatch.show import emit, progress, safe


@click.command(
    "package",
    help=t(
        "把案件线索的证据写成签名的证据包：截图（及标出引文的副本）、HTML、WARC 与 WACZ、呈现文字、跳转链、证书、时间戳、"
        "案情 case.json、校验表与签名，附不用本软件的核验方法 VERIFY.md。证据原样写出，记入审计日志。",
        "Write the evidence of a case as a signed package: pictures (and copies with the quoted words framed), HTML, WARC "
        "and WACZ, drawn text, hops, certificates, time stamps, case.json, sums and signature, and VERIFY.md on how to "
        "check it without this software. Evidence is written as it was captured; the trail says so.",
    )
    + "\n\n"
    + example("finadwatch evidence package c1-0123… -o 证据 --zip"),
)
@click.argument("case_id", metavar="CASE")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help=t(
        "写入的文件夹，包在其中以案件编号命名", "the folder to write to; the package is named by its case"
    ),
)
@click.option("--zip", "zipped", is_flag=True, help=t("另写成一个 ZIP", "write it as one ZIP too"))
@office_options
@click.pass_obj
def package(
    desk: Desk,
    case_id: str,
    folder: Path,
    zipped: bool,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
) -> None:
    """Write the package, name what is missing (then exit 1)."""
    from finadwatch.packaging import package_case

    made = package_case(desk, case_id, folder, actor=actor, store_url=store_url, zipped=zipped)
    for missing in made.missing:
        progress(t(f"证据缺失：{safe(missing)}", f"evidence missing: {safe(missing)}"))
    if as_json:
        emit(
            {
                "folder": str(made.folder),
                "zip": f"{made.folder}.zip" if zipped else None,
                "manifest_sha256": made.manifest_sha256,
                "key": made.key,
                "files": len(made.files),
                "missing": made.missing,
            }
        )
    else:
        click.echo(
            t(
                f"证据包 {safe(str(made.folder))}：{len(made.files)} 个文件；清单 SHA-256 {made.manifest_sha256}；签名公钥 {made.key}",
                f"package {safe(str(made.folder))}: {len(made.files)} files; manifest SHA-256 {made.manifest_sha256}; key {made.key}",
            )
        )
    if made.missing:
        raise SomeFailed(len(made.missing), len(made.missing) + len(made.files))
