"""A group of commands whose first word may be left out."""

import click


class DefaultGroup(click.Group):
    """`cases ID` is `cases list ID`: what begins with no name of a command goes to `default`."""

    default: str

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the default command before words that begin with none."""
        first = args[0] if args else None
        if first not in self.commands and first not in ctx.help_option_names:
            args = [self.default, *args]
        return super().parse_args(ctx, args)


def default_group(default: str) -> type[DefaultGroup]:
    """The class of a group whose command `default` need not be named."""
    return type("DefaultGroup", (DefaultGroup,), {"default": default})
