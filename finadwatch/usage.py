"""Wrong use told in one sentence, in the language of the call: click itself speaks English only."""

import re

import click

from finadwatch.i18n import language, t

#: Sentences of click whose errors carry no facts → Chinese.
_SENTENCES = {
    r"Option (.+) requires (?:an argument|\d+ arguments)": r"选项 \1 缺少值",
    r"Option (.+) does not take a value": r"选项 \1 不带值",
    r"Got unexpected extra arguments? \((.+)\)": r"多出参数：\1",
    r"Missing command": "缺少命令",
}


def told(error: click.ClickException) -> str:
    """One sentence: what was wrong, and where to look it up."""
    ctx = getattr(error, "ctx", None)
    place = ctx.command_path if ctx else "finadwatch"
    said = _chinese(error) if language() == "zh" else _first_line(error)
    return t(f"{said}（用法见 {place} --help）", f"{said} (see {place} --help)")


def _first_line(error: click.ClickException) -> str:
    return " ".join(error.format_message().split()).rstrip(".")


def _chinese(error: click.ClickException) -> str:
    if isinstance(error, click.exceptions.NoSuchCommand):
        return f"没有命令 {error.command_name}"
    if isinstance(error, click.NoSuchOption):
        near = f"，是否指 {'、'.join(error.possibilities)}" if error.possibilities else ""
        return f"没有选项 {error.option_name}{near}"
    if isinstance(error, click.MissingParameter):
        return f"缺少 {_name(error)}"
    if isinstance(error, click.BadParameter):
        return f"{_name(error)} 的值无效：{_reason(error)}"
    if isinstance(error, click.FileError):
        return f"无法打开 {error.ui_filename}：{error.message}"
    said = _first_line(error)
    for english, chinese in _SENTENCES.items():
        if found := re.fullmatch(english, said):
            return found.expand(chinese)
    return said


def _name(error: click.BadParameter) -> str:
    hint = error.param_hint
    if hint is None and error.param is not None:
        hint = error.param.get_error_hint(error.ctx)
    return hint if isinstance(hint, str) else " / ".join(hint or ["参数"])


def _reason(error: click.BadParameter) -> str:
    kind = error.param.type if error.param is not None else None
    given = error.message.partition(" is not ")[0]
    if isinstance(kind, click.Choice):
        return f"{given} 不是 {'、'.join(str(choice) for choice in kind.choices)} 之一"
    if isinstance(kind, click.IntRange):
        return f"{given} 不是 {kind.min} 至 {kind.max} 的整数"
    if isinstance(kind, click.Path):
        return f"没有这个{'文件' if kind.file_okay else '文件夹'}，或种类、权限不符（{error.message.rstrip('.')}）"
    return error.message
