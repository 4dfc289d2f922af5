"""finadwatch sandbox: a small web on this machine to try everything on."""

from pathlib import Path

import click

from finadwatch.commands.options import example
from finadwatch.context import Desk
from finadwatch.i18n import t


@click.group(
    help=t(
        "本机演练环境：一个自写的小型网络，只在本机可访问。",
        "A small web of our own writing, on loopback only.",
    )
    + "\n\n"
    + example("finadwatch sandbox run", "finadwatch sandbox serve --port 8443")
)
def command() -> None:
    """Group."""


@command.command(
    help=t(
        "启动演练网络，按默认计划抓取、判定、入库，并生成移送清单。",
        "Serve the sandbox, crawl it by the default plan, judge, store, and write a takedown list.",
    )
)
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help=t("存放位置", "where its files go")
)
@click.pass_obj
def run(desk: Desk, folder: Path | None) -> int:
    """Play the whole way once; exit 1 if a task ended in `error`."""
    from finadwatch.rehearsal import rehearse

    return rehearse(desk, folder or desk.config.home / "sandbox")


@command.command(help=t("只启动演练网络，直到按 Ctrl-C。", "Only serve, until Ctrl-C."))
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help=t("HTTPS 端口（0 为任选）", "HTTPS port (0: any)"),
)
@click.pass_obj
def serve(desk: Desk, folder: Path | None, port: int) -> None:
    """Serve and print the configuration that maps the sandbox's hosts."""
    from finadwatch.rehearsal import import_registers
    from sandbox.server import Sandbox

    with Sandbox(folder or desk.config.home / "sandbox", today=desk.today(), https_port=port) as served:
        import_registers(served, desk)
        click.echo(
            t(
                f"演练网络已启动。另开终端：finadwatch --config {served.config} crawl {served.plan}",
                f"The sandbox is up. In another terminal: finadwatch --config {served.config} crawl {served.plan}",
            )
        )
        served.wait()
