"""Routing, dates and the faults of a site file. No socket."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.data_files import fill_dates
from sandbox.errors import SandboxDataFault
from sandbox.programs import programs
from sandbox.web import load_web

TODAY = date(2026, 11, 22)
WEB = load_web(TODAY, programs())


def _site(tmp_path: Path, text: str) -> Path:
    (tmp_path / "site.yaml").write_text(text, "utf-8")
    return tmp_path


@given(st.sampled_from([host.name for host in WEB.hosts] + ["", "x"]), st.text(max_size=80))
def test_no_request_breaks_the_web(host, target):
    answer = WEB.answer(host, target)

    assert 200 <= answer.status < 500
    assert all("\n" not in value and "\r" not in value for value in answer.headers.values())


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{today}}", "2026-11-22"),
        ("{{today-22}}", "2026-10-31"),
        ("{{today+40}}", "2027-01-01"),
        ("{{today:zh}}", "2026年11月22日"),
        ("{{today-365:zh}}。", "2025年11月22日。"),
        ("{{tomorrow}}", "{{tomorrow}}"),
    ],
)
def test_dates_are_filled(text, filled):
    assert fill_dates(text, TODAY) == filled


def test_no_page_shows_an_unfilled_date():
    assert not [url for url in WEB.urls() if b"{{today" in WEB.answer(*_split(url)).body]


def _split(url: str) -> tuple[str, str]:
    host, _, path = url.removeprefix("https://").partition("/")
    return host, "/" + path


def test_a_file_needs_no_route(tmp_path):
    (tmp_path / "neu.example").mkdir()
    (tmp_path / "neu.example" / "seite.html").write_text("<p>{{today}}", "utf-8")
    web = load_web(TODAY, {}, _site(tmp_path, "hosts:\n  neu.example: {title: new host}\n"))

    assert web.answer("NEU.example.", "/seite.html?a=1").body == b"<p>2026-11-22"


def test_a_route_sets_status_and_headers(tmp_path):
    (tmp_path / "neu.example").mkdir()
    (tmp_path / "neu.example" / "a.html").write_text("x", "utf-8")
    routes = "{path: /b, file: a.html, status: 503, headers: {Retry-After: '9'}}"
    site = f"hosts:\n  neu.example:\n    title: new host\n    routes:\n      - {routes}\n"
    answer = load_web(TODAY, {}, _site(tmp_path, site)).answer("neu.example", "/b")

    assert (answer.status, answer.headers["Retry-After"]) == (503, "9")


def test_all_faults_of_a_site_file_in_one_go(tmp_path):
    (tmp_path / "forgotten.example").mkdir()
    site = (
        "hosts:\n"
        "  empty.example: {title: nothing here}\n"
        "  neu.example:\n    title: new host\n    routes:\n      - {path: /b, file: none.html}\n"
    )
    with pytest.raises(SandboxDataFault) as caught:
        load_web(TODAY, {}, _site(tmp_path, site))

    assert len(caught.value.faults) == 4
    assert "there is no file none.html" in str(caught.value)
    assert "forgotten.example" in str(caught.value)


@pytest.mark.parametrize(
    ("site", "names"),
    [
        ("hosts: {}", "$.hosts"),
        ("hosts: {NEU: {title: xx}}", "$.hosts"),
        (
            "hosts:\n  a.example:\n    title: xx\n    routes: [{path: b, redirect: 'https://b.example/'}]",
            "path",
        ),
        ("hosts: [", "can't be read"),
    ],
    ids=["no-host", "bad-name", "relative-path", "no-yaml"],
)
def test_a_site_file_out_of_form_is_refused(tmp_path, site, names):
    with pytest.raises(SandboxDataFault) as caught:
        load_web(TODAY, {}, _site(tmp_path, site))

    assert names in str(caught.value)
    assert caught.value.exit_code == 2
