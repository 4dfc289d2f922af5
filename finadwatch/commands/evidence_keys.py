"""finadwatch evidence keys: the keys that sign here, and other offices' that are trusted."""

from pathlib import Path

import click
import msgspec

from finadwatch.commands.options import as_option, example, existing_file, json_option
from finadwatch.context import Desk
from finadwatch.errors import OutputRefused
from finadwatch.i18n import t
from finadwatch.show import emit, safe


@click.group(
    "keys",
    help=t(
        "签名密钥：查看、轮换、导出、信任其他机关。",
        "Signing keys: list, rotate, export, trust other offices'.",
    )
    + "\n\n"
    + example("finadwatch evidence keys list"),
)
def keys() -> None:
    """Group."""


@keys.command(
    "list",
    help=t("列出本机关历次公钥与已信任的机关。", "List our keys over time and the offices that are trusted."),
)
@json_option
@click.pass_obj
def listing(desk: Desk, as_json: bool) -> None:
    """Print fingerprints with their validity."""
    from finadwatch.packaging import key_ring

    ring = key_ring(desk)
    ours, trusted = ring.history(), ring.trusted()
    if as_json:
        emit({"ours": ours, "trusted": trusted})
        return
    if not ours.keys:
        click.echo(
            t("尚无签名密钥：首次签出时生成", "no key yet: one is made when something is first signed")
        )
    for name, history in [
        (t("本机关", "ours"), ours),
        *((one.history.office, one.history) for one in trusted),
    ]:
        for key in history.keys:
            until = f"{key.until:%Y-%m-%dT%H:%M:%SZ}" if key.until else t("现用", "in use")
            click.echo(f"{key.fingerprint}  {safe(name)}  {key.since:%Y-%m-%dT%H:%M:%SZ} – {until}")


@keys.command(
    help=t(
        "换用新密钥：旧密钥签署轮换声明后即被替换删除，其公钥仍可核验以往的签名。",
        "Let a new key follow: the old one signs a statement and is then replaced; its public key keeps verifying what "
        "it signed.",
    )
)
@json_option
@click.pass_obj
def rotate(desk: Desk, as_json: bool) -> None:
    """Rotate and print both fingerprints."""
    from finadwatch.packaging import key_ring

    old, new = key_ring(desk).rotate(desk.now().replace(microsecond=0))
    if as_json:
        emit({"old": old, "new": new})
        return
    click.echo(
        t(
            f"旧公钥 {old.fingerprint} 已停用\n新公钥 {new.fingerprint}：请告知收件机关，或发送导出文件（evidence keys export）",
            f"old key {old.fingerprint} is retired\nnew key {new.fingerprint}: tell your addressees, or send them the export "
            "(evidence keys export)",
        )
    )


@keys.command(
    help=t(
        "导出本机关全部公钥与轮换声明（不含私钥），交其他机关信任。",
        "Export our public keys and rotation statements (no private key) for other offices to trust.",
    )
)
@click.option(
    "-o",
    "--output",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help=t("写入的文件", "the file to write"),
)
@click.pass_obj
def export(desk: Desk, path: Path) -> None:
    """Write the history; the first key is made if there is none."""
    from finadwatch.packaging import key_ring

    ring = key_ring(desk)
    ring.signer(desk.now().replace(microsecond=0))
    history = ring.history()
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(history), indent=2) + b"\n")
    except OSError as error:
        raise OutputRefused(path, error.strerror or str(error)) from error
    current = history.current
    click.echo(
        t(
            f"{safe(str(path))}：{len(history.keys)} 把公钥，现用指纹 {current.fingerprint if current else ''}（请另行告知）",
            f"{safe(str(path))}: {len(history.keys)} keys, fingerprint in use {current.fingerprint if current else ''} (tell it by "
            "other means)",
        )
    )


@keys.command(
    help=t(
        "信任其他机关的公钥（PEM 或其导出文件）：须给出该机关另行告知的指纹；由其轮换声明衔接的各把公钥一并信任。",
        "Trust another office's key (PEM or its export), by the fingerprint that it told by other means; keys that its "
        "rotation statements lead to are trusted with it.",
    )
    + "\n\n"
    + example("finadwatch evidence keys trust 乙局.json --fingerprint 3f2a… --office 乙市市场监督管理局")
)
@click.argument("file", type=existing_file())
@click.option(
    "--fingerprint", required=True, help=t("该机关告知的指纹（SHA-256）", "the fingerprint it told")
)
@click.option("--office", required=True, help=t("机关名称", "whose key it is"))
@as_option
@json_option
@click.pass_obj
def trust(desk: Desk, file: Path, fingerprint: str, office: str, actor: str | None, as_json: bool) -> None:
    """Keep the keys as trusted."""
    from finadwatch.packaging import key_ring
    from handover.keys.history import MOST_BYTES

    with file.open("rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    at = desk.now().replace(microsecond=0)
    trusted = key_ring(desk).trust(data, fingerprint, office, actor or desk.actor, at)
    if as_json:
        emit(trusted)
        return
    click.echo(
        t(
            f"已信任 {safe(office)} 的 {len(trusted.history.keys)} 把公钥",
            f"{len(trusted.history.keys)} keys of {safe(office)} are trusted",
        )
    )
