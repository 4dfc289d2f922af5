"""A report laid out: its title and head, its sections, and what it ends with. Pure."""

from findings.model.zone import CHINA
from handover.reports.figures import Figures
from handover.reports.layout import Laid
from handover.reports.plan import Kind
from handover.reports.sections import sections
from handover.reports.tables import ENDS, chosen
from handover.reports.words import Words, definitions, plain


def laid(figures: Figures, words: Words, office: str, software: str) -> Laid:
    """The report in one language. `office` is whose it is, `software` what made it."""
    plan, say = figures.plan, words.say
    subject = say("、", ", ").join(_subjects(figures, words))
    title = (
        say("金融广告监测简报", "Financial advertising: monitoring brief")
        if plan.kind is Kind.BRIEF
        else say(f"金融广告监测专报（{subject}）", f"Financial advertising: special report ({subject})")
    )
    made = f"{figures.made_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    return Laid(
        language=words.language,
        title=title,
        facts=(
            (say("编制单位", "office"), plain(office, 60)),
            (
                say("监测期间", "period"),
                say(
                    f"{plan.since} 至 {plan.until}（{len(plan.days)} 天）",
                    f"{plan.since} to {plan.until} ({len(plan.days)} days)",
                ),
            ),
            (
                say("监测范围", "scope"),
                subject or say("全部来源、类别、属地", "all sources, categories and provinces"),
            ),
            (
                say("监测来源", "sources"),
                say("、", ", ").join(words.source(one.source) for one in figures.sources)
                or say("期内没有抓取记录", "nothing was crawled"),
            ),
            (say("生成时间", "made at"), say(f"{made}（北京时间）", f"{made} (China)")),
            (say("生成软件", "made by"), software),
        ),
        caution=say(
            "本报告列示涉嫌线索，供核查研判，不作为认定违法的依据；数量须与覆盖率一并使用。",
            "These are leads to be read by officers, no verdicts. No number is to be used without its coverage.",
        ),
        sections=sections(figures, words),
        definitions=definitions(words),
        ends={name: chosen(both, words.language) for name, both in ENDS.items()},
    )


def _subjects(figures: Figures, words: Words) -> list[str]:
    plan = figures.plan
    told = [words.category(plan.category)] if plan.category else []
    told += [words.source(source) for source in plan.sources]
    told += list(plan.provinces)
    return [*told, plain(plan.advertiser, 60)] if plan.advertiser else told
