"""Where an ad led and where it said it would: hints an officer can check, told only of pages that were read."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.declared import declared_host
from finadwatch.i18n import choose
from finadwatch.reached import hints
from finadwatch.summary import print_case
from findings.model.crawl import Contacts, Landing
from findings.model.records import CaseView
from findings.model.vocabulary import CaseState, Device, Outcome
from tests.support import records


def page(host: str, device: Device = Device.DESKTOP, outcome: Outcome = Outcome.OK) -> Landing:
    return Landing(
        url="https://go.example/x", final_url=f"https://{host}/join", outcome=outcome, device=device
    )


@pytest.mark.parametrize(
    ("declared", "pages", "told"),
    [
        ("www.licai.com.cn", [page("m.licai.com.cn")], []),
        ("www.licai.com.cn", [page("daikuan.com.cn")], ["实际到达 daikuan.com.cn"]),
        ("licai.example", [page("other.example", outcome=Outcome.UNREACHABLE)], []),
        (None, [page("licai.example")], []),
        ("licai.example", [], []),
        (
            "licai.com",
            [page("licai.com"), page("dubo.com", Device.MOBILE)],
            ["实际到达 dubo.com", "电脑到达 licai.com，手机到达 dubo.com"],
        ),
        ("licai.com", [page("www.licai.com"), page("m.licai.com", Device.MOBILE)], []),
        (None, [page("licai.com"), page("dubo.com", Device.MOBILE)], ["手机到达 dubo.com"]),
        ("licai.com", [page("dubo.com"), page("m.dubo.com", Device.MOBILE, Outcome.BLOCKED)], ["dubo.com"]),
    ],
)
def test_a_hint_where_the_owner_is_another(
    declared: str | None, pages: list[Landing], told: list[str]
) -> None:
    ad = records.ad(declared_host=declared, landing=next(iter(pages), None), landings=tuple(pages[1:]))
    found = hints(ad)
    assert len(found) == len(told)
    assert all(words in hint for words, hint in zip(told, found, strict=True))


HOSTS = st.sampled_from(
    ["licai.com", "www.licai.com", "dubo.com", "", "127.0.0.1", "[::1]", "例.中国", "a..b"]
)


@given(declared=HOSTS, desktop=HOSTS, mobile=HOSTS)
def test_the_same_host_everywhere_is_never_hinted_at(declared: str, desktop: str, mobile: str) -> None:
    host = declared_host(None, f"https://{declared}/")
    ad = records.ad(declared_host=host, landing=page(desktop), landings=(page(mobile, Device.MOBILE),))
    found = hints(ad)
    assert len(found) <= 3
    if declared == desktop == mobile:
        assert found == []


def shown(capsys: pytest.CaptureFixture[str], **more: Any) -> str:
    ad = records.ad("保本", records.finding(), **more)
    case = CaseView(
        id=ad.case_id,
        state=CaseState.OPEN,
        ads=(ad,),
        first_seen=ad.first_seen,
        last_seen=ad.first_seen,
        runs=1,
        sightings=1,
        evidence=(),
    )
    print_case(case)
    return capsys.readouterr().out


def test_a_case_shows_it_beside_the_findings(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(capsys, declared_host="licai.com", landing=page("dubo.com"))
    assert "  广告所示网址 licai.com，实际到达 dubo.com（可能为跳转伪装，请核实）\n" in out


def test_a_case_says_how_the_page_is_reached(capsys: pytest.CaptureFixture[str]) -> None:
    contacts = Contacts(phones=("400-123-4567", "021-12345678"), wechat=("licai\x1b[2J88",))
    landing = msgspec.structs.replace(page("licai.com"), contacts=contacts)
    assert "  页面所留联系方式 电话 400-123-4567  微信 licai" in (out := shown(capsys, landing=landing))
    assert "\x1b" not in out
    assert "联系方式" not in shown(capsys, landing=page("licai.com"))


def test_it_speaks_english(capsys: pytest.CaptureFixture[str]) -> None:
    choose("en")
    try:
        out = shown(capsys, declared_host="licai.com", landing=page("dubo.com"))
    finally:
        choose("zh")
    assert "the ad names licai.com and led to dubo.com (possibly a disguised redirect: check)" in out


def test_what_a_page_claims_cant_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(capsys, declared_host="licai\x1b[2J.com", landing=page("dubo.com"))
    assert "\x1b" not in out
