"""finadwatch rules: check the rules, and see why a text is judged as it is."""

import click

from finadwatch.commands.options import example, json_option
from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.labels import category_label, licence_label, severity_label
from finadwatch.show import emit, safe
from findings.model.judgement import Judgement, ScreenInput
from findings.model.vocabulary import Channel, Level


@click.group(
    help=t("检查规则，解释判定。", "Check the rules and explain a judgement.")
    + "\n\n"
    + example("finadwatch rules lint", "finadwatch rules explain 保本保息，年化12%")
)
def command() -> None:
    """Group."""


@command.command(
    help=t(
        "检查全部规则：格式、引用、表达式、样例。", "Check every rule: form, references, patterns, samples."
    )
)
@json_option
def lint(as_json: bool) -> int:
    """List every fault with file and line; exit 1 if there is one."""
    from analyzers.lint import lint as faults_of
    from analyzers.ruleset import read_ruleset, shipped

    faults = faults_of()
    for fault in faults:
        emit(fault) if as_json else click.echo(f"✗ {fault.said(language())}")
    if not as_json:
        rules, _ = read_ruleset(shipped())
        counted = len(rules.rules) if rules else 0
        click.echo(t(f"{counted} 条规则，{len(faults)} 处有误", f"{counted} rules, {len(faults)} faults"))
    return 1 if faults else 0


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
    click.echo(f"\n{t('建议移送', 'route')}: {'；'.join(judgement.route)}")
