"""finadwatch licences: the whitelist and the negative list, one module a command."""

import click

from finadwatch.commands.licences.check import check
from finadwatch.commands.licences.diff import diff
from finadwatch.commands.licences.import_ import import_
from finadwatch.commands.licences.negative import negative
from finadwatch.commands.licences.related import related
from finadwatch.commands.licences.status import status
from finadwatch.commands.licences.watch import watch
from finadwatch.commands.options import example
from finadwatch.i18n import t


@click.group(
    help=t("准入清单与负面清单。", "The whitelist and the negative list.")
    + "\n\n"
    + example(
        "finadwatch licences import nfra.xlsx --register nfra --as-of 2026-10-31",
        "finadwatch licences check 海棠消费金融有限公司 --product loan",
    )
)
def command() -> None:
    """Group."""


for one in (import_, diff, status, check, negative, watch, related):
    command.add_command(one)
