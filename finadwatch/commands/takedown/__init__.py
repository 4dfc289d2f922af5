"""finadwatch takedown: batches of cases handed over, one module a command."""

import click

from finadwatch.commands.options import example
from finadwatch.commands.takedown.due import due
from finadwatch.commands.takedown.listing import listing, show
from finadwatch.commands.takedown.new import new
from finadwatch.commands.takedown.receipts import receipts
from finadwatch.commands.takedown.recheck import recheck
from finadwatch.commands.takedown.steps import approve, close, seal, send, void
from finadwatch.commands.takedown.templates import templates
from finadwatch.i18n import t


@click.group(
    help=t(
        "移送批次：起草、预览、批准、签封、发送、办结、作废；读入回执、复查、催办。",
        "Batches of cases to hand over: draft, look, approve, seal, send, close, make void; answers, rechecks, reminders.",
    )
    + "\n\n"
    + example(
        "finadwatch takedown new --category 8",
        "finadwatch takedown approve 3f2a91c0 --as 钱敏",
        "finadwatch takedown seal 3f2a91c0",
        "finadwatch takedown send 2026-0001 --way 机要交换",
        "finadwatch takedown receipts 回执.xlsx",
        "finadwatch takedown recheck",
    )
)
def command() -> None:
    """Group."""


for one in (new, listing, show, approve, seal, send, close, void, templates, receipts, recheck, due):
    command.add_command(one)
