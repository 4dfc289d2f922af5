"""finadwatch rules learn: reviewers' verdicts teach the heads, unless they would get worse."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from finadwatch.commands.options import example, existing_file, json_option
from finadwatch.context import Desk
from finadwatch.errors import NothingToLearn, SomeFailed
from finadwatch.i18n import language, t
from finadwatch.labels import category_label
from finadwatch.show import emit, progress, safe, table

if TYPE_CHECKING:
    from finadwatch.learning.retraining import Trained
    from finadwatch.learning.samples import Contradiction
    from finadwatch.learning.verdicts import Unreadable

#: Faults that are named one by one; the rest is counted.
NAMED = 50


@click.command(
    name="learn",
    help=t(
        "由核查结论学习：每行 {id, text, verdict: confirm|exclude|unsure}，以及所核的 category（或 cats、soft）、"
        "promotion；可选 channel、group、reviewer、at、note（格式见 finadwatch/learning/verdict.schema.json）。"
        "结论只说明所核的情形，其余不教；同一文本结论不一时以最近者为准。个人信息遮盖后存入 "
        "FINADWATCH_HOME/learned；按组留出一部分检验，新旧权重对照打分，变差则拒绝（退出码 1，什么也不改）。"
        "不给文件则只用已存的样本重训（程序更新后）。存储尚不保存核查结论，因此只读文件。",
        "Learn from reviewers' verdicts: lines of {id, text, verdict: confirm|exclude|unsure} with the category "
        "reviewed (or cats, soft) and promotion; channel, group, reviewer, at, note where known (form: "
        "finadwatch/learning/verdict.schema.json). A verdict teaches what it names and nothing else; of several on "
        "one text the latest counts. Samples are kept in FINADWATCH_HOME/learned, personal data masked. Part of the "
        "groups is kept aside, old and new heads are scored on it, and heads that get worse are refused (exit 1, "
        "nothing changed). Without a file the kept samples alone are learned again, as after an update. Stores don't keep reviews yet, so verdicts come from files only.",
    )
    + "\n\n"
    + example(
        "finadwatch rules learn verdicts.jsonl --dry-run", "finadwatch rules learn verdicts.jsonl --use"
    ),
)
@click.argument("paths", metavar="[VERDICTS.jsonl...]", nargs=-1, type=existing_file())
@click.option(
    "--holdback",
    type=click.FloatRange(0, 0.9),
    default=0.2,
    show_default=True,
    metavar="SHARE",
    help=t("留出检验、不参与学习的组的比例", "share of the groups that check and don't teach"),
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help=t(
        "新权重所在文件夹（默认 FINADWATCH_HOME/models）", "where models go (default: FINADWATCH_HOME/models)"
    ),
)
@click.option(
    "--use", is_flag=True, help=t("写入配置 models.heads，即刻启用", "set models.heads in the configuration")
)
@click.option("--dry-run", is_flag=True, help=t("只训练和对照，不保存", "train and compare, keep nothing"))
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@json_option
@click.pass_context
def learn(
    context: click.Context,
    paths: tuple[Path, ...],
    holdback: float,
    out: Path | None,
    use: bool,
    dry_run: bool,
    workers: int,
    as_json: bool,
) -> int:
    """Read, train, compare; keep samples and heads, or say why not."""
    from contextlib import nullcontext
    from tempfile import gettempdir

    from finadwatch.config import config_path
    from finadwatch.learning.folder import put_in_place, set_heads, workshop
    from finadwatch.learning.retraining import retrain
    from finadwatch.learning.samples import Learned, joined, samples_of
    from finadwatch.learning.verdicts import Unreadable, read_verdicts

    desk: Desk = context.obj
    target = out or desk.config.home / "models"
    learned = Learned(desk.config.home / "learned")
    read = [one for path in paths for one in read_verdicts(path)]
    unreadable = [one for one in read if isinstance(one, Unreadable)]
    _name(unreadable)
    with nullcontext() if dry_run else learned.alone():
        verdicts = joined(learned.verdicts(), [one for one in read if not isinstance(one, Unreadable)])
        samples, contradictions = samples_of(verdicts)
        _contradicted(contradictions)
        if not samples:
            raise NothingToLearn
        place: Path | None = None
        with workshop(Path(gettempdir()) if dry_run else target) as built:
            trained = retrain(
                samples,
                desk,
                built,
                share=holdback,
                on=desk.today(),
                workers=workers,
                say=lambda zh, en: progress(t(zh, en)),
            )
            if not trained.reasons and not dry_run:
                place = put_in_place(built, target, desk.today(), trained, samples)
                learned.keep(verdicts, unreadable)
    used = bool(place and use)
    if place and use:
        set_heads(config_path(context.find_root().params.get("config")), place.absolute())
    if as_json:
        emit(_report(trained, place, used, unreadable, contradictions))
    else:
        _print(trained, place, used)
    if trained.reasons:
        return 1
    if unreadable:
        raise SomeFailed(len(unreadable), len(read))
    return 0


def _name(unreadable: "list[Unreadable]") -> None:
    for one in unreadable[:NAMED]:
        progress(f"✗ {one.said(language())}")
    if len(unreadable) > NAMED:
        more = len(unreadable) - NAMED
        progress(t(f"✗ 另有 {more} 行无法读取", f"✗ {more} more lines can't be read"))


def _contradicted(contradictions: "list[Contradiction]") -> None:
    for one in contradictions[:NAMED]:
        asked = category_label(one.question) if one.question else t("是否推广", "promotion")
        said = " → ".join(_answer(answer) for answer in one.answers)
        progress(
            t(
                f"结论不一，以最近者为准：{one.id} {asked}：{said}",
                f"verdicts differ, the latest counts: {one.id} {asked}: {said}",
            )
        )
    if len(contradictions) > NAMED:
        more = len(contradictions) - NAMED
        progress(t(f"另有 {more} 处结论不一", f"verdicts differ in {more} more places"))


def _answer(answer: str) -> str:
    return {"yes": t("成立", "yes"), "arguable": t("可商榷", "arguable"), "no": t("不成立", "no")}[answer]


def _report(
    trained: "Trained",
    place: Path | None,
    used: bool,
    unreadable: "list[Unreadable]",
    contradictions: "list[Contradiction]",
) -> dict[str, Any]:
    import msgspec

    from finadwatch.learning.folder import sum_of

    return {
        "accepted": not trained.reasons,
        "model": str(place) if place else None,
        "sha256": sum_of(place / "heads.npz") if place else None,
        "used": used,
        "unreadable": unreadable,
        "contradictions": contradictions,
        **msgspec.to_builtins(trained),
        "reasons": [{"zh": reason.zh, "en": str(reason)} for reason in trained.reasons],
    }


def _print(trained: "Trained", place: Path | None, used: bool) -> None:
    found = trained.comparison
    rows = [
        (t("2–9 微平均", "2–9 micro"), found.micro),
        *((category_label(category), one) for category, one in found.categories.items()),
        (t("是否推广", "promotion"), found.promotion),
        (t("2–9，留出的核查结论", "2–9, verdicts kept aside"), found.learned),
        (t("2–9，规则自带样例", "2–9, the rules' own samples"), found.rules),
    ]
    table(
        t(
            f"前后对照：留出的核查样本 {trained.checked} 条、自有样本 {trained.own} 条（按组重抽样的 95% 区间）",
            f"Before and after: {trained.checked} verdicts kept aside, {trained.own} own samples (95 % by paired bootstrap)",
        ),
        (t("情形", "category"), t("F1 前", "F1 before"), t("F1 后", "F1 after"), t("变化", "change")),
        [(name, _value(one.before), _value(one.after), one.moved) for name, one in rows],
    )
    before, after, of = found.silent
    click.echo(
        t(
            f"不属推广的文本误报：{before} → {after}，共 {of} 条",
            f"false alarms where nothing is promoted: {before} → {after} of {of}",
        )
    )
    if trained.reasons:
        for reason in trained.reasons:
            click.echo(f"✗ {reason.said(language())}")
        click.echo(
            t(
                "新权重变差，已拒绝；什么也没有改动。",
                "The new heads get worse and are refused; nothing was changed.",
            )
        )
    elif place is None:
        click.echo(t("试运行：未保存。", "Dry run: nothing kept."))
    elif used:
        click.echo(t(f"已启用 {safe(str(place))}", f"now in use: {safe(str(place))}"))
    else:
        click.echo(
            t(
                "新权重已保存，启用请在配置中写明：",
                "The new heads are saved. To use them set in the configuration:",
            )
        )
        click.echo(f"models:\n  heads: {safe(str(place))}")


def _value(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
