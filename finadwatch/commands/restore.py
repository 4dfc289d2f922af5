"""finadwatch restore: a backup put back, once it is proven whole."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.safekeeping import evidence_place, on_the_way
from finadwatch.show import emit, progress, safe

if TYPE_CHECKING:
    from findings.backup.evidence import Returned
    from findings.backup.manifest import Manifest


@click.command(
    help=t(
        "从备份恢复存储与证据：先核对哈希、数目与审计日志，完好才放到原处。须先结束其他使用该存储的程序。",
        "Restore store and evidence: hashes, counts and the trail are checked first, only a whole backup is put "
        "in place. End other programs that use the store before.",
    )
    + "\n\n"
    + example(
        "finadwatch restore /backup/finadwatch",
        "finadwatch restore /backup/finadwatch --replace",
    )
)
@click.argument("source", metavar="FROM")
@click.option(
    "--replace",
    is_flag=True,
    help=t(
        "存储中已有内容也替换（SQLite 的原文件另存于旁）",
        "also where the store holds something (a SQLite file stays beside the new one)",
    ),
)
@click.option(
    "--evidence",
    type=click.Path(file_okay=False, path_type=Path),
    help=t(
        "备份证据所在的文件夹（SQLite 默认为 FROM/evidence）", "folder of evidence (on SQLite FROM/evidence)"
    ),
)
@click.option("--no-evidence", is_flag=True, help=t("不恢复证据", "leave evidence out"))
@store_option
@json_option
@click.pass_obj
def command(
    desk: Desk,
    source: str,
    replace: bool,
    evidence: Path | None,
    no_evidence: bool,
    store_url: str | None,
    as_json: bool,
) -> int:
    """Exit 1 if evidence files of the backup are missing or altered; each is named."""
    from findings.backup.evidence import bring_back

    returned: list[Returned] = []
    with desk.store(store_url) as store:
        folder = evidence_place(store.url, source, evidence, without=no_evidence)

        def bring(manifest: "Manifest") -> None:
            if folder and manifest.evidence:
                returned.append(bring_back(manifest.evidence, folder, desk.evidence()))

        restored = store.restore(source, bring, on_the_way(progress), replace=replace)
    files = returned[0] if returned else None
    if as_json:
        emit({"restored": restored, "evidence": files})
        return 1 if files and files.faulty else 0
    told = "  ".join(f"{kind} {count}" for kind, count in sorted(restored.counts.items()))
    click.echo(
        t(
            f"已恢复 {restored.manifest.at:%Y-%m-%d %H:%M} UTC 的备份：{told}",
            f"restored the backup of {restored.manifest.at:%Y-%m-%d %H:%M} UTC: {told}",
        )
    )
    if restored.aside:
        click.echo(
            t(f"原存储另存为 {safe(restored.aside)}", f"the store before is kept as {safe(restored.aside)}")
        )
    if files is None:
        click.echo(t("未恢复证据", "no evidence was restored"))
        return 0
    click.echo(
        t(
            f"证据 {files.files} 个文件，本次复制 {files.copied} 个",
            f"{files.files} evidence files, {files.copied} of them copied now",
        )
    )
    for sha256 in files.faulty:
        click.echo(
            t(
                f"✗ 备份中的证据 {sha256} 缺失或被改动",
                f"✗ evidence {sha256} is missing or altered in the backup",
            )
        )
    return 1 if files.faulty else 0
