"""finadwatch takedown: batches of cases handed over, one module a command."""

import click

from finadwatch.commands.options import example
from finadwatch.commands.takedown.new import new
from finadwatch.commands.takedown.templates import templates
from finadwatch.i18n import t


@click.group(
    help=t("生成移送批次。", "Write batches of cases to hand over.")
    + "\n\n"
    + example("finadwatch takedown new --category 8 --to 市通信管理局")
)
def command() -> None:
    """Group."""


for one in (new, templates):
    command.add_command(one)
