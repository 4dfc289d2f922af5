"""finadwatch evidence stamp: take the time stamps that wait, and those that an authority owed."""

import sys
from typing import TYPE_CHECKING, Any

import click

from finadwatch.commands.options import example, json_option
from finadwatch.context import Desk, on_terminal
from finadwatch.i18n import language, t
from finadwatch.show import emit, progress, safe

if TYPE_CHECKING:
    from handover.timestamps.model import ListRecord


@click.command(
    "stamp",
    help=t(
        "为已抓取而尚未加盖的内容加盖时间戳，并补齐此前缺少的令牌（RFC 3161）。",
        "Take the time stamps (RFC 3161) of captures that wait for one, and the tokens that were missing.",
    )
    + "\n\n"
    + example("finadwatch evidence stamp"),
)
@json_option
@click.pass_obj
def stamp(desk: Desk, as_json: bool) -> int:
    """Exit 1 if an authority failed or a list can't be stamped any more, each named; 3 if no authority could be
    reached."""
    from finadwatch.stamping import a_round, stamper
    from handover.timestamps.errors import NoAuthority
    from handover.timestamps.rounds import nobody_answers

    def told(record: "ListRecord") -> None:
        if on_terminal():
            had = "、".join(token.authority for token in record.tokens) or t("无", "none")
            sha256 = record.listing.sha256[:12]
            progress(t(f"清单 {sha256}：令牌 {had}", f"list {sha256}: tokens of {had}"))

    working = stamper(desk, told, most_owed=sys.maxsize)
    if not working.authorities:
        raise NoAuthority
    done = a_round(working, desk)
    late = [_late(record) for record in done.late]
    if as_json:
        emit(
            {
                "lists": done.lists,
                "hashes": done.hashes,
                "tokens": done.tokens,
                "failed": [{"authority": name, "reason": str(error)} for name, error in done.failed.items()],
                "faults": [str(fault) for fault in done.faults],
                "late": late,
                "owed": done.owed,
            }
        )
    else:
        for name, error in done.failed.items():
            click.echo(f"✗ {name}: {safe(error.said(language()))}")
        for fault in done.faults:
            click.echo(f"✗ {safe(fault.said(language()))}")
        for one in late:
            click.echo(
                t(
                    f"清单 {one['list'][:12]}：最早的抓取 {one['delay_s']:.0f} 秒后才取得时间戳（超过 10 分钟）",
                    f"list {one['list'][:12]}: its first capture was stamped after {one['delay_s']:.0f} s (over ten minutes)",
                )
            )
        click.echo(
            t(
                f"新清单 {done.lists} 份（{done.hashes} 个散列值），取得令牌 {done.tokens} 个，尚缺令牌的清单 {done.owed} 份",
                f"{done.lists} new lists ({done.hashes} hashes), {done.tokens} tokens, {done.owed} lists lack a token",
            )
        )
    if nobody_answers(done, working.authorities):
        return 3
    return 1 if done.failed or done.faults else 0


def _late(record: "ListRecord") -> dict[str, Any]:
    at = min(token.at for token in record.tokens)
    return {"list": record.listing.sha256, "delay_s": (at - record.begin).total_seconds()}
