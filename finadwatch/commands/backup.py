"""finadwatch backup: a copy of store and evidence, made while others work."""

from pathlib import Path

import click

from finadwatch.commands.options import example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.safekeeping import evidence_place, on_the_way
from finadwatch.show import emit, progress, safe


@click.command(
    help=t(
        "备份存储与证据，期间可照常抓取与办理。SQLite：TO 为本机文件夹；Elasticsearch：TO 为集群各节点所见的快照文件夹"
        "（须在 path.repo 内），证据另用 --evidence 指定本机文件夹。再次备份到同一处只复制新的证据与索引段。",
        "Back up store and evidence while crawls and officers go on. On SQLite TO is a folder of this machine; on "
        "Elasticsearch the folder of snapshots as its nodes see it (path.repo must allow it), and --evidence names a "
        "folder of this machine. Into the same place again, only what is new is copied.",
    )
    + "\n\n"
    + example(
        "finadwatch backup /backup/finadwatch",
        "finadwatch backup /mnt/snapshots --evidence /backup/evidence --store http://es.example:9200",
    )
)
@click.argument("to")
@click.option(
    "--evidence",
    type=click.Path(file_okay=False, path_type=Path),
    help=t("证据复制到的文件夹（SQLite 默认为 TO/evidence）", "folder for evidence (on SQLite TO/evidence)"),
)
@click.option("--no-evidence", is_flag=True, help=t("不备份证据", "leave evidence out"))
@store_option
@json_option
@click.pass_obj
def command(
    desk: Desk, to: str, evidence: Path | None, no_evidence: bool, store_url: str | None, as_json: bool
) -> int:
    """Exit 1 if an evidence file was altered: it is named and left out."""
    from findings.backup.evidence import back_up, forget_lists

    with desk.store(store_url) as store:
        folder = evidence_place(store.url, to, evidence, without=no_evidence)
        manifest = store.backup(
            to,
            lambda: back_up(desk.evidence(), folder) if folder else None,
            on_the_way(progress),
        )
    if folder and manifest.evidence:
        forget_lists(folder, manifest.evidence)
    altered = manifest.evidence.altered if manifest.evidence else ()
    if as_json:
        emit(manifest)
        return 1 if altered else 0
    told = "  ".join(f"{kind} {count}" for kind, count in sorted(manifest.counts.items()))
    click.echo(t(f"已备份到 {safe(to)}：{told}", f"backed up to {safe(to)}: {told}"))
    if manifest.evidence:
        kept = manifest.evidence
        click.echo(
            t(
                f"证据 {kept.files} 个文件，{kept.bytes} 字节，本次新复制 {kept.copied} 个",
                f"{kept.files} evidence files, {kept.bytes} bytes, {kept.copied} of them copied now",
            )
        )
    else:
        click.echo(t("未备份证据", "evidence was not backed up"))
    for sha256 in altered:
        click.echo(t(f"✗ 证据 {sha256} 已被改动，未备份", f"✗ evidence {sha256} was altered: left out"))
    return 1 if altered else 0
