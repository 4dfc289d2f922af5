"""finadwatch cases: the same ad over time and places, one module a command."""

import click

from finadwatch.commands.cases.desks import give_back, take
from finadwatch.commands.cases.feed import feed
from finadwatch.commands.cases.listing import listing
from finadwatch.commands.cases.queue import queue
from finadwatch.commands.cases.regroup import merge, split, undo
from finadwatch.commands.cases.show import show
from finadwatch.commands.cases.steps import assign, extend, set_state
from finadwatch.commands.groups import default_group
from finadwatch.commands.options import example
from finadwatch.i18n import t


@click.group(
    cls=default_group("list"),
    help=t("案件线索：列出（默认）、查看、办理。", "Cases: list them (the default), show one, work on them.")
    + "\n\n"
    + example(
        "finadwatch cases --category 8 --limit 5",
        "finadwatch cases c1-0123…",
        "finadwatch cases queue --mine",
    ),
)
def command() -> None:
    """Group."""


for one in (listing, show, queue, take, give_back, assign, set_state, extend, merge, split, undo, feed):
    command.add_command(one)
