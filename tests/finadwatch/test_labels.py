"""Why a task ended as it did, in an officer's language; what is stored stays as it is."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.guard.addresses import refusal
from finadwatch.i18n import choose
from finadwatch.labels import detail_label
from finadwatch.summary import print_coverage
from findings.query import Coverage, SourceCoverage


@pytest.fixture
def english() -> Iterator[None]:
    choose("en")
    yield
    choose("zh")


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("robots", "robots.txt 不允许"),
        ("robots: unreachable (http 503)", "robots.txt 无法取得：(http 503)"),
        ("cooldown until 2026-11-22T08:00Z", "冷却中，至：2026-11-22T08:00Z"),
        ("http: 404, the page is gone", "HTTP：404，页面不存在"),
        ("signature: wappass-page", "页面特征：wappass-page"),
        ("browser: ERR_INVALID_URL", "浏览器：ERR_INVALID_URL"),
        ("robotsx", "robotsx"),
        ("KeyError: 'a'", "KeyError: 'a'"),
        ("", ""),
    ],
)
def test_recurring_words_are_translated(detail: str, said: str) -> None:
    assert detail_label(detail) == said


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "169.254.1.1", "0.0.0.0", "224.0.0.1", "100.64.0.1"],
)
def test_every_refusal_of_the_address_guard_is(address: str) -> None:
    said = detail_label(f"address: {refusal(address)}")
    assert said.startswith(f"地址：{address} 为")
    assert " is " not in said


@given(st.text("甲 :\n\x00a", max_size=40))
def test_nothing_else_is_lost(detail: str) -> None:
    assert detail_label(f"Odd{detail}") == f"Odd{detail}".strip()


def coverage() -> Coverage:
    outcomes = {"skipped": 3, "ok": 1}
    skipped = {"robots": 2, "address: 127.0.0.1 is loopback": 1}
    source = SourceCoverage(source="baidu", outcomes=outcomes, ads=0, skipped=skipped)
    return Coverage(run_id="r1-x", sources=(source,), findings={}, ads=0, sightings=0)


def test_coverage_tells_why_tasks_were_skipped(capsys: pytest.CaptureFixture[str]) -> None:
    print_coverage(coverage())
    assert "已跳过 3（地址：127.0.0.1 为本机地址 ×1，robots.txt 不允许 ×2）" in capsys.readouterr().out


@pytest.mark.usefixtures("english")
def test_and_in_english(capsys: pytest.CaptureFixture[str]) -> None:
    print_coverage(coverage())
    assert "skipped 3 (address: 127.0.0.1 is loopback: 1, robots: 2)" in capsys.readouterr().out
