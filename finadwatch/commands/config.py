"""finadwatch config: what this call would use."""

import click

from finadwatch.commands.options import example, json_option
from finadwatch.config import config_path, shown
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import emit


@click.command(
    help=t("显示生效的配置（隐去密码）。", "Show the configuration in force, secrets hidden.")
    + "\n\n"
    + example("finadwatch config")
)
@json_option
@click.pass_obj
def command(desk: Desk, as_json: bool) -> None:
    """Show the configuration in force."""
    import yaml

    if as_json:
        emit(shown(desk.config))
        return
    click.echo(f"# {t('配置文件', 'file')}: {config_path()}")
    click.echo(yaml.safe_dump(shown(desk.config), allow_unicode=True, sort_keys=False).rstrip())
