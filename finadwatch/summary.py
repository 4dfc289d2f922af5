"""What a run came to, for a person: coverage beside every count, findings, the worst cases."""

from collections.abc import Iterable, Sequence

import click

from finadwatch.i18n import t
from finadwatch.labels import (
    category_label,
    detail_label,
    duty_label,
    licence_label,
    notice_label,
    outcome_label,
    severity_label,
)
from finadwatch.reached import hints
from finadwatch.show import excerpt, safe, table
from findings.model.judgement import Span
from findings.model.records import AdRecord, CaseView
from findings.model.vocabulary import FormDuty, Level, LicenceStatus, Outcome
from findings.query import Coverage, Highlight, PlaceCoverage

#: The outcomes of a page that could be read: what coverage counts as seen.
READ = (Outcome.OK.value, Outcome.EMPTY.value)

#: Code points of a title that a list shows: a hostile page's title has no end.
TITLE = 80


def print_coverage(coverage: Coverage) -> None:
    """The coverage table, and the findings by category, form duty and listing; zero is never printed without coverage."""
    rows: list[tuple[str, int, str, int | str, str]] = []
    for source in coverage.sources:
        ended = _ended(source.outcomes, source.skipped)
        rows.append((source.source, *_read(source.outcomes), source.ads, ended))
        if len(source.places) > 1:
            rows += [
                (f"  · {_place(place)}", *_read(place.outcomes), "", _ended(place.outcomes, {}))
                for place in source.places
            ]
    table(
        t("监测覆盖率", "Coverage"),
        (t("来源", "source"), t("任务", "tasks"), t("读到", "read"), t("广告", "ads"), t("结果", "outcomes")),
        rows,
    )
    table(
        t(
            f"各类线索（{coverage.ads} 条广告，出现 {coverage.sightings} 次）",
            f"Findings by category ({coverage.ads} ads, {coverage.sightings} sightings)",
        ),
        (t("类别", "category"), t("广告数", "ads")),
        [
            *((category_label(number), coverage.findings.get(number, 0)) for number in range(1, 10)),
            *((duty_label(duty), coverage.form.get(duty, 0)) for duty in FormDuty),
            (licence_label(LicenceStatus.LISTED_NEGATIVE), coverage.listed),
        ],
    )


def _read(outcomes: dict[str, int]) -> tuple[int, str]:
    """Tasks, and how many of them brought a page that could be read: `4/5`."""
    total = sum(outcomes.values())
    return total, f"{sum(outcomes.get(name, 0) for name in READ)}/{total}"


def _ended(outcomes: dict[str, int], skipped: dict[str, int]) -> str:
    return "  ".join(
        f"{outcome_label(name)} {count}{_reasons(skipped) if name == 'skipped' else ''}"
        for name, count in sorted(outcomes.items())
    )


def _place(place: PlaceCoverage) -> str:
    device = {"desktop": t("电脑", "desktop"), "mobile": t("手机", "mobile")}.get(place.device, place.device)
    return f"{place.region} {device}" if place.region else device


def _reasons(skipped: dict[str, int]) -> str:
    if not skipped:
        return ""
    said = [f"{detail_label(reason)}{t(' ×', ': ')}{count}" for reason, count in sorted(skipped.items())]
    return t(f"（{'，'.join(said)}）", f" ({', '.join(said)})")


def print_cases(title: str, cases: Iterable[CaseView]) -> None:
    """Cases with their reasons: who, what, which words."""
    click.echo(title)
    for case in cases:
        print_case(case)


def print_case(case: CaseView) -> None:
    """One case: the worst ad, its findings, each with the words it rests on."""
    ad = case.lead
    judgement = ad.judgement
    click.echo(
        f"\n■ {safe((ad.title or ad.landing_host or ad.id)[:TITLE])}"
        f"  [{t('严重程度', 'severity')} {severity_label(judgement.severity)}]  {case.id}"
    )
    licence = judgement.licence
    as_of = (
        f"（{t('名录日期', 'as of')} {licence.as_of}{t('，已过期', ', stale') if licence.stale else ''}）"
        if licence.as_of
        else ""
    )
    click.echo(
        f"  {t('广告主', 'advertiser')} {safe(judgement.advertiser.name or ad.advertiser_shown or '-')}"
        f"  ·  {licence_label(licence.status)}{as_of}  ·  {safe(ad.landing_host or '-')}"
    )
    for hint in hints(ad):
        click.echo(f"  {safe(hint)}")
    reached_by = _contacts(ad)
    if reached_by:
        click.echo(f"  {t('页面所留联系方式', 'contacts on the page')} {safe(reached_by)}")
    for finding in judgement.findings:
        basis = "、".join(f"{b.law} {b.article}" for b in finding.basis[:2])
        quoted = "；".join(dict.fromkeys(quote(ad, span) for span in finding.spans[:2]))
        doubt = "" if finding.level is Level.CLEAR else t("（可商榷）", " (arguable)")
        click.echo(f"  {category_label(finding.category)}{doubt}  {finding.score:.2f}  {safe(basis)}")
        if quoted:
            click.echo(f"      {quoted}")
    for missed in judgement.form:
        basis = "、".join(f"{b.law} {b.article}" for b in missed.basis[:2])
        doubt = "" if missed.level is Level.CLEAR else t("（可商榷）", " (arguable)")
        click.echo(f"  {duty_label(missed.duty)}{doubt}  {safe(basis)}")
        click.echo(f"      {safe(missed.explanation)}")
    for notice in judgement.notices:
        basis = "、".join(f"{b.law} {b.article}" for b in notice.basis[:2])
        click.echo(f"  {notice_label(notice.kind)}  {safe(basis)}")
        click.echo(f"      {safe(notice.explanation)}")
    for remark in licence.remarks:
        click.echo(f"  {t('附注', 'remark')} {safe(remark)}")


def _contacts(ad: AdRecord) -> str:
    """How the page behind an ad says that its owner can be reached: the first of each kind."""
    contacts = ad.landing.contacts if ad.landing else None
    if contacts is None:
        return ""
    kinds = (
        (t("电话", "phone"), contacts.phones),
        (t("微信", "WeChat"), contacts.wechat),
        ("QQ", contacts.qq),
        (t("邮箱", "mail"), contacts.emails),
        (t("地址", "address"), contacts.addresses),
    )
    return "  ".join(f"{kind} {found[0][:TITLE]}" for kind, found in kinds if found)


def quote(ad: AdRecord, span: Span, *, around: int = 10) -> str:
    """The words of a span in their surroundings, marked."""
    whole = ad.title if span.field == "title" else ad.text
    if span.field == "image" or whole[span.start : span.end] != span.text:
        return excerpt(span.text, [Highlight(span.field, 0, len(span.text))], around=around, most=60)
    begin, end = max(0, span.start - around), min(len(whole), span.end + around)
    return excerpt(
        whole[begin:end],
        [Highlight(span.field, span.start - begin, span.end - begin)],
        around=around,
        most=60,
    )


def worst(cases: Iterable[CaseView], count: int) -> Sequence[CaseView]:
    """The first `count` of cases that come worst first."""
    return [case for case, _ in zip(cases, range(count), strict=False)]
