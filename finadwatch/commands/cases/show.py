"""finadwatch cases show ID: a case with its ads, what they add up to, its readings, and its trail."""

from itertools import islice
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import example, office_options
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.labels import action_label, category_label, severity_label, state_label
from finadwatch.redacting import shown, unmasked_option
from finadwatch.show import emit, safe
from findings.model.zone import CHINA

if TYPE_CHECKING:
    from findings.model.casework import CaseFile

#: Ads and entries shown to a person; JSON has all ads.
_SHOWN = 20
_TITLE = 60


@click.command(
    "show",
    help=t(
        "查看一件：状态、检出统计、所含广告（编号用于拆案）、核查意见、日志。",
        "Show a case: state, counts, its ads (with the ids that a split needs), readings, trail.",
    )
    + "\n\n"
    + example("finadwatch cases show c1-0123…"),
)
@click.argument("case_id", metavar="CASE")
@unmasked_option
@office_options
@click.pass_obj
def show(
    desk: Desk, case_id: str, unmasked: bool, actor: str | None, store_url: str | None, as_json: bool
) -> None:
    """Show one case; of a merged one its file, and the case that has its ads."""
    from finadwatch.casework import deadlines_of, readings_lines, standing_lines
    from findings.errors import CaseMissing

    with desk.store(store_url) as store:
        book = store.casebook()
        file, case = book.file(case_id), store.case(case_id)
        if file is None or case is None:
            raise CaseMissing(case_id)
        see = shown(desk, store, actor, f"cases show {case_id}", unmasked=unmasked)
        file, case = see(file), see(case)
        trail = map(see, book.trail_of(case_id))
        if as_json:
            ads = [
                {"id": ad.id, "source": ad.source, "title": ad.title, "host": ad.landing_host}
                for ad in case.ads
            ]
            emit({"file": file, "case_id": case.id, "ads": ads, "trail": list(trail)})
            return
        _print(file)
        for line in standing_lines(file, deadlines_of(desk.config), desk.today()):
            click.echo(f"  {line}")
        if file.merged_into:
            click.echo(t(f"  已并入 {case.id}，其广告：", f"  merged into {case.id}; the ads there:"))
        for ad in case.ads[:_SHOWN]:
            names = "  ".join(safe(part) for part in (ad.source, ad.landing_host, ad.title[:_TITLE]) if part)
            click.echo(f"    {ad.id}  {names}")
        if len(case.ads) > _SHOWN:
            click.echo(t(f"    … 共 {len(case.ads)} 条", f"    … {len(case.ads)} in all"))
        for line in readings_lines(file):
            click.echo(line)
        for entry in islice(trail, _SHOWN):
            draft = entry.draft
            at = f"{draft.at.astimezone(CHINA):%Y-%m-%d %H:%M}"
            click.echo(
                f"  {entry.number}  {at}  {safe(draft.actor)}  {action_label(draft.action)}  {safe(draft.note)}"
            )


def _print(file: "CaseFile") -> None:
    facts = file.facts
    click.echo(f"■ {file.id}  {state_label(file.state)}  {safe(facts.title[:_TITLE])}")
    seen = (f"{at.astimezone(CHINA):%Y-%m-%d}" for at in (facts.first_seen, facts.last_seen))
    first, last = seen
    click.echo(
        t(
            f"  严重程度 {severity_label(facts.severity)}，优先级 {file.priority:g}，第 {file.version} 版",
            f"  severity {severity_label(facts.severity)}, priority {file.priority:g}, version {file.version}",
        )
    )
    click.echo(
        t(
            f"  检出 {facts.sightings} 次，广告 {facts.ads} 条（内容 {facts.variants} 种），监测 {facts.runs} 次，"
            f"首见 {first}，末见 {last}",
            f"  {facts.sightings} detections, {facts.ads} ads ({facts.variants} creatives), {facts.runs} runs, "
            f"first seen {first}, last {last}",
        )
    )
    for name, values in (
        (t("类别", "categories"), [category_label(number) for number in facts.categories]),
        (t("来源", "sources"), facts.sources),
        (t("地区", "regions"), facts.regions),
        (t("域名", "hosts"), facts.hosts),
        (t("广告主", "advertisers"), facts.advertisers),
    ):
        if values:
            click.echo(f"  {name} {safe('、'.join(values[:_SHOWN]))}")
