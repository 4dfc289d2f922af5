"""finadwatch rules: check the rules, and see why a text is judged as it is."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from finadwatch.commands.learn import learn
from finadwatch.commands.options import example, existing_file, json_option
from finadwatch.context import Desk
from finadwatch.errors import NoSuchRule
from finadwatch.i18n import language, t
from finadwatch.labels import category_label, licence_label, notice_label, severity_label
from finadwatch.show import emit, excerpt, progress, safe, table
from findings.model.judgement import Judgement, ScreenInput
from findings.model.vocabulary import Channel, Level
from findings.query import Highlight

if TYPE_CHECKING:
    from finadwatch.scorecards.rows import Row
    from finadwatch.scorecards.trials import Trial


@click.group(
    help=t("检查规则，解释判定。", "Check the rules and explain a judgement.")
    + "\n\n"
    + example(
        "finadwatch rules lint",
        "finadwatch rules test --wrong",
        "finadwatch rules explain 保本保息，年化12%",
        "finadwatch rules learn verdicts.jsonl",
    )
)
def command() -> None:
    """Group."""


command.add_command(learn)


@command.command(
    help=t(
        "检查全部规则和样本文件：格式、引用、表达式、样例。",
        "Check every rule and file of samples: form, references, patterns, samples.",
    )
)
@json_option
@click.pass_obj
def lint(desk: Desk, as_json: bool) -> int:
    """List every fault with file and line; exit 1 if there is one."""
    from analyzers.lint import lint as faults_of
    from analyzers.ruleset import read_ruleset, shipped
    from finadwatch.scorecards.samples import sample_faults, shipped_samples

    faults = [*faults_of(cache=desk.config.home / "cache"), *sample_faults(shipped_samples())]
    for fault in faults:
        emit(fault) if as_json else click.echo(f"✗ {fault.said(language())}")
    if not as_json:
        rules, _ = read_ruleset(shipped())
        counted = len(rules.rules) if rules else 0
        click.echo(t(f"{counted} 条规则，{len(faults)} 处有误", f"{counted} rules, {len(faults)} faults"))
    return 1 if faults else 0


@command.command(
    help=t(
        "用规则自带的样例和带标注的文本（默认 ruleset/samples）逐条试验规则：命中次数、对错、精确率。",
        "Try every rule on its own samples and on labelled texts (ruleset/samples unless files are named): "
        "times fired, on right and wrong ones, precision.",
    )
    + "\n\n"
    + example(
        "finadwatch rules test", "finadwatch rules test labelled.jsonl --rule guarantee.principal --wrong"
    )
)
@click.argument("files", metavar="[FILE.jsonl...]", nargs=-1, type=existing_file())
@click.option("--rule", "rule_id", metavar="ID", help=t("只试一条规则", "one rule only"))
@click.option("--wrong", is_flag=True, help=t("列出误命中的文本", "list the texts on which a rule is wrong"))
@json_option
@click.pass_obj
def test(desk: Desk, files: tuple[Path, ...], rule_id: str | None, wrong: bool, as_json: bool) -> int:
    """Exit 1 if a rule's own sample doesn't do what the rule says."""
    from analyzers.lint import Places, check_samples, normaliser_of
    from analyzers.ruleset import load_ruleset, shipped
    from analyzers.scan import Scanner
    from finadwatch.scorecards.rows import read_rows
    from finadwatch.scorecards.samples import shipped_samples
    from finadwatch.scorecards.trials import trials

    ruleset, normalise = load_ruleset(), normaliser_of(shipped())
    if rule_id is not None and rule_id not in {rule.id for rule in ruleset.active}:
        raise NoSuchRule(rule_id)
    rows = [row for file in files or shipped_samples() for row in read_rows(file)]
    cache = desk.config.home / "cache"
    scanner = Scanner(ruleset, normalise, cache)
    faults = [
        fault
        for fault in check_samples(scanner, normalise, Places(shipped()))
        if rule_id is None or fault.file.endswith(f"/{rule_id}.yaml")
    ]
    tried = trials(ruleset, normalise, rows, only=rule_id, cache=cache)
    for fault in faults:
        progress(f"✗ {fault.said(language())}")
    if as_json:
        for trial in tried:
            emit(trial)
    else:
        _print_trials(tried, rows, wrong=wrong)
        click.echo(
            t(
                f"{len(tried)} 条规则，{len(rows)} 条文本，{len(faults)} 处自带样例不符",
                f"{len(tried)} rules, {len(rows)} texts, {len(faults)} of the rules' own samples don't hold",
            )
        )
    return 1 if faults else 0


def _print_trials(tried: "list[Trial]", rows: "list[Row]", *, wrong: bool) -> None:
    from finadwatch.scorecards.table import shown

    table(
        t(
            "规则试验（先情形后信号，误命中多的在前）",
            "Rules tried: findings, then signals; most often wrong first",
        ),
        (
            t("规则", "rule"),
            t("情形", "category"),
            t("命中", "fired"),
            t("对", "right"),
            t("可商榷", "disputed"),
            t("错", "wrong"),
            t("精确率", "precision"),
        ),
        [
            (
                one.rule,
                str(one.category or one.role)
                + ("" if one.level == Level.CLEAR else t("（可商榷）", " (arguable)")),
                one.fired,
                one.right,
                one.disputed,
                one.wrong,
                shown(one.precision.estimate),
            )
            for one in sorted(tried, key=lambda trial: (trial.category is None, -trial.wrong, trial.rule))
            if one.fired
        ],
    )
    if never := [one.rule for one in tried if not one.fired]:
        click.echo(t(f"从未命中：{'、'.join(never)}", f"never fired: {', '.join(never)}"))
    texts = {(row.file, row.line): row.text for row in rows}
    for one in tried if wrong else ():
        for firing in one.errors:
            marks = [Highlight(span.field, span.start, span.end) for span in firing.spans]
            click.echo(
                f"✗ {one.rule}  {safe(firing.id)} {firing.file}:{firing.line}  "
                + excerpt(texts[firing.file, firing.line], marks, most=160)
            )


@command.command(help=t("解释一段文字为何这样判定。", "Say why a text is judged as it is."))
@click.argument("text")
@click.option("--channel", type=click.Choice([c.value for c in Channel]), default="web", show_default=True)
@click.option("--advertiser", help=t("广告主名称", "name of the advertiser"))
@json_option
@click.pass_obj
def explain(desk: Desk, text: str, channel: str, advertiser: str | None, as_json: bool) -> None:
    """Judge one text and print every finding with its words, rules, articles and remedy."""
    ad = ScreenInput(text=text, channel=Channel(channel), advertiser=advertiser)
    judgement = desk.judge().judge(ad, desk.today())
    if as_json:
        emit(judgement)
    else:
        _print(judgement)


def _print(judgement: Judgement) -> None:
    promoted = (
        t("属金融产品推广", "promotes a financial product")
        if judgement.promotion
        else t("不属金融产品推广", "promotes no financial product")
    )
    click.echo(
        f"{promoted}（{judgement.product.value}）  {licence_label(judgement.licence.status)}: {safe(judgement.licence.reason)}"
    )
    for finding in judgement.findings:
        level = "" if finding.level is Level.CLEAR else t("（可商榷）", " (arguable)")
        click.echo(
            f"\n{category_label(finding.category)}{level}  {finding.score:.2f}  {t('严重程度', 'severity')} {severity_label(finding.severity)}"
        )
        for span in finding.spans:
            click.echo(f"  「{safe(span.text)}」 {span.field}[{span.start}:{span.end}]")
        click.echo(f"  {safe(finding.explanation)}")
        click.echo(f"  {t('建议', 'remedy')}: {safe(finding.remedy)}")
        for basis in finding.basis:
            click.echo(
                f"  《{basis.law}》{basis.article}"
                + (f"  {t('罚则', 'penalty')} {basis.penalty}" if basis.penalty else "")
                + f"  [{basis.confidence}]"
            )
        click.echo(f"  {t('规则', 'rules')}: {', '.join(finding.rules)}")
    for notice in judgement.notices:
        click.echo(f"\n{notice_label(notice.kind)}\n  {safe(notice.explanation)}")
    click.echo(f"\n{t('建议移送', 'route')}: {'；'.join(judgement.route)}")
    for handler in judgement.handlers:
        click.echo(f"  {handler.authority}  {safe(handler.why)}")
