"""finadwatch enter: what an officer found where no spider goes, judged like any other."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import (
    example,
    existing_file,
    note_option,
    office_options,
)
from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.show import emit, progress
from findings.model.vocabulary import Channel
from findings.model.zone import CHINA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finadwatch.entering import Entered
    from findings.model.judgement import AppInfo
    from findings.model.records import AdRecord
    from findings.query import Coverage
    from findings.review.working import CaseOutcome, Hand
    from findings.store import FindingStore

#: A clock of an officer may run ahead of this machine's by so much.
_AHEAD = timedelta(minutes=5)
_EARLIEST = datetime(2000, 1, 1, tzinfo=CHINA)
_PACKAGE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+")


class Instant(click.ParamType[datetime]):
    """A time in China as YYYY-MM-DD HH:MM, a day, or an ISO 8601 instant with its own zone."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read a time; click reports a bad one as wrong use (exit 2)."""
        if isinstance(value, datetime):
            return value
        try:
            read = datetime.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(
                t(f"{value!r} 不是时间（应为 2026-11-20 14:30）", f"{value!r} is no time (2026-11-20 14:30)"),
                param,
                ctx,
            )
        return read if read.tzinfo else read.replace(tzinfo=CHINA)


@click.command(
    help=t(
        "人工录入爬虫够不到的广告：网址、应用或截图，注明地点和时间；照常判定、入库，录入人写入审计日志。",
        "Enter what spiders can't reach: an address, an app or a screenshot, with place and time. It is judged "
        "and stored like any other; who entered it stands in the trail.",
    )
    + "\n\n"
    + example(
        "finadwatch enter --screenshot 截图.png --place 上海市静安区 --at '2026-11-20 14:30' --channel im",
        "finadwatch enter --url https://licai.example/join --place 上海 --fetch",
        "finadwatch enter --app example.jieqian.app/借钱花 --place 上海 --text 不看征信秒放款",
    ),
)
@click.option("--url", help=t("网址", "an address"))
@click.option(
    "--app",
    "app_text",
    metavar="PACKAGE/NAME",
    help=t("应用：包名/名称，或其一", "an app: package/name, or one of them"),
)
@click.option(
    "--screenshot",
    type=existing_file(),
    help=t("截图（PNG、JPEG、GIF、BMP、WebP），文字自动识别", "a picture; its words are read"),
)
@click.option("--place", required=True, help=t("发现地点", "where it was seen"))
@click.option(
    "--at", "seen_at", type=Instant(), help=t("发现时间（北京时间），默认现在", "when (China time); else now")
)
@click.option("--title", default="", help=t("标题", "headline"))
@click.option("--text", default="", help=t("广告文字", "words of the ad"))
@click.option("--advertiser", help=t("所示广告主", "advertiser shown"))
@click.option("--developer", help=t("应用开发者", "developer of the app"))
@click.option(
    "--channel",
    type=click.Choice([channel.value for channel in Channel]),
    help=t("渠道", "by which way it came"),
)
@click.option("--fetch", "fetching", is_flag=True, help=t("同时抓取该网址", "fetch the address too"))
@click.option(
    "--allow-private", is_flag=True, help=t("允许访问本机和内网地址", "allow loopback and private addresses")
)
@click.option(
    "--complaint",
    is_flag=True,
    help=t("来自投诉：期限另计", "from a complaint, which has a deadline of its own"),
)
@note_option()
@office_options
@click.pass_obj
def command(
    desk: Desk,
    /,
    url: str | None,
    app_text: str | None,
    screenshot: Path | None,
    place: str,
    seen_at: datetime | None,
    title: str,
    text: str,
    advertiser: str | None,
    developer: str | None,
    channel: str | None,
    fetching: bool,
    allow_private: bool,
    complaint: bool,
    note: str,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
) -> int:
    """Judge and store one entry, and note in the trail who made it."""
    from finadwatch.casework import hand
    from finadwatch.entering import Entered, fetch, keep_screenshot, note_entry, record
    from findings.review.acting import name_of
    from findings.stores.codec import readable

    _check(url, app_text, screenshot, fetching=fetching, typed=bool(text or title))
    _check_lengths(
        title=title, text=text, advertiser=advertiser, developer=developer, app=app_text, note=note
    )
    now = desk.now()
    app = _app(app_text, developer)
    picture = keep_screenshot(screenshot, desk.evidence()) if screenshot else None
    given = Entered(
        by=name_of(actor if actor is not None else desk.actor),
        place=_place(place),
        seen_at=_seen(seen_at, now),
        entered_at=now,
        channel=Channel(channel) if channel else Channel.APP if app and not url else Channel.WEB,
        url=url,
        app=app,
        screenshot=picture.sha256 if picture else None,
        title=title.strip(),
        text=text.strip(),
        advertiser=(advertiser or "").strip() or None,
        note=note.strip(),
    )
    # A shell hands over bytes that are no UTF-8 as lone surrogates, which no evidence can carry.
    entered = readable(given)
    with desk.store(store_url, create=True) as store:
        officer = hand(desk, store, entered.by)
        ads: list[str] = []
        if fetching:
            ads, coverage = fetch(desk, store, entered, allow_private=allow_private)
            if not ads:
                became = "、".join(_became(coverage))
                progress(
                    t(
                        f"该网址未能读到内容（{became}），仅作记录",
                        f"the address brought nothing that could be read ({became}); it is recorded only",
                    )
                )
        if not ads:
            ads = record(desk, store, entered, picture)
        found = [ad for ad in map(store.ad, ads) if ad is not None]
        cases = dict.fromkeys(ad.case_id for ad in found)
        outcomes = [note_entry(officer, case_id, entered, complaint=complaint) for case_id in cases]
        return _tell(store, officer, entered, found, outcomes, as_json=as_json)


def _became(coverage: "Coverage") -> "Iterator[str]":
    """What became of the pages of a run, and why those were skipped that were."""
    from finadwatch.labels import detail_label, outcome_label

    for source in coverage.sources:
        yield from map(outcome_label, source.outcomes)
        yield from map(detail_label, source.skipped)


def _place(text: str) -> str:
    from findings.review.acting import name_of
    from findings.review.errors import BadStep

    try:
        return name_of(text)
    except BadStep as error:
        raise click.UsageError(f"--place: {error.said(language())}") from error


def _tell(
    store: "FindingStore",
    officer: "Hand",
    entered: "Entered",
    ads: "list[AdRecord]",
    outcomes: "list[CaseOutcome]",
    *,
    as_json: bool,
) -> int:
    from finadwatch.casework import as_value, tell
    from finadwatch.redacting import hidden
    from finadwatch.summary import print_case
    from findings.review.working import Result

    if as_json:
        cases = [as_value(hidden(outcome), None) for outcome in outcomes]
        emit({"entered": hidden(entered), "ads": [hidden(ad) for ad in ads], "cases": cases})
        return 0 if all(outcome.result is Result.DONE for outcome in outcomes) else 1
    code = tell(outcomes, officer, as_json=False, single=True)
    for outcome in outcomes:
        if view := store.case(outcome.case_id):
            print_case(hidden(view))
    if not any(ad.judgement.severity for ad in ads):
        click.echo(t("已录入，未发现线索", "entered; no finding in it"))
    return code


def _check(url: str | None, app: str | None, screenshot: Path | None, *, fetching: bool, typed: bool) -> None:
    if not (url or app or screenshot):
        raise click.UsageError(t("请给出 --url、--app 或 --screenshot", "give --url, --app or --screenshot"))
    if url is not None:
        from crawlers.urls import fault

        if reason := fault(url):
            raise click.UsageError(f"--url: {reason.said(language())}")
    if fetching and (url is None or screenshot or app or typed):
        raise click.UsageError(
            t(
                "--fetch 只与 --url 合用：标题、文字、画面由抓取得来",
                "--fetch goes with --url alone: headline, words and picture are fetched",
            )
        )


def _check_lengths(**texts: str | None) -> None:
    from finadwatch.entering import MOST_NAME, MOST_NOTE, MOST_TEXT

    most = {"text": MOST_TEXT, "note": MOST_NOTE}
    for name, value in texts.items():
        limit = most.get(name, MOST_NAME)
        if value and len(value) > limit:
            raise click.UsageError(
                t(f"--{name} 最多 {limit} 个字符", f"--{name} has at most {limit} characters")
            )


def _seen(given: datetime | None, now: datetime) -> datetime:
    at = (given or now).astimezone(UTC)
    if not _EARLIEST <= at <= now + _AHEAD:
        raise click.UsageError(
            t("--at 应在 2000 年之后、当前时间之前", "--at lies between the year 2000 and now")
        )
    return at


def _app(text: str | None, developer: str | None) -> "AppInfo | None":
    """`package/name`, a package (it has a dot and no blank or Chinese) or a name."""
    from findings.model.judgement import AppInfo

    if text is None:
        if developer:
            raise click.UsageError(t("--developer 需要 --app", "--developer needs --app"))
        return None
    package, slash, name = (part.strip() for part in text.partition("/"))
    if not slash:
        package, name = (package, "") if _PACKAGE.fullmatch(package) else ("", package)
    elif not _PACKAGE.fullmatch(package):
        raise click.UsageError(
            t(
                f"{package!r} 不是应用包名（应如 example.jieqian.app/借钱花）",
                f"{package!r} is no package of an app (like example.jieqian.app/name)",
            )
        )
    if not (package or name):
        raise click.UsageError(t("--app 不能为空", "--app is empty"))
    return AppInfo(package=package or None, name=name or None, developer=(developer or "").strip() or None)
