"""Help pages in Chinese: click's own words, through the formatter that it lets one replace."""

import re
from collections.abc import Iterable

import click

#: click's headings, as its formatter receives them.
_HEADINGS = {"Options": "选项", "Commands": "命令", "Positional arguments": "参数"}

#: click's own words in a line of usage or a note on an option → Chinese. Names of values (TEXT,
#: FILE) stay: errors use them, and click aligns columns as if every letter were one cell wide.
_WORDS = {
    "Show this message and exit.": "显示本说明并退出",
    "Show the version and exit.": "显示版本并退出",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
    "[default: ": "[默认 ",
    "required]": "必填]",
}
_WORD = re.compile("|".join(re.escape(word) for word in _WORDS))


class ChineseHelp(click.HelpFormatter):
    """Writes help with Chinese headings; texts of the commands are Chinese already."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line of usage."""
        super().write_usage(prog, _chinese(args), "用法：" if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """The line over a section."""
        self.write(f"{'':>{self.current_indent}}{_HEADINGS.get(heading, heading)}：\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Two columns: options or commands, and what they do."""
        super().write_dl([(name, _chinese(text)) for name, text in rows], col_max, col_spacing)


def _chinese(text: str) -> str:
    return _WORD.sub(lambda found: _WORDS[found[0]], text)


def speak_chinese() -> None:
    """Let every help page of this process be written in Chinese."""
    click.Context.formatter_class = ChineseHelp
