"""finadwatch review: an officer's reading of cases, and taking it back."""

import click

from finadwatch.commands.groups import default_group
from finadwatch.commands.options import example
from finadwatch.commands.review.reading import reading
from finadwatch.commands.review.undoing import undoing
from finadwatch.i18n import t


@click.group(
    cls=default_group("read"),
    help=t(
        "核查案件线索：确认、排除或存疑；撤销。", "Read cases: confirm, exclude or doubt them; take it back."
    )
    + "\n\n"
    + example(
        "finadwatch review c1-0123… --verdict confirm --note 页面承诺保本保息",
        "finadwatch review undo c1-0123…",
    ),
)
def command() -> None:
    """Group."""


for one in (reading, undoing):
    command.add_command(one)
