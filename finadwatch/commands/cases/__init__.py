"""finadwatch cases: the same ad over time and places, one module a command."""

import click

from finadwatch.commands.cases.listing import listing
from finadwatch.commands.options import example
from finadwatch.i18n import t


class _ListsByDefault(click.Group):
    """A group whose first word may be left out: `cases`, `cases ID` and `cases --limit 5` list or show."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args else None
        if first not in self.commands and first not in ctx.help_option_names:
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_ListsByDefault,
    help=t("案件线索：列出（默认）或查看。", "Cases: list them (the default) or show one.")
    + "\n\n"
    + example("finadwatch cases --category 8 --limit 5", "finadwatch cases c1-0123…"),
)
def command() -> None:
    """Group."""


for one in (listing,):
    command.add_command(one)
