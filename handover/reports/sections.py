"""The sections of a report, made of its figures in one language. Pure."""

from handover.reports.figures import Figures, Rate
from handover.reports.layout import Bars, Cell, Chart, Grid, Section, Weekly
from handover.reports.reading import Reading
from handover.reports.sections_of_work import cases, handed_over
from handover.reports.tables import section
from handover.reports.words import THIN, Words, counted, percent, plain, share

#: Bars that a chart holds at most; tables hold all.
MAX_BARS = 15


def sections(figures: Figures, words: Words) -> tuple[Section, ...]:
    """All sections, those without data with a sentence that says so."""
    return (
        _summary(figures, words),
        _coverage(figures, words),
        _weeks(figures, words),
        _sources(figures, words),
        _categories(figures, words),
        _provinces(figures, words),
        _advertisers(figures, words),
        _worst(figures, words),
        cases(figures, words),
        handed_over(figures, words),
    )


def _summary(figures: Figures, words: Words) -> Section:
    say, reading, ads = words.say, figures.reading, figures.ads
    duties = figures.duties.items()
    rows = (
        (
            say("新发现广告", "ads found"),
            counted(ads.found, reading),
            say("期内首次发现", "first seen in the period"),
        ),
        (
            say("在播广告", "ads running"),
            counted(figures.standing, reading),
            say("含以前发现的", "older ones too"),
        ),
        (
            say("涉嫌线索", "leads"),
            counted(ads.leads, reading),
            say("至少一项明确线索", "at least one clear finding"),
        ),
        (
            say("线索率", "rate of leads"),
            share(ads.leads.value, ads.found.value, reading),
            say("涉嫌线索 ÷ 新发现广告", "leads ÷ ads found"),
        ),
        (
            say("其中未办", "of them outstanding"),
            counted(figures.outstanding),
            say("待核、存疑、复发、确认未移送", "open, doubtful, relapsed, confirmed"),
        ),
        (
            say("其中已办", "of them handled"),
            counted(figures.handled),
            say("移送、已处置、排除", "handed over, closed, excluded"),
        ),
        (
            say("仅有存疑线索", "arguable alone"),
            counted(figures.doubtful, reading),
            say("不计入线索率", "not counted in the rate"),
        ),
        *(
            (
                say("形式：", "form: ") + words.duty(duty),
                counted(number, reading),
                say("形式义务，含存疑", "a form duty, arguable ones too"),
            )
            for duty, number in duties
        ),
        (
            say("覆盖率", "coverage"),
            Cell(words.read(reading)),
            say(
                f"{reading.asked} 个任务中 {reading.read} 个读到页面",
                f"{reading.read} of {reading.asked} tasks",
            ),
        ),
        (
            say("有页面读到的天数", "days with a page read"),
            Cell(f"{figures.days_read}"),
            say(f"全期 {len(figures.plan.days)} 天", f"of {len(figures.plan.days)} days"),
        ),
    )
    lines: tuple[str, ...] = ()
    if not reading.asked:
        lines = (
            say(
                "期内没有抓取记录，以下数量不能说明网上有无此类广告。",
                "Nothing was crawled in the period: the numbers below say nothing of what was on the web.",
            ),
        )
    elif not reading.enough:
        lines = (
            say(
                f"覆盖率仅 {words.read(reading)}，以下数量偏少，为 0 的不能认为没有。",
                f"Only {words.read(reading)} of the pages were read: numbers are too low, and 0 says nothing.",
            ),
        )
    told = tuple((Cell(name), cell, Cell(remark)) for name, cell, remark in rows)
    return section("summary", words.language, *lines, rows=told)


def _coverage(figures: Figures, words: Words) -> Section:
    say, days = words.say, len(figures.plan.days)
    if not figures.grid:
        line = say("期内没有抓取记录。", "Nothing was crawled in the period.")
        return section("coverage", words.language, line)
    rows = tuple(
        (
            Cell(words.source(one.source)),
            Cell(str(one.reading.asked)),
            Cell(str(one.reading.read)),
            Cell(words.read(one.reading)),
            Cell(f"{one.days_read}/{days}"),
            Cell(words.unread(one.reading)),
        )
        for one in figures.sources
    )
    drawing = Grid(
        rows=tuple(words.source(source) for source in figures.grid),
        columns=figures.spans,
        values=tuple(tuple(one.rate for one in readings) for readings in figures.grid.values()),
        name=say("覆盖率", "coverage"),
        gap=say("无抓取", "nothing asked"),
    )
    step = ("日", "day") if len(figures.spans) == days else ("周", "week")
    alt = say(
        f"各来源逐{step[0]}覆盖率，斜线处没有抓取；合计 {words.read(figures.reading)}，数字见下表。",
        f"Coverage of each source by {step[1]}, hatched where nothing was asked; {words.read(figures.reading)} in all.",
    )
    # One square says no more than the table does.
    chart = Chart(drawing, alt) if len(figures.spans) > 1 else None
    return section("coverage", words.language, rows=rows, chart=chart)


def _weeks(figures: Figures, words: Words) -> Section:
    say, weeks = words.say, figures.weeks
    rows = tuple(
        (
            Cell(one.week.name + (say("（不足周）", " (in part)") if one.week.partial else "")),
            Cell(f"{one.week.first:%m-%d}–{one.week.last:%m-%d}"),
            Cell(words.read(one.reading)),
            *_rate(one.ads, one.reading),
        )
        for one in weeks
    )
    if len(weeks) == 1 or not figures.ads.found.value:
        return section("weeks", words.language, rows=rows)
    drawing = Weekly(
        labels=tuple(one.week.name[5:] + ("*" if one.week.partial else "") for one in weeks),
        parts=tuple(one.ads.leads.value for one in weeks),
        wholes=tuple(one.ads.found.value for one in weeks),
        rates=tuple(one.ads.rate if one.reading.read else None for one in weeks),
        reads=tuple(one.reading.rate for one in weeks),
        part=say("涉嫌线索", "leads"),
        whole=say("新发现广告", "ads found"),
        rate=say("线索率", "rate of leads"),
        read=say("覆盖率", "coverage"),
        rest=say("无数据", "no data"),
    )
    first, last = weeks[0].week.name, weeks[-1].week.name
    alt = say(
        f"按周的新发现广告、涉嫌线索、线索率与覆盖率，{first} 至 {last}，数字见下表。",
        f"Ads found, leads, their rate and coverage by week, {first} to {last}; numbers in the table below.",
    )
    partial = any(one.week.partial for one in weeks)
    lines = (say("图中 * 为不足周。", "* in the chart: a week in part."),) if partial else ()
    return section("weeks", words.language, *lines, rows=rows, chart=Chart(drawing, alt))


def _sources(figures: Figures, words: Words) -> Section:
    ordered = sorted(figures.sources, key=lambda one: (-one.ads.found.value, one.source))
    if not ordered:
        line = words.say(
            f"本期没有抓取记录，也没有广告{THIN}。",
            f"Nothing was crawled and no ad found in the period{THIN}.",
        )
        return section("sources", words.language, line)
    rows = tuple(
        (Cell(words.source(one.source)), Cell(words.read(one.reading)), *_rate(one.ads, one.reading))
        for one in ordered
    )
    chart = _bars(words, [(words.source(one.source), one.ads) for one in ordered], ("各来源", "By source"))
    return section("sources", words.language, rows=rows, chart=chart)


def _categories(figures: Figures, words: Words) -> Section:
    say, reading = words.say, figures.reading
    found = figures.ads.found.value
    rows = tuple(
        (Cell(words.category(name)), counted(number, reading), share(number.value, found, reading))
        for name, number in figures.categories.items()
    )
    ordered = sorted(figures.categories.items(), key=lambda one: (-one[1].value, one[0]))
    shown = [(words.category(number), number_of) for number, number_of in ordered if number_of.value]
    if len(shown) < 2:
        return section("categories", words.language, rows=rows)
    drawing = Bars(
        labels=tuple(name for name, _ in shown),
        parts=tuple(number.value for _, number in shown),
        wholes=(),
        notes=tuple(f"{number.value}" for _, number in shown),
        part=say("涉嫌线索", "leads"),
    )
    told = say("、", ", ").join(f"{name} {number.value}" for name, number in shown)
    chart = Chart(drawing, say(f"各类别涉嫌线索：{told}。", f"Leads by category: {told}."))
    return section("categories", words.language, rows=rows, chart=chart)


def _provinces(figures: Figures, words: Words) -> Section:
    ordered = sorted(
        figures.provinces.items(), key=lambda one: (-one[1].leads.value, -one[1].found.value, one[0])
    )
    if not ordered:
        line = words.say(
            "本期广告均未能确定属地。", "No ad of the period has an authority whose seat is known."
        )
        return section("provinces", words.language, line)
    rows = tuple((Cell(place), *_rate(ads, figures.reading)) for place, ads in ordered)
    return section(
        "provinces", words.language, rows=rows, chart=_bars(words, ordered, ("各属地", "By province"))
    )


def _advertisers(figures: Figures, words: Words) -> Section:
    say = words.say
    if not figures.advertisers:
        line = say("本期涉嫌线索均未显示广告主名称。", "No lead of the period names its advertiser.")
        return section("advertisers", words.language, line)
    rows = tuple(
        (
            Cell(
                plain(one.name, 64) + (say("（自然人，已脱敏）", " (person, masked)") if one.person else "")
            ),
            Cell((say("不少于 ", "at least ") if one.at_least else "") + str(one.leads.value), one.leads),
        )
        for one in figures.advertisers
    )
    return section("advertisers", words.language, rows=rows)


def _worst(figures: Figures, words: Words) -> Section:
    if not figures.worst:
        return section(
            "worst", words.language, words.say("本期没有涉嫌线索。", "There is no lead in the period.")
        )
    rows = tuple(
        (
            Cell(plain(one.title, 40)),
            Cell(plain(one.advertiser, 30) if one.advertiser else "—"),
            Cell(words.source(one.source)),
            Cell(plain(one.host, 60) if one.host else "—"),
            Cell("、".join(map(str, one.categories))),
            Cell(words.severity(one.severity)),
            counted(one.ads),
        )
        for one in figures.worst
    )
    return section("worst", words.language, rows=rows)


def _rate(ads: Rate, reading: Reading) -> tuple[Cell, Cell, Cell]:
    return (
        counted(ads.found, reading),
        counted(ads.leads, reading),
        share(ads.leads.value, ads.found.value, reading),
    )


def _bars(words: Words, of: list[tuple[str, Rate]], title: tuple[str, str]) -> Chart | None:
    """Leads within ads found; none where there is but one bar."""
    say = words.say
    shown = [(name, ads) for name, ads in of if ads.found.value][:MAX_BARS]
    if len(shown) < 2:
        return None
    drawing = Bars(
        labels=tuple(name for name, _ in shown),
        parts=tuple(ads.leads.value for _, ads in shown),
        wholes=tuple(ads.found.value for _, ads in shown),
        notes=tuple(f"{ads.leads.value}/{ads.found.value}  {percent(ads.rate or 0)}" for _, ads in shown),
        part=say("涉嫌线索", "leads"),
        whole=say("新发现广告", "ads found"),
    )
    told = say("；", "; ").join(f"{name} {ads.leads.value}/{ads.found.value}" for name, ads in shown)
    return Chart(
        drawing, say(f"{title[0]}涉嫌线索与新发现广告：{told}。", f"{title[1]}, leads of ads found: {told}.")
    )
